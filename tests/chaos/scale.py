"""One time for client, proxy and sandbox, which runs as fast as the run wants it."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, tzinfo

START = datetime(2026, 11, 1, tzinfo=UTC).timestamp()


class Scaled:
    """``domain.ports.Clock`` whose seconds last a ``factor``-th of one. Every process of a run is
    given the same ``factor`` and ``since`` (monotonic, which is the computer's, not the process's),
    and so they agree; a correction of the computer's clock must not make a minute of a second."""

    def __init__(self, factor: float, since: float) -> None:
        self.factor = factor
        self.since = since

    def time(self) -> float:
        """Seconds since 1970."""
        return START + (time.monotonic() - self.since) * self.factor

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def monotonic(self) -> float:
        return time.monotonic() * self.factor

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.factor)
