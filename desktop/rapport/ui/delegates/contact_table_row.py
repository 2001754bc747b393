"""A row of the table of contacts: one cell for each column."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from rapport.ui.columns import NAME, NEXT_TASK, TAGS, Column
from rapport.ui.delegates.contact_row import CONTACT_ROLES, RowParts
from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    body_baseline,
    is_marked,
    is_mirrored,
    is_selected,
    paint_focus,
    paint_ground,
)
from rapport.ui.look.paint import rounded
from rapport.ui.look.text import Run
from rapport.ui.look.theme import current_theme
from rapport.ui.roles import ContactRole, Density

_LOADED, _CELLS = int(ContactRole.LOADED), int(ContactRole.CELLS)
_TAGS_SHOWN = 4
PADDING = 12
"""Between the edge of a cell and what stands in it."""


class ContactTableDelegate(RowDelegate):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._density = Density.COMFORTABLE
        self._columns: tuple[tuple[Column, int], ...] = ()

    def set_density(self, density: Density) -> None:
        self._density = density
        self.forget()

    def set_columns(self, columns: Sequence[tuple[Column, int]]) -> None:
        """Columns in their order, with their widths in pixels."""
        self._columns = tuple(columns)

    def width(self) -> int:
        return sum(width for _, width in self._columns)

    def row_height(self) -> int:
        """Return 44 or 32 at 100 %."""
        type_ = current_theme().type
        return type_.line() + type_.px(26 if self._density is Density.COMFORTABLE else 14)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(self.width(), self.row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        paint_ground(painter, option, text_start=0)
        if index.data(_LOADED) is False:
            self._paint_skeleton(painter, option)
        else:
            self.picture(option, index).play(painter, option.rect.topLeft())
        paint_focus(painter, option)

    def picture(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> Picture:
        values = tuple(map(index.data, CONTACT_ROLES))
        cells: tuple[str, ...] = index.data(_CELLS) or ()

        def compose(picture: Picture) -> None:
            row = RowParts(picture, values, is_selected(option), is_marked(option))
            self._compose(row, cells)

        return self.composed(option, (values, cells, self._columns), compose)

    def _compose(self, row: RowParts, cells: tuple[str, ...]) -> None:
        type_, px = row.theme.type, row.px
        line = type_.line()
        top = (row.picture.height - line) / 2
        x: float = 0
        for (column, width), cell in zip(self._columns, cells, strict=False):
            start, end = x + px(PADDING), x + width - px(4)
            x += width
            match column.id:
                case "name":
                    row.draw_avatar(24, x=start)
                    row.draw_name(start + px(34), end, top, line)
                case "tags":
                    row.draw_chips(start, end, top + line / 2, _TAGS_SHOWN)
                case "next_task":
                    if row.due:
                        row.draw_due(start, end - start, row.due, top, line)
                case _ if cell:
                    run = Run(cell, type_.font(), end - start)
                    at = end - run.width - px(8) if column.end else start
                    colour = row.theme.tokens.text
                    row.picture.text(run, max(start, at), body_baseline(top), colour)
                    if run.elided:
                        row.picture.hint(start, top, end - start, line, cell)

    def _paint_skeleton(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        theme = current_theme()
        px, rect = theme.type.px, QRectF(option.rect)
        x: float = 0
        for column, width in self._columns:
            bar = QRectF(x + px(PADDING), rect.height() / 2 - px(4), width * 0.5, px(8))
            x += width
            if column.id in (TAGS, NEXT_TASK):
                continue
            if column.id == NAME:
                bar.setWidth(width * 0.65)
            if is_mirrored(option):
                bar.moveLeft(rect.width() - bar.right())
            rounded(painter, bar.translated(rect.topLeft()), px(4), fill=theme.tokens.tint)
