"""The scopes a token can hold, in plain words, and what a person may do with those it holds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct, structs

from rapport.domain.records import User
from rapport.language import mark, tr


class Scope(NamedTuple):
    """``title`` and ``detail`` are shown on the consent screen; ``lost`` is what is missing
    without it. ``essential`` scopes are always asked for."""

    name: str
    title: str
    detail: str
    lost: str
    essential: bool = False


READ = Scope(
    "contacts.readonly",
    "See contacts",
    "tasks, notes, tags, appointments",
    "Without it Rapport has nothing to show.",
    essential=True,
)
WRITE = Scope(
    "contacts.write",
    "Change contacts",
    "fields, tags, tasks, notes",
    "Everything can be read and nothing changed.",
)
EVENTS_READ = Scope(
    "calendars/events.readonly",
    "See appointments",
    "in the location’s calendars",
    "The calendar shows the appointments of contacts that were read, and nothing can be booked.",
)
BOOK = Scope(
    "calendars/events.write",
    "Change appointments",
    "book, move, their status",
    "Appointments can be seen and not changed.",
)
OPTIONAL = (
    Scope(
        "locations.readonly",
        "See the location",
        "its name and time zone",
        "The location is shown without its name, and appointment times in this computer’s zone.",
    ),
    Scope(
        "locations/tags.readonly",
        "See the tag list",
        "also those nobody has",
        "Tags are suggested from the contacts seen so far.",
    ),
    Scope(
        "locations/customFields.readonly",
        "See custom fields",
        "their names and types",
        "Custom fields are shown without names and cannot be edited.",
    ),
    Scope(
        "locations/tasks.readonly",
        "Search all tasks",
        "the whole location at once",
        "Tasks are fetched contact by contact, which takes longer.",
    ),
    Scope(
        "users.readonly",
        "See colleagues",
        "owners and assignees",
        "Owners and assignees are shown without names.",
    ),
    Scope(
        "businesses.readonly",
        "See businesses",
        "companies as records",
        "Companies are shown as text only.",
    ),
    Scope(
        "calendars.readonly",
        "See calendars",
        "their names and free times",
        "Calendars have no names, and appointments cannot be booked.",
    ),
    EVENTS_READ,
    BOOK,
)
ALL = (READ, WRITE, *OPTIONAL)
AGENCY = (
    Scope(
        "oauth.readonly",
        "See where the app is",
        "the agency’s locations",
        "The agency’s locations cannot be listed.",
    ),
    Scope(
        "oauth.write",
        "Open locations",
        "those you choose",
        "The agency’s locations cannot be opened.",
    ),
)
"""What an agency signs in with, to open several of its locations at once."""
_NOT_ASKED = {
    "conversations": mark("messages"),
    "payments": mark("payments"),
    "campaigns": mark("campaigns"),
}
_CAPITAL = re.compile(r"(?<=[a-z])([A-Z])")


def described(name: str) -> Scope:
    """Any scope in words; those that only single operations need are not in ``ALL``."""
    known = next((scope for scope in (*ALL, *AGENCY) if scope.name == name), None)
    if known is not None:
        return known
    what, _, right = name.rpartition(".")
    words = _CAPITAL.sub(r" \1", what.replace("/", ": ")).lower()
    title = tr("See {what}") if right == "readonly" else tr("Change {what}")
    return Scope(name, title.format(what=words), "for operations sent by hand", "")


def not_asked(wanted: Iterable[str]) -> str:
    """What a person may fear and is not asked for."""
    areas = {re.split(r"[./]", name)[0] for name in wanted}
    return tr(", ").join(tr(words) for area, words in _NOT_ASKED.items() if area not in areas)


class Capabilities(Struct, frozen=True, kw_only=True):
    """What the granted scopes and the user's role allow. ``why_not_write`` is None when writing is
    allowed. Where it is not known who signed in, or what the CRM lets them do, scopes alone
    decide."""

    scopes: frozenset[str]
    contacts_enabled: bool = True
    """False: the location gives this user no part in its contacts (FACTS B4: permissions)."""

    @classmethod
    def of(cls, scopes: Iterable[str]) -> Capabilities:
        return cls(scopes=frozenset(scopes))

    def as_user(self, user: User | None) -> Capabilities:
        """The same scopes in the hands of this user."""
        permissions = user.extra.get("permissions") if user is not None else None
        enabled = not isinstance(permissions, dict) or permissions.get("contactsEnabled")
        return structs.replace(self, contacts_enabled=enabled is not False)

    def has(self, scope: str) -> bool:
        return scope in self.scopes

    @property
    def can_write(self) -> bool:
        return WRITE.name in self.scopes and self.contacts_enabled

    @property
    def why_not_write(self) -> str | None:
        if self.can_write:
            return None
        if not self.contacts_enabled:
            return tr(
                "Your role in this location has no part in its contacts. An admin can change it."
            )
        return tr("This sign-in may only read. Ask for “Change contacts” to edit.")

    @property
    def why_not_book(self) -> str | None:
        """As ``why_not_write``, for appointments, which have rights of their own."""
        if self.why_not_write is not None:
            return self.why_not_write
        if all(scope.name in self.scopes for scope in (BOOK, EVENTS_READ)):
            return None
        return tr("This sign-in may not change appointments. Ask for “Change appointments”.")

    def missing(self) -> tuple[Scope, ...]:
        return tuple(scope for scope in ALL if scope.name not in self.scopes)
