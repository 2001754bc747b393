"""Twenty ways through the window, each by keys alone. Those of one room share a morning."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from e2e.keyboard import Keys, sign_in
from rapport.domain.filters import ContactQuery, HasTag
from rapport.domain.settings import ListMode
from rapport.domain.views import TaskRow
from rapport.ui.context import Page

Journey = Callable[["Person"], Awaitable[None]]


class Person(Keys):
    def __init__(self, program: Any, folder: Path) -> None:
        super().__init__(program)
        self.do = program.do
        self.folder = folder

    @property
    def window(self) -> Any:
        return self.program.app.window

    @property
    def now(self) -> Any:
        return self.window.context.situation

    @property
    def queries(self) -> Any:
        return self.program.session.workspace.queries

    @property
    def list(self) -> Any:
        return self.window.pages.contacts.list

    async def seen(self, look: Callable[[], object], what: str) -> Any:
        return await self.do.until(look, what)

    async def gone(self, name: str) -> None:
        def away() -> bool:
            found = self.do.find(QWidget, name)
            return found is None or not found.isVisible()

        await self.seen(away, f"{name} to be gone")

    async def to_contacts(self) -> None:
        await self.press("alt+2")
        await self.seen(lambda: self.now.page is Page.CONTACTS, "the contacts")
        await self.seen(lambda: self.list.model.rowCount() > 0, "rows")

    async def to_list(self) -> None:
        """The keyboard in the rows of the list, whatever was there before."""
        await self.to_contacts()
        await self.tab_to("contact-list")

    async def search(self, text: str) -> None:
        await self.press("slash")
        await self.at("search")
        await self.press("ctrl+a", "BackSpace")
        await self.type(text)

    async def ask(self, text: str) -> None:
        """By the palette."""
        await self.press("ctrl+k")
        await self.at("palette-line")
        await self.type(text)
        await self.press("Return")
        await self.gone("palette")

    async def tasks(self, words: str) -> list[Any]:
        found = await self.known()
        return [task for task in found.tasks if words in task.title]


# Contacts.


async def finds_a_contact_and_reads_her(me: Person) -> None:
    await me.search("olgaard")
    await me.until(me.ana, "Ana to be found")
    await me.press("Down")
    await me.at("contact-list")
    pane = me.window.pages.contacts
    await me.seen(lambda: pane.detail.detail and "Ana" in pane.detail.detail.contact.name, "Ana")
    await me.press("Return")
    await me.seen(lambda: pane.detail.isAncestorOf(QApplication.focusWidget()), "her details")
    await me.press("Escape")
    await me.at("contact-list")


async def opens_a_contact_by_the_palette(me: Person) -> None:
    before = me.now.contact_id
    await me.ask("siob")
    await me.seen(lambda: me.now.contact_id not in (None, before), "Siobhán")


async def copies_phone_and_mail(me: Person) -> None:
    await me.ask("ana perez")
    clipboard = QGuiApplication.clipboard()
    await me.press("shift+c")
    await me.seen(lambda: "912" in clipboard.text(), "her number")
    await me.press("shift+m")
    await me.seen(lambda: "@" in clipboard.text(), "her address")


async def adds_a_tag(me: Person) -> None:
    await me.press("l")
    await me.type("by hand")
    await me.press("Return")

    async def tagged() -> bool:
        return "by hand" in (await me.known()).contact.tags

    await me.until(tagged, "the tag")
    await me.press("Escape")


async def writes_a_bold_note(me: Person) -> None:
    await me.press("n")
    await me.at("note-editor")
    await me.press("ctrl+b")
    await me.type("Very important")
    await me.press("ctrl+Return")

    async def noted() -> bool:
        bodies = [note.body for note in (await me.known()).notes]
        return any("Very important" in body and "<" in body for body in bodies)

    await me.until(noted, "the note")


async def makes_a_contact_and_deletes_it(me: Person) -> None:
    await me.press("ctrl+n")
    await me.see("contact-dialog")
    await me.type("Zacharias")
    await me.tab_to("contact-email")
    await me.type("zach@example.com")
    await me.press("ctrl+Return")

    async def there() -> bool:
        return bool(await me.queries.find_contacts("zach@example.com"))

    await me.until(there, "Zacharias")
    await me.gone("contact-dialog")
    await me.search("zach@example.com")
    await me.press("Down")
    await me.at("contact-list")
    await me.press("Delete")
    await me.see("confirm-dialog")
    await me.press("Tab", "Return")

    async def away() -> bool:
        return not await there()

    await me.until(away, "Zacharias to be gone")
    await me.press("ctrl+z")
    await me.until(there, "Zacharias again")


# Lists.


async def filters_by_typing_and_keeps_the_list(me: Person) -> None:
    await me.search("tag:vip ")
    wanted = HasTag(tag="vip")
    await me.seen(lambda: wanted in me.list.query.conditions, "the filter")
    await me.ask(">save as a smart")
    await me.at("list-name-line")
    await me.type("My VIPs")
    await me.press("Return")
    model = me.window.sidebar.model
    entries = lambda: [model.entry(row) for row in range(model.rowCount())]  # noqa: E731
    await me.seen(lambda: any(one and one.text == "My VIPs" for one in entries()), "the list")


async def walks_through_a_filter(me: Person) -> None:
    await me.tab_to("contact-list")
    await me.press("Home")
    first = await me.seen(lambda: me.now.contact_id, "the first")
    await me.press("j")
    await me.seen(lambda: me.now.contact_id not in (None, first), "the next")
    await me.press("k")
    await me.seen(lambda: me.now.contact_id == first, "the first again")
    assert HasTag(tag="vip") in me.list.query.conditions


async def changes_several_at_once_and_takes_it_back(me: Person) -> None:
    async def tagged(number: int) -> bool:
        query = ContactQuery(conditions=(HasTag(tag="all of them"),))
        return len(await me.queries.contact_keys(query)) == number

    await me.press("x", "j", "x", "j", "x")
    await me.seen(lambda: me.now.marked_contacts == 3, "three marked")
    await me.press("l")
    await me.see("bulk-dialog")
    await me.type("all of them")
    await me.press("Return")
    go: Any = await me.do.see("bulk-apply")
    await me.seen(go.isEnabled, "the preview")
    await me.press("ctrl+Return")
    await me.until(lambda: tagged(3), "three tags")
    await me.seen(lambda: me.place == "bulk-close", "the end of it")
    await me.press("Return")
    await me.gone("bulk-dialog")
    await me.press("ctrl+z")
    await me.until(lambda: tagged(0), "no tags")
    await me.press("Escape")


async def looks_at_table_and_cards(me: Person) -> None:
    for mode in (ListMode.TABLE, ListMode.CARDS, ListMode.LIST):
        await me.press("v")
        await me.seen(lambda mode=mode: me.list.mode is mode, mode.value)


async def exports_what_is_listed(me: Person) -> None:
    path = me.folder / "vips.csv"
    await me.ask(">export contacts")
    line: Any = await me.do.see("fileNameEdit", QLineEdit)
    await me.seen(line.hasFocus, "the name")
    await me.press("ctrl+a")
    await me.type(str(path))
    await me.press("Return")
    await me.seen(path.exists, "the file")


# Tasks.


async def adds_a_task_in_a_sentence(me: Person) -> None:
    await me.press("q")
    await me.at("quick-add")
    await me.type("measure roof of Ana Perez tomorrow 3pm")
    await me.press("Return")

    async def there() -> bool:
        return bool(await me.tasks("measure roof"))

    await me.until(there, "the task")
    await me.gone("quick-add")


async def _chosen(me: Person) -> str:
    await me.press("alt+1")
    await me.seen(lambda: me.now.page is Page.TODAY, "today")
    await me.tab_to("task-list")
    await me.press("Home")
    task: str = await me.seen(lambda: me.now.task_id, "a task")
    return task


async def _row(me: Person, id: str) -> TaskRow:
    row: TaskRow = await me.queries.task(id)
    return row


async def completes_and_takes_it_back(me: Person) -> None:
    id = await _chosen(me)

    async def done() -> bool:
        return (await _row(me, id)).task.completed

    async def open_again() -> bool:
        return not await done()

    await me.press("space")
    await me.until(done, "the task done")
    await me.press("ctrl+z")
    await me.until(open_again, "the task open")


async def puts_off_till_tomorrow(me: Person) -> None:
    id = await _chosen(me)
    before = (await _row(me, id)).task.due_at
    await me.press("d")
    await me.at("task-due")
    await me.type("1")
    await me.press("Return")

    async def moved() -> bool:
        return (await _row(me, id)).task.due_at != before

    await me.until(moved, "another day")


async def snoozes(me: Person) -> None:
    id = await _chosen(me)
    await me.press("s")
    await me.see("snooze-menu")
    await me.press("1")

    async def quiet() -> bool:
        return (await _row(me, id)).task.snoozed_until is not None

    await me.until(quiet, "the snooze")


async def moves_a_task_in_the_calendar(me: Person) -> None:
    (task,) = await me.tasks("measure roof")
    await me.press("alt+3")
    await me.seen(lambda: me.now.page is Page.CALENDAR, "the calendar")
    await me.tab_to("calendar-week")
    await me.press("Home", "Right")
    for key in (*["Up"] * 40, *["Down"] * 80):
        if me.now.task_id == task.id:
            break
        await me.press(key)
    assert me.now.task_id == task.id, "the keys never reach the task"
    await me.press("alt+Right")

    async def moved() -> bool:
        due = (await _row(me, task.id)).task.due_at
        return bool(due == task.due_at + timedelta(days=1))

    await me.until(moved, "the day after")


# The window.


async def goes_from_room_to_room(me: Person) -> None:
    rooms = (Page.TODAY, Page.CONTACTS, Page.CALENDAR, Page.ACTIVITY)
    for number, page in enumerate(rooms, 1):
        await me.press(f"alt+{number}")
        await me.seen(lambda page=page: me.now.page is page, page.value)


async def reads_the_log(me: Person) -> None:
    await me.ask("ana perez")
    await me.seen(lambda: me.now.contact_id, "Ana")
    await me.ask(">show in audit log")
    await me.see("activity-tabs")
    await me.seen(lambda: me.now.page is Page.ACTIVITY, "the log")


async def changes_light_and_rows(me: Person) -> None:
    await me.to_list()
    theme = me.window.context.theme
    dark = theme.tokens.dark
    await me.press("ctrl+shift+d")
    await me.seen(lambda: theme.tokens.dark is not dark, "the other light")
    await me.press("ctrl+shift+d")
    await me.seen(lambda: theme.tokens.dark is dark, "the first light")
    density = me.window.context.settings.density
    await me.press("ctrl+shift+c")
    await me.seen(lambda: me.window.context.settings.density is not density, "other rows")


async def looks_up_a_key(me: Person) -> None:
    await me.to_list()
    await me.press("question")
    await me.see("shortcut-sheet")
    await me.press("Escape")
    await me.gone("shortcut-sheet")


async def finds_a_setting(me: Person) -> None:
    await me.press("ctrl+comma")
    await me.seen(lambda: me.now.page is Page.SETTINGS, "the settings")
    await me.tab_to("settings-search")
    await me.type("diagnostics")
    await me.tab_to("copy-diagnostics")
    await me.press("space")
    await me.seen(lambda: "Rapport" in QGuiApplication.clipboard().text(), "the diagnostics")


ROOMS: dict[str, tuple[Journey, ...]] = {
    "contacts": (
        finds_a_contact_and_reads_her,
        opens_a_contact_by_the_palette,
        copies_phone_and_mail,
        adds_a_tag,
        writes_a_bold_note,
        makes_a_contact_and_deletes_it,
    ),
    "lists": (
        filters_by_typing_and_keeps_the_list,
        walks_through_a_filter,
        changes_several_at_once_and_takes_it_back,
        looks_at_table_and_cards,
        exports_what_is_listed,
    ),
    "tasks": (
        adds_a_task_in_a_sentence,
        completes_and_takes_it_back,
        puts_off_till_tomorrow,
        snoozes,
        moves_a_task_in_the_calendar,
    ),
    "window": (
        goes_from_room_to_room,
        reads_the_log,
        changes_light_and_rows,
        looks_up_a_key,
        finds_a_setting,
    ),
}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("room", ROOMS)
async def test_by_keys_alone(program: Any, tmp_path: Path, room: str) -> None:
    me = Person(program, tmp_path)
    await sign_in(me)
    for journey in ROOMS[room]:
        try:
            await journey(me)
        except Exception as error:
            raise AssertionError(
                f"{journey.__name__}: {error}; the keyboard at {me.place!r}"
            ) from error


def test_there_are_twenty() -> None:
    assert sum(map(len, ROOMS.values())) >= 20
