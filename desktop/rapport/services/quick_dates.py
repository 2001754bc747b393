"""Dates as people type them and as they like to read them; times are local to a zone.

A date without a year is the next such day, 24/11 is day first, a weekday is the next one, a time
without a day is the next such time, a day without a time is due at nine. The words are those of
``date_words``.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from rapport.domain.errors import InputError
from rapport.domain.repeat import plus_months
from rapport.language import keep, mark
from rapport.services.date_words import Lexicon, spoken

DEFAULT_TIME = time(9, 0)

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t|$)")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?")
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?\.?")
_HELP = mark("Try “tomorrow”, “fri 3pm”, “24 nov 15:00” or “2026-11-30”.")


class Unreadable(InputError):
    """The text is no date at all; other mistakes are about a date that does not exist."""


class When(NamedTuple):
    """What a text says of a moment."""

    at: datetime
    """Aware, in UTC."""
    day_said: bool
    time_said: bool


def parse_due(text: str, now: datetime, zone: tzinfo, words: Lexicon | None = None) -> datetime:
    """The moment meant by ``text``, aware, in UTC. Raises InputError with a sentence that helps."""
    return parse_when(text, now, zone, words).at


def parse_when(text: str, now: datetime, zone: tzinfo, words: Lexicon | None = None) -> When:
    """The same, telling what was said and what stands in for it. Raises InputError."""
    lex = words or spoken()
    said = _normal(text, lex)
    if not said:
        raise InputError("When is it due?", _HELP, field="due_at")
    if _STAMP.fullmatch(said):
        return When(_stamp(text.strip(), zone), True, True)
    here = now.astimezone(zone)
    soon = _from_now(said, here, lex)
    if soon is not None:
        return When(soon, True, True)
    rest, clock = _take_clock(said, lex)
    day = _parse_day(rest, here.date(), lex) if rest else None
    day_said = day is not None
    if day is None:
        if clock is None or rest:
            raise _unreadable(text)
        day = here.date() if clock > here.time() else here.date() + timedelta(days=1)
    elif clock is not None and _is_weekday(rest, lex) and day == here.date() + timedelta(days=7):
        # "fri 3pm" said on a Friday morning means this afternoon.
        day = here.date() if clock > here.time() and not lex.next.match(rest) else day
    at = datetime.combine(day, clock or DEFAULT_TIME, zone).astimezone(UTC)
    return When(at, day_said, clock is not None)


def _unreadable(text: str) -> Unreadable:
    sentence = keep("“{text}” is not a date that can be read.", text=text.strip())
    return Unreadable(sentence, _HELP, field="due_at")


def _stamp(text: str, zone: tzinfo) -> datetime:
    """What other programs write; without an offset it is local to ``zone``."""
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        raise _unreadable(text) from None
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def parse_date(text: str, today: date, words: Lexicon | None = None) -> date:
    """A day alone, for date fields; the past is welcome. Raises InputError."""
    lex = words or spoken()
    said = _normal(text, lex)
    day = _parse_day(said, today, lex) if said else None
    if day is None:
        raise _unreadable(text)
    return day


_SHORTENED = re.compile(r"\b([^\W\d_]{2,4})\.(?=\s|$)")
"""“di.”, “nov.”: languages shorten names with a dot."""


def _normal(text: str, lex: Lexicon) -> str:
    text = _SHORTENED.sub(r"\1", text.lower().replace(",", " "))
    return lex.leading.sub("", " ".join(text.split()))


def _from_now(said: str, here: datetime, lex: Lexicon) -> datetime | None:
    """“in 2 hours”, “in 90 min”: moments, not days."""
    found = lex.ahead.fullmatch(said)
    if found is None or (count := lex.count(found["count"])) is None:
        return None
    match lex.words.units[found["unit"]]:
        case "minute":
            moment = here.astimezone(UTC) + timedelta(minutes=count)
        case "hour":
            moment = here.astimezone(UTC) + timedelta(hours=count)
        case _:
            return None
    # A minute is as exact as a typed time gets.
    return moment.replace(second=0, microsecond=0)


def _take_clock(said: str, lex: Lexicon) -> tuple[str, time | None]:
    iso = re.sub(r"(\d{4}-\d{1,2}-\d{1,2})t(?=\d)", r"\1 ", said)
    found = lex.clock.search(iso)
    if found is not None:
        rest = f"{iso[: found.start()]} {iso[found.end() :]}"
        return " ".join(rest.split()), _clock(found)
    for pattern, moment in lex.times:
        if pattern.search(iso):
            rest = " ".join(pattern.sub(" ", iso).split())
            if not rest and moment != time(12):
                rest = _TODAY  # "tonight", also when it is late
            return rest, moment
    return iso, None


_TODAY = "today"


def _clock(found: re.Match[str]) -> time:
    hour = int(found["h24"] or found["h12"] or found["said"] or found["hour"])
    minute = int(found["m24"] or found["m12"] or 0)
    half = found["ap24"] or found["ap12"]
    wrong = keep("“{time}” is not a time.", time=found[0].removeprefix("at ").strip("@ "))
    if half is not None:
        if not 1 <= hour <= 12:
            raise InputError(wrong, "With am or pm, hours go from 1 to 12.", field="due_at")
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour == 24 and minute == 0:
        hour, minute = 23, 59
    if hour > 23 or minute > 59:
        raise InputError(wrong, "Hours go up to 23, minutes up to 59.", field="due_at")
    return time(hour, minute)


def _is_weekday(said: str, lex: Lexicon) -> bool:
    return lex.next.sub("", lex.this.sub("", said)) in lex.words.weekdays


def _parse_day(said: str, today: date, lex: Lexicon) -> date | None:
    said = lex.leading.sub("", lex.trailing.sub("", said)).strip()
    return (
        _named_day(said, today, lex)
        or _counted_day(said, today, lex)
        or _calendar_day(said, today, lex)
    )


def _named_day(said: str, today: date, lex: Lexicon) -> date | None:
    words = lex.words
    if said in words.days:
        return today + timedelta(days=words.days[said])
    if said in words.periods:
        return _period(words.periods[said], today)
    name = lex.next.sub("", lex.this.sub("", said))
    if name in words.weekdays:
        weekday = words.weekdays[name]
        if lex.next.match(said):
            return today + timedelta(days=7 - today.weekday() + weekday)
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    # "fri 27 nov": the weekday is an extra that the date carries anyway.
    first, _, rest = said.partition(" ")
    if first in words.weekdays and rest:
        return _calendar_day(rest, today, lex)
    return None


def _period(period: str, today: date) -> date:
    match period:
        case "next-week":
            return today + timedelta(days=7 - today.weekday())
        case "weekend":
            return today + timedelta(days=(5 - today.weekday()) % 7)
        case "next-month":
            return plus_months(today, 1)
        case _:
            return today.replace(day=calendar.monthrange(today.year, today.month)[1])


def _counted_day(said: str, today: date, lex: Lexicon) -> date | None:
    found = lex.ahead.fullmatch(said)
    if found is None or (count := lex.count(found["count"])) is None:
        return None
    try:
        match lex.words.units[found["unit"]]:
            case "day":
                day = today + timedelta(days=count)
            case "week":
                day = today + timedelta(weeks=count)
            case "month":
                day = plus_months(today, count)
            case "year":
                day = plus_months(today, 12 * count)
            case _:
                return None
    except (OverflowError, ValueError):
        day = date.max
    if day.year > today.year + 100:
        raise InputError("That is too far away.", _HELP, field="due_at")
    return day


def _calendar_day(said: str, today: date, lex: Lexicon) -> date | None:
    months = lex.words.months
    if found := _ISO.fullmatch(said):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC.fullmatch(said):
        day, month = int(found[1]), int(found[2])
        if month > 12 and day <= 12:
            day, month = month, day
        return _with_year(day, month, found[3], today)
    if (found := lex.day_month.fullmatch(said)) and found[2] in months:
        return _with_year(int(found[1]), months[found[2]], found[3], today)
    if (found := lex.month_day.fullmatch(said)) and found[1] in months:
        return _with_year(int(found[2]), months[found[1]], found[3], today)
    if found := lex.ordinal.fullmatch(said):
        return next_ordinal(int(found[1]), today)
    return None


def next_ordinal(day: int, today: date) -> date:
    """The next such day of a month, today included. Raises InputError."""
    if not 1 <= day <= 31:
        raise InputError("No month has that day.", _HELP, field="due_at")
    first = today.replace(day=1)
    for ahead in range(3):  # of three months in a row, one has 31 days
        month = plus_months(first, ahead)
        if day <= calendar.monthrange(month.year, month.month)[1]:
            found = month.replace(day=day)
            if found >= today:
                return found
    raise AssertionError("unreachable")


def _with_year(day: int, month: int, year: str | None, today: date) -> date:
    if year is not None:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    if not 1 <= month <= 12:
        return _day(today.year, month, day)
    for candidate in (today.year, today.year + 1):
        found = _day(candidate, month, day) if _exists(candidate, month, day) else None
        if found is not None and found >= today:
            return found
    return _day(
        today.year if (month, day) >= (today.month, today.day) else today.year + 1, month, day
    )


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= day <= calendar.monthrange(year, month)[1]


def _day(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12:
        raise InputError("A year has 12 months.", _HELP, field="due_at")
    if not 1900 <= year <= 9000:
        sentence = keep("{year} is not a year that can be used.", year=str(year))
        raise InputError(sentence, _HELP, field="due_at")
    last = calendar.monthrange(year, month)[1]
    if day < 1:
        raise InputError("Days are counted from 1.", _HELP, field="due_at")
    if day > last:
        name = calendar.month_name[month] + (f" {year}" if month == 2 else "")
        month_abbr, next_abbr = calendar.month_abbr[month], calendar.month_abbr[month % 12 + 1]
        raise InputError(
            keep("{month} has {last} days.", month=name, last=str(last)),
            keep(
                "Did you mean {last} {month} or 1 {next}?",
                last=str(last),
                month=month_abbr,
                next=next_abbr,
            ),
            field="due_at",
        )
    return date(year, month, day)


def on_day(days: int, moment: datetime, now: datetime, zone: tzinfo) -> datetime:
    """So many days from today, at the time of day of ``moment``, in UTC."""
    day = now.astimezone(zone).date() + timedelta(days=days)
    clock = moment.astimezone(zone).time()
    return datetime.combine(day, clock, zone).astimezone(UTC)
