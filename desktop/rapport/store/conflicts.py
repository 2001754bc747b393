"""What both sides changed: kept aside until a person chooses, and for a while afterwards.

A conflict of one value has left its edit, and the record shows the server's value. As long as the
edit still waits, the conflict is only foreseen: the record shows mine, and the push decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rapport.domain.changes import Delta
from rapport.domain.commands import CUSTOM
from rapport.domain.records import Kind
from rapport.domain.views import Choice
from rapport.store.read_models import contact_name
from rapport.store.rebase import Clash, StoredOp
from rapport.store.schema import KIND_NUMBER
from rapport.store.transaction import Transaction
from rapport.store.values import Stored, Values, decode, encode, unpack

KEPT_SETTLED_MS = 30 * 86_400_000


def value_in(values: Values, field: str) -> Any:
    """A field's value, or that of one custom field."""
    if field.startswith(CUSTOM):
        return (values.get("custom") or {}).get(field.removeprefix(CUSTOM))
    return values.get(field)


def field_of(conflict: str) -> str:
    """The record's field that a conflict is about."""
    return "custom" if conflict.startswith(CUSTOM) else conflict


def keep_aside(tx: Transaction, stored: Stored, clash: Clash, why: str) -> None:
    """Custom fields one by one: those that only one side changed are no conflict."""
    for one in _taken_apart(clash):
        tx.add_conflict(stored, one, why)


def _taken_apart(clash: Clash) -> Iterator[Clash]:
    if clash.field != "custom":
        yield clash
        return
    base, mine, theirs = (
        value if isinstance(value, dict) else {} for value in (clash.base, clash.mine, clash.theirs)
    )
    for key in {**base, **mine, **theirs}:
        one = Clash(CUSTOM + key, base.get(key), mine.get(key), theirs.get(key))
        if one.mine not in (one.base, one.theirs) and one.theirs != one.base:
            yield one


def open_fields(tx: Transaction, key: int) -> list[str]:
    """The record's fields in conflict; "" stands for the record as a whole."""
    return [field for (field,) in tx.db.rows("SELECT field FROM conflict WHERE key = ?", (key,))]


def settle(
    tx: Transaction, stored: Stored, field: str, kept: Any, choice: Choice | None = None
) -> None:
    """The conflict ended with ``kept``. Without ``choice`` the value tells how."""
    row = tx.db.row(
        "SELECT base, mine, theirs, why FROM conflict WHERE key = ? AND field = ?",
        (stored.key, field),
    )
    if row is None:
        return
    base, mine, theirs, why = row
    if choice is None:
        sides = {Choice.MINE: decode(mine), Choice.THEIRS: decode(theirs)}
        choice = next((one for one, value in sides.items() if value == kept), Choice.EDITED)
    _remember(tx, stored, field, (base, mine, theirs), kept, choice, why)
    tx.drop_conflicts(stored.key, (field,))
    tx.outbox = True
    tx.touch(stored.contact_id)
    tx.refresh(stored.contact_key)


def settle_edited(tx: Transaction, stored: Stored, fields: Iterable[str], held: set[str]) -> None:
    """A person gave these fields a value, and has so decided what was open about them; not about
    those ``held`` by an edit that waits, whose other side nobody has seen yet."""
    wanted = set(fields) - held
    for conflict in open_fields(tx, stored.key):
        if conflict and field_of(conflict) in wanted:
            kept = value_in(stored.values, conflict)
            if kept != decode_theirs(tx, stored.key, conflict):
                settle(tx, stored, conflict, kept)


def decode_theirs(tx: Transaction, key: int, field: str) -> Any:
    blob = tx.db.value("SELECT theirs FROM conflict WHERE key = ? AND field = ?", (key, field))
    return None if blob is None else decode(blob)


def note_merged(tx: Transaction, stored: Stored, field: str, delta: Delta, theirs: Any) -> None:
    """Both sides changed parts of ``field``, and ``delta.want`` has them all."""
    sides = (encode(delta.base), encode(delta.want), encode(theirs))
    _remember(tx, stored, field, sides, None, Choice.MERGED, "")


def wanted_by(op: StoredOp) -> Values:
    return {name: delta.want for name, delta in op.fields.items()}


def arrived(tx: Transaction, stored: Stored, op: StoredOp) -> None:
    """The edit is on the server: what was foreseen about it did not come to pass."""
    want = wanted_by(op)
    rows = tx.db.rows("SELECT field, mine FROM conflict WHERE key = ?", (stored.key,))
    gone = [
        field
        for field, mine in rows
        if field_of(field) in want and value_in(want, field) == decode(mine)
    ]
    tx.drop_conflicts(stored.key, gone)


def catch_up(tx: Transaction, stored: Stored, foreseen: Iterable[Clash]) -> None:
    """Newer server values came: the other side of each conflict is theirs now. One whose sides
    agree by now has ended, and so has a foreseen one that is none any more."""
    rows = tx.db.rows("SELECT field, mine, theirs FROM conflict WHERE key = ?", (stored.key,))
    if not rows:
        return
    server = stored.server
    wants = [wanted_by(op) for op in tx.ops(stored.key)]
    clashing = {one.field for clash in foreseen for one in _taken_apart(clash)}
    for field, mine, theirs in rows:
        if field == "":
            continue
        now = value_in(server, field)
        if any(field_of(field) in want for want in wants):
            waits = any(value_in(want, field) == decode(mine) for want in wants)
            if waits and field not in clashing:
                tx.drop_conflicts(stored.key, (field,))
                tx.refresh(stored.contact_key)
        elif now == decode(mine):
            settle(tx, stored, field, now, Choice.AGREED)
        elif now != decode(theirs):
            tx.db.run(
                "UPDATE conflict SET theirs = ? WHERE key = ? AND field = ?",
                (encode(now), stored.key, field),
            )
            tx.outbox = True


def reopen(tx: Transaction, undo_id: int) -> None:
    """The choice was taken back: what it settled is to be decided again."""
    rows = tx.db.rows(
        "SELECT id, kind, record_id, field, base, mine, why FROM settled WHERE undo = ?", (undo_id,)
    )
    for id, number, record_id, field, base, mine, why in rows:
        key = tx.db.value(
            "SELECT key FROM record WHERE id = ? AND kind = ? AND tomb = 0", (record_id, number)
        )
        stored = None if key is None else tx.by_key(key)
        if stored is not None:
            theirs = stored.values if field == "" else value_in(stored.values, field)
            tx.add_conflict(stored, Clash(field, decode(base), decode(mine), theirs), why)
            tx.touch(stored.contact_id)
        tx.db.run("DELETE FROM settled WHERE id = ?", (id,))


def _remember(
    tx: Transaction,
    stored: Stored,
    field: str,
    sides: tuple[bytes, bytes, bytes],
    kept: Any,
    choice: Choice,
    why: str,
) -> None:
    tx.db.run(
        "INSERT INTO settled (kind, record_id, contact_id, contact_name, subject, field, base,"
        " mine, theirs, kept, choice, why, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            KIND_NUMBER[stored.kind],
            stored.id,
            stored.contact_id,
            _name(tx, stored),
            subject(stored.kind, stored.values),
            field,
            *sides,
            encode(kept),
            choice.value,
            why,
            tx.now_ms,
        ),
    )
    if choice not in (Choice.MERGED, Choice.AGREED):
        tx.settled.append(tx.db.inserted())
    tx.outbox = True


def _name(tx: Transaction, stored: Stored) -> str:
    if stored.kind is Kind.CONTACT:
        return contact_name(stored.values)
    shown = tx.db.value("SELECT shown FROM record WHERE key = ?", (stored.contact_key,))
    return "" if shown is None else contact_name(unpack(Kind.CONTACT, shown))


def subject(kind: Kind, values: Values) -> str:
    """What tells a task, a note or an appointment from its neighbours."""
    if kind is Kind.CONTACT:
        return ""
    return str(values.get("title") or values.get("body") or "")[:300]
