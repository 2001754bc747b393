"""The sandbox's own clock, which tests may push forward."""

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """Epoch time from ``base`` (seconds), plus ``shift_s``."""

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self.shift_s = 0.0

    def now(self) -> float:
        return self._base() + self.shift_s

    def now_ms(self) -> int:
        return int(self.now() * 1000)


def iso(ms: int) -> str:
    """``1603963890255`` as ``2020-10-29T09:31:30.255Z``, the form of contacts, tasks and notes."""
    moment = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def parse_ms(value: str) -> int | None:
    """Epoch milliseconds of an ISO-8601 date or time (no zone means UTC), or None."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
