"""What a command does to records, and what is told about it afterwards."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from msgspec import Struct

from rapport.domain.records import LOCAL_FIELDS, Id, Kind, Ref


class Op(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Delta(Struct, frozen=True):
    """One field's change: the value it was based on, and the value that is wanted.

    Both are JSON-ready (see ``records.fields_of``). Replaying ``want`` over a newer server value is
    a conflict exactly when that value is neither ``base`` nor ``want``.
    """

    base: Any
    want: Any


class Mutation(Struct, frozen=True, kw_only=True):
    """A change to one record. CREATE has base None in every delta, DELETE want None."""

    op: Op
    ref: Ref
    contact_id: Id
    fields: dict[str, Delta]
    hold_s: float = 0.0
    """How long the outbox keeps it back, so that Undo can withdraw it (deletes)."""

    def remote_fields(self) -> dict[str, Delta]:
        """The deltas that the server is to hear of."""
        local = LOCAL_FIELDS[self.ref.kind]
        return {name: delta for name, delta in self.fields.items() if name not in local}

    def inverse(self) -> Mutation:
        """The mutation that takes this one back."""
        opposite = {Op.CREATE: Op.DELETE, Op.DELETE: Op.CREATE, Op.UPDATE: Op.UPDATE}
        return Mutation(
            op=opposite[self.op],
            ref=self.ref,
            contact_id=self.contact_id,
            fields={name: Delta(d.want, d.base) for name, d in self.fields.items()},
        )


class Origin(StrEnum):
    """Who changed something."""

    PERSON = "person"
    UNDO = "undo"
    SYNC = "sync"
    RULE = "rule"
    WEBHOOK = "webhook"
    NOTIFICATION = "notification"
    IMPORT = "import"


class RecordChange(Struct, frozen=True, kw_only=True):
    op: Op
    ref: Ref
    contact_id: Id
    fields: frozenset[str] = frozenset()
    tags_before: tuple[str, ...] = ()
    tags_after: tuple[str, ...] = ()


class ChangeEvent(Struct, frozen=True, kw_only=True):
    """Goes out once after each commit. Views, rules and reminders hear this and nothing else.

    ``changes`` is empty when only the state of the outbox or the account's dictionaries changed;
    ``outbox`` tells that marks such as "not yet sent" may differ for the contacts in ``touched``.
    """

    origin: Origin
    changes: tuple[RecordChange, ...] = ()
    outbox: bool = False
    reference: bool = False
    touched: frozenset[Id] = frozenset()
    more: bool = False
    """It is part of something that goes on: the next event follows in a moment."""

    @property
    def can_wait(self) -> bool:
        """Whether nobody looks for its outcome this instant, so that several are shown at once."""
        return self.more or self.origin is Origin.SYNC

    def contacts(self) -> frozenset[Id]:
        """The contacts whose row or detail may look different now."""
        return self.touched | {change.contact_id for change in self.changes}

    def kinds(self) -> frozenset[Kind]:
        return frozenset(change.ref.kind for change in self.changes)
