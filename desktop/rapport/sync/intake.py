"""Hands what the server says to the store: in small batches, and without believing an index that
has not yet heard of our own writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from rapport.api import Remote
from rapport.domain.ports import Clock
from rapport.domain.records import Id, Kind
from rapport.store import OutboxEntry, Snapshot, Store
from rapport.sync.compare import matches, wanted_by
from rapport.sync.pace import Pace

T = TypeVar("T")


class Intake:
    def __init__(self, store: Store, clock: Clock, pace: Pace) -> None:
        self._store = store
        self._clock = clock
        self._pace = pace
        self._written: dict[tuple[Kind, str], tuple[float, str | None]] = {}
        self._expected: dict[int, OutboxEntry] = {}

    async def stamped(self, read: Awaitable[T]) -> tuple[T, int]:
        """What was read, and the epoch at which the read began: a later write is newer than it."""
        epoch = self._store.replica.epoch()
        return await read, epoch

    def snapshot(self, remote: Remote) -> Snapshot:
        return Snapshot(
            kind=remote.kind,
            rid=remote.rid,
            contact_rid=remote.contact_rid,
            values=remote.values,
            extra=remote.extra,
            untold=remote.untold,
            read_at=self._clock.now(),
        )

    def wrote(self, kind: Kind, rid: str, updated_at: str | None = None) -> None:
        """We have just changed this record, or read it past the index: for a while the index may
        show it as it was before ``updated_at``, the server's time where known."""
        now = self._clock.monotonic()
        self._written[kind, rid] = (now, updated_at)
        if len(self._written) > 2000:
            limit = now - self._pace.echo_s
            self._written = {key: v for key, v in self._written.items() if v[0] > limit}

    def is_echo(self, kind: Kind, rid: str, updated_at: str | None) -> bool:
        """Whether an index entry of that age may be older than what we know."""
        found = self._written.get((kind, rid))
        if found is None:
            return False
        at, known = found
        if self._clock.monotonic() - at > self._pace.echo_s:
            del self._written[kind, rid]
            return False
        return known is None or updated_at is None or _time(updated_at) < _time(known)

    def expect(self, entry: OutboxEntry) -> None:
        """This create is on its way, or its answer was lost. What looks like it is not taken in as
        somebody else's record before that is cleared up."""
        self._expected[entry.seq] = entry

    def expect_no_more(self, seq: int) -> None:
        self._expected.pop(seq, None)

    async def _unexpected(self, remotes: Sequence[Remote]) -> Sequence[Remote]:
        if not self._expected:
            return remotes
        return [remote for remote in remotes if not await self._is_expected(remote)]

    async def _is_expected(self, remote: Remote) -> bool:
        looks_like = any(
            entry.ref.kind is remote.kind
            and (remote.kind is Kind.CONTACT or entry.contact_rid == remote.contact_rid)
            and matches(remote.kind, wanted_by(entry), remote.values)
            for entry in self._expected.values()
        )
        if not looks_like:
            return False
        known = self._store.replica.lid_of(remote.kind, remote.rid)
        return await asyncio.wrap_future(known) is None

    async def from_index(
        self,
        remotes: Iterable[Remote],
        epoch: int,
        *,
        find: Callable[[str], Awaitable[bool]],
        news: bool = False,
    ) -> bool:
        """Takes in what a search told. ``find`` fetches a contact that a record belongs to and that
        is not known here; False when there is none. ``news``: what is new here is new in the CRM.
        Returns whether anything was new."""
        believed = [
            remote
            for remote in remotes
            if not self.is_echo(remote.kind, remote.rid, remote.values.get("updated_at"))
        ]
        return await self.take(believed, epoch, find=find, news=news)

    async def take(
        self,
        remotes: Sequence[Remote],
        epoch: int,
        *,
        find: Callable[[str], Awaitable[bool]] | None = None,
        news: bool = False,
    ) -> bool:
        """Takes in records read one by one or from an index. Returns whether anything was new."""
        remotes = await self._unexpected(remotes)
        anything = False
        orphans: list[Snapshot] = []
        for start in range(0, len(remotes), self._pace.batch):
            batch = [self.snapshot(one) for one in remotes[start : start + self._pace.batch]]
            absorbed = await asyncio.wrap_future(
                self._store.replica.absorb(batch, epoch=epoch, news=news)
            )
            anything = anything or bool(absorbed.new or absorbed.changed)
            orphans.extend(absorbed.orphans)
        if orphans and find is not None:
            for rid in {orphan.contact_rid for orphan in orphans if orphan.contact_rid}:
                if await find(rid):
                    of_it = [orphan for orphan in orphans if orphan.contact_rid == rid]
                    await asyncio.wrap_future(
                        self._store.replica.absorb(of_it, epoch=epoch, news=news)
                    )
                    anything = True
        return anything

    async def children(
        self, contact_id: Id, kind: Kind, remotes: Sequence[Remote], epoch: int
    ) -> None:
        """Takes in the full list of a contact's records of one kind."""
        snapshots = [self.snapshot(remote) for remote in await self._unexpected(remotes)]
        await asyncio.wrap_future(
            self._store.replica.absorb_children(contact_id, kind, snapshots, epoch=epoch)
        )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
