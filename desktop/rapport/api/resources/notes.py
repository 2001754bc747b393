"""Notes of contacts (FACTS B3). There is no way to ask for those of a whole location."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rapport.api import wire
from rapport.api.pacing import Lane
from rapport.api.replies import confirmed, listed, one, records_in
from rapport.api.resources.resource import Resource
from rapport.api.wire import Remote


class Notes(Resource):
    async def of(self, contact_rid: str, *, lane: Lane = Lane.BACKGROUND) -> tuple[Remote, ...]:
        """All notes of a contact, newest first."""
        reply = await self._call("contacts.notes.list", lane, contactId=contact_rid)
        return records_in(
            listed(reply, "notes"), lambda raw: wire.note(raw, contact_rid=contact_rid)
        )

    async def get(self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        return await self._one("contacts.notes.get", lane, contact_rid, id=rid)

    async def create(
        self, contact_rid: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Remote:
        """``values`` needs body."""
        body = wire.note_body(values, create=True)
        return await self._one("contacts.notes.create", lane, contact_rid, **body)

    async def update(
        self,
        contact_rid: str,
        rid: str,
        values: Mapping[str, Any],
        *,
        lane: Lane = Lane.BACKGROUND,
    ) -> Remote:
        """Changes only the given fields; ``body`` replaces the whole text."""
        body = wire.note_body(values)
        return await self._one("contacts.notes.update", lane, contact_rid, id=rid, **body)

    async def delete(self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("contacts.notes.delete", lane, contactId=contact_rid, id=rid))

    async def _one(self, action_id: str, lane: Lane, contact_rid: str, **values: Any) -> Remote:
        reply = await self._call(action_id, lane, contactId=contact_rid, **values)
        return one(reply, "note", lambda raw: wire.note(raw, contact_rid=contact_rid))
