"""Single seeded records, and the first of each kind as an example."""

import random
from bisect import bisect
from itertools import accumulate

from rapport.sandbox import ids
from rapport.sandbox.filling import Filling
from rapport.sandbox.store import Doc

from .agency import DAY_MS, Place
from .names import CULTURES, Culture

MINUTE_MS = 60_000
WEIGHTS = list(accumulate(culture.weight for culture in CULTURES))


class Records:
    """Writes records drawn from one random source."""

    def __init__(self, filling: Filling, rng: random.Random, now_ms: int) -> None:
        self._fill = filling
        self._rng = rng
        self._now = now_ms
        self._numbers = dict.fromkeys(range(len(CULTURES)), rng.randrange(1_000_000))
        self._serial = 0
        self._examples: dict[str, str | None] = dict.fromkeys(("contact", "task", "note"))
        self._visit: str | None = None
        self._visit_note: str | None = None
        self._tag: str | None = None

    def _contact(self, place: Place, first: str, last: str, added: int) -> Doc:
        return {
            "id": ids.firestore_id(self._rng),
            "locationId": place.id,
            "firstName": first,
            "lastName": last,
            "type": "lead",
            "dnd": False,
            "dndSettings": {},
            "tags": [],
            "customFields": [],
            "additionalEmails": [],
            "followers": [],
            "dateAdded": added,
            "dateUpdated": added,
        }

    def _company(self, place: Place) -> tuple[str, str, Culture]:
        rng = self._rng
        culture = CULTURES[bisect(WEIGHTS, rng.randrange(WEIGHTS[-1]))]
        name = rng.choice(culture.trades).format(rng.choice(culture.family)[0])
        return name, self._business(place, name, culture.country), culture

    def _business(self, place: Place, name: str, country: str) -> str:
        known = place.businesses.get(name)
        if known is not None:
            return known
        added = self._now - self._rng.randrange(100, 600) * DAY_MS
        doc: Doc = {
            "id": ids.mongo_id(self._rng),
            "name": name,
            "phone": None,
            "email": None,
            "website": None,
            "address": None,
            "city": None,
            "description": None,
            "state": None,
            "postalCode": None,
            "country": country,
            "locationId": place.id,
            "createdBy": {"id": place.users[0], "type": "user"},
            "updatedBy": {"id": place.users[0], "type": "user"},
            "createdAt": added,
            "updatedAt": added,
        }
        place.businesses[name] = doc["id"]
        position = len(place.businesses)
        self._fill.record("business", doc, location=place.id, position=position)
        return str(doc["id"])

    def _task(
        self,
        contact: Doc,
        title: str,
        body: str,
        due: int,
        done: bool,
        owner: str | None,
        written: int,
    ) -> None:
        doc: Doc = {
            "id": ids.firestore_id(self._rng),
            "locationId": contact["locationId"],
            "contactId": contact["id"],
            "title": title,
            "body": body,
            "assignedTo": owner,
            "dueDate": due,
            "completed": done,
            "businessId": contact.get("businessId"),
            "dateAdded": written,
            "dateUpdated": min(max(due, written), self._now - MINUTE_MS) if done else written,
        }
        self._fill.task(doc)
        self._examples["task"] = self._examples["task"] or doc["id"]

    def _note(
        self,
        contact: Doc,
        body: str,
        written: int,
        user: str,
        *,
        title: str = "",
        pinned: bool = False,
    ) -> None:
        doc: Doc = {
            "id": ids.firestore_id(self._rng),
            "contactId": contact["id"],
            "locationId": contact["locationId"],
            "body": body,
            "userId": user,
            "dateAdded": written,
            "title": title,
            "color": None,
            "pinned": pinned,
        }
        self._fill.record(
            "note", doc, location=doc["locationId"], parent=contact["id"], position=-written
        )
        self._examples["note"] = self._examples["note"] or doc["id"]

    def _appointment(
        self,
        place: Place,
        contact: Doc,
        title: str,
        start: int,
        end: int,
        status: str,
        address: str,
    ) -> None:
        doc: Doc = {
            "id": ids.firestore_id(self._rng),
            "calendarId": place.calendars[0],
            "locationId": place.id,
            "contactId": contact["id"],
            "title": title,
            "appointmentStatus": status,
            "assignedUserId": contact.get("assignedTo") or place.users[0],
            "address": address,
            "notes": "",
            "startTime": start,
            "endTime": end,
            "meetingLocationType": "custom",
            "isRecurring": False,
            "dateAdded": min(self._now, start) - 3 * DAY_MS,
            "dateUpdated": min(self._now, start) - 3 * DAY_MS,
        }
        self._fill.record(
            "appointment", doc, location=place.id, parent=contact["id"], position=start
        )
        if self._visit is None:
            self._visit = doc["id"]
            self._visit_note = self._note_of(doc)

    def _note_of(self, visit: Doc) -> str:
        """A note of an appointment, with an id that leaves the random source alone."""
        note: Doc = {
            "id": ids.firestore_id(random.Random(f"note of {visit['id']}")),
            "body": "Ring the bell twice.",
            "userId": visit["assignedUserId"],
            "dateAdded": visit["dateAdded"],
            "contactId": visit["contactId"],
            "appointmentId": visit["id"],
            "locationId": visit["locationId"],
        }
        self._fill.record(
            "appointmentNote",
            note,
            location=note["locationId"],
            parent=visit["id"],
            position=-note["dateAdded"],
        )
        return str(note["id"])
