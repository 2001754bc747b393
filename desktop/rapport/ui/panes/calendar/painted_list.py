"""A list that is painted as one picture: its rows are where the layout puts them.

To Qt it is a list, since screen readers are told of the rows of lists, tables and trees only;
nothing of how a list arranges its rows is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPalette, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QToolTip, QWidget

from rapport.ui.look.text import plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import Type
from rapport.ui.panes.calendar.blocks import forget_pictures
from rapport.ui.panes.calendar.model import SLOT, AgendaModel
from rapport.ui.widgets.base import is_rtl


@dataclass(frozen=True, slots=True)
class Box:
    """Where a part of an entry is drawn, left to right and without scrolling."""

    row: int
    rect: QRectF
    line: bool
    """One line high, as in a month and above the hours."""
    last: bool = True
    """The entry ends here: this edge can be dragged."""


class PaintedList(QListView):
    """Positions are left to right in the layout and mirrored where they are shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.agenda = AgendaModel(self)
        self.setModel(self.agenda)
        self.boxes: list[Box] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        current_theme().changed.connect(self._restyle)

    # What the subclass does.

    def lay_out(self) -> list[Box]:
        """Where every part of every entry is."""
        raise NotImplementedError

    def paint(self, painter: QPainter) -> None:
        raise NotImplementedError

    def slot_rect(self) -> QRectF:
        raise NotImplementedError

    # Layout.

    @property
    def type(self) -> Type:
        return current_theme().type

    @property
    def flipped(self) -> bool:
        return is_rtl(self)

    def relayout(self) -> None:
        self.boxes = self.lay_out()
        self.viewport().update()

    def across(self, rect: QRectF) -> QRectF:
        """A rectangle of the layout where it is seen in a right-to-left window, and back."""
        if not self.flipped:
            return rect
        return QRectF(self.viewport().width() - rect.right(), rect.y(), rect.width(), rect.height())

    def back(self, spot: QPoint) -> QPointF:
        x = self.viewport().width() - spot.x() if self.flipped else spot.x()
        return QPointF(x, spot.y())

    def _restyle(self) -> None:
        forget_pictures()
        self.relayout()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.relayout()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self.relayout()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(current_theme().tokens.surface))
        self.paint(painter)

    # What Qt asks of an item view.

    def visualRect(self, index: QModelIndex | QPersistentModelIndex) -> QRect:
        if index.row() == SLOT:
            return self.across(self.slot_rect()).toRect()
        for box in self.boxes:
            if box.row == index.row():
                return self.across(box.rect).toRect()
        return QRect()

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        return

    def indexAt(self, point: QPoint) -> QModelIndex:
        row = self.row_at(self.back(point))
        return self.agenda.index(row) if row != SLOT else QModelIndex()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        return self.currentIndex()

    def updateGeometries(self) -> None:
        return

    def doItemsLayout(self) -> None:
        return

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: QModelIndex | QPersistentModelIndex) -> bool:
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        return

    def visualRegionForSelection(self, selection: object) -> QRegion:
        return QRegion(self.viewport().rect())

    def keyboardSearch(self, search: str) -> None:
        return

    def row_at(self, spot: QPointF) -> int:
        return next((box.row for box in reversed(self.boxes) if box.rect.contains(spot)), SLOT)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            entry = self.agenda.entry(self.row_at(self.back(event.pos())))
            if entry is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(
                    event.globalPos(), plain_tip(entry.spoken(self.agenda.zone)), self
                )
            return True
        return super().viewportEvent(event)
