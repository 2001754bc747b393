"""What a location has set up around its calendars, and its values and templates.

Drawn from a random source of its own, so that contacts stay as they are whatever is added here.
"""

import random

from rapport.sandbox import ids
from rapport.sandbox.clock import iso
from rapport.sandbox.filling import Filling
from rapport.sandbox.store import Doc

from .agency import DAY_MS, Place

Examples = dict[str, str | None]

_VALUES = (
    ("Opening hours", "Monday to Friday, 9:00 to 18:00"),
    ("Review link", "https://reviews.example.com/us"),
    ("Office phone", "{phone}"),
)
#: Name, type, subject (of an e-mail), text.
_TEMPLATES = (
    ("Visit reminder", "sms", "", "Hello {{contact.first_name}}, we see you tomorrow."),
    ("Call me back", "sms", "", "We missed your call. When may we ring you?"),
    ("Your quote", "email", "Your quote from {name}", "<p>Here is the quote you asked for.</p>"),
    ("Thank you", "whatsapp", "", "Thank you for coming in today."),
)


def build(fill: Filling, rng: random.Random, now_ms: int, place: Place) -> Examples:
    """Fill one location; the first of each kind by name."""
    return {
        "custom_value": _values(fill, rng, place),
        "template": _templates(fill, rng, now_ms, place),
        "recurring_task": _recurring_task(fill, rng, now_ms, place),
        "calendar_group": _group(fill, place),
        "resource": _resource(fill, rng, place, "rooms", "Meeting room", place.calendars[:1]),
        "equipment": _resource(fill, rng, place, "equipments", "Ladder", []),
        "notification": _notifications(fill, rng, place),
        "schedule": _schedule(fill, rng, now_ms, place),
        "block_slot": _block_slot(fill, rng, now_ms, place),
    }


def _values(fill: Filling, rng: random.Random, place: Place) -> str:
    first = ""
    for position, (name, value) in enumerate(_VALUES):
        key = name.lower().replace(" ", "_")
        doc: Doc = {
            "id": ids.firestore_id(rng),
            "name": name,
            "fieldKey": f"{{{{ custom_values.{key} }}}}",
            "value": value.format(phone=place.doc["phone"]),
            "locationId": place.id,
        }
        fill.record("customValue", doc, location=place.id, position=position)
        first = first or doc["id"]
    return first


def _templates(fill: Filling, rng: random.Random, now_ms: int, place: Place) -> str:
    first = ""
    for position, (name, kind, subject, text) in enumerate(_TEMPLATES):
        template: Doc = {"body": text, "attachments": []}
        if kind == "email":
            subject = subject.format(name=place.doc["name"])
            template = {"subject": subject, "html": text, "attachments": []}
        doc: Doc = {
            "id": ids.firestore_id(rng),
            "name": name,
            "type": kind,
            "template": template,
            "dateAdded": now_ms - (200 - 20 * position) * DAY_MS,
            "locationId": place.id,
            "urlAttachments": [],
            "deleted": False,
        }
        fill.record("template", doc, location=place.id, position=position)
        first = first or doc["id"]
    return first


def _recurring_task(fill: Filling, rng: random.Random, now_ms: int, place: Place) -> str:
    start = now_ms - now_ms % DAY_MS + 7 * DAY_MS
    doc: Doc = {
        "id": ids.firestore_id(rng),
        "title": "Clear the inbox of the office",
        "description": "Everything unread, the spam folder too.",
        "locationId": place.id,
        "assignedTo": place.users[0],
        "rruleOptions": {
            "intervalType": "weekly",
            "interval": 1,
            "startDate": iso(start),
            "dueAfterSeconds": 86_400,
        },
        "totalOccurrence": 0,
        "deleted": False,
        "createdAt": now_ms - 60 * DAY_MS,
        "updatedAt": now_ms - 60 * DAY_MS,
    }
    fill.record("recurringTask", doc, location=place.id)
    return str(doc["id"])


def _group(fill: Filling, place: Place) -> str:
    doc: Doc = {
        "id": place.group,
        "locationId": place.id,
        "name": "In person",
        "description": "Everything for which somebody comes by",
        "slug": "in-person",
        "isActive": True,
    }
    fill.record("calendarGroup", doc, location=place.id, key=doc["slug"])
    return place.group


def _resource(
    fill: Filling, rng: random.Random, place: Place, kind: str, name: str, calendars: list[str]
) -> str:
    room = kind == "rooms"
    doc: Doc = {
        "id": ids.mongo_id(rng),
        "locationId": place.id,
        "name": name,
        "resourceType": kind,
        "isActive": True,
        "description": "",
        "quantity": 0 if room else 3,
        "outOfService": 0 if room else 1,
        "capacity": 6 if room else 0,
        "calendarIds": calendars,
    }
    fill.record("calendarResource", doc, location=place.id)
    return str(doc["id"])


def _notifications(fill: Filling, rng: random.Random, place: Place) -> str:
    """Of the first calendar: a confirmation, and a reminder an hour before."""
    first, calendar = "", place.calendars[0]
    hour_before = [{"timeOffset": 1, "unit": "hours"}]
    for position, (kind, channel) in enumerate((("confirmation", "email"), ("reminder", "sms"))):
        doc: Doc = {
            "id": ids.mongo_id(rng),
            "calendarId": calendar,
            "locationId": place.id,
            "receiverType": "contact",
            "channel": channel,
            "notificationType": kind,
            "isActive": True,
            "subject": "Your appointment",
            "body": "We are looking forward to seeing you.",
            "afterTime": [],
            "beforeTime": hour_before if kind == "reminder" else [],
            "additionalEmailIds": [],
            "additionalPhoneNumbers": [],
            "additionalWhatsappNumbers": [],
            "selectedUsers": [],
            "deleted": False,
        }
        fill.record(
            "calendarNotification", doc, location=place.id, parent=calendar, position=position
        )
        first = first or doc["id"]
    return first


def _schedule(fill: Filling, rng: random.Random, now_ms: int, place: Place) -> str:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    hours = [{"from": "09:00", "to": "18:00"}]
    added = now_ms - 300 * DAY_MS
    doc: Doc = {
        "id": ids.mongo_id(rng),
        "name": "Working week",
        "locationId": place.id,
        "userId": place.users[0],
        "timezone": place.doc["timezone"],
        "rules": [{"type": "wday", "day": day, "intervals": hours} for day in days],
        "calendarIds": place.calendars,
        "deleted": False,
        "dateAdded": added,
        "dateUpdated": added,
    }
    fill.record("schedule", doc, location=place.id, position=added)
    return str(doc["id"])


def _block_slot(fill: Filling, rng: random.Random, now_ms: int, place: Place) -> str:
    """A night in a month's time, when nobody would come anyway."""
    start = now_ms - now_ms % DAY_MS + 30 * DAY_MS
    doc: Doc = {
        "id": ids.firestore_id(rng),
        "title": "Floors are being cleaned",
        "calendarId": place.calendars[0],
        "assignedUserId": place.users[0],
        "locationId": place.id,
        "startTime": start,
        "endTime": start + DAY_MS // 6,
        "dateAdded": now_ms - DAY_MS,
        "dateUpdated": now_ms - DAY_MS,
    }
    fill.record("blockSlot", doc, location=place.id, position=start)
    return str(doc["id"])
