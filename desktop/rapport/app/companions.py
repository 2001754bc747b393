"""Tray and reminders: what is there while no window is open. Made after the first paint."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from rapport.domain.commands import Command, CompleteTask, SnoozeTask
from rapport.domain.ports import Clock, Notifier
from rapport.domain.records import Id
from rapport.services.reminders import Reminders
from rapport.ui.context import Page
from rapport.ui.tray import Tray
from rapport.ui.window import MainWindow
from rapport.ui.wording import near_moment


class Companions:
    """Both concern every account that is open. ``open_task`` brings the window up with an account
    and one of its tasks, by their ids."""

    def __init__(
        self,
        window: MainWindow,
        notifier: Notifier,
        clock: Clock,
        *,
        open_task: Callable[[str, Id], None],
    ) -> None:
        self._window = window
        self._context = window.context
        self._clock = clock
        runner = self._context.runner
        self.tray = Tray(self._context, window)
        self.tray.open_window.connect(window.come_forward)
        self.tray.open_task.connect(open_task)
        self.tray.quick_add.connect(self._quick_add)
        self.tray.complete.connect(lambda account, id: runner.own(self._complete(account, id)))
        self.tray.snooze.connect(
            lambda account, id, minutes: runner.own(self._snooze(account, id, minutes))
        )
        self.tray.pause_reminders.connect(self._pause)
        self.tray.quit.connect(window.quit)
        self.tray.show()
        self._reminders = Reminders(
            notifier,
            lambda: self._context.settings,
            clock,
            open_task=lambda workspace, task_id: open_task(workspace.account.id, task_id),
            open_today=self._open_today,
            moment_words=near_moment,
        )
        self._reminders.start()
        self._context.accounts_changed.connect(self._follow)
        self._follow()

    def settings_changed(self) -> None:
        self._reminders.look()

    async def close(self) -> None:
        self._context.accounts_changed.disconnect(self._follow)
        self.tray.show_workspaces(())
        self.tray.hide()
        await self._reminders.stop()

    def _follow(self) -> None:
        open_ = tuple(one.workspace for one in self._context.accounts if one.workspace is not None)
        self.tray.show_workspaces(open_)
        for gone in self._reminders.watched - {workspace.account.id for workspace in open_}:
            self._reminders.forget(gone)
        for workspace in open_:
            self._reminders.watch(workspace)

    def _pause(self, paused: bool) -> None:
        """What comes due meanwhile is told afterwards."""
        self._reminders.paused = paused
        self.tray.set_paused(paused)
        self._reminders.look()

    def _quick_add(self) -> None:
        self._window.come_forward()
        self._context.actions.trigger("task.quick-add")

    def _open_today(self) -> None:
        self._window.come_forward()
        self._window.show_page(Page.TODAY)

    async def _complete(self, account_id: str, task_id: Id) -> None:
        await self._perform(account_id, CompleteTask(task_id=task_id, at=self._clock.now()))

    async def _snooze(self, account_id: str, task_id: Id, minutes: int) -> None:
        until = self._clock.now() + timedelta(minutes=minutes)
        await self._perform(account_id, SnoozeTask(task_id=task_id, until=until))

    async def _perform(self, account_id: str, command: Command) -> None:
        for one in self._context.accounts:
            if one.account.id == account_id and one.workspace is not None:
                await self._context.perform(command, workspace=one.workspace)
