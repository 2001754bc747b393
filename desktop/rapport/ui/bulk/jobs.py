"""What can be done to many contacts at once, and what it is set up with."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from rapport.domain.commands import AddTags, Command, DeleteContact, EditContact, RemoveTags
from rapport.domain.records import Contact, Id
from rapport.domain.text import visible
from rapport.language import mark, tr
from rapport.ui.bulk.value_field import ValueField
from rapport.ui.context import WindowContext
from rapport.ui.editors.forms import labelled
from rapport.ui.editors.tag_editor import TagEditor
from rapport.ui.look.theme import current_theme
from rapport.ui.panes.detail.field_kinds import (
    Editor,
    command,
    custom_specs,
    standard_specs,
)
from rapport.ui.widgets.labels import Label

Make = Callable[[Id], Command]
"""The command for one contact."""


class Job(StrEnum):
    ADD_TAGS = "add-tags"
    REMOVE_TAGS = "remove-tags"
    OWNER = "assign"
    FIELD = "field"
    DND = "dnd"
    DELETE = "delete"


TITLES = {
    Job.ADD_TAGS: mark("Add tags"),
    Job.REMOVE_TAGS: mark("Remove tags"),
    Job.OWNER: mark("Set owner"),
    Job.FIELD: mark("Set a field"),
    Job.DND: mark("Do not disturb"),
    Job.DELETE: mark("Delete"),
}
_ONE_PERSONS = frozenset({"first_name", "last_name", "phone", "email", "assigned_to", "dnd"})
"""Fields that are nobody else's, or have a job of their own."""


class JobForm(QWidget):
    """Asks for what a job needs. ``make`` is called once nothing is missing, and raises InputError
    where what was typed is wrong."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(current_theme().type.px(8))

    def begin(self) -> None:
        """Take the keyboard."""
        if (target := self.focusProxy()) is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def missing(self) -> str:
        """What is still to be chosen, as a sentence; "" for nothing."""
        return ""

    def make(self) -> Make:
        raise NotImplementedError

    def complain(self, sentence: str) -> None:
        """Say what is wrong with what was typed; "" for nothing."""


class TagsForm(JobForm):
    def __init__(self, context: WindowContext, parent: QWidget, *, add: bool) -> None:
        super().__init__(parent)
        self._add = add
        self.tags = TagEditor(context, self)
        self.tags.setObjectName("bulk-tags")
        self.tags.added.connect(lambda tag: self._set((*self.tags.tags, tag)))
        self.tags.removed.connect(
            lambda gone: self._set(tuple(tag for tag in self.tags.tags if tag != gone))
        )
        words = tr("Tags to add") if add else tr("Tags to remove")
        self.column.addLayout(labelled(words, self.tags, self))
        self.setFocusProxy(self.tags.add)

    def begin(self) -> None:
        self.tags.begin()

    def _set(self, tags: tuple[str, ...]) -> None:
        self.tags.show_tags(tags)
        self.changed.emit()

    def missing(self) -> str:
        return "" if self.tags.tags else tr("Choose at least one tag.")

    def make(self) -> Make:
        tags = self.tags.tags
        if self._add:
            return lambda id: AddTags(contact_id=id, tags=tags)
        return lambda id: RemoveTags(contact_id=id, tags=tags)


class ChoiceForm(JobForm):
    """One of a few values of one field."""

    def __init__(
        self, parent: QWidget, words: str, field: str, choices: list[tuple[str, Any]]
    ) -> None:
        super().__init__(parent)
        self._field = field
        self.box = QComboBox(self)
        self.box.setObjectName("bulk-choice")
        self.box.setAccessibleName(words)
        for text, value in choices:
            self.box.addItem(text, (value,))
        self.box.setCurrentIndex(-1 if len(choices) > 2 else 0)
        self.box.setPlaceholderText(tr("Choose"))
        self.box.activated.connect(lambda _: self.changed.emit())
        self.column.addLayout(labelled(words, self.box, self))
        self.setFocusProxy(self.box)

    def missing(self) -> str:
        return "" if self.box.currentIndex() >= 0 else tr("Choose a value.")

    def make(self) -> Make:
        (value,) = self.box.currentData()
        return lambda id: EditContact(contact_id=id, fields={self._field: value})


class FieldForm(JobForm):
    """Any field that may be the same for many, standard or the account's own, by its type."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        reference = context.workspace.reference
        self._specs = [
            spec
            for spec in (*standard_specs(reference, Contact(id="")), *custom_specs(reference))
            if spec.editor is not Editor.FIXED and spec.key not in _ONE_PERSONS
        ]
        self.field = QComboBox(self)
        self.field.setObjectName("bulk-field")
        self.field.setAccessibleName(tr("Field"))
        for spec in self._specs:
            self.field.addItem(visible(spec.label) if spec.custom else tr(spec.label))
        self.field.setPlaceholderText(tr("Choose"))
        self.field.setCurrentIndex(-1)
        self.field.activated.connect(self._show_editor)
        self.column.addLayout(labelled(tr("Field"), self.field, self))
        self.value: ValueField | None = None
        self.setFocusProxy(self.field)

    def choose(self, key: str) -> None:
        """Choose a field by its key."""
        row = next(at for at, spec in enumerate(self._specs) if spec.key == key)
        self.field.setCurrentIndex(row)
        self._show_editor(row)

    def _show_editor(self, row: int) -> None:
        if self.value is not None:
            self.column.removeWidget(self.value)
            self.value.hide()
            self.value.deleteLater()
        self.value = ValueField(self._context.workspace, self._specs[row], self)
        self.value.changed.connect(self.changed)
        self.column.addWidget(self.value)
        self.value.show()
        self.changed.emit()

    def missing(self) -> str:
        return "" if self.value is not None else tr("Choose a field.")

    def make(self) -> Make:
        assert self.value is not None
        spec, value = self.value.spec, self.value.parsed()
        return lambda id: command(spec, id, value)

    def complain(self, sentence: str) -> None:
        if self.value is not None:
            self.value.complain(sentence)


class DeleteForm(JobForm):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.column.addWidget(
            Label(
                tr(
                    "The contacts go with their notes and tasks, here and in the CRM. For a few"
                    " seconds Undo simply withdraws it; later it makes the contacts anew."
                ),
                self,
                role="muted",
                wrap=True,
            )
        )

    def make(self) -> Make:
        return lambda id: DeleteContact(contact_id=id)


def form_of(job: Job, context: WindowContext, parent: QWidget) -> JobForm:
    match job:
        case Job.ADD_TAGS | Job.REMOVE_TAGS:
            return TagsForm(context, parent, add=job is Job.ADD_TAGS)
        case Job.OWNER:
            users = context.workspace.reference.users
            owners = [(visible(user.name or user.id), user.id) for user in users]
            anybody: list[tuple[str, Any]] = [(tr("Nobody"), None), *owners]
            return ChoiceForm(parent, tr("Owner"), "assigned_to", anybody)
        case Job.FIELD:
            return FieldForm(context, parent)
        case Job.DND:
            words = tr("Calls, messages and e-mail")
            either: list[tuple[str, Any]] = [
                (tr("Do not disturb"), True),
                (tr("May be disturbed"), False),
            ]
            return ChoiceForm(parent, words, "dnd", either)
        case Job.DELETE:
            return DeleteForm(parent)
