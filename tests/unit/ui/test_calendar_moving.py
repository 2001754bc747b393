"""Where a mouse or the arrows take an entry, over a change of clocks too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from rapport.domain.records import Kind
from rapport.ui.panes.calendar.entries import Entry
from rapport.ui.panes.calendar.moving import Move, grip_of
from rapport.ui.panes.calendar.times import at_wall, wall_min

LISBON = ZoneInfo("Europe/Lisbon")
FRIDAY, MONDAY = date(2026, 3, 27), date(2026, 3, 30)
"""The clocks are put forward in the night before Sunday, the 29th."""
HOUR = timedelta(hours=1)


def visit(start: datetime, **more: bool) -> Move:
    entry = Entry(Kind.APPOINTMENT, "a", "Visit", "Ana", start, start + HOUR, **more)
    return Move(entry, entry.start, entry.end)


def test_the_arrows_keep_the_time_by_the_clock_and_the_length() -> None:
    nine = at_wall(FRIDAY, 9 * 60, LISBON)
    moved = visit(nine).by_arrows(3, 1, LISBON)
    assert moved.start == at_wall(MONDAY, 9 * 60 + 15, LISBON)
    assert moved.end - moved.start == HOUR
    assert moved.start - nine == timedelta(days=3, minutes=15) - HOUR
    assert moved.by_arrows(-3, -1, LISBON).start == nine


def test_the_mouse_lands_on_quarters_and_holds_it_where_it_was_taken() -> None:
    move = visit(at_wall(FRIDAY, 9 * 60, LISBON))
    held = Move(move.entry, move.start, move.end, grip_min=grip_of(move.entry, FRIDAY, 570, LISBON))
    assert held.grip_min == 30
    moved = held.by_mouse(MONDAY, 14 * 60 + 37, LISBON)
    assert wall_min(moved.start, LISBON) == 14 * 60
    # Above the first hour it goes on into the day before.
    assert held.by_mouse(MONDAY, 10, LISBON).start == at_wall(MONDAY, -15, LISBON)
    # Over a month, which has no hours, the time stays.
    assert held.by_mouse(MONDAY, None, LISBON).start == at_wall(MONDAY, 9 * 60, LISBON)


def test_an_end_is_never_before_the_beginning() -> None:
    start = datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert visit(start).stretched(start - HOUR).end == start + timedelta(minutes=15)


def test_what_lasts_for_days_is_held_by_one_of_them() -> None:
    start = at_wall(FRIDAY, 0, LISBON)
    entry = Entry(
        Kind.APPOINTMENT, "a", "Fair", "", start, at_wall(MONDAY, 0, LISBON), untimed=True
    )
    grip = grip_of(entry, date(2026, 3, 28), None, LISBON)
    move = Move(entry, entry.start, entry.end, grip_min=grip)
    moved = move.by_mouse(date(2026, 4, 11), None, LISBON)
    assert moved.start == at_wall(date(2026, 4, 10), 0, LISBON)
