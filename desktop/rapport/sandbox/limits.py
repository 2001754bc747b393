"""Rate limits per app and resource (a location or a company), and the headers that tell them."""

from dataclasses import dataclass
from typing import Literal

from .clock import Clock

RateLimit = Literal["vendor", "off"]

INTERVAL_MS = 10_000
DAY_MS = 86_400_000
PER_INTERVAL = 100
PER_DAY = 200_000
_UNLIMITED = 1_000_000_000


@dataclass(slots=True)
class _Window:
    opened: int = 0
    used: int = 0


class Limits:
    """Fixed windows of ten seconds and a day; each opens with the first request after the last."""

    def __init__(self, clock: Clock, mode: RateLimit) -> None:
        self._clock = clock
        self.mode = mode
        self._windows: dict[str, tuple[_Window, _Window]] = {}

    def clear(self) -> None:
        self._windows.clear()

    def take(self, resource: str | None) -> tuple[bool, dict[str, str]]:
        """Count one request: whether it is allowed, and the headers of its reply.

        ``resource`` None (no valid token) counts nothing.
        """
        now = self._clock.now_ms()
        if self.mode == "off":
            return True, _headers(_UNLIMITED, _UNLIMITED, _UNLIMITED, _UNLIMITED, DAY_MS)
        if resource is None:
            return True, _headers(PER_INTERVAL, PER_INTERVAL, PER_DAY, PER_DAY, DAY_MS)
        short, day = self._windows.setdefault(resource, (_Window(), _Window()))
        for window, length in ((short, INTERVAL_MS), (day, DAY_MS)):
            if not window.opened <= now < window.opened + length:
                window.opened, window.used = now, 0
        allowed = short.used < PER_INTERVAL and day.used < PER_DAY
        if allowed:
            short.used += 1
            day.used += 1
        return allowed, _headers(
            PER_INTERVAL,
            PER_INTERVAL - short.used,
            PER_DAY,
            PER_DAY - day.used,
            day.opened + DAY_MS - now,
        )


def _headers(per: int, left: int, per_day: int, left_day: int, reset_ms: int) -> dict[str, str]:
    """``x-ratelimit-daily-reset`` is a duration in milliseconds, not a moment."""
    return {
        "x-ratelimit-limit-daily": str(per_day),
        "x-ratelimit-daily-remaining": str(left_day),
        "x-ratelimit-interval-milliseconds": str(INTERVAL_MS),
        "x-ratelimit-max": str(per),
        "x-ratelimit-remaining": str(left),
        "x-ratelimit-daily-reset": str(reset_ms),
    }
