"""What the sync pill unfolds about the copy and the CRM's limit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from rapport.domain.views import Budget, SyncState
from rapport.ui.panes.budget_gauge import BudgetGauge
from rapport.ui.widgets.chips import Pill
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.meter import Meter

Until = Callable[[Callable[[], object]], Any]


async def unfold(window: Any, until: Until) -> BudgetGauge:
    QTest.mouseClick(window.findChild(Pill, "sync-pill"), Qt.MouseButton.LeftButton)
    await until(lambda: window.findChild(BudgetGauge, "budget-gauge") is not None)
    gauge = window.findChild(BudgetGauge, "budget-gauge")
    await until(gauge.isVisible)
    return gauge


def words(gauge: QWidget) -> list[str]:
    return [one.text() for one in gauge.findChildren(Label) if one.isVisibleTo(gauge)]


async def test_freshness_and_budget(
    open_window: Any, book: Any, sync: Any, clock: Any, until: Until
) -> None:
    await book.crowd(3)
    window = await open_window()
    gauge = await unfold(window, until)
    assert "The CRM has not told a limit yet." in words(gauge)
    assert not any(meter.isVisibleTo(gauge) for meter in gauge.findChildren(Meter))
    await until(lambda: "0 of 3 contacts" in words(gauge))

    now = clock.now()
    told = Budget(
        left=40,
        most=100,
        day_left=30_000,
        day_most=200_000,
        day_ends_at=now + timedelta(minutes=5),
    )
    sync.say(state=SyncState.IDLE, synced_at=now, budget=told)
    await until(lambda: "60% used" in words(gauge))
    said = words(gauge)
    assert "85% used" in said
    assert "40 of 100 free in any 10 s" in said
    assert any(one.startswith("30,000 of 200,000 left until ") for one in said)
    assert "The CRM has not told a limit yet." not in said
    meters = [one for one in gauge.findChildren(Meter) if one.isVisibleTo(gauge)]
    assert [one.accessibleName() for one in meters] == ["Today: 85% used", "Right now: 60% used"]
    assert [round(one.share, 2) for one in meters] == [0.85, 0.6]

    sync.say(state=SyncState.OFFLINE, synced_at=now, budget=told)
    await until(lambda: "Offline: this is what the CRM told last." in words(gauge))
    sync.say(state=SyncState.PAUSED, budget=Budget(paused_until=now + timedelta(minutes=1)))
    await until(lambda: any(one.startswith("Paused until ") for one in words(gauge)))
    assert "not yet" in words(gauge)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    await until(lambda: window.findChild(QWidget, "sync-popover") is None)
    sync.say(state=SyncState.IDLE, synced_at=now)  # nobody listens any more
