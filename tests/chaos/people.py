"""Who edits: a person at the program, and somebody else in the CRM itself. Both from a seed.

Every value is written once in a run, so that it can be told afterwards whose it was and what became
of it: “mine 12” is edit 12, “theirs 3” somebody else's third, “made 12” the mark of a record that
edit 12 made.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WIRE = {"city": "city", "state": "state", "address": "address1", "title": "title", "body": "body"}
"""Fields that both sides edit, and what the API calls them."""
OF_KIND = {"contact": ("city", "state", "address"), "task": ("title",), "note": ("body",)}
DUE = "2027-01-01T00:00:00Z"


@dataclass(slots=True)
class Record:
    """One that the person knows of."""

    kind: str
    id: str
    contact_id: str
    rid: str | None = None
    there: bool = True
    tags: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Edit:
    """What the person did. ``acknowledged`` None: the program was killed before it could say."""

    number: int
    what: str
    """"create", "delete", "tag", "untag", or the name of a field"""
    record: Record
    want: Any
    acknowledged: bool | None = None
    bases: dict[str, Any] = field(default_factory=dict)
    """What was seen in each field when it was committed."""

    @property
    def may_have_happened(self) -> bool:
        return self.acknowledged is not False


class Person:
    def __init__(self, dice: random.Random, new_id: Callable[[], str]) -> None:
        self._dice = dice
        self._new_id = new_id
        self.records: dict[tuple[str, str], Record] = {}
        self.edits: list[Edit] = []
        self._kinds: dict[str, list[Record]] = {"contact": [], "task": [], "note": []}

    def knows(self, record: Record) -> None:
        self.records[record.kind, record.id] = record
        self._kinds[record.kind].append(record)

    def some(self, kind: str) -> Record | None:
        """Any record of that kind that is not deleted, nor is its contact."""
        ones = self._kinds[kind]
        for _ in range(50):
            one = self._dice.choice(ones) if ones else None
            if one is not None and self.is_there(one):
                return one
        return None

    def is_there(self, one: Record) -> bool:
        return one.there and self.records["contact", one.contact_id].there

    def edit_of(self, record: Record, number: int) -> tuple[dict[str, Any], Edit]:
        """An edit of a field that somebody else edits too."""
        name = self._dice.choice(OF_KIND[record.kind])
        return self._field(record, name, number)

    def next(self, number: int) -> tuple[dict[str, Any], Edit]:
        roll = self._dice.random() * 100
        contact = self.some("contact")
        assert contact is not None
        task, note = self.some("task"), self.some("note")
        if roll < 30:
            return self._field(contact, self._dice.choice(OF_KIND["contact"]), number)
        if roll < 42 and task:
            return self._field(task, "title", number)
        if roll < 50 and task:
            return self._completion(task, number)
        if roll < 60 and note:
            return self._field(note, "body", number)
        if roll < 67:
            return self._tag(contact, number)
        if roll < 71 and contact.tags:
            return self._untag(contact, number)
        if roll < 73.5 and task:
            return self._delete(task, number)
        if roll < 76 and note:
            return self._delete(note, number)
        if roll < 77.5 and len(self._kinds["contact"]) > 20:
            return self._delete(contact, number)
        if roll < 84:
            return self._contact(number)
        if roll < 92:
            return self._task(contact, number)
        return self._note(contact, number)

    def _done(self, command: dict[str, Any], edit: Edit) -> tuple[dict[str, Any], Edit]:
        self.edits.append(edit)
        return command, edit

    def _field(self, one: Record, name: str, number: int) -> tuple[dict[str, Any], Edit]:
        kind = one.kind.title()
        value = f"mine {number}"
        command = {"type": f"Edit{kind}", f"{one.kind}_id": one.id, "fields": {name: value}}
        return self._done(command, Edit(number, name, one, value))

    def _completion(self, task: Record, number: int) -> tuple[dict[str, Any], Edit]:
        done = self._dice.random() < 0.7
        command = {"type": "CompleteTask", "task_id": task.id, "at": "2026-12-01T00:00:00Z"}
        if not done:
            command = {"type": "ReopenTask", "task_id": task.id}
        return self._done(command, Edit(number, "completed", task, done))

    def _tag(self, contact: Record, number: int) -> tuple[dict[str, Any], Edit]:
        tag = f"mine {number}"
        contact.tags.append(tag)
        command = {"type": "AddTags", "contact_id": contact.id, "tags": [tag]}
        return self._done(command, Edit(number, "tag", contact, tag))

    def _untag(self, contact: Record, number: int) -> tuple[dict[str, Any], Edit]:
        tag = contact.tags.pop(self._dice.randrange(len(contact.tags)))
        command = {"type": "RemoveTags", "contact_id": contact.id, "tags": [tag]}
        return self._done(command, Edit(number, "untag", contact, tag))

    def _delete(self, one: Record, number: int) -> tuple[dict[str, Any], Edit]:
        one.there = False
        command = {"type": f"Delete{one.kind.title()}", f"{one.kind}_id": one.id}
        return self._done(command, Edit(number, "delete", one, None))

    def _contact(self, number: int) -> tuple[dict[str, Any], Edit]:
        id = self._new_id()
        fields = {"first_name": "New", "last_name": f"made {number}", "city": f"mine {number}"}
        if self._dice.random() < 0.6:
            fields["email"] = f"made{number}@chaos.test"
        one = Record("contact", id, id)
        command = {"type": "CreateContact", "contact_id": id, "fields": fields}
        return self._done(command, Edit(number, "create", one, f"made {number}"))

    def _task(self, contact: Record, number: int) -> tuple[dict[str, Any], Edit]:
        one = Record("task", self._new_id(), contact.id)
        fields = {"title": f"mine {number}", "body": f"made {number}", "due_at": DUE}
        command = {
            "type": "CreateTask",
            "contact_id": contact.id,
            "task_id": one.id,
            "fields": fields,
        }
        return self._done(command, Edit(number, "create", one, f"made {number}"))

    def _note(self, contact: Record, number: int) -> tuple[dict[str, Any], Edit]:
        one = Record("note", self._new_id(), contact.id)
        fields = {"body": f"mine {number}", "title": f"made {number}"}
        command = {
            "type": "CreateNote",
            "contact_id": contact.id,
            "note_id": one.id,
            "fields": fields,
        }
        return self._done(command, Edit(number, "create", one, f"made {number}"))


class Crm:
    """The sandbox as somebody else uses it: directly, past the broken network."""

    def __init__(self, info: dict[str, Any], http: Any) -> None:
        self._info = info
        self._http = http
        self.location_id: str = info["location_ids"][0]

    async def api(self, method: str, path: str, body: Any = None) -> Any:
        """None where the record is gone; any other refusal is a mistake of this test."""
        reply = await self._http.request(
            method,
            self._info["base_url"] + path,
            json=body,
            headers={
                "Authorization": f"Bearer {self._info['access_token']}",
                "Version": "2021-07-28",
                "x-chaos": "theirs",
            },
        )
        if reply.status_code in (400, 404) and "not found" in reply.text:
            return None
        assert reply.status_code < 300, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json()

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        reply = await self._http.request(
            method,
            f"{self._info['base_url']}/_sandbox/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self._info['control_token']}"},
        )
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def contacts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: Any = None
        while True:
            body = {"locationId": self.location_id, "pageLimit": 500}
            body |= {"searchAfter": after} if after else {"page": 1}
            page = (await self.api("POST", "/contacts/search", body))["contacts"]
            found += page
            if len(page) < 500:
                return found
            after = page[-1]["searchAfter"]


def path_of(record: Record, contact_rid: str) -> str:
    """On the server; ``record.rid`` is known."""
    if record.kind == "contact":
        return f"/contacts/{contact_rid}"
    return f"/contacts/{contact_rid}/{record.kind}s/{record.rid}"


class Somebody:
    """Changes what the person changes too."""

    def __init__(self, dice: random.Random, crm: Crm) -> None:
        self._dice = dice
        self._crm = crm
        self.count = 0
        self.deleted: set[str] = set()
        """Server ids."""
        self.tags: dict[str, list[str]] = {}

    async def writes(self, record: Record, path: str, name: str) -> None:
        self.count += 1
        await self._crm.api("PUT", path, {WIRE[name]: f"theirs {self.count}"})

    async def meddles(self, record: Record, path: str) -> None:
        """Mostly a field, sometimes a tag, rarely a delete."""
        roll = self._dice.random()
        assert record.rid is not None
        if record.kind == "contact" and roll < 0.2:
            self.count += 1
            tag = f"theirs {self.count}"
            if await self._crm.api("POST", f"{path}/tags", {"tags": [tag]}) is not None:
                self.tags.setdefault(record.rid, []).append(tag)
        elif roll > (0.99 if record.kind == "contact" else 0.92):
            self.count += 1
            self.deleted.add(record.rid)
            await self._crm.api("DELETE", path)
        else:
            await self.writes(record, path, self._dice.choice(OF_KIND[record.kind]))
