"""Days and hours of a calendar in the zone of the account, and which entries stand side by side.

A day is drawn by the clock on the wall, so that nine o'clock is on one line in every column. Where
the clocks change a day has 23 or 25 hours: a time that does not exist is the one an hour later, and
what happens in the hour that comes twice is drawn twice in the same place, side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

DAY_MIN = 24 * 60
STEP_MIN = 15
"""What is moved by hand lands on a quarter of an hour."""


class Span(StrEnum):
    """How much a calendar shows at once."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def at_wall(day: date, minutes: int, zone: tzinfo) -> datetime:
    """The moment at which the clock says so many minutes after midnight, in UTC. Minutes beyond
    the day belong to the next one, or to the one before."""
    days, minutes = divmod(minutes, DAY_MIN)
    wall = datetime.combine(day + timedelta(days=days), time(minutes // 60, minutes % 60), zone)
    return wall.astimezone(UTC)


def wall_min(at: datetime, zone: tzinfo) -> int:
    """Minutes after midnight that the clock says."""
    local = at.astimezone(zone)
    return local.hour * 60 + local.minute


def day_of(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()


def on_day(start: datetime, end: datetime, day: date, zone: tzinfo) -> tuple[int, int] | None:
    """From when to when by the clock something is on that day; None where it is not. It lasts at
    least as long on the wall as it does, even when the clock is turned back meanwhile."""
    first, last = day_of(start, zone), day_of(end, zone)
    if day < first or day > last or (day == last > first and wall_min(end, zone) == 0):
        return None
    since = wall_min(start, zone) if day == first else 0
    until = wall_min(end, zone) if day == last else DAY_MIN
    if first == last:
        until = max(until, since + int((end - start) / timedelta(minutes=1)))
    return since, min(until, DAY_MIN)


def days_of(start: datetime, end: datetime, zone: tzinfo) -> list[date]:
    """The days that something is on; midnight is the end of a day, not the beginning of one."""
    first = day_of(start, zone)
    last = day_of(max(start, end - timedelta(microseconds=1)), zone)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def moved_to_day(at: datetime, day: date, zone: tzinfo) -> datetime:
    """The same time by the clock on another day."""
    return at_wall(day, wall_min(at, zone), zone)


def shown_days(span: Span, day: date, first_weekday: int) -> list[date]:
    """The days that are shown with ``day`` among them. ``first_weekday`` is 1 for Monday to 7 for
    Sunday."""
    if span is Span.DAY:
        return [day]
    start = day.replace(day=1) if span is Span.MONTH else day
    start -= timedelta(days=(start.isoweekday() - first_weekday) % 7)
    if span is Span.WEEK:
        return [start + timedelta(days=n) for n in range(7)]
    last = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    weeks = (last - start).days // 7 + 1
    return [start + timedelta(days=n) for n in range(7 * weeks)]


def beside(span: Span, day: date, by: int) -> date:
    """The day to look at, so many days, weeks or months on."""
    if span is not Span.MONTH:
        return day + timedelta(days=by * (7 if span is Span.WEEK else 1))
    month = day.year * 12 + day.month - 1 + by
    first = date(month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def lanes(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """For each (since, until) its lane and how many lanes its group has. Entries that overlap,
    directly or through others, are a group; no two of one lane overlap."""
    order = sorted(range(len(spans)), key=lambda n: (spans[n][0], -spans[n][1], n))
    result = [(0, 1)] * len(spans)
    group: list[int] = []
    ends: list[int] = []
    """Until when each lane of the group is taken."""

    def close() -> None:
        for n in group:
            result[n] = result[n][0], len(ends)
        group.clear()
        ends.clear()

    for n in order:
        since, until = spans[n]
        if group and since >= max(ends):
            close()
        lane = next((k for k, end in enumerate(ends) if end <= since), len(ends))
        if lane == len(ends):
            ends.append(until)
        else:
            ends[lane] = until
        result[n] = lane, 0
        group.append(n)
    close()
    return result
