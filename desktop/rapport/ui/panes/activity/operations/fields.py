"""The inputs of the form: one for each type that the catalogue knows."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from rapport.domain.catalogue import Field, Shape
from rapport.domain.errors import InputError
from rapport.domain.ports import Clock
from rapport.language import tr
from rapport.services.quick_dates import parse_due
from rapport.ui.context import WindowContext
from rapport.ui.editors.moments import moment_words
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.panes.activity.operations.choices import Source
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.inputs import LineEdit, TextArea
from rapport.ui.widgets.labels import Label

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

from rapport.ui.panes.activity.operations.argument import MISSING, ArgumentField, placeholder
from rapport.ui.panes.activity.operations.id_field import IdField

_LONG = frozenset({"body", "message", "html", "text", "description", "notes"})
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d")
_NOT_SENT = "–"


class TextField(ArgumentField):
    def __init__(self, one: Field, parent: QWidget) -> None:
        super().__init__(one, parent)
        self.line = LineEdit("", self, placeholder=placeholder(one))
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
        return placeholder(one)

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
        left_out = placeholder(one) if one.default is not None else tr("not sent")
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
