"""One time for client, proxy and sandbox, which runs as fast as the run wants it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, tzinfo


class Scaled:
    """``domain.ports.Clock`` whose seconds last a ``factor``-th of one. Every process of a run is
    given the same ``factor`` and ``since`` (seconds since 1970), and so they agree."""

    def __init__(self, factor: float, since: float) -> None:
        self.factor = factor
        self.since = since

    def time(self) -> float:
        """Seconds since 1970."""
        return self.since + (time.time() - self.since) * self.factor

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def monotonic(self) -> float:
        return time.monotonic() * self.factor

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.factor)
