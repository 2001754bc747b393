"""What the audit log tells: who changed what and when, what the CRM answered; and its undoing."""

from __future__ import annotations

import re
from array import array
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from rapport.domain.changes import Delta, Mutation, Op, Origin
from rapport.domain.commands import UNDO_WINDOW_S, Command, OnContact, Records
from rapport.domain.errors import InputError, not_there, there_already
from rapport.domain.merge import Conflict, merge
from rapport.domain.records import (
    CREATE_ONLY_FIELDS,
    SERVER_FIELDS,
    Id,
    Kind,
    Record,
    Ref,
    fields_of,
)
from rapport.language import count, tr, trn

OPERATION = "operation"
"""The kind of what was sent by hand: no record, but one operation of the catalogue."""


class Act(StrEnum):
    """What an entry tells of: the changes of ``Op``, and what is no change to a record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CALL = "call"
    """an operation that a person sent by hand"""
    REPLY = "reply"
    """what the CRM answered to an earlier entry"""
    CHECKPOINT = "checkpoint"
    """older entries were removed; signed"""


class ServerReply(Struct, frozen=True, kw_only=True):
    """The CRM's answer to a request that writes."""

    status: int
    """The HTTP status; 0 where no answer came."""
    trace_id: str = ""
    text: str = ""
    """What went wrong, as a sentence; empty: it was taken."""
    at: datetime | None = None


class AuditGroup(Struct, frozen=True, kw_only=True):
    """Many edits made as one."""

    undo_id: int
    title: str
    size: int
    """How many entries it has."""
    undone: bool = False


class AuditEntry(Struct, frozen=True, kw_only=True):
    id: int
    at: datetime
    origin: Origin
    who: str
    """The user's id in the CRM, where it is known."""
    act: Act
    kind: str
    """A ``Kind``, or ``OPERATION``."""
    record_id: Id
    contact_id: Id
    """"" where the entry belongs to no contact."""
    title: str
    fields: dict[str, tuple[Any, Any]]
    """before and after by field name"""
    contact_name: str = ""
    record_name: str = ""
    """The task's title or the note's first words; the contact's name; the operation's id."""
    reply: ServerReply | None = None
    waiting: bool = False
    """Not sent yet, or nobody knows what became of it."""
    departed: bool = False
    """The contact it belongs to is deleted, and a snapshot of it can be brought back."""
    group: AuditGroup | None = None
    """The many edits that it was made with."""
    hash: str = ""
    """In hexadecimal digits."""

    @property
    def mutation(self) -> Mutation | None:
        """What was done to the record; None for what is no change to a record."""
        if self.act not in _OPS or self.kind == OPERATION:
            return None
        return Mutation(
            op=_OPS[self.act],
            ref=Ref(Kind(self.kind), self.record_id),
            contact_id=self.contact_id,
            fields={name: Delta(before, after) for name, (before, after) in self.fields.items()},
        )


_OPS = {Act.CREATE: Op.CREATE, Act.UPDATE: Op.UPDATE, Act.DELETE: Op.DELETE}


class AuditFilter(Struct, frozen=True, kw_only=True):
    """Empty means everything. Times are aware; ``until`` itself is left out."""

    text: str = ""
    origins: tuple[Origin, ...] = ()
    kinds: tuple[str, ...] = ()
    contact_id: Id = ""
    group: int = 0
    """Only the entries of one group, by its undo entry."""
    since: datetime | None = None
    until: datetime | None = None


class AuditIndex(Struct, frozen=True, kw_only=True):
    """The ids of the entries that a filter lets through, newest first, and where days begin."""

    ids: array[int]
    days: tuple[tuple[int, date], ...]
    """(position of the day's first entry, the day)"""


class Chain(Struct, frozen=True, kw_only=True):
    """What a check of the whole log found."""

    entries: int
    broken: int | None = None
    """The id of the first entry that does not hold; None when all do."""
    why: str = ""
    pruned: int = 0
    """How many older entries a signed checkpoint stands for."""

    def __str__(self) -> str:
        if self.broken is not None:
            at = count(self.broken)
            return tr("The audit log is broken at entry {n}: {why}").format(n=at, why=tr(self.why))
        entries = entries_in_words(self.entries)
        if self.pruned:
            return trn(
                "The audit log is whole: {entries} after a signed checkpoint for {n} older one.",
                "The audit log is whole: {entries} after a signed checkpoint for {n} older ones.",
                self.pruned,
            ).format(entries=entries, n=count(self.pruned))
        return tr("The audit log is whole: {entries}, from the first to the last.").format(
            entries=entries
        )


def entries_in_words(number: int) -> str:
    return trn("{n} entry", "{n} entries", number).format(n=count(number))


# Bringing a contact back.


class Departed(Struct, frozen=True, kw_only=True):
    """A deleted contact as it was, with what belonged to it."""

    contact_id: Id
    at: datetime
    name: str
    contact: dict[str, Any]
    children: tuple[tuple[Ref, dict[str, Any]], ...]
    """Tasks and notes, oldest first."""
    appointments: int = 0
    """How many there were: the CRM takes none from this program."""
    sent: bool = True
    """Whether the CRM had it: then it gets new ids there."""

    def creations(self) -> tuple[Mutation, ...]:
        """What makes it anew, under the ids it had here."""
        refs = ((Ref(Kind.CONTACT, self.contact_id), self.contact), *self.children)
        return tuple(
            Mutation(
                op=Op.CREATE,
                ref=ref,
                contact_id=self.contact_id,
                fields={
                    name: Delta(None, value) for name, value in values.items() if value is not None
                },
            )
            for ref, values in refs
        )


class RestoreContact(OnContact, frozen=True, kw_only=True):
    """Makes a deleted contact anew, with its tasks, notes, tags and custom values."""

    departed: Departed

    TITLE = "Bring back contact"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        if records.get(self.ref) is not None:
            raise InputError("This contact is there already.")
        return self.departed.creations()


# Reverting an entry.


class Standing(StrEnum):
    """How a field stands that an entry changed."""

    READY = "ready"
    """as the entry left it, or so that both changes fit together"""
    DONE = "done"
    """it has its earlier value again"""
    MOVED = "moved"
    """it was changed since"""
    FIXED = "fixed"
    """the CRM does not let it be changed"""


class FieldRevert(Struct, frozen=True, kw_only=True):
    field: str
    before: Any
    after: Any
    now: Any
    want: Any
    """What it would become."""
    standing: Standing


def assess(mutation: Mutation, record: Record | None) -> tuple[FieldRevert, ...]:
    """How each field of an earlier mutation stands in the record as it is now."""
    now = fields_of(record) if record is not None else {}
    kind = mutation.ref.kind
    fixed = SERVER_FIELDS[kind] | CREATE_ONLY_FIELDS[kind] | {"contact_id"}
    found = []
    for name, delta in mutation.fields.items():
        if mutation.op is not Op.UPDATE and name in fixed:
            continue
        standing, want = _standing(mutation.op, name, delta, now.get(name))
        if mutation.op is Op.UPDATE and name in fixed:
            standing = Standing.FIXED
        found.append(
            FieldRevert(
                field=name,
                before=delta.base,
                after=delta.want,
                now=now.get(name),
                want=want,
                standing=standing,
            )
        )
    return tuple(found)


def _standing(op: Op, name: str, delta: Delta, now: Any) -> tuple[Standing, Any]:
    if op is not Op.UPDATE:
        moved = op is Op.CREATE and not _like(name, now, delta.want)
        return (Standing.MOVED if moved else Standing.READY), delta.base
    if now == delta.base:
        return Standing.DONE, now
    if _like(name, now, delta.want):
        return Standing.READY, delta.base
    try:
        want = merge(name, base=delta.want, mine=delta.base, theirs=now)
    except Conflict:
        return Standing.MOVED, delta.base
    return (Standing.DONE if want == now else Standing.READY), want


def _like(name: str, one: Any, other: Any) -> bool:
    """Equal, the CRM's own spelling of a value aside."""
    if name == "phone":
        return re.sub(r"[^\d+]", "", one or "") == re.sub(r"[^\d+]", "", other or "")
    return bool(one == other) or not (one or other)


class Revert(Command, frozen=True, kw_only=True):
    """Sets back what an audit entry changed. A field that was changed since is set back only when
    ``over`` names it with the value that the person saw and gave up; else nothing is done."""

    of: str
    """The entry's title."""
    mutation: Mutation
    """What the entry tells, with the fields that are to be set back."""
    over: dict[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"Revert {self.of[:1].lower()}{self.of[1:]}"

    def targets(self) -> tuple[Ref, ...]:
        return (self.mutation.ref,)

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        ref, op = self.mutation.ref, self.mutation.op
        record = records.get(ref)
        if op is Op.DELETE:
            if record is not None:
                raise there_already(ref.kind)
            return (self.mutation.inverse(),)
        if record is None:
            raise not_there(ref.kind)
        standing = assess(self.mutation, record)
        for one in standing:
            self._check(one)
        if op is Op.CREATE:
            return (_deletion(ref, self.mutation.contact_id, fields_of(record)),)
        fields = {
            one.field: Delta(one.now, one.want)
            for one in standing
            if one.standing in (Standing.READY, Standing.MOVED)
        }
        if not fields:
            return ()
        contact_id = self.mutation.contact_id
        return (Mutation(op=Op.UPDATE, ref=ref, contact_id=contact_id, fields=fields),)

    def _check(self, one: FieldRevert) -> None:
        if one.standing is not Standing.MOVED:
            return
        if one.field not in self.over or self.over[one.field] != one.now:
            raise InputError(
                "It was changed again since.",
                "It has another value now. Look at it first.",
                field=one.field,
            )


def _deletion(ref: Ref, contact_id: Id, now: Mapping[str, Any]) -> Mutation:
    return Mutation(
        op=Op.DELETE,
        ref=ref,
        contact_id=contact_id,
        fields={name: Delta(value, None) for name, value in now.items()},
        hold_s=UNDO_WINDOW_S,
    )
