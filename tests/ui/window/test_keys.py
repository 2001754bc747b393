"""Keys of the registry that a person chose: what they do, and where they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from rapport.domain.settings import Settings, ThemeMode
from rapport.ui.key_names import cap_of
from rapport.ui.widgets.button import KeyCap
from rapport.ui.widgets.inputs import SearchField

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]


async def test_another_key_counts_at_once_and_the_old_one_is_free(
    open_window: Open, until: Until
) -> None:
    window = await open_window()
    actions, done = window.context.actions, []
    actions.bind("task.new", lambda: done.append("task"))
    window.pages.contacts.list.focus_rows()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_T)
    await until(lambda: done == ["task"])
    actions.set_keys({"task.new": ("X",)})
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_T)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_X)
    await until(lambda: done == ["task", "task"])
    assert actions.tooltip("task.new") == "New task (X)"
    assert cap_of("task.new") == "X"
    actions.reset_keys()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_X)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_T)
    await until(lambda: len(done) == 3)
    assert window.context.settings.shortcuts == {}


async def test_a_letter_is_text_in_a_field_whatever_it_does_elsewhere(open_window: Open) -> None:
    window = await open_window(
        Settings(theme=ThemeMode.LIGHT, shortcuts={"go.settings": ("Q", "Shift+W")})
    )
    done: list[str] = []
    window.context.actions.bind("go.settings", lambda: done.append("settings"))
    field = window.top_bar.search
    field.setFocus()
    QTest.keyClicks(field, "qW")
    assert field.text() == "qW"
    assert done == []


async def test_who_else_has_a_key_is_told_but_not_who_shares_it_in_the_table(
    open_window: Open,
) -> None:
    window = await open_window()
    actions = window.context.actions
    assert {"task.edit", "note.edit", "contact.edit"} <= set(actions.rivals("contact.call", "E"))
    assert actions.rivals("task.edit", "E") == []
    actions.set_keys({"contact.call": ("E",)})
    assert "contact.call" in actions.rivals("task.edit", "E")
    actions.set_keys({"contact.call": ("C",)})
    assert window.context.settings.shortcuts == {}
    actions.reset_keys("contact.call")


async def test_the_sheet_has_todays_keys_and_finds_them(open_window: Open, until: Until) -> None:
    window = await open_window()
    window.context.actions.set_keys({"sync.now": ("Ctrl+Alt+U",)})
    window.context.actions.trigger("app.help")
    await until(lambda: window.findChild(QWidget, "shortcut-sheet"))
    sheet = window.findChild(QWidget, "shortcut-sheet")
    search = sheet.findChild(SearchField, "shortcut-search")

    def caps() -> list[str]:
        return [cap.key for cap in sheet.findChildren(KeyCap) if cap.isVisible()]

    assert "Ctrl Alt U" in caps()
    assert "F5" not in caps()
    search.setText("sync")
    assert caps() == ["Ctrl Alt U"]
    search.setText("ctrl alt u")
    assert caps() == ["Ctrl Alt U"]
    search.setText("nothing like it")
    assert caps() == []
    window.context.actions.reset_keys()
