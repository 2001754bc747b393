"""Days with 23 and 25 hours, and entries side by side."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.ui.panes.calendar.times import (
    DAY_MIN,
    Span,
    at_wall,
    beside,
    days_of,
    lanes,
    moved_to_day,
    on_day,
    shown_days,
    wall_min,
)

LISBON = ZoneInfo("Europe/Lisbon")
SHORT, LONG = date(2026, 3, 29), date(2026, 10, 25)

spans = st.lists(
    st.tuples(st.integers(0, 1439), st.integers(1, 300)).map(lambda s: (s[0], s[0] + s[1])),
    max_size=30,
)


@given(spans)
def test_no_two_in_one_lane_overlap_and_no_lane_is_wasted(
    given_spans: list[tuple[int, int]],
) -> None:
    placed = lanes(given_spans)
    for n, (lane, count) in enumerate(placed):
        assert 0 <= lane < count
        for m in range(n):
            overlap = max(given_spans[n][0], given_spans[m][0]) < min(
                given_spans[n][1], given_spans[m][1]
            )
            if overlap:
                assert placed[m][0] != lane
                assert placed[m][1] == count
        if count > 1:  # somebody is beside it
            since, until = given_spans[n]
            assert any(
                k != n and one[0] < until and since < one[1] for k, one in enumerate(given_spans)
            )
    for n, (since, _) in enumerate(given_spans):
        at_once = sum(a <= since < b for a, b in given_spans)
        assert placed[n][1] >= at_once


def test_a_time_that_does_not_exist_is_an_hour_later() -> None:
    assert at_wall(SHORT, 90, LISBON) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert wall_min(at_wall(SHORT, 90, LISBON), LISBON) == 150


def test_what_happens_in_the_hour_that_comes_twice_stands_side_by_side() -> None:
    first = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)  # 01:15 in summer
    second = first + timedelta(hours=1)  # 01:15 in winter
    half = timedelta(minutes=30)
    places = [on_day(at, at + half, LONG, LISBON) for at in (first, second)]
    assert places == [(75, 105), (75, 105)]
    assert sorted(lanes([(75, 105), (75, 105)])) == [(0, 2), (1, 2)]
    # Begins before the clock is turned back, ends after: 45 minutes are not shorter for that.
    assert on_day(first + half, first + half + timedelta(minutes=45), LONG, LISBON) == (105, 150)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 3 * DAY_MIN))
def test_every_part_of_an_entry_is_on_one_of_its_days(at: datetime, minutes: int) -> None:
    start = at.replace(tzinfo=UTC, microsecond=0)
    end = start + timedelta(minutes=minutes)
    days = days_of(start, end, LISBON)
    parts = [on_day(start, end, day, LISBON) for day in days]
    assert all(part is not None and part[0] <= part[1] <= DAY_MIN for part in parts)
    assert on_day(start, end, days[0] - timedelta(days=1), LISBON) is None
    assert on_day(start, end, days[-1] + timedelta(days=1), LISBON) is None


def test_another_day_keeps_the_time_over_a_change_of_clocks() -> None:
    nine = at_wall(date(2026, 3, 27), 9 * 60, LISBON)
    moved = moved_to_day(nine, date(2026, 3, 30), LISBON)
    assert wall_min(moved, LISBON) == 9 * 60
    assert moved - nine == timedelta(days=3) - timedelta(hours=1)


@pytest.mark.parametrize("first_weekday", [1, 6, 7])
def test_a_month_is_shown_in_whole_weeks(first_weekday: int) -> None:
    for month in range(1, 13):
        days = shown_days(Span.MONTH, date(2026, month, 15), first_weekday)
        assert len(days) % 7 == 0
        assert days[0].isoweekday() == first_weekday
        assert sum(day.month == month for day in days) >= 28
    assert beside(Span.MONTH, date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert beside(Span.MONTH, date(2026, 1, 31), -1) == date(2025, 12, 31)
