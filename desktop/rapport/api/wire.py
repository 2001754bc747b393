"""The CRM's records as it writes them, and ours: both directions.

Reading is forgiving (absent, null and "" all mean empty; unknown properties are kept aside as
``extra``) except for ids, without which nothing can be stored. Values come out JSON-ready in the
exact form of :func:`rapport.domain.records.fields_of`, so that they can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any

from msgspec import Struct

from rapport.api.grains import (
    an_id,
    an_object,
    custom_values,
    date,
    id_or_none,
    moment,
    rest,
    sent_time,
    text,
)
from rapport.domain.changes import Delta
from rapport.domain.commands import normal_tag
from rapport.domain.errors import InvalidError
from rapport.domain.records import Kind
from rapport.domain.resources import TagResult
from rapport.language import keep


class Remote(Struct, frozen=True, kw_only=True):
    """A record as the server has it. ``values`` holds no ids of records, no local fields, and no
    field that this kind of reply does not carry (a search tells neither website nor time zone)."""

    kind: Kind
    rid: str
    contact_rid: str | None = None
    """Of the contact that a task, note or appointment belongs to."""
    values: dict[str, Any]
    extra: dict[str, Any] = {}
    untold: frozenset[str] = frozenset()
    """Of ``extra``: what this kind of reply never carries."""


_CONTACT_TEXT = {
    "first_name": "firstName",
    "last_name": "lastName",
    "email": "email",
    "phone": "phone",
    "company": "companyName",
    "address": "address1",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "country",
    "website": "website",
    "timezone": "timezone",
    "source": "source",
    "type": "type",
}
_ONLY_WHEN_TOLD = frozenset({"website", "timezone"})
"""Fields that search and list leave out: their absence there says nothing (FACTS B1a)."""

_NEVER_IN_A_SEARCH = frozenset({"dndSettings", "inboundDndSettings"})
"""FACTS B1a: listed, and not returned."""

_NULLABLE = frozenset(
    {
        "firstName",
        "lastName",
        "email",
        "phone",
        "address1",
        "city",
        "state",
        "website",
        "timezone",
        "companyName",
    }
)
"""Texts that null clears; the others take "" (FACTS B1c)."""

_CONTACT_KNOWN = {
    *_CONTACT_TEXT.values(),
    *("id", "locationId", "address", "businessId", "dateOfBirth", "assignedTo", "dnd", "tags"),
    *("customFields", "dateAdded", "dateUpdated", "searchAfter", "startAfter", "traceId"),
    # The same names again, in other letters.
    *("name", "contactName", "fullNameLowerCase", "firstNameLowerCase", "lastNameLowerCase"),
    *("firstNameRaw", "lastNameRaw", "emailLowerCase"),
}


def contact(raw: Any, *, partial: bool = False) -> Remote:
    """``partial`` is for replies of search and list, which leave fields out."""
    record = an_object(raw)
    values: dict[str, Any] = {
        field: text(record.get(name))
        for field, name in _CONTACT_TEXT.items()
        if name in record or not (partial and field in _ONLY_WHEN_TOLD)
    }
    # The list lower-cases the names and has the real ones beside (FACTS B1b).
    for field, name in (("first_name", "firstNameRaw"), ("last_name", "lastNameRaw")):
        if name in record:
            values[field] = text(record[name])
    if "address1" not in record:
        values["address"] = text(record.get("address"))
    values["business_id"] = id_or_none(record.get("businessId"))
    values["assigned_to"] = id_or_none(record.get("assignedTo"))
    values["date_of_birth"] = date(record.get("dateOfBirth"))
    values["dnd"] = record.get("dnd") is True
    values["tags"] = tags(record.get("tags"))
    values["custom"] = custom_values(record.get("customFields"))
    values["added_at"] = moment(record.get("dateAdded"))
    values["updated_at"] = moment(record.get("dateUpdated"))
    return Remote(
        kind=Kind.CONTACT,
        rid=an_id(record, "id", "_id"),
        values=values,
        extra=rest(record, _CONTACT_KNOWN),
        untold=_NEVER_IN_A_SEARCH if partial else frozenset(),
    )


_TASK_KNOWN = {"id", "_id", "locationId", "title", "body", "dueDate", "completed", "assignedTo"} | {
    *("contactId", "contactDetails", "assignedToUserDetails", "searchAfter", "traceId"),
}


def task(raw: Any, *, contact_rid: str | None = None) -> Remote:
    record = an_object(raw)
    return Remote(
        kind=Kind.TASK,
        rid=an_id(record, "id", "_id"),  # the location's task search says _id (FACTS B2)
        contact_rid=id_or_none(record.get("contactId")) or contact_rid,
        values={
            "title": text(record.get("title")),
            "body": text(record.get("body")),
            "due_at": moment(record.get("dueDate")),
            "completed": record.get("completed") is True,
            "assigned_to": id_or_none(record.get("assignedTo")),
        },
        extra=rest(record, _TASK_KNOWN),
    )


_NOTE_KNOWN = {"id", "contactId", "body", "title", "color", "pinned", "userId", "dateAdded"} | {
    *("traceId",),
}


def note(raw: Any, *, contact_rid: str | None = None) -> Remote:
    record = an_object(raw)
    return Remote(
        kind=Kind.NOTE,
        rid=an_id(record, "id"),
        contact_rid=id_or_none(record.get("contactId")) or contact_rid,
        values={
            "body": text(record.get("body")),
            "title": text(record.get("title")),
            "color": text(record.get("color")),
            "pinned": record.get("pinned") is True,
            "user_id": id_or_none(record.get("userId")),
            "added_at": moment(record.get("dateAdded")),
        },
        extra=rest(record, _NOTE_KNOWN),
    )


_APPOINTMENT_KNOWN = {
    *("id", "contactId", "locationId", "title", "startTime", "endTime", "appointmentStatus"),
    *("status", "address", "notes", "description", "calendarId", "assignedUserId", "traceId"),
}


def appointment(raw: Any, *, contact_rid: str | None = None, zone: tzinfo = UTC) -> Remote:
    """``zone`` is the location's: these times carry none (FACTS B5)."""
    record = an_object(raw)
    # The reply to a write is bare (FACTS B5): it may tell the notes by the name they are sent
    # under, or not at all.
    told = next((name for name in ("notes", "description") if name in record), None)
    notes = {"notes": text(record[told])} if told else {}
    return Remote(
        kind=Kind.APPOINTMENT,
        rid=an_id(record, "id"),
        contact_rid=id_or_none(record.get("contactId")) or contact_rid,
        values={
            "title": text(record.get("title")),
            "start_at": moment(record.get("startTime"), zone),
            "end_at": moment(record.get("endTime"), zone),
            "status": text(record.get("appointmentStatus") or record.get("status")),
            "address": text(record.get("address")),
            **notes,
            "calendar_id": id_or_none(record.get("calendarId")),
            "assigned_to": id_or_none(record.get("assignedUserId")),
        },
        extra=rest(record, _APPOINTMENT_KNOWN),
    )


def tags(raw: Any) -> list[str]:
    """Tag names, each once."""
    names = raw if isinstance(raw, list) else []
    return list(dict.fromkeys(text(name) for name in names if isinstance(name, str) and name))


def tag_result(raw: Any) -> TagResult:
    record = an_object(raw)
    return TagResult(
        contact_rid=an_id(record, "contactId"),
        done=record.get("type") == "success",
        message=text(record.get("message")),
        before=tuple(tags(record.get("oldTags"))),
        added=tuple(tags(record.get("tagsAdded"))),
        removed=tuple(tags(record.get("tagsRemoved"))),
    )


# Writing.


def wanted(fields: Mapping[str, Delta]) -> dict[str, Any]:
    """The values to send for these deltas: of custom fields only those that change (None clears),
    and no tags, which have operations of their own because an update replaces the whole list."""
    values: dict[str, Any] = {}
    for name, delta in fields.items():
        if name == "tags":
            continue
        if name == "custom":
            before, after = delta.base or {}, delta.want or {}
            changed = {key: v for key, v in after.items() if key not in before or before[key] != v}
            values[name] = changed | {key: None for key in before if key not in after}
        else:
            values[name] = delta.want
    return values


def contact_body(values: Mapping[str, Any], *, create: bool = False) -> dict[str, Any]:
    """What POST or PUT takes for these fields. Raises InvalidError for one that it does not."""
    body: dict[str, Any] = {}
    for field, value in values.items():
        if field == "custom":
            items = [{"id": key, "field_value": item} for key, item in (value or {}).items()]
            if items:
                body["customFields"] = items
        elif field in ("assigned_to", "date_of_birth"):
            name = {"assigned_to": "assignedTo", "date_of_birth": "dateOfBirth"}[field]
            body[name] = value or None
        elif field == "dnd":
            body["dnd"] = bool(value)
        elif field == "tags" and create:
            if value:
                body["tags"] = list(value)
        elif field in _CONTACT_TEXT and field != "type" and (create or field != "company"):
            name = _CONTACT_TEXT[field]
            body[name] = value or (None if name in _NULLABLE else "")
        else:
            raise InvalidError(keep("The CRM takes no “{name}” from this program.", name=field))
    if create:
        body = {name: value for name, value in body.items() if value not in (None, "", False)}
    return body


_TASK_WRITE = {"title": "title", "body": "body", "due_at": "dueDate"} | {
    "completed": "completed",
    "assigned_to": "assignedTo",
}
_NOTE_WRITE = {"body": "body", "title": "title", "color": "color", "pinned": "pinned"} | {
    "user_id": "userId",
}


def task_body(values: Mapping[str, Any], *, create: bool = False) -> dict[str, Any]:
    body = _renamed("a task", _TASK_WRITE, values, create)
    if body.get("dueDate"):
        body["dueDate"] = sent_time(body["dueDate"])
    if create:
        body.setdefault("completed", False)
    return body


def note_body(values: Mapping[str, Any], *, create: bool = False) -> dict[str, Any]:
    return _renamed("a note", _NOTE_WRITE, values, create)


_APPOINTMENT_WRITE = {
    "title": "title",
    "start_at": "startTime",
    "end_at": "endTime",
    "status": "appointmentStatus",
    "address": "address",
    "notes": "description",
    "calendar_id": "calendarId",
    "assigned_to": "assignedUserId",
}


def appointment_body(values: Mapping[str, Any], *, create: bool = False) -> dict[str, Any]:
    body = _renamed("an appointment", _APPOINTMENT_WRITE, values, create)
    return {
        name: sent_time(value) if name in ("startTime", "endTime") else value
        for name, value in body.items()
    }


def _renamed(
    kind: str, names: Mapping[str, str], values: Mapping[str, Any], create: bool
) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field, value in values.items():
        if field not in names:
            raise InvalidError(keep("The CRM takes no “{name}” from this program.", name=field))
        if not (create and value in (None, "")):
            body[names[field]] = value
    return body


def canonical(kind: Kind, field: str, value: Any) -> Any:
    """``value`` as the server is going to repeat it, as far as its habits are known: for telling
    whether a reply is our own edit or somebody else's (FACTS B2, B3, F14)."""
    if field == "tags":
        return sorted({normal_tag(tag) for tag in value or ()})
    if field == "custom":
        return {key: item for key, item in (value or {}).items() if item not in (None, "", [])}
    if field == "phone":
        return re.sub(r"[^\d+]", "", value or "")
    if field.endswith("_at"):
        return moment(value)
    return value or None
