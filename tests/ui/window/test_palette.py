"""Ctrl+K by keyboard: records and actions by a few letters, the right one first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from rapport.domain.changes import Origin
from rapport.domain.commands import CreateNote, CreateTask
from rapport.domain.filters import HasTag
from rapport.domain.scopes import READ
from rapport.ui.context import Page
from rapport.ui.palette import Palette
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]
PEOPLE = ({"first_name": "Ana", "last_name": "Pérez Ølgaard", "company": "Fjord & Vale"},)
MORE = (
    {"first_name": "Anaïs", "last_name": "Laurent", "tags": ["vip"]},
    {"first_name": "Diana", "last_name": "O’Brien"},
    {"first_name": "Bob", "last_name": "Newton"},
)


@pytest.fixture
async def palette(open_window: Open, book: Any, until: Until) -> Callable[..., Any]:
    for person in (*PEOPLE, *MORE):
        await book.add(person)
    windows: list[MainWindow] = []

    async def open_palette(typed: str = "") -> Palette:
        if not windows:
            windows.append(await open_window())
            # The panes bind these; here is only the window around them.
            windows[0].context.actions.bind("contact.new", lambda: None)
        window = windows[0]
        await until(lambda: window.findChild(Palette) is None)
        key = Qt.Key.Key_K
        QTest.keyClick(window.focusWidget(), key, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: window.findChild(Palette))
        found = window.findChild(Palette)
        assert isinstance(found, Palette)
        await until(lambda: found.model.rowCount() > 0)
        if typed:
            done: list[int] = []
            found.model.modelReset.connect(lambda: done.append(1))
            found.line.setText(typed)
            await until(lambda: done)
        return found

    return open_palette


def titles(palette: Palette) -> list[str]:
    entries = (palette.model.entry(row) for row in range(palette.model.rowCount()))
    return [entry.title for entry in entries if entry is not None]


def chosen(palette: Palette) -> str:
    entry = palette.model.entry(palette.list.currentIndex().row())
    assert entry is not None
    return entry.title


async def test_a_name_comes_first_and_enter_opens_it(palette: Any, until: Until) -> None:
    found = await palette("ana")
    assert set(titles(found)[:2]) == {"Ana Pérez Ølgaard", "Anaïs Laurent"}
    window = found.window()
    await palette_choose(found, "Ana Pérez Ølgaard")
    await until(lambda: window.findChild(Palette) is None)
    row = await window.context.workspace.queries.row_of(window.current_contact_id)
    assert row.name == "Ana Pérez Ølgaard"


async def palette_choose(found: Palette, title: str) -> None:
    while chosen(found) != title:
        QTest.keyClick(found.line, Qt.Key.Key_Down)
    QTest.keyClick(found.line, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("new c", "New contact"),
        ("sync", "Sync now"),
        ("lod", "Light or dark"),
        (">dark", "Light or dark"),
        ("keybo", "Keyboard shortcuts"),
        ("newton", "Bob Newton"),
        ("olgaard ana", "Ana Pérez Ølgaard"),
    ],
)
async def test_the_first_row_is_the_right_one(palette: Any, typed: str, first: str) -> None:
    assert chosen(await palette(typed)) == first


async def test_an_action_is_carried_out_and_remembered(palette: Any, until: Until) -> None:
    found = await palette("today")
    window = found.window()
    QTest.keyClick(found.line, Qt.Key.Key_Return)
    await until(lambda: window.context.situation.page is Page.TODAY)
    assert window.context.settings.recent_actions == ("go.today",)
    again = await palette()
    actions = [again.model.entry(row) for row in range(again.model.rowCount())]
    assert next(one for one in actions if one is not None and one.action).action == "go.today"


async def test_tags_and_notes_and_tasks_are_found(
    palette: Any, until: Until, workspace: Any, clock: Any
) -> None:
    bob = (await workspace.queries.find_contacts("newton"))[0].id
    due = {"title": "Call about the permit", "due_at": clock.now().isoformat()}
    await workspace.bus.run(CreateTask(task_id="t1", contact_id=bob, fields=due), Origin.PERSON)
    note = CreateNote(note_id="n1", contact_id=bob, fields={"body": "The roof permit is <b>in</b>"})
    await workspace.bus.run(note, Origin.PERSON)
    found = await palette("permit")
    assert titles(found)[:2] == ["Call about the permit", "The roof permit is in"]
    window = found.window()
    QTest.keyClick(found.line, Qt.Key.Key_Return)
    await until(lambda: window.context.situation.page is Page.TODAY)
    assert window.context.situation.task_id == "t1"

    found = await palette("#vi")
    assert titles(found) == ["vip"]
    QTest.keyClick(found.line, Qt.Key.Key_Return)
    contacts = window.pages.contacts
    await until(lambda: contacts.list.query.conditions == (HasTag(tag="vip"),))


async def test_nothing_found_says_so_and_esc_leaves(palette: Any, until: Until) -> None:
    found = await palette("zzzzqqq")
    window = found.window()
    assert found._nothing.isVisible()
    QTest.keyClick(found.line, Qt.Key.Key_Return)
    assert found.isVisible()
    QTest.keyClick(found.line, Qt.Key.Key_Escape)
    await until(lambda: window.findChild(Palette) is None)


@pytest.mark.parametrize("scopes", [(READ.name,)])
async def test_what_may_not_be_done_says_why(palette: Any) -> None:
    found = await palette(">new contact")
    entry = found.model.entry(found.list.currentIndex().row())
    assert entry is not None
    assert not entry.enabled
    assert "read" in entry.about.lower()
