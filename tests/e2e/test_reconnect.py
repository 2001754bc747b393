"""A sign-in that ends in the middle of the work, in the real window: everything stays readable
under a banner, edits wait, and the same person's next sign-in sends them once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from PySide6.QtWidgets import QListView, QWidget

from rapport.app import pointer
from rapport.domain.commands import CreateTask
from rapport.domain.filters import ContactQuery
from rapport.domain.views import SyncState


async def edit(program: Any, title: str) -> None:
    """A task that is not due soon: its reminder would lie over what is to be clicked."""
    workspace = program.session.workspace
    page = await workspace.queries.contacts(ContactQuery())
    await workspace.bus.run(
        CreateTask(
            task_id=workspace.new_id(),
            contact_id=page.rows[0].id,
            fields={"title": title, "due_at": workspace.clock.now() + timedelta(days=2)},
        )
    )


async def at_the_server(program: Any, title: str) -> int:
    log = await program.served.control("GET", "log?path=/tasks$")
    return sum(
        entry["method"] == "POST" and entry["status"] == 201 and title in entry["body"]
        for entry in log["requests"]
    )


def waiting(program: Any) -> Any:
    async def how_many() -> int:
        return len(await program.session.workspace.queries.outbox_items())

    return how_many


async def sent(program: Any) -> None:
    async def empty() -> bool:
        return not await waiting(program)()

    await program.do.until_known(empty, "the edit to be sent")


async def sign_in_ends(program: Any, *, installed: bool) -> None:
    """As when an administrator removes the app."""
    place = f"locations/{program.session.account.location_id}"
    await program.served.control("POST", place, {"installed": installed})
    await program.served.control("POST", "tokens/revoke", {"kinds": ["access", "refresh"]})


async def is_readable(program: Any) -> bool:
    view = await program.do.see("contact-list", QListView)
    return bool(view.model().rowCount()) and not view.isHidden()


async def test_revoked_in_mid_work_and_reconnected_by_one_click(program: Any) -> None:
    await program.sign_in()
    account = program.session.account
    await sign_in_ends(program, installed=False)
    await edit(program, "kept while signed out")
    await program.do.see("banner-reconnect")
    assert program.session.workspace.sync.status().state is SyncState.SIGN_IN
    assert await is_readable(program)
    assert await waiting(program)() == 1

    await program.served.control("POST", f"locations/{account.location_id}", {"installed": True})
    await program.do.click("banner-reconnect-button")
    await sent(program)
    assert program.session.account.id == account.id
    assert await at_the_server(program, "kept while signed out") == 1
    await program.do.until(
        lambda: program.do.find(QListView, "contact-list") is not None, "the contacts"
    )
    assert program.do.find(QWidget, "banner-reconnect") is None


async def test_where_the_app_is_still_installed_nobody_notices(program: Any) -> None:
    await program.sign_in()
    await program.served.control("DELETE", "log")  # whatever asks next may be the one
    await sign_in_ends(program, installed=True)
    await edit(program, "nobody notices")
    await sent(program)
    assert await at_the_server(program, "nobody notices") == 1
    log = await program.served.control("GET", "log?path=^/oauth")
    paths = [entry["path"] for entry in log["requests"]]
    # Both slots of the keyring may hold a set; each is tried once.
    assert paths[-2:] == ["/oauth/reconnect", "/oauth/token"]
    assert set(paths[:-2]) == {"/oauth/token"}


async def test_another_persons_sign_in_sends_nothing_of_the_first(
    program: Any, pressed: Any
) -> None:
    """Bad input 13."""
    await program.sign_in()
    first = program.session
    # To the program, the one who signed in before is somebody else than the one who does now.
    theirs = msgspec.structs.replace(first.account, user_id="somebody-else")
    first.account = first.workspace.account = theirs
    program.app.screen.save(program.app.config.with_account(theirs))
    await sign_in_ends(program, installed=False)
    await edit(program, "only in their name")
    await program.do.see("banner-reconnect")
    await program.do.click("banner-reconnect-button")
    await pressed("Allow")
    await program.do.until(lambda: program.session is not first, "the other account")
    mine = program.session
    assert mine.account.location_id == theirs.location_id
    await pointer.find_accessible("You signed in as somebody else", "label")
    await program.do.until(
        lambda: mine.workspace.sync.status().state is SyncState.IDLE, "its sync", limit_s=40
    )
    assert await at_the_server(program, "only in their name") == 0
    assert len(await first.workspace.queries.outbox_items()) == 1
    assert [one.id for one in program.app.config.accounts] == [theirs.id, mine.account.id]


@pytest.mark.parametrize("expired", [True, False])
async def test_a_location_that_is_not_active_waits_and_goes_on(
    program: Any, *, expired: bool
) -> None:
    """With an access token that still lives, too: then the CRM only says that it opens nothing."""
    await program.sign_in()
    place = f"locations/{program.session.account.location_id}"
    await program.served.control("POST", place, {"active": False})
    if expired:
        await program.served.control("POST", "tokens/expire", {"kinds": ["access"]})
    await edit(program, "while switched off")
    await program.do.see("banner-inactive")
    assert await is_readable(program)
    assert await waiting(program)() == 1

    await program.served.control("POST", place, {"active": True})
    await program.do.click("banner-inactive-button")
    await sent(program)
    assert await at_the_server(program, "while switched off") == 1
    state = program.session.workspace.sync.status
    await program.do.until(lambda: state().state is SyncState.IDLE, "all to be well")
    assert program.do.find(QWidget, "banner-inactive") is None
