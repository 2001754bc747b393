"""What a screen reader hears, read over the accessibility bus as Orca reads it."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from rapport.app.accessibility import Seen, accessibility_bus, showing
from rapport.ui.context import Page

NAME = "Ana Pérez Ølgaard"


async def heard() -> list[Seen]:
    async with accessibility_bus() as bus:
        name = QGuiApplication.applicationDisplayName()
        return [seen async for seen in showing(bus, app=name)]


async def focused() -> str:
    """The name of the innermost thing that has the focus."""
    return next((seen.name for seen in reversed(await heard()) if seen.focused), "")


async def opened(program: Any, key: str, name: str) -> list[Seen]:
    await program.do.key(key)
    await program.do.see(name)
    return await heard()


@pytest.mark.timeout(180)
async def test_every_room_and_dialog_has_a_name_for_all_that_can_be_focused(program: Any) -> None:
    await program.sign_in()
    window = program.app.window
    nameless: dict[str, list[str]] = {}

    def note(place: str, seen: list[Seen]) -> None:
        assert sum(one.focusable for one in seen) >= 3, f"{place} is not to be heard at all"
        silent = [f"{one.role} {one.rect}" for one in seen if one.focusable and not one.name]
        if silent:
            nameless[place] = silent

    for page in Page:
        window.show_page(page)
        await program.do.until(lambda page=page: window.context.situation.page is page, page.value)
        note(page.value, await heard())
    window.show_page(Page.CONTACTS)
    await program.do.click("contact-list")
    for key, name in (
        ("ctrl+k", "palette"),
        ("question", "shortcut-sheet"),
        ("ctrl+n", "contact-dialog"),
        ("q", "quick-add"),
        ("t", "task-popover"),
    ):
        note(name, await opened(program, key, name))
        await program.do.key("Escape")
        await program.do.until(lambda name=name: not _shown(program, name), f"{name} to be gone")
    assert nameless == {}


def _shown(program: Any, name: str) -> bool:
    from PySide6.QtWidgets import QWidget

    found = program.do.find(QWidget, name)
    return found is not None and found.isVisible()


async def test_a_row_says_all_that_it_shows(program: Any) -> None:
    await program.sign_in()
    await program.do.key("slash")
    await program.do.type("olgaard")
    await program.do.see("contact-list")
    await program.do.key("Down")

    async def row() -> str:
        words = await focused()
        return words if NAME in words else ""

    words = await program.do.until_known(row, "Ana's row to be heard")
    for part in (NAME, "Fjord & Vale Interiors", "next task", "vip"):
        assert part in words
