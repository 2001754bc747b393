"""The tab *Conflicts*: what both sides changed, and what was decided about it lately."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPalette, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from rapport.domain.changes import ChangeEvent
from rapport.domain.errors import RapportError
from rapport.domain.records import Id
from rapport.domain.text import visible
from rapport.domain.views import Choice, ConflictCase, RecordConflict, SettledConflict
from rapport.language import tr, trn
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.models.entry_list_model import EntryListModel, EntryWords, Header
from rapport.ui.panes.activity.conflict_entry import ConflictEntry
from rapport.ui.panes.activity.entries_view import GroupedEntries
from rapport.ui.panes.activity.settled_entry import settled_words
from rapport.ui.panes.activity.words import Words, record_words
from rapport.ui.panes.first_keys import FirstKeys
from rapport.ui.widgets.labels import Label, Rule
from rapport.ui.widgets.states import EmptyState, ErrorState, Skeleton
from rapport.ui.wording import count

_DELAY_MS = 60
_SYNC_DELAY_MS = 300

Row = RecordConflict | tuple[SettledConflict, ...]
"""What waits, or what was decided about one record at once."""


class ConflictsView(FirstKeys):
    entry: ConflictEntry

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("conflicts-view")
        self._workspace, self._context = workspace, context
        self._words = Words(workspace)
        self._slot = f"conflicts-{id(self)}"
        self._rows: list[Header | Row] = []
        self._chosen: object = None
        self._wanted: Id = ""
        self._place = 0
        self.model: EntryListModel[Row] = EntryListModel(self._describe, self)
        self.view = GroupedEntries(tr("Conflicts"), self)
        self.view.setObjectName("conflict-list")
        self.view.setModel(self.model)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.entry = ConflictEntry(workspace, context, self)
        self.entry.left.connect(self.step)
        self.empty = EmptyState(
            "check", tr("Nothing to decide: both sides agree, or could be merged."), parent=self
        )
        self.skeleton = Skeleton(self)
        self.error: ErrorState | None = None
        self._build()
        self._stale = False
        """Something happened while the tab was not seen."""
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._refresh)
        end: Callable[[], None] = workspace.feed.subscribe(self._heard)
        self.destroyed.connect(lambda: end())
        context.theme.changed.connect(self._dress)
        self._dress()
        self.skeleton.start()
        self._refresh()

    def _build(self) -> None:
        left = self._left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(Rule(left))
        self._note = QVBoxLayout()
        words = tr("Settled conflicts stay here for 30 days and can be reverted.")
        self._note.addWidget(Label(words, left, role="muted", wrap=True))
        column.addLayout(self._note)
        self._split = QSplitter(self)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(left)
        self._split.addWidget(self.entry)
        self._split.setStretchFactor(1, 1)
        self._pages = QStackedWidget(self)
        for page in (self._split, self.empty, self.skeleton):
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(self.skeleton)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._pages)
        for part in (self, left, self.view, self.entry):
            part.setBackgroundRole(QPalette.ColorRole.Base)

    # What the page asks.

    def step(self, by: int) -> None:
        """Go to the next record, or the previous one."""
        row = self.model.next_row(self.view.currentIndex().row() + by, by)
        if row >= 0:
            self.view.choose(row)

    def show_contact(self, contact_id: Id) -> None:
        """Choose what there is to decide about a contact, as soon as it is read."""
        self._wanted = contact_id
        self._choose_wanted()

    # Reading.

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

    def _refresh(self) -> None:
        self._again.stop()
        self._stale = False
        self._context.runner.start(self._read, slot=self._slot)

    async def _read(self) -> None:
        try:
            waiting = await self._workspace.queries.conflicts()
            settled = await self._workspace.queries.settled_conflicts()
        except RapportError as error:
            self._fail(error)
            return
        self.skeleton.stop()
        rows: list[Header | Row] = []
        if waiting:
            rows += [Header(tr("To decide"), len(waiting)), *waiting]
        groups = together(settled)
        if groups:
            rows += [Header(tr("Settled"), len(groups)), *groups]
        self._show(rows)

    def _fail(self, error: RapportError) -> None:
        self.skeleton.stop()
        if self.error is not None:
            self._pages.removeWidget(self.error)
            self.error.deleteLater()
        self.error = ErrorState(tr("The conflicts could not be read."), str(error), self)
        self.error.retried.connect(self._refresh)
        self._pages.addWidget(self.error)
        self._pages.setCurrentWidget(self.error)

    def _show(self, rows: list[Header | Row]) -> None:
        self._pages.setCurrentWidget(self._split if rows else self.empty)
        if rows != self._rows:
            self._rows = rows
            self.view.show_rows(
                self.model, rows, lambda row: _key(row) == self._chosen, self._place
            )
        self._choose_wanted()

    def _choose_wanted(self) -> None:
        if not self._wanted:
            return
        wanted = self._wanted
        row = self.model.row_where(
            lambda row: isinstance(row, RecordConflict) and row.contact_id == wanted
        )
        if row >= 0:
            self._wanted = ""
            self.view.choose(row)
            self.view.setFocus()

    def _current_changed(self) -> None:
        at = self.view.currentIndex().row()
        row = self.model.item(at)
        if row is None:
            return
        self._chosen, self._place = _key(row), at
        if isinstance(row, RecordConflict):
            self.entry.show_conflict(row)
        else:
            self.entry.show_settled(row)

    # Words.

    def _describe(self, row: Row) -> EntryWords:
        if isinstance(row, RecordConflict):
            return EntryWords(
                id=row.ref.id,
                seed=row.contact_seed,
                name=visible(row.contact_name),
                time=self._words.short_moment(row.at),
                icon="alert",
                colour="warning",
                text=self._difference(row),
                state=tr("needs a decision"),
            )
        first = row[0]
        return EntryWords(
            id=str(first.id),
            seed=first.contact_seed,
            name=visible(first.contact_name),
            time=self._words.short_moment(first.at),
            icon="merge" if first.choice is Choice.MERGED else "check",
            colour="success",
            text=settled_words(self._words, row),
            state=tr("settled"),
        )

    def _difference(self, row: RecordConflict) -> str:
        about = record_words(row.ref, row.subject)
        if row.case is ConflictCase.GONE:
            what = tr("deleted in the CRM") if about else tr("Deleted in the CRM")
        elif row.case is ConflictCase.DELETED:
            what = tr("deleted here, changed there") if about else tr("Deleted here, changed there")
        elif len(row.fields) == 1:
            what = self._words.field(row.ref.kind, row.fields[0].field)
        else:
            what = trn("{n} field differs", "{n} fields differ", len(row.fields)).format(
                n=count(len(row.fields))
            )
        if row.merged:
            merged = trn("{n} merged", "{n} merged", len(row.merged)).format(
                n=count(len(row.merged))
            )
            what = tr(", ").join((what, merged))
        return tr("{field}: {value}").format(field=about, value=what) if about else what

    def _dress(self) -> None:
        px = self._context.theme.type.px
        self._note.setContentsMargins(px(16), px(12), px(16), px(12))
        self._left.setMinimumWidth(px(240))
        self.entry.setMinimumWidth(px(480))
        if not self._placed:
            self._placed = True
            self._split.setSizes([px(320), px(740)])

    _placed = False


def _key(row: Row) -> object:
    return row.ref if isinstance(row, RecordConflict) else row[0].id


def together(settled: list[SettledConflict]) -> list[tuple[SettledConflict, ...]]:
    """Fields of one record that were decided at once."""
    groups: dict[object, list[SettledConflict]] = {}
    for one in settled:
        groups.setdefault((one.ref, one.at, one.undo_id), []).append(one)
    return [tuple(group) for group in groups.values()]
