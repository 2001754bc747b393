"""The filter builder by keys and mouse, and what is done with the lists it makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from rapport.domain.filters import (
    AllOf,
    AnyOf,
    ContactQuery,
    FieldHas,
    HasTag,
    NoOpenTask,
    SmartList,
    Without,
)
from rapport.ui.filtering import FilterDialog
from rapport.ui.filtering.lines import GroupBox, LineRow
from rapport.ui.models import sidebar_model as nav
from rapport.ui.toasts import Toast
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]


async def built(window: MainWindow, until: Until) -> FilterDialog:
    window.context.actions.trigger("list.filter")
    await until(lambda: [d for d in window.findChildren(FilterDialog) if d.isVisible()])
    return next(d for d in window.findChildren(FilterDialog) if d.isVisible())


def choose(box: QComboBox, words: str) -> None:
    box.setCurrentIndex(box.findText(words))
    assert box.currentText() == words
    box.activated.emit(box.currentIndex())


def lines(dialog: FilterDialog) -> list[LineRow]:
    return [row for row in dialog.findChildren(LineRow) if row.isVisibleTo(dialog)]


def value(row: LineRow) -> Any:
    return row.findChildren(QWidget, "filter-value")[-1]


@pytest.fixture
async def window(open_window: Open, book: Any) -> MainWindow:
    await book.add(
        {"first_name": "Ana", "tags": ["vip"], "city": "Porto"},
        {"first_name": "Bob", "tags": ["vip", "cold"], "city": "Lisboa"},
        {"first_name": "Cia", "city": "Porto"},
        {"first_name": "Dan"},
    )
    found: MainWindow = await open_window()
    return found


async def test_an_or_group_is_built_counted_and_shown(window: MainWindow, until: Until) -> None:
    dialog = await built(window, until)
    counted = dialog.findChild(QLabel, "filter-count")
    await until(lambda: counted.text() == "4 contacts")
    (first,) = lines(dialog)
    QTest.keyClicks(value(first), "vip")
    await until(lambda: counted.text() == "2 contacts")
    QTest.mouseClick(dialog.findChild(QWidget, "filter-add-group"), Qt.MouseButton.LeftButton)
    _, inner, second = lines(dialog)
    # Tab goes on as one reads, to lines that were added later, too.
    match = dialog.focusWidget()
    assert isinstance(match, QComboBox)

    def stop_after(widget: QWidget) -> QWidget:
        stops = dialog._tab_stops()
        return stops[stops.index(widget) + 1]

    await until(lambda: stop_after(match) is inner.field)
    assert stop_after(inner.field) is inner.verb
    choose(inner.field, "City")
    QTest.keyClicks(value(inner), "porto")
    choose(second.field, "Task")
    choose(second.verb, "has an open one")
    await until(lambda: counted.text() == "1 contact")
    group = next(g for g in dialog.findChildren(GroupBox) if g.objectName() == "filter-group")
    choose(group.match, "None of these")
    await until(lambda: counted.text() == "1 contact")
    wanted = (
        HasTag(tag="vip"),
        Without(of=AnyOf(of=(FieldHas(field="city", text="porto"), Without(of=NoOpenTask())))),
    )
    assert dialog.conditions() == wanted
    assert dialog.text.text() == "tag:vip -(city:porto OR -due:none)"
    QTest.mouseClick(dialog.findChild(QWidget, "filter-show"), Qt.MouseButton.LeftButton)
    contacts = window.pages.contacts
    assert contacts is not None
    await until(lambda: contacts.list.query.conditions == wanted)
    await until(lambda: contacts.list.model.total == 1)


async def test_text_and_lines_are_two_views(window: MainWindow, until: Until) -> None:
    window.context.show_contacts(ContactQuery(conditions=(HasTag(tag="vip"),)))
    dialog = await built(window, until)
    assert dialog.text.text() == "tag:vip"
    dialog.text.setFocus()
    dialog.text.selectAll()
    QTest.keyClicks(dialog.text, "tag:vip (city:porto OR city:lisboa) ana")
    await until(lambda: len(lines(dialog)) == 4)
    assert dialog.conditions()[1] == AnyOf(
        of=(FieldHas(field="city", text="porto"), FieldHas(field="city", text="lisboa"))
    )
    counted = dialog.findChild(QLabel, "filter-count")
    await until(lambda: counted.text() == "1 contact")
    before = dialog.conditions()
    QTest.keyClicks(dialog.text, " (")
    assert dialog.conditions() == before  # a mistake is told, and the lines stay
    assert any("not closed" in label.text() for label in dialog.findChildren(QLabel))
    QTest.keyClick(dialog.text, Qt.Key.Key_Escape)
    dialog.close()


async def test_a_condition_is_removed_by_key(window: MainWindow, until: Until) -> None:
    conditions = (HasTag(tag="vip"), AllOf(of=(HasTag(tag="cold"), NoOpenTask())))
    window.context.show_contacts(ContactQuery(conditions=conditions))
    dialog = await built(window, until)
    assert len(lines(dialog)) == 3
    remove = lines(dialog)[0].findChild(QWidget, "filter-remove")
    remove.setFocus()
    QTest.keyClick(remove, Qt.Key.Key_Space)
    await until(lambda: len(lines(dialog)) == 2)
    focused = dialog.focusWidget()
    assert focused is not None
    assert focused.isVisibleTo(dialog)
    assert dialog.conditions() == (AllOf(of=(HasTag(tag="cold"), NoOpenTask())),)
    dialog.close()


async def test_a_list_is_saved_changed_copied_moved_and_taken_back(
    window: MainWindow, until: Until
) -> None:
    doer = window.filter_actions

    def mine() -> list[SmartList]:
        return [one for one, _ in window.sidebar.model.counts.smart_lists][4:]

    def undo() -> None:
        window.findChildren(Toast)[-1].notice.act[1]()

    window.context.show_contacts(ContactQuery(conditions=(HasTag(tag="vip"),)))
    window.context.actions.trigger("list.save")
    await until(lambda: window.findChild(QLineEdit, "list-name-line"))
    line = window.findChild(QLineEdit, "list-name-line")
    QTest.keyClicks(line, "Warm")
    QTest.keyClick(line, Qt.Key.Key_Return)
    await until(lambda: [one.name for one in mine()] == ["Warm"])
    warm = mine()[0]
    window.sidebar.choose(f"list:{warm.id}")
    window.context.actions.trigger("list.duplicate")
    await until(lambda: [one.name for one in mine()] == ["Warm", "Warm (copy)"])
    copy = mine()[1]
    await doer._lists.move(copy.id, -1)
    await until(lambda: [one.id for one in mine()] == [copy.id, warm.id])
    window.sidebar._chosen = f"list:{warm.id}"
    window.context.actions.trigger("list.edit")
    await until(lambda: [d for d in window.findChildren(FilterDialog) if d.isVisible()])
    dialog = next(d for d in window.findChildren(FilterDialog) if d.isVisible())
    assert dialog.name is not None
    dialog.name.setText("Cold")
    dialog.text.selectAll()
    QTest.keyClicks(dialog.text, "tag:cold")
    QTest.mouseClick(dialog.findChild(QWidget, "filter-save"), Qt.MouseButton.LeftButton)
    await until(lambda: [one.name for one in mine()] == ["Warm (copy)", "Cold"])
    assert mine()[1] == SmartList(id=warm.id, name="Cold", conditions=(HasTag(tag="cold"),))
    undo()
    await until(lambda: mine()[1] == warm)
    await doer.remove(copy)
    await until(lambda: mine() == [warm])
    undo()
    await until(lambda: mine() == [copy, warm])


async def test_the_plus_of_the_sidebar_opens_the_builder(window: MainWindow, until: Until) -> None:
    sidebar = window.sidebar
    await until(lambda: sidebar.model.row_of(nav.LISTS) >= 0)
    area = sidebar.view.visualRect(sidebar.model.index(sidebar.model.row_of(nav.LISTS)))
    spot = QPoint(area.right() - 16, area.bottom() - 8)
    QTest.mouseClick(sidebar.view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    await until(lambda: [d for d in window.findChildren(FilterDialog) if d.isVisible()])
    window.findChildren(FilterDialog)[0].close()
