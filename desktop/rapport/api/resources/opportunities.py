"""Opportunities and the pipelines they move through (FACTS B5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rapport.api import codec
from rapport.api.codec import Codec
from rapport.api.pacing import Lane
from rapport.api.pages import LIST_LIMIT, Cursor, Page
from rapport.api.replies import confirmed, listed, one, records_in, texts_in, unusable
from rapport.api.resources.resource import Resource, given
from rapport.domain.resources import Opportunity, Pipeline, Stage

STAGE = Codec(Stage, "a stage", name=codec.text("name"), position=codec.whole("position"))
PIPELINE = Codec(
    Pipeline, "a pipeline", name=codec.text("name"), stages=codec.several("stages", STAGE)
)
OPPORTUNITY = Codec(
    Opportunity,
    "an opportunity",
    name=codec.text("name"),
    contact_rid=codec.ref("contactId"),
    pipeline_id=codec.ref("pipelineId"),
    stage_id=codec.ref("pipelineStageId"),
    status=codec.text("status"),
    monetary_value=codec.number("monetaryValue"),
    assigned_to=codec.ref("assignedTo"),
    source=codec.text("source", sent=""),
    followers=codec.texts("followers", sent=""),
    custom=codec.custom("customFields"),
    added_at=codec.time("createdAt", sent=""),
    updated_at=codec.time("updatedAt", sent=""),
)


class Opportunities(Resource):
    async def pipelines(self, *, lane: Lane = Lane.BACKGROUND) -> tuple[Pipeline, ...]:
        reply = await self._call("opportunities.pipelines.list", lane)
        return records_in(listed(reply, "pipelines"), PIPELINE.read)

    async def search(
        self,
        *,
        query: str = "",
        contact_rid: str = "",
        pipeline_id: str = "",
        stage_id: str = "",
        status: str = "",
        assigned_to: str = "",
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Opportunity]:
        """One page of at most 100, newest first; ``status`` may also be all. Asked for in snake
        case (FACTS B5); the reply's nextPageUrl is never followed (FACTS F19)."""
        after = cursor or [None, None]
        reply = await self._call(
            "opportunities.search",
            lane,
            q=query or None,
            contact_id=contact_rid or None,
            pipeline_id=pipeline_id or None,
            pipeline_stage_id=stage_id or None,
            status=status or None,
            assigned_to=assigned_to or None,
            limit=limit,
            startAfter=after[0],
            startAfterId=after[1],
        )
        meta = reply.get("meta") if isinstance(reply, dict) else None
        meta = meta if isinstance(meta, dict) else {}
        following = [meta.get("startAfter"), meta.get("startAfterId")]
        return _page(reply, limit, cursor, following, meta.get("total"))

    async def search_with(
        self,
        query: str = "",
        *,
        notes: bool = False,
        tasks: bool = False,
        appointments: bool = False,
        unread: bool = False,
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Opportunity]:
        """One page together with what belongs to each contact, in ``extra`` as the CRM writes
        it."""
        reply = await self._call(
            "opportunities.search-by-body",
            lane,
            query=query,
            limit=limit,
            page=1,
            searchAfter=cursor or [],
            additionalDetails={
                "notes": notes,
                "tasks": tasks,
                "calendarEvents": appointments,
                "unReadConversations": unread,
            },
        )
        found = listed(reply, "opportunities")
        last = found[-1] if found else None
        following = last.get("sort") if isinstance(last, dict) else None
        return _page(reply, limit, cursor, following, reply.get("total"))

    async def get(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> Opportunity:
        return await self._one("opportunities.get", lane, id=id)

    async def create(
        self, contact_rid: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Opportunity:
        """``values`` needs pipeline_id, name and status."""
        body = OPPORTUNITY.body({**values, "contact_rid": contact_rid})
        return await self._one("opportunities.create", lane, **body)

    async def update(
        self, id: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Opportunity:
        """Changes only the given fields, and of ``custom`` only the given keys. The contact
        stays."""
        return await self._one("opportunities.update", lane, id=id, **OPPORTUNITY.body(values))

    async def set_status(
        self, id: str, status: str, *, lost_reason_id: str = "", lane: Lane = Lane.BACKGROUND
    ) -> None:
        """open, won, lost or abandoned."""
        why = given(lostReasonId=lost_reason_id)
        confirmed(await self._call("opportunities.status", lane, id=id, status=status, **why))

    async def upsert(
        self,
        values: Mapping[str, Any],
        *,
        id: str = "",
        followers: Iterable[str] = (),
        lane: Lane = Lane.BACKGROUND,
    ) -> tuple[Opportunity, bool]:
        """The opportunity, and whether it is new. ``values`` needs pipeline_id. The API takes no
        contact here, and wants to be told about followers: those given are added."""
        reply = await self._call(
            "opportunities.upsert",
            lane,
            **given(id=id),
            **OPPORTUNITY.body(values),
            followers=[*followers],
            isRemoveAllFollowers=False,
            followersActionType="add",
        )
        return one(reply, "opportunity", OPPORTUNITY.read), reply.get("new") is True

    async def delete(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("opportunities.delete", lane, id=id))

    async def add_followers(
        self, id: str, user_ids: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[str, ...]:
        """All users who follow it now."""
        reply = await self._call("opportunities.followers.add", lane, id=id, followers=[*user_ids])
        return texts_in(reply, "followers")

    async def remove_followers(
        self, id: str, user_ids: Iterable[str], *, lane: Lane = Lane.BACKGROUND
    ) -> tuple[str, ...]:
        """The users who follow it still."""
        reply = await self._call(
            "opportunities.followers.remove", lane, id=id, followers=[*user_ids]
        )
        return texts_in(reply, "followers")

    async def _one(self, action_id: str, lane: Lane, **values: Any) -> Opportunity:
        return one(await self._call(action_id, lane, **values), "opportunity", OPPORTUNITY.read)


def _page(
    reply: Any, limit: int, cursor: Cursor | None, following: Any, total: Any
) -> Page[Opportunity]:
    found = listed(reply, "opportunities")
    if len(found) < limit:
        following = None
    elif not isinstance(following, list) or None in following or following == cursor:
        raise unusable("a full page without a usable cursor")
    return Page(
        items=records_in(found, OPPORTUNITY.read),
        total=total if isinstance(total, int) else None,
        cursor=following,
    )
