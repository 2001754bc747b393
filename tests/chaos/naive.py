"""What a client does that knows nothing of all this: the control, which must fail the check."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from rapport.api import Remote
from rapport.store import OutboxEntry
from rapport.sync.compare import plan_update, wanted_by
from rapport.sync.push import Push, _Sending


class NaivePush(Push):
    """Sends what it has without a look, and sends it again until an answer comes."""

    async def _create(self, sending: _Sending) -> None:
        if await self._begin(sending):
            created = await self._records.create(sending.entry, wanted_by(sending.entry))
            await self._settle(sending.entry, created)

    async def _update(self, sending: _Sending) -> None:
        if not await self._begin(sending):
            return
        entry = sending.entry
        bases = {name: delta.base for name, delta in entry.fields.items()}
        plan = plan_update(entry.ref.kind, entry.fields, bases)
        blind = Remote(kind=entry.ref.kind, rid=entry.rid or "", values=bases)
        await self._write(entry, plan, blind)
        await self._settle(entry, await self._records.get(entry))

    async def _delete(self, sending: _Sending) -> None:
        if await self._begin(sending):
            await self._records.delete(sending.entry)
            await self._deleted(sending.entry)

    async def _wait(self, entry: OutboxEntry, why: str) -> None:
        at = self._clock.now() + timedelta(seconds=1.0)
        await asyncio.wrap_future(self._outbox.later(entry.seq, at, why))
