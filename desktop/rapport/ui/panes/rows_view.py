"""A list of rows of one height, or a grid of cards of one size, as quick with a million of them.

``QListView`` walks through all its rows whenever it lays itself out, which takes 60 ms at 20,000
and grows with the list. Rows of one height need no layout: everything is a multiplication.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QHoverEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
)
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem, QWidget

from rapport.ui.delegates.row import RowDelegate, dress_list
from rapport.ui.marks import Marking
from rapport.ui.widgets.overlaid_list import OverlaidList

AnyIndex = QModelIndex | QPersistentModelIndex
_Action = QListView.CursorAction
_State = QStyle.StateFlag


@dataclass(frozen=True, slots=True)
class Cells:
    """How rows stand in the view, in pixels. ``least_width`` above 0 puts as many beside each other
    as there is room for, ``gap`` apart; ``whole_width`` above 0 lets a row be wider than the view,
    which then scrolls sideways."""

    height: int
    least_width: int = 0
    gap: int = 0
    whole_width: int = 0


class RowsView(OverlaidList):
    """One chosen row, and any number of marked ones; one column, no wrapping; letters are the
    window's shortcuts."""

    opened = Signal()
    """Enter was pressed."""
    scrolled_across = Signal(int)
    """So many pixels from the start edge."""

    def __init__(self, delegate: RowDelegate, row_height: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._cells = Cells(row_height)
        self._hovered = -1
        self.marking: Marking | None = None
        """Where rows can be marked: what keys and mouse do to the marks."""
        dress_list(self, delegate)

    def set_row_height(self, height: int) -> None:
        """Lay out anew; the scroll position is the caller's to restore."""
        self.set_cells(Cells(height))

    def set_cells(self, cells: Cells) -> None:
        """The same for any arrangement."""
        self._cells = cells
        wide = cells.whole_width > 0
        self.setHorizontalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAsNeeded if wide else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        )
        self.doItemsLayout()

    # Geometry.

    @property
    def beside(self) -> int:
        """How many stand beside each other."""
        cells = self._cells
        if not cells.least_width:
            return 1
        room = self._room() - cells.gap
        return max(1, room // (cells.least_width + cells.gap))

    def _room(self) -> int:
        """The width that rows can take: of cards what the scroll bar leaves."""
        margins = self.viewportMargins()
        spare = -(margins.left() + margins.right()) if self._cells.least_width else 0
        return self.viewport().width() - spare

    @property
    def _line(self) -> int:
        return self._cells.height + self._cells.gap

    def top_row(self) -> tuple[int, int]:
        """The row at the top of the view, and how many pixels of it have been scrolled away."""
        line, offset = divmod(self.verticalOffset(), self._line)
        return line * self.beside, offset

    def scroll_to_top_row(self, row: int, offset: int) -> None:
        """The inverse of :meth:`top_row`."""
        self.verticalScrollBar().setValue(row // self.beside * self._line + offset)

    def visualRect(self, index: AnyIndex) -> QRect:
        if not index.isValid():
            return QRect()
        cells, beside = self._cells, self.beside
        line, place = divmod(index.row(), beside)
        top = line * self._line + cells.gap - self.verticalOffset()
        if not cells.least_width:
            width = max(self.viewport().width(), cells.whole_width)
            left = -self.horizontalOffset()
            if self.isRightToLeft():
                left = self.viewport().width() - width + self.horizontalOffset()
            return QRect(left, top, width, cells.height)
        room = self._room()
        width = (room - cells.gap * (beside + 1)) // beside
        left = cells.gap + place * (width + cells.gap)
        if self.isRightToLeft():
            left = self.viewport().width() - left - width
        return QRect(left, top, width, cells.height)

    def indexAt(self, point: QPoint) -> QModelIndex:
        inside = 0 <= point.x() < self.viewport().width()
        line = (point.y() + self.verticalOffset()) // self._line
        for row in range(line * self.beside, (line + 1) * self.beside):
            if inside and 0 <= row < self._rows():
                index = self.model().index(row, 0)
                if self.visualRect(index).contains(point):
                    return index
        return QModelIndex()

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return self.horizontalScrollBar().value() if self._cells.whole_width else 0

    def isIndexHidden(self, index: AnyIndex) -> bool:
        return False

    def scrollTo(
        self, index: AnyIndex, hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        bar, room = self.verticalScrollBar(), self.viewport().height()
        height = self._line + self._cells.gap
        top = index.row() // self.beside * self._line
        match hint:
            case QListView.ScrollHint.PositionAtTop:
                bar.setValue(top)
            case QListView.ScrollHint.PositionAtCenter:
                bar.setValue(top - (room - height) // 2)
            case QListView.ScrollHint.PositionAtBottom:
                bar.setValue(top + height - room)
            case _:
                bar.setValue(min(max(bar.value(), top + height - room), top))

    def doItemsLayout(self) -> None:
        self.updateGeometries()
        self.viewport().update()

    def updateGeometries(self) -> None:
        room = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(room)
        lines = -(-self._rows() // self.beside)
        bar.setRange(0, max(0, lines * self._line + self._cells.gap - room))
        across, width = self.horizontalScrollBar(), self.viewport().width()
        across.setPageStep(width)
        across.setRange(0, max(0, self._cells.whole_width - width))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._hovered = -1
        if dx:
            self.scrolled_across.emit(self.horizontalOffset())
        self.viewport().update()

    def _rows(self) -> int:
        model = self.model()
        return model.rowCount() if model is not None else 0

    # Choosing.

    def moveCursor(
        self, action: QListView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        rows, row = self._rows(), self.currentIndex().row()
        if not rows:
            return QModelIndex()
        beside = self.beside
        page = max(1, self.viewport().height() // self._line - 1) * beside
        aside = 0 if beside == 1 else -1 if self.isRightToLeft() else 1
        steps = {
            _Action.MoveUp: -beside,
            _Action.MovePrevious: -1,
            _Action.MoveDown: beside,
            _Action.MoveNext: 1,
            _Action.MoveLeft: -aside,
            _Action.MoveRight: aside,
            _Action.MovePageUp: -page,
            _Action.MovePageDown: page,
            _Action.MoveHome: -rows,
            _Action.MoveEnd: rows,
        }
        if row < 0:  # no row yet: every way leads to the first, but the one to the end
            row = rows - 1 if action is _Action.MoveEnd else 0
        else:
            step = steps.get(action, 0)
            if beside > 1 and abs(step) == beside and not 0 <= row + step < rows:
                step = 0  # no card above or below: the corner would be somewhere else
            row += step
        return self.model().index(min(max(row, 0), rows - 1), 0)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        index = self.indexAt(rect.topLeft())
        selection = QItemSelection(index, index) if index.isValid() else QItemSelection()
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        region = QRegion()
        for part in selection.toList():
            first = self.visualRect(part.topLeft())
            region += first.united(self.visualRect(part.bottomRight()))
        return region & QRegion(self.viewport().rect())

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        before = self.currentIndex().row()
        super().keyPressEvent(event)
        if self.marking is not None:
            self.marking.moved(event, before, self.currentIndex().row())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index, current = self.indexAt(event.position().toPoint()), self.currentIndex().row()
        if (
            self.marking is not None
            and event.button() is Qt.MouseButton.LeftButton
            and self.marking.click(index.row(), current, event.modifiers())
        ):
            self.setCurrentIndex(index)
            return
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Choose the first row when the keyboard comes to a list without a chosen one.

        Qt makes that row current whatever brought the focus: a click on another row would open
        two records, one after the other.
        """
        if self.currentIndex().isValid():
            super().focusInEvent(event)
            return
        with QSignalBlocker(self.selectionModel()):
            super().focusInEvent(event)
            self.selectionModel().clear()
        tabs = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() in tabs:
            self.setCurrentIndex(self.model().index(0, 0))

    # Painting.

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHoverEvent):
            leaving = event.type() == QEvent.Type.HoverLeave
            self._hover(-1 if leaving else self.indexAt(event.position().toPoint()).row())
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            for changed in (row, self._hovered):
                if changed >= 0:
                    self.viewport().update(self.visualRect(self.model().index(changed, 0)))
            self._hovered = row

    def paintEvent(self, event: QPaintEvent) -> None:
        rows = self._rows()
        if not rows:
            return
        painter = QPainter(self.viewport())
        area, offset = event.rect(), self.verticalOffset()
        beside = self.beside
        first = max(0, (area.top() + offset) // self._line) * beside
        last = min(rows - 1, ((area.bottom() + offset) // self._line + 1) * beside - 1)
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        marks = (
            _State.State_HasFocus | _State.State_Selected | _State.State_MouseOver | _State.State_On
        )
        plain, focused = option.state & ~marks, self.hasFocus()
        current, selection, model = self.currentIndex().row(), self.selectionModel(), self.model()
        delegate = self.itemDelegate()
        for row in range(first, last + 1):
            index = model.index(row, 0)
            option.rect = self.visualRect(index)
            option.state = plain
            marked = self.marking is not None and self.marking.is_marked(row)
            if marked:
                option.state |= _State.State_On
            if marked or selection.isSelected(index):
                option.state |= _State.State_Selected
            if row == self._hovered:
                option.state |= _State.State_MouseOver
            if focused and row == current:
                option.state |= _State.State_HasFocus
            delegate.paint(painter, option, index)
        painter.end()
