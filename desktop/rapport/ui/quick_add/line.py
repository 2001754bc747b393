"""The line of the sentence: recognised parts have the fill of their kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QMimeData, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QWidget

from rapport.ui.look.paint import rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.look.tokens import Pair
from rapport.ui.widgets.inputs import TextArea

_MOST_LINES = 4
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


@dataclass(frozen=True, slots=True)
class Mark:
    """A recognised part, by its place in the text as Python counts."""

    start: int
    end: int
    colours: Pair


class MarkedLine(TextArea):
    """One line that wraps. Enter submits, Ctrl+Enter submits and goes on, Esc leaves."""

    entered = Signal()
    entered_more = Signal()
    stepped = Signal(int)
    """Up or Down was pressed."""
    clicked_at = Signal(int)
    """A place in the text that was clicked without moving the mouse."""

    def __init__(self, name: str, parent: QWidget, *, placeholder: str) -> None:
        super().__init__(name, parent, placeholder=placeholder, lines=1)
        self.setProperty("bare", "true")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.marks: tuple[Mark, ...] = ()
        self.before_backspace: Callable[[int], bool] = lambda _: False
        """Told the place of the cursor; true where the key is used up."""
        self._pressed = QPointF()
        self._inks = _Inks(self.document())
        self.textChanged.connect(self.updateGeometry)

    def restyle(self) -> None:
        """Room above and below, so that a line alone stands in the middle."""
        room = current_theme().type.px(11)
        self.setViewportMargins(0, room, 0, room)
        super().restyle()

    def sizeHint(self) -> QSize:
        lines = min(max(1, round(self.document().size().height())), _MOST_LINES)
        room = 2 * current_theme().type.px(11)
        return QSize(
            current_theme().type.px(240), lines * self.fontMetrics().lineSpacing() + room + 2
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def caret(self) -> int:
        return _from_utf16(self.toPlainText(), self.textCursor().position())

    def set_marks(self, marks: tuple[Mark, ...]) -> None:
        if marks != self.marks:
            self.marks = marks
            text = self.toPlainText()
            self._inks.show(
                [(_to_utf16(text, m.start), _to_utf16(text, m.end), m.colours.text) for m in marks]
            )
            self.viewport().update()

    def replace(self, start: int, end: int, words: str) -> None:
        """Put other words into the text, as one step of its undo."""
        text = self.toPlainText()
        cursor = self.textCursor()
        cursor.setPosition(_to_utf16(text, start))
        cursor.setPosition(_to_utf16(text, end), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = Qt.Key(event.key()), Qt.KeyboardModifier.ControlModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (self.entered_more if event.modifiers() & control else self.entered).emit()
        elif key in _STEPS and not event.modifiers():
            self.stepped.emit(_STEPS[key])
        elif (
            key == Qt.Key.Key_Backspace
            and not event.modifiers()
            and not self.textCursor().hasSelection()
            and self.before_backspace(self.caret())
        ):
            event.accept()
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.insertPlainText(" ".join(source.text().split()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        near = (event.position() - self._pressed).manhattanLength() < 4
        if near and not self.textCursor().hasSelection():
            for mark, area in self._areas():
                if area.contains(event.position()):
                    self.clicked_at.emit(mark.start)
                    return

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        for mark, area in self._areas():
            rounded(painter, area, 3, fill=mark.colours.fill)
        painter.end()
        super().paintEvent(event)

    def _areas(self) -> list[tuple[Mark, QRectF]]:
        """Where the marks are on the viewport; one that wraps has several."""
        text, areas = self.toPlainText(), []
        block = self.document().firstBlock()
        layout = block.layout()
        origin = self.blockBoundingGeometry(block).translated(self.contentOffset()).topLeft()
        for mark in self.marks:
            start, end = _to_utf16(text, mark.start), _to_utf16(text, mark.end)
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                first = max(start, line.textStart())
                last = min(end, line.textStart() + line.textLength())
                if first < last:
                    left, right = _x_of(line, first), _x_of(line, last)
                    area = QRectF(min(left, right), line.y(), abs(right - left), line.height())
                    areas.append((mark, area.translated(origin).adjusted(-2, 0, 2, 0)))
        return areas


def _x_of(line: object, place: int) -> float:
    found = line.cursorToX(place)  # type: ignore[attr-defined]
    return float(found[0] if isinstance(found, tuple) else found)


class _Inks(QSyntaxHighlighter):
    """The colours of the marked words."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._spans: list[tuple[int, int, str]] = []

    def show(self, spans: list[tuple[int, int, str]]) -> None:
        self._spans = spans
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        for start, end, ink in self._spans:
            form = QTextCharFormat()
            form.setForeground(QColor(ink))
            self.setFormat(start, end - start, form)


def _to_utf16(text: str, place: int) -> int:
    """Qt counts characters beyond the first plane as two."""
    return place if text.isascii() else len(text[:place].encode("utf-16-le")) // 2


def _from_utf16(text: str, place: int) -> int:
    if text.isascii():
        return place
    return len(text.encode("utf-16-le")[: 2 * place].decode("utf-16-le", "ignore"))
