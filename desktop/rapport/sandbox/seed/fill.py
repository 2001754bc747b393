"""Filling a store: the cast first, then as many contacts as asked for."""

import json
import random
from bisect import bisect
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rapport.sandbox import ids
from rapport.sandbox.clock import Clock
from rapport.sandbox.filling import Filling
from rapport.sandbox.store import Doc, Store

from . import agency, conversations, pipelines, setup, words
from .agency import DAY_MS, Place
from .cast import CASTS, Person
from .names import CULTURES, Culture
from .records import MINUTE_MS, WEIGHTS, Records

_SHARE = 20  # the smaller locations hold a twentieth, within bounds


def fill(store: Store, clock: Clock, *, contacts: int, seed: int) -> None:
    """Write the world of ``seed``: ``contacts`` in the first location, fewer in the others."""
    rng = random.Random(f"rapport sandbox {seed}")
    now_ms = clock.now_ms()
    with Filling(store) as filling:
        company, owner, places = agency.build(filling, rng, now_ms)
        grower = Grower(filling, rng, now_ms)
        for number, (place, cast) in enumerate(zip(places, CASTS, strict=True)):
            size = contacts if number == 0 else min(contacts, max(12, min(contacts // _SHARE, 400)))
            grower.grow(place, cast[:size], size)
        rng = random.Random(f"rapport sandbox setup {seed}")
        examples = [
            {
                **setup.build(filling, rng, now_ms, place),
                **pipelines.build(filling, rng, now_ms, place),
                **conversations.build(filling, rng, now_ms, place),
            }
            for place in places
        ]
        facts = {
            "company_id": company,
            "owner_id": owner,
            "location_ids": [place.id for place in places],
            "examples": {**examples[0], **grower.examples(places[0], owner)},
        }
        store.set_meta("facts", json.dumps(facts))


class Grower(Records):
    """Draws contacts with everything around them from one random source."""

    def examples(self, place: Place, owner: str) -> dict[str, str | None]:
        return {
            **self._examples,
            "appointment": self._visit,
            "appointment_note": self._visit_note,
            "calendar": place.calendars[0],
            "user": owner,
            "business": next(iter(place.businesses.values()), None),
            "tag": self._tag,
            "custom_field": place.fields["Role"]["id"],
            "workflow": place.workflows[0],
            "campaign": place.campaigns[0],
        }

    def grow(self, place: Place, cast: tuple[Person, ...], size: int) -> None:
        used: dict[str, None] = {}
        midnight = _midnight(self._now, place.doc["timezone"])
        for rank, person in enumerate(cast):
            used.update(dict.fromkeys(person.tags))
            self._person(place, person, rank, midnight)
        companies = [self._company(place) for _ in range(max(4, size // 25))] if size else []
        for _ in range(size - len(cast)):
            self._anybody(place, companies, used)
        for position, name in enumerate(sorted(used)):
            doc: Doc = {"id": ids.firestore_id(self._rng), "name": name, "locationId": place.id}
            self._fill.record("tag", doc, location=place.id, key=name, position=position)
            if self._tag is None:
                self._tag = doc["id"]

    # -- the cast ------------------------------------------------------------------------------

    def _person(self, place: Place, person: Person, rank: int, midnight: datetime) -> None:
        owner = None if person.owner is None else place.users[person.owner]
        updated = self._now - (3 + 7 * rank) * MINUTE_MS
        doc = self._contact(place, person.first, person.last, updated - (20 + 9 * rank) * DAY_MS)
        doc.update(
            email=person.email,
            phone=person.phone,
            companyName=person.company or None,
            address1=person.street or None,
            city=person.city or None,
            postalCode=person.postcode or None,
            country=person.country,
            timezone=person.timezone,
            source=person.source or "Referral",
            website=person.website or None,
            dateOfBirth=person.born or None,
            tags=list(person.tags),
            dnd=person.dnd,
            assignedTo=owner,
            dateUpdated=updated,
            customFields=[
                {"id": place.fields[name]["id"], "value": value} for name, value in person.fields
            ],
        )
        if person.company:
            doc["businessId"] = self._business(place, person.company, person.country)
        if person.dnd:
            doc["dndSettings"] = {
                name: {"status": "active"} for name in ("Call", "Email", "SMS", "WhatsApp")
            }
        self._fill.contact(doc)
        place.people.append(doc)
        self._examples["contact"] = self._examples["contact"] or doc["id"]
        for task in person.tasks:
            due = _at(midnight, task.day, task.hour)
            self._task(doc, task.title, task.body, due, task.done, owner, updated - DAY_MS)
        for note in person.notes:
            written = min(_at(midnight, note.day, note.hour), self._now - 30 * MINUTE_MS)
            user = place.users[note.user % len(place.users)]
            self._note(doc, note.body, written, user, title=note.title, pinned=note.pinned)
        for visit in person.visits:
            self._appointment(
                place,
                doc,
                visit.title,
                _at(midnight, visit.day, visit.start),
                _at(midnight, visit.day, visit.end),
                visit.status,
                visit.address,
            )

    # -- everybody else ------------------------------------------------------------------------

    def _anybody(
        self, place: Place, companies: list[tuple[str, str, Culture]], used: dict[str, None]
    ) -> None:
        rng = self._rng
        draw = rng.random
        index = bisect(WEIGHTS, int(draw() * WEIGHTS[-1]))
        culture = CULTURES[index]
        given = culture.given[int(draw() * len(culture.given))]
        family = culture.family[int(draw() * len(culture.family))]
        self._serial += 1
        # More have been added lately than long ago; most have rested since.
        added = self._now - DAY_MS - int(draw() ** 2 * 900 * DAY_MS)
        updated = added + int((self._now - 4 * 3_600_000 - added) * draw() ** 1.5)
        first, last = culture.full_name(given[0], family[0])
        doc = self._contact(place, first, last, added)
        doc["dateUpdated"] = updated
        doc["country"] = culture.country
        doc["timezone"] = culture.timezone
        doc["source"] = words.SOURCES[int(draw() * len(words.SOURCES))]
        if draw() < 0.92:
            doc["email"] = f"{given[1]}.{family[1]}{self._serial}@example.com"
        if draw() < 0.88:
            doc["phone"] = self._phone(index, culture)
        if draw() < 0.65:
            spot = culture.places[int(draw() * len(culture.places))]
            doc["city"], doc["postalCode"] = spot.city, spot.postcode
            doc["address1"] = spot.street.format(1 + int(draw() * 180))
        if draw() < 0.55:
            name, business, _ = companies[int(draw() * len(companies))]
            doc["companyName"] = name
            if draw() < 0.6:
                doc["businessId"] = business
        if draw() < 0.7:
            # The owner of the account has more than the others.
            doc["assignedTo"] = place.users[int(draw() ** 1.5 * len(place.users))]
        if draw() < 0.3:
            born = date(1950, 1, 1) + timedelta(days=int(draw() * 20_000))
            doc["dateOfBirth"] = born.isoformat()
        if draw() < 0.04:
            doc["dnd"] = True
            doc["dndSettings"] = {"Call": {"status": "active"}, "SMS": {"status": "active"}}
        elif draw() < 0.03:
            doc["dndSettings"] = {"Email": {"status": "permanent", "message": "Unsubscribed"}}
        doc["tags"] = tags = self._tags()
        used.update(dict.fromkeys(tags))
        if draw() < 0.45:
            doc["customFields"] = self._values(place, index, culture)
        self._fill.contact(doc)
        self._surroundings(place, doc, first)

    def _surroundings(self, place: Place, doc: Doc, name: str) -> None:
        rng, draw = self._rng, self._rng.random
        if draw() < 0.5:
            for _ in range(1 if draw() < 0.7 else 2):
                title = words.TASK_TITLES[int(draw() * len(words.TASK_TITLES))].format(name=name)
                body = words.TASK_BODIES[int(draw() * len(words.TASK_BODIES))]
                due, done = self._due()
                written = max(doc["dateAdded"], min(due, self._now) - int(draw() * 40 * DAY_MS))
                self._task(doc, title, body, due, done, doc.get("assignedTo"), written)
        if draw() < 0.45:
            for _ in range(1 + int(draw() * 3)):
                pool = words.HTML_NOTES if draw() < 0.4 else words.PLAIN_NOTES
                written = doc["dateAdded"] + int(
                    draw() * (self._now - 3_600_000 - doc["dateAdded"])
                )
                user = place.users[int(draw() * len(place.users))]
                self._note(doc, pool[int(draw() * len(pool))], written, user)
        if draw() < 0.06:
            start = self._now + int((draw() * 60 - 40) * DAY_MS)
            start -= start % (30 * MINUTE_MS)
            # From eight to a little after five, whatever hour was drawn: nobody visits at night.
            drawn = start % DAY_MS
            start += (8 * 60 + 30 * (drawn * 19 // DAY_MS)) * MINUTE_MS - drawn
            past = start < self._now
            state = rng.choice(words.VISIT_STATES if past else words.VISIT_STATES[:3])
            title = rng.choice(words.VISIT_TITLES)
            address = doc.get("address1") or "Video call"
            self._appointment(place, doc, title, start, start + 60 * MINUTE_MS, state, address)

    def _due(self) -> tuple[int, bool]:
        """When a task is due, and whether it is done: few are overdue, fewer due today."""
        draw = self._rng.random
        lot = draw()
        day = self._now - self._now % DAY_MS
        hour = (8 + int(draw() * 20) * 0.5) * 3_600_000
        if lot < 0.58:
            return int(day - (1 + int(draw() * 200)) * DAY_MS + hour), True
        if lot < 0.61:
            return int(day - (1 + int(draw() ** 2 * 30)) * DAY_MS + hour), False
        if lot < 0.615:
            return int(day + hour), False
        return int(day + (1 + int(draw() ** 2 * 90)) * DAY_MS + hour), False

    def _tags(self) -> list[str]:
        draw = self._rng.random
        tags = [name for name, share in words.COMMON_TAGS if draw() < share]
        if draw() < 0.4:
            for _ in range(1 + int(draw() * 2)):
                tag = words.TAIL_TAGS[int(draw() ** 1.5 * len(words.TAIL_TAGS))]
                if tag not in tags:
                    tags.append(tag)
        return tags

    def _values(self, place: Place, index: int, culture: Culture) -> list[Doc]:
        """A few custom fields, of every type over many contacts."""
        chosen = self._rng.sample(list(place.fields.values()), 3)
        return [
            {"id": field["id"], "value": self._value(field, index, culture)} for field in chosen
        ]

    def _value(self, field: Doc, index: int, culture: Culture) -> Any:
        rng, options = self._rng, field["picklistOptions"]
        match field["dataType"]:
            case "NUMERICAL":
                return rng.randrange(20, 900)
            case "FLOAT":
                return rng.randrange(50, 600) / 10
            case "MONETORY":
                return rng.randrange(40, 3000)
            case "DATE":
                return (date(2026, 1, 1) + timedelta(days=rng.randrange(1500))).isoformat()
            case "TIME":
                return f"{rng.randrange(8, 20):02d}:{rng.choice(('00', '30'))}"
            case "PHONE":
                return self._phone(index, culture)
            case "SINGLE_OPTIONS" | "RADIO":
                return rng.choice(options)
            case "CHECKBOX":
                return options
            case "MULTIPLE_OPTIONS":
                return rng.sample(options, rng.randrange(1, len(options)))
            case "TEXTBOX_LIST":
                return {option: rng.choice(("none", "some", "much")) for option in options}
            case "FILE_UPLOAD" | "SIGNATURE":
                name = "bill.pdf" if field["dataType"] == "FILE_UPLOAD" else "signature.png"
                key = ids.mongo_id(rng)
                meta = {"originalname": name, "mimetype": "application/octet-stream", "size": 48213}
                url = f"https://files.example.com/{key}/{name}"
                return {key: {"meta": meta, "url": url, "documentId": key}}
            case "LARGE_TEXT":
                return rng.choice(words.SITE_TEXTS)
        if field["name"] == "Role":
            return rng.choice(words.ROLES)
        return f"{culture.country} {rng.randrange(10**12):012d}"

    def _phone(self, index: int, culture: Culture) -> str:
        """The culture's next number: spread over all its free digits, and none twice."""
        self._numbers[index] += 1
        prefix = culture.mobile.rstrip("#")
        width = len(culture.mobile) - len(prefix)
        return f"{prefix}{self._numbers[index] * 7368787 % 10**width:0{width}d}"


def _midnight(now_ms: int, zone: str) -> datetime:
    """The start of today where the location is."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(ZoneInfo(zone)).date()
    return datetime.combine(today, time(), ZoneInfo(zone))


def _at(midnight: datetime, day: int, hour: float) -> int:
    """Epoch milliseconds of a local time ``day`` days from the day of ``midnight``."""
    minutes = round(hour * 60)
    local = datetime.combine(
        midnight.date() + timedelta(days=day),
        time(minutes // 60, minutes % 60),
        midnight.tzinfo,
    )
    return round(local.timestamp() * 1000)
