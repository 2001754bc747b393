"""The search field of the top bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import key_cap, key_cap_size, mirrored
from rapport.ui.look.theme import current_theme
from rapport.ui.widgets.button import IconButton, Size
from rapport.ui.wording import tr

_WIDTH = 360


class SearchBox(QLineEdit):
    """Tells of each keystroke; Down and Enter go on to the list, Escape empties it and leaves."""

    left = Signal()
    """The keyboard wants to go to the results."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.setObjectName("search")
        self.setAccessibleName(tr("Search contacts, notes and tasks"))
        self.setPlaceholderText(tr("Search contacts, notes and tasks"))
        self.setMaxLength(200)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._clear = IconButton("x", tr("Clear search"), self, size=Size.INLINE)
        self._clear.setObjectName("search-clear")
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self.textChanged.connect(lambda text: self._clear.setVisible(bool(text)))
        current_theme().changed.connect(self._dress)
        self._dress()

    def sizeHint(self) -> QSize:
        px = current_theme().type.px
        return QSize(px(_WIDTH), px(32))

    def minimumSizeHint(self) -> QSize:
        px = current_theme().type.px
        return QSize(px(160), px(32))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.left.emit()
            case Qt.Key.Key_Escape:
                if self.text():
                    self.clear()
                else:
                    self.left.emit()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme = current_theme()
        px, flipped = theme.type.px, self.isRightToLeft()
        painter = QPainter(self)
        rect = QRectF(self.rect())
        side = px(16)
        lens = QRectF(px(11), rect.center().y() - side / 2, side, side)
        draw_icon(painter, "search", mirrored(lens, rect, flipped), theme.tokens.muted)
        if not self.text() and not self.hasFocus():
            width, height = key_cap_size(self._key)
            cap = QRectF(rect.right() - px(10) - width, 0, width, height)
            cap.moveTop(round(rect.center().y() - height / 2))
            key_cap(painter, mirrored(cap, rect, flipped), self._key)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._place()

    def _place(self) -> None:
        size = self._clear.sizeHint()
        gap = current_theme().type.px(4)
        x = gap if self.isRightToLeft() else self.width() - size.width() - gap
        self._clear.setGeometry(
            x, (self.height() - size.height()) // 2, size.width(), size.height()
        )

    def _dress(self) -> None:
        px = current_theme().type.px
        # The style sheet pads by 10; the lens stands before the text.
        start, end = px(24), px(22)
        if self.isRightToLeft():
            start, end = end, start
        self.setTextMargins(start, 0, end, 0)
        self.setMaximumWidth(px(_WIDTH))
        self._place()
