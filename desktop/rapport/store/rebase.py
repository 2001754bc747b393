"""Edits over server values: pure functions on what the outbox keeps."""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct

from rapport.domain.changes import Delta, Op
from rapport.domain.merge import MAP_FIELDS, SET_FIELDS, Conflict, merge
from rapport.store.values import Values
from rapport.store.views import OpState

AFTER_DELETION = 3
"""The stage of an edit that the server takes only when another record is gone."""


class StoredOp(Struct, kw_only=True):
    """A line of the table ``op``."""

    seq: int
    key: int
    contact_key: int
    op: Op
    fields: dict[str, Delta]
    state: OpState
    attempt: int
    not_before: int
    error: str
    title: str
    part_of: int = 0
    stage: int = 0
    """See ``merges``."""

    @property
    def never_sent(self) -> bool:
        return self.state is OpState.PENDING and self.attempt == 0

    @property
    def may_have_landed(self) -> bool:
        """Whether it is too late to withdraw it. One that was refused or put off did not land."""
        return self.state in (OpState.SENDING, OpState.UNCERTAIN)

    @property
    def open_to_edits(self) -> bool:
        """Whether a further edit may go into this one: it was never sent, or was refused whole."""
        if self.op is Op.DELETE or self.stage == AFTER_DELETION:
            return False
        return self.never_sent or self.state is OpState.PARKED


class Clash(NamedTuple):
    field: str
    base: object
    mine: object
    theirs: object


def coalesce(tail: StoredOp, fields: dict[str, Delta]) -> dict[str, Delta]:
    """The tail's fields with a further edit in them: the tail's base, the edit's want."""
    merged = dict(tail.fields)
    for name, delta in fields.items():
        base = merged[name].base if name in merged else delta.base
        if tail.op is Op.CREATE:
            merged[name] = Delta(None, delta.want)
        elif delta.want == base:
            merged.pop(name, None)
        else:
            merged[name] = Delta(base, delta.want)
    return merged


def rebase(ops: list[StoredOp], server: Values) -> tuple[Values, list[Clash]]:
    """What a person sees: ``server`` with the open edits over it, and where both sides differ."""
    values = dict(server)
    clashes: list[Clash] = []
    for op in ops:
        for name, delta in op.fields.items():
            theirs = values.get(name)
            if op.op is Op.CREATE:
                values[name] = delta.want
                continue
            try:
                values[name] = merge(name, base=delta.base, mine=delta.want, theirs=theirs)
            except Conflict:
                clashes.append(Clash(name, delta.base, delta.want, theirs))
                values[name] = delta.want
    return values, clashes


def follow(ops: list[StoredOp], finished: dict[str, Delta], server: Values) -> list[StoredOp]:
    """Edits that started from what a finished edit wanted start from what the server made of it.
    Returns those that changed."""
    changed: list[StoredOp] = []
    for op in ops:
        moved = {
            name: after
            for name, delta in op.fields.items()
            if name in finished
            and (after := _moved(name, delta, finished[name].want, server.get(name))) != delta
        }
        if moved and op.op is Op.UPDATE:
            op.fields = {**op.fields, **moved}
            changed.append(op)
        # A later edit to the same field started from that edit, not from this one.
        finished = {name: delta for name, delta in finished.items() if name not in op.fields}
    return changed


def _moved(name: str, delta: Delta, wanted: Any, server: Any) -> Delta:
    """Of what is merged part by part only the parts that ``delta`` changes may move: the others
    would be put back over what somebody else did meanwhile."""
    if name in MAP_FIELDS:
        base, want = dict(delta.base or {}), delta.want or {}
        for key in {**base, **want}:
            if base.get(key) != want.get(key) and base.get(key) == (wanted or {}).get(key):
                _put(base, key, (server or {}).get(key))
        return Delta(base, delta.want)
    if name in SET_FIELDS or delta.base != wanted:
        return delta
    return Delta(server, delta.want)


def _put(values: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        values.pop(key, None)
    else:
        values[key] = value


def carry(ops: list[StoredOp], name: str, both: Any) -> list[StoredOp]:
    """An edit in front of ``ops`` is to send ``both`` sides of a field. Later edits of that field
    get theirs in it, too; where that is not possible, they stay and will be a conflict of their
    own. Returns those that changed."""
    changed: list[StoredOp] = []
    for op in ops:
        own = op.fields.get(name)
        if own is None or op.op is not Op.UPDATE:
            continue
        try:
            want = merge(name, base=own.base, mine=own.want, theirs=both)
        except Conflict:
            break
        op.fields = {**op.fields, name: Delta(both, want)}
        changed.append(op)
        both = want
    return changed
