"""Cards: a border, a radius, no depth."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.base import Control, Painted, is_rtl
from rapport.ui.widgets.chips import Pill, Tone
from rapport.ui.widgets.labels import Label


class Card(Painted):
    """A bordered surface; put content into :attr:`body`."""

    def __init__(
        self, parent: QWidget | None = None, *, padding: int = 16, radius: int = 10
    ) -> None:
        super().__init__(parent)
        self._padding, self._radius = padding, radius
        self.body = QVBoxLayout(self)
        self.restyle()

    def restyle(self) -> None:
        px = current_theme().type.px
        inset = px(self._padding)
        self.body.setContentsMargins(inset, inset, inset, inset)
        self.body.setSpacing(px(8))
        super().restyle()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.tokens
        rounded(
            QPainter(self),
            QRectF(self.rect()),
            self.type.px(self._radius),
            fill=tokens.surface,
            border=tokens.divider,
        )


class ChoiceCard(Control):
    """A large choice: icon on a tint square, title, one sentence, chevron. 76 high at 100 %."""

    def __init__(
        self,
        icon: str,
        title: str,
        sentence: str,
        parent: QWidget | None = None,
        *,
        pill: str = "",
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self.setText(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        words = QVBoxLayout()
        words.setSpacing(2)
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(Label(title, self, size=TextSize.SECTION, weight=SEMIBOLD))
        if pill:
            first.addWidget(Pill(pill, self, tone=Tone.WARNING))
        first.addStretch(1)
        words.addStretch(1)
        words.addLayout(first)
        self._sentence = Label(sentence, self, role="muted", wrap=True)
        words.addWidget(self._sentence)
        words.addStretch(1)
        # Spacers mirror with the interface; margins would not.
        self._start, self._end = QSpacerItem(0, 0), QSpacerItem(0, 0)
        self._row.addItem(self._start)
        self._row.addLayout(words, 1)
        self._row.addItem(self._end)
        self._row.setSpacing(0)
        self.restyle()

    def restyle(self) -> None:
        px = self.type.px
        self.setMinimumHeight(px(76))
        self._row.setContentsMargins(0, px(12), 0, px(12))
        self._start.changeSize(px(74), 0)
        self._end.changeSize(px(48), 0)
        self._row.invalidate()
        super().restyle()

    def corner(self) -> float:
        return self.type.px(10)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(self.type.px(76), self._row.heightForWidth(width))

    def sizeHint(self) -> QSize:
        width = max(self.type.px(320), self._row.sizeHint().width())
        return QSize(width, self.heightForWidth(width))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, px = QPainter(self), self.tokens, self.type.px
        rect, flipped = QRectF(self.rect()), is_rtl(self)
        lit = self.underMouse() and self.isEnabled()
        border = tokens.control_border if lit or tokens.high_contrast else tokens.divider
        fill = tokens.pressed if self.isDown() else tokens.surface
        rounded(painter, rect, self.corner(), fill=fill, border=border)
        square = QRectF(px(18), rect.center().y() - px(20), px(40), px(40))
        square = mirrored(square, rect, flipped)
        rounded(painter, square, px(10), fill=tokens.tint)
        spot = QRectF(0, 0, px(20), px(20))
        spot.moveCenter(square.center())
        draw_icon(painter, self._icon, spot, tokens.text, mirrored=flipped)
        chevron = QRectF(rect.width() - px(34), rect.center().y() - px(8), px(16), px(16))
        chevron = mirrored(chevron, rect, flipped)
        draw_icon(painter, "right", chevron, tokens.muted, mirrored=flipped)
