"""One condition of a typed filter: what the value behind a key means."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from rapport.domain.filter_words import (
    ALIASES,
    ANY,
    KEYS,
    NONE,
    NUMBERS,
    Vocabulary,
    beside,
    field_of,
    is_date,
    read_day,
    span,
)
from rapport.domain.filters import (
    AddedWithin,
    AllOf,
    AnyCondition,
    AnyOf,
    BirthdayWithin,
    Condition,
    DateIn,
    Day,
    DoNotDisturb,
    DueWithin,
    FieldFilled,
    FieldHas,
    FieldIs,
    FieldNumber,
    HasTag,
    Mentions,
    NoOpenTask,
    OwnedBy,
    QuietFor,
    TaskOverdue,
    Than,
    Without,
)
from rapport.domain.text import fold

_YES, _NO = ("yes", "on", "1", "true"), ("no", "off", "0", "false")
_NOBODY = (NONE, "nobody")
DUE = ("overdue", "today", "week", "tomorrow", NONE, ANY)


def is_known(key: str, vocabulary: Vocabulary) -> bool:
    return _key(key) in KEYS or _custom(key, vocabulary) is not None


def _key(key: str) -> str:
    folded = fold(key).replace("_", "-")
    return ALIASES.get(folded, folded)


def _custom(key: str, vocabulary: Vocabulary) -> str | None:
    keys = vocabulary.custom_keys()
    return keys.get(key) or keys.get(fold(key).replace("_", "-"))


class _Value(NamedTuple):
    text: str
    sign: str
    literal: bool
    """It stood in quotation marks: no word of it has a meaning of its own."""
    vocabulary: Vocabulary

    @property
    def word(self) -> str:
        return "" if self.literal or self.sign else fold(self.text)

    @property
    def said(self) -> str:
        """With its sign, where that means nothing here."""
        return self.sign + self.text


def condition_of(
    key: str, value: str, vocabulary: Vocabulary, *, sign: str = "", literal: bool = False
) -> AnyCondition | None:
    """None for what is no condition."""
    name, value = _key(key), value.strip()
    if not value and not (literal and name == "text"):
        return None
    given = _Value(value, sign, literal, vocabulary)
    custom = _custom(key, vocabulary)
    if custom is not None and (name not in KEYS or key == custom):
        return _custom_field(custom, given)
    make = _MAKERS.get(name)
    if make is not None:
        return make(given)
    if is_date(name):
        return _date(name, given)
    field = field_of(name)
    return _text(field, given) if field is not None else None


def _filled(field: str, given: _Value) -> AnyCondition | None:
    if given.word == ANY:
        return FieldFilled(field=field)
    return Without(of=FieldFilled(field=field)) if given.word == NONE else None


def _text(field: str, given: _Value) -> AnyCondition:
    filled = _filled(field, given)
    if filled is not None:
        return filled
    if given.sign == "=":
        return FieldIs(field=field, text=given.text)
    return FieldHas(field=field, text=given.said)


def _custom_field(field: str, given: _Value) -> AnyCondition | None:
    kind = given.vocabulary.types.get(field, "")
    if kind in NUMBERS and not given.literal:
        return _filled(field, given) or _number(field, given)
    if kind == "DATE" and not given.literal:
        return _date(field, given)
    return _text(field, given)


def _number(field: str, given: _Value) -> AnyCondition | None:
    least, two, most = given.text.partition("..")
    if two:
        ends = [
            FieldNumber(field=field, than=than, number=number)
            for than, text in ((Than.LEAST, least), (Than.MOST, most))
            if text and (number := _float(text)) is not None
        ]
        if len(ends) < bool(least) + bool(most) or not ends:
            return None
        return AllOf(of=tuple(ends)) if len(ends) == 2 else ends[0]
    number = _float(given.text)
    if number is None:
        return None
    return FieldNumber(field=field, than=Than(given.sign or "="), number=number)


def _float(text: str) -> float | None:
    try:
        return float(text) if re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", text) else None
    except ValueError:
        return None


def _tag(given: _Value) -> AnyCondition | None:
    filled = _filled("tags", given)
    if filled is not None:
        return filled
    alike = [tag for tag in given.vocabulary.tags if fold(tag) == fold(given.said)]
    exact = given.said in alike or not alike
    return HasTag(tag=given.said if exact else alike[0])


def _owner(given: _Value) -> AnyCondition | None:
    vocabulary = given.vocabulary
    if given.sign == "=":
        return OwnedBy(user_id=given.text)
    if given.word in _NOBODY:
        return OwnedBy(user_id=None)
    if given.word == ANY:
        return Without(of=OwnedBy(user_id=None))
    if given.word == "me":
        return OwnedBy(user_id=vocabulary.me) if vocabulary.me else None
    wanted = fold(given.text)
    found = [id for name, id in vocabulary.users.items() if fold(name) == wanted] or [
        id for name, id in vocabulary.users.items() if begins(name, wanted)
    ]
    owners = tuple(OwnedBy(user_id=id) for id in found)
    return (owners[0] if len(owners) == 1 else AnyOf(of=owners)) if owners else None


def begins(name: str, value: str) -> bool:
    """Whether a name, or a word of it, begins so; ``value`` is folded."""
    whole = fold(name)
    return whole.startswith(value) or any(word.startswith(value) for word in whole.split())


def _due(given: _Value) -> AnyCondition | None:
    fixed: dict[str, Condition] = {
        "overdue": TaskOverdue(),
        NONE: NoOpenTask(),
        ANY: Without(of=NoOpenTask()),
        "today": DueWithin(days=1),
        "week": DueWithin(days=7),
    }
    if given.word in fixed:
        return fixed[given.word]  # type: ignore[return-value]
    days = span(given.word)
    return DueWithin(days=days) if days is not None else _date("due", given)


def _added(given: _Value) -> AnyCondition | None:
    days = span(given.word)
    return AddedWithin(days=days) if days is not None else _date("added", given)


def _quiet(given: _Value) -> AnyCondition | None:
    days = span(given.word)
    return QuietFor(days=days) if days is not None else None


def _birthday(given: _Value) -> AnyCondition | None:
    days = 1 if given.word == "today" else span(given.word)
    return BirthdayWithin(days=days) if days is not None else _date("birthday", given)


def _activity(given: _Value) -> AnyCondition | None:
    days = span(given.text) if given.sign == ">" else None
    return QuietFor(days=days) if days is not None else _date("activity", given)


def _dnd(given: _Value) -> AnyCondition | None:
    if given.word in _YES:
        return DoNotDisturb()
    return Without(of=DoNotDisturb()) if given.word in _NO else None


def _mentions(given: _Value) -> AnyCondition:
    return Mentions(text=given.said)


_MAKERS: dict[str, Callable[[_Value], AnyCondition | None]] = {
    "tag": _tag,
    "owner": _owner,
    "due": _due,
    "added": _added,
    "quiet": _quiet,
    "birthday": _birthday,
    "activity": _activity,
    "dnd": _dnd,
    "text": _mentions,
}


def _date(field: str, given: _Value) -> AnyCondition | None:
    if (filled := _filled(field, given)) is not None:
        return filled
    text = fold(given.text)
    if given.sign:
        return _compared(field, given.sign, text)
    ahead = span(text[1:]) if text.startswith("+") and ".." not in text else None
    if ahead is not None:
        return DateIn(field=field, first=0, last=ahead)
    days = span(text)
    if days is not None:
        return DateIn(field=field, first=-days, last=0)
    first, two, last = text.partition("..")
    begin, end = read_day(first), read_day(last) if two else read_day(first)
    if (begin is None and (first or not two)) or (end is None and (last or not two)):
        return None
    return DateIn(field=field, first=begin, last=end) if first or last else None


def _compared(field: str, sign: str, text: str) -> AnyCondition | None:
    ago = span(text)
    if ago is not None and sign in "<>":
        # “more than 30 days ago” lies before, “less than” after.
        end: Day = -ago - 1 if sign == ">" else -ago + 1
        return (
            DateIn(field=field, last=end) if sign == ">" else DateIn(field=field, first=end, last=0)
        )
    day = read_day(text)
    if day is None:
        return None
    match sign:
        case ">=":
            return DateIn(field=field, first=day)
        case "<=":
            return DateIn(field=field, last=day)
        case ">":
            return DateIn(field=field, first=beside(day, 1))
        case "<":
            return DateIn(field=field, last=beside(day, -1))
        case _:
            return DateIn(field=field, first=day, last=day)
