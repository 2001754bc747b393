"""The real clock. Everything below ``app`` gets its time passed in."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class SystemClock:
    """``domain.ports.Clock`` over the computer's own."""

    def __init__(self) -> None:
        self._zone = local_zone()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def zone(self) -> tzinfo:
        return self._zone

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def local_zone() -> tzinfo:
    """The person's zone by name, so that next month's daylight saving is right; else its offset."""
    name = os.environ.get("TZ", "").lstrip(":")
    if not name:
        target = os.path.realpath("/etc/localtime")
        name = target.partition("/zoneinfo/")[2]
    try:
        return ZoneInfo(name) if name else _offset()
    except (ZoneInfoNotFoundError, ValueError):
        return _offset()


def _offset() -> tzinfo:
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone
