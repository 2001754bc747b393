"""Small parts that several panes are made of."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from rapport.ui.look.icons import pixmap
from rapport.ui.look.paint import hairline
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.labels import Label


class Rule(Painted):
    """The 1-px divider between panes."""

    def __init__(self, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        fixed, free = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(fixed if upright else free, free if upright else fixed)

    def sizeHint(self) -> QSize:
        return QSize(1, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self.tokens.divider)


class EmptyState(QWidget):
    """What a list says when it has no rows: an icon, a sentence, one button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = "contacts"
        self._icon = QLabel(self)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = Label(parent=self, size=TextSize.SECTION, weight=SEMIBOLD, wrap=True)
        self._text = Label(parent=self, role="muted", wrap=True)
        for words in (self._title, self._text):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = Button("…", self)
        column = QVBoxLayout(self)
        px = current_theme().type.px
        column.setContentsMargins(px(32), px(32), px(32), px(32))
        column.setSpacing(px(8))
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addWidget(self._title)
        column.addWidget(self._text)
        column.addSpacing(px(8))
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        current_theme().changed.connect(self._dress)
        self._dress()

    def say(self, icon: str, title: str, text: str = "", button: str = "") -> None:
        """Show a sentence; an empty ``button`` leaves the button out."""
        self._icon_name = icon
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.button.setVisible(bool(button))
        if button:
            self.button.setText(button)
            self.button.setAccessibleName(button)
            self.button.restyle()
        self.setAccessibleName(f"{title} {text}".strip())
        self._dress()

    def _dress(self) -> None:
        theme = current_theme()
        side = theme.type.px(48)
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(pixmap(self._icon_name, side, theme.tokens.control_border, ratio))
