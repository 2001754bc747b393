"""A CRM that fails, stays silent or is left in the middle of everything."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any

import httpx2
import pytest

from rapport.api import ApiClient, Lane, WriteOutcome, caller, outcome_of
from rapport.api.http import Http, Reply
from rapport.domain.errors import NetworkError, OutageError, RapportError, RateLimitError
from rapport.sandbox.server import SandboxThread

Make = Callable[..., ApiClient]


class LeapingClock:
    """Sleeping takes no time and moves the clock by as much."""

    def __init__(self) -> None:
        self.at = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 24, 8, 0, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        self.at += seconds
        await asyncio.sleep(0)


@pytest.fixture
def crm() -> Any:
    """Without a limit: the clock leaps, the sandbox's own does not."""
    with SandboxThread(contacts=60, seed=7, index_lag_s=0.0, rate_limit="off") as sandbox:
        yield sandbox


@pytest.fixture
def control(crm: SandboxThread) -> Any:
    info = crm.info()

    async def call(method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {info['control_token']}"}
        async with httpx2.AsyncClient(trust_env=False, headers=headers) as http:
            reply = await http.request(method, f"{info['base_url']}/_sandbox/{path}", json=body)
        return reply.raise_for_status().json()

    return call


def client_of(make: Make, crm: SandboxThread, clock: Any, http: Http | None = None) -> ApiClient:
    info = crm.info()
    location = info["location_ids"][0]
    return make(info["base_url"], info["access_token"], location, clock=clock, http=http)


class NotingHttp(Http):
    """Notes when something is sent."""

    def __init__(self, clock: LeapingClock) -> None:
        super().__init__()
        self.clock = clock
        self.sent_at: list[float] = []

    async def exchange(self, *args: Any, **more: Any) -> Reply:
        self.sent_at.append(self.clock.at)
        return await super().exchange(*args, **more)


async def test_an_hour_of_outage_is_a_probe_a_minute(
    crm: SandboxThread, control: Any, client_for: Make
) -> None:
    clock = LeapingClock()
    http = NotingHttp(clock)
    client = client_of(client_for, crm, clock, http)
    await control("POST", "faults", {"kind": "status", "status": 503, "path": "", "count": None})
    refused: list[OutageError] = []
    while clock.at < 3600:
        try:
            await client.contacts.get("x", lane=Lane.PERSON)
        except OutageError as error:
            refused.append(error)
        except RapportError:
            pass
        clock.at += 1.0
    probes = [at for at in http.sent_at if at > 60]
    assert 50 <= len(probes) <= 60
    assert min(b - a for a, b in pairwise(probes)) >= 59.999
    assert len(http.sent_at) - len(probes) < 30
    assert len((await control("GET", "log"))["requests"]) == len(http.sent_at)
    assert len(refused) > 3400
    assert all(error.retry_after_s <= 60 for error in refused)
    assert {outcome_of(error) for error in refused} == {WriteOutcome.NOT_APPLIED}
    assert refused[0].title == "The CRM has not answered properly for a while."
    assert client.budget().outage_until is not None

    await control("DELETE", "faults")
    clock.at += 60
    assert await client.tags.list()
    assert await client.users.list()
    assert client.budget().outage_until is None


FAULTS = (
    {"kind": "status", "status": 500, "body": {"message": "Internal server error"}},
    {"kind": "status", "status": 503, "body": "<html>Bad gateway</html>"},
    {"kind": "drop_before"},
    {"kind": "drop_after"},
    {"kind": "truncate"},
)


async def test_one_in_ten_fails_and_the_attempts_stay_below_one_point_two(
    crm: SandboxThread, control: Any, client_for: Make
) -> None:
    client = client_of(client_for, crm, LeapingClock())
    # Each is asked in turn whether it strikes: together a tenth of all attempts.
    for fault in FAULTS:
        await control("POST", "faults", {**fault, "path": "", "count": None, "share": 0.021})
    requests, lost = 600, 0
    for number in range(requests):
        try:
            await client.tags.list(lane=Lane.PERSON if number % 2 else Lane.BACKGROUND)
        except RapportError:
            lost += 1
    seen = (await control("GET", "log"))["requests"]
    faulty = sum(entry["fault"] is not None for entry in seen)
    assert faulty >= 0.07 * len(seen)  # it was no fair weather
    assert len(seen) <= 1.2 * requests
    assert lost <= 0.02 * requests


async def test_when_everything_fails_tries_stay_in_their_budget(
    crm: SandboxThread, control: Any, client_for: Make
) -> None:
    clock = LeapingClock()
    client = client_of(client_for, crm, clock)
    await control("POST", "faults", {"kind": "status", "status": 500, "path": "", "count": None})
    asked = 0
    for _ in range(300):
        try:
            await client.tags.list()
        except OutageError:
            continue
        except RapportError:
            asked += 1
    seen = (await control("GET", "log"))["requests"]
    assert len(seen) <= 1.2 * asked + 10


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("99999999", 3600, 3603),
        ("-1", 0, 9),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 9),
        ("300", 300, 303),
    ],
)
async def test_whatever_a_429_asks_for_is_an_hour_at_most_and_is_told(
    hostile: Any, client_for: Make, header: str, least: float, most: float
) -> None:
    clock = LeapingClock()
    hostile.answers(b'{"message": "Too Many"}', "429 Too Many Requests", f"Retry-After: {header}")
    client = client_for(hostile.url, clock=clock)
    with pytest.raises(RateLimitError) as caught:
        await client.tags.list(lane=Lane.PERSON)
    assert caught.value.retry_after_s is not None
    assert least <= caught.value.retry_after_s <= most
    paused = client.budget().paused_until
    assert least <= ((paused or clock.now()) - clock.now()).total_seconds() <= most + 1
    assert len(hostile.requests) == (1 if least > 20 else 3)  # never before it was asked for
    assert clock.at <= 20


@pytest.mark.parametrize("writes", [False, True])
async def test_a_silent_crm_is_given_up_with_a_sentence(
    crm: SandboxThread,
    control: Any,
    client_for: Make,
    monkeypatch: pytest.MonkeyPatch,
    writes: bool,
) -> None:
    monkeypatch.setattr(caller, "DEADLINE_S", 0.6)
    monkeypatch.setattr(caller, "_LEAST_EXCHANGE_S", 0.2)
    info = crm.info()
    client = client_for(info["base_url"], info["access_token"], info["location_ids"][0])
    await client.tags.list()
    await control("POST", "faults", {"kind": "delay", "seconds": 600, "path": "", "count": None})
    began = time.monotonic()
    with pytest.raises(NetworkError) as caught:
        await (
            client.contacts.create({"first_name": "Ana"}, lane=Lane.PERSON)
            if writes
            else client.contacts.get(info["examples"]["contact"], lane=Lane.PERSON)
        )
    assert 0.5 < time.monotonic() - began < 60.0  # the answer would come after ten minutes
    assert caught.value.title == "The CRM did not answer in time."
    assert outcome_of(caught.value) is WriteOutcome.UNCERTAIN


class Plain:
    """A server that keeps connections open and answers everything alike, after a moment."""

    def __init__(self) -> None:
        self.answered = 0
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving[task] = writer
        body = json.dumps({"contact": {"id": "x"}}).encode()
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(0.001)
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
                await writer.drain()
                self.answered += 1
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            del self._serving[task]

    async def close(self) -> None:
        serving = dict(self._serving)
        for writer in serving.values():
            writer.close()
        await asyncio.gather(*serving)


@pytest.fixture
async def plain() -> AsyncIterator[tuple[Plain, str]]:
    server = Plain()
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listening:
        yield server, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        await server.close()


CANCELLED = 15_000
AT_ONCE = 100


async def test_fifteen_thousand_cancelled_requests_leave_the_pool_whole(
    plain: tuple[Plain, str], client_for: Make
) -> None:
    """RELIABILITY 20: each is left at another moment: while it waits for a connection, connects,
    sends, or reads."""
    server, url = plain
    client = client_for(url)
    await client.contacts.get("x")
    cancelled = 0
    for number in range(CANCELLED // AT_ONCE):
        tasks = [
            asyncio.ensure_future(client.contacts.get("x", lane=Lane.PERSON))
            for _ in range(AT_ONCE)
        ]
        for _ in range(number % 40):
            await asyncio.sleep(0)
        if number % 3 == 0:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        cancelled += sum(isinstance(one, asyncio.CancelledError) for one in ended)
    assert cancelled > 0.9 * CANCELLED
    assert server.answered > 50  # some were on their way
    async with asyncio.timeout(30):
        found = await asyncio.gather(*(client.contacts.get("x") for _ in range(6)))
    assert [remote.rid for remote in found] == ["x"] * 6
