"""Several tasks of the Today page: marked, and done with as one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from ulid import ULID

from rapport.domain.commands import CompleteTask, CreateContact, CreateTask
from rapport.domain.records import Kind
from rapport.services.workspace import Workspace
from rapport.store import Snapshot, Store
from rapport.ui.context import Page
from rapport.ui.rooms import STANDARD_ROOMS, Rooms
from rapport.ui.window import MainWindow

from .conftest import ACCOUNT, NOW

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier
TASKS = 6


@pytest.fixture
def plain_rooms(plain_rooms: Rooms) -> Rooms:
    return Rooms(detail=plain_rooms.detail, today=STANDARD_ROOMS.today)


async def today(open_window: Open, book: Any, until: Until) -> MainWindow:
    await book.add({"first_name": "Ana"})
    await book.absorb(
        [
            Snapshot(
                kind=Kind.TASK,
                rid=f"t{n}",
                contact_rid="c000000",
                values={"title": f"T{n}", "due_at": (NOW + timedelta(minutes=n + 1)).isoformat()},
            )
            for n in range(TASKS)
        ]
    )
    window = await open_window()
    window.context.show_page(Page.TODAY)
    await until(lambda: window.pages._today is not None)
    page = window.pages._today
    await until(lambda: page.model.rowCount() == TASKS + 1 and page.view.hasFocus())
    return window


def click(window: MainWindow, title: str, modifiers: Any = PLAIN) -> None:
    view = window.pages._today.view
    # On the title: in the middle stand the keys of the row under the mouse.
    row = view.visualRect(view.model().index(titles(window).index(title) + 1, 0))
    spot = row.topLeft() + QPoint(70, row.height() // 2)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifiers, spot)


def press(window: MainWindow, key: Qt.Key, modifiers: Any = PLAIN) -> None:
    QTest.keyClick(window.focusWidget() or window, key, modifiers)


def titles(window: MainWindow) -> list[str]:
    return [item.row.task.title for item in window.pages._today.model.listed()]


async def test_marked_by_mouse_and_keys_completed_and_undone_as_one(
    open_window: Open, book: Any, until: Until, workspace: Workspace
) -> None:
    window = await today(open_window, book, until)
    page = window.pages._today
    click(window, "T1")
    click(window, "T3", SHIFT)
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_Down)
    press(window, Qt.Key.Key_X)
    assert window.context.situation.marked_tasks == 4
    assert page._summary.isVisible()
    spoken = [str(page.model.index(r, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for r in (2, 5)]
    assert [words.endswith(", selected") for words in spoken] == [True, False]

    press(window, Qt.Key.Key_Space)
    await until(lambda: titles(window) == ["T0", "T4"])
    assert window.context.situation.marked_tasks == 0
    press(window, Qt.Key.Key_Z, CONTROL)
    await until(lambda: len(titles(window)) == TASKS)
    assert await workspace.bus.undo_text() is None


async def test_all_are_moved_to_another_day_and_given_to_nobody(
    open_window: Open, book: Any, until: Until, workspace: Workspace
) -> None:
    window = await today(open_window, book, until)
    press(window, Qt.Key.Key_A, CONTROL)
    await until(lambda: window.context.situation.marked_tasks == TASKS)
    press(window, Qt.Key.Key_D)
    await until(lambda: window.focusWidget().objectName() == "task-due")
    QTest.keyClicks(window.focusWidget(), "tomorrow 9:00")
    press(window, Qt.Key.Key_Return)
    model = window.pages._today.model
    await until(lambda: {item.row.task.due_at.day for item in model.listed()} == {25})
    items = await workspace.queries.undo_items()
    assert [item.title for item in items] == [f"Edit task ({TASKS})"]

    press(window, Qt.Key.Key_S)
    await until(lambda: window.findChild(QMenu, "snooze-menu"))
    menu = window.findChild(QMenu, "snooze-menu")
    next(one for one in menu.actions() if one.objectName() == "snooze-1h").trigger()
    menu.close()
    await until(lambda: all(item.row.task.snoozed_until for item in model.listed()))
    assert {item.row.task.due_at.day for item in model.listed()} == {25}


async def test_a_marked_box_is_no_completion(open_window: Open, book: Any, until: Until) -> None:
    window = await today(open_window, book, until)
    page = window.pages._today
    click(window, "T1", CONTROL)
    click(window, "T2", CONTROL)
    assert window.context.situation.marked_tasks == 3, "the chosen one and two more"
    row = QRectF(page.view.visualRect(page.model.index(2, 0)))
    box = page._delegate.circle_rect(row, right_to_left=False).center().toPoint()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, PLAIN, box)
    assert window.context.situation.marked_tasks == 2
    await asyncio.sleep(0.1)
    assert not any(item.row.task.completed for item in page.model.listed())
    assert len(titles(window)) == TASKS


async def test_tasks_of_two_accounts_are_undone_by_one_key(
    open_window: Open, book: Any, until: Until, workspace: Workspace, clock: Any, sync: Any
) -> None:
    window = await today(open_window, book, until)
    store = Store.open(None, bytes(32), clock=clock, new_id=lambda: str(ULID()))
    other = Workspace(
        structs.replace(ACCOUNT, id="a2"),
        store,
        sync,
        workspace.capabilities,
        clock,
        workspace._loop,
    )
    await other.start()
    made = other.new_id(), other.new_id()
    await other.bus.run(CreateContact(contact_id=made[0], fields={"first_name": "Bo"}))
    due = {"title": "There", "due_at": clock.now()}
    await other.bus.run(CreateTask(task_id=made[1], contact_id=made[0], fields=due))
    here = window.pages._today.model.listed()[0].row.task.id

    async def done() -> list[bool]:
        rows = [await workspace.queries.task(here), await other.queries.task(made[1])]
        return [row.task.completed for row in rows]

    at = clock.now() + timedelta(seconds=1)
    clock.at = at
    await window.context.perform_all(
        [
            (workspace, CompleteTask(task_id=here, at=at)),
            (other, CompleteTask(task_id=made[1], at=at)),
        ]
    )
    assert await done() == [True, True]
    await window.context.undo()
    assert await done() == [False, False]
    other.close()
    store.close()
