"""The CRM's records as it writes them, and ours: both directions.

Reading is forgiving (absent, null and "" all mean empty; unknown properties are kept aside as
``extra``) except for ids, without which nothing can be stored. Values come out JSON-ready in the
exact form of :func:`rapport.domain.records.fields_of`, so that they can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from msgspec import Struct, to_builtins

from rapport.domain.changes import Delta
from rapport.domain.commands import normal_tag
from rapport.domain.errors import InvalidError
from rapport.domain.records import Business, CustomField, Kind, Location, User


class Remote(Struct, frozen=True, kw_only=True):
    """A record as the server has it. ``values`` holds no ids of records, no local fields, and no
    field that this kind of reply does not carry (a search tells neither website nor time zone)."""

    kind: Kind
    rid: str
    contact_rid: str | None = None
    """Of the contact that a task, note or appointment belongs to."""
    values: dict[str, Any]
    extra: dict[str, Any] = {}


class Malformed(ValueError):
    """A reply that lacks what the contract promises."""


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
    record = _object(raw)
    values: dict[str, Any] = {
        field: _text(record.get(name))
        for field, name in _CONTACT_TEXT.items()
        if name in record or not (partial and field in _ONLY_WHEN_TOLD)
    }
    # The list lower-cases the names and has the real ones beside (FACTS B1b).
    for field, name in (("first_name", "firstNameRaw"), ("last_name", "lastNameRaw")):
        if name in record:
            values[field] = _text(record[name])
    if "address1" not in record:
        values["address"] = _text(record.get("address"))
    values["business_id"] = _id_or_none(record.get("businessId"))
    values["assigned_to"] = _id_or_none(record.get("assignedTo"))
    values["date_of_birth"] = _date(record.get("dateOfBirth"))
    values["dnd"] = record.get("dnd") is True
    values["tags"] = tags(record.get("tags"))
    values["custom"] = _custom(record.get("customFields"))
    values["added_at"] = moment(record.get("dateAdded"))
    values["updated_at"] = moment(record.get("dateUpdated"))
    return Remote(
        kind=Kind.CONTACT,
        rid=_id(record, "id", "_id"),
        values=values,
        extra=_rest(record, _CONTACT_KNOWN),
    )


_TASK_KNOWN = {"id", "_id", "locationId", "title", "body", "dueDate", "completed", "assignedTo"} | {
    *("contactId", "contactDetails", "assignedToUserDetails", "searchAfter", "traceId"),
}


def task(raw: Any, *, contact_rid: str | None = None) -> Remote:
    record = _object(raw)
    return Remote(
        kind=Kind.TASK,
        rid=_id(record, "id", "_id"),  # the location's task search says _id (FACTS B2)
        contact_rid=_id_or_none(record.get("contactId")) or contact_rid,
        values={
            "title": _text(record.get("title")),
            "body": _text(record.get("body")),
            "due_at": moment(record.get("dueDate")),
            "completed": record.get("completed") is True,
            "assigned_to": _id_or_none(record.get("assignedTo")),
        },
        extra=_rest(record, _TASK_KNOWN),
    )


_NOTE_KNOWN = {"id", "contactId", "body", "title", "color", "pinned", "userId", "dateAdded"} | {
    *("traceId",),
}


def note(raw: Any, *, contact_rid: str | None = None) -> Remote:
    record = _object(raw)
    return Remote(
        kind=Kind.NOTE,
        rid=_id(record, "id"),
        contact_rid=_id_or_none(record.get("contactId")) or contact_rid,
        values={
            "body": _text(record.get("body")),
            "title": _text(record.get("title")),
            "color": _text(record.get("color")),
            "pinned": record.get("pinned") is True,
            "user_id": _id_or_none(record.get("userId")),
            "added_at": moment(record.get("dateAdded")),
        },
        extra=_rest(record, _NOTE_KNOWN),
    )


_APPOINTMENT_KNOWN = {
    *("id", "contactId", "locationId", "title", "startTime", "endTime", "appointmentStatus"),
    *("status", "address", "notes", "calendarId", "assignedUserId", "traceId"),
}


def appointment(raw: Any, *, contact_rid: str | None = None, zone: tzinfo = UTC) -> Remote:
    """``zone`` is the location's: these times carry none (FACTS B5)."""
    record = _object(raw)
    return Remote(
        kind=Kind.APPOINTMENT,
        rid=_id(record, "id"),
        contact_rid=_id_or_none(record.get("contactId")) or contact_rid,
        values={
            "title": _text(record.get("title")),
            "start_at": moment(record.get("startTime"), zone),
            "end_at": moment(record.get("endTime"), zone),
            "status": _text(record.get("appointmentStatus") or record.get("status")),
            "address": _text(record.get("address")),
            "notes": _text(record.get("notes")),
            "calendar_id": _id_or_none(record.get("calendarId")),
            "assigned_to": _id_or_none(record.get("assignedUserId")),
        },
        extra=_rest(record, _APPOINTMENT_KNOWN),
    )


def user(raw: Any) -> User:
    record = _object(raw)
    roles = record.get("roles")
    name = _text(record.get("name"))
    if not name:
        name = f"{_text(record.get('firstName'))} {_text(record.get('lastName'))}".strip()
    email = _text(record.get("email"))
    return User(
        id=_id(record, "id"),
        name=name or email,
        email=email,
        role=_text(roles.get("role")) if isinstance(roles, dict) else "",
    )


def custom_field(raw: Any) -> CustomField:
    record = _object(raw)
    options = record.get("picklistOptions")
    position = record.get("position")
    return CustomField(
        id=_id(record, "id"),
        name=_text(record.get("name")),
        key=_text(record.get("fieldKey")),
        data_type=_text(record.get("dataType")) or "TEXT",
        options=tuple(_text(option) for option in options) if isinstance(options, list) else (),
        position=position if isinstance(position, int) else 0,
    )


def business(raw: Any) -> Business:
    record = _object(raw)
    return Business(id=_id(record, "id"), name=_text(record.get("name")))


def location(raw: Any) -> Location:
    record = _object(raw)
    return Location(
        id=_id(record, "id"),
        name=_text(record.get("name")),
        city=_text(record.get("city")),
        country=_text(record.get("country")),
        timezone=_text(record.get("timezone")),
        company_id=_id_or_none(record.get("companyId")),
    )


def tags(raw: Any) -> list[str]:
    """Tag names, each once."""
    names = raw if isinstance(raw, list) else []
    return list(dict.fromkeys(_text(name) for name in names if isinstance(name, str) and name))


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
            raise InvalidError(f"The CRM takes no “{field}” from this program.")
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
    body = _renamed("task", _TASK_WRITE, values, create)
    if body.get("dueDate"):
        body["dueDate"] = _to_wire(body["dueDate"])
    if create:
        body.setdefault("completed", False)
    return body


def note_body(values: Mapping[str, Any], *, create: bool = False) -> dict[str, Any]:
    return _renamed("note", _NOTE_WRITE, values, create)


def _renamed(
    kind: str, names: Mapping[str, str], values: Mapping[str, Any], create: bool
) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for field, value in values.items():
        if field not in names:
            raise InvalidError(f"The CRM takes no “{field}” of a {kind} from this program.")
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


# The grains.


def moment(value: Any, zone: tzinfo = UTC) -> str | None:
    """A time in any of the CRM's forms (FACTS F8: ISO with Z or offset, naive, epoch ms) as
    JSON-ready UTC with milliseconds at most; None when it is none."""
    try:
        if isinstance(value, bool) or value in (None, ""):
            return None
        if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()):
            at = datetime.fromtimestamp(int(value) / 1000, UTC)
        elif isinstance(value, str):
            at = datetime.fromisoformat(value.strip())
        else:
            return None
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    text: str = to_builtins(at)
    return text


def _to_wire(value: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise InvalidError("This is not a date the CRM could take.") from None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _date(value: Any) -> str | None:
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d(T|\s|$)", value):
        return value[:10]
    if isinstance(value, int):
        at = moment(value)
        return at[:10] if at else None
    return _text(value) or None


def _custom(raw: Any) -> dict[str, Any]:
    items = raw if isinstance(raw, list) else []
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            value = next(
                (item[k] for k in ("value", "fieldValue", "field_value") if k in item), None
            )
            if value is not None:
                found[item["id"]] = value
    return found


def _object(raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise Malformed("an object was expected")
    return raw


def _id(record: Mapping[str, Any], *names: str) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value:
            return value
    raise Malformed("a record without an id")


def _id_or_none(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def _rest(record: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    return {
        name: value
        for name, value in record.items()
        if name not in known and value not in (None, "", [], {})
    }
