"""The conditions of a list as SQL over ``contact_row``.

What the row does not hold is looked up in the record's own JSON. Days are those of the zone that
``now`` is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from rapport.domain.filters import (
    FIELDS,
    AddedWithin,
    AllOf,
    AnyCondition,
    AnyOf,
    BirthdayWithin,
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
    Without,
)
from rapport.domain.records import Kind
from rapport.domain.text import fold, phone_digits, storable
from rapport.store.read_models import NAMELESS, SORTED_CHARS, SORTED_TEXTS
from rapport.store.schema import KIND_NUMBER, NO_DUE
from rapport.store.search import match_expression, terms
from rapport.store.values import encode, to_ms

Clause = tuple[str, list[object]]
"""An expression over ``contact_row``, and what is bound in it."""

_NOTHING: Clause = ("0", [])
_EVERYTHING: Clause = ("1", [])
_SHOWN = "CAST(shown AS TEXT)"
_EACH = f"EXISTS (SELECT 1 FROM json_each({_SHOWN}, ?) e WHERE {{}})"
_DAY = "'[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*'"
_MOMENTS = {"added": "added", "activity": "activity", "due": "next_due"}
_YEAR = 366


def where(conditions: Sequence[AnyCondition], now: datetime) -> Clause:
    """All of them."""
    return _several([clause(one, now) for one in conditions], "AND", _EVERYTHING)


def clause(condition: AnyCondition, now: datetime) -> Clause:
    match condition:
        case HasTag(tag=tag):
            tags = "SELECT tag FROM tag WHERE folded = ?"
            sql = f"key IN (SELECT key FROM contact_tag WHERE tag IN ({tags}))"
            return sql, [fold(storable(tag))]
        case OwnedBy(user_id=user_id):
            return "owner IS ?", [user_id]
        case AddedWithin(days=days):
            return "added >= ?", [to_ms(_ago(now, days))]
        case QuietFor(days=days):
            return "activity <= ?", [to_ms(_ago(now, days))]
        case NoOpenTask():
            return f"next_due = {NO_DUE}", []
        case TaskOverdue():
            return "next_due < ?", [to_ms(now)]
        case DoNotDisturb():
            return "dnd = 1", []
        case DueWithin(days=days):
            return "next_due < ?", [_midnight(now, _day(days, now))]
        case Mentions(text=text):
            words = terms(text)
            sql = "key IN (SELECT rowid FROM search WHERE search MATCH ?)"
            return (sql, [match_expression(words)]) if words else _EVERYTHING
        case BirthdayWithin(days=days):
            path = "$.date_of_birth"
            born = f"substr(json_extract({_SHOWN}, ?), 6, 5)"
            return _record(
                f"{born} IN (SELECT value FROM json_each(?))", path, _birthdays(now, days)
            )
        case DateIn():
            return _date_in(condition, now)
        case FieldHas() | FieldIs() | FieldFilled() | FieldNumber():
            return _field(condition)
        case Without(of=inner):
            sql, bound = clause(inner, now)
            return f"NOT ({sql})", bound
        case AllOf(of=several):
            return _several([clause(one, now) for one in several], "AND", _EVERYTHING)
        case AnyOf(of=several):
            return _several([clause(one, now) for one in several], "OR", _NOTHING)


def _several(clauses: list[Clause], word: str, none: Clause) -> Clause:
    if not clauses:
        return none
    sql = f" {word} ".join(f"({sql})" for sql, _ in clauses)
    return f"({sql})", [value for _, bound in clauses for value in bound]


def _record(test: str, *bound: object) -> Clause:
    sql = f"key IN (SELECT key FROM record WHERE kind = {KIND_NUMBER[Kind.CONTACT]} AND {test})"
    return sql, [*bound]


# Fields.


def _field(condition: FieldHas | FieldIs | FieldFilled | FieldNumber) -> Clause:
    field = condition.field
    test, bound = _test(condition)
    if field == "tags":
        return "key IN (SELECT key FROM contact_tag)", []
    if field == "due":
        return f"next_due < {NO_DUE}", []
    if field == "name":
        return test.format("name"), bound
    if field in SORTED_TEXTS:
        return _sorted_field(condition, test, bound)
    if field in FIELDS or field == "birthday":
        return _record(test.format(_shown(field)), *bound)
    return _record_with(field, _EACH.format(test.format("e.value")), _custom(field), *bound)


def _shown(field: str) -> str:
    # The name is one of ours, so that it may stand in the statement.
    return f"json_extract({_SHOWN}, '$.{'date_of_birth' if field == 'birthday' else field}')"


def _sorted_field(
    condition: FieldHas | FieldIs | FieldFilled | FieldNumber, test: str, bound: list[object]
) -> Clause:
    """The sort key is the folded text, so that the record is looked at only where it was cut."""
    column = f"{condition.field}_sort"
    if isinstance(condition, FieldFilled):
        return f"{column} <> ?", [NAMELESS]
    inside = test.replace("fold({})", "{}").format(column)
    whole = (
        f"EXISTS (SELECT 1 FROM record r WHERE r.key = contact_row.key AND"
        f" {test.format(_shown(condition.field))})"
    )
    return f"iif(length({column}) < {SORTED_CHARS}, {inside}, {whole})", [*bound, *bound]


def _record_with(field: str, test: str, *bound: object) -> Clause:
    """Of contacts that have the custom field. Most have not, and finding its id in the bytes is
    much quicker than reading the JSON."""
    return _record(f"instr(shown, ?) > 0 AND {test}", encode(field), *bound)


def _custom(field: str) -> str:
    # A quotation mark would end the path; no id has one, and so nothing is found.
    return f'$.custom."{field.replace(chr(34), "")}"'


def _test(condition: FieldHas | FieldIs | FieldFilled | FieldNumber) -> tuple[str, list[object]]:
    match condition:
        case FieldHas(field="phone", text=text) if digits := phone_digits(text):
            return "instr(phone_digits({}), ?) > 0", [digits]
        case FieldHas(text=text):
            return "instr(fold({}), ?) > 0", [fold(storable(text))]
        case FieldIs(text=text):
            return "fold({}) = ?", [fold(storable(text))]
        case FieldNumber(than=than, number=number):
            return f"number({{}}) {than.value} ?", [number]
        case _:
            return "ifnull({}, '') <> ''", []


# Days.


def _ago(now: datetime, days: int) -> datetime:
    try:
        return now - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo) + timedelta(days=2)


def _day(day: Day, now: datetime) -> date | None:
    """None for what is no day."""
    try:
        return date.fromisoformat(day) if isinstance(day, str) else now.date() + timedelta(days=day)
    except ValueError:
        return None
    except OverflowError:
        return date.max if isinstance(day, int) and day > 0 else date.min


def _midnight(now: datetime, day: date | None) -> int:
    """Milliseconds at which a day begins; at the ends of the calendar, as near as can be said."""
    inside = min(max(day or now.date(), date(1, 1, 3)), date(9999, 12, 29))
    return to_ms(datetime.combine(inside, time(), now.tzinfo))


def _date_in(condition: DateIn, now: datetime) -> Clause:
    ends = [(">=", condition.first), ("<=", condition.last)]
    days = [(sign, _day(day, now)) for sign, day in ends if day is not None]
    if any(day is None for _, day in days):
        return _NOTHING
    column = _MOMENTS.get(condition.field)
    if column is None and condition.field == "updated":
        column = f"unixepoch(json_extract({_SHOWN}, '$.updated_at')) * 1000"
    if column is not None:
        tests, bound = [f"{column} > 0" if column != "next_due" else f"{column} < {NO_DUE}"], []
        for sign, day in days:
            assert day is not None
            after = day + timedelta(days=1) if sign == "<=" and day < date.max else day
            tests.append(f"{column} {'<' if sign == '<=' else '>='} ?")
            bound.append(_midnight(now, after))
        sql = " AND ".join(tests)
        return (sql, [*bound]) if condition.field in _MOMENTS else _record(sql, *bound)
    value = _shown("birthday") if condition.field == "birthday" else "e.value"
    tests = [f"{value} GLOB {_DAY}", *(f"substr({value}, 1, 10) {sign} ?" for sign, _ in days)]
    test, wanted = " AND ".join(tests), [day.isoformat() for _, day in days if day is not None]
    if condition.field == "birthday":
        return _record(test, *wanted)
    return _record_with(condition.field, _EACH.format(test), _custom(condition.field), *wanted)


def _birthdays(now: datetime, days: int) -> str:
    """The days of the year that are meant, as JSON; who was born on a 29 February has the day
    after the 28th to celebrate."""
    found: set[str] = set()
    for ahead in range(min(max(days, 0), _YEAR)):
        day = now.date() + timedelta(days=ahead)
        found.add(f"{day:%m-%d}")
        if f"{day:%m-%d}" == "03-01" and (day - timedelta(days=1)).day == 28:
            found.add("02-29")
    return encode(sorted(found)).decode()
