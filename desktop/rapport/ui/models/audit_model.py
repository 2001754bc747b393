"""The audit log as rows: days and their entries, as quick with a hundred thousand as with ten.

Held are the ids of what the filter lets through, and the entries around what is looked at.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from rapport.domain.audit import AuditEntry, AuditFilter, AuditGroup
from rapport.domain.changes import ChangeEvent
from rapport.domain.errors import RapportError
from rapport.domain.titles import title_words
from rapport.language import tr
from rapport.ui.panes.activity.audit import words
from rapport.ui.panes.detail.entries import day_title
from rapport.ui.roles import AuditRole, RowKind
from rapport.ui.runner import Runner
from rapport.ui.wording import clock_time

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_AROUND = 60
_KEPT = 2000
_OWN_DELAY_MS = 40
_SYNC_DELAY_MS = 400

AnyIndex = QModelIndex | QPersistentModelIndex


class AuditModel(QAbstractListModel):
    """Lives on the window's thread, under the window's asyncio loop."""

    answered = Signal(bool)
    """The rows of a filter are there; True when the filter is another one."""
    failed = Signal(object)
    read = Signal()
    """Entries were read that a row waited for."""

    def __init__(self, workspace: Workspace, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._runner = runner
        self._slot = f"audit-{id(self)}"
        self.wanted = AuditFilter()
        self._ids: array[int] = array("q")
        self._days: tuple[tuple[int, date], ...] = ()
        self._headers: list[int] = []
        """The row of each day's header."""
        self._entries: OrderedDict[int, AuditEntry] = OrderedDict()
        self._stale: set[int] = set()
        self._missing: set[int] = set()
        self._new = True
        self._watched = True
        self._due = False
        self._fetch = QTimer(self, singleShot=True, interval=0)
        self._fetch.timeout.connect(self._read_missing)
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self.refresh)
        self._unsubscribe: Callable[[], None] = workspace.feed.subscribe(self._heard)

    # What Qt asks.

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return len(self._ids) + len(self._headers)

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = index.row()
        if not 0 <= row < self.rowCount():
            return None
        day = bisect_right(self._headers, row) - 1
        if self._headers[day] == row:
            return self._of_day(self._days[day][1], role)
        entry = self._entry_in(row, day)
        return self._of_entry(entry, role) if entry is not None else self._unread(role)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if index.isValid() and index.row() in self._headers_near(index.row()):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def _headers_near(self, row: int) -> tuple[int, ...]:
        at = bisect_left(self._headers, row)
        return (self._headers[at],) if at < len(self._headers) else ()

    def _of_day(self, day: date, role: int) -> Any:
        today = self._workspace.clock.now().astimezone(self._workspace.clock.zone()).date()
        match role:
            case AuditRole.KIND:
                return RowKind.HEADER
            case AuditRole.TITLE | Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return day_title(day, today)
        return None

    def _unread(self, role: int) -> Any:
        match role:
            case AuditRole.KIND:
                return RowKind.ITEM
            case AuditRole.LOADED:
                return False
            case Qt.ItemDataRole.AccessibleTextRole:
                return "…"
        return None

    def _of_entry(self, entry: AuditEntry, role: int) -> Any:
        group = self.group_of(entry)
        match role:
            case AuditRole.KIND:
                return RowKind.ITEM
            case AuditRole.LOADED:
                return True
            case AuditRole.TITLE | Qt.ItemDataRole.DisplayRole:
                return title_words(group.title if group else entry.title)
            case AuditRole.RECORD:
                return words.group_size(group) if group else words.record(entry)
            case AuditRole.WHO:
                return words.who(entry, self._workspace)
            case AuditRole.TIME:
                return clock_time(entry.at, self._workspace.clock.zone())
            case AuditRole.ICON:
                return words.icon_of(entry)
            case AuditRole.PENDING:
                return entry.waiting and not (entry.reply and entry.reply.text)
            case AuditRole.REFUSED:
                return entry.reply is not None and bool(entry.reply.text)
            case Qt.ItemDataRole.AccessibleTextRole:
                parts = [
                    title_words(group.title if group else entry.title),
                    words.group_size(group) if group else words.record(entry),
                    words.who(entry, self._workspace),
                    clock_time(entry.at, self._workspace.clock.zone()),
                    words.reply_words(entry.reply) if entry.reply and entry.reply.text else "",
                ]
                return tr(", ").join(part for part in parts if part)
        return None

    # What the pane asks.

    @property
    def grouped(self) -> bool:
        """Whether many edits made as one are one row: not where single ones are looked for."""
        return not (self.wanted.contact_id or self.wanted.text or self.wanted.group)

    def group_of(self, entry: AuditEntry) -> AuditGroup | None:
        """What the entry's row stands for, where that is more than the entry."""
        return entry.group if self.grouped else None

    @property
    def total(self) -> int:
        """How many entries the filter lets through."""
        return len(self._ids)

    def entry_at(self, row: int) -> AuditEntry | None:
        """The entry in a row; None for a day, and while it has not been read."""
        if not 0 <= row < self.rowCount():
            return None
        day = bisect_right(self._headers, row) - 1
        return None if self._headers[day] == row else self._entry_in(row, day)

    def id_at(self, row: int) -> int | None:
        if not 0 <= row < self.rowCount():
            return None
        day = bisect_right(self._headers, row) - 1
        return None if self._headers[day] == row else self._ids[row - day - 1]

    def row_of(self, id: int) -> int:
        """The row of an entry, -1 where the filter keeps it out."""
        at = bisect_left(self._ids, -id, key=lambda one: -one)  # newest first
        if at >= len(self._ids) or self._ids[at] != id:
            return -1
        return self._row_at(at)

    def _row_at(self, at: int) -> int:
        """The row of an entry by its place among all, below the headers of the days before."""
        return at + bisect_right(self._days, at, key=lambda day: day[0])

    def show(self, wanted: AuditFilter) -> None:
        self.wanted = wanted
        self._new = True
        self.refresh()

    def refresh(self) -> None:
        self._again.stop()
        self._due = False
        self._runner.start(self._answer, slot=self._slot)

    def watch(self, watched: bool) -> None:
        """Whether anybody looks: else what is new is read when somebody does."""
        self._watched = watched
        if watched and self._due:
            self.refresh()

    def close(self) -> None:
        """Stop listening; the model must not be used afterwards."""
        self._unsubscribe()
        self._again.stop()
        self._fetch.stop()
        self._runner.cancel(self._slot)
        self._runner.cancel(f"{self._slot}-entries")

    # Asking.

    async def _answer(self) -> None:
        try:
            index = await self._workspace.audit.index(self.wanted, grouped=self.grouped)
        except RapportError as error:
            self.failed.emit(error)
            return
        new, self._new = self._new, False
        self.beginResetModel()
        self._ids, self._days = index.ids, index.days
        self._headers = [start + number for number, (start, _) in enumerate(index.days)]
        self.endResetModel()
        self._stale = set(self._entries)
        self.answered.emit(new)

    def _entry_in(self, row: int, day: int) -> AuditEntry | None:
        id = self._ids[row - day - 1]
        entry = self._entries.get(id)
        if entry is None or id in self._stale:
            self._missing.add(row - day - 1)
            if not self._fetch.isActive():
                self._fetch.start()
        return entry

    def _read_missing(self) -> None:
        self._runner.start(self._read, slot=f"{self._slot}-entries")

    async def _read(self) -> None:
        missing, self._missing = self._missing, set()
        if not missing:
            return
        first = max(0, min(missing) - _AROUND)
        last = min(len(self._ids), max(missing) + _AROUND + 1)
        if last - first > 6 * _AROUND:  # rows far apart: the ones asked for last are looked at
            first, last = max(0, max(missing) - 3 * _AROUND), last
        ids = [id for id in self._ids[first:last] if id not in self._entries or id in self._stale]
        for entry in await self._workspace.audit.entries(ids):
            self._entries[entry.id] = entry
            self._entries.move_to_end(entry.id)
        self._stale.difference_update(ids)
        while len(self._entries) > _KEPT:
            gone, _ = self._entries.popitem(last=False)
            self._stale.discard(gone)
        last = min(last, len(self._ids))
        if first < last:
            self.dataChanged.emit(
                self.index(self._row_at(first)), self.index(self._row_at(last - 1))
            )
        self.read.emit()

    def _heard(self, event: ChangeEvent) -> None:
        if not (event.changes or event.outbox or event.reference):
            return
        if not self._watched:
            self._due = True
            return
        delay = _SYNC_DELAY_MS if event.can_wait else _OWN_DELAY_MS
        if not self._again.isActive() or self._again.remainingTime() > delay:
            self._again.start(delay)
