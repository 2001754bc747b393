"""A thousand contacts changed as one: sent over a restart, refused in part, taken back whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rapport.domain.commands import AddTags
from rapport.domain.filters import ContactQuery
from rapport.sandbox.server import SandboxThread

SIZE = 1000
REFUSED = 3
TAG = "spring offer"


@pytest.fixture
def crowded(server_of: Any) -> Iterator[Any]:
    with SandboxThread(contacts=SIZE, seed=7, index_lag_s=0.0, rate_limit="off") as sandbox:
        yield server_of(sandbox)


async def tagged(server: Any) -> int:
    """How many contacts have the tag, as the CRM knows it."""
    filters = [{"field": "tags", "operator": "contains", "value": TAG}]
    body = {"locationId": server.location_id, "pageLimit": 1, "page": 1, "filters": filters}
    return int((await server.api("POST", "/contacts/search", body))["total"])


async def test_a_thousand_are_sent_over_a_restart_and_undone_as_one(
    crowded: Any, desk_at: Any, slow: Any, tmp_path: Path, until: Any
) -> None:
    path = tmp_path / "rapport.db"
    await crowded.fault(
        "^/contacts/[^/]+/tags$",
        "status",
        method="POST",
        status=422,
        count=REFUSED,
        body={"statusCode": 422, "message": ["no such tag"]},
    )
    async with desk_at(crowded, path, pace=slow) as desk:
        await desk.first_sync()
        queries = desk.workspace.queries
        ids = await queries.contact_ids(await queries.contact_keys(ContactQuery()))
        assert len(ids) == SIZE
        commands = [AddTags(contact_id=id, tags=(TAG,)) for id in ids]
        outcome = await desk.workspace.bus.run_all(commands)
        assert (outcome.changed, outcome.left, len(outcome.sent)) == (SIZE, (), SIZE)

        async def some() -> bool:
            return (await queries.sending(outcome.sent)).arrived > 50

        await until(some, "some are sent", 60)

    async with desk_at(crowded, path, pace=slow) as desk:
        queries = desk.workspace.queries

        async def all_but_the_refused() -> bool:
            return (await queries.sending(outcome.sent)).waiting == 0

        await until(all_but_the_refused, "the rest is sent after the restart", 120)
        report = await queries.sending(outcome.sent)
        assert report.arrived == SIZE - REFUSED == await tagged(crowded)
        assert all("no such tag" in item.error for item in report.refused)

        undone = await desk.workspace.bus.undo()
        assert undone is not None
        assert undone.title == f"Undo add tag ({SIZE})"
        assert dict(await queries.suggest_tags(TAG)).get(TAG, 0) == 0
        await desk.sent(120)
        assert await tagged(crowded) == 0
        assert await asyncio.wrap_future(desk.store.verify()) == []
