"""Large text in a small window: the list or the detail of contacts, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from rapport.domain.filters import ContactQuery
from rapport.domain.settings import Settings, ThemeMode
from rapport.ui.contacts_page import ContactsPage
from rapport.ui.context import Page
from rapport.ui.look.theme import Theme
from rapport.ui.panes.detail.pane import DetailPane
from rapport.ui.rooms import STANDARD_ROOMS, Rooms
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
SMALL = Settings(theme=ThemeMode.LIGHT, text_scale=2.0, window=(960, 600))


@pytest.fixture
def plain_rooms() -> Rooms:
    return STANDARD_ROOMS


@pytest.fixture
def large(theme: Theme) -> Iterator[None]:
    theme.set_text_scale(2.0)
    yield
    theme.set_text_scale(1.0)


@pytest.fixture
async def page(large: None, open_window: Any, book: Any, until: Until) -> ContactsPage:
    await book.crowd(5)
    window = await open_window(SMALL)
    page = window.pages.contacts
    await until(lambda: page.list.view.visualRect(page.list.model.index(4)).isValid())
    return page


def seen(page: ContactsPage) -> tuple[bool, bool]:
    """Whether the list is, and the detail."""
    assert page.detail is not None
    return page.list.isVisible(), page.detail.isVisible()


def back(page: ContactsPage) -> QWidget:
    found = page.findChild(QWidget, "close-detail")
    assert found is not None
    return found


def click(page: ContactsPage, row: int, *held: Qt.KeyboardModifier) -> None:
    view = page.list.view
    spot = view.visualRect(page.list.model.index(row)).center()
    modifiers = held[0] if held else Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifiers, spot)


async def test_enter_opens_and_escape_gives_back(page: ContactsPage, until: Until) -> None:
    window, view = page.window(), page.list.view
    assert isinstance(window, MainWindow)
    assert seen(page) == (True, False)
    assert window._page_area.horizontalScrollBar().maximum() == 0
    page.focus_rows()
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert seen(page) == (True, False)  # the arrows only choose
    QTest.keyClick(view, Qt.Key.Key_Return)
    await until(lambda: seen(page) == (False, True))
    assert window._page_area.horizontalScrollBar().maximum() == 0
    detail = page.detail
    assert isinstance(detail, DetailPane)
    await until(lambda: detail.detail is not None)
    focused = QApplication.focusWidget()
    assert detail.isAncestorOf(focused) or focused is back(page)
    assert back(page).isVisible()
    QTest.keyClick(focused, Qt.Key.Key_Escape)
    await until(lambda: seen(page) == (True, False))
    assert view.hasFocus()
    assert view.currentIndex().row() == 1


async def test_a_click_opens_and_the_way_back_is_a_button(page: ContactsPage, until: Until) -> None:
    click(page, 2)
    await until(lambda: seen(page) == (False, True))
    focused = QApplication.focusWidget()
    assert focused is not None
    assert page.isAncestorOf(focused)
    QTest.mouseClick(back(page), Qt.MouseButton.LeftButton)
    await until(lambda: seen(page) == (True, False))
    assert page.list.view.hasFocus()
    click(page, 2, Qt.KeyboardModifier.ControlModifier)
    click(page, 3, Qt.KeyboardModifier.ControlModifier)
    assert seen(page) == (True, False)  # marked, not opened
    assert len(page.list.marked.marks) == 2


async def test_what_asks_for_a_list_or_a_contact_is_seen(page: ContactsPage, until: Until) -> None:
    window = page.window()
    assert isinstance(window, MainWindow)
    context = window.context
    click(page, 1)
    await until(lambda: seen(page) == (False, True))
    first = window.current_contact_id
    context.actions.trigger("go.next")
    await until(lambda: window.current_contact_id not in (None, first))
    assert seen(page) == (False, True)
    context.show_contacts(ContactQuery())  # as the sidebar does
    await until(lambda: seen(page) == (True, False))
    context.show_page(Page.SETTINGS)
    context.open_contact(first)  # as the palette does
    await until(lambda: seen(page) == (False, True))


async def test_a_note_for_the_chosen_contact_is_written_in_sight(
    page: ContactsPage, until: Until
) -> None:
    page.focus_rows()
    QTest.keyClick(page.list.view, Qt.Key.Key_Down)
    detail = page.detail
    assert isinstance(detail, DetailPane)
    await until(lambda: detail.detail is not None)
    QTest.keyClick(page.list.view, Qt.Key.Key_N)
    await until(lambda: detail.composer.is_open and detail.composer.edit.hasFocus())
    assert detail.composer.edit.isVisible()


async def test_with_room_both_are_there_again_and_the_list_is_as_wide_as_before(
    page: ContactsPage, until: Until, theme: Theme
) -> None:
    width = page.list_width
    click(page, 0)
    await until(lambda: seen(page) == (False, True))
    assert page.list_width == width
    theme.set_text_scale(1.0)
    page.window().resize(1280, 800)
    await until(lambda: seen(page) == (True, True))
    await until(lambda: page.list_width == width)
    assert not back(page).isVisible()
    view = page.list.view
    view.setFocus()
    theme.set_text_scale(2.0)
    await until(lambda: seen(page) == (True, False))
    assert view.hasFocus()
