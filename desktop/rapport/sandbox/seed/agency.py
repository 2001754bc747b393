"""The agency, its locations and users, and what each location has set up."""

import random
from dataclasses import dataclass, field
from typing import Any

from rapport.sandbox import ids
from rapport.sandbox.filling import Filling
from rapport.sandbox.store import Doc

DAY_MS = 86_400_000


@dataclass(slots=True)
class Place:
    """A location while it is being filled."""

    doc: Doc
    users: list[str] = field(default_factory=list)
    fields: dict[str, Doc] = field(default_factory=dict)  # custom fields by name
    group: str = ""  # the calendar group of the first calendar
    calendars: list[str] = field(default_factory=list)
    workflows: list[str] = field(default_factory=list)
    campaigns: list[str] = field(default_factory=list)
    people: list[Doc] = field(default_factory=list)  # contacts who are known by name
    businesses: dict[str, str] = field(default_factory=dict)  # id by name

    @property
    def id(self) -> str:
        return str(self.doc["id"])


_LOCATIONS = (
    ("Lumen Solar", "Lisbon", "Portugal", "PT", "Europe/Lisbon", "Rua do Alecrim 26", "1200-018"),
    ("Harbour Dental", "Oslo", "Norway", "NO", "Europe/Oslo", "Tjuvholmen allé 3", "0252"),
    ("Kestrel Homes", "Galway", "Ireland", "IE", "Europe/Dublin", "4 Quay Street", "H91 XA0C"),
)
_PHONES = ("+351213456780", "+4722334455", "+35391567890")
_SITES = ("lumensolar.example", "harbourdental.example", "kestrelhomes.example")

_USERS = (
    ("Mara", "Lindqvist", "mara@harbouragency.pt", "admin", (0, 1, 2)),
    ("Inês", "Duarte", "ines@lumensolar.example", "user", (0,)),
    ("Jonas", "Weber", "jonas@lumensolar.example", "user", (0,)),
    ("Solveig", "Åsnes", "solveig@harbourdental.example", "user", (1,)),
    ("Cormac", "Ó Briain", "cormac@kestrelhomes.example", "user", (2,)),
)

#: What the role of some allows, by e-mail; others have a part in everything.
_PERMISSIONS = {
    "solveig@harbourdental.example": {"assignedDataOnly": True},
    "cormac@kestrelhomes.example": {"contactsEnabled": False},
}

#: Name, data type, choices. One of every type the API knows.
_FIELDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Role", "TEXT", ()),
    ("Roof area", "NUMERICAL", ()),
    ("Monthly bill", "MONETORY", ()),
    ("Grid contract ends", "DATE", ()),
    (
        "Decision stage",
        "SINGLE_OPTIONS",
        ("Just looking", "Comparing quotes", "Waiting for permit", "Ready to sign"),
    ),
    ("Wants battery", "CHECKBOX", ("Yes",)),
    ("Meter number", "TEXT", ()),
    ("Site description", "LARGE_TEXT", ()),
    ("Site phone", "PHONE", ()),
    ("Interested in", "MULTIPLE_OPTIONS", ("Panels", "Battery", "Heat pump", "Wall box")),
    ("Roof pitch", "FLOAT", ()),
    ("Best time to call", "TIME", ()),
    ("Shading", "TEXTBOX_LIST", ("Morning", "Noon", "Evening")),
    ("Electricity bills", "FILE_UPLOAD", ()),
    ("Signature", "SIGNATURE", ()),
    ("Property", "RADIO", ("Owned", "Rented")),
)

_CALENDARS = (
    ("Site visits", "Video calls"),
    ("Treatments", "Check-ups"),
    ("Viewings",),
)
_WORKFLOWS = ("Welcome new leads", "Quote follow-up", "Review request")
_CAMPAIGNS = ("Spring offer", "Winter newsletter")


def field_key(name: str) -> str:
    return f"contact.{name.lower().replace(' ', '_')}"


def build(fill: Filling, rng: random.Random, now_ms: int) -> tuple[str, str, list[Place]]:
    """Company id, owner's user id, and the locations."""
    company = ids.firestore_id(rng)
    places = [_location(fill, rng, company, n, now_ms) for n in range(len(_LOCATIONS))]
    owner = _users(fill, rng, company, places)
    for number, place in enumerate(places):
        _custom_fields(fill, rng, place)
        _calendars(fill, rng, place, _CALENDARS[number])
        _lists(fill, rng, place, now_ms)
    return company, owner, places


def _location(fill: Filling, rng: random.Random, company: str, n: int, now_ms: int) -> Place:
    name, city, country_name, country, zone, street, postcode = _LOCATIONS[n]
    doc: Doc = {
        "id": ids.firestore_id(rng),
        "companyId": company,
        "name": name,
        "phone": _PHONES[n],
        "email": f"hello@{_SITES[n]}",
        "address": street,
        "city": city,
        "state": city,
        "country": country,
        "countryName": country_name,
        "postalCode": postcode,
        "website": f"https://{_SITES[n]}",
        "domain": "",
        "timezone": zone,
        "firstName": "Mara",
        "lastName": "Lindqvist",
        "settings": {
            "allowDuplicateContact": False,
            "allowDuplicateOpportunity": False,
            "allowFacebookNameMerge": False,
            "disableContactTimezone": False,
        },
        "active": True,
        "dateAdded": now_ms - (700 - 40 * n) * DAY_MS,
    }
    fill.record("location", doc, location=doc["id"], position=n)
    return Place(doc)


def _users(fill: Filling, rng: random.Random, company: str, places: list[Place]) -> str:
    owner = ""
    for number, (first, last, email, role, at) in enumerate(_USERS):
        doc: Doc = {
            "id": ids.firestore_id(rng),
            "companyId": company,
            "name": f"{first} {last}",
            "firstName": first,
            "lastName": last,
            "email": email,
            "phone": f"+35191200010{number}",
            "extension": "",
            "permissions": {
                "contactsEnabled": True,
                "assignedDataOnly": False,
                **_PERMISSIONS.get(email, {}),
            },
            "scopes": "contacts.write",
            "roles": {
                "type": "account",
                "role": role,
                "locationIds": [places[n].id for n in at],
                "restrictSubAccount": True,
            },
            "deleted": False,
        }
        owner = owner or doc["id"]
        fill.record("user", doc, location="", key=email, position=number)
        for n in at:
            places[n].users.append(doc["id"])
    return owner


def _custom_fields(fill: Filling, rng: random.Random, place: Place) -> None:
    for position, (name, kind, choices) in enumerate(_FIELDS):
        doc: Doc = {
            "id": ids.firestore_id(rng),
            "name": name,
            "fieldKey": field_key(name),
            "placeholder": "",
            "dataType": kind,
            "position": position * 50,
            "picklistOptions": list(choices),
            "picklistImageOptions": [],
            "isAllowedCustomOption": False,
            "isMultiFileAllowed": kind == "FILE_UPLOAD",
            "maxFileLimit": 4 if kind == "FILE_UPLOAD" else 1,
            "locationId": place.id,
            "model": "contact",
        }
        place.fields[name] = doc
        fill.record(
            "customField", doc, location=place.id, key=doc["fieldKey"], position=doc["position"]
        )


def _calendars(fill: Filling, rng: random.Random, place: Place, names: tuple[str, ...]) -> None:
    place.group = ids.firestore_id(random.Random(f"calendar group of {place.id}"))
    for position, name in enumerate(names):
        doc: Doc = {
            "id": ids.firestore_id(rng),
            "locationId": place.id,
            "name": name,
            "description": "",
            "slug": name.lower().replace(" ", "-"),
            "calendarType": "round_robin",
            "eventTitle": "{{contact.name}}",
            "eventColor": "#039be5",
            "slotDuration": 60,
            "slotDurationUnit": "mins",
            "slotInterval": 60,
            "slotIntervalUnit": "mins",
            "isActive": True,
            "teamMembers": [{"userId": user, "priority": 0.5} for user in place.users],
        }
        if position == 0:
            doc["groupId"] = place.group
        place.calendars.append(doc["id"])
        fill.record("calendar", doc, location=place.id, position=position)


def _lists(fill: Filling, rng: random.Random, place: Place, now_ms: int) -> None:
    for position, name in enumerate(_WORKFLOWS):
        added = now_ms - (300 - 30 * position) * DAY_MS
        doc: dict[str, Any] = {
            "id": ids.uuid_id(rng),
            "name": name,
            "status": "published" if position < 2 else "draft",
            "version": position + 1,
            "createdAt": added,
            "updatedAt": added + 10 * DAY_MS,
            "locationId": place.id,
        }
        place.workflows.append(doc["id"])
        fill.record("workflow", doc, location=place.id, position=position)
    for position, name in enumerate(_CAMPAIGNS):
        doc = {
            "id": ids.firestore_id(rng),
            "name": name,
            "status": "published" if position == 0 else "draft",
            "locationId": place.id,
        }
        place.campaigns.append(doc["id"])
        fill.record("campaign", doc, location=place.id, position=position)
