"""One contact with all that belongs to it, as the detail pane shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rapport.domain.changes import Op
from rapport.domain.records import (
    Appointment,
    Contact,
    Id,
    Kind,
    Note,
    Ref,
    Task,
    record_from,
)
from rapport.domain.views import (
    Change,
    ContactDetail,
)
from rapport.store import ledger, lists
from rapport.store.schema import KIND_NUMBER, KIND_OF
from rapport.store.sql import Sql
from rapport.store.values import (
    decode,
    decode_deltas,
    from_ms,
    from_ms_or_none,
    unpack,
)

SHOWN_CHANGES = 200
"""Audit entries of a contact's timeline."""


def _newest(value: datetime | None) -> float:
    return -value.timestamp() if value else float("-inf")


def _soonest(value: datetime | None) -> float:
    return value.timestamp() if value else float("inf")


def contact_detail(db: Sql, id: Id) -> ContactDetail | None:
    found = db.row(
        "SELECT key, shown, extra FROM record WHERE id = ? AND kind = ? AND tomb = 0",
        (id, KIND_NUMBER[Kind.CONTACT]),
    )
    if found is None:
        return None
    key, shown, extra = found
    contact = record_from(Kind.CONTACT, id, unpack(Kind.CONTACT, shown))
    assert isinstance(contact, Contact)
    (row,) = lists.rows(db, [key])
    children: dict[Kind, list[Any]] = {Kind.TASK: [], Kind.NOTE: [], Kind.APPOINTMENT: []}
    for child_id, number, blob in db.rows(
        "SELECT id, kind, shown FROM record WHERE contact_key = ? AND tomb = 0", (key,)
    ):
        kind = KIND_OF[number]
        values = {**unpack(kind, blob), "contact_id": id}
        children[kind].append(record_from(kind, child_id, values))
    tasks: list[Task] = children[Kind.TASK]
    notes: list[Note] = children[Kind.NOTE]
    appointments: list[Appointment] = children[Kind.APPOINTMENT]
    pending: set[Id] = set()
    fields: set[str] = set()
    for record_id, blob in db.rows(
        "SELECT r.id, op.fields FROM op JOIN record r ON r.key = op.key WHERE op.contact_key = ?",
        (key,),
    ):
        pending.add(record_id)
        if record_id == id:
            fields.update(decode_deltas(blob))
    conflicting, conflict_fields = ledger.marks(db, key, id)
    details_at = db.value("SELECT at FROM details WHERE key = ?", (key,))
    return ContactDetail(
        contact=contact,
        seed=row.seed,
        row=row,
        tasks=tuple(sorted(tasks, key=lambda t: (t.completed, _soonest(t.due_at), t.id))),
        notes=tuple(sorted(notes, key=lambda n: (not n.pinned, _newest(n.added_at), n.id))),
        appointments=tuple(sorted(appointments, key=lambda a: (_newest(a.start_at), a.id))),
        changes=_changes(db, id),
        pending=frozenset(pending),
        pending_fields=frozenset(fields),
        conflicts=conflicting,
        conflict_fields=conflict_fields,
        details_synced_at=from_ms_or_none(details_at or 0),
        extra=decode(extra) if extra else {},
    )


def _changes(db: Sql, contact_id: Id) -> tuple[Change, ...]:
    rows = db.rows(
        "SELECT id, at, title, origin, op, kind, record_id, fields FROM audit"
        " WHERE contact_id = ? AND op IN ('create', 'update', 'delete') ORDER BY id DESC LIMIT ?",
        (contact_id, SHOWN_CHANGES),
    )
    return tuple(
        Change(
            id=number,
            at=from_ms(at),
            title=title,
            origin=origin,
            op=Op(op),
            ref=Ref(Kind(kind), record_id),
            fields={name: (before, after) for name, (before, after) in decode(fields).items()},
        )
        for number, at, title, origin, op, kind, record_id, fields in rows
    )
