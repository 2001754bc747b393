"""Commands become rows: one transaction with record, outbox, audit and undo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from rapport.domain.changes import Delta, Mutation, Op, Origin
from rapport.domain.commands import CUSTOM, Command, ResolveConflict, TakeBack, is_local
from rapport.domain.errors import InputError, not_there, there_already
from rapport.domain.records import Id, Kind, Ref
from rapport.domain.views import Choice, Outcome
from rapport.store import conflicts
from rapport.store.audit import read_departed
from rapport.store.read_models import contact_name
from rapport.store.rebase import StoredOp, coalesce, rebase
from rapport.store.transaction import Transaction
from rapport.store.values import (
    Stored,
    Unfit,
    Values,
    canonical,
    clean,
    encode,
    server_part,
)
from rapport.store.views import OpState

_mutations = msgspec.json.Decoder(tuple[Mutation, ...])


def commit(tx: Transaction, command: Command, origin: Origin, undo_of: int | None) -> Outcome:
    """Raises InputError where the command makes no sense; nothing is changed then."""
    tx.origin = origin
    if isinstance(command, ResolveConflict):
        _set_aside(tx, command)
    mutations = planned(tx, command)
    anew = any(is_made_anew(tx, mutation) for mutation in mutations)
    for mutation in mutations:
        apply(tx, mutation, command.title)
    if isinstance(command, ResolveConflict):
        _settle(tx, command)
    if undo_of is not None:
        tx.db.run("UPDATE undo SET done = 1 WHERE id = ?", (undo_of,))
        conflicts.reopen(tx, undo_of)
    if not mutations and not tx.settled:
        return Outcome(title=command.title, undo_id=None)
    tx.db.run(
        "INSERT INTO undo (at, title, origin, mutations) VALUES (?, ?, ?, ?)",
        (tx.now_ms, command.title, origin.value, encode(mutations)),
    )
    undo_id = tx.db.inserted()
    tx.db.run_each("UPDATE settled SET undo = ? WHERE id = ?", [(undo_id, n) for n in tx.settled])
    refs = tuple(dict.fromkeys(mutation.ref for mutation in mutations)) or command.targets()
    return Outcome(title=command.title, undo_id=undo_id, refs=refs, anew=anew)


def is_made_anew(tx: Transaction, mutation: Mutation) -> bool:
    """Whether it brings a contact back that the CRM has deleted."""
    return (
        mutation.op is Op.CREATE
        and mutation.ref.kind is Kind.CONTACT
        and (departed := read_departed(tx.db, mutation.ref.id)) is not None
        and departed.sent
        and tx.by_id(mutation.ref) is None
    )


def _set_aside(tx: Transaction, command: ResolveConflict) -> None:
    """Takes the fields out of an edit that still waits: the conflict was only foreseen, and the
    record is to show theirs. Raises InputError while such an edit is on its way."""
    stored = tx.by_id(command.ref)
    if stored is None:
        return
    names = {conflicts.field_of(name) for name in command.fields}
    for op in tx.ops(stored.key):
        if names.isdisjoint(op.fields) or op.op is not Op.UPDATE:
            continue
        if op.state in (OpState.SENDING, OpState.UNCERTAIN):
            raise InputError("This edit is being sent.", "Choose again in a moment.")
        op.fields = _without(op.fields, command.fields)
        if op.fields:
            tx.save_op(op)
        else:
            tx.drop_op(op.seq)
        changed = settle_chain(tx, stored)
        tx.save(stored, changed)


def _without(fields: dict[str, Delta], conflicting: Iterable[str]) -> dict[str, Delta]:
    """Of the custom fields only those that are in conflict go."""
    left = {name: delta for name, delta in fields.items() if name not in conflicting}
    ids = {name.removeprefix(CUSTOM) for name in conflicting if name.startswith(CUSTOM)}
    if ids and "custom" in left:
        base, want = dict(left["custom"].base or {}), dict(left["custom"].want or {})
        for id in ids:
            base.pop(id, None)
            want.pop(id, None)
        left["custom"] = Delta(base, want)
        if base == want:
            del left["custom"]
    return left


def _settle(tx: Transaction, command: ResolveConflict) -> None:
    """Where theirs was taken, nothing of the record had to change."""
    stored = tx.by_id(command.ref)
    if stored is not None:
        for name, delta in command.fields.items():
            choice = Choice.THEIRS if delta.base == delta.want else None
            conflicts.settle(tx, stored, name, clean(delta.want), choice)


def undo_entry(tx: Transaction, undo_id: int | None) -> tuple[int, TakeBack] | None:
    """What was taken back itself is only found by its id: taking that back is a redo."""
    row = tx.db.row(
        "SELECT id, title, mutations FROM undo WHERE done = 0 AND id = ?"
        if undo_id is not None
        else "SELECT id, title, mutations FROM undo WHERE done = 0 AND origin <> ?"
        " ORDER BY id DESC LIMIT 1",
        (Origin.UNDO.value if undo_id is None else undo_id,),
    )
    if row is None:
        return None
    parts = tx.db.rows("SELECT mutations FROM undo_part WHERE undo = ? ORDER BY id", (row[0],))
    mutations = tuple(
        step
        for (blob,) in [(row[2],), *parts]
        for mutation in _mutations.decode(blob)
        for step in _with_departed(tx, mutation)
    )
    return row[0], TakeBack(of=row[1], mutations=mutations)


def _with_departed(tx: Transaction, mutation: Mutation) -> Iterator[Mutation]:
    """A contact that is gone took its tasks and notes along: taking that back brings them, too."""
    if mutation.op is Op.DELETE and mutation.ref.kind is Kind.CONTACT:
        departed = read_departed(tx.db, mutation.ref.id)
        if departed is not None and tx.by_id(mutation.ref) is None:
            yield from (creation.inverse() for creation in reversed(departed.creations()))
            return
    yield mutation


def depart(tx: Transaction, contact: Stored) -> None:
    """Keeps a contact that is about to go as it is, with its tasks and notes."""
    children = tx.children(contact.key)
    kept = [
        (child.kind.value, child.id, child.values)
        for child in sorted(children, key=lambda child: child.key)
        if child.kind in (Kind.TASK, Kind.NOTE) and not child.tomb
    ]
    body = {
        "contact": contact.values,
        "children": kept,
        "sent": contact.rid is not None,
        "appointments": sum(child.kind is Kind.APPOINTMENT for child in children),
    }
    tx.db.run(
        "INSERT OR REPLACE INTO departed VALUES (?, ?, ?, ?)",
        (contact.id, tx.now_ms, contact_name(contact.values), encode(body)),
    )


def _clean(mutation: Mutation) -> Mutation:
    fields: dict[str, Delta] = {}
    for name, delta in mutation.fields.items():
        try:
            fields[name] = Delta(clean(delta.base), clean(delta.want))
        except Unfit:
            raise InputError("This value cannot be kept: it is too large.", field=name) from None
    return msgspec.structs.replace(mutation, fields=fields)


def _unknown_to_server(stored: Stored, ops: list[StoredOp]) -> bool:
    return stored.rid is None and all(op.op is Op.CREATE and op.open_to_edits for op in ops)


def apply(tx: Transaction, mutation: Mutation, title: str) -> int:
    """Carries one mutation out, with its outbox and audit entries. The seq of the edit that tells
    the server; 0 where it is to hear nothing."""
    if mutation.op is Op.CREATE:
        stored, seq = _create(tx, mutation, title)
    else:
        found = tx.by_id(mutation.ref)
        if found is None or found.tomb:
            raise not_there(mutation.ref.kind)
        stored = found
        if mutation.op is Op.UPDATE:
            seq = _update(tx, stored, mutation, title)
        else:
            seq = _delete(tx, stored, mutation, title)
    fields = {name: (delta.base, delta.want) for name, delta in mutation.fields.items()}
    tx.audit(stored, mutation.op, title, fields, sending=str(seq or ""))
    tx.tell(stored, mutation.op, mutation.fields)
    return seq


def planned(tx: Transaction, command: Command) -> list[Mutation]:
    """What the command does to the records as they are. Raises InputError."""
    records = {ref: tx.record(ref) for ref in command.targets()}
    return [_clean(mutation) for mutation in command.plan(records)]


def _checked(kind: Kind, values: Values) -> Values:
    try:
        return canonical(kind, values)
    except Unfit as error:
        raise InputError("This value has the wrong form.", str(error)) from None


def _wants(fields: dict[str, Delta]) -> Values:
    return {name: delta.want for name, delta in fields.items()}


def _outgoing(mutation: Mutation) -> bytes:
    """The deltas the server is to hear of; which contact a record belongs to is in its op."""
    fields = mutation.remote_fields()
    fields.pop("contact_id", None)
    return encode(fields)


def _create(tx: Transaction, mutation: Mutation, title: str) -> tuple[Stored, int]:
    """The record, and the seq of the edit that tells the server; 0 where it is to hear nothing."""
    ref = mutation.ref
    values = _checked(ref.kind, {"contact_id": mutation.contact_id, **_wants(mutation.fields)})
    stored = tx.by_id(ref)
    if stored is not None:
        if not stored.tomb:
            raise there_already(ref.kind)
        return _bring_back(tx, stored, mutation, values, title)
    contact_key, contact_id = _contact(tx, ref, mutation.contact_id)
    stored = tx.insert(
        ref.kind,
        ref.id,
        values,
        contact_key=contact_key,
        contact_id=contact_id,
        touched=tx.now_ms,
    )
    return stored, tx.add_op(stored, Op.CREATE, _outgoing(mutation), title, 0)


def _contact(tx: Transaction, ref: Ref, contact_id: Id) -> tuple[int | None, Id]:
    if ref.kind is Kind.CONTACT:
        return None, ref.id
    contact = tx.by_id(Ref(Kind.CONTACT, contact_id))
    if contact is None or contact.tomb:
        raise InputError("This contact is not there any more.", "It was deleted meanwhile.")
    return contact.key, contact.id


def _bring_back(
    tx: Transaction, stored: Stored, mutation: Mutation, values: Values, title: str
) -> tuple[Stored, int]:
    """A delete that did not land is withdrawn; once it is on its way the record is made anew."""
    last, seq = tx.ops(stored.key)[-1], 0
    if last.op is Op.DELETE and not last.may_have_landed:
        tx.drop_op(last.seq)
        if not tx.ops(stored.key):
            stored.base = stored.seen = None
    else:
        seq = tx.add_op(stored, Op.CREATE, _outgoing(mutation), title, 0)
    stored.tomb = False
    stored.values = values
    stored.touched = tx.now_ms
    tx.save(stored)
    return stored, seq


def _update(tx: Transaction, stored: Stored, mutation: Mutation, title: str) -> int:
    before, seq = stored.values, 0
    stored.values = _checked(stored.kind, {**before, **_wants(mutation.fields)})
    fields = mutation.remote_fields()
    if not is_local(mutation):
        stored.touched = tx.now_ms
        ops = _unblocked(tx, tx.ops(stored.key))
        held = {name for op in ops for name in op.fields}
        conflicts.settle_edited(tx, stored, mutation.fields, held)
        tail = ops[-1] if ops else None
        if tail is not None and tail.open_to_edits:
            tail.fields = coalesce(tail, fields)
            if tail.op is Op.UPDATE and not tail.fields:
                tx.let_go(tail.seq)
                tx.drop_op(tail.seq)
                settle_chain(tx, stored)
            else:
                tail.state, tail.attempt, tail.error = OpState.PENDING, 0, ""
                tail.not_before, seq = 0, tail.seq
                tx.save_op(tail)
        else:
            if tail is None and stored.rid is not None:
                stored.base = server_part(stored.kind, before)
            seq = tx.add_op(stored, Op.UPDATE, _outgoing(mutation), title, 0)
    tx.save(stored, mutation.fields)
    return seq


def _unblocked(tx: Transaction, ops: list[StoredOp]) -> list[StoredOp]:
    """The edits behind a refused one were never sent: they become one with it, so that correcting
    a value corrects the one that was refused."""
    if len(ops) < 2 or ops[0].state is not OpState.PARKED:
        return ops
    first, *later = ops
    if not all(op.open_to_edits and not op.part_of for op in ops):
        return ops
    for op in later:
        first.fields = coalesce(first, op.fields)
        tx.drop_op(op.seq)
    tx.save_op(first)
    return [first]


def _delete(tx: Transaction, stored: Stored, mutation: Mutation, title: str) -> int:
    ops = tx.ops(stored.key)
    if stored.kind is Kind.CONTACT:
        depart(tx, stored)
    if _unknown_to_server(stored, ops):
        tx.outbox = tx.outbox or bool(ops)
        for op in ops:
            tx.let_go(op.seq)
        tx.remove(stored)
        return 0
    if not ops:
        stored.base = server_part(stored.kind, stored.values)
    for name in conflicts.open_fields(tx, stored.key):
        conflicts.settle(tx, stored, name, None, Choice.MINE if name == "" else Choice.EDITED)
    stored.tomb = True
    hold_ms = int(mutation.hold_s * 1000)
    seen = encode(server_part(stored.kind, stored.values))
    seq = tx.add_op(stored, Op.DELETE, encode({}), title, tx.now_ms + hold_ms, seen=seen)
    tx.save(stored)
    return seq


def settle_chain(tx: Transaction, stored: Stored) -> list[str]:
    """Recomputes what a person sees of a record after its edits changed; when the last edit is
    done, the newest server values become the record. Returns the fields that look different; the
    caller saves."""
    ops = tx.ops(stored.key)
    server = stored.server
    before = stored.values
    local = {n: v for n, v in before.items() if n not in server_part(stored.kind, before)}
    if ops:
        shown, _ = rebase(ops, server)
    else:
        shown = dict(server) if server else server_part(stored.kind, before)
        stored.base = stored.seen = None
    if stored.kind is not Kind.CONTACT:
        shown["contact_id"] = stored.contact_id
    stored.values = canonical(stored.kind, {**shown, **local})
    return [name for name, value in stored.values.items() if before.get(name) != value]
