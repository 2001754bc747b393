"""The main window: top bar, sidebar, and the pages beside it.

The window knows what it is made of and passes messages between the parts; what a part does is the
part's own business. ``app`` builds it, gives it workspaces, and is asked when it closes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.changes import ChangeEvent
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Id
from rapport.domain.settings import Settings
from rapport.domain.text import visible
from rapport.domain.views import SyncStatus
from rapport.language import tr
from rapport.ui.context import Notice, Page, Pane, WindowContext
from rapport.ui.keys import Keys, keeps_key
from rapport.ui.look.icons import mark_icon
from rapport.ui.look.theme import Theme
from rapport.ui.pages import Pages
from rapport.ui.panes.banner import Banners
from rapport.ui.panes.sidebar import Sidebar
from rapport.ui.panes.top_bar import TopBar
from rapport.ui.rooms import STANDARD_ROOMS, Rooms
from rapport.ui.searching import Searching
from rapport.ui.smart_lists import FilterActions
from rapport.ui.toasts import Toasts
from rapport.ui.undo import UndoNames
from rapport.ui.widgets.scroll import RoomArea
from rapport.ui.window_actions import WindowActions

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_COLLAPSE_BELOW = 1040
_LEAST = (960, 600)
_KEEP_AFTER_MS = 400
_RECENT = 20


class MainWindow(QWidget):
    """One window, one account at a time.

    ``keep_settings`` is called with each new value. ``hides_on_close`` is asked when the window is
    closed: True leaves the program running in the tray. ``rooms`` says how detail, Today and
    settings are built.
    """

    painted = Signal()
    """The first frame is on screen."""
    closed = Signal()
    """The window was closed for good: nothing keeps the program running."""
    hidden_to_tray = Signal()

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        *,
        workspace: Workspace | None = None,
        rooms: Rooms = STANDARD_ROOMS,
        keep_settings: Callable[[Settings], None] = lambda settings: None,
        hides_on_close: Callable[[], bool] = lambda: False,
        memory_only: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName("main-window")
        self.setWindowIcon(mark_icon())
        self._keep_settings = keep_settings
        self._hides_on_close = hides_on_close
        self._kept = settings
        self._quitting = False
        self._painted = False
        self._conflicts = 0
        self._told: Notice | None = None
        self._unsubscribe: list[Callable[[], None]] = []
        self.context = WindowContext(theme, settings, self)

        self.top_bar = TopBar(self.context, self)
        self.sidebar = Sidebar(self.context, self)
        self.banners = Banners(self.context, self)
        self.banners.set_memory_only(memory_only)
        self.pages = Pages(self.context, rooms, self)
        self._build()
        self.toasts = Toasts(self.context, self)
        self.undo_names = UndoNames(self.context)
        self.searching = Searching(
            self.context, self.top_bar.search, self.pages, self.sidebar, self.show_query
        )
        self.filter_actions = FilterActions(self.context, self.pages, self.sidebar, self.searching)
        self._actions = WindowActions(self.context, self.pages, self.sidebar, self.searching, self)
        self.context.actions.bind("app.quit", self.quit)
        self.sidebar.model.has_calendar = self.pages.has_calendar
        self.sidebar.model.has_activity = self.pages.has_activity
        self._keys = Keys(self, self.context.actions)

        self._keep = QTimer(self, singleShot=True, interval=_KEEP_AFTER_MS)
        self._keep.timeout.connect(self._keep_now)
        self.context.settings_changed.connect(self._keep.start)
        for changed in (self.context.accounts_changed, self.context.settings_changed):
            changed.connect(lambda: self.sidebar.model.count_also(self.context.listed_beside))
        self.context.query_wanted.connect(self._show_in_its_order)
        self.context.contact_opened.connect(self._opened)
        self.context.page_changed.connect(self._went)
        self.pages.query_changed.connect(self.show_query)
        self.sidebar.model.modelReset.connect(self._take_counts)
        self.sidebar.model.dataChanged.connect(self._take_counts)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._focus_moved)
        theme.changed.connect(self._dress)
        self._dress()
        self._restore_size()
        self._say_title()
        if workspace is not None:
            self.set_workspace(workspace)

    # What app and tray ask.

    @property
    def current_contact_id(self) -> Id | None:
        return self.context.situation.contact_id

    def set_workspace(self, workspace: Workspace | None) -> None:
        """Show another account, or none. What belonged to the old one is closed."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._unsubscribe = []
        self.pages.open(workspace)
        self.context.change(workspace=workspace, contact_id=None, task_id=None, note_id=None)
        self.banners.clear()
        self.top_bar.open(workspace)
        self.sidebar.model.open(workspace, self.context.runner)
        self.undo_names.open(workspace)
        if workspace is not None:
            self._unsubscribe = [
                workspace.sync.subscribe(self._synced),
                workspace.feed.subscribe(self._heard),
            ]
            self._conflicts = workspace.sync.status().conflicts
            self._synced(workspace.sync.status())
            self._show_in_its_order(ContactQuery())
        self._say_title()

    async def rows_read(self) -> None:
        """Returns when the list has its answer, rows or an error, or when no list is open."""
        contacts = self.pages.contacts
        if contacts is None or not contacts.list.waiting:
            return
        read = asyncio.Event()
        model = contacts.list.model
        answered = model.answered.connect(lambda _: read.set())
        failed = model.failed.connect(lambda _: read.set())
        try:
            await read.wait()
        finally:
            model.answered.disconnect(answered)
            model.failed.disconnect(failed)

    def account_changed(self) -> None:
        """The open account is called something else now."""
        workspace = self.context.situation.workspace
        if workspace is not None:
            self.top_bar.account.show_account(workspace.account)
            self.top_bar.account.set_contacts(self.sidebar.model.counts.contacts)
        self._say_title()

    def set_cover(self, cover: QWidget | None) -> None:
        """Lay a widget (onboarding) over the whole window, or uncover it."""
        old = self._layers.widget(1)
        if old is not None:
            self._layers.removeWidget(old)
            old.hide()
            old.setParent(None)
        if cover is not None:
            self._layers.addWidget(cover)
        self._layers.setCurrentIndex(1 if cover is not None else 0)

    def set_memory_only(self, memory_only: bool) -> None:
        """Say, as long as it is so, that edits last until the program is quit."""
        self.banners.set_memory_only(memory_only)

    def show_page(self, name: Page | str) -> None:
        self.context.show_page(Page(name))

    def show_detail(self, contact_id: Id) -> None:
        self.context.open_contact(contact_id)

    def open_task(self, task_id: Id) -> None:
        self.context.open_task(task_id)

    def toast(self, notice: Notice) -> None:
        self.context.noticed.emit(notice)

    def come_forward(self) -> None:
        """Show and raise the window, wherever it was."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def quit(self) -> None:
        """Close for good, tray or not."""
        self._quitting = True
        self.close()

    async def aclose(self) -> None:
        """End everything that runs for this window; then it may be deleted."""
        self.set_workspace(None)
        self.toasts.clear()
        await self.context.runner.close()

    # Lists and search.

    def show_query(self, query: ContactQuery) -> None:
        """Show a list of contacts. Its text goes into the search field, if it is not there."""
        contacts = self.pages.contacts
        if contacts is None:
            return
        contacts.show_query(query)
        self._entitle(query)
        # Behind the list: what the field then says is the query that is already shown.
        self.searching.follow(query)
        self.sidebar.note_query(query)

    def _show_in_its_order(self, query: ContactQuery) -> None:
        """Show a list in the order that this account's lists were left in."""
        contacts = self.pages.contacts
        if contacts is not None:
            self.show_query(contacts.list.views.in_its_order(query))

    def _entitle(self, query: ContactQuery) -> None:
        contacts = self.pages.contacts
        if contacts is not None:
            title, named = self.sidebar.title_of(query), self.sidebar.knows(query)
            contacts.list.entitle(title, named=named)

    def _went(self, page: str) -> None:
        self._say_title()
        if page == Page.ACTIVITY and self._told is not None:
            self.toasts.withdraw(self._told)

    # News.

    def _synced(self, status: SyncStatus) -> None:
        self.banners.show_status(status)
        before, self._conflicts = self._conflicts, status.conflicts
        elsewhere = self.context.situation.page is not Page.ACTIVITY
        if status.conflicts > before and elsewhere and self.pages.has_activity:
            self._told = Notice(
                title=tr("Changed here and in the CRM"),
                text=tr("Your edit is safe."),
                icon="alert",
                act=(tr("Decide"), lambda: self.context.show_activity("conflicts")),
            )
            self.context.noticed.emit(self._told)

    def _heard(self, event: ChangeEvent) -> None:
        """Forget what was deleted; a role may allow less or more than before."""
        if event.reference:
            self.context.situation_changed.emit()
        situation = self.context.situation
        if situation.contact_id is None or situation.contact_id not in event.contacts():
            return
        self.context.runner.start(self._check_contact, slot="check-contact")

    async def _check_contact(self) -> None:
        contact_id = self.context.situation.contact_id
        if contact_id is None or await self.context.workspace.queries.row_of(contact_id):
            return
        if self.context.situation.contact_id == contact_id:
            self.context.change(contact_id=None, task_id=None, note_id=None)
            self.pages.show_contact(None)

    def _opened(self, contact_id: Id) -> None:
        recent = self.context.settings.recent_contacts
        rest = tuple(id for id in recent if id != contact_id)
        self.context.change_settings(recent_contacts=(contact_id, *rest)[:_RECENT])

    def _take_counts(self) -> None:
        counts = self.sidebar.model.counts
        self.top_bar.account.set_contacts(counts.contacts)
        self.top_bar.set_due(counts.overdue)
        contacts = self.pages.contacts
        if contacts is not None:
            self.sidebar.note_query(contacts.list.query)
            self._entitle(contacts.list.query)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if new is not None and new.window() is self:
            if self.pages.isAncestorOf(new):
                self._page_area.bring_into_view(new)
            self.context.change(pane=self._pane_of(new))

    def _pane_of(self, widget: QWidget) -> Pane:
        if self.top_bar.isAncestorOf(widget):
            return Pane.SEARCH if widget is self.top_bar.search else Pane.OTHER
        if self.sidebar.isAncestorOf(widget):
            return Pane.SIDEBAR
        return self.pages.pane_of(widget)

    # Shape.

    def _build(self) -> None:
        self.shell = QWidget(self)
        beside = QVBoxLayout()
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(0)
        beside.addWidget(self.banners)
        beside.addWidget(self._scrolled_pages(), 1)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self.sidebar)
        body.addWidget(self.sidebar.edge)
        body.addLayout(beside, 1)
        column = QVBoxLayout(self.shell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addLayout(body, 1)
        self._layers = QStackedLayout(self)
        self._layers.setContentsMargins(0, 0, 0, 0)
        self._layers.addWidget(self.shell)
        self.setTabOrder(self.top_bar.search, self.sidebar.view)

    def _scrolled_pages(self) -> QWidget:
        """A page takes the room there is; one that needs more, with large text, is scrolled."""
        self._page_area = RoomArea(self.pages, self.shell)
        return self._page_area

    def _dress(self) -> None:
        # In pixels, whatever the size of text: what has no room then is scrolled to.
        self.setMinimumSize(*_LEAST)
        self._collapse()

    def _collapse(self) -> None:
        narrow = self.width() < self.context.theme.type.px(_COLLAPSE_BELOW)
        self.sidebar.set_collapsed(narrow)
        self.top_bar.set_collapsed(narrow)

    def _restore_size(self) -> None:
        width, height = self.context.settings.window
        self.resize(QSize(width, height).expandedTo(self.minimumSize()))

    def _remember_size(self) -> None:
        """Keep size and splitters; of a maximised window the size it would return to."""
        size = self.normalGeometry().size() if self.isMaximized() else self.size()
        self.context.change_settings(
            window=(size.width(), size.height()),
            maximized=self.isMaximized(),
            list_width=self.pages.list_width,
        )

    def _keep_now(self) -> None:
        self._keep.stop()
        self._remember_size()
        self._keep.stop()
        if self.context.settings != self._kept:
            self._kept = self.context.settings
            self._keep_settings(self._kept)

    def _say_title(self) -> None:
        workspace = self.context.situation.workspace
        name = visible(workspace.account.name) if workspace is not None else ""
        self.setWindowTitle(f"{name} – Rapport" if name else "Rapport")

    def open_at_its_size(self) -> None:
        """Show the window as it was left."""
        if self.context.settings.maximized:
            self.showMaximized()
        else:
            self.show()

    # Qt.

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and keeps_key(self.focusWidget(), event)
        ):
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._collapse()
        if self.isVisible():
            self._keep.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.windowHandle()
        if not self._painted and handle is not None:
            self._painted = True
            handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The server asks for the first frame some time after the window was shown.
        if event.type() == QEvent.Type.Expose:
            watched.removeEventFilter(self)
            # Painting happens before the event returns: what follows may take its time.
            QTimer.singleShot(0, self, self._after_first_paint)
        return super().eventFilter(watched, event)

    def _after_first_paint(self) -> None:
        self.painted.emit()
        self.context.runner.start(self.pages.load, slot="rooms")

    def closeEvent(self, event: QCloseEvent) -> None:
        self._keep_now()
        if not self._quitting and self._hides_on_close():
            event.ignore()
            self.hide()
            self.hidden_to_tray.emit()
            return
        super().closeEvent(event)
        self.closed.emit()
