"""Several rows of the contact list, by keys and mouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListView, QWidget

from rapport.domain.commands import AddTags, DeleteContact
from rapport.domain.filters import ContactQuery, Sort
from rapport.services.workspace import Workspace
from rapport.ui.roles import ContactRole
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]
NAME = int(ContactRole.NAME)
SPOKEN = Qt.ItemDataRole.AccessibleTextRole
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
PLAIN = Qt.KeyboardModifier.NoModifier


def view(window: MainWindow) -> QListView:
    found = window.findChild(QListView, "contact-list")
    assert isinstance(found, QListView)
    return found


def press(window: MainWindow, key: Qt.Key, modifiers: Any = PLAIN) -> None:
    QTest.keyClick(window.focusWidget() or window, key, modifiers)


def click(window: MainWindow, row: int, modifiers: Any = PLAIN) -> None:
    rows = view(window)
    spot = rows.visualRect(rows.model().index(row, 0)).center()
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, modifiers, spot)


def marked(window: MainWindow) -> list[int]:
    model = view(window).model()
    spoken = (str(model.index(row, 0).data(SPOKEN)) for row in range(model.rowCount()))
    return [row for row, words in enumerate(spoken) if words.endswith(", selected")]


def summary(window: MainWindow) -> bool:
    return window.findChild(QWidget, "marked-summary").isVisible()


async def test_mouse_and_keys_mark_ranges_and_single_rows(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.crowd(12)
    window = await open_window()
    click(window, 1)
    assert marked(window) == []
    click(window, 3, CONTROL)
    assert marked(window) == [1, 3]
    assert summary(window)
    assert not window.pages.contacts.detail.isVisible()
    click(window, 3, CONTROL)
    assert marked(window) == [1]
    assert not summary(window)
    click(window, 5)
    click(window, 8, SHIFT)
    assert marked(window) == [5, 6, 7, 8]
    click(window, 6, SHIFT)
    assert marked(window) == [5, 6]
    press(window, Qt.Key.Key_Down, SHIFT)
    press(window, Qt.Key.Key_Down, SHIFT)
    assert marked(window) == [5, 6, 7, 8]
    press(window, Qt.Key.Key_Up, SHIFT)
    assert marked(window) == [5, 6, 7]
    press(window, Qt.Key.Key_J)
    press(window, Qt.Key.Key_J)
    press(window, Qt.Key.Key_X)
    assert marked(window) == [5, 6, 7, 9]
    press(window, Qt.Key.Key_Down, SHIFT)
    assert marked(window) == [5, 6, 7, 9, 10]
    assert window.context.situation.marked_contacts == 5
    press(window, Qt.Key.Key_Escape)
    assert marked(window) == []
    assert not summary(window)


async def test_the_whole_list_is_marked_though_it_was_never_read(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.crowd(900)
    window = await open_window()
    view(window).setFocus()
    press(window, Qt.Key.Key_A, CONTROL)
    await until(lambda: window.context.situation.marked_contacts == 900)
    view(window).scrollToBottom()
    last = view(window).model().index(899, 0)
    await until(lambda: str(last.data(SPOKEN)).startswith("Person"))
    assert str(last.data(SPOKEN)).endswith(", selected")


async def test_marks_belong_to_contacts_and_outlive_changes(
    open_window: Open, book: Any, until: Until, workspace: Workspace, clock: Any
) -> None:
    ids = await book.add(*({"first_name": f"P{n}"} for n in range(6)))
    window = await open_window()
    click(window, 2)
    click(window, 4, SHIFT)
    names = {view(window).model().index(row, 0).data(NAME) for row in marked(window)}
    assert names == {"P2", "P3", "P4"}

    clock.at += timedelta(minutes=1)
    # The last one becomes the latest changed, and so the first row.
    await workspace.bus.run(AddTags(contact_id=ids[5], tags=("vip",)))
    model = view(window).model()
    await until(lambda: model.index(0, 0).data(NAME) == "P5")
    assert {model.index(row, 0).data(NAME) for row in marked(window)} == names

    await workspace.bus.run(DeleteContact(contact_id=ids[3]))
    await until(lambda: window.context.situation.marked_contacts == 2)
    window.show_query(ContactQuery(sort=Sort.NAME, descending=False))
    await until(lambda: model.index(0, 0).data(NAME) == "P0")
    assert {model.index(row, 0).data(NAME) for row in marked(window)} == {"P2", "P4"}
    window.show_query(ContactQuery(text="p"))
    assert window.context.situation.marked_contacts == 0
