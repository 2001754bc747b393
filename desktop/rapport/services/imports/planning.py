"""What each row of a file would do. Nothing is changed here; a second import of the same file finds
that there is nothing to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Any

from rapport.domain.commands import Command, CreateContact, CreateNote, normal_tag
from rapport.domain.errors import InputError
from rapport.domain.filters import ContactQuery
from rapport.domain.importing import ImportContact, Policy
from rapport.domain.records import Contact, Id, Kind, Ref
from rapport.domain.text import digits, fold
from rapport.language import mark, told, tr
from rapport.services.contact_fields import parse_field
from rapport.services.custom_values import parse_value
from rapport.services.imports.mapping import CUSTOM, OWNER, Mapping
from rapport.services.imports.reading import Row, Table

if TYPE_CHECKING:
    from rapport.services.queries import AsyncQueries
    from rapport.services.workspace import Reference

_PORTION = 250
"""Rows that are looked at in one go; between two the window lives, and it can be called off."""
_YES = frozenset({"1", "yes", "y", "true", "x", "on", "ja", "wahr", "نعم"})
_NO = frozenset({"", "0", "no", "n", "false", "off", "nein", "falsch", "لا"})


_TWICE = {
    "email": mark("Row {n} has the same e-mail."),
    "phone": mark("Row {n} has the same phone number."),
    "name": mark("Row {n} has the same name and nothing that tells them apart."),
}


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    """The contact is there already and nothing would change."""
    LEFT_OUT = "left-out"
    """The row cannot be imported; its reason says why."""


@dataclass(frozen=True, slots=True)
class Planned:
    row: Row
    outcome: Outcome
    name: str
    reason: str = ""
    commands: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """How to understand the file."""

    mapping: Mapping
    reference: Reference
    today: date
    policy: Policy = Policy.FILL
    tags: tuple[str, ...] = ()
    """Given to every contact of the file."""

    @property
    def country(self) -> str:
        location = self.reference.location
        return location.country if location is not None else ""


@dataclass(slots=True)
class _Values:
    fields: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        parts = (str(self.fields.get(key) or "") for key in ("first_name", "last_name"))
        known = (self.fields.get(key) for key in ("company", "email", "phone"))
        return " ".join(part for part in parts if part) or next(filter(None, known), "")


class Known:
    """The contacts that are there, by what tells that a row is about one of them: the e-mail, the
    phone number, and, where a row has neither, the name together with the company."""

    def __init__(self) -> None:
        self.contacts: dict[Id, Contact] = {}
        self._by: dict[tuple[str, str], set[Id]] = {}

    def add(self, contact: Contact) -> None:
        self.contacts[contact.id] = contact
        fields = {name: getattr(contact, name) for name in ("email", "phone")}
        name = _named(contact.first_name, contact.last_name, contact.company)
        for sign in (*_signs(fields), name):
            self._by.setdefault(sign, set()).add(contact.id)

    def add_all(self, contacts: Iterable[Contact]) -> None:
        for contact in contacts:
            self.add(contact)

    def find(self, fields: dict[str, Any]) -> set[Id]:
        """The contacts a row may mean; more than one where it cannot be told."""
        return set().union(*(self._by.get(sign, set()) for sign in _signs(fields, or_name=True)))


def _signs(fields: dict[str, Any], *, or_name: bool = False) -> list[tuple[str, str]]:
    email, phone = str(fields.get("email") or ""), str(fields.get("phone") or "")
    signs = [("email", email.casefold()), ("phone", digits(phone))]
    signs = [(kind, value) for kind, value in signs if value]
    if not signs and or_name:
        name = (str(fields.get(key) or "") for key in ("first_name", "last_name", "company"))
        signs = [_named(*name)]
    return signs


def _named(first: str, last: str, company: str) -> tuple[str, str]:
    return "name", "\x1f".join(" ".join(fold(part).split()) for part in (first, last, company))


async def known_contacts(
    queries: AsyncQueries, tell: Callable[[int, int], None] = lambda done, total: None
) -> Known:
    """The contacts of the local copy; ``tell`` hears how many of how many are read."""
    known = Known()
    keys = await queries.contact_keys(ContactQuery())
    for start in range(0, len(keys), _PORTION):
        batch = await queries.exported(keys[start : start + _PORTION])
        await asyncio.to_thread(known.add_all, [one.contact for one in batch])
        tell(min(start + _PORTION, len(keys)), len(keys))
    return known


async def plan_all(
    table: Table,
    rules: Rules,
    known: Known,
    new_id: Callable[[], Id],
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> list[Planned]:
    """What each row of the table would do; ``tell`` hears how many of how many were looked at."""
    planning = plan(table.rows, rules, known, new_id)
    planned: list[Planned] = []
    while portion := await asyncio.to_thread(lambda: list(islice(planning, _PORTION))):
        planned += portion
        tell(len(planned), len(table.rows))
    return planned


def plan(
    rows: Iterable[Row], rules: Rules, known: Known, new_id: Callable[[], Id]
) -> Iterator[Planned]:
    """What each row would do, in their order."""
    seen: dict[tuple[str, str], int] = {}
    """Which row of the file had an e-mail, a number or a name first."""
    for row in rows:
        values = _Values(tags=rules.tags)
        try:
            if row.problem:
                raise InputError(row.problem)
            _read(row, rules, values)
            _once(row, values, seen)
            yield _planned(row, values, rules, known, new_id)
        except InputError as error:
            reason = f"{told(error.title)} {told(error.message)}".strip()
            yield Planned(row=row, outcome=Outcome.LEFT_OUT, name=values.name, reason=reason)


def _once(row: Row, values: _Values, seen: dict[tuple[str, str], int]) -> None:
    signs = _signs(values.fields, or_name=True)
    for sign in signs:
        if sign in seen:
            raise InputError(tr(_TWICE[sign[0]]).format(n=seen[sign]))
    seen.update(dict.fromkeys(signs, row.number))


def _planned(
    row: Row, values: _Values, rules: Rules, known: Known, new_id: Callable[[], Id]
) -> Planned:
    found = known.find(values.fields)
    if len(found) > 1:
        raise InputError(tr("Several contacts here have this e-mail, number or name."))
    if found:
        return _on(known.contacts[next(iter(found))], row, values, rules)
    fields = {**values.fields, "tags": list(values.tags), "custom": values.custom}
    make = CreateContact(contact_id=new_id(), fields={k: v for k, v in fields.items() if v})
    make.plan({})  # says what is missing
    commands: list[Command] = [make]
    if values.note:
        note = CreateNote(
            contact_id=make.contact_id, note_id=new_id(), fields={"body": values.note}
        )
        commands.append(note)
    return Planned(row=row, outcome=Outcome.NEW, name=values.name, commands=tuple(commands))


def _on(contact: Contact, row: Row, values: _Values, rules: Rules) -> Planned:
    command = ImportContact(
        contact_id=contact.id,
        fields=values.fields,
        custom=values.custom,
        tags=values.tags,
        policy=rules.policy,
    )
    changes = command.plan({Ref(Kind.CONTACT, contact.id): contact})
    return Planned(
        row=row,
        outcome=Outcome.CHANGED if changes else Outcome.SAME,
        name=contact.name,
        commands=(command,) if changes else (),
    )


def _read(row: Row, rules: Rules, values: _Values) -> None:
    for target, cell in zip(rules.mapping, row.cells, strict=False):
        if target is not None and cell:
            _take(values, target, cell, rules)
    values.tags = tuple(dict.fromkeys(filter(None, map(normal_tag, values.tags))))


def _take(values: _Values, target: str, cell: str, rules: Rules) -> None:
    if target.startswith(CUSTOM):
        id = target.removeprefix(CUSTOM)
        if (custom := rules.reference.custom_field(id)) is not None:
            try:
                values.custom[id] = parse_value(
                    custom, cell, today=rules.today, country=rules.country
                )
            except InputError as error:
                raise InputError(f"{custom.name}: {told(error.title)}", error.message) from None
        return
    match target:
        case "full_name":
            first, last = _apart(cell)
            values.fields.setdefault("first_name", first)
            values.fields.setdefault("last_name", last)
        case "tags":
            parts = cell.replace(";", ",").replace("|", ",").replace(":::", ",").split(",")
            values.tags += tuple(parts)
        case "note":
            values.note = cell
        case "assigned_to":
            values.fields[OWNER] = _owner(cell, rules.reference)
        case "dnd":
            values.fields["dnd"] = _truth(cell)
        case _:
            values.fields[target] = parse_field(
                target, cell, today=rules.today, country=rules.country
            )


def _apart(name: str) -> tuple[str, str]:
    """“Ana Pérez Ølgaard” and “Pérez Ølgaard, Ana” as first and last name."""
    last, comma, first = name.partition(",")
    if comma:
        return first.strip(), last.strip()
    head, _, rest = name.strip().partition(" ")
    return head, rest.strip()


def _owner(cell: str, reference: Reference) -> str:
    wanted = fold(cell)
    found = [user for user in reference.users if wanted in (fold(user.name), fold(user.email))]
    if len(found) != 1:
        raise InputError(tr("“{name}” is nobody of this location.").format(name=cell))
    return found[0].id


def _truth(cell: str) -> bool:
    word = cell.strip().casefold()
    if word in _YES | _NO:
        return word in _YES
    raise InputError(tr("“{text}” is neither yes nor no.").format(text=cell))
