"""What the window shows: rows and pages that the store computes and the models hold."""

from __future__ import annotations

from array import array
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from rapport.domain.changes import Op
from rapport.domain.filters import SmartList
from rapport.domain.records import (
    Appointment,
    Business,
    Contact,
    CustomField,
    Id,
    Location,
    Note,
    Ref,
    Task,
    User,
)


class ContactRow(Struct, frozen=True, kw_only=True):
    """One line of the contact list. ``key`` is the 64-bit row key that pages and sorts use."""

    key: int
    id: Id
    seed: str
    """Keeps the avatar's tone: the server's id where known, else the local one."""
    name: str
    company: str = ""
    tags: tuple[str, ...] = ()
    next_due_at: datetime | None = None
    pending: bool = False
    conflict: bool = False
    dnd: bool = False
    snippet: str = ""
    """A match in a note or task: the text around it, matched words between \\x02 and \\x03."""


class ContactPage(Struct, frozen=True, kw_only=True):
    """The first rows of a list at once; ``keys`` holds all row keys when ``complete``."""

    rows: tuple[ContactRow, ...]
    total: int
    keys: array[int]
    complete: bool


class TaskRow(Struct, frozen=True, kw_only=True):
    task: Task
    contact_name: str
    company: str = ""
    contact_seed: str = ""
    pending: bool = False


class TaskGroups(Struct, frozen=True, kw_only=True):
    """Today's page. Upcoming is limited to the next rows; ``upcoming_total`` counts all."""

    overdue: tuple[TaskRow, ...] = ()
    today: tuple[TaskRow, ...] = ()
    upcoming: tuple[TaskRow, ...] = ()
    upcoming_total: int = 0


class Change(Struct, frozen=True, kw_only=True):
    """One audit entry of a contact, as its timeline shows it."""

    id: int
    at: datetime
    title: str
    origin: str
    op: Op
    ref: Ref
    fields: dict[str, tuple[object, object]]
    """before and after by field name"""


class ContactDetail(Struct, frozen=True, kw_only=True):
    contact: Contact
    seed: str
    row: ContactRow
    tasks: tuple[Task, ...] = ()
    notes: tuple[Note, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    changes: tuple[Change, ...] = ()
    pending: frozenset[Id] = frozenset()
    """Records with an edit that the server has not got yet."""
    pending_fields: frozenset[str] = frozenset()
    details_synced_at: datetime | None = None
    """When notes and appointments were last read from the server; None: never."""


class SidebarCounts(Struct, frozen=True, kw_only=True):
    contacts: int = 0
    due: int = 0
    """open tasks overdue or due today"""
    overdue: int = 0
    tags: tuple[tuple[str, int], ...] = ()
    """most used first"""
    smart_lists: tuple[tuple[SmartList, int], ...] = ()


class SyncState(StrEnum):
    STARTING = "starting"
    SYNCING = "syncing"
    IDLE = "idle"
    OFFLINE = "offline"
    PAUSED = "paused"
    """waiting for the rate limit or the server"""
    INACTIVE = "inactive"
    """the location is switched off in the CRM for the time being"""
    SIGN_IN = "sign_in"
    """the token is refused: the copy stays readable, edits wait"""
    STORAGE = "storage"
    """the local copy cannot be written"""


class Progress(Struct, frozen=True, kw_only=True):
    """Of a first sync. ``eta_s`` is None until there is something to estimate from."""

    done: int
    total: int
    eta_s: float | None = None


class SyncStatus(Struct, frozen=True, kw_only=True):
    state: SyncState = SyncState.STARTING
    synced_at: datetime | None = None
    waiting: int = 0
    """edits not yet on the server"""
    parked: int = 0
    """edits that the server refused or that need a decision"""
    progress: Progress | None = None
    message: str = ""


class Coverage(Struct, frozen=True, kw_only=True):
    """How much of the account the search covers."""

    contacts: int
    with_notes: int


class OutboxItem(Struct, frozen=True, kw_only=True):
    """A waiting edit as a person sees it."""

    seq: int
    ref: Ref
    contact_id: Id
    title: str
    state: str
    created_at: datetime
    error: str = ""


class UndoItem(Struct, frozen=True, kw_only=True):
    id: int
    title: str
    at: datetime


class Outcome(Struct, frozen=True, kw_only=True):
    """What a command led to. ``undo_id`` is None when nothing changed."""

    title: str
    undo_id: int | None
    refs: tuple[Ref, ...] = ()


class Reference(Struct, frozen=True, kw_only=True):
    """The account's dictionaries, as last read from the server; nobody edits them here."""

    users: tuple[User, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    businesses: tuple[Business, ...] = ()
    location: Location | None = None
    tags: tuple[str, ...] = ()
    """Tags that the location defines, whether or not a contact has them."""
