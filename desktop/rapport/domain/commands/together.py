"""Commands made of others: many as one, and one taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rapport.domain.changes import Delta, Mutation, Op
from rapport.domain.commands.appointments import CreateAppointment
from rapport.domain.commands.base import (
    UNDO_WINDOW_S,
    Command,
    Records,
)
from rapport.domain.commands.contacts import CreateContact
from rapport.domain.commands.notes import CreateNote
from rapport.domain.commands.tasks import CreateTask
from rapport.domain.merge import Conflict, merge
from rapport.domain.records import (
    LOCAL_FIELDS,
    Id,
    Kind,
    Ref,
    fields_of,
)


def titled(titles: str, number: int) -> str:
    """The title of several commands that changed so many records."""
    return titles if number == 1 else f"{titles} ({number})"


class Together(Command, frozen=True, kw_only=True):
    """Many commands as one: told and undone whole. The store carries them out in slices, so that
    nothing waits for a thousand of them; one that makes no sense for its record is left out, and
    told."""

    commands: tuple[Command, ...]
    name: str = ""
    """The title; empty: the commands' own, and how many they are."""

    @property
    def title(self) -> str:
        return self.title_of(len(self.commands))

    def title_of(self, number: int) -> str:
        """The title, once it is known how many records have changed."""
        return self.name or titled(self.titles(), number)

    def titles(self) -> str:
        """What the commands are called, each title once."""
        return ", ".join(dict.fromkeys(command.title for command in self.commands))

    def targets(self) -> tuple[Ref, ...]:
        return tuple(dict.fromkeys(ref for one in self.commands for ref in one.targets()))


class TakeBack(Command, frozen=True, kw_only=True):
    """Undoes earlier mutations. A field that somebody changed since is left as it is."""

    of: str
    """The title of what is taken back."""
    mutations: tuple[Mutation, ...]

    @property
    def title(self) -> str:
        if self.of.startswith("Undo "):
            return f"Redo {self.of.removeprefix('Undo ')}"
        of = self.of.removeprefix("Redo ")
        return f"Undo {of[:1].lower()}{of[1:]}"

    def targets(self) -> tuple[Ref, ...]:
        return tuple(mutation.ref for mutation in self.mutations)

    def by_contact(self) -> tuple[TakeBack, ...]:
        """The same in pieces that can be carried out one by one, the latest first."""
        pieces: dict[Id, list[Mutation]] = {}
        for mutation in reversed(self.mutations):
            pieces.setdefault(mutation.contact_id, []).append(mutation)
        return tuple(TakeBack(of=self.of, mutations=(*reversed(one),)) for one in pieces.values())

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        planned: list[Mutation] = []
        for mutation in reversed(self.mutations):
            inverse = mutation.inverse()
            record = records.get(inverse.ref)
            if inverse.op is Op.CREATE:
                if record is None:
                    planned.append(inverse)
            elif record is not None:
                now = fields_of(record)
                if inverse.op is Op.DELETE:
                    fields = {name: Delta(value, None) for name, value in now.items()}
                else:
                    fields = _still_possible(inverse, now)
                if fields:
                    planned.append(
                        Mutation(
                            op=inverse.op,
                            ref=inverse.ref,
                            contact_id=inverse.contact_id,
                            fields=fields,
                            hold_s=UNDO_WINDOW_S if inverse.op is Op.DELETE else 0.0,
                        )
                    )
        return tuple(planned)


def _still_possible(inverse: Mutation, now: Mapping[str, Any]) -> dict[str, Delta]:
    fields: dict[str, Delta] = {}
    for name, delta in inverse.fields.items():
        try:
            value = merge(name, base=delta.base, mine=delta.want, theirs=now.get(name))
        except Conflict:
            continue  # somebody changed this field since; their value stays
        if value != now.get(name):
            fields[name] = Delta(now.get(name), value)
    return fields


def kinds_of(command: Command) -> frozenset[Kind]:
    """The kinds of records that the command changes."""
    if isinstance(command, Together):
        return frozenset(kind for one in command.commands for kind in kinds_of(one))
    if isinstance(command, TakeBack):
        return frozenset(mutation.ref.kind for mutation in command.mutations)
    if isinstance(command, CreateTask):
        return frozenset({Kind.TASK})
    if isinstance(command, CreateNote):
        return frozenset({Kind.NOTE})
    if isinstance(command, CreateAppointment):
        return frozenset({Kind.APPOINTMENT})
    if isinstance(command, CreateContact):
        return frozenset({Kind.CONTACT})
    return frozenset(ref.kind for ref in command.targets())


def is_local(mutation: Mutation) -> bool:
    """Whether the mutation concerns this computer only, and so needs no outbox entry."""
    return mutation.op is Op.UPDATE and not (set(mutation.fields) - LOCAL_FIELDS[mutation.ref.kind])
