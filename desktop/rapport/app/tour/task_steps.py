"""The tour's tasks: one in a sentence, and one that comes again when it is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QListView

from rapport.app.tour.shared import Steps
from rapport.domain.records import Kind, Task
from rapport.ui.roles import TaskRole

SENTENCE = "call Ana Perez fri 3pm #hot @mara every 2 weeks !10m"
TITLE = "call Ana Perez"


class TaskSteps(Steps):
    async def quick_add(self) -> None:
        """From the Today page, by a key and a sentence."""
        await self._do.key("alt+1")
        await self._do.see("today-page")
        await self._do.key("q")
        panel: Any = await self._do.see("quick-add")
        await self._do.until(panel.line.hasFocus, "the line of the sentence to have the focus")
        await self._do.type(SENTENCE)
        await self._do.until(
            lambda: "Ana Pérez Ølgaard" in panel.says.text(), "the contact to be understood"
        )
        await self._photograph()
        await self._do.key("Return")
        await self._do.until(lambda: not panel.isVisible(), "the panel to close")
        task = await self._do.until_known(self._open, "the task in the local copy")
        there = await self._do.until_known(
            lambda: self.at_server(Kind.TASK, task.id), "the task at the sandbox"
        )
        assert there["title"] == TITLE, there
        due = _moment(there["dueDate"]).astimezone(self._workspace.clock.zone())
        assert (due.weekday(), due.hour, due.minute) == (4, 15, 0), due
        mara = next(
            user for user in self._workspace.reference.users if user.name.startswith("Mara")
        )
        assert there["assignedTo"] == mara.id, there

        async def tagged() -> bool:
            contact = await self.at_server(Kind.CONTACT, task.contact_id)
            return contact is not None and "hot" in contact["tags"]

        await self._do.until_known(tagged, "the contact's tag at the sandbox")

    async def repeat(self) -> None:
        """Done, it is followed by exactly one, two weeks later."""
        done = await self._do.until_known(self._open, "the task of before")
        assert done.due_at is not None
        view = await self._do.see("task-list", QListView)
        model: Any = view.model()
        row = await self._do.until(lambda: model.row_of(done.id) + 1, "its row") - 1
        assert model.index(row, 0).data(int(TaskRole.REPEATS)) is True
        await self._do.click_row(view, model.index(row, 0), at=QPoint(80, 20))
        before = await self._made()
        await self._do.key("space")

        async def followed() -> Task | None:
            task = await self._open()
            return task if task is not None and task.id != done.id else None

        coming = await self._do.until_known(followed, "the next one in the local copy")
        assert coming.due_at is not None
        zone = self._workspace.clock.zone()
        gap = coming.due_at.astimezone(zone).date() - done.due_at.astimezone(zone).date()
        assert gap == timedelta(days=14), gap
        there = await self._do.until_known(
            lambda: self.at_server(Kind.TASK, coming.id), "the next one at the sandbox"
        )
        assert _moment(there["dueDate"]) == coming.due_at
        await self._do.until(lambda: model.row_of(coming.id) >= 0, "the next one in the list")

        async def done_there() -> bool:
            record = await self.at_server(Kind.TASK, done.id)
            return record is not None and record["completed"] is True

        async def made() -> int:
            return await self._made() - before

        await self._do.until_known(done_there, "the first one done at the sandbox")
        # The sandbox writes a request down once its reply has gone.
        number = await self._do.until_known(made, "the request in the sandbox's log")
        assert number == 1, number
        await self._photograph()

    async def _open(self) -> Task | None:
        contacts = await self._workspace.queries.find_contacts("Ana Pérez", 1)
        detail = await self._workspace.queries.detail(contacts[0].id) if contacts else None
        tasks = detail.tasks if detail is not None else ()
        return next((one for one in tasks if one.title == TITLE and not one.completed), None)

    async def _made(self) -> int:
        """How many tasks the sandbox was asked to make."""
        return len(await self._crm.requests("POST", "/contacts/[^/]+/tasks$"))


def _moment(at_ms: int) -> datetime:
    """As the sandbox keeps it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
