"""A card of the grid of contacts: who, where, two tags, and what comes next."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from rapport.ui.delegates.contact_row import CONTACT_ROLES, RowParts
from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    is_hovered,
    is_marked,
    is_mirrored,
    is_selected,
    shows_focus,
)
from rapport.ui.look.paint import focus_ring, rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.roles import ContactRole, DueState

_LOADED = int(ContactRole.LOADED)
LEAST_WIDTH, GAP = 236, 12
"""In design pixels."""
_AVATAR, _EDGE = 48, 14
_CHIPS = 2


class ContactCardDelegate(RowDelegate):
    def row_height(self) -> int:
        """Return 130 at 100 %."""
        type_ = current_theme().type
        return type_.px(_EDGE + _AVATAR + 10 + 18 + 10 + _EDGE - 2) + type_.line()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(current_theme().type.px(LEAST_WIDTH), self.row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = current_theme()
        tokens, radius = theme.tokens, theme.type.px(10)
        rect, chosen = QRectF(option.rect), is_selected(option)
        fill, border, width = tokens.surface, tokens.divider, 1.0
        if chosen:
            fill, border, width = tokens.selection, tokens.accent_text, 1.5
        elif is_hovered(option) or tokens.high_contrast:
            border = tokens.control_border
        rounded(painter, rect, radius, fill=fill, border=border, width=width)
        if index.data(_LOADED) is False:
            self._paint_skeleton(painter, option)
        else:
            self.picture(option, index).play(painter, option.rect.topLeft())
        if shows_focus(option):
            focus_ring(painter, rect, radius)

    def picture(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> Picture:
        values = tuple(map(index.data, CONTACT_ROLES))

        def compose(picture: Picture) -> None:
            self._compose(RowParts(picture, values, is_selected(option), is_marked(option)))

        return self.composed(option, values, compose)

    def _compose(self, card: RowParts) -> None:
        px, line = card.px, card.theme.type.line()
        edge, end = px(_EDGE), card.picture.width - px(_EDGE)
        card.draw_avatar(_AVATAR, x=edge, top=edge)
        start = edge + px(_AVATAR + 12)
        first = edge + (px(_AVATAR) - 2 * line) / 2
        card.draw_name(start, end, first, line)
        card.draw_company(start, end + px(10), first + line)
        middle = edge + px(_AVATAR) + px(10) + px(9)
        card.draw_chips(edge, end, middle, _CHIPS)
        if card.state is not DueState.NONE:
            top = card.picture.height - px(_EDGE - 2) - line
            card.draw_due(edge, end - edge, card.due, top, line)

    def _paint_skeleton(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        theme = current_theme()
        px, rect = theme.type.px, QRectF(option.rect)
        side = px(_AVATAR)
        start = px(_EDGE) + side + px(12)
        shapes = [
            (QRectF(px(_EDGE), px(_EDGE), side, side), side / 2),
            (QRectF(start, px(_EDGE + 10), (rect.width() - start) * 0.7, px(8)), px(4)),
            (QRectF(start, px(_EDGE + 28), (rect.width() - start) * 0.5, px(8)), px(4)),
        ]
        for shape, radius in shapes:
            if is_mirrored(option):
                shape.moveLeft(rect.width() - shape.right())
            rounded(painter, shape.translated(rect.topLeft()), radius, fill=theme.tokens.tint)
