"""Commands on a contact itself and its tags."""

from __future__ import annotations

from typing import Any

from rapport.domain.changes import Mutation
from rapport.domain.commands.base import (
    Command,
    OnContact,
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


class CreateContact(Command, frozen=True, kw_only=True):
    contact_id: Id
    fields: dict[str, Any]

    TITLE = "Create contact"

    def targets(self) -> tuple[Ref, ...]:
        return ()

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        if not any(self.fields.get(k) for k in ("first_name", "last_name", "email", "phone")):
            # FACTS B1: a contact with nothing but its location is refused.
            raise InputError(
                "A contact needs a name, an e-mail or a phone number.", field="first_name"
            )
        return create(Ref(Kind.CONTACT, self.contact_id), self.fields)


class EditContact(OnContact, frozen=True, kw_only=True):
    fields: dict[str, Any]

    TITLE = "Edit contact"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return update(records, self.ref, self.fields)


class EditCustomField(OnContact, frozen=True, kw_only=True):
    """Sets one custom field; None clears it. The others stay (FACTS B1: PUT merges by id)."""

    field_id: str
    value: Any

    TITLE = "Edit contact"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        ref = self.ref
        custom = dict(present(records, ref)["custom"])
        custom[self.field_id] = self.value
        return update(records, ref, {"custom": custom})


class DeleteContact(OnContact, frozen=True, kw_only=True):
    TITLE = "Delete contact"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return delete(records, self.ref)


def normal_tag(name: str) -> str:
    """A tag as the server will store it (FACTS B3: lower-cased), one space between words."""
    return " ".join(name.split()).lower()


class AddTags(OnContact, frozen=True, kw_only=True):
    tags: tuple[str, ...]

    @property
    def title(self) -> str:
        return "Add tag" if len(self.tags) == 1 else "Add tags"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        ref = self.ref
        now = list(present(records, ref)["tags"])
        wanted = [tag for tag in dict.fromkeys(map(normal_tag, self.tags)) if tag]
        if not wanted:
            raise InputError("A tag needs a name.", field="tags")
        return update(records, ref, {"tags": now + [tag for tag in wanted if tag not in now]})


class RemoveTags(OnContact, frozen=True, kw_only=True):
    tags: tuple[str, ...]

    @property
    def title(self) -> str:
        return "Remove tag" if len(self.tags) == 1 else "Remove tags"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        ref = self.ref
        now = list(present(records, ref)["tags"])
        return update(records, ref, {"tags": [tag for tag in now if tag not in self.tags]})
