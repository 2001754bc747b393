"""What a contact's timeline holds, newest first: a pure reading of :class:`ContactDetail`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

from PySide6.QtCore import QDate

from rapport.domain.changes import Op
from rapport.domain.records import Appointment, CustomField, Kind, Note, Task
from rapport.domain.text import visible
from rapport.domain.views import Change, ContactDetail
from rapport.language import mark, tr, trn
from rapport.ui.panes.detail.field_kinds import NAMES, value_text
from rapport.ui.wording import appointment_status, dated

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Show(StrEnum):
    """The filters above the timeline."""

    ALL = mark("All")
    NOTES = mark("Notes")
    TASKS = mark("Tasks")
    APPOINTMENTS = mark("Appointments")
    CHANGES = mark("Changes")


class What(StrEnum):
    NOTE = "note"
    TASK = "task"
    APPOINTMENT = "appointment"
    FIELD = "field"
    TAGS = "tags"
    EVENT = "event"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline. ``key`` stays the same while the record does; two entries that are
    equal look the same."""

    key: str
    what: What
    at: datetime | None
    record: Note | Task | Appointment | None = None
    title: str = ""
    before: str = ""
    after: str = ""
    tags: tuple[str, ...] = ()
    caption: str = ""
    pending: bool = False
    conflict: bool = False
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """Names for the ids of users, and of custom fields."""

    users: Mapping[str, str]
    fields: Mapping[str, CustomField]

    def user(self, user_id: str | None) -> str:
        return self.users.get(user_id or "", "")


def open_tasks(detail: ContactDetail) -> list[Task]:
    """The tasks still to do, the most urgent first."""
    waiting = [task for task in detail.tasks if not task.completed]
    return sorted(waiting, key=lambda task: (task.due_at is None, task.due_at or _LONG_AGO))


def entries(detail: ContactDetail, show: Show, people: People) -> list[Entry]:
    """The entries that ``show`` lets through, pinned notes before all others, newest first; open
    tasks are not among them."""
    found: list[Entry] = []
    if show in (Show.ALL, Show.NOTES):
        found += [_note(note, detail, people) for note in detail.notes]
    if show in (Show.ALL, Show.TASKS):
        found += [_task(task, detail) for task in detail.tasks if task.completed]
    if show in (Show.ALL, Show.APPOINTMENTS):
        found += [_appointment(visit, detail, people) for visit in detail.appointments]
    if show in (Show.ALL, Show.CHANGES):
        for change in detail.changes:
            if show is Show.CHANGES or not _stands_elsewhere(change):
                found += _change(change, detail, people)
    return sorted(found, key=lambda entry: (entry.pinned, entry.at or _LONG_AGO), reverse=True)


def _note(note: Note, detail: ContactDetail, people: People) -> Entry:
    return Entry(
        key=f"note:{note.id}",
        what=What.NOTE,
        at=note.added_at,
        record=note,
        title=note.title,
        caption=people.user(note.user_id),
        pinned=note.pinned,
        pending=note.id in detail.pending,
        conflict=note.id in detail.conflicts,
    )


def _task(task: Task, detail: ContactDetail) -> Entry:
    return Entry(
        key=f"task:{task.id}",
        what=What.TASK,
        at=task.completed_at or task.due_at,
        record=task,
        title=task.title,
        caption=tr("Completed"),
        pending=task.id in detail.pending,
        conflict=task.id in detail.conflicts,
    )


def _appointment(visit: Appointment, detail: ContactDetail, people: People) -> Entry:
    return Entry(
        key=f"appointment:{visit.id}",
        what=What.APPOINTMENT,
        at=visit.start_at,
        record=visit,
        title=visit.title,
        caption=people.user(visit.assigned_to),
        pending=visit.id in detail.pending,
    )


def _stands_elsewhere(change: Change) -> bool:
    """Whether the record itself is in the timeline, so that the change says nothing new."""
    if change.ref.kind in (Kind.NOTE, Kind.TASK) and change.op is Op.CREATE:
        return True
    if change.ref.kind is Kind.NOTE and set(change.fields) <= {"pinned", "color"}:
        return True
    return change.ref.kind is Kind.TASK and set(change.fields) <= {
        "completed",
        "completed_at",
        "snoozed_until",
        "next_id",
    }


_EVENTS = {
    (Kind.CONTACT, Op.CREATE): mark("Contact added"),
    (Kind.CONTACT, Op.UPDATE): mark("Contact edited"),
    (Kind.CONTACT, Op.DELETE): mark("Contact deleted"),
    (Kind.TASK, Op.CREATE): mark("Task added"),
    (Kind.TASK, Op.UPDATE): mark("Task edited"),
    (Kind.TASK, Op.DELETE): mark("Task deleted"),
    (Kind.NOTE, Op.CREATE): mark("Note added"),
    (Kind.NOTE, Op.UPDATE): mark("Note edited"),
    (Kind.NOTE, Op.DELETE): mark("Note deleted"),
    (Kind.APPOINTMENT, Op.CREATE): mark("Appointment added"),
    (Kind.APPOINTMENT, Op.UPDATE): mark("Appointment edited"),
    (Kind.APPOINTMENT, Op.DELETE): mark("Appointment deleted"),
}
_ORIGINS = {
    "undo": mark("Undone here"),
    "sync": mark("Changed in the CRM"),
    "rule": mark("By a rule"),
    "webhook": mark("By a webhook"),
    "notification": mark("From a notification"),
    "import": mark("By an import"),
}


def _title_of(change: Change, detail: ContactDetail) -> str:
    """Which task it was: the change itself tells only where the title is part of it."""
    after, before = reversed(change.fields.get("title", (None, None)))
    records: list[Task | Appointment] = [*detail.tasks, *detail.appointments]
    now = next((record.title for record in records if record.id == change.ref.id), "")
    return str(after or before or now)


def _change(change: Change, detail: ContactDetail, people: People) -> Iterator[Entry]:
    caption = tr(_ORIGINS.get(change.origin, mark("Changed here")))
    status = change.fields.get("status")
    if change.ref.kind is Kind.APPOINTMENT and change.op is Op.UPDATE and status is not None:
        before, after = status
        yield Entry(
            key=f"change:{change.id}",
            what=What.FIELD,
            at=change.at,
            title=visible(_title_of(change, detail)) or tr("Appointment"),
            before=appointment_status(str(before or "")),
            after=appointment_status(str(after or "")),
            caption=caption,
        )
        return
    if change.ref.kind is not Kind.CONTACT or change.op is not Op.UPDATE:
        where = {"person": tr("On this computer"), "sync": tr("In the CRM")}
        yield Entry(
            key=f"change:{change.id}",
            what=What.EVENT,
            at=change.at,
            title=tr(_EVENTS[change.ref.kind, change.op]),
            after=_title_of(change, detail),
            caption=where.get(change.origin, caption),
        )
        return
    for name, (before, after) in change.fields.items():
        if name == "tags":
            yield from _tags(change, before, after, caption)
        elif name == "custom":
            yield from _custom(change, before, after, caption, people)
        elif name in NAMES:
            yield Entry(
                key=f"change:{change.id}:{name}",
                what=What.FIELD,
                at=change.at,
                title=tr(NAMES[name]),
                before=_shown(name, before, people),
                after=_shown(name, after, people),
                caption=caption,
            )


def _shown(name: str, value: object, people: People) -> str:
    if name == "assigned_to":
        return people.user(str(value or "")) or str(value or "")
    if isinstance(value, bool):
        return tr("Yes") if value else tr("No")
    return str(value or "")


def _tags(change: Change, before: object, after: object, caption: str) -> Iterator[Entry]:
    had = [str(tag) for tag in before] if isinstance(before, list | tuple) else []
    has = [str(tag) for tag in after] if isinstance(after, list | tuple) else []
    added = [tag for tag in has if tag not in had]
    removed = [tag for tag in had if tag not in has]
    for verb, words, tags in (
        ("added", trn("Tag added", "Tags added", len(added)), added),
        ("removed", trn("Tag removed", "Tags removed", len(removed)), removed),
    ):
        if tags:
            yield Entry(
                key=f"change:{change.id}:tags-{verb}",
                what=What.TAGS,
                at=change.at,
                title=words,
                tags=tuple(tags),
                caption=caption,
            )


def _custom(
    change: Change, before: object, after: object, caption: str, people: People
) -> Iterator[Entry]:
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    for field_id in dict.fromkeys([*old, *new]):
        if old.get(field_id) == new.get(field_id):
            continue
        field = people.fields.get(field_id) or CustomField(id=field_id, name=tr("Custom field"))
        yield Entry(
            key=f"change:{change.id}:{field_id}",
            what=What.FIELD,
            at=change.at,
            title=field.name,
            before=value_text(field, old.get(field_id)),
            after=value_text(field, new.get(field_id)),
            caption=caption,
        )


PINNED = date.max
"""Stands for the day of what is pinned, whenever it was."""


def day_of(entry: Entry, zone: tzinfo) -> date | None:
    if entry.pinned:
        return PINNED
    return entry.at.astimezone(zone).date() if entry.at else None


def day_title(day: date | None, today: date) -> str:
    """The header of a day: “Today, Tuesday 24 November”, “Yesterday”, “Friday 3 May 2024”."""
    if day is None:
        return tr("Without a date")
    if day == PINNED:
        return tr("Pinned")
    form = "dddd d MMMM" if day.year == today.year else "dddd d MMMM yyyy"
    words = dated(QDate(day.year, day.month, day.day), form)
    away = (day - today).days
    if away == 0:
        return tr("Today, {date}").format(date=words)
    if away == 1:
        return tr("Tomorrow, {date}").format(date=words)
    return tr("Yesterday") if away == -1 else words
