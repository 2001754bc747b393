"""A person with a keyboard and no mouse."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication

from rapport.app import pointer
from rapport.domain.filters import ContactQuery
from rapport.domain.views import ContactDetail, SyncState


class Keys:
    """Presses keys and looks where the keyboard is; there is no mouse here."""

    def __init__(self, program: Any) -> None:
        self.program = program
        self.press = program.do.key
        self.type = program.do.type

    @property
    def place(self) -> str:
        """The object name of what has the keyboard."""
        focused = QApplication.focusWidget()
        return focused.objectName() if focused is not None else ""

    async def at(self, *names: str) -> None:
        await self.program.do.until(
            lambda: any(self.place.startswith(name) for name in names), f"the keyboard in {names}"
        )

    async def tab_to(self, name: str, key: str = "Tab") -> None:
        seen = []
        for _ in range(240):  # the settings have a row for each action
            if self.place.startswith(name):
                return
            seen.append(self.place)
            await self.press(key)
        raise AssertionError(f"{key} never reaches {name}, only {seen}")

    async def see(self, name: str) -> None:
        await self.program.do.see(name)

    async def until(self, look: Any, what: str) -> None:
        await self.program.do.until_known(look, what)

    async def ana(self) -> ContactDetail | None:
        queries = self.program.session.workspace.queries
        page = await queries.contacts(ContactQuery(text="olgaard"))
        if not page.rows:
            return None
        detail: ContactDetail | None = await queries.detail(page.rows[0].id)
        return detail

    async def known(self) -> ContactDetail:
        detail = await self.ana()
        assert detail is not None
        return detail


async def sign_in(keys: Keys) -> None:
    program = keys.program
    await keys.tab_to("choose-sandbox")
    await keys.press("Return")
    await pointer.find_accessible("Allow", "push button", timeout_s=30)
    await keys.press("Return")
    await program.do.until(lambda: program.app.session is not None, "the account to open")
    await program.do.until(
        lambda: program.session.workspace.sync.status().state is SyncState.IDLE,
        "the first sync to end",
        limit_s=40,
    )
