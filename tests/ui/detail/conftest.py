"""The detail pane and the editors on a real in-memory store, under a real Qt loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, TypeVar

import pytest
import pytest_asyncio
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from qasync import QEventLoop
from ulid import ULID

from rapport.domain.records import CustomField, Id, Kind, Location, User
from rapport.domain.scopes import ALL, READ, Capabilities
from rapport.domain.settings import Account, Settings
from rapport.domain.views import ContactDetail, SyncState, SyncStatus
from rapport.services.workspace import Workspace
from rapport.store import Snapshot, Store
from rapport.ui.context import Notice, Page, WindowContext
from rapport.ui.look.theme import Mode, Motion, Theme, current_theme
from rapport.ui.panes.detail import DetailPane
from rapport.ui.runner import Failure

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
KEY = bytes(range(32))
NO_MODIFIER = Qt.KeyboardModifier(0)
W = TypeVar("W", bound=QWidget)
T = TypeVar("T")


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

    def __init__(self, state: SyncState = SyncState.IDLE) -> None:
        self.state = state
        self.opened_ids: list[Id] = []
        self._listeners: list[Callable[[SyncStatus], None]] = []

    def status(self) -> SyncStatus:
        return SyncStatus(state=self.state)

    def subscribe(self, listener: Callable[[SyncStatus], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def sync_now(self) -> None:
        pass

    def opened(self, contact_id: Id) -> None:
        self.opened_ids.append(contact_id)


USERS = (User(id="u1", name="Mara Lindqvist"), User(id="u2", name="Inês Duarte"))
FIELDS = (
    CustomField(id="f1", name="Roof area", data_type="NUMERICAL", position=1),
    CustomField(id="f2", name="Monthly bill", data_type="MONETORY", position=2),
    CustomField(id="f3", name="Grid contract ends", data_type="DATE", position=3),
    CustomField(
        id="f4",
        name="Decision stage",
        data_type="SINGLE_OPTIONS",
        options=("Comparing quotes", "Signed", "Lost"),
        position=4,
    ),
    CustomField(
        id="f5",
        name="Interests",
        data_type="MULTIPLE_OPTIONS",
        options=("Battery", "Heat pump", "Charger"),
        position=5,
    ),
    CustomField(id="f6", name="Meter number", data_type="TEXT", position=6),
    CustomField(id="f7", name="Second phone", data_type="PHONE", position=7),
    CustomField(id="f8", name="Remarks", data_type="LARGE_TEXT", position=8),
    CustomField(id="f9", name="Contract", data_type="FILE_UPLOAD", position=9),
)
ANA: dict[str, Any] = {
    "first_name": "Ana",
    "last_name": "Pérez Ølgaard",
    "email": "ana@fjordvale.pt",
    "phone": "+351912345678",
    "company": "Fjord & Vale Interiors",
    "assigned_to": "u1",
    "address": "Rua das Flores 214, 3.º",
    "city": "Porto",
    "timezone": "Europe/Lisbon",
    "source": "Referral · Solar Expo 2026",
    "tags": ["vip", "lead", "newsletter", "hot"],
    "custom": {
        "f1": 412,
        "f2": 1840,
        "f3": "2027-06-30",
        "f4": "Comparing quotes",
        "f5": ["Battery"],
        "f6": "PT 0002 0000 8431 77",
    },
}


def _note(rid: str, body: str, at: datetime, **more: Any) -> Snapshot:
    return Snapshot(
        kind=Kind.NOTE,
        rid=rid,
        contact_rid="c-ana",
        values={"body": body, "added_at": at.isoformat(), **more},
        read_at=NOW,
    )


def _task(rid: str, title: str, due: datetime, **more: Any) -> Snapshot:
    return Snapshot(
        kind=Kind.TASK,
        rid=rid,
        contact_rid="c-ana",
        values={"title": title, "due_at": due.isoformat(), "completed": False, **more},
        read_at=NOW,
    )


CHILDREN = (
    _task("t1", "Call Ana about the roof permit", NOW.replace(hour=15, minute=0)),
    _task("t2", "Send revised 38 kWp quote", NOW + timedelta(days=2), assigned_to="u1"),
    _task(
        "t3",
        "Collect 12 months of electricity bills",
        NOW - timedelta(days=1),
        completed=True,
        completed_at=(NOW - timedelta(days=1)).isoformat(),
    ),
    _note(
        "n1",
        "<p>Spoke with Ana: the condominium approved panels on the south roof. She wants the"
        " inverter in the garage, not on the façade, and a price <b>with and without</b>"
        " battery.</p>",
        NOW - timedelta(minutes=30),
        user_id="u1",
    ),
    _note(
        "n2",
        "Met at Solar Expo, hall 4. Prefers e-mail before noon; assistant is Rui.",
        NOW - timedelta(days=5),
    ),
    Snapshot(
        kind=Kind.APPOINTMENT,
        rid="a1",
        contact_rid="c-ana",
        values={
            "title": "Site visit, roof survey",
            "start_at": (NOW + timedelta(days=3)).replace(hour=9, minute=30).isoformat(),
            "end_at": (NOW + timedelta(days=3)).replace(hour=10, minute=30).isoformat(),
            "status": "confirmed",
            "address": "Rua das Flores 214, Porto",
            "assigned_to": "u2",
        },
        read_at=NOW,
    ),
)


async def answer(future: Future[T]) -> T:
    return await asyncio.wrap_future(future)


async def until(condition: Callable[[], object], what: str = "condition") -> None:
    """Turn the loop until ``condition`` holds."""
    try:
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - any condition, whoever fulfils it
                await asyncio.sleep(0.005)
    except TimeoutError:
        raise AssertionError(f"never came: {what}") from None


class Desk:
    """A window with one pane in it, and what tests do with it."""

    def __init__(self, workspace: Workspace, store: Store, sync: StillSync, theme: Theme) -> None:
        self.workspace, self.store, self.sync = workspace, store, sync
        self.context = WindowContext(theme, Settings())
        self.context.change(workspace=workspace, page=Page.CONTACTS)
        self.window = QWidget()
        self.window.resize(680, 752)
        self._row = QHBoxLayout(self.window)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.notices: list[Notice] = []
        self.failures: list[Failure] = []
        self.context.noticed.connect(self.notices.append)
        self.context.runner.failed.connect(self.failures.append)

    def put(self, pane: W) -> W:
        self._row.addWidget(pane)
        return pane

    async def show(self) -> None:
        self.window.show()
        self.window.activateWindow()
        await until(self.window.isActiveWindow, "the window is active")

    async def lid(self, kind: Kind, rid: str) -> Id:
        found = await answer(self.store.replica.lid_of(kind, rid))
        assert found is not None
        return found

    async def absorb(self, *snapshots: Snapshot) -> None:
        epoch = self.store.replica.epoch()
        await answer(self.store.replica.absorb(snapshots, epoch=epoch))

    async def people(self, **by_rid: dict[str, Any]) -> None:
        await self.absorb(
            *(
                Snapshot(kind=Kind.CONTACT, rid=rid, values=values, read_at=NOW)
                for rid, values in by_rid.items()
            )
        )

    async def read(self, contact_id: Id) -> ContactDetail:
        found = await answer(self.store.queries.detail(contact_id))
        assert found is not None
        return found

    def find(self, kind: type[W], name: str) -> W:
        found = self.window.findChild(kind, name)
        assert isinstance(found, kind), f"there is no {name}"
        return found

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        """Press a key where the keyboard is."""
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key, modifier)

    def write(self, text: str) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        for char in text:
            if char.isascii():
                QTest.keyClick(focused, char)
            else:  # QTest knows the keys of ASCII only
                none = Qt.KeyboardModifier(0)
                QApplication.sendEvent(focused, QKeyEvent(QEvent.Type.KeyPress, 0, none, char))

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    async def undo_newest(self) -> None:
        """Press Undo on the toast, once it is there."""
        await until(lambda: any(notice.undo_id for notice in self.notices), "Undo is offered")
        await self.context.undo(self.notices[-1].undo_id)

    async def close(self) -> None:
        self.window.hide()
        await self.context.runner.close()
        self.window.deleteLater()
        await asyncio.sleep(0)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were handed to the operating system, which does nothing with them."""
    found: list[str] = []

    def open_url(url: QUrl) -> bool:
        found.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return found


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(clock: FixedClock) -> Iterator[Store]:
    store = Store.open(None, KEY, clock=clock, new_id=lambda: str(ULID()))
    yield store
    store.close()


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
)


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    theme = current_theme()
    theme.set_motion(Motion.REDUCED)
    theme.apply(qapp)
    theme.set_mode(Mode.LIGHT)
    return theme


@pytest_asyncio.fixture
async def open_desk(
    theme: Theme, store: Store, clock: FixedClock
) -> AsyncIterator[Callable[..., Awaitable[Desk]]]:
    """Fills the store with Ana and what belongs to her, and opens a window on it."""
    opened: list[Desk] = []

    async def open_one(
        *, read_only: bool = False, state: SyncState = SyncState.IDLE, over: Store | None = None
    ) -> Desk:
        sync = StillSync(state)
        scopes = (READ.name,) if read_only else tuple(scope.name for scope in ALL)
        workspace = Workspace(
            ACCOUNT, over or store, sync, Capabilities.of(scopes), clock, asyncio.get_running_loop()
        )
        desk = Desk(workspace, over or store, sync, theme)
        opened.append(desk)
        await answer(
            desk.store.replica.set_reference(
                users=USERS,
                custom_fields=FIELDS,
                location=Location(id="loc", name="Lumen Solar", country="PT"),
                tags=("vip", "lead", "newsletter", "hot", "installer", "vienna"),
            )
        )
        await desk.people(**{"c-ana": ANA, "c-bob": {"first_name": "Bob", "tags": ["vienna"]}})
        await desk.absorb(*CHILDREN)
        await workspace.start()
        return desk

    yield open_one
    for desk in opened:
        await desk.close()
        desk.workspace.close()


@pytest_asyncio.fixture
async def open_ana(
    open_desk: Callable[..., Awaitable[Desk]],
) -> Callable[..., Awaitable[tuple[Desk, DetailPane, Id]]]:
    """A desk with the detail pane that shows Ana."""

    async def open_one(**options: Any) -> tuple[Desk, DetailPane, Id]:
        desk = await open_desk(**options)
        pane = desk.put(DetailPane(desk.workspace, desk.context))
        await desk.show()
        ana = await desk.lid(Kind.CONTACT, "c-ana")
        desk.context.change(contact_id=ana)
        pane.show_contact(ana)
        await until(lambda: pane.detail is not None, "Ana is shown")
        return desk, pane, ana

    return open_one


@pytest.fixture(name="until")
def _until() -> Callable[..., Awaitable[None]]:
    return until
