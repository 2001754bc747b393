"""The locations of an agency, to tick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QWidget

from rapport.domain.settings import InstalledLocation
from rapport.domain.text import fold

_AnyIndex = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class LocationModel(QAbstractListModel):
    """The locations that match the search, and which of all are chosen."""

    choice_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._all: list[InstalledLocation] = []
        self._shown: list[InstalledLocation] = []
        self._chosen: set[str] = set()
        self._wanted: list[str] = []

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def chosen(self) -> tuple[InstalledLocation, ...]:
        """In the order of the agency's list, whether or not the search shows them."""
        return tuple(one for one in self._all if one.id in self._chosen)

    def clear(self) -> None:
        self._all, self._chosen = [], set()
        self._filter()

    def add(self, locations: Sequence[InstalledLocation]) -> None:
        known = {one.id for one in self._all}
        self._all += [one for one in locations if one.id not in known]
        self._filter()

    def search(self, text: str) -> None:
        self._wanted = fold(text).split()
        self._filter()

    def choose(self, ids: Sequence[str]) -> None:
        self._chosen.update(ids)
        self._tell()

    def all_shown_chosen(self) -> bool:
        return bool(self._shown) and all(one.id in self._chosen for one in self._shown)

    def toggle_all_shown(self) -> None:
        """Chooses everything that matches the search, or, where that is so, none of it."""
        ids = {one.id for one in self._shown}
        self._chosen = self._chosen - ids if self.all_shown_chosen() else self._chosen | ids
        self._tell()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: _AnyIndex, role: int = _Role.DisplayRole) -> Any:
        one = self._shown[index.row()]
        if role == _Role.DisplayRole:
            return one.name
        if role == _Role.StatusTipRole:
            return one.address
        if role == _Role.AccessibleTextRole:
            return f"{one.name}, {one.address}" if one.address else one.name
        if role == _Role.CheckStateRole:
            chosen = one.id in self._chosen
            return Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked
        return None

    def flags(self, index: _AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def setData(self, index: _AnyIndex, value: Any, role: int = _Role.EditRole) -> bool:
        if role != _Role.CheckStateRole:
            return False
        one = self._shown[index.row()]
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._chosen.add(one.id)
        else:
            self._chosen.discard(one.id)
        self._tell()
        return True

    def _tell(self) -> None:
        if self._shown:
            last = self.index(len(self._shown) - 1)
            self.dataChanged.emit(self.index(0), last, [_Role.CheckStateRole])
        self.choice_changed.emit()

    def _filter(self) -> None:
        self.beginResetModel()
        self._shown = [
            one
            for one in self._all
            if all(word in fold(f"{one.name} {one.address}") for word in self._wanted)
        ]
        self.endResetModel()
        self.choice_changed.emit()
