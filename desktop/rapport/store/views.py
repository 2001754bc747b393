"""What the store hands to sync and takes from it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from rapport.domain.changes import Delta, Op
from rapport.domain.records import Id, Kind, Ref


class Snapshot(Struct, frozen=True, kw_only=True):
    """One record as the server has it.

    ``values`` are JSON-ready by domain field name, without ids (see ``records.fields_of``); fields
    that the reply did not carry are left out and stay as they were. ``extra`` keeps what the server
    sent beyond the domain's fields.
    """

    kind: Kind
    rid: str
    contact_rid: str | None = None
    """The server's id of the contact it belongs to; None for a contact."""
    values: dict[str, Any]
    extra: dict[str, Any] = {}
    untold: frozenset[str] = frozenset()
    """Of ``extra``: what this kind of reply never carries, and what so stays as it was."""
    read_at: datetime | None = None


class Absorbed(Struct, frozen=True, kw_only=True):
    """What became of the snapshots of one ``absorb``."""

    new: int = 0
    changed: int = 0
    same: int = 0
    stale: int = 0
    """Read before a write to the same record was sent: dropped, the write's own reply is newer."""
    removed: int = 0
    orphans: tuple[Snapshot, ...] = ()
    """Their contact is not known here yet; absorb it first, then these again."""
    rejected: tuple[tuple[str, str], ...] = ()
    """(server id, field) of values that cannot be kept, such as a number over 63 bits."""


class OpState(StrEnum):
    PENDING = "pending"
    """waits for its turn"""
    SENDING = "sending"
    """a request is, or was at the moment of a crash, on its way"""
    UNCERTAIN = "uncertain"
    """sent, and nobody knows whether it was applied"""
    PARKED = "parked"
    """refused; waits for a person"""
    ASK = "ask"
    """ambiguous; waits for a person's choice"""


class OutboxEntry(Struct, frozen=True, kw_only=True):
    """One edit that the server has not got, ready to be sent.

    For CREATE ``fields`` hold all values (base None), for UPDATE the changed ones, for DELETE none.
    Fields that stay on this computer are not among them.
    """

    seq: int
    ref: Ref
    contact_id: Id
    rid: str | None
    contact_rid: str | None
    op: Op
    fields: dict[str, Delta]
    state: OpState
    attempt: int
    """How often it has been sent."""
    sent_at: datetime | None
    """The latest moment at which a byte of it can have left this computer."""
    absent: int
    """How often it was looked for on the server after an uncertain send, and not found."""
    pre_ids: tuple[str, ...] | None
    """The parent's records before a create was sent."""
    title: str
    created_at: datetime
    base: dict[str, Any]
    """The server's values as last known here, or of a delete what its author saw; empty for a
    record that the server has never seen."""
    part_of: int = 0
    """The merge of contacts that it belongs to; 0 for none."""


class OutboxCounts(Struct, frozen=True, kw_only=True):
    waiting: int = 0
    refused: int = 0
    """Edits that were refused or are ambiguous."""
    conflicts: int = 0
    """Records that both sides changed."""

    @property
    def parked(self) -> int:
        """What needs a person."""
        return self.refused + self.conflicts


class ConflictRow(Struct, frozen=True, kw_only=True):
    """A value that both sides changed. ``field`` is "" where the whole record is meant."""

    id: int
    ref: Ref
    contact_id: Id
    field: str
    base: Any
    mine: Any
    theirs: Any
    why: str
    at: datetime
