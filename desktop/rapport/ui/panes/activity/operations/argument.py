"""What the inputs of the form share: a name above, an input, and a sentence below that says what is
wrong. What was typed is kept whether or not it can be used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRectF, QSize, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.arguments import misfits
from rapport.domain.catalogue import Field, Param, Shape
from rapport.domain.errors import InputError
from rapport.language import tr
from rapport.ui.look.paint import mirrored
from rapport.ui.look.text import Run, baseline_in, plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.base import Painted, is_rtl
from rapport.ui.widgets.inputs import Message

if TYPE_CHECKING:
    pass


MISSING: Final = object()
"""Nothing is given: the argument is not sent."""

_CHECK_AFTER_MS = 500
"""Half a word is not yet a mistake."""


class ArgumentField(QWidget):
    """A name above an input and a sentence below it. ``changed`` says that it was edited."""

    changed = Signal()

    def __init__(self, one: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self.one = one
        self.complaint = ""
        """What is wrong, as it is shown; "" while nothing is known to be."""
        self.head = _Head(one, self)
        self._message: Message | None = None
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.head)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current_theme().type.px(4))
        self._soon = QTimer(self, singleShot=True, interval=_CHECK_AFTER_MS)
        self._soon.timeout.connect(self.check)

    def take(self, editor: QWidget, *below: QWidget) -> None:
        """Put the input below the name, and the message below that."""
        editor.setObjectName(f"operation-{self.one.name}")
        required = tr("required") if self.one.required else tr("optional")
        parts = (self.one.name, required, kind_words(self.one))
        editor.setAccessibleName(", ".join(parts))
        editor.setAccessibleDescription(tr(self.one.description))
        for widget in (editor, *below):
            self._column.addWidget(widget)
        self.setFocusProxy(editor)
        self._editor = editor

    # What the form asks.

    def given(self) -> Any:
        """The value as it would be sent, or MISSING. Raises InputError for what cannot be read."""
        raise NotImplementedError

    def draft(self) -> Any:
        """What is in the input, to be put back with ``restore``."""
        raise NotImplementedError

    def restore(self, draft: Any) -> None:
        raise NotImplementedError

    def check(self, *, whole: bool = False) -> bool:
        """Say what is wrong, if anything is. ``whole`` minds what is missing, too."""
        self._soon.stop()
        try:
            value = self.given()
        except InputError as error:
            self.say(str(error))
            return False
        if value is MISSING:
            self.say(tr("This is needed.") if whole and self.one.required else "")
        else:
            self.say(" ".join(misfits(self.one, value)))
        return not self.complaint

    def say(self, sentence: str) -> None:
        if sentence == self.complaint:
            return
        self.complaint = sentence
        if self._message is None:  # most fields never need one
            self._message = Message(self)
            self._message.words.setObjectName(f"operation-{self.one.name}-error")
            self._column.addWidget(self._message)
        self._message.say(sentence)
        described = sentence or tr(self.one.description)
        self._editor.setAccessibleDescription(described)
        mark = getattr(self._editor, "set_invalid", None)
        if mark is not None:
            mark(bool(sentence))
        self.changed.emit()

    def edited(self) -> None:
        """What was wrong may not be so any more; what is wrong now is told after a pause."""
        if self.complaint:
            self.say("")
        self._soon.start()
        self.changed.emit()


class _Head(Painted):
    """Name and “required” at the start, what it is at the end. One widget for three texts: a form
    can have thirty of them."""

    def __init__(self, one: Field, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = one.name
        self._required = tr("required") if one.required else ""
        self._end = kind_words(one)
        self.setToolTip(plain_tip(tr(one.description)))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_end(self, words: str) -> None:
        self._end = words
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.type.px(80), self.type.line(TextSize.CAPTION))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, type_, tokens = QPainter(self), self.type, self.tokens
        bounds, gap = QRectF(self.rect()), self.type.px(6)
        plain = type_.font(TextSize.CAPTION)
        name = Run(self._name, type_.font(TextSize.CAPTION, SEMIBOLD), bounds.width())
        required = Run(self._required, plain)
        start = name.width + gap + required.width + gap
        end = Run(self._end, plain, max(0.0, bounds.width() - start))
        for run, x, colour in (
            (name, 0.0, tokens.text),
            (required, name.width + gap, tokens.muted),
            (end, bounds.width() - end.width, tokens.muted),
        ):
            area = mirrored(QRectF(x, 0, run.width, bounds.height()), bounds, is_rtl(self))
            painter.setPen(QColor(colour))
            metrics = type_.metrics(TextSize.CAPTION)
            run.draw(painter, area.left(), baseline_in(0, bounds.height(), metrics))


def kind_words(one: Field) -> str:
    """“path, text”: where an argument travels, if not in the body, and what it is."""
    words = _shape_words(one)
    if not isinstance(one, Param):
        return words
    return f"{tr('path') if one.place == 'path' else tr('query')}, {words}"


def carried_words(shape: Shape) -> str:
    """What a field of an event is."""
    return {"array": tr("list"), "object": tr("object")}.get(shape.type) or _shape_words(shape)


def _shape_words(shape: Shape) -> str:
    if shape.enum:
        return tr("choice")
    match shape.type, shape.format:
        case _, "date-time" | "epoch-ms":
            return tr("date and time")
        case _, "integer":
            return tr("whole number")
        case "array", _:
            simple = shape.items is not None and shape.items.type == "string"
            return tr("list, one a line") if simple else tr("list, as JSON")
        case kind, _:
            return {
                "string": tr("text"),
                "number": tr("number"),
                "boolean": tr("yes or no"),
                "object": tr("object, as JSON"),
                "file": tr("file"),
                "any": tr("text or JSON"),
            }[kind]


def placeholder(one: Field) -> str:
    if one.default is not None:
        default = one.default if isinstance(one.default, str) else json.dumps(one.default)
        return tr("if left out: {value}").format(value=default)
    return tr(one.description)
