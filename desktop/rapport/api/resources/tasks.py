"""Tasks of contacts, and tasks that come again (FACTS B2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rapport.api import codec, wire
from rapport.api.codec import Codec
from rapport.api.pacing import Lane
from rapport.api.pages import LIST_LIMIT, Cursor, Page, counted_page, skipped
from rapport.api.replies import confirmed, listed, one, records_in
from rapport.api.resources.resource import Resource
from rapport.api.wire import Remote
from rapport.domain.resources import RecurringTask


class Tasks(Resource):
    async def of(self, contact_rid: str, *, lane: Lane = Lane.BACKGROUND) -> tuple[Remote, ...]:
        """All tasks of a contact."""
        reply = await self._call("contacts.tasks.list", lane, contactId=contact_rid)
        return records_in(
            listed(reply, "tasks"), lambda raw: wire.task(raw, contact_rid=contact_rid)
        )

    async def get(self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND) -> Remote:
        return await self._one("contacts.tasks.get", lane, contact_rid, taskId=rid)

    async def create(
        self, contact_rid: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> Remote:
        """``values`` needs title and due_at."""
        body = wire.task_body(values, create=True)
        return await self._one("contacts.tasks.create", lane, contact_rid, **body)

    async def update(
        self,
        contact_rid: str,
        rid: str,
        values: Mapping[str, Any],
        *,
        lane: Lane = Lane.BACKGROUND,
    ) -> Remote:
        """Changes only the given fields; ``completed`` may be one of them."""
        body = wire.task_body(values)
        return await self._one("contacts.tasks.update", lane, contact_rid, taskId=rid, **body)

    async def complete(
        self,
        contact_rid: str,
        rid: str,
        completed: bool = True,
        *,
        lane: Lane = Lane.BACKGROUND,
    ) -> Remote:
        return await self._one(
            "contacts.tasks.complete", lane, contact_rid, taskId=rid, completed=completed
        )

    async def delete(self, contact_rid: str, rid: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(
            await self._call("contacts.tasks.delete", lane, contactId=contact_rid, taskId=rid)
        )

    async def search(
        self,
        *,
        cursor: Cursor | None = None,
        limit: int = LIST_LIMIT,
        completed: bool | None = None,
        contact_rids: Sequence[str] = (),
        assigned_to: Sequence[str] = (),
        lane: Lane = Lane.BACKGROUND,
    ) -> Page[Remote]:
        """One page of the location's tasks. Deleted ones are left out."""
        body: dict[str, Any] = {"limit": limit, "skip": skipped(cursor)}
        if completed is not None:
            body["completed"] = completed
        if contact_rids:
            body["contactId"] = [*contact_rids]
        if assigned_to:
            body["assignedTo"] = [*assigned_to]
        reply = await self._call("locations.tasks.search", lane, **body)
        return counted_page(
            reply,
            "tasks",
            wire.task,
            limit=limit,
            cursor=cursor,
            keep=lambda raw: not (isinstance(raw, dict) and raw.get("deleted") is True),
        )

    async def _one(self, action_id: str, lane: Lane, contact_rid: str, **values: Any) -> Remote:
        reply = await self._call(action_id, lane, contactId=contact_rid, **values)
        return one(reply, "task", lambda raw: wire.task(raw, contact_rid=contact_rid))


RECURRING_TASK = Codec(
    RecurringTask,
    "a recurring task",
    title=codec.text("title"),
    description=codec.text("description"),
    contact_rids=codec.texts("contactIds"),
    # Written as a list of owners, of which the reply shows one.
    assigned_to=codec.Part(
        "assignedTo", codec.ref("").read, lambda user: [user] if user else [], "owners"
    ),
    rule=codec.inner("rruleOptions"),
)


class RecurringTasks(Resource):
    """There is no list of them: an id comes from the reply that made one."""

    async def get(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> RecurringTask:
        return await self._one("locations.recurring-tasks.get", lane, id=id)

    async def create(
        self, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> RecurringTask:
        """``values`` needs title and rule."""
        body = RECURRING_TASK.body(values)
        return await self._one("locations.recurring-tasks.create", lane, **body)

    async def update(
        self, id: str, values: Mapping[str, Any], *, lane: Lane = Lane.BACKGROUND
    ) -> RecurringTask:
        """Changes only the given fields; ``rule`` is replaced whole."""
        body = RECURRING_TASK.body(values)
        return await self._one("locations.recurring-tasks.update", lane, id=id, **body)

    async def delete(self, id: str, *, lane: Lane = Lane.BACKGROUND) -> None:
        confirmed(await self._call("locations.recurring-tasks.delete", lane, id=id))

    async def _one(self, action_id: str, lane: Lane, **values: Any) -> RecurringTask:
        return one(
            await self._call(action_id, lane, **values), "recurringTask", RECURRING_TASK.read
        )
