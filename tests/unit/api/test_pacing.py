from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rapport.api.pacing import LONGEST_WAIT_S, Lane, Pacer, retry_after
from rapport.domain.errors import RateLimitError
from rapport.domain.views import Budget

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Server:
    """Counts like the vendor: so many in any ten seconds, sliding or in fixed windows."""

    def __init__(
        self, clock: Any, most: int, *, sliding: bool, latency: Callable[[], float]
    ) -> None:
        self.clock, self.most, self.sliding, self.latency = clock, most, sliding, latency
        self.taken: deque[float] = deque()
        self.window = -1e9
        self.refused = 0

    async def answer(self) -> tuple[int, dict[str, str]]:
        there = self.latency()
        await self.clock.sleep(there)
        now = self.clock.monotonic()
        if self.sliding:
            while self.taken and self.taken[0] <= now - 10:
                self.taken.popleft()
        elif now >= self.window + 10:
            self.window = now
            self.taken.clear()
        ok = len(self.taken) < self.most
        if ok:
            self.taken.append(now)
        else:
            self.refused += 1
        headers = {
            "x-ratelimit-max": str(self.most),
            "x-ratelimit-remaining": str(self.most - len(self.taken)),
            "x-ratelimit-interval-milliseconds": "10000",
            "x-ratelimit-daily-remaining": "5000",
        }
        await self.clock.sleep(self.latency())
        return (200 if ok else 429), headers


async def ask(pacer: Pacer, server: Server, lane: Lane) -> int:
    async with pacer.permit(lane) as permit:
        status, headers = await server.answer()
        permit.heard(status, headers)
        return status


@pytest.mark.parametrize("sliding", [True, False])
@pytest.mark.parametrize("most", [100, 25])
async def test_uses_the_budget_and_is_never_refused(clock: Any, most: int, sliding: bool) -> None:
    chance = random.Random(4)
    server = Server(clock, most, sliding=sliding, latency=lambda: chance.uniform(0.005, 0.05))
    pacer = Pacer(clock)
    total = most * 12

    async def work() -> None:
        await asyncio.gather(*(ask(pacer, server, Lane.BACKGROUND) for _ in range(total)))

    await clock.run(work())
    assert server.refused == 0
    possible = most * clock.elapsed / 10
    assert total / possible >= 0.95


async def test_a_click_does_not_queue_behind_background_work(clock: Any) -> None:
    server = Server(clock, 100, sliding=False, latency=lambda: 0.02)
    pacer = Pacer(clock)
    waits: list[float] = []

    async def person() -> None:
        await clock.sleep(25.0)
        for _ in range(20):
            await clock.sleep(1.7)
            asked = clock.monotonic()
            async with pacer.permit(Lane.PERSON) as permit:
                waits.append(clock.monotonic() - asked)
                permit.heard(*await server.answer())

    async def work() -> None:
        background = [
            asyncio.ensure_future(ask(pacer, server, Lane.BACKGROUND)) for _ in range(700)
        ]
        await person()
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)

    await clock.run(work())
    assert server.refused == 0
    assert max(waits) <= 0.15


async def test_another_program_on_the_same_budget_is_noticed(clock: Any) -> None:
    server = Server(clock, 100, sliding=False, latency=lambda: 0.01)
    pacer = Pacer(clock)

    async def work() -> list[int]:
        server.window, server.taken = 0.0, deque([0.0] * 90)
        return await asyncio.gather(*(ask(pacer, server, Lane.BACKGROUND) for _ in range(60)))

    assert set(await clock.run(work())) == {200}


async def test_cancelled_requests_give_their_place_back(clock: Any) -> None:
    server = Server(clock, 25, sliding=True, latency=lambda: 0.01)
    pacer = Pacer(clock)

    async def work() -> None:
        for _ in range(10):
            await ask(pacer, server, Lane.BACKGROUND)
        for _ in range(500):
            task = asyncio.ensure_future(ask(pacer, server, Lane.BACKGROUND))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await asyncio.gather(*(ask(pacer, server, Lane.BACKGROUND) for _ in range(30)))

    await clock.run(work())
    assert server.refused == 0


async def refused(clock: Any, headers: dict[str, str]) -> tuple[float, float]:
    """How long the pacer pauses after this 429, and how long the next request then waited."""
    pacer = Pacer(clock)
    async with pacer.permit(Lane.PERSON) as permit:
        permit.heard(429, headers)
    pause = pacer.pause_s()
    async with pacer.permit(Lane.PERSON):
        return pause, clock.monotonic()


async def test_429_without_retry_after_waits_an_interval_and_jitter(clock: Any) -> None:
    pause, waited = await clock.run(refused(clock, {"x-ratelimit-interval-milliseconds": "10000"}))
    assert 10.0 <= pause <= 12.0
    assert waited == pytest.approx(pause)


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 9),
        ("-1", 0, 2),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 2),
        ("Mon, 23 Nov 2026 08:00:30 GMT", 30, 32),
        ("nan", 10, 12),
        ("soon", 10, 12),
    ],
)
async def test_retry_after(clock: Any, header: str, least: float, most: float) -> None:
    pause, _ = await clock.run(refused(clock, {"retry-after": header}))
    assert least <= pause <= most


async def test_an_absurd_retry_after_is_an_hour_and_is_told_at_once(clock: Any) -> None:
    pacer = Pacer(clock)
    async with pacer.permit(Lane.PERSON) as permit:
        permit.heard(429, {"retry-after": "99999999"})
    assert 3600 <= pacer.pause_s() <= 3602
    with pytest.raises(RateLimitError) as caught:
        async with pacer.permit(Lane.BACKGROUND):
            pass
    assert caught.value.retry_after_s is not None
    assert caught.value.retry_after_s > LONGEST_WAIT_S
    assert clock.elapsed == 0


async def test_nan_and_negative_headers_are_ignored(clock: Any) -> None:
    server = Server(clock, 100, sliding=True, latency=lambda: 0.01)
    pacer = Pacer(clock)

    async def work() -> None:
        await ask(pacer, server, Lane.PERSON)
        for bad in ("NaN", "-5", "1e9", "", "٣", "9" * 400):
            async with pacer.permit(Lane.PERSON) as permit:
                names = ("max", "remaining", "interval-milliseconds", "daily-remaining")
                permit.heard(200, {f"x-ratelimit-{name}": bad for name in names})
        await asyncio.gather(*(ask(pacer, server, Lane.PERSON) for _ in range(90)))

    await clock.run(work())
    assert clock.elapsed < 1.0


async def test_an_absurd_budget_costs_nothing(clock: Any) -> None:
    pacer = Pacer(clock)

    async def work() -> None:
        for left in ("0", "999999999998", "999999999999"):
            async with pacer.permit(Lane.PERSON) as permit:
                permit.heard(
                    200, {"x-ratelimit-max": "999999999999", "x-ratelimit-remaining": left}
                )

    await clock.run(work())
    assert clock.elapsed <= 10.0


async def test_an_empty_day_waits_for_its_end(clock: Any) -> None:
    pacer = Pacer(clock)
    async with pacer.permit(Lane.PERSON) as permit:
        permit.heard(
            200,
            {"x-ratelimit-daily-remaining": "0", "x-ratelimit-daily-reset": "7200000"},
        )
    assert pacer.pause_s() == pytest.approx(7200)
    with pytest.raises(RateLimitError):
        async with pacer.permit(Lane.PERSON):
            pass


async def heard(pacer: Pacer, **headers: int) -> None:
    async with pacer.permit(Lane.PERSON) as permit:
        told = {f"x-ratelimit-{name.replace('_', '-')}": str(n) for name, n in headers.items()}
        permit.heard(200, told)


async def test_backfill_leaves_half_of_the_day(clock: Any) -> None:
    pacer = Pacer(clock)
    assert pacer.backfill_pause_s() == 0  # nothing is known
    day = {"limit_daily": 200_000, "daily_reset": 3_600_000}
    await heard(pacer, daily_remaining=100_001, **day)
    assert pacer.backfill_pause_s() == 0
    await heard(pacer, daily_remaining=100_000, **day)
    assert pacer.backfill_pause_s() == pytest.approx(3600)
    async with pacer.permit(Lane.BACKGROUND):  # all other work goes on
        assert clock.elapsed == 0
    clock.elapsed += 3600
    assert pacer.backfill_pause_s() == 0
    await heard(pacer, daily_remaining=5)  # of how many nobody knows
    assert pacer.backfill_pause_s() == 0


async def test_a_pause_longer_than_the_patience_is_told_at_once(clock: Any) -> None:
    pacer = Pacer(clock)

    async def wait(patience_s: float) -> float:
        async with pacer.permit(Lane.PERSON, patience_s):
            return float(clock.monotonic())

    async def work() -> list[Any]:
        async with (
            pacer.permit(Lane.PERSON) as permit,
            pacer.permit(Lane.PERSON),
            pacer.permit(Lane.PERSON),
        ):  # as many as may go before the first reply
            asked = [asyncio.ensure_future(wait(patience)) for patience in (20.0, 60.0)]
            await asyncio.sleep(0)
            permit.heard(429, {"retry-after": "30"})
        return await asyncio.gather(*asked, wait(20.0), return_exceptions=True)

    waiting, patient, late = await clock.run(work())
    assert isinstance(waiting, RateLimitError)  # it waited when the pause was announced
    assert isinstance(late, RateLimitError)
    assert 30 <= patient <= 32


async def test_the_budget_as_it_is_told(clock: Any) -> None:
    pacer = Pacer(clock)
    assert pacer.budget() == Budget()
    assert not pacer.moved.is_set()
    for n in range(3):
        await heard(
            pacer,
            max=100,
            remaining=99 - n,
            limit_daily=200_000,
            daily_remaining=199_999 - n,
            daily_reset=3_600_000,
        )
    assert pacer.moved.is_set()
    told = pacer.budget()
    assert (told.left, told.most, told.interval_s) == (97, 100, 10.0)
    assert (told.day_left, told.day_most) == (199_997, 200_000)
    assert told.day_ends_at == clock.now() + timedelta(hours=1)
    assert told.paused_until is None
    clock.elapsed += 11
    assert pacer.budget().left == 100
    async with pacer.permit(Lane.PERSON) as permit:
        permit.heard(429, {"retry-after": "120"})
    paused = pacer.budget().paused_until
    assert paused is not None
    assert 120 <= (paused - clock.now()).total_seconds() <= 123
    clock.elapsed += 3600
    assert pacer.budget().day_left == 200_000
    assert pacer.budget().day_ends_at is None


async def test_a_server_that_tells_no_limits_has_none(clock: Any) -> None:
    pacer = Pacer(clock)

    async def work() -> None:
        for _ in range(500):
            async with pacer.permit(Lane.BACKGROUND) as permit:
                permit.heard(200, {})

    await clock.run(work())
    assert clock.elapsed == 0


async def test_backoff_and_the_budget_of_retries(clock: Any) -> None:
    pacer = Pacer(clock)
    assert all(0 <= pacer.backoff(3) <= 8 for _ in range(200))
    assert all(pacer.backoff(5000) <= 60 for _ in range(20))
    allowed = sum(pacer.may_retry() for _ in range(100))
    assert allowed == 10

    async def work() -> None:
        for _ in range(101):
            async with pacer.permit(Lane.PERSON) as permit:
                permit.heard(200, {})

    await clock.run(work())
    assert sum(pacer.may_retry() for _ in range(100)) == 10


def test_retry_after_is_none_without_the_header() -> None:
    assert retry_after(None, NOW) is None
    assert retry_after("", NOW) is None
