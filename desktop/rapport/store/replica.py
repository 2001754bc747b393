"""The server's side of the copy: what sync reads from the CRM goes in here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import msgspec

from rapport.domain.changes import Op
from rapport.domain.records import (
    LOCAL_FIELDS,
    SERVER_FIELDS,
    Business,
    CustomField,
    Id,
    Kind,
    Location,
    Ref,
    User,
)
from rapport.domain.resources import Calendar
from rapport.domain.text import storable
from rapport.domain.views import Reference
from rapport.language import mark
from rapport.store import conflicts
from rapport.store.database import BULK_CACHE_KIB, WRITER_CACHE_KIB
from rapport.store.edits import depart
from rapport.store.rebase import Clash, rebase
from rapport.store.schema import KIND_NUMBER
from rapport.store.sql import Sql
from rapport.store.threads import STEP_S, Pace, Readers, Steps, Writer
from rapport.store.transaction import Transaction
from rapport.store.values import (
    Stored,
    Unfit,
    Values,
    canonical,
    clean,
    decode,
    encode,
    server_part,
    to_ms,
)
from rapport.store.views import Absorbed, OpState, Snapshot

LAG_MS = 60_000
"""How long a search index of the server may still name what was deleted."""

BOTH_CHANGED = mark("It was changed here and in the CRM.")
DELETED_THERE = mark("It was deleted in the CRM while an edit waited here.")

CHANGED_THERE = "Changed in the CRM"


class Replica:
    """Background work: every transaction is short, and a person's commit goes first."""

    def __init__(self, writer: Writer, readers: Readers, tx: Transaction) -> None:
        self._writer = writer
        self._readers = readers
        self._tx = tx

    def epoch(self) -> int:
        """The count of writes so far. Take it before a read is sent and give it to ``absorb``: what
        was read before a write to the same record was sent is stale."""
        return self._tx.committed_epoch

    def absorb(
        self,
        snapshots: Sequence[Snapshot],
        *,
        epoch: int,
        news: bool = False,
        step_s: float = STEP_S,
    ) -> Future[Absorbed]:
        """Takes in records of any kinds; contacts are known before what belongs to them. Edits
        still on their way stay visible over the new values. One change event per transaction, only
        for records whose visible values differ. With ``news`` a record that is new here is new in
        the CRM, too, and stands in the audit log; a first sync, which brings all there is, does not
        fill it.

        A transaction lasts ``step_s``. Where no person waits, longer ones and many thousand
        snapshots at once are quicker; memory is borrowed for them until the end.
        """

        def work(tx: Transaction, pace: Pace) -> Steps[Absorbed]:
            tally = Tally(news=news)
            if step_s > STEP_S:
                tx.db.pragma("cache_size", -BULK_CACHE_KIB)
            try:
                for snapshot in _by_contact(snapshots):
                    absorb_one(tx, snapshot, epoch, tally)
                    if pace.over(tx.waiting()):
                        yield
                        tally.forget()
            finally:
                if step_s > STEP_S:
                    tx.db.pragma("cache_size", -WRITER_CACHE_KIB)
                    tx.db.run("PRAGMA shrink_memory")
            return tally.absorbed()

        return self._writer.background(work, step_s)

    def absorb_children(
        self, contact_id: Id, kind: Kind, snapshots: Sequence[Snapshot], *, epoch: int
    ) -> Future[Absorbed]:
        """Takes in the full list of a contact's records of one kind: what is missing in it is gone,
        unless it has an edit on its way."""

        def work(tx: Transaction, pace: Pace) -> Steps[Absorbed]:
            contact = tx.by_id(Ref(Kind.CONTACT, contact_id))
            sql = "SELECT 1 FROM details WHERE key = ?"
            read_before = contact is not None and tx.db.value(sql, (contact.key,)) is not None
            tally = Tally(news=read_before)
            for snapshot in snapshots:
                absorb_one(tx, snapshot, epoch, tally)
                if pace.over(tx.waiting()):
                    yield
                    tally.forget()
            listed = {snapshot.rid for snapshot in snapshots}
            contact = tx.by_id(Ref(Kind.CONTACT, contact_id))
            for child in tx.children(contact.key, kind) if contact else ():
                unlisted = child.rid is not None and child.rid not in listed
                if unlisted and child.epoch <= epoch and not tx.ops(child.key):
                    _vanish(tx, child)
                    tally.removed += 1
            return tally.absorbed()

        return self._writer.background(work)

    def appointments_between(self, start: datetime, end: datetime) -> Future[list[tuple[str, Id]]]:
        """Server id and contact of the appointments known to begin in ``start <= t < end`` that
        have no edit on its way."""
        sql = (
            "SELECT r.rid, c.id FROM appointment_row a JOIN record r ON r.key = a.key"
            " JOIN record c ON c.key = a.contact_key WHERE a.start >= ? AND a.start < ?"
            " AND r.rid IS NOT NULL AND NOT EXISTS (SELECT 1 FROM op WHERE op.key = a.key)"
        )
        bindings = (to_ms(start), to_ms(end))
        return self._readers.submit(lambda db: list(db.rows(sql, bindings)))

    def vanish(self, kind: Kind, rids: Iterable[str]) -> Future[int]:
        """These were deleted on the server. A record with an unsent edit is kept as a conflict.
        Returns how many records went."""

        def work(tx: Transaction, pace: Pace) -> Steps[int]:
            removed = 0
            for rid in rids:
                stored = tx.by_rid(kind, rid)
                if stored is not None:
                    removed += _vanish(tx, stored)
                if pace.over(tx.waiting()):
                    yield
            return removed

        return self._writer.background(work)

    def rids(self, kind: Kind, after: str = "", limit: int = 5000) -> Future[list[str]]:
        """Known server ids in order, a page after ``after``; for the sweep."""
        sql = "SELECT rid FROM record WHERE kind = ? AND rid > ? ORDER BY rid LIMIT ?"
        bindings = (KIND_NUMBER[kind], after, limit)
        return self._readers.submit(
            lambda db: [rid for (rid,) in db.rows(sql, bindings)], is_long=True
        )

    def lid_of(self, kind: Kind, rid: str) -> Future[Id | None]:
        sql = "SELECT id FROM record WHERE kind = ? AND rid = ?"
        return self._readers.submit(lambda db: db.value(sql, (KIND_NUMBER[kind], rid)))

    def rid_of(self, kind: Kind, id: Id) -> Future[str | None]:
        sql = "SELECT rid FROM record WHERE kind = ? AND id = ?"
        return self._readers.submit(lambda db: db.value(sql, (KIND_NUMBER[kind], id)))

    def contacts_without_details(self, limit: int) -> Future[list[tuple[Id, str]]]:
        """(local id, server id) of contacts whose notes were never read, latest activity first."""
        sql = (
            "SELECT id, seed FROM contact_row INDEXED BY contact_without_details"
            " WHERE details_at = 0 AND seed <> id ORDER BY activity DESC LIMIT ?"
        )
        return self._readers.submit(lambda db: list(db.rows(sql, (limit,))), is_long=True)

    def mark_details(self, contact_ids: Iterable[Id], at: datetime) -> Future[None]:
        """Notes and appointments of these contacts were read at ``at``."""

        def work(tx: Transaction, pace: Pace) -> Steps[None]:
            for contact_id in contact_ids:
                contact = tx.by_id(Ref(Kind.CONTACT, contact_id))
                if contact is not None:
                    tx.db.run(
                        "INSERT INTO details VALUES (?, ?)"
                        " ON CONFLICT (key) DO UPDATE SET at = excluded.at",
                        (contact.key, to_ms(at)),
                    )
                    tx.refresh(contact.key)
                if pace.over(tx.waiting()):
                    yield

        return self._writer.background(work)

    def cursor(self, name: str) -> Future[Any]:
        """The JSON value kept under ``name``; None when there is none."""

        def job(db: Sql) -> Any:
            sql = "SELECT value FROM setting WHERE name = ?"
            blob = db.value(sql, (f"cursor:{name}",))
            return None if blob is None else decode(blob)

        return self._readers.submit(job)

    def set_cursor(self, name: str, value: Any) -> Future[None]:
        return self._writer.soon(lambda tx: tx.set_setting(f"cursor:{name}", value))

    def set_reference(
        self,
        *,
        users: Sequence[User] | None = None,
        custom_fields: Sequence[CustomField] | None = None,
        businesses: Sequence[Business] | None = None,
        location: Location | None = None,
        tags: Sequence[str] | None = None,
        calendars: Sequence[Calendar] | None = None,
    ) -> Future[None]:
        """Replaces the dictionaries that are given; an event with ``reference`` follows."""
        given = {
            "users": users,
            "custom_fields": custom_fields,
            "businesses": businesses,
            "location": location,
            "tags": tags,
            "calendars": calendars,
        }
        given = {name: value for name, value in given.items() if value is not None}

        def job(tx: Transaction) -> None:
            for name, value in given.items():
                if tx.setting(f"reference:{name}") != decode(encode(value)):
                    tx.set_setting(f"reference:{name}", value)
                    tx.reference = True
            for tag in tags or ():
                tx.define_tag(storable(tag))

        return self._writer.soon(job)


def read_reference(db: Sql) -> Reference:
    sql = "SELECT name, value FROM setting WHERE name GLOB 'reference:*'"
    values = {name.removeprefix("reference:"): decode(value) for name, value in db.rows(sql)}
    return msgspec.convert(values, Reference)


def _by_contact(snapshots: Sequence[Snapshot]) -> Iterator[Snapshot]:
    """What belongs to a contact right behind it, so that its words are gathered once."""
    children: dict[str | None, list[Snapshot]] = {}
    for snapshot in snapshots:
        if snapshot.kind is not Kind.CONTACT:
            children.setdefault(snapshot.contact_rid, []).append(snapshot)
    for snapshot in snapshots:
        if snapshot.kind is Kind.CONTACT:
            yield snapshot
            yield from children.pop(snapshot.rid, ())
    for rest in children.values():
        yield from rest


class Tally:
    def __init__(self, *, news: bool = False) -> None:
        self.news = news
        self.new = self.changed = self.same = self.stale = self.removed = 0
        self.orphans: list[Snapshot] = []
        self.rejected: list[tuple[str, str]] = []
        self._contact: tuple[str | None, tuple[Any, ...] | None] = (None, None)

    def forget(self) -> None:
        """Another transaction begins: the contact may be gone."""
        self._contact = (None, None)

    def contact(self, tx: Transaction, rid: str | None) -> tuple[int, Id] | None:
        """Key and id of a contact. What belongs to one mostly comes together."""
        known, row = self._contact
        if row is None or known != rid:
            row = tx.db.row(
                "SELECT key, id FROM record WHERE kind = ? AND rid = ?",
                (KIND_NUMBER[Kind.CONTACT], rid),
            )
            self._contact = rid, row
        return None if row is None else (row[0], row[1])

    def absorbed(self) -> Absorbed:
        return Absorbed(
            new=self.new,
            changed=self.changed,
            same=self.same,
            stale=self.stale,
            removed=self.removed,
            orphans=tuple(self.orphans),
            rejected=tuple(self.rejected),
        )


def absorb_one(tx: Transaction, snapshot: Snapshot, epoch: int, tally: Tally) -> None:
    # One look before the whole record is read: on a first sync nearly all are new.
    known = tx.db.value(
        "SELECT key FROM record WHERE kind = ? AND rid = ?",
        (KIND_NUMBER[snapshot.kind], snapshot.rid),
    )
    stored = None if known is None else tx.by_key(known)
    if stored is None:
        _absorb_new(tx, snapshot, epoch, tally)
    elif stored.epoch > epoch:
        tally.stale += 1
    else:
        server = server_values(stored.server, snapshot, tally)
        if _older(server, stored.server):
            tally.stale += 1
        else:
            _absorb_known(tx, stored, server, snapshot, tally)


def _absorb_new(tx: Transaction, snapshot: Snapshot, epoch: int, tally: Tally) -> None:
    kind = snapshot.kind
    gone = tx.db.row(
        "SELECT epoch, at FROM gone WHERE kind = ? AND rid = ?", (KIND_NUMBER[kind], snapshot.rid)
    )
    if gone is not None and (gone[0] > epoch or gone[1] + LAG_MS > tx.now_ms):
        tally.stale += 1
        return
    contact: tuple[int, Id] | None = None
    if kind is not Kind.CONTACT:
        contact = tally.contact(tx, snapshot.contact_rid)
        if contact is None:
            tally.orphans.append(snapshot)
            return
    start = {"contact_id": contact[1]} if contact else {}
    values = canonical(kind, server_values(start, snapshot, tally))
    stored = tx.insert(
        kind,
        tx.new_id(),
        values,
        rid=snapshot.rid,
        contact_key=contact[0] if contact else None,
        contact_id=contact[1] if contact else None,
        extra=_extra(snapshot),
    )
    if tally.news:
        arrived = {name: (None, value) for name, value in values.items() if value}
        tx.audit(stored, Op.CREATE, "Created in the CRM", arrived)
    tx.tell(stored, Op.CREATE)
    tally.new += 1


def _absorb_known(
    tx: Transaction, stored: Stored, server: Values, snapshot: Snapshot, tally: Tally
) -> None:
    ops = tx.ops(stored.key)
    extra = _extra(snapshot, stored.extra)
    clashes: list[Clash] = []
    if not ops:
        changed = show(tx, stored, server)
        if not changed and extra == stored.extra:
            tally.same += 1
            return
    else:
        if server == stored.server and extra == stored.extra:
            tally.same += 1
            return
        stored.seen = server
        values, clashes = rebase(ops, server)
        changed = show(tx, stored, values)
        for clash in clashes:
            conflicts.keep_aside(tx, stored, clash, BOTH_CHANGED)
        if clashes:
            tx.touch(stored.contact_id)
    conflicts.catch_up(tx, stored, clashes)
    if stored.kind is Kind.CONTACT and extra != stored.extra:
        tx.touch(stored.contact_id)  # whoever shows the contact shows some of it
    stored.extra = extra
    tx.save(stored, changed)
    if changed:
        tally.changed += 1
    else:
        tally.same += 1


def show(
    tx: Transaction, stored: Stored, server: Values, *, reply_to: Collection[str] | None = None
) -> list[str]:
    """Makes ``server`` what a person sees of the record, its local fields kept, and tells it.
    Returns the fields that differ; the caller saves. ``reply_to`` are the fields of an edit of ours
    that the server answers."""
    before = stored.values
    local = LOCAL_FIELDS[stored.kind]
    after = {**server, **{name: before[name] for name in local}}
    if stored.kind is not Kind.CONTACT:
        after["contact_id"] = stored.contact_id
    after = with_completion(stored.kind, after, before, tx)
    changed = [name for name, value in after.items() if before.get(name) != value]
    stored.values = after
    if changed and not stored.tomb:
        fields = _by_somebody(stored.kind, before, after, changed, reply_to)
        if fields:
            tx.audit(stored, Op.UPDATE, CHANGED_THERE, fields)
        tx.tell(stored, Op.UPDATE, changed)
    return changed


def _by_somebody(
    kind: Kind,
    before: Values,
    after: Values,
    changed: Sequence[str],
    reply_to: Collection[str] | None,
) -> dict[str, tuple[Any, Any]]:
    """What a person or a program changed there, with the values before and after.

    The server's own bookkeeping is nobody's change. Neither is what it makes of the values that we
    sent, nor an empty field that its reply fills in, or that a fuller read of the same state of the
    record tells.
    """
    stamp = after.get("updated_at")
    fills = reply_to is not None or (stamp is not None and stamp == before.get("updated_at"))
    silent = SERVER_FIELDS[kind].union(reply_to or ())
    return {
        name: (before.get(name), after[name])
        for name in changed
        if name not in silent and (before.get(name) or not fills)
    }


def with_completion(kind: Kind, values: Values, before: Values, tx: Transaction) -> Values:
    """The API does not tell when a task was completed: seeing it become so counts. One that was
    done when it was first read has no such time."""
    if kind is Kind.TASK and bool(values["completed"]) != (values["completed_at"] is not None):
        if not values["completed"]:
            values["completed_at"] = None
        elif not before.get("completed"):
            values["completed_at"] = tx.now.isoformat().replace("+00:00", "Z")
    return values


def _older(server: Values, known: Values) -> bool:
    """A search index that lags answers with an earlier state."""
    ours, theirs = known.get("updated_at"), server.get("updated_at")
    return bool(ours and theirs) and to_ms(theirs) < to_ms(ours)


def server_values(known: Values, snapshot: Snapshot, tally: Tally) -> Values:
    """The snapshot over what is known, without local fields and values that cannot be kept."""
    kind = snapshot.kind
    base = {"contact_id": "", **known}
    fit: Values = {}
    for name, value in snapshot.values.items():
        if name == "contact_id" or name in LOCAL_FIELDS[kind]:
            continue
        try:
            fit[name] = clean(value)
        except Unfit:
            tally.rejected.append((snapshot.rid, name))
    try:
        values = canonical(kind, {**base, **fit})
    except Unfit:
        values = canonical(kind, base)
        for name, value in fit.items():
            try:
                values = canonical(kind, {**values, name: value})
            except Unfit:
                tally.rejected.append((snapshot.rid, name))
    return server_part(kind, values)


def _extra(snapshot: Snapshot, before: bytes | None = None) -> bytes | None:
    """What else the server says, with what such a reply never tells as it was."""
    try:
        extra = clean(snapshot.extra)
    except Unfit:
        return before
    if before is not None and snapshot.untold:
        kept = decode(before)
        extra |= {name: kept[name] for name in sorted(snapshot.untold) if name in kept}
    return encode(extra) if extra else None


def _vanish(tx: Transaction, stored: Stored) -> int:
    """The record is gone on the server. Returns how many records went here."""
    ops = tx.ops(stored.key)
    waiting = [op for op in ops if op.op is not Op.DELETE]
    if stored.kind is Kind.CONTACT and not stored.tomb:
        for child in tx.children(stored.key):
            waiting += [op for op in tx.ops(child.key) if op.op is not Op.DELETE]
    if waiting and not stored.tomb:
        clash = Clash("", stored.server, stored.values, None)
        tx.add_conflict(stored, clash, DELETED_THERE)
        for op in waiting:
            op.state, op.error = OpState.PARKED, DELETED_THERE
            tx.save_op(op)
        tx.touch(stored.contact_id)
        return 0
    forget(tx, stored)
    return 1


def forget(tx: Transaction, stored: Stored) -> None:
    """Takes a record out that the server does not have any more, and remembers that it was."""
    remember_gone(tx, stored.kind, stored.rid)
    if stored.kind is Kind.CONTACT and not stored.tomb:
        depart(tx, stored)  # one that was deleted here was kept at that moment
    if not stored.tomb:
        before = {name: (value, None) for name, value in stored.values.items()}
        tx.audit(stored, Op.DELETE, "Deleted in the CRM", before)
        tx.tell(stored, Op.DELETE)
    ops = tx.ops(stored.key)
    for op in ops:
        if op.op is Op.DELETE:
            tx.let_go(op.seq)  # it is as it was to be
    tx.outbox = tx.outbox or bool(ops)
    tx.remove(stored)


def remember_gone(tx: Transaction, kind: Kind, rid: str | None) -> None:
    """A list that was read before, or an index that lags, must not bring it back."""
    if rid is not None:
        tx.db.run(
            "INSERT OR REPLACE INTO gone VALUES (?, ?, ?, ?)",
            (KIND_NUMBER[kind], rid, tx.next_epoch(), tx.now_ms),
        )
