"""When requests make sense."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from rapport.domain.errors import (
    AuthError,
    CapabilityError,
    GoneError,
    InactiveError,
    NetworkError,
    OutageError,
    RateLimitError,
    ServerError,
)
from rapport.domain.views import SyncState
from rapport.sync.link import LONGEST_WAIT_S, Link


class Time:
    """Sleeping moves the clock and takes no time."""

    def __init__(self) -> None:
        self.at = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=self.at)

    def monotonic(self) -> float:
        return self.at

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds
        await asyncio.sleep(0)


class Door:
    """A read that fails in the given ways before it succeeds."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def states() -> list[Any]:
    return []


@pytest.fixture
async def link(time: Time, states: list[Any]) -> Link:
    link = Link(time, lambda: states.append(link.trouble))
    return link


async def test_a_read_is_repeated_until_the_network_is_back(
    link: Link, time: Time, states: list[Any]
) -> None:
    assert await link.call(Door(*[NetworkError("offline")] * 9)) == "answer"
    assert states[0] is SyncState.OFFLINE
    assert states[-1] is None
    assert time.slept[0] <= 1.0
    assert sorted(time.slept[:5]) == time.slept[:5]
    assert max(time.slept) <= LONGEST_WAIT_S
    assert max(time.slept) > LONGEST_WAIT_S / 2


async def test_failures_together_count_once(link: Link, time: Time) -> None:
    for _ in range(50):
        link.failed(NetworkError("offline"))
    await link.open()
    assert time.at <= 1.0


async def test_a_server_error_is_given_up_where_that_was_asked_for(link: Link) -> None:
    door = Door(*[ServerError("broken", status=500)] * 9)
    with pytest.raises(ServerError):
        await link.call(door, tries=3)
    assert door.calls == 3


async def test_a_host_that_is_left_alone_is_a_pause_and_no_try(
    link: Link, states: list[Any]
) -> None:
    outage = OutageError("keeps failing", retry_after_s=60)
    assert await link.call(Door(*[outage] * 9), tries=3) == "answer"
    assert set(states) == {SyncState.PAUSED, None}


async def test_a_network_that_is_gone_is_never_given_up(link: Link) -> None:
    assert await link.call(Door(*[NetworkError("offline")] * 9), tries=3) == "answer"


@pytest.mark.parametrize("error", [CapabilityError("no"), GoneError("gone")])
async def test_what_concerns_one_read_alone_is_raised(link: Link, error: Exception) -> None:
    with pytest.raises(type(error)):
        await link.call(Door(error))
    assert link.trouble is None


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [(None, 10, 11), (3, 3, 4), (99_999_999, 3600, 3601), (-1, 0, 1)],
)
async def test_a_pause_is_kept_but_clamped(
    link: Link, time: Time, asked: float | None, least: float, most: float
) -> None:
    await link.call(Door(RateLimitError("slow down", retry_after_s=asked)))
    assert least <= time.at <= most


async def test_a_shut_door_opens_only_for_a_person(link: Link) -> None:
    door = Door(AuthError("no", status=401))
    waiting = asyncio.create_task(link.call(door))
    for _ in range(20):
        await asyncio.sleep(0)
    assert link.trouble is SyncState.SIGN_IN
    link.hurry(2.0)  # an edit does not open it
    for _ in range(20):
        await asyncio.sleep(0)
    assert door.calls == 1
    link.hurry()
    assert await waiting == "answer"
    assert link.trouble is None


async def test_a_person_who_edits_shortens_the_wait(link: Link, time: Time) -> None:
    for _ in range(6):
        link.failed(NetworkError("offline"))
        await link.open()
    link.failed(NetworkError("offline"))
    before = time.at
    link.hurry(2.0)
    await link.open()
    assert time.at - before <= 2.0
    link.failed(NetworkError("offline"))
    before = time.at
    link.hurry()
    await link.open()
    assert time.at == before


async def test_an_edit_does_not_shorten_the_servers_own_pause(link: Link, time: Time) -> None:
    link.failed(RateLimitError("slow down", retry_after_s=60))
    link.hurry(2.0)
    await link.open()
    assert time.at >= 60


async def test_an_inactive_location_is_asked_for_again_when_a_person_wants_it(
    link: Link, time: Time
) -> None:
    link.failed(InactiveError("This location is not active in the CRM.", retry_after_s=300))
    assert link.trouble is SyncState.INACTIVE
    await link.open()
    assert time.at >= 300
    link.failed(InactiveError("This location is not active in the CRM.", retry_after_s=300))
    before = time.at
    link.hurry()
    await link.open()
    assert time.at == before
    link.succeeded()
    assert link.trouble is None
