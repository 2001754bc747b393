"""Contacts that become one: what is made anew first, what is deleted last, and the way back.

A merge is one transaction here and several edits there, in stages: 1, the copies of notes, tasks
and appointments and the fields of the contact that stays; 2, the deletion of the others; 3, an
e-mail or phone number that one of the others had, since the CRM lets no two contacts have it.
Taking a merge back has stages of its own: 0, an e-mail or phone number; 1, the others anew; 2, the
other fields, and the deletion of the copies. An edit of a stage is sent when all of those before
have arrived. If one of stage 1 ends in any other way (a trigger sees to that), the merge stops:
what was not deleted yet stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from rapport.domain.changes import Delta, Mutation, Op, Origin
from rapport.domain.commands import UNDO_WINDOW_S
from rapport.domain.errors import InputError
from rapport.domain.merge import Conflict, merge
from rapport.domain.merging import (
    UNIQUE,
    UNMERGE_FOR,
    Carried,
    Gone,
    MergeContacts,
    Merged,
    MergeState,
    alike,
    carried,
)
from rapport.domain.records import Id, Kind, Ref
from rapport.domain.views import Outcome
from rapport.language import tr
from rapport.store import edits
from rapport.store.read_models import contact_name
from rapport.store.rebase import AFTER_DELETION, StoredOp
from rapport.store.settling import discard, show_again
from rapport.store.sql import Sql
from rapport.store.transaction import Transaction
from rapport.store.values import (
    DEFAULTS,
    Stored,
    Values,
    canonical,
    encode,
    server_part,
    to_ms,
)

_HOLD_MS = int(UNDO_WINDOW_S * 1000)
_CHILDREN = (Kind.TASK, Kind.NOTE, Kind.APPOINTMENT)
_UNTOLD = ("website", "timezone")
OF_THE_COPY = ("contact_id", "added_at", "user_id", "next_id")
"""Differ between a copy and its original by themselves."""


def carry_out(tx: Transaction, command: MergeContacts, origin: Origin) -> Outcome:
    """Raises InputError where it makes no sense; nothing is changed then."""
    tx.origin = origin
    planned = command.plan({ref: tx.record(ref) for ref in command.targets()})
    survivor, *others = _whole(tx, command)
    tx.db.run(
        "INSERT INTO merge (at, survivor_id, body) VALUES (?, ?, ?)",
        (tx.now_ms, survivor.id, encode({})),
    )
    part = Part(tx, tx.db.inserted(), command.title)
    done: list[Mutation] = list(planned)
    for mutation in planned:
        part.change(survivor, mutation.fields, held_by=others)
    note_id = ""
    if command.note.strip():
        note_id = tx.new_id()
        done.append(part.create(Kind.NOTE, note_id, survivor, {"body": command.note}))
    copies: list[Carried] = []
    for other in others:
        copies += part.copy(other, _children(tx, other), survivor)
    done += [_creation(tx, one.kind, one.copy_id) for one in copies]
    gone = [_gone(other) for other in others]
    for other in others:
        done.append(part.delete(other))
    merged = Merged(
        at=tx.now,
        survivor_id=survivor.id,
        name=contact_name(survivor.values),
        seed=survivor.rid or survivor.id,
        fields=planned[0].fields if planned else {},
        gone=tuple(gone),
        carried=tuple(copies),
        note_id=note_id,
    )
    undo_id = undo_entry(tx, command.title, origin, done)
    tx.db.run(
        "UPDATE merge SET body = ?, undo = ? WHERE id = ?", (encode(merged), undo_id, part.id)
    )
    part.close_if_done()
    return Outcome(title=command.title, undo_id=undo_id, refs=command.targets())


def _whole(tx: Transaction, command: MergeContacts) -> list[Stored]:
    found = [stored for ref in command.targets() if (stored := tx.by_id(ref)) is not None]
    survivor, *others = found
    if survivor.rid is None and any(other.rid is not None for other in others):
        raise InputError(
            "The CRM has not got the contact that is to stay.",
            "Let the other one stay, or wait until this one has arrived.",
        )
    for other in others:
        busy = "SELECT 1 FROM merge WHERE survivor_id = ? AND state IN ('open', 'stopping')"
        if tx.db.value(busy, (other.id,)):
            raise InputError(
                "An earlier merge into one of these contacts is still on its way.",
                "Wait until the CRM has it, or let that contact stay.",
            )
    return found


def _children(tx: Transaction, contact: Stored) -> list[Stored]:
    children = (child for child in tx.children(contact.key) if child.kind in _CHILDREN)
    return sorted((child for child in children if not child.tomb), key=lambda child: child.key)


def _gone(other: Stored) -> Gone:
    return Gone(
        id=other.id,
        name=contact_name(other.values),
        values=other.values,
        sent=other.rid is not None,
    )


def undo_entry(
    tx: Transaction, title: str, origin: Origin, mutations: Iterable[Mutation], *, done: int = 0
) -> int:
    tx.db.run(
        "INSERT INTO undo (at, title, origin, mutations, done) VALUES (?, ?, ?, ?, ?)",
        (tx.now_ms, title, origin.value, encode(list(mutations)), done),
    )
    return tx.db.inserted()


def _creation(tx: Transaction, kind: Kind, id: Id) -> Mutation:
    stored = tx.by_id(Ref(kind, id))
    assert stored is not None
    fields = {name: Delta(None, v) for name, v in stored.values.items() if v is not None}
    return Mutation(op=Op.CREATE, ref=Ref(kind, id), contact_id=stored.contact_id, fields=fields)


class Part:
    """The edits of one merge, or of its taking back."""

    def __init__(self, tx: Transaction, id: int, title: str, *, hold_ms: int = _HOLD_MS) -> None:
        self.id = id
        self._tx = tx
        self._title = title
        self._hold_ms = hold_ms

    def new_id(self) -> Id:
        return self._tx.new_id()

    def _belongs(self, seq: int, stage: int) -> None:
        self._tx.db.run(
            "UPDATE op SET part_of = ?, stage = ?, not_before = max(not_before, ?) WHERE seq = ?",
            (self.id, stage, self._tx.now_ms + self._hold_ms, seq),
        )

    def close_if_done(self) -> None:
        self._tx.db.run(
            "UPDATE merge SET state = 'done' WHERE id = ?1"
            " AND NOT EXISTS (SELECT 1 FROM op WHERE part_of = ?1)",
            (self.id,),
        )

    def change(
        self,
        stored: Stored,
        fields: Mapping[str, Delta],
        *,
        held_by: Iterable[Stored] = (),
        stage: int = 1,
    ) -> None:
        """Changes a record. A unique value that one of ``held_by`` has goes when that is gone."""
        tx, title = self._tx, self._title
        taken = [other for other in held_by if other.rid is not None]
        late = {
            name: delta
            for name, delta in fields.items()
            if name in UNIQUE and any(alike(delta.want, one.values[name]) for one in taken)
        }
        early = {name: delta for name, delta in fields.items() if name not in late}
        before = stored.values
        wants = {name: delta.want for name, delta in fields.items()}
        stored.values = canonical(stored.kind, {**before, **wants})
        stored.touched = tx.now_ms
        if stored.rid is not None and not tx.ops(stored.key):
            stored.base = server_part(stored.kind, before)
        for part, at in ((early, stage), (late, AFTER_DELETION)):
            if part:
                seq = tx.add_op(stored, Op.UPDATE, encode(part), title, 0)
                self._belongs(seq, at)
                told = {name: (delta.base, delta.want) for name, delta in part.items()}
                tx.audit(stored, Op.UPDATE, title, told, sending=str(seq))
        tx.save(stored, fields)
        tx.tell(stored, Op.UPDATE, fields)

    def create(self, kind: Kind, id: Id, contact: Stored, values: Values) -> Mutation:
        """A note, task or appointment at ``contact``; ``values`` without what is empty."""
        mutation = _new(Ref(kind, id), contact.id, values)
        self._belongs(edits.apply(self._tx, mutation, self._title), 1)
        return mutation

    def copy(self, other: Stored, children: Iterable[Stored], survivor: Stored) -> list[Carried]:
        """Makes notes, tasks and appointments of ``other`` anew at the contact that stays."""
        tx, name = self._tx, contact_name(other.values)
        children = list(children)
        ids = {child.id: tx.new_id() for child in children}
        for child in children:
            writer = _writer(tx, child.values)
            values = carried(child.kind, child.values, name, writer, tx.zone)
            if child.kind is Kind.TASK:
                values["next_id"] = ids.get(values["next_id"])
                values["due_at"] = values["due_at"] or _iso(tx.now)  # the API demands one
            self.create(child.kind, ids[child.id], survivor, values)
        return [
            Carried(
                kind=child.kind,
                source_id=child.id,
                contact_id=other.id,
                copy_id=ids[child.id],
                values=dict(child.values),
            )
            for child in children
        ]

    def anew(self, ref: Ref, contact_id: Id, values: Values) -> Mutation:
        mutation = _new(ref, contact_id, values)
        seq = edits.apply(self._tx, mutation, self._title)
        if seq:
            self._belongs(seq, 1)
        return mutation

    def delete(self, stored: Stored) -> Mutation:
        ref = Ref(stored.kind, stored.id)
        mutation = Mutation(
            op=Op.DELETE,
            ref=ref,
            contact_id=stored.contact_id,
            fields={name: Delta(value, None) for name, value in stored.values.items()},
            hold_s=UNDO_WINDOW_S,
        )
        seq = edits.apply(self._tx, mutation, self._title)
        if seq:  # 0: the CRM has never heard of it
            self._belongs(seq, 2)
        return mutation


def _new(ref: Ref, contact_id: Id, values: Values) -> Mutation:
    defaults = DEFAULTS[ref.kind]
    fields = {
        name: Delta(None, value)
        for name, value in values.items()
        if value is not None and (name == "completed" or value != defaults.get(name))
    }
    fields.pop("contact_id", None)
    if ref.kind is not Kind.CONTACT:
        fields["contact_id"] = Delta(None, contact_id)
    return Mutation(op=Op.CREATE, ref=ref, contact_id=contact_id, fields=fields)


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _writer(tx: Transaction, values: Values) -> str:
    users = tx.setting("reference:users") or ()
    wanted = values.get("user_id")
    return next((str(user["name"]) for user in users if wanted and user["id"] == wanted), "")


# While it is on its way.


def carry_over(tx: Transaction, seq: int, told: Mapping[str, Any]) -> bool:
    """See ``Outbox.carry_over``."""
    op = tx.op(seq)
    merged = find(tx.db, op.part_of) if op is not None and op.part_of else None
    other = tx.by_key(op.key) if op is not None else None
    if op is None or merged is None or other is None:
        return False
    survivor = tx.by_id(Ref(Kind.CONTACT, merged.survivor_id))
    if survivor is None or survivor.tomb:
        return False
    part = Part(tx, merged.id, op.title, hold_ms=0)
    known = {one.source_id: one for one in merged.carried}
    children = _children(tx, other)
    more = part.copy(other, [child for child in children if child.id not in known], survivor)
    for child in children:
        one = known.get(child.id)
        moved = _moved_on(tx, part, one, child) if one is not None else None
        if moved is not None:
            more.append(moved)
    gone = [
        _told_late(part, one, told, survivor) if one.id == other.id else one for one in merged.gone
    ]
    late = tuple(gone) != merged.gone
    if more or late:
        kept = {one.source_id: one for one in (*merged.carried, *more)}
        merged = msgspec.structs.replace(merged, carried=tuple(kept.values()), gone=tuple(gone))
        tx.db.run("UPDATE merge SET body = ? WHERE id = ?", (encode(merged), merged.id))
    return bool(more) or late


def _told_late(part: Part, gone: Gone, told: Mapping[str, Any], survivor: Stored) -> Gone:
    """What only a read of the whole contact tells (FACTS B1a) was perhaps not known when the person
    chose: the contact that stays gets it, in a note where it has another."""
    news = {name: told[name] for name in _UNTOLD if told.get(name) and not gone.values.get(name)}
    for name, value in news.items():
        if not survivor.values[name]:
            part.change(survivor, {name: Delta(survivor.values[name], value)})
        elif survivor.values[name] != value:
            body = tr("Of {name}, before a merge: {value}").format(name=gone.name, value=value)
            part.create(Kind.NOTE, part.new_id(), survivor, {"body": body})
    return msgspec.structs.replace(gone, values={**gone.values, **news}) if news else gone


def _moved_on(tx: Transaction, part: Part, one: Carried, child: Stored) -> Carried | None:
    """The original was changed in the CRM after it was copied: the copy gets that, too."""
    now = server_part(child.kind, child.values)
    changed = {
        name: value
        for name, value in now.items()
        if name not in OF_THE_COPY and value != one.values.get(name)
    }
    copy = tx.by_id(Ref(one.kind, one.copy_id))
    if not changed:
        return None
    if copy is not None and not copy.tomb:
        deltas: dict[str, Delta] = {}
        for name, theirs in changed.items():
            mine = copy.values[name]
            both = _together(name, one.values.get(name), mine, theirs)
            if both != mine:
                deltas[name] = Delta(mine, both)
        if deltas:
            part.change(copy, deltas)
    return msgspec.structs.replace(one, values=dict(child.values))


def _together(name: str, base: Any, mine: Any, theirs: Any) -> Any:
    if name == "body" and isinstance(base, str) and str(mine).endswith(base):
        return str(mine).removesuffix(base) + str(theirs)  # behind the first line of a copy
    try:
        return merge(name, base=base, mine=mine, theirs=theirs)
    except Conflict:
        return f"{mine}\n\n{theirs}" if name == "body" else mine


def stop(tx: Transaction) -> None:
    """Gives up what is left of merges of which a part was given up: the other contacts are there
    again, and what would have followed their deletion is as it was."""
    rows = tx.db.rows(
        "SELECT seq FROM op WHERE stage >= 2 AND part_of NOT IN"
        " (SELECT id FROM merge WHERE state IN ('open', 'done')) ORDER BY seq DESC"
    )
    for (seq,) in rows:
        op = tx.op(seq)
        stored = tx.by_key(op.key) if op is not None else None
        if op is None or stored is None or op.may_have_landed:
            continue  # too late for this one: it goes on
        free = _set_free(tx, op) if op.stage == AFTER_DELETION else {}
        if free:
            op.fields = free
            tx.save_op(op)
            show_again(tx, stored, f"Discard “{op.title}”")
        else:
            discard(tx, op, stored)
        tx.refresh(stored.contact_key)
    tx.db.run("UPDATE merge SET state = 'stopped' WHERE state = 'stopping'")
    tx.outbox = True


def _set_free(tx: Transaction, op: StoredOp) -> dict[str, Delta]:
    """The addresses and numbers in the edit that none of the others has who are still there: with
    those who are gone they would be gone, too."""
    merged = find(tx.db, op.part_of)
    if merged is None:
        return {}
    others = [tx.by_id(Ref(Kind.CONTACT, one.id)) for one in merged.gone]
    there = [other for other in others if other is not None and not other.tomb]
    return {
        name: delta
        for name, delta in op.fields.items()
        if not any(alike(delta.want, other.values[name]) for other in there)
    }


# Reading.


def find(db: Sql, merge_id: int) -> Merged | None:
    """None for what is no merge."""
    row = db.row("SELECT id, body, state FROM merge WHERE id = ?", (merge_id,))
    return _merged(db, row) if row is not None and row[1] != b"null" else None


def listed(db: Sql, now: datetime) -> list[Merged]:
    """The merges that can be taken back, and those that were, the latest first."""
    rows = db.rows(
        "SELECT id, body, state FROM merge WHERE at >= ? AND body <> ? ORDER BY id DESC",
        (to_ms(now - UNMERGE_FOR), b"null"),
    )
    return [_merged(db, row) for row in rows]


def _merged(db: Sql, row: tuple[Any, ...]) -> Merged:
    id, body, state = row
    merged = msgspec.json.decode(body, type=Merged)
    where, why = (
        {
            "open": MergeState.WAITING,
            "done": MergeState.DONE,
            "undone": MergeState.UNDONE,
        }.get(state, MergeState.STOPPED),
        "",
    )
    if where is MergeState.WAITING:
        refused = db.row(
            "SELECT error FROM op WHERE part_of = ? AND state IN ('parked', 'ask') LIMIT 1", (id,)
        )
        if refused is not None:
            where, why = MergeState.REFUSED, refused[0]
    return msgspec.structs.replace(merged, id=id, state=where, why=why)


def tidy(tx: Transaction) -> None:
    """At the start: forgets merges that cannot be taken back any more, and stops those of which a
    part is missing."""
    if tx.db.value(
        "SELECT EXISTS (SELECT 1 FROM merge WHERE state = 'stopping') OR EXISTS"
        " (SELECT 1 FROM op WHERE stage >= 2 AND part_of NOT IN (SELECT id FROM merge))"
    ):
        stop(tx)
    limit = to_ms(tx.now - UNMERGE_FOR)
    tx.db.run("DELETE FROM merge WHERE at < ? AND state NOT IN ('open', 'stopping')", (limit,))


# Contacts that are known to be two.


def set_apart(tx: Transaction, pairs: Iterable[tuple[Id, Id]], *, apart: bool) -> None:
    for pair in pairs:
        one, other = sorted(pair)
        if apart:
            sql = "INSERT OR REPLACE INTO apart VALUES (?, ?, ?)"
            tx.db.run(sql, (one, other, tx.now_ms))
        else:
            tx.db.run("DELETE FROM apart WHERE one = ? AND other = ?", (one, other))
    tx.outbox = True


def apart(db: Sql) -> frozenset[tuple[Id, Id]]:
    return frozenset(db.rows("SELECT one, other FROM apart"))
