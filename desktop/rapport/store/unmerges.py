"""Takes a merge of contacts back: see ``merges`` for the stages in which it is sent."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from rapport.domain.changes import Delta, Mutation, Op, Origin
from rapport.domain.errors import InputError
from rapport.domain.merging import (
    UNIQUE,
    UNMERGE_FOR,
    Carried,
    Gone,
    Merged,
    MergeState,
    Unmerge,
    only_once,
    set_back,
)
from rapport.domain.records import Contact, Kind, Ref
from rapport.domain.views import Outcome
from rapport.language import tr
from rapport.store import edits, merges
from rapport.store.read_models import contact_name
from rapport.store.rebase import AFTER_DELETION
from rapport.store.transaction import Transaction
from rapport.store.values import Stored, Values, encode
from rapport.store.views import OpState


def undone_by(tx: Transaction, undo_id: int) -> int | None:
    """The merge that an entry of the undo list takes back."""
    found: int | None = tx.db.value("SELECT id FROM merge WHERE undo = ?", (undo_id,))
    return found


def take_back(tx: Transaction, command: Unmerge, origin: Origin) -> Outcome:
    """Raises InputError where it cannot be; nothing is changed then."""
    tx.origin = origin
    merged = merges.find(tx.db, command.merge_id)
    if merged is None or merged.state is MergeState.UNDONE:
        raise InputError("This merge was taken back already.")
    if tx.now - merged.at > UNMERGE_FOR:
        raise InputError("A merge can be taken back for 60 days.")
    survivor = tx.by_id(Ref(Kind.CONTACT, merged.survivor_id))
    if survivor is None or survivor.tomb:
        raise InputError(
            "The contact that stayed is not there any more.",
            "Bring it back first, from the audit log.",
        )
    undo = tx.db.value("SELECT undo FROM merge WHERE id = ?", (merged.id,))
    tx.db.run("UPDATE merge SET state = 'undone' WHERE id = ?", (merged.id,))
    tx.db.run("UPDATE undo SET done = 1 WHERE id = ?", (undo,))
    _withdraw_fields(tx, survivor, merged.id)
    tx.db.run(
        "INSERT INTO merge (at, survivor_id, body, state) VALUES (?, ?, ?, 'open')",
        (tx.now_ms, survivor.id, encode(None)),
    )
    part = merges.Part(tx, tx.db.inserted(), command.title, hold_ms=0)
    record = tx.record(Ref(Kind.CONTACT, survivor.id))
    back, _ = set_back(merged, record if isinstance(record, Contact) else None)
    done: list[Mutation] = []
    if back:
        # The CRM takes the others' address or number only once it is free; the rest waits for them.
        first = {name: delta for name, delta in back.items() if name in UNIQUE}
        later = {name: delta for name, delta in back.items() if name not in UNIQUE}
        for fields, stage in ((first, 0), (later, 2)):
            if fields:
                part.change(survivor, fields, stage=stage)
        done.append(msgspec.structs.replace(merged.mutation, fields=back))
    anew = False
    for gone in merged.gone:
        stored = tx.by_id(Ref(Kind.CONTACT, gone.id))
        anew = anew or (gone.sent and (stored is None or _is_leaving(tx, stored)))
        done += _bring_back(tx, part, gone, merged.carried, survivor)
    done += _drop_copies(tx, part, merged)
    part.close_if_done()
    tx.outbox = True
    undo_id = merges.undo_entry(tx, command.title, origin, done, done=1)
    refs = tuple(Ref(Kind.CONTACT, id) for id in (survivor.id, *(one.id for one in merged.gone)))
    return Outcome(title=command.title, undo_id=undo_id, refs=refs, anew=anew)


def _withdraw_fields(tx: Transaction, survivor: Stored, merge_id: int) -> None:
    """What the CRM has not heard of yet is not sent."""
    pending = [op for op in tx.ops(survivor.key) if op.part_of == merge_id]
    for op in reversed(pending):
        later = [one for one in tx.ops(survivor.key) if one.seq > op.seq]
        if op.open_to_edits or (op.stage == AFTER_DELETION and op.state is not OpState.SENDING):
            if any(set(one.fields) & set(op.fields) for one in later):
                tx.let_go(op.seq)  # a later edit builds upon it
                continue
            tx.drop_op(op.seq)
            before = survivor.values
            changed = edits.settle_chain(tx, survivor)
            tx.save(survivor, changed)
            told = {name: (before.get(name), survivor.values[name]) for name in changed}
            tx.audit(survivor, Op.UPDATE, Unmerge.TITLE, told)
            tx.tell(survivor, Op.UPDATE, changed)


def _may_repeat(tx: Transaction) -> bool:
    """Whether the location allows two contacts with the same address or number."""
    location = tx.setting("reference:location") or {}
    settings = (location.get("extra") or {}).get("settings") or {}
    return settings.get("allowDuplicateContact") is True


def _is_leaving(tx: Transaction, stored: Stored) -> bool:
    """Whether its deletion is on its way, so that it is made anew."""
    return stored.tomb and any(
        op.op is Op.DELETE and op.may_have_landed for op in tx.ops(stored.key)
    )


def _bring_back(
    tx: Transaction, part: merges.Part, gone: Gone, copies: Iterable[Carried], survivor: Stored
) -> list[Mutation]:
    ref = Ref(Kind.CONTACT, gone.id)
    stored = tx.by_id(ref)
    done: list[Mutation] = []
    copies = list(copies)
    if stored is None or _is_leaving(tx, stored):
        values = dict(gone.values)
        without = only_once(gone, survivor.values) if not _may_repeat(tx) else ()
        told = [str(values.pop(name)) for name in without]
        done.append(part.anew(ref, gone.id, values))
        made = tx.by_id(ref)
        if told and made is not None:
            body = tr("Also has {value}, which the CRM takes at one contact only: {name} has it.")
            name = contact_name(survivor.values)
            body = "\n".join(body.format(value=value, name=name) for value in told)
            done.append(part.create(Kind.NOTE, tx.new_id(), made, {"body": body}))
    elif stored.tomb:
        done.append(part.anew(ref, gone.id, stored.values))
    sources = {one.copy_id: one.source_id for one in copies}
    for one in copies:
        if one.contact_id != gone.id:
            continue
        child = Ref(one.kind, one.source_id)
        copy = tx.by_id(Ref(one.kind, one.copy_id))
        now = copy.values if copy is not None and not copy.tomb else None
        original = tx.by_id(child)
        if original is None:
            values = dict(now or one.values)
            if now is not None and one.kind is Kind.TASK:
                values["next_id"] = sources.get(values["next_id"])
            done.append(part.anew(child, gone.id, values))
        elif now is not None and not original.tomb:
            _give_back(tx, part, one, original, now)
    return done


def _give_back(
    tx: Transaction, part: merges.Part, one: Carried, original: Stored, copy: Values
) -> None:
    """What was changed at the copy goes to the original, which is still there."""
    deltas: dict[str, Delta] = {}
    for name, value in copy.items():
        mine, base = original.values.get(name), one.values.get(name)
        if name in merges.OF_THE_COPY or value in (mine, base):
            continue
        if name == "body" and isinstance(base, str) and str(value).endswith(base):
            continue  # only the first line is new
        deltas[name] = Delta(mine, value)
    if deltas:
        part.change(original, deltas)


def _drop_copies(tx: Transaction, part: merges.Part, merged: Merged) -> list[Mutation]:
    refs = [Ref(one.kind, one.copy_id) for one in merged.carried]
    if merged.note_id:
        refs.append(Ref(Kind.NOTE, merged.note_id))
    found = [stored for ref in refs if (stored := tx.by_id(ref)) is not None and not stored.tomb]
    return [part.delete(stored) for stored in found]
