"""The contact dialog, the header, and what the pane says when it has nothing to show."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from rapport.domain.records import Kind
from rapport.domain.views import SyncState
from rapport.ui.widgets.overlay import ConfirmDialog

pytestmark = pytest.mark.usefixtures("theme")


async def _open_dialog(desk: Any, until: Any) -> None:
    desk.context.actions.trigger("contact.new")
    await until(lambda: desk.window.findChild(QLineEdit, "contact-first-name"), "it opens")
    await until(desk.find(QLineEdit, "contact-first-name").hasFocus, "the first field")


def _fill(desk: Any, name: Any, text: Any) -> None:
    desk.find(QLineEdit, name).setFocus()
    desk.write(text)


async def test_a_contact_is_made(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    desk.context.contact_opened.connect(pane.show_contact)
    await _open_dialog(desk, until)
    desk.write("Zoë")
    _fill(desk, "contact-last-name", "van den Berg")
    _fill(desk, "contact-phone", "912 345 679")
    _fill(desk, "contact-company", "Berg & Zonen")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: pane.detail.contact.first_name == "Zoë", "the new contact is shown")
    assert pane.detail.contact.phone == "+351912345679"
    assert pane.detail.contact.company == "Berg & Zonen"


async def test_mistakes_are_told_inline_and_nothing_is_lost(open_ana: Any, until: Any) -> None:
    desk, _, _ = await open_ana()
    await _open_dialog(desk, until)
    desk.write("Zoë")
    _fill(desk, "contact-email", "zoe@@berg")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    email = desk.find(QLineEdit, "contact-email")
    assert email.text() == "zoe@@berg"
    assert email.accessibleDescription()
    assert desk.find(QLineEdit, "contact-first-name").text() == "Zoë"


async def test_an_empty_contact_is_refused(open_ana: Any, until: Any) -> None:
    desk, _, _ = await open_ana()
    await _open_dialog(desk, until)
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    first = desk.find(QLineEdit, "contact-first-name")
    await until(first.accessibleDescription, "the sentence")
    assert "name" in first.accessibleDescription()


async def test_a_twin_is_pointed_out(open_ana: Any, until: Any) -> None:
    desk, _, _ = await open_ana()
    await _open_dialog(desk, until)
    _fill(desk, "contact-email", "ana@fjordvale.pt")
    twin = desk.find(QWidget, "contact-duplicate")
    await until(twin.isVisible, "the twin")
    assert "Ana Pérez Ølgaard" in twin.text()


async def test_copying_is_confirmed_with_a_tick(open_ana: Any) -> None:
    desk, pane, _ = await open_ana()
    desk.click(desk.find(QWidget, "copy-phone"))
    assert QApplication.clipboard().text() == "+351912345678"
    assert pane.header.phone.is_ticked
    assert "copied" in pane.header.phone.accessibleName()


async def test_deleting_asks_and_can_be_undone(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    desk.context.actions.trigger("contact.delete")
    await until(lambda: desk.window.findChild(ConfirmDialog), "the question")
    desk.window.findChild(ConfirmDialog).confirm_button.click()
    await until(lambda: pane.contact_id is None, "the contact is gone")
    assert pane.empty.isVisible()
    await desk.undo_newest()
    pane.show_contact(ana)
    await until(lambda: pane.detail is not None, "the contact is back")


async def test_deleting_asks_about_the_chosen_contact(open_ana: Any, until: Any) -> None:
    """Another row was chosen a moment ago, and the pane still shows Ana."""
    desk, _, ana = await open_ana()
    bob = await desk.lid(Kind.CONTACT, "c-bob")
    desk.context.change(contact_id=bob)
    desk.context.actions.trigger("contact.delete")
    await until(lambda: desk.window.findChildren(ConfirmDialog), "the question")
    (question,) = desk.window.findChildren(ConfirmDialog)
    assert question.accessibleName() == "Delete Bob?"
    question.confirm_button.click()
    await until(lambda: desk.notices, "it is done")
    assert await desk.workspace.queries.row_of(bob) is None
    assert await desk.workspace.queries.row_of(ana) is not None


async def test_opening_asks_sync_for_the_details(open_ana: Any) -> None:
    desk, _, ana = await open_ana()
    assert desk.sync.opened_ids == [ana]


async def test_offline_says_that_notes_were_never_read(open_ana: Any) -> None:
    desk, _, _ = await open_ana(state=SyncState.OFFLINE)
    assert "never read" in desk.find(QWidget, "timeline-state").text()


@pytest.mark.parametrize("read_only", [False, True])
async def test_what_was_never_read_is_not_said_to_be_empty(
    open_ana: Any, until: Any, read_only: bool
) -> None:
    desk, pane, _ = await open_ana(state=SyncState.OFFLINE, read_only=read_only)
    bob = await desk.lid(Kind.CONTACT, "c-bob")
    desk.context.change(contact_id=bob)
    pane.show_contact(bob)
    await until(lambda: pane.detail is not None and pane.detail.contact.id == bob, "Bob is shown")
    assert "never read" in desk.find(QWidget, "timeline-state").text()
    nothing = desk.find(QWidget, "timeline-empty").text()
    assert nothing == ("" if read_only else "Press N to write a note.")


async def test_everything_that_takes_focus_has_a_name(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    note_id = await desk.lid(Kind.NOTE, "n1")
    desk.context.change(note_id=note_id)
    desk.context.actions.trigger("note.edit")
    await until(lambda: pane.composer.is_open, "the composer opens")
    desk.context.actions.trigger("task.new")
    await until(lambda: pane.tasks.editor.is_open, "the form opens")
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in desk.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.accessibleName()
        and widget.focusProxy() is None
    ]
    assert nameless == []


@pytest.mark.parametrize("width", [420, 524, 640, 900])
async def test_the_shape_follows_the_width(open_ana: Any, until: Any, width: Any) -> None:
    desk, pane, _ = await open_ana()
    desk.window.resize(width, 560)
    await until(lambda: pane.width() == width, "the new width")
    assert pane.fields._columns == (1 if width >= 640 else 3)
    assert pane.header.phone.isVisible()


@pytest.mark.parametrize(
    ("name", "words"), [("Ana Ruiz", True), ("Maximiliane von Hohenstein-Ehrenberg", False)]
)
async def test_buttons_give_their_words_for_a_name(
    open_ana: Any, until: Any, name: Any, words: Any
) -> None:
    desk, pane, _ = await open_ana()
    desk.window.resize(700, 560)
    await until(lambda: pane.width() == 700, "the new width")
    first, _, last = name.partition(" ")
    await desk.people(**{"c-ana": {"first_name": first, "last_name": last, "email": "a@x.es"}})
    await until(lambda: pane.header.name.name == name, "the name")
    call = pane.header._buttons["contact.call"]
    await until(lambda: (call.width() > call.height()) is words, "words or none")
    assert not words or pane.header.name.width() >= pane.header.name.whole_width()


async def test_country_and_type_in_words(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    person = {"first_name": "Ana", "country": "PT", "type": "lead", "phone": "+351912345678"}
    await desk.people(**{"c-ana": person})
    await until(lambda: pane.fields.cell("country"), "the country")
    shown = {key: pane.fields.cell(key).accessibleName() for key in ("country", "type")}
    assert "Portugal" in shown["country"]
    assert "Lead" in shown["type"]
    assert "+351 912 345 678" in pane.header.phone.accessibleName()
