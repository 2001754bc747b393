"""The inputs of the form: one for each type that the catalogue knows.

Each keeps what was typed whether or not it can be used, and says below itself what is wrong.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from rapport.domain.arguments import misfits
from rapport.domain.catalogue import Field, Param, Shape
from rapport.domain.errors import InputError
from rapport.domain.ports import Clock
from rapport.domain.records import Id
from rapport.language import tr
from rapport.services.quick_dates import parse_due
from rapport.ui.context import WindowContext
from rapport.ui.editors.moments import moment_words
from rapport.ui.editors.suggestions import Offer, Suggestions
from rapport.ui.look.paint import mirrored
from rapport.ui.look.text import Run, baseline_in, plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.activity.operations.choices import Choice, Source
from rapport.ui.widgets.base import Painted, is_rtl
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.inputs import LineEdit, Message, TextArea
from rapport.ui.widgets.labels import Label

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

MISSING: Final = object()
"""Nothing is given: the argument is not sent."""

_CHECK_AFTER_MS = 500
"""Half a word is not yet a mistake."""
_LONG = frozenset({"body", "message", "html", "text", "description", "notes"})
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d")
_NOT_SENT = "–"


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


def _placeholder(one: Field) -> str:
    if one.default is not None:
        default = one.default if isinstance(one.default, str) else json.dumps(one.default)
        return tr("if left out: {value}").format(value=default)
    return tr(one.description)


class TextField(ArgumentField):
    def __init__(self, one: Field, parent: QWidget) -> None:
        super().__init__(one, parent)
        self.line = LineEdit("", self, placeholder=_placeholder(one))
        self.take(self.line)
        self.line.textEdited.connect(lambda _: self.edited())

    def given(self) -> Any:
        return self.line.text() or MISSING

    def draft(self) -> str:
        return self.line.text()

    def restore(self, draft: str) -> None:
        self.line.setText(draft)
        self.line.setCursorPosition(0)


class NumberField(TextField):
    def given(self) -> Any:
        text = self.line.text().strip()
        if not text:
            return MISSING
        for read in (int, float):
            try:
                return read(text)
            except ValueError:
                pass
        raise InputError(tr("“{text}” is not a number.").format(text=text))


class AreaField(ArgumentField):
    """Several lines of text."""

    def __init__(self, one: Field, parent: QWidget, *, monospace: bool = False) -> None:
        super().__init__(one, parent)
        self.area = TextArea("", self, placeholder=self.hint(one), lines=2)
        if monospace:
            self.area.setFont(current_theme().type.monospace())
            self.area.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.take(self.area)
        self.area.textChanged.connect(self._typed)
        self._quiet = False

    def hint(self, one: Field) -> str:
        return _placeholder(one)

    def given(self) -> Any:
        return self.area.toPlainText() or MISSING

    def draft(self) -> str:
        return self.area.toPlainText()

    def restore(self, draft: str) -> None:
        self._quiet = True
        self.area.setPlainText(draft)
        self._quiet = False

    def _typed(self) -> None:
        if not self._quiet:
            self.edited()


class LinesField(AreaField):
    """A list of texts, one on each line."""

    def given(self) -> Any:
        lines = [line.strip() for line in self.area.toPlainText().splitlines()]
        return [line for line in lines if line] or MISSING


class JsonField(AreaField):
    """An object, or a list of them."""

    def __init__(self, one: Field, parent: QWidget) -> None:
        super().__init__(one, parent, monospace=True)

    def hint(self, one: Field) -> str:
        return json.dumps(_skeleton(one), ensure_ascii=False) if one.type != "any" else ""

    def given(self) -> Any:
        text = self.area.toPlainText().strip()
        if not text:
            return MISSING
        try:
            return json.loads(text)
        except RecursionError:
            raise InputError(tr("This is nested too deeply.")) from None
        except json.JSONDecodeError as error:
            if self.one.type == "any":
                return text
            raise InputError(
                tr("This is not JSON: {why} in line {line}, column {column}.").format(
                    why=error.msg, line=error.lineno, column=error.colno
                )
            ) from None


def _skeleton(shape: Shape) -> Any:
    """A picture of what is wanted: what is required, or the first few fields."""
    match shape.type:
        case "object":
            fields = [one for one in shape.fields if one.required] or shape.fields[:3]
            return {one.name: _skeleton(one) for one in fields}
        case "array":
            return [_skeleton(shape.items)] if shape.items else []
        case "number":
            return 0
        case "boolean":
            return True
        case _:
            return str(shape.enum[0]) if shape.enum else "…"


class ChoiceField(ArgumentField):
    """One of a few values; an optional one may stay unsent."""

    def __init__(self, one: Field, values: list[tuple[str, Any]], parent: QWidget) -> None:
        super().__init__(one, parent)
        self.box = QComboBox(self)
        self.box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        left_out = _placeholder(one) if one.default is not None else tr("not sent")
        self.box.addItem(tr("Choose…") if one.required else f"{_NOT_SENT} {left_out}", MISSING)
        for words, value in values:
            self.box.addItem(words, value)
        self.take(self.box)
        self.box.activated.connect(lambda _: self.edited())

    def given(self) -> Any:
        return self.box.currentData()

    def draft(self) -> int:
        return self.box.currentIndex()

    def restore(self, draft: int) -> None:
        self.box.setCurrentIndex(draft)


class YesField(ArgumentField):
    """Yes or no, where one of them must be said."""

    def __init__(self, one: Field, parent: QWidget) -> None:
        super().__init__(one, parent)
        self.tick = QCheckBox(tr("No"), self)
        self.take(self.tick)
        self.tick.toggled.connect(lambda on: self.tick.setText(tr("Yes") if on else tr("No")))
        self.tick.clicked.connect(lambda _: self.edited())

    def given(self) -> Any:
        return self.tick.isChecked()

    def draft(self) -> bool:
        return self.tick.isChecked()

    def restore(self, draft: bool) -> None:
        self.tick.setChecked(draft)


class MomentField(TextField):
    """A date as people say it, or as the API writes it; the reading stands below."""

    def __init__(self, one: Field, clock: Clock, parent: QWidget) -> None:
        self._clock = clock
        super().__init__(one, parent)
        self.line.setPlaceholderText(tr("tomorrow 9:00, fri 3pm"))
        self._reading = Label("", self, size=TextSize.CAPTION, role="muted")
        self._reading.hide()
        self._column.addWidget(self._reading)
        self.line.textChanged.connect(lambda _: self._read())

    def given(self) -> Any:
        moment = self._moment()
        if moment is None:
            return MISSING
        if self.one.format == "epoch-ms":
            number = round(moment.timestamp() * 1000)
            return str(number) if self.one.type == "string" else number
        # As the API writes them itself: milliseconds, and Z for UTC.
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _moment(self) -> datetime | None:
        text, zone = self.line.text().strip(), self._clock.zone()
        if not text:
            return None
        if self.one.format == "epoch-ms" and text.isdecimal() and len(text) > 9:
            try:
                return datetime.fromtimestamp(int(text) / 1000, UTC)
            except (OverflowError, ValueError, OSError):
                raise InputError(tr("There is no such time.")) from None
        if _ISO.match(text):
            try:
                moment = datetime.fromisoformat(text)
            except ValueError:
                raise InputError(tr("“{text}” is not a date.").format(text=text)) from None
            return moment if moment.tzinfo else moment.replace(tzinfo=zone)
        return parse_due(text, self._clock.now(), zone)

    def _read(self) -> None:
        try:
            moment = self._moment()
        except InputError:
            moment = None
        words = ""
        if moment is not None:
            zone = self._clock.zone()
            try:
                words = moment_words(moment, self._clock.now(), zone)
            except OverflowError:  # a zone's offset before the first or after the last day
                words = ""
        self._reading.setText(words)
        self._reading.setVisible(bool(words))


class FileField(ArgumentField):
    def __init__(self, one: Field, parent: QWidget) -> None:
        super().__init__(one, parent)
        self.line = LineEdit("", self, placeholder=tr("Path of a file"))
        self._browse = Button(tr("Choose…"), self, kind=Kind.TONAL, size=Size.NORMAL)
        self._browse.setAccessibleName(tr("Choose a file for {name}").format(name=one.name))
        self._browse.clicked.connect(self._ask)
        self.take(self.line)
        row = QHBoxLayout()
        row.addWidget(self.line, 1)
        row.addWidget(self._browse)
        self._column.insertLayout(1, row)
        self.line.textEdited.connect(lambda _: self.edited())

    def given(self) -> Any:
        path = self.line.text().strip()
        return [path] if path else MISSING

    def draft(self) -> str:
        return self.line.text()

    def restore(self, draft: str) -> None:
        self.line.setText(draft)

    def _ask(self) -> None:
        dialog = QFileDialog(self, tr("Choose a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.line.setText(path)
        self.edited()


class _IdLine(LineEdit):
    """A click into it, or Down, asks for offers before anything is typed."""

    asked = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if not self.text():
            self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.asked.emit()
            return
        super().keyPressEvent(event)


class IdField(ArgumentField):
    """An id of the CRM: chosen by name from the local copy, or pasted."""

    def __init__(
        self,
        one: Field,
        source: Source,
        workspace: Workspace,
        context: WindowContext,
        parent: QWidget,
    ) -> None:
        super().__init__(one, parent)
        self._workspace = workspace
        self._context = context
        self._source = source
        self._chosen: Choice | None = None
        self._offered: dict[str, Choice] = {}
        self.head.set_end(_id_kind(one, source))
        self.line = _IdLine(
            "",
            self,
            placeholder=tr("Name of the {what}, or its id").format(what=source.what),
            icon=source.icon,
        )
        self.take(self.line)
        self._suggestions = Suggestions(self.line, source.what)
        self._suggestions.chosen.connect(self._pick)
        self.line.textEdited.connect(self._typed)
        self.line.asked.connect(self.offer)

    @property
    def local_id(self) -> Id:
        """Of the record that was chosen by name; else ""."""
        return self._chosen.local if self._chosen is not None else ""

    def given(self) -> Any:
        if self._chosen is not None:
            if not self._chosen.id:
                raise InputError(
                    tr("“{name}” has not reached the CRM yet.").format(name=self._chosen.text)
                )
            return self._chosen.id
        text = self.line.text().strip()
        if " " in text:
            raise InputError(tr("Choose one of those found, or paste an id."))
        return text or MISSING

    def draft(self) -> tuple[str, Choice | None]:
        return self.line.text(), self._chosen

    def restore(self, draft: tuple[str, Choice | None]) -> None:
        self.line.setText(draft[0])
        self.line.setCursorPosition(0)
        self._set(draft[1])

    def offer(self) -> None:
        """Show what may be meant, as for a text just typed."""
        self._context.runner.start(lambda: self._find(self.line.text()), slot="operation-ids")

    def _set(self, choice: Choice | None) -> None:
        self._chosen = choice
        words = _id_kind(self.one, self._source)
        self.head.set_end(choice.id if choice is not None and choice.id else words)

    def _typed(self, text: str) -> None:
        self._set(None)
        self.edited()
        self.offer()

    async def _find(self, text: str) -> None:
        found = await self._source.find(text)
        if not isValid(self) or self.line.text() != text or not self.line.hasFocus():
            return
        self._offered = {f"{one.id}/{one.local}": one for one in found}
        self._suggestions.offer(
            [
                Offer(value=key, text=one.text, beside=one.beside, seed=one.seed)
                for key, one in self._offered.items()
            ]
        )

    def _pick(self, key: object) -> None:
        choice = self._offered.get(str(key))
        if choice is not None:
            self._context.runner.start(lambda: self._take(choice), slot="operation-ids")

    async def _take(self, choice: Choice) -> None:
        if not choice.id and self._source.kind is not None:
            queries = self._workspace.queries
            found = await queries.server_id(self._source.kind, choice.local)
            choice = Choice(
                id=found or "",
                local=choice.local,
                text=choice.text,
                beside=choice.beside,
                seed=choice.seed,
            )
        if not isValid(self):
            return  # another form is shown by now
        self.restore((choice.text, choice))
        self.check()
        self.changed.emit()


def _id_kind(one: Field, source: Source) -> str:
    if isinstance(one, Param):
        return f"{tr('path') if one.place == 'path' else tr('query')}, {source.what}"
    return source.what


def field_for(
    one: Field,
    source: Source | None,
    workspace: Workspace,
    context: WindowContext,
    parent: QWidget,
) -> ArgumentField:
    """The input that fits an argument."""
    if source is not None:
        return IdField(one, source, workspace, context, parent)
    if one.enum:
        return ChoiceField(one, [(str(value), value) for value in one.enum], parent)
    match one.type, one.format:
        case "string" | "number", "date-time" | "epoch-ms":
            return MomentField(one, workspace.clock, parent)
        case "number", _:
            return NumberField(one, parent)
        case "boolean", _ if one.required:
            return YesField(one, parent)
        case "boolean", _:
            return ChoiceField(one, [(tr("Yes"), True), (tr("No"), False)], parent)
        case "array", _ if one.items is not None and one.items.type == "string":
            return LinesField(one, parent)
        case "array" | "object" | "any", _:
            return JsonField(one, parent)
        case "file", _:
            return FileField(one, parent)
        case _ if one.name in _LONG:
            return AreaField(one, parent)
        case _:
            return TextField(one, parent)
