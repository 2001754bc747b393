"""Small parts that several panes are made of."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from rapport.ui.look.icons import pixmap
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button


class Rule(Painted):
    """The 1-px divider between panes."""

    def __init__(self, parent: QWidget | None = None, *, upright: bool = False) -> None:
        super().__init__(parent)
        fixed, free = QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding
        self.setSizePolicy(fixed if upright else free, free if upright else fixed)

    def sizeHint(self) -> QSize:
        return QSize(1, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.divider))


class Words(QLabel):
    """Plain text in one of the sizes of the type scale; ``muted`` or a colour token by ``role``."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        size: TextSize = TextSize.BODY,
        strong: bool = False,
        role: str = "text",
    ) -> None:
        super().__init__(text, parent)
        self._size, self._strong, self._role = size, strong, role
        self.setTextFormat(Qt.TextFormat.PlainText)
        current_theme().changed.connect(self._dress)
        self._dress()

    def set_role(self, role: str) -> None:
        self._role = role
        self._dress()

    def _dress(self) -> None:
        theme = current_theme()
        self.setFont(theme.type.font(self._size, SEMIBOLD if self._strong else REGULAR))
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.WindowText, QColor(getattr(theme.tokens, self._role)))
        self.setPalette(palette)


class Elided(Words):
    """One line that loses its end where there is no room; in full in the tool-tip."""

    def __init__(self, text: str = "", parent: QWidget | None = None, **look: object) -> None:
        super().__init__(text, parent, **look)  # type: ignore[arg-type]
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        metrics = self.fontMetrics()
        shown = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.setFont(self.font())
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(self.rect()), flags, shown)


class EmptyState(QWidget):
    """What a list says when it has no rows: an icon, a sentence, one button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_name = "contacts"
        self._icon = QLabel(self)
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = Words(parent=self, size=TextSize.SECTION, strong=True)
        self._text = Words(parent=self, role="muted")
        for words in (self._title, self._text):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            words.setWordWrap(True)
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
