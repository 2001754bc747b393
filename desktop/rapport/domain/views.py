"""What the window shows: rows and pages that the store computes and the models hold."""

from __future__ import annotations

from array import array
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from rapport.domain.changes import Delta, Mutation, Op
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
from rapport.domain.resources import Calendar


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
    fields: dict[str, Any] = {}
    """What was asked for besides: fields by name, custom fields by id; "activity" and "added" as
    times."""
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
    conflict: bool = False


class AppointmentRow(Struct, frozen=True, kw_only=True):
    appointment: Appointment
    contact_name: str
    pending: bool = False
    conflict: bool = False
    refused: bool = False
    """The CRM did not take an edit of it: that waits for a person."""
    at_server: bool = True
    """Whether the CRM has it at all."""


class Agenda(Struct, frozen=True, kw_only=True):
    """What a calendar shows of a stretch of time, in its order."""

    tasks: tuple[TaskRow, ...] = ()
    appointments: tuple[AppointmentRow, ...] = ()


class AgendaRead(StrEnum):
    """How much of a stretch of time the copy has of the location's calendars."""

    WHOLE = "whole"
    """read just now"""
    BEFORE = "before"
    """read before; the CRM cannot be asked at the moment"""
    PARTLY = "partly"
    """never read whole: the CRM cannot be asked at the moment"""
    NO_RIGHT = "no_right"
    """The sign-in may not read calendars: only what stands at contacts that were read."""


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
    conflicts: frozenset[Id] = frozenset()
    """Records that both sides changed, so that a decision waits."""
    conflict_fields: frozenset[str] = frozenset()
    """Of the contact; ``custom:`` and an id for one of its custom fields."""
    details_synced_at: datetime | None = None
    """When notes and appointments were last read from the server; None: never."""
    extra: dict[str, Any] = {}
    """What else the CRM says of the contact, under its own names: dndSettings, followers."""


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


class Budget(Struct, frozen=True, kw_only=True):
    """How many requests the CRM allows, as its replies told, less those sent since. None where it
    has told no limit."""

    left: int | None = None
    most: int | None = None
    interval_s: float = 10.0
    """``most`` in any so many seconds"""
    day_left: int | None = None
    day_most: int | None = None
    day_ends_at: datetime | None = None
    """when a new day's budget begins"""
    paused_until: datetime | None = None
    """Nothing is sent before: the CRM asked for that, or the day's budget is used up."""
    outage_until: datetime | None = None
    """The CRM has failed again and again; it is asked next then."""


class SyncStatus(Struct, frozen=True, kw_only=True):
    state: SyncState = SyncState.STARTING
    synced_at: datetime | None = None
    waiting: int = 0
    """edits not yet on the server"""
    refused: int = 0
    """edits that the server refused, or of which only a person can tell what is right"""
    conflicts: int = 0
    """records that both sides changed"""
    progress: Progress | None = None
    message: str = ""
    budget: Budget = Budget()

    @property
    def parked(self) -> int:
        """What waits for a person."""
        return self.refused + self.conflicts


class Coverage(Struct, frozen=True, kw_only=True):
    """How much of the account the search covers."""

    contacts: int
    with_notes: int


class EntryState(StrEnum):
    """Where an edit is on its way to the server."""

    HELD = "held"
    """so that Undo can withdraw it"""
    WAITING = "pending"
    BEHIND = "behind"
    """an earlier edit of the same record, or its contact, waits for a person"""
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    """sent, and nobody knows whether it was applied"""
    REFUSED = "parked"
    ASK = "ask"
    """only a person can tell what is right"""
    CONFLICT = "conflict"
    """the record is in the inbox of conflicts"""


class ContactExport(Struct, frozen=True, kw_only=True):
    """A contact whole, for a file. ``server_id`` is None for one that the CRM has not got yet."""

    server_id: str | None
    contact: Contact


class RecordHit(Struct, frozen=True, kw_only=True):
    """A task or note that a search found. ``text`` is the title, or a note's surroundings of the
    match with the matched words between \\x02 and \\x03. ``at`` is when it is due, or was
    written."""

    ref: Ref
    contact_id: Id
    contact_name: str
    text: str
    at: datetime | None = None
    completed: bool = False


class OutboxItem(Struct, frozen=True, kw_only=True):
    """A waiting edit as a person sees it."""

    seq: int
    ref: Ref
    contact_id: Id
    title: str
    state: EntryState
    created_at: datetime
    error: str = ""
    """the server's own words, which may hold anything"""
    op: Op = Op.UPDATE
    fields: dict[str, Delta] = {}
    not_before: datetime | None = None
    attempt: int = 0
    contact_name: str = ""
    contact_seed: str = ""
    subject: str = ""
    """a task's title, a note's body as the server has it"""


class Sending(Struct, frozen=True, kw_only=True):
    """How far a number of edits are on their way to the server."""

    total: int = 0
    waiting: int = 0
    """not there yet"""
    refused: tuple[OutboxItem, ...] = ()
    """that wait for a person"""

    @property
    def arrived(self) -> int:
        """Taken by the server, or withdrawn, or in conflict with what somebody changed there."""
        return self.total - self.waiting - len(self.refused)


class Candidate(Struct, frozen=True, kw_only=True):
    """A record in the CRM that may be the one a create made."""

    rid: str
    title: str
    """a name, a task's title, a note's body"""
    about: str = ""
    added_at: datetime | None = None


class FieldConflict(Struct, frozen=True, kw_only=True):
    """One value that both sides changed. ``field`` "" is the whole record."""

    field: str
    base: Any
    mine: Any
    theirs: Any


class ConflictCase(StrEnum):
    FIELDS = "fields"
    GONE = "gone"
    """edited here, deleted there"""
    DELETED = "deleted"
    """deleted here, edited there"""


class RecordConflict(Struct, frozen=True, kw_only=True):
    """What there is to decide about one record."""

    ref: Ref
    contact_id: Id
    contact_name: str
    contact_seed: str
    subject: str = ""
    case: ConflictCase
    at: datetime
    """when it was noticed"""
    fields: tuple[FieldConflict, ...]
    merged: tuple[FieldConflict, ...] = ()
    """what was merged by itself; ``mine`` and ``theirs`` are the two sides"""


class Choice(StrEnum):
    """How a conflict ended."""

    MINE = "mine"
    THEIRS = "theirs"
    EDITED = "edited"
    MERGED = "merged"
    """by itself: the two sides did not touch the same part"""
    AGREED = "agreed"
    """the CRM has the same value by now"""


class SettledConflict(Struct, frozen=True, kw_only=True):
    id: int
    ref: Ref
    contact_id: Id
    contact_name: str
    contact_seed: str
    subject: str = ""
    field: str
    base: Any
    mine: Any
    theirs: Any
    kept: Any
    choice: Choice
    at: datetime
    undo_id: int | None = None
    """what takes the choice back; None where it cannot be"""


class UndoItem(Struct, frozen=True, kw_only=True):
    id: int
    title: str
    at: datetime
    about: str = ""
    """Names of the records it concerns, shortened."""


class Outcome(Struct, frozen=True, kw_only=True):
    """What a command led to. ``undo_id`` is None when nothing changed."""

    title: str
    undo_id: int | None
    refs: tuple[Ref, ...] = ()
    anew: bool = False
    """A contact that the CRM has deleted is made anew: it gets new ids there."""


class BatchOutcome(Outcome, frozen=True, kw_only=True):
    """What many commands together led to."""

    changed: int = 0
    """How many of the commands changed something."""
    untouched: int = 0
    """How many had nothing to change, or were not reached."""
    left: tuple[tuple[Ref, str], ...] = ()
    """Records that the command made no sense for, and why."""
    sent: tuple[int, ...] = ()
    """The seqs of the edits in the outbox that tell the server."""


class Sample(Struct, frozen=True, kw_only=True):
    """One record of a preview, as it would be changed."""

    contact_name: str
    contact_seed: str
    subject: str = ""
    """A task's title."""
    mutation: Mutation


class Preview(Struct, frozen=True, kw_only=True):
    """What many commands together would do."""

    changing: int = 0
    untouched: int = 0
    """How many are as wanted already."""
    left: dict[str, int] = {}
    """Why the command makes no sense for some records, and for how many."""
    samples: tuple[Sample, ...] = ()

    def __add__(self, other: Preview) -> Preview:
        reasons = {**self.left, **other.left}
        return Preview(
            changing=self.changing + other.changing,
            untouched=self.untouched + other.untouched,
            left={why: self.left.get(why, 0) + other.left.get(why, 0) for why in reasons},
            samples=self.samples + other.samples,
        )


class Reference(Struct, frozen=True, kw_only=True):
    """The account's dictionaries, as last read from the server; nobody edits them here."""

    users: tuple[User, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()
    businesses: tuple[Business, ...] = ()
    location: Location | None = None
    tags: tuple[str, ...] = ()
    """Tags that the location defines, whether or not a contact has them."""
    calendars: tuple[Calendar, ...] = ()
