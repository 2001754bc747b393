"""What has no bulk read: notes and appointments (and tasks, where they cannot be searched), fetched
when a person opens the contact, and for all others bit by bit in the background."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from rapport.api import ApiClient, Lane, Remote
from rapport.domain.errors import ApiError, CapabilityError, GoneError, RapportError
from rapport.domain.ports import Clock
from rapport.domain.records import Id, Kind
from rapport.store import Store
from rapport.sync.intake import Intake
from rapport.sync.link import Link
from rapport.sync.pace import Pace, pause
from rapport.sync.reference import ReferenceData
from rapport.sync.tasks import Tasks

log = logging.getLogger(__name__)

REST_S = 60.0
_PAGE = 50
_AT_ONCE = 3
"""Contacts read at the same time in the background: the budget is used in full over a slow line
too."""


class Details:
    def __init__(
        self,
        store: Store,
        client: ApiClient,
        reference: ReferenceData,
        tasks: Tasks,
        intake: Intake,
        link: Link,
        clock: Clock,
        pace: Pace,
        changed: Callable[[], None],
    ) -> None:
        self._replica = store.replica
        self._client = client
        self._reference = reference
        self._tasks = tasks
        self._intake = intake
        self._link = link
        self._clock = clock
        self._pace = pace
        self._changed = changed
        self._asked: list[Id] = []
        self._wake = asyncio.Event()
        self._more = asyncio.Event()
        self._read_at: dict[Id, float] = {}
        self._todo: deque[tuple[Id, str]] = deque()
        self._reading: set[Id] = set()
        self._failed: set[Id] = set()
        self._choosing = asyncio.Lock()
        self.active = False
        self._off: set[Kind] = set()

    def opened(self, contact_id: Id) -> None:
        """The contact opened last is fetched first; those before it were left again."""
        if contact_id in self._asked:
            self._asked.remove(contact_id)
        self._asked.append(contact_id)
        del self._asked[:-8]
        self._wake.set()

    def more(self) -> None:
        """There are contacts now whose details nobody has read."""
        self._more.set()

    async def serve(self) -> None:
        """Fetches what persons open, at once and before all background work."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._asked:
                contact_id = self._asked.pop()
                at = self._read_at.get(contact_id)
                if at is not None and self._clock.monotonic() - at < self._pace.fresh_s:
                    continue
                self.active = True
                self._changed()
                try:
                    await self._fetch(contact_id, None, Lane.PERSON)
                except ApiError as error:
                    log.warning("Details could not be read: %s", error.english)
                finally:
                    self.active = False
                    self._changed()

    async def backfill(self) -> None:
        """Fetches the details of all contacts, latest activity first, as fast as the pacer lets
        background work go."""
        self._reading.clear()
        self._failed.clear()
        async with asyncio.TaskGroup() as group:
            for _ in range(_AT_ONCE):
                group.create_task(self._fill())

    async def _fill(self) -> None:
        took = 0.0
        while True:
            await self._clock.sleep(max(0.0, _AT_ONCE * self._pace.backfill_s - took))
            contact_id, rid = await self._next()
            started = self._clock.monotonic()
            while pause_s := self._client.pacer.backfill_pause_s():
                await self._clock.sleep(min(pause_s, REST_S))
            try:
                await self._fetch(contact_id, rid, Lane.BACKGROUND)
            except RapportError as error:
                self._failed.add(contact_id)
                log.warning("Details could not be read: %s", error.english)
            finally:
                self._reading.discard(contact_id)
            took = self._clock.monotonic() - started

    async def _next(self) -> tuple[Id, str]:
        """The next contact that nobody reads yet. Those that could not be read come again after a
        rest, when all others are done."""
        async with self._choosing:
            while not self._todo:
                known = self._reading | self._failed
                found = self._replica.contacts_without_details(_PAGE + len(known))
                self._todo.extend(
                    one for one in await asyncio.wrap_future(found) if one[0] not in known
                )
                if not self._todo:
                    self._more.clear()
                    await pause(self._clock, REST_S, self._more)
                    self._failed.clear()
            contact_id, rid = self._todo.popleft()
            self._reading.add(contact_id)
            return contact_id, rid

    async def refresh_tasks(self, rids: list[str]) -> None:
        """Where tasks cannot be searched: those of contacts that have just changed."""
        if self._tasks.available:
            return
        for rid in rids:
            contact_id = await asyncio.wrap_future(self._replica.lid_of(Kind.CONTACT, rid))
            if contact_id is not None:
                try:
                    await self._children(contact_id, rid, Kind.TASK, Lane.BACKGROUND)
                except ApiError as error:
                    log.info("Tasks of a contact could not be read: %s", error.english)

    async def again(self, rid: str) -> None:
        """What belongs to a contact was changed by an operation that a person sent."""
        contact_id = await asyncio.wrap_future(self._replica.lid_of(Kind.CONTACT, rid))
        if contact_id is None:
            return
        for kind in (Kind.TASK, Kind.NOTE, Kind.APPOINTMENT):
            for remote in await self._children(contact_id, rid, kind, Lane.PERSON):
                self._intake.wrote(kind, remote.rid, remote.values.get("updated_at"))
        self._changed()

    async def _fetch(self, contact_id: Id, rid: str | None, lane: Lane) -> None:
        if rid is None:
            rid = await asyncio.wrap_future(self._replica.rid_of(Kind.CONTACT, contact_id))
        if rid is None:
            return  # made here and not sent yet
        kinds = [Kind.NOTE, Kind.APPOINTMENT]
        if lane is Lane.PERSON or not self._tasks.available:
            kinds.append(Kind.TASK)
        reads: list[Awaitable[object]] = [
            self._children(contact_id, rid, kind, lane) for kind in kinds
        ]
        if lane is Lane.PERSON:
            reads.append(self._contact(rid))
        results = await asyncio.gather(*reads, return_exceptions=True)
        for result in results:
            if isinstance(result, GoneError):
                await self._confirm_gone(rid)
                return
            if isinstance(result, BaseException):
                raise result
        if lane is Lane.PERSON:  # the background leaves out the contact itself
            self._read_at[contact_id] = self._clock.monotonic()
        if len(self._read_at) > 1000:
            self._read_at.clear()
        await asyncio.wrap_future(self._replica.mark_details([contact_id], self._clock.now()))

    async def _contact(self, rid: str) -> None:
        """The whole contact: the search leaves out website and time zone."""
        found, epoch = await self._link.call(
            lambda: self._intake.stamped(self._client.contacts.get(rid, lane=Lane.PERSON)), tries=3
        )
        self._intake.wrote(Kind.CONTACT, rid, found.values.get("updated_at"))
        await self._intake.take([found], epoch)

    async def _children(
        self, contact_id: Id, rid: str, kind: Kind, lane: Lane
    ) -> tuple[Remote, ...]:
        if kind in self._off:
            return ()
        zone = self._reference.zone

        async def read() -> tuple[Remote, ...]:
            match kind:
                case Kind.NOTE:
                    return await self._client.notes.of(rid, lane=lane)
                case Kind.TASK:
                    return await self._client.tasks.of(rid, lane=lane)
                case _:
                    return await self._client.contacts.appointments(rid, zone=zone, lane=lane)

        try:
            found, epoch = await self._link.call(lambda: self._intake.stamped(read()), tries=3)
        except CapabilityError:
            log.info("The token may not read %ss: done without", kind.value)
            self._off.add(kind)
            return ()
        await self._intake.children(contact_id, kind, found, epoch)
        return found

    async def _confirm_gone(self, rid: str) -> None:
        try:
            await self._contact(rid)
        except GoneError:
            await asyncio.wrap_future(self._replica.vanish(Kind.CONTACT, [rid]))
