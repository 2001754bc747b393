"""Everything the window may ask about one signed-in location, on the window's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rapport.domain import views
from rapport.domain.changes import ChangeEvent
from rapport.domain.filters import AnyCondition, SmartList
from rapport.domain.ports import AuditKey, Clock, SyncControl
from rapport.domain.records import Business, CustomField, Id, Location, User
from rapport.domain.resources import Calendar
from rapport.domain.scopes import Capabilities
from rapport.domain.settings import Account
from rapport.domain.views import AgendaRead, Candidate, OutboxItem, SyncStatus
from rapport.services.audit import Audit
from rapport.services.bus import Bus
from rapport.services.duplicates import Duplicates
from rapport.services.feed import WindowFeed
from rapport.services.memberships import Memberships
from rapport.services.queries import AsyncQueries

if TYPE_CHECKING:
    from rapport.store import Store


def new_id() -> Id:
    """A fresh local id."""
    from ulid import ULID  # imported at the first edit: it would stand before the first paint

    return str(ULID())


class Workspace:
    """One account as the window sees it.

    Made on the window's thread. ``start`` loads the dictionaries and opens the feed; ``close`` ends
    every subscription and background task. The store and the engine belong to the application.
    """

    def __init__(
        self,
        account: Account,
        store: Store,
        sync: SyncControl,
        capabilities: Capabilities,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
        audit_key: AuditKey | None = None,
    ) -> None:
        """``audit_key`` None: there is no keyring, and nothing was ever signed."""
        self.account = account
        self.capabilities = capabilities
        """Follows the user's role whenever the dictionaries are read."""
        self.clock = clock
        self.bus = Bus(store, lambda: self.capabilities)
        self.queries = AsyncQueries(store, clock)
        self.feed = WindowFeed(loop)
        self.sync: SyncControl = WindowSync(sync, loop)
        self.reference = Reference()
        self.drafts = Drafts(store)
        self.audit = Audit(store, clock, audit_key, new_id)
        self.waiting = WaitingEdits(store)
        self.lists = SmartLists(store, new_id)
        self.memberships = Memberships(account, self.queries)
        self.duplicates = Duplicates(store, self._country)
        self._store = store
        self._loop = loop
        self._refresh: asyncio.Task[None] | None = None
        self._refresh_again = False
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def zone(self) -> tzinfo:
        """That the location's calendars are kept in; this computer's while it is not known."""
        location = self.reference.location
        try:
            return ZoneInfo(location.timezone) if location is not None else self.clock.zone()
        except (OSError, ValueError):
            return self.clock.zone()

    def new_id(self) -> Id:
        """An id for a record that a command is about to make."""
        return new_id()

    async def recall(self, name: str) -> Any:
        """A small JSON value that a service kept in this account's database; None: nothing."""
        return await asyncio.wrap_future(self._store.replica.cursor(name))

    async def remember(self, name: str, value: Any) -> None:
        await asyncio.wrap_future(self._store.replica.set_cursor(name, value))

    async def start(self) -> None:
        if self._unsubscribe is None:
            self._unsubscribe = self._store.feed.subscribe(self._from_store)
            self.feed.subscribe(self.duplicates.heard)
            await self._load_reference()
            self._store.go_on()

    def close(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        if self._refresh is not None:
            self._refresh.cancel()
        self.feed.close()
        if isinstance(self.sync, WindowSync):
            self.sync.close()

    def _country(self) -> str:
        location = self.reference.location
        return location.country if location is not None else ""

    def _from_store(self, event: ChangeEvent) -> None:
        """On the writer thread. News of the dictionaries are passed on once the cache has them."""
        if not event.reference:
            self.feed.post(event)
            return
        if event.changes or event.outbox or event.touched:
            self.feed.post(
                ChangeEvent(
                    origin=event.origin,
                    changes=event.changes,
                    outbox=event.outbox,
                    touched=event.touched,
                    more=event.more,
                )
            )
        self._loop.call_soon_threadsafe(self._refresh_reference, event)

    def _refresh_reference(self, event: ChangeEvent) -> None:
        if self._unsubscribe is None:
            return
        if self._refresh is not None and not self._refresh.done():
            self._refresh_again = True
            return
        self._refresh = self._loop.create_task(self._reload(event))

    async def _reload(self, event: ChangeEvent) -> None:
        while True:
            self._refresh_again = False
            await self._load_reference()
            if not self._refresh_again:
                break
        self.feed.post(ChangeEvent(origin=event.origin, reference=True))

    async def _load_reference(self) -> None:
        self.reference.take(await asyncio.wrap_future(self._store.queries.reference()))
        self.capabilities = self.capabilities.as_user(self.reference.user(self.account.user_id))


class Reference:
    """The account's dictionaries, kept in memory so that a delegate can ask while it paints."""

    def __init__(self) -> None:
        self.take(views.Reference())

    def take(self, found: views.Reference) -> None:
        self.users: tuple[User, ...] = found.users
        self.custom_fields: tuple[CustomField, ...] = tuple(
            sorted(found.custom_fields, key=lambda field: field.position)
        )
        """In the order of the CRM's own form."""
        self.businesses: tuple[Business, ...] = found.businesses
        self.location: Location | None = found.location
        self.tags: tuple[str, ...] = found.tags
        self.calendars: tuple[Calendar, ...] = found.calendars
        self._users = {user.id: user for user in found.users}
        self._fields = {field.id: field for field in found.custom_fields}
        self._businesses = {business.id: business for business in found.businesses}

    def user(self, user_id: str | None) -> User | None:
        return self._users.get(user_id or "")

    def user_name(self, user_id: str | None) -> str:
        """The name to show; "" for nobody, the bare id where the names are not known."""
        user = self.user(user_id)
        return user.name if user is not None else user_id or ""

    def custom_field(self, field_id: str) -> CustomField | None:
        return self._fields.get(field_id)

    def business(self, business_id: str | None) -> Business | None:
        return self._businesses.get(business_id or "")


class SmartLists:
    """Filters that a person gave a name. They concern this desktop only."""

    def __init__(self, store: Store, new_id: Callable[[], Id]) -> None:
        self._store = store
        self._new_id = new_id

    async def save(
        self, name: str, conditions: tuple[AnyCondition, ...], at: int | None = None
    ) -> SmartList:
        """A new list, last or at a place among those that a person made."""
        made = SmartList(id=self._new_id(), name=name, conditions=conditions)
        await self.keep(made, at)
        return made

    async def keep(self, list_: SmartList, at: int | None = None) -> None:
        """Change a list, or bring one back that was removed."""
        await asyncio.wrap_future(self._store.save_list(list_, at))

    async def remove(self, id: str) -> int:
        """Where it stood among those that a person made."""
        return await asyncio.wrap_future(self._store.remove_list(id))

    async def move(self, id: str, by: int) -> None:
        await asyncio.wrap_future(self._store.move_list(id, by))


class Drafts:
    """Unfinished notes, kept while they are typed. ``note_id`` None is a new note."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self, contact_id: Id, note_id: Id | None = None) -> str | None:
        return await asyncio.wrap_future(self._store.queries.draft(contact_id, note_id))

    async def save(self, contact_id: Id, note_id: Id | None, body: str) -> None:
        await asyncio.wrap_future(self._store.save_draft(contact_id, note_id, body))

    async def drop(self, contact_id: Id, note_id: Id | None = None) -> None:
        await asyncio.wrap_future(self._store.drop_draft(contact_id, note_id))


class WaitingEdits:
    """What a person can do about edits that are not on the server; ``seq`` as in OutboxItem."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def items(self) -> list[OutboxItem]:
        return await asyncio.wrap_future(self._store.queries.outbox_items())

    async def retry(self, seq: int) -> None:
        """Sends a refused edit once more; the sync hears of it by itself."""
        await asyncio.wrap_future(self._store.outbox.release(seq))

    async def discard(self, seq: int) -> None:
        """Gives the edit up: the server's value shows again, a record made here is gone."""
        await asyncio.wrap_future(self._store.outbox.discard(seq))

    async def retry_all(self) -> None:
        """Sends what waits or was refused; what needs an answer first stays."""
        await asyncio.wrap_future(self._store.outbox.release_all())

    async def discard_refused(self) -> None:
        """Gives up every refused edit, with what was made under a refused record."""
        await asyncio.wrap_future(self._store.outbox.discard_refused())


class WindowSync:
    """The engine's :class:`SyncControl`, with news delivered on the window's loop."""

    def __init__(self, engine: SyncControl, loop: asyncio.AbstractEventLoop) -> None:
        self._engine = engine
        self._loop = loop
        self._listeners: list[Callable[[SyncStatus], None]] = []
        self._told: SyncStatus | None = None
        self._unsubscribe = engine.subscribe(self._changed)

    def status(self) -> SyncStatus:
        return self._engine.status()

    def subscribe(self, listener: Callable[[SyncStatus], None]) -> Callable[[], None]:
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def sync_now(self) -> None:
        self._engine.sync_now()

    def opened(self, contact_id: Id) -> None:
        self._engine.opened(contact_id)

    async def candidates(self, seq: int) -> list[Candidate]:
        return await self._engine.candidates(seq)

    async def read_agenda(self, start: datetime, end: datetime) -> AgendaRead:
        return await self._engine.read_agenda(start, end)

    async def free_slots(
        self, calendar_id: str, start: datetime, end: datetime
    ) -> tuple[datetime, ...]:
        return await self._engine.free_slots(calendar_id, start, end)

    async def link(self, seq: int, rid: str) -> None:
        await self._engine.link(seq, rid)

    def close(self) -> None:
        unsubscribe, self._unsubscribe = self._unsubscribe, lambda: None
        unsubscribe()
        self._listeners.clear()

    def _changed(self, status: SyncStatus) -> None:
        """On the engine's thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        status = self._engine.status()  # the newest: what came between is of no interest
        if status == self._told:
            return
        self._told = status
        for listener in tuple(self._listeners):
            listener(status)
