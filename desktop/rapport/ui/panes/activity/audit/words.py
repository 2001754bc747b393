"""How an entry of the audit log is told: its icon, who, when, and its values in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import QDate

from rapport.domain.audit import OPERATION, Act, AuditEntry, AuditGroup, ServerReply
from rapport.domain.changes import Origin
from rapport.domain.records import CustomField, Kind
from rapport.domain.repeat import Repeat
from rapport.domain.text import visible
from rapport.language import mark, told, tr, trn
from rapport.services.html import plain_text
from rapport.services.workspace import Workspace
from rapport.ui.panes.detail.field_kinds import NAMES, value_text
from rapport.ui.repeat_words import remind_words, repeat_words
from rapport.ui.wording import clock_time, count, dated

_NAMES = {
    **NAMES,
    "title": mark("Title"),
    "body": mark("Text"),
    "due_at": mark("Due"),
    "completed": mark("Completed"),
    "completed_at": mark("Completed at"),
    "priority": mark("Priority"),
    "snoozed_until": mark("Snoozed until"),
    "remind_min": mark("Reminder"),
    "repeat": mark("Repeat"),
    "pinned": mark("Pinned"),
    "color": mark("Colour"),
    "user_id": mark("Author"),
    "tags": mark("Tags"),
    "added_at": mark("Added"),
    "updated_at": mark("Changed"),
    "start_at": mark("Start"),
    "end_at": mark("End"),
    "status": mark("Status"),
    "notes": mark("Notes"),
    "calendar_id": mark("Calendar"),
    "business_id": mark("Business"),
}
_HIDDEN = frozenset({"contact_id", "next_id"})
_BOOKKEEPING = frozenset({"added_at", "updated_at"})
"""Tells nothing of a record that came or went: the entry has its own time."""
_KINDS = {Kind.CONTACT: "contacts", Kind.TASK: "task", Kind.NOTE: "note", Kind.APPOINTMENT: "today"}
_MOST = 4000
"""Characters of a value that are shown; an export has all of it."""


class Line(NamedTuple):
    """One field of an entry, in words."""

    field: str
    name: str
    before: str
    after: str


def icon_of(entry: AuditEntry) -> str:
    if entry.act is Act.CALL:
        return "ops"
    if entry.act is Act.CHECKPOINT:
        return "shield"
    if entry.origin is Origin.UNDO:
        return "undo"
    if entry.act is Act.DELETE:
        return "trash"
    if entry.act is Act.CREATE:
        return _KINDS.get(Kind(entry.kind), "plus")
    if "completed" in entry.fields:
        return "task"
    if set(entry.fields) == {"tags"}:
        return "tag"
    return "pencil"


def who(entry: AuditEntry, workspace: Workspace) -> str:
    """Who did it, as the end of "by …"."""
    me = workspace.account.user_id
    name = ""
    if entry.who and entry.who != me:
        name = visible(workspace.reference.user_name(entry.who))
    match entry.origin:
        case Origin.PERSON:
            return name or tr("You")
        case Origin.UNDO:
            return tr("{name}, by Undo").format(name=name or tr("You"))
        case Origin.NOTIFICATION:
            return tr("{name}, from a notification").format(name=name or tr("You"))
        case Origin.SYNC:
            return tr("The CRM")
        case Origin.RULE:
            return tr("A rule")
        case Origin.WEBHOOK:
            return tr("A webhook")
    return tr("An import")


def group_size(group: AuditGroup) -> str:
    """How many records many edits made as one concern."""
    words = trn("{n} record", "{n} records", group.size)
    return words.format(n=count(group.size))


def record(entry: AuditEntry) -> str:
    """Which record it concerns: the contact, and what of it."""
    if entry.kind == OPERATION:
        return entry.record_id
    name = visible(plain_text(entry.record_name) if entry.kind == Kind.NOTE else entry.record_name)
    contact = visible(entry.contact_name)
    if entry.kind == Kind.CONTACT:
        return contact
    return " · ".join(part for part in (contact, name) if part)


def moment(at: datetime, workspace: Workspace) -> str:
    zone = workspace.clock.zone()
    local = at.astimezone(zone)
    date = dated(QDate(local.year, local.month, local.day), "ddd d MMM yyyy")
    return f"{date}, {clock_time(at, zone)}"


def field_name(field: str, workspace: Workspace) -> str:
    if field.startswith("custom:"):
        found = workspace.reference.custom_field(field.removeprefix("custom:"))
        return visible(found.name) if found is not None else tr("Custom field")
    return tr(_NAMES[field]) if field in _NAMES else field.replace("_", " ")


def lines(entry: AuditEntry, workspace: Workspace) -> list[Line]:
    """What changed, field by field; custom fields one by one."""
    if entry.act is Act.CHECKPOINT:
        return []
    found: list[Line] = []
    for field, (before, after) in entry.fields.items():
        if field in _HIDDEN or (entry.act is not Act.UPDATE and field in _BOOKKEEPING):
            continue
        if entry.act in (Act.CREATE, Act.DELETE) and not (before or after):
            continue
        if field == "custom" and entry.kind != OPERATION:
            found += _custom(before, after, workspace)
            continue
        known = entry.kind != OPERATION
        found.append(
            Line(
                field,
                field_name(field, workspace) if known else field,
                value(field, before, workspace) if known else _plain(before),
                value(field, after, workspace) if known else _plain(after),
            )
        )
    return [line for line in found if line.before or line.after]


def _custom(before: Any, after: Any, workspace: Workspace) -> Iterator[Line]:
    old: Mapping[str, Any] = before if isinstance(before, dict) else {}
    new: Mapping[str, Any] = after if isinstance(after, dict) else {}
    for id in {**old, **new}:
        if old.get(id) != new.get(id):
            field = workspace.reference.custom_field(id) or CustomField(id=id, name="")
            name = field_name(f"custom:{id}", workspace)
            yield Line(
                "custom", name, value_text(field, old.get(id)), value_text(field, new.get(id))
            )


def value(field: str, content: Any, workspace: Workspace) -> str:
    """A field's value in words; "" for none."""
    if content is None or content == "" or content == []:
        return ""
    if field in ("assigned_to", "user_id"):
        return visible(workspace.reference.user_name(str(content)))
    if field.endswith("_at") or field == "snoozed_until":
        try:
            return moment(msgspec.convert(content, datetime), workspace)
        except msgspec.ValidationError:
            return _plain(content)
    if field == "priority":
        words = {0: tr("None"), 1: tr("Low"), 2: tr("Medium"), 3: tr("High")}
        return words.get(content, str(content)) if isinstance(content, int) else str(content)
    if field == "remind_min" and isinstance(content, int):
        return remind_words(content)
    if field == "repeat" and isinstance(content, dict):
        try:
            return repeat_words(msgspec.convert(content, Repeat))
        except msgspec.ValidationError:
            return _plain(content)
    if field == "body":
        return visible(plain_text(str(content)))[:_MOST]
    return _plain(content)


def _plain(content: Any) -> str:
    if content is None:
        return ""
    if isinstance(content, bool):
        return tr("Yes") if content else tr("No")
    if isinstance(content, list) and all(isinstance(item, str) for item in content):
        return visible(", ".join(content))[:_MOST]
    if isinstance(content, (dict, list)):
        return visible(msgspec.json.encode(content).decode())[:_MOST]
    return visible(str(content))[:_MOST]


def reply_words(reply: ServerReply) -> str:
    """What the CRM answered, as one sentence."""
    if not reply.status:
        return told(reply.text) or tr("No answer came.")
    if reply.text:
        return tr("{what} (HTTP {status})").format(
            what=visible(told(reply.text)), status=reply.status
        )
    return tr("The CRM took it (HTTP {status}).").format(status=reply.status)
