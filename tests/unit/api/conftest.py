"""Time that passes only when everybody waits for it."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


class VirtualClock:
    """``domain.ports.Clock``; ``run`` moves it to the next sleeper whenever nothing else can go."""

    def __init__(self) -> None:
        self.elapsed = 0.0
        self.started = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self.started + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.elapsed + max(seconds, 0.0), self._count, wake))
        await wake

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(30):  # each step of a chain of wake-ups takes one turn of the loop
                await asyncio.sleep(0)
            if task.done():
                break
            assert self._sleepers, "everybody waits for something that will not happen"
            at, _, wake = heapq.heappop(self._sleepers)
            self.elapsed = max(self.elapsed, at)
            if not wake.done():
                wake.set_result(None)
        return await task


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()
