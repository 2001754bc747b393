"""The words of a typed filter: what its keys are called, and how a value stands behind them.

Shared by whoever reads a filter (``typed_filters``) and whoever writes one (``filter_text``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from rapport.domain.filters import DATES, FIELDS, Day
from rapport.domain.text import fold

ANY, NONE = "any", "none"
NUMBERS = frozenset({"NUMERICAL", "FLOAT", "MONETORY"})
CHOICES = frozenset({"SINGLE_OPTIONS", "RADIO", "MULTIPLE_OPTIONS", "CHECKBOX"})
FILES = frozenset({"FILE_UPLOAD", "SIGNATURE"})

KEYS = (
    *("tag", "owner", "due", "added", "activity", "quiet", "company", "name", "email", "phone"),
    *("city", "state", "country", "postal-code", "address", "website", "source", "type"),
    *("timezone", "updated", "birthday", "dnd", "text"),
)
"""In the order in which they are offered."""
ALIASES = {
    "created": "added",
    "mail": "email",
    "e-mail": "email",
    "zip": "postal-code",
    "last-activity": "activity",
    "tags": "tag",
}

_RELATIVE = re.compile(r"([+-])(\d{1,5})d")
_DAYS_OF = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}
_SPAN = re.compile(r"(\d{1,4})([dwmy]?)")
_NAMED_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}


class Vocabulary(Struct, frozen=True, kw_only=True):
    """The words of one account: what its people, tags and custom fields are called."""

    me: str = ""
    """The person's own user id; empty where nobody knows."""
    users: Mapping[str, str] = {}
    """name → id"""
    custom: Mapping[str, str] = {}
    """custom field's name → id"""
    types: Mapping[str, str] = {}
    """custom field's id → the API's word for what it holds"""
    options: Mapping[str, tuple[str, ...]] = {}
    """custom field's id → its choices"""
    tags: tuple[str, ...] = ()

    def custom_keys(self) -> dict[str, str]:
        """key → custom field's id. Where names are alike the id itself is the key."""
        keys: dict[str, str] = {}
        for name, id in self.custom.items():
            key = slug(name)
            taken = not key or key in keys or key in KEYS or key in ALIASES
            keys[id if taken else key] = id
        return keys


def slug(name: str) -> str:
    """A name as a key: one word, without what would end it."""
    return re.sub(r"[\W_]+", "-", fold(name)).strip("-")


def field_of(key: str) -> str | None:
    """The field of the contact that holds text under this key."""
    name = key.replace("-", "_")
    return name if name in FIELDS else None


def is_date(key: str) -> bool:
    return key in DATES


def span(text: str) -> int | None:
    """“7d”, “2w”, “3m”, “1y” or a bare number, in days."""
    found = _SPAN.fullmatch(text)
    return int(found[1]) * _DAYS_OF[found[2]] if found else None


def read_day(text: str) -> Day | None:
    """“today”, “-7d”, “+3d” or “2026-11-24”."""
    if text in _NAMED_DAYS:
        return _NAMED_DAYS[text]
    relative = _RELATIVE.fullmatch(text)
    if relative:
        return int(relative[2]) * (-1 if relative[1] == "-" else 1)
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None


def day_text(day: Day) -> str:
    """The inverse of :func:`read_day`."""
    if isinstance(day, str):
        return day
    named = {offset: name for name, offset in _NAMED_DAYS.items()}
    return named.get(day) or f"{day:+d}d"


def beside(day: Day, by: int) -> Day:
    """The day so many days later."""
    if isinstance(day, int):
        return day + by
    try:
        return (date.fromisoformat(day) + timedelta(days=by)).isoformat()
    except (OverflowError, ValueError):
        return day
