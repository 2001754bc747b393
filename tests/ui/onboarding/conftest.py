"""The welcome page with a gateway that does what a test tells it to."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication, QWidget
from qasync import QEventLoop

from rapport.domain.ports import SignInObserver
from rapport.domain.settings import Account, ConnectRequest, TokenRequest
from rapport.ui.look.theme import Mode, current_theme
from rapport.ui.onboarding import WelcomePage
from rapport.ui.runner import Runner

_LOOPS: list[QEventLoop] = []
"""A loop's own timers belong to this thread, too."""

ACCOUNT = Account(
    id="a1",
    name="Lumen Solar",
    location_id="loc",
    api_url="https://crm.example",
    authorize_url="https://crm.example/authorize",
    token_url="https://crm.example/token",
    client_id="client-7",
    redirect_uri="http://127.0.0.1:47311/callback",
    scopes=("contacts.readonly",),
)


def _qt_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or QApplication([])
    app.setQuitOnLastWindowClosed(False)
    _LOOPS.append(QEventLoop(app))
    return _LOOPS[-1]


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"qt": _qt_loop}


@pytest.fixture(autouse=True)
def _events_in_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytestqt.plugin._process_events", lambda: None)


@pytest.fixture(autouse=True)
def _garbage_on_this_thread() -> Iterator[None]:
    gc.disable()
    yield
    gc.collect()
    gc.enable()


class Gateway:
    """``AuthGateway``: each sign-in waits for the test to end it."""

    def __init__(self) -> None:
        self.asked: list[object] = []
        self.endings: list[asyncio.Future[Account]] = []
        self.observer: SignInObserver | None = None

    async def _wait(self, request: object, observer: SignInObserver) -> Account:
        self.asked.append(request)
        self.observer = observer
        ending: asyncio.Future[Account] = asyncio.get_running_loop().create_future()
        self.endings.append(ending)
        return await ending

    async def explore_sandbox(self, observer: SignInObserver) -> Account:
        return await self._wait("sandbox", observer)

    async def connect(self, request: ConnectRequest, observer: SignInObserver) -> Account:
        return await self._wait(request, observer)

    async def reconnect(self, account: Account, observer: SignInObserver) -> Account:
        return await self._wait(account, observer)

    async def use_token(self, request: TokenRequest, observer: SignInObserver) -> Account:
        return await self._wait(request, observer)


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def account() -> Account:
    return ACCOUNT


@pytest_asyncio.fixture
async def page(qapp: QApplication, gateway: Gateway) -> AsyncIterator[WelcomePage]:
    theme = current_theme()
    theme.apply(qapp)
    theme.set_mode(Mode.LIGHT)
    runner = Runner()
    page = WelcomePage(gateway, runner, theme)
    page.resize(900, 900)
    page.show()
    page.activateWindow()
    await wait(page.isActiveWindow)
    yield page
    await runner.close()
    gone: list[bool] = []
    page.destroyed.connect(lambda: gone.append(True))
    page.deleteLater()
    await wait(lambda: gone)


async def wait(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what is waited for is Qt's, and has no event
            await asyncio.sleep(0.005)


@pytest.fixture
def until() -> Callable[..., Any]:
    return wait


@pytest.fixture
def see(page: WelcomePage) -> Callable[..., Any]:
    """A shown widget of the page by its object name, or None."""

    def find(name: str, kind: type[QWidget] = QWidget) -> QWidget | None:
        return next((one for one in page.findChildren(kind, name) if one.isVisible()), None)

    return find
