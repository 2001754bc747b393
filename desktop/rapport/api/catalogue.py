"""The operations catalogue, read from the package data when it is first asked for.

That is with the first request, on the engine's thread; it takes a few milliseconds.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files

from msgspec.json import Decoder

from rapport.api.operations import Operation
from rapport.domain.catalogue import Action, Trigger
from rapport.domain.errors import InputError
from rapport.language import join, keep, mark

GROUPS = (
    "contacts",
    "locations",
    "calendars",
    "users",
    "businesses",
    "workflows",
    "campaigns",
    "opportunities",
    "conversations",
)


@cache
def catalogue() -> dict[str, Action | Trigger]:
    """Every entry by id, group by group."""
    decoder = Decoder(list[Action | Trigger])
    folder = files("rapport_resources").joinpath("catalogue")
    return {
        entry.id: entry
        for group in GROUPS
        for entry in decoder.decode(folder.joinpath(f"{group}.json").read_bytes())
    }


def action(id: str) -> Action:
    """Raises InputError for an id that is none, or that of a trigger."""
    entries = catalogue()
    entry = entries.get(id)
    if isinstance(entry, Trigger):
        raise InputError(
            keep("“{id}” is a trigger.", id=id),
            "The CRM tells of it; it cannot be called.",
            field="id",
        )
    if entry is None:
        close = get_close_matches(id, entries, n=3)
        hint = keep("Did you mean {names}?", names=", ".join(close)) if close else ""
        raise InputError(
            keep("There is no operation “{id}”.", id=id),
            join(hint, mark("“rapport operations” lists all.")),
            field="id",
        )
    return entry


def operation_of(entry: Action) -> Operation:
    """The action as what ``Caller`` sends."""
    scope = " ".join(entry.scopes)
    return Operation(entry.id, entry.method, entry.path, scope, entry.version)
