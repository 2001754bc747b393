"""Labels of the welcome card that follow the theme."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel

from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize


class Words(QLabel):
    """Plain text that wraps, in one step of the type scale."""

    def __init__(
        self,
        text: str,
        *,
        title: bool = False,
        section: bool = False,
        caption: bool = False,
        strong: bool = False,
        muted: bool = False,
        danger: bool = False,
    ) -> None:
        super().__init__(text)
        self._size = (
            TextSize.TITLE
            if title
            else TextSize.SECTION
            if section
            else TextSize.CAPTION
            if caption
            else TextSize.BODY
        )
        self._weight = SEMIBOLD if strong else REGULAR
        self._token = "danger" if danger else "muted" if muted else "text"
        self.setTextFormat(Qt.TextFormat.PlainText)  # some of it was written by strangers
        self.setWordWrap(True)
        current_theme().changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        theme = current_theme()
        self.setFont(theme.type.font(self._size, self._weight))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(theme.tokens, self._token)))
        self.setPalette(palette)
