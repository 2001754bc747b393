"""The window on a real in-memory store, under a real Qt loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QLabel
from qasync import QEventLoop
from ulid import ULID

from rapport.domain.records import Id, Kind
from rapport.domain.scopes import ALL, Capabilities
from rapport.domain.settings import Account, Settings, ThemeMode
from rapport.domain.views import AgendaRead, SyncState, SyncStatus
from rapport.services.workspace import Workspace
from rapport.store import Snapshot, Store
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import Mode, Motion, Theme, current_theme
from rapport.ui.rooms import Rooms
from rapport.ui.window import MainWindow

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)


_LOOPS: list[QEventLoop] = []
"""A loop's own timers belong to this thread, too."""


def _qt_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or QApplication([])
    loop = QEventLoop(app)
    _LOOPS.append(loop)
    app.setQuitOnLastWindowClosed(False)
    return loop


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"qt": _qt_loop}


@pytest.fixture(autouse=True)
def _events_in_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt's events are the loop's business: pytest-qt would also turn them between a test and its
    teardown, while the loop stands still and nothing can be awaited."""
    monkeypatch.setattr("pytestqt.plugin._process_events", lambda: None)


@pytest.fixture(autouse=True)
def _garbage_on_this_thread() -> Iterator[None]:
    """As in the program: a Qt object collected on one of the store's threads would be destroyed
    there (see ``rapport.ui.collector``)."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


class FixedClock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class StillSync:
    """An engine that says what it is told to say."""

    def __init__(self) -> None:
        self._status = SyncStatus(state=SyncState.IDLE, synced_at=NOW)
        self._listeners: list[Callable[[SyncStatus], None]] = []
        self.asked = 0
        self.opened_ids: list[Id] = []
        self.agendas: list[tuple[datetime, datetime]] = []
        self.coverage = AgendaRead.WHOLE

    def status(self) -> SyncStatus:
        return self._status

    def subscribe(self, listener: Callable[[SyncStatus], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def sync_now(self) -> None:
        self.asked += 1

    def opened(self, contact_id: Id) -> None:
        self.opened_ids.append(contact_id)

    async def read_agenda(self, start: datetime, end: datetime) -> AgendaRead:
        self.agendas.append((start, end))
        return self.coverage

    async def free_slots(
        self, calendar_id: str, start: datetime, end: datetime
    ) -> tuple[datetime, ...]:
        return tuple(start + timedelta(hours=hour) for hour in (9, 11, 14))

    def say(self, **status: Any) -> None:
        self._status = SyncStatus(**status)
        for listener in tuple(self._listeners):
            listener(self._status)


class Book:
    """Fills a store as sync would, and tells the local ids."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._numbers = count()

    async def add(self, *people: dict[str, Any]) -> list[Id]:
        """Contacts by field; returns their local ids in the same order."""
        rids = [f"c{next(self._numbers):06}" for _ in people]
        snapshots = [
            Snapshot(
                kind=Kind.CONTACT,
                rid=rid,
                values={"updated_at": (NOW - timedelta(minutes=n)).isoformat(), **person},
                read_at=NOW,
            )
            for n, (rid, person) in enumerate(zip(rids, people, strict=True))
        ]
        await self.absorb(snapshots)
        return [await self.lid(Kind.CONTACT, rid) for rid in rids]

    async def crowd(self, size: int) -> None:
        """``size`` contacts named so that their names sort in the order they were made."""
        await self.add(*({"first_name": "Person", "last_name": f"{n:06}"} for n in range(size)))

    async def absorb(self, snapshots: list[Snapshot]) -> None:
        epoch = self.store.replica.epoch()
        await asyncio.wrap_future(self.store.replica.absorb(snapshots, epoch=epoch))

    async def lid(self, kind: Kind, rid: str) -> Id:
        found = self.store.replica.lid_of(kind, rid)
        id = await asyncio.wrap_future(found)
        assert id is not None
        return id

    async def rid(self, kind: Kind, id: Id) -> str:
        found = await asyncio.wrap_future(self.store.replica.rid_of(kind, id))
        assert found is not None
        return found


async def wait_until(condition: Callable[[], object]) -> None:
    """Turn the loop until ``condition`` holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what is waited for is Qt's, and has no event
            await asyncio.sleep(0.005)


async def delete_now(*things: QObject) -> None:
    """Delete on this thread and wait for it; the garbage collector may come on any thread."""
    gone: list[bool] = []
    for thing in things:
        thing.destroyed.connect(lambda: gone.append(True))
        thing.deleteLater()
    await wait_until(lambda: len(gone) == len(things))


@pytest.fixture
def dispose(qapp: QApplication) -> Callable[..., Coroutine[Any, Any, None]]:
    return delete_now


@pytest.fixture
def until() -> Callable[[Callable[[], object]], Coroutine[Any, Any, None]]:
    """``await until(lambda: …)`` turns the loop until that holds."""
    return wait_until


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(clock: FixedClock) -> Iterator[Store]:
    store = Store.open(None, bytes(range(32)), clock=clock, new_id=lambda: str(ULID()))
    yield store
    store.close()


@pytest.fixture
def book(store: Store) -> Book:
    return Book(store)


@pytest.fixture
def sync() -> StillSync:
    return StillSync()


ACCOUNT = Account(
    id="a1",
    name="Lumen Solar",
    location_id="loc",
    api_url="https://crm.example",
    authorize_url="https://crm.example/authorize",
    token_url="https://crm.example/token",
    client_id="client",
    redirect_uri="http://127.0.0.1:1/callback",
    scopes=tuple(scope.name for scope in ALL),
    place="Lisbon",
)


@pytest_asyncio.fixture
async def workspace(
    store: Store, sync: StillSync, clock: FixedClock, scopes: tuple[str, ...]
) -> AsyncIterator[Workspace]:
    workspace = Workspace(
        ACCOUNT, store, sync, Capabilities.of(scopes), clock, asyncio.get_running_loop()
    )
    await workspace.start()
    yield workspace
    workspace.close()


@pytest.fixture
def scopes() -> tuple[str, ...]:
    """All scopes; parametrise for less."""
    return tuple(scope.name for scope in ALL)


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    theme = current_theme()
    theme.set_motion(Motion.REDUCED)
    theme.apply(qapp)
    theme.set_mode(Mode.LIGHT)
    return theme


class PlainDetail(QLabel):
    """Stands where the detail goes: these tests are about the window around it."""

    def __init__(self, workspace: Workspace, context: WindowContext) -> None:
        super().__init__()
        self.shown: list[Id | None] = []

    def show_contact(self, contact_id: Id | None) -> None:
        self.shown.append(contact_id)
        self.setText(contact_id or "nobody")


class PlainToday(QLabel):
    def __init__(self, workspace: Workspace, context: WindowContext) -> None:
        super().__init__("today")
        self.tasks: list[Id] = []
        self.steps: list[int] = []

    def open_task(self, task_id: Id) -> None:
        self.tasks.append(task_id)

    def step(self, by: int) -> None:
        self.steps.append(by)


@pytest.fixture
def plain_rooms() -> Rooms:
    return Rooms(detail=PlainDetail, today=PlainToday)


@pytest_asyncio.fixture
async def open_window(
    theme: Theme, workspace: Workspace, plain_rooms: Rooms
) -> AsyncIterator[Callable[..., Any]]:
    """Opens a window on the workspace, once the book is filled, and waits for its list."""
    opened: list[MainWindow] = []

    async def open_one(settings: Settings | None = None, **options: Any) -> MainWindow:
        window = MainWindow(
            theme,
            settings or Settings(theme=ThemeMode.LIGHT),
            workspace=workspace,
            **{"rooms": plain_rooms} | options,
        )
        opened.append(window)
        window.show()
        window.activateWindow()
        assert window.pages.contacts is not None
        page = window.pages.contacts
        await wait_until(lambda: window.isActiveWindow() and page.detail is not None)
        # No rows and not loading either: the list says why it is empty.
        await wait_until(lambda: page.list.isVisible() and not page.list.waiting)
        return window

    yield open_one
    for window in opened:
        window.hide()
        await window.aclose()
    await delete_now(*opened)
