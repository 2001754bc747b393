"""Contacts from the server: a first sync page by page, then what changed and what was deleted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from rapport.api import ApiClient, Lane, Page, Remote
from rapport.domain.errors import GoneError, InvalidError
from rapport.domain.ports import Clock
from rapport.domain.records import Kind
from rapport.domain.views import Progress
from rapport.store import Store
from rapport.sync.intake import Intake
from rapport.sync.link import Link
from rapport.sync.pace import Pace

log = logging.getLogger(__name__)

FIRST = "contacts.first"
SINCE = "contacts.since"
_NEWEST = ("dateUpdated", "desc")
_STEADY = ("dateAdded", "desc")
"""An order in which nothing moves while pages are read."""
_BEGINNING = "1980-01-01T00:00:00+00:00"


class Contacts:
    def __init__(
        self,
        store: Store,
        client: ApiClient,
        intake: Intake,
        link: Link,
        clock: Clock,
        pace: Pace,
    ) -> None:
        self._replica = store.replica
        self._client = client
        self._intake = intake
        self._link = link
        self._clock = clock
        self._pace = pace
        self._can_filter = True
        self._can_sort = True

    async def complete(self) -> bool:
        """Whether a first sync has come to its end."""
        return await asyncio.wrap_future(self._replica.cursor(SINCE)) is not None

    async def first(self, progress: Callable[[Progress], None]) -> None:
        """Reads everything, latest change first, and takes up where an earlier attempt stopped.

        A contact that changes meanwhile moves to a page that was read already; the look for changes
        that follows starts at the first page's time and finds it.
        """
        state = await asyncio.wrap_future(self._replica.cursor(FIRST)) or {}
        done: int = state.get("done", 0)
        started = self._clock.monotonic()
        done_before = done
        reading = asyncio.create_task(self._page(state.get("cursor"), first=not done))
        try:
            while True:
                try:
                    page, epoch = await reading
                except InvalidError:
                    # A position that the server does not take any more: the next try starts over.
                    await asyncio.wrap_future(self._replica.set_cursor(FIRST, None))
                    raise
                if "newest" not in state:
                    state["newest"] = _newest(page)
                total = max(page.total or 0, done + len(page.items))
                following = page.cursor
                if following is not None:  # read ahead while the store works
                    reading = asyncio.create_task(self._page(following, first=False))
                for start in range(0, len(page.items), self._pace.batch):
                    batch = page.items[start : start + self._pace.batch]
                    await self._intake.take(batch, epoch)
                    done += len(batch)
                    progress(
                        Progress(
                            done=done,
                            total=total,
                            eta_s=_eta(done - done_before, total - done, self._since(started)),
                        )
                    )
                if following is None:
                    break
                state |= {"cursor": following, "done": done}
                await asyncio.wrap_future(self._replica.set_cursor(FIRST, state))
        finally:
            reading.cancel()
        since = state["newest"] or _BEGINNING
        await asyncio.wrap_future(self._replica.set_cursor(SINCE, since))
        await asyncio.wrap_future(self._replica.set_cursor(FIRST, None))

    async def changes(self) -> list[str]:
        """Takes in what changed since the last look; the server ids of what did. The server's own
        times count, never this computer's clock."""
        since = datetime.fromisoformat(await asyncio.wrap_future(self._replica.cursor(SINCE)))
        start = since - timedelta(seconds=self._pace.overlap_s)
        if self._can_filter:
            try:
                return await self._changes_by_filter(start, since)
            except InvalidError as error:
                # FACTS B1a: only "eq" and "contains" were seen to work live.
                log.warning("No search by change date (%s): newest first instead", error.english)
                self._can_filter = False
        return await self._changes_newest_first(start, since)

    async def find(self, rid: str) -> bool:
        """Fetches one contact; False when the server has none by that id."""
        try:
            found, epoch = await self._link.call(
                lambda: self._intake.stamped(self._client.contacts.get(rid)), tries=3
            )
        except GoneError:
            return False
        self._intake.wrote(Kind.CONTACT, rid, found.values.get("updated_at"))
        await self._intake.take([found], epoch, news=await self.complete())
        return True

    async def sweep(self, rest: Callable[[float], Any]) -> int:
        """Goes through all contacts on the server and drops those that are not there any more; a
        change that was missed is taken in on the way. ``rest`` is awaited after each page with its
        pause. Returns how many went.

        The index lags, so an absence there is only a suspicion: each is confirmed by a read.
        """
        known = await self._known()
        there: set[str] = set()
        cursor = None
        while True:
            page, epoch = await self._page(cursor, first=False, sort=_STEADY)
            there.update(remote.rid for remote in page.items)
            await self._intake.from_index(page.items, epoch, find=self.find, news=True)
            cursor = page.cursor
            if cursor is None:
                break
            await rest(self._pace.sweep_page_s)
        gone = [rid for rid in known if rid not in there and not await self.find(rid)]
        if gone:
            await asyncio.wrap_future(self._replica.vanish(Kind.CONTACT, gone))
        return len(gone)

    async def _known(self) -> list[str]:
        known: list[str] = []
        while True:
            after = known[-1] if known else ""
            page = await asyncio.wrap_future(self._replica.rids(Kind.CONTACT, after))
            if not page:
                return known
            known.extend(page)

    async def _page(
        self, cursor: list[Any] | None, *, first: bool, sort: tuple[str, str] = _NEWEST
    ) -> tuple[Page[Remote], int]:
        limit = self._pace.first_page if first else self._pace.page
        lane = Lane.PERSON if first else Lane.BACKGROUND
        while True:
            order = sort if self._can_sort else None
            try:
                return await self._link.call(
                    lambda order=order: self._intake.stamped(  # type: ignore[misc]
                        self._client.contacts.search(
                            cursor=cursor, page_limit=limit, sort=order, lane=lane
                        )
                    )
                )
            except InvalidError as error:
                if order is None or cursor is not None:
                    raise
                log.warning("No search in order of change (%s): unsorted instead", error.english)
                self._can_sort = False

    async def _changes_by_filter(self, start: datetime, since: datetime) -> list[str]:
        changed: list[str] = []
        newest, cursor = since, None
        while True:
            page, epoch = await self._link.call(
                lambda cursor=cursor: self._intake.stamped(  # type: ignore[misc]
                    self._client.contacts.changed_since(
                        start, cursor=cursor, page_limit=self._pace.page
                    )
                )
            )
            changed += await self._changed_page(page, epoch, since)
            newest = max([newest, *_times(page)])
            cursor = page.cursor
            if cursor is None:
                break
        await self._remember(since, newest)
        return changed

    async def _changes_newest_first(self, start: datetime, since: datetime) -> list[str]:
        changed: list[str] = []
        newest, cursor = since, None
        while True:
            page, epoch = await self._page(cursor, first=False)
            changed += await self._changed_page(page, epoch, since)
            times = _times(page)
            newest = max([newest, *times])
            cursor = page.cursor
            if cursor is None or (self._can_sort and times and min(times) < start):
                break
        await self._remember(since, newest)
        return changed

    async def _changed_page(self, page: Page[Remote], epoch: int, since: datetime) -> list[str]:
        await self._intake.from_index(page.items, epoch, find=self.find, news=True)
        return [
            remote.rid
            for remote in page.items
            if (at := remote.values.get("updated_at")) and datetime.fromisoformat(at) > since
        ]

    async def _remember(self, since: datetime, newest: datetime) -> None:
        if newest > since:
            await asyncio.wrap_future(self._replica.set_cursor(SINCE, newest.isoformat()))

    def _since(self, started: float) -> float:
        return self._clock.monotonic() - started


def _times(page: Page[Remote]) -> list[datetime]:
    return [
        datetime.fromisoformat(at)
        for remote in page.items
        if (at := remote.values.get("updated_at")) is not None
    ]


def _newest(page: Page[Remote]) -> str | None:
    times = _times(page)
    return max(times).isoformat() if times else None


def _eta(done: int, left: int, elapsed_s: float) -> float | None:
    if done < 50 or elapsed_s < 0.5:
        return None
    return left * elapsed_s / done
