"""Any order of edits, undos and mishaps; afterwards both sides agree, and each edit arrived once.

A state machine over commands, outbox and sync against the real sandbox. The crash leaves the real
files of the moment; what was under way on the network may still arrive.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec import structs

from rapport.domain.commands import (
    AddTags,
    Command,
    CompleteTask,
    CreateContact,
    CreateNote,
    CreateTask,
    DeleteContact,
    DeleteNote,
    DeleteTask,
    EditContact,
    EditNote,
    EditTask,
    RemoveTags,
    ReopenTask,
)
from rapport.domain.errors import NetworkError, RapportError
from rapport.domain.records import Kind
from rapport.sandbox.server import SandboxThread
from rapport.store import Snapshot

SPEED = 60.0
CONTACTS = 4
DUE = "2027-01-01T00:00:00Z"
SCOPES = ("contacts.readonly", "contacts.write", "locations/tasks.readonly")
WHICH = st.integers(0, 30)
WRITES = st.sampled_from(["POST", "PUT", "DELETE"])


class Renewed:
    """Access tokens that expire, and the refresh token that the real token endpoint takes."""

    def __init__(self, server: Any, granted: dict[str, Any]) -> None:
        self._server = server
        self.granted = granted
        self._lock = asyncio.Lock()

    async def access_token(self) -> str:
        return str(self.granted["access_token"])

    async def renewed(self, refused: str) -> str:
        async with self._lock:
            try:
                await self._renew(refused)
            except httpx.HTTPError:
                raise NetworkError("The network is down.", sent=True) from None
        return await self.access_token()

    async def _renew(self, refused: str) -> None:
        if self.granted["access_token"] != refused:
            return
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.granted["refresh_token"],
            "client_id": self._server.info["client_id"],
            "client_secret": self._server.info["client_secret"],
        }
        async with httpx.AsyncClient(base_url=self._server.base_url) as http:
            reply = await http.post("/oauth/token", data=form)
        if reply.status_code == 200:
            self.granted = reply.json()
        else:  # a crash took the last reply along: a person signs in again
            self.granted = await self._server.sign_in(SCOPES)


class Machine(RuleBasedStateMachine):
    """``begin`` opens a desk; the class attributes are set by the test."""

    sandbox: SandboxThread
    server: Any
    desk_at: Any
    until: Any
    quick: Any
    folder: Path
    files = itertools.count(1)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.numbers = itertools.count(1)
        self.stack = AsyncExitStack()
        self.online = True
        self.read_early: list[tuple[list[Snapshot], int]] = []

    def does(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize()
    def begin(self) -> None:
        self.does(self._begin())

    async def _begin(self) -> None:
        await self.server.control("POST", "reset", {})
        # Twins are allowed, or the server would do the work.
        allowed = {"settings": {"allowDuplicateContact": True}}
        await self.server.control("POST", f"locations/{self.server.location_id}", allowed)
        granted = await self.server.sign_in(SCOPES)
        self.tokens = Renewed(self.server, granted)
        self.path = self.folder / f"{next(self.files)}.db"
        await self._open()
        await self.desk.first_sync()
        self.shared = (await self.server.contacts())[0]["id"]
        self.kept = await self.desk.lid(Kind.CONTACT, self.shared)
        there = await self._there()

        async def all_read() -> bool:
            return bool(await self._seen() == there)

        await self.until(all_read, "tasks and notes are read")

    async def _open(self) -> None:
        opened = self.desk_at(
            self.server, self.path, pace=self.quick, tokens=self.tokens, speed=SPEED
        )
        self.desk = await self.stack.enter_async_context(opened)

    # What a person does.

    def run(self, command: Command) -> None:
        self.does(self.desk.run(command))

    def word(self) -> str:
        return f"word {next(self.numbers)}"

    def contact(self, which: int) -> str | None:
        rows = self.does(self.desk.rows())
        return rows[which % len(rows)].id if rows else None

    def child(self, which: int, kind: str) -> Any:
        found = [
            one
            for row in self.does(self.desk.rows())
            for one in getattr(self.does(self.desk.workspace.queries.detail(row.id)), kind)
        ]
        return found[which % len(found)] if found else None

    @rule()
    def makes_a_contact(self) -> None:
        new, word = self.desk.workspace.new_id(), self.word()
        fields = {"first_name": word, "email": f"{word.replace(' ', '')}@x.test"}
        self.run(CreateContact(contact_id=new, fields=fields))

    @rule(which=WHICH)
    def edits_a_contact(self, which: int) -> None:
        if id := self.contact(which):
            self.run(EditContact(contact_id=id, fields={"city": self.word()}))

    @rule(which=WHICH)
    def adds_a_tag(self, which: int) -> None:
        if id := self.contact(which):
            self.run(AddTags(contact_id=id, tags=(self.word(),)))

    @rule(which=WHICH)
    def removes_a_tag(self, which: int) -> None:
        rows = [row for row in self.does(self.desk.rows()) if row.tags]
        if rows:
            row = rows[which % len(rows)]
            self.run(RemoveTags(contact_id=row.id, tags=row.tags[:1]))

    @rule(which=WHICH)
    def makes_a_task(self, which: int) -> None:
        if id := self.contact(which):
            fields = {"title": self.word(), "due_at": DUE}
            new = self.desk.workspace.new_id()
            self.run(CreateTask(contact_id=id, task_id=new, fields=fields))

    @rule(which=WHICH)
    def edits_a_task(self, which: int) -> None:
        if task := self.child(which, "tasks"):
            self.run(EditTask(task_id=task.id, fields={"title": self.word()}))

    @rule(which=WHICH)
    def turns_a_task(self, which: int) -> None:
        if task := self.child(which, "tasks"):
            now = self.desk.workspace.clock.now()
            done = CompleteTask(task_id=task.id, at=now)
            self.run(ReopenTask(task_id=task.id) if task.completed else done)

    @rule(which=WHICH)
    def writes_a_note(self, which: int) -> None:
        if id := self.contact(which):
            new = self.desk.workspace.new_id()
            self.run(CreateNote(contact_id=id, note_id=new, fields={"body": self.word()}))

    @rule(which=WHICH)
    def edits_a_note(self, which: int) -> None:
        if note := self.child(which, "notes"):
            self.run(EditNote(note_id=note.id, fields={"body": self.word()}))

    @rule(which=WHICH, kind=st.sampled_from(["contact", "tasks", "notes"]))
    def deletes(self, which: int, kind: str) -> None:
        if kind == "contact":
            id = self.contact(which)
            if id and id != self.kept:
                self.run(DeleteContact(contact_id=id))
        elif one := self.child(which, kind):
            delete = DeleteTask(task_id=one.id) if kind == "tasks" else DeleteNote(note_id=one.id)
            self.run(delete)

    @rule()
    def takes_the_last_thing_back(self) -> None:
        text = self.does(self.desk.workspace.bus.undo_text())
        # A contact that is on its way out takes its tasks and notes along on the server.
        if text and text != "Undo delete contact":
            self.does(self.desk.workspace.bus.undo())

    # What happens to them.

    @rule(method=WRITES, kind=st.sampled_from(["drop_before", "drop_after", "truncate"]))
    def a_write_goes_wrong(self, method: str, kind: str) -> None:
        self.does(self.server.fault("^/contacts/", kind, method=method))

    @rule(kind=st.sampled_from(["drop_before", "truncate"]))
    def a_read_goes_wrong(self, kind: str) -> None:
        self.does(self.server.fault("^/contacts/", kind, method="GET"))

    @precondition(lambda self: self.online)
    @rule()
    def goes_offline(self) -> None:
        self.online = False
        self.does(self.server.fault("", "drop_before", count=None))

    @precondition(lambda self: not self.online)
    @rule()
    def is_online_again(self) -> None:
        self.online = True
        self.does(self.server.control("DELETE", "faults"))

    @rule()
    def the_token_expires(self) -> None:
        ended = {"token": self.tokens.granted["access_token"], "kinds": ["access"]}
        self.does(self.server.control("POST", "tokens/expire", ended))

    @rule()
    def time_passes(self) -> None:
        self.does(asyncio.sleep(0.03))

    @rule()
    def crashes(self) -> None:
        self.does(self._crash())

    async def _crash(self) -> None:
        image = self.folder / f"{next(self.files)}.db"

        def copy(_: object) -> None:
            # On the writer's thread nothing is half written, nor moved into the file meanwhile.
            for end in ("", "-wal"):
                shutil.copy(f"{self.path}{end}", f"{image}{end}")

        # Nothing is awaited from here on: the engine shares this loop and cannot go on.
        self.desk.store._writer.person(copy).result(20)
        self.desk.client._http.exchange = _dead
        self.path = image
        await self.stack.aclose()
        await self._open()

    @rule()
    def somebody_else_edits(self) -> None:
        self.does(self._somebody())

    async def _somebody(self) -> None:
        """Another field, of a contact that nobody deletes: nothing that a person had to decide."""
        token = self.server.info["control_token"]
        path = f"/_sandbox/records/contact/{self.shared}"
        await self.server._ask("POST", path, {"state": self.word()}, token)

    @rule()
    def a_page_is_read(self) -> None:
        if self.online:
            self.does(self._read())

    async def _read(self) -> None:
        epoch = self.desk.store.replica.epoch()
        try:
            page = await self.desk.client.contacts.search()
        except RapportError:
            return
        snapshots = [
            Snapshot(kind=Kind.CONTACT, rid=one.rid, values=one.values) for one in page.items
        ]
        self.read_early.append((snapshots, epoch))

    @precondition(lambda self: self.read_early)
    @rule(again=st.booleans())
    def it_arrives_late(self, again: bool) -> None:
        """Out of order, and perhaps twice."""
        snapshots, epoch = self.read_early.pop(0)
        for _ in range(1 + again):
            absorbed = self.desk.store.replica.absorb(snapshots, epoch=epoch)
            self.does(_done(absorbed))

    # The end.

    def teardown(self) -> None:
        try:
            if hasattr(self, "desk"):
                self.does(self._agree())
        finally:
            self.does(self.stack.aclose())
            self.runner.close()

    async def _agree(self) -> None:
        """What the person saw last is what both sides have, and nothing else."""
        seen = await self._seen()
        await self.server.control("DELETE", "faults")
        self.desk.workspace.sync.sync_now()
        await self.desk.sent(limit_s=90.0)
        await self.server.control("POST", "index")
        there = await self._there()
        assert there == seen

        async def agrees() -> bool:
            self.desk.workspace.sync.sync_now()
            return bool(await self._seen() == there)

        await self.until(agrees, "the local copy agrees", limit_s=60.0)
        assert await asyncio.wrap_future(self.desk.store.outbox.conflicts()) == []
        assert await asyncio.wrap_future(self.desk.store.verify()) == []

    async def _seen(self) -> Any:
        contacts: list[Any] = []
        for row in await self.desk.rows():
            detail = await self.desk.workspace.queries.detail(row.id)
            contact = detail.contact
            tasks = [(one.title, one.completed) for one in detail.tasks]
            notes = [one.body for one in detail.notes]
            contacts.append(
                (contact.name, contact.city, sorted(contact.tags), sorted(tasks), sorted(notes))
            )
        return sorted(contacts)

    async def _there(self) -> Any:
        contacts: list[Any] = []
        for one in await self.server.contacts():
            path = f"/contacts/{one['id']}"
            tasks = (await self.server.api("GET", f"{path}/tasks"))["tasks"]
            notes = (await self.server.api("GET", f"{path}/notes"))["notes"]
            name = f"{one['firstName'] or ''} {one['lastName'] or ''}".strip()
            contacts.append(
                (
                    name,
                    one["city"] or "",
                    sorted(one["tags"]),
                    sorted((task["title"], task["completed"]) for task in tasks),
                    sorted(note["body"] for note in notes),
                )
            )
        return sorted(contacts)


async def _dead(*args: object, **more: object) -> Any:
    raise NetworkError("This program is dead.", sent=False)


async def _done(future: Any) -> Any:
    return await asyncio.wrap_future(future)


@pytest.mark.timeout(300)
def test_both_sides_agree_whatever_happens(
    tmp_path: Path,
    server_of: Any,
    desk_at: Any,
    until: Callable[..., Any],
    quick: Any,
) -> None:
    with SandboxThread(contacts=CONTACTS, seed=7, index_lag_s=0.05, rate_limit="off") as sandbox:
        Machine.server = server_of(sandbox)
        Machine.desk_at, Machine.until = staticmethod(desk_at), staticmethod(until)
        Machine.quick = structs.replace(quick, settle_s=5.0, fresh_s=0.0)
        Machine.folder = tmp_path
        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=10,
                stateful_step_count=30,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
