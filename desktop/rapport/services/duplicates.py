"""The finder of duplicates for one account: read in pages, compared in slices, kept up to date.

Nothing leaves this computer. The work runs on the window's loop in slices of a few milliseconds, so
that a click never waits for it.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable
from itertools import combinations
from typing import TYPE_CHECKING

from rapport.domain.changes import ChangeEvent, Op
from rapport.domain.duplicates import Finder, Group, Likeness, Pair, Person
from rapport.domain.errors import InputError
from rapport.domain.merging import Merged
from rapport.domain.records import Id, Kind
from rapport.services import phones

if TYPE_CHECKING:
    from rapport.store import Store

SLICE_S = 0.003
_PAGE = 200
_COMPARED = frozenset({"first_name", "last_name", "email", "phone", "company"})
_E164 = re.compile(r"\+[1-9]\d{6,14}")

Progress = Callable[[int, int], None]
"""done, of how many"""


class Duplicates:
    """Lives on the window's loop."""

    def __init__(self, store: Store, country: Callable[[], str]) -> None:
        """``country`` tells where numbers without a country code belong (ISO-2)."""
        self._store = store
        self._country = country
        self._finder: Finder | None = None
        self._loading: asyncio.Lock = asyncio.Lock()
        self._stale: set[Id] = set()
        self._apart: frozenset[Pair] = frozenset()

    def heard(self, event: ChangeEvent) -> None:
        """What changed is read once more before the next answer."""
        if self._finder is None and not self._loading.locked():
            return
        for change in event.changes:
            if change.ref.kind is Kind.CONTACT and (
                change.op is not Op.UPDATE or change.fields & _COMPARED
            ):
                self._stale.add(change.contact_id)

    async def find(self, progress: Progress = lambda done, total: None) -> tuple[Group, ...]:
        """Everybody who may be there twice, the surest first. Cancelling the task ends it."""
        finder = await self._up_to_date(progress)
        pause = _Slices()
        for done, total in finder.steps(self._apart):
            if await pause.over():
                progress(total + done, 2 * total or 1)
        return finder.groups()

    async def like(self, contact_id: Id) -> tuple[Likeness, ...]:
        """Who may be the same as this contact, the likeliest first."""
        return (await self._up_to_date()).like(contact_id, self._apart)

    async def set_apart(self, ids: Iterable[Id], *, apart: bool = True) -> None:
        """These are not the same, and are not to be proposed again; or they may be after all."""
        pairs = list(combinations(sorted(ids), 2))
        await asyncio.wrap_future(self._store.duplicates.set_apart(pairs, apart=apart))

    async def merges(self) -> list[Merged]:
        """Merges of the last sixty days, the latest first."""
        return await asyncio.wrap_future(self._store.duplicates.merges())

    async def merge(self, merge_id: int) -> Merged | None:
        return await asyncio.wrap_future(self._store.duplicates.merge(merge_id))

    async def people(self, ids: Iterable[Id]) -> list[Person]:
        return await asyncio.wrap_future(self._store.duplicates.some(list(ids)))

    async def _up_to_date(self, progress: Progress = lambda done, total: None) -> Finder:
        async with self._loading:
            self._apart = await asyncio.wrap_future(self._store.duplicates.apart())
            if self._finder is None:
                self._stale.clear()
                self._finder = await self._read_all(progress)
            stale, self._stale = self._stale, set()
            if stale:
                found = {one.id: one for one in await self.people(stale)}
                for id in stale:
                    if id in found:
                        self._finder.put(found[id])
                    else:
                        self._finder.drop(id)
            return self._finder

    async def _read_all(self, progress: Progress) -> Finder:
        finder, pause, key = Finder(self._e164), _Slices(), 0
        total = (await asyncio.wrap_future(self._store.queries.coverage())).contacts
        while True:
            key, people = await asyncio.wrap_future(self._store.duplicates.page(key, _PAGE))
            for person in people:
                finder.put(person)
                await pause.over()
            progress(len(finder), 2 * total or 1)
            if not key:
                return finder

    def _e164(self, phone: str) -> str:
        if _E164.fullmatch(phone):  # as the CRM writes them (FACTS F14)
            return phone
        try:
            return phones.parse(phone, self._country())
        except InputError:
            return re.sub(r"\D", "", phone)


class _Slices:
    """Gives the loop a turn whenever a slice is over."""

    def __init__(self) -> None:
        self._until = time.perf_counter() + SLICE_S

    async def over(self) -> bool:
        if time.perf_counter() < self._until:
            return False
        await asyncio.sleep(0)
        self._until = time.perf_counter() + SLICE_S
        return True
