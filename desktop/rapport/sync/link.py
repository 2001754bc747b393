"""Whether requests make sense at the moment: offline, paused by the server, or signed out."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from rapport.domain.errors import (
    AuthError,
    InactiveError,
    KeyringError,
    NetworkError,
    OutageError,
    RapportError,
    RateLimitError,
    ServerError,
    SignInError,
)
from rapport.domain.ports import Clock
from rapport.domain.views import SyncState
from rapport.sync.pace import pause

T = TypeVar("T")

LONGEST_WAIT_S = 30.0
RATE_WAIT_S = 10.0
LONGEST_RATE_WAIT_S = 3600.0
"""RELIABILITY of a server's word: a wait is clamped to an hour, whatever it says."""

_AFFECTS_ALL = (NetworkError, ServerError, RateLimitError, AuthError, KeyringError, SignInError)


class Link:
    """Shared by everything that sends. One failure closes it for all, one success opens it."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._failures = 0
        self._closed_until = 0.0
        self._asked_until = 0.0
        """The server's own wish, which neither a success nor a person's impatience shortens."""
        self._turn = asyncio.Event()
        self.trouble: SyncState | None = None
        """OFFLINE, PAUSED, INACTIVE or SIGN_IN; None while all is well."""
        self.message = ""

    async def open(self) -> None:
        """Returns when the next request makes sense."""
        while True:
            if self.trouble is SyncState.SIGN_IN:
                await self._turn.wait()
            elif (wait := self._until() - self._clock.monotonic()) > 0:
                await pause(self._clock, wait, self._turn)
            else:
                return

    async def call(self, read: Callable[[], Awaitable[T]], *, tries: int | None = None) -> T:
        """Repeats a read until it is answered. Refusals that concern this read alone are raised;
        so is the server's own failure after so many ``tries``."""
        failed = 0
        while True:
            await self.open()
            try:
                answer = await read()
            except _AFFECTS_ALL as error:
                failed += isinstance(error, ServerError)
                if tries is not None and failed >= tries:
                    raise
                self.failed(error)
            else:
                self.succeeded()
                return answer

    def succeeded(self) -> None:
        self._failures = 0
        self._closed_until = 0.0
        if self.trouble is not None and self._clock.monotonic() >= self._asked_until:
            self.trouble, self.message = None, ""
            self._notify()
            self._changed()

    def failed(self, error: RapportError) -> None:
        now = self._clock.monotonic()
        if isinstance(error, AuthError | SignInError):
            self.trouble = SyncState.SIGN_IN
        elif isinstance(error, InactiveError):
            # Our own patience, not the server's wish: a person may ask at any time.
            self._closed_until = now + (error.retry_after_s or LONGEST_WAIT_S)
            self.trouble = SyncState.INACTIVE
        elif isinstance(error, RateLimitError):
            asked = error.retry_after_s if error.retry_after_s is not None else RATE_WAIT_S
            wait = min(max(asked, 0.0), LONGEST_RATE_WAIT_S) + random.uniform(0.0, 1.0)
            self._asked_until = max(self._asked_until, now + wait)
            self.trouble = SyncState.PAUSED
        else:
            if now >= self._closed_until:  # what failed together counts once
                wait = min(2.0**self._failures, LONGEST_WAIT_S)
                self._closed_until = now + wait * random.uniform(0.75, 1.0)
                self._failures += 1
            offline = isinstance(error, NetworkError) and not isinstance(error, OutageError)
            self.trouble = SyncState.OFFLINE if offline else SyncState.PAUSED
        self.message = error.kept
        self._changed()

    def hurry(self, within_s: float = 0.0) -> None:
        """Tries again soon: a person asked, or edited something."""
        now = self._clock.monotonic()
        self._closed_until = min(self._closed_until, now + within_s)
        if within_s == 0.0:
            self._failures = 0
            if self.trouble is SyncState.SIGN_IN:
                self.trouble = None
        self._notify()

    def _until(self) -> float:
        return max(self._closed_until, self._asked_until)

    def _notify(self) -> None:
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()
