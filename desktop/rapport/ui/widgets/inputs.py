"""Fields for text: search, one line, several lines; the invalid ones keep what was typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.language import tr
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import key_cap, key_cap_size, mirrored
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.base import is_rtl, start_alignment
from rapport.ui.widgets.button import IconButton, Size
from rapport.ui.widgets.labels import IconView, Label

_MOST_LINES = 12


class LineEdit(QLineEdit):
    """A line with an icon before and a key cap after the text, both optional."""

    escaped = Signal()
    """Esc was pressed; the text is untouched."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        placeholder: str = "",
        icon: str = "",
        key: str = "",
        height: int = 32,
    ) -> None:
        super().__init__(parent)
        self._icon, self._key, self._design_height = icon, key, height
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.textChanged.connect(self._settle)
        current_theme().changed.connect(self._settle)
        self._settle()

    def set_invalid(self, invalid: bool) -> None:
        """Give the field the danger border, or take it away."""
        self.setProperty("invalid", "true" if invalid else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return
        super().keyPressEvent(event)
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        ):
            # A line lets Enter through; the row around it would take it as a click.
            event.accept()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        theme = current_theme()
        px, rect, flipped = theme.type.px, QRectF(self.rect()), is_rtl(self)
        if self._icon:
            spot = QRectF(px(11), rect.center().y() - px(8), px(16), px(16))
            draw_icon(painter, self._icon, mirrored(spot, rect, flipped), theme.tokens.muted)
        if self._shows_key():
            width, height = key_cap_size(self._key)
            cap = QRectF(rect.width() - px(10) - width, 0, width, height)
            cap.moveTop(round(rect.center().y() - height / 2))
            key_cap(painter, mirrored(cap, rect, flipped), self._key)

    def _height(self) -> int:
        type_ = current_theme().type
        return max(type_.px(self._design_height), type_.line() + 8)

    def _shows_key(self) -> bool:
        return bool(self._key) and not self.text()

    def _after_width(self) -> int:
        px = current_theme().type.px
        return key_cap_size(self._key)[0] + px(8) if self._shows_key() else 0

    def _settle(self) -> None:
        px = current_theme().type.px
        before = px(24) if self._icon else 0
        after = self._after_width()
        self.setFixedHeight(self._height())
        if is_rtl(self):
            before, after = after, before
        self.setTextMargins(before, 0, after, 0)
        self.setAlignment(start_alignment(self) | Qt.AlignmentFlag.AlignVCenter)
        self.update()


class SearchField(LineEdit):
    """Search with a lens, its key at the end, and a cross once there is text."""

    def __init__(
        self,
        name: str,
        parent: QWidget | None = None,
        *,
        placeholder: str = "",
        key: str = "/",
    ) -> None:
        self._clear: IconButton | None = None
        super().__init__(name, parent, placeholder=placeholder, icon="search", key=key)
        self._clear = IconButton("x", tr("Clear the search"), self, size=Size.INLINE)
        self._clear.setCursor(Qt.CursorShape.ArrowCursor)
        # Esc does the same; another tab stop inside the field would only be in the way.
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.clicked.connect(self.clear)
        self._settle()

    def sizeHint(self) -> QSize:
        return QSize(current_theme().type.px(360), super().sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_clear()

    def _after_width(self) -> int:
        if self.text():
            return current_theme().type.px(24)
        return super()._after_width()

    def _settle(self) -> None:
        super()._settle()
        if self._clear is not None:
            self._clear.setVisible(bool(self.text()))
            self._place_clear()

    def _place_clear(self) -> None:
        if self._clear is None:
            return
        size = self._clear.sizeHint()
        gap = current_theme().type.px(6)
        x = gap if is_rtl(self) else self.width() - gap - size.width()
        self._clear.setGeometry(
            x, (self.height() - size.height()) // 2, size.width(), size.height()
        )


class TextArea(QPlainTextEdit):
    """Several lines, growing with the text. Tab leaves, Ctrl+Enter submits, Esc is told."""

    submitted = Signal()
    escaped = Signal()

    def __init__(
        self, name: str, parent: QWidget | None = None, *, placeholder: str = "", lines: int = 3
    ) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.blockCountChanged.connect(lambda _: self.updateGeometry())
        current_theme().changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        type_ = current_theme().type
        lines = min(max(self._lines, round(self.document().size().height())), _MOST_LINES)
        return QSize(type_.px(240), lines * type_.line() + type_.px(16))

    def minimumSizeHint(self) -> QSize:
        type_ = current_theme().type
        return QSize(type_.px(96), self._lines * type_.line() + type_.px(16))

    def set_invalid(self, invalid: bool) -> None:
        self.setProperty("invalid", "true" if invalid else "false")
        self.style().unpolish(self)
        self.style().polish(self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submitted.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return
        super().keyPressEvent(event)


class Message(QWidget):
    """The sentence below a field that says what is wrong with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(current_theme().type.px(6))
        icon = IconView("alert", self, size=14, role="danger")
        row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        self.words = Label("", self, size=TextSize.CAPTION, role="danger", wrap=True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        # It wraps to the field's width and never asks for more.
        self.words.setMinimumWidth(0)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.words.setSizePolicy(policy)
        self.words.restyle()
        row.addWidget(self.words, 1)
        self.hide()

    def say(self, sentence: str) -> None:
        """Show ``sentence``; an empty one hides the message."""
        self.words.setText(sentence)
        self.setVisible(bool(sentence))


class TextInput(QWidget):
    """A labelled line with a message below it. What was typed always stays."""

    submitted = Signal(str)
    """Enter was pressed."""

    def __init__(
        self,
        label: str,
        parent: QWidget | None = None,
        *,
        placeholder: str = "",
        icon: str = "",
        shows_label: bool = True,
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_theme().type.px(4))
        self.label = Label(label, self, size=TextSize.CAPTION, role="muted")
        self.label.setVisible(shows_label)
        self.line = LineEdit(label, self, placeholder=placeholder, icon=icon)
        self.label.setBuddy(self.line)
        self.message = Message(self)
        column.addWidget(self.label)
        column.addWidget(self.line)
        column.addWidget(self.message)
        self.setFocusProxy(self.line)
        self.line.returnPressed.connect(lambda: self.submitted.emit(self.line.text()))
        self.line.textEdited.connect(lambda _: self.set_invalid(""))

    def text(self) -> str:
        return self.line.text()

    def set_text(self, text: str) -> None:
        self.line.setText(text)

    def set_invalid(self, sentence: str) -> None:
        """Mark the field and say why; an empty sentence clears the mark."""
        self.line.set_invalid(bool(sentence))
        self.line.setAccessibleDescription(sentence)
        self.message.say(sentence)

    def is_invalid(self) -> bool:
        return bool(self.message.words.text())
