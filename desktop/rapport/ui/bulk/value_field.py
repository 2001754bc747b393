"""The editor for one value that many contacts are to get, by the type of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from rapport.domain.text import visible
from rapport.language import tr
from rapport.ui.editors.forms import labelled
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.panes.detail.field_kinds import Editor, FieldSpec, parse
from rapport.ui.widgets.inputs import LineEdit, Message, TextArea
from rapport.ui.widgets.labels import Label

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace


class ValueField(QWidget):
    """What is left empty clears the field. ``parsed`` raises InputError; what was typed stays."""

    changed = Signal()

    def __init__(self, workspace: Workspace, spec: FieldSpec, parent: QWidget) -> None:
        super().__init__(parent)
        self.spec = spec
        self._workspace = workspace
        self._boxes: dict[str, QCheckBox] = {}
        self._message = Message(self)
        self._message.setObjectName("bulk-value-message")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(current_theme().type.px(4))
        self.editor = self._editor()
        self.editor.setObjectName("bulk-value")
        column.addLayout(labelled(tr("Value"), self.editor, self))
        column.addWidget(self._message)
        self._hint = Label(
            tr("Left empty, the field is cleared."), self, size=TextSize.CAPTION, role="muted"
        )
        column.addWidget(self._hint)
        self.setFocusProxy(self.editor)

    def _editor(self) -> QWidget:
        name = tr("Value of {field}").format(field=visible(self.spec.label))
        match self.spec.editor:
            case Editor.CHOICE | Editor.YES_NO:
                box = QComboBox(self)
                box.setAccessibleName(name)
                box.addItem(tr("Nothing"), "")
                for value, words in self.spec.options:
                    box.addItem(visible(words), value)
                box.activated.connect(lambda _: self.changed.emit())
                return box
            case Editor.CHOICES:
                host = QWidget(self)
                column = QVBoxLayout(host)
                column.setContentsMargins(0, 0, 0, 0)
                for value, words in self.spec.options:
                    tick = self._boxes[value] = QCheckBox(visible(words), host)
                    tick.toggled.connect(lambda _: self.changed.emit())
                    column.addWidget(tick)
                host.setFocusProxy(next(iter(self._boxes.values()), None))  # type: ignore[arg-type]
                return host
            case Editor.TEXT:
                area = TextArea(name, self, placeholder=self.spec.hint)
                area.textChanged.connect(self.changed)
                return area
        line = LineEdit(name, self, placeholder=self.spec.hint)
        line.textEdited.connect(lambda _: self.changed.emit())
        return line

    def _typed(self) -> str | list[str]:
        editor = self.editor
        if isinstance(editor, QComboBox):
            return str(editor.currentData() or "")
        if isinstance(editor, TextArea):
            return editor.toPlainText()
        if isinstance(editor, LineEdit):
            return editor.text()
        return [value for value, tick in self._boxes.items() if tick.isChecked()]

    def parsed(self) -> Any:
        clock, location = self._workspace.clock, self._workspace.reference.location
        today = clock.now().astimezone(clock.zone()).date()
        return parse(self.spec, self._typed(), today, location.country if location else "")

    def complain(self, sentence: str) -> None:
        self._message.say(sentence)
        self.editor.setAccessibleDescription(sentence)
        if isinstance(self.editor, LineEdit | TextArea):
            self.editor.set_invalid(bool(sentence))
