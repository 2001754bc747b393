"""The circuit breaker: a host that fails again and again is left alone but for a probe a minute."""

from __future__ import annotations

import math

from rapport.domain.errors import OutageError
from rapport.domain.ports import Clock

PROBE_EVERY_S = 60.0
_FAILURES = 4
_TROUBLE_S = 10.0
"""Shorter trouble, such as a restart of the server, is left to backoff."""


class Breaker:
    """Of one host. It opens when nothing but failures came for a while: replies of 5xx, silence,
    connections that broke after the request was sent. While it is open the next request after
    every minute is the probe, all others are refused here; one reply that is none of these closes
    it. What was under way together and fails together counts once: a train in a tunnel is not the
    CRM's outage."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._since = math.inf
        self._last = -math.inf
        self._probe_at: float | None = None

    def retry_s(self) -> float:
        """Seconds until the next probe; 0 while it is closed."""
        if self._probe_at is None:
            return 0.0
        return max(0.0, self._probe_at - self._clock.monotonic())

    @property
    def is_open(self) -> bool:
        return self._probe_at is not None

    def check(self) -> None:
        """Raises OutageError where a request would not be sent."""
        wait = self.retry_s()
        if wait > 0:
            raise OutageError(
                "The CRM has not answered properly for a while.",
                "Rapport asks again once a minute and goes on by itself. Edits are kept.",
                retry_after_s=wait,
            )

    def admit(self) -> None:
        """A request is about to be sent. Raises like ``check``; while open this is the probe."""
        self.check()
        if self._probe_at is not None:
            self._probe_at = self._clock.monotonic() + PROBE_EVERY_S

    def succeeded(self) -> None:
        self._failures, self._since, self._probe_at = 0, math.inf, None

    def failed(self, sent_at: float) -> None:
        """A request that was sent then (monotonic) has failed."""
        now = self._clock.monotonic()
        if sent_at < self._last:
            return
        self._last = now
        self._failures += 1
        self._since = min(self._since, sent_at)
        if (
            self._probe_at is None
            and self._failures >= _FAILURES
            and now - self._since >= _TROUBLE_S
        ):
            self._probe_at = now + PROBE_EVERY_S
