"""What the finder of duplicates reads, and what it must not say again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Any

import msgspec
from msgspec import Struct

from rapport.domain.duplicates import Person
from rapport.domain.merging import Merged
from rapport.domain.ports import Clock
from rapport.domain.records import Id, Kind
from rapport.store import merges
from rapport.store.schema import KIND_NUMBER
from rapport.store.sql import Sql
from rapport.store.threads import Readers, Writer

_CONTACT = KIND_NUMBER[Kind.CONTACT]


class _Shown(Struct):
    """Of a contact's values only what is compared: the rest is not decoded."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    company: str = ""


class _Extra(Struct):
    additionalEmails: Any = None  # the CRM's own word


_shown = msgspec.json.Decoder(_Shown)
_extra = msgspec.json.Decoder(_Extra)


class Duplicates:
    def __init__(self, writer: Writer, readers: Readers, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock

    def page(self, after: int, limit: int) -> Future[tuple[int, list[Person]]]:
        """The next contacts behind the row key ``after``, and the key to go on from; 0 at the
        end."""
        sql = (
            "SELECT r.key, r.id, r.shown, r.extra FROM contact_row c JOIN record r ON r.key = c.key"
            " WHERE c.key > ? AND r.tomb = 0 ORDER BY c.key LIMIT ?"
        )

        def job(db: Sql) -> tuple[int, list[Person]]:
            rows = list(db.rows(sql, (after, limit)))
            return (rows[-1][0] if len(rows) == limit else 0), [_person(*row[1:]) for row in rows]

        return self._readers.submit(job, is_long=True)

    def some(self, ids: Sequence[Id]) -> Future[list[Person]]:
        """These contacts, without those that are gone."""
        sql = "SELECT id, shown, extra FROM record WHERE id = ? AND kind = ? AND tomb = 0"

        def job(db: Sql) -> list[Person]:
            rows = (db.row(sql, (id, _CONTACT)) for id in ids)
            return [_person(*row) for row in rows if row is not None]

        return self._readers.submit(job)

    def apart(self) -> Future[frozenset[tuple[Id, Id]]]:
        """Pairs that a person knows to be two."""
        return self._readers.submit(merges.apart)

    def set_apart(self, pairs: Iterable[tuple[Id, Id]], *, apart: bool) -> Future[None]:
        kept = list(pairs)
        return self._writer.person(lambda tx: merges.set_apart(tx, kept, apart=apart))

    def merges(self) -> Future[list[Merged]]:
        """Those of the last sixty days, the latest first."""
        return self._readers.submit(lambda db: merges.listed(db, self._clock.now()))

    def merge(self, merge_id: int) -> Future[Merged | None]:
        return self._readers.submit(lambda db: merges.find(db, merge_id))


def _person(id: Id, shown: bytes, extra: bytes | None) -> Person:
    values = _shown.decode(shown)
    more: tuple[str, ...] = ()
    if extra is not None and b"additionalEmails" in extra:
        told = _extra.decode(extra).additionalEmails
        found = told if isinstance(told, list) else ()
        # FACTS F5: objects, that only the CRM writes.
        more = tuple(
            str(one["email"]) for one in found if isinstance(one, dict) and one.get("email")
        )
    return Person(
        id=id,
        first_name=values.first_name,
        last_name=values.last_name,
        emails=tuple(filter(None, (values.email, *more))),
        phone=values.phone,
        company=values.company,
    )
