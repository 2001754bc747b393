"""What is done with entries of the timeline: notes pinned and coloured, an appointment's status."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from rapport.domain.records import Kind
from rapport.domain.scopes import ALL, BOOK, Capabilities
from rapport.domain.text import matches_in
from rapport.ui.notes.safe import NoteView
from rapport.ui.panes.detail.entries import Show
from rapport.ui.panes.detail.timeline_rows import EntryRow
from rapport.ui.widgets.timeline import AppointmentCard

pytestmark = pytest.mark.usefixtures("theme")


def _row(pane: Any, key: str) -> EntryRow:
    row = pane.timeline.row_of(key)
    assert isinstance(row, EntryRow)
    return row


def _menu(name: str) -> QMenu | None:
    menus = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    return next((menu for menu in menus if menu.objectName() == name), None)


async def test_a_pinned_note_stands_first_and_undo_puts_it_back(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    old = await desk.lid(Kind.NOTE, "n2")
    assert next(iter(pane.timeline._rows)) != f"note:{old}"
    _row(pane, f"note:{old}").setFocus(Qt.FocusReason.TabFocusReason)
    await until(lambda: desk.context.situation.note_id == old, "the note is chosen")
    desk.context.actions.press("P")
    await until(lambda: next(iter(pane.timeline._rows)) == f"note:{old}", "it moves to the top")
    assert "pinned" in _row(pane, f"note:{old}").accessibleName()
    items = await desk.workspace.queries.outbox_items()
    assert items[-1].fields["pinned"].want is True  # the CRM holds it, too
    await desk.undo_newest()
    await until(lambda: next(iter(pane.timeline._rows)) != f"note:{old}", "it goes back")
    assert not any(note.pinned for note in (await desk.read(ana)).notes)


async def test_a_colour_is_chosen_by_its_name_and_told_by_it(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    note = await desk.lid(Kind.NOTE, "n1")
    _row(pane, f"note:{note}").setFocus(Qt.FocusReason.TabFocusReason)
    await until(lambda: desk.context.situation.note_id == note, "the note is chosen")
    desk.context.actions.trigger("note.colour")
    await until(lambda: _menu("note-colours"), "the colours")
    menu = _menu("note-colours")
    assert menu is not None
    next(item for item in menu.actions() if item.text() == "Amber").trigger()
    menu.close()
    await until(lambda: "Amber" in _row(pane, f"note:{note}").accessibleName(), "it is told")
    stored = next(one for one in (await desk.read(ana)).notes if one.id == note)
    assert stored.color == "#FFAA00"


async def test_the_status_of_an_appointment_by_key_and_by_mouse(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    visit = await desk.lid(Kind.APPOINTMENT, "a1")
    key = f"appointment:{visit}"

    async def status() -> str:
        return str((await desk.read(ana)).appointments[0].status)

    _row(pane, key).setFocus(Qt.FocusReason.TabFocusReason)
    await until(lambda: desk.context.situation.appointment_id == visit, "it is chosen")
    desk.context.actions.press("3")
    await until(lambda: "No-show" in _row(pane, key).accessibleName(), "it is shown")
    assert await status() == "noshow"
    assert _row(pane, key).hasFocus()

    card = _row(pane, key).findChild(AppointmentCard)
    desk.click(card.state)
    await until(lambda: _menu("entry-menu"), "the menu")
    menu = _menu("entry-menu")
    assert menu is not None
    assert len([item for item in menu.actions() if item.isEnabled()]) == 4
    showed = next(item for item in menu.actions() if item.objectName() == "menu-appointment.showed")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(showed).center())
    await until(lambda: "Showed" in _row(pane, key).accessibleName(), "it is shown")
    await until(lambda: len(desk.notices) == 2, "both can be undone")
    await desk.undo_newest()
    await until(lambda: "No-show" in _row(pane, key).accessibleName(), "undone")


async def test_an_appointment_without_the_right_says_why(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    without = {scope.name for scope in ALL} - {BOOK.name}
    desk.workspace.capabilities = Capabilities.of(without)
    visit = await desk.lid(Kind.APPOINTMENT, "a1")
    _row(pane, f"appointment:{visit}").setFocus(Qt.FocusReason.TabFocusReason)
    await until(lambda: desk.context.situation.appointment_id == visit, "it is chosen")
    desk.context.actions.press("1")
    assert "Change appointments" in desk.notices[-1].text


async def test_keys_leave_an_appointment_alone_once_it_is_left(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    visit = await desk.lid(Kind.APPOINTMENT, "a1")
    _row(pane, f"appointment:{visit}").setFocus(Qt.FocusReason.TabFocusReason)
    await until(lambda: desk.context.situation.appointment_id == visit, "it is chosen")
    desk.context.change(contact_id=ana, note_id=None)
    assert not desk.context.actions.is_enabled("appointment.showed")


async def test_who_was_found_by_a_note_is_shown_with_it_and_its_words(
    open_ana: Any, until: Any
) -> None:
    desk, pane, ana = await open_ana()
    await desk.people(**{"c-rui": {"first_name": "Rui"}})
    rui = await desk.lid(Kind.CONTACT, "c-rui")
    pane.show_contact(rui)
    await until(lambda: pane.detail.contact.id == rui, "somebody else is shown")
    note = await desk.lid(Kind.NOTE, "n1")

    def marked() -> list[str]:
        row = pane.timeline.row_of(f"note:{note}")
        view = row.findChild(NoteView) if row is not None else None
        found = view.extraSelections() if view is not None else []
        return [selection.cursor.selectedText() for selection in found]

    desk.context.searched = "facade invert"
    pane.show_contact(ana)
    await until(lambda: marked() == ["invert", "façade"], "both words are marked, accents or not")

    desk.context.searched = "fjord"  # her company: nothing to be pointed out
    pane.show_contact(rui)
    await until(lambda: pane.detail.contact.id == rui, "somebody else is shown")
    pane.show_contact(ana)
    await until(lambda: pane.detail.contact.id == ana, "she is shown again")
    assert marked() == []

    plain = await desk.lid(Kind.NOTE, "n2")
    desk.click(pane.timeline.filters.segment(Show.CHANGES))
    await until(lambda: f"note:{plain}" not in pane.timeline._rows, "notes are filtered out")
    desk.context.show_note(ana, plain, "assist")
    await until(lambda: f"note:{plain}" in pane.timeline._rows, "the filter gives way")
    view = _row(pane, f"note:{plain}").findChild(NoteView)
    assert [one.cursor.selectedText() for one in view.extraSelections()] == ["assist"]
    assert pane.timeline.filters.value() is Show.ALL


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("The Façade, façades", ["facade"], ["Façade", "façade"]),
        ("Straße 5", ["strasse"], ["Straße"]),
        ("panorama", ["rama"], []),
        ("明月科技有限公司", ["科技"], ["科技"]),
        ("🎉 Ana", ["ana"], ["Ana"]),
        ("nothing", [""], []),
    ],
)
def test_words_are_found_as_the_search_finds_them(text: str, wanted: Any, found: Any) -> None:
    assert [text[at : at + length] for at, length in matches_in(text, wanted)] == found
