"""The list of contacts: header, filters, rows, and what stands there when there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.errors import RapportError
from rapport.domain.filters import ContactQuery, Sort
from rapport.domain.records import Id
from rapport.domain.settings import ListMode
from rapport.domain.text import visible
from rapport.domain.views import Coverage, SyncState, SyncStatus
from rapport.language import tr
from rapport.ui.context import Page, WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.menus import RULE, fill_menu
from rapport.ui.models.contact_list_model import ContactListModel
from rapport.ui.panes.contact_views import ContactViews
from rapport.ui.panes.filters import FilterRow
from rapport.ui.panes.marked_contacts import MARKED_MENU, MarkedContacts
from rapport.ui.panes.parts import EmptyState, Rule
from rapport.ui.panes.sync_pill import progress_words
from rapport.ui.panes.view_menus import ViewMenus
from rapport.ui.widgets.labels import ElidedLabel, Label
from rapport.ui.wording import count

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_SKELETON_AFTER_MS = 150
_SKELETON_ROWS = 12
_ROW_MENU = (
    "contact.open",
    RULE,
    "contact.call",
    "contact.mail",
    RULE,
    "note.new",
    "task.new",
    "contact.add-tag",
    "contact.edit",
    RULE,
    "contact.delete",
)


class ContactList(QWidget):
    """Shows the query it is given; choosing a row opens that contact through the context."""

    query_changed = Signal(object)
    """A :class:`ContactQuery`: the person changed the order or a filter here."""
    search_cleared = Signal()

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._context = context
        self._coverage: Coverage | None = None
        self._coverage_asked = False
        self._error: RapportError | None = None
        self._wanted: Id | None = None
        self.choosing = False
        """A row is being chosen, and that is why its contact is opened."""
        self._answered = False
        self._hint = ""
        self._status = workspace.sync.status()
        self.setObjectName("contact-list-pane")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)

        self.model = ContactListModel(workspace, context.runner, self)
        self.views = ContactViews(workspace, context, self.model, self)
        self.view = self.views.view
        self.view.setObjectName("contact-list")
        self.view.setAccessibleName(tr("Contacts"))
        self.marked = MarkedContacts(workspace, context, self.model, self.view)
        self.view.marking = self.marked.marking
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._offer_row_menu)
        self.view.opened.connect(lambda: context.actions.trigger("contact.open"))
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self._build()

        self._skeleton = QTimer(self, singleShot=True, interval=_SKELETON_AFTER_MS)
        self._skeleton.timeout.connect(self._show_skeleton)
        self.model.answered.connect(self._show_answer)
        self.model.keys_arrived.connect(self._restore)
        self.model.failed.connect(self._show_error)
        self.model.layoutAboutToBeChanged.connect(self.views.keep_place)
        self.model.rowsRemoved.connect(self._tell)
        self.model.dataChanged.connect(self._fill_wanted)
        context.contact_opened.connect(self._choose)
        context.theme.changed.connect(self._dress)
        self.views.sort_wanted.connect(self._sort_by)
        self._unsubscribe = workspace.sync.subscribe(self._synced)
        self._dress()

    # What the window asks.

    @property
    def query(self) -> ContactQuery:
        return self.model.query

    @property
    def mode(self) -> ListMode:
        return self.views.mode

    @property
    def waiting(self) -> bool:
        """Whether nothing has been read yet, neither rows nor that there are none."""
        return not self._answered and self._error is None

    def entitle(self, title: str, *, named: bool) -> None:
        """Say what the list is called; ``named`` says that the sidebar has an entry for it."""
        if title != self._title.text():
            self._title.set_text(title)
        self._filters.offer_save(not named)

    def show_query(self, query: ContactQuery) -> None:
        """Show this list from its top. What is there stays until the answer comes."""
        self._coverage_asked = bool(query.text) and self._coverage_asked
        self._context.searched = query.text
        self._filters.show_query(query)
        self.marked.show_query(query)
        self._error = None
        self._skeleton.start()
        self.model.show(query)
        self.views.show_query(query)
        self._menus.show_query(query)

    def say_hint(self, sentence: str) -> None:
        """Say what looks like a mistake in what was typed; "" when nothing does."""
        if sentence != self._hint:
            self._hint = sentence
            self._tell_note()

    def step(self, by: int) -> None:
        """Go to the next or the previous contact."""
        if not self.model.total:
            return
        row = self.view.currentIndex().row() + by if self.view.currentIndex().isValid() else 0
        row = min(max(0, row), self.model.total - 1)
        self.view.setCurrentIndex(self.model.index(row))

    def focus_rows(self) -> None:
        """Put the keyboard into the list, on the first row if none is chosen."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.currentIndex().isValid():
            self.step(1)

    def close_model(self) -> None:
        """End every subscription; the pane must not be used afterwards."""
        self._skeleton.stop()
        self._unsubscribe()
        self.marked.close()
        self.model.close()

    # Build.

    def _build(self) -> None:
        px = self._context.theme.type.px
        self._title = ElidedLabel(tr("All contacts"), self, size=TextSize.SECTION, weight=SEMIBOLD)
        self._count = Label(parent=self, role="muted")
        self._menus = ViewMenus(self._context, self.views, lambda: self.query, self._sort_by, self)
        header = QHBoxLayout()
        header.setContentsMargins(px(12), 0, px(8), 0)
        header.setSpacing(px(8))
        header.addWidget(self._title)
        header.addWidget(self._count)
        header.addStretch(1)
        header.addWidget(self._menus.sort)
        header.addWidget(self._menus.modes)
        self._header = QWidget(self)
        self._header.setLayout(header)

        self._filters = FilterRow(self._workspace, self._context, self)
        self._filters.query_changed.connect(self.query_changed)
        self._note = Label(parent=self, size=TextSize.CAPTION, role="muted", wrap=True)
        self._note.setObjectName("list-note")
        self._note.setContentsMargins(px(12), 0, px(12), px(8))
        self._note.hide()
        self._progress = QProgressBar(self)
        self._progress.setTextVisible(False)
        self._progress.setAccessibleName(tr("First synchronisation"))
        self._progress.hide()
        self._empty = EmptyState(self)
        self._empty.setObjectName("contact-list-empty")
        self._empty.button.setObjectName("contact-list-empty-button")
        self._empty.button.clicked.connect(self._help_out)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.views)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._filters)
        column.addWidget(self._note)
        column.addWidget(self._progress)
        column.addWidget(Rule(self))
        column.addWidget(self._stack, 1)

    def _dress(self) -> None:
        px = self._context.theme.type.px
        self._header.setFixedHeight(px(48))

    # Choosing.

    def _current_changed(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        self.model.hold(index.row())
        contact_id = self.model.contact_at(index.row())
        self._wanted = None
        if contact_id is None:
            self._context.change(contact_id=None)  # opened as soon as the row has been read
        elif contact_id != self._context.situation.contact_id:
            self.choosing = True
            try:
                self._context.open_contact(contact_id)
            finally:
                self.choosing = False

    def _fill_wanted(self, first: QModelIndex, last: QModelIndex) -> None:
        """The chosen row was a placeholder, and has been read now."""
        current = self.view.currentIndex()
        if (
            current.isValid()
            and self._context.situation.contact_id is None
            and self._context.situation.page is Page.CONTACTS
            and first.row() <= current.row() <= last.row()
        ):
            self._current_changed(current)

    def _choose(self, contact_id: Id) -> None:
        """A contact was opened: choose its row if the list has one."""
        current = self.model.contact_at(self.view.currentIndex().row())
        if current == contact_id:
            return
        self._wanted = contact_id
        self._restore()

    def _restore(self) -> None:
        """Choose the open contact's row again, now that rows can be found."""
        wanted = self._wanted or self._context.situation.contact_id
        if wanted is None or self.model.contact_at(self.view.currentIndex().row()) == wanted:
            return
        row = self.model.row_of(wanted)
        if row >= 0:
            self._set_current(row)
        else:
            self._context.runner.start(lambda: self._find(wanted), slot="find-row")

    async def _find(self, contact_id: Id) -> None:
        found = await self._workspace.queries.row_of(contact_id)
        if found is None or contact_id != self._context.situation.contact_id:
            return
        row = self.model.row_of_key(found.key)
        if row >= 0:
            self._set_current(row)
        else:
            self.view.selectionModel().clear()

    def _set_current(self, row: int) -> None:
        self._wanted = None
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.view.selectionModel().setCurrentIndex(self.model.index(row), flags)

    def _offer_row_menu(self, where: QPoint) -> None:
        index = self.view.indexAt(where)
        if index.isValid() and self.model.contact_at(index.row()) is not None:
            several = self.marked.marking.is_marked(index.row())
            if not several:
                self.marked.unmark()
                self.view.setCurrentIndex(index)
            menu = fill_menu(QMenu(self), self._context, MARKED_MENU if several else _ROW_MENU)
            menu.aboutToHide.connect(menu.deleteLater)
            menu.popup(self.view.viewport().mapToGlobal(where))

    def _sort_by(self, sort: Sort, field: str, down: bool) -> None:
        self.views.remember(sort=sort, sort_field=field, descending=down)
        self.query_changed.emit(
            structs.replace(self.query, sort=sort, sort_field=field, descending=down)
        )

    # Telling how things are.

    def _show_answer(self, new: bool) -> None:
        self._answered = True
        if self.query.text and not self._coverage_asked:
            # Once per search, and behind the rows: counting is slower than finding.
            self._coverage_asked = True
            self._context.runner.start(self._read_coverage, slot="coverage")
        self._skeleton.stop()
        self._error = None
        if new:
            self.view.scrollToTop()
            if self.model.complete:
                self._restore()
        else:
            self.views.return_to_place()
        self._tell()

    def _show_skeleton(self) -> None:
        if self.model.empty and not self._answered:
            self.model.show_placeholders(_SKELETON_ROWS)
            self._stack.setCurrentWidget(self.views)

    def _show_error(self, error: RapportError) -> None:
        self._skeleton.stop()
        self._error = error
        self._tell()

    def _synced(self, status: SyncStatus) -> None:
        self._status = status
        self._tell()

    async def _read_coverage(self) -> None:
        self._coverage = await self._workspace.queries.coverage()
        self._tell()

    def _tell(self) -> None:
        """Say the count, what the search covers, how far the first sync is, or why it is empty."""
        total = self.model.total if self._answered else 0
        self._count.setText(count(self.model.members) if self._answered else "")
        self._tell_note()
        if self._error is not None or (self._answered and not total):
            self._tell_empty()
            self._stack.setCurrentWidget(self._empty)
        else:
            self._stack.setCurrentWidget(self.views)

    def _tell_note(self) -> None:
        progress = self._status.progress
        syncing = progress is not None and self._status.state is not SyncState.IDLE
        self._progress.setVisible(syncing and bool(progress and progress.total))
        if progress is not None and progress.total:
            self._progress.setMaximum(progress.total)
            self._progress.setValue(min(progress.done, progress.total))
        words = ""
        if syncing and (far := progress_words(self._status)):
            words = tr("Fetching contacts: {progress}").format(progress=far)
        elif self._hint:
            words = self._hint
        elif self.query.text and self._coverage is not None:
            words = _coverage_words(self._coverage)
        self._note.setText(words)
        self._note.setVisible(bool(words))

    def _tell_empty(self) -> None:
        offline = self._status.state is SyncState.OFFLINE
        if self._error is not None:
            self._empty.say("alert", self._error.title, self._error.message, tr("Retry"))
        elif self.query.text:
            text = visible(self.query.text)
            self._empty.say(
                "search", tr("Nothing matches “{text}”").format(text=text), "", tr("Clear search")
            )
        elif self.query.conditions:
            self._empty.say("filter", tr("No contact is in this list"), "", tr("Show all contacts"))
        elif self._status.state in (SyncState.STARTING, SyncState.SYNCING):
            self._empty.say("sync", tr("Fetching your contacts"), progress_words(self._status))
        elif offline:
            self._empty.say(
                "cloudoff",
                tr("You are offline"),
                tr("Nothing has been read from this account yet."),
                tr("Try again"),
            )
        else:
            can = self._context.situation.why_not_write is None
            self._empty.say("contacts", tr("No contacts yet"), "", tr("New contact") if can else "")

    def _help_out(self) -> None:
        """The one button of the empty list."""
        if self._error is not None:
            self._error = None
            self.model.retry()
        elif self.query.text:
            self.search_cleared.emit()
        elif self.query.conditions:
            self.query_changed.emit(structs.replace(self.query, conditions=()))
        elif self._status.state is SyncState.OFFLINE:
            self._context.actions.trigger("sync.now")
        else:
            self._context.actions.trigger("contact.new")


def _coverage_words(coverage: Coverage) -> str:
    """How much of the notes a search sees; empty when it is all of them."""
    if coverage.with_notes >= coverage.contacts:
        return ""
    return tr("Searches the notes of {n} of {total} contacts so far.").format(
        n=count(coverage.with_notes), total=count(coverage.contacts)
    )
