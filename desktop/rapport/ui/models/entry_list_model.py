"""Rows of things that wait or were decided, under their headers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from rapport.language import tr
from rapport.ui.look.text import plain_tip
from rapport.ui.roles import EntryRole, RowKind
from rapport.ui.wording import count

AnyIndex = QModelIndex | QPersistentModelIndex
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Header:
    title: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWords:
    """What a row says; ``state`` is spoken where the icon says it to the eye."""

    id: str
    seed: str
    name: str
    time: str
    icon: str
    colour: str
    text: str
    state: str = ""


class EntryListModel(QAbstractListModel, Generic[T]):
    """``describe`` is asked for a row when it is first seen."""

    def __init__(self, describe: Callable[[T], EntryWords], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._describe = describe
        self._rows: list[Header | T] = []
        self._words: dict[int, EntryWords] = {}

    def show(self, rows: Sequence[Header | T]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self._words.clear()
        self.endResetModel()

    def item(self, row: int) -> T | None:
        """None for a header, or where there is no such row."""
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        return None if isinstance(found, Header) else found

    def row_where(self, wanted: Callable[[T], bool]) -> int:
        """The first row of which ``wanted`` is true; -1 for none."""
        for row, item in enumerate(self._rows):
            if not isinstance(item, Header) and wanted(item):
                return row
        return -1

    def next_row(self, row: int, step: int = 1) -> int:
        """The nearest row from ``row`` on, in steps, that is no header; -1 for none."""
        while 0 <= row < len(self._rows):
            if self.item(row) is not None:
                return row
            row += step
        return -1

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if self.item(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        row = index.row()
        if not 0 <= row < len(self._rows):
            return None
        found = self._rows[row]
        if isinstance(found, Header):
            return _of_header(found, role)
        words = self._words.get(row)
        if words is None:
            words = self._words[row] = self._describe(found)
        return _of_entry(words, role)


def _of_header(header: Header, role: int) -> Any:
    match role:
        case EntryRole.KIND:
            return RowKind.HEADER
        case EntryRole.NAME | Qt.ItemDataRole.DisplayRole:
            return header.title
        case EntryRole.COUNT:
            return count(header.number)
        case Qt.ItemDataRole.AccessibleTextRole:
            return f"{header.title}, {count(header.number)}"
    return None


def _of_entry(words: EntryWords, role: int) -> Any:
    match role:
        case EntryRole.KIND:
            return RowKind.ITEM
        case EntryRole.ID:
            return words.id
        case EntryRole.SEED_ID:
            return words.seed
        case EntryRole.NAME | Qt.ItemDataRole.DisplayRole:
            return words.name
        case EntryRole.TIME:
            return words.time
        case EntryRole.ICON:
            return words.icon
        case EntryRole.ICON_COLOUR:
            return words.colour
        case EntryRole.TEXT:
            return words.text
        case Qt.ItemDataRole.AccessibleTextRole:
            return tr(", ").join(filter(None, (words.name, words.state, words.text, words.time)))
        case Qt.ItemDataRole.ToolTipRole:
            return plain_tip(words.text)
    return None
