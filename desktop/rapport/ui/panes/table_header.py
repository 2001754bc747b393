"""The head of the table of contacts: what each column is, how wide, and which one sorts.

A section is clicked to sort, dragged to another place, its edge dragged to a width. The same by
keys: *Sort the list* and *Choose columns* (``columns_dialog``).
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from rapport.domain.settings import ColumnWidth
from rapport.language import tr
from rapport.ui.columns import LEAST_WIDTH, MOST_WIDTH, NAME, Column, title
from rapport.ui.delegates.contact_table_row import PADDING
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.widgets.base import is_rtl

_KEEP_AFTER_MS = 300


class _Titles(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()

    def show(self, columns: Sequence[Column]) -> None:
        self.beginResetModel()
        self.columns = tuple(columns)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0

    def columnCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self.columns)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> str | None:
        if role == Qt.ItemDataRole.DisplayRole and 0 <= section < len(self.columns):
            return title(self.columns[section])
        return None


class TableHeader(QHeaderView):
    changed = Signal(tuple)
    """The columns as a person arranged them: :class:`ColumnWidth` in their order."""
    arranged = Signal()
    """A width or the order differs, while it is dragged."""
    sort_wanted = Signal(str)
    """The id of the column that was clicked."""
    menu_wanted = Signal(QPoint, str)
    """Where, in pixels of the screen, and over which column."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._titles = _Titles(self)
        self._sorted, self._down = "", False
        self._filling = False
        self.setObjectName("table-header")
        self.setAccessibleName(tr("Columns"))
        self.setModel(self._titles)
        self.setSectionsMovable(True)
        self.setFirstSectionMovable(False)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer)
        self._keep = QTimer(self, singleShot=True, interval=_KEEP_AFTER_MS)
        self._keep.timeout.connect(lambda: self.changed.emit(self.arrangement()))
        self.sectionClicked.connect(self._clicked)
        self.sectionResized.connect(lambda *_: self._rearranged())
        self.sectionMoved.connect(lambda *_: self._rearranged())
        current_theme().changed.connect(self._dress)
        self._dress()

    def show_columns(self, columns: Sequence[tuple[Column, int]]) -> None:
        """Columns in their order, with their widths in design pixels."""
        if self.arrangement() == _arrangement(columns):
            return
        px = current_theme().type.px
        self._filling = True
        self._titles.show([column for column, _ in columns])
        for section, (_, width) in enumerate(columns):
            self.resizeSection(section, px(width))
        self._filling = False
        self.arranged.emit()

    def show_sort(self, column_id: str, *, down: bool) -> None:
        if (column_id, down) != (self._sorted, self._down):
            self._sorted, self._down = column_id, down
            self.viewport().update()

    def columns(self) -> list[tuple[Column, int]]:
        """In the order they stand in, with their widths in pixels."""
        logical = [self.logicalIndex(place) for place in range(self.count())]
        return [(self._titles.columns[one], self.sectionSize(one)) for one in logical]

    def arrangement(self) -> tuple[ColumnWidth, ...]:
        scale = current_theme().type.px(1000) / 1000
        return tuple(
            ColumnWidth(id=column.id, width=round(width / scale))
            for column, width in self.columns()
        )

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        theme = current_theme()
        tokens, type_, px = theme.tokens, theme.type, theme.type.px
        column, area, flipped = self._titles.columns[logicalIndex], QRectF(rect), is_rtl(self)
        painter.fillRect(area, QColor(tokens.surface))
        line = QRectF(area.right() - 1, area.top() + px(7), 1, area.height() - px(14))
        painter.fillRect(mirrored(line, area, flipped), QColor(tokens.divider))
        painter.fillRect(
            QRectF(area.left(), area.bottom() - 1, area.width(), 1), QColor(tokens.divider)
        )
        sorts = column.id == self._sorted
        room = area.width() - px(PADDING) - px(6) - (px(16) if sorts else 0)
        weight = SEMIBOLD if sorts else REGULAR
        run = Run(title(column), type_.font(TextSize.CAPTION, weight), room)
        spot = QRectF(area.left() + px(PADDING), area.top(), run.width, area.height())
        painter.setPen(QColor(tokens.text if sorts else tokens.muted))
        baseline = baseline_in(area.top(), area.height(), type_.metrics(TextSize.CAPTION, weight))
        run.draw(painter, mirrored(spot, area, flipped).left(), baseline)
        if sorts:
            side = px(12)
            x, y = spot.right() + px(4), area.center().y() - side / 2
            arrow = mirrored(QRectF(x, y, side, side), area, flipped)
            painter.save()
            if not self._down:
                painter.translate(arrow.center())
                painter.rotate(180)
                painter.translate(-arrow.center())
            draw_icon(painter, "down", arrow, tokens.text)
            painter.restore()

    def _clicked(self, section: int) -> None:
        column = self._titles.columns[section]
        if column.sort is not None:
            self.sort_wanted.emit(column.id)

    def _offer(self, where: QPoint) -> None:
        section = self.logicalIndexAt(where)
        over = self._titles.columns[section].id if section >= 0 else NAME
        self.menu_wanted.emit(self.viewport().mapToGlobal(where), over)

    def _rearranged(self) -> None:
        if not self._filling:
            self._keep.start()
            self.arranged.emit()

    def _dress(self) -> None:
        type_ = current_theme().type
        self.setMinimumSectionSize(type_.px(LEAST_WIDTH))
        self.setMaximumSectionSize(type_.px(MOST_WIDTH))
        self.setFixedHeight(type_.px(32))
        self.viewport().update()


def _arrangement(columns: Sequence[tuple[Column, int]]) -> tuple[ColumnWidth, ...]:
    return tuple(ColumnWidth(id=column.id, width=width) for column, width in columns)
