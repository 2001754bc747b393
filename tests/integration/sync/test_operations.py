"""What a person sends by hand is seen in the copy at once, though the server's index lags."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from rapport.api import ApiClient, StaticToken
from rapport.api.catalogue import action
from rapport.domain.arguments import arguments
from rapport.domain.errors import NetworkError, RapportError
from rapport.domain.operations import OperationCall, OperationReply
from rapport.domain.records import Kind
from rapport.services.memberships import Series
from rapport.sync.operations import Operations

Perform = Callable[..., Awaitable[OperationReply]]


@pytest.fixture
async def desk(lagging: Any, desk_at: Any, slow: Any) -> AsyncIterator[Any]:
    async with desk_at(lagging, None, pace=slow) as desk:
        await desk.first_sync()
        yield desk


@pytest.fixture
async def operations(lagging: Any, desk: Any) -> AsyncIterator[Operations]:
    clock = desk.workspace.clock
    tokens = StaticToken(lagging.info["access_token"])
    client = ApiClient(lagging.base_url, tokens, location_id=lagging.location_id, clock=clock)
    yield Operations(client, lagging.base_url, clock, learn=desk.engine.suspect)
    await client.aclose()


@pytest.fixture
async def perform(lagging: Any, operations: Operations) -> Perform:
    async def perform(id: str, **data: Any) -> OperationReply:
        wanted = action(id)
        given = arguments(wanted, data=data, location_id=lagging.location_id)
        return await operations.call(OperationCall(action=wanted, arguments=given))

    return perform


async def test_a_note_and_a_task(lagging: Any, desk: Any, perform: Perform, until: Any) -> None:
    rid = lagging.info["examples"]["contact"]
    id = await desk.lid(Kind.CONTACT, rid)
    await perform("contacts.notes.create", contactId=rid, body="By hand")
    reply = await perform(
        "contacts.tasks.create",
        contactId=rid,
        title="By hand, too",
        dueDate="2030-01-31T09:00:00Z",
        completed=False,
    )
    assert reply.status == 201

    async def seen() -> bool:
        detail = await desk.workspace.queries.detail(id)
        notes, tasks = [one.body for one in detail.notes], [one.title for one in detail.tasks]
        return any("By hand" in body for body in notes) and "By hand, too" in tasks

    await until(seen, "both are in the copy")


async def test_a_contact_that_is_made_changed_and_deleted(
    desk: Any, perform: Perform, until: Any
) -> None:

    reply = await perform("contacts.create", firstName="Zoraida")
    rid = json.loads(reply.body)["contact"]["id"]

    async def names() -> list[str]:
        return [row.name for row in await desk.rows("zoraida")]

    await until(names, "the new contact is listed")
    await perform("contacts.update", contactId=rid, lastName="Quintanilha")
    await until(lambda: _equals(names, ["Zoraida Quintanilha"]), "its new name is listed")
    await perform("contacts.delete", contactId=rid)
    await until(lambda: _equals(names, []), "it is gone")


async def _equals(read: Callable[[], Awaitable[list[str]]], wanted: list[str]) -> bool:
    return await read() == wanted


async def test_a_write_whose_reply_is_lost_is_looked_up(
    lagging: Any, desk: Any, perform: Perform, until: Any
) -> None:
    rid = lagging.info["examples"]["contact"]
    id = await desk.lid(Kind.CONTACT, rid)
    await lagging.fault("/notes", "drop_after", method="POST")
    with pytest.raises(NetworkError) as caught:
        await perform("contacts.notes.create", contactId=rid, body="Lost and found")
    assert caught.value.sent

    async def seen() -> bool:
        detail = await desk.workspace.queries.detail(id)
        return any("Lost and found" in one.body for one in detail.notes)

    await until(seen, "the note that arrived is in the copy")
    posts = await lagging.log("/notes", "POST")
    assert len(posts) == 1, "it is not sent twice"


async def test_a_refusal_is_a_reply_with_its_meaning(perform: Perform) -> None:
    reply = await perform("contacts.get", contactId="nobody")
    assert reply.status == 400
    assert str(reply.refused).startswith("This record is not in the CRM any more.")
    assert reply.sent.headers["Authorization"] == "Bearer •••"


async def test_followers_campaigns_and_workflows(
    lagging: Any, desk: Any, operations: Operations, until: Any
) -> None:
    rid = lagging.info["examples"]["contact"]
    id = await desk.lid(Kind.CONTACT, rid)
    memberships = desk.workspace.memberships
    with pytest.raises(NetworkError):
        await memberships.courses(Series.CAMPAIGNS)
    memberships.connect(operations, action)
    user = desk.workspace.reference.users[0].id

    async def followers() -> list[str]:
        extra = (await desk.workspace.queries.detail(id)).extra
        return list(extra.get("followers") or [])

    async def is_followed() -> bool:
        return await followers() == [user]

    async def is_not_followed() -> bool:
        return await followers() == []

    await memberships.follow(id, user)
    await until(is_followed, "the follower is seen here")
    assert (await lagging.contact(rid))["followers"] == [user]
    await memberships.unfollow(id, user)
    await until(is_not_followed, "nobody follows any more")

    for series, name in ((Series.CAMPAIGNS, "_campaigns"), (Series.WORKFLOWS, "_workflows")):
        course = (await memberships.courses(series))[0]
        await memberships.join(id, series, course.id)
        assert (await lagging.control("GET", f"records/contact/{rid}"))[name] == [course.id]
        await memberships.leave(id, series, course.id)
        assert (await lagging.control("GET", f"records/contact/{rid}"))[name] == []
    with pytest.raises(RapportError):
        await memberships.join(id, Series.CAMPAIGNS, "nothing")


async def test_the_contacts_of_a_business(desk: Any) -> None:
    rows = await desk.rows()
    details = [await desk.workspace.queries.detail(row.id) for row in rows]
    ours = next(one.contact.business_id for one in details if one.contact.business_id)
    want = {one.contact.id for one in details if one.contact.business_id == ours}
    found, total = await desk.workspace.queries.of_business(ours, 100)
    assert {row.id for row in found} == want
    assert total == len(want)
    assert (await desk.workspace.queries.of_business(ours[:-1], 100))[1] == 0
