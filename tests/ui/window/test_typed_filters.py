"""Conditions typed into the search become chips, and a filter becomes a smart list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from rapport.domain.filters import AnyOf, FieldHas, HasTag, Without
from rapport.ui.panes.search_box import last_word
from rapport.ui.toasts import Toast
from rapport.ui.widgets.chips import FilterChip
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]


async def opened(open_window: Open, book: Any) -> MainWindow:
    await book.add({"first_name": "Ana", "tags": ["vip"]})
    await book.add({"first_name": "Bob", "tags": ["vip", "cold"]})
    await book.add({"first_name": "Cia"})
    window: MainWindow = await open_window()
    window.top_bar.search.setFocus()
    return window


def completions(window: MainWindow) -> list[Any]:
    shown = window.top_bar.search._completions
    return shown.offers() if shown.isVisible() else []


def chips(window: MainWindow) -> list[str]:
    return [chip.text() for chip in window.findChildren(FilterChip) if chip.isVisible()]


async def test_a_condition_becomes_a_chip_when_it_is_ended(
    open_window: Open, book: Any, until: Until
) -> None:
    window = await opened(open_window, book)
    contacts = window.pages.contacts
    assert contacts is not None
    search = window.top_bar.search
    QTest.keyClicks(search, "tag:vip ")
    await until(lambda: contacts.list.query.conditions == (HasTag(tag="vip"),))
    assert search.text() == ""
    QTest.keyClicks(search, "-tag:cold")
    await until(lambda: [one.text for one in completions(window)] == ["cold"])
    QTest.keyClick(search, Qt.Key.Key_Escape)
    QTest.keyClick(search, Qt.Key.Key_Return)
    cold = Without(of=HasTag(tag="cold"))
    await until(lambda: contacts.list.query.conditions == (HasTag(tag="vip"), cold))
    await until(lambda: contacts.list.model.total == 1)
    assert any("Not" in chip for chip in chips(window))


async def test_conditions_are_completed(open_window: Open, book: Any, until: Until) -> None:
    window = await opened(open_window, book)
    search = window.top_bar.search
    QTest.keyClicks(search, "ana tag:v")
    await until(lambda: [one.text for one in completions(window)] == ["vip"])
    QTest.keyClick(search, Qt.Key.Key_Return)
    contacts = window.pages.contacts
    assert contacts is not None
    await until(lambda: contacts.list.query.conditions == (HasTag(tag="vip"),))
    assert contacts.list.query.text == "ana"
    assert search.text() == "ana"


async def test_a_key_is_offered_and_then_its_values(
    open_window: Open, book: Any, until: Until
) -> None:
    window = await opened(open_window, book)
    await book.add({"first_name": "Dan", "company": "New York Times"})
    search = window.top_bar.search
    QTest.keyClicks(search, "-comp")
    await until(lambda: [one.text for one in completions(window)] == ["company:"])
    QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(search, Qt.Key.Key_Return)
    await until(lambda: [one.text for one in completions(window)] == ["New York Times"])
    QTest.keyClick(search, Qt.Key.Key_Return)
    contacts = window.pages.contacts
    assert contacts is not None
    wanted = Without(of=FieldHas(field="company", text="New York Times"))
    await until(lambda: contacts.list.query.conditions == (wanted,))


async def test_a_word_like_a_key_is_searched_for_on_enter(
    open_window: Open, book: Any, until: Until
) -> None:
    window = await opened(open_window, book)
    QTest.keyClicks(window.top_bar.search, "ci")
    await until(lambda: [one.text for one in completions(window)] == ["city:"])
    QTest.keyClick(window.top_bar.search, Qt.Key.Key_Return)
    contacts = window.pages.contacts
    assert contacts is not None
    await until(lambda: contacts.list.model.total == 1)
    assert (contacts.list.query.text, contacts.list.view.hasFocus()) == ("ci", True)


async def test_or_goes_on_with_the_last_chip(open_window: Open, book: Any, until: Until) -> None:
    window = await opened(open_window, book)
    QTest.keyClicks(window.top_bar.search, "tag:cold OR -tag:vip ")
    contacts = window.pages.contacts
    assert contacts is not None
    wanted = AnyOf(of=(HasTag(tag="cold"), Without(of=HasTag(tag="vip"))))
    await until(lambda: contacts.list.query.conditions == (wanted,))
    await until(lambda: contacts.list.model.total == 2)
    assert len(chips(window)) == 1


async def test_a_mistake_is_told_and_searched_for(
    open_window: Open, book: Any, until: Until
) -> None:
    window = await opened(open_window, book)
    QTest.keyClicks(window.top_bar.search, "due:never ")
    note = window.findChild(QWidget, "list-note")
    await until(lambda: note.isVisible() and "never" in note.text())
    contacts = window.pages.contacts
    assert contacts is not None
    assert contacts.list.query.text == "due:never"
    window.top_bar.search.clear()
    await until(lambda: not note.isVisible())


async def test_a_filter_is_saved_as_a_list_and_removed(
    open_window: Open, book: Any, until: Until
) -> None:
    window = await opened(open_window, book)
    QTest.keyClicks(window.top_bar.search, "-tag:vip ")
    save = window.findChild(QWidget, "save-list-button")
    await until(save.isVisible)
    QTest.mouseClick(save, Qt.MouseButton.LeftButton)
    await until(lambda: window.findChild(QLineEdit, "list-name-line"))
    line = window.findChild(QLineEdit, "list-name-line")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert line.isVisible()  # a list needs a name
    QTest.keyClicks(line, "Newcomers")
    QTest.keyClick(line, Qt.Key.Key_Return)
    model = window.sidebar.model

    def row() -> int:
        texts = [model.entry(row).text for row in range(model.rowCount())]
        return texts.index("Newcomers") if "Newcomers" in texts else -1

    await until(lambda: row() >= 0)
    entry = model.entry(row())
    assert entry is not None
    assert (entry.count, entry.own) == ("1", True)
    await until(lambda: window.findChild(QWidget, "save-list-button").isHidden())
    made = window.filter_actions.list_of(entry.id)
    assert made is not None
    await window.filter_actions.remove(made)
    await until(lambda: row() < 0)
    toast = window.findChildren(Toast)[-1]
    toast.notice.act[1]()
    await until(lambda: row() >= 0)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ("", "")),
        ("ana ta", ("ana ", "ta")),
        ('ana company:"Fjord & V', ("ana ", 'company:"Fjord & V')),
        ('company:"a b" x', ('company:"a b" ', "x")),
    ],
)
def test_the_last_word(text: str, parts: tuple[str, str]) -> None:
    assert last_word(text) == parts
