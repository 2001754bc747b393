"""A filter as lines and groups, as a builder shows it: *field, verb, value*.

Every filter can be shown so, and what is shown means the filter again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from rapport.domain.filter_words import CHOICES, FILES, NUMBERS, Vocabulary, day_text, read_day
from rapport.domain.filters import (
    DATES,
    FIELDS,
    AddedWithin,
    AllOf,
    AnyCondition,
    AnyOf,
    BirthdayWithin,
    DateIn,
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

TAGS, OWNER, TASK, DND, WORDS = "tags", "owner", "task", "dnd", "text"
STANDARD_FIELDS = (TAGS, OWNER, TASK, *DATES, *FIELDS, DND, WORDS)


class Asks(StrEnum):
    """What a field can be asked."""

    TAG = "tag"
    OWNER = "owner"
    TASK = "task"
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    FILE = "file"
    YES_NO = "yes_no"
    WORDS = "words"


class Verb(StrEnum):
    IS = "is"
    HAS = "has"
    FILLED = "filled"
    OPEN = "open"
    OVERDUE = "overdue"
    WITHIN = "within"
    YES = "yes"
    EQUAL = "="
    LEAST = ">="
    MOST = "<="
    OVER = ">"
    UNDER = "<"
    LAST = "last"
    NEXT = "next"
    AGO = "ago"
    ON = "on"
    FROM = "from"
    UNTIL = "until"
    BETWEEN = "between"


NO_VALUE = frozenset({Verb.FILLED, Verb.OPEN, Verb.OVERDUE, Verb.YES})
DAYS = frozenset({Verb.WITHIN, Verb.LAST, Verb.NEXT, Verb.AGO})
"""The value is a number of days."""
ONE_DAY = frozenset({Verb.ON, Verb.FROM, Verb.UNTIL})
"""The value is a day, as ``filter_words.day_text`` writes it."""

_BOTH = (False, True)
VERBS: dict[Asks, tuple[tuple[Verb, bool], ...]] = {
    asks: tuple((verb, no) for verb, several in verbs for no in several)
    for asks, verbs in {
        Asks.TAG: ((Verb.IS, _BOTH), (Verb.FILLED, _BOTH)),
        Asks.OWNER: ((Verb.IS, _BOTH), (Verb.FILLED, _BOTH)),
        Asks.TASK: ((Verb.OPEN, _BOTH), (Verb.OVERDUE, _BOTH), (Verb.WITHIN, _BOTH)),
        Asks.TEXT: ((Verb.HAS, _BOTH), (Verb.IS, _BOTH), (Verb.FILLED, _BOTH)),
        Asks.CHOICE: ((Verb.IS, _BOTH), (Verb.HAS, _BOTH), (Verb.FILLED, _BOTH)),
        Asks.NUMBER: (
            (Verb.EQUAL, _BOTH),
            *((verb, (False,)) for verb in (Verb.LEAST, Verb.MOST, Verb.OVER, Verb.UNDER)),
            (Verb.FILLED, _BOTH),
        ),
        Asks.DATE: (
            *((verb, (False,)) for verb in (Verb.LAST, Verb.NEXT, Verb.AGO, Verb.ON)),
            *((verb, (False,)) for verb in (Verb.FROM, Verb.UNTIL, Verb.BETWEEN)),
            (Verb.FILLED, _BOTH),
        ),
        Asks.FILE: ((Verb.FILLED, _BOTH),),
        Asks.YES_NO: ((Verb.YES, _BOTH),),
        Asks.WORDS: ((Verb.HAS, _BOTH),),
    }.items()
}
"""The verbs of each, plain and turned around, in the order in which they are offered."""

_THAN = {
    Verb.EQUAL: Than.EQUAL,
    Verb.LEAST: Than.LEAST,
    Verb.MOST: Than.MOST,
    Verb.OVER: Than.OVER,
    Verb.UNDER: Than.UNDER,
}


class Line(Struct, frozen=True, kw_only=True):
    """``field`` is one of ``STANDARD_FIELDS``, or the id of a custom field."""

    field: str
    verb: Verb
    value: str = ""
    negated: bool = False


class Match(StrEnum):
    ALL = "all"
    ANY = "any"
    NONE = "none"
    NOT_ALL = "not_all"


class Group(Struct, frozen=True, kw_only=True):
    match: Match = Match.ALL
    items: tuple[Line | Group, ...] = ()


def asks(field: str, vocabulary: Vocabulary) -> Asks:
    fixed = {TAGS: Asks.TAG, OWNER: Asks.OWNER, TASK: Asks.TASK, DND: Asks.YES_NO}
    if field in fixed:
        return fixed[field]
    if field == WORDS:
        return Asks.WORDS
    kind = vocabulary.types.get(field, "")
    if field in DATES or kind == "DATE":
        return Asks.DATE
    if kind in NUMBERS:
        return Asks.NUMBER
    if kind in FILES:
        return Asks.FILE
    return Asks.CHOICE if kind in CHOICES and vocabulary.options.get(field) else Asks.TEXT


def first_line(field: str, vocabulary: Vocabulary) -> Line:
    """What a field is asked at first."""
    verb, negated = VERBS[asks(field, vocabulary)][0]
    value = {Verb.LAST: "30", Verb.WITHIN: "7"}.get(verb, "")
    return Line(field=field, verb=verb, negated=negated, value=value)


# From conditions to lines.


def tree_of(conditions: Sequence[AnyCondition]) -> Group:
    if len(conditions) == 1:
        item = _item(conditions[0])
        if isinstance(item, Group):
            return item
    return Group(items=tuple(_item(one) for one in conditions))


def _item(condition: AnyCondition) -> Line | Group:
    match condition:
        case AllOf(of=several):
            return Group(match=Match.ALL, items=tuple(map(_item, several)))
        case AnyOf(of=several):
            return Group(match=Match.ANY, items=tuple(map(_item, several)))
        case Without(of=AnyOf(of=several)):
            return Group(match=Match.NONE, items=tuple(map(_item, several)))
        case Without(of=AllOf(of=several)):
            return Group(match=Match.NOT_ALL, items=tuple(map(_item, several)))
        case Without(of=Without(of=inner)):
            return _item(inner)
        case Without(of=inner):
            line = _line(inner)
            return Line(
                field=line.field, verb=line.verb, value=line.value, negated=not line.negated
            )
    return _line(condition)


def _line(condition: AnyCondition) -> Line:
    match condition:
        case HasTag(tag=tag):
            return Line(field=TAGS, verb=Verb.IS, value=tag)
        case OwnedBy(user_id=None):
            return Line(field=OWNER, verb=Verb.FILLED, negated=True)
        case OwnedBy(user_id=str(user_id)):
            return Line(field=OWNER, verb=Verb.IS, value=user_id)
        case AddedWithin(days=days):
            return Line(field="added", verb=Verb.LAST, value=str(days))
        case QuietFor(days=days):
            return Line(field="activity", verb=Verb.AGO, value=str(days))
        case BirthdayWithin(days=days):
            return Line(field="birthday", verb=Verb.NEXT, value=str(days))
        case NoOpenTask():
            return Line(field=TASK, verb=Verb.OPEN, negated=True)
        case TaskOverdue():
            return Line(field=TASK, verb=Verb.OVERDUE)
        case DueWithin(days=days):
            return Line(field=TASK, verb=Verb.WITHIN, value=str(days))
        case DoNotDisturb():
            return Line(field=DND, verb=Verb.YES)
        case Mentions(text=text):
            return Line(field=WORDS, verb=Verb.HAS, value=text)
        case FieldHas(field=field, text=text):
            return Line(field=field, verb=Verb.HAS, value=text)
        case FieldIs(field=field, text=text):
            return Line(field=field, verb=Verb.IS, value=text)
        case FieldFilled(field=field):
            return Line(field=field, verb=Verb.FILLED)
        case FieldNumber(field=field, than=than, number=number):
            return Line(field=field, verb=Verb(than.value), value=f"{number:.15g}")
        case DateIn():
            return _date_line(condition)
    raise AssertionError(condition)


def _date_line(condition: DateIn) -> Line:
    field, first, last = condition.field, condition.first, condition.last

    def line(verb: Verb, value: str) -> Line:
        return Line(field=field, verb=verb, value=value)

    if first is None and last is None:
        return Line(field=field, verb=Verb.FILLED)
    if first is None:
        assert last is not None
        if isinstance(last, int) and last <= -2 and field != "activity":
            return line(Verb.AGO, str(-last - 1))
        return line(Verb.UNTIL, day_text(last))
    if last is None:
        return line(Verb.FROM, day_text(first))
    if first == last:
        return line(Verb.ON, day_text(first))
    if last == 0 and isinstance(first, int) and first < 0 and field != "added":
        return line(Verb.LAST, str(-first))
    if first == 0 and isinstance(last, int) and last > 0 and field != "birthday":
        return line(Verb.NEXT, str(last))
    return line(Verb.BETWEEN, f"{day_text(first)}..{day_text(last)}")


# From lines to conditions.


def conditions_of(group: Group, vocabulary: Vocabulary) -> tuple[AnyCondition, ...]:
    """What the lines mean; those that are not finished mean nothing yet."""
    inner = tuple(
        condition
        for item in group.items
        if (condition := condition_of(item, vocabulary)) is not None
    )
    if group.match is Match.ALL:
        return inner
    whole = _grouped(group.match, inner)
    return () if whole is None else (whole,)


def condition_of(item: Line | Group, vocabulary: Vocabulary) -> AnyCondition | None:
    """None while something is missing."""
    if isinstance(item, Group):
        parts = tuple(
            condition
            for one in item.items
            if (condition := condition_of(one, vocabulary)) is not None
        )
        return _grouped(item.match, parts)
    if item.field == OWNER and item.verb is Verb.FILLED:
        nobody = OwnedBy(user_id=None)
        return nobody if item.negated else Without(of=nobody)
    if item.field == TASK and item.verb is Verb.OPEN:
        return NoOpenTask() if item.negated else Without(of=NoOpenTask())
    plain = _plain(item)
    return Without(of=plain) if plain is not None and item.negated else plain


def _grouped(match: Match, inner: tuple[AnyCondition, ...]) -> AnyCondition | None:
    if not inner:
        return None
    one = inner[0] if len(inner) == 1 else None
    match match:
        case Match.ALL:
            return one or AllOf(of=inner)
        case Match.ANY:
            return one or AnyOf(of=inner)
        case Match.NONE:
            return Without(of=one or AnyOf(of=inner))
        case Match.NOT_ALL:
            return Without(of=one or AllOf(of=inner))


def _plain(line: Line) -> AnyCondition | None:
    field, verb, value = line.field, line.verb, line.value
    if verb in DAYS:
        return _days(field, verb, int(value)) if re.fullmatch(r"\d{1,5}", value) else None
    if verb in ONE_DAY or verb is Verb.BETWEEN:
        return _between(field, verb, value)
    if verb in _THAN:
        try:
            return FieldNumber(field=field, than=_THAN[verb], number=float(value))
        except ValueError:
            return None
    match verb:
        case Verb.FILLED:
            return FieldFilled(field=field)
        case Verb.OVERDUE:
            return TaskOverdue()
        case Verb.YES:
            return DoNotDisturb()
    if not value.strip():
        return None
    match field, verb:
        case "tags", _:
            return HasTag(tag=value)
        case "owner", _:
            return OwnedBy(user_id=value)
        case "text", _:
            return Mentions(text=value)
        case _, Verb.IS:
            return FieldIs(field=field, text=value)
    return FieldHas(field=field, text=value)


def _days(field: str, verb: Verb, days: int) -> AnyCondition:
    match field, verb:
        case _, Verb.WITHIN:
            return DueWithin(days=days)
        case "added", Verb.LAST:
            return AddedWithin(days=days)
        case "activity", Verb.AGO:
            return QuietFor(days=days)
        case "birthday", Verb.NEXT:
            return BirthdayWithin(days=days)
        case _, Verb.LAST:
            return DateIn(field=field, first=-days, last=0)
        case _, Verb.NEXT:
            return DateIn(field=field, first=0, last=days)
    return DateIn(field=field, last=-days - 1)


def _between(field: str, verb: Verb, value: str) -> AnyCondition | None:
    if verb is Verb.BETWEEN:
        begin, _, end = value.partition("..")
        first, last = read_day(begin), read_day(end)
        return (
            None if first is None or last is None else DateIn(field=field, first=first, last=last)
        )
    day = read_day(value)
    if day is None:
        return None
    first = day if verb is not Verb.UNTIL else None
    last = day if verb is not Verb.FROM else None
    return DateIn(field=field, first=first, last=last)
