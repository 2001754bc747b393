"""Dates as people type them and as they like to read them. English; times are local to a zone.

A date without a year is the next such day, 24/11 is day first, a weekday is the next one, a time
without a day is the next such time, a day without a time is due at nine.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from rapport.domain.errors import InputError

DEFAULT_TIME = time(9, 0)

_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: i for name, i in _MONTHS.items()} | {"sept": 9}
_DAYS = {name.lower(): i for i, name in enumerate(calendar.day_name)}
_DAYS |= {name[:3]: i for name, i in _DAYS.items()} | {"tues": 1, "thur": 3, "thurs": 3}
_COUNTS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = {word: n for n, word in enumerate(_COUNTS, start=1)} | {"a": 1, "an": 1}
_TIME_WORDS = {
    "noon": time(12),
    "midday": time(12),
    "morning": time(9),
    "afternoon": time(14),
    "evening": time(18),
    "tonight": time(20),
    "night": time(20),
}
_CLOCK = re.compile(
    r"(?:\bat\s+|@\s*)?\b(?:(?P<h24>\d{1,2})[:h](?P<m24>\d{2})(?:\s*(?P<ap24>[ap])\.?m\.?)?"
    r"|(?P<h12>\d{1,2})(?:\.(?P<m12>\d{2}))?\s*(?P<ap12>[ap])\.?m\.?)(?![\w:])"
    r"|(?:\bat\s+|@\s*)(?P<hour>\d{1,2})(?:\s*o['’]clock)?(?![\w:/.-])"
)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:t|$)")
_STAMP = re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d{2}:?\d{2})?")
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?\.?")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?([a-z]{3,9})\.?(?:\s+(\d{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s+(\d{4}))?")
_ORDINAL = re.compile(r"(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)")
_IN = re.compile(
    r"(?:in\s+|\+\s*)?(\d{1,4}|[a-z]{1,5})\s*(min|m|h|hr|hour|d|day|w|wk|week|month)"
    r"(?:ute)?s?(?:\s+from\s+now)?"
)
_HELP = "Try “tomorrow”, “fri 3pm”, “24 nov 15:00” or “2026-11-30”."


def parse_due(text: str, now: datetime, zone: tzinfo) -> datetime:
    """The moment meant by ``text``, aware, in UTC. Raises InputError with a sentence that helps."""
    words = _normal(text)
    if not words:
        raise InputError("When is it due?", _HELP, field="due_at")
    if _STAMP.fullmatch(words):
        return _stamp(text.strip(), zone)
    here = now.astimezone(zone)
    soon = _from_now(words, here, zone)
    if soon is not None:
        return soon
    rest, clock = _take_clock(words)
    day = _parse_day(rest, here.date()) if rest else None
    if day is None:
        if clock is None:
            raise InputError(
                f"“{text.strip()}” is not a date that can be read.", _HELP, field="due_at"
            )
        day = here.date() if clock > here.time() else here.date() + timedelta(days=1)
    elif clock is not None and _is_weekday(rest) and day == here.date() + timedelta(days=7):
        # "fri 3pm" said on a Friday morning means this afternoon.
        day = here.date() if clock > here.time() and not rest.startswith("next") else day
    return datetime.combine(day, clock or DEFAULT_TIME, zone).astimezone(UTC)


def _stamp(text: str, zone: tzinfo) -> datetime:
    """What other programs write; without an offset it is local to ``zone``."""
    try:
        at = datetime.fromisoformat(text.upper())
    except ValueError:
        raise InputError(
            f"“{text}” is not a date that can be read.", _HELP, field="due_at"
        ) from None
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def parse_date(text: str, today: date) -> date:
    """A day alone, for date fields; the past is welcome. Raises InputError."""
    words = _normal(text)
    day = _parse_day(words, today) if words else None
    if day is None:
        raise InputError(f"“{text.strip()}” is not a date that can be read.", _HELP)
    return day


def _normal(text: str) -> str:
    words = " ".join(text.lower().replace(",", " ").split())
    return re.sub(r"^(on|by|due)\s+", "", words)


def _from_now(words: str, here: datetime, zone: tzinfo) -> datetime | None:
    """“in 2 hours”, “in 90 min”: moments, not days."""
    found = _IN.fullmatch(words)
    if found is None or (count := _count(found[1])) is None:
        return None
    unit = found[2]
    if unit in ("min", "m"):
        moment = here.astimezone(UTC) + timedelta(minutes=count)
    elif unit in ("h", "hr", "hour"):
        moment = here.astimezone(UTC) + timedelta(hours=count)
    else:
        return None
    # A minute is as exact as a typed time gets.
    return moment.replace(second=0, microsecond=0)


def _count(word: str) -> int | None:
    return int(word) if word.isdigit() else _NUMBERS.get(word)


def _take_clock(words: str) -> tuple[str, time | None]:
    iso = re.sub(r"(\d{4}-\d{1,2}-\d{1,2})t(?=\d)", r"\1 ", words)
    found = _CLOCK.search(iso)
    if found is not None:
        hour = int(found["h24"] or found["h12"] or found["hour"])
        minute = int(found["m24"] or found["m12"] or 0)
        half = found["ap24"] or found["ap12"]
        said = found[0].removeprefix("at ").strip("@ ")
        if half is not None:
            if not 1 <= hour <= 12:
                raise InputError(
                    f"“{said}” is not a time.",
                    "With am or pm, hours go from 1 to 12.",
                    field="due_at",
                )
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour == 24 and minute == 0:
            hour, minute = 23, 59
        if hour > 23 or minute > 59:
            raise InputError(
                f"“{said}” is not a time.", "Hours go up to 23, minutes up to 59.", field="due_at"
            )
        rest = f"{iso[: found.start()]} {iso[found.end() :]}"
        return " ".join(rest.split()), time(hour, minute)
    for word, moment in _TIME_WORDS.items():
        pattern = rf"(?:\b(?:in the|this|at)\s+)?\b{word}\b"
        if re.search(pattern, iso):
            rest = " ".join(re.sub(pattern, " ", iso).split())
            if not rest and word != "noon" and word != "midday":
                rest = "today"
            return rest, moment
    return iso, None


def _is_weekday(words: str) -> bool:
    return words.removeprefix("this ").removeprefix("next ") in _DAYS


def _parse_day(words: str, today: date) -> date | None:
    words = re.sub(r"\s*\b(?:at|on)\b\s*$", "", words).removeprefix("on ").strip()
    return _named_day(words, today) or _counted_day(words, today) or _calendar_day(words, today)


def _named_day(words: str, today: date) -> date | None:
    offsets = {
        "today": 0,
        "tod": 0,
        "now": 0,
        "tomorrow": 1,
        "tmr": 1,
        "tom": 1,
        "tmrw": 1,
        "day after tomorrow": 2,
        "the day after tomorrow": 2,
        "yesterday": -1,
    }
    if words in offsets:
        return today + timedelta(days=offsets[words])
    if words == "next week":
        return today + timedelta(days=7 - today.weekday())
    if words in ("weekend", "this weekend"):
        return today + timedelta(days=(5 - today.weekday()) % 7)
    if words == "next month":
        return _plus_months(today, 1)
    if words in ("end of month", "eom", "end of the month"):
        return today.replace(day=calendar.monthrange(today.year, today.month)[1])
    name = words.removeprefix("this ").removeprefix("next ")
    if name in _DAYS:
        if words.startswith("next "):
            return today + timedelta(days=7 - today.weekday() + _DAYS[name])
        return today + timedelta(days=(_DAYS[name] - today.weekday() - 1) % 7 + 1)
    # "fri 27 nov": the weekday is an extra that the date carries anyway.
    first, _, rest = words.partition(" ")
    if first in _DAYS and rest:
        return _calendar_day(rest, today)
    return None


def _counted_day(words: str, today: date) -> date | None:
    found = _IN.fullmatch(words)
    if found is None or (count := _count(found[1])) is None:
        return None
    try:
        if found[2] in ("d", "day"):
            day = today + timedelta(days=count)
        elif found[2] in ("w", "wk", "week"):
            day = today + timedelta(weeks=count)
        elif found[2] == "month":
            day = _plus_months(today, count)
        else:
            return None
    except (OverflowError, ValueError):
        day = date.max
    if day.year > today.year + 100:
        raise InputError("That is too far away.", _HELP, field="due_at")
    return day


def _calendar_day(words: str, today: date) -> date | None:
    if found := _ISO.fullmatch(words):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NUMERIC.fullmatch(words):
        day, month = int(found[1]), int(found[2])
        if month > 12 and day <= 12:
            day, month = month, day
        return _with_year(day, month, found[3], today)
    if (found := _DAY_MONTH.fullmatch(words)) and found[2] in _MONTHS:
        return _with_year(int(found[1]), _MONTHS[found[2]], found[3], today)
    if (found := _MONTH_DAY.fullmatch(words)) and found[1] in _MONTHS:
        return _with_year(int(found[2]), _MONTHS[found[1]], found[3], today)
    if found := _ORDINAL.fullmatch(words):
        return _next_ordinal(int(found[1]), today)
    return None


def _next_ordinal(day: int, today: date) -> date:
    if not 1 <= day <= 31:
        raise InputError("No month has that day.", _HELP, field="due_at")
    first = today.replace(day=1)
    for ahead in range(3):  # of three months in a row, one has 31 days
        month = _plus_months(first, ahead)
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
        raise InputError(f"{year} is not a year that can be used.", _HELP, field="due_at")
    last = calendar.monthrange(year, month)[1]
    if day < 1:
        raise InputError("Days are counted from 1.", _HELP, field="due_at")
    if day > last:
        name = calendar.month_name[month] + (f" {year}" if month == 2 else "")
        month_abbr, next_abbr = calendar.month_abbr[month], calendar.month_abbr[month % 12 + 1]
        raise InputError(
            f"{name} has {last} days.",
            f"Did you mean {last} {month_abbr} or 1 {next_abbr}?",
            field="due_at",
        )
    return date(year, month, day)


def _plus_months(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def format_moment(at: datetime, now: datetime, zone: tzinfo) -> str:
    """A moment in full where there is room: “Today 15:00”, “Thu 26 Nov 09:00”."""
    then, here = at.astimezone(zone), now.astimezone(zone)
    days = (then.date() - here.date()).days
    named = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get(days)
    if named is None:
        named = f"{calendar.day_abbr[then.weekday()]} {then.day} {calendar.month_abbr[then.month]}"
        if then.year != here.year:
            named += f" {then.year}"
    return f"{named} {then:%H:%M}"
