"""The popover that edits a task."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QRect

from rapport.domain.records import Id, Task
from rapport.language import mark, tr
from rapport.services.workspace import Workspace
from rapport.ui.editors.form_popover import FormPopover
from rapport.ui.editors.moment_popover import open_at
from rapport.ui.editors.task_form import TaskForm
from rapport.ui.widgets.overlay import Popover


class TaskPopover(FormPopover):
    """Opens the task form at a control."""

    NOT_SAVED = mark("Task not saved")
    ICON = "task"

    def open(
        self,
        spot: QRect | None,
        task: Task | None = None,
        *,
        contact_id: Id | None = None,
        contact_name: str = "",
        due_at: datetime | None = None,
        typed: dict[str, Any] | None = None,
        workspace: Workspace | None = None,
    ) -> TaskForm:
        """Open for ``task``, or for a new one, at an area of the window (None: in its middle);
        ``typed`` is what an earlier form held, ``workspace`` whose task it is where not of the
        account on screen."""
        workspace = workspace or self._context.workspace
        self.close()
        name = tr("Edit task") if task else tr("New task")
        popover = Popover(self._home, width=440, name=name)
        popover.setObjectName("task-popover")
        form = TaskForm(self._context, popover.panel, workspace)
        form.begin(task, contact_id=contact_id, contact_name=contact_name, due_at=due_at)
        if typed is not None:
            form.restore(typed)
        popover.body.addWidget(form)
        self._popover = popover
        form.saved.connect(lambda _: popover.close())
        form.given_up.connect(popover.close)
        form.delete_asked.connect(lambda task_id: self._delete(task_id, form))
        again = partial(
            self.open,
            None,
            task,
            contact_id=contact_id,
            contact_name=contact_name,
            workspace=workspace,
        )
        popover.closed.connect(lambda: self._closed(popover, form, again))
        open_at(popover, spot)
        form.title.line.setFocus()
        form.title.line.selectAll()
        return form

    def _delete(self, task_id: Id, form: TaskForm) -> None:
        self._context.change(task_id=task_id, task_workspace=form.workspace)
        form.forget()
        self.close()
        self._context.actions.trigger("task.delete")
