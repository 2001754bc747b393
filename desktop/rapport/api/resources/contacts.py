"""Contacts, and what they belong to: tags, followers, campaigns, workflows (FACTS B1, B3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from rapport.api import wire
from rapport.api.grains import sent_time
from rapport.api.pacing import Lane
from rapport.api.pages import LIST_LIMIT, Cursor, Page, counted_page, skipped
from rapport.api.replies import (
    checked,
    confirmed,
    listed,
    one,
    records_in,
    reply_object,
    texts_in,
    unusable,
)
from rapport.api.resources.resource import Resource, given
from rapport.api.wire import Remote
from rapport.domain.resources import TagResult

_AT_ONCE = 50
"""Contacts whose business one request can change (FACTS B1)."""


class Contacts(Resource):
    async def search(
        self,
        *,
        cursor: Cursor | None = None,
        page_limit: int = LIST_LIMIT,
        filters: Sequence[Mapping[str, Any]] = (),
        sort: tuple[str, str] | None = None,
        query: str = "",
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Remote]:
        """One page of at most 500. ``sort`` is a wire field and asc or desc. The index lags writes
        by seconds. Values lack website and timezone."""
        body: dict[str, Any] = {"pageLimit": page_limit}
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
        reply = await self._call("contacts.search", lane, **body)
        return _page(reply, page_limit, cursor, "searchAfter")

    async def changed_since(
        self,
        since: datetime,
        *,
        cursor: Cursor | None = None,
        page_limit: int = LIST_LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Remote]:
        """Contacts changed at or after ``since``, oldest change first."""
        changed = {"field": "dateUpdated", "operator": "range", "value": {"gte": sent_time(since)}}
        return await self.search(
            cursor=cursor,
            page_limit=page_limit,
            filters=[changed],
            sort=("dateUpdated", "asc"),
            lane=lane,
        )

    async def list(
        self,
        *,
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        query: str = "",
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Remote]:
        """One page of at most 100 of the older list, which does not lag. Values lack website and
        timezone where the server leaves them out."""
        after = cursor or [None, None]
        reply = await self._call(
            "contacts.list",
            lane,
            limit=limit,
            query=query or None,
            startAfter=after[0],
            startAfterId=after[1],
        )
        return _page(reply, limit, cursor, "startAfter")

    async def get(self, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        reply = await self._call("contacts.get", lane, contactId=rid)
        return one(reply, "contact", wire.contact)

    async def create(self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND) -> Remote:
        """``values`` by domain field name; tags and custom fields may be among them."""
        body = wire.contact_body(values, create=True)
        return one(await self._call("contacts.create", lane, **body), "contact", wire.contact)

    async def update(
        self, rid: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Remote:
        """Changes only the given fields, and of ``custom`` only the given keys (None clears; see
        ``wire.wanted``). Tags are refused here: an update would replace them all."""
        reply = await self._call(
            "contacts.update", lane, contactId=rid, **wire.contact_body(values)
        )
        return one(reply, "contact", wire.contact)

    async def upsert(
        self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, bool]:
        """The contact, and whether it is new. The server chooses which contact matches."""
        body = wire.contact_body(values, create=True)
        reply = await self._call("contacts.upsert", lane, **body)
        return one(reply, "contact", wire.contact), reply.get("new") is True

    async def delete(self, rid: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("contacts.delete", lane, contactId=rid))

    async def find_duplicate(
        self, *, email: str = "", phone: str = "", lane: Lane = Lane.BACKGROUND
    ) -> Remote | None:
        """The contact that has this e-mail, or else this phone; None when there is none."""
        reply = await self._call(
            "contacts.duplicate", lane, email=email or None, number=phone or None
        )
        found = reply_object(reply).get("contact")
        return checked(wire.contact, found) if isinstance(found, dict) and found else None

    async def appointments(
        self, rid: str, *, zone: tzinfo = UTC, lane: Lane = Lane.BACKGROUND
    ) -> tuple[Remote, ...]:
        """``zone`` is the location's: the server's times carry none."""
        reply = await self._call("contacts.appointments.list", lane, contactId=rid)
        return records_in(
            listed(reply, "events"),
            lambda raw: wire.appointment(raw, contact_rid=rid, zone=zone),
        )

    # Businesses.

    async def of_business(
        self,
        business_id: str,
        *,
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Remote]:
        reply = await self._call(
            "contacts.by-business",
            lane,
            businessId=business_id,
            limit=limit,
            skip=skipped(cursor),
        )
        return counted_page(
            reply,
            "contacts",
            lambda raw: wire.contact(raw, partial=True),
            limit=limit,
            cursor=cursor,
        )

    async def set_business(
        self, rids: Sequence[str], business_id: str | None, *, lane: Lane = Lane.BACKGROUND
    ) -> None:
        """Makes the contacts part of a business, or of none. Fifty go in one request: when a later
        one fails, those before it are done."""
        for start in range(0, len(rids), _AT_ONCE):
            ids = [*rids[start : start + _AT_ONCE]]
            reply = await self._call(
                "contacts.bulk.business", lane, ids=ids, businessId=business_id
            )
            confirmed(reply)

    # Tags. An update would replace them all; these add and remove.

    async def add_tags(
        self, rid: str, tags: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[str, ...]:
        """All tags that the contact has now."""
        reply = await self._call("contacts.tags.add", lane, contactId=rid, tags=[*tags])
        return tuple(wire.tags(listed(reply, "tags")))

    async def remove_tags(
        self, rid: str, tags: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[str, ...]:
        """The tags that the contact has left."""
        reply = await self._call("contacts.tags.remove", lane, contactId=rid, tags=[*tags])
        return tuple(wire.tags(listed(reply, "tags")))

    async def add_tags_to_many(
        self, rids: Iterable[str], tags: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[TagResult, ...]:
        """One result for each contact: some may be refused while the others are done."""
        return await self._bulk_tags("add", lane, rids, tags)

    async def remove_tags_from_many(
        self,
        rids: Iterable[str],
        tags: Iterable[str],
        *,
        all_tags: bool = False,
        lane: Lane = Lane.BACKGROUND,
    ) -> tuple[TagResult, ...]:
        """``all_tags`` takes every tag away, whatever ``tags`` names."""
        more = {"removeAllTags": True} if all_tags else {}
        return await self._bulk_tags("remove", lane, rids, tags, **more)

    async def _bulk_tags(
        self, how: str, lane: Lane, rids: Iterable[str], tags: Iterable[str], **more: bool
    ) -> tuple[TagResult, ...]:
        reply = await self._call(
            "contacts.bulk.tags", lane, type=how, contacts=[*rids], tags=[*tags], **more
        )
        return records_in(listed(reply, "responses"), wire.tag_result)

    # Followers, campaigns, workflows.

    async def add_followers(
        self, rid: str, user_ids: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[str, ...]:
        """All users who follow the contact now."""
        reply = await self._call(
            "contacts.followers.add", lane, contactId=rid, followers=[*user_ids]
        )
        return texts_in(reply, "followers")

    async def remove_followers(
        self, rid: str, user_ids: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[str, ...]:
        """The users who follow the contact still."""
        reply = await self._call(
            "contacts.followers.remove", lane, contactId=rid, followers=[*user_ids]
        )
        return texts_in(reply, "followers")

    async def add_to_campaign(
        self, rid: str, campaign_id: str, *, lane: Lane = Lane.BACKGROUND
    ) -> None:
        confirmed(
            await self._call("contacts.campaigns.add", lane, contactId=rid, campaignId=campaign_id)
        )

    async def remove_from_campaign(
        self, rid: str, campaign_id: str, *, lane: Lane = Lane.BACKGROUND
    ) -> None:
        confirmed(
            await self._call(
                "contacts.campaigns.remove", lane, contactId=rid, campaignId=campaign_id
            )
        )

    async def remove_from_all_campaigns(self, rid: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("contacts.campaigns.remove-all", lane, contactId=rid))

    async def add_to_workflow(
        self,
        rid: str,
        workflow_id: str,
        *,
        event_at: datetime | None = None,
        lane: Lane = Lane.BACKGROUND,
    ) -> None:
        """``event_at`` is the event that the workflow's waiting steps count from."""
        await self._workflow("contacts.workflows.add", lane, rid, workflow_id, event_at)

    async def remove_from_workflow(
        self,
        rid: str,
        workflow_id: str,
        *,
        event_at: datetime | None = None,
        lane: Lane = Lane.BACKGROUND,
    ) -> None:
        await self._workflow("contacts.workflows.remove", lane, rid, workflow_id, event_at)

    async def _workflow(
        self, action_id: str, lane: Lane, rid: str, workflow_id: str, event_at: datetime | None
    ) -> None:
        at = given(eventStartTime=event_at and sent_time(event_at))
        confirmed(await self._call(action_id, lane, contactId=rid, workflowId=workflow_id, **at))


def _page(reply: Any, limit: int, cursor: Cursor | None, after: str) -> Page[Remote]:
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
