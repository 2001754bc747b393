"""What comes of a repeating task when it is done: its next occurrence, exactly once.

It is made in the transaction in which the task is seen to be done, whoever did it and wherever, so
that no crash comes between the two; the done task remembers it, so that it is not made again. When
the task is open again the next one goes, unless somebody changed it meanwhile.
"""

from __future__ import annotations

from rapport.domain.changes import Delta, Mutation, Op, Origin
from rapport.domain.commands import UNDO_WINDOW_S
from rapport.domain.records import Kind, Ref, json_ready
from rapport.domain.repeat import next_values
from rapport.language import mark
from rapport.store.edits import apply
from rapport.store.transaction import Transaction
from rapport.store.values import Stored, Unfit, Values, canonical

NEXT_MADE = mark("Add next task")
NEXT_GONE = mark("Remove next task")


def go_on(tx: Transaction) -> None:
    """Call it at the end of every transaction."""
    while tx.repeating:
        key, before = tx.repeating.popitem()
        task = tx.by_key(key)
        if task is None or task.tomb or task.values["completed"] == before["completed"]:
            continue
        origin = tx.origin
        if origin in (Origin.SYNC, Origin.WEBHOOK):
            tx.origin = Origin.RULE  # what the CRM tells is theirs; what we make of it is not
        if task.values["completed"]:
            _make_next(tx, task)
        else:
            _take_next_away(tx, task, before)
        tx.origin = origin


def _make_next(tx: Transaction, task: Stored) -> None:
    contact = tx.by_key(task.contact_key)
    if _next_of(tx, task) is not None or contact is None or contact.tomb:
        return
    values = _next_values(tx, task, task.values)
    if values is None:
        return
    ref = Ref(Kind.TASK, tx.new_id())
    fields = {name: Delta(None, value) for name, value in values.items() if value is not None}
    made = Mutation(op=Op.CREATE, ref=ref, contact_id=task.contact_id, fields=fields)
    apply(tx, made, NEXT_MADE)
    _point_at(tx, task, ref.id)


def _take_next_away(tx: Transaction, task: Stored, before: Values) -> None:
    coming = _next_of(tx, task)
    if coming is not None:
        made = _next_values(tx, task, before)
        if made is None or _differs(coming, made):
            return
        fields = {name: Delta(value, None) for name, value in coming.values.items()}
        gone = Mutation(
            op=Op.DELETE,
            ref=Ref(Kind.TASK, coming.id),
            contact_id=coming.contact_id,
            fields=fields,
            hold_s=UNDO_WINDOW_S,
        )
        apply(tx, gone, NEXT_GONE)
    _point_at(tx, task, None)


def _next_of(tx: Transaction, task: Stored) -> Stored | None:
    id = task.values["next_id"]
    found = tx.by_id(Ref(Kind.TASK, id)) if id else None
    return None if found is None or found.tomb else found


def _next_values(tx: Transaction, task: Stored, done: Values) -> Values | None:
    """Of the task that comes behind ``done``, the values with which it is made."""
    done_at = done["completed_at"] or json_ready({"at": tx.now})["at"]
    values = next_values(done, done_at, tx.zone)
    if values is None:
        return None
    return json_ready({"completed": False, **values, "contact_id": task.contact_id})


def _differs(coming: Stored, made: Values) -> bool:
    try:
        return canonical(Kind.TASK, made) != canonical(Kind.TASK, coming.values)
    except Unfit:
        return True


def _point_at(tx: Transaction, task: Stored, next_id: str | None) -> None:
    task.values["next_id"] = next_id
    tx.save(task, ("next_id",))
    tx.repeating.pop(task.key, None)
    tx.tell(task, Op.UPDATE, ("next_id",))
