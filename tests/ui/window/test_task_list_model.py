"""Today's list: groups with headers, completed tasks that strike and leave."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest_asyncio
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from rapport.domain.commands import CompleteTask, CreateTask
from rapport.domain.records import Id
from rapport.services.workspace import Workspace
from rapport.ui.models.task_list_model import TaskListModel
from rapport.ui.roles import RowKind, TaskRole
from rapport.ui.runner import Runner

TITLE, KIND, DONE, COUNT = (
    int(role) for role in (TaskRole.TITLE, TaskRole.KIND, TaskRole.DONE, TaskRole.COUNT)
)
Until = Callable[[Callable[[], object]], Any]


@pytest_asyncio.fixture
async def model(workspace: Workspace, theme: object, dispose: Any) -> AsyncIterator[TaskListModel]:
    runner = Runner()
    model = TaskListModel((workspace,), runner)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    model.close()
    await runner.close()
    await dispose(tester, model, runner)


def titles(model: TaskListModel) -> list[str]:
    return [model.data(model.index(row), TITLE) for row in range(model.rowCount())]


async def add(workspace: Workspace, contact: Id, title: str, **due: float) -> Id:
    task = workspace.new_id()
    due_at = workspace.clock.now() + timedelta(**due)
    fields = {"title": title, "due_at": due_at}
    await workspace.bus.run(CreateTask(task_id=task, contact_id=contact, fields=fields))
    return task


async def test_groups_stand_under_their_headers(
    model: TaskListModel, workspace: Workspace, book: Any, until: Until
) -> None:
    (ana,) = await book.add({"first_name": "Ana", "company": "Fjord"})
    await add(workspace, ana, "Late", days=-2)
    await add(workspace, ana, "Now", hours=2)
    await add(workspace, ana, "Later", days=3)
    model.show()
    await until(lambda: model.rowCount() == 6)
    assert titles(model) == ["Overdue", "Late", "Today", "Now", "Upcoming", "Later"]
    assert model.data(model.index(0), KIND) == RowKind.HEADER
    assert model.data(model.index(0), COUNT) == "1"
    assert model.data(model.index(1), int(TaskRole.CONTACT)) == "Ana"
    assert model.data(model.index(3), int(TaskRole.DUE_TEXT)) == "12:42"
    assert model.data(model.index(5), int(TaskRole.DUE_TEXT)) == "Fri 27 Nov"
    assert (model.next_task_row(0), model.next_task_row(4, -1)) == (1, 3)


async def test_a_completed_task_strikes_and_leaves(
    model: TaskListModel, workspace: Workspace, book: Any, until: Until
) -> None:
    (ana,) = await book.add({"first_name": "Ana"})
    done = await add(workspace, ana, "Late", days=-2)
    await add(workspace, ana, "Now", hours=2)
    model.show()
    await until(lambda: model.rowCount() == 4)
    kept = QPersistentModelIndex(model.index(3))
    struck: list[bool] = []
    model.dataChanged.connect(lambda first, *_: struck.append(first.data(DONE)))
    await workspace.bus.run(CompleteTask(task_id=done, at=workspace.clock.now()))
    await until(lambda: model.rowCount() == 2)
    assert struck[0] is True
    assert titles(model) == ["Today", "Now"]
    assert kept.row() == 1
