"""What becomes of a record that was edited here and deleted in the CRM."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from rapport.domain.changes import Delta, Op, Origin
from rapport.domain.commands import AcceptDeletion, CreateAgain
from rapport.domain.errors import InputError
from rapport.domain.merge import MAP_FIELDS, SET_FIELDS, Conflict, merge
from rapport.domain.records import LOCAL_FIELDS, Kind
from rapport.domain.views import Choice, Outcome
from rapport.store import conflicts
from rapport.store.rebase import StoredOp
from rapport.store.replica import forget, remember_gone
from rapport.store.transaction import Transaction
from rapport.store.values import DEFAULTS, Stored, Values, decode, encode


def decide(tx: Transaction, command: CreateAgain | AcceptDeletion, origin: Origin) -> Outcome:
    """Raises InputError where there is nothing of that kind to decide."""
    tx.origin = origin
    stored = tx.by_id(command.ref)
    if stored is None or "" not in conflicts.open_fields(tx, stored.key):
        raise InputError("There is nothing to decide about this any more.")
    creates = isinstance(command, CreateAgain)
    if creates and stored.kind is not Kind.CONTACT:
        contact = tx.by_key(stored.contact_key)
        if contact is None or contact.tomb or "" in conflicts.open_fields(tx, contact.key):
            raise InputError(
                "Its contact is not in the CRM any more.", "Decide about the contact first."
            )
    conflicts.settle(tx, stored, "", None, Choice.MINE if creates else Choice.THEIRS)
    tx.touch(stored.contact_id)
    if creates:
        _anew(tx, stored, command.title)
        if stored.kind is Kind.CONTACT:
            children_anew(tx, stored, command.title)
    else:
        forget(tx, stored)
    return Outcome(title=command.title, undo_id=None, refs=(command.ref,))


def children_anew(tx: Transaction, contact: Stored, title: str, part_of: int = 0) -> None:
    """What the CRM deleted with a contact that is made anew follows it there. ``part_of`` is the
    taking back of a merge, whose later stages wait for it."""
    for child in tx.children(contact.key):
        if child.kind is Kind.APPOINTMENT or child.tomb:
            # Appointments are not made from here; the CRM has deleted them, too.
            forget(tx, child)
        else:
            _anew(tx, child, title, part_of)


def _anew(tx: Transaction, stored: Stored, title: str, part_of: int = 0) -> None:
    """The record is sent as a new one, with all that is shown of it here."""
    for op in tx.ops(stored.key):
        if part_of and op.part_of == part_of:
            tx.let_go(op.seq)  # the new one says it, too
        tx.drop_op(op.seq)
    tx.drop_conflicts(stored.key, conflicts.open_fields(tx, stored.key))
    remember_gone(tx, stored.kind, stored.rid)
    stored.rid = stored.base = stored.seen = stored.extra = None
    stored.tomb = False
    stored.touched = tx.now_ms
    stored.epoch = tx.next_epoch()
    unsent = {*LOCAL_FIELDS[stored.kind], "contact_id"}
    wanted = {
        name: Delta(None, value)
        for name, value in stored.values.items()
        if name not in unsent and value != DEFAULTS[stored.kind].get(name)
    }
    tx.save(stored)
    seq = tx.add_op(stored, Op.CREATE, encode(wanted), title, 0)
    if part_of:
        tx.db.run("UPDATE op SET part_of = ?, stage = 1 WHERE seq = ?", (part_of, seq))
    fields = {name: (None, delta.want) for name, delta in wanted.items()}
    tx.audit(stored, Op.CREATE, title, fields, sending=str(seq))
    tx.tell(stored, Op.UPDATE)


def saw_it_arrive(tx: Transaction, later: list[StoredOp], op: StoredOp, server: Values) -> None:
    """Whoever deleted a record saw what the edit before the delete wanted. What the server made of
    that is nobody else's change, and neither is what it adds to a record that was made here."""

    def moved(seen: Values) -> None:
        if op.op is Op.CREATE:
            seen.update({name: server[name] for name in server if name not in op.fields})
        for name, delta in op.fields.items():
            want, got = delta.want, server.get(name)
            if name in MAP_FIELDS:
                kept = dict(seen.get(name) or {})
                same = [key for key, one in (want or {}).items() if kept.get(key) == one]
                kept.update({key: (got or {}).get(key) for key in same})
                seen[name] = {key: one for key, one in kept.items() if one is not None}
            elif name not in SET_FIELDS and seen.get(name) == want:
                seen[name] = got

    _move_seen(tx, later, moved)


def saw_it_discarded(tx: Transaction, later: list[StoredOp], op: StoredOp) -> None:
    """The edit before a delete was given up: the record is as it was before that."""

    def moved(seen: Values) -> None:
        for name, delta in op.fields.items():
            with contextlib.suppress(Conflict):
                seen[name] = merge(name, base=delta.want, mine=seen.get(name), theirs=delta.base)

    _move_seen(tx, later, moved)


def _move_seen(tx: Transaction, later: list[StoredOp], move: Callable[[Values], None]) -> None:
    for op in later:
        if op.op is Op.DELETE:
            blob = tx.db.value("SELECT seen FROM op WHERE seq = ?", (op.seq,))
            if blob is not None:
                seen: Values = decode(blob)
                move(seen)
                tx.db.run("UPDATE op SET seen = ? WHERE seq = ?", (encode(seen), op.seq))
