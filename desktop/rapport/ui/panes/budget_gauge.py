"""How fresh this account's copy is, and how much of the CRM's request limit is left."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.views import Budget, Coverage, SyncState, SyncStatus
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.parts import Rule
from rapport.ui.widgets.labels import IconView, Label
from rapport.ui.widgets.meter import Meter
from rapport.ui.wording import clock_time, count, day, locale

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace


def moment_words(at: datetime, now: datetime, zone: tzinfo) -> str:
    """ "10:41", and with its day where that is not today: "Wed 10:41", "Thu 19 Nov 10:41"."""
    time = clock_time(at, zone)
    date = at.astimezone(zone).date()
    if date == now.astimezone(zone).date():
        return time
    if 0 < (at - now).total_seconds() < 6 * 86_400:
        return f"{locale().toString(QDate(date.year, date.month, date.day), 'ddd')} {time}"
    return f"{day(at, now, zone)} {time}"


def notes_words(coverage: Coverage) -> str:
    if not coverage.contacts:
        return tr("none yet")
    if coverage.with_notes >= coverage.contacts:
        return tr("all contacts")
    return tr("{n} of {total} contacts").format(
        n=count(coverage.with_notes), total=count(coverage.contacts)
    )


def used_words(left: int, most: int) -> str:
    return tr("{n}% used").format(n=count(round(100 * (most - left) / most)))


def day_words(budget: Budget, now: datetime, zone: tzinfo) -> str:
    left, most = count(budget.day_left or 0), count(budget.day_most or 0)
    if budget.day_ends_at is None:
        return tr("{left} of {most} left").format(left=left, most=most)
    until = moment_words(budget.day_ends_at, now, zone)
    return tr("{left} of {most} left until {time}").format(left=left, most=most, time=until)


def now_words(budget: Budget) -> str:
    left, most = count(budget.left or 0), count(budget.most or 0)
    return tr("{left} of {most} free in any {seconds} s").format(
        left=left, most=most, seconds=count(round(budget.interval_s))
    )


def note_words(status: SyncStatus, now: datetime, zone: tzinfo) -> str:
    """What stands in the way of requests at the moment, or of knowing; "" for nothing."""
    budget = status.budget
    if budget.outage_until is not None:
        until = clock_time(budget.outage_until, zone)
        return tr("The CRM keeps failing. Rapport asks again at {time}.").format(time=until)
    if budget.paused_until is not None:
        until = moment_words(budget.paused_until, now, zone)
        return tr("Paused until {time}, as the CRM asked.").format(time=until)
    if budget.most is None and budget.day_most is None:
        return tr("The CRM has not told a limit yet.")
    if status.state is SyncState.OFFLINE:
        return tr("Offline: this is what the CRM told last.")
    return ""


class _Line(QWidget):
    """A name at the start, a value at the end, and below them a bar and the rest in small."""

    def __init__(
        self, name: str, parent: QWidget, *, metered: bool = False, warns: bool = True
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._value = Label(parent=self, size=TextSize.CAPTION, role="muted")
        self._more = Label(parent=self, size=TextSize.CAPTION, role="muted", wrap=True)
        self._meter = Meter(self, warns=warns)
        row = QHBoxLayout()
        row.addWidget(Label(name, self), 1)
        row.addWidget(self._value)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._meter)
        column.addWidget(self._more)
        for part in (self._meter, self._more):
            part.setVisible(metered)

    def say(self, value: str, more: str = "", share: float = 0.0) -> None:
        self._value.setText(value)
        self._more.setText(more)
        self._meter.set_share(share, f"{self._name}: {value}")
        self.setAccessibleName(f"{self._name}: {value}")
        self.setAccessibleDescription(more)


class BudgetGauge(QWidget):
    """Shows what it is told; asks only what the copy covers."""

    def __init__(self, context: WindowContext, workspace: Workspace, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._workspace = workspace
        self.setObjectName("budget-gauge")
        px = context.theme.type.px
        self.contacts = _Line(tr("Contacts and tasks"), self)
        self.notes = _Line(tr("Notes and appointments"), self)
        self.day = _Line(tr("Today"), self, metered=True)
        # To use all of it is what background work is for.
        self.now = _Line(tr("Right now"), self, metered=True, warns=False)
        self.note = Label(parent=self, size=TextSize.CAPTION, role="muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(Rule(self))
        column.addLayout(self._heading("history", tr("Freshness")))
        column.addWidget(self.contacts)
        column.addWidget(self.notes)
        column.addSpacing(px(4))
        column.addLayout(self._heading("gauge", tr("API budget")))
        column.addWidget(self.day)
        column.addWidget(self.now)
        column.addWidget(self.note)

    def show_status(self, status: SyncStatus) -> None:
        clock = self._workspace.clock
        now, zone, budget = clock.now(), clock.zone(), status.budget
        synced = status.synced_at
        self.contacts.say(moment_words(synced, now, zone) if synced else tr("not yet"))
        self.day.setVisible(bool(budget.day_most))
        if budget.day_most:
            left = budget.day_left or 0
            share = 1 - left / budget.day_most
            self.day.say(used_words(left, budget.day_most), day_words(budget, now, zone), share)
        self.now.setVisible(bool(budget.most))
        if budget.most:
            left = budget.left or 0
            self.now.say(used_words(left, budget.most), now_words(budget), 1 - left / budget.most)
        note = note_words(status, now, zone)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        held_up = budget.paused_until is not None or budget.outage_until is not None
        self.note.set_role("warning" if held_up else "muted")
        self._context.runner.start(self._ask, slot="budget-gauge")

    async def _ask(self) -> None:
        self.notes.say(notes_words(await self._workspace.queries.coverage()))

    def _heading(self, icon: str, text: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._context.theme.type.px(8))
        row.addWidget(IconView(icon, self))
        row.addWidget(Label(text, self, weight=SEMIBOLD), 1)
        return row
