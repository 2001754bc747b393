"""The smallest parts of what the CRM writes: times, ids, texts, custom values (FACTS F).

Reading is forgiving except for ids, without which nothing can be stored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from msgspec import to_builtins

from rapport.domain.errors import InvalidError


class Malformed(ValueError):
    """A reply that lacks what the contract promises."""


def moment(value: Any, zone: tzinfo = UTC) -> str | None:
    """A time in any of the CRM's forms (FACTS F8: ISO with Z or offset, naive, epoch ms) as
    JSON-ready UTC with milliseconds at most; None when it is none."""
    try:
        if isinstance(value, bool) or value in (None, ""):
            return None
        if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()):
            at = datetime.fromtimestamp(int(value) / 1000, UTC)
        elif isinstance(value, str):
            at = datetime.fromisoformat(value.strip())
        else:
            return None
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    iso: str = to_builtins(at)
    return iso


def sent_time(value: str | datetime) -> str:
    """As the CRM takes a time: UTC with milliseconds. Raises InvalidError for what is none."""
    try:
        if isinstance(value, datetime):
            value = value.isoformat()
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidError("This is not a date the CRM could take.") from None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch_ms(at: datetime) -> str:
    """As queries want it (FACTS F9)."""
    return str(int(at.timestamp() * 1000))


def date(value: Any) -> str | None:
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d(T|\s|$)", value):
        return value[:10]
    if isinstance(value, int):
        at = moment(value)
        return at[:10] if at else None
    return text(value) or None


def custom_values(raw: Any) -> dict[str, Any]:
    items = raw if isinstance(raw, list) else []
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            value = next(
                (item[k] for k in ("value", "fieldValue", "field_value") if k in item), None
            )
            if value is not None:
                found[item["id"]] = value
    return found


def an_object(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Malformed("an object was expected")
    return raw


def an_id(record: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value:
            return value
    raise Malformed("a record without an id")


def id_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def strings(value: Any) -> list[str]:
    return [text(item) for item in value] if isinstance(value, list) else []


def number(value: Any) -> float | None:
    """A number, or one written as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def rest(record: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    """What is not ``known``, kept aside unread so that it is not lost."""
    return {
        name: value
        for name, value in record.items()
        if name not in known and value not in (None, "", [], {})
    }
