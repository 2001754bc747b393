"""The task form: everything a task has, for a new one and for one that exists."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.commands import Command, CreateTask, EditTask
from rapport.domain.records import Id, Task
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.contact_picker import ContactPicker
from rapport.ui.editors.date_field import DateField
from rapport.ui.editors.forms import SaveKey, labelled
from rapport.ui.editors.record_form import RecordForm
from rapport.ui.editors.repeat_field import RepeatField, fill_reminders
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.inputs import Message, TextArea, TextInput
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.segmented import Segmented


class TaskForm(RecordForm):
    def __init__(self, context: WindowContext, parent: QWidget, workspace: Workspace) -> None:
        super().__init__(context, parent, workspace)
        self._task: Task | None = None
        clock = workspace.clock
        self.heading = Label("", self, size=TextSize.SECTION, weight=SEMIBOLD)
        self.title = TextInput(tr("Title"), self, placeholder=tr("What is to be done?"))
        self.title.line.setObjectName("task-title")
        self.due = DateField(clock, self)
        self.priority = Segmented(
            [(0, tr("None")), (1, tr("Low")), (2, tr("Medium")), (3, tr("High"))],
            self,
            name=tr("Priority"),
        )
        self.priority.setObjectName("task-priority")
        self.assignee = QComboBox(self)
        self.assignee.setObjectName("task-assignee")
        self.assignee.setAccessibleName(tr("Assignee"))
        self.repeat = RepeatField(clock, self)
        self.remind = QComboBox(self)
        self.remind.setObjectName("task-remind")
        self.remind.setAccessibleName(tr("Reminder"))
        self.contact = ContactPicker(context, self)
        self.notes = TextArea(tr("Notes"), self, lines=3)
        self.notes.setObjectName("task-notes")
        self.message = Message(self)
        self.delete = Button(tr("Delete"), self, kind=Kind.QUIET, icon="trash")
        self.delete.setObjectName("task-delete")
        self.delete.icon_role = "danger"
        self.cancel = Button(tr("Cancel"), self, kind=Kind.QUIET)
        self.cancel.setObjectName("task-cancel")
        self.save_button = Button(tr("Save task"), self, kind=Kind.FILLED, key="Ctrl ↵")
        self.save_button.setObjectName("task-save")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        px = current_theme().type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(self.heading)
        column.addWidget(self.title)
        column.addLayout(labelled(tr("Due"), self.due, self))
        for left, right in (
            ((tr("Priority"), self.priority), (tr("Reminder"), self.remind)),
            ((tr("Assignee"), self.assignee), (tr("Contact"), self.contact)),
        ):
            pair = QHBoxLayout()
            pair.setSpacing(px(12))
            for words, field in (left, right):
                pair.addLayout(labelled(words, field, self), 1)
            column.addLayout(pair)
        again = labelled(tr("Repeat"), self.repeat, self)
        here = tr("Priority, reminder and repeat stay on this computer.")
        again.addWidget(Label(here, self, size=TextSize.CAPTION, role="muted", wrap=True))
        column.addLayout(again)
        column.addLayout(labelled(tr("Notes"), self.notes, self))
        column.addWidget(self.message)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.delete)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save_button)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.title.submitted.connect(lambda _: self.save())
        self.due.submitted.connect(self.save)
        self.due.changed.connect(lambda: self.repeat.set_due(self.due.moment()))
        self.repeat.line.returnPressed.connect(self.save)
        self.notes.submitted.connect(self.save)
        self.save_button.clicked.connect(self.save)
        self.cancel.clicked.connect(self.given_up)
        self.delete.clicked.connect(self._ask_delete)
        for escaping in (
            self.title.line,
            self.due.line,
            self.repeat.line,
            self.contact.line,
            self.notes,
        ):
            escaping.escaped.connect(self.given_up)
        SaveKey(self).pressed.connect(self.save)

    # Beginning.

    def begin(
        self,
        task: Task | None = None,
        *,
        contact_id: Id | None = None,
        contact_name: str = "",
        due_at: datetime | None = None,
    ) -> None:
        """Show a task, or an empty form; with a contact given there is nothing to pick."""
        self._task = task
        self.heading.setText(tr("Edit task") if task else tr("New task"))
        self.delete.setVisible(task is not None)
        self.title.set_text(task.title if task else "")
        self.due.set_moment(task.due_at if task else due_at)
        self.priority.set_value(task.priority if task and 0 <= task.priority <= 3 else 0)
        self.repeat.set_rule(task.repeat if task else None, self.due.moment())
        fill_reminders(self.remind, task.remind_min if task else None)
        self._fill_assignees(task.assigned_to if task else None)
        self.contact.set_contact(task.contact_id if task else contact_id, contact_name)
        # The API has no way to move a task to another contact.
        self.contact.line.setReadOnly(task is not None or contact_id is not None)
        self.notes.setPlainText(task.body if task else "")
        self.message.say("")
        self._before = self.typed()
        why = self.workspace.capabilities.why_not_write
        self.save_button.setEnabled(why is None)
        self.delete.setEnabled(why is None)
        for button in (self.save_button, self.delete):
            button.setToolTip(why or "")
            button.setAccessibleDescription(why or "")
        self.title.line.selectAll()

    def _fill_assignees(self, chosen: str | None) -> None:
        reference = self.workspace.reference
        self.assignee.clear()
        self.assignee.addItem(tr("Nobody"), None)
        for user in reference.users:
            self.assignee.addItem(user.name, user.id)
        if chosen and reference.user(chosen) is None:
            self.assignee.addItem(chosen, chosen)
        self.assignee.setCurrentIndex(max(0, self.assignee.findData(chosen)))

    def typed(self) -> dict[str, Any]:
        """What the form says now, as typed: to compare, and to bring back."""
        return {
            "title": self.title.text(),
            "due": self.due.line.text(),
            "priority": self.priority.value(),
            "repeat": self.repeat.typed(),
            "remind": self.remind.currentData(),
            "assignee": self.assignee.currentData(),
            "contact": (self.contact.contact_id, self.contact.line.text()),
            "notes": self.notes.toPlainText(),
        }

    def restore(self, typed: dict[str, Any]) -> None:
        """Bring back what :meth:`typed` gave."""
        self.title.set_text(typed["title"])
        self.due.line.setText(typed["due"])
        self.due.line.textEdited.emit(typed["due"])
        self.priority.set_value(typed["priority"])
        self.repeat.restore(typed["repeat"])
        fill_reminders(self.remind, typed["remind"])
        self.assignee.setCurrentIndex(max(0, self.assignee.findData(typed["assignee"])))
        self.contact.set_contact(*typed["contact"])
        self.notes.setPlainText(typed["notes"])

    # Saving.

    def _wrong(self) -> list[QWidget]:
        wrong: list[QWidget] = []
        if not self.title.text().strip():
            self.title.set_invalid(tr("A task needs a title."))
            wrong.append(self.title)
        if self.due.complain():
            wrong.append(self.due)
        if self.repeat.complain():
            wrong.append(self.repeat.line)
        if self.contact.complain():
            wrong.append(self.contact)
        return wrong

    async def _commit(self) -> Id:
        values: dict[str, Any] = {
            "title": self.title.text().strip(),
            "due_at": self.due.moment(),
            "priority": self.priority.value(),
            "repeat": self.repeat.rule(),
            "remind_min": self.remind.currentData(),
            "assigned_to": self.assignee.currentData(),
            "body": self.notes.toPlainText(),
        }
        task = self._task
        if task is None:
            contact_id = self.contact.contact_id
            assert contact_id is not None
            task_id = self.workspace.new_id()
            await self._perform(
                CreateTask(task_id=task_id, contact_id=contact_id, fields=values), values["title"]
            )
            return task_id
        changed = {name: want for name, want in values.items() if getattr(task, name) != want}
        if changed:
            await self._perform(EditTask(task_id=task.id, fields=changed), values["title"])
        return task.id

    async def _perform(self, command: Command, title: str) -> None:
        await self._context.perform(command, title, workspace=self.workspace)

    def _ask_delete(self) -> None:
        if self._task is not None:
            self.delete_asked.emit(self._task.id)
