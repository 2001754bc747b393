"""Runs push and pull on the engine thread's loop and says how they fare."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from rapport.api import ApiClient
from rapport.domain.changes import ChangeEvent, Origin
from rapport.domain.errors import CapabilityError, RapportError, StoreError
from rapport.domain.ports import Clock, SyncControl
from rapport.domain.records import Kind
from rapport.domain.scopes import Capabilities
from rapport.domain.views import Progress, SyncState
from rapport.store import Store
from rapport.sync.agenda import READ, Agenda
from rapport.sync.contacts import FIRST, SINCE, Contacts
from rapport.sync.details import Details
from rapport.sync.intake import Intake
from rapport.sync.link import Link
from rapport.sync.pace import Pace, pause
from rapport.sync.push import Push
from rapport.sync.reference import ReferenceData
from rapport.sync.remote import Records
from rapport.sync.resolve import Resolver
from rapport.sync.status import StatusBoard
from rapport.sync.tasks import COMPLETE, Tasks
from rapport.sync.upkeep import Upkeep

log = logging.getLogger(__name__)

SYNCED_AT = "synced_at"
CURSORS = (FIRST, SINCE, COMPLETE, SYNCED_AT, READ)
"""By which the sync knows what it has read; without them it reads everything once more."""
EDIT_RETRY_S = 2.0
RESTART_S = 5.0
LONGEST_RESTART_S = 300.0
SLICE_S = 5.0
"""Waits are cut into slices that look at the wall clock: the monotonic one stands still while the
computer sleeps."""
GAUGE_S = 1.0
"""The window hears no more often how much of the budget is left."""
REFERENCE_EVERY = timedelta(minutes=15)


class Engine:
    """One account's sync. Made on any thread; ``start`` and ``stop`` run on the engine's loop.

    ``board`` is what the window may have been given already, before there was an engine.
    """

    def __init__(
        self,
        store: Store,
        client: ApiClient,
        clock: Clock,
        capabilities: Capabilities,
        pace: Pace | None = None,
        board: StatusBoard | None = None,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._capabilities = capabilities
        self._pace = pace or Pace()
        self._board = board or StatusBoard()
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] | None = None
        self._pulling = False
        self._refusal = ""
        self._read_reference_at: datetime | None = None
        self._suspects: list[str] = []

    @property
    def control(self) -> SyncControl:
        """What the window gets."""
        return self._board

    async def start(self) -> None:
        """Returns when the engine runs; what it does then is seen in the status."""
        loop = asyncio.get_running_loop()
        clock, pace, store, client = self._clock, self._pace, self._store, self._client
        self._poll = asyncio.Event()
        self._count = asyncio.Event()
        self._filled = asyncio.Event()
        self._suspected = asyncio.Event()
        self._link = Link(clock, self._restate)
        intake = Intake(store, clock, pace)
        self._reference = ReferenceData(store, client, self._capabilities, self._link, clock)
        records = Records(client, self._reference)
        resolver = Resolver(store, client, records, intake, clock, pace)
        self._contacts = Contacts(store, client, intake, self._link, clock, pace)
        self._all_tasks = Tasks(
            store, client, self._capabilities, intake, self._link, clock, self._contacts.find
        )
        self._details = Details(
            store,
            client,
            self._reference,
            self._all_tasks,
            intake,
            self._link,
            clock,
            pace,
            self._restate,
        )
        self._agenda = Agenda(
            store, client, self._capabilities, intake, self._link, clock, pace, self._contacts.find
        )
        self._push = Push(store, records, resolver, intake, self._link, clock, pace, self._restate)
        self._upkeep = Upkeep(store, clock)
        await self._reference.recall()
        await self._push.recall()
        await self._recall_status()

        def heard(event: ChangeEvent) -> None:  # on the writer thread
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._heard, event)

        self._unsubscribe = store.feed.subscribe(heard)
        self._board.bind(loop, self._sync_now, self._details.opened, resolver, self._agenda)
        self._own(self._pull, "pull")
        self._own(self._details.serve, "details")
        self._own(self._counting, "counting")
        self._own(self._gauging, "gauging")
        self._own(self._look_again, "suspects")
        self._own(self._upkeep.keep_edits, "kept edits")
        self._own(self._after_first(self._upkeep.check), "daily check")
        self._own(self._after_first(self._details.backfill), "backfill")
        self._own(self._after_first(self._sweep), "sweep")
        if self._capabilities.can_write:
            self._own(self._push.run, "push")

    async def stop(self) -> None:
        """Ends everything; edits on their way are looked up at the next start."""
        self._board.unbind()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    # Tasks and their owner.

    def _own(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        self._tasks.append(asyncio.create_task(self._keep_going(work, name), name=name))

    async def _keep_going(self, work: Callable[[], Awaitable[None]], name: str) -> None:
        """One part's trouble must not end the others, nor itself for good; a part that the token
        may not do stays off."""
        wait = RESTART_S
        while True:
            started = self._clock.monotonic()
            try:
                await work()
                return
            except CapabilityError as error:
                log.warning("%s is off: %s", name, error.english)
                self._refusal = error.kept
                self._restate()
                return
            except StoreError as error:
                log.error("%s: %s", name, error.english)
            except RapportError as error:
                log.warning("%s: %s", name, error.english)
            except Exception:
                log.exception("%s failed unexpectedly", name)
            self._pulling = self._pulling and name != "pull"
            self._restate()
            if self._clock.monotonic() - started > LONGEST_RESTART_S:
                wait = RESTART_S  # it went well for a while
            await self._clock.sleep(wait)
            wait = min(2 * wait, LONGEST_RESTART_S)

    def _after_first(self, work: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def later() -> None:
            await self._filled.wait()
            await work()

        return later

    # What wakes it.

    def _heard(self, event: ChangeEvent) -> None:
        self._push.heard(event)
        self._upkeep.heard(event)
        if event.outbox or event.origin is not Origin.SYNC:
            self._count.set()
        if event.origin is not Origin.SYNC:
            self._link.hurry(EDIT_RETRY_S)
        else:
            self._details.more()

    def _sync_now(self) -> None:
        self._link.hurry()
        self._poll.set()
        self._push.wake()

    def suspect(self, rids: Sequence[str]) -> None:
        """These contacts, by their server ids, and perhaps the dictionaries were changed past the
        outbox: by an operation that a person sent. On the engine's loop."""
        self._suspects += rids
        self._read_reference_at = None
        self._suspected.set()

    async def _look_again(self) -> None:
        """The search index lags writes, so that what was named is read itself."""
        while True:
            await self._suspected.wait()
            self._suspected.clear()
            while self._suspects:
                rid = self._suspects.pop(0)
                if await self._contacts.find(rid):
                    await self._details.again(rid)
                else:
                    await asyncio.wrap_future(self._store.replica.vanish(Kind.CONTACT, [rid]))
            self._sync_now()

    # Pull.

    async def _pull(self) -> None:
        reference = asyncio.create_task(self._refresh_reference())
        try:
            self._set_pulling(True)
            if not await self._contacts.complete():
                await self._contacts.first(self._progress)
                self._board.set(progress=None)
            await self._all_tasks.first()
            await reference
        finally:
            reference.cancel()
            self._set_pulling(False)
        self._filled.set()
        while True:
            self._poll.clear()
            self._set_pulling(True)
            try:
                changed = await self._contacts.changes()
                await self._all_tasks.look()
                await self._details.refresh_tasks(changed)
                await self._refresh_reference()
            finally:
                self._set_pulling(False)
            now = self._clock.now()
            self._board.set(synced_at=now)
            await asyncio.wrap_future(self._store.replica.set_cursor(SYNCED_AT, now.isoformat()))
            await self._rest(self._pace.poll_s, self._poll)

    async def _refresh_reference(self) -> None:
        now = self._clock.now()
        if self._read_reference_at is None or now - self._read_reference_at > REFERENCE_EVERY:
            await self._reference.refresh()
            self._read_reference_at = now

    async def _sweep(self) -> None:
        """Deletions show in nothing but absence: a slow round over all ids finds them."""
        while True:
            await self._rest(self._pace.sweep_least_s)
            gone = await self._contacts.sweep(self._clock.sleep)
            if gone:
                log.info("%d contacts were deleted in the CRM", gone)

    async def _rest(self, seconds: float, *events: asyncio.Event) -> None:
        """Waits that long by the wall clock too, which goes on while the computer sleeps."""
        started, until = self._clock.now(), self._clock.monotonic() + seconds
        while not any(event.is_set() for event in events):
            left = until - self._clock.monotonic()
            slept = abs((self._clock.now() - started).total_seconds())
            if left <= 0 or slept >= seconds:
                return
            await pause(self._clock, min(left, SLICE_S), *events)

    # Status.

    async def _recall_status(self) -> None:
        synced = await asyncio.wrap_future(self._store.replica.cursor(SYNCED_AT))
        await self._take_counts()
        self._board.set(
            state=SyncState.STARTING,
            synced_at=datetime.fromisoformat(synced) if synced else None,
        )

    async def _counting(self) -> None:
        while True:
            await self._count.wait()
            self._count.clear()
            await self._take_counts()
            self._restate()

    async def _take_counts(self) -> None:
        counts = await asyncio.wrap_future(self._store.outbox.counts())
        self._board.set(waiting=counts.waiting, refused=counts.refused, conflicts=counts.conflicts)

    async def _gauging(self) -> None:
        """Goes on until the budget is whole again, and then waits for the next request."""
        moved = self._client.pacer.moved
        while True:
            await moved.wait()
            moved.clear()
            budget = self._client.budget()
            self._board.set(budget=budget)
            await self._clock.sleep(GAUGE_S)
            if budget.left != budget.most or budget.paused_until or budget.outage_until:
                moved.set()

    def _progress(self, progress: Progress) -> None:
        self._board.set(progress=progress)

    def _set_pulling(self, pulling: bool) -> None:
        self._pulling = pulling
        self._restate()

    def _restate(self) -> None:
        trouble = self._store.trouble
        if trouble is not None:
            self._board.set(state=SyncState.STORAGE, message=trouble)
        elif self._link.trouble is not None:
            self._board.set(state=self._link.trouble, message=self._link.message)
        else:
            busy = self._pulling or self._push.active or self._details.active
            state = SyncState.SYNCING if busy else SyncState.IDLE
            self._board.set(state=state, message=self._refusal)
