"""What a copy needs while it is used: its edits kept apart, and a daily look at its soundness."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from rapport.domain.changes import ChangeEvent
from rapport.domain.ports import Clock
from rapport.store import Store
from rapport.store.verify import OF_THE_LOG

log = logging.getLogger(__name__)

CHECKED_AT = "checked_at"
CHECK_EVERY = timedelta(days=1)
KEEP_EVERY_S = 20.0
"""Edits are kept at once, and then at most this often."""
LOOK_EVERY_S = 900.0


class Upkeep:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._edited = asyncio.Event()
        self._edited.set()

    def heard(self, event: ChangeEvent) -> None:
        if event.outbox:
            self._edited.set()

    async def keep_edits(self) -> None:
        while True:
            await self._edited.wait()
            self._edited.clear()
            await asyncio.wrap_future(self._store.keep_edits())
            await self._clock.sleep(KEEP_EVERY_S)

    async def check(self) -> None:
        """Once a day: lists, counts and search still follow from the records, or are computed
        afresh at the next start."""
        replica = self._store.replica
        while True:
            last = await asyncio.wrap_future(replica.cursor(CHECKED_AT))
            if last is None:
                due = False  # what has just been filled is looked at tomorrow
                await self._note()
            else:
                due = self._clock.now() - datetime.fromisoformat(last) >= CHECK_EVERY
            if due:
                findings = await asyncio.wrap_future(self._store.verify())
                if any(finding.startswith(OF_THE_LOG) for finding in findings):
                    # Nothing computed afresh mends it; the audit log's own check names the place.
                    log.error("the audit log is broken")
                findings = [one for one in findings if not one.startswith(OF_THE_LOG)]
                if findings:
                    # How many, not which: a sentence may hold a tag's name.
                    log.error("the copy differs from its records in %d places", len(findings))
                    await asyncio.wrap_future(self._store.rebuild_at_next_start())
                await self._note()
            await self._clock.sleep(LOOK_EVERY_S)

    async def _note(self) -> None:
        now = self._clock.now().isoformat()
        await asyncio.wrap_future(self._store.replica.set_cursor(CHECKED_AT, now))
