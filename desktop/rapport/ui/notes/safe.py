"""A text view for text that strangers wrote.

Qt loads what HTML names: pictures, style sheets, backgrounds, from the disk and from network shares
alike, and a ``loadResource`` that answers nothing lets the next one in the chain load it after all.
So every request is answered here, with one transparent pixel. Links never open by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QResizeEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QTextEdit, QWidget

from rapport.domain.text import matches_in
from rapport.services.html import is_safe_link
from rapport.ui.look.theme import current_theme
from rapport.ui.notes.markup import blocks, fragments


def nothing() -> QImage:
    pixel = QImage(1, 1, QImage.Format.Format_ARGB32)
    pixel.fill(Qt.GlobalColor.transparent)
    return pixel


class SafeDocument(QTextDocument):
    """A document that loads nothing, whatever its HTML asks for."""

    def loadResource(self, type: int, name: QUrl | str) -> object:
        return nothing()


class NoteView(QTextBrowser):
    """Read-only text as high as it needs to be. ``link_asked`` tells that a link was pressed: where
    it leads, and in what words it is written."""

    link_asked = Signal(QUrl, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocument(SafeDocument(self))
        self.document().setDocumentMargin(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("bare", True)
        self.viewport().setAutoFillBackground(False)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.anchorClicked.connect(self._asked)
        self._needed = 0

    def loadResource(self, type: int, name: QUrl | str) -> object:
        return nothing()

    def show_html(self, html: str) -> None:
        """Show sanitised HTML (``services.html``); what slipped through still loads nothing."""
        self.setHtml(html)
        # Aligned by the interface; each paragraph still reads in its own direction.
        option = self.document().defaultTextOption()
        edge = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(edge | Qt.AlignmentFlag.AlignAbsolute)
        self.document().setDefaultTextOption(option)
        self._fit()

    def mark(self, wanted: Iterable[str]) -> bool:
        """Mark these words wherever one begins with them. Returns whether there are any."""
        tokens = current_theme().tokens
        words, selections = list(wanted), []
        for block in blocks(self.document()):
            text = block.text()
            for start, length in matches_in(text, words):
                selection = QTextEdit.ExtraSelection()
                selection.cursor = QTextCursor(block)
                selection.cursor.setPosition(block.position() + _units(text[:start]))
                end = block.position() + _units(text[: start + length])
                selection.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                selection.format.setBackground(QColor(tokens.warning_tint))
                selection.format.setForeground(QColor(tokens.text))
                selections.append(selection)
        self.setExtraSelections(selections)
        return bool(selections)

    def sizeHint(self) -> QSize:
        return QSize(200, max(self._needed, self.fontMetrics().lineSpacing()))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The timeline moves with these keys; a text that cannot scroll must not swallow them.
        if event.key() in (
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
            Qt.Key.Key_PageUp,
            Qt.Key.Key_PageDown,
        ) and not (event.modifiers() & Qt.KeyboardModifier.ShiftModifier):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _fit(self) -> None:
        self.document().setTextWidth(max(40, self.viewport().width()))
        needed = round(self.document().size().height())
        if needed != self._needed:
            self._needed = needed
            self.setFixedHeight(max(needed, self.fontMetrics().lineSpacing()))

    def _asked(self, url: QUrl) -> None:
        if is_safe_link(url.toString(QUrl.ComponentFormattingOption.FullyEncoded)):
            self.link_asked.emit(url, self._words_of(url))

    def _words_of(self, url: QUrl) -> str:
        """Everything that is linked to this address."""
        return " ".join(
            fragment.text()
            for block in blocks(self.document())
            for fragment in fragments(block)
            if QUrl(fragment.charFormat().anchorHref()) == url
        )


def _units(text: str) -> int:
    """How long Qt takes ``text`` to be: in units of UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
