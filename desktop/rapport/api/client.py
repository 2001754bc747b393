"""The CRM's operations as typed methods."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from msgspec import Struct

from rapport.api import operations as ops
from rapport.api import wire
from rapport.api.errors import error_from
from rapport.api.http import Http, Reply
from rapport.api.operations import Operation
from rapport.api.pacing import Lane, Pacer
from rapport.api.session import TokenSource
from rapport.api.wire import Malformed, Remote
from rapport.domain.errors import AuthError, NetworkError, RateLimitError, ServerError
from rapport.domain.ports import Clock
from rapport.domain.records import Business, CustomField, Location, User

log = logging.getLogger(__name__)

T = TypeVar("T")

Cursor = list[Any]
"""Where the next page starts; JSON-ready and opaque."""

LIST_LIMIT = 100
SEARCH_LIMIT = 500
_REFUSED_TRIES = 3
_READ_TRIES = 3


class Page(Struct, frozen=True, kw_only=True):
    """Some records, and where the next ones start: ``cursor`` is None on the last page."""

    items: tuple[Remote, ...]
    total: int | None = None
    cursor: Cursor | None = None


class ApiClient:
    """All methods raise from the tree in ``domain.errors`` only; ``errors.outcome_of`` says what an
    error means for a write. A refused token is renewed once, a 429 waited out in the pacer, a
    failed read tried again within the retry budget; a write is sent exactly once."""

    def __init__(
        self,
        base_url: str,
        tokens: TokenSource,
        *,
        location_id: str,
        clock: Clock,
        pacer: Pacer | None = None,
        http: Http | None = None,
    ) -> None:
        self.location_id = location_id
        self.pacer = pacer or Pacer(clock)
        self._base_url = base_url.rstrip("/")
        self._tokens = tokens
        self._clock = clock
        self._http = http or Http()

    async def aclose(self) -> None:
        await self._http.aclose()

    # One request.

    async def request(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str | int | bool | None] | None = None,
        body: Any = None,
        lane: Lane = Lane.BACKGROUND,
    ) -> Any:
        """The parsed JSON of a 2xx reply. ``path`` fills the operation's parameters."""
        url = self._url(operation, path or {}, query or {})
        token = await self._tokens.access_token()
        renewed = False
        refused = failed = 0
        while True:
            try:
                reply = await self._once(operation, url, token, body, lane)
                return reply.json()
            except AuthError:
                if renewed:
                    raise
                token, renewed = await self._tokens.renewed(token), True
            except RateLimitError:
                refused += 1
                if refused >= _REFUSED_TRIES:
                    raise
            except (ServerError, NetworkError) as error:
                failed += 1
                dropped = isinstance(error, ServerError) or error.sent
                if operation.writes or not dropped or failed >= _READ_TRIES:
                    raise
                if not self.pacer.may_retry():
                    raise
                await self._clock.sleep(self.pacer.backoff(failed))

    async def _once(
        self, operation: Operation, url: str, token: str, body: Any, lane: Lane
    ) -> Reply:
        headers = {
            "Authorization": f"Bearer {token}",
            "Version": operation.version,
            "Accept": "application/json",
        }
        async with self.pacer.permit(lane) as permit:
            reply = await self._http.exchange(
                operation.method, url, headers, body, on_head=permit.heard
            )
        if reply.status < 400:
            return reply
        error = error_from(
            operation,
            reply.status,
            reply.json_or_none(),
            html=reply.is_html,
            headers=reply.headers,
            retry_after_s=permit.retry_after_s,
        )
        log.info("%s → %s %s", operation.id, reply.status, type(error).__name__)
        raise error

    def _url(
        self,
        operation: Operation,
        path: Mapping[str, str],
        query: Mapping[str, str | int | bool | None],
    ) -> str:
        values = {"location_id": self.location_id, **path}
        filled = operation.path
        for name, value in values.items():
            filled = filled.replace(f"{{{name}}}", quote(value, safe=""))
        pairs = {
            # A boolean in a query must be lower-case (FACTS F10).
            key: str(value).lower() if isinstance(value, bool) else str(value)
            for key, value in query.items()
            if value is not None
        }
        return self._base_url + filled + (f"?{urlencode(pairs, quote_via=quote)}" if pairs else "")

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
        return _one(reply, "contact", wire.contact)

    async def create_contact(
        self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Remote:
        """``values`` by domain field name; tags and custom fields may be among them."""
        body = {"locationId": self.location_id, **wire.contact_body(values, create=True)}
        reply = await self.request(ops.CREATE_CONTACT, body=body, lane=lane)
        return _one(reply, "contact", wire.contact)

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
        return _one(reply, "contact", wire.contact)

    async def upsert_contact(
        self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, bool]:
        """The contact, and whether it is new. The server chooses which contact matches."""
        body = {"locationId": self.location_id, **wire.contact_body(values, create=True)}
        reply = await self.request(ops.UPSERT_CONTACT, body=body, lane=lane)
        return _one(reply, "contact", wire.contact), reply.get("new") is True

    async def delete_contact(self, rid: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        _done(await self.request(ops.DELETE_CONTACT, path={"contact_id": rid}, lane=lane))

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
        found = _reply_object(reply).get("contact")
        return _checked(wire.contact, found) if isinstance(found, dict) and found else None

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
        found = _list(reply, "contacts")
        items = _records(found, lambda raw: wire.contact(raw, partial=True))
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
        return tuple(wire.tags(_list(reply, "tags")))

    async def appointments_of(
        self, contact_rid: str, *, zone: tzinfo = UTC, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, ...]:
        """``zone`` is the location's: the server's times carry none."""
        reply = await self.request(
            ops.APPOINTMENTS_OF_CONTACT, path={"contact_id": contact_rid}, lane=lane
        )
        return _records(
            _list(reply, "events"),
            lambda raw: wire.appointment(raw, contact_rid=contact_rid, zone=zone),
        )

    # Tasks.

    async def tasks_of(
        self, contact_rid: str, *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, ...]:
        """All tasks of a contact."""
        reply = await self.request(ops.LIST_TASKS, path={"contact_id": contact_rid}, lane=lane)
        return _records(_list(reply, "tasks"), lambda raw: wire.task(raw, contact_rid=contact_rid))

    async def get_task(self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        path = {"contact_id": contact_rid, "task_id": rid}
        reply = await self.request(ops.GET_TASK, path=path, lane=lane)
        return _one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))

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
        return _one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))

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
        return _one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))

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
        return _one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))

    async def delete_task(
        self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND
    ) -> None:
        path = {"contact_id": contact_rid, "task_id": rid}
        _done(await self.request(ops.DELETE_TASK, path=path, lane=lane))

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
        found = _list(reply, "tasks")
        items = _records(
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
        return _records(_list(reply, "notes"), lambda raw: wire.note(raw, contact_rid=contact_rid))

    async def get_note(self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        path = {"contact_id": contact_rid, "note_id": rid}
        reply = await self.request(ops.GET_NOTE, path=path, lane=lane)
        return _one(reply, "note", lambda raw: wire.note(raw, contact_rid=contact_rid))

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
        return _one(reply, "note", lambda raw: wire.note(raw, contact_rid=contact_rid))

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
        return _one(reply, "note", lambda raw: wire.note(raw, contact_rid=contact_rid))

    async def delete_note(
        self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND
    ) -> None:
        path = {"contact_id": contact_rid, "note_id": rid}
        _done(await self.request(ops.DELETE_NOTE, path=path, lane=lane))

    # The account's dictionaries.

    async def location(self, *, lane: Lane = Lane.BACKGROUND) -> Location:
        reply = await self.request(ops.GET_LOCATION, lane=lane)
        return _one(reply, "location", wire.location)

    async def tags(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[str, ...]:
        """The names in the location's tag dictionary."""
        reply = await self.request(ops.LIST_TAGS, lane=lane)
        names = [tag.get("name") for tag in _list(reply, "tags") if isinstance(tag, dict)]
        return tuple(wire.tags(names))

    async def custom_fields(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[CustomField, ...]:
        """The definitions of the contacts' custom fields."""
        reply = await self.request(ops.LIST_CUSTOM_FIELDS, query={"model": "contact"}, lane=lane)
        return _records(_list(reply, "customFields"), wire.custom_field)

    async def users(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[User, ...]:
        reply = await self.request(
            ops.LIST_USERS, query={"locationId": self.location_id}, lane=lane
        )
        return _records(_list(reply, "users"), wire.user)

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
            page = _list(reply, "businesses")
            found.extend(_records(page, wire.business))
            skip += len(page)
            if len(page) < LIST_LIMIT:
                return tuple({business.id: business for business in found}.values())

    async def business(self, business_id: str, *, lane: Lane = Lane.BACKGROUND) -> Business:
        reply = await self.request(ops.GET_BUSINESS, path={"business_id": business_id}, lane=lane)
        return _one(reply, "business", wire.business)


# What a 2xx reply must hold. One that does not has promised nothing: a write may or may not stand.


def _unusable(why: str) -> ServerError:
    return ServerError(
        "The CRM’s answer cannot be understood.",
        "Rapport looks again; your edits are safe here.",
        status=200,
        details=why,
    )


def _reply_object(reply: Any) -> dict[str, Any]:
    if not isinstance(reply, dict):
        raise _unusable("the reply is not an object")
    return reply


def _checked(read: Callable[[Any], T], raw: Any) -> T:
    try:
        return read(raw)
    except Malformed as error:
        raise _unusable(str(error)) from None


def _one(reply: Any, key: str, read: Callable[[Any], T]) -> T:
    return _checked(read, _reply_object(reply).get(key))


def _list(reply: Any, key: str) -> list[Any]:
    found = _reply_object(reply).get(key)
    if not isinstance(found, list):
        raise _unusable(f"the reply has no list “{key}”")
    return found


def _records(found: Iterable[Any], read: Callable[[Any], T]) -> tuple[T, ...]:
    """One broken record must not keep the others away; it is left out and counted in the log."""
    records: list[T] = []
    broken = 0
    for raw in found:
        try:
            records.append(read(raw))
        except Malformed:
            broken += 1
    if broken:
        log.warning("%d records without an id were left out", broken)
    return tuple(records)


def _done(reply: Any) -> None:
    """FACTS F1: three spellings of success."""
    told = _reply_object(reply)
    if not any(told.get(key) is True for key in ("succeded", "succeeded", "success")):
        raise _unusable("the reply does not confirm")


def _contact_page(reply: Any, limit: int, cursor: Cursor | None, after: str) -> Page:
    found = _list(reply, "contacts")
    total = reply.get("total")
    if not isinstance(total, int):
        meta = reply.get("meta")
        total = meta.get("total") if isinstance(meta, dict) else None
    last = found[-1] if found else None
    following = last.get(after) if isinstance(last, dict) else None
    if len(found) < limit:  # FACTS B1b: even the last page has a cursor
        following = None
    elif not isinstance(following, list) or len(following) < 2 or following == cursor:
        raise _unusable("a full page without a usable cursor")
    return Page(
        items=_records(found, lambda raw: wire.contact(raw, partial=True)),
        total=total if isinstance(total, int) else None,
        cursor=following,
    )


def _wire_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
