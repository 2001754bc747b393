"""What is read of the audit log, what is added to it besides changes, and its pruning."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from rapport.domain.audit import (
    OPERATION,
    Act,
    AuditEntry,
    AuditFilter,
    AuditGroup,
    AuditIndex,
    Chain,
    Departed,
    ServerReply,
)
from rapport.domain.changes import Origin
from rapport.domain.errors import InputError, StoreError
from rapport.domain.records import Id, Kind, Record, Ref, record_from
from rapport.domain.text import fold
from rapport.store.chain import Verified, signed_bytes, verify_chain
from rapport.store.database import Database
from rapport.store.schema import KIND_NUMBER, KIND_OF, MIGRATIONS
from rapport.store.sql import Sql
from rapport.store.threads import Readers, Writer
from rapport.store.transaction import Transaction
from rapport.store.values import decode, from_ms, to_ms, unpack

PAGE = 500
KINDS = frozenset(kind.value for kind in Kind)

_SHOWN = (Act.CREATE, Act.UPDATE, Act.DELETE, Act.CALL, Act.CHECKPOINT)


def read_index(db: Sql, wanted: AuditFilter, zone: tzinfo, *, grouped: bool = False) -> AuditIndex:
    """``grouped``: of many edits made as one, only the last entry."""
    where, bindings = _where(wanted)
    if grouped:
        where += f" AND (batch = 0 OR id = ({_LAST_OF_GROUP}))"
    rows = db.rows(f"SELECT id, at FROM audit WHERE {where} ORDER BY id DESC", bindings)
    times = array("q", [at for _, at in rows])
    return AuditIndex(ids=array("q", [id for id, _ in rows]), days=tuple(_days(times, zone)))


_MEMBERS = "b.op IN ('create', 'update', 'delete')"
_LAST_OF_GROUP = f"SELECT max(b.id) FROM audit b WHERE b.batch = audit.batch AND {_MEMBERS}"


def _days(times: array[int], zone: tzinfo) -> Iterator[tuple[int, date]]:
    """Times go down, but for a clock that was set; then a day may come twice."""
    at = 0
    while at < len(times):
        day = from_ms(times[at]).astimezone(zone).date()
        yield at, day
        start = to_ms(datetime(day.year, day.month, day.day, tzinfo=zone))
        at = max(at + 1, bisect_right(times, -start, at, key=lambda time: -time))


def _where(wanted: AuditFilter) -> tuple[str, list[Any]]:
    clauses = [f"op IN ({', '.join('?' for _ in _SHOWN)})"]
    bindings: list[Any] = [act.value for act in _SHOWN]
    for column, values in (("origin", wanted.origins), ("kind", wanted.kinds)):
        if values:
            clauses.append(f"{column} IN ({', '.join('?' for _ in values)})")
            bindings += [str(value) for value in values]
    if wanted.contact_id:
        clauses.append("contact_id = ?")
        bindings.append(wanted.contact_id)
    if wanted.group:
        clauses.append("batch = ?")
        bindings.append(wanted.group)
    if wanted.since is not None:
        clauses.append("at >= ?")
        bindings.append(to_ms(wanted.since))
    if wanted.until is not None:
        clauses.append("at < ?")
        bindings.append(to_ms(wanted.until))
    for word in fold(wanted.text).split():
        clauses.append("instr(words, ?) > 0")
        bindings.append(word)
    return " AND ".join(clauses), bindings


def read_entries(db: Sql, ids: Sequence[int]) -> list[AuditEntry]:
    """The entries of these ids, in their order, without those that are gone."""
    rows = db.rows(
        "SELECT id, at, origin, who, op, kind, record_id, contact_id, title, fields, sending,"
        f" batch, hash FROM audit WHERE id IN ({', '.join('?' for _ in ids)})",
        tuple(ids),
    )
    found = {row[0]: row for row in rows}
    names: dict[Id, tuple[str, bool]] = {}
    groups = {batch: _group(db, batch) for batch in {row[-2] for row in rows} if batch}
    return [_entry(db, found[id], names, groups) for id in ids if id in found]


def _group(db: Sql, undo_id: int) -> AuditGroup | None:
    size = db.value(f"SELECT count(*) FROM audit b WHERE b.batch = ? AND {_MEMBERS}", (undo_id,))
    entry = db.row("SELECT title, done FROM undo WHERE id = ?", (undo_id,))
    if entry is None or size < 2:
        return None
    return AuditGroup(undo_id=undo_id, title=entry[0], size=size, undone=bool(entry[1]))


def _entry(
    db: Sql,
    row: tuple[Any, ...],
    names: dict[Id, tuple[str, bool]],
    groups: dict[int, AuditGroup | None],
) -> AuditEntry:
    id, at, origin, who, act, kind, record_id, contact_id, title, blob, sending, *rest = row
    batch, kept = rest
    fields = {name: (before, after) for name, (before, after) in decode(blob).items()}
    if contact_id not in names:
        names[contact_id] = contact_in(db, contact_id) if contact_id else ("", False)
    contact_name, departed = names[contact_id]
    if not contact_name and kind == Kind.CONTACT:
        contact_name = _name_in(fields)
    return AuditEntry(
        id=id,
        at=from_ms(at),
        origin=Origin(origin),
        who=who,
        act=Act(act),
        kind=kind,
        record_id=record_id,
        contact_id=contact_id,
        title=title,
        fields=fields,
        contact_name=contact_name,
        record_name=_record_name(db, kind, record_id, fields, contact_name),
        reply=_reply(db, id, sending),
        waiting=sending.isdecimal()
        and db.value("SELECT 1 FROM op WHERE seq = ?", (int(sending),)) is not None,
        departed=departed,
        group=groups.get(batch),
        hash=kept.hex(),
    )


def contact_in(db: Sql, id: Id) -> tuple[str, bool]:
    """Its name, and whether it is deleted and can be brought back."""
    there = db.row(
        "SELECT r.shown, r.tomb FROM record r WHERE r.id = ? AND r.kind = ?",
        (id, KIND_NUMBER[Kind.CONTACT]),
    )
    kept = db.value("SELECT name FROM departed WHERE contact_id = ?", (id,))
    if there is not None:
        values = unpack(Kind.CONTACT, there[0])
        return _full_name(values), bool(there[1]) and kept is not None
    return kept or "", kept is not None


def _full_name(values: dict[str, Any]) -> str:
    full = f"{values.get('first_name') or ''} {values.get('last_name') or ''}".strip()
    return full or str(values.get("company") or values.get("email") or values.get("phone") or "")


def _name_in(fields: dict[str, tuple[Any, Any]]) -> str:
    return _full_name({name: after or before for name, (before, after) in fields.items()})


def _record_name(
    db: Sql, kind: str, record_id: str, fields: dict[str, tuple[Any, Any]], contact_name: str
) -> str:
    if kind == Kind.CONTACT:
        return contact_name
    if kind == OPERATION:
        return record_id
    field = "body" if kind == Kind.NOTE else "title"
    before, after = fields.get(field, (None, None))
    text = after or before
    if not text and kind in KINDS:
        shown = db.row("SELECT kind, shown FROM record WHERE id = ?", (record_id,))
        text = unpack(KIND_OF[shown[0]], shown[1]).get(field) if shown else ""
    return str(text or "")[:200]


def _reply(db: Sql, id: int, sending: str) -> ServerReply | None:
    if not sending:
        return None
    row = db.row(
        "SELECT at, fields FROM audit WHERE sending = ? AND op = ? AND id > ?"
        " ORDER BY id DESC LIMIT 1",
        (sending, Act.REPLY.value, id),
    )
    if row is None:
        return None
    told = {name: after for name, (_, after) in decode(row[1]).items()}
    return ServerReply(
        status=told.get("status") or 0,
        trace_id=told.get("trace_id") or "",
        text=told.get("text") or "",
        at=from_ms(row[0]),
    )


def read_departed(db: Sql, contact_id: Id) -> Departed | None:
    row = db.row("SELECT at, name, body FROM departed WHERE contact_id = ?", (contact_id,))
    if row is None:
        return None
    at, name, body = row
    kept = decode(body)
    return Departed(
        contact_id=contact_id,
        at=from_ms(at),
        name=name,
        contact=kept["contact"],
        children=tuple((Ref(Kind(kind), id), values) for kind, id, values in kept["children"]),
        appointments=kept["appointments"],
        sent=kept["sent"],
    )


class AuditLog:
    """Every method returns a Future; what writes is done once it is on disk."""

    def __init__(self, writer: Writer, readers: Readers) -> None:
        self._writer = writer
        self._readers = readers

    def index(
        self, wanted: AuditFilter, zone: tzinfo, *, grouped: bool = False
    ) -> Future[AuditIndex]:
        """``grouped``: of many edits made as one, only the last entry."""
        return self._readers.submit(
            lambda db: read_index(db, wanted, zone, grouped=grouped), is_long=True
        )

    def entries(self, ids: Sequence[int]) -> Future[list[AuditEntry]]:
        return self._readers.submit(lambda db: read_entries(db, ids))

    def record(self, ref: Ref) -> Future[Record | None]:
        """The record as a person sees it now; None when it, or its contact, is deleted."""
        sql = (
            "SELECT r.shown, c.id FROM record r JOIN record c"
            " ON c.key = coalesce(r.contact_key, r.key)"
            " WHERE r.id = ? AND r.kind = ? AND r.tomb = 0 AND c.tomb = 0"
        )

        def job(db: Sql) -> Record | None:
            row = db.row(sql, (ref.id, KIND_NUMBER[ref.kind]))
            if row is None:
                return None
            values = unpack(ref.kind, row[0])
            if ref.kind is not Kind.CONTACT:
                values["contact_id"] = row[1]
            return record_from(ref.kind, ref.id, values)

        return self._readers.submit(job)

    def departed(self, contact_id: Id) -> Future[Departed | None]:
        """A deleted contact as it was; None where nothing of it is kept."""
        return self._readers.submit(lambda db: read_departed(db, contact_id))

    def call(
        self,
        operation_id: str,
        title: str,
        arguments: dict[str, Any],
        *,
        name: str,
        contact_id: Id = "",
    ) -> Future[None]:
        """An operation that a person sends by hand; to be awaited before it is sent. ``name`` is
        unique; ``replied`` with it tells what came of it."""

        def job(tx: Transaction) -> None:
            tx.origin = Origin.PERSON
            tx.outbox = True  # whoever shows the log hears of it
            tx.log(
                act=Act.CALL,
                kind=OPERATION,
                record_id=operation_id,
                contact_id=contact_id,
                title=title,
                fields={key: (None, value) for key, value in arguments.items()},
                sending=name,
                name=operation_id,
            )

        return self._writer.person(job)

    def replied(self, sending: str, reply: ServerReply) -> Future[None]:
        """What the CRM answered to the entries of one sending: a seq of the outbox, or the name of
        a call. One that the log does not know needs no entry."""

        def job(tx: Transaction) -> None:
            asked = tx.db.row(
                "SELECT kind, record_id, contact_id, title FROM audit"
                " WHERE sending = ? AND op <> ? ORDER BY id DESC LIMIT 1",
                (sending, Act.REPLY.value),
            )
            if asked is None:
                return
            kind, record_id, contact_id, title = asked
            tx.outbox = True
            told = {"status": reply.status, "trace_id": reply.trace_id, "text": reply.text}
            tx.log(
                act=Act.REPLY,
                kind=kind,
                record_id=record_id,
                contact_id=contact_id,
                title=f"Reply to {title[:1].lower()}{title[1:]}",
                fields={key: (None, value) for key, value in told.items() if value},
                sending=sending,
            )

        return self._writer.person(job)

    def prune(self, before: datetime, sign: Callable[[bytes], bytes]) -> Future[int]:
        """Removes the entries from before ``before``, with the undo and the snapshots that lived as
        long, and writes a signed checkpoint. Returns how many entries went; raises InputError
        where there are none, or where the log does not hold any more: evidence is not removed."""

        def job(tx: Transaction) -> int:
            at = to_ms(before)
            first_kept = tx.db.value("SELECT min(id) FROM audit WHERE at >= ?", (at,))
            last = tx.db.value("SELECT max(id) FROM audit") or 0
            upto = last if first_kept is None else first_kept - 1
            count = tx.db.value("SELECT count(*) FROM audit WHERE id <= ?", (upto,))
            if not count:
                raise InputError("The audit log has no entries that old.")
            chain = verify_chain(tx.db)
            if chain.broken is not None:
                raise InputError("Nothing was removed.", str(chain))
            ended = tx.db.value("SELECT hash FROM audit WHERE id = ?", (upto,))
            told = {
                "upto": upto,
                "hash": ended.hex(),
                "signature": sign(signed_bytes(upto, ended)).hex(),
            }
            tx.origin = Origin.PERSON
            tx.log(
                act=Act.CHECKPOINT,
                kind="",
                record_id="",
                contact_id="",
                title="Prune the audit log",
                fields={key: (None, value) for key, value in told.items()},
            )
            tx.db.run("DELETE FROM audit WHERE id <= ?", (upto,))
            tx.db.run(
                "DELETE FROM undo_part WHERE undo IN (SELECT id FROM undo WHERE at < ?)", (at,)
            )
            tx.db.run("DELETE FROM undo WHERE at < ?", (at,))
            tx.db.run("DELETE FROM departed WHERE at < ?", (at,))
            return int(count)

        return self._writer.person(job)


class AuditReader:
    """The log of a closed or open copy, read by the command line: nothing is written."""

    def __init__(self, db: Sql) -> None:
        self._db = db

    @classmethod
    @contextmanager
    def open(cls, path: Path, key: bytes) -> Iterator[AuditReader]:
        """Raises StoreError."""
        if not path.exists():
            raise StoreError("There is no local copy here.", "Sign in with Rapport first.")
        with Database(path, key).reading() as db:
            if db.pragma("user_version") != len(MIGRATIONS):
                raise StoreError(
                    "The local copy was made by another version of Rapport.",
                    "Start Rapport once with this profile; it brings the copy up to date.",
                )
            yield cls(db)

    def verify(self, verified: Verified | None = None) -> Chain:
        with self._db.snapshot():
            return verify_chain(self._db, verified)

    def entries(self, wanted: AuditFilter, zone: tzinfo) -> Iterator[AuditEntry]:
        """Oldest first, read in pages."""
        with self._db.snapshot():
            ids = read_index(self._db, wanted, zone).ids[::-1]
            for start in range(0, len(ids), PAGE):
                yield from read_entries(self._db, ids[start : start + PAGE])
