"""Contacts as a file: CSV for spreadsheets, vCard for address books, JSON for everything else."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TextIO

from rapport.domain.filters import ContactQuery
from rapport.domain.records import Contact
from rapport.domain.views import ContactExport
from rapport.services.whole_file import WholeFile, cell

if TYPE_CHECKING:
    from rapport.services.queries import AsyncQueries
    from rapport.services.workspace import Reference

Format = Literal["csv", "vcf", "json"]
FORMATS: tuple[Format, ...] = ("csv", "vcf", "json")
BATCH = 200
"""Contacts that are read and written at a time; between two of them it can be called off."""

_FIELDS = (
    *("first_name", "last_name", "email", "phone", "company", "address", "city", "state"),
    *("postal_code", "country", "website", "timezone", "source", "type", "date_of_birth", "dnd"),
)


class ContactWriter(Protocol):
    def add(self, contact: ContactExport) -> None: ...

    def finish(self) -> None: ...


async def export_contacts(
    path: Path,
    format: Format,
    query: ContactQuery,
    queries: AsyncQueries,
    reference: Reference,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Writes what the query lists, in its order, and returns how many. ``progress`` hears how many
    of how many are written. Cancelling leaves no file. Raises StoreError."""
    keys = await queries.contact_keys(query)
    file = await asyncio.to_thread(WholeFile, path, csv=format == "csv")
    try:
        writer = _WRITERS[format](file.out, reference)
        done = 0
        for start in range(0, len(keys), BATCH):
            batch = await queries.exported(keys[start : start + BATCH])
            await asyncio.to_thread(_write, file, writer, batch)
            done += len(batch)
            progress(done, len(keys))
        await asyncio.to_thread(_finish, file, writer)
    except BaseException:
        file.drop()
        raise
    return done


def _write(file: WholeFile, writer: ContactWriter, batch: Sequence[ContactExport]) -> None:
    with file.writing():
        for contact in batch:
            writer.add(contact)


def _finish(file: WholeFile, writer: ContactWriter) -> None:
    with file.writing():
        writer.finish()
    file.finish()


def _values(export: ContactExport, reference: Reference) -> dict[str, Any]:
    """By the names that people know: owners and custom fields by theirs."""
    contact = export.contact
    told: dict[str, Any] = {"id": export.server_id or ""}
    told |= {name: getattr(contact, name) for name in _FIELDS}
    told["owner"] = reference.user_name(contact.assigned_to)
    told["tags"] = list(contact.tags)
    for name, at in (("added", contact.added_at), ("updated", contact.updated_at)):
        told[name] = at.isoformat().replace("+00:00", "Z") if at is not None else ""
    return told


class _Csv:
    def __init__(self, out: TextIO, reference: Reference) -> None:
        self._reference = reference
        self._custom = list(reference.custom_fields)
        self._csv = csv.writer(out)
        self._head = [*("id", *_FIELDS, "owner", "tags", "added", "updated")]
        self._csv.writerow([*self._head, *(cell(field.name) for field in self._custom)])

    def add(self, export: ContactExport) -> None:
        told = _values(export, self._reference)
        told["tags"] = ", ".join(told["tags"])
        told["dnd"] = "yes" if told["dnd"] else ""
        custom = (export.contact.custom.get(field.id) for field in self._custom)
        self._csv.writerow(
            [cell(value) for value in (*(told[name] for name in self._head), *map(_plain, custom))]
        )

    def finish(self) -> None:
        pass


def _plain(value: Any) -> Any:
    return ", ".join(map(str, value)) if isinstance(value, list) else value


class _Json:
    def __init__(self, out: TextIO, reference: Reference) -> None:
        self._out = out
        self._reference = reference
        self._any = False
        out.write("[")

    def add(self, export: ContactExport) -> None:
        told = _values(export, self._reference)
        told["custom"] = {
            field.name if (field := self._reference.custom_field(id)) is not None else id: value
            for id, value in export.contact.custom.items()
        }
        self._out.write(",\n" if self._any else "\n")
        self._out.write(json.dumps(told, ensure_ascii=False))
        self._any = True

    def finish(self) -> None:
        self._out.write("\n]\n" if self._any else "]\n")


class _VCard:
    def __init__(self, out: TextIO, reference: Reference) -> None:
        self._out = out

    def add(self, export: ContactExport) -> None:
        self._out.write(vcard(export.contact, export.server_id))

    def finish(self) -> None:
        pass


def vcard(contact: Contact, server_id: str | None) -> str:
    """One card, version 3.0: what address books agree on."""
    import vobject
    from vobject.vcard import Address, Name

    card = vobject.vCard()
    card.add("n").value = Name(family=contact.last_name, given=contact.first_name)
    card.add("fn").value = contact.name or "?"
    for name, value in (
        ("uid", server_id or contact.id),
        ("email", contact.email),
        ("tel", contact.phone),
        ("url", contact.website),
        ("bday", (contact.date_of_birth or "")[:10]),
    ):
        if value:
            card.add(name).value = value
    if contact.company:
        card.add("org").value = [contact.company]
    if contact.tags:
        card.add("categories").value = list(contact.tags)
    where = (contact.address, contact.city, contact.state, contact.postal_code, contact.country)
    if any(where):
        street, city, region, code, country = where
        card.add("adr").value = Address(
            street=street, city=city, region=region, code=code, country=country
        )
    text: str = card.serialize()
    return text


_WRITERS: dict[Format, Callable[[TextIO, Reference], ContactWriter]] = {
    "csv": _Csv,
    "vcf": _VCard,
    "json": _Json,
}
