"""What a location has set up besides its calendars: values and templates.

Drawn from a random source of its own, so that contacts stay as they are whatever is added here.
"""

import random

from rapport.sandbox import ids
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
