"""What a quit and the next start do to work that is still on its way."""

from __future__ import annotations

import asyncio
import socket
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest
from PySide6.QtWidgets import QWidget

from rapport.domain.commands import AddTags, DeleteContact
from rapport.domain.errors import DamagedError
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Id, Kind
from rapport.domain.views import SyncState
from rapport.host.keyring import NoKeyring, SystemKeyring
from rapport.store import Database
from rapport.ui.toasts import Toast
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.overlay import ConfirmDialog


class Unreachable:
    """A sandbox that is said to be there and does not answer."""

    def __init__(self, served: Any) -> None:
        self._served = served

    async def start(self) -> dict[str, Any]:
        with closing(socket.create_server(("127.0.0.1", 0))) as probe:
            base = f"http://127.0.0.1:{probe.getsockname()[1]}"
        info: dict[str, Any] = await self._served.start()
        return info | {"base_url": base, "token_url": f"{base}/oauth/token"}

    async def stop(self) -> None:
        pass

    async def reset(self) -> None:
        pass


async def _ana(program: Any) -> Id:
    page = await program.session.workspace.queries.contacts(ContactQuery(text="olgaard"))
    id: Id = page.rows[0].id
    return id


async def _server_id(program: Any, contact: Id) -> str:
    found = program.session.store.replica.rid_of(Kind.CONTACT, contact)
    rid: str = await asyncio.wrap_future(found)
    return rid


async def _status_of(served: Any, rid: str) -> int:
    info = await served.start()
    headers = {"Authorization": f"Bearer {info['access_token']}", "Version": "2021-07-28"}
    async with httpx2.AsyncClient(trust_env=False) as http:
        reply = await http.get(f"{info['base_url']}/contacts/{rid}", headers=headers)
    return reply.status_code


async def test_a_delete_outlives_quitting_within_its_undo_window(
    make_program: Any, served: Any
) -> None:
    program = await make_program(served)
    await program.sign_in()
    ana = await _ana(program)
    rid = await _server_id(program, ana)
    await program.app.window.context.perform(DeleteContact(contact_id=ana), "Ana")
    await program.close()
    assert await _status_of(served, rid) == 200

    again = await make_program(served)
    assert await again.session.workspace.queries.row_of(ana) is None

    # Asked of the copy, not of the server: that would take the program's share of its limit.
    async def sent() -> bool:
        return not await again.session.workspace.queries.outbox_items()

    await again.do.until_known(sent, "the delete to be sent")
    assert await _status_of(served, rid) == 400


async def test_undo_after_a_restart_withdraws_the_delete(make_program: Any, served: Any) -> None:
    program = await make_program(served)
    await program.sign_in()
    ana = await _ana(program)
    rid = await _server_id(program, ana)
    await program.app.window.context.perform(DeleteContact(contact_id=ana), "Ana")
    await program.close()

    again = await make_program(served)
    await again.app.window.context.undo()
    assert await again.session.workspace.queries.row_of(ana) is not None
    await again.do.until(
        lambda: again.session.workspace.sync.status().waiting == 0, "nothing to wait"
    )
    assert await _status_of(served, rid) == 200
    log = await served.control("GET", "log")
    assert not [one for one in log["requests"] if one["method"] == "DELETE"]


async def test_an_expired_sign_in_offline_shows_everything_and_asks_when_it_can(
    make_program: Any, served: Any, pressed: Any
) -> None:
    """The second run: first the sandbox cannot be reached, then it refuses the old tokens. The app
    was removed from the location, too, so that reconnecting by itself is refused."""
    program = await make_program(served)
    await program.sign_in()
    ana = await _ana(program)
    place = f"locations/{program.session.account.location_id}"
    await program.close()
    await served.control("POST", place, {"installed": False})
    await served.control("POST", "tokens/revoke", {"kinds": ["access", "refresh"]})

    again = await make_program(Unreachable(served))
    await again.do.see("contact-list")
    assert await _ana(again) == ana
    await again.do.until(
        lambda: again.session.workspace.sync.status().state is SyncState.OFFLINE, "offline"
    )
    assert again.do.find(QWidget, "banner-reconnect") is None
    await again.app.window.context.perform(AddTags(contact_id=ana, tags=("met",)), "Ana")
    await again.close()

    last = await make_program(served)
    await last.do.see("banner-reconnect")
    assert len(await last.session.workspace.queries.outbox_items()) == 1
    await last.do.click("banner-reconnect-button")
    await pressed("Allow")

    async def sent() -> bool:
        return not await last.session.workspace.queries.outbox_items()

    await last.do.until_known(sent, "the edit to be sent")
    assert last.do.find(QWidget, "banner-reconnect") is None
    assert len(last.app.config.accounts) == 1


async def test_without_a_keyring_each_start_signs_in_to_the_sandbox_anew(
    make_program: Any, served: Any, pressed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``rapport --sandbox`` twice: nothing was kept of the first, and no error says so."""

    def no_keyring(*_: object) -> NoReturn:
        raise NoKeyring("There is no keyring.")

    for method in ("get", "set"):
        monkeypatch.setattr(SystemKeyring, method, no_keyring)
    for _ in range(2):
        program = await make_program(served)
        program.app.explore_sandbox()
        await pressed("Allow")
        await program.do.see("contact-list")
        await program.do.see("banner-memory-only")
        assert program.app.window.findChildren(Toast) == []
        assert len(program.app.config.accounts) == 1
        await program.close()


async def test_a_lost_key_is_explained_and_a_new_copy_starts_beside_the_old(
    make_program: Any, served: Any
) -> None:
    """Bad input 39: the key is gone from the keyring. Nothing is made anew over the old copy."""
    program = await make_program(served)
    await program.sign_in()
    account = program.session.account
    await program.close()
    folder = program.paths.account(account.id)
    old = (folder / "rapport.db").read_bytes()
    await asyncio.to_thread(program.secrets.vault(account.id).forget_database_key)

    again = await make_program(served)
    await again.do.see("trouble")
    assert (folder / "rapport.db").read_bytes() == old
    await again.do.click("trouble-other")
    await again.sign_in()
    assert (folder / "rapport.db.unreadable-1").read_bytes() == old
    assert await _ana(again)


def _damage(path: Path, *places: int) -> None:
    """One byte in each of these pages."""
    content = bytearray(path.read_bytes())
    for page in places:
        content[page * 4096 + 100] ^= 0xFF
    path.write_bytes(content)


async def test_a_damaged_copy_is_repaired_with_its_edits(make_program: Any, served: Any) -> None:
    """Bad input 40's neighbour: a page is bad. The edit that had not been sent is not lost."""
    program = await make_program(served)
    await program.sign_in()
    ana = await _ana(program)
    file = program.paths.account(program.session.account.id) / "rapport.db"
    await program.close()

    offline = await make_program(Unreachable(served))
    await offline.do.see("contact-list")
    await offline.app.window.context.perform(AddTags(contact_id=ana, tags=("rescued",)))
    await offline.do.until(file.with_name("rapport.db.edits").exists, "the edit to be kept apart")
    await offline.close()
    _damage(file, 0)

    again = await make_program(served)
    await again.do.see("trouble")
    await again.do.click("trouble-repair")
    await again.do.see("contact-list")
    assert file.with_name("rapport.db.unreadable-1").exists()

    # The CRM gives the others back. Whether the edit has reached it is looked up, once it is too
    # late for a lost write to be applied.
    queries = again.session.workspace.queries

    async def back() -> bool:
        total: int = (await queries.contacts(ContactQuery())).total
        return total > 10

    await again.do.until_known(back, "the other contacts")
    row = await queries.row_of(ana)
    assert "rescued" in row.tags
    (edit,) = await queries.outbox_items()
    assert edit.state == "uncertain"


async def test_damage_met_while_it_runs_offers_the_repair(make_program: Any, served: Any) -> None:
    program = await make_program(served)
    await program.sign_in()
    ana = await _ana(program)
    program.app.window.context.runner.show(
        DamagedError("The local copy is damaged.", "Repairing makes a new copy.")
    )
    toast = program.app.window.findChildren(Toast)[-1]
    button = next(one for one in toast.findChildren(Button) if one.text() == "Repair")
    button.click()
    await program.do.until(lambda: program.app.window.findChildren(ConfirmDialog), "the question")
    program.app.window.findChildren(ConfirmDialog)[0].confirm_button.click()
    folder = program.paths.account(program.app.config.current)
    await program.do.until(
        lambda: (folder / "rapport.db.unreadable-1").exists() and program.app.session is not None,
        "the repair",
    )
    assert await program.session.workspace.queries.row_of(ana) is not None


async def test_the_encryption_key_is_changed_also_when_it_was_cut_short(
    make_program: Any, served: Any
) -> None:
    program = await make_program(served)
    await program.sign_in()
    ana = await _ana(program)
    account = program.session.account
    file = program.paths.account(account.id) / "rapport.db"
    vault = program.secrets.vault(account.id)

    async def key() -> bytes:
        return await asyncio.to_thread(vault.database_key, database_exists=True)

    first = await key()
    program.app.window.context.actions.trigger("account.change-key")
    await program.do.until(lambda: program.app.window.findChildren(ConfirmDialog), "the question")
    program.app.window.findChildren(ConfirmDialog)[0].confirm_button.click()

    async def changed() -> bool:
        return await key() != first and program.app.session is not None

    await program.do.until_known(changed, "another key")
    second = await key()
    assert await program.session.workspace.queries.row_of(ana) is not None
    await program.close()

    # The program died after the file was encrypted anew, and before the keyring heard of it.
    third = await asyncio.to_thread(vault.next_database_key)
    await asyncio.to_thread(Database(file, second).change_key, third)
    again = await make_program(served)
    await again.do.see("contact-list")
    assert await again.session.workspace.queries.row_of(ana) is not None
    assert await key() == third
