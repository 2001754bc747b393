"""What a person has chosen about a merge so far: pure, and easy to try."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rapport.domain.commands import CUSTOM
from rapport.domain.merging import (
    FIXED,
    MergeContacts,
    all_tags,
    proposed_survivor,
    proposed_value,
)
from rapport.domain.records import Contact, Id, fields_of

_ORDER = (
    *("first_name", "last_name", "email", "phone", "company", "address", "city", "state"),
    *("postal_code", "country", "website", "timezone", "date_of_birth", "assigned_to", "source"),
    *("dnd",),
)


class MergeChoices:
    """Of some contacts: which one stays, and whose value of each field."""

    def __init__(self, contacts: Sequence[tuple[Contact, bool]]) -> None:
        """Each with whether the CRM has it."""
        self._all = list(contacts)
        self.survivor_id: Id = proposed_survivor(self._all)
        self._chosen: dict[str, Id] = {}
        self._left_out: set[Id] = set()

    def follow(self, contacts: Sequence[tuple[Contact, bool]]) -> None:
        """The contacts are others by now: what was chosen stays where it still can."""
        before = {contact.id: contact for contact in self.contacts}
        self._all = list(contacts)
        ids = {contact.id for contact, _ in contacts}
        if self.survivor_id not in ids:
            self.survivor_id = proposed_survivor(self._all)
        self._chosen = {
            name: id
            for name, id in self._chosen.items()
            if id in ids
            and id in before
            and _value(self.contact(id), name) == _value(before[id], name)
        }

    @property
    def contacts(self) -> list[Contact]:
        """Those that are to become one."""
        return [contact for contact, _ in self._all if contact.id not in self._left_out]

    def contact(self, id: Id) -> Contact:
        return next(contact for contact, _ in self._all if contact.id == id)

    @property
    def survivor(self) -> Contact:
        return self.contact(self.survivor_id)

    @property
    def others(self) -> list[Contact]:
        return [contact for contact in self.contacts if contact.id != self.survivor_id]

    def can_stay(self, id: Id) -> bool:
        """A contact that the CRM has not got cannot stay where another is there."""
        sent = {contact.id: known for contact, known in self._all}
        return sent[id] or not any(sent[contact.id] for contact in self.contacts)

    def let_stay(self, id: Id) -> None:
        if self.can_stay(id):
            self.survivor_id = id

    def leave_out(self, id: Id) -> None:
        if len(self.contacts) > 2:
            self._left_out.add(id)
            self._chosen = {name: one for name, one in self._chosen.items() if one != id}
            if self.survivor_id == id:
                left = [one for one in self._all if one[0].id not in self._left_out]
                self.survivor_id = proposed_survivor(left)

    def fields(self) -> list[str]:
        """The fields in which they differ; a custom field as ``custom:`` and its id."""
        customs = dict.fromkeys(key for one in self.contacts for key in one.custom)
        names = [*_ORDER, *(CUSTOM + key for key in customs)]
        return [name for name in names if len(self._values(name)) > 1]

    def same(self) -> int:
        """How many fields are filled and equal in all of them."""
        return sum(
            len(self._values(name)) == 1 and not _empty(_value(self.contacts[0], name))
            for name in _ORDER
        )

    def is_fixed(self, field: str) -> bool:
        """Whether the CRM lets nobody change it: the contact that stays keeps its own."""
        return field in FIXED

    def choose(self, field: str, id: Id) -> None:
        if not self.is_fixed(field):
            self._chosen[field] = id

    def chosen(self, field: str) -> Id:
        """Whose value is kept."""
        if self.is_fixed(field):
            return self.survivor_id
        if field in self._chosen:
            return self._chosen[field]
        contacts = self.contacts
        values = [(_value(contact, field), contact) for contact in contacts]
        return contacts[proposed_value(field, values, self.survivor_id)].id

    def kept(self, field: str) -> Any:
        return _value(self.contact(self.chosen(field)), field)

    def tags(self) -> list[str]:
        return all_tags([self.survivor, *self.others])

    def rest(self) -> list[tuple[Contact, str, Any]]:
        """What is not kept: whose, which field, and the value."""
        left = []
        for field in self.fields():
            told = [self.kept(field)]
            for contact in self.contacts:
                value = _value(contact, field)
                if not _empty(value) and value is not False and value not in told:
                    left.append((contact, field, value))
                    told.append(value)
        return left

    def command(self, note: str = "") -> MergeContacts:
        fields: dict[str, Any] = {"tags": self.tags()}
        custom = dict(self.survivor.custom)
        for field in self.fields():
            if self.is_fixed(field):
                continue
            if field.startswith(CUSTOM):
                custom[field.removeprefix(CUSTOM)] = self.kept(field)
            else:
                fields[field] = self.kept(field)
        fields["custom"] = {key: value for key, value in custom.items() if value is not None}
        return MergeContacts(
            survivor_id=self.survivor_id,
            other_ids=tuple(contact.id for contact in self.others),
            fields=fields,
            note=note,
        )

    def _values(self, field: str) -> list[Any]:
        found: list[Any] = []
        for contact in self.contacts:
            value = _value(contact, field)
            value = None if _empty(value) else value
            if value not in found:
                found.append(value)
        return found


def _value(contact: Contact, field: str) -> Any:
    if field.startswith(CUSTOM):
        return contact.custom.get(field.removeprefix(CUSTOM))
    return fields_of(contact)[field]


def _empty(value: Any) -> bool:
    return value in (None, "", [], {})
