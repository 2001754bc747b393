"""Tray and reminders: what is there while no window is open. Made after the first paint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from rapport.app.session import Session
from rapport.domain.commands import CompleteTask, SnoozeTask
from rapport.domain.ports import Clock, Notifier
from rapport.domain.records import Id
from rapport.services.reminders import Reminders
from rapport.ui.context import Page
from rapport.ui.tray import Tray
from rapport.ui.window import MainWindow


class Companions:
    """Both concern the account on screen; ``open_task`` brings the window up with it."""

    def __init__(
        self,
        window: MainWindow,
        notifier: Notifier,
        clock: Clock,
        *,
        open_task: Callable[[Id], None],
    ) -> None:
        self._window = window
        self._context = window.context
        self._clock = clock
        self._watched: str | None = None
        runner = self._context.runner
        self.tray = Tray(self._context.theme, self._context.actions, runner, window)
        self.tray.open_window.connect(window.come_forward)
        self.tray.open_task.connect(open_task)
        self.tray.quick_add.connect(self._quick_add)
        self.tray.complete.connect(lambda id: runner.own(self._complete(id)))
        self.tray.snooze.connect(lambda id, minutes: runner.own(self._snooze(id, minutes)))
        self.tray.pause_reminders.connect(self._pause)
        self.tray.quit.connect(window.quit)
        self.tray.show()
        self._reminders = Reminders(
            notifier,
            lambda: self._context.settings,
            clock,
            open_task=lambda workspace, task_id: open_task(task_id),
            open_today=self._open_today,
        )
        self._reminders.start()

    def show(self, session: Session | None) -> None:
        """From now on the tray lists this account's tasks, and its reminders come."""
        self.tray.show_workspace(session.workspace if session is not None else None)
        if self._watched is not None:
            self._reminders.forget(self._watched)
        self._watched = None
        if session is not None:
            self._watched = session.account.id
            self._reminders.watch(session.workspace)

    def settings_changed(self) -> None:
        self._reminders.look()

    async def close(self) -> None:
        self.tray.show_workspace(None)
        self.tray.hide()
        await self._reminders.stop()

    def _pause(self, paused: bool) -> None:
        """What comes due meanwhile is told afterwards."""
        self._reminders.paused = paused
        self.tray.set_paused(paused)
        self._reminders.look()

    def _quick_add(self) -> None:
        self._window.come_forward()
        self._context.actions.trigger("task.new")

    def _open_today(self) -> None:
        self._window.come_forward()
        self._window.show_page(Page.TODAY)

    async def _complete(self, task_id: Id) -> None:
        await self._context.perform(CompleteTask(task_id=task_id, at=self._clock.now()))

    async def _snooze(self, task_id: Id, minutes: int) -> None:
        until = self._clock.now() + timedelta(minutes=minutes)
        await self._context.perform(SnoozeTask(task_id=task_id, until=until))
