"""What the window lists of the outbox and of conflicts, read in one go each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from rapport.domain.changes import Op
from rapport.domain.records import Id, Kind, Ref
from rapport.domain.views import (
    Choice,
    ConflictCase,
    EntryState,
    FieldConflict,
    OutboxItem,
    RecordConflict,
    Sending,
    SettledConflict,
)
from rapport.store.conflicts import KEPT_SETTLED_MS, field_of, subject
from rapport.store.read_models import contact_name
from rapport.store.schema import KIND_OF
from rapport.store.sql import Sql
from rapport.store.values import (
    decode,
    decode_deltas,
    encode,
    from_ms,
    from_ms_or_none,
    to_ms,
    unpack,
)
from rapport.store.views import OpState, OutboxCounts

_STATES = {
    OpState.PENDING: EntryState.WAITING,
    OpState.SENDING: EntryState.SENDING,
    OpState.UNCERTAIN: EntryState.UNCERTAIN,
    OpState.PARKED: EntryState.REFUSED,
    OpState.ASK: EntryState.ASK,
}

# A record that is gone on the server waits in the inbox, with its edits and its children's.
_DECIDED_THERE = (
    "EXISTS (SELECT 1 FROM conflict f WHERE f.field = ''"
    " AND (f.key = op.key OR f.key = op.contact_key))"
)

_ITEM = f"""
    SELECT op.seq, r.kind, r.id, c.id, op.title, op.state, op.created_at, op.error, op.op,
           op.fields, op.not_before, op.attempt, r.shown, c.shown, coalesce(c.rid, c.id),
           op.state IN ('parked', 'ask') AND {_DECIDED_THERE},
           EXISTS (SELECT 1 FROM op e WHERE e.seq < op.seq AND e.state IN ('parked', 'ask')
                   AND (e.key = op.key OR (e.key = op.contact_key AND e.op = 'create'))
                   AND NOT (op.op = 'delete' AND e.key = op.key AND e.state = 'parked'))
           OR EXISTS (SELECT 1 FROM op b WHERE op.part_of > 0 AND b.part_of = op.part_of
                      AND b.stage < op.stage)
    FROM op JOIN record r ON r.key = op.key JOIN record c ON c.key = op.contact_key
    ORDER BY op.seq
"""


def items(db: Sql, now: datetime) -> list[OutboxItem]:
    """The edits that the server has not got, oldest first."""
    return [_item(row, to_ms(now)) for row in db.rows(_ITEM)]


def sending(db: Sql, seqs: Sequence[int], now: datetime) -> Sending:
    """What has become of these edits."""
    bound = (encode(list(seqs)).decode(),)
    states = [
        OpState(state)
        for (state,) in db.rows(
            "SELECT state FROM op WHERE seq IN (SELECT value FROM json_each(?))", bound
        )
    ]
    refused = db.rows(
        f"SELECT * FROM ({_ITEM}) WHERE state IN ('parked', 'ask')"
        " AND seq IN (SELECT value FROM json_each(?))",
        bound,
    )
    return Sending(
        total=len(seqs),
        waiting=sum(state not in (OpState.PARKED, OpState.ASK) for state in states),
        refused=tuple(_item(row, to_ms(now)) for row in refused),
    )


def _item(row: tuple[Any, ...], now_ms: int) -> OutboxItem:
    seq, number, id, contact_id, title, state, created_at, error, op, fields, *rest = row
    not_before, attempt, shown, contact, seed, conflicting, behind = rest
    kind = KIND_OF[number]
    where = _STATES[OpState(state)]
    if conflicting:
        where = EntryState.CONFLICT
    elif where is EntryState.WAITING and behind:
        where = EntryState.BEHIND
    elif where is EntryState.WAITING and op == Op.DELETE and not attempt and not_before > now_ms:
        where = EntryState.HELD
    return OutboxItem(
        seq=seq,
        ref=Ref(kind, id),
        contact_id=contact_id,
        title=title,
        state=where,
        created_at=from_ms(created_at),
        error=error,
        op=Op(op),
        fields=decode_deltas(fields),
        not_before=from_ms_or_none(not_before if not_before > now_ms else 0),
        attempt=attempt,
        contact_name=contact_name(unpack(Kind.CONTACT, contact)),
        contact_seed=seed,
        subject=subject(kind, unpack(kind, shown)),
    )


def counts(db: Sql) -> OutboxCounts:
    found = db.row(
        "SELECT count(*) FILTER (WHERE state IN ('pending', 'sending', 'uncertain')),"
        f" count(*) FILTER (WHERE state IN ('parked', 'ask') AND NOT {_DECIDED_THERE}) FROM op"
    )
    assert found is not None
    waiting, refused = found
    keys = {key for key, *_ in _undecided(db)}
    return OutboxCounts(waiting=waiting, refused=refused, conflicts=len(keys))


_CONFLICT = """
    SELECT f.key, f.field, f.base, f.mine, f.theirs, f.at, r.kind, r.id, r.shown, c.id, c.shown,
           coalesce(c.rid, c.id)
    FROM conflict f JOIN record r ON r.key = f.key JOIN record c ON c.key = f.contact_key
    ORDER BY f.id
"""


def _undecided(db: Sql) -> Iterable[tuple[Any, ...]]:
    """Without those of an edit that is on its way: what comes back may be what both want."""
    rows = db.rows(_CONFLICT)
    if not rows:
        return ()
    flying: dict[int, set[str]] = {}
    for key, fields in db.rows(
        "SELECT key, fields FROM op WHERE state IN ('sending', 'uncertain')"
    ):
        flying.setdefault(key, set()).update(decode_deltas(fields))
    return [row for row in rows if field_of(row[1]) not in flying.get(row[0], ())]


def conflicts(db: Sql) -> list[RecordConflict]:
    """What waits for a person's choice, a record at a time, the latest first."""
    rows: dict[int, list[tuple[Any, ...]]] = {}
    for row in _undecided(db):
        rows.setdefault(row[0], []).append(row)
    found = [_conflict(db, group) for group in rows.values()]
    return sorted(found, key=lambda conflict: conflict.at, reverse=True)


def _conflict(db: Sql, rows: list[tuple[Any, ...]]) -> RecordConflict:
    number, id, shown, contact_id, contact, seed = rows[0][6:]
    kind = KIND_OF[number]
    fields = [
        FieldConflict(field=field, base=decode(base), mine=decode(mine), theirs=decode(theirs))
        for _, field, base, mine, theirs, *_ in rows
    ]
    whole = next((one for one in fields if one.field == ""), None)
    case = ConflictCase.FIELDS
    if whole is not None:
        case = ConflictCase.GONE if whole.theirs is None else ConflictCase.DELETED
        fields = [whole]
    at = max(row[5] for row in rows)
    return RecordConflict(
        ref=Ref(kind, id),
        contact_id=contact_id,
        contact_name=contact_name(unpack(Kind.CONTACT, contact)),
        contact_seed=seed,
        subject=subject(kind, unpack(kind, shown)),
        case=case,
        at=from_ms(at),
        fields=tuple(fields),
        merged=_merged(db, id, min(row[5] for row in rows)),
    )


def _merged(db: Sql, record_id: Id, since: int) -> tuple[FieldConflict, ...]:
    """What the same send merged by itself: noted a moment before the conflict."""
    rows = db.rows(
        "SELECT field, base, mine, theirs FROM settled"
        " WHERE record_id = ? AND choice = 'merged' AND at >= ? ORDER BY id",
        (record_id, since - 60_000),
    )
    return tuple(
        FieldConflict(field=field, base=decode(base), mine=decode(mine), theirs=decode(theirs))
        for field, base, mine, theirs in rows
    )


def settled(db: Sql, now: datetime) -> list[SettledConflict]:
    """What was decided in the last thirty days, the latest first."""
    rows = db.rows(
        "SELECT s.id, s.kind, s.record_id, s.contact_id, s.contact_name,"
        " coalesce(c.rid, s.contact_id), s.subject, s.field, s.base, s.mine, s.theirs, s.kept,"
        " s.choice, s.at,"
        " CASE WHEN EXISTS (SELECT 1 FROM undo WHERE undo.id = s.undo AND undo.done = 0)"
        " THEN s.undo END"
        " FROM settled s LEFT JOIN record c ON c.id = s.contact_id"
        " WHERE s.at >= ? ORDER BY s.id DESC",
        (to_ms(now) - KEPT_SETTLED_MS,),
    )
    return [_settled(row) for row in rows]


def _settled(row: tuple[Any, ...]) -> SettledConflict:
    id, kind, record_id, contact_id, name, seed, about, field, *rest = row
    base, mine, theirs, kept, choice, at, undo_id = rest
    return SettledConflict(
        id=id,
        ref=Ref(KIND_OF[kind], record_id),
        contact_id=contact_id,
        contact_name=name,
        contact_seed=seed,
        subject=about,
        field=field,
        base=decode(base),
        mine=decode(mine),
        theirs=decode(theirs),
        kept=decode(kept),
        choice=Choice(choice),
        at=from_ms(at),
        undo_id=undo_id,
    )


def marks(db: Sql, contact_key: int, contact_id: Id) -> tuple[frozenset[Id], frozenset[str]]:
    """Records of a contact that are in conflict, and which of the contact's own fields are."""
    rows = db.rows(
        "SELECT r.id, f.field FROM conflict f JOIN record r ON r.key = f.key"
        " WHERE f.contact_key = ?",
        (contact_key,),
    )
    return (
        frozenset(id for id, _ in rows),
        frozenset(field for id, field in rows if id == contact_id and field),
    )
