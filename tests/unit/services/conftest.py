"""A workspace over a store in memory, with a clock that only moves when told, and no engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from ulid import ULID

from rapport.domain.records import Id, Kind
from rapport.domain.scopes import ALL, Capabilities
from rapport.domain.settings import Account
from rapport.domain.views import SyncStatus
from rapport.services.workspace import Workspace
from rapport.store import Snapshot, Store

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class StillClock:
    """Stands still. ``advance`` moves it and wakes who slept long enough."""

    def __init__(self) -> None:
        self._now = NOON
        self._moved = asyncio.Condition()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return (self._now - NOON).total_seconds()

    def zone(self) -> tzinfo:
        return ZoneInfo("Europe/Lisbon")

    async def sleep(self, seconds: float) -> None:
        until = self._now + timedelta(seconds=seconds)
        async with self._moved:
            await self._moved.wait_for(lambda: self._now >= until)

    async def advance(self, seconds: float) -> None:
        async with self._moved:
            self._now += timedelta(seconds=seconds)
            self._moved.notify_all()


class NoEngine:
    """A SyncControl whose status a test sets."""

    def __init__(self) -> None:
        self.current = SyncStatus()
        self.listeners: list[Callable[[SyncStatus], None]] = []
        self.opened_ids: list[Id] = []
        self.asked = 0

    def status(self) -> SyncStatus:
        return self.current

    def subscribe(self, listener: Callable[[SyncStatus], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def sync_now(self) -> None:
        self.asked += 1

    def opened(self, contact_id: Id) -> None:
        self.opened_ids.append(contact_id)

    def tell(self, status: SyncStatus) -> None:
        self.current = status
        for listener in self.listeners:
            listener(status)


async def _until(condition: Callable[[], Any], what: str = "") -> Any:
    deadline = asyncio.get_running_loop().time() + 10
    while True:
        value = condition()
        if isinstance(value, Awaitable):
            value = await value
        if value:
            return value
        assert asyncio.get_running_loop().time() < deadline, f"never happened: {what}"
        await asyncio.sleep(0.002)


@pytest.fixture
def until() -> Any:
    return _until


@pytest.fixture
async def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def store(clock: StillClock) -> Iterator[Store]:
    store = Store.open(None, bytes(32), clock=clock, new_id=lambda: str(ULID()))
    yield store
    store.close()


@pytest.fixture
def engine() -> NoEngine:
    return NoEngine()


@pytest.fixture
async def make_workspace(
    store: Store, engine: NoEngine, clock: StillClock
) -> AsyncIterator[Callable[..., Awaitable[Workspace]]]:
    opened: list[Workspace] = []

    async def make(scopes: frozenset[str] | None = None) -> Workspace:
        capabilities = Capabilities.of(scopes or {scope.name for scope in ALL})
        account = Account(
            id="a1",
            name="Test",
            location_id="l1",
            api_url="",
            authorize_url="",
            token_url="",
            client_id="",
            redirect_uri="",
            scopes=tuple(capabilities.scopes),
        )
        loop = asyncio.get_running_loop()
        workspace = Workspace(account, store, engine, capabilities, clock, loop)
        await workspace.start()
        opened.append(workspace)
        return workspace

    yield make
    for workspace in opened:
        workspace.close()


@pytest.fixture
async def workspace(make_workspace: Any) -> Workspace:
    made: Workspace = await make_workspace()
    return made


@pytest.fixture
async def contact(store: Store) -> Id:
    """Ana, as the server has her."""
    snapshot = Snapshot(
        kind=Kind.CONTACT, rid="c1", values={"first_name": "Ana", "last_name": "Pérez"}
    )
    await asyncio.wrap_future(store.replica.absorb([snapshot], epoch=store.replica.epoch()))
    found = await asyncio.wrap_future(store.replica.lid_of(Kind.CONTACT, "c1"))
    assert found is not None
    return found
