"""Commands that settle what both sides did: values, and deletions."""

from __future__ import annotations

from typing import Any

from rapport.domain.changes import Delta, Mutation
from rapport.domain.commands.base import (
    Command,
    Records,
    present,
    update,
)
from rapport.domain.errors import InputError
from rapport.domain.records import (
    Ref,
)

CUSTOM = "custom:"
"""Before the id of a custom field, where a conflict is about that one alone."""


class ResolveConflict(Command, frozen=True, kw_only=True):
    """Settles values that both sides changed. ``base`` of each is theirs as the person saw it,
    ``want`` what is kept; equal where theirs is taken. ``CUSTOM`` and an id name one custom field,
    "" the record that was deleted here and stays, since it was changed in the CRM."""

    ref: Ref
    fields: dict[str, Delta]

    TITLE = "Resolve conflict"

    def targets(self) -> tuple[Ref, ...]:
        return (self.ref,)

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        now = present(records, self.ref)
        wanted: dict[str, Any] = {}
        for name, delta in self.fields.items():
            if name == "":
                continue
            key = name.removeprefix(CUSTOM)
            current = now["custom"].get(key) if key != name else now.get(name)
            if current != delta.base:
                raise InputError(
                    "It was changed in the CRM once more.",
                    "Look at the new value before you choose; your edit is safe.",
                    field=name,
                )
            if key != name:
                wanted.setdefault("custom", dict(now["custom"]))[key] = delta.want
            else:
                wanted[name] = delta.want
        return update(records, self.ref, wanted)

    @property
    def only_theirs(self) -> bool:
        return all(delta.base == delta.want for delta in self.fields.values())


class CreateAgain(Command, frozen=True, kw_only=True):
    """The CRM has deleted a record that was edited here: it is made anew there, a contact with its
    notes and tasks. The store carries it out: nothing changes that a person sees."""

    ref: Ref

    @property
    def title(self) -> str:
        return f"Create {self.ref.kind.value} again"

    def targets(self) -> tuple[Ref, ...]:
        return (self.ref,)

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        present(records, self.ref)
        return ()


class AcceptDeletion(Command, frozen=True, kw_only=True):
    """The CRM has deleted a record that was edited here: the edit is given up."""

    ref: Ref

    @property
    def title(self) -> str:
        return f"Delete {self.ref.kind.value} here, too"

    def targets(self) -> tuple[Ref, ...]:
        return (self.ref,)

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        present(records, self.ref)
        return ()
