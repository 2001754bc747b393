"""What the window reads. Every method runs on a reader thread and returns a Future."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta, tzinfo
from types import EllipsisType
from typing import Any

from msgspec import convert

from rapport.domain.changes import Origin
from rapport.domain.commands import Command
from rapport.domain.filters import STANDARD_LISTS, ContactQuery
from rapport.domain.ports import Clock
from rapport.domain.records import (
    Contact,
    Id,
    Kind,
)
from rapport.domain.text import fold
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
    Reference,
    Sending,
    SettledConflict,
    SidebarCounts,
    TaskGroups,
    TaskRow,
    UndoItem,
)
from rapport.store import due, ledger, lists
from rapport.store.audit import contact_in
from rapport.store.contact_detail import contact_detail
from rapport.store.hits import records_of
from rapport.store.preview import preview
from rapport.store.read_models import SORTED_CHARS, SORTED_TEXTS
from rapport.store.replica import read_reference
from rapport.store.schema import KIND_NUMBER
from rapport.store.sql import Sql
from rapport.store.threads import Readers
from rapport.store.values import (
    decode,
    encode,
    from_ms,
    to_ms,
    unpack,
)

SHOWN_TAGS = 200
SHOWN_NAMES = 3
_SEARCHED = 50
"""Contacts whose tasks and notes the palette looks through."""


class Queries:
    """Cancelling a Future that has not started drops the query: a newer keystroke overtakes."""

    def __init__(self, readers: Readers, clock: Clock) -> None:
        self._readers = readers
        self._clock = clock

    def _here(self) -> datetime:
        """Now, in the person's zone: days begin there."""
        return self._clock.now().astimezone(self._clock.zone())

    def contacts(
        self, query: ContactQuery, first: int = 200, fields: Sequence[str] = ()
    ) -> Future[ContactPage]:
        """The first rows, with ``fields`` besides, and the count at once. ``keys`` are all keys of
        the list when ``complete``, else those of the rows; ``contact_keys`` has the rest."""
        now = self._here()

        def job(db: Sql) -> ContactPage:
            found = lists.matching(db, query, now)
            keys = lists.first_keys(db, query, found, first)
            total = lists.contact_count(db) if found is None else len(found)
            return ContactPage(
                rows=tuple(lists.rows(db, keys[:first], query.text, fields)),
                total=total,
                keys=array("q", keys),
                complete=len(keys) >= total,
            )

        return self._readers.submit(job)

    def contact_keys(self, query: ContactQuery) -> Future[array[int]]:
        """The row keys of the whole list, in its order."""
        now = self._here()
        return self._readers.submit(
            lambda db: lists.all_keys(db, query, lists.matching(db, query, now)), is_long=True
        )

    def count(self, query: ContactQuery) -> Future[int]:
        """How many contacts a list has."""
        now = self._here()

        def job(db: Sql) -> int:
            if not query.text.strip():
                return lists.count_where(db, query.conditions, now)
            found = lists.matching(db, query, now)
            return lists.contact_count(db) if found is None else len(found)

        return self._readers.submit(job)

    def rows(
        self, keys: Sequence[int], text: str = "", fields: Sequence[str] = ()
    ) -> Future[list[ContactRow]]:
        """The rows of these keys in their order, without those that are gone. ``text`` is the
        search, for the snippets; ``fields`` are wanted besides."""
        return self._readers.submit(lambda db: lists.rows(db, keys, text, fields))

    def contact_ids(self, keys: Sequence[int]) -> Future[list[Id]]:
        """The contacts of these row keys, in the same order; one that is gone is left out."""
        sql = "SELECT c.id FROM json_each(?) k JOIN contact_row c ON c.key = k.value ORDER BY k.key"
        bindings = (encode(list(keys)).decode(),)
        return self._readers.submit(
            lambda db: [id for (id,) in db.rows(sql, bindings)], is_long=True
        )

    def preview(self, commands: Sequence[Command], samples: int) -> Future[Preview]:
        """What the commands would do, with the first ``samples`` records that would change."""
        return self._readers.submit(lambda db: preview(db, commands, samples), is_long=True)

    def listed(self, keys: Sequence[int]) -> Future[array[int]]:
        """Those of the row keys whose contacts are still there."""
        sql = "SELECT key FROM contact_row WHERE key IN (SELECT value FROM json_each(?))"
        bindings = (encode(list(keys)).decode(),)
        return self._readers.submit(
            lambda db: array("q", (key for (key,) in db.rows(sql, bindings))), is_long=True
        )

    def exported(self, keys: Sequence[int]) -> Future[list[ContactExport]]:
        """The contacts of these keys whole, in the same order; one that is gone is left out."""
        sql = (
            "SELECT r.id, r.rid, r.shown FROM json_each(?) k JOIN record r ON r.key = k.value"
            " WHERE r.tomb = 0 ORDER BY k.key"
        )

        def job(db: Sql) -> list[ContactExport]:
            rows = db.rows(sql, (encode(list(keys)).decode(),))
            return [
                ContactExport(
                    server_id=rid,
                    contact=convert({"id": id, **unpack(Kind.CONTACT, shown)}, Contact),
                )
                for id, rid, shown in rows
            ]

        return self._readers.submit(job, is_long=True)

    def row_of(self, id: Id) -> Future[ContactRow | None]:
        return self._readers.submit(lambda db: next(iter(_rows_of(db, [id])), None))

    def of_business(self, business_id: str, limit: int) -> Future[tuple[list[ContactRow], int]]:
        """Contacts of a business, the newest first, and how many there are in all."""

        def job(db: Sql) -> tuple[list[ContactRow], int]:
            # As it stands in the packed values: no value of a person's can look like it unescaped.
            part = b'"business_id":' + encode(business_id)
            keys = [
                key
                for (key,) in db.rows(
                    "SELECT key FROM record WHERE kind = ? AND tomb = 0 AND instr(shown, ?) > 0"
                    " ORDER BY key DESC",
                    (KIND_NUMBER[Kind.CONTACT], part),
                )
            ]
            return lists.rows(db, keys[:limit]), len(keys)

        return self._readers.submit(job)

    def recent(self, ids: Sequence[Id]) -> Future[list[ContactRow]]:
        """The rows of these contacts in their order, without those that are gone."""
        return self._readers.submit(lambda db: _rows_of(db, ids))

    def find_contacts(self, text: str, limit: int = 10) -> Future[list[ContactRow]]:
        """For pickers: names that begin so, then other matches, each with the latest activity
        first."""
        query = ContactQuery(text=text)
        now = self._clock.now()

        def job(db: Sql) -> list[ContactRow]:
            found = lists.matching(db, query, now)
            keys = lists.first_keys(db, query, found, limit)[:limit]
            named = lists.keys_by_name(db, text, limit)
            return lists.rows(db, list(dict.fromkeys([*named, *keys]))[:limit])

        return self._readers.submit(job)

    def find_records(self, text: str, limit: int = 5) -> Future[list[RecordHit]]:
        """Tasks and notes that have all words of ``text``, of the contacts with the latest
        activity; open tasks first."""
        now = self._clock.now()

        def job(db: Sql) -> list[RecordHit]:
            query = ContactQuery(text=text)
            found = lists.matching(db, query, now)
            if found is None:
                return []
            keys = lists.first_keys(db, query, found, _SEARCHED)[:_SEARCHED]
            return records_of(db, keys, text)[:limit]

        return self._readers.submit(job)

    def detail(self, id: Id) -> Future[ContactDetail | None]:
        return self._readers.submit(lambda db: contact_detail(db, id))

    def tasks(
        self,
        now: datetime,
        zone: tzinfo,
        assigned_to: str | EllipsisType | None = ...,
        limit: int = 200,
    ) -> Future[TaskGroups]:
        """Open tasks by day in ``zone``, ``limit`` of the upcoming ones and as many of each other
        group. ``assigned_to`` None means nobody, ``...`` anybody."""
        midnight = _tomorrow(now, zone)
        return self._readers.submit(
            lambda db: due.tasks_by_day(db, now, midnight, assigned_to, limit)
        )

    def task(self, id: Id) -> Future[TaskRow | None]:
        return self._readers.submit(lambda db: due.task(db, id))

    def due_between(self, start: datetime, end: datetime) -> Future[list[TaskRow]]:
        """Open tasks whose reminder (the due time, or the end of a later snooze) is in
        ``start <= t < end``, earliest first."""
        return self._readers.submit(lambda db: due.reminded_between(db, start, end))

    def agenda(self, start: datetime, end: datetime) -> Future[Agenda]:
        """What a calendar shows of ``start <= t < end``: tasks due in it, done or not, and
        appointments of which a part is in it."""
        return self._readers.submit(lambda db: due.agenda(db, start, end))

    def appointment(self, id: Id) -> Future[AppointmentRow | None]:
        return self._readers.submit(lambda db: due.appointment(db, id))

    def next_tasks(self, now: datetime, limit: int = 5) -> Future[list[TaskRow]]:
        """Open tasks that come next; where there are fewer than ``limit``, the latest overdue ones
        before them. Earliest first."""
        return self._readers.submit(lambda db: due.next_tasks(db, now, limit))

    def sidebar(self, now: datetime, zone: tzinfo) -> Future[SidebarCounts]:
        midnight = _tomorrow(now, zone)

        def job(db: Sql) -> SidebarCounts:
            count = "SELECT count(*) FROM task_row WHERE completed = 0 AND due < ?"
            tags = db.rows(
                "SELECT name, contacts FROM tag WHERE contacts > 0"
                " ORDER BY contacts DESC, folded LIMIT ?",
                (SHOWN_TAGS,),
            )
            return SidebarCounts(
                contacts=lists.contact_count(db),
                due=db.value(count, (to_ms(midnight),)),
                overdue=db.value(count, (to_ms(now),)),
                tags=tuple(tags),
                smart_lists=tuple(
                    (smart, lists.count_where(db, smart.conditions, now.astimezone(zone)))
                    for smart in (*STANDARD_LISTS, *lists.kept(db))
                ),
            )

        return self._readers.submit(job, is_long=True)

    def coverage(self) -> Future[Coverage]:
        def job(db: Sql) -> Coverage:
            return Coverage(
                contacts=lists.contact_count(db),
                with_notes=db.value("SELECT count(*) FROM details"),
            )

        return self._readers.submit(job, is_long=True)

    def outbox_items(self) -> Future[list[OutboxItem]]:
        """Waiting edits, oldest first."""
        now = self._clock.now()
        return self._readers.submit(lambda db: ledger.items(db, now), is_long=True)

    def sending(self, seqs: Sequence[int]) -> Future[Sending]:
        """What has become of these edits of the outbox."""
        now = self._clock.now()
        return self._readers.submit(lambda db: ledger.sending(db, seqs, now), is_long=True)

    def conflicts(self) -> Future[list[RecordConflict]]:
        """What waits for a person's choice, the latest first."""
        return self._readers.submit(ledger.conflicts)

    def settled(self) -> Future[list[SettledConflict]]:
        """What was decided in the last thirty days, the latest first."""
        now = self._clock.now()
        return self._readers.submit(lambda db: ledger.settled(db, now))

    def undo_items(self, limit: int = 20) -> Future[list[UndoItem]]:
        """What can be taken back, newest first."""
        sql = (
            "SELECT id, title, at, mutations FROM undo WHERE done = 0 AND origin <> ?"
            " ORDER BY id DESC LIMIT ?"
        )
        bindings = (Origin.UNDO.value, limit)
        return self._readers.submit(
            lambda db: [
                UndoItem(id=id, title=title, at=from_ms(at), about=_about(db, decode(mutations)))
                for id, title, at, mutations in db.rows(sql, bindings)
            ]
        )

    def suggest_tags(self, prefix: str, limit: int = 10) -> Future[list[tuple[str, int]]]:
        """Tags that begin with ``prefix``, accents and case aside, most used first."""
        start = fold(prefix.strip())
        sql = (
            "SELECT name, contacts FROM tag WHERE folded >= ? AND folded < ?"
            " ORDER BY contacts DESC, folded LIMIT ?"
        )
        bindings = (start, start + "\U0010ffff", limit)
        return self._readers.submit(lambda db: list(db.rows(sql, bindings)))

    def suggest_values(self, field: str, prefix: str, limit: int = 10) -> Future[list[str]]:
        """Values of one of the sorted fields that begin so, accents and case aside, those of most
        contacts first."""
        assert field in SORTED_TEXTS
        start = fold(prefix.strip())[:SORTED_CHARS]
        sql = (
            "SELECT json_extract(CAST(shown AS TEXT), ?) FROM record JOIN"
            f" (SELECT min(key) AS key, count(*) AS many, {field}_sort AS value FROM contact_row"
            f" WHERE {field}_sort >= ? AND {field}_sort < ? GROUP BY {field}_sort"
            " ORDER BY many DESC, value LIMIT ?) USING (key) ORDER BY many DESC, value"
        )
        # What sorts last stands for no value, and is left out.
        end = start + "\U0010fffe"
        bindings = (f"$.{field}", start, end, limit)
        return self._readers.submit(lambda db: [value for (value,) in db.rows(sql, bindings)])

    def reference(self) -> Future[Reference]:
        return self._readers.submit(read_reference)

    def draft(self, contact_id: Id, note_id: Id | None = None) -> Future[str | None]:
        """The unsaved text of a note that was being written; ``note_id`` None: a new one."""
        sql = "SELECT body FROM draft WHERE contact_id = ? AND note_id = ?"
        return self._readers.submit(lambda db: db.value(sql, (contact_id, note_id or "")))


def _tomorrow(now: datetime, zone: tzinfo) -> datetime:
    """The midnight that ends today, where the person is."""
    day = now.astimezone(zone).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _rows_of(db: Sql, ids: Sequence[Id]) -> list[ContactRow]:
    sql = "SELECT key FROM record WHERE id = ? AND kind = 1"
    keys = [db.value(sql, (id,)) for id in ids]
    return lists.rows(db, [key for key in keys if key is not None])


def _about(db: Sql, mutations: list[dict[str, Any]]) -> str:
    """Whose records these mutations concern, three at most."""
    names: list[str] = []
    for contact_id in dict.fromkeys(mutation["contact_id"] for mutation in mutations):
        if len(names) == SHOWN_NAMES:
            names.append("…")
            break
        name = contact_in(db, contact_id)[0]
        if name:
            names.append(name)
    return ", ".join(names)
