"""Conditions typed into the search: ``tag:vip due:today company:"Fjord & Vale" -tag:cold``.

A word that is no condition stays what it is, a word to search for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from rapport.domain.filters import (
    FIELDS,
    AddedWithin,
    AnyCondition,
    AnyOf,
    DoNotDisturb,
    DueWithin,
    FieldHas,
    HasTag,
    NoOpenTask,
    OwnedBy,
    QuietFor,
    TaskOverdue,
    Without,
)
from rapport.domain.text import fold

_TOKEN = re.compile(r'(?<!\S)(-?)([\w-]+):(?:"([^"]*)"|(\S+))(?=(\s|$))')
_DAYS = re.compile(r"(\d{1,4})([dwmy]?)")
_UNIT = {"": 1, "d": 1, "w": 7, "m": 30, "y": 365}
_YES, _NO = ("yes", "on", "1", "true"), ("no", "off", "0", "false")
NOBODY = ("none", "nobody")
DUE = ("overdue", "today", "week", "none", "any")
KEYS = ("tag", "owner", "due", "added", "quiet", "dnd", *(name for name in FIELDS))


class Vocabulary(Struct, frozen=True, kw_only=True):
    """The words of one account: what its people and custom fields are called."""

    me: str = ""
    """The person's own user id; empty where nobody knows."""
    users: Mapping[str, str] = {}
    """name → id"""
    custom: Mapping[str, str] = {}
    """custom field's name → id"""


class Typed(Struct, frozen=True, kw_only=True):
    text: str
    """What is left to search for."""
    conditions: tuple[AnyCondition, ...] = ()


def parse(typed: str, vocabulary: Vocabulary, *, whole: bool = True) -> Typed:
    """Takes the conditions out. ``whole`` False leaves a last one that may go on being typed."""
    conditions: list[AnyCondition] = []

    def take(match: re.Match[str]) -> str:
        minus, key, quoted, bare, end = match.groups()
        if not whole and not end and quoted is None:
            return match.group()
        condition = condition_of(key, bare if quoted is None else quoted, vocabulary)
        if condition is None:
            return match.group()
        conditions.append(Without(of=condition) if minus else condition)
        return ""

    rest = _TOKEN.sub(take, typed)
    text = " ".join(rest.split()) if conditions else typed
    return Typed(text=text, conditions=tuple(dict.fromkeys(conditions)))


def condition_of(key: str, value: str, vocabulary: Vocabulary) -> AnyCondition | None:
    """None for what is no condition."""
    key, value = fold(key).replace("-", "_"), value.strip()
    if not value:
        return None
    make = _MAKERS.get(key)
    if make is not None:
        return make(fold(value), vocabulary)
    if key in FIELDS:
        return FieldHas(field=key, text=value)
    custom = {fold(name).replace(" ", "_"): id for name, id in vocabulary.custom.items()}
    return FieldHas(field=custom[key], text=value) if key in custom else None


def _tag(value: str, _: Vocabulary) -> AnyCondition:
    return HasTag(tag=value)


def _owner(value: str, vocabulary: Vocabulary) -> AnyCondition | None:
    if value in NOBODY:
        return OwnedBy(user_id=None)
    if value == "me":
        return OwnedBy(user_id=vocabulary.me) if vocabulary.me else None
    found = [id for name, id in vocabulary.users.items() if _begins(name, value)]
    if not found:
        return None
    owners = tuple(OwnedBy(user_id=id) for id in found)
    return owners[0] if len(owners) == 1 else AnyOf(of=owners)


def _begins(name: str, value: str) -> bool:
    whole = fold(name)
    return whole.startswith(value) or any(word.startswith(value) for word in whole.split())


def _due(value: str, _: Vocabulary) -> AnyCondition | None:
    match value:
        case "overdue":
            return TaskOverdue()
        case "none":
            return NoOpenTask()
        case "any":
            return Without(of=NoOpenTask())
        case "today":
            return DueWithin(days=1)
        case "week":
            return DueWithin(days=7)
    days = _days(value)
    return DueWithin(days=days) if days is not None else None


def _added(value: str, _: Vocabulary) -> AnyCondition | None:
    days = _days(value)
    return AddedWithin(days=days) if days is not None else None


def _quiet(value: str, _: Vocabulary) -> AnyCondition | None:
    days = _days(value)
    return QuietFor(days=days) if days is not None else None


def _dnd(value: str, _: Vocabulary) -> AnyCondition | None:
    if value in _YES:
        return DoNotDisturb()
    return Without(of=DoNotDisturb()) if value in _NO else None


def _days(value: str) -> int | None:
    match = _DAYS.fullmatch(value)
    return int(match.group(1)) * _UNIT[match.group(2)] if match else None


_MAKERS: dict[str, Callable[[str, Vocabulary], AnyCondition | None]] = {
    "tag": _tag,
    "owner": _owner,
    "due": _due,
    "added": _added,
    "quiet": _quiet,
    "dnd": _dnd,
}


def completions(word: str, vocabulary: Vocabulary, tags: Iterable[str]) -> list[str]:
    """Whole conditions for a word that is being typed, such as ``-ta`` or ``owner:ma``."""
    minus, bare = ("-", word[1:]) if word.startswith("-") else ("", word)
    key, colon, value = bare.partition(":")
    key, value = fold(key), fold(value.lstrip('"'))
    if not colon:
        return [f"{minus}{name}:" for name in KEYS if key and name.startswith(key)]
    values: Iterable[str] = ()
    match key:
        case "tag":
            values = (tag for tag in tags if fold(tag).startswith(value))
        case "owner":
            names = (*(("me",) if vocabulary.me else ()), *vocabulary.users, "none")
            values = (name for name in names if _begins(name, value))
        case "due":
            values = (name for name in DUE if name.startswith(value))
        case "added" | "quiet":
            values = (some for some in ("7d", "30d", "60d", "1y") if some.startswith(value))
        case "dnd":
            values = (some for some in ("yes", "no") if some.startswith(value))
    return [f"{minus}{key}:{_quoted(one)}" for one in values]


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value
