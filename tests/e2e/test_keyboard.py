"""The main job without a mouse, from the welcome page to a deleted contact."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication

from e2e.keyboard import Keys, sign_in
from rapport.ui.context import Page
from rapport.ui.widgets.overlay import ConfirmDialog

NAME = "Ana Pérez Ølgaard"


async def test_the_main_job_by_keyboard(program: Any) -> None:
    keys = Keys(program)
    await sign_in(keys)

    await keys.press("slash")
    await keys.at("search")
    await keys.type("olgaard")
    await keys.until(keys.ana, "Ana to be found")
    await keys.press("Down")
    await keys.at("contact-list")
    detail = program.app.window.pages.contacts
    await program.do.until(
        lambda: detail.detail.detail and detail.detail.detail.contact.name == NAME, "Ana is shown"
    )
    await keys.press("Return")
    await program.do.until(
        lambda: detail.detail.isAncestorOf(QApplication.focusWidget()), "the keyboard in the detail"
    )

    await keys.press("t")
    await keys.see("task-popover")
    await keys.type("Measure the roof")
    await keys.tab_to("task-due")
    await keys.type("tomorrow 15:00")
    await keys.press("ctrl+Return")

    async def task() -> Any:
        found = (await keys.known()).tasks
        return next((one for one in found if one.title == "Measure the roof"), None)

    await keys.until(task, "the task")
    line = f"open-task-{(await task()).id}"
    await keys.see(line)
    await keys.tab_to(line)
    await keys.press("space")

    async def done() -> bool:
        return bool((await task()).completed)

    async def open_again() -> bool:
        return not (await task()).completed

    await keys.until(done, "the task is done")
    await keys.press("ctrl+z")
    await keys.until(open_again, "the task is open again")

    await keys.press("l")
    await keys.type("by keyboard")
    await keys.press("Return")

    async def tagged() -> bool:
        return "by keyboard" in (await keys.known()).contact.tags

    await keys.until(tagged, "the tag")
    await keys.press("Escape")

    await keys.press("n")
    await keys.at("note-editor")
    await keys.type("Prefers the morning")
    await keys.press("ctrl+Return")

    async def noted() -> bool:
        return any("Prefers the morning" in note.body for note in (await keys.known()).notes)

    await keys.until(noted, "the note")

    await keys.press("e")
    await keys.at("edit-")
    await keys.press("ctrl+a")
    await keys.type("Anna")
    await keys.press("Return")

    async def renamed() -> bool:
        return (await keys.known()).contact.first_name == "Anna"

    await keys.until(renamed, "the name")

    await keys.press("Escape")
    await keys.at("contact-list")
    await keys.press("Delete")
    await program.do.until(
        lambda: any(d.isVisible() for d in program.app.window.findChildren(ConfirmDialog)),
        "the question",
    )
    await keys.press("Tab", "Return")

    async def gone() -> bool:
        return await keys.ana() is None

    await keys.until(gone, "Ana to be gone")


async def test_today_menus_and_settings_by_keyboard(program: Any) -> None:
    keys, do = Keys(program), program.do
    await sign_in(keys)
    situation = program.app.window.context

    # Today: choose, complete, undo, snooze from the menu.
    await keys.press("alt+1")
    await keys.at("task-list")
    await do.until(lambda: situation.situation.task_id, "a task to be chosen")
    await keys.press("j", "k", "Down")
    chosen = situation.situation.task_id
    queries = program.session.workspace.queries

    async def done() -> bool:
        return bool((await queries.task(chosen)).task.completed)

    async def open_again() -> bool:
        return not (await queries.task(chosen)).task.completed

    async def snoozed() -> bool:
        return (await queries.task(chosen)).task.snoozed_until is not None

    await keys.press("space")
    await keys.until(done, "the task is done")
    await keys.press("ctrl+z")
    await keys.until(open_again, "the task is open again")
    program.app.window.open_task(chosen)
    await do.until(lambda: situation.situation.task_id == chosen, "the task to be chosen again")
    await keys.press("s")
    await keys.see("snooze-menu")
    await keys.press("1")
    await keys.until(snoozed, "the snooze")
    await keys.press("Menu")
    await keys.see("task-menu")
    await keys.press("Escape")

    # The sidebar, its lists and tags, with the arrows.
    await keys.press("alt+2")
    await do.until(lambda: situation.situation.page is Page.CONTACTS, "the contacts")
    await keys.tab_to("sidebar")
    listed = program.app.window.pages.contacts.list
    for _ in range(20):
        await keys.press("Down")
        if listed.query.conditions:
            break
    assert listed.query.conditions

    # Every button of the bar and of the list, and the menu it opens.
    for button in ("new-button", "more-button", "bell-button", "sort-button"):
        await keys.tab_to(button)
        await keys.press("space")
        await do.until(QApplication.activePopupWidget, f"the menu of {button}")
        await keys.press("Escape")
        await do.until(lambda: QApplication.activePopupWidget() is None, "the menu to close")

    # Settings: each control can be reached and worked.
    await keys.press("ctrl+comma")
    await do.until(lambda: situation.situation.page is Page.SETTINGS, "the settings")
    for control in ("account.add", "account.sign-in", "account.sign-out"):
        await keys.tab_to(control)
    await keys.press("Escape")
    await do.until(lambda: situation.situation.page is Page.CONTACTS, "the contacts again")

    # The sheet of keys.
    await keys.press("question")
    await keys.see("shortcut-sheet")
    await keys.press("Escape")
