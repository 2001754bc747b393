"""The list at the start of a tab and what was chosen from it beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.ui.delegates.entry_row import EntryRowDelegate, row_height
from rapport.ui.delegates.row import dress_list
from rapport.ui.look.theme import current_theme
from rapport.ui.models.entry_list_model import EntryListModel, Header
from rapport.ui.panes.rows_view import RowsView
from rapport.ui.panes.today.task_view import TaskView

T = TypeVar("T")


def _is_letter(event: QKeyEvent) -> bool:
    """A bare letter or digit is the tab’s key, not the list’s."""
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
    return plain and len(event.text()) == 1 and event.text().isalnum()


class EntryRows(RowsView):
    """Rows of one height, as many as there are."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(EntryRowDelegate(), row_height(), parent)
        self.itemDelegate().setParent(self)
        self.setAccessibleName(name)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        current_theme().changed.connect(self._fit)

    def _fit(self) -> None:
        self.set_row_height(row_height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_letter(event):
            event.ignore()
            return
        super().keyPressEvent(event)

    def choose(self, row: int) -> None:
        choose_row(self, row)


class GroupedEntries(TaskView):
    """Rows under headers."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        dress_list(self, EntryRowDelegate(self), uniform=False)
        self.setAccessibleName(name)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        current_theme().changed.connect(self.doItemsLayout)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if _is_letter(event):
            event.ignore()
            return
        super().keyPressEvent(event)

    def choose(self, row: int) -> None:
        choose_row(self, row)

    def show_rows(
        self,
        model: EntryListModel[T],
        rows: Sequence[Header | T],
        chosen: Callable[[T], bool],
        place: int,
    ) -> None:
        """Show other rows and stay at the one that is ``chosen``; where it is gone, at its
        ``place``."""
        focused = self.hasFocus()
        model.show(rows)
        row = model.row_where(chosen)
        if row < 0:
            row = model.next_row(min(place, max(0, len(rows) - 1)))
        if row < 0:
            row = model.next_row(0)
        if row >= 0:
            self.choose(row)
        if focused:
            self.setFocus()


def choose_row(view: RowsView | TaskView, row: int) -> None:
    index = view.model().index(row, 0)
    flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
    view.selectionModel().setCurrentIndex(index, flag)
    view.scrollTo(index)


def column_of(parent: QWidget, *, margins: bool = False) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    inset = current_theme().type.px(20) if margins else 0
    column.setContentsMargins(inset, inset, inset, inset)
    column.setSpacing(current_theme().type.px(12) if margins else 0)
    return column
