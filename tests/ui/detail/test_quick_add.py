"""A task in one sentence: what is marked, what is asked, and what the keys do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt

from rapport.domain.records import Kind, Task
from rapport.ui.context import Page
from rapport.ui.quick_add import QuickAdd

pytestmark = pytest.mark.usefixtures("theme")

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def open_panel(open_desk: Any, until: Any) -> Any:
    async def open_one() -> tuple[Any, QuickAdd]:
        desk = await open_desk()
        await desk.people(
            **{
                "c-ana2": {"first_name": "Ana", "last_name": "Matos"},
                "c-obrien": {"first_name": "Siobhán", "last_name": "O’Brien"},
            }
        )
        desk.window.resize(900, 600)
        await desk.show()
        desk.context.change(page=Page.TODAY)
        panel = QuickAdd(desk.context, desk.window)
        panel.begin()
        await until(panel.line.hasFocus, "the line has the keyboard")
        return desk, panel

    return open_one


def told(panel: QuickAdd) -> list[str]:
    return [chip.words for chip in panel._drawn if not chip.ghost]


def title(panel: QuickAdd) -> str:
    return panel.title.text()


async def made(desk: Any, rid: str, name: str) -> Task | None:
    detail = await desk.read(await desk.lid(Kind.CONTACT, rid))
    return next((task for task in detail.tasks if task.title == name), None)


async def test_a_sentence_becomes_a_task_and_the_contact_gets_the_tag(
    open_panel: Any, until: Any
) -> None:
    desk, panel = await open_panel()
    desk.write("send quote to O'Brien fri 15:00 #gold @mara every 2 weeks !10m")
    await until(lambda: "Siobhán O’Brien" in told(panel), "the contact is found")
    assert "2026" in told(panel)[1]
    assert told(panel)[2:] == ["gold", "Mara Lindqvist", "Every 2 weeks", "10 minutes before"]
    assert panel.says.text() == "Adds to Siobhán O’Brien: #gold. New in this account: gold."
    assert title(panel) == "send quote to O'Brien"
    desk.key(Qt.Key.Key_Return)
    await until(lambda: not panel.isVisible(), "the panel closes")
    task = await made(desk, "c-obrien", "send quote to O'Brien")
    assert task is not None
    assert task.due_at == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert (task.assigned_to, task.remind_min) == ("u1", 10)
    assert task.repeat is not None
    assert task.repeat.every == 2
    contact = (await desk.read(task.contact_id)).contact
    assert contact.tags == ("gold",)
    await desk.undo_newest()
    assert await made(desk, "c-obrien", task.title) is None
    assert (await desk.read(task.contact_id)).contact.tags == ()


async def test_several_of_that_name_are_offered_and_none_is_guessed(
    open_panel: Any, until: Any
) -> None:
    desk, panel = await open_panel()
    desk.write("ring Ana tomorrow")
    await until(lambda: panel.offers.count() == 2, "both are offered")
    desk.key(Qt.Key.Key_Return)  # chooses; it does not add yet
    await until(lambda: not panel.offers.isVisible(), "one was chosen")
    assert panel.isVisible()
    chosen = told(panel)[0]
    desk.key(Qt.Key.Key_Return)
    await until(lambda: not panel.isVisible(), "the panel closes")
    rid = "c-ana2" if chosen == "Ana Matos" else "c-ana"
    assert await made(desk, rid, "ring Ana") is not None


async def test_without_a_contact_it_asks(open_panel: Any, until: Any) -> None:
    desk, panel = await open_panel()
    desk.write("file the papers tomorrow")
    desk.key(Qt.Key.Key_Return)
    await until(panel.contact.line.hasFocus, "the contact is asked for")
    desk.write("siob")
    await until(lambda: panel.contact._suggestions.isVisible(), "she is suggested")
    desk.key(Qt.Key.Key_Return)
    await until(panel.line.hasFocus, "back in the sentence")
    desk.key(Qt.Key.Key_Return, CONTROL)
    await until(lambda: not panel.line.toPlainText(), "the task is added")
    assert panel.isVisible()  # Ctrl+Enter stays
    assert await made(desk, "c-obrien", "file the papers") is not None


async def test_backspace_and_the_chip_switch_a_token_off_and_on(
    open_panel: Any, until: Any
) -> None:
    desk, panel = await open_panel()
    desk.write("buy panels for siobhan sun")
    await until(lambda: "Siobhán O’Brien" in told(panel), "the contact is found")
    assert title(panel) == "buy panels for siobhan"
    desk.key(Qt.Key.Key_Backspace)
    assert title(panel) == "buy panels for siobhan sun"
    assert panel.line.toPlainText() == "buy panels for siobhan sun"
    ghost = panel.findChild(type(panel._flow.itemAt(0).widget()), "quick-add-due")
    assert ghost is not None
    chips = [panel._flow.itemAt(n).widget() for n in range(panel._flow.count())]
    chips[-1].click()
    assert title(panel) == "buy panels for siobhan"
    desk.key(Qt.Key.Key_Backspace)
    desk.key(Qt.Key.Key_Backspace)  # now it is a word like others
    assert panel.line.toPlainText() == "buy panels for siobhan su"


async def test_esc_keeps_the_draft_for_the_next_time(open_panel: Any, until: Any) -> None:
    desk, panel = await open_panel()
    desk.write("ring someone mon 9:00")
    desk.key(Qt.Key.Key_Escape)
    await until(lambda: not panel.isVisible(), "the panel closes")
    async with asyncio.timeout(10):
        while await desk.workspace.recall("quick-add") is None:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.005)
    again = QuickAdd(desk.context, desk.window)  # as after a restart
    again.begin()
    await until(lambda: again.line.toPlainText() == "ring someone mon 9:00", "the draft is back")


async def test_everything_in_it_has_a_name(open_panel: Any, until: Any) -> None:
    desk, panel = await open_panel()
    desk.write("ring Ana mon #hot @mara")
    await until(lambda: panel.offers.isVisible(), "the question is asked")
    assert [
        widget.objectName() for widget in panel._tab_stops() if not widget.accessibleName()
    ] == []
