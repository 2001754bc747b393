"""The program itself with a stop-watch in it: consent, the first sync, a second account.

A process of its own. Takes the sandbox's description on standard input and the folder of an empty
profile as argument; its last line on standard output holds the samples by name.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer

from rapport.app import pointer
from rapport.app.application import Application
from rapport.app.bench.outside import AT_REST_S, pss_mb
from rapport.app.bench.switching import switching
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.logs import start_log
from rapport.app.qt import qt_application, run_loop
from rapport.app.secrets import Secrets
from rapport.domain.views import SyncState
from rapport.host.paths import Paths
from rapport.ui.look.theme import current_theme

BEAT_MS = 2
CONSENT_S = 60.0
SYNC_S = 500.0


class Heartbeat(QObject):
    """How long the window's loop was busy at most between two beats of a timer."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self.longest_ms = 0.0

    def start(self) -> None:
        self._last = time.perf_counter()
        self.longest_ms = 0.0
        self._timer.start()

    def stop(self) -> None:
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest_ms = max(self.longest_ms, (now - self._last) * 1000)
        self._last = now


class GivenSandbox:
    """A sandbox that somebody else has started and will stop."""

    def __init__(self, info: dict[str, Any]) -> None:
        self._info = info

    async def start(self) -> dict[str, Any]:
        return self._info

    async def stop(self) -> None:
        return

    async def reset(self) -> None:
        return


async def first_sync(application: Application) -> dict[str, list[float]]:
    await application.start()
    application.explore_sandbox()
    allow = await pointer.find_accessible("Allow", "push button", timeout_s=CONSENT_S)
    await pointer.click(*allow.center)
    allowed = time.perf_counter()
    await until(lambda: application.session is not None, "consent to end", CONSENT_S)
    assert application.session is not None
    workspace = application.session.workspace
    began = time.perf_counter()
    heartbeat = Heartbeat()
    heartbeat.start()
    await until(lambda: _rows(application) > 0, "the first page", SYNC_S)
    first_page_ms = (time.perf_counter() - allowed) * 1000
    await until(lambda: workspace.sync.status().progress is not None, "its progress", SYNC_S)
    await until(lambda: workspace.sync.status().progress is None, "all contacts", SYNC_S)
    seconds = time.perf_counter() - began
    await until(lambda: workspace.sync.status().state is SyncState.IDLE, "the sync to end", SYNC_S)
    heartbeat.stop()
    contacts = (await workspace.queries.coverage()).contacts
    await asyncio.sleep(AT_REST_S)
    return {
        "first_page_ms": [first_page_ms],
        "sync_contacts_per_s": [contacts / seconds],
        "ui_stall_ms_max": [heartbeat.longest_ms],
        "pss_mb": [pss_mb(os.getpid())],
    }


def _rows(application: Application) -> int:
    page = application.window.pages.contacts
    return page.list.model.rowCount() if page is not None else 0


async def until(condition: Callable[[], bool], what: str, limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {limit_s:g} s for {what}")
        await asyncio.sleep(0.02)


def main() -> int:
    info = json.load(sys.stdin)
    qt = qt_application()
    if qt is None:
        print("There is no display.", file=sys.stderr)
        return 1
    theme = current_theme()
    theme.apply(qt)
    paths = Paths.of(Path(sys.argv[1]))
    start_log(paths.logs)

    async def run() -> dict[str, list[float]]:
        application = Application(
            paths,
            ConfigFile(paths.settings_file).load(),
            theme=theme,
            secrets=Secrets.of(paths),
            sandbox=GivenSandbox(info),
            clock=SystemClock(),
        )
        try:
            return {**await first_sync(application), **await switching(application)}
        finally:
            await application.close()

    print(json.dumps(run_loop(qt, run())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
