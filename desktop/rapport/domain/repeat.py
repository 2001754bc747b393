"""How a task comes again. The CRM has no such thing for the tasks of a contact: the rule is ours.

A rule counts in days of the person's calendar and in the time their clock shows, so that a change
to summer time moves nothing. ``on`` is the day that the rule gave the task: one that was put off
once does not shift those behind it, and the 31st comes back after a February.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Any

from msgspec import Struct, convert

MOST = 999
"""Days, weeks, months or years from one to the next, at most."""
WORKDAYS = (0, 1, 2, 3, 4)
_LAST_YEAR = 9000


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


class Repeat(Struct, frozen=True, kw_only=True):
    unit: Unit
    on: date
    """The day of this occurrence, as the rule has it."""
    at: time
    """By the clock on the wall."""
    every: int = 1
    weekdays: tuple[int, ...] = ()
    """0 is Monday. Only with weeks; empty: the weekday of ``on``."""
    month_day: int = 0
    """The day of the month that is meant, where a short month has none; 0: that of ``on``."""
    after_completion: bool = False
    """Counted from the day on which it was done."""


def begin(rule: Repeat, due: datetime, zone: tzinfo) -> Repeat:
    """The same rule, its first occurrence being due then."""
    local = due.astimezone(zone)
    return Repeat(
        unit=rule.unit,
        on=local.date(),
        at=local.time().replace(tzinfo=None, fold=0),
        every=rule.every,
        weekdays=rule.weekdays,
        month_day=local.day,
        after_completion=rule.after_completion,
    )


def same_rule(one: Repeat | None, other: Repeat | None) -> bool:
    """Whether both come equally often, whenever they begin."""
    return _rhythm(one) == _rhythm(other)


def _rhythm(rule: Repeat | None) -> tuple[Any, ...] | None:
    if rule is None:
        return None
    return rule.unit, rule.every, rule.weekdays, rule.after_completion


def moment(rule: Repeat, zone: tzinfo) -> datetime:
    """When this occurrence is due by the rule, in UTC."""
    return datetime.combine(rule.on, rule.at, zone).astimezone(UTC)


def following(rule: Repeat, done_at: datetime, zone: tzinfo) -> Repeat | None:
    """The rule at its next occurrence: behind this one, and not over already when this one was
    done. None where the calendar ends."""
    if rule.after_completion:
        day = _next_day(rule, done_at.astimezone(zone).date())
        return None if day is None else _at(rule, day)
    day = rule.on
    while (stepped := _next_day(rule, day)) is not None:
        day = stepped
        found = _at(rule, day)
        if moment(found, zone) > done_at:
            return found
    return None


def _at(rule: Repeat, day: date) -> Repeat:
    values = {name: getattr(rule, name) for name in rule.__struct_fields__}
    return Repeat(**{**values, "on": day, "month_day": rule.month_day or rule.on.day})


def _next_day(rule: Repeat, day: date) -> date | None:
    every = max(1, rule.every)
    try:
        match rule.unit:
            case Unit.DAY:
                found = day + timedelta(days=every)
            case Unit.WEEK:
                found = _next_weekday(rule.weekdays, day, every)
            case Unit.MONTH:
                found = plus_months(day, every, rule.month_day or rule.on.day)
            case Unit.YEAR:
                found = plus_months(day, 12 * every, rule.month_day or rule.on.day)
    except (OverflowError, ValueError):
        return None
    return found if found.year < _LAST_YEAR else None


def _next_weekday(weekdays: tuple[int, ...], day: date, every: int) -> date:
    """The next of these in the same week, else the first of them ``every`` weeks on."""
    wanted = sorted(weekdays)
    if not wanted:
        return day + timedelta(weeks=every)
    for weekday in wanted:
        if weekday > day.weekday():
            return day + timedelta(days=weekday - day.weekday())
    return day + timedelta(weeks=every, days=wanted[0] - day.weekday())


def plus_months(day: date, months: int, month_day: int = 0) -> date:
    """So many months on, on ``month_day`` (0: the same day) or the last day before it."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(month_day or day.day, last))


def next_values(values: Mapping[str, Any], done_at: str, zone: tzinfo) -> dict[str, Any] | None:
    """A repeating task's JSON-ready values at its next occurrence; None where there is none."""
    if not values.get("repeat"):
        return None
    rule = following(
        convert(values["repeat"], Repeat), convert(done_at, datetime).astimezone(UTC), zone
    )
    if rule is None:
        return None
    kept = {name: values[name] for name in _CARRIED_OVER if name in values}
    return {**kept, "due_at": moment(rule, zone), "repeat": rule}


_CARRIED_OVER = ("title", "body", "assigned_to", "priority", "remind_min")
