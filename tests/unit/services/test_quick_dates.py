"""Typed dates and the words for due dates. "Now" is Monday, 23 November 2026, 10:30 in Berlin."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rapport.domain.errors import InputError
from rapport.services.quick_dates import (
    parse_date,
    parse_due,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("today", "2026-11-23 09:00"),
        ("Tomorrow", "2026-11-24 09:00"),
        ("tmr 3pm", "2026-11-24 15:00"),
        ("tomorrow at 7", "2026-11-24 07:00"),
        ("tomorrow morning", "2026-11-24 09:00"),
        ("tomorrow evening", "2026-11-24 18:00"),
        ("day after tomorrow", "2026-11-25 09:00"),
        ("fri", "2026-11-27 09:00"),
        ("friday 3pm", "2026-11-27 15:00"),
        ("on friday at 15:30", "2026-11-27 15:30"),
        ("mon", "2026-11-30 09:00"),
        ("mon 15:00", "2026-11-23 15:00"),
        ("mon 8:00", "2026-11-30 08:00"),
        ("next monday", "2026-11-30 09:00"),
        ("next fri", "2026-12-04 09:00"),
        ("next week", "2026-11-30 09:00"),
        ("next month", "2026-12-23 09:00"),
        ("weekend", "2026-11-28 09:00"),
        ("eom", "2026-11-30 09:00"),
        ("24/11", "2026-11-24 09:00"),
        ("24.11.", "2026-11-24 09:00"),
        ("24-11-2027", "2027-11-24 09:00"),
        ("24/11/27 8:15", "2027-11-24 08:15"),
        ("11/24", "2026-11-24 09:00"),
        ("1/2", "2027-02-01 09:00"),
        ("24 nov 15:00", "2026-11-24 15:00"),
        ("24th of November", "2026-11-24 09:00"),
        ("nov 24 9.30am", "2026-11-24 09:30"),
        ("December 2, 2027", "2027-12-02 09:00"),
        ("1 jan", "2027-01-01 09:00"),
        ("the 24th", "2026-11-24 09:00"),
        ("22nd", "2026-12-22 09:00"),
        ("fri 27 nov", "2026-11-27 09:00"),
        ("2026-11-30 9:30", "2026-11-30 09:30"),
        ("2026-11-30T09:30", "2026-11-30 09:30"),
        ("2026-11-01", "2026-11-01 09:00"),
        ("3pm", "2026-11-23 15:00"),
        ("15:00", "2026-11-23 15:00"),
        ("9:00", "2026-11-24 09:00"),
        ("12am", "2026-11-24 00:00"),
        ("noon", "2026-11-23 12:00"),
        ("tonight", "2026-11-23 20:00"),
        ("this afternoon", "2026-11-23 14:00"),
        ("in 2 days", "2026-11-25 09:00"),
        ("2d", "2026-11-25 09:00"),
        ("in a week", "2026-11-30 09:00"),
        ("in 3 weeks 14:00", "2026-12-14 14:00"),
        ("in two months", "2027-01-23 09:00"),
        ("in 2 hours", "2026-11-23 12:30"),
        ("in 90 min", "2026-11-23 12:00"),
        ("31 jan 17h30", "2027-01-31 17:30"),
    ],
)
def test_a_typed_date_is_understood(typed: str, local: str) -> None:
    due = parse_due(typed, NOW, BERLIN)
    assert due.tzinfo is UTC
    assert f"{due.astimezone(BERLIN):%Y-%m-%d %H:%M}" == local


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("31 nov", "November has 30 days. Did you mean 30 Nov or 1 Dec?"),
        ("29 feb", "February 2027 has 28 days. Did you mean 28 Feb or 1 Mar?"),
        ("32 dec", "December has 31 days. Did you mean 31 Dec or 1 Jan?"),
        ("13/13", "A year has 12 months."),
        ("0/12", "Days are counted from 1."),
        ("tomorrow 25:00", "“25:00” is not a time."),
        ("tomorrow 13pm", "hours go from 1 to 12"),
        ("10:75", "minutes up to 59"),
        ("soonish", "is not a date that can be read"),
        ("fri fri", "is not a date that can be read"),
        ("24 brumaire", "is not a date that can be read"),
        ("in 9999 months", "That is too far away"),
        ("35th", "No month has that day"),
        ("", "When is it due?"),
        ("   ", "When is it due?"),
        ("\x00", "is not a date that can be read"),
        ("9" * 400, "is not a date that can be read"),
    ],
)
def test_what_is_no_date_gets_a_sentence(typed: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_due(typed, NOW, BERLIN)
    assert says in str(caught.value)
    assert caught.value.field == "due_at"


@pytest.mark.parametrize(
    "zone",
    ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "America/New_York", "UTC"],
)
def test_a_day_is_the_persons_day(zone: str) -> None:
    here = ZoneInfo(zone)
    today = NOW.astimezone(here).date()
    assert parse_due("today", NOW, here).astimezone(here).date() == today
    assert parse_due("tomorrow", NOW, here).astimezone(here).date() == today + timedelta(days=1)


def test_what_other_programs_write() -> None:
    for typed, utc in (
        ("2026-11-27T15:00:00.000Z", "2026-11-27 15:00"),
        ("2026-11-27T15:00:00+05:30", "2026-11-27 09:30"),
        ("2026-11-27 15:00", "2026-11-27 14:00"),
        ("2026-11-27T15:00", "2026-11-27 14:00"),
    ):
        assert f"{parse_due(typed, NOW, BERLIN):%Y-%m-%d %H:%M}" == utc
    with pytest.raises(InputError):
        parse_due("2026-02-31T15:00:00Z", NOW, BERLIN)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("29/3/2026 9:00", "2026-03-29 07:00"),  # the clock goes forward that morning
        ("28/3/2026 9:00", "2026-03-28 08:00"),
        ("25/10/2026 9:00", "2026-10-25 08:00"),  # and back
    ],
)
def test_daylight_saving_moves_no_appointment(typed: str, utc: str) -> None:
    assert f"{parse_due(typed, NOW, BERLIN):%Y-%m-%d %H:%M}" == utc


def test_a_time_that_the_clock_skips_still_is_a_moment() -> None:
    assert parse_due("29/3/2026 2:30", NOW, BERLIN).tzinfo is UTC


def test_a_date_field_takes_the_past() -> None:
    assert parse_date("24/11/1980", NOW.date()) == date(1980, 11, 24)
    with pytest.raises(InputError, match="has 30 days"):
        parse_date("31 june 1980", NOW.date())
