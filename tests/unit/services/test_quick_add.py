"""A task in one sentence. "Now" is Tuesday, 24 November 2026, 10:30 in Lisbon, unless said."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.records import User
from rapport.domain.repeat import Unit
from rapport.services.date_words import TABLE, lexicon
from rapport.services.quick_add import Kind, Reading, Token, read, rest_words, with_contact

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 11, 24, 10, 30, tzinfo=LISBON).astimezone(UTC)
USERS = (
    User(id="u1", name="Mara Lindqvist"),
    User(id="u2", name="Marc Ode"),
    User(id="u3", name="João Silva"),
)
TAGS = ("hot", "new lead", "vip")


def reading(text: str, zone: str = "Europe/Lisbon", now: datetime = NOW, **more: object) -> Reading:
    more.setdefault("me", "u3")
    return read(text, now, ZoneInfo(zone), users=USERS, tags=TAGS, **more)  # type: ignore[arg-type]


def when(found: Reading, zone: str = "Europe/Lisbon") -> str:
    assert found.due_at is not None
    return f"{found.due_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


TOMORROW = "2026-11-25 09:00"
"""What stands in for a date that nobody typed: it is past nine."""

DATES = [
    ("call Ana fri 3pm", "call Ana", "2026-11-27 15:00"),
    ("call Ana 3pm fri", "call Ana", "2026-11-27 15:00"),
    ("fri 3pm call Ana", "call Ana", "2026-11-27 15:00"),
    ("call Ana 3pm about the roof fri", "call Ana about the roof", "2026-11-27 15:00"),
    ("call back after lunch, friday.", "call back after lunch", "2026-11-27 09:00"),
    ("offer by friday", "offer", "2026-11-27 09:00"),
    ("offer due friday at 15:30", "offer", "2026-11-27 15:30"),
    ("on monday send the invoice", "send the invoice", "2026-11-30 09:00"),
    ("tomorrow", "", TOMORROW),
    ("ring tomorrow 9:30", "ring", "2026-11-25 09:30"),
    ("ring TOMORROW at 7", "ring", "2026-11-25 07:00"),
    ("ring tmr morning", "ring", "2026-11-25 09:00"),
    ("ring the day after tomorrow", "ring", "2026-11-26 09:00"),
    ("lunch at noon", "lunch", "2026-11-24 12:00"),
    ("party tonight", "party", "2026-11-24 20:00"),
    ("call at 11", "call", "2026-11-24 11:00"),
    ("call at 9", "call", TOMORROW),
    ("call 16:00", "call", "2026-11-24 16:00"),
    ("call 4.30pm", "call", "2026-11-24 16:30"),
    ("call in 2 hours", "call", "2026-11-24 12:30"),
    ("call in 90 min", "call", "2026-11-24 12:00"),
    ("call in two weeks", "call", "2026-12-08 09:00"),
    ("call in a month", "call", "2026-12-24 09:00"),
    ("call in 3 days 17:00", "call", "2026-11-27 17:00"),
    ("call 3 days from now", "call", "2026-11-27 09:00"),
    ("check on it next week", "check on it", "2026-11-30 09:00"),
    ("check next month", "check", "2026-12-24 09:00"),
    ("check eom", "check", "2026-11-30 09:00"),
    ("plan the weekend", "plan the", "2026-11-28 09:00"),
    ("send 24.11. offer", "send offer", "2026-11-24 09:00"),
    ("send 27/11 offer", "send offer", "2026-11-27 09:00"),
    ("27/11/2026 8am x", "x", "2026-11-27 08:00"),
    ("send 2026-12-01 09:15 offer", "send offer", "2026-12-01 09:15"),
    ("send 5 dec", "send", "2026-12-05 09:00"),
    ("send dec 5 14:00", "send", "2026-12-05 14:00"),
    ("send the 3rd of december", "send the", "2026-12-03 09:00"),
    ("send fri 27 nov 8:00", "send", "2026-11-27 08:00"),
    ("pay the 31st", "pay", "2026-12-31 09:00"),
    ("call fri, send offer mon", "call fri, send offer", "2026-11-30 09:00"),
    # What looks like a date and is none.
    ("call Tom", "call Tom", TOMORROW),
    ("2 weeks notice", "2 weeks notice", TOMORROW),
    ("order 1.5 t of sand", "order 1.5 t of sand", TOMORROW),
    ("buy 3-4 panels", "buy 3-4 panels", TOMORROW),
    ("call +351 912 345 678", "call +351 912 345 678", TOMORROW),
    ("mail a@b.example", "mail a@b.example", TOMORROW),
    ("fix ticket #12", "fix ticket #12", TOMORROW),
    ("read section 4", "read section 4", TOMORROW),
    ("a", "a", TOMORROW),
    ("do it now", "do it now", TOMORROW),
    ("يتصل غدا", "يتصل غدا", TOMORROW),
    ("打电话给王小明", "打电话给王小明", TOMORROW),
    ("call 🎉 Ana fri", "call 🎉 Ana", "2026-11-27 09:00"),
]


@pytest.mark.parametrize(("text", "title", "due"), DATES)
def test_title_and_date(text: str, title: str, due: str) -> None:
    found = reading(text)
    assert (found.title, when(found)) == (title, due)
    assert found.due_typed is (found.of(Kind.DUE) is not None)


REPEATS = [
    ("water every day", "water", TOMORROW, (1, Unit.DAY, ()), False),
    ("water daily 17:00", "water", "2026-11-24 17:00", (1, Unit.DAY, ()), False),
    ("bill every 2 weeks", "bill", TOMORROW, (2, Unit.WEEK, ()), False),
    ("bill every other friday", "bill", "2026-11-27 09:00", (2, Unit.WEEK, (4,)), False),
    ("bill each month", "bill", TOMORROW, (1, Unit.MONTH, ()), False),
    ("bill every three months", "bill", TOMORROW, (3, Unit.MONTH, ()), False),
    ("bill every year 27 nov", "bill", "2026-11-27 09:00", (1, Unit.YEAR, ()), False),
    ("pay every month on the 31st", "pay", "2026-12-31 09:00", (1, Unit.MONTH, ()), False),
    ("pay every 15th", "pay", "2026-12-15 09:00", (1, Unit.MONTH, ()), False),
    ("call every mon and thu 8:00", "call", "2026-11-26 08:00", (1, Unit.WEEK, (0, 3)), False),
    ("call every mon, thu", "call", "2026-11-26 09:00", (1, Unit.WEEK, (0, 3)), False),
    ("standup every weekday at 9", "standup", TOMORROW, (1, Unit.WEEK, (0, 1, 2, 3, 4)), False),
    ("water every 3 days after completion", "water", TOMORROW, (3, Unit.DAY, ()), True),
    ("water every! 3 days", "water", TOMORROW, (3, Unit.DAY, ()), True),
    ("review weekly", "review", TOMORROW, (1, Unit.WEEK, ()), False),
    ("review weekly #hot", "review", TOMORROW, (1, Unit.WEEK, ()), False),
    ("review quarterly tomorrow", "review", TOMORROW, (3, Unit.MONTH, ()), False),
]


@pytest.mark.parametrize(("text", "title", "due", "rule", "after"), REPEATS)
def test_rhythms(
    text: str, title: str, due: str, rule: tuple[int, Unit, tuple[int, ...]], after: bool
) -> None:
    found = reading(text)
    assert found.repeat is not None
    said = found.repeat.every, found.repeat.unit, found.repeat.weekdays
    assert (found.title, when(found)) == (title, due)
    assert (said, found.repeat.after_completion) == (rule, after)


@pytest.mark.parametrize(
    "text", ["the weekly report", "every cloud has a lining", "every 0 days", "every 32nd"]
)
def test_no_rhythm(text: str) -> None:
    assert reading(text).repeat is None
    assert reading(text).title == text


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("x !10m", 10),
        ("x !remind 10m", 10),
        ("x !2h", 120),
        ("x ! 1 day before", 1440),
        ("x !remind", 0),
        ("remind me 30 min before x", 30),
        ("x !90w", None),
        ("remind me of x", None),
        ("wow!10m", None),
    ],
)
def test_reminders(text: str, minutes: int | None) -> None:
    assert reading(text).remind_min == minutes


@pytest.mark.parametrize(
    ("text", "title", "who"),
    [
        ("x @mara", "x", ["u1"]),
        ("x @Mara Lindqvist fri", "x", ["u1"]),
        ("x @joao", "x", ["u3"]),
        ("x @silva", "x", ["u3"]),
        ("x @mar", "x", ["u1", "u2"]),
        ("x @me", "x", ["u3"]),
        ("x @mara.", "x", ["u1"]),
        ("x @nobody", "x @nobody", []),
        ("x@mara", "x@mara", []),
    ],
)
def test_assignees(text: str, title: str, who: list[str]) -> None:
    found = reading(text)
    assert (found.title, [user.id for user in found.assignees]) == (title, who)
    assert found.unknown == (("nobody",) if "nobody" in text else ())


@pytest.mark.parametrize(
    ("text", "title", "tags"),
    [
        ("x #hot", "x", ("hot",)),
        ("#Hot x #vip, y", "x y", ("hot", "vip")),
        ("x #new lead y", "x y", ("new lead",)),
        ("x #new leads y", "x leads y", ("new",)),
        ("x #hot #hot", "x #hot", ("hot",)),
        ("c# and f#", "c# and f#", ()),
    ],
)
def test_tags(text: str, title: str, tags: tuple[str, ...]) -> None:
    assert (reading(text).title, reading(text).tags) == (title, tags)


def test_everything_at_once() -> None:
    found = reading("send quote to O'Brien tomorrow 9:30 @mara every 2 weeks !remind 10m #hot")
    assert found.title == "send quote to O'Brien"
    assert when(found) == "2026-11-25 09:30"
    assert [token.kind for token in found.tokens] == [
        Kind.DUE,
        Kind.ASSIGNEE,
        Kind.REPEAT,
        Kind.REMIND,
        Kind.TAG,
    ]


def test_a_date_that_does_not_exist_is_told() -> None:
    found = reading("meet 31 feb")
    assert found.trouble == "February 2027 has 28 days."
    assert found.title == "meet 31 feb"


def test_what_was_switched_off_stays_in_the_title() -> None:
    text = "call sun panels #hot mon"
    found = reading(text)
    due = found.of(Kind.DUE)
    assert due is not None
    assert due.words == "mon"
    off = {due.key, (Kind.TAG, "#hot")}
    again = reading(text, off=off)
    assert (again.title, again.tags) == ("call panels #hot mon", ())  # "sun" was read instead
    assert [token.words for token in again.off] == ["#hot", "mon"]


@pytest.mark.parametrize(
    ("zone", "now", "text", "due"),
    [
        ("Asia/Tokyo", "2026-11-24T23:30", "x tomorrow 8:00", "2026-11-25 08:00"),
        ("America/New_York", "2026-11-24T23:30", "x tomorrow 8:00", "2026-11-25 08:00"),
        ("Asia/Kathmandu", "2026-11-24T00:10", "x today 9:15", "2026-11-24 09:15"),
        ("Pacific/Auckland", "2026-12-31T23:59", "x tomorrow", "2027-01-01 09:00"),
        # The clocks go forward on 28 March 2027 in Europe, on 14 March in New York.
        ("Europe/Lisbon", "2027-03-27T10:00", "x tomorrow 9:00", "2027-03-28 09:00"),
        ("Europe/Berlin", "2027-03-27T10:00", "x tomorrow 2:30", "2027-03-28 03:30"),
        ("Europe/Berlin", "2027-03-28T01:30", "x in 2 hours", "2027-03-28 04:30"),
        ("America/New_York", "2027-03-13T10:00", "x every day 9:00", "2027-03-14 09:00"),
        # And back on 31 October.
        ("Europe/Berlin", "2027-10-30T12:00", "x tomorrow 12:00", "2027-10-31 12:00"),
        ("Europe/Berlin", "2027-10-31T00:30", "x in 4 hours", "2027-10-31 03:30"),
        ("Europe/Lisbon", "2028-02-28T12:00", "x tomorrow", "2028-02-29 09:00"),
    ],
)
def test_zones_and_summer_time(zone: str, now: str, text: str, due: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert when(reading(text, zone, at), zone) == due


@pytest.mark.parametrize(
    ("language", "text", "title", "due", "every"),
    [
        ("ar", "اتصل بآنا غدا الساعة 15:00", "اتصل بآنا", "2026-11-25 15:00", None),
        ("ar", "اتصل بآنا يوم الجمعة", "اتصل بآنا", "2026-11-27 09:00", None),
        ("ar", "أرسل العرض بعد 3 أيام", "أرسل العرض", "2026-11-27 09:00", None),
        ("ar", "ادفع الإيجار كل شهر", "ادفع الإيجار", TOMORROW, (1, Unit.MONTH)),
        ("ar", "راجع كل 2 أسابيع", "راجع", TOMORROW, (2, Unit.WEEK)),
        ("de_DE", "Ana anrufen morgen um 15 uhr", "Ana anrufen", "2026-11-25 15:00", None),
        ("de_DE", "Ana anrufen nächsten montag", "Ana anrufen", "2026-11-30 09:00", None),
        ("de_DE", "Angebot bis freitag 14:30", "Angebot", "2026-11-27 14:30", None),
        ("de_DE", "Rechnung am 3. dezember", "Rechnung", "2026-12-03 09:00", None),
        ("de_DE", "Anruf in 3 tagen", "Anruf", "2026-11-27 09:00", None),
        ("de_DE", "Miete jeden monat", "Miete", TOMORROW, (1, Unit.MONTH)),
        ("de_DE", "Bericht alle 2 wochen", "Bericht", TOMORROW, (2, Unit.WEEK)),
        ("de_DE", "call Ana tomorrow", "call Ana", TOMORROW, None),
        ("de_DE", "so geht das", "so geht das", TOMORROW, None),
    ],
)
def test_another_language_is_a_table(
    language: str, text: str, title: str, due: str, every: tuple[int, Unit] | None
) -> None:
    found = reading(text, words=lexicon(language))
    assert (found.title, when(found)) == (title, due)
    assert (found.repeat and (found.repeat.every, found.repeat.unit)) == every


def test_every_table_makes_its_patterns() -> None:
    for language in TABLE:
        for text, *_ in (*DATES, *REPEATS):
            assert reading(text, words=lexicon(language)).due_at is not None


def test_the_contact_stays_in_the_title_and_is_marked() -> None:
    found = reading("call Ana fri")
    named = with_contact(found, Token(Kind.CONTACT, 5, 8, "Ana", ()))
    assert named.title == "call Ana"
    assert [token.kind for token in named.tokens] == [Kind.CONTACT, Kind.DUE]
    assert [[word[0] for word in run] for run in rest_words(named)] == [["call"]]


PIECES = """
    call Ana fri 3pm #hot @mara every 2 weeks !10m tomorrow 9:30 24/11 31 feb in a at on by next the
    15th after completion , . ! # @ 🎉 ß weekly remind me before every! 99999 0
"""
PARTS = st.sampled_from(PIECES.split())


@given(
    text=st.one_of(st.text(max_size=60), st.lists(PARTS, max_size=12).map(" ".join)),
    zone=st.sampled_from(["Europe/Lisbon", "Pacific/Apia", "America/St_Johns", "UTC"]),
    now=st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    language=st.sampled_from(sorted(TABLE)),
)
def test_nothing_raises_and_every_word_is_told(
    text: str, zone: str, now: datetime, language: str
) -> None:
    found = reading(text, zone, now, words=lexicon(language))
    assert found.due_at is not None
    ends = 0
    for token in found.tokens:
        assert ends <= token.start < token.end <= len(text)
        assert token.words == text[token.start : token.end]
        ends = token.end
    rest = list(text)
    for token in found.tokens:
        rest[token.start : token.end] = " " * (token.end - token.start)
    assert re.findall(r"\w+", "".join(rest)) == re.findall(r"\w+", found.title)
