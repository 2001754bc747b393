"""The engine against a sandbox with the vendor's rate limit: how much of it background work uses,
and how long a person waits beside it.

A process of its own. Takes the sandbox's description on standard input and the folder of an empty
profile as argument; its last line on standard output holds the samples by name.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx2 as httpx

from rapport.api import ApiClient, StaticToken
from rapport.api.http import Http, Reply
from rapport.app.clock import SystemClock
from rapport.domain.scopes import ALL, Capabilities
from rapport.domain.views import SyncStatus
from rapport.services.workspace import new_id
from rapport.store import Store
from rapport.sync.engine import Engine

FIRST_SYNC_S = 300.0
BACKGROUND_S = 60.0
OPENED = 30
EVERY_S = 1.7
"""Not a multiple of anything that the pacer or the limit counts in."""
DETAILS_S = 20.0


class Exchange(NamedTuple):
    url: str
    seconds: float
    ended: float


class TimedHttp(Http):
    """Notes when each request was on its way."""

    def __init__(self) -> None:
        super().__init__()
        self.exchanges: list[Exchange] = []

    async def exchange(self, method: str, url: str, *args: Any, **more: Any) -> Reply:
        began = time.perf_counter()
        try:
            return await super().exchange(method, url, *args, **more)
        finally:
            ended = time.perf_counter()
            self.exchanges.append(Exchange(url, ended - began, ended))


class Journal:
    """The sandbox's own list of what it was asked."""

    def __init__(self, info: dict[str, Any]) -> None:
        self._url = f"{info['base_url']}/_sandbox/log"
        self._headers = {"Authorization": f"Bearer {info['control_token']}"}

    async def statuses(self) -> list[int | None]:
        async with httpx.AsyncClient(trust_env=False, timeout=30.0) as http:
            reply = await http.get(self._url, headers=self._headers)
        return [entry["status"] for entry in reply.raise_for_status().json()["requests"]]


async def paced(info: dict[str, Any], profile: Path) -> dict[str, list[float]]:
    http, journal = TimedHttp(), Journal(info)
    async with _engine(info, profile, http) as (store, engine):
        await _first_sync(engine)
        before = await journal.statuses()
        began = time.perf_counter()
        await asyncio.sleep(BACKGROUND_S)
        after = await journal.statuses()
        seconds = time.perf_counter() - began
        budget = engine.control.status().budget
        assert budget.most is not None, "the sandbox told no limit"
        used = (len(after) - len(before)) / (budget.most * seconds / budget.interval_s)
        waits = await _open_some(store, engine, http)
        refused = (await journal.statuses()).count(429)
    return {
        "pacing_budget_used_percent": [100 * used],
        "interactive_wait_ms_p95": waits,
        "rate_limited_replies": [float(refused)],
    }


@asynccontextmanager
async def _engine(
    info: dict[str, Any], profile: Path, http: Http
) -> AsyncIterator[tuple[Store, Engine]]:
    clock = SystemClock()
    store = Store.open(profile / "rapport.db", bytes(range(32)), clock=clock, new_id=new_id)
    client = ApiClient(
        info["base_url"],
        StaticToken(info["access_token"]),
        location_id=info["location_ids"][0],
        clock=clock,
        http=http,
    )
    engine = Engine(store, client, clock, Capabilities.of(tuple(one.name for one in ALL)))
    await engine.start()
    try:
        yield store, engine
    finally:
        await engine.stop()
        await client.aclose()
        await asyncio.to_thread(store.close)


async def _first_sync(engine: Engine) -> None:
    """Returns when only what nobody waits for is left to be read."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def heard(status: SyncStatus) -> None:
        if status.synced_at is not None:
            loop.call_soon_threadsafe(done.set)

    unsubscribe = engine.control.subscribe(heard)
    async with asyncio.timeout(FIRST_SYNC_S):
        await done.wait()
    unsubscribe()


async def _open_some(store: Store, engine: Engine, http: TimedHttp) -> list[float]:
    """Milliseconds that each of some contacts took above its longest round trip. They are those
    whose turn in the background is last."""
    todo = await asyncio.wrap_future(store.replica.contacts_without_details(1_000_000))
    waits = []
    for contact_id, rid in todo[-OPENED:]:
        asked = time.perf_counter()
        before = len(http.exchanges)
        engine.control.opened(contact_id)
        async with asyncio.timeout(DETAILS_S):
            while True:
                await asyncio.sleep(0.02)
                detail = await asyncio.wrap_future(store.queries.detail(contact_id))
                if detail is not None and detail.details_synced_at is not None:
                    break
        its_own = [one for one in http.exchanges[before:] if rid in one.url]
        took = max(one.ended for one in its_own) - asked
        waits.append(1000 * (took - max(one.seconds for one in its_own)))
        await asyncio.sleep(EVERY_S)
    return waits


def main() -> int:
    info, profile = json.load(sys.stdin), Path(sys.argv[1])
    profile.mkdir(parents=True)
    print(json.dumps(asyncio.run(paced(info, profile))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
