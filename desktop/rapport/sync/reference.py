"""The account's dictionaries: location, colleagues, tags, custom fields, businesses."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from rapport.api import ApiClient
from rapport.domain.errors import ApiError, CapabilityError
from rapport.domain.ports import Clock
from rapport.domain.scopes import Capabilities
from rapport.store import Store
from rapport.sync.link import Link

log = logging.getLogger(__name__)

_SCOPES = {
    "location": "locations.readonly",
    "users": "users.readonly",
    "custom_fields": "locations/customFields.readonly",
    "tags": "locations/tags.readonly",
    "businesses": "businesses.readonly",
    "calendars": "calendars.readonly",
}


class ReferenceData:
    """Each part stands alone: one that the token may not read stays empty, and the window shows
    what its absence means."""

    def __init__(
        self, store: Store, client: ApiClient, capabilities: Capabilities, link: Link, clock: Clock
    ) -> None:
        self._store = store
        self._link = link
        self._clock = clock
        self._parts: dict[str, Callable[[], Awaitable[Any]]] = {
            "location": client.location.get,
            "users": client.users.list,
            "custom_fields": client.custom_fields.list,
            "tags": client.tags.names,
            "businesses": client.businesses.list,
            "calendars": client.calendars.list,
        }
        self._parts = {
            name: read for name, read in self._parts.items() if capabilities.has(_SCOPES[name])
        }
        self.zone: tzinfo = clock.zone()
        """Of the location: its appointments' times carry none. The computer's while not known."""

    async def recall(self) -> None:
        """The location's zone as last known, before anything is read again."""
        known = await asyncio.wrap_future(self._store.queries.reference())
        if known.location is not None:
            self._use_zone(known.location.timezone)

    async def refresh(self) -> None:
        await asyncio.gather(*(self._read(name) for name in tuple(self._parts)))

    async def _read(self, name: str) -> None:
        try:
            found = await self._link.call(self._parts[name], tries=3)
        except CapabilityError:
            log.info("The token may not read %s: done without", name)
            del self._parts[name]
            return
        except ApiError as error:
            log.warning("%s could not be read: %s", name, error.english)
            return
        if name == "location":
            self._use_zone(found.timezone)
        await asyncio.wrap_future(self._store.replica.set_reference(**{name: found}))

    def _use_zone(self, name: str) -> None:
        try:
            self.zone = ZoneInfo(name)
        except (OSError, ValueError):  # unknown, empty or no name of a zone
            self.zone = self._clock.zone()
