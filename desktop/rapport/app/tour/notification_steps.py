"""The tour's notifications: a button of the desktop's own pop-up, with the window closed."""

from __future__ import annotations

from datetime import timedelta

from rapport.app import pointer
from rapport.app.tour.driver import NotSeen
from rapport.app.tour.shared import CLICK_LIMIT_S, Steps
from rapport.domain.commands import CreateTask
from rapport.domain.records import Id, Kind
from rapport.language import tr


class NotificationSteps(Steps):
    async def complete(self) -> None:
        task_id = await self._task_due_now("Confirm the delivery slot")
        self._window.close()
        await self._do.until(lambda: not self._window.isVisible(), "the window to be closed")
        button = await pointer.find_accessible(
            tr("Complete"), "push button", timeout_s=CLICK_LIMIT_S
        )
        await self._photograph(whole=True)
        await pointer.click(*button.center)
        await self.arrives(Kind.TASK, task_id, "completed", True)
        if self._window.isVisible():
            raise NotSeen("the window came up, which nobody asked for")

    async def snooze(self) -> None:
        task_id = await self._task_due_now("Ring back about the permit")
        button = await pointer.find_accessible(
            tr("Snooze 10 min"), "push button", timeout_s=CLICK_LIMIT_S
        )
        await self._photograph(whole=True)
        await pointer.click(*button.center)

        async def snoozed() -> bool:
            row = await self._workspace.queries.task(task_id)
            return row is not None and row.task.snoozed_until is not None

        await self._do.until_known(snoozed, "the task to be quiet for ten minutes")
        record = await self.at_server(Kind.TASK, task_id)
        if record is not None and record.get("completed"):
            raise NotSeen("snoozing completed the task")
        self._window.come_forward()
        await self._do.until(self._window.isVisible, "the window to come back")

    async def _task_due_now(self, title: str) -> Id:
        contact = (await self.detail()).contact.id
        task_id = self._workspace.new_id()
        due_at = self._workspace.clock.now() + timedelta(seconds=1)
        await self._workspace.bus.run(
            CreateTask(
                task_id=task_id, contact_id=contact, fields={"title": title, "due_at": due_at}
            )
        )
        await self.arrives(Kind.TASK, task_id, "title", title)
        return task_id
