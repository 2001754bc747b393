"""The pages beside the sidebar: contacts at once, Today and settings when they are needed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from rapport.domain.records import Id
from rapport.ui.contacts_page import ContactsPage
from rapport.ui.context import Page, Pane, WindowContext
from rapport.ui.rooms import DuplicatesRoom, MarkedRows, Rooms, TodayRoom

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace
    from rapport.ui.panes.activity import ActivityPage


class Pages(QStackedWidget):
    """Follows ``context.page_changed``."""

    query_changed = Signal(object)
    search_cleared = Signal()

    def __init__(self, context: WindowContext, rooms: Rooms, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._rooms = rooms
        self._workspace: Workspace | None = None
        self._ready = False
        self.contacts: ContactsPage | None = None
        self._today: QWidget | None = None
        self._calendar: QWidget | None = None
        self._activity: ActivityPage | None = None
        self._settings: QWidget | None = None
        self._duplicates: QWidget | None = None
        self._blank = QWidget(self)
        self.addWidget(self._blank)
        context.activity_wanted.connect(self._show_activity)
        context.duplicates_wanted.connect(self._show_duplicates)
        context.page_changed.connect(self._show)
        context.contact_opened.connect(self.show_contact)
        context.task_opened.connect(self._open_task)
        # The room that is needed is that of the page on screen.
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        if page is None:
            return QSize(0, 0)
        return page.minimumSizeHint().expandedTo(page.minimumSize())

    @property
    def has_settings(self) -> bool:
        return self._rooms.settings is not None

    @property
    def has_calendar(self) -> bool:
        return self._rooms.calendar is not None

    @property
    def has_duplicates(self) -> bool:
        return self._rooms.duplicates is not None

    @property
    def has_activity(self) -> bool:
        return bool(self._rooms.activity)

    @property
    def list_width(self) -> int:
        """In design pixels; what it was where there is no list now."""
        if self.contacts is None or not self.contacts.isVisible():
            return self._context.settings.list_width
        return self.contacts.list_width

    def open(self, workspace: Workspace | None) -> None:
        """Build the pages of an account; those of the last one are deleted."""
        if self.contacts is not None:
            self.contacts.list.close_model()
        # Taking the shown page away would show the next one, about to be deleted as well.
        self.setCurrentWidget(self._blank)
        beside = (self._today, self._calendar, self._activity, self._duplicates)
        for page in (self.contacts, *beside):
            if page is not None:
                self.removeWidget(page)
                page.hide()
                page.deleteLater()
        self.contacts = self._today = self._calendar = None
        self._activity = self._duplicates = None
        self._workspace = workspace
        if workspace is not None:
            self.contacts = ContactsPage(workspace, self._context)
            self.contacts.list.query_changed.connect(self.query_changed)
            self.contacts.list.search_cleared.connect(self.search_cleared)
            self.addWidget(self.contacts)
            if self._ready:
                QTimer.singleShot(0, self, self._finish)
            self._show(self._context.situation.page.value)

    async def load(self) -> None:
        """Build what the first paint did not need, once its modules are there."""
        await asyncio.to_thread(self._rooms.load)
        self._ready = True
        self._finish()

    def _finish(self) -> None:
        if self.contacts is not None:
            self.contacts.build_detail(self._rooms)
            self._bind_appointments()
        self._show(self._context.situation.page.value)

    def _bind_appointments(self) -> None:
        """On every page that can choose one; they go with the account's pages."""
        from rapport.ui.editors.appointment_actions import AppointmentActions

        if self.contacts is not None and self._rooms.calendar is not None:
            AppointmentActions(self._context, self.contacts)

    def show_contact(self, contact_id: Id | None) -> None:
        if self.contacts is not None:
            self.contacts.show_contact(contact_id)

    def focus_detail(self) -> None:
        if self.contacts is not None:
            self.contacts.focus_detail()

    def step(self, by: int) -> None:
        """Next or previous row of whichever list is shown."""
        if self._context.situation.page is Page.TODAY and self._today is not None:
            cast("TodayRoom", self._today).step(by)
        elif self._context.situation.page is Page.CONTACTS and self.contacts is not None:
            self.contacts.list.step(by)
        elif self._context.situation.page is Page.ACTIVITY and self._activity is not None:
            self._activity.step(by)
        elif self._context.situation.page is Page.DUPLICATES and self._duplicates is not None:
            cast("DuplicatesRoom", self._duplicates).step(by)

    @property
    def marked(self) -> MarkedRows | None:
        """Where rows can be marked on the page that is shown; None where they cannot."""
        match self._context.situation.page:
            case Page.CONTACTS if self.contacts is not None:
                return self.contacts.list.marked
            case Page.TODAY if self._today is not None:
                return cast("TodayRoom", self._today).marked
        return None

    def mark(self) -> None:
        if self.marked is not None:
            self.marked.mark()

    async def mark_all(self) -> None:
        if self.marked is not None:
            await self.marked.mark_all()

    def unmark(self) -> None:
        if self.marked is not None:
            self.marked.unmark()

    def pane_of(self, widget: QWidget) -> Pane:
        if self._today is not None and self._today.isAncestorOf(widget):
            return Pane.TODAY
        return self.contacts.pane_of(widget) if self.contacts is not None else Pane.OTHER

    def _show(self, name: str) -> None:
        match Page(name):
            case Page.TODAY:
                page = self._build_today()
            case Page.CALENDAR:
                page = self._build_calendar()
            case Page.ACTIVITY:
                page = self._build_activity()
            case Page.DUPLICATES:
                page = self._build_duplicates()
            case Page.SETTINGS:
                page = self._build_settings()
            case _:
                page = self.contacts
        if page is not None:
            self.setCurrentWidget(page)

    def _build_today(self) -> QWidget | None:
        if self._today is None and self._workspace is not None and self._ready:
            self._today = self._rooms.today(self._workspace, self._context)
            self.addWidget(self._today)
        return self._today

    def _build_calendar(self) -> QWidget | None:
        made = self._rooms.calendar
        wanted = made is not None and self._calendar is None and self._ready
        if wanted and made is not None and self._workspace is not None:
            self._calendar = made(self._workspace, self._context)
            self.addWidget(self._calendar)
        return self._calendar

    def _build_activity(self) -> ActivityPage | None:
        if self._activity is None and self._workspace is not None and self._ready:
            from rapport.ui.panes.activity import ActivityPage

            self._activity = ActivityPage(self._workspace, self._context, self._rooms.activity)
            self.addWidget(self._activity)
        return self._activity

    def _show_activity(self, tab: str, contact_id: Id) -> None:
        activity = self._build_activity()
        if activity is not None:
            activity.show_tab(tab, contact_id)

    def _build_duplicates(self) -> QWidget | None:
        build = self._rooms.duplicates
        if self._duplicates is None and self._workspace is not None and self._ready and build:
            self._duplicates = build(self._workspace, self._context)
            self.addWidget(self._duplicates)
        return self._duplicates

    def _show_duplicates(self, ids: tuple[Id, ...]) -> None:
        page = self._build_duplicates()
        if page is not None:
            cast("DuplicatesRoom", page).show_contacts(ids)

    def _build_settings(self) -> QWidget | None:
        if self._settings is None and self._rooms.settings is not None:
            self._settings = self._rooms.settings(self._context)
            self.addWidget(self._settings)
        return self._settings

    def _open_task(self, task_id: Id) -> None:
        today = self._build_today()
        if today is not None:
            self.setCurrentWidget(today)
            cast("TodayRoom", today).open_task(task_id)
