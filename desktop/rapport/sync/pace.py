"""How eager the engine is. Seconds throughout."""

from __future__ import annotations

import asyncio
from typing import Any

from msgspec import Struct

from rapport.domain.ports import Clock


class Pace(Struct, frozen=True, kw_only=True):
    """The defaults are for a real account; tests and the bench are more impatient."""

    poll_s: float = 45.0
    """Between two looks for changes."""
    overlap_s: float = 120.0
    """How far a look for changes reaches back: the search index lags writes (FACTS F22)."""
    echo_s: float = 60.0
    """How long after our own write the search index is not believed about that record."""
    settle_s: float = 130.0
    """The longest time after which a lost write can still be applied."""
    give_up_s: float = 900.0
    """When a lost create that was never found becomes a person's question."""
    fresh_s: float = 20.0
    """A contact opened again this soon is not fetched again."""
    backfill_s: float = 0.15
    """Between the starts of two contacts whose notes are fetched in the background, at least. The
    CRM's limit leaves room for fewer; a server without one must not keep this computer busy."""
    sweep_page_s: float = 20.0
    """Pause per page of a sweep for deletions, so that a large account costs no more per minute."""
    sweep_least_s: float = 60.0
    first_page: int = 100
    page: int = 250
    batch: int = 25
    """Records per hand-over to the store: parsing and writing must not make the window wait."""


async def pause(clock: Clock, seconds: float, *events: asyncio.Event) -> None:
    """Sleeps, but no longer than until one of the events is set."""
    if any(event.is_set() for event in events):
        return
    waits: list[asyncio.Task[Any]] = [asyncio.create_task(_sleep(clock, seconds))]
    waits += [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def _sleep(clock: Clock, seconds: float) -> None:
    await clock.sleep(max(0.0, seconds))
