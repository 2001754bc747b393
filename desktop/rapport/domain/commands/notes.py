"""Commands on a contact's notes."""

from __future__ import annotations

from typing import Any

from rapport.domain.changes import Mutation
from rapport.domain.commands.base import (
    OnContact,
    OnRecord,
    Records,
    create,
    delete,
    present,
    update,
)
from rapport.domain.errors import InputError
from rapport.domain.records import (
    Id,
    Kind,
    Ref,
)


class OnNote(OnRecord, frozen=True, kw_only=True):
    """What concerns one note that is there already."""

    note_id: Id

    @property
    def ref(self) -> Ref:
        return Ref(Kind.NOTE, self.note_id)


class CreateNote(OnContact, frozen=True, kw_only=True):
    note_id: Id
    fields: dict[str, Any]

    TITLE = "Add note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        present(records, self.ref)
        if not str(self.fields.get("body") or "").strip():
            raise InputError("A note needs some text.", field="body")
        return create(Ref(Kind.NOTE, self.note_id), {**self.fields, "contact_id": self.contact_id})


class EditNote(OnNote, frozen=True, kw_only=True):
    fields: dict[str, Any]

    TITLE = "Edit note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        if "body" in self.fields and not str(self.fields["body"]).strip():
            raise InputError("A note needs some text.", field="body")
        return update(records, self.ref, self.fields)


class PinNote(OnNote, frozen=True, kw_only=True):
    pinned: bool

    @property
    def title(self) -> str:
        return "Pin note" if self.pinned else "Unpin note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return update(records, self.ref, {"pinned": self.pinned})


class ColourNote(OnNote, frozen=True, kw_only=True):
    color: str
    """“#RRGGBB”, or "" for none."""

    TITLE = "Colour note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return update(records, self.ref, {"color": self.color})


class DeleteNote(OnNote, frozen=True, kw_only=True):
    TITLE = "Delete note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return delete(records, self.ref)
