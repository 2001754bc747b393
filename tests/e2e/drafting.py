"""A note that is typed letter by letter into the real editor, until the program is killed.

Says the id of its contact, then after each letter the moment at which it was typed: seconds of the
clock that all processes of this computer share.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import time
from pathlib import Path

from PySide6.QtTest import QTest
from ulid import ULID

from rapport.app.clock import SystemClock
from rapport.app.qt import qt_application, run_loop
from rapport.app.tour.driver import Driver
from rapport.domain.commands import CreateContact
from rapport.domain.scopes import ALL, Capabilities
from rapport.domain.settings import Account, Settings
from rapport.services.workspace import Workspace
from rapport.store import Store
from rapport.sync.status import StatusBoard
from rapport.ui.context import Page, WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.panes.detail import DetailPane

KEY = bytes(range(32))
BETWEEN_S = 0.03
"""Somebody who types in a hurry."""


def account() -> Account:
    nowhere = dict.fromkeys(
        ("location_id", "api_url", "authorize_url", "token_url", "client_id", "redirect_uri"), ""
    )
    return Account(id="a1", name="Nowhere", scopes=tuple(scope.name for scope in ALL), **nowhere)


async def write(database: Path) -> None:
    clock = SystemClock()
    store = Store.open(database, KEY, clock=clock, new_id=lambda: str(ULID()))
    capabilities = Capabilities.of(scope.name for scope in ALL)
    loop = asyncio.get_running_loop()
    workspace = Workspace(account(), store, StatusBoard(), capabilities, clock, loop)
    await workspace.start()
    contact_id = workspace.new_id()
    await workspace.bus.run(CreateContact(contact_id=contact_id, fields={"first_name": "Ana"}))
    context = WindowContext(current_theme(), Settings())
    context.change(workspace=workspace, page=Page.CONTACTS, contact_id=contact_id)
    pane = DetailPane(workspace, context)
    pane.resize(900, 700)
    pane.show()
    pane.show_contact(contact_id)
    await Driver().until(lambda: pane.detail, "the contact to be shown")
    context.actions.trigger("note.new")
    await Driver().until(lambda: pane.composer.is_open, "the composer to open")
    print(contact_id, flush=True)
    edit = pane.composer.edit
    for number in itertools.count():
        QTest.keyClick(edit, "abcdefghij"[number % 10])
        print(time.monotonic(), flush=True)
        await asyncio.sleep(BETWEEN_S)


if __name__ == "__main__":
    app = qt_application()
    assert app is not None
    run_loop(app, write(Path(sys.argv[1])))
