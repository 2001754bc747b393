"""Bad input 37: the disk is full. The person hears of it before an editor closes, and what was
typed is still there when there is room again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

pytestmark = pytest.mark.usefixtures("theme")

CTRL = Qt.KeyboardModifier.ControlModifier
LONG = "x" * 9000
"""Longer than what is left on the last pages."""


@contextmanager
def full(desk: Any) -> Iterator[None]:
    db = desk.store._writer._db
    db.pragma("max_page_count", db.pragma("page_count"))
    yield
    db.pragma("max_page_count", 1 << 30)


async def told(desk: Any, until: Any) -> None:
    await until(lambda: desk.failures, "the person is told")
    assert desk.failures[-1].title == "The disk is full."
    assert desk.failures[-1].retry is not None or desk.failures[-1].message


async def test_a_note_stays_in_its_editor(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    desk.context.actions.press("N")
    await until(lambda: pane.composer.is_open, "the composer opens")
    with full(desk):
        pane.composer._editor.edit.setPlainText(LONG)
        desk.key(Qt.Key.Key_Return, CTRL)
        await told(desk, until)
        assert pane.composer.is_open
        assert pane.composer._editor.edit.toPlainText() == LONG
    desk.key(Qt.Key.Key_Return, CTRL)
    await until(lambda: not pane.composer.is_open, "it is saved once there is room")
    assert any(note.body == LONG for note in (await desk.read(ana)).notes)


async def test_a_task_stays_in_its_form(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    desk.context.actions.press("T")
    await until(lambda: desk.window.findChild(QLineEdit, "task-title"), "the form opens")
    title = desk.find(QLineEdit, "task-title")
    await until(title.hasFocus, "the title has the keyboard")
    with full(desk):
        title.setText(LONG)
        desk.find(QLineEdit, "task-due").setText("tomorrow 3pm")
        desk.key(Qt.Key.Key_Return, CTRL)
        await told(desk, until)
        assert pane.tasks.editor.is_open
        assert title.text() == LONG
    desk.key(Qt.Key.Key_Return, CTRL)
    await until(lambda: not pane.tasks.editor.is_open, "it is saved once there is room")
    assert any(task.title == LONG for task in (await desk.read(ana)).tasks)


async def test_a_field_keeps_what_was_typed(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    pane.fields.edit("address")
    with full(desk):
        desk.find(QLineEdit, "edit-address").setText(LONG)
        desk.key(Qt.Key.Key_Return)
        await told(desk, until)
        # The field was closed and opened again: the first editor is on its way out.
        open_ones = desk.window.findChildren(QLineEdit, "edit-address")
        editor = next(one for one in open_ones if one.isVisible())
        assert editor.text() == LONG
    editor.setFocus()
    desk.key(Qt.Key.Key_Return)
    await until(lambda: pane.detail.contact.address == LONG, "it is saved once there is room")
    assert (await desk.read(ana)).contact.address == LONG


async def test_a_new_contact_stays_in_its_dialog(open_ana: Any, until: Any) -> None:
    desk, pane, _ = await open_ana()
    desk.context.contact_opened.connect(pane.show_contact)
    desk.context.actions.trigger("contact.new")
    await until(lambda: desk.window.findChild(QLineEdit, "contact-first-name"), "the dialog")
    first = desk.find(QLineEdit, "contact-first-name")
    await until(first.hasFocus, "the name has the keyboard")
    with full(desk):
        first.setText(LONG)
        desk.key(Qt.Key.Key_Return, CTRL)
        await told(desk, until)
        assert first.isVisible()
        assert first.text() == LONG
    desk.key(Qt.Key.Key_Return, CTRL)
    await until(lambda: pane.detail.contact.first_name == LONG, "it is made once there is room")


async def test_a_tag_that_could_not_be_added_is_not_shown(open_ana: Any, until: Any) -> None:
    desk, pane, ana = await open_ana()
    before = pane.detail.contact.tags
    with full(desk):
        pane.fields._add_tag(LONG)
        await told(desk, until)
        assert pane.fields.tags.tags == before
    pane.fields._add_tag("solar")
    await until(lambda: "solar" in pane.detail.contact.tags, "it is added once there is room")
    assert (await desk.read(ana)).contact.tags == pane.detail.contact.tags
