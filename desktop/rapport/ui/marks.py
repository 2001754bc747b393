"""Rows that are marked, so that something can be done with all of them at once.

A mark belongs to a record, not to a row: lists may be asked anew, sorted and scrolled. Whatever
shows the records (a list, a table, a grid) shares one :class:`Marks`, and hands keys and mouse to a
:class:`Marking`.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

_SHIFT, _CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_MOVES = (
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
)


class Marks(QObject):
    """A set of keys of records: a list's row keys, or ids."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys: set[Hashable] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    @property
    def keys(self) -> frozenset[Hashable]:
        return frozenset(self._keys)

    def set(self, keys: Iterable[Hashable]) -> None:
        wanted = set(keys)
        if wanted != self._keys:
            self._keys = wanted
            self.changed.emit()

    def toggle(self, key: Hashable) -> None:
        self._keys ^= {key}
        self.changed.emit()

    def keep(self, keys: Collection[Hashable]) -> None:
        """Drop the marks of records that are gone: all but these."""
        self.set(self._keys & set(keys))

    def clear(self) -> None:
        self.set(())


class Rows(Protocol):
    """What a model tells of its rows."""

    def mark_key(self, row: int) -> Hashable | None:
        """The key of the record in a row; None for a header, or before it is known."""
        ...

    def row_of_mark(self, key: Hashable) -> int:
        """Where a record stands, -1 where it is not listed."""
        ...


class Marking:
    """What keys and mouse do to the marks of one view.

    As everywhere: Ctrl and a click marks one more, Shift marks all from the anchor to here, a plain
    click ends it. Plain arrows move without marking or unmarking, so that X can mark here and
    there."""

    def __init__(self, marks: Marks, rows: Rows) -> None:
        self.marks = marks
        self._rows = rows
        self._anchor: Hashable | None = None
        self._reached: Hashable | None = None
        """The two ends of the last range."""
        self._before: frozenset[Hashable] = frozenset()
        """The marks that a range is added to while it grows and shrinks."""

    def is_marked(self, row: int) -> bool:
        return bool(self.marks) and self._rows.mark_key(row) in self.marks

    def toggle(self, row: int) -> None:
        """Mark a row, or take its mark away; ranges begin there."""
        key = self._rows.mark_key(row)
        if key is not None:
            self.marks.toggle(key)
            self._begin(key)

    def click(self, row: int, current: int, modifiers: Qt.KeyboardModifier) -> bool:
        """A row was clicked while ``current`` had been the chosen one. Whether that was about
        marks only."""
        key = self._rows.mark_key(row)
        if key is None:
            return False
        if modifiers & _SHIFT:
            self.reach(row, current)
            return True
        if modifiers & _CONTROL:
            chosen = self._rows.mark_key(current)
            if not self.marks and chosen is not None and chosen != key:
                # The chosen row looks selected, and so it is meant.
                self.marks.set((chosen, key))
                self._begin(key)
            else:
                self.toggle(row)
            return True
        self.marks.clear()
        self._begin(key)
        return False

    def moved(self, event: QKeyEvent, before: int, after: int) -> None:
        """A key has moved the chosen row."""
        if event.modifiers() & _SHIFT and event.key() in _MOVES:
            self.reach(after, before)

    def reach(self, row: int, current: int) -> None:
        """Mark all rows from where the range began to ``row``; what was marked before stays."""
        here = self._rows.mark_key(current)
        if here is None or here != self._reached:
            self._begin(here if here is not None else self._rows.mark_key(row))
        anchor = -1 if self._anchor is None else self._rows.row_of_mark(self._anchor)
        first, last = sorted((row, anchor if anchor >= 0 else row))
        found = (self._rows.mark_key(at) for at in range(first, last + 1))
        self.marks.set(self._before | {key for key in found if key is not None})
        self._reached = self._rows.mark_key(row)

    def _begin(self, anchor: Hashable | None) -> None:
        self._anchor = self._reached = anchor
        self._before = self.marks.keys


def announce(widget: QWidget, sentence: str) -> None:
    """Let a screen reader say what has no focus of its own."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, sentence))
