"""A first sync of 20,000 contacts: usable after its first page, and while the others come. How
long a person waits is measured by the bench: ``first_page_ms``, ``ui_stall_ms_max``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rapport.app.sandbox_process import SandboxProcess
from rapport.domain.views import SyncState
from rapport.ui.roles import ContactRole

CONTACTS = 20_000


@pytest.fixture
async def many(tmp_path: Path) -> AsyncIterator[SandboxProcess]:
    sandbox = SandboxProcess(tmp_path / "sandbox.json", contacts=CONTACTS)
    await sandbox.start()
    yield sandbox
    await sandbox.stop()


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
    await do.until(first_row, "the first page")

    status = app.session.workspace.sync.status
    assert status().state is SyncState.SYNCING
    note = await do.see("list-note")
    told = await do.until(
        lambda: note.text() if "of 20,000; less than" in note.text() else None,
        "count and time left",
    )
    assert told.startswith("Fetching contacts: ")

    await do.key("slash")
    search, model = app.window.top_bar.search, app.window.pages.contacts.list.model
    for word in ("ana", "meyer", "202"):
        await do.key(*word)
        await do.until(lambda word=word: search.text() == word, "what was typed")
        await do.until(lambda word=word: model.query.text == word, "its answer")
        await do.key("ctrl+a", "BackSpace")
    assert status().state is SyncState.SYNCING, "it was to be typed during the sync"
