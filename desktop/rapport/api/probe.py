"""What a pasted token may do: nobody tells, so it is tried with harmless reads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from rapport.api.client import ApiClient
from rapport.api.pacing import Lane
from rapport.domain.errors import CapabilityError, GoneError, InvalidError


async def granted(client: ApiClient, wanted: Iterable[str]) -> tuple[str, ...]:
    """Those of the ``wanted`` scopes that the token holds. A scope that only writes cannot be tried
    without writing and is believed until the CRM refuses it.

    Raises AuthError for a token that is none, CapabilityError when it belongs to another location.
    """
    lane = Lane.PERSON
    reads: dict[str, Callable[[], Awaitable[Any]]] = {
        "contacts.readonly": lambda: client.contacts.search(page_limit=1, lane=lane),
        "locations.readonly": lambda: client.location.get(lane=lane),
        "locations/tags.readonly": lambda: client.tags.names(lane=lane),
        "locations/customFields.readonly": lambda: client.custom_fields.list(lane=lane),
        "locations/tasks.readonly": lambda: client.tasks.search(limit=1, lane=lane),
        "users.readonly": lambda: client.users.list(lane=lane),
        "businesses.readonly": lambda: client.businesses.list(lane=lane),
        "calendars.readonly": lambda: client.calendars.list(lane=lane),
        "calendars/events.readonly": lambda: client.appointments.get("none", lane=lane),
    }
    held: list[str] = []
    for scope in wanted:
        try:
            if scope in reads:
                await reads[scope]()
        except CapabilityError as error:
            if scope == "contacts.readonly" and error.status == 403:
                raise  # not a scope is missing: the location is not the token's
            continue
        except (GoneError, InvalidError):
            pass  # it was allowed to ask
        held.append(scope)
    return tuple(held)
