"""What a calendar shows, as a list: a screen reader reads it, and the view paints it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from rapport.domain.records import Id
from rapport.language import tr
from rapport.ui.panes.calendar.entries import Entry, when_words

SLOT = 0
"""The row of the free time that the keyboard is on; the entries follow in their order."""


class AgendaModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.zone: tzinfo = UTC
        self.entries: list[Entry] = []
        self._slot = ""

    def take(self, entries: Sequence[Entry], zone: tzinfo) -> None:
        self.beginResetModel()
        self.entries, self.zone = list(entries), zone
        self.endResetModel()

    def set_slot(self, at: datetime, *, timed: bool) -> None:
        words = when_words(at, self.zone, timed=timed)
        self._slot = tr("{when}, free").format(when=words) if timed else words
        self.dataChanged.emit(self.index(SLOT), self.index(SLOT))

    def entry(self, row: int) -> Entry | None:
        return self.entries[row - 1] if 0 < row <= len(self.entries) else None

    def row_of(self, id: Id) -> int:
        return next((row for row, one in enumerate(self.entries, 1) if one.id == id), SLOT)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries) + 1

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        if not index.isValid() or role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        entry = self.entry(index.row())
        if entry is None:
            return self._slot
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        return entry.spoken(self.zone)
