"""What handlers work with: the store, the clock, the tokens, and who the seeded people are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from . import ids
from .clock import Clock
from .errors import no_access_to_location, not_found
from .limits import Limits
from .store import Doc, Store
from .tokens import Tokens


@dataclass(slots=True)
class Core:
    """The inside of one sandbox."""

    store: Store
    clock: Clock
    tokens: Tokens
    limits: Limits

    def is_active(self, location_id: str) -> bool:
        location = self.store.get("location", location_id)
        return location is not None and bool(location["active"])

    def active_locations(self) -> list[Doc]:
        return [place for place in self.store.records("location") if place["active"]]

    def has_app(self, location_id: str) -> bool:
        """Whether the app is installed there; in the seeded locations it is."""
        location = self.store.get("location", location_id)
        return location is not None and bool(location.get("installed", True))

    def set_app(self, location_id: str, *, installed: bool) -> None:
        """Installs the app in a location, or in all of the agency's when ``location_id`` is ""."""
        for place in self.store.records("location"):
            if location_id in ("", place["id"]):
                self.store.replace("location", {**place, "installed": installed})

    def company_id(self) -> str:
        return str(self.facts()["company_id"])

    def owner_id(self) -> str:
        """The user in whose name apps are installed."""
        return str(self.facts()["owner_id"])

    def owner_email(self) -> str:
        owner = self.store.get("user", self.owner_id())
        return str(owner["email"]) if owner else ""

    def facts(self) -> Mapping[str, object]:
        """What the seeding noted about its world."""
        facts: Mapping[str, object] = json.loads(self.store.meta("facts") or "{}")
        return facts

    def contact_of(self, contact_id: str, location_id: str) -> Doc:
        """A contact that the token may see.

        Raises ApiError: 400 when there is none, 403 when it belongs to another location.
        """
        contact = self.store.contact(contact_id)
        if contact is None:
            raise not_found("Contact", contact_id)
        if contact["locationId"] != location_id:
            raise no_access_to_location()
        return contact

    def record_of(self, kind: str, label: str, record_id: str, location_id: str) -> Doc:
        """A record of a location that the token may see.

        Raises ApiError: 400 when there is none, 403 when it belongs to another location.
        """
        record = self.store.get(kind, record_id)
        if record is None:
            raise not_found(label, record_id)
        if record["locationId"] != location_id:
            raise no_access_to_location()
        return record

    def define_tags(self, location_id: str, names: list[str]) -> None:
        """A tag that is used becomes part of the location's dictionary."""
        for name in names:
            if self.store.find("tag", location_id, name) is None:
                doc = {"id": ids.firestore_id(), "name": name, "locationId": location_id}
                self.store.put(
                    "tag", doc, location=location_id, key=name, position=self.clock.now_ms()
                )
