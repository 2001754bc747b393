"""Everything a person, a rule or a notification can do to a record, as frozen values.

A command says what is meant; ``plan`` is pure and says what that does to the records as they are at
the moment of the commit. The title is the name in the menu, the undo list and the audit log. A
command that no longer makes sense (the record is gone) raises :class:`InputError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct

from rapport.domain.changes import Delta, Mutation, Op
from rapport.domain.errors import InputError, not_there
from rapport.domain.merge import Conflict, merge
from rapport.domain.records import (
    APPOINTMENT_STATUSES,
    CREATE_ONLY_FIELDS,
    LOCAL_FIELDS,
    RECORD_TYPES,
    SERVER_FIELDS,
    Appointment,
    Id,
    Kind,
    Record,
    Ref,
    contact_of,
    fields_of,
    json_ready,
    record_from,
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


class OnContact(Command, frozen=True, kw_only=True):
    """What concerns one contact."""

    contact_id: Id

    @property
    def ref(self) -> Ref:
        return Ref(Kind.CONTACT, self.contact_id)

    def targets(self) -> tuple[Ref, ...]:
        return (self.ref,)


class OnTask(Command, frozen=True, kw_only=True):
    """What concerns one task that is there already."""

    task_id: Id

    @property
    def ref(self) -> Ref:
        return Ref(Kind.TASK, self.task_id)

    def targets(self) -> tuple[Ref, ...]:
        return (self.ref,)


class OnNote(Command, frozen=True, kw_only=True):
    """What concerns one note that is there already."""

    note_id: Id

    @property
    def ref(self) -> Ref:
        return Ref(Kind.NOTE, self.note_id)

    def targets(self) -> tuple[Ref, ...]:
        return (self.ref,)


class OnAppointment(Command, frozen=True, kw_only=True):
    """What concerns one appointment that is there already."""

    appointment_id: Id

    @property
    def ref(self) -> Ref:
        return Ref(Kind.APPOINTMENT, self.appointment_id)

    def targets(self) -> tuple[Ref, ...]:
        return (self.ref,)


def _present(records: Records, ref: Ref) -> dict[str, Any]:
    record = records.get(ref)
    if record is None:
        raise not_there(ref.kind)
    return fields_of(record)


def _update(records: Records, ref: Ref, wanted: Mapping[str, Any]) -> tuple[Mutation, ...]:
    now = _present(records, ref)
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


def _create(ref: Ref, values: Mapping[str, Any]) -> tuple[Mutation, ...]:
    known = set(RECORD_TYPES[ref.kind].__struct_fields__) - {"id"}
    for name in values:
        if name not in known:
            raise InputError(keep("There is no field “{name}”.", name=name), field=name)
    wanted = json_ready(values)
    contact_id = contact_of(ref.kind, ref.id, wanted)
    deltas = {name: Delta(None, want) for name, want in wanted.items() if want is not None}
    return (Mutation(op=Op.CREATE, ref=ref, contact_id=contact_id, fields=deltas),)


def _delete(records: Records, ref: Ref) -> tuple[Mutation, ...]:
    now = _present(records, ref)
    return (
        Mutation(
            op=Op.DELETE,
            ref=ref,
            contact_id=contact_of(ref.kind, ref.id, now),
            fields={name: Delta(value, None) for name, value in now.items()},
            hold_s=UNDO_WINDOW_S,
        ),
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
        return _create(Ref(Kind.CONTACT, self.contact_id), self.fields)


class EditContact(OnContact, frozen=True, kw_only=True):
    fields: dict[str, Any]

    TITLE = "Edit contact"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _update(records, self.ref, self.fields)


class EditCustomField(OnContact, frozen=True, kw_only=True):
    """Sets one custom field; None clears it. The others stay (FACTS B1: PUT merges by id)."""

    field_id: str
    value: Any

    TITLE = "Edit contact"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        ref = self.ref
        custom = dict(_present(records, ref)["custom"])
        custom[self.field_id] = self.value
        return _update(records, ref, {"custom": custom})


class DeleteContact(OnContact, frozen=True, kw_only=True):
    TITLE = "Delete contact"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _delete(records, self.ref)


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
        now = list(_present(records, ref)["tags"])
        wanted = [tag for tag in dict.fromkeys(map(normal_tag, self.tags)) if tag]
        if not wanted:
            raise InputError("A tag needs a name.", field="tags")
        return _update(records, ref, {"tags": now + [tag for tag in wanted if tag not in now]})


class RemoveTags(OnContact, frozen=True, kw_only=True):
    tags: tuple[str, ...]

    @property
    def title(self) -> str:
        return "Remove tag" if len(self.tags) == 1 else "Remove tags"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        ref = self.ref
        now = list(_present(records, ref)["tags"])
        return _update(records, ref, {"tags": [tag for tag in now if tag not in self.tags]})


class CreateTask(OnContact, frozen=True, kw_only=True):
    """``fields`` needs title and due_at: the API demands both (FACTS B2). ``tags`` are those that
    the contact gets with it."""

    task_id: Id
    fields: dict[str, Any]
    tags: tuple[str, ...] = ()

    TITLE = "Add task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        _present(records, self.ref)
        if not str(self.fields.get("title") or "").strip():
            raise InputError("A task needs a title.", field="title")
        if not self.fields.get("due_at"):
            raise InputError("A task needs a due date.", field="due_at")
        values = {"completed": False, **self.fields, "contact_id": self.contact_id}
        made = _create(Ref(Kind.TASK, self.task_id), values)
        if not self.tags:
            return made
        return made + AddTags(contact_id=self.contact_id, tags=self.tags).plan(records)


class EditTask(OnTask, frozen=True, kw_only=True):
    fields: dict[str, Any]

    TITLE = "Edit task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        if "title" in self.fields and not str(self.fields["title"]).strip():
            raise InputError("A task needs a title.", field="title")
        if "due_at" in self.fields and self.fields["due_at"] is None:
            raise InputError("A task needs a due date.", field="due_at")
        return _update(records, self.ref, self.fields)


class CompleteTask(OnTask, frozen=True, kw_only=True):
    at: datetime

    TITLE = "Complete task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        ref = self.ref
        if _present(records, ref)["completed"]:
            return ()
        return _update(records, ref, {"completed": True, "completed_at": self.at})


class ReopenTask(OnTask, frozen=True, kw_only=True):
    TITLE = "Reopen task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _update(records, self.ref, {"completed": False, "completed_at": None})


class SnoozeTask(OnTask, frozen=True, kw_only=True):
    """Quiets the reminder until ``until``; the due date stays. Local to this computer."""

    until: datetime | None

    TITLE = "Snooze task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _update(records, self.ref, {"snoozed_until": self.until})


class DeleteTask(OnTask, frozen=True, kw_only=True):
    TITLE = "Delete task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _delete(records, self.ref)


class CreateNote(OnContact, frozen=True, kw_only=True):
    note_id: Id
    fields: dict[str, Any]

    TITLE = "Add note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        _present(records, self.ref)
        if not str(self.fields.get("body") or "").strip():
            raise InputError("A note needs some text.", field="body")
        return _create(Ref(Kind.NOTE, self.note_id), {**self.fields, "contact_id": self.contact_id})


class EditNote(OnNote, frozen=True, kw_only=True):
    fields: dict[str, Any]

    TITLE = "Edit note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        if "body" in self.fields and not str(self.fields["body"]).strip():
            raise InputError("A note needs some text.", field="body")
        return _update(records, self.ref, self.fields)


class PinNote(OnNote, frozen=True, kw_only=True):
    pinned: bool

    @property
    def title(self) -> str:
        return "Pin note" if self.pinned else "Unpin note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _update(records, self.ref, {"pinned": self.pinned})


class ColourNote(OnNote, frozen=True, kw_only=True):
    color: str
    """“#RRGGBB”, or "" for none."""

    TITLE = "Colour note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _update(records, self.ref, {"color": self.color})


class DeleteNote(OnNote, frozen=True, kw_only=True):
    TITLE = "Delete note"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _delete(records, self.ref)


def _check_times(start_at: Any, end_at: Any) -> None:
    if start_at is None or end_at is None:
        raise InputError("An appointment needs a beginning and an end.", field="start_at")
    if end_at <= start_at:
        raise InputError("An appointment ends after it begins.", field="end_at")


class CreateAppointment(OnContact, frozen=True, kw_only=True):
    """``fields`` needs calendar_id, start_at and end_at (FACTS B5)."""

    appointment_id: Id
    fields: dict[str, Any]

    TITLE = "Create appointment"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        _present(records, self.ref)
        if not self.fields.get("calendar_id"):
            raise InputError("An appointment needs a calendar.", field="calendar_id")
        _check_times(self.fields.get("start_at"), self.fields.get("end_at"))
        values = {"status": "confirmed", **self.fields, "contact_id": self.contact_id}
        return _create(Ref(Kind.APPOINTMENT, self.appointment_id), values)


class EditAppointment(OnAppointment, frozen=True, kw_only=True):
    fields: dict[str, Any]

    TITLE = "Edit appointment"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        planned = _update(records, self.ref, self.fields)
        if "start_at" in self.fields or "end_at" in self.fields:
            now = record_from(
                Kind.APPOINTMENT,
                self.appointment_id,
                {**_present(records, self.ref), **json_ready(self.fields)},
            )
            assert isinstance(now, Appointment)
            _check_times(now.start_at, now.end_at)
        return planned


class MoveAppointment(OnAppointment, frozen=True, kw_only=True):
    """To where somebody put it by hand, offered by its calendar or not."""

    start_at: datetime
    end_at: datetime

    TITLE = "Move appointment"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        _check_times(self.start_at, self.end_at)
        wanted = {"start_at": self.start_at, "end_at": self.end_at, "anywhen": True}
        return _update(records, self.ref, wanted)


class SetAppointmentStatus(OnAppointment, frozen=True, kw_only=True):
    status: str

    TITLE = "Set appointment status"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        if self.status not in APPOINTMENT_STATUSES:
            raise InputError(f"An appointment cannot be “{self.status}”.", field="status")
        return _update(records, self.ref, {"status": self.status})


class DeleteAppointment(OnAppointment, frozen=True, kw_only=True):
    TITLE = "Delete appointment"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return _delete(records, self.ref)


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
        now = _present(records, self.ref)
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
        return _update(records, self.ref, wanted)

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
        _present(records, self.ref)
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
        _present(records, self.ref)
        return ()


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


def titled(titles: str, number: int) -> str:
    """The title of several commands that changed so many records."""
    return titles if number == 1 else f"{titles} ({number})"


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
