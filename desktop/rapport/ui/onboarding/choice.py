"""One of the three equal choices of the welcome card."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.base import Control, is_rtl

_STEPS = {
    Qt.Key.Key_Down: True,
    Qt.Key.Key_Up: False,
}


class Choice(Control):
    """A card that is pressed: icon in a square, title, one sentence, chevron. Up and down arrows
    move between choices."""

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str,
        pill: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._title = title
        self._sentence = sentence
        self._pill = pill
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{sentence} {pill}".strip())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def corner(self) -> float:
        return self.type.px(10)

    def sizeHint(self) -> QSize:
        lines = self.type.line(TextSize.SECTION) + self.type.line()
        return QSize(self.type.px(454), max(self.type.px(76), lines + self.type.px(32)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        forward = _STEPS.get(Qt.Key(event.key()))
        if forward is None:
            super().keyPressEvent(event)
        else:
            self.focusNextPrevChild(forward)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens, type_, flipped = self.tokens, self.type, is_rtl(self)
        px, rect = type_.px, QRectF(self.rect())
        edge = tokens.control_border if self.underMouse() else tokens.divider
        fill = tokens.hover if self.isDown() else tokens.surface
        rounded(painter, rect, self.corner(), fill=fill, border=edge)

        tile = QRectF(px(18), rect.center().y() - px(20), px(40), px(40))
        rounded(painter, mirrored(tile, rect, flipped), px(6), fill=tokens.tint)
        inside = tile.adjusted(px(10), px(10), -px(10), -px(10))
        draw_icon(painter, self._icon, mirrored(inside, rect, flipped), tokens.text)

        x, right = tile.right() + px(16), rect.right() - px(44)
        line = type_.line(TextSize.SECTION)
        top = rect.center().y() - (line + type_.line()) / 2
        title = Run(self._title, type_.font(TextSize.SECTION, SEMIBOLD), right - x)
        area = mirrored(QRectF(x, top, title.width, line), rect, flipped)
        painter.setPen(QColor(tokens.text))
        metrics = type_.metrics(TextSize.SECTION, SEMIBOLD)
        title.draw(painter, area.left(), baseline_in(area.top(), line, metrics))
        if self._pill:
            self._paint_pill(painter, QRectF(x + title.width + px(8), top, right, line), rect)
        sentence = Run(self._sentence, type_.font(), right - x)
        area = mirrored(QRectF(x, top + line, sentence.width, type_.line()), rect, flipped)
        painter.setPen(QColor(tokens.muted))
        sentence.draw(painter, area.left(), baseline_in(area.top(), type_.line(), type_.metrics()))

        chevron = QRectF(rect.right() - px(36), rect.center().y() - px(8), px(16), px(16))
        draw_icon(
            painter, "right", mirrored(chevron, rect, flipped), tokens.muted, mirrored=flipped
        )

    def _paint_pill(self, painter: QPainter, room: QRectF, rect: QRectF) -> None:
        type_, tokens = self.type, self.tokens
        run = Run(self._pill, type_.font(TextSize.CAPTION))
        height = max(type_.px(20), type_.line(TextSize.CAPTION) + 4)
        pill = QRectF(
            room.left(),
            room.center().y() - height / 2,
            run.width + 2 * type_.px(8),
            height,
        )
        if pill.right() > room.right():
            return
        pill = mirrored(pill, rect, is_rtl(self))
        rounded(painter, pill, height / 2, fill=tokens.warning_tint)
        painter.setPen(QColor(tokens.warning))
        run.draw(
            painter,
            pill.left() + type_.px(8),
            baseline_in(pill.top(), height, type_.metrics(TextSize.CAPTION)),
        )
