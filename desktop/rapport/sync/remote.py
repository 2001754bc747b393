"""The records' operations by kind, so that push need not know which resource it talks to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from rapport.api import ApiClient, Lane, Remote
from rapport.domain.records import Kind
from rapport.store import OutboxEntry
from rapport.sync.reference import ReferenceData

PERSON = Lane.PERSON
"""Every write, and what is read for it, is a person's and goes before background reads."""

_AROUND = timedelta(days=1)


class Records:
    """``entry`` must know its ``rid`` for all but create and siblings, and its ``contact_rid``
    where it belongs to a contact."""

    def __init__(self, client: ApiClient, reference: ReferenceData) -> None:
        self._client = client
        self._reference = reference

    async def get(self, entry: OutboxEntry) -> Remote:
        rid, contact_rid = entry.rid or "", entry.contact_rid or ""
        match entry.ref.kind:
            case Kind.CONTACT:
                return await self._client.contacts.get(rid, lane=PERSON)
            case Kind.TASK:
                return await self._client.tasks.get(contact_rid, rid, lane=PERSON)
            case Kind.NOTE:
                return await self._client.notes.get(contact_rid, rid, lane=PERSON)
            case Kind.APPOINTMENT:
                return await self._client.appointments.get(rid, lane=PERSON)

    async def create(self, entry: OutboxEntry, values: Mapping[str, Any]) -> Remote:
        contact_rid = entry.contact_rid or ""
        match entry.ref.kind:
            case Kind.CONTACT:
                return await self._client.contacts.create(values, lane=PERSON)
            case Kind.TASK:
                return await self._client.tasks.create(contact_rid, values, lane=PERSON)
            case Kind.NOTE:
                return await self._client.notes.create(contact_rid, values, lane=PERSON)
            case Kind.APPOINTMENT:
                sent = {name: value for name, value in values.items() if name != "anywhen"}
                anywhen = values.get("anywhen", True) is not False
                # Carried over in a merge it is no news to anybody.
                notify = not entry.part_of
                return await self._client.appointments.create(
                    contact_rid, sent, anywhen=anywhen, notify=notify, lane=PERSON
                )

    async def update(self, entry: OutboxEntry, values: Mapping[str, Any]) -> Remote:
        """The record as the server's reply has it, for a task the last of two replies."""
        rid, contact_rid = entry.rid or "", entry.contact_rid or ""
        match entry.ref.kind:
            case Kind.CONTACT:
                return await self._client.contacts.update(rid, values, lane=PERSON)
            case Kind.NOTE:
                return await self._client.notes.update(contact_rid, rid, values, lane=PERSON)
            case Kind.TASK:
                rest = {name: value for name, value in values.items() if name != "completed"}
                if "completed" not in values:
                    return await self._client.tasks.update(contact_rid, rid, rest, lane=PERSON)
                if rest:
                    await self._client.tasks.update(contact_rid, rid, rest, lane=PERSON)
                return await self._client.tasks.complete(
                    contact_rid, rid, bool(values["completed"]), lane=PERSON
                )
            case Kind.APPOINTMENT:
                # What a person moves by hand stays where it was put.
                return await self._client.appointments.update(
                    rid, values, anywhen="start_at" in values, lane=PERSON
                )

    async def delete(self, entry: OutboxEntry) -> None:
        rid, contact_rid = entry.rid or "", entry.contact_rid or ""
        match entry.ref.kind:
            case Kind.CONTACT:
                await self._client.contacts.delete(rid, lane=PERSON)
            case Kind.TASK:
                await self._client.tasks.delete(contact_rid, rid, lane=PERSON)
            case Kind.NOTE:
                await self._client.notes.delete(contact_rid, rid, lane=PERSON)
            case Kind.APPOINTMENT:
                await self._client.appointments.delete(rid, lane=PERSON)

    async def add_tags(self, entry: OutboxEntry, tags: tuple[str, ...]) -> list[str]:
        """All tags that the contact has then."""
        return list(await self._client.contacts.add_tags(entry.rid or "", tags, lane=PERSON))

    async def remove_tags(self, entry: OutboxEntry, tags: tuple[str, ...]) -> list[str]:
        """The tags that are left."""
        return list(await self._client.contacts.remove_tags(entry.rid or "", tags, lane=PERSON))

    async def siblings(self, entry: OutboxEntry) -> tuple[Remote, ...]:
        """All records of the same kind and contact, of appointments those of the same calendar
        and days; this list does not lag."""
        contact_rid = entry.contact_rid or ""
        if entry.ref.kind is Kind.APPOINTMENT:
            return await self._visits(entry, contact_rid)
        return await self.children(contact_rid, entry.ref.kind)

    async def children(self, contact_rid: str, kind: Kind) -> tuple[Remote, ...]:
        """All records of a kind that belong to a contact, as they are now."""
        if kind is Kind.TASK:
            return await self._client.tasks.of(contact_rid, lane=PERSON)
        if kind is Kind.NOTE:
            return await self._client.notes.of(contact_rid, lane=PERSON)
        return await self._client.contacts.appointments(
            contact_rid, zone=self._reference.zone, lane=PERSON
        )

    async def _visits(self, entry: OutboxEntry, contact_rid: str) -> tuple[Remote, ...]:
        """By the calendar rather than by the contact, whose list has times without a zone."""
        wanted = {name: delta.want for name, delta in entry.fields.items()}
        start = datetime.fromisoformat(wanted["start_at"])
        found = await self._client.appointments.between(
            start - _AROUND, start + _AROUND, calendar_id=wanted["calendar_id"], lane=PERSON
        )
        return tuple(one for one in found if one.contact_rid == contact_rid)
