"""Contacts that are there twice, as a person sees and merges them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QWidget
from tests.ui.window.conftest import PlainToday

from rapport.domain.commands import CreateNote
from rapport.domain.merging import MergeState
from rapport.domain.records import Id
from rapport.ui.context import Page
from rapport.ui.panes.duplicates.page import DuplicatesPage
from rapport.ui.rooms import STANDARD_ROOMS, Rooms
from rapport.ui.toasts import Toast
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.states import Banner

T = TypeVar("T", bound=QWidget)
Until = Callable[[Callable[[], object]], Awaitable[None]]

ANA = {
    "first_name": "Ana",
    "last_name": "Pérez",
    "company": "Lumen",
    "email": "ana@lumen.example",
    "phone": "+351912345678",
    "tags": ["vip"],
}
TWIN = {
    "first_name": "Anna",
    "last_name": "Pérez",
    "company": "Lumen",
    "email": "a.perez@lumen.example",
    "phone": "+351912345678",
    "city": "Porto",
    "tags": ["lead"],
}


@pytest.fixture
def plain_rooms() -> Rooms:
    return Rooms(
        detail=STANDARD_ROOMS.detail, today=PlainToday, duplicates=STANDARD_ROOMS.duplicates
    )


def see(window: QWidget, kind: type[T], name: str) -> T | None:
    found = [one for one in window.findChildren(kind, name) if one.isVisible()]
    return found[-1] if found else None


def press(window: QWidget, name: str) -> None:
    button = see(window, QAbstractButton, name)
    assert button is not None, name
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


async def pair(book: Any, workspace: Any, *more: dict[str, Any]) -> list[Id]:
    ids: list[Id] = await book.add(ANA, TWIN, *more)
    note = CreateNote(contact_id=ids[1], note_id=workspace.new_id(), fields={"body": "likes tea"})
    await workspace.bus.run(note)
    return ids


async def opened(window: Any, until: Until, ids: tuple[Id, ...] = ()) -> DuplicatesPage:
    await until(lambda: window.pages._ready)
    window.context.show_duplicates(ids)
    page = window.findChild(DuplicatesPage, "duplicates-page")
    assert page is not None
    return page


async def test_a_toast_stands_above_the_foot(
    open_window: Any, book: Any, workspace: Any, until: Until
) -> None:
    window = await open_window()
    await pair(book, workspace)
    page = await opened(window, until)
    await until(lambda: see(page, QWidget, "merge-commit"))
    for title in ("Note added", "Task added"):
        window.context.notice(title, "Call Ana back")

    def covered() -> bool:
        commit = see(page, QWidget, "merge-commit")
        assert commit is not None
        area = commit.rect().translated(commit.mapTo(window, commit.rect().topLeft()))
        toasts = [one for one in window.findChildren(Toast) if one.isVisible()]
        return len(toasts) < 2 or any(one.geometry().intersects(area) for one in toasts)

    await until(lambda: not covered())
    window.resize(960, 640)  # where the foot has two lines
    await until(lambda: not covered())
    window.context.show_page(Page.TODAY)
    # No foot there: they stand in their corner.
    toasts = window.findChildren(Toast)
    await until(lambda: max(one.geometry().bottom() for one in toasts) > window.height() - 24)


def saved(page: QWidget, field: str) -> str:
    found = see(page, ChangedText, f"merge-saved-{field}")
    assert found is not None
    return found.text()


async def test_found_chosen_by_mouse_and_keys_merged_and_taken_back(
    book: Any, workspace: Any, open_window: Any, until: Until
) -> None:
    window = await open_window()
    one, other = await pair(book, workspace)
    page = await opened(window, until)
    await until(lambda: see(page, ChangedText, "merge-reasons") is not None)
    reasons = see(page, ChangedText, "merge-reasons")
    assert reasons is not None
    assert "same phone" in reasons.text()
    assert "one letter" in reasons.text()
    choices = page.entry.choices
    assert choices is not None
    fields = choices.fields()
    assert fields == ["first_name", "email", "city"]
    columns = [contact.id for contact in choices.contacts]
    assert saved(page, "tags").replace(" ", "") in ("vip,lead", "lead,vip")
    press(page, f"merge-email-{columns.index(one) + 1}")
    assert saved(page, "email") == "ana@lumen.example"
    page.entry.setFocus()
    digit = Qt.Key.Key_1 if columns[0] == one else Qt.Key.Key_2
    QTest.keyClick(page, Qt.Key.Key_K)
    QTest.keyClick(page, digit)
    assert choices.chosen("first_name") == one
    assert "a.perez@lumen.example" in saved(page, "rest")
    assert "1 note" in saved(page, "belongings")
    QTest.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def merged() -> bool:
        return see(page, QAbstractButton, "merged-take-back") is not None

    await until(merged)
    (entry,) = await workspace.duplicates.merges()
    left = await workspace.queries.detail(entry.survivor_id)
    assert (left.contact.first_name, left.contact.email) == ("Ana", "ana@lumen.example")
    assert sorted(left.contact.tags) == ["lead", "vip"]
    bodies = " ".join(note.body for note in left.notes)
    assert "likes tea" in bodies
    assert "a.perez@lumen.example" in bodies
    assert await workspace.queries.detail(entry.gone[0].id) is None
    press(page, "merged-take-back")

    async def apart() -> bool:
        found = [await workspace.queries.detail(id) for id in (one, other)]
        return all(found)

    for _ in range(200):
        if await apart():
            break
        await asyncio.sleep(0.01)
    first, second = [await workspace.queries.detail(id) for id in (one, other)]
    assert [note.body for note in second.notes] == ["likes tea"]
    assert not first.notes
    assert (first.contact.email, second.contact.email) == (ANA["email"], TWIN["email"])
    (entry,) = await workspace.duplicates.merges()
    assert entry.state is MergeState.UNDONE


async def test_not_the_same_is_remembered(
    book: Any, workspace: Any, open_window: Any, until: Until
) -> None:
    window = await open_window()
    await pair(book, workspace)
    page = await opened(window, until)
    await until(lambda: see(page, QAbstractButton, "merge-apart") is not None)
    press(page, "merge-apart")
    await until(lambda: page.empty.isVisible())
    assert await workspace.duplicates.find() == ()


async def test_three_at_once_one_left_out(
    book: Any, workspace: Any, open_window: Any, until: Until
) -> None:
    window = await open_window()
    third = {"first_name": "A.", "last_name": "Perez", "email": "ana@lumen.example"}
    ids = await pair(book, workspace, third)
    page = await opened(window, until)
    await until(lambda: page.entry.choices is not None)
    assert page.entry.choices is not None
    assert {contact.id for contact in page.entry.choices.contacts} == set(ids)
    out = page.entry.choices.contacts[2].id
    press(page, "merge-leave-3")
    assert {contact.id for contact in page.entry.choices.contacts} == set(ids) - {out}
    press(page, "merge-commit")

    async def one_left() -> int:
        found = [await workspace.queries.detail(id) for id in ids]
        return sum(one is not None for one in found)

    for _ in range(200):
        if await one_left() == 2:
            break
        await asyncio.sleep(0.01)
    assert await one_left() == 2


async def test_asked_for_by_hand_and_without_the_note(
    book: Any, workspace: Any, open_window: Any, until: Until
) -> None:
    window = await open_window()
    ids = await book.add(ANA, {"first_name": "Bela", "last_name": "Dias", "email": "b@x.pt"})
    page = await opened(window, until, tuple(ids))
    await until(lambda: page.entry.choices is not None)
    keep = see(page, QCheckBox, "merge-keep-rest")
    assert keep is not None
    assert saved(page, "rest") != "none"
    keep.click()
    assert saved(page, "rest") == "none"


async def test_who_may_only_read_may_look(
    book: Any, workspace: Any, open_window: Any, until: Until
) -> None:
    window = await open_window()
    from rapport.domain.scopes import READ, Capabilities

    await pair(book, workspace)
    workspace.capabilities = Capabilities.of([READ.name])
    page = await opened(window, until)
    await until(lambda: page.entry.choices is not None)
    window.context.situation_changed.emit()
    assert not page.entry.merge.isEnabled()
    assert page.entry.merge.toolTip()


async def test_a_contact_hints_at_its_twin(
    book: Any, workspace: Any, open_window: Any, until: Until
) -> None:
    window = await open_window()
    one, other = await pair(book, workspace)
    await until(lambda: window.pages._ready)
    window.context.open_contact(one)
    await until(lambda: see(window, Banner, "duplicate-hint") is not None)
    press(window, "duplicate-compare")
    page = window.findChild(DuplicatesPage, "duplicates-page")
    await until(lambda: page.entry.choices is not None and page.isVisible())
    assert {contact.id for contact in page.entry.choices.contacts} == {one, other}
