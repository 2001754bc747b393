"""What becomes of an edit once it was sent: settled, in conflict, found there already, given up.

Each is told of the edit and its record, inside of a transaction."""

from __future__ import annotations

from typing import Any

from rapport.domain.changes import Delta, Op, Origin
from rapport.domain.merge import MERGED_FIELDS, Conflict, merge
from rapport.domain.records import SERVER_FIELDS, Kind
from rapport.language import mark
from rapport.store import conflicts, deletions
from rapport.store.edits import settle_chain
from rapport.store.rebase import Clash, StoredOp, follow, rebase
from rapport.store.replica import (
    BOTH_CHANGED,
    CHANGED_THERE,
    Tally,
    forget,
    remember_gone,
    server_values,
    show,
)
from rapport.store.transaction import Transaction
from rapport.store.values import (
    Stored,
    Values,
    canonical,
    clean,
    encode,
    server_part,
)
from rapport.store.views import OpState, Snapshot

ANOTHER_VALUE = mark("The CRM has this record with another value.")


def settle(
    tx: Transaction,
    op: StoredOp,
    stored: Stored,
    rid: str | None,
    snapshot: Snapshot | None,
) -> None:
    tx.let_go(op.seq)
    tx.drop_op(op.seq)
    tx.touch(stored.contact_id)
    conflicts.arrived(tx, stored, op)
    later = [other for other in tx.ops(stored.key) if other.seq > op.seq]
    if op.op is Op.DELETE:
        if later:  # it was brought back while the delete was on its way: made anew
            remember_gone(tx, stored.kind, stored.rid)
            stored.rid = stored.base = stored.seen = stored.extra = None
            tx.save(stored, ())
            if stored.kind is Kind.CONTACT:
                deletions.children_anew(tx, stored, "Bring back contact", later[0].part_of)
        else:
            forget(tx, stored)
        return
    if rid is not None and stored.rid != rid:
        _adopt(tx, stored, rid)
        later = tx.ops(stored.key)
    wants = {name: delta.want for name, delta in op.fields.items()}
    known = stored.server
    if op.op is Op.CREATE:  # what is shown may hold later edits already
        known = canonical(stored.kind, {"contact_id": stored.contact_id, **wants})
    server = server_part(stored.kind, {**known, **wants})
    if snapshot is not None:
        tally = Tally()
        server = server_values(server, snapshot, tally)
        if snapshot.extra:
            stored.extra = encode(clean(snapshot.extra))
    stored.epoch = tx.next_epoch()
    for moved in follow(later, op.fields, server):
        tx.save_op(moved)
    deletions.saw_it_arrive(tx, later, op, server)
    shown = server
    clashes: list[Clash] = []
    if later:
        stored.base, stored.seen = server, None
        shown, clashes = rebase(later, server)
        for clash in clashes:
            conflicts.keep_aside(tx, stored, clash, BOTH_CHANGED)
    else:
        stored.base = stored.seen = None
    tx.save(stored, show(tx, stored, shown, reply_to=op.fields))
    conflicts.catch_up(tx, stored, clashes)


def _adopt(tx: Transaction, stored: Stored, rid: str) -> None:
    """The server's id of a record made here. A pull may have brought the same record already: what
    hangs on that one moves here."""
    twin = tx.by_rid(stored.kind, rid)
    if twin is not None:
        for sql in (
            "UPDATE op SET key = :mine WHERE key = :twin",
            "UPDATE OR REPLACE conflict SET key = :mine WHERE key = :twin",
            "UPDATE op SET contact_key = :mine WHERE contact_key = :twin",
            "UPDATE conflict SET contact_key = :mine WHERE contact_key = :twin",
            "UPDATE record SET contact_key = :mine WHERE contact_key = :twin",
        ):
            tx.db.run(sql, {"mine": stored.key, "twin": twin.key})
        if stored.kind is Kind.CONTACT:
            for child in tx.children(stored.key):
                if child.values["contact_id"] != stored.id:
                    child.values["contact_id"] = stored.id
                    tx.save(child)
                    tx.tell(child, Op.UPDATE, ("contact_id",))
        else:
            tx.db.run(
                "UPDATE op SET contact_key = ? WHERE key = ?", (stored.contact_key, stored.key)
            )
        tx.audit(twin, Op.DELETE, "The same as the one made here", {})
        tx.tell(twin, Op.DELETE)
        tx.remove(twin)
    stored.rid = rid
    tx.db.run("UPDATE record SET rid = ? WHERE key = ?", (rid, stored.key))


def conflict(
    tx: Transaction,
    op: StoredOp,
    stored: Stored,
    field: str,
    theirs: Any,
    why: str,
    *,
    may_land: bool,
) -> None:
    tx.touch(stored.contact_id)
    if field == "":
        tx.add_conflict(stored, Clash("", stored.server, stored.values, theirs), why)
        if op.op is not Op.DELETE:
            op.state, op.error = OpState.PARKED, why
            tx.save_op(op)
            return
        tx.drop_op(op.seq)
        if isinstance(theirs, dict):
            stored.seen = {**stored.server, **theirs}
        stored.tomb = False
        tell = settle_chain(tx, stored)
        tx.save(stored)
        tx.tell(stored, Op.CREATE, tell)
        return
    delta = op.fields.pop(field, Delta(None, None))
    conflicts.keep_aside(tx, stored, Clash(field, delta.base, delta.want, theirs), why)
    stored.seen = {**stored.server, field: theirs}
    if op.fields or may_land:
        tx.save_op(op)
    else:
        tx.let_go(op.seq)  # both values wait in the inbox
        tx.drop_op(op.seq)
    show_again(tx, stored)


def show_again(tx: Transaction, stored: Stored, title: str = CHANGED_THERE) -> None:
    before: Values = stored.values
    changed = settle_chain(tx, stored)
    if changed and not stored.tomb:
        fields = {name: (before.get(name), stored.values[name]) for name in changed}
        tx.audit(stored, Op.UPDATE, title, fields)
        tx.tell(stored, Op.UPDATE, changed)
    tx.save(stored, changed)


def discard(tx: Transaction, op: StoredOp, stored: Stored) -> None:
    tx.origin = Origin.PERSON
    title = f"Discard “{op.title}”"
    tx.touch(stored.contact_id)
    tx.drop_conflicts(stored.key, ("", *op.fields))
    if op.op is Op.CREATE and stored.rid is None:
        gone = {name: (value, None) for name, value in stored.values.items()}
        tx.audit(stored, Op.DELETE, title, gone)
        tx.tell(stored, Op.DELETE)
        tx.outbox = True
        tx.remove(stored)
        return
    tx.drop_op(op.seq)
    later = tx.ops(stored.key)
    reverted = {name: Delta(delta.base, delta.want) for name, delta in op.fields.items()}
    for moved in follow(later, reverted, {name: d.base for name, d in op.fields.items()}):
        tx.save_op(moved)
    deletions.saw_it_discarded(tx, later, op)
    if op.op is Op.DELETE:
        stored.tomb = False
        for one in later:
            if one.op is Op.CREATE:  # it was to be made anew, and is there still
                _say_as_changes(tx, one, stored)
        changed = settle_chain(tx, stored)
        tx.save(stored)
        tx.audit(stored, Op.CREATE, title, {n: (None, v) for n, v in stored.values.items()})
        tx.tell(stored, Op.CREATE, changed)
    else:
        show_again(tx, stored, title)


def _say_as_changes(tx: Transaction, create: StoredOp, stored: Stored) -> None:
    """What a create says otherwise than the record, which is there, becomes an edit of it."""
    server = stored.server
    differs = {
        name: Delta(server.get(name), delta.want)
        for name, delta in create.fields.items()
        if delta.want != server.get(name)
    }
    if differs:
        create.fields = differs
        tx.save_op(create)
        tx.db.run("UPDATE op SET op = 'update' WHERE seq = ?", (create.seq,))
    else:
        tx.let_go(create.seq)
        tx.drop_op(create.seq)


def link(tx: Transaction, op: StoredOp, stored: Stored, snapshot: Snapshot) -> None:
    mine = {name: delta.want for name, delta in op.fields.items()}
    settle(tx, op, stored, snapshot.rid, snapshot)
    server = dict(stored.server)
    missing: dict[str, Delta] = {}
    for name, want in mine.items():
        theirs = server.get(name)
        if want in (theirs, None, "") or name in SERVER_FIELDS[stored.kind] or name == "user_id":
            continue
        if not theirs:
            missing[name] = Delta(theirs, want)
            continue
        try:
            if name not in MERGED_FIELDS:
                raise Conflict(name)
            both = merge(name, base=None, mine=want, theirs=theirs)
        except Conflict:
            clash = Clash(name, None, want, theirs)
            conflicts.keep_aside(tx, stored, clash, ANOTHER_VALUE)
        else:
            missing[name] = Delta(theirs, both)
    if missing:
        stored.base = server
        tx.add_op(stored, Op.UPDATE, encode(missing), op.title, 0)
    show_again(tx, stored)
