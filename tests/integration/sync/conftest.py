"""A desk: the real store and engine against a real sandbox over HTTP, all in one test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

import httpx2 as httpx
import msgspec
import pytest
from ulid import ULID

from openapi import Watch
from rapport.api import ApiClient, StaticToken, TokenSource
from rapport.domain.filters import ContactQuery
from rapport.domain.scopes import ALL, Capabilities
from rapport.domain.settings import Account
from rapport.domain.views import SyncState
from rapport.sandbox.server import SandboxThread
from rapport.services.workspace import Workspace
from rapport.store import Store
from rapport.sync.engine import Engine
from rapport.sync.pace import Pace

KEY = bytes(range(32))
SPEED = 10.0
QUICK = Pace(
    poll_s=2.0,
    overlap_s=20.0,
    echo_s=10.0,
    settle_s=5.0,
    give_up_s=600.0,
    fresh_s=0.0,
    backfill_s=0.0,
    sweep_page_s=0.0,
    sweep_least_s=1.0,
    first_page=20,
    page=25,
)
"""In seconds of the hasty clock."""


@pytest.fixture(autouse=True)
def lawful(by_contract: Watch) -> None:
    """Whatever the engine sends."""


class HastyClock:
    """Runs ten times as fast as the others, so that nobody waits long for a backoff."""

    def __init__(self, speed: float = SPEED) -> None:
        self._speed = speed
        self._wall, self._mono = datetime.now(UTC), time.monotonic()

    def now(self) -> datetime:
        return self._wall + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return (time.monotonic() - self._mono) * self._speed

    def zone(self) -> tzinfo:
        return ZoneInfo("Europe/Lisbon")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)

    def set(self, by: timedelta) -> None:
        """Somebody sets the clock on the wall; time goes on as before."""
        self._wall += by


async def until(
    condition: Callable[[], Awaitable[Any] | Any], what: str = "", limit_s: float = 20.0
) -> Any:
    """Waits for the condition, whose value is returned. The limit is for a broken program."""
    deadline = asyncio.get_running_loop().time() + limit_s
    while True:
        value = condition()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        assert asyncio.get_running_loop().time() < deadline, f"never happened: {what or condition}"
        await asyncio.sleep(0.01)


class Server:
    """The sandbox as "somebody else" uses it, and as a test breaks it."""

    def __init__(self, sandbox: SandboxThread) -> None:
        self.info = sandbox.info()
        self.base_url: str = self.info["base_url"]
        self.location_id: str = self.info["location_ids"][0]

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        token = self.info["control_token"]
        return await self._ask(method, f"/_sandbox/{path}", body, token)

    async def api(self, method: str, path: str, body: Any = None) -> Any:
        """Answers with the JSON of a success; anything else fails the test."""
        return await self._ask(method, path, body, self.info["access_token"])

    async def fault(self, path: str, kind: str, **more: Any) -> None:
        await self.control("POST", "faults", {"path": path, "kind": kind, **more})

    async def contacts(self, **search: Any) -> list[dict[str, Any]]:
        body = {"locationId": self.location_id, "pageLimit": 500, "page": 1, **search}
        found: list[dict[str, Any]] = (await self.api("POST", "/contacts/search", body))["contacts"]
        return found

    async def contact(self, rid: str) -> dict[str, Any]:
        found: dict[str, Any] = (await self.api("GET", f"/contacts/{rid}"))["contact"]
        return found

    async def log(self, path: str = "", method: str = "") -> list[dict[str, Any]]:
        entries = (await self.control("GET", f"log?path={quote(path)}"))["requests"]
        return [entry for entry in entries if method in ("", entry["method"])]

    async def sign_in(self, scopes: Iterable[str]) -> dict[str, Any]:
        """The token endpoint's reply after consent to these scopes."""
        redirect = "http://127.0.0.1:5123/callback"
        client = {"client_id": self.info["client_id"], "redirect_uri": redirect}
        async with httpx.AsyncClient(base_url=self.base_url, timeout=20) as http:
            consent = {
                **client,
                "response_type": "code",
                "scope": " ".join(scopes),
                "state": "s",
                "location_id": self.location_id,
                "decision": "allow",
            }
            reply = await http.post("/v2/oauth/chooselocation", data=consent)
            code = parse_qs(urlsplit(reply.headers["location"]).query)["code"][0]
            exchange = {
                **client,
                "client_secret": self.info["client_secret"],
                "grant_type": "authorization_code",
                "code": code,
            }
            reply = await http.post("/oauth/token", data=exchange)
            assert reply.status_code == 200, reply.text
            signed_in: dict[str, Any] = reply.json()
            return signed_in

    async def _ask(self, method: str, path: str, body: Any, token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Version": "2021-07-28"}
        async with httpx.AsyncClient(base_url=self.base_url, timeout=20) as http:
            reply = await http.request(method, path, headers=headers, json=body)
        assert reply.status_code < 300, f"{method} {path}: {reply.status_code} {reply.text}"
        return reply.json()


class Desk:
    """One account on one computer."""

    def __init__(
        self, store: Store, engine: Engine, workspace: Workspace, client: ApiClient
    ) -> None:
        self.client = client
        self.store = store
        self.engine = engine
        self.workspace = workspace

    @property
    def run(self) -> Any:
        return self.workspace.bus.run

    @property
    def state(self) -> SyncState:
        return self.workspace.sync.status().state

    async def rows(self, text: str = "") -> list[Any]:
        return list((await self.workspace.queries.contacts(ContactQuery(text=text), 500)).rows)

    async def first_sync(self) -> None:
        await until(
            lambda: self.workspace.sync.status().synced_at is not None, "the first sync ends"
        )

    async def rid(self, kind: Any, id: str) -> str | None:
        return await asyncio.wrap_future(self.store.replica.rid_of(kind, id))

    async def lid(self, kind: Any, rid: str) -> str:
        found = await asyncio.wrap_future(self.store.replica.lid_of(kind, rid))
        assert found is not None
        return found

    async def sent(self, limit_s: float = 20.0) -> None:
        """Waits until nothing is left in the outbox."""

        async def empty() -> bool:
            counts = await asyncio.wrap_future(self.store.outbox.counts())
            assert counts.parked == 0, (
                await self.workspace.queries.outbox_items(),
                await asyncio.wrap_future(self.store.outbox.conflicts()),
            )
            return counts.waiting == 0

        await until(empty, "all edits are on the server", limit_s)


OpenDesk = Callable[..., Any]


@pytest.fixture
def quiet_sandbox() -> Iterator[SandboxThread]:
    with SandboxThread(contacts=60, seed=7, index_lag_s=0.0, rate_limit="off") as sandbox:
        yield sandbox


@pytest.fixture
def server_of() -> Any:
    return Server


@pytest.fixture
def server(quiet_sandbox: SandboxThread) -> Server:
    return Server(quiet_sandbox)


@asynccontextmanager
async def opened_desk(
    server: Server,
    path: Path | None,
    *,
    pace: Pace = QUICK,
    scopes: frozenset[str] | None = None,
    tokens: TokenSource | None = None,
    base_url: str | None = None,
    speed: float = SPEED,
) -> AsyncIterator[Desk]:
    clock = HastyClock(speed)
    capabilities = Capabilities.of(scopes or {scope.name for scope in ALL})
    store = Store.open(path, KEY, clock=clock, new_id=lambda: str(ULID()))
    client = ApiClient(
        base_url or server.base_url,
        tokens or StaticToken(server.info["access_token"]),
        location_id=server.location_id,
        clock=clock,
    )
    engine = Engine(store, client, clock, capabilities, pace)
    account = Account(
        id="a1",
        name="Sandbox",
        location_id=server.location_id,
        api_url=server.base_url,
        authorize_url="",
        token_url="",
        client_id="",
        redirect_uri="",
        scopes=tuple(sorted(capabilities.scopes)),
    )
    loop = asyncio.get_running_loop()
    workspace = Workspace(account, store, engine.control, capabilities, clock, loop)
    try:
        await workspace.start()
        await engine.start()
        yield Desk(store, engine, workspace, client)
    finally:
        workspace.close()
        await engine.stop()
        await client.aclose()
        store.close()


@pytest.fixture
async def open_desk(server: Server, tmp_path: Path) -> AsyncIterator[OpenDesk]:
    """Opens desks that are closed after the test; the same database unless told otherwise."""
    async with AsyncExitStack() as stack:

        async def opener(**options: Any) -> Desk:
            path = options.pop("path", tmp_path / "rapport.db")
            return await stack.enter_async_context(opened_desk(server, path, **options))

        yield opener


@pytest.fixture(name="until")
def until_fixture() -> Any:
    return until


@pytest.fixture
def desk_at() -> Any:
    """A desk on a database of its own, to be closed and opened again within a test."""
    return opened_desk


@pytest.fixture
def slow() -> Pace:
    """Fetches nothing in the background but what was opened."""
    return msgspec.structs.replace(QUICK, backfill_s=1e6, poll_s=1e6, sweep_least_s=1e6)


@pytest.fixture
def lagging() -> Iterator[Server]:
    """A server whose search knows nothing new for an hour."""
    with SandboxThread(contacts=30, seed=7, index_lag_s=3600.0, rate_limit="off") as sandbox:
        yield Server(sandbox)


@pytest.fixture
def quick() -> Pace:
    return QUICK
