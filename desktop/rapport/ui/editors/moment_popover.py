"""Small popovers for one moment: when a task is due, and until when it is quiet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QHBoxLayout, QWidget

from rapport.domain.commands import EditTask
from rapport.domain.errors import InputError
from rapport.domain.ports import Clock
from rapport.domain.records import Task
from rapport.language import mark, tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.date_field import DateField
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Popover

DAYS = ((0, mark("Today")), (1, mark("Tomorrow")), (7, mark("In a week")))
"""Days from today that a click chooses; their numbers can be typed as well."""

Save = Callable[[datetime], Awaitable[object]]
"""May raise InputError, and the question stays."""


class _MomentPopover(QObject):
    """Asks for a moment."""

    def __init__(self, context: WindowContext, home: QWidget) -> None:
        super().__init__(home)
        self._context = context
        self._home = home

    def _build(self, title: str, clock: Clock, save: Save) -> tuple[Popover, DateField]:
        popover = Popover(self._home, width=300, name=title)
        field = DateField(clock, popover.panel, name=title)
        button = Button(tr("Save"), popover.panel, kind=Kind.FILLED, key="↵")
        button.setObjectName("due-save")
        popover.body.addWidget(Label(title, popover.panel, size=TextSize.BODY, weight=SEMIBOLD))
        popover.body.addWidget(field)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button)
        popover.body.addLayout(foot)

        async def work() -> None:
            moment = field.moment()
            if moment is None:
                return
            try:
                await save(moment)
            except InputError as error:
                field.say(str(error))
            else:
                popover.close()

        def commit() -> None:
            if not field.complain():
                self._context.runner.own(work())

        button.clicked.connect(commit)
        field.submitted.connect(commit)
        field.line.escaped.connect(popover.close)
        popover.closed.connect(popover.deleteLater)
        return popover, field


class DuePopover(_MomentPopover):
    """Changes the due date of a task and nothing else. The time of day stays where only a day is
    chosen: by a click, or by its number of days from today."""

    def open(self, spot: QRect | None, task: Task, workspace: Workspace) -> DateField:
        async def save(due_at: datetime) -> None:
            command = EditTask(task_id=task.id, fields={"due_at": due_at})
            await self._context.perform(command, task.title, workspace=workspace)

        return self.ask(spot, workspace.clock, task.due_at, save)

    def ask(
        self, spot: QRect | None, clock: Clock, due_at: datetime | None, save: Save
    ) -> DateField:
        """Ask for a date, beginning with ``due_at``."""
        popover, field = self._build(tr("Change due date"), clock, save)
        popover.setObjectName("due-popover")
        field.set_moment(due_at)
        field.counts_days = True
        days = QWidget(popover.panel)
        flow = FlowLayout(days, gap=6)
        for number, words in DAYS:
            day = Button(tr(words), days, size=Size.SMALL, key=str(number))
            day.setObjectName(f"due-in-{number}")
            day.clicked.connect(lambda _=False, number=number: choose(number))
            flow.addWidget(day)
        popover.body.insertWidget(2, days)

        def choose(number: int) -> None:
            field.line.setText(str(number))
            field.submitted.emit()

        _show(popover, field, spot)
        return field


class SnoozePopover(_MomentPopover):
    """Until when a task is quiet, as it is typed."""

    def ask(self, spot: QRect | None, clock: Clock, save: Save) -> DateField:
        popover, field = self._build(tr("Snooze until"), clock, save)
        popover.setObjectName("snooze-popover")
        field.line.setObjectName("snooze-until")
        words = tr("The due date stays.")
        popover.body.insertWidget(
            2, Label(words, popover.panel, size=TextSize.CAPTION, role="muted")
        )
        field.set_moment(clock.now().replace(second=0, microsecond=0) + timedelta(hours=2))
        _show(popover, field, spot)
        return field


def _show(popover: Popover, field: DateField, spot: QRect | None) -> None:
    open_at(popover, spot)
    field.line.setFocus()
    field.line.selectAll()


def open_at(popover: Popover, spot: QRect | None) -> None:
    """At an area of the window, or in its middle."""
    if spot is None:
        window = popover.window()
        spot = QRect(window.width() // 2 - 220, window.height() // 6, 440, 1)
    popover.open_at_rect(spot)
