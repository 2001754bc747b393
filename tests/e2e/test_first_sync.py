"""A first sync of 20,000 contacts: what a person waits for, and a window that stays awake."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer

from rapport.app.sandbox_process import SandboxProcess
from rapport.domain.views import SyncState
from rapport.ui.roles import ContactRole

CONTACTS = 20_000
FIRST_PAGE_S = 2.0
STALL_S = 0.25
"""Far above what is met (0.04 s): the tests share their machine, and a frozen window is seconds."""


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path / "sandbox.json", contacts=CONTACTS)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


class Pulse:
    """The longest time that the window's loop did not turn, in seconds."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.monotonic()
        self._timer = QTimer(interval=5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _beat(self) -> None:
        now = time.monotonic()
        self.longest = max(self.longest, now - self._last)
        self._last = now


async def test_usable_after_the_first_page_and_never_frozen(
    many: SandboxProcess, make_program: Any, pressed: Any
) -> None:
    program = await make_program(many)
    do, app = program.do, program.app

    def first_row() -> str | None:
        page = app.window.pages.contacts
        if page is None or not page.list.model.rowCount():
            return None
        name: str | None = page.list.model.index(0).data(int(ContactRole.NAME))
        return name

    await do.click("choose-sandbox")
    await pressed("Allow")
    allowed = time.monotonic()
    await do.until(first_row, "the first page")
    assert time.monotonic() - allowed < FIRST_PAGE_S

    status = app.session.workspace.sync.status
    assert status().state is SyncState.SYNCING
    note = await do.see("list-note")
    told = await do.until(
        lambda: note.text() if "of 20,000; less than" in note.text() else None,
        "count and time left",
    )
    assert told.startswith("Fetching contacts: ")

    pulse = Pulse()
    await do.key("slash")
    for word in ("ana", "meyer", "202"):
        await do.key(*word)
        await do.key("ctrl+a", "BackSpace")
    pulse.stop()
    assert status().state is SyncState.SYNCING, "it was to be typed during the sync"
    assert pulse.longest < STALL_S
