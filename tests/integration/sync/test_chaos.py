"""Edits under faults of every kind, with the engine ended at any moment: each arrives once.

The seed decides everything but the timing; it is in the test's name.
"""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.commands import (
    AddTags,
    CompleteTask,
    CreateContact,
    CreateNote,
    CreateTask,
    EditContact,
    EditNote,
)
from rapport.domain.records import Kind
from rapport.sandbox.server import SandboxThread

FAULTS: tuple[dict[str, Any] | None, ...] = (
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "truncate"},
    {"kind": "delay", "seconds": 0.05},
    {"kind": "status", "status": 500, "body": {"message": "Internal server error"}},
    {"kind": "status", "status": 503, "body": "<html>Bad gateway</html>"},
    None,
    None,
    None,
)
DUE = datetime(2027, 1, 1, tzinfo=UTC)


class Ledger:
    """What a person was told is done."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.cities: dict[str, str] = {}
        self.tags: dict[str, set[str]] = {}
        self.notes: dict[str, str] = {}
        self.tasks: dict[str, tuple[str, bool]] = {}
        self.names: list[str] = []

    async def edit(self, desk: Any, number: int) -> None:
        new = desk.workspace.new_id()
        id = self.dice.choice(await desk.rows()).id
        match self.dice.randrange(7):
            case 0:
                await desk.run(EditContact(contact_id=id, fields={"city": f"City {number}"}))
                self.cities[id] = f"City {number}"
            case 1:
                await desk.run(AddTags(contact_id=id, tags=(f"tag {number}",)))
                self.tags.setdefault(id, set()).add(f"tag {number}")
            case 2:
                body = {"body": f"Note {number}"}
                await desk.run(CreateNote(note_id=new, contact_id=id, fields=body))
                self.notes[new] = f"Note {number}"
            case 3 if self.notes:
                note = self.dice.choice(sorted(self.notes))
                await desk.run(EditNote(note_id=note, fields={"body": f"Edited {number}"}))
                self.notes[note] = f"Edited {number}"
            case 4 if self.tasks:
                task = self.dice.choice(sorted(self.tasks))
                await desk.run(CompleteTask(task_id=task, at=datetime.now(UTC)))
                self.tasks[task] = (self.tasks[task][0], True)
            case 5:
                fields = {"first_name": f"Chaos {number}", "email": f"chaos{number}@x.test"}
                await desk.run(CreateContact(contact_id=new, fields=fields))
                self.names.append(f"Chaos {number}")
            case _:
                task_fields = {"title": f"Task {number}", "due_at": DUE}
                await desk.run(CreateTask(task_id=new, contact_id=id, fields=task_fields))
                self.tasks[new] = (f"Task {number}", False)

    async def check(self, server: Any, desk: Any) -> None:
        there = await server.contacts()
        for id, city in self.cities.items():
            assert (await server.contact(await desk.rid(Kind.CONTACT, id)))["city"] == city
        for id, tags in self.tags.items():
            contact = await server.contact(await desk.rid(Kind.CONTACT, id))
            assert tags <= set(contact["tags"])
        notes: list[str] = []
        tasks: list[tuple[str, bool]] = []
        for contact in there:
            path = f"/contacts/{contact['id']}"
            notes += [one["body"] for one in (await server.api("GET", f"{path}/notes"))["notes"]]
            found = (await server.api("GET", f"{path}/tasks"))["tasks"]
            tasks += [(one["title"], one["completed"]) for one in found]
        made_here = [body for body in notes if body.startswith(("Note ", "Edited "))]
        assert sorted(made_here) == sorted(self.notes.values())
        assert sorted(one for one in tasks if one[0].startswith("Task ")) == sorted(
            self.tasks.values()
        )
        names = [one["firstName"] for one in there if one["firstName"].startswith("Chaos")]
        assert sorted(names) == sorted(self.names)
        assert len(await desk.rows()) == len(there)


@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_every_edit_arrives_once(
    seed: int, server_of: Any, tmp_path: Path, desk_at: Any
) -> None:
    dice = random.Random(seed)
    ledger = Ledger(dice)
    with SandboxThread(contacts=12, seed=seed, index_lag_s=0.1, rate_limit="off") as sandbox:
        server = server_of(sandbox)
        number = 0
        while number < 50:
            async with desk_at(server, tmp_path / "db") as desk:
                await desk.first_sync()
                for _ in range(dice.randint(5, 20)):
                    number += 1
                    fault = dice.choice(FAULTS)
                    if fault is not None:
                        await server.fault("/contacts", **fault)
                    await ledger.edit(desk, number)
                    # Some edits follow at once, others meet the engine at work.
                    await asyncio.sleep(dice.choice((0, 0, 0.03)))
        await server.control("DELETE", "faults")
        async with desk_at(server, tmp_path / "db") as desk:
            await desk.sent()
            await server.control("POST", "index")
            await ledger.check(server, desk)
            assert await asyncio.wrap_future(desk.store.verify()) == []
