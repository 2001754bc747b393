"""Notifications drawn by the desktop itself, with buttons, through desktop-notifier.

Linux uses org.freedesktop.Notifications, Windows WinRT, macOS UNUserNotificationCenter (a signed
bundle only). The library is imported at the first notification, not at start-up.
"""

from __future__ import annotations

import asyncio
import html
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.domain.errors import RapportError

if TYPE_CHECKING:
    from desktop_notifier import DesktopNotifier

Handler = Callable[[str, str], Awaitable[None]]

CAPABILITY_LIMIT_S = 5.0
"""A notification service that hangs must not hang us."""

log = logging.getLogger(__name__)


class DesktopNotifications:
    """Implements ``domain.ports.Notifier``. Lives on the window's loop, which delivers clicks."""

    def __init__(self, icon: Path | None = None) -> None:
        self._icon = icon
        self._notifier: DesktopNotifier | None = None
        self._handler: Handler | None = None
        self._buttons: dict[str, frozenset[str]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def on_action(self, handler: Handler) -> None:
        self._handler = handler

    async def show(
        self, id: str, title: str, body: str, buttons: Sequence[tuple[str, str]] = ()
    ) -> None:
        from desktop_notifier import Button, Notification

        notifier = self._connect()
        if id in self._buttons:
            await self.withdraw(id)
        self._buttons[id] = frozenset(identifier for identifier, _ in buttons)
        try:
            await asyncio.wait_for(
                notifier.send_notification(
                    Notification(
                        title=title,
                        # The desktop reads the body as markup (freedesktop specification).
                        message=html.escape(body, quote=False) if sys.platform == "linux" else body,
                        buttons=tuple(
                            Button(title=label, identifier=key) for key, label in buttons
                        ),
                        identifier=id,
                        timeout=-1,
                    )
                ),
                CAPABILITY_LIMIT_S,
            )
        except Exception as error:
            # desktop-notifier raises what its backend raises: D-Bus, WinRT and Cocoa errors alike.
            raise RapportError(
                "The desktop shows no notifications.",
                "No notification service answered. Reminders are kept and shown in the window.",
                details=type(error).__name__,
                retry=True,
            ) from error

    async def withdraw(self, id: str) -> None:
        self._buttons.pop(id, None)
        if self._notifier is None:
            return
        if id not in await self._notifier.get_current_notifications():
            return
        try:
            await asyncio.wait_for(self._notifier.clear(id), CAPABILITY_LIMIT_S)
        except (TimeoutError, KeyError):
            log.info("a notification could not be withdrawn")

    async def capabilities(self) -> frozenset[str]:
        """Of {"actions", "body", "click", "sound"}; empty when no service answers."""
        from desktop_notifier import Capability

        words = {
            Capability.BUTTONS: "actions",
            Capability.MESSAGE: "body",
            Capability.ON_CLICKED: "click",
            Capability.SOUND: "sound",
        }
        try:
            held = await asyncio.wait_for(self._connect().get_capabilities(), CAPABILITY_LIMIT_S)
        except Exception:  # as in show(): each backend has errors of its own
            return frozenset()
        return frozenset(word for capability, word in words.items() if capability in held)

    async def close(self) -> None:
        """Withdraws what is shown, since nobody would answer its buttons any more."""
        for id in list(self._buttons):
            await self.withdraw(id)
        for task in self._tasks:
            task.cancel()
        bus = getattr(getattr(self._notifier, "_backend", None), "bus", None)
        if bus is not None:
            bus.disconnect()
            await bus.wait_for_disconnect()  # the socket is closed only then
        self._notifier = None

    def _connect(self) -> DesktopNotifier:
        if self._notifier is None:
            from desktop_notifier import DesktopNotifier, Icon

            icon = Icon(path=self._icon) if self._icon else None
            self._notifier = DesktopNotifier(app_name="Rapport", app_icon=icon)
            self._notifier.on_button_pressed = self._pressed
            self._notifier.on_clicked = lambda id: self._pressed(id, "")
        return self._notifier

    def _pressed(self, id: str, button: str) -> None:
        issued = self._buttons.pop(id, None)
        # Other programs' notifications share the bus: only identifiers we issued count.
        if issued is None or (button and button not in issued) or self._handler is None:
            return
        task = asyncio.get_running_loop().create_task(self._answer(id, button))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, id: str, button: str) -> None:
        assert self._handler is not None
        try:
            await self._handler(id, button)
        except RapportError as error:
            log.warning("a notification button failed: %s", type(error).__name__)
            await self.show(id, error.title, error.message)
