"""The real program core, no window: store, engine, workspace. Killed at any moment.

One JSON object a line: what it is told on standard input, what it answers on standard output, in
the same order. An edit is answered when its future is done, which is when it is on the disk. The
first line opens the account; until then the process stands by, with everything imported.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2  # noqa: F401  (half a second that no restart should wait for)
import msgspec
from naive import NaivePush
from scale import Scaled

import rapport.sync.engine
from rapport.api import ApiClient, StaticToken
from rapport.api.http import EXCHANGE_S, Http, Reply
from rapport.app.engine_thread import EngineThread
from rapport.domain import commands
from rapport.domain.changes import ChangeEvent, Mutation
from rapport.domain.errors import RapportError
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Kind, Ref
from rapport.domain.scopes import ALL, Capabilities
from rapport.domain.settings import Account
from rapport.services.workspace import Workspace, new_id
from rapport.store import Store
from rapport.sync.engine import Engine

KEY = bytes(range(32))
EDITS = (
    commands.CreateContact
    | commands.EditContact
    | commands.DeleteContact
    | commands.AddTags
    | commands.RemoveTags
    | commands.CreateTask
    | commands.EditTask
    | commands.CompleteTask
    | commands.ReopenTask
    | commands.DeleteTask
    | commands.CreateNote
    | commands.EditNote
    | commands.DeleteNote
)


class ScaledHttp(Http):
    """Gives up on a server in the run's time."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self._factor = factor

    async def exchange(self, *request: Any, limit_s: float = EXCHANGE_S, **more: Any) -> Reply:
        return await super().exchange(*request, limit_s=limit_s / self._factor, **more)


class Witnessed:
    """A command, and what it was based on when it was committed: what the person saw."""

    def __init__(self, command: commands.Command) -> None:
        self._command = command
        self.title = command.title
        self.mutations: tuple[Mutation, ...] = ()

    def targets(self) -> tuple[Ref, ...]:
        return self._command.targets()

    def plan(self, records: Any) -> tuple[Mutation, ...]:
        self.mutations = self._command.plan(records)
        return self.mutations


class Core:
    def __init__(self, told: dict[str, Any]) -> None:
        clock = Scaled(told["factor"], told["since"])
        if told["naive"]:
            rapport.sync.engine.Push = NaivePush  # type: ignore[misc]
        capabilities = Capabilities.of({scope.name for scope in ALL})
        account = Account(
            id="chaos",
            name="Chaos",
            location_id=told["location_id"],
            api_url=told["base_url"],
            authorize_url="",
            token_url="",
            client_id="",
            redirect_uri="",
            scopes=tuple(capabilities.scopes),
        )
        self.store = Store.open(Path(told["database"]), KEY, clock=clock, new_id=new_id)
        self.client = ApiClient(
            told["base_url"],
            StaticToken(told["token"]),
            location_id=told["location_id"],
            clock=clock,
            http=ScaledHttp(clock.factor),
        )
        self.engine = Engine(self.store, self.client, clock, capabilities)
        self.thread = EngineThread()
        self.workspace = Workspace(
            account,
            self.store,
            self.engine.control,
            capabilities,
            clock,
            asyncio.get_running_loop(),
        )
        self.conflicts: list[Any] = []

    async def start(self) -> dict[str, Any]:
        await self.workspace.start()
        self.thread.start()
        await asyncio.wrap_future(self.thread.run(self.engine.start()))
        self.workspace.feed.subscribe(self._heard)
        return {}

    def _heard(self, event: ChangeEvent) -> None:
        """A person sees every conflict; so the driver hears of it at once."""
        if event.outbox:
            task = asyncio.create_task(self._tell_conflicts())
            task.add_done_callback(lambda done: done.result())

    async def _tell_conflicts(self) -> None:
        rows = await asyncio.wrap_future(self.store.outbox.conflicts())
        told = [
            [row.ref.kind, row.ref.id, row.contact_id, row.field, row.mine, row.theirs]
            for row in rows
        ]
        if told != self.conflicts:
            self.conflicts = told
            say({"conflicts": told})

    async def edit(self, command: Any) -> dict[str, Any]:
        witnessed = Witnessed(msgspec.convert(command, EDITS))
        try:
            outcome = await self.workspace.bus.run(witnessed)  # type: ignore[arg-type]
        except RapportError as error:
            return {"refused": str(error)}
        bases = {
            name: delta.base
            for mutation in witnessed.mutations
            for name, delta in mutation.fields.items()
        }
        return {"changed": outcome.undo_id is not None, "bases": bases}

    async def rid(self, kind: str, id: str) -> dict[str, Any]:
        return {"rid": await asyncio.wrap_future(self.store.replica.rid_of(Kind(kind), id))}

    async def state(self) -> dict[str, Any]:
        await self._tell_conflicts()
        status = self.workspace.sync.status()
        items = await self.workspace.queries.outbox_items()
        return {
            "synced": status.synced_at is not None,
            "outbox": [
                [item.ref.kind, item.ref.id, item.contact_id, item.state, item.title, item.error]
                for item in items
            ],
        }

    async def backlog(self) -> dict[str, Any]:
        counts = await asyncio.wrap_future(self.store.outbox.counts())
        return {"waiting": counts.waiting}

    async def sync(self) -> dict[str, Any]:
        self.workspace.sync.sync_now()
        return {}

    async def dump(self) -> dict[str, Any]:
        """All records as a person sees them: [kind, id, rid, contact id, values]."""
        page = await self.workspace.queries.contacts(ContactQuery(), 1_000_000)
        records: list[Any] = []
        for row in page.rows:
            detail = await self.workspace.queries.detail(row.id)
            if detail is not None:
                for kind, found in (
                    (Kind.CONTACT, (detail.contact,)),
                    (Kind.TASK, detail.tasks),
                    (Kind.NOTE, detail.notes),
                ):
                    for one in found:
                        rid = await asyncio.wrap_future(self.store.replica.rid_of(kind, one.id))
                        values = msgspec.to_builtins(one)
                        records.append([kind, one.id, rid, row.id, values])
        wrong = await asyncio.wrap_future(self.store.verify())
        return {"records": records, "wrong": wrong}

    async def close(self) -> dict[str, Any]:
        self.workspace.close()
        await asyncio.wrap_future(self.thread.run(self.engine.stop()))
        await asyncio.wrap_future(self.thread.run(self.client.aclose()))
        self.thread.stop()
        await asyncio.to_thread(self.store.close)
        return {}


def say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


async def main() -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader(limit=1 << 24)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    say({"ready": True})
    first = await lines.readline()
    if not first:
        return
    core = Core(json.loads(first))
    say({"answer": await core.start()})
    while line := await lines.readline():
        what, *more = json.loads(line)
        ask: Callable[..., Awaitable[dict[str, Any]]] = getattr(core, what)
        say({"answer": await ask(*more)})


if __name__ == "__main__":
    asyncio.run(main())
