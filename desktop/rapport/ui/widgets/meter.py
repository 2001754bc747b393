"""A share of something as a thin bar; the number stands beside it in words."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rapport.ui.look.paint import rounded
from rapport.ui.widgets.base import Painted, is_rtl

_HEIGHT = 4
_MUCH = 0.7
"""From here on a bar that warns is in the colour of a warning."""


class Meter(Painted):
    def __init__(self, parent: QWidget | None = None, *, warns: bool = True) -> None:
        super().__init__(parent)
        self._warns = warns
        self.share = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float, words: str) -> None:
        """``share`` is from 0 to 1; ``words`` say the same to a screen reader."""
        self.share = min(max(share, 0.0), 1.0)
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.type.px(120), self.type.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self.tokens
        height = self.type.px(_HEIGHT)
        track = QRectF(0, (self.height() - height) / 2, self.width(), height)
        border = tokens.control_border if tokens.high_contrast else None
        rounded(painter, track, height / 2, fill=tokens.tint, border=border)
        if not self.share:
            return
        used = QRectF(track)
        used.setWidth(max(height, track.width() * self.share))
        if is_rtl(self):
            used.moveRight(track.right())
        much = self._warns and self.share >= _MUCH
        colour = tokens.warning if much else tokens.control_border
        rounded(painter, used, height / 2, fill=colour)
