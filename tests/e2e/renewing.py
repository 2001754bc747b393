"""The core of the program with the account of a profile, on the way to its next token set.

``renewing.py PROFILE edit`` makes one edit, says so, and says ``replied`` once the CRM's reply with
new tokens is here and nothing of it is kept yet. ``renewing.py PROFILE settle`` goes on until
everything is sent, or until the CRM takes the sign-in no more, and says which.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.engine_thread import EngineThread
from rapport.app.secrets import Secrets
from rapport.app.session import Session
from rapport.domain.commands import CreateTask
from rapport.domain.filters import ContactQuery
from rapport.domain.views import SyncState
from rapport.host.paths import Paths
from rapport.host.vault import Vault


class Telling(Vault):
    def write_tokens(self, value: str) -> None:
        print("replied", flush=True)
        super().write_tokens(value)


class TellingSecrets(Secrets):
    def vault(self, account_id: str) -> Vault:
        return Telling(self._keyring, account_id)


async def edit(session: Session) -> None:
    page = await session.workspace.queries.contacts(ContactQuery())
    text, task = f"kept-{session.workspace.new_id()}", session.workspace.new_id()
    fields = {"title": text, "due_at": session.workspace.clock.now()}
    await session.workspace.bus.run(
        CreateTask(task_id=task, contact_id=page.rows[0].id, fields=fields)
    )
    print(text, flush=True)


async def settle(session: Session) -> str:
    while True:
        status = session.workspace.sync.status()
        if status.state is SyncState.SIGN_IN:
            return f"signed out {len(await session.workspace.queries.outbox_items())}"
        page = await session.workspace.queries.contacts(ContactQuery())
        waiting = await session.workspace.queries.outbox_items()
        if status.state is SyncState.IDLE and page.rows and not waiting:
            return "sent"
        await asyncio.sleep(0.02)


async def main(profile: Path, what: str) -> None:
    paths = Paths.of(profile)
    config = ConfigFile(paths.settings_file).load()
    account = config.account(config.current)
    assert account is not None
    kind = TellingSecrets if what == "edit" else Secrets
    secrets, folder = kind.of(paths), paths.account(account.id)
    key = await asyncio.to_thread(secrets.database_key, account.id, folder / "rapport.db")
    session = Session.open(account, folder, key, clock=SystemClock(), secrets=secrets)
    await session.workspace.start()
    engine = EngineThread()
    engine.start()
    if what == "edit":
        await edit(session)
    await session.connect(engine)
    if what == "edit":
        await asyncio.Event().wait()
    print(await settle(session), flush=True)
    await session.close()
    await asyncio.to_thread(engine.stop)
    secrets.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
