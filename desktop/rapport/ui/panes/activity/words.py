"""How the Activity page calls edits, their states, fields and values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from rapport.domain.changes import Delta, Op
from rapport.domain.commands import CUSTOM
from rapport.domain.diff3 import Part, parts
from rapport.domain.records import SERVER_FIELDS, Kind, Ref
from rapport.domain.text import visible
from rapport.domain.titles import title_words
from rapport.domain.views import EntryState, OutboxItem
from rapport.language import mark, tr
from rapport.services import phones
from rapport.services.html import plain_text
from rapport.services.workspace import Workspace
from rapport.ui.editors.moments import moment_words
from rapport.ui.panes.detail.field_kinds import NAMES, value_text
from rapport.ui.wording import appointment_status, clock_time, colleague, day

_CONTACT = {
    **NAMES,
    "tags": mark("Tags"),
    "custom": mark("Custom fields"),
    "business_id": mark("Business"),
}
_TASK = {
    "title": mark("Title"),
    "body": mark("Description"),
    "due_at": mark("Due"),
    "completed": mark("Completed"),
    "assigned_to": mark("Assignee"),
}
_NOTE = {
    "body": mark("Note"),
    "title": mark("Title"),
    "color": mark("Colour"),
    "pinned": mark("Pinned"),
}
_VISIT = {
    "title": mark("Title"),
    "status": mark("Status"),
    "start_at": mark("Begins"),
    "end_at": mark("Ends"),
    "address": mark("Place"),
    "notes": mark("Notes"),
    "calendar_id": mark("Calendar"),
    "assigned_to": mark("With"),
}
_NAMES = {Kind.CONTACT: _CONTACT, Kind.TASK: _TASK, Kind.NOTE: _NOTE, Kind.APPOINTMENT: _VISIT}
_LEFT_TO_RIGHT = frozenset({"phone", "email", "website", "timezone"})
_SUBJECT = 80


class State(NamedTuple):
    """How the state of an edit is shown, and what it means."""

    icon: str
    colour: str
    words: str
    sentence: str


def state_of(state: EntryState) -> State:
    match state:
        case EntryState.HELD:
            return State(
                "undo",
                "muted",
                tr("Held back"),
                tr("It waits a few seconds, so that Undo can withdraw it."),
            )
        case EntryState.SENDING:
            return State("sync", "muted", tr("Being sent"), tr("It is on its way."))
        case EntryState.UNCERTAIN:
            return State(
                "history",
                "warning",
                tr("Not certain"),
                tr("The CRM’s answer was lost. Rapport looks what became of it before it goes on."),
            )
        case EntryState.REFUSED:
            return State(
                "alert",
                "danger",
                tr("Refused"),
                tr("The CRM did not take it. Correct the value, or discard the edit."),
            )
        case EntryState.ASK:
            return State(
                "help",
                "warning",
                tr("Needs your answer"),
                tr("Only you can tell what is right."),
            )
        case EntryState.CONFLICT:
            return State(
                "alert", "warning", tr("In conflict"), tr("The inbox of conflicts has the choice.")
            )
        case EntryState.BEHIND:
            return State(
                "clock",
                "muted",
                tr("Waits its turn"),
                tr("An edit before it has to be settled first."),
            )
    return State("clock", "muted", tr("To send"), tr("It is sent as soon as it can be."))


def state_in(item: OutboxItem, offline: bool) -> State:
    """As :func:`state_of`, with what is known about the next try."""
    state = state_of(item.state)
    if item.state is EntryState.WAITING and offline:
        return state._replace(sentence=tr("It is sent when there is a connection."))
    return state


def subject_words(ref: Ref, subject: str) -> str:
    """A task's title, the beginning of a note; "" for a contact."""
    text = plain_text(subject) if ref.kind is Kind.NOTE else subject
    return visible(" ".join(text.split()))[:_SUBJECT]


def record_words(ref: Ref, subject: str) -> str:
    """“Task “Call””; "" for a contact."""
    form = {
        Kind.TASK: tr("Task “{what}”"),
        Kind.NOTE: tr("Note “{what}”"),
        Kind.APPOINTMENT: tr("Appointment “{what}”"),
    }.get(ref.kind)
    return form.format(what=subject_words(ref, subject)) if form else ""


def told_fields(item: OutboxItem) -> list[tuple[str, Delta]]:
    """The fields of an edit one by one, custom fields by their ids."""
    return taken_apart(item.ref.kind, item.fields, all_=item.op is Op.CREATE)


def taken_apart(
    kind: Kind, fields: Mapping[str, Delta], *, all_: bool = False
) -> list[tuple[str, Delta]]:
    """``all_`` tells of a create, whose empty fields say nothing."""
    told: list[tuple[str, Delta]] = []
    for name, delta in fields.items():
        if name in SERVER_FIELDS[kind] or name in ("contact_id", "user_id"):
            continue
        if name == "custom":
            base, want = delta.base or {}, delta.want or {}
            told += [
                (CUSTOM + key, Delta(base.get(key), want.get(key)))
                for key in {**base, **want}
                if base.get(key) != want.get(key)
            ]
        elif not all_ or delta.want not in (None, "", [], False):
            told.append((name, delta))
    return told


def change_parts(before: str, after: str) -> list[Part]:
    """What changed within a value; “old → new” where nothing of it stayed."""
    found = parts(before, after)
    if _is_kept(found):
        return found
    whole = [Part("-", before), Part("=", " → "), Part("+", after or tr("empty"))]
    return whole if before else whole[2:]


def side_parts(before: str, after: str, *, added_only: bool = False) -> list[Part]:
    """One side of a conflict beside the value before; what was removed is told only where the rest
    makes it readable."""
    if not after:
        return [Part("=", tr("empty"))]
    found = parts(before, after)
    if added_only or not _is_kept(found):
        return [part for part in found if part.kind != "-"]
    return found


def _is_kept(found: list[Part]) -> bool:
    return any(part.kind == "=" and part.text.strip() for part in found)


class Words:
    """Names and values in the words of one account."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def field(self, kind: Kind, field: str) -> str:
        if field.startswith(CUSTOM):
            found = self._workspace.reference.custom_field(field.removeprefix(CUSTOM))
            return visible(found.name) if found is not None else tr("Custom field")
        name = _NAMES.get(kind, {}).get(field)
        return tr(name) if name else field

    def value(self, kind: Kind, field: str, value: Any) -> str:
        """ "" for nothing."""
        if value is None or value == "" or value == [] or value == {}:
            return ""
        country = self._country()
        if field.startswith(CUSTOM):
            found = self._workspace.reference.custom_field(field.removeprefix(CUSTOM))
            return visible(value_text(found, value, country) if found else str(value))
        if isinstance(value, bool):
            return tr("Yes") if value else tr("No")
        if isinstance(value, list | tuple):
            return visible(", ".join(map(str, value)))
        if field == "phone":
            return phones.display(str(value), country)
        if field == "assigned_to":
            return colleague(self._workspace.reference, str(value))
        if field == "status" and kind is Kind.APPOINTMENT:
            return appointment_status(str(value))
        if field.endswith("_at"):
            return self.moment(datetime.fromisoformat(str(value)))
        if field == "body" and kind is Kind.NOTE:
            return visible(plain_text(str(value)))
        return visible(str(value))

    def is_left_to_right(self, field: str) -> bool:
        return field in _LEFT_TO_RIGHT

    def moment(self, at: datetime) -> str:
        """“Today, Tue 24 Nov · 15:00”."""
        clock = self._workspace.clock
        return moment_words(at, clock.now(), clock.zone())

    def short_moment(self, at: datetime) -> str:
        """The time of day today, else the date."""
        clock = self._workspace.clock
        zone, now = clock.zone(), clock.now()
        if at.astimezone(zone).date() == now.astimezone(zone).date():
            return clock_time(at, zone)
        return day(at, now, zone, weekday=False)

    def change(self, item: OutboxItem) -> str:
        """“Phone: 1 → 2” of one field, the names of several; what a create or delete is about."""
        about = subject_words(item.ref, item.subject)
        told = told_fields(item)
        if item.op is not Op.UPDATE or not told:
            title = title_words(item.title)
            return tr("{field}: {value}").format(field=title, value=about) if about else title
        if len(told) == 1:
            name, delta = told[0]
            after = self.value(item.ref.kind, name, delta.want) or tr("empty")
            before = self.value(item.ref.kind, name, delta.base)
            change = f"{before} → {after}" if before and name != "body" else after
            return tr("{field}: {value}").format(
                field=self.field(item.ref.kind, name), value=" ".join(change.split())[:120]
            )
        return tr(", ").join(self.field(item.ref.kind, name) for name, _ in told)

    def _country(self) -> str:
        location = self._workspace.reference.location
        return location.country if location else ""
