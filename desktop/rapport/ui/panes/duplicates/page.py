"""The page *Duplicates*: who may be there twice, and what was merged lately."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from rapport.domain.changes import ChangeEvent
from rapport.domain.duplicates import Group, Likeness
from rapport.domain.errors import RapportError
from rapport.domain.merging import MOST_AT_ONCE, Merged, MergeState
from rapport.domain.records import Id, Kind
from rapport.domain.text import visible
from rapport.domain.views import ContactDetail
from rapport.language import tr, trn
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.models.entry_list_model import EntryListModel, EntryWords, Header
from rapport.ui.panes.activity.entries_view import GroupedEntries
from rapport.ui.panes.activity.words import Words
from rapport.ui.panes.duplicates.merge_entry import MergeEntry
from rapport.ui.panes.duplicates.merged_entry import MergedEntry, state_words
from rapport.ui.panes.duplicates.words import reason_words
from rapport.ui.panes.first_keys import FirstKeys
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.labels import Label, Rule
from rapport.ui.widgets.meter import Meter
from rapport.ui.widgets.states import EmptyState, ErrorState
from rapport.ui.wording import count

_AGAIN_MS = 700
_MOST_SHOWN = 500
Row = Group | Merged


class Searching(QWidget):
    """How far the comparison is; it can be cancelled."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("duplicates-progress")
        self.words = Label(tr("Comparing contacts"), self, role="muted")
        self.meter = Meter(self, warns=False)
        self.cancel = Button(tr("Cancel"), self)
        self.cancel.setObjectName("duplicates-cancel")
        middle = Qt.AlignmentFlag.AlignHCenter
        self.words.setAlignment(middle)
        self.meter.setFixedWidth(240)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self.words, 0, middle)
        column.addWidget(self.meter, 0, middle)
        column.addWidget(self.cancel, 0, middle)
        column.addStretch(3)

    def tell(self, done: int, total: int) -> None:
        percent = round(100 * done / max(1, total))
        words = tr("Comparing contacts: {n} %").format(n=count(percent))
        self.words.setText(words)
        self.meter.set_share(done / max(1, total), words)


class DuplicatesPage(FirstKeys):
    entry: MergeEntry

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("duplicates-page")
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._workspace, self._context = workspace, context
        self._words = Words(workspace)
        self._slot = f"duplicates-{id(self)}"
        self._groups: tuple[Group, ...] = ()
        self._asked: Group | None = None
        """Contacts that a person wants to merge, whether or not they resemble each other."""
        self._names: dict[Id, tuple[str, str]] = {}
        """name and seed"""
        self._rows: list[Header | Row] = []
        self._chosen: object = None
        self._place = 0
        self._stale = self._searched = False
        self.model: EntryListModel[Row] = EntryListModel(self._describe, self)
        self.view = GroupedEntries(tr("Duplicates"), self)
        self.view.setObjectName("duplicate-list")
        self.view.setModel(self.model)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.entry = MergeEntry(workspace, context, self)
        self.entry.left.connect(self.step)
        self.entry.done.connect(self._done)
        self.merged = MergedEntry(workspace, context, self)
        self.searching = Searching(self)
        self.searching.cancel.clicked.connect(self._cancel)
        self.empty = EmptyState("check", tr("No duplicates found."), parent=self)
        self.cancelled = EmptyState(
            "merge", tr("The comparison was cancelled."), tr("Find duplicates"), self
        )
        self.cancelled.pressed.connect(self.search)
        self._error: ErrorState | None = None
        self._build()
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self.search)
        end: Callable[[], None] = workspace.feed.subscribe(self._heard)
        self.destroyed.connect(lambda: end())
        context.theme.changed.connect(self._dress)
        self._dress()

    def _build(self) -> None:
        title = Label(tr("Duplicates"), self, size=TextSize.TITLE, weight=SEMIBOLD)
        self._number = Label("", self, role="muted")
        self._number.setObjectName("duplicates-number")
        back = Button(tr("All contacts"), self, icon="left")
        back.setObjectName("duplicates-back")
        back.clicked.connect(lambda: self._context.actions.trigger("go.back"))
        self._head = QHBoxLayout()
        self._head.addWidget(title)
        self._head.addWidget(self._number)
        self._head.addStretch(1)
        self._head.addWidget(back)
        self._entries = QStackedWidget(self)
        self._entries.addWidget(self.entry)
        self._entries.addWidget(self.merged)
        self._split = QSplitter(self)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.view)
        self._split.addWidget(self._entries)
        self._split.setStretchFactor(1, 1)
        self._pages = QStackedWidget(self)
        for page in (self._split, self.searching, self.empty, self.cancelled):
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(self.searching)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(Rule(self))
        column.addWidget(self._pages, 1)
        for part in (self.view, self.entry, self.merged):
            part.setBackgroundRole(QPalette.ColorRole.Base)

    # What the window asks.

    def step(self, by: int) -> None:
        """Go to the next group, or the previous one."""
        row = self.model.next_row(self.view.currentIndex().row() + by, by)
        if row >= 0:
            self.view.choose(row)

    def show_contacts(self, ids: Sequence[Id]) -> None:
        """Put these side by side, whether or not they resemble each other; none: all duplicates."""
        kept = tuple(dict.fromkeys(ids))
        self._asked = Group(ids=kept, score=0, pairs=()) if len(kept) > 1 else None
        if self._asked is not None:
            self._chosen = kept
        self.search()

    def search(self) -> None:
        self._again.stop()
        self._stale = False
        if not self._rows:
            self.searching.tell(0, 1)
            self._pages.setCurrentWidget(self.searching)
        self._context.runner.start(self._find, slot=self._slot)

    # Finding.

    def _heard(self, event: ChangeEvent) -> None:
        contacts = any(change.ref.kind is Kind.CONTACT for change in event.changes)
        if not (contacts or event.outbox):
            return
        if not self.isVisible():
            self._stale = True
        elif not self._again.isActive():
            self._again.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale or not self._searched:
            self.search()

    def _cancel(self) -> None:
        self._context.runner.cancel(self._slot)
        self._pages.setCurrentWidget(self.cancelled)
        if self.cancelled.button is not None:
            self.cancelled.button.setFocus()

    async def _find(self) -> None:
        self._searched = True
        try:
            if self._asked is not None:
                await self._show([*self._groups])  # at once; the others follow
            self._groups = await self._workspace.duplicates.find(self.searching.tell)
            await self._show(list(self._groups))
        except RapportError as error:
            self._fail(error)

    def _fail(self, error: RapportError) -> None:
        if self._error is not None:
            self._pages.removeWidget(self._error)
            self._error.deleteLater()
        self._error = ErrorState(tr("The contacts could not be compared."), str(error), self)
        self._error.retried.connect(self.search)
        self._pages.addWidget(self._error)
        self._pages.setCurrentWidget(self._error)

    async def _show(self, groups: list[Group]) -> None:
        asked = await self._with_reasons(self._asked)
        if asked is not None:
            groups = [asked, *(one for one in groups if set(one.ids) - set(asked.ids))]
        merges = await self._workspace.duplicates.merges()
        shown = groups[:_MOST_SHOWN]
        ids = list(dict.fromkeys(id for group in shown for id in group.ids))
        rows = await self._workspace.queries.recent(ids)
        self._names = {row.id: (row.name, row.seed) for row in rows}
        shown = [one for one in shown if sum(id in self._names for id in one.ids) > 1]
        self._number.setText(count(len(groups)) if groups else "")
        lines: list[Header | Row] = []
        if shown:
            lines += [Header(tr("To look at"), len(groups)), *shown]
        if merges:
            lines += [Header(tr("Merged in the last 60 days"), len(merges)), *merges]
        self._put(lines)

    async def _with_reasons(self, asked: Group | None) -> Group | None:
        """What a person put side by side, with the likeness that there is."""
        if asked is None:
            return None
        found: dict[tuple[Id, Id], Likeness] = {}
        for id in asked.ids:
            for one in await self._workspace.duplicates.like(id):
                if set(one.pair) <= set(asked.ids):
                    found[one.pair] = one
        score = max((one.score for one in found.values()), default=0)
        return Group(ids=asked.ids, score=score, pairs=tuple(found.values()))

    def _put(self, rows: list[Header | Row]) -> None:
        self._pages.setCurrentWidget(self._split if rows else self.empty)
        if rows == self._rows:
            return
        self._rows = rows
        self.view.show_rows(self.model, rows, lambda row: _key(row) == self._chosen, self._place)

    def _done(self, ids: object) -> None:
        """These are decided."""
        self._asked = None
        decided = set(ids) if isinstance(ids, tuple) else set()
        if decided:
            self._groups = tuple(one for one in self._groups if not decided & set(one.ids))
        self.view.setFocus()
        self.search()

    # The chosen row.

    def _current_changed(self) -> None:
        at = self.view.currentIndex().row()
        row = self.model.item(at)
        if row is None:
            return
        self._chosen, self._place = _key(row), at
        self._context.runner.start(lambda: self._open(row), slot=f"{self._slot}-open")

    async def _open(self, row: Row) -> None:
        if isinstance(row, Merged):
            detail = await self._workspace.queries.detail(row.survivor_id)
            self.merged.show_merged(row, detail.contact if detail is not None else None)
            self._entries.setCurrentWidget(self.merged)
            return
        details, sent = await self._read(row.ids)
        if len(details) < 2:
            return
        if self.entry.choices is None or self._entries.currentWidget() is not self.entry:
            self._entries.setCurrentWidget(self.entry)
        self.entry.show_group(row, details, sent)
        for one in details[:MOST_AT_ONCE]:
            self._workspace.sync.opened(one.contact.id)  # what only the CRM knows of it

    async def _read(self, ids: Sequence[Id]) -> tuple[list[ContactDetail], set[Id]]:
        queries = self._workspace.queries
        found = await asyncio.gather(*(queries.detail(id) for id in ids[: MOST_AT_ONCE + 2]))
        details = [one for one in found if one is not None]
        known = await asyncio.gather(
            *(queries.server_id(Kind.CONTACT, one.contact.id) for one in details)
        )
        pairs = zip(details, known, strict=True)
        return details, {one.contact.id for one, rid in pairs if rid is not None}

    # Words.

    def _describe(self, row: Row) -> EntryWords:
        if isinstance(row, Merged):
            others = tr(", ").join(visible(one.name) for one in row.gone)
            trouble = row.state in (MergeState.REFUSED, MergeState.STOPPED)
            return EntryWords(
                id=str(row.id),
                seed=row.seed,
                name=visible(row.name),
                time=self._words.short_moment(row.at),
                icon="alert" if trouble else "undo" if row.state is MergeState.UNDONE else "merge",
                colour="danger" if trouble else "muted",
                text=tr("{state}: {names}").format(state=state_words(row), names=others),
            )
        names = [self._names.get(id, ("", id)) for id in row.ids]
        location = self._workspace.reference.location
        reasons = [reason_words(one, location.country if location else "") for one in row.reasons()]
        more = trn("{n} contact", "{n} contacts", len(names)).format(n=count(len(names)))
        return EntryWords(
            id=row.ids[0],
            seed=names[0][1],
            name=visible(names[0][0]),
            time=more,
            icon="merge",
            colour="muted",
            text=reasons[0] if reasons else tr("chosen by you"),
            state=tr(", ").join(visible(name) for name, _ in names[1:]),
        )

    def _dress(self) -> None:
        px = self._context.theme.type.px
        self._head.setContentsMargins(px(20), px(10), px(20), px(10))
        self._head.setSpacing(px(12))
        self.view.setMinimumWidth(px(240))
        self._entries.setMinimumWidth(px(480))
        if not self._placed:
            self._placed = True
            self._split.setSizes([px(300), px(760)])

    _placed = False


def _key(row: Row) -> object:
    return row.id if isinstance(row, Merged) else row.ids
