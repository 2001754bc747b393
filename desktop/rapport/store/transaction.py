"""What a job on the writer thread works with: records, their edits, and what must follow.

A job changes records through ``insert``, ``save`` and ``remove`` and says what a person will see
differently; ``finish`` then brings the read models up to date, once per contact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, tzinfo
from typing import Any

from rapport.domain.audit import Act
from rapport.domain.changes import ChangeEvent, Op, Origin, RecordChange
from rapport.domain.ports import Clock
from rapport.domain.records import Id, Kind, Record, Ref, record_from
from rapport.store import chain
from rapport.store.read_models import Fresh, ReadModels, contact_name
from rapport.store.rebase import Clash, StoredOp
from rapport.store.schema import KIND_NUMBER, KIND_OF
from rapport.store.search import CONTACT_FIELDS, NOTE_FIELDS, TASK_FIELDS
from rapport.store.sql import Sql
from rapport.store.values import (
    Stored,
    Values,
    decode_deltas,
    encode,
    pack,
    to_ms,
    unpack,
)
from rapport.store.views import OpState

_RECORD = """
    SELECT r.key, r.id, r.kind, coalesce(r.contact_key, r.key), coalesce(c.id, r.id), r.rid,
           r.shown, r.base, r.seen, r.extra, r.epoch, r.touched, r.tomb
    FROM record r LEFT JOIN record c ON c.key = r.contact_key
"""
_OP = (
    "SELECT seq, key, contact_key, op, fields, state, attempt, not_before, error, title,"
    " part_of, stage FROM op"
)

_WORD_FIELDS = {
    Kind.CONTACT: CONTACT_FIELDS,
    Kind.TASK: TASK_FIELDS,
    Kind.NOTE: NOTE_FIELDS,
    Kind.APPOINTMENT: frozenset[str](),
}


def stored_op(row: tuple[Any, ...]) -> StoredOp:
    seq, key, contact_key, op, fields, state, attempt, not_before, error, title, *part = row
    return StoredOp(
        seq=seq,
        key=key,
        contact_key=contact_key,
        op=Op(op),
        fields=decode_deltas(fields),
        state=OpState(state),
        attempt=attempt,
        not_before=not_before,
        error=error,
        title=title,
        part_of=part[0],
        stage=part[1],
    )


def _stored(row: tuple[Any, ...]) -> Stored:
    key, id, number, contact_key, contact_id, rid, shown, base, seen, extra, epoch, *rest = row
    kind = KIND_OF[number]
    return Stored(
        key=key,
        id=id,
        kind=kind,
        contact_key=contact_key,
        contact_id=contact_id,
        rid=rid,
        values=unpack(kind, shown),
        base=None if base is None else unpack(kind, base),
        seen=None if seen is None else unpack(kind, seen),
        extra=extra,
        epoch=epoch,
        touched=rest[0],
        tomb=bool(rest[1]),
    )


class Transaction:
    """Lives as long as the writer; ``begin`` and ``finish`` frame each transaction."""

    def __init__(self, db: Sql, clock: Clock, new_id: Callable[[], Id], who: str = "") -> None:
        """``who`` is the user's id in the CRM, for the audit log."""
        self.db = db
        self.new_id = new_id
        self._who = who
        self._clock = clock
        self._models = ReadModels(db)
        self.epoch: int = self.setting("epoch", 0)
        self.committed_epoch: int = self.epoch
        self._open = False
        self.begin()

    def begin(self) -> None:
        if self._open:
            self._models.forget()  # the last one failed
        self._open = True
        self.epoch = self.committed_epoch
        self.now: datetime = self._clock.now()
        self.now_ms = to_ms(self.now)
        self.origin = Origin.SYNC
        self._changes: dict[tuple[Ref, Op], RecordChange] = {}
        self._tags: dict[Id, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._contacts: dict[int, bool] = {}
        self._touched: set[Id] = set()
        self.outbox = False
        self.reference = False
        self.batch = 0
        """The undo entry of the many edits that this transaction is part of."""
        self.more = False
        """Whether what is done goes on in the next transaction."""
        self.settled: list[int] = []
        """Conflicts that a person settled in this transaction."""
        self._fresh: dict[int, Fresh] = {}
        self.repeating: dict[int, Values] = {}
        """Repeating tasks that were saved, by key, as they were before the transaction."""

    # Reading

    def _one(self, where: str, bindings: tuple[Any, ...]) -> Stored | None:
        for row in self.db.rows(f"{_RECORD} {where}", bindings):
            return _stored(row)
        return None

    def by_id(self, ref: Ref) -> Stored | None:
        """The record whether or not it is deleted here."""
        return self._one("WHERE r.id = ? AND r.kind = ?", (ref.id, KIND_NUMBER[ref.kind]))

    def by_rid(self, kind: Kind, rid: str) -> Stored | None:
        return self._one("WHERE r.kind = ? AND r.rid = ?", (KIND_NUMBER[kind], rid))

    def by_key(self, key: int) -> Stored | None:
        return self._one("WHERE r.key = ?", (key,))

    def children(self, contact_key: int, kind: Kind | None = None) -> list[Stored]:
        where = "WHERE r.contact_key = ?" + (" AND r.kind = ?" if kind else "")
        bindings = (contact_key, KIND_NUMBER[kind]) if kind else (contact_key,)
        return [_stored(row) for row in self.db.rows(f"{_RECORD} {where}", bindings)]

    def record(self, ref: Ref) -> Record | None:
        """The record as a person sees it; None when it, or its contact, is deleted."""
        stored = self.by_id(ref)
        if stored is None or stored.tomb or self._hidden(stored):
            return None
        return record_from(ref.kind, ref.id, stored.values)

    def _hidden(self, stored: Stored) -> bool:
        if stored.kind is Kind.CONTACT:
            return False
        sql = "SELECT tomb FROM record WHERE key = ?"
        return bool(self.db.value(sql, (stored.contact_key,)))

    def ops(self, key: int) -> list[StoredOp]:
        """The record's open edits in their order."""
        rows = self.db.rows(f"{_OP} WHERE key = ? ORDER BY seq", (key,))
        return [stored_op(row) for row in rows]

    def op(self, seq: int) -> StoredOp | None:
        for row in self.db.rows(f"{_OP} WHERE seq = ?", (seq,)):
            return stored_op(row)
        return None

    def setting(self, name: str, default: Any = None) -> Any:
        return self._models.setting(name, default)

    def set_setting(self, name: str, value: Any) -> None:
        self._models.set_setting(name, value)

    def define_tag(self, name: str) -> None:
        self._models.define_tag(name)

    @property
    def zone(self) -> tzinfo:
        """The person's, in which their days begin and end."""
        return self._clock.zone()

    def next_epoch(self) -> int:
        self.epoch += 1
        return self.epoch

    # Writing records

    def insert(
        self,
        kind: Kind,
        id: Id,
        values: Values,
        *,
        rid: str | None = None,
        contact_key: int | None = None,
        contact_id: Id | None = None,
        extra: bytes | None = None,
        touched: int = 0,
    ) -> Stored:
        self.db.run(
            "INSERT INTO record (id, kind, contact_key, rid, shown, extra, epoch, touched)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                id,
                KIND_NUMBER[kind],
                contact_key,
                rid,
                pack(kind, values),
                extra,
                self.epoch if rid is None else 0,
                touched,
            ),
        )
        key = self.db.inserted()
        stored = Stored(
            key=key,
            id=id,
            kind=kind,
            contact_key=contact_key or key,
            contact_id=contact_id or id,
            rid=rid,
            values=values,
            base=None,
            seen=None,
            extra=extra,
            epoch=0,
            touched=touched,
            tomb=False,
        )
        if kind is Kind.CONTACT:
            self._fresh[key] = Fresh(stored)
            self.refresh(key, words=True)
            return stored
        if kind is Kind.TASK:
            self._models.add_task(stored)
        elif kind is Kind.APPOINTMENT:
            self._models.write_appointment(key, stored.contact_key, values, tomb=False)
        fresh = self._fresh.get(stored.contact_key)
        if fresh is not None and kind is not Kind.APPOINTMENT:
            fresh.children.append(values)
        self.refresh(stored.contact_key, words=kind is not Kind.APPOINTMENT)
        return stored

    def save(self, stored: Stored, changed: Iterable[str] | None = None) -> None:
        """Writes the record. ``changed`` names the fields whose visible values differ; None means
        that it appears or disappears."""
        kind = stored.kind
        self._fresh.pop(stored.contact_key, None)
        if kind is Kind.TASK and stored.values["repeat"] and stored.key not in self.repeating:
            sql = "SELECT shown FROM record WHERE key = ?"
            self.repeating[stored.key] = unpack(kind, self.db.value(sql, (stored.key,)))
        self.db.run(
            "UPDATE record SET rid = ?, shown = ?, base = ?, seen = ?, extra = ?, epoch = ?,"
            " touched = ?, tomb = ? WHERE key = ?",
            (
                stored.rid,
                pack(kind, stored.values),
                None if stored.base is None else pack(kind, stored.base),
                None if stored.seen is None else pack(kind, stored.seen),
                stored.extra,
                stored.epoch,
                stored.touched,
                stored.tomb,
                stored.key,
            ),
        )
        self._follow(stored, changed)

    def _follow(self, stored: Stored, changed: Iterable[str] | None) -> None:
        if stored.kind is Kind.TASK:
            self._models.write_task(stored)
        elif stored.kind is Kind.APPOINTMENT:
            self._list_appointment(stored)
        elif stored.kind is Kind.CONTACT and changed is None:
            self._models.hide_tasks(stored.key)
            self._models.hide_appointments(stored.key)
            if not stored.tomb:
                for child in self.children(stored.key, Kind.TASK):
                    self._models.write_task(child)
                for child in self.children(stored.key, Kind.APPOINTMENT):
                    self._list_appointment(child)
        words = changed is None or not _WORD_FIELDS[stored.kind].isdisjoint(changed)
        if stored.kind is Kind.APPOINTMENT:
            words = False
        self.refresh(stored.contact_key, words=words)

    def _list_appointment(self, stored: Stored) -> None:
        self._models.write_appointment(
            stored.key, stored.contact_key, stored.values, tomb=stored.tomb
        )

    def remove(self, stored: Stored) -> None:
        """Takes the record out of the copy, with its edits and what belongs to it."""
        self._fresh.pop(stored.contact_key, None)
        if stored.kind is Kind.CONTACT:
            for child in self.children(stored.key):
                self.remove(child)
            gone = self._models.drop_contact(stored.key)
            self._tags[stored.id] = (gone, ())
            self.db.run("DELETE FROM details WHERE key = ?", (stored.key,))
            self._contacts.pop(stored.key, None)
        elif stored.kind is Kind.TASK:
            self._models.drop_task(stored.key)
        elif stored.kind is Kind.APPOINTMENT:
            self._models.drop_appointment(stored.key)
        for table in ("op", "conflict"):
            self.db.run(f"DELETE FROM {table} WHERE key = ?", (stored.key,))
        self.db.run("DELETE FROM record WHERE key = ?", (stored.key,))
        if stored.kind is not Kind.CONTACT:
            self.refresh(stored.contact_key, words=stored.kind is not Kind.APPOINTMENT)

    def waiting(self) -> int:
        """How many contacts ``finish`` will bring up to date."""
        return len(self._contacts)

    def refresh(self, contact_key: int, *, words: bool = False) -> None:
        """The contact's row, and its words, are brought up to date at the end."""
        self._contacts[contact_key] = words or self._contacts.get(contact_key, False)

    # Writing edits

    def add_op(
        self,
        stored: Stored,
        op: Op,
        fields: bytes,
        title: str,
        not_before: int,
        *,
        seen: bytes | None = None,
    ) -> int:
        """The new edit's seq. ``seen`` is what the author of a delete saw."""
        at = (self.now_ms, not_before)
        self.db.run(
            "INSERT INTO op (key, contact_key, op, fields, created_at, not_before, title, seen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (stored.key, stored.contact_key, op.value, fields, *at, title, seen),
        )
        self.outbox = True
        return self.db.inserted()

    def save_op(self, op: StoredOp) -> None:
        self.db.run(
            "UPDATE op SET fields = ?, state = ?, attempt = ?, not_before = ?, error = ?"
            " WHERE seq = ?",
            (encode(op.fields), op.state.value, op.attempt, op.not_before, op.error, op.seq),
        )
        self.outbox = True

    def let_go(self, seq: int) -> None:
        """What waits for this edit need not wait for it any more, since it arrived, or a person
        wanted something else; an edit that is only dropped stops a merge that it belongs to."""
        part_of = self.db.value("SELECT part_of FROM op WHERE seq = ? AND part_of > 0", (seq,))
        if part_of is not None:
            self.db.run("UPDATE op SET part_of = 0, stage = 0 WHERE seq = ?", (seq,))
            self.db.run(
                "UPDATE merge SET state = 'done' WHERE id = ?1 AND state = 'open'"
                " AND NOT EXISTS (SELECT 1 FROM op WHERE part_of = ?1)",
                (part_of,),
            )

    def drop_op(self, seq: int) -> None:
        self.db.run("DELETE FROM op WHERE seq = ?", (seq,))
        self.outbox = True

    def add_conflict(self, stored: Stored, clash: Clash, why: str) -> None:
        """Keeps both values aside; a newer one of the same field replaces an older one."""
        self.db.run(
            "INSERT INTO conflict (key, contact_key, field, base, mine, theirs, why, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (key, field) DO UPDATE SET base = excluded.base, mine = excluded.mine,"
            " theirs = excluded.theirs, why = excluded.why, at = excluded.at",
            (
                stored.key,
                stored.contact_key,
                clash.field,
                encode(clash.base),
                encode(clash.mine),
                encode(clash.theirs),
                why,
                self.now_ms,
            ),
        )
        self.outbox = True
        self.refresh(stored.contact_key)

    def drop_conflicts(self, key: int, fields: Iterable[str]) -> None:
        """``custom`` stands for each custom field."""
        names = list(fields)
        self.db.run_each(
            "DELETE FROM conflict WHERE key = ? AND field = ?", [(key, name) for name in names]
        )
        if "custom" in names:
            self.db.run("DELETE FROM conflict WHERE key = ? AND field GLOB 'custom:*'", (key,))

    # What follows

    def audit(
        self,
        stored: Stored,
        op: Op,
        title: str,
        fields: dict[str, tuple[Any, Any]],
        *,
        sending: str = "",
    ) -> None:
        """``fields`` hold before and after; ``sending`` is the seq of the op it went into."""
        self.log(
            act=Act(op.value),
            kind=stored.kind.value,
            record_id=stored.id,
            contact_id=stored.contact_id,
            title=title,
            fields=fields,
            sending=sending,
            name=self._name(stored),
        )

    def log(
        self,
        *,
        act: Act,
        kind: str,
        record_id: str,
        contact_id: Id,
        title: str,
        fields: dict[str, tuple[Any, Any]],
        sending: str = "",
        name: str = "",
    ) -> int:
        """Appends to the chain; the entry's id. ``name`` is what it can be found by besides."""
        entry = chain.Entry(
            at=self.now_ms,
            contact_id=contact_id,
            kind=kind,
            record_id=record_id,
            act=act.value,
            origin=self.origin.value,
            who="" if self.origin in (Origin.SYNC, Origin.WEBHOOK) else self._who,
            title=title,
            fields=encode(fields),
            sending=sending,
        )
        return chain.append(self.db, entry, chain.words_of(title, name, fields), self.batch)

    def _name(self, stored: Stored) -> str:
        if stored.kind is Kind.CONTACT:
            return contact_name(stored.values)
        sql = "SELECT name FROM contact_row WHERE key = ?"
        name = self.db.value(sql, (stored.contact_key,)) or ""
        return f"{name} {stored.values.get('title') or ''}"

    def tell(self, stored: Stored, op: Op, fields: Iterable[str] = ()) -> None:
        """A person sees a difference in this record."""
        ref = Ref(stored.kind, stored.id)
        known = self._changes.get((ref, op))
        self._changes[ref, op] = RecordChange(
            op=op,
            ref=ref,
            contact_id=stored.contact_id,
            fields=frozenset(fields) | (known.fields if known else frozenset()),
        )

    def touch(self, contact_id: Id) -> None:
        """The marks of this contact, such as "not yet sent", may differ."""
        self._touched.add(contact_id)

    def finish(self) -> None:
        for key, words in self._contacts.items():
            before, after = self._models.refresh(key, words=words, fresh=self._fresh.get(key))
            if before != after:
                self._tags[self._models.last_id] = (before, after)
        self._models.flush()
        if self.epoch != self.committed_epoch:
            self.set_setting("epoch", self.epoch)

    def event(self) -> ChangeEvent | None:
        """What goes out after the commit; None when nobody would see a difference."""
        self._open = False
        self.committed_epoch = self.epoch
        if not (self._changes or self._touched or self.outbox or self.reference):
            return None
        changes: list[RecordChange] = []
        for change in self._changes.values():
            before, after = self._tags.get(change.contact_id, ((), ()))
            if change.ref.kind is Kind.CONTACT and (before or after):
                change = RecordChange(
                    op=change.op,
                    ref=change.ref,
                    contact_id=change.contact_id,
                    fields=change.fields,
                    tags_before=before,
                    tags_after=after,
                )
            changes.append(change)
        return ChangeEvent(
            origin=self.origin,
            changes=tuple(changes),
            outbox=self.outbox,
            reference=self.reference,
            touched=frozenset(self._touched),
            more=self.more,
        )
