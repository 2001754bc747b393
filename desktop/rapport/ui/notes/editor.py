"""Where a note is written: bold, lists and links, and nothing gets in from outside."""

from __future__ import annotations

import re

from PySide6.QtCore import QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextListFormat,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from rapport.domain.errors import InputError
from rapport.domain.text import storable
from rapport.language import tr
from rapport.services.html import is_html, is_safe_link, sanitised
from rapport.ui.look.theme import current_theme
from rapport.ui.notes.markup import LIST_INDENT, body_of
from rapport.ui.notes.safe import SafeDocument, nothing

_UNKEPT = re.compile(
    r"<(?:img|table|h[1-6]|blockquote|pre|code|s|del|sub|sup|hr)\b|\sstyle\s*=", re.I
)
"""What a person would miss: the editor writes only ``notes.markup``'s tags."""


class NoteEdit(QTextEdit):
    """Pasting brings plain text; Ctrl+Shift+V brings the formatting that a note can keep."""

    format_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocument(SafeDocument(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.setTabChangesFocus(True)
        self.setAcceptRichText(True)
        self.setObjectName("note-editor")
        self.setAccessibleName(tr("Note"))
        self.setPlaceholderText(tr("Write a note"))
        self._was_html = False
        self.currentCharFormatChanged.connect(lambda _: self.format_changed.emit())
        self.cursorPositionChanged.connect(self.format_changed)

    def loadResource(self, type: int, name: QUrl | str) -> object:
        return nothing()

    # The text.

    def set_body(self, body: str) -> None:
        """Begin with ``body``; HTML stays HTML when it is saved again."""
        self._was_html = is_html(body)
        self.document().setDefaultFont(current_theme().type.font())
        self.document().setIndentWidth(current_theme().type.px(LIST_INDENT))
        if self._was_html:
            self.setHtml(sanitised(body))
        else:
            self.setPlainText(body)
        self.document().setModified(False)
        self.document().clearUndoRedoStacks()
        self.moveCursor(QTextCursor.MoveOperation.End)

    def body(self) -> str:
        """What is saved."""
        return storable(body_of(self.document(), keep_html=self._was_html))

    @staticmethod
    def loses(body: str) -> bool:
        """Whether saving ``body`` again leaves out something that it has, such as a picture."""
        return is_html(body) and _UNKEPT.search(body) is not None

    def is_blank(self) -> bool:
        return not self.toPlainText().strip()

    # What the toolbar does.

    @property
    def is_bold(self) -> bool:
        return self.currentCharFormat().fontWeight() >= QFont.Weight.DemiBold

    @property
    def is_listed(self) -> bool:
        return self.textCursor().currentList() is not None

    def toggle_bold(self) -> None:
        form = QTextCharFormat()
        form.setFontWeight(QFont.Weight.Normal if self.is_bold else QFont.Weight.Bold)
        self.mergeCurrentCharFormat(form)
        self.format_changed.emit()

    def toggle_list(self) -> None:
        cursor = self.textCursor()
        cursor.beginEditBlock()
        if (listed := cursor.currentList()) is not None:
            first, last = self._chosen_blocks(cursor)
            block = self.document().findBlockByNumber(first)
            while block.isValid() and block.blockNumber() <= last:
                if block.textList() is not None:
                    listed.remove(block)
                    plain = QTextBlockFormat()
                    plain.setIndent(0)
                    QTextCursor(block).setBlockFormat(plain)
                block = block.next()
        else:
            cursor.createList(QTextListFormat.Style.ListDisc)
        cursor.endEditBlock()
        self.format_changed.emit()

    def link_at_cursor(self) -> str:
        return self.textCursor().charFormat().anchorHref()

    def set_link(self, address: str) -> None:
        """Link the chosen words, or insert the address; an empty one takes the link away. Raises
        InputError for an address that a note may not carry."""
        address = address.strip()
        cursor = self.textCursor()
        form = QTextCharFormat()
        if not address:
            form.setAnchor(False)
            form.setAnchorHref("")
            form.setFontUnderline(False)
            form.setForeground(self.palette().text())
            cursor.mergeCharFormat(form)
            return
        url = self._address(address)
        form.setAnchor(True)
        form.setAnchorHref(url)
        form.setFontUnderline(True)
        form.setForeground(self.palette().link())
        if cursor.hasSelection():
            cursor.mergeCharFormat(form)
        else:
            after = QTextCharFormat()
            cursor.insertText(address, form)
            cursor.insertText(" ", after)
            self.setTextCursor(cursor)

    @staticmethod
    def _address(typed: str) -> str:
        url = QUrl(typed if ":" in typed else f"https://{typed}", QUrl.ParsingMode.StrictMode)
        if not url.isValid() or not is_safe_link(url.toString()):
            raise InputError(
                tr("This cannot be a link."),
                tr("A link starts with https://, mailto: or tel:"),
                field="link",
            )
        if url.scheme().lower() == "https" and "." not in url.host() and url.host() != "localhost":
            raise InputError(tr("This address has no host, such as example.com."), field="link")
        return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)

    @staticmethod
    def _chosen_blocks(cursor: QTextCursor) -> tuple[int, int]:
        document = cursor.document()
        return (
            document.findBlock(cursor.selectionStart()).blockNumber(),
            document.findBlock(cursor.selectionEnd()).blockNumber(),
        )

    # Pasting and dropping.

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasHtml()

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.textCursor().insertText(source.text(), QTextCharFormat())

    def paste_formatted(self) -> None:
        source = QGuiApplication.clipboard().mimeData()
        if source.hasHtml():
            self.textCursor().insertHtml(sanitised(source.html()))
        elif source.hasText():
            self.insertFromMimeData(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ctrl_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_V and event.modifiers() == ctrl_shift:
            self.paste_formatted()
            return
        if event.matches(QKeySequence.StandardKey.Bold):
            self.toggle_bold()
            return
        super().keyPressEvent(event)
