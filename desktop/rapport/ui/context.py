"""What the panes of one window share: what is looked at, and how to ask the window for something.

A pane never reaches into another. It changes the situation here (``open_contact``), and whoever is
concerned hears a signal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QObject, Signal

from rapport.domain.commands import Command, Together
from rapport.domain.errors import InputError
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Id
from rapport.domain.settings import Settings
from rapport.domain.titles import done_words
from rapport.domain.views import Outcome
from rapport.language import mark, tr
from rapport.ui.actions import ActionRegistry
from rapport.ui.look.theme import Theme
from rapport.ui.runner import Runner

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace
    from rapport.ui.accounts import SignedIn


NEW_IDS = mark(
    "The CRM gives the contact and all that belongs to it new ids. Appointments, conversations,"
    " campaigns and workflows do not come back."
)


class Page(StrEnum):
    TODAY = "today"
    CONTACTS = "contacts"
    CALENDAR = "calendar"
    ACTIVITY = "activity"
    DUPLICATES = "duplicates"
    SETTINGS = "settings"


class Pane(StrEnum):
    """Where the keyboard is."""

    SIDEBAR = "sidebar"
    SEARCH = "search"
    LIST = "list"
    DETAIL = "detail"
    TODAY = "today"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What actions decide by: what is open, chosen and in focus."""

    workspace: Workspace | None = None
    page: Page = Page.CONTACTS
    pane: Pane = Pane.OTHER
    contact_id: Id | None = None
    task_id: Id | None = None
    note_id: Id | None = None
    appointment_id: Id | None = None
    task_workspace: Workspace | None = None
    """Whose the chosen task is, where not of the account on screen."""
    task_done: bool = False
    """Whether the chosen task is completed, and so can be reopened."""
    marked_contacts: int = 0
    marked_tasks: int = 0
    """How many rows of the contact list and of Today are marked."""

    @property
    def marked(self) -> int:
        """How many rows of the page on screen are marked."""
        match self.page:
            case Page.CONTACTS:
                return self.marked_contacts
            case Page.TODAY:
                return self.marked_tasks
        return 0

    @property
    def why_not_write(self) -> str | None:
        if self.workspace is None:
            return tr("No account is open.")
        return self.workspace.capabilities.why_not_write

    @property
    def why_not_book(self) -> str | None:
        if self.workspace is None:
            return "No account is open."
        return self.workspace.capabilities.why_not_book

    @property
    def why_not_write_task(self) -> str | None:
        """The same, as to the account of the chosen task."""
        if self.task_workspace is None:
            return self.why_not_write
        return self.task_workspace.capabilities.why_not_write


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A toast. ``undo_id`` offers Undo; ``act`` another button (words, what it does)."""

    title: str
    text: str = ""
    icon: str = "check"
    undo_id: int | None = None
    workspace: Workspace | None = None
    """Whose entry ``undo_id`` is; None: that of the account on screen."""
    act: tuple[str, Callable[[], None]] | None = None
    details: str = ""
    """What "Copy details" copies; empty: no such button."""
    error: bool = False


class WindowContext(QObject):
    """One per window; handed to every pane."""

    situation_changed = Signal()
    contact_opened = Signal(str)
    """A contact is to be shown; also sent when it is already shown, to bring it forward."""
    task_opened = Signal(str)
    page_changed = Signal(str)
    activity_wanted = Signal(str, str)
    """The id of the tab that the Activity page is to show, and of a contact that it is to be
    about; "" for none."""
    duplicates_wanted = Signal(object)
    """Ids of contacts that are to be put side by side; none: all duplicates are to be listed."""
    note_edit_wanted = Signal(str)
    """The id of a note whose contact is shown: it is to be opened in its editor."""
    note_wanted = Signal(str, str)
    """The id of a note whose contact is shown, and the words searched for: it is to be brought into
    view with these marked."""
    audit_wanted = Signal()
    """The audit log is to list what concerns ``audit_contact``."""
    query_wanted = Signal(object)
    """A :class:`ContactQuery` the contact list is to show."""
    noticed = Signal(object)
    """A :class:`Notice`."""
    undone = Signal()
    """Something was taken back, or done again: what Undo and Redo would do is another thing."""
    settings_changed = Signal()
    setting_wanted = Signal(str)
    """The id of a setting that the settings page, which is shown, is to bring into view."""
    account_wanted = Signal(str, object)
    """The id of an account that is to be shown instead of the one that is, and what to do then: a
    callable, or None."""
    accounts_changed = Signal()
    """An account was added, opened, renamed, or is gone."""

    scope_wanted = Signal(str)
    """The name of a scope that the open account's sign-in lacks, and that a person asks for."""

    def __init__(self, theme: Theme, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.settings = settings
        self.situation = Situation()
        self.accounts: tuple[SignedIn, ...] = ()
        """Every account that is signed in, the one on screen among them."""
        self.audit_contact: tuple[Id, str] | None = None
        """Id and name; whoever lists it takes it."""
        self.runner = Runner(self)
        self.actions = ActionRegistry(self)
        self.searched = ""
        """The words that the contact list is searched for; who opens a contact from it is shown
        where they stand."""
        self._touched: tuple[Workspace, ...] = ()
        """Accounts not on screen to which something was done from what is."""
        self._undone_in: Workspace | None = None
        self._joined: list[frozenset[tuple[Workspace, int]]] = []
        """Undo entries of several accounts that one action made."""

    # Accounts.

    def set_accounts(self, accounts: tuple[SignedIn, ...]) -> None:
        self.accounts = accounts
        open_ = [one.workspace for one in accounts]
        self._touched = tuple(one for one in self._touched if one in open_)
        if self._undone_in not in open_:
            self._undone_in = None
        self.accounts_changed.emit()

    @property
    def listed_beside(self) -> tuple[Workspace, ...]:
        """The open accounts whose tasks Today lists beside those of the one on screen."""
        if not self.settings.today_all_accounts:
            return ()
        shown = self.situation.workspace
        found = (one.workspace for one in self.accounts if one.workspace is not shown)
        return tuple(workspace for workspace in found if workspace is not None)

    def show_account(self, account_id: str, then: Callable[[], None] | None = None) -> None:
        """Put that account on screen, and do something there."""
        self.account_wanted.emit(account_id, then)

    # What is looked at.

    def change(self, **changes: Any) -> None:
        """Replace parts of the situation, by field name; tells everybody when something differs. A
        task of which is not said whose it is belongs to the account on screen."""
        if "task_id" in changes:
            changes.setdefault("task_workspace", None)
        if "note_id" in changes or "contact_id" in changes:
            changes.setdefault("appointment_id", None)
        situation = replace(self.situation, **changes)
        if situation == self.situation:
            return
        page_differs = situation.page is not self.situation.page
        self.situation = situation
        self.situation_changed.emit()
        if page_differs:
            self.page_changed.emit(situation.page.value)

    @property
    def workspace(self) -> Workspace:
        """The open account. Raises InputError where there is none."""
        if self.situation.workspace is None:
            raise InputError(tr("No account is open."), tr("Sign in first."))
        return self.situation.workspace

    @property
    def task_workspace(self) -> Workspace:
        """The account of the chosen task. Raises InputError where none is open."""
        return self.situation.task_workspace or self.workspace

    def show_page(self, page: Page) -> None:
        """Show a page, which may take the keyboard from wherever it is."""
        self.change(page=page, pane=Pane.OTHER)

    def show_setting(self, id: str) -> None:
        """Show the settings page at one of its settings."""
        self.change(page=Page.SETTINGS)
        self.setting_wanted.emit(id)

    def show_activity(self, tab: str, contact_id: Id = "") -> None:
        """Show a tab of the Activity page by its id, at what concerns a contact."""
        self.change(page=Page.ACTIVITY)
        self.activity_wanted.emit(tab, contact_id)

    def show_duplicates(self, ids: tuple[Id, ...] = ()) -> None:
        """Show the page of duplicates, with these contacts side by side where there are some."""
        self.change(page=Page.DUPLICATES)
        self.duplicates_wanted.emit(ids)

    def edit_note(self, contact_id: Id, note_id: Id) -> None:
        """Show a note's contact and open the note in its editor."""
        self.open_contact(contact_id)
        self.change(note_id=note_id)
        self.note_edit_wanted.emit(note_id)

    def show_note(self, contact_id: Id, note_id: Id, words: str) -> None:
        """Show a note in its contact's timeline, with the words marked that it was found by."""
        self.open_contact(contact_id)
        self.note_wanted.emit(note_id, words)

    def show_audit(self, contact_id: Id, name: str) -> None:
        """Show what the audit log has of one contact."""
        self.audit_contact = contact_id, name
        self.show_activity("audit")
        self.audit_wanted.emit()

    def open_contact(self, contact_id: Id) -> None:
        """Show a contact beside the list, whichever page is open."""
        self.change(page=Page.CONTACTS, contact_id=contact_id, task_id=None, note_id=None)
        self.contact_opened.emit(contact_id)

    def open_task(self, task_id: Id) -> None:
        """Show a task on the Today page."""
        self.change(page=Page.TODAY, task_id=task_id)
        self.task_opened.emit(task_id)

    def show_contacts(self, query: ContactQuery) -> None:
        """Show the contact list with this query."""
        self.change(page=Page.CONTACTS)
        self.query_wanted.emit(query)

    # What is done.

    async def perform(
        self, command: Command, about: str = "", *, workspace: Workspace | None = None
    ) -> Outcome:
        """Commit a person's command and offer Undo. ``about`` is the toast's second line, such as
        the task's title; ``workspace`` the account that it concerns, the one on screen where that
        is not said. Raises RapportError; then nothing was changed."""
        workspace = workspace or self.workspace
        outcome = await workspace.bus.run(command)
        if outcome.undo_id is not None:
            self.notice(
                done_words(outcome.title), about, undo_id=outcome.undo_id, workspace=workspace
            )
        return outcome

    async def perform_all(
        self, commands: Sequence[tuple[Workspace, Command]], icon: str = "check"
    ) -> None:
        """Commit a person's commands, of one account or several, as one: told once, and taken back
        by one Undo. Raises RapportError."""
        parts: dict[Workspace, list[Command]] = {}
        for workspace, command in commands:
            parts.setdefault(workspace, []).append(command)
        done: list[tuple[Workspace, int]] = []
        changed, title = 0, ""
        try:
            for workspace, several in parts.items():
                outcome = await workspace.bus.run_all(several)
                changed += outcome.changed
                if outcome.undo_id is not None:
                    done.append((workspace, outcome.undo_id))
                    title = Together(commands=(*several,)).title_of(changed)
        finally:
            if len(done) > 1:
                self._joined.append(frozenset(done))
            if done:
                workspace, undo_id = done[-1]
                self.notice(done_words(title), icon=icon, undo_id=undo_id, workspace=workspace)
            elif parts:
                self.notice(tr("Nothing changed"), icon=icon)

    async def _with_joined(
        self, undo_id: int | None, workspace: Workspace
    ) -> tuple[tuple[Workspace, int | None], ...]:
        """What is taken back with an entry: itself, and what was done with it in other accounts."""
        found = undo_id
        if found is None and self._joined:
            items = await workspace.queries.undo_items(1)
            found = items[0].id if items else None
        for joined in self._joined:
            if found is not None and (workspace, found) in joined:
                self._joined.remove(joined)
                return ((workspace, found), *(joined - {(workspace, found)}))
        return ((workspace, undo_id),)

    async def undo(self, undo_id: int | None = None, workspace: Workspace | None = None) -> None:
        """Take back one entry of the undo list, or the newest."""
        if workspace is None:
            workspace = self.workspace if undo_id is not None else await self._last_changed()
        (_, undo_id), *others = await self._with_joined(undo_id, workspace)
        outcome = await workspace.bus.undo(undo_id)
        for other, its_id in others:
            await other.bus.undo(its_id)
        self._undone_in = workspace
        self.undone.emit()
        if outcome is None and undo_id is not None:
            self.notice(
                tr("Too late to undo"), tr("The CRM has carried it out already."), icon="undo"
            )
        elif outcome is None:
            self.notice(tr("Nothing to undo"), icon="undo")
        elif outcome.undo_id is None:
            self.notice(
                tr("Nothing was undone"),
                tr("What it had changed has other values by now; they stay."),
                icon="undo",
            )
        else:
            self.notice(done_words(outcome.title), tr(NEW_IDS) if outcome.anew else "", icon="undo")

    async def redo(self) -> None:
        """Do again what was taken back last."""
        undone = self._undone_in
        workspace = undone if undone is not None and undone.bus.can_redo else self.workspace
        outcome = await workspace.bus.redo()
        self.undone.emit()
        if outcome is None:
            self.notice(tr("Nothing to redo"), icon="undo")
        else:
            self.notice(done_words(outcome.title), undo_id=outcome.undo_id, workspace=workspace)

    async def _last_changed(self) -> Workspace:
        """Whose newest entry is the newest of all, among the account on screen and those that
        something was done to from here."""
        last, newest = self.workspace, None
        for workspace in (self.workspace, *self._touched):
            for item in await workspace.queries.undo_items(1):
                if newest is None or item.at > newest:
                    last, newest = workspace, item.at
        return last

    def notice(
        self,
        title: str,
        text: str = "",
        *,
        icon: str = "check",
        undo_id: int | None = None,
        workspace: Workspace | None = None,
        act: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Tell the person something; ``workspace`` is whose entry ``undo_id`` is."""
        if workspace is not None and workspace is not self.situation.workspace:
            self._touched = (*(one for one in self._touched if one is not workspace), workspace)
        self.noticed.emit(
            Notice(title=title, text=text, icon=icon, undo_id=undo_id, workspace=workspace, act=act)
        )

    def change_settings(self, **changes: Any) -> None:
        """Replace settings by field name; the window hands the new value to ``app`` to keep."""
        settings = msgspec.structs.replace(self.settings, **changes)
        if settings != self.settings:
            self.settings = settings
            self.settings_changed.emit()
