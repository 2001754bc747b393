"""When a task comes again: month ends, leap years, summer time, and what was put off."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.repeat import MOST, Repeat, Unit, begin, following, moment

ZONES = ("Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland", "UTC")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def rule(unit: Unit, on: str, at: str = "09:00", **more: object) -> Repeat:
    return Repeat(unit=unit, on=date.fromisoformat(on), at=time.fromisoformat(at), **more)  # type: ignore[arg-type]


def days(first: Repeat, count: int) -> list[str]:
    found = []
    for _ in range(count):
        after = following(first, LONG_AGO, UTC)
        assert after is not None
        first = after
        found.append(first.on.isoformat())
    return found


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (rule(Unit.DAY, "2026-12-30", every=2), ["2027-01-01", "2027-01-03"]),
        (rule(Unit.WEEK, "2026-11-27"), ["2026-12-04", "2026-12-11"]),
        (rule(Unit.WEEK, "2026-11-27", every=2), ["2026-12-11", "2026-12-25"]),
        (
            rule(Unit.WEEK, "2026-11-23", weekdays=(0, 3), every=2),
            ["2026-11-26", "2026-12-07", "2026-12-10"],
        ),
        (rule(Unit.WEEK, "2026-11-26", weekdays=(0, 1, 2, 3, 4)), ["2026-11-27", "2026-11-30"]),
        (rule(Unit.MONTH, "2027-01-31"), ["2027-02-28", "2027-03-31", "2027-04-30"]),
        (rule(Unit.MONTH, "2026-11-30", every=3), ["2027-02-28", "2027-05-30"]),
        (rule(Unit.YEAR, "2028-02-29"), ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
    ],
)
def test_the_days_that_follow(first: Repeat, then: list[str]) -> None:
    assert days(first, len(then)) == then


@pytest.mark.parametrize("zone", ZONES)
def test_the_clock_on_the_wall_does_not_move_with_summer_time(zone: str) -> None:
    local, now = ZoneInfo(zone), rule(Unit.DAY, "2026-01-01", "08:30")
    for _ in range(400):
        after = following(now, moment(now, local), local)
        assert after is not None
        assert after.on == now.on + timedelta(days=1)
        assert moment(after, local).astimezone(local).time() == time(8, 30)
        now = after


def test_an_hour_that_a_night_does_not_have_is_told_once_and_comes_back() -> None:
    berlin, night = ZoneInfo("Europe/Berlin"), rule(Unit.DAY, "2026-03-28", "02:30")
    spring = following(night, LONG_AGO, berlin)
    assert spring is not None
    assert moment(spring, berlin).astimezone(berlin).isoformat() == "2026-03-29T03:30:00+02:00"
    later = following(spring, LONG_AGO, berlin)
    assert later is not None
    assert moment(later, berlin).astimezone(berlin).time() == time(2, 30)


def test_what_is_over_when_the_task_is_done_late_is_left_out() -> None:
    daily = rule(Unit.DAY, "2026-11-20")
    at_eight = following(daily, datetime(2026, 11, 24, 8, tzinfo=UTC), UTC)
    at_ten = following(daily, datetime(2026, 11, 24, 10, tzinfo=UTC), UTC)
    assert at_eight is not None
    assert at_ten is not None
    assert (at_eight.on.isoformat(), at_ten.on.isoformat()) == ("2026-11-24", "2026-11-25")


def test_after_completion_counts_from_the_day_it_was_done() -> None:
    zone = ZoneInfo("Pacific/Auckland")
    water = rule(Unit.DAY, "2026-11-01", every=3, after_completion=True)
    after = following(water, datetime(2026, 11, 23, 22, tzinfo=UTC), zone)  # the 24th there
    assert after is not None
    assert after.on.isoformat() == "2026-11-27"


def test_a_rule_begins_with_the_task_it_is_given() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    begun = begin(rule(Unit.MONTH, "2000-01-01"), datetime(2026, 8, 31, 23, 30, tzinfo=UTC), lisbon)
    assert (begun.on.isoformat(), begun.at, begun.month_day) == ("2026-09-01", time(0, 30), 1)


@given(
    unit=st.sampled_from(Unit),
    on=st.dates(date(1990, 1, 1), date(8999, 1, 1)),
    at=st.times(),
    every=st.integers(1, MOST),
    weekdays=st.sets(st.integers(0, 6)).map(tuple),
    after=st.booleans(),
    done=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    zone=st.sampled_from(ZONES),
)
def test_the_next_is_always_later_on_the_rule(
    unit: Unit,
    on: date,
    at: time,
    every: int,
    weekdays: tuple[int, ...],
    after: bool,
    done: datetime,
    zone: str,
) -> None:
    local = ZoneInfo(zone)
    now = Repeat(unit=unit, on=on, at=at, every=every, weekdays=weekdays, after_completion=after)
    then = following(now, done, local)
    if then is None:
        return  # the calendar ends
    assert then.on > (done.astimezone(local).date() if after else on)
    assert after or moment(then, local) > done
    if unit is Unit.WEEK and weekdays:
        assert then.on.weekday() in weekdays
