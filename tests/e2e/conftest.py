"""The whole program on a real desktop, with a sandbox in a thread of its own."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import psutil
import pytest
import pytest_asyncio
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from rapport.app import pointer
from rapport.app.application import Application
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.secrets import Secrets
from rapport.app.session import Session
from rapport.app.tour.driver import Driver
from rapport.domain.settings import Settings
from rapport.domain.views import SyncState
from rapport.host.paths import Paths
from rapport.sandbox.server import SandboxThread
from rapport.ui.look.theme import current_theme

_LOOPS: list[QEventLoop] = []
"""A loop's own timers belong to this thread, too."""


def _qt_loop() -> asyncio.AbstractEventLoop:
    app = QApplication.instance() or QApplication([])
    app.setQuitOnLastWindowClosed(False)
    _LOOPS.append(QEventLoop(app))
    return _LOOPS[-1]


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The window's loop for tests with the program in this process, asyncio's own for others."""
    inside = {"program", "make_program"} & set(getattr(item, "fixturenames", ()))
    return {"qt": _qt_loop} if inside else {"own": asyncio.new_event_loop}


@pytest.fixture(autouse=True)
def _events_in_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt's events are the loop's business: pytest-qt would also turn them between a test and its
    teardown, while the loop stands still and nothing can be awaited."""
    monkeypatch.setattr("pytestqt.plugin._process_events", lambda: None)


@pytest.fixture(autouse=True)
def _garbage_on_this_thread() -> Iterator[None]:
    """See ``rapport.ui.collector``."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


class Served:
    """``SandboxSource``: the sandbox of the test."""

    def __init__(self, sandbox: SandboxThread) -> None:
        self._sandbox = sandbox
        self.control_token = sandbox.info()["control_token"]

    async def start(self) -> dict[str, Any]:
        return self._sandbox.info()

    async def stop(self) -> None:
        pass

    async def reset(self) -> None:
        """Its state is the test's."""

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.control_token}"}
        url = f"{self._sandbox.info()['base_url']}/_sandbox/{path}"
        async with httpx2.AsyncClient(trust_env=False) as http:
            reply = await http.request(method, url, json=body, headers=headers)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def status_for(self, token: str) -> int:
        """What the API says to this token."""
        info = self._sandbox.info()
        async with httpx2.AsyncClient(trust_env=False) as http:
            reply = await http.get(
                f"{info['base_url']}/contacts/{info['examples']['contact']}",
                headers={"Authorization": f"Bearer {token}", "Version": "2021-07-28"},
            )
        return reply.status_code


@pytest.fixture
def served(sandbox: SandboxThread) -> Served:
    return Served(sandbox)


class Program:
    """One Rapport in this process, driven with real input."""

    def __init__(self, profile: Path, served: Served) -> None:
        self.paths = Paths.of(profile)
        self.served = served
        self.do = Driver()
        self.closed = False
        file = ConfigFile(self.paths.settings_file)
        settings = Settings(window=(1200, 800), close_to_tray_told=True)
        file.save(msgspec.structs.replace(file.load(), settings=settings))
        self.secrets = Secrets.of(self.paths)
        self.app = Application(
            self.paths,
            file.load(),
            theme=current_theme(),
            secrets=self.secrets,
            sandbox=served,
            clock=SystemClock(),
        )

    @property
    def session(self) -> Session:
        assert self.app.session is not None
        return self.app.session

    async def sign_in(self) -> None:
        """Consent by a click, then the first sync to its end."""
        await self.do.click("choose-sandbox")
        await press("Allow")
        await self.do.until(lambda: self.app.session is not None, "the account to open")
        await self.do.until(
            lambda: self.session.workspace.sync.status().state is SyncState.IDLE,
            "the first sync to end",
            limit_s=40,
        )

    async def close(self) -> None:
        self.closed = True
        await self.app.close()
        self.secrets.close()
        gone: list[bool] = []
        self.app.window.destroyed.connect(lambda: gone.append(True))
        self.app.window.deleteLater()
        await self.do.until(lambda: gone, "the window to go")


@pytest_asyncio.fixture
async def program(qapp: QApplication, tmp_path: Path, served: Served) -> AsyncIterator[Program]:
    current_theme().apply(qapp)
    program = Program(tmp_path / "profile", served)
    first_picture: list[bool] = []
    program.app.window.painted.connect(lambda: first_picture.append(True))
    try:
        await program.app.start()
        # What follows the first picture begins in the loop, not between two runs of it.
        await program.do.until(lambda: first_picture, "the first picture")
        yield program
    finally:
        await program.close()


async def press(name: str) -> None:
    """Presses a button of any program, once it stands still."""
    before, where = None, await pointer.find_accessible(name, "push button", timeout_s=30)
    while before != where:
        await asyncio.sleep(0.1)
        before, where = where, await pointer.find_accessible(name, "push button")
    await pointer.click(*where.center)


@pytest.fixture
def pressed() -> Callable[[str], Awaitable[None]]:
    return press


class Started:
    """``rapport …`` as a process, with what it prints."""

    def __init__(self, *arguments: str, environment: Mapping[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rapport.app", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(environment or os.environ),
        )
        self.family: set[psutil.Process] = set()

    def look(self) -> set[psutil.Process]:
        """All processes it has started so far."""
        self.family |= set(psutil.Process(self.process.pid).children(recursive=True))
        return self.family

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def ended(self, limit_s: float = 15.0) -> tuple[int, str, str]:
        output, errors = await asyncio.to_thread(self.process.communicate, timeout=limit_s)
        return self.process.returncode, output, errors


@pytest.fixture
def start() -> Iterator[Callable[..., Started]]:
    """Starts ``rapport`` with these arguments; what still runs afterwards is ended."""
    started: list[Started] = []

    def make(*arguments: str, environment: Mapping[str, str] | None = None) -> Started:
        started.append(Started(*arguments, environment=environment))
        return started[-1]

    yield make
    for one in started:
        if one.process.poll() is None:
            one.look()
            one.process.kill()
            one.process.communicate()
        for child in one.family:
            if runs(child):
                child.kill()


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def still_runs() -> Callable[[psutil.Process], bool]:
    return runs


@pytest.fixture
def until() -> Callable[..., Awaitable[Any]]:
    """``await until(condition, "what")``."""
    return Driver().until


@pytest_asyncio.fixture
async def make_program(qapp: QApplication, tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """``await make_program(sandbox)``: the program with a sandbox of the test's choice; once it has
    been closed, the same call starts it again with the same profile."""
    made: list[Program] = []

    async def make(sandbox: Any) -> Program:
        current_theme().apply(qapp)
        made.append(Program(tmp_path / "profile", sandbox))
        await made[-1].app.start()
        return made[-1]

    yield make
    for program in made:
        if not program.closed:
            await program.close()
