"""An entry on its way to another time: where a mouse or the arrows take it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from rapport.ui.panes.calendar.entries import Entry
from rapport.ui.panes.calendar.times import (
    DAY_MIN,
    STEP_MIN,
    at_wall,
    day_of,
    moved_to_day,
    wall_min,
)

_QUARTER = timedelta(minutes=STEP_MIN)


@dataclass(frozen=True, slots=True)
class Move:
    """An entry on its way to another time."""

    entry: Entry
    start: datetime
    end: datetime
    resize: bool = False
    grip_min: int = 0
    """How far below its beginning the mouse holds it."""
    dropped: bool = False

    @property
    def differs(self) -> bool:
        return (self.start, self.end) != (self.entry.start, self.entry.end)

    def stretched(self, end: datetime) -> Move:
        """With another end, a quarter of an hour after the beginning at least."""
        return replace(self, end=max(self.start + _QUARTER, end))

    def put(self, start: datetime) -> Move:
        """It begins then and lasts as long."""
        return replace(self, start=start, end=start + (self.end - self.start))

    def by_arrows(self, days: int, quarters: int, zone: tzinfo) -> Move:
        start = self.start
        if days:
            start = moved_to_day(start, day_of(start, zone) + timedelta(days=days), zone)
        return self.put(start + quarters * _QUARTER)

    def by_mouse(self, day: date, minutes: int | None, zone: tzinfo) -> Move:
        """``minutes`` None: over a day without hours, which keeps the time."""
        if self.resize and minutes is not None:
            return self.stretched(at_wall(day, round(minutes / STEP_MIN) * STEP_MIN, zone))
        if minutes is None or self.entry.untimed:
            held = timedelta(days=self.grip_min // DAY_MIN)
            return self.put(moved_to_day(self.entry.start, day - held, zone))
        wanted = round((minutes - self.grip_min) / STEP_MIN) * STEP_MIN
        return self.put(at_wall(day, wanted, zone))


def grip_of(entry: Entry, day: date, minutes: int | None, zone: tzinfo) -> int:
    """How many minutes after its beginning an entry is held that is taken there."""
    grip = (day - day_of(entry.start, zone)).days * DAY_MIN
    if minutes is not None and not entry.untimed:
        grip += minutes - wall_min(entry.start, zone)
    return grip
