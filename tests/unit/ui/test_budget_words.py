from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rapport.domain.views import Budget, Coverage, SyncState, SyncStatus
from rapport.ui.panes.budget_gauge import (
    day_words,
    moment_words,
    note_words,
    notes_words,
    now_words,
    used_words,
)

NOW = datetime(2026, 11, 24, 10, 41, 20, tzinfo=UTC)
LATER = NOW.replace(hour=16, minute=5)
BUDGET = Budget(left=88, most=100, day_left=182_000, day_most=200_000, day_ends_at=LATER)


def test_numbers_with_words() -> None:
    assert now_words(BUDGET) == "88 of 100 free in any 10 s"
    assert used_words(182_000, 200_000) == "9% used"
    assert day_words(BUDGET, NOW, UTC) == "182,000 of 200,000 left until 16:05"
    tomorrow = Budget(day_left=7, day_most=9, day_ends_at=NOW + timedelta(days=1))
    assert day_words(tomorrow, NOW, UTC) == "7 of 9 left until Wed 10:41"
    assert day_words(Budget(day_left=9, day_most=9), NOW, UTC) == "9 of 9 left"
    assert moment_words(NOW - timedelta(days=1), NOW, UTC) == "Mon 23 Nov 10:41"


@pytest.mark.parametrize(
    ("contacts", "with_notes", "words"),
    [
        (8310, 3120, "3,120 of 8,310 contacts"),
        (8310, 8310, "all contacts"),
        (0, 0, "none yet"),
    ],
)
def test_what_the_notes_cover(contacts: int, with_notes: int, words: str) -> None:
    assert notes_words(Coverage(contacts=contacts, with_notes=with_notes)) == words


@pytest.mark.parametrize(
    ("state", "budget", "words"),
    [
        (SyncState.IDLE, BUDGET, ""),
        (SyncState.STARTING, Budget(), "The CRM has not told a limit yet."),
        (SyncState.OFFLINE, BUDGET, "Offline: this is what the CRM told last."),
        (
            SyncState.PAUSED,
            Budget(left=0, most=100, paused_until=LATER),
            "Paused until 16:05, as the CRM asked.",
        ),
        (
            SyncState.PAUSED,
            Budget(outage_until=LATER),
            "The CRM keeps failing. Rapport asks again at 16:05.",
        ),
    ],
)
def test_what_stands_in_the_way(state: SyncState, budget: Budget, words: str) -> None:
    assert note_words(SyncStatus(state=state, budget=budget), NOW, UTC) == words
