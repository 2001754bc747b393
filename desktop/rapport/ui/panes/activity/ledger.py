"""The tab *Sync ledger*: every edit that the server has not got."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from rapport.domain.changes import ChangeEvent
from rapport.domain.errors import RapportError
from rapport.domain.text import visible
from rapport.domain.views import EntryState, OutboxItem, SyncState, SyncStatus
from rapport.language import tr, trn
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.models.entry_list_model import EntryListModel, EntryWords
from rapport.ui.panes.activity.entries_view import EntryRows
from rapport.ui.panes.activity.ledger_entry import LedgerEntry
from rapport.ui.panes.activity.words import Words, state_of, subject_words
from rapport.ui.panes.sync_pill import state_sentence
from rapport.ui.widgets.button import Button, Size
from rapport.ui.widgets.labels import Label, Rule
from rapport.ui.widgets.overlay import confirm
from rapport.ui.widgets.states import Banner, EmptyState, ErrorState, Skeleton
from rapport.ui.wording import count, to_send

_DELAY_MS = 60
_SYNC_DELAY_MS = 300
_HELD_MS = 1000
_SAID = (SyncState.OFFLINE, SyncState.SIGN_IN, SyncState.STORAGE, SyncState.PAUSED)


class LedgerView(QWidget):
    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("ledger-view")
        self._workspace, self._context = workspace, context
        self._words = Words(workspace)
        self._items: list[OutboxItem] = []
        self._chosen: int | None = None
        self._place = 0
        self._slot = f"ledger-{id(self)}"
        self.model: EntryListModel[OutboxItem] = EntryListModel(self._describe, self)
        self.view = EntryRows(tr("Edits on their way"), self)
        self.view.setObjectName("ledger-list")
        self.view.setModel(self.model)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.entry = LedgerEntry(workspace, context, self)
        self.empty = EmptyState("check", tr("Everything is on the server."), parent=self)
        self.skeleton = Skeleton(self)
        self.error: ErrorState | None = None
        self._build()
        self._stale = False
        """Something happened while the tab was not seen."""
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._refresh)
        ends: list[Callable[[], None]] = [
            workspace.feed.subscribe(self._heard),
            workspace.sync.subscribe(self._synced),
        ]
        self.destroyed.connect(lambda: [end() for end in ends])
        context.situation_changed.connect(self._allow)
        context.theme.changed.connect(self._dress)
        self._dress()
        self._allow()
        self._synced(workspace.sync.status())
        self.skeleton.start()
        self._refresh()

    def _build(self) -> None:
        self.banner = Banner("", self, icon="cloudoff")
        self.banner.setObjectName("ledger-banner")
        self._sum = Label("", self, role="muted")
        self.retry_all = Button(tr("Retry all"), self, icon="sync", size=Size.SMALL)
        self.retry_all.setObjectName("ledger-retry-all")
        self.retry_all.clicked.connect(self._retry_all)
        self.discard_all = Button(tr("Discard all refused"), self, icon="trash", size=Size.SMALL)
        self.discard_all.setObjectName("ledger-discard-all")
        self.discard_all.clicked.connect(lambda: self._context.runner.own(self._discard_all()))
        self._head = QHBoxLayout()
        self._head.addWidget(self._sum, 1)
        self._head.addWidget(self.retry_all)
        self._head.addWidget(self.discard_all)
        self._split = QSplitter(self)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.view)
        self._split.addWidget(self.entry)
        self._split.setStretchFactor(1, 1)
        some = self._some = QWidget(self)
        column = QVBoxLayout(some)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._bar = QWidget(some)
        self._bar.setLayout(self._head)
        column.addWidget(self._bar)
        column.addWidget(Rule(some))
        column.addWidget(self._split, 1)
        self._pages = QStackedWidget(self)
        for page in (some, self.empty, self.skeleton):
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(self.skeleton)
        self._banner_box = QVBoxLayout()
        self._banner_box.addWidget(self.banner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._banner_box)
        whole.addWidget(self._pages, 1)
        for part in (self, self.view, self.entry):
            part.setBackgroundRole(QPalette.ColorRole.Base)

    # What the page asks.

    def step(self, by: int) -> None:
        row = self.model.next_row(self.view.currentIndex().row() + by, by)
        if row >= 0:
            self.view.choose(row)

    # Reading.

    def _refresh(self) -> None:
        self._again.stop()
        self._stale = False
        self._context.runner.start(self._read, slot=self._slot)

    async def _read(self) -> None:
        try:
            items = await self._workspace.waiting.items()
        except RapportError as error:
            self._fail(error)
            return
        self.skeleton.stop()
        self._show(items)

    def _fail(self, error: RapportError) -> None:
        self.skeleton.stop()
        if self.error is not None:
            self._pages.removeWidget(self.error)
            self.error.deleteLater()
        self.error = ErrorState(tr("The edits could not be read."), str(error), self)
        self.error.retried.connect(self._refresh)
        self._pages.addWidget(self.error)
        self._pages.setCurrentWidget(self.error)

    def _show(self, items: list[OutboxItem]) -> None:
        # What needs a person first, then in the order of sending.
        items = sorted(items, key=lambda item: (_rank(item.state), item.seq))
        self._say_sum(items)
        if self.isVisible() and any(item.state is EntryState.HELD for item in items):
            self._again.start(_HELD_MS)  # its time passes without a word
        self._pages.setCurrentWidget(self._some if items else self.empty)
        if items != self._items:
            self._items = items
            focused, scrolled = self.view.hasFocus(), self.view.verticalScrollBar().value()
            self.model.show(items)
            row = self.model.row_where(lambda item: item.seq == self._chosen)
            stays = row >= 0
            if not stays and items:
                row = min(self._place, len(items) - 1)
            if row >= 0:
                self.view.choose(row)
            if stays:  # somebody may be reading elsewhere in the list
                self.view.verticalScrollBar().setValue(scrolled)
            if focused:
                self.view.setFocus()

    def _say_sum(self, items: list[OutboxItem]) -> None:
        refused = sum(item.state is EntryState.REFUSED for item in items)
        asking = sum(item.state in (EntryState.ASK, EntryState.CONFLICT) for item in items)
        parts = [to_send(len(items) - refused - asking)]
        if refused:
            parts.append(trn("{n} refused", "{n} refused", refused).format(n=count(refused)))
        if asking:
            parts.append(
                trn("{n} needs your answer", "{n} need your answer", asking).format(n=count(asking))
            )
        self._sum.setText(" · ".join(parts))
        self.discard_all.setVisible(refused > 0)

    def _describe(self, item: OutboxItem) -> EntryWords:
        state = state_of(item.state)
        name = visible(item.contact_name) or subject_words(item.ref, item.subject)
        return EntryWords(
            id=str(item.seq),
            seed=item.contact_seed,
            name=name,
            time=self._words.short_moment(item.created_at),
            icon=state.icon,
            colour=state.colour,
            text=self._words.change(item),
            state=state.words,
        )

    def _current_changed(self) -> None:
        row = self.view.currentIndex().row()
        item = self.model.item(row)
        if item is not None:
            self._chosen, self._place = item.seq, row
            self.entry.show_item(item)

    def _heard(self, event: ChangeEvent) -> None:
        if not (event.outbox or event.changes or event.reference):
            return
        if not self.isVisible():
            self._stale = True
        elif not self._again.isActive():
            self._again.start(_SYNC_DELAY_MS if event.can_wait else _DELAY_MS)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh()

    def _synced(self, status: SyncStatus) -> None:
        told = status.state in _SAID
        self.banner.setVisible(told or self._context.situation.why_not_write is not None)
        if told:
            self.banner.set_text(state_sentence(status))
        elif self._context.situation.why_not_write is not None:
            self.banner.set_text(self._context.situation.why_not_write)

    # Doing.

    def _allow(self) -> None:
        why = self._context.situation.why_not_write
        for button in (self.retry_all, self.discard_all):
            button.setEnabled(why is None)
            button.setToolTip(why or "")
            button.setAccessibleDescription(why or "")
        self._synced(self._workspace.sync.status())

    def _retry_all(self) -> None:
        self._context.runner.start(self._workspace.waiting.retry_all)
        self._workspace.sync.sync_now()

    async def _discard_all(self) -> None:
        refused = [item for item in self._items if item.state is EntryState.REFUSED]
        if refused and await confirm(
            self.window(),
            tr("Discard all refused edits?"),
            trn(
                "{n} edit is given up: the record shows what the CRM has, and what was made here"
                " and refused is removed.",
                "{n} edits are given up: the records show what the CRM has, and what was made here"
                " and refused is removed.",
                len(refused),
            ).format(n=count(len(refused))),
            confirm=tr("Discard refused edits"),
            danger=True,
        ):
            await self._workspace.waiting.discard_refused()
            self._context.notice(tr("Refused edits discarded"), icon="trash")

    def _dress(self) -> None:
        px = self._context.theme.type.px
        self._head.setContentsMargins(px(20), px(8), px(20), px(8))
        self._head.setSpacing(px(8))
        self._banner_box.setContentsMargins(px(20), px(8), px(20), 0)
        self.view.setMinimumWidth(px(260))
        self.entry.setMinimumWidth(px(340))
        if not self._placed:
            self._placed = True
            self._split.setSizes([px(400), px(660)])

    _placed = False


def _rank(state: EntryState) -> int:
    if state in (EntryState.REFUSED, EntryState.ASK, EntryState.CONFLICT):
        return 0
    return 1
