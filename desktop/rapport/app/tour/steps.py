"""What a person does on the tour, step by step; each looks at the window and asks the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QListView, QTextEdit, QWidget

from rapport.app import pointer
from rapport.app.application import Application
from rapport.app.tour.audit_steps import AuditSteps
from rapport.app.tour.bulk_steps import BulkSteps
from rapport.app.tour.calendar_steps import CalendarSteps
from rapport.app.tour.contact_steps import ContactSteps
from rapport.app.tour.crm import TourSandbox
from rapport.app.tour.driver import Driver, NotSeen
from rapport.app.tour.duplicate_steps import DuplicateSteps
from rapport.app.tour.finding_steps import FindingSteps
from rapport.app.tour.list_steps import ListSteps
from rapport.app.tour.settings_steps import SettingsSteps
from rapport.app.tour.task_steps import TaskSteps
from rapport.domain.commands import CreateTask
from rapport.domain.filters import HasTag
from rapport.domain.records import Id, Kind, Task
from rapport.domain.settings import ThemeMode
from rapport.domain.views import ContactDetail, SyncState
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.panes.sync_pill import refused_count
from rapport.ui.roles import ContactRole
from rapport.ui.widgets.chips import Pill

ANA = "Ana Pérez Ølgaard"
TASK = "Send the inverter data sheet"
NOTE = "Prefers e-mail before noon; the assistant is Rui."
CLICK_LIMIT_S = 30.0
_CITIES = (("Leça da Palmeira", "Maia"), ("Perafita", "Valongo"), ("Lavra", "Gondomar"))
"""Mine and theirs; the first pair mostly is enough."""


class Photograph(Protocol):
    def __call__(self, *, whole: bool = False) -> Awaitable[None]: ...


class Tour:
    """Steps share what the earlier ones left behind, as a person's morning does."""

    def __init__(
        self,
        application: Application,
        sandbox: TourSandbox,
        driver: Driver,
        photograph: Photograph,
    ) -> None:
        """``photograph`` takes a step's picture before its end, when what it shows goes away."""
        self._app = application
        self._crm = sandbox
        self._do = driver
        self._photograph = photograph
        self._finding = FindingSteps(driver, application.window, photograph)
        self._lists = ListSteps(driver, application.window, photograph)
        self._settings = SettingsSteps(driver, application.window, photograph)
        self._contacts = ContactSteps(self, driver, sandbox, photograph)
        self._duplicates = DuplicateSteps(driver, application, sandbox, photograph)
        self._task: Id = ""
        self._note: Id = ""
        self._contact: Id = ""

    def steps(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        return [
            ("onboarding", self.onboarding),
            ("consent", self.consent),
            ("first-sync", self.first_sync),
            ("browse", self.browse),
            ("search", self.search),
            ("filter-by-tag", self.filter_by_tag),
            ("open-contact", self.open_contact),
            ("add-task", self.add_task),
            ("edit-task", self.edit_task),
            ("complete-task", self.complete_task),
            ("undo-complete", self.undo_complete),
            ("add-tag", self.add_tag),
            ("remove-tag", self.remove_tag),
            ("add-note", self.add_note),
            ("edit-note", self.edit_note),
            ("html-note", self._contacts.html_note),
            ("custom-field", self._contacts.custom_field),
            ("connections", self._contacts.connections),
            ("appointment-status", self._contacts.appointment_status),
            ("edit-contact", self.edit_contact),
            ("audit-revert", self.audit_revert),
            ("palette", self._finding.palette),
            ("smart-list", self._finding.smart_list),
            ("filter-builder", self._lists.filter_builder),
            ("table", self._lists.table),
            ("cards", self._lists.cards),
            ("export-vcard", self._finding.export_vcard),
            ("import-csv", partial(self._finding.import_csv, self.came_from_the_fair)),
            ("shortcut-sheet", self._finding.shortcut_sheet),
            ("settings", self._settings.settings),
            ("high-contrast", self._settings.high_contrast),
            ("text-200", self._settings.text_200),
            ("text-200-detail", self._settings.text_200_detail),
            ("quick-add", lambda: self.tasks().quick_add()),
            ("repeat-task", lambda: self.tasks().repeat()),
            ("calendar", lambda: self.calendar().week()),
            ("calendar-month", lambda: self.calendar().month()),
            ("reschedule-drag", lambda: self.calendar().reschedule()),
            ("book-appointment", lambda: self.calendar().book()),
            ("create-contact", self.create_contact),
            ("delete-contact", self.delete_contact),
            ("restore-deleted", self.restore_deleted),
            ("offline-edit", self.offline_edit),
            ("reconnect-sync", self.reconnect_sync),
            ("bulk-edit", lambda: self.bulk().edit()),
            ("bulk-undo", lambda: self.bulk().undo()),
            ("conflict", self.conflict),
            ("parked-edit", self.parked_edit),
            ("duplicate-merge", self._duplicates.merge),
            ("duplicate-unmerge", self._duplicates.take_back),
            ("notification-complete", self.notification_complete),
            ("notification-snooze", self.notification_snooze),
            ("dark-theme", self.dark_theme),
        ]

    def calendar(self) -> CalendarSteps:
        return CalendarSteps(
            self._do, self._app.window, self.workspace, self.at_server, self._photograph
        )

    def tasks(self) -> TaskSteps:
        return TaskSteps(self._do, self.workspace, self._crm, self.at_server, self._photograph)

    def bulk(self) -> BulkSteps:
        return BulkSteps(
            self._do, self._app.window, self.workspace, self._crm, self.at_server, self._photograph
        )

    # What the steps look at.

    @property
    def window(self) -> QWidget:
        return self._app.window

    @property
    def workspace(self) -> Workspace:
        if self._app.session is None:
            raise NotSeen("no account is open")
        return self._app.session.workspace

    async def detail(self) -> ContactDetail:
        contact_id = self._app.window.current_contact_id
        found = await self.workspace.queries.detail(contact_id) if contact_id else None
        if found is None:
            raise NotSeen("no contact is open")
        return found

    async def task(self, title: str) -> Task | None:
        detail = await self.detail()
        return next((task for task in detail.tasks if task.title == title), None)

    async def at_server(self, kind: Kind, id: Id) -> dict[str, Any] | None:
        """The record as the sandbox has it, once it has an id there."""
        if self._app.session is None:
            return None
        replica = self._app.session.store.replica
        server_id = await asyncio.wrap_future(replica.rid_of(kind, id))
        return await self._crm.record(kind.value, server_id) if server_id else None

    async def arrives(self, kind: Kind, id: Id, field: str, value: object) -> None:
        async def there() -> bool:
            record = await self.at_server(kind, id)
            return record is not None and record.get(field) == value

        await self._do.until_known(there, f"{field} = {value!r} at the sandbox")

    async def came_from_the_fair(self, mail: str) -> bool:
        """Whether the sandbox has an imported contact with all that the file said."""
        for row in await self.workspace.queries.find_contacts(mail):
            record = await self.at_server(Kind.CONTACT, row.id)
            if record is not None and record["email"] == mail:
                return "solar expo" in record["tags"]
        return False

    async def list(self) -> QListView:
        return await self._do.see("contact-list", QListView)

    async def row(self, name: str) -> QModelIndex:
        view = await self.list()

        def find() -> QModelIndex | None:
            model = view.model()
            for row in range(min(model.rowCount(), 300)):
                index = model.index(row, 0)
                if index.data(ContactRole.NAME) == name:
                    return index
            return None

        return await self._do.until(find, f"{name} in the list")

    async def open(self, name: str) -> None:
        await self._do.click_row(await self.list(), await self.row(name))
        await self._do.until_known(lambda: self._opened(name), f"{name} in the detail pane")

    async def _opened(self, name: str) -> bool:
        id = self._app.window.current_contact_id
        found = await self.workspace.queries.row_of(id) if id else None
        shown = self._do.find(QLabel, "contact-name") or self._do.find(QWidget, "contact-name")
        return found is not None and found.name == name and shown is not None

    # The steps.

    async def onboarding(self) -> None:
        await self._do.see("welcome")
        await self._do.see("choose-sandbox")

    async def consent(self) -> None:
        await self._do.click("choose-sandbox")
        allow = await pointer.find_accessible("Allow", "push button", timeout_s=CLICK_LIMIT_S)
        await self._photograph(whole=True)
        await pointer.click(*allow.center)
        await self._do.until(lambda: self._app.session is not None, "the account to open")

    async def first_sync(self) -> None:
        view = await self.list()
        await self._do.until(lambda: view.model().rowCount() > 0, "the first contacts")
        await self._do.until(
            lambda: self.workspace.sync.status().state is SyncState.IDLE,
            "the first sync to end",
            limit_s=90,
        )
        await self._do.until(
            lambda: view.model().rowCount() >= 500, "all contacts in the list", limit_s=30
        )

    async def browse(self) -> None:
        view = await self.list()
        await self._do.click_row(view, view.model().index(0, 0))
        await self._do.key("Down", "Down", "Down")
        await self._do.until(lambda: view.currentIndex().row() == 3, "the fourth row")
        point = view.viewport().mapToGlobal(view.viewport().rect().center())
        await pointer.click(point.x(), point.y(), button=5, times=8)
        await self._do.until(lambda: view.verticalScrollBar().value() > 0, "the list to scroll")
        await pointer.click(point.x(), point.y(), button=4, times=20)
        await self._do.until(lambda: view.verticalScrollBar().value() == 0, "the list's top")

    async def search(self) -> None:
        await self._do.key("slash")
        field = await self._do.see("search", QLineEdit)
        await self._do.until(field.hasFocus, "the search field to have the focus")
        await self._do.type("perez olg")
        view = await self.list()
        await self.row(ANA)
        await self._do.until(lambda: view.model().rowCount() < 50, "few matches")

    async def filter_by_tag(self) -> None:
        await self._do.click("search")
        await self._do.key("ctrl+a", "BackSpace", "Escape")
        sidebar = await self._do.see("sidebar", QListView)
        model: Any = sidebar.model()
        # A narrow window has a rail, on which all tags are one entry with a menu.
        narrow = model.row_of("tag:vip") < 0
        row = model.row_of("tags" if narrow else "tag:vip")
        await self._do.click_row(sidebar, model.index(row, 0))
        if narrow:
            await self._do.choose("sidebar-tags", "tag:vip")
        pane: Any = await self._do.see("contact-list-pane")
        await self._do.until(
            lambda: HasTag(tag="vip") in pane.query.conditions, "the list to show the tag"
        )
        view = await self.list()
        await self._do.until(lambda: 0 < view.model().rowCount() < 500, "fewer contacts")
        await self.row(ANA)

    async def open_contact(self) -> None:
        await self.open(ANA)
        await self._do.until_known(self._details_read, "notes and appointments")

    async def _details_read(self) -> bool:
        return (await self.detail()).details_synced_at is not None

    async def add_task(self) -> None:
        await self._do.click("task-new")
        await self._do.see("task-popover")
        await self._do.click("task-title")
        await self._do.type(TASK)
        await self._do.click("task-due")
        await self._do.replace("tomorrow 15:00")
        await self._do.key("ctrl+Return")
        task = await self._do.until_known(lambda: self.task(TASK), "the task in the local copy")
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
        await self.unfold_fields("field-city")
        await self._do.click("field-city")
        await self._do.see("edit-city")
        await self._do.replace("Matosinhos")
        await self._do.key("Return")
        await self.arrives(Kind.CONTACT, contact, "city", "Matosinhos")

    async def unfold_fields(self, wanted: str) -> None:
        """A narrow pane shows the first fields and a button for the rest."""
        if self._do.find(QWidget, wanted) is None:
            await self._do.click("fields-show-all")

    async def audit_revert(self) -> None:
        audit = AuditSteps(self._do, self.workspace, self._photograph)
        await audit.revert("Edit contact", "city", self.arrives)
        await self._do.key("alt+2")

    async def create_contact(self) -> None:
        await self._do.key("ctrl+n")
        await self._do.see("contact-dialog")
        await self._do.click("contact-first-name")
        await self._do.type("Żaneta")
        await self._do.click("contact-last-name")
        await self._do.type("Wiśniewska")
        await self._do.click("contact-email")
        await self._do.type("zaneta@example.pl")
        await self._do.click("contact-save")
        await self._do.until_known(lambda: self._opened("Żaneta Wiśniewska"), "the new contact")
        self._contact = (await self.detail()).contact.id
        await self.arrives(Kind.CONTACT, self._contact, "email", "zaneta@example.pl")

    async def delete_contact(self) -> None:
        replica = self._app.session.store.replica if self._app.session else None
        assert replica is not None
        server_id = await asyncio.wrap_future(replica.rid_of(Kind.CONTACT, self._contact))
        assert server_id is not None
        await self._do.click("contact-more")
        await self._do.choose("contact-menu", "contact-delete")
        await self._answer_delete()

        async def gone() -> bool:
            return await self.workspace.queries.row_of(self._contact) is None

        await self._do.until_known(gone, "the contact to leave the list")

        async def gone_there() -> bool:
            return await self._crm.record("contact", server_id) is None

        await self._photograph()
        await self._do.until_known(
            gone_there, "the contact to be deleted there, after its undo window"
        )

    async def restore_deleted(self) -> None:
        audit = AuditSteps(self._do, self.workspace, self._photograph)
        await audit.bring_back(self._contact, "email", "zaneta@example.pl", self.arrives)
        await self._do.key("alt+2")

    async def _answer_delete(self) -> None:
        """Where deleting asks first, say yes."""
        for _ in range(25):
            if await self.workspace.queries.row_of(self._contact) is None:
                return
            try:
                button = await pointer.find_accessible(
                    tr("Delete contact"), "push button", timeout_s=0.2
                )
            except LookupError:
                continue
            await pointer.click(*button.center)
            return

    async def offline_edit(self) -> None:
        await self._crm.switch_off()
        sidebar = await self._do.see("sidebar", QListView)
        model: Any = sidebar.model()
        await self._do.click_row(sidebar, model.index(model.row_of("contacts"), 0))
        await self.open(ANA)
        await self.unfold_fields("field-postal_code")
        await self._do.click("field-postal_code")
        await self._do.see("edit-postal_code")
        await self._do.replace("4450-208")
        await self._do.key("Return")
        await self._do.until(
            lambda: self.workspace.sync.status().state is SyncState.OFFLINE, "the offline state"
        )
        await self._do.until(
            lambda: self.workspace.sync.status().waiting >= 1, "the edit in the outbox"
        )

    async def reconnect_sync(self) -> None:
        contact = (await self.detail()).contact.id
        await self._crm.switch_on()
        await self._do.key("F5")
        await self.arrives(Kind.CONTACT, contact, "postalCode", "4450-208")
        await self._do.until(lambda: self.workspace.sync.status().waiting == 0, "an empty outbox")

    async def conflict(self) -> None:
        """Somebody else changes what is being changed here; the person decides."""
        contact = (await self.detail()).contact.id
        server_id = await self._server_id(contact)
        await self.unfold_fields("field-city")
        for mine, theirs in _CITIES:
            await self._do.click("field-city")
            await self._do.see("edit-city")
            # Now and then the copy hears of it in time; then there is nothing to decide.
            await self._crm.edit("contact", server_id, {"city": theirs})
            await self._do.replace(mine)
            await self._do.key("Return")
            await self._do.until_known(
                partial(self._clashed_or_arrived, server_id, mine), "the edit to be sent"
            )
            if self.workspace.sync.status().conflicts:
                break
        await self._do.click("contact-decide")
        await self._do.click("conflict-mine-city")
        await self._do.see("conflict-saved-city")
        await self._photograph()
        await self._do.click("conflict-save")
        await self.arrives(Kind.CONTACT, contact, "city", mine)
        status = self.workspace.sync.status
        await self._do.until(
            lambda: not status().conflicts and not status().waiting, "nothing left to decide"
        )
        await self._do.see("conflict-revert")
        await self._do.click("conflict-open")
        await self._do.see("detail-pane")

    async def _clashed_or_arrived(self, server_id: str, city: str) -> bool:
        if self.workspace.sync.status().conflicts:
            return True
        record = await self._crm.record("contact", server_id)
        return record is not None and record.get("city") == city

    async def _server_id(self, contact: Id) -> str:
        assert self._app.session is not None
        replica = self._app.session.store.replica
        server_id = await asyncio.wrap_future(replica.rid_of(Kind.CONTACT, contact))
        assert server_id is not None
        return server_id

    async def parked_edit(self) -> None:
        """The CRM refuses a value; it is corrected in the sync ledger, and goes."""
        contact = (await self.detail()).contact.id
        server_id = await self._server_id(contact)
        await self._crm.refuse(
            "PUT", f"^/contacts/{server_id}$", "postalCode must be shorter than 12 characters"
        )
        await self.unfold_fields("field-postal_code")
        await self._do.click("field-postal_code")
        await self._do.see("edit-postal_code")
        await self._do.replace("4450-210 Matosinhos")
        await self._do.key("Return")
        status = self.workspace.sync.status
        await self._do.until(lambda: status().refused == 1, "the refusal to be told")
        await self._press_in_pill(refused_count(1))
        await self._do.see("ledger-error")
        await self._do.until(lambda: self._do.find(QWidget, "toast") is None, "the toasts to leave")
        await self._do.click("ledger-edit-postal_code")
        await self._do.see("edit-postal_code")
        await self._do.replace("4450-210")
        await self._photograph()
        await self._do.key("Return")
        await self.arrives(Kind.CONTACT, contact, "postalCode", "4450-210")
        await self._do.until(
            lambda: not status().refused and not status().waiting, "everything on the server"
        )
        sidebar = await self._do.see("sidebar", QListView)
        model: Any = sidebar.model()
        await self._do.click_row(sidebar, model.index(model.row_of("contacts"), 0))
        await self.open(ANA)

    async def _press_in_pill(self, word: str) -> None:
        """Clicks one of the counts in the sync pill."""
        pill = await self._do.see("sync-pill", Pill)
        await self._do.until(lambda: word in pill.accessibleName(), f"“{word}” in the sync pill")
        part = next(n for n, told in enumerate(pill.accessibleName().split(", ")) if word in told)
        spots = [x for x in range(pill.width()) if pill.part_at(x) == part]
        middle = QPoint(spots[len(spots) // 2], pill.height() // 2)
        await self._do.click("sync-pill", at=middle)

    async def notification_complete(self) -> None:
        task_id = await self._task_due_now("Confirm the delivery slot")
        self.window.close()
        await self._do.until(lambda: not self.window.isVisible(), "the window to be closed")
        button = await pointer.find_accessible(
            tr("Complete"), "push button", timeout_s=CLICK_LIMIT_S
        )
        await self._photograph(whole=True)
        await pointer.click(*button.center)
        await self.arrives(Kind.TASK, task_id, "completed", True)
        if self.window.isVisible():
            raise NotSeen("the window came up, which nobody asked for")

    async def notification_snooze(self) -> None:
        task_id = await self._task_due_now("Ring back about the permit")
        button = await pointer.find_accessible(
            tr("Snooze 10 min"), "push button", timeout_s=CLICK_LIMIT_S
        )
        await self._photograph(whole=True)
        await pointer.click(*button.center)

        async def snoozed() -> bool:
            row = await self.workspace.queries.task(task_id)
            return row is not None and row.task.snoozed_until is not None

        await self._do.until_known(snoozed, "the task to be quiet for ten minutes")
        record = await self.at_server(Kind.TASK, task_id)
        if record is not None and record.get("completed"):
            raise NotSeen("snoozing completed the task")
        self._app.window.come_forward()
        await self._do.until(self.window.isVisible, "the window to come back")

    async def _task_due_now(self, title: str) -> Id:
        contact = (await self.detail()).contact.id
        task_id = self.workspace.new_id()
        due_at = self.workspace.clock.now() + timedelta(seconds=1)
        await self.workspace.bus.run(
            CreateTask(
                task_id=task_id, contact_id=contact, fields={"title": title, "due_at": due_at}
            )
        )
        await self.arrives(Kind.TASK, task_id, "title", title)
        return task_id

    async def dark_theme(self) -> None:
        dark = self._app.window.context.theme.tokens.dark
        await self._do.click("contact-list")
        await self._do.key("ctrl+shift+d")
        await self._do.until(
            lambda: self._app.window.context.theme.tokens.dark is not dark, "the other theme"
        )
        wanted = ThemeMode.LIGHT if dark else ThemeMode.DARK
        await self._do.until(
            lambda: self._app.window.context.settings.theme is wanted, "the choice to be kept"
        )
