"""The bulk edit of marked contacts: seen before, committed, undone, refused in part."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from rapport.domain.scopes import READ
from rapport.domain.views import SyncState
from rapport.services.bulk import write_report
from rapport.services.workspace import Workspace
from rapport.ui.bulk.dialog import BulkDialog
from rapport.ui.bulk.jobs import Job
from rapport.ui.rooms import STANDARD_ROOMS, Rooms
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def plain_rooms(plain_rooms: Rooms) -> Rooms:
    return Rooms(detail=plain_rooms.detail, today=plain_rooms.today, bulk=STANDARD_ROOMS.bulk)


async def marked(window: MainWindow, until: Until, number: int) -> None:
    window.pages.contacts.list.view.setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_A, CONTROL)
    await until(lambda: window.context.situation.marked_contacts == number)


async def dialog_at(window: MainWindow, until: Until, key: Qt.Key) -> BulkDialog:
    QTest.keyClick(window.focusWidget(), key)
    await until(lambda: window.findChild(BulkDialog, "bulk-dialog"))
    found = window.findChild(BulkDialog, "bulk-dialog")
    assert isinstance(found, BulkDialog)
    return found


def says(root: QWidget, name: str) -> str:
    label = root.findChild(QLabel, name)
    assert label is not None
    return label.text()


async def test_tags_by_keys_alone_then_one_undo(
    open_window: Open, book: Any, until: Until, workspace: Workspace
) -> None:
    await book.add(*({"first_name": f"P{n}", "tags": ["vip"] * (n < 3)} for n in range(40)))
    window = await open_window()
    await marked(window, until, 40)
    dialog = await dialog_at(window, until, Qt.Key.Key_L)
    await until(lambda: window.focusWidget().objectName() == "tag-field")
    QTest.keyClicks(window.focusWidget(), "VIP")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    await until(dialog.go.isEnabled)
    assert says(dialog, "bulk-preview-title") == "37 contacts will change"
    assert says(dialog, "bulk-preview-rest") == "3 are so already"
    assert dialog.go.text() == "Change 37 contacts"
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return, CONTROL)
    await until(lambda: says(dialog, "bulk-done") == "Tag added (37)")
    assert dict(await workspace.queries.suggest_tags("vip")) == {"vip": 40}
    await until(lambda: dialog.running.sending.waiting == 37)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)  # Close
    await until(lambda: window.findChild(BulkDialog, "bulk-dialog") is None)
    assert window.context.situation.marked_contacts == 40

    window.pages.contacts.list.view.setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Z, CONTROL)

    async with asyncio.timeout(10):
        while dict(await workspace.queries.suggest_tags("vip")) != {"vip": 3}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_wrong_value_is_told_and_kept_and_a_right_one_is_seen_before(
    open_window: Open, book: Any, until: Until
) -> None:
    await book.crowd(3)
    window = await open_window()
    await marked(window, until, 3)
    dialog = await dialog_at(window, until, Qt.Key.Key_E)
    assert dialog.chosen is Job.FIELD
    form: Any = dialog.form
    form.choose("country")
    line = form.value.editor
    line.setFocus()
    QTest.keyClicks(line, "Portugal")
    await until(lambda: "two letters" in form.value._message.words.text())
    assert not dialog.go.isEnabled()
    assert line.text() == "Portugal"
    line.selectAll()
    QTest.keyClicks(line, "pt")
    await until(dialog.go.isEnabled)
    assert form.value._message.words.text() == ""


async def test_what_the_crm_refuses_is_reported_and_the_rest_can_be_withdrawn(
    open_window: Open, book: Any, until: Until, workspace: Workspace, sync: Any, tmp_path: Any
) -> None:
    await book.add(*({"first_name": f"P{n}"} for n in range(30)))
    window = await open_window()
    sync.say(state=SyncState.OFFLINE)
    await marked(window, until, 30)
    dialog = await dialog_at(window, until, Qt.Key.Key_B)
    await until(dialog.go.isEnabled)
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    run = dialog.running
    await until(lambda: run.sending.waiting == 30)
    await until(lambda: "wait for a connection" in says(dialog, "bulk-sent"))
    seqs = [item.seq for item in await workspace.waiting.items()]
    for seq in seqs[:2]:
        await asyncio.wrap_future(book.store.outbox.sending(seq))
        await asyncio.wrap_future(book.store.outbox.park(seq, "=no dnd here"))
    await until(lambda: len(run.sending.refused) == 2)
    QTest.mouseClick(run.withdraw, Qt.MouseButton.LeftButton)
    await until(lambda: run.sending.waiting == 0 and "28 were withdrawn" in run._there.text())
    assert "Refused: 2." in says(dialog, "bulk-sent")
    write_report(tmp_path / "refused.csv", run.sending)
    lines = (tmp_path / "refused.csv").read_text("utf-8-sig").splitlines()
    assert lines[1] == "P0,,Edit contact,'=no dnd here"
    assert len(lines) == 3
    QTest.mouseClick(run.retry, Qt.MouseButton.LeftButton)
    await until(lambda: run.sending.waiting == 2 and not run.sending.refused)


@pytest.mark.parametrize("scopes", [(READ.name,)])
async def test_who_may_only_read_is_told_why(open_window: Open, book: Any, until: Until) -> None:
    await book.crowd(3)
    window = await open_window()
    await marked(window, until, 3)
    actions = window.context.actions
    assert "read" in actions.why_not("bulk.add-tags")
    button = window.findChild(QWidget, "marked-bulk.delete")
    assert button.isVisible()
    assert not button.isEnabled()
    assert button.accessibleDescription() == actions.why_not("bulk.delete")
