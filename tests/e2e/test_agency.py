"""An agency in the real window: consent for the whole of it, two of its locations, two accounts."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from rapport.app import pointer
from rapport.app.sign_in_requests import sandbox_request
from rapport.domain import scopes
from rapport.domain.filters import ContactQuery
from rapport.domain.views import SyncState
from rapport.ui.onboarding import WelcomePage

WANTED = tuple(scope.name for scope in (*scopes.ALL, *scopes.AGENCY))


async def test_two_locations_of_an_agency(program: Any, pressed: Any) -> None:
    do, app = program.do, program.app
    await do.see("choose-sandbox")
    page = app.window.findChild(WelcomePage)
    request = sandbox_request(await program.served.start(), WANTED)
    page.connect_account(request)
    whole = "Harbour Agency All 3 locations"
    choice = await pointer.find_accessible(whole, "radio button", timeout_s=30)
    await pointer.click(*choice.center)
    await pressed("Allow")

    view = await do.see("locations")
    assert view.model().rowCount() == 3
    view.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Space, Qt.Key.Key_End, Qt.Key.Key_Space):
        QTest.keyClick(view, key)
    await do.click("locations-open")
    await do.until(lambda: app.session is not None, "the account to open")
    accounts = app.config.accounts
    assert [one.agency for one in accounts] == [accounts[0].agency] * 2
    shown = app.session
    assert app.config.current == shown.account.id
    assert shown.account.location_id == (await program.served.start())["location_ids"][0]
    # Both sync, each with its own location's people, and each into its own copy.
    names = []
    for session in app.accounts.sessions():
        status = session.workspace.sync.status
        await do.until(
            lambda status=status: status().state is SyncState.IDLE, "a first sync", limit_s=40
        )
        page = await session.workspace.queries.contacts(ContactQuery())
        names.append({row.name for row in page.rows})
    assert all(names)
    assert names[0] != names[1]

    agency = program.secrets.vault(accounts[0].agency)
    for left in (1, 0):
        app.window.context.actions.trigger("account.sign-out")
        await pressed("Sign out")
        await do.until(lambda left=left: len(app.config.accounts) == left, "to be signed out")
        assert bool(await asyncio.to_thread(agency.read_tokens)) == bool(left)
