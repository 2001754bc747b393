"""The location's calendars, read for the stretch of time that a person looks at.

Appointments have no "changed since": those of a contact come when it is opened, and those of a
week when it is shown. Which stretches were ever read whole is kept, so that a calendar can say
without a network how complete it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from rapport.api import ApiClient, Lane, Remote
from rapport.domain.errors import CapabilityError, GoneError, RapportError
from rapport.domain.ports import Clock
from rapport.domain.records import Kind
from rapport.domain.scopes import EVENTS_READ, Capabilities
from rapport.domain.views import AgendaRead
from rapport.store import Store
from rapport.sync.intake import Intake
from rapport.sync.link import Link
from rapport.sync.pace import Pace

log = logging.getLogger(__name__)

READ = "agenda.read"
_MOST_KEPT = 60
"""Stretches remembered; whoever leafs through years forgets the first ones."""
_OFF = timedelta(days=1)
"""The reading reaches this far beyond what is shown, so that long appointments are found too."""

Span = tuple[float, float]
"""Seconds since 1970."""


class Agenda:
    def __init__(
        self,
        store: Store,
        client: ApiClient,
        capabilities: Capabilities,
        intake: Intake,
        link: Link,
        clock: Clock,
        pace: Pace,
        find: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._store = store
        self._client = client
        self._intake = intake
        self._link = link
        self._clock = clock
        self._pace = pace
        self._find = find
        self._allowed = capabilities.has(EVENTS_READ.name) and capabilities.has(
            "calendars.readonly"
        )
        self._fresh: list[tuple[Span, float]] = []
        self._one = asyncio.Lock()

    async def read(self, start: datetime, end: datetime) -> AgendaRead:
        if not self._allowed:
            return AgendaRead.NO_RIGHT
        span = start.timestamp(), end.timestamp()
        async with self._one:  # the same week asked for twice is read once
            if self._is_fresh(span):
                return AgendaRead.WHOLE
            if self._link.trouble is None:
                try:
                    await self._read(start, end)
                except CapabilityError:
                    log.info("The token may not read calendars: done without")
                    self._allowed = False
                    return AgendaRead.NO_RIGHT
                except RapportError as error:
                    self._link.failed(error)
                    log.warning("The calendars could not be read: %s", error.title)
                else:
                    self._link.succeeded()
                    await self._remember(span)
                    return AgendaRead.WHOLE
            return AgendaRead.BEFORE if within(span, await self._known()) else AgendaRead.PARTLY

    async def free_slots(
        self, calendar_id: str, start: datetime, end: datetime
    ) -> tuple[datetime, ...]:
        found = await self._client.calendars.free_slots(calendar_id, start, end, lane=Lane.PERSON)
        return tuple(map(datetime.fromisoformat, found))

    async def _read(self, start: datetime, end: datetime) -> None:
        epoch = self._store.replica.epoch()
        known = await asyncio.wrap_future(self._store.queries.reference())
        calendars = known.calendars or await self._client.calendars.list(lane=Lane.PERSON)
        answers = await asyncio.gather(
            *(
                self._client.appointments.between(
                    start - _OFF, end, calendar_id=calendar.id, lane=Lane.PERSON
                )
                for calendar in calendars
            )
        )
        found = [one for answer in answers for one in answer]
        await self._intake.take(found, epoch, find=self._find)
        await self._look_for_missing(start - _OFF, end, found)

    async def _look_for_missing(
        self, start: datetime, end: datetime, found: Sequence[Remote]
    ) -> None:
        """Known to begin in this stretch, and in no calendar there: moved or deleted elsewhere."""
        listed = {remote.rid for remote in found}
        known = await asyncio.wrap_future(self._store.replica.appointments_between(start, end))
        for rid, _ in known:
            if rid in listed:
                continue
            epoch = self._store.replica.epoch()
            try:
                remote = await self._client.appointments.get(rid, lane=Lane.PERSON)
            except GoneError:
                await asyncio.wrap_future(self._store.replica.vanish(Kind.APPOINTMENT, [rid]))
            else:
                await self._intake.take([remote], epoch)

    def _is_fresh(self, span: Span) -> bool:
        limit = self._clock.monotonic() - self._pace.fresh_s
        self._fresh = [one for one in self._fresh if one[1] > limit]
        return any(since <= span[0] and span[1] <= until for (since, until), _ in self._fresh)

    async def _known(self) -> list[Span]:
        kept = await asyncio.wrap_future(self._store.replica.cursor(READ))
        return [(since, until) for since, until in kept or ()]

    async def _remember(self, span: Span) -> None:
        self._fresh.append((span, self._clock.monotonic()))
        known = await self._known()
        if not within(span, known):
            spans = joined([*known, span])[-_MOST_KEPT:]
            await asyncio.wrap_future(self._store.replica.set_cursor(READ, spans))


def joined(spans: Sequence[Span]) -> list[Span]:
    """The same stretches in order, with those that touch or overlap as one."""
    result: list[Span] = []
    for since, until in sorted(spans):
        if result and since <= result[-1][1]:
            result[-1] = result[-1][0], max(until, result[-1][1])
        else:
            result.append((since, until))
    return result


def within(span: Span, spans: Sequence[Span]) -> bool:
    """Whether one of the joined stretches holds it whole."""
    return any(since <= span[0] and span[1] <= until for since, until in spans)
