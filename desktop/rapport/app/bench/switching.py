"""From the key of another account to its list on the screen, in a program that has synced one."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from rapport.app import pointer
from rapport.app.application import Application
from rapport.domain.views import SyncState

CONSENT_S = 60.0
SWITCH_S = 10.0
SWITCHES = 40
REST_S = 0.4
"""Between two keys: the parts of a page that nobody waits for come after its first picture."""


class NextPaint(QObject):
    """Set when a widget is painted once more."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._painted = asyncio.Event()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # Painting happens before the loop turns again.
            asyncio.get_running_loop().call_soon(self._painted.set)
        return False

    async def wait(self) -> None:
        await self._painted.wait()


async def switching(application: Application) -> dict[str, list[float]]:
    """Signs in to a second location, and goes back and forth with real keys."""
    application.window.context.actions.trigger("account.add")
    explore = await pointer.find_accessible("Explore the sandbox", "push button")
    await pointer.click(*explore.center)
    allow = await pointer.find_accessible("Allow", "push button", timeout_s=CONSENT_S)
    # From Allow back over Deny to the locations, and to the second of them.
    await pointer.key("shift+Tab", "shift+Tab", "Down")
    await pointer.click(*allow.center)
    deadline = time.monotonic() + CONSENT_S
    while not _two_are_synced(application):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {CONSENT_S:g} s for a second account")
        await asyncio.sleep(0.05)
    samples = []
    for number in range(SWITCHES):
        await asyncio.sleep(REST_S)
        samples.append(await _switch(application, number % 2))
    return {"switch_account_ms_p95": samples}


def _two_are_synced(application: Application) -> bool:
    states = [one.workspace.sync.status().state for one in application.accounts.sessions()]
    return states == [SyncState.IDLE] * 2


async def _switch(application: Application, place: int) -> float:
    account, context = application.config.accounts[place], application.window.context
    shown = asyncio.Event()

    def look() -> None:
        workspace = context.situation.workspace
        if workspace is not None and workspace.account.id == account.id:
            shown.set()

    async with asyncio.timeout(SWITCH_S):
        began = time.perf_counter()
        pressing = asyncio.create_task(pointer.key(f"ctrl+{place + 1}"))
        looking = context.situation_changed.connect(look)
        await shown.wait()
        context.situation_changed.disconnect(looking)
        page = application.window.pages.contacts
        assert page is not None
        await application.window.rows_read()
        await NextPaint(page.list.view.viewport()).wait()
        ended = time.perf_counter()
        await pressing
    return (ended - began) * 1000
