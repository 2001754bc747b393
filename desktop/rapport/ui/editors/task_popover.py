"""The popover that edits a task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QWidget

from rapport.domain.records import Id, Task
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.moment_popover import open_at
from rapport.ui.editors.task_form import TaskForm
from rapport.ui.widgets.overlay import Popover


class TaskPopover(QObject):
    """Opens the task form at a control. Closing it with changes offers a way back to them."""

    def __init__(self, context: WindowContext, home: QWidget) -> None:
        super().__init__(home)
        self._context = context
        self._home = home
        self._popover: Popover | None = None

    @property
    def is_open(self) -> bool:
        return self._popover is not None

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

    def close(self) -> None:
        if self._popover is not None:
            self._popover.close()

    def _delete(self, task_id: Id, form: TaskForm) -> None:
        self._context.change(task_id=task_id, task_workspace=form.workspace)
        form.forget()
        self.close()
        self._context.actions.trigger("task.delete")

    def _closed(self, popover: Popover, form: TaskForm, again: Callable[..., TaskForm]) -> None:
        if self._popover is popover:
            self._popover = None
        if form.is_changed:
            typed = form.typed()

            def go_on() -> None:
                again(typed=typed)

            self._context.notice(
                tr("Task not saved"), typed["title"], icon="task", act=(tr("Continue"), go_on)
            )
        popover.deleteLater()
