"""The contact list as list, table and cards: columns, orders, keys, and one's place in a filter."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget, QWidget

from rapport.domain.commands import RemoveTags
from rapport.domain.filters import ContactQuery, HasTag, Sort
from rapport.domain.settings import ListMode
from rapport.ui.contacts_page import ContactsPage
from rapport.ui.context import Pane
from rapport.ui.roles import ContactRole
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]


def page_of(window: MainWindow) -> ContactsPage:
    assert window.pages.contacts is not None
    return window.pages.contacts


def listed(window: MainWindow, role: ContactRole = ContactRole.NAME) -> list[Any]:
    model = page_of(window).list.model
    return [model.index(row, 0).data(int(role)) or () for row in range(model.rowCount())]


async def shown_as(window: MainWindow, mode: ListMode, until: Until) -> None:
    window.context.actions.trigger(f"view.{mode.value}")
    await until(lambda: page_of(window).list.mode is mode)


async def test_a_click_on_a_column_sorts_and_is_remembered(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add(
        {"first_name": "Ana", "company": "Zeta", "email": "ana@x.example"},
        {"first_name": "Bob"},
        {"first_name": "Cia", "company": "Éclair"},
    )
    window = await open_window()
    await shown_as(window, ListMode.TABLE, until)
    views = page_of(window).list.views
    await until(lambda: "ana@x.example" in listed(window, ContactRole.CELLS)[0])
    header = views.header
    columns = [column.id for column, _ in header.columns()]
    section = columns.index("company")

    def click() -> None:
        x = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
        spot = QPoint(x, header.height() // 2)
        QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=spot)

    click()
    await until(lambda: listed(window) == ["Cia", "Ana", "Bob"])
    click()
    # Who has no company stays last.
    await until(lambda: listed(window) == ["Ana", "Cia", "Bob"])
    window.context.show_contacts(ContactQuery(conditions=()))
    await until(lambda: page_of(window).list.query.sort is Sort.COMPANY)
    header.resizeSection(section, 300)
    header.moveSection(header.visualIndex(section), 3)
    await until(lambda: [one.id for one in views.kept.columns][3:4] == ["company"])
    assert views.kept.mode is ListMode.TABLE


async def test_columns_are_chosen_and_moved_by_keys(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.add({"first_name": "Ana", "city": "Porto"})
    window = await open_window()
    await shown_as(window, ListMode.TABLE, until)
    window.context.actions.trigger("list.columns")
    await until(lambda: window.findChild(QListWidget, "columns-list"))
    found = window.findChild(QListWidget, "columns-list")
    assert isinstance(found, QListWidget)
    rows = [found.item(row).text() for row in range(found.count())]
    found.setCurrentRow(rows.index("City"))
    QTest.keyClick(found, Qt.Key.Key_Space)
    for _ in range(rows.index("City") - 1):
        QTest.keyClick(found, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(found, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(found, Qt.Key.Key_Return)
    views = page_of(window).list.views
    await until(lambda: [column.id for column, _ in views.header.columns()][1] == "city")
    assert views.kept.columns[1].width == 140
    await until(lambda: "Porto" in listed(window, ContactRole.CELLS)[0])


async def test_the_detail_comes_when_it_is_opened_and_goes_by_escape(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.crowd(3)
    window = await open_window()
    page = page_of(window)
    await shown_as(window, ListMode.TABLE, until)
    host = page.detail.parentWidget()
    page.list.focus_rows()
    QTest.keyClick(page.list.view, Qt.Key.Key_Down)
    assert not host.isVisible()
    window.resize(960, 600)
    QTest.keyClick(page.list.view, Qt.Key.Key_Return)
    await until(host.isVisible)
    assert not page.list.isVisible()  # there is no room beside it
    first = window.current_contact_id
    window.context.actions.trigger("go.next")
    await until(lambda: window.current_contact_id not in (None, first))
    window.context.actions.trigger("go.back")
    await until(page.list.view.hasFocus)
    assert not host.isVisible()
    window.resize(1500, 800)
    await until(lambda: page.width() > 1100)
    QTest.mouseClick(page.list.view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 20))
    await until(host.isVisible)
    assert page.list.isVisible()
    back = window.findChild(QWidget, "close-detail")
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    assert not host.isVisible()


async def test_keys_walk_the_cards_in_two_dimensions(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.crowd(40)
    window = await open_window()
    page = page_of(window)
    await shown_as(window, ListMode.CARDS, until)
    view = page.list.view
    page.list.focus_rows()
    beside = view.beside
    assert beside >= 3

    def row() -> int:
        return view.currentIndex().row()

    for key, expected in (
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Down, 1 + beside),
        (Qt.Key.Key_Left, beside),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_End, 39),
    ):
        QTest.keyClick(view, key)
        assert row() == expected
    rects = [view.visualRect(view.model().index(n, 0)) for n in range(40)]
    assert all(view.indexAt(rect.center()).row() == n for n, rect in enumerate(rects))
    assert all(not a.intersects(b) for a, b in pairwise(rects))
    await until(lambda: window.context.situation.pane is Pane.LIST)


async def test_marks_and_choice_are_one_in_all_views(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.crowd(8)
    window = await open_window()
    page = page_of(window)
    page.list.focus_rows()
    QTest.keyClick(page.list.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    chosen = window.current_contact_id
    for mode in (ListMode.TABLE, ListMode.CARDS, ListMode.LIST):
        await shown_as(window, mode, until)
        assert len(page.list.marked.marks) == 2
        assert window.current_contact_id == chosen
        assert page.list.view.currentIndex().row() == 1


async def test_a_contact_stays_until_one_moves_on(
    open_window: Open, book: Any, workspace: Any, until: Until
) -> None:
    people = [{"first_name": name, "tags": ["vip"]} for name in ("Ana", "Bob", "Cia")]
    ids = await book.add(*people)
    await book.add({"first_name": "Dan"})
    window = await open_window()
    window.context.show_contacts(ContactQuery(conditions=(HasTag(tag="vip"),)))
    page = page_of(window)
    await until(lambda: page.list.model.total == 3)
    window.context.open_contact(ids[1])
    await until(lambda: page.list.view.currentIndex().row() == 1)
    await workspace.bus.run(RemoveTags(contact_id=ids[1], tags=("vip",)))
    await until(lambda: page.list.model.members == 2)
    assert listed(window) == ["Ana", "Bob", "Cia"]
    window.context.actions.trigger("go.next")
    await until(lambda: listed(window) == ["Ana", "Cia"])
    assert page.list.view.currentIndex().row() == 1
