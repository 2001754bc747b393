"""The audit log in the window: found, looked at, reverted, exported; and Undo by its name."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QMenu, QWidget

from rapport.domain.changes import Origin
from rapport.domain.commands import (
    AddTags,
    CompleteTask,
    CreateNote,
    CreateTask,
    DeleteContact,
    EditContact,
)
from rapport.domain.records import Kind
from rapport.store import Snapshot
from rapport.ui.panes.activity.audit import AuditView
from rapport.ui.panes.activity.audit.revert_dialog import RevertDialog
from rapport.ui.roles import AuditRole, RowKind
from rapport.ui.rooms import ACTIVITY, Rooms
from rapport.ui.undo import UndoList
from rapport.ui.window import MainWindow

Open = Callable[..., Awaitable[MainWindow]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest_asyncio.fixture
async def show_log(open_window: Open, plain_rooms: Rooms, until: Until) -> Callable[..., Any]:
    async def show() -> tuple[MainWindow, AuditView]:
        tab = next(tab for tab in ACTIVITY if tab.id == "audit")
        window = await open_window(rooms=replace(plain_rooms, activity=(tab,)))
        window.context.show_activity("audit")
        await until(lambda: window.findChild(AuditView) is not None)
        view = window.findChild(AuditView)
        assert isinstance(view, AuditView)
        await until(lambda: not view.skeleton.isVisible())
        return window, view

    return show


async def edit(workspace: Any, book: Any) -> str:
    """Some changes of a person's, over two days, and one of the CRM's."""
    (id,) = await book.add({"first_name": "Zoë", "last_name": "van den Berg", "city": "Utrecht"})
    run = workspace.bus.run
    await run(EditContact(contact_id=id, fields={"city": "Lyon"}))
    await run(AddTags(contact_id=id, tags=("vip",)))
    workspace.clock.at += timedelta(days=1)
    due = workspace.clock.now()
    task = workspace.new_id()
    await run(CreateTask(task_id=task, contact_id=id, fields={"title": "Call", "due_at": due}))
    await run(CompleteTask(task_id=task, at=due), Origin.NOTIFICATION)
    theirs = {"state": "NL-UT", "updated_at": workspace.clock.now().isoformat()}
    await book.absorb([Snapshot(kind=Kind.CONTACT, rid="c000000", values=theirs)])
    return str(id)


def told(view: AuditView) -> list[str]:
    model = view.model
    return [
        str(model.data(model.index(row), int(AuditRole.TITLE)))
        for row in range(model.rowCount())
        if model.data(model.index(row), int(AuditRole.KIND)) == RowKind.ITEM
    ]


async def choose(view: AuditView, title: str, until: Until) -> None:
    await until(lambda: title in told(view))
    model = view.model
    row = next(
        row
        for row in range(model.rowCount())
        if model.data(model.index(row), int(AuditRole.TITLE)) == title
    )
    view.view.setCurrentIndex(model.index(row))
    await until(lambda: view.details.entry is not None and view.details.entry.title == title)


def words_of(widget: QWidget) -> list[str]:
    return [
        label.text()  # type: ignore[attr-defined]
        for label in widget.findChildren(QWidget)
        if hasattr(label, "text") and not isinstance(label, QAbstractButton) and label.isVisible()
    ]


async def test_an_empty_log_says_so(show_log: Any) -> None:
    _, view = await show_log()
    assert view.empty.isVisible()
    assert "Every change is written down" in view.empty.sentence.text()


async def test_entries_stand_by_day_and_tell_before_and_after(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    await edit(workspace, book)
    _, view = await show_log()
    model = view.model
    headers = [
        model.data(model.index(row))
        for row in range(model.rowCount())
        if model.data(model.index(row), int(AuditRole.KIND)) == RowKind.HEADER
    ]
    assert [str(header).split(",")[0] for header in headers] == ["Today", "Yesterday"]
    assert view.found.text() == "5 entries"
    await choose(view, "Edit contact", until)
    await until(lambda: "City" in words_of(view.details))
    shown = words_of(view.details)
    assert {"City", "Utrecht", "Lyon", "Zoë van den Berg"} <= set(shown)
    assert "It waits to be sent." in shown
    spoken = model.data(model.index(1), int(Qt.ItemDataRole.AccessibleTextRole))
    assert str(spoken).startswith("Changed in the CRM, Zoë van den Berg, The CRM")


async def test_filter_by_words_and_by_whose(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    await edit(workspace, book)
    _, view = await show_log()
    view.filters.search.setText("utrecht")
    await until(lambda: view.found.text() == "1 entry")
    view.filters.search.clear()
    await until(lambda: view.found.text() == "5 entries")
    crm = next(b for b in view.filters.whose.findChildren(QAbstractButton) if b.text() == "CRM")
    crm.click()
    await until(lambda: view.found.text() == "1 entry")
    await until(lambda: told(view) == ["Changed in the CRM"])
    view.filters.search.setText("nothing like it")
    await until(lambda: view.empty.isVisible())
    assert view.empty.sentence.text() == "No entry matches."


async def test_filter_by_kind_time_and_contact(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    await edit(workspace, book)
    (other,) = await book.add({"first_name": "Omar"})
    await workspace.bus.run(AddTags(contact_id=other, tags=("vip",)))
    window, view = await show_log()
    assert view.found.text() == "6 entries"

    async def choose_in(button: QAbstractButton, menu_name: str, words: str) -> None:
        button.click()
        await until(lambda: window.findChild(QMenu, menu_name) is not None)
        menu = window.findChild(QMenu, menu_name)
        assert isinstance(menu, QMenu)
        next(action for action in menu.actions() if action.text() == words).trigger()
        menu.close()

    await choose_in(view.filters.kind, "audit-kind-menu", "Tasks")
    await until(lambda: view.found.text() == "2 entries")
    assert view.filters.kind.accessibleName() == "Kind of record: Tasks"
    await choose_in(view.filters.kind, "audit-kind-menu", "All kinds")
    await choose_in(view.filters.back, "audit-back-menu", "Today")
    await until(lambda: view.found.text() == "4 entries")
    await choose_in(view.filters.back, "audit-back-menu", "Any time")
    await until(lambda: view.found.text() == "6 entries")
    await choose(view, "Edit contact", until)
    view.details.history.click()
    await until(lambda: view.found.text() == "5 entries")
    assert view.filters.only.isVisible()
    assert view.filters.only.text() == "Only Zoë van den Berg"
    QTest.keyClick(view.filters.only, Qt.Key.Key_Delete)
    await until(lambda: view.found.text() == "6 entries")
    assert not view.filters.only.isVisible()


async def test_a_contact_is_shown_in_the_log_from_anywhere(
    open_window: Open, plain_rooms: Rooms, workspace: Any, book: Any, until: Until
) -> None:
    id = await edit(workspace, book)
    (other,) = await book.add({"first_name": "Omar"})
    await workspace.bus.run(AddTags(contact_id=other, tags=("vip",)))
    tab = next(tab for tab in ACTIVITY if tab.id == "audit")
    window = await open_window(rooms=replace(plain_rooms, activity=(tab,)))
    window.context.show_audit(id, "Zoë")  # before there is such a view
    await until(lambda: window.findChild(AuditView) is not None)
    view = window.findChild(AuditView)
    assert isinstance(view, AuditView)
    await until(lambda: view.found.text() == "5 entries")
    assert view.filters.only.text() == "Only Zoë"
    window.context.show_audit(other, "Omar")
    await until(lambda: view.found.text() == "1 entry")


async def test_the_keyboard_goes_over_the_days(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    await edit(workspace, book)
    _, view = await show_log()
    await until(lambda: "Edit contact" in told(view))
    view.view.setFocus(Qt.FocusReason.TabFocusReason)
    await until(lambda: view.details.entry is not None)
    seen = [view.details.entry.title]
    while len(seen) < 5:
        QTest.keyClick(view.view, Qt.Key.Key_Down)
        await until(lambda: view.details.entry.title != seen[-1])
        seen.append(view.details.entry.title)
    assert seen[-1] == "Edit contact"
    QTest.keyClick(view.view, Qt.Key.Key_Home)
    await until(lambda: view.details.entry.title == "Changed in the CRM")


async def test_an_entry_is_reverted_and_the_revert_undone(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    id = await edit(workspace, book)
    window, view = await show_log()
    await choose(view, "Edit contact", until)
    view.details.revert.click()
    await until(lambda: "Revert: Edit contact" in told(view))
    assert (await workspace.queries.detail(id)).contact.city == "Utrecht"
    assert window.context.actions.title("edit.undo") == "Undo: Revert: Edit contact"
    await window.context.undo()
    assert (await workspace.queries.detail(id)).contact.city == "Lyon"


async def test_what_moved_on_is_asked_about_and_not_ticked(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    id = await edit(workspace, book)
    await workspace.bus.run(EditContact(contact_id=id, fields={"city": "Porto"}))
    window, view = await show_log()
    view.filters.search.setText("lyon utrecht")
    await until(lambda: view.found.text() == "1 entry")
    await choose(view, "Edit contact", until)
    view.details.revert.click()
    await until(lambda: window.findChild(RevertDialog) is not None)
    dialog = window.findChild(RevertDialog)
    assert isinstance(dialog, RevertDialog)
    (box,) = dialog.findChildren(QCheckBox)
    assert not box.isChecked()
    assert not dialog.confirm.isEnabled()
    assert "by now it is Porto" in " ".join(words_of(dialog))
    assert box.accessibleName() == "Set City back to Utrecht"
    box.setChecked(True)
    dialog.confirm.click()
    view.filters.search.clear()
    await until(lambda: "Revert: Edit contact" in told(view))
    assert (await workspace.queries.detail(id)).contact.city == "Utrecht"


async def test_a_deleted_contact_is_brought_back(
    show_log: Any, workspace: Any, book: Any, store: Any, until: Until
) -> None:
    id = await edit(workspace, book)
    await workspace.bus.run(
        CreateNote(note_id=workspace.new_id(), contact_id=id, fields={"body": "Likes tea"})
    )
    await workspace.bus.run(DeleteContact(contact_id=id))
    workspace.clock.at += timedelta(seconds=9)
    for entry in await asyncio.wrap_future(store.outbox.due(workspace.clock.now(), 9)):
        await asyncio.wrap_future(store.outbox.sending(entry.seq))
        await asyncio.wrap_future(store.outbox.settled(entry.seq))
    while due := await asyncio.wrap_future(store.outbox.due(workspace.clock.now(), 9)):
        for entry in due:
            await asyncio.wrap_future(store.outbox.settled(entry.seq, entry.rid or "new"))
    window, view = await show_log()
    await choose(view, "Delete contact", until)
    assert view.details.restore.isVisible()
    assert not view.details.revert.isVisible()
    assert not view.details.open.isVisible()
    view.details.restore.click()
    await until(lambda: window.findChild(QWidget, "") is not None and _confirm_button(window))
    button = _confirm_button(window)
    assert button is not None
    asked = " ".join(words_of(button.parentWidget()))
    assert "With 1 task, 1 note, 1 tag." in asked
    assert "new ids" in asked
    button.click()
    await until(lambda: "Bring back contact" in told(view))
    detail = await workspace.queries.detail(id)
    assert [note.body for note in detail.notes] == ["Likes tea"]
    assert detail.contact.tags == ("vip",)


def _confirm_button(window: QWidget) -> QAbstractButton | None:
    found = [
        one
        for one in window.findChildren(QAbstractButton)
        if one.text() == "Bring back" and one.objectName() != "audit-restore" and one.isVisible()
    ]
    return found[0] if found else None


async def test_verify_and_export_tell_their_result(
    show_log: Any, workspace: Any, book: Any, until: Until, tmp_path: Path
) -> None:
    await edit(workspace, book)
    _, view = await show_log()
    view.verify.click()
    await until(lambda: "The audit log is whole: 5 entries" in " ".join(words_of(view)))
    view.filters.search.setText("vip")
    await until(lambda: view.found.text() == "1 entry")
    view.export_to(tmp_path / "log.csv")
    await until(lambda: "1 entry written to log.csv." in words_of(view))
    with (tmp_path / "log.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    assert (line["title"], line["field"]) == ("Add tag", "tags")


async def test_a_broken_log_is_said_in_red(
    show_log: Any, workspace: Any, book: Any, store: Any, until: Until
) -> None:
    await edit(workspace, book)
    db = store._database.connect(writes=True)
    db.run("UPDATE audit SET title = 'Something else' WHERE id = 2")
    db.close()
    _, view = await show_log()
    view.verify.click()
    await until(lambda: "broken at entry 2" in " ".join(words_of(view)))


@pytest.mark.parametrize("scopes", [("contacts.readonly",)])
async def test_a_sign_in_that_may_only_read_hears_why(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    (_,) = await book.add({"first_name": "Zoë", "city": "Utrecht"})
    await book.absorb([Snapshot(kind=Kind.CONTACT, rid="c000000", values={"city": "Lyon"})])
    _, view = await show_log()
    await choose(view, "Changed in the CRM", until)
    assert not view.details.revert.isEnabled()
    assert view.details.revert.toolTip() == workspace.capabilities.why_not_write


async def test_every_control_has_a_name(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    await edit(workspace, book)
    _, view = await show_log()
    await choose(view, "Edit contact", until)
    for widget in view.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert widget.accessibleName(), widget


async def test_a_long_log_holds_only_what_is_looked_at(
    show_log: Any, workspace: Any, book: Any, store: Any, until: Until
) -> None:
    (id,) = await book.add({"first_name": "Zoë"})
    for number in range(400):
        await workspace.bus.run(EditContact(contact_id=id, fields={"city": str(number)}))
    _, view = await show_log()
    await until(lambda: view.model.total == 400)
    view.view.scrollToBottom()
    await until(lambda: view.model.entry_at(view.model.rowCount() - 1) is not None)
    assert len(view.model._entries) < 400


# Undo by its name.


async def test_the_menu_names_what_undo_and_redo_would_do(
    open_window: Open, workspace: Any, book: Any, until: Until
) -> None:
    window = await open_window()
    title = window.context.actions.title
    assert title("edit.undo") == "Undo"
    id = await edit(workspace, book)
    await until(lambda: title("edit.undo") == "Undo: Complete task")
    window.top_bar.more.click()
    await until(lambda: window.findChild(QMenu) is not None)
    menu = window.findChild(QMenu)
    assert isinstance(menu, QMenu)
    texts = [action.text().split("\t")[0] for action in menu.actions()]
    assert "Undo: Complete task" in texts
    assert "Undo further back" in texts
    assert "Redo" not in texts
    menu.close()
    await window.context.undo()
    await until(lambda: title("edit.redo") == "Redo: Complete task")
    assert title("edit.undo") == "Undo: Add task"
    await window.context.redo()
    await until(lambda: title("edit.undo") == "Undo: Complete task")
    assert id


async def test_the_list_takes_back_one_step_by_itself(
    open_window: Open, workspace: Any, book: Any, until: Until
) -> None:
    window = await open_window()
    id = await edit(workspace, book)
    window.context.actions.trigger("edit.history")
    await until(lambda: len(window.findChildren(QAbstractButton, "undo-step")) == 4)
    steps = window.findChildren(QAbstractButton, "undo-step")
    first = next(one for one in steps if "Edit contact, Zoë" in one.accessibleName())
    first.click()
    await until(lambda: len(window.findChildren(QAbstractButton, "undo-step")) == 3)
    contact = (await workspace.queries.detail(id)).contact
    assert (contact.city, contact.tags) == ("Utrecht", ("vip",))
    dialog = window.findChild(UndoList)
    assert isinstance(dialog, UndoList)
    dialog.close()
    await until(lambda: window.findChild(UndoList) is None)


async def test_many_edits_made_as_one_are_one_row_and_reverted_whole(
    show_log: Any, workspace: Any, book: Any, until: Until
) -> None:
    ids = await book.add(*({"first_name": f"P{n}"} for n in range(30)))
    await workspace.bus.run_all([AddTags(contact_id=id, tags=("vip",)) for id in ids])
    _, view = await show_log()
    await until(lambda: told(view) == ["Add tag (30)"])
    await until(lambda: view.details.group is not None)
    assert view.details._record.text() == "30 records"
    view.details.each.click()
    await until(lambda: told(view) == ["Add tag"] * 30)
    view.filters.only.removed.emit()
    await until(lambda: told(view) == ["Add tag (30)"])
    assert view.details.revert.text() == "Revert all 30"
    view.details.revert.click()
    await until(lambda: told(view)[0] == "Undo: Add tag (30)")
    assert dict(await workspace.queries.suggest_tags("vip")) == {"vip": 0}
    view.view.setCurrentIndex(view.model.index(2))
    await until(lambda: view.details.group is not None and view.details.group.undone)
    assert not view.details.revert.isEnabled()
