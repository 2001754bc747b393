"""The local copy of one account: one writer, some readers, and the feed of what changed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import apsw

from rapport.domain.audit import Chain
from rapport.domain.changes import ChangeEvent, Origin
from rapport.domain.commands import AcceptDeletion, Command, CreateAgain, TakeBack, Together
from rapport.domain.filters import SmartList
from rapport.domain.merging import MergeContacts, Unmerge
from rapport.domain.ports import Clock
from rapport.domain.records import Id
from rapport.domain.text import storable
from rapport.domain.views import Outcome
from rapport.store import deletions, edits, lists, merges, series, unmerges
from rapport.store.audit import AuditLog
from rapport.store.batch import SLICED_FROM, Batch
from rapport.store.chain import Verified, verify_chain
from rapport.store.conflicts import KEPT_SETTLED_MS
from rapport.store.database import Database, plain_words
from rapport.store.duplicates import Duplicates
from rapport.store.outbox import Outbox
from rapport.store.queries import Queries
from rapport.store.repair import REBUILD, keep_edits, rebuild
from rapport.store.replica import Replica
from rapport.store.sql import Sql
from rapport.store.threads import Pace, Readers, Steps, Writer
from rapport.store.transaction import Transaction
from rapport.store.values import to_ms
from rapport.store.verify import verify

KEPT_GONE_MS = 24 * 3_600_000

T = TypeVar("T")

_log = logging.getLogger(__name__)


class ChangeFeed:
    """Listeners are called on the writer thread, after the commit and in its order."""

    def __init__(self) -> None:
        self._listeners: tuple[Callable[[ChangeEvent], None], ...] = ()
        self._lock = threading.Lock()

    def subscribe(self, listener: Callable[[ChangeEvent], None]) -> Callable[[], None]:
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return unsubscribe

    def publish(self, event: ChangeEvent) -> None:
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                _log.exception("a listener of the change feed failed")


class Store:
    """All methods may be called from any thread. Futures end with StoreError where the disk fails,
    with InputError where a command makes no sense any more."""

    def __init__(
        self, database: Database, db: Sql, clock: Clock, new_id: Callable[[], Id], who: str = ""
    ) -> None:
        self.feed = ChangeFeed()
        self._database = database
        tx = Transaction(db, clock, new_id, who)
        self._readers = Readers(database)
        self._writer = Writer(db, tx, self._publish, series.go_on)
        self.queries = Queries(self._readers, clock)
        self.replica = Replica(self._writer, self._readers, tx)
        self.outbox = Outbox(self._writer, self._readers)
        self.audit = AuditLog(self._writer, self._readers)
        self.duplicates = Duplicates(self._writer, self._readers, clock)
        self._writer.person(merges.tidy)

    @classmethod
    def open(
        cls,
        path: Path | None,
        key: bytes,
        *,
        clock: Clock,
        new_id: Callable[[], Id],
        who: str = "",
    ) -> Store:
        """Opens or creates the database; ``path`` None keeps everything in memory. ``key`` is 32
        raw bytes, ``who`` the user's id in the CRM, for the audit log. Blocks for some
        milliseconds, longer where a migration is due. Raises StoreError.
        """
        database = Database(path, key)
        db = database.open()
        try:
            _make_ready(db, clock)
            return cls(database, db, clock, new_id, who)
        except apsw.Error as error:
            db.close()
            raise plain_words(error) from None

    def close(self) -> None:
        """Finishes what was accepted, then closes. Waits for it."""
        self._writer.close()
        self._readers.close()

    @property
    def trouble(self) -> str | None:
        """Why the copy cannot be written at the moment, as a sentence; None while it can."""
        return self._writer.trouble

    def commit(
        self, command: Command, origin: Origin = Origin.PERSON, *, undo_of: int | None = None
    ) -> Future[Outcome]:
        """Plans and writes the command in one transaction, then tells the feed. ``undo_of`` is the
        entry that a TakeBack takes back. Many at once go in slices: see ``batch``."""
        if isinstance(command, Together):
            return self.batch(Batch(command, origin))
        joined = isinstance(command, TakeBack) and command.of == MergeContacts.TITLE
        if isinstance(command, TakeBack) and len(command.mutations) > SLICED_FROM and not joined:
            whole = Together(commands=command.by_contact(), name=command.title)
            return self.batch(Batch(whole, origin, undo_of=undo_of))
        if isinstance(command, CreateAgain | AcceptDeletion):
            return self._writer.person(lambda tx: deletions.decide(tx, command, origin))
        if isinstance(command, MergeContacts):
            return self._writer.person(lambda tx: merges.carry_out(tx, command, origin))
        if isinstance(command, Unmerge):
            return self._writer.person(lambda tx: unmerges.take_back(tx, command, origin))

        def job(tx: Transaction) -> Outcome:
            merge_id = unmerges.undone_by(tx, undo_of) if undo_of is not None else None
            if merge_id is not None:
                return unmerges.take_back(tx, Unmerge(merge_id=merge_id), origin)
            return edits.commit(tx, command, origin, undo_of)

        return self._writer.person(job)

    def batch(self, batch: Batch) -> Future[Any]:
        """Carries a batch out, behind those that were asked for before. Ends with a
        :class:`BatchOutcome`."""
        batch.start(self._writer)
        return batch.future

    def go_on(self) -> Future[Batch | None]:
        """Carries on with the batch that the end of the program has cut short."""

        def job(tx: Transaction) -> Batch | None:
            batch = Batch.cut_short(tx.db)
            if batch is not None:
                batch.start(self._writer)
            return batch

        return self._writer.person(job)

    def undo_entry(self, undo_id: int | None = None) -> Future[tuple[int, TakeBack] | None]:
        """What takes back one entry, or the newest of a person; None when there is none. A batch
        that is under way ends first."""

        def work(tx: Transaction, pace: Pace) -> Steps[tuple[int, TakeBack] | None]:
            return edits.undo_entry(tx, undo_id)
            yield

        return self._writer.sliced(work)

    def save_list(self, made: SmartList, at: int | None = None) -> Future[None]:
        """Keeps a smart list; one with the same id is replaced where it stands, a new one stands at
        ``at``, or last."""

        def job(tx: Transaction) -> None:
            kept = lists.kept(tx.db)
            place = next((n for n, one in enumerate(kept) if one.id == made.id), None)
            if place is None:
                kept.insert(len(kept) if at is None else at, made)
            else:
                kept[place] = made
            lists.keep(tx, kept)

        return self._writer.person(job)

    def remove_list(self, id: str) -> Future[int]:
        """Where it stood; -1 where there was none."""

        def job(tx: Transaction) -> int:
            kept = lists.kept(tx.db)
            place = next((n for n, one in enumerate(kept) if one.id == id), -1)
            lists.keep(tx, [one for one in kept if one.id != id])
            return place

        return self._writer.person(job)

    def move_list(self, id: str, by: int) -> Future[None]:
        """Moves a smart list down among those a person made; up where ``by`` is negative."""

        def job(tx: Transaction) -> None:
            kept = lists.kept(tx.db)
            place = next((n for n, one in enumerate(kept) if one.id == id), None)
            if place is not None:
                moved = kept.pop(place)
                kept.insert(max(0, place + by), moved)
                lists.keep(tx, kept)

        return self._writer.person(job)

    def save_draft(self, contact_id: Id, note_id: Id | None, body: str) -> Future[None]:
        def job(tx: Transaction) -> None:
            tx.db.run(
                "INSERT OR REPLACE INTO draft VALUES (?, ?, ?, ?)",
                (contact_id, note_id or "", storable(body), tx.now_ms),
            )

        return self._writer.person(job)

    def drop_draft(self, contact_id: Id, note_id: Id | None = None) -> Future[None]:
        def job(tx: Transaction) -> None:
            tx.db.run(
                "DELETE FROM draft WHERE contact_id = ? AND note_id = ?",
                (contact_id, note_id or ""),
            )

        return self._writer.person(job)

    def backup(self, path: Path) -> Future[None]:
        """Writes a compact copy with the same key; an existing file is never replaced."""

        return self._apart(lambda db: self._database.backup(db, path))

    def keep_edits(self) -> Future[None]:
        """Keeps the open edits and drafts in a small file of their own, for the day on which the
        large one is damaged."""
        return self._apart(lambda db: keep_edits(self._database, db))

    def verify(self) -> Future[list[str]]:
        """Recomputes the read models and compares: one sentence per difference. Slow."""
        return self._apart(verify)

    def rebuild_at_next_start(self) -> Future[None]:
        """Lists, counts and the search are to be computed afresh: ``verify`` found them wrong."""
        return self._writer.soon(lambda tx: tx.set_setting(REBUILD, True))

    def verify_audit(self, verified: Verified | None = None) -> Future[Chain]:
        """Goes through the whole audit log. ``verified`` tells whether a checkpoint's signature is
        ours; None takes it as read."""

        def job(db: Sql) -> Chain:
            with db.snapshot():
                return verify_chain(db, verified)

        return self._apart(job)

    def _apart(self, job: Callable[[Sql], T]) -> Future[T]:
        """Runs a job of minutes on a thread and a connection of its own."""
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # it cannot be stopped: whoever gives up leaves it

        def run() -> None:
            try:
                db = self._database.connect(writes=True)
                try:
                    result = job(db)
                finally:
                    db.close()
            except (apsw.Error, OSError) as error:
                future.set_exception(plain_words(error))
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        threading.Thread(target=run, name="store-apart", daemon=True).start()
        return future

    def _publish(self, tx: Transaction) -> None:
        event = tx.event()
        if event is not None and event.outbox and _stopping(tx.db):
            self._writer.person(merges.stop)
        if event is not None:
            self.feed.publish(event)


def _stopping(db: Sql) -> bool:
    return bool(db.value("SELECT EXISTS (SELECT 1 FROM merge WHERE state = 'stopping')"))


def _make_ready(db: Sql, clock: Clock) -> None:
    now = to_ms(clock.now())
    with db.immediate():
        # Nobody knows what became of what was on its way when the program ended, nor when that was:
        # the last byte may have left a moment ago.
        db.run("UPDATE op SET state = 'uncertain', sent_at = ? WHERE state = 'sending'", (now,))
        db.run("DELETE FROM gone WHERE at < ?", (now - KEPT_GONE_MS,))
        db.run("DELETE FROM settled WHERE at < ?", (now - KEPT_SETTLED_MS,))
        wrong = db.value("SELECT 1 FROM setting WHERE name = ?", (REBUILD,))
    if wrong:
        rebuild(db)
