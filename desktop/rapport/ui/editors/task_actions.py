"""What can be done to the chosen task, in a timeline and on the Today page."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QWidget

from rapport.domain.commands import (
    CompleteTask,
    DeleteTask,
    EditTask,
    ReopenTask,
    SnoozeTask,
)
from rapport.domain.errors import InputError
from rapport.domain.ports import Clock
from rapport.domain.records import Id, Task
from rapport.domain.repeat import following, moment
from rapport.domain.views import TaskRow
from rapport.language import tr
from rapport.services.quick_dates import on_day
from rapport.services.workspace import Workspace
from rapport.ui.context import Page, WindowContext
from rapport.ui.editors.moment_popover import DuePopover, SnoozePopover
from rapport.ui.editors.moments import moment_words, snoozes
from rapport.ui.editors.task_popover import TaskPopover
from rapport.ui.wording import clock_time


class TaskActions(QObject):
    """Binds the task actions to the situation's task."""

    def __init__(self, context: WindowContext, home: QWidget) -> None:
        """``home`` is the widget that popovers and menus belong to."""
        super().__init__(home)
        self._context = context
        self._home = home
        self.editor = TaskPopover(context, home)
        self.due = DuePopover(context, home)
        self.quiet = SnoozePopover(context, home)
        actions = context.actions
        actions.bind("task.complete", lambda: self.complete(*self._chosen()))
        actions.bind("task.reopen", lambda: self.reopen(*self._chosen()))
        actions.bind("task.delete", lambda: self.delete(*self._chosen()))
        actions.bind("task.snooze", lambda: self.offer_snooze(*self._chosen()))
        actions.bind("task.edit", lambda: self.edit(*self._chosen()))
        actions.bind("task.reschedule", lambda: self.reschedule(*self._chosen()))
        actions.bind("task.new", self.new)

    def _chosen(self) -> tuple[Workspace, Id]:
        task_id = self._context.situation.task_id
        if task_id is None:
            raise InputError(tr("No task is chosen."))
        return self._context.task_workspace, task_id

    async def _row(self, workspace: Workspace, task_id: Id) -> TaskRow:
        row = await workspace.queries.task(task_id)
        if row is None:
            raise InputError(tr("This task is not there any more."))
        return row

    async def complete(self, workspace: Workspace, task_id: Id) -> None:
        row = await self._row(workspace, task_id)
        clock = workspace.clock
        command = CompleteTask(task_id=task_id, at=clock.now())
        about, rule = row.task.title, row.task.repeat
        after = following(rule, clock.now(), clock.zone()) if rule is not None else None
        if after is not None and row.task.next_id is None:
            when = moment_words(moment(after, clock.zone()), clock.now(), clock.zone())
            about = tr("Next: {when} · {title}").format(title=about, when=when)
        await self._context.perform(command, about, workspace=workspace)

    async def reopen(self, workspace: Workspace, task_id: Id) -> None:
        row = await self._row(workspace, task_id)
        command = ReopenTask(task_id=task_id)
        await self._context.perform(command, row.task.title, workspace=workspace)

    async def delete(self, workspace: Workspace, task_id: Id) -> None:
        row = await self._row(workspace, task_id)
        command = DeleteTask(task_id=task_id)
        await self._context.perform(command, row.task.title, workspace=workspace)

    async def edit(self, workspace: Workspace, task_id: Id) -> None:
        spot = self.spot()
        row = await self._row(workspace, task_id)
        self.editor.open(spot, row.task, contact_name=row.contact_name, workspace=workspace)

    async def reschedule(
        self, workspace: Workspace, task_id: Id, spot: QRect | None = None
    ) -> None:
        spot = spot or self.spot()
        row = await self._row(workspace, task_id)
        self.due.open(spot, row.task, workspace)

    async def put_off(self, workspace: Workspace, task: Task, days: int) -> None:
        """Due so many days from today, at the time of day that it has."""
        command = put_off(workspace, task, days)
        if command is None:
            return
        clock = workspace.clock
        when = moment_words(command.fields["due_at"], clock.now(), clock.zone())
        await self._context.perform(command, f"{when} · {task.title}", workspace=workspace)

    async def new(self) -> None:
        """For the contact that is shown; on the Today page the form asks for one."""
        situation, spot = self._context.situation, self._button_spot()
        contact_id = situation.contact_id if situation.page is Page.CONTACTS else None
        row = await self._context.workspace.queries.row_of(contact_id) if contact_id else None
        if row is None:
            self.editor.open(spot)
        else:
            self.editor.open(spot, contact_id=row.id, contact_name=row.name)

    def _button_spot(self) -> QRect | None:
        """Where the button of the shown page is that adds a task, whatever asked for it."""
        window = self._home.window()
        for name in ("task-new", "task-add"):
            for button in window.findChildren(QWidget, name):
                if button.isVisible():
                    return QRect(button.mapTo(window, QPoint(0, 0)), button.size())
        return None

    def spot(self) -> QRect | None:
        """What a popover opens at, in the window: the chosen row or the focused control, never a
        pane as a whole."""
        focused = QApplication.focusWidget()
        if focused is None:
            return None
        area, ground = focused.rect(), focused
        if isinstance(focused, QAbstractItemView):
            area, ground = focused.visualRect(focused.currentIndex()), focused.viewport()
        if area.isEmpty() or area.height() > focused.window().height() // 3:
            return None
        return QRect(ground.mapTo(focused.window(), area.topLeft()), area.size())

    async def snooze(self, workspace: Workspace, task_id: Id, until: datetime | None) -> None:
        row = await self._row(workspace, task_id)
        outcome = await workspace.bus.run(SnoozeTask(task_id=task_id, until=until))
        if outcome.undo_id is None:
            return
        title = (
            tr("Snoozed until {when}").format(when=_when(until, workspace.clock))
            if until
            else tr("Snooze ended")
        )
        self._context.notice(
            title, row.task.title, icon="moon", undo_id=outcome.undo_id, workspace=workspace
        )

    def offer_snooze(self, workspace: Workspace, task_id: Id, at: QPoint | None = None) -> None:
        """A menu of moments; the due date stays whichever is chosen."""
        self.offer_moments(
            workspace.clock, lambda until: self.snooze(workspace, task_id, until), at
        )

    def offer_moments(
        self,
        clock: Clock,
        choose: Callable[[datetime], Coroutine[Any, Any, None]],
        at: QPoint | None = None,
    ) -> None:
        menu = QMenu(self._home)
        menu.setObjectName("snooze-menu")
        for number, (id, words, until) in enumerate(snoozes(clock.now(), clock.zone()), start=1):
            choice = menu.addAction(f"&{number}  {words}\t{_when(until, clock)}")
            choice.setObjectName(f"snooze-{id}")
            choice.triggered.connect(
                lambda _=False, until=until: self._context.runner.own(choose(until))
            )
        spot = self.spot()
        menu.addSeparator()
        other = menu.addAction(tr("&Other…"))
        other.setObjectName("snooze-other")
        other.triggered.connect(lambda: self.quiet.ask(spot, clock, choose))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at if at is not None else self.menu_spot())

    def menu_spot(self) -> QPoint:
        """Where on the screen a menu about the chosen row opens."""
        window = self._home.window()
        spot = self.spot() or window.rect().adjusted(0, 0, 0, -window.height() // 2)
        return window.mapToGlobal(QPoint(spot.center().x(), spot.bottom()))

    def ask_snooze(self, workspace: Workspace, task_id: Id, spot: QRect | None = None) -> None:
        """Until a moment that is typed."""
        self.quiet.ask(
            spot or self.spot(),
            workspace.clock,
            lambda until: self.snooze(workspace, task_id, until),
        )


def put_off(workspace: Workspace, task: Task, days: int) -> EditTask | None:
    """None where it is due on that day already. Today's hour that is over becomes the next one."""
    clock = workspace.clock
    now, zone = clock.now(), clock.zone()
    due = on_day(days, task.due_at or now, now, zone)
    if task.due_at is not None and due == task.due_at:
        return None
    if due <= now:
        due = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return EditTask(task_id=task.id, fields={"due_at": due})


def _when(until: datetime, clock: Clock) -> str:
    now, zone = clock.now(), clock.zone()
    if until.astimezone(zone).date() == now.astimezone(zone).date():
        return clock_time(until, zone)
    return moment_words(until, now, zone)
