"""Keeps requests inside the budget that the server's headers tell (FACTS D).

The server counts a request when it arrives, which is some time between our sending it and our
hearing of it. So a request occupies its place in the budget from the moment it is sent until one
interval after the head of its reply. Then no window of that length can hold more than the budget,
however the server cuts its windows, and a 429 can only come from somebody else's requests.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import IntEnum
from heapq import heappop, heappush
from types import TracebackType

from rapport.domain.errors import RateLimitError
from rapport.domain.ports import Clock
from rapport.domain.views import Budget


class Lane(IntEnum):
    """Whose request it is. A person's goes first; background work takes what is left."""

    PERSON = 0
    BACKGROUND = 1


LONGEST_WAIT_S = 60.0
"""A request that would have to wait longer, or than its own patience, raises RateLimitError at
once."""

_FIRST_AT_ONCE = 3
"""How many may be on their way before the first reply has told the budget."""
_RESERVED_SHARE = 0.04
"""Of the budget, kept free of background work for the next click: of the vendor's hundred as many
requests as it takes to open a contact."""
_BACKGROUND_AT_ONCE = 6
_BACKGROUND_BURST = 1.5
"""Background requests are spread over the interval, so that a place frees itself every moment and
a person's tenth request waits no longer than the first. Who is late may catch up on this many."""
_LARGEST_BUDGET = 10_000
"""More than this in an interval means no limit; the places in it are counted one by one."""
_LARGEST_DAY = 100_000_000
_BACKFILL_SHARE = 0.5
"""Of a day's budget, at most; measured by what is left of it, so that neither a restart nor another
program on the same budget makes it more."""
_LONGEST_RETRY_AFTER_S = 3600.0
_RETRY_SHARE = 0.1
_RETRIES_SAVED = 10.0


class Permit:
    """One request's place in the budget: ``async with pacer.permit(lane) as permit``."""

    def __init__(self, pacer: Pacer, lane: Lane, patience_s: float) -> None:
        self.lane = lane
        self.patience_s = patience_s
        self.status: int | None = None
        """Of the reply, once its head is here."""
        self.retry_after_s: float | None = None
        """After a 429: how long the pacer waits."""
        self.started = math.inf
        self.expires = math.inf
        self._pacer = pacer

    async def __aenter__(self) -> Permit:
        await self._pacer._enter(self)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pacer._leave(self)

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of the reply is here. Header names are lower-case."""
        self.status = status
        self._pacer._heard(self, status, headers)


class Pacer:
    """The budget of one token and location. Used on one event loop."""

    def __init__(self, clock: Clock, *, chance: random.Random | None = None) -> None:
        self.moved = asyncio.Event()
        """Set whenever ``budget()`` may say something new; who waits for it clears it."""
        self._clock = clock
        self._chance = chance or random.Random()
        self._max: int | None = None
        self._limited = True
        self._interval_s = 10.0
        self._sent: deque[Permit] = deque()
        self._shut_until = -math.inf
        self._refusals = 0
        self._background_next = -math.inf
        self._background_running = 0
        self._waiting: list[tuple[Lane, int, asyncio.Future[None], Permit]] = []
        self._arrivals = 0
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at = math.inf
        self._retries = _RETRIES_SAVED
        self._day_left: int | None = None
        self._day_most: int | None = None
        self._day_ends = -math.inf

    def permit(self, lane: Lane, patience_s: float = LONGEST_WAIT_S) -> Permit:
        return Permit(self, lane, patience_s)

    def close(self) -> None:
        """Nobody is let in any more."""
        if self._alarm:
            self._alarm.cancel()

    def pause_s(self) -> float:
        """How long the server wants to hear nothing at all; 0 when it does not mind."""
        return max(0.0, self._shut_until - self._clock.monotonic())

    def backfill_pause_s(self) -> float:
        """How long background work that could as well be done another day should rest: until the
        day's end once half of the day's budget is used; 0 before."""
        left, most = self._day_left, self._day_most
        if left is None or most is None or left > most * (1 - _BACKFILL_SHARE):
            return 0.0
        return max(0.0, self._day_ends - self._clock.monotonic())

    def budget(self) -> Budget:
        """As it stands now; ``outage_until`` is not known here."""
        now, wall = self._clock.monotonic(), self._clock.now()
        taken = sum(1 for permit in self._sent if permit.expires > now)
        day_left = self._day_left if self._day_ends > now else self._day_most
        return Budget(
            left=None if self._max is None else max(0, self._max - taken),
            most=self._max,
            interval_s=self._interval_s,
            day_left=day_left,
            day_most=self._day_most,
            day_ends_at=_after(wall, self._day_ends - now),
            paused_until=_after(wall, self._shut_until - now),
        )

    def backoff(self, attempt: int) -> float:
        """Seconds before try number ``attempt`` + 1: full jitter, at most a minute."""
        return self._chance.uniform(0.0, min(60.0, 2.0 ** min(attempt, 6)))

    def may_retry(self) -> bool:
        """Whether one more try is within the budget of retries: a tenth of all requests, so that
        a failing server is not also flooded."""
        if self._retries < 1.0:
            return False
        self._retries -= 1.0
        return True

    # The life of a permit.

    async def _enter(self, permit: Permit) -> None:
        go: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrivals += 1
        heappush(self._waiting, (permit.lane, self._arrivals, go, permit))
        self._admit()
        try:
            await go
        except asyncio.CancelledError:
            if permit.started < math.inf:  # it was let in and leaves without having sent
                self._sent.remove(permit)
                if permit.lane is Lane.BACKGROUND:
                    self._background_running -= 1
                self._admit()
            raise

    def _leave(self, permit: Permit) -> None:
        if permit.lane is Lane.BACKGROUND:
            self._background_running -= 1
        if permit.expires == math.inf:  # no reply: it may have arrived as late as now
            permit.expires = self._clock.monotonic() + self._interval_s
        self._admit()

    def _heard(self, permit: Permit, status: int, headers: Mapping[str, str]) -> None:
        now = self._clock.monotonic()
        self._learn(permit, status, headers, now)
        permit.expires = now + self._interval_s
        if status == 429:
            self._refusals += 1
            permit.retry_after_s = self._pause_after_refusal(headers)
            self._shut_until = max(self._shut_until, now + permit.retry_after_s)
        else:
            self._refusals = 0
        self.moved.set()
        self._admit()

    def _learn(self, permit: Permit, status: int, headers: Mapping[str, str], now: float) -> None:
        most = _count(headers.get("x-ratelimit-max"))
        if most and most <= _LARGEST_BUDGET:
            self._max, self._limited = most, True
        elif most:
            self._max, self._limited = None, False
        elif self._max is None and 200 <= status < 300:
            self._limited = False  # a server without limits says nothing about them
        interval_ms = _count(headers.get("x-ratelimit-interval-milliseconds"))
        if interval_ms:
            self._interval_s = min(max(interval_ms / 1000, 0.1), 3600.0)
        left = _count(headers.get("x-ratelimit-remaining"))
        if self._max and left is not None:
            ours = sum(1 for other in self._sent if other.expires > permit.started)
            for _ in range(
                self._max - min(left, self._max) - ours
            ):  # another program uses the same budget
                other = Permit(self, Lane.BACKGROUND, LONGEST_WAIT_S)
                other.started, other.expires = now, now + self._interval_s
                self._sent.append(other)
        self._learn_day(headers, now)

    def _learn_day(self, headers: Mapping[str, str], now: float) -> None:
        left = _count(headers.get("x-ratelimit-daily-remaining"))
        if left is None:
            return
        most = _count(headers.get("x-ratelimit-limit-daily"))
        if most and most > _LARGEST_DAY:
            return
        self._day_left, self._day_most = left, most
        reset_ms = _count(headers.get("x-ratelimit-daily-reset"))
        if reset_ms is not None:  # a duration, not a time (FACTS D)
            self._day_ends = now + min(reset_ms / 1000, 86_400.0)
            if left == 0:
                self._shut_until = max(self._shut_until, self._day_ends)

    def _pause_after_refusal(self, headers: Mapping[str, str]) -> float:
        asked = retry_after(headers.get("retry-after"), self._clock.now())
        pause = max(self._shut_until - self._clock.monotonic(), 0.0)
        if asked is None and not pause:
            asked = self._interval_s
        return max(asked or 0.0, pause) + self.backoff(self._refusals)

    # Who may go now.

    def _admit(self) -> None:
        now = self._clock.monotonic()
        while self._sent and self._sent[0].expires < now - 2 * self._interval_s:
            self._sent.popleft()
        self._refuse_the_impatient(now)
        while self._waiting:
            lane, _, go, permit = self._waiting[0]
            if go.done():  # cancelled while it waited
                heappop(self._waiting)
                continue
            wait = self._wait_s(lane, now)
            if wait > 0:
                self._wake_in(wait, now)
                return
            heappop(self._waiting)
            self._let_in(permit, now)
            go.set_result(None)

    def _refuse_the_impatient(self, now: float) -> None:
        """A pause that lasts longer than somebody would wait is told at once."""
        pause = self._shut_until - now
        if pause <= 0:
            return
        for _, _, go, permit in self._waiting:
            if pause > permit.patience_s and not go.done():
                go.set_exception(
                    RateLimitError(
                        "The CRM asks for a pause.",
                        "Rapport goes on by itself; edits are kept until then.",
                        status=429,
                        retry_after_s=pause,
                    )
                )

    def _let_in(self, permit: Permit, now: float) -> None:
        permit.started = now
        self._sent.append(permit)
        self.moved.set()
        self._retries = min(self._retries + _RETRY_SHARE, _RETRIES_SAVED)
        if permit.lane is Lane.BACKGROUND:
            self._background_running += 1
            self._background_next = max(self._background_next, now) + self._spacing_s()

    def _wait_s(self, lane: Lane, now: float) -> float:
        """How long the next request of ``lane`` has to wait; infinite until a reply comes."""
        if self._shut_until > now:
            return self._shut_until - now
        background = lane is Lane.BACKGROUND
        if background and self._background_running >= _BACKGROUND_AT_ONCE:
            return math.inf
        if not self._limited:
            return 0.0
        if self._max is None:
            flying = sum(1 for other in self._sent if other.expires == math.inf)
            return 0.0 if flying < _FIRST_AT_ONCE else math.inf
        allowed = self._max
        wait = 0.0
        if background:
            allowed = max(1, allowed - self._reserve())
            early = _BACKGROUND_BURST * self._spacing_s()
            wait = max(0.0, self._background_next - early - now)
        ends = sorted(other.expires for other in self._sent if other.expires > now)
        if len(ends) >= allowed:
            wait = max(wait, ends[len(ends) - allowed] - now)
        return wait

    def _reserve(self) -> int:
        return max(1, round((self._max or 0) * _RESERVED_SHARE))

    def _spacing_s(self) -> float:
        if self._max is None:
            return 0.0
        return self._interval_s / max(1, self._max - self._reserve())

    def _wake_in(self, wait: float, now: float) -> None:
        if wait == math.inf or (
            self._alarm and not self._alarm.done() and self._alarm_at <= now + wait
        ):
            return
        if self._alarm:
            self._alarm.cancel()
        self._alarm_at = now + wait
        self._alarm = asyncio.get_running_loop().create_task(self._ring(wait))

    async def _ring(self, wait: float) -> None:
        await self._clock.sleep(wait)
        self._alarm = None
        self._alarm_at = math.inf
        self._admit()


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, between none and an hour; None without one that
    can be understood."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            at = parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        seconds = ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds()
    if not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), _LONGEST_RETRY_AFTER_S)


def _after(now: datetime, seconds: float) -> datetime | None:
    """Up to the whole second, so that it stays the same while nothing changes; None for what is
    past."""
    if seconds <= 0:
        return None
    return (now + timedelta(seconds=seconds, milliseconds=999)).replace(microsecond=0)


def _count(value: str | None) -> int | None:
    """A header's count; None for anything that is not one, such as NaN or -1."""
    text = (value or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else None
