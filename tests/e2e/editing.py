"""The core of the program — store, workspace, engine — making edits until it is killed.

Says what was acknowledged after each edit: one line, ``KIND ID TEXT``.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.engine_thread import EngineThread
from rapport.app.secrets import Secrets
from rapport.app.session import Session
from rapport.domain.commands import CompleteTask, CreateNote, CreateTask
from rapport.domain.filters import ContactQuery
from rapport.host.paths import Paths


async def edit(profile: Path) -> None:
    paths = Paths.of(profile)
    config = ConfigFile(paths.settings_file).load()
    account = config.account(config.current)
    assert account is not None
    clock = SystemClock()
    secrets = Secrets.of(paths)
    folder = paths.account(account.id)
    key = await asyncio.to_thread(secrets.database_key, account.id, folder / "rapport.db")
    session = Session.open(account, folder, key, clock=clock, secrets=secrets)
    await session.workspace.start()
    engine = EngineThread()
    engine.start()
    await session.connect(engine)
    bus = session.workspace.bus
    page = await session.workspace.queries.contacts(ContactQuery())
    while not page.rows:
        await asyncio.sleep(0.02)
        page = await session.workspace.queries.contacts(ContactQuery())
    for number in itertools.count():
        contact = page.rows[number % len(page.rows)].id
        text = f"kept-{session.workspace.new_id()}"
        note, task = session.workspace.new_id(), session.workspace.new_id()
        await bus.run(CreateNote(note_id=note, contact_id=contact, fields={"body": text}))
        print("note", contact, text, flush=True)
        fields = {"title": text, "due_at": clock.now()}
        await bus.run(CreateTask(task_id=task, contact_id=contact, fields=fields))
        print("task", contact, text, flush=True)
        await bus.run(CompleteTask(task_id=task, at=clock.now()))
        print("done", contact, text, flush=True)


if __name__ == "__main__":
    asyncio.run(edit(Path(sys.argv[1])))
