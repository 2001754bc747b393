"""A note as it is read: short ones whole, long ones their beginning, giants without freezing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from rapport.domain.text import visible
from rapport.language import tr, trn
from rapport.services.html import is_html, plain_text, sanitised
from rapport.ui.look.theme import current_theme
from rapport.ui.notes.markup import LIST_INDENT
from rapport.ui.notes.safe import NoteView
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.labels import Label
from rapport.ui.wording import count

PREVIEW = 1_500
"""Characters of a long note that are shown at first."""
GIANT = 60_000
"""From here on a note is shown without its formatting: laying it out would freeze the window."""
_LINE = 2_000


def shown_body(body: str) -> str:
    """``body`` without the characters that reorder or hide their neighbours; lines stay lines."""
    return "\n".join(visible(line) for line in body.replace("\r\n", "\n").split("\n"))


def preview(body: str) -> str | None:
    """The beginning of a long note as plain text; None where the note is short."""
    if len(body) <= PREVIEW:
        return None
    text = shown_body(plain_text(body[: 10 * PREVIEW]))
    if len(body) <= 10 * PREVIEW and len(text) <= PREVIEW:
        return None
    cut = text[:PREVIEW]
    return f"{cut.rsplit(None, 1)[0] if ' ' in cut[-80:] else cut} …"


class NoteText(QWidget):
    """The text of one note. ``link_asked`` tells of a pressed link; nothing opens by itself."""

    link_asked = Signal(QUrl, str)

    def __init__(self, body: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._body = body
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._shown: QWidget | None = None
        self._more: Button | None = None
        beginning = preview(body)
        if beginning is None:
            self._show_whole()
            return
        self._put(Label(beginning, self, wrap=True, selectable=True))
        words = trn("Show {n} character", "Show all {n} characters", len(body)).format(
            n=count(len(body))
        )
        self._more = more = Button(words, self, kind=Kind.LINK, size=Size.INLINE)
        more.setObjectName("note-show-all")
        more.clicked.connect(self._show_all)
        self._column.addWidget(more)

    def mark(self, words: Iterable[str]) -> None:
        """Mark the words that the note was found by; what hides them is opened, but for a giant."""
        if len(self._body) > GIANT:
            return
        if not isinstance(self._shown, NoteView):
            self._show_formatted()
        if isinstance(self._shown, NoteView):
            self._shown.mark(words)

    def _put(self, widget: QWidget) -> None:
        if self._shown is not None:
            self._shown.hide()
            self._shown.deleteLater()
        self._shown = widget
        self._column.insertWidget(0, widget)

    def _show_all(self) -> None:
        if self._more is not None:
            self._more.hide()
        if len(self._body) > GIANT:
            self._put(_Giant(self._body, self))
        else:
            self._show_whole()

    def _show_whole(self) -> None:
        body = shown_body(self._body)
        if not is_html(body) and "://" not in body and "@" not in body:
            self._put(Label(body.strip(), self, wrap=True, selectable=True))
            return
        self._show_formatted()

    def _show_formatted(self) -> None:
        body = shown_body(self._body)
        if self._more is not None:
            self._more.hide()
        view = NoteView(self)
        view.document().setDefaultStyleSheet(
            f"a {{ color: {current_theme().tokens.accent_text}; }} p {{ margin: 0 0 6px 0; }}"
            " ul, ol { margin: 0 0 6px 0; }"
        )
        view.document().setIndentWidth(current_theme().type.px(LIST_INDENT))
        view.show_html(sanitised(body))
        view.setAccessibleName(tr("Note"))
        view.link_asked.connect(self.link_asked)
        self._put(view)


class _Giant(QPlainTextEdit):
    """Lays out only what is in view, in a window of its own height."""

    def __init__(self, body: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setObjectName("note-giant")
        self.setAccessibleName(tr("Note"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setFixedHeight(current_theme().type.px(360))
        self.setPlainText("\n".join(_lines(shown_body(plain_text(body)))))


def _lines(text: str) -> Iterator[str]:
    """Lines short enough to be laid out in no time."""
    for line in text.split("\n"):
        while len(line) > _LINE:
            cut = line.rfind(" ", _LINE // 2, _LINE)
            cut = cut if cut > 0 else _LINE
            yield line[:cut]
            line = line[cut:].lstrip(" ")
        yield line
