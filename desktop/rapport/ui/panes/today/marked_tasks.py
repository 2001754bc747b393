"""The marked tasks of the Today page, and what is done with all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QListView, QMenu

from rapport.domain.commands import Command, CompleteTask, DeleteTask, EditTask, SnoozeTask
from rapport.domain.errors import InputError
from rapport.domain.records import Id
from rapport.domain.text import visible
from rapport.language import tr, trn
from rapport.services.across import AccountTask
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.task_actions import TaskActions, put_off
from rapport.ui.marks import Marking, Marks, announce
from rapport.ui.menus import RULE
from rapport.ui.models.task_list_model import TaskListModel
from rapport.ui.widgets.overlay import confirm
from rapport.ui.wording import count

MARKED_MENU = (
    "tasks.complete",
    "tasks.snooze",
    "tasks.reschedule",
    "tasks.assign",
    RULE,
    "list.unmark",
    RULE,
    "tasks.delete",
)
_CONFIRMED_FROM = 5
"""So many tasks are deleted after a question; fewer have Undo."""


class MarkedTasks(QObject):
    """A task that leaves the page loses its mark: what is done must be in sight."""

    def __init__(
        self,
        workspace: Workspace,
        context: WindowContext,
        model: TaskListModel,
        view: QListView,
        tasks: TaskActions,
    ) -> None:
        super().__init__(view)
        self._workspace = workspace
        self._context = context
        self._model = model
        self._view = view
        self._tasks = tasks
        self.marks = Marks(self)
        self.marking = Marking(self.marks, model)
        model.marks = self.marks
        model.answered.connect(self._forget_gone)
        self.marks.changed.connect(self._tell)
        for id, act in {
            "complete": self._complete,
            "reschedule": self._reschedule,
            "snooze": self._snooze,
            "assign": self._assign,
            "delete": self._delete,
        }.items():
            context.actions.bind(f"tasks.{id}", act)

    # What the window asks.

    def mark(self) -> None:
        """Mark the chosen row, or take its mark away."""
        self.marking.toggle(self._view.currentIndex().row())

    async def mark_all(self) -> None:
        self.marks.set(item.row.task.id for item in self._model.listed())

    def unmark(self) -> None:
        self.marks.clear()

    def _forget_gone(self) -> None:
        open_ = (item.row.task for item in self._model.listed())
        self.marks.keep([task.id for task in open_ if not task.completed])

    def _tell(self) -> None:
        number = len(self.marks)
        self._view.viewport().update()
        self._context.change(marked_tasks=number)
        words = trn("{n} task selected", "{n} tasks selected", number)
        announce(self._view, words.format(n=count(number)) if number else tr("No tasks selected"))

    # Doing.

    def _marked(self) -> list[AccountTask]:
        return [item for item in self._model.listed() if item.row.task.id in self.marks]

    async def _each(
        self,
        items: Iterable[AccountTask],
        make: Callable[[Workspace, Id], Command],
        icon: str = "check",
    ) -> None:
        commands = [(item.workspace, make(item.workspace, item.row.task.id)) for item in items]
        await self._context.perform_all(commands, icon)

    async def _complete(self) -> None:
        await self._each(
            self._marked(), lambda whose, id: CompleteTask(task_id=id, at=whose.clock.now())
        )

    def _reschedule(self) -> None:
        items = self._marked()

        async def save(due_at: datetime | None) -> None:
            fields = {"due_at": due_at}
            await self._each(items, lambda _, id: EditTask(task_id=id, fields=fields), "reschedule")

        field = self._tasks.due.ask(self._tasks.spot(), self._workspace.clock, None, save)
        field.line.setPlaceholderText(tr("For all of them: tomorrow 9:00, fri 3pm"))

    async def put_off(self, days: int) -> None:
        """All of them are due so many days from today, each at its time of day."""
        commands = [
            (item.workspace, moved)
            for item in self._marked()
            if (moved := put_off(item.workspace, item.row.task, days)) is not None
        ]
        await self._context.perform_all(commands, "reschedule")

    def _snooze(self) -> None:
        items = self._marked()

        async def snooze(until: datetime) -> None:
            await self._each(items, lambda _, id: SnoozeTask(task_id=id, until=until), "moon")

        self._tasks.offer_moments(self._workspace.clock, snooze)

    def _assign(self) -> None:
        items = self._marked()
        owners = {item.workspace for item in items}
        if len(owners) > 1:
            raise InputError(
                tr("These tasks belong to several accounts."),
                tr("Each has people of its own: assign the tasks of one account at a time."),
            )
        users = next(iter(owners)).reference.users
        if not users:
            raise InputError(
                tr("This sign-in may not see colleagues, so there is nobody to choose from.")
            )
        menu = QMenu(self._view)
        menu.setObjectName("assign-menu")
        for words, user_id in [
            *((visible(user.name or user.id), user.id) for user in users),
            (tr("Nobody"), None),
        ]:
            choice = menu.addAction(words)
            choice.setObjectName(f"assign-{user_id or ''}")
            choice.triggered.connect(partial(self._assign_to, items, user_id))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._tasks.menu_spot())

    def _assign_to(self, items: list[AccountTask], user_id: str | None, _: bool = False) -> None:
        fields = {"assigned_to": user_id}
        self._context.runner.own(
            self._each(items, lambda _, id: EditTask(task_id=id, fields=fields), "user")
        )

    async def _delete(self) -> None:
        items = self._marked()
        if len(items) >= _CONFIRMED_FROM:
            question = trn("Delete {n} task?", "Delete {n} tasks?", len(items))
            if not await confirm(
                self._view.window(),
                question.format(n=count(len(items))),
                tr("They go here and in the CRM. For a few seconds Undo simply withdraws it."),
                confirm=tr("Delete tasks"),
                danger=True,
            ):
                return
        await self._each(items, lambda _, id: DeleteTask(task_id=id), "trash")
