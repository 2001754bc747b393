"""Where secrets and customers' data are, and where they are not."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from rapport.api.session import decode
from rapport.app import pointer
from rapport.app.logs import catch_crashes, start_log
from rapport.domain.commands import CreateNote, EditNote
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Id
from rapport.host.keyring import MemoryKeyring

NETWORK = ("httpx2", "httpcore2", "authlib")
CANARY = "canary-of-a-note-7f3a"


@pytest.fixture
def whole_log(tmp_path: Path) -> Iterator[Path]:
    """The log of everything at DEBUG, libraries included, and crash reports."""
    folder = tmp_path / "profile/logs"
    folder.mkdir(parents=True)
    root = logging.getLogger()
    handlers, level, hook = list(root.handlers), root.level, sys.excepthook
    start_log(folder, level=logging.DEBUG)
    catch_crashes(folder)
    yield folder
    for name in NETWORK:
        logging.getLogger(name).setLevel(logging.WARNING)
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(level)
    sys.excepthook = hook


async def first_contact(program: Any) -> Id:
    page = await program.session.workspace.queries.contacts(ContactQuery())
    return str(page.rows[0].id)


async def test_no_file_of_the_profile_holds_a_secret_or_a_name(
    whole_log: Path, program: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Sign-in, sync, an edit that is sent, a crash — with the log at DEBUG and all temporary files
    in the profile, Chromium's included."""
    for name in ("TMPDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        (tmp_path / "profile/temporary").mkdir(exist_ok=True)
        monkeypatch.setenv(name, str(tmp_path / "profile/temporary"))
    await program.sign_in()
    # Also what is kept quiet because it prints whole addresses: the redaction alone is left.
    for name in NETWORK:
        logging.getLogger(name).setLevel(logging.DEBUG)
    await program.served.control("POST", "tokens/expire", {})
    workspace = program.session.workspace
    contact = await first_contact(program)
    note = workspace.new_id()
    await workspace.bus.run(
        CreateNote(note_id=note, contact_id=contact, fields={"body": f"{CANARY} first"})
    )
    await workspace.bus.run(EditNote(note_id=note, fields={"body": f"{CANARY} edited"}))

    async def sent() -> bool:
        return not await workspace.queries.outbox_items()

    await program.do.until_known(sent, "the note to be sent")
    page = await workspace.queries.contacts(ContactQuery())
    detail = await workspace.queries.detail(page.rows[0].id)
    try:
        raise RuntimeError(f"{CANARY} {detail.contact.email}")
    except RuntimeError as error:
        sys.excepthook(RuntimeError, error, error.__traceback__)
        logging.getLogger("rapport").exception("a handler failed")

    info = await program.served.start()
    vault = program.secrets.vault(program.session.account.id)
    kept = [decode(text) for text in await asyncio.to_thread(vault.read_tokens)]
    key = await asyncio.to_thread(
        program.secrets.database_key, program.session.account.id, program.paths.data
    )
    needles = {"the client secret": info["client_secret"], "a note": CANARY}
    for tokens in kept:
        assert tokens is not None
        needles |= {"the access token": tokens.access, "the refresh token": tokens.refresh}
    for row in page.rows[:40]:
        # Two letters may stand anywhere by chance; a name of several words does not.
        if len(row.name.encode()) >= 9:
            needles[f"the name in row {row.key}"] = row.name
    assert len(needles) > 20
    found = [
        f"{what} in {file.relative_to(tmp_path)}"
        for file in (tmp_path / "profile").rglob("*")
        if file.is_file()
        for what, needle in needles.items()
        if needle.encode() in file.read_bytes()
    ]
    assert found == []
    raw = [file for file in (tmp_path / "profile").rglob("*") if file.is_file()]
    assert not any(key in file.read_bytes() or key.hex() in str(file) for file in raw)
    # What was looked through is what there is to look through.
    names = [file.name for file in raw]
    assert {"rapport.db", "rapport.log", "settings.json"} <= set(names)
    assert len([name for name in names if name.startswith("crash-")]) == 1
    assert "DEBUG" in (whole_log / "rapport.log").read_text("utf-8")
    assert "/oauth/token" in (whole_log / "rapport.log").read_text("utf-8")


async def sign_out(program: Any) -> None:
    program.app.window.context.actions.trigger("account.sign-out")


async def test_signing_out_revokes_and_deletes(program: Any, pressed: Callable[..., Any]) -> None:
    await program.sign_in()
    account = program.session.account
    vault = program.secrets.vault(account.id)
    tokens = decode((await asyncio.to_thread(vault.read_tokens))[0])
    assert tokens is not None
    assert await program.served.status_for(tokens.access) == 200
    folder = program.paths.account(account.id)
    assert (folder / "rapport.db").exists()

    await sign_out(program)
    await pointer.find_accessible("Sign out of Sandbox?", "label")
    await pressed("Sign out")
    await program.do.see("choose-sandbox")

    assert program.app.session is None
    assert await program.served.status_for(tokens.access) == 401
    assert not folder.exists()
    assert [file for file in program.paths.data.rglob("*") if account.id in str(file)] == []
    assert await asyncio.to_thread(vault.read_tokens) == ()
    assert await asyncio.to_thread(vault.client_secret) is None
    # No database and no key: a new key would be made now, so nothing of the old one is left.
    fresh = await asyncio.to_thread(lambda: vault.database_key(database_exists=False))
    assert len(fresh) == 32
    await asyncio.to_thread(vault.delete_all)
    assert program.app.config.accounts == ()
    assert account.id not in program.paths.settings_file.read_text("utf-8")


async def test_signing_out_warns_of_unsent_edits_and_can_be_cancelled(
    program: Any, pressed: Callable[..., Any]
) -> None:
    await program.sign_in()
    workspace = program.session.workspace
    fault = {"path": "/notes", "method": "POST", "kind": "status", "status": 503, "count": None}
    await program.served.control("POST", "faults", fault)
    for number in range(2):
        await workspace.bus.run(
            CreateNote(
                note_id=workspace.new_id(),
                contact_id=await first_contact(program),
                fields={"body": f"unsent {number}"},
            )
        )
    await sign_out(program)
    await pointer.find_accessible(
        "The local copy of this account is deleted from this computer. "
        "2 edits have not reached the CRM yet and would be lost.",
        "label",
    )
    await pressed("Cancel")
    await program.do.until(
        lambda: program.do.find(QWidget, "contact-list") is not None, "the contacts again"
    )
    assert len(await workspace.queries.outbox_items()) == 2


async def test_without_a_keyring_everything_stays_in_memory(
    program: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No Secret Service on the bus: said plainly, and nothing of the account reaches the disk."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    bus = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    assert bus.endswith("no-bus")
    await program.secrets.prepare()
    monkeypatch.undo()  # the accessibility bus is found through the same address
    assert isinstance(program.secrets._keyring, MemoryKeyring)
    await program.sign_in()

    await program.do.see("banner-memory-only")
    await pointer.find_accessible(
        "No keyring was found, so nothing is kept here: edits last until you quit.", "label"
    )
    workspace = program.session.workspace
    await workspace.bus.run(
        CreateNote(
            note_id=workspace.new_id(),
            contact_id=await first_contact(program),
            fields={"body": CANARY},
        )
    )
    assert program.secrets.place.startswith("There is no keyring")
    assert list((tmp_path / "profile").rglob("*.db")) == []
    # A new sign-in, say after the old one ended, keeps the edits: they are nowhere else.
    kept = {note.body for note in (await detail_of(program)).notes}
    assert CANARY in kept
    await program.app.entrance.signed_in(program.session.account)
    assert CANARY in {note.body for note in (await detail_of(program)).notes}


async def detail_of(program: Any) -> Any:
    contact = await first_contact(program)
    return await program.session.workspace.queries.detail(contact)
