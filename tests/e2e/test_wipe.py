"""Diagnostics that may be given away, and removing everything from this computer."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from rapport.api.session import decode
from rapport.app.config import ConfigFile
from rapport.domain.commands import DeleteContact
from rapport.domain.filters import ContactQuery
from rapport.ui.context import Page


def visible(program: Any, name: str) -> Any:
    return program.do.find(QWidget, name)


async def test_what_is_given_away_names_nobody_and_what_is_removed_is_gone(program: Any) -> None:
    await program.sign_in()
    app, do = program.app, program.do
    session = program.session
    account, workspace = session.account, session.workspace
    vault = program.secrets.vault(account.id)
    kept = await asyncio.to_thread(vault.read_tokens)
    tokens = decode(kept[0])
    rows = (await workspace.queries.contacts(ContactQuery())).rows

    app.window.show_page(Page.SETTINGS)
    await do.click("copy-diagnostics")
    clipboard = QGuiApplication.clipboard()
    await do.until(lambda: "Last log lines" in clipboard.text(), "the diagnostics")
    said = clipboard.text()
    assert "Accounts: 1" in said
    assert "sandbox, this computer" in said
    secrets = [tokens.access, tokens.refresh, account.location_id, account.id, account.user_id]
    people = [part for row in rows for part in (row.name, row.company)]
    for planted in filter(None, (*secrets, *people, str(program.paths.data))):
        assert planted not in said, planted

    hosts = visible(program, "hosts-contacted")
    words = " ".join(label.text() for label in hosts.findChildren(QLabel))
    assert "127.0.0.1" in words
    assert "sign-in page" in words

    await workspace.bus.run(DeleteContact(contact_id=rows[0].id))
    folder = program.paths.account(account.id)
    assert any(folder.iterdir())
    await do.click("wipe")
    dialog = await do.see("confirm-dialog")
    told = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "1 edit of" in told
    assert "has not reached the CRM yet" in told
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    await do.until(lambda: visible(program, "confirm-dialog") is None, "the question to go")
    assert app.session is session

    await do.click("wipe")
    await do.click("confirm-yes")
    await do.until(lambda: visible(program, "choose-sandbox"), "the welcome page", limit_s=30)
    assert app.session is None
    assert not folder.exists()
    assert await asyncio.to_thread(vault.read_tokens) == ()
    assert await program.served.status_for(tokens.access) == 401
    kept_config = ConfigFile(program.paths.settings_file).load()
    assert kept_config.accounts == ()
    left = [path for path in program.paths.data.rglob("*") if path.is_file()]
    left += [path for path in program.paths.logs.rglob("*") if path.stat().st_size > 20_000]
    assert left == []
    names = {row.name.encode() for row in rows}
    for path in program.paths.config.rglob("*"):
        if path.is_file():
            assert not any(name in path.read_bytes() for name in names)
    assert program.do.find(QLineEdit, "settings-search") is None
