"""Taking values over from a file into a contact that is there already."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from rapport.domain.changes import Mutation
from rapport.domain.commands import EditContact, OnContact, Records, normal_tag
from rapport.domain.errors import not_there
from rapport.domain.records import CREATE_ONLY_FIELDS, SERVER_FIELDS, Kind, fields_of

_NOTHING: tuple[Any, ...] = (None, "", [], {}, False)


class Policy(StrEnum):
    """What a file may do to a contact that is there already."""

    FILL = "fill"
    """Only what is empty gets a value."""
    REPLACE = "replace"
    """The file's values count."""
    KEEP = "keep"
    """Nothing changes."""


class ImportContact(OnContact, frozen=True, kw_only=True):
    """Brings the values of a row into a contact. What the row leaves empty stays, and tags are
    added only: a file says what somebody knew, not what is to be forgotten."""

    fields: dict[str, Any]
    """By field name; what the CRM does not let be changed is passed over."""
    custom: dict[str, Any]
    tags: tuple[str, ...] = ()
    policy: Policy = Policy.FILL

    TITLE = "Edit contact"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        record = records.get(self.ref)
        if record is None:
            raise not_there(Kind.CONTACT)
        if self.policy is Policy.KEEP:
            return ()
        now = fields_of(record)
        fixed = SERVER_FIELDS[Kind.CONTACT] | CREATE_ONLY_FIELDS[Kind.CONTACT]
        wanted = {
            name: value
            for name, value in self.fields.items()
            if name not in fixed and self._counts(now[name], value)
        }
        custom = {
            id: value
            for id, value in self.custom.items()
            if self._counts(now["custom"].get(id), value)
        }
        if custom:
            wanted["custom"] = {**now["custom"], **custom}
        tags = [*now["tags"], *map(normal_tag, self.tags)]
        wanted["tags"] = [tag for tag in dict.fromkeys(tags) if tag]
        return EditContact(contact_id=self.contact_id, fields=wanted).plan(records)

    def _counts(self, now: Any, new: Any) -> bool:
        return new not in _NOTHING and (self.policy is Policy.REPLACE or now in _NOTHING)
