"""A location of an agency, to tick."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from rapport.ui.delegates.row import (
    AnyIndex,
    Picture,
    RowDelegate,
    is_mirrored,
    paint_focus,
    paint_ground,
)
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize

HEIGHT = 46
"""Design pixels."""
_TICK = 16
_TEXT_START = 44
_Role = Qt.ItemDataRole


def _compose(picture: Picture, name: str, address: str) -> None:
    type_, tokens = current_theme().type, current_theme().tokens
    px = type_.px
    start, room = px(_TEXT_START), picture.width - px(_TEXT_START) - px(12)
    line, small = type_.line(), type_.line(TextSize.CAPTION)
    top = (picture.height - line - (small if address else 0)) / 2
    title = Run(name, type_.font(), room)
    picture.text(title, start, baseline_in(top, line, type_.metrics()), tokens.text)
    if address:
        words = Run(address, type_.font(TextSize.CAPTION), room)
        baseline = baseline_in(top + line, small, type_.metrics(TextSize.CAPTION))
        picture.text(words, start, baseline, tokens.muted)
    picture.hint(start, 0, room, picture.height, f"{name}\n{address}" if address else name)


class LocationRow(RowDelegate):
    """A box to tick, the name, and the address below it. The whole row ticks."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        type_ = current_theme().type
        lines = type_.line() + type_.line(TextSize.CAPTION)
        return QSize(0, max(type_.px(HEIGHT), lines + type_.px(8)))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: AnyIndex,
    ) -> bool:
        clicked = (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
        )
        pressed = isinstance(event, QKeyEvent) and event.key() in (
            Qt.Key.Key_Space,
            Qt.Key.Key_Select,
        )
        if not (clicked or (pressed and event.type() == QEvent.Type.KeyPress)):
            # Qt's own would tick a second time.
            if event.type() == QEvent.Type.MouseButtonPress:
                return super().editorEvent(event, model, option, index)
            return False
        ticked = Qt.CheckState(index.data(_Role.CheckStateRole)) is Qt.CheckState.Checked
        other = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
        return model.setData(index, other, _Role.CheckStateRole)

    def picture(self, option: QStyleOptionViewItem, index: AnyIndex) -> Picture:
        name, address = index.data(_Role.DisplayRole), index.data(_Role.StatusTipRole)
        return self.composed(option, (name, address), lambda row: _compose(row, name, address))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        type_, tokens = current_theme().type, current_theme().tokens
        px, rect = type_.px, QRectF(option.rect)
        # The row in hand is told by its ring: a tint would look like the choice.
        option.state &= ~option.state.State_Selected
        paint_ground(painter, option, text_start=px(_TEXT_START))
        side = px(_TICK)
        box = QRectF(rect.left() + px(14), rect.center().y() - side / 2, side, side)
        box = mirrored(box, rect, is_mirrored(option))
        if Qt.CheckState(index.data(_Role.CheckStateRole)) is Qt.CheckState.Checked:
            rounded(painter, box, px(4), fill=tokens.accent_fill)
            inside = box.adjusted(px(2), px(2), -px(2), -px(2))
            draw_icon(painter, "check", inside, tokens.on_accent)
        else:
            rounded(painter, box, px(4), fill=tokens.surface, border=tokens.control_border)
        self.picture(option, index).play(painter, option.rect.topLeft())
        paint_focus(painter, option, px(6))
