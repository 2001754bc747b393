"""The writer thread with its two lanes, and the reader threads."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future
from typing import Any, TypeVar

import apsw

from rapport.domain.errors import RapportError, StoreError
from rapport.store.database import Database, plain_words
from rapport.store.sql import Sql
from rapport.store.transaction import Transaction

T = TypeVar("T")

STEP_S = 0.008
"""How long a step of background work lasts before it commits and lets a person's job pass."""
REST_S = 0.003
"""Between two steps of what a person asked for: the window has something to paint, and Python runs
one thread at a time."""
CHECKPOINT_PAGES = 1000
CHECKPOINT_PAGES_AT_LATEST = 8000

Steps = Generator[None, None, T]
"""Background work: each ``yield`` ends a transaction."""

_log = logging.getLogger(__name__)


def closed() -> StoreError:
    return StoreError("The local copy is closed.", "Start Rapport again.")


class Pace:
    """Tells background work when its step is over: so early that what follows from it, up to the
    commit, still fits. That share is learned from the steps before."""

    def __init__(self) -> None:
        self._until = 0.0
        self._each_s = 0.0005

    def start(self, step_s: float) -> None:
        self._until = time.perf_counter() + step_s

    def over(self, waiting: int = 0) -> bool:
        return time.perf_counter() + waiting * self._each_s >= self._until

    def learn(self, waiting: int, took_s: float) -> None:
        if waiting:
            self._each_s += (took_s / waiting - self._each_s) / 8


class Writer:
    """Runs jobs one after the other, a person's first. Each job, or each step of a background job,
    is one transaction; what it changed is published after the commit and before its Future."""

    def __init__(
        self,
        db: Sql,
        tx: Transaction,
        publish: Callable[[Transaction], None],
        complete: Callable[[Transaction], None],
    ) -> None:
        """``complete`` does, at the end of a transaction, what must follow from it."""
        self._db = db
        self._tx = tx
        self._complete = complete
        self._publish = publish
        self._person: deque[tuple[Callable[[Transaction], Any], Future[Any]]] = deque()
        self._sliced: deque[_Background] = deque()
        self._background: deque[_Background] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._wal_pages = 0
        self._pace = Pace()
        self.trouble: str | None = None
        db.connection.set_wal_hook(self._note_wal)
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def person(self, job: Callable[[Transaction], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._wake:
            if self._closing:
                future.set_exception(closed())
                return future
            self._person.append((job, future))
            self._wake.notify()
        return future

    def sliced(self, work: Callable[[Transaction, Pace], Steps[T]]) -> Future[T]:
        """What a person asked for and takes long: before background work, in steps between which
        their other jobs pass; one such work after the other."""
        return self._queue(self._sliced, work, STEP_S)

    def background(
        self, work: Callable[[Transaction, Pace], Steps[T]], step_s: float = STEP_S
    ) -> Future[T]:
        return self._queue(self._background, work, step_s)

    def _queue(
        self,
        queue: deque[_Background],
        work: Callable[[Transaction, Pace], Steps[T]],
        step_s: float,
    ) -> Future[T]:
        future: Future[T] = Future()
        with self._wake:
            if self._closing:
                future.set_exception(closed())
                return future
            queue.append(_Background(work, future, self._pace, step_s))
            self._wake.notify()
        return future

    def soon(self, job: Callable[[Transaction], T]) -> Future[T]:
        """A short background job of one transaction."""

        def work(tx: Transaction, pace: Pace) -> Steps[T]:
            return job(tx)
            yield

        return self.background(work)

    def close(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _note_wal(self, _db: apsw.Connection, _name: str, pages: int) -> int:
        self._wal_pages = pages
        return apsw.SQLITE_OK

    def _run(self) -> None:
        while True:
            with self._wake:
                while not (self._person or self._sliced or self._background or self._closing):
                    self._wake.wait()
                person = self._person.popleft() if self._person else None
                steps = self._sliced or self._background
            if person:
                self._run_person(*person)
            elif steps:
                over = steps[0].step(self)
                with self._wake:
                    if over:
                        steps.popleft()
                    elif steps is self._sliced:
                        self._wake.wait_for(lambda: self._person or self._closing, REST_S)
            else:
                break
            self._checkpoint()
        self._db.close()

    def _run_person(self, job: Callable[[Transaction], Any], future: Future[Any]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            result = self.transact(job)
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    def transact(self, job: Callable[[Transaction], T]) -> T:
        """One transaction; raises RapportError."""
        try:
            self._tx.begin()
            with self._db.immediate():
                result = job(self._tx)
                self._complete(self._tx)
                waiting, start = self._tx.waiting(), time.perf_counter()
                self._tx.finish()
            self._pace.learn(waiting, time.perf_counter() - start)
        except RapportError:
            raise
        except (apsw.Error, OSError) as error:
            trouble = plain_words(error)
            self.trouble = str(trouble)
            raise trouble from error
        except Exception as error:
            _log.exception("a job of the store failed")
            raise StoreError(
                "The local copy failed.", "Nothing was changed.", details=type(error).__name__
            ) from error
        self.trouble = None
        self._publish(self._tx)
        return result

    def _checkpoint(self) -> None:
        # Moving pages from the log into the file waits while a person's job does.
        if self._wal_pages < CHECKPOINT_PAGES:
            return
        if self._person and self._wal_pages < CHECKPOINT_PAGES_AT_LATEST:
            return
        self._wal_pages = 0
        try:
            self._db.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except apsw.Error as error:
            _log.warning("checkpoint failed: %s", type(error).__name__)


class _Background:
    def __init__(
        self,
        work: Callable[[Transaction, Pace], Steps[Any]],
        future: Future[Any],
        pace: Pace,
        step_s: float,
    ) -> None:
        self._pace = pace
        self._step_s = step_s
        self._work = work
        self._future = future
        self._steps: Steps[Any] | None = None

    def step(self, writer: Writer) -> bool:
        """Runs one step; whether the work is over."""
        if self._steps is None and not self._future.set_running_or_notify_cancel():
            return True
        try:
            done, result = writer.transact(self._advance)
        except BaseException as error:
            self._future.set_exception(error)
            return True
        if done:
            self._future.set_result(result)
        return done

    def _advance(self, tx: Transaction) -> tuple[bool, Any]:
        self._pace.start(self._step_s)
        if self._steps is None:
            self._steps = self._work(tx, self._pace)
        try:
            next(self._steps)
        except StopIteration as end:
            return True, end.value
        return False, None


class Readers:
    """Two threads with a connection each. One takes only quick queries, so that a long one never
    makes a keystroke wait."""

    def __init__(self, database: Database) -> None:
        self._quick: deque[tuple[Callable[[Sql], Any], Future[Any]]] = deque()
        self._long: deque[tuple[Callable[[Sql], Any], Future[Any]]] = deque()
        self._wake = threading.Condition()
        self._closing = False
        self._threads = [
            threading.Thread(
                target=self._run,
                args=(database.connect(writes=False), takes_long),
                name=f"store-reader-{number}",
                daemon=True,
            )
            for number, takes_long in enumerate((False, True))
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, job: Callable[[Sql], T], *, is_long: bool = False) -> Future[T]:
        future: Future[T] = Future()
        with self._wake:
            if self._closing:
                future.set_exception(closed())
                return future
            (self._long if is_long else self._quick).append((job, future))
            self._wake.notify_all()
        return future

    def close(self) -> None:
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _run(self, db: Sql, takes_long: bool) -> None:
        while True:
            with self._wake:
                while not (self._quick or (takes_long and self._long) or self._closing):
                    self._wake.wait()
                if self._quick:
                    job, future = self._quick.popleft()
                elif takes_long and self._long:
                    job, future = self._long.popleft()
                else:
                    break
            if not future.set_running_or_notify_cancel():
                continue
            try:
                with db.snapshot():
                    result = job(db)
            except RapportError as error:
                future.set_exception(error)
            except (apsw.Error, OSError) as error:
                future.set_exception(plain_words(error))
            except BaseException as error:
                _log.exception("a query failed")
                failure = StoreError("The local copy failed.", details=type(error).__name__)
                future.set_exception(failure)
            else:
                future.set_result(result)
        db.close()
