"""The popovers that edit a task: the whole of it, and its date alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QHBoxLayout, QWidget

from rapport.domain.commands import EditTask
from rapport.domain.errors import InputError
from rapport.domain.ports import Clock
from rapport.domain.records import Id, Task
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.date_field import DateField
from rapport.ui.editors.task_form import TaskForm
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.labels import Label
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
        form.begin(task, contact_id=contact_id, contact_name=contact_name)
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
        _open(popover, spot)
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


class DuePopover(QObject):
    """Changes the due date of a task and nothing else."""

    def __init__(self, context: WindowContext, home: QWidget) -> None:
        super().__init__(home)
        self._context = context
        self._home = home

    def open(self, spot: QRect | None, task: Task, workspace: Workspace) -> DateField:
        async def save(due_at: datetime | None) -> None:
            command = EditTask(task_id=task.id, fields={"due_at": due_at})
            await self._context.perform(command, task.title, workspace=workspace)

        return self.ask(spot, workspace.clock, task.due_at, save)

    def ask(
        self,
        spot: QRect | None,
        clock: Clock,
        due_at: datetime | None,
        save: Callable[[datetime | None], Awaitable[None]],
    ) -> DateField:
        """Ask for a date, beginning with ``due_at``; ``save`` may raise InputError, and the
        question stays."""
        popover = Popover(self._home, width=300, name=tr("Change due date"))
        popover.setObjectName("due-popover")
        field = DateField(clock, popover.panel)
        field.set_moment(due_at)
        button = Button(tr("Save"), popover.panel, kind=Kind.FILLED, key="↵")
        button.setObjectName("due-save")
        popover.body.addWidget(
            Label(tr("Change due date"), popover.panel, size=TextSize.BODY, weight=SEMIBOLD)
        )
        popover.body.addWidget(field)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button)
        popover.body.addLayout(foot)

        async def work() -> None:
            try:
                await save(field.moment())
            except InputError as error:
                field.say(str(error))
            else:
                popover.close()

        def commit() -> None:
            if not field.complain():
                self._context.runner.own(work())

        button.clicked.connect(commit)
        field.submitted.connect(commit)
        field.line.escaped.connect(popover.close)
        popover.closed.connect(popover.deleteLater)
        _open(popover, spot)
        field.line.setFocus()
        field.line.selectAll()
        return field


def _open(popover: Popover, spot: QRect | None) -> None:
    if spot is None:
        window = popover.window()
        spot = QRect(window.width() // 2 - 220, window.height() // 6, 440, 1)
    popover.open_at_rect(spot)
