"""The CRM's operations as typed methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from msgspec import Struct

from rapport.api import operations as ops
from rapport.api import wire
from rapport.api.caller import Caller
from rapport.api.operations import Operation
from rapport.api.pacing import Lane
from rapport.api.replies import (
    checked,
    confirmed,
    listed,
    one,
    records_in,
    reply_object,
    unusable,
)
from rapport.api.wire import Remote
from rapport.domain.records import Business, CustomField, Location, User

Cursor = list[Any]
"""Where the next page starts; JSON-ready and opaque."""

LIST_LIMIT = 100
SEARCH_LIMIT = 500


class Page(Struct, frozen=True, kw_only=True):
    """Some records, and where the next ones start: ``cursor`` is None on the last page."""

    items: tuple[Remote, ...]
    total: int | None = None
    cursor: Cursor | None = None


class ApiClient(Caller):
    """Every method takes and returns domain field names; see :class:`Caller` for what it raises."""

    # Contacts.

    async def search_contacts(
        self,
        *,
        cursor: Cursor | None = None,
        page_limit: int = LIST_LIMIT,
        filters: Sequence[Mapping[str, Any]] = (),
        sort: tuple[str, str] | None = None,
        query: str = "",
        lane: Lane = Lane.BACKGROUND,
    ) -> Page:
        """One page of at most 500. ``sort`` is a wire field and asc or desc. The index lags writes
        by seconds. Values lack website and timezone."""
        body: dict[str, Any] = {"locationId": self.location_id, "pageLimit": page_limit}
        if filters:
            body["filters"] = list(filters)
        if sort:
            body["sort"] = [{"field": sort[0], "direction": sort[1]}]
        if query:
            body["query"] = query[:75]
        if cursor:
            body["searchAfter"] = cursor
        else:
            body["page"] = 1
        reply = await self.request(ops.SEARCH_CONTACTS, body=body, lane=lane)
        return _contact_page(reply, page_limit, cursor, "searchAfter")

    async def search_contacts_changed(
        self,
        since: datetime,
        *,
        cursor: Cursor | None = None,
        page_limit: int = LIST_LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page:
        """Contacts changed at or after ``since``, oldest change first."""
        return await self.search_contacts(
            cursor=cursor,
            page_limit=page_limit,
            filters=[
                {
                    "field": "dateUpdated",
                    "operator": "range",
                    "value": {"gte": _wire_time(since)},
                }
            ],
            sort=("dateUpdated", "asc"),
            lane=lane,
        )

    async def list_contacts(
        self,
        *,
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        query: str = "",
        lane: Lane = Lane.BACKGROUND,
    ) -> Page:
        """One page of at most 100 of the older list, which does not lag. Values lack website and
        timezone where the server leaves them out."""
        after = cursor or [None, None]
        reply = await self.request(
            ops.LIST_CONTACTS,
            query={
                "locationId": self.location_id,
                "limit": limit,
                "query": query or None,
                "startAfter": after[0],
                "startAfterId": after[1],
            },
            lane=lane,
        )
        return _contact_page(reply, limit, cursor, "startAfter")

    async def get_contact(self, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        reply = await self.request(ops.GET_CONTACT, path={"contact_id": rid}, lane=lane)
        return one(reply, "contact", wire.contact)

    async def create_contact(
        self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Remote:
        """``values`` by domain field name; tags and custom fields may be among them."""
        body = {"locationId": self.location_id, **wire.contact_body(values, create=True)}
        reply = await self.request(ops.CREATE_CONTACT, body=body, lane=lane)
        return one(reply, "contact", wire.contact)

    async def update_contact(
        self, rid: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Remote:
        """Changes only the given fields, and of ``custom`` only the given keys (None clears; see
        ``wire.wanted``). Tags are refused here: an update would replace them all."""
        reply = await self.request(
            ops.UPDATE_CONTACT,
            path={"contact_id": rid},
            body=wire.contact_body(values),
            lane=lane,
        )
        return one(reply, "contact", wire.contact)

    async def upsert_contact(
        self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, bool]:
        """The contact, and whether it is new. The server chooses which contact matches."""
        body = {"locationId": self.location_id, **wire.contact_body(values, create=True)}
        reply = await self.request(ops.UPSERT_CONTACT, body=body, lane=lane)
        return one(reply, "contact", wire.contact), reply.get("new") is True

    async def delete_contact(self, rid: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self.request(ops.DELETE_CONTACT, path={"contact_id": rid}, lane=lane))

    async def find_duplicate(
        self, *, email: str = "", phone: str = "", lane: Lane = Lane.BACKGROUND
    ) -> Remote | None:
        """The contact that has this e-mail, or else this phone; None when there is none."""
        reply = await self.request(
            ops.FIND_DUPLICATE,
            query={
                "locationId": self.location_id,
                "email": email or None,
                "number": phone or None,
            },
            lane=lane,
        )
        found = reply_object(reply).get("contact")
        return checked(wire.contact, found) if isinstance(found, dict) and found else None

    async def contacts_of_business(
        self,
        business_id: str,
        *,
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page:
        skip = int(cursor[0]) if cursor else 0
        reply = await self.request(
            ops.CONTACTS_OF_BUSINESS,
            path={"business_id": business_id},
            query={"locationId": self.location_id, "limit": limit, "skip": skip},
            lane=lane,
        )
        found = listed(reply, "contacts")
        items = records_in(found, lambda raw: wire.contact(raw, partial=True))
        return Page(items=items, cursor=[skip + len(found)] if len(found) >= limit else None)

    async def add_tags(
        self, rid: str, tags: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[str, ...]:
        """All tags that the contact has now."""
        return await self._tags(ops.ADD_TAGS, rid, tags, lane)

    async def remove_tags(
        self, rid: str, tags: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[str, ...]:
        """The tags that the contact has left."""
        return await self._tags(ops.REMOVE_TAGS, rid, tags, lane)

    async def _tags(
        self, operation: Operation, rid: str, tags: Iterable[str], lane: Lane
    ) -> tuple[str, ...]:
        reply = await self.request(
            operation, path={"contact_id": rid}, body={"tags": list(tags)}, lane=lane
        )
        return tuple(wire.tags(listed(reply, "tags")))

    async def appointments_of(
        self, contact_rid: str, *, zone: tzinfo = UTC, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, ...]:
        """``zone`` is the location's: the server's times carry none."""
        reply = await self.request(
            ops.APPOINTMENTS_OF_CONTACT, path={"contact_id": contact_rid}, lane=lane
        )
        return records_in(
            listed(reply, "events"),
            lambda raw: wire.appointment(raw, contact_rid=contact_rid, zone=zone),
        )

    # Tasks.

    async def tasks_of(
        self, contact_rid: str, *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, ...]:
        """All tasks of a contact."""
        reply = await self.request(ops.LIST_TASKS, path={"contact_id": contact_rid}, lane=lane)
        return records_in(
            listed(reply, "tasks"), lambda raw: wire.task(raw, contact_rid=contact_rid)
        )

    async def get_task(self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        path = {"contact_id": contact_rid, "task_id": rid}
        reply = await self.request(ops.GET_TASK, path=path, lane=lane)
        return one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))

    async def create_task(
        self, contact_rid: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Remote:
        """``values`` needs title and due_at."""
        reply = await self.request(
            ops.CREATE_TASK,
            path={"contact_id": contact_rid},
            body=wire.task_body(values, create=True),
            lane=lane,
        )
        return one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))

    async def update_task(
        self,
        contact_rid: str,
        rid: str,
        values: Mapping[str, Any],
        *,
        lane: Lane = Lane.BACKGROUND,
    ) -> Remote:
        """Changes only the given fields; ``completed`` may be one of them."""
        path = {"contact_id": contact_rid, "task_id": rid}
        reply = await self.request(
            ops.UPDATE_TASK, path=path, body=wire.task_body(values), lane=lane
        )
        return one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))

    async def complete_task(
        self,
        contact_rid: str,
        rid: str,
        completed: bool = True,
        *,
        lane: Lane = Lane.BACKGROUND,
    ) -> Remote:
        path = {"contact_id": contact_rid, "task_id": rid}
        reply = await self.request(
            ops.COMPLETE_TASK, path=path, body={"completed": completed}, lane=lane
        )
        return one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))

    async def delete_task(
        self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND
    ) -> None:
        path = {"contact_id": contact_rid, "task_id": rid}
        confirmed(await self.request(ops.DELETE_TASK, path=path, lane=lane))

    async def search_tasks(
        self,
        *,
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        completed: bool | None = None,
        contact_rids: Sequence[str] = (),
        assigned_to: Sequence[str] = (),
        lane: Lane = Lane.BACKGROUND,
    ) -> Page:
        """One page of the location's tasks. Deleted ones are left out."""
        skip = int(cursor[0]) if cursor else 0
        body: dict[str, Any] = {"limit": limit, "skip": skip}
        if completed is not None:
            body["completed"] = completed
        if contact_rids:
            body["contactId"] = list(contact_rids)
        if assigned_to:
            body["assignedTo"] = list(assigned_to)
        reply = await self.request(ops.SEARCH_TASKS, body=body, lane=lane)
        found = listed(reply, "tasks")
        items = records_in(
            [raw for raw in found if not (isinstance(raw, dict) and raw.get("deleted") is True)],
            wire.task,
        )
        return Page(items=items, cursor=[skip + len(found)] if len(found) >= limit else None)

    # Notes.

    async def notes_of(
        self, contact_rid: str, *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, ...]:
        """All notes of a contact, newest first."""
        reply = await self.request(ops.LIST_NOTES, path={"contact_id": contact_rid}, lane=lane)
        return records_in(
            listed(reply, "notes"), lambda raw: wire.note(raw, contact_rid=contact_rid)
        )

    async def get_note(self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        path = {"contact_id": contact_rid, "note_id": rid}
        reply = await self.request(ops.GET_NOTE, path=path, lane=lane)
        return one(reply, "note", lambda raw: wire.note(raw, contact_rid=contact_rid))

    async def create_note(
        self, contact_rid: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Remote:
        """``values`` needs body."""
        reply = await self.request(
            ops.CREATE_NOTE,
            path={"contact_id": contact_rid},
            body=wire.note_body(values, create=True),
            lane=lane,
        )
        return one(reply, "note", lambda raw: wire.note(raw, contact_rid=contact_rid))

    async def update_note(
        self,
        contact_rid: str,
        rid: str,
        values: Mapping[str, Any],
        *,
        lane: Lane = Lane.BACKGROUND,
    ) -> Remote:
        """Changes only the given fields; ``body`` replaces the whole text."""
        path = {"contact_id": contact_rid, "note_id": rid}
        reply = await self.request(
            ops.UPDATE_NOTE, path=path, body=wire.note_body(values), lane=lane
        )
        return one(reply, "note", lambda raw: wire.note(raw, contact_rid=contact_rid))

    async def delete_note(
        self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND
    ) -> None:
        path = {"contact_id": contact_rid, "note_id": rid}
        confirmed(await self.request(ops.DELETE_NOTE, path=path, lane=lane))

    # The account's dictionaries.

    async def location(self, *, lane: Lane = Lane.BACKGROUND) -> Location:
        reply = await self.request(ops.GET_LOCATION, lane=lane)
        return one(reply, "location", wire.location)

    async def tags(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[str, ...]:
        """The names in the location's tag dictionary."""
        reply = await self.request(ops.LIST_TAGS, lane=lane)
        names = [tag.get("name") for tag in listed(reply, "tags") if isinstance(tag, dict)]
        return tuple(wire.tags(names))

    async def custom_fields(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[CustomField, ...]:
        """The definitions of the contacts' custom fields."""
        reply = await self.request(ops.LIST_CUSTOM_FIELDS, query={"model": "contact"}, lane=lane)
        return records_in(listed(reply, "customFields"), wire.custom_field)

    async def users(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[User, ...]:
        reply = await self.request(
            ops.LIST_USERS, query={"locationId": self.location_id}, lane=lane
        )
        return records_in(listed(reply, "users"), wire.user)

    async def businesses(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[Business, ...]:
        """All businesses, page by page."""
        found: list[Business] = []
        skip = 0
        while True:
            reply = await self.request(
                ops.LIST_BUSINESSES,
                query={"locationId": self.location_id, "limit": LIST_LIMIT, "skip": skip},
                lane=lane,
            )
            page = listed(reply, "businesses")
            found.extend(records_in(page, wire.business))
            skip += len(page)
            if len(page) < LIST_LIMIT:
                return tuple({business.id: business for business in found}.values())

    async def business(self, business_id: str, *, lane: Lane = Lane.BACKGROUND) -> Business:
        reply = await self.request(ops.GET_BUSINESS, path={"business_id": business_id}, lane=lane)
        return one(reply, "business", wire.business)


def _contact_page(reply: Any, limit: int, cursor: Cursor | None, after: str) -> Page:
    found = listed(reply, "contacts")
    total = reply.get("total")
    if not isinstance(total, int):
        meta = reply.get("meta")
        total = meta.get("total") if isinstance(meta, dict) else None
    last = found[-1] if found else None
    following = last.get(after) if isinstance(last, dict) else None
    if len(found) < limit:  # FACTS B1b: even the last page has a cursor
        following = None
    elif not isinstance(following, list) or len(following) < 2 or following == cursor:
        raise unusable("a full page without a usable cursor")
    return Page(
        items=records_in(found, lambda raw: wire.contact(raw, partial=True)),
        total=total if isinstance(total, int) else None,
        cursor=following,
    )


def _wire_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
