from __future__ import annotations

import itertools
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeVar

import pytest

from rapport.domain.changes import ChangeEvent, Origin
from rapport.domain.commands import Command
from rapport.domain.records import Id, Kind
from rapport.domain.views import Outcome
from rapport.store import Absorbed, OutboxEntry, Snapshot, Store

T = TypeVar("T")


class HandClock:
    """Stands until it is told to go on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def go(self, **delta: float) -> None:
        self.at += timedelta(**delta)


class Desk:
    """A store with the answers waited for."""

    def __init__(self, store: Store, clock: HandClock, ids: Iterator[int]) -> None:
        self.store = store
        self.clock = clock
        self.events: list[ChangeEvent] = []
        self._ids = ids
        store.feed.subscribe(self.events.append)

    def new_id(self) -> Id:
        return f"01{next(self._ids):024d}"

    def wait(self, future: Future[T]) -> T:
        return future.result(timeout=30)

    def do(self, command: Command, origin: Origin = Origin.PERSON) -> Outcome:
        return self.wait(self.store.commit(command, origin))

    def undo(self, undo_id: int | None = None) -> Outcome | None:
        entry = self.wait(self.store.undo_entry(undo_id))
        if entry is None:
            return None
        return self.wait(self.store.commit(entry[1], Origin.UNDO, undo_of=entry[0]))

    def absorb(self, *snapshots: Snapshot, epoch: int | None = None) -> Absorbed:
        at = self.store.replica.epoch() if epoch is None else epoch
        return self.wait(self.store.replica.absorb(snapshots, epoch=at))

    def pull_contact(self, rid: str = "c1", **values: Any) -> Id:
        values = {"first_name": "Ana", "last_name": "Ruiz", "email": "ana@x.es"} | values
        self.absorb(Snapshot(kind=Kind.CONTACT, rid=rid, values=values))
        return self.lid(Kind.CONTACT, rid)

    def pull_child(self, kind: Kind, rid: str, contact_rid: str = "c1", **values: Any) -> Id:
        self.absorb(Snapshot(kind=kind, rid=rid, contact_rid=contact_rid, values=values))
        return self.lid(kind, rid)

    def lid(self, kind: Kind, rid: str) -> Id:
        id = self.wait(self.store.replica.lid_of(kind, rid))
        assert id is not None
        return id

    def due(self, limit: int = 10) -> list[OutboxEntry]:
        return self.wait(self.store.outbox.due(self.clock.now(), limit))

    def send(self, entry: OutboxEntry) -> OutboxEntry:
        sent = self.wait(self.store.outbox.sending(entry.seq))
        assert sent is not None
        return sent

    def settle(self, entry: OutboxEntry, rid: str | None = None, **values: Any) -> None:
        self.send(entry)
        reply = None
        if values:
            reply = Snapshot(kind=entry.ref.kind, rid=rid or entry.rid or "", values=values)
        self.wait(self.store.outbox.settled(entry.seq, rid, reply))

    def names(self, text: str, **query: Any) -> list[str]:
        from rapport.domain.filters import ContactQuery

        page = self.wait(self.store.queries.contacts(ContactQuery(text=text, **query)))
        return [row.name for row in page.rows]

    def consistent(self) -> None:
        assert self.wait(self.store.verify()) == []


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def desk(clock: HandClock) -> Iterator[Desk]:
    ids = itertools.count(1)
    store = Store.open(None, bytes(32), clock=clock, new_id=lambda: f"01{next(ids):024d}", who="u1")
    made = Desk(store, clock, ids)
    yield made
    made.consistent()
    store.close()
