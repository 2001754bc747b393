"""What all commands have in common: which records they look at, and how a change is planned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from rapport.domain.changes import Delta, Mutation, Op
from rapport.domain.errors import InputError, not_there
from rapport.domain.records import (
    CREATE_ONLY_FIELDS,
    RECORD_TYPES,
    SERVER_FIELDS,
    Id,
    Kind,
    Record,
    Ref,
    contact_of,
    fields_of,
    json_ready,
)
from rapport.language import keep

UNDO_WINDOW_S = 8.0
"""How long a toast offers Undo, and so how long a delete waits before it is sent."""

Records = Mapping[Ref, Record | None]


class Command(Struct, frozen=True, kw_only=True, tag=True):
    """The base of all commands."""

    TITLE: ClassVar[str]

    @property
    def title(self) -> str:
        return self.TITLE

    def targets(self) -> tuple[Ref, ...]:
        """The records that ``plan`` wants to see."""
        raise NotImplementedError

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        """The mutations, given the targets as they are now. Empty when nothing would change."""
        raise NotImplementedError


class OnRecord(Command, frozen=True, kw_only=True):
    """What concerns one record that is there already."""

    @property
    def ref(self) -> Ref:
        raise NotImplementedError

    def targets(self) -> tuple[Ref, ...]:
        return (self.ref,)


class OnContact(OnRecord, frozen=True, kw_only=True):
    """What concerns one contact."""

    contact_id: Id

    @property
    def ref(self) -> Ref:
        return Ref(Kind.CONTACT, self.contact_id)


def present(records: Records, ref: Ref) -> dict[str, Any]:
    record = records.get(ref)
    if record is None:
        raise not_there(ref.kind)
    return fields_of(record)


def update(records: Records, ref: Ref, wanted: Mapping[str, Any]) -> tuple[Mutation, ...]:
    now = present(records, ref)
    wanted = json_ready(wanted)
    for name in wanted:
        if name not in now:
            raise InputError(keep("There is no field “{name}”.", name=name), field=name)
        if name in SERVER_FIELDS[ref.kind] or name in CREATE_ONLY_FIELDS[ref.kind]:
            raise InputError("The CRM does not let this field be changed.", field=name)
    deltas = {name: Delta(now[name], want) for name, want in wanted.items() if now[name] != want}
    if not deltas:
        return ()
    contact_id = contact_of(ref.kind, ref.id, now)
    return (Mutation(op=Op.UPDATE, ref=ref, contact_id=contact_id, fields=deltas),)


def create(ref: Ref, values: Mapping[str, Any]) -> tuple[Mutation, ...]:
    known = set(RECORD_TYPES[ref.kind].__struct_fields__) - {"id"}
    for name in values:
        if name not in known:
            raise InputError(keep("There is no field “{name}”.", name=name), field=name)
    wanted = json_ready(values)
    contact_id = contact_of(ref.kind, ref.id, wanted)
    deltas = {name: Delta(None, want) for name, want in wanted.items() if want is not None}
    return (Mutation(op=Op.CREATE, ref=ref, contact_id=contact_id, fields=deltas),)


def delete(records: Records, ref: Ref) -> tuple[Mutation, ...]:
    now = present(records, ref)
    return (
        Mutation(
            op=Op.DELETE,
            ref=ref,
            contact_id=contact_of(ref.kind, ref.id, now),
            fields={name: Delta(value, None) for name, value in now.items()},
            hold_s=UNDO_WINDOW_S,
        ),
    )
