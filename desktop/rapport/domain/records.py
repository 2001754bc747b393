"""The records of the CRM, as Rapport keeps them.

Ids are local ULIDs made on this computer, so that a record made offline is a record like any other;
the server's ids are known in ``store``, ``sync`` and ``api`` only. Users, custom fields, calendars
and businesses are dictionaries of the account that nobody edits here: their opaque server ids pass
through unread. Times are aware UTC datetimes. Unknown means None or empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, convert, to_builtins

from rapport.domain.repeat import Repeat

Id = str
"""A local ULID."""


class Kind(StrEnum):
    CONTACT = "contact"
    TASK = "task"
    NOTE = "note"
    APPOINTMENT = "appointment"


class Ref(Struct, frozen=True, order=True):
    """Names one record."""

    kind: Kind
    id: Id


class Contact(Struct, frozen=True, kw_only=True):
    id: Id
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""
    business_id: str | None = None
    address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    website: str = ""
    timezone: str = ""
    source: str = ""
    type: str = ""
    date_of_birth: str | None = None
    assigned_to: str | None = None
    dnd: bool = False
    tags: tuple[str, ...] = ()
    custom: dict[str, Any] = {}
    """Values by custom field id: text, number, list of text, or an object for uploads."""
    added_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name to show; falls back to company, e-mail and phone."""
        full = f"{self.first_name} {self.last_name}".strip()
        return full or self.company or self.email or self.phone


class Task(Struct, frozen=True, kw_only=True):
    id: Id
    contact_id: Id
    title: str = ""
    body: str = ""
    due_at: datetime | None = None
    completed: bool = False
    assigned_to: str | None = None
    priority: int = 0
    """0 none, 1 low, 2 medium, 3 high. Local: the API has no such field."""
    snoozed_until: datetime | None = None
    """Reminders are quiet until then; the due date stays. Local."""
    completed_at: datetime | None = None
    """When it was completed here, or was seen to be; None: before it was first read. Local."""
    remind_min: int | None = None
    """So many minutes before it is due the reminder comes; None: as the settings say. Local."""
    repeat: Repeat | None = None
    """Local: the API has repeating tasks of a location only, not of a contact."""
    next_id: Id | None = None
    """Of a repeating task that was done: the one that came of it. Local."""


class Note(Struct, frozen=True, kw_only=True):
    id: Id
    contact_id: Id
    body: str = ""
    """Text or HTML exactly as the server has it; rendered only through ``domain.html``."""
    title: str = ""
    color: str = ""
    pinned: bool = False
    user_id: str | None = None
    added_at: datetime | None = None


class Appointment(Struct, frozen=True, kw_only=True):
    id: Id
    contact_id: Id
    title: str = ""
    start_at: datetime | None = None
    end_at: datetime | None = None
    status: str = ""
    """One of APPOINTMENT_STATUSES."""
    address: str = ""
    notes: str = ""
    calendar_id: str | None = None
    assigned_to: str | None = None
    anywhen: bool = True
    """Whether it is booked even where its calendar offers no such time. Told when it is created,
    and not kept by the CRM; what is moved by hand stays where it was put."""


APPOINTMENT_STATUSES = ("new", "confirmed", "showed", "noshow", "cancelled", "invalid")

Record = Contact | Task | Note | Appointment

RECORD_TYPES: dict[Kind, type[Record]] = {
    Kind.CONTACT: Contact,
    Kind.TASK: Task,
    Kind.NOTE: Note,
    Kind.APPOINTMENT: Appointment,
}

LOCAL_FIELDS: dict[Kind, frozenset[str]] = {
    Kind.CONTACT: frozenset(),
    Kind.TASK: frozenset(
        {"priority", "snoozed_until", "completed_at", "remind_min", "repeat", "next_id"}
    ),
    Kind.NOTE: frozenset(),
    Kind.APPOINTMENT: frozenset(),
}
"""Fields that never leave this computer: the API has no place for them."""

SERVER_FIELDS: dict[Kind, frozenset[str]] = {
    # FACTS B1: an update takes no companyName; the server alone sets its dates.
    Kind.CONTACT: frozenset({"added_at", "updated_at", "business_id", "type"}),
    Kind.TASK: frozenset(),
    Kind.NOTE: frozenset({"added_at"}),
    Kind.APPOINTMENT: frozenset(),
}
"""Fields that only the server changes."""

CREATE_ONLY_FIELDS: dict[Kind, frozenset[str]] = {
    Kind.CONTACT: frozenset({"company"}),
    Kind.TASK: frozenset(),
    Kind.NOTE: frozenset(),
    Kind.APPOINTMENT: frozenset(),
}
"""Fields that can be given when a record is made and not changed afterwards (FACTS B1)."""

PASSING_FIELDS: dict[Kind, frozenset[str]] = {
    Kind.CONTACT: frozenset(),
    Kind.TASK: frozenset(),
    Kind.NOTE: frozenset(),
    Kind.APPOINTMENT: frozenset({"anywhen"}),
}
"""Fields that go with a create and that the server does not keep: there is nothing to compare."""


def fields_of(record: Record) -> dict[str, Any]:
    """The record as JSON-ready values by field name, without its id."""
    values = _with_lists(to_builtins(record))
    del values["id"]
    return values


def json_ready(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` as they are compared, stored and sent: times as text, tuples as lists."""
    return _with_lists(to_builtins(dict(values)))


def _with_lists(values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if isinstance(value, tuple):
            values[name] = list(value)
    return values


def record_from(kind: Kind, id: Id, values: dict[str, Any]) -> Record:
    """The inverse of :func:`fields_of`. Raises ``msgspec.ValidationError`` on wrong types."""
    return convert({"id": id, **values}, RECORD_TYPES[kind])


def contact_of(kind: Kind, id: Id, values: dict[str, Any]) -> Id:
    """The id of the contact that a record belongs to; a contact belongs to itself."""
    return id if kind is Kind.CONTACT else values["contact_id"]


class User(Struct, frozen=True, kw_only=True):
    """A person who works in the account."""

    id: str
    name: str
    email: str = ""
    role: str = ""
    extra: dict[str, Any] = {}
    """What else the CRM says, under its own names: roles, permissions."""


class CustomField(Struct, frozen=True, kw_only=True):
    """The definition of a custom field; ``data_type`` is the API's word (TEXT, MONETORY …)."""

    id: str
    name: str
    key: str = ""
    data_type: str = "TEXT"
    options: tuple[str, ...] = ()
    position: int = 0
    placeholder: str = ""
    model: str = ""
    """contact or opportunity."""
    many_files: bool = False
    most_files: int = 0
    extra: dict[str, Any] = {}


class Business(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    email: str = ""
    phone: str = ""
    website: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = ""
    description: str = ""
    extra: dict[str, Any] = {}


class Location(Struct, frozen=True, kw_only=True):
    """The sub-account that a token belongs to."""

    id: str
    name: str = ""
    city: str = ""
    country: str = ""
    timezone: str = ""
    company_id: str | None = None
    extra: dict[str, Any] = {}
    """What else the CRM says, under its own names: settings such as allowDuplicateContact."""
