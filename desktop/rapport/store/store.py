"""The local copy of one account: one writer, some readers, and the feed of what changed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from rapport.domain.changes import ChangeEvent, Origin
from rapport.domain.commands import Command, TakeBack
from rapport.domain.ports import Clock
from rapport.domain.records import Id
from rapport.domain.views import Outcome
from rapport.store.outbox import Outbox
from rapport.store.queries import Queries
from rapport.store.replica import Replica


class ChangeFeed:
    """Listeners are called on the writer thread, after the commit and in its order."""

    def subscribe(self, listener: Callable[[ChangeEvent], None]) -> Callable[[], None]:
        raise NotImplementedError


class Store:
    """All methods may be called from any thread. Futures end with StoreError where the disk fails,
    with InputError where a command makes no sense any more."""

    queries: Queries
    replica: Replica
    outbox: Outbox
    feed: ChangeFeed

    @classmethod
    def open(
        cls, path: Path | None, key: bytes, *, clock: Clock, new_id: Callable[[], Id]
    ) -> Store:
        """Opens or creates the database; ``path`` None keeps everything in memory. ``key`` is 32 raw
        bytes. Blocks for some milliseconds, longer where a migration is due. Raises StoreError."""
        raise NotImplementedError

    def close(self) -> None:
        """Finishes what was accepted, then closes. Waits for it."""
        raise NotImplementedError

    @property
    def trouble(self) -> str | None:
        """Why the copy cannot be written at the moment, as a sentence; None while it can."""
        raise NotImplementedError

    def commit(
        self, command: Command, origin: Origin = Origin.PERSON, *, undo_of: int | None = None
    ) -> Future[Outcome]:
        """Plans and writes the command in one transaction, then tells the feed. ``undo_of`` is the
        entry that a TakeBack takes back."""
        raise NotImplementedError

    def undo_entry(self, undo_id: int | None = None) -> Future[tuple[int, TakeBack] | None]:
        """What takes back one entry, or the newest of a person; None when there is none."""
        raise NotImplementedError

    def save_draft(self, contact_id: Id, note_id: Id | None, body: str) -> Future[None]:
        raise NotImplementedError

    def drop_draft(self, contact_id: Id, note_id: Id | None = None) -> Future[None]:
        raise NotImplementedError

    def backup(self, path: Path) -> Future[None]:
        """Writes a compact copy, encrypted with the same key; an existing file is never replaced."""
        raise NotImplementedError

    def verify(self) -> Future[list[str]]:
        """Recomputes the read models and compares: one sentence per difference. Slow."""
        raise NotImplementedError
