"""Text of a machine, to be read and copied: numbered lines, JSON in colours, a search in it."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from rapport.ui.look.theme import current_theme
from rapport.ui.look.tokens import HUES

_JSON = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\b\d[\d.eE+-]*)')
_LONGEST_COLOURED = 4000
"""Characters of a line: longer ones are data, and colouring them would be felt."""


class _JsonColours(QSyntaxHighlighter):
    """Texts green, words and numbers violet; names stay as they are."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._text, self._word = QTextCharFormat(), QTextCharFormat()
        self.dress()

    def dress(self) -> None:
        tags = current_theme().tokens.tags
        self._text.setForeground(QColor(tags[HUES.index("green")].text))
        self._word.setForeground(QColor(tags[HUES.index("violet")].text))
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        if len(text) > _LONGEST_COLOURED:
            return
        for found in _JSON.finditer(text):
            if found[1] and not found[2]:
                self.setFormat(found.start(), len(found[1]), self._text)
            elif found[3] or found[4]:
                self.setFormat(found.start(), len(found[0]), self._word)


class _Numbers(QWidget):
    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:
        return QSize(self._view.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._view.paint_numbers(event)


class CodeView(QPlainTextEdit):
    """Always left to right, never wrapped."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self.setAccessibleName(name)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setUndoRedoEnabled(False)
        self._colours = _JsonColours(self.document())
        self._numbers = _Numbers(self)
        self.blockCountChanged.connect(lambda _: self._make_room())
        self.updateRequest.connect(self._scroll_numbers)
        current_theme().changed.connect(self._dress)
        self._dress()

    def find_text(self, text: str) -> bool:
        """Select the next place that has ``text``, from the start again after the last one."""
        if not text:
            cursor = self.textCursor()
            cursor.clearSelection()
            self.setTextCursor(cursor)
            return True
        if self.find(text):
            return True
        cursor = self.textCursor()
        before = self.textCursor()
        cursor.movePosition(cursor.MoveOperation.Start)
        self.setTextCursor(cursor)
        if self.find(text):
            return True
        self.setTextCursor(before)
        return False

    # The numbers of the lines.

    def numbers_width(self) -> int:
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + current_theme().type.px(20)

    def paint_numbers(self, event: QPaintEvent) -> None:
        painter = QPainter(self._numbers)
        painter.setFont(self.font())
        painter.setPen(QColor(current_theme().tokens.muted))
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        gap = current_theme().type.px(10)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            area = QRect(0, round(top), self._numbers.width() - gap, round(height))
            painter.drawText(area, side, str(block.blockNumber() + 1))
            top += height
            block = block.next()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_numbers()  # a scroll bar came or went, or the whole has another size
        return super().viewportEvent(event)

    def _make_room(self) -> None:
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)
        self._place_numbers()

    def _place_numbers(self) -> None:
        text, width = self.viewport().geometry(), self.numbers_width()
        self._numbers.setGeometry(text.left() - width, text.top(), width, text.height())

    def _scroll_numbers(self, area: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def _dress(self) -> None:
        self.setFont(current_theme().type.monospace())
        self._colours.dress()
        self._make_room()
