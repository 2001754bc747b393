"""What a 2xx reply must hold. One that does not promises nothing: a write may or may not stand."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from rapport.api.errors import trace_id
from rapport.api.grains import Malformed, strings
from rapport.domain.errors import ServerError

log = logging.getLogger(__name__)

T = TypeVar("T")


def unusable(why: str, reply: Any = None) -> ServerError:
    trace = trace_id(reply, {})
    return ServerError(
        "The CRM’s answer cannot be understood.",
        "Rapport looks again; your edits are safe here.",
        status=200,
        trace_id=trace,
        details=f"{why}\ntrace id: {trace}" if trace else why,
    )


def reply_object(reply: Any) -> dict[str, Any]:
    if not isinstance(reply, dict):
        raise unusable("the reply is not an object")
    return reply


def checked(read: Callable[[Any], T], raw: Any, reply: Any = None) -> T:
    """``reply`` is what ``raw`` stands in, where it is not the reply itself."""
    try:
        return read(raw)
    except Malformed as error:
        raise unusable(str(error), reply or raw) from None


def one(reply: Any, key: str, read: Callable[[Any], T]) -> T:
    return checked(read, reply_object(reply).get(key), reply)


def listed(reply: Any, key: str) -> list[Any]:
    found = reply_object(reply).get(key)
    if not isinstance(found, list):
        raise unusable(f"the reply has no list “{key}”", reply)
    return found


def texts_in(reply: Any, key: str) -> tuple[str, ...]:
    return tuple(strings(listed(reply, key)))


def records_in(found: Iterable[Any], read: Callable[[Any], T]) -> tuple[T, ...]:
    """One broken record must not keep the others away; it is left out and counted in the log."""
    records: list[T] = []
    broken = 0
    for raw in found:
        try:
            records.append(read(raw))
        except Malformed:
            broken += 1
    if broken:
        log.warning("%d records without an id were left out", broken)
    return tuple(records)


def confirmed(reply: Any) -> None:
    """FACTS F1: three spellings of success."""
    told = reply_object(reply)
    if not any(told.get(key) is True for key in ("succeded", "succeeded", "success")):
        raise unusable("the reply does not confirm", reply)
