"""Tasks of the whole location, where the token may search them; else they come per contact.

The search knows no "changed since" and promises no order (FACTS B2). So each look reads the open
tasks whole while they fit into a few pages; larger accounts are read in slices, one slice per look,
and the part that changes first (the first page) every time. A round over all slices shows what is
missing: each missing task is asked for by id, and then known to be done, changed or deleted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from rapport.api import ApiClient, Page, Remote
from rapport.domain.errors import ApiError, CapabilityError, GoneError
from rapport.domain.ports import Clock
from rapport.domain.records import Kind
from rapport.domain.scopes import Capabilities
from rapport.store import Store
from rapport.sync.intake import Intake
from rapport.sync.link import Link

log = logging.getLogger(__name__)

COMPLETE = "tasks.first"
PAGES_PER_LOOK = 4
RECALL_BACK = timedelta(days=60)
RECALL_AHEAD = timedelta(days=2)
MOST_RECALLED = 500


class Tasks:
    def __init__(
        self,
        store: Store,
        client: ApiClient,
        capabilities: Capabilities,
        intake: Intake,
        link: Link,
        clock: Clock,
        find: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._store = store
        self._replica = store.replica
        self._client = client
        self._intake = intake
        self._link = link
        self._clock = clock
        self._find = find
        self.available = capabilities.has("locations/tasks.readonly")
        self._open: set[str] = set()
        self._seen: set[str] = set()
        self._next: list[object] | None = None
        self._recalled = False

    async def first(self) -> None:
        """All tasks, the open ones first. Does nothing when that was done before."""
        if not self.available or await asyncio.wrap_future(self._replica.cursor(COMPLETE)):
            return
        for completed in (False, True):
            cursor = None
            while True:
                page = await self._page(cursor, completed, news=False)
                if page is None:
                    return
                cursor = page.cursor
                if cursor is None:
                    break
        await asyncio.wrap_future(self._replica.set_cursor(COMPLETE, True))

    async def look(self) -> None:
        """One slice of the open tasks; after a whole round, what is missing is looked into."""
        if not self._recalled:
            await self._recall_open()
        if self._next is not None:
            await self._page(None, completed=False, counts=False)
        cursor = self._next
        for _ in range(PAGES_PER_LOOK):
            page = await self._page(cursor, completed=False) if self.available else None
            if page is None:
                return
            cursor = page.cursor
            if cursor is None:
                await self._round_done()
                return
        self._next = cursor

    async def _recall_open(self) -> None:
        """The open tasks that matter now, as an earlier run left them: they may have been completed
        or deleted while the program was closed."""
        now = self._clock.now()
        rows = await asyncio.wrap_future(
            self._store.queries.due_between(now - RECALL_BACK, now + RECALL_AHEAD)
        )
        for row in rows[-MOST_RECALLED:]:
            rid = await asyncio.wrap_future(self._replica.rid_of(Kind.TASK, row.task.id))
            if rid is not None:
                self._open.add(rid)
        self._recalled = True

    async def _page(
        self,
        cursor: list[object] | None,
        completed: bool,
        *,
        counts: bool = True,
        news: bool = True,
    ) -> Page[Remote] | None:
        try:
            page, epoch = await self._link.call(
                lambda: self._intake.stamped(
                    self._client.tasks.search(cursor=cursor, completed=completed)
                )
            )
        except CapabilityError:
            log.info("The token may not search tasks: they are read contact by contact")
            self.available = False
            return None
        if not completed and counts:
            self._seen.update(remote.rid for remote in page.items)
        await self._intake.from_index(page.items, epoch, find=self._find, news=news)
        return page

    async def _round_done(self) -> None:
        """Open tasks of the last round that this one lacks were completed or deleted elsewhere."""
        missing, self._open = self._open - self._seen, self._seen
        self._seen, self._next = set(), None
        for rid in missing:
            await self._look_into(rid)

    async def _look_into(self, rid: str) -> None:
        id = await asyncio.wrap_future(self._replica.lid_of(Kind.TASK, rid))
        row = await asyncio.wrap_future(self._store.queries.task(id)) if id else None
        if row is None:
            return
        contact_rid = await asyncio.wrap_future(
            self._replica.rid_of(Kind.CONTACT, row.task.contact_id)
        )
        if contact_rid is None:
            return
        try:
            found, epoch = await self._link.call(
                lambda: self._intake.stamped(self._client.tasks.get(contact_rid, rid)), tries=3
            )
        except GoneError:
            # With its contact perhaps: that one is to go whole, so that it can be brought back so.
            if await self._find(contact_rid):
                await asyncio.wrap_future(self._replica.vanish(Kind.TASK, [rid]))
            else:
                await asyncio.wrap_future(self._replica.vanish(Kind.CONTACT, [contact_rid]))
        except ApiError as error:
            log.warning("A task could not be read: %s", error.english)
            self._open.add(rid)  # to be missed again in the next round
        else:
            await self._intake.take([found], epoch)
