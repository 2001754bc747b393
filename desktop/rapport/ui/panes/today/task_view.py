"""The list of tasks: rows of two heights, that can be marked."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from rapport.ui.delegates.task_row import TaskRowDelegate
from rapport.ui.marks import Marking
from rapport.ui.widgets.overlaid_list import OverlaidList


class TaskView(OverlaidList):
    """Letters are the window's shortcuts; they do not search through the rows."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.marking: Marking | None = None

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        if event.key() == Qt.Key.Key_Space:
            # The window's key: the view would toggle the selection with it.
            event.ignore()
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        if self.marking is not None:
            self.marking.moved(event, before, self.currentIndex().row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        spot = event.position()
        index, current = self.indexAt(spot.toPoint()), self.currentIndex().row()
        left = event.button() is Qt.MouseButton.LeftButton
        if self.marking is not None and left and index.isValid():
            if self.marking.is_marked(index.row()) and self._is_on_box(index, spot):
                self.marking.toggle(index.row())
                return
            if self.marking.click(index.row(), current, event.modifiers()):
                self.setCurrentIndex(index)
                return
        super().mousePressEvent(event)

    def _is_on_box(self, index: QModelIndex, spot: QPointF) -> bool:
        """What stands at the circle's place in a marked row is its mark."""
        delegate = self.itemDelegate()
        row = QRectF(self.visualRect(index))
        return isinstance(delegate, TaskRowDelegate) and delegate.is_at_circle(
            row, spot, right_to_left=self.isRightToLeft()
        )
