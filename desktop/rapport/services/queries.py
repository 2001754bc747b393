"""The questions the window asks the local copy, answered on its own loop."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from datetime import datetime
from types import EllipsisType
from typing import TYPE_CHECKING

from rapport.domain.commands import Command
from rapport.domain.filters import ContactQuery
from rapport.domain.ports import Clock
from rapport.domain.records import Id, Kind
from rapport.domain.views import (
    Agenda,
    AppointmentRow,
    ContactDetail,
    ContactExport,
    ContactPage,
    ContactRow,
    Coverage,
    OutboxItem,
    Preview,
    RecordConflict,
    RecordHit,
    Sending,
    SettledConflict,
    SidebarCounts,
    TaskGroups,
    TaskRow,
    UndoItem,
)

if TYPE_CHECKING:
    from rapport.store import Store


class AsyncQueries:
    """Each method runs on a reader thread of the store. "Now" and "today" are the clock's."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._queries = store.queries
        self._replica = store.replica
        self._clock = clock

    async def contacts(
        self, query: ContactQuery, first: int = 200, fields: Sequence[str] = ()
    ) -> ContactPage:
        """The first rows at once; ``keys`` is whole only when ``complete``, ``total`` -1 where
        counting takes longer than showing."""
        return await asyncio.wrap_future(self._queries.contacts(query, first, fields))

    async def contact_keys(self, query: ContactQuery) -> array[int]:
        """Every row key of the list, in its order."""
        return await asyncio.wrap_future(self._queries.contact_keys(query))

    async def count(self, query: ContactQuery) -> int:
        """How many contacts a list has."""
        return await asyncio.wrap_future(self._queries.count(query))

    async def rows(
        self, keys: Sequence[int], text: str = "", fields: Sequence[str] = ()
    ) -> list[ContactRow]:
        """The rows of these keys, in the same order; a key that is gone has no row. ``text`` is
        the search, for the snippets; ``fields`` are wanted besides."""
        return await asyncio.wrap_future(self._queries.rows(keys, text, fields))

    async def contact_ids(self, keys: Sequence[int]) -> list[Id]:
        """The contacts of these row keys, in the same order, without those that are gone."""
        return await asyncio.wrap_future(self._queries.contact_ids(keys))

    async def preview(self, commands: Sequence[Command], samples: int = 5) -> Preview:
        """What the commands would do to the records as they are; nothing is changed."""
        return await asyncio.wrap_future(self._queries.preview(commands, samples))

    async def sending(self, seqs: Sequence[int]) -> Sending:
        """What has become of these edits of the outbox."""
        return await asyncio.wrap_future(self._queries.sending(seqs))

    async def listed(self, keys: Sequence[int]) -> array[int]:
        """Those of the row keys whose contacts are still there."""
        return await asyncio.wrap_future(self._queries.listed(keys))

    async def exported(self, keys: Sequence[int]) -> list[ContactExport]:
        """The contacts of these keys whole, in the same order, without those that are gone."""
        return await asyncio.wrap_future(self._queries.exported(keys))

    async def row_of(self, contact_id: Id) -> ContactRow | None:
        return await asyncio.wrap_future(self._queries.row_of(contact_id))

    async def of_business(self, business_id: str, limit: int) -> tuple[list[ContactRow], int]:
        """Contacts of a business, the newest first, and how many there are in all."""
        return await asyncio.wrap_future(self._queries.of_business(business_id, limit))

    async def server_id(self, kind: Kind, id: Id) -> str | None:
        """How the CRM calls a record; None for one that it has not got yet."""
        return await asyncio.wrap_future(self._replica.rid_of(kind, id))

    async def local_id(self, kind: Kind, server_id: str) -> Id | None:
        """The inverse; None for a record that is not here, or not any more."""
        return await asyncio.wrap_future(self._replica.lid_of(kind, server_id))

    async def detail(self, contact_id: Id) -> ContactDetail | None:
        return await asyncio.wrap_future(self._queries.detail(contact_id))

    async def tasks(
        self, assigned_to: str | EllipsisType | None = ..., limit: int = 200
    ) -> TaskGroups:
        """Today's page. ``...`` means anybody's tasks, None nobody's, else those of that user."""
        now, zone = self._clock.now(), self._clock.zone()
        return await asyncio.wrap_future(self._queries.tasks(now, zone, assigned_to, limit))

    async def task(self, task_id: Id) -> TaskRow | None:
        return await asyncio.wrap_future(self._queries.task(task_id))

    async def next_tasks(self, limit: int = 5) -> list[TaskRow]:
        """The open tasks that come next, earliest first; the latest overdue ones fill up."""
        return await asyncio.wrap_future(self._queries.next_tasks(self._clock.now(), limit))

    async def sidebar(self) -> SidebarCounts:
        now, zone = self._clock.now(), self._clock.zone()
        return await asyncio.wrap_future(self._queries.sidebar(now, zone))

    async def due_between(self, start: datetime, end: datetime) -> list[TaskRow]:
        """Open tasks whose reminder falls in ``start <= t < end``, earliest first."""
        return await asyncio.wrap_future(self._queries.due_between(start, end))

    async def agenda(self, start: datetime, end: datetime) -> Agenda:
        """Tasks and appointments of ``start <= t < end``."""
        return await asyncio.wrap_future(self._queries.agenda(start, end))

    async def appointment(self, appointment_id: Id) -> AppointmentRow | None:
        return await asyncio.wrap_future(self._queries.appointment(appointment_id))

    async def coverage(self) -> Coverage:
        return await asyncio.wrap_future(self._queries.coverage())

    async def outbox_items(self) -> list[OutboxItem]:
        """The edits that wait or were refused, oldest first."""
        return await asyncio.wrap_future(self._queries.outbox_items())

    async def conflicts(self) -> list[RecordConflict]:
        """What waits for a person's choice, the latest first."""
        return await asyncio.wrap_future(self._queries.conflicts())

    async def settled_conflicts(self) -> list[SettledConflict]:
        """What was decided in the last thirty days, the latest first."""
        return await asyncio.wrap_future(self._queries.settled())

    async def undo_items(self, limit: int = 50) -> list[UndoItem]:
        return await asyncio.wrap_future(self._queries.undo_items(limit))

    async def suggest_tags(self, prefix: str, limit: int = 8) -> list[tuple[str, int]]:
        """Tag names with the number of contacts that carry them, best match first."""
        return await asyncio.wrap_future(self._queries.suggest_tags(prefix, limit))

    async def suggest_values(self, field: str, prefix: str, limit: int = 8) -> list[str]:
        """Values that contacts have, such as their companies, the most frequent first."""
        return await asyncio.wrap_future(self._queries.suggest_values(field, prefix, limit))

    async def find_contacts(self, text: str, limit: int = 9) -> list[ContactRow]:
        """For pickers and the palette."""
        return await asyncio.wrap_future(self._queries.find_contacts(text, limit))

    async def find_records(self, text: str, limit: int = 5) -> list[RecordHit]:
        """Tasks and notes, for the palette."""
        return await asyncio.wrap_future(self._queries.find_records(text, limit))

    async def recent(self, ids: Sequence[Id]) -> list[ContactRow]:
        """The rows of recently opened contacts, in the order given, without those gone."""
        return await asyncio.wrap_future(self._queries.recent(ids))
