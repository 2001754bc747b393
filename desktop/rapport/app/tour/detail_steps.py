"""The tour's work on one contact: its tasks, tags, notes and fields; one made, and deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QTextEdit, QWidget

from rapport.app import pointer
from rapport.app.application import Application
from rapport.app.tour.crm import TourSandbox
from rapport.app.tour.driver import Driver
from rapport.app.tour.shared import ANA, Photograph, Steps
from rapport.domain.records import Id, Kind, Task
from rapport.language import tr

TASK = "Send the inverter data sheet"
NOTE = "Prefers e-mail before noon; the assistant is Rui."
MADE_EMAIL = "zaneta@example.pl"
"""Of the contact that is made, and deleted."""


class DetailSteps(Steps):
    """Later steps go on with what earlier ones made."""

    def __init__(
        self, application: Application, sandbox: TourSandbox, driver: Driver, photograph: Photograph
    ) -> None:
        super().__init__(application, sandbox, driver, photograph)
        self._task: Id = ""
        self._note: Id = ""
        self._contact: Id = ""

    async def open_contact(self) -> None:
        await self.open_read(ANA)

    async def add_task(self) -> None:
        await self._do.click("task-new")
        await self._do.see("task-popover")
        await self._do.click("task-title")
        await self._do.type(TASK)
        await self._do.click("task-due")
        await self._do.replace("tomorrow 15:00")
        await self._do.key("ctrl+Return")
        task = await self._do.until_known(lambda: self._task_of(TASK), "the task in the local copy")
        self._task = task.id
        await self._do.see(f"open-task-{task.id}")
        await self.arrives(Kind.TASK, task.id, "title", TASK)

    async def edit_task(self) -> None:
        await self._do.click(f"open-task-{self._task}")
        await self._do.see("task-popover")
        await self._do.click("task-title")
        await self._do.replace(f"{TASK} to Ana")
        await self._do.click("task-due")
        await self._do.replace("31 november")
        await self._do.until(
            lambda: self._do.find(QWidget, "task-due-error"), "the sentence about the date"
        )
        await self._do.replace("in 2 days 10:00")
        await self._do.click("task-save")
        await self.arrives(Kind.TASK, self._task, "title", f"{TASK} to Ana")

    async def complete_task(self) -> None:
        await self._do.click(f"complete-task-{self._task}")
        await self.arrives(Kind.TASK, self._task, "completed", True)

    async def undo_complete(self) -> None:
        await self._do.key("ctrl+z")
        await self._do.see(f"open-task-{self._task}")
        await self.arrives(Kind.TASK, self._task, "completed", False)

    async def _task_of(self, title: str) -> Task | None:
        detail = await self.detail()
        return next((task for task in detail.tasks if task.title == title), None)

    async def add_tag(self) -> None:
        await self._do.click("tag-add")
        await self._do.see("tag-field")
        await self._do.type("expo 2026")
        await self._do.key("Return")
        await self._do.until_known(self._has_tag("expo 2026"), "the tag in the local copy")
        contact = (await self.detail()).contact.id
        await self._do.until_known(self._tag_at_server(contact, "expo 2026", True), "the tag there")
        await self._do.key("Escape")

    async def remove_tag(self) -> None:
        contact = (await self.detail()).contact.id
        chip = await self._do.see("tag-expo 2026")
        chip.setFocus(Qt.FocusReason.TabFocusReason)
        await self._do.key("Delete")
        await self._do.until_known(
            self._tag_at_server(contact, "expo 2026", False), "the tag gone there"
        )

    def _has_tag(self, tag: str) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            return tag in (await self.detail()).contact.tags

        return look

    def _tag_at_server(self, contact: Id, tag: str, wanted: bool) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            record = await self.at_server(Kind.CONTACT, contact)
            return record is not None and (tag in record.get("tags", ())) is wanted

        return look

    async def add_note(self) -> None:
        await self._do.click("note-new")
        await self._do.see("note-editor")
        await self._do.type(NOTE)
        await self._do.key("ctrl+Return")

        async def written() -> Id | None:
            notes = (await self.detail()).notes
            return next((note.id for note in notes if NOTE in note.body), None)

        self._note = await self._do.until_known(written, "the note in the local copy")
        await self._do.until_known(lambda: self._note_says("assistant is Rui"), "the note there")

    async def edit_note(self) -> None:
        await self._do.click(f"note:{self._note}", at=QPoint(60, 16))
        await self._do.key("Return")
        editor = await self._do.see("note-editor", QTextEdit)
        await self._do.until(
            lambda: editor.hasFocus() and "assistant is Rui" in editor.toPlainText(),
            "the note in its editor",
        )
        await self._do.key("ctrl+End")
        await self._do.type(" Call after ten.")
        await self._do.key("ctrl+Return")
        await self._do.until_known(lambda: self._note_says("Call after ten"), "the new text there")

    async def _note_says(self, words: str) -> bool:
        record = await self.at_server(Kind.NOTE, self._note)
        return record is not None and words in str(record.get("body"))

    async def edit_contact(self) -> None:
        contact = (await self.detail()).contact.id
        await self.edit_field("city")
        await self._do.replace("Matosinhos")
        await self._do.key("Return")
        await self.arrives(Kind.CONTACT, contact, "city", "Matosinhos")

    async def create_contact(self) -> None:
        await self._do.key("ctrl+n")
        await self._do.see("contact-dialog")
        await self._do.click("contact-first-name")
        await self._do.type("Żaneta")
        await self._do.click("contact-last-name")
        await self._do.type("Wiśniewska")
        await self._do.click("contact-email")
        await self._do.type(MADE_EMAIL)
        await self._do.click("contact-save")
        await self._do.until_known(lambda: self.opened("Żaneta Wiśniewska"), "the new contact")
        self._contact = (await self.detail()).contact.id
        await self.arrives(Kind.CONTACT, self._contact, "email", MADE_EMAIL)

    async def delete_contact(self) -> None:
        server_id = await self.server_id(Kind.CONTACT, self._contact)
        await self._do.click("contact-more")
        await self._do.choose("contact-menu", "contact-delete")
        await self._answer_delete()

        async def gone() -> bool:
            return await self._workspace.queries.row_of(self._contact) is None

        await self._do.until_known(gone, "the contact to leave the list")

        async def gone_there() -> bool:
            return await self._crm.record("contact", server_id) is None

        await self._photograph()
        await self._do.until_known(
            gone_there, "the contact to be deleted there, after its undo window"
        )

    async def _answer_delete(self) -> None:
        """Where deleting asks first, say yes."""
        for _ in range(25):
            if await self._workspace.queries.row_of(self._contact) is None:
                return
            try:
                button = await pointer.find_accessible(
                    tr("Delete contact"), "push button", timeout_s=0.2
                )
            except LookupError:
                continue
            await pointer.click(*button.center)
            return
