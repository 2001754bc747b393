"""Several contacts that are one person become one, and come apart again.

The API has no merge (FACTS B1): notes, tasks and appointments are made anew at the contact that
stays, and only then the others are deleted. What a merge did is kept, so that it can be taken back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from html import escape
from typing import Any

from msgspec import Struct

from rapport.domain.audit import Standing, assess
from rapport.domain.changes import Delta, Mutation, Op
from rapport.domain.commands import Command, EditContact, Records
from rapport.domain.errors import InputError
from rapport.domain.records import (
    CREATE_ONLY_FIELDS,
    SERVER_FIELDS,
    Contact,
    Id,
    Kind,
    Ref,
    fields_of,
)
from rapport.language import tr

UNMERGE_FOR = timedelta(days=60)
"""So long a merge can be taken back."""

MOST_AT_ONCE = 4
"""So many contacts stand beside each other; more are merged one after the other."""

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")

UNIQUE = ("email", "phone")
"""What the CRM may let only one contact have (FACTS B1)."""

FIXED = SERVER_FIELDS[Kind.CONTACT] | CREATE_ONLY_FIELDS[Kind.CONTACT]
"""What the CRM lets nobody change: the contact that stays keeps its own."""


class MergeContacts(Command, frozen=True, kw_only=True):
    """``fields`` are the values that the contact that stays is to have. The store carries it out:
    what belongs to the others is only known there."""

    survivor_id: Id
    other_ids: tuple[Id, ...]
    fields: dict[str, Any]
    note: str = ""
    """A note for the contact that stays, such as what else the others had; "" for none."""

    TITLE = "Merge contacts"

    def targets(self) -> tuple[Ref, ...]:
        return tuple(Ref(Kind.CONTACT, id) for id in (self.survivor_id, *self.other_ids))

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        """The change to the contact that stays. Raises InputError."""
        if not self.other_ids or self.survivor_id in self.other_ids:
            raise InputError("Choose at least two contacts.")
        for ref in self.targets():
            if records.get(ref) is None:
                raise InputError(
                    "One of these contacts is not there any more.",
                    "It was deleted meanwhile.",
                )
        return EditContact(contact_id=self.survivor_id, fields=self.fields).plan(records)


class Unmerge(Command, frozen=True, kw_only=True):
    """Takes a merge back, as far as nobody has changed since what it did."""

    merge_id: int

    TITLE = "Take the merge back"

    def targets(self) -> tuple[Ref, ...]:
        return ()

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return ()


class MergeState(StrEnum):
    WAITING = "waiting"
    """on its way to the CRM; nothing is deleted before all of it has arrived"""
    REFUSED = "refused"
    """the CRM refused a part: nothing is deleted until that is settled"""
    STOPPED = "stopped"
    """given up on the way: what was not deleted yet is there again"""
    DONE = "done"
    UNDONE = "undone"


class Gone(Struct, frozen=True, kw_only=True):
    """A contact that went into another one, as it was."""

    id: Id
    name: str
    values: dict[str, Any]
    sent: bool
    """Whether the CRM had it."""


class Carried(Struct, frozen=True, kw_only=True):
    """A note, task or appointment that was made anew. ``values`` are those of the original then."""

    kind: Kind
    source_id: Id
    contact_id: Id
    copy_id: Id
    values: dict[str, Any]


class Merged(Struct, frozen=True, kw_only=True):
    """What a merge did."""

    id: int = 0
    at: datetime
    survivor_id: Id
    name: str
    """Of the contact that stays."""
    seed: str = ""
    state: MergeState = MergeState.WAITING
    why: str = ""
    """What the CRM said of a part that it refused."""
    fields: dict[str, Delta]
    gone: tuple[Gone, ...]
    carried: tuple[Carried, ...] = ()
    note_id: Id = ""

    @property
    def mutation(self) -> Mutation:
        """What it did to the contact that stays."""
        return Mutation(
            op=Op.UPDATE,
            ref=Ref(Kind.CONTACT, self.survivor_id),
            contact_id=self.survivor_id,
            fields=self.fields,
        )


def set_back(merged: Merged, survivor: Contact | None) -> tuple[dict[str, Delta], dict[str, Delta]]:
    """What taking the merge back does to the contact that stayed; and what it leaves alone, since
    somebody changed it after the merge, from the value now to the one before."""
    back: dict[str, Delta] = {}
    left: dict[str, Delta] = {}
    for one in assess(merged.mutation, survivor):
        if one.standing is Standing.READY:
            back[one.field] = Delta(one.now, one.want)
        elif one.standing is Standing.MOVED:
            left[one.field] = Delta(one.now, one.before)
    return back, left


def only_once(gone: Gone, survivor: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that a contact made anew must do without, since the one that stays has the same
    value and the CRM lets only one have it (FACTS B1)."""
    return tuple(name for name in UNIQUE if alike(gone.values.get(name), survivor.get(name)))


def alike(one: Any, other: Any) -> bool:
    return bool(one) and str(one).casefold() == str(other or "").casefold()


# What is proposed.


def proposed_survivor(contacts: Sequence[tuple[Contact, bool]]) -> Id:
    """Who should stay: one that the CRM has (the flag), then the fullest, then the oldest."""

    def worth(one: tuple[Contact, bool]) -> tuple[bool, int, float]:
        contact, sent = one
        added = -contact.added_at.timestamp() if contact.added_at else float("-inf")
        return sent, _filled(contact), added

    return max(contacts, key=worth)[0].id


def _filled(contact: Contact) -> int:
    values = fields_of(contact)
    custom = sum(value not in (None, "", []) for value in contact.custom.values())
    plain = sum(
        bool(value) for name, value in values.items() if name not in FIXED and name != "custom"
    )
    return plain + custom


_BLOCKS = (
    ("first_name", "last_name"),
    ("address", "city", "state", "postal_code", "country"),
)
"""What makes sense together only."""


def proposed_value(field: str, values: Sequence[tuple[Any, Contact]], survivor: Id) -> int:
    """Which of the values to keep: the fuller one, else that of the contact that was changed last,
    else that of the one that stays. A name or an address is taken whole. ``values`` and the contact
    each belongs to."""
    block = next((names for names in _BLOCKS if field in names), ())

    def worth(at: int) -> tuple[int, float, bool]:
        value, contact = values[at]
        changed = contact.updated_at.timestamp() if contact.updated_at else 0.0
        full = sum(_fullness(name, getattr(contact, name)) for name in block)
        return full or _fullness(field, value), changed, contact.id == survivor

    return max(range(len(values)), key=worth)


def _fullness(field: str, value: Any) -> int:
    if value in (None, "", [], {}, False):
        return 0
    if field in ("first_name", "last_name", "address"):
        return 1 + len(str(value).split())
    return 1


def all_tags(contacts: Sequence[Contact]) -> list[str]:
    return list(dict.fromkeys(tag for contact in contacts for tag in contact.tags))


# What is carried over.


def carried_note(
    values: Mapping[str, Any], contact_name: str, writer: str, zone: tzinfo
) -> dict[str, Any]:
    """A note's values for its copy. The API sets neither its date nor, for certain, its author
    (FACTS B3): a first line says them."""
    kept = {name: value for name, value in values.items() if name not in ("added_at", "contact_id")}
    kept["body"] = f"{_first_line(values, contact_name, writer, zone)}{values['body']}"
    return kept


def _first_line(values: Mapping[str, Any], name: str, writer: str, zone: tzinfo) -> str:
    added, words = values.get("added_at"), ""
    date = f"{datetime.fromisoformat(added).astimezone(zone):%Y-%m-%d %H:%M}" if added else ""
    if writer and date:
        words = tr("Written by {writer} on {date} at {name}, before a merge.")
    elif date:
        words = tr("Written on {date} at {name}, before a merge.")
    else:
        words = tr("Written at {name}, before a merge.")
    line = words.format(writer=writer, date=date, name=name)
    body = str(values.get("body") or "")
    return f"<p>{escape(line, quote=False)}</p>" if _TAG.search(body) else f"{line}\n\n"


def carried(
    kind: Kind, values: Mapping[str, Any], contact_name: str, writer: str, zone: tzinfo
) -> dict[str, Any]:
    """The values that the copy of a note, task or appointment has."""
    if kind is Kind.NOTE:
        return carried_note(values, contact_name, writer, zone)
    kept = {name: value for name, value in values.items() if name != "contact_id"}
    return {**kept, "anywhen": True} if kind is Kind.APPOINTMENT else kept
