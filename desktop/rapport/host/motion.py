"""Whether the desktop wants things to move; Qt tells it only from 6.12 on.

On Linux the settings portal knows, and says when it changes. On Windows it is one call; on macOS a
preference that is read once.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbus_fast.aio import MessageBus

PORTAL = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.portal.Settings"
REDUCED = ("org.freedesktop.appearance", "reduced-motion")
"""1 where motion is to be reduced."""
ANIMATIONS = ("org.gnome.desktop.interface", "enable-animations")
"""False where nothing is to move; what older desktops know."""
_LIMIT_S = 3.0
_ANIMATION_ASKED = 0x1042
"""SPI_GETCLIENTAREAANIMATION of Windows."""

log = logging.getLogger(__name__)


class DesktopMotion:
    """Lives on the window's loop. ``changed`` is called with whether motion is to be reduced: once
    that is known, and whenever it changes. A silent desktop leaves things as they are."""

    def __init__(self, changed: Callable[[bool], None]) -> None:
        self._changed = changed
        self._bus: MessageBus | None = None
        self._asking: asyncio.Task[None] | None = None

    def start(self) -> asyncio.Task[None]:
        """Asks; what is returned ends when the desktop has answered."""
        self._asking = asyncio.get_running_loop().create_task(self._start())
        return self._asking

    async def _start(self) -> None:
        try:
            reduced = await asyncio.wait_for(self._ask(), _LIMIT_S)
        except Exception as error:  # each platform fails in ways of its own, none of them ours
            log.info("the desktop does not say whether things may move: %s", type(error).__name__)
            return
        if reduced is not None:
            self._changed(reduced)

    async def close(self) -> None:
        if self._asking is not None:
            # Called off on its way, a connection would leave its socket behind.
            await self._asking
        bus, self._bus = self._bus, None
        if bus is not None:
            bus.disconnect()
            await bus.wait_for_disconnect()  # the socket is closed only then

    async def _ask(self) -> bool | None:
        if sys.platform == "win32":
            return await asyncio.to_thread(_on_windows)
        if sys.platform == "darwin":
            return await _on_macos()
        return await self._of_portal()

    async def _of_portal(self) -> bool | None:
        from dbus_fast import Message, MessageType
        from dbus_fast.aio import MessageBus

        bus = self._bus = await MessageBus().connect()
        rule = f"type='signal',sender='{PORTAL}',interface='{INTERFACE}',member='SettingChanged'"
        await bus.call(
            Message(
                destination="org.freedesktop.DBus",
                path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus",
                member="AddMatch",
                signature="s",
                body=[rule],
            )
        )
        bus.add_message_handler(self._heard)
        for namespace, key in (REDUCED, ANIMATIONS):
            reply = await bus.call(
                Message(
                    destination=PORTAL,
                    path=PATH,
                    interface=INTERFACE,
                    member="Read",
                    signature="ss",
                    body=[namespace, key],
                )
            )
            if reply is not None and reply.message_type is MessageType.METHOD_RETURN:
                return _meant((namespace, key), reply.body[0])
        return None

    def _heard(self, message: Any) -> None:
        if message.interface != INTERFACE or message.member != "SettingChanged":
            return
        namespace, key, value = message.body
        if (namespace, key) in (REDUCED, ANIMATIONS):
            self._changed(_meant((namespace, key), value))


def _meant(name: tuple[str, str], value: Any) -> bool:
    while hasattr(value, "value"):  # the portal's Read wraps a variant in a variant
        value = value.value
    return bool(value) if name == REDUCED else not value


def _on_windows() -> bool:
    import ctypes

    moves = ctypes.c_int(1)
    user32 = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]
    user32.SystemParametersInfoW(_ANIMATION_ASKED, 0, ctypes.byref(moves), 0)
    return not moves.value


async def _on_macos() -> bool:
    child = await asyncio.create_subprocess_exec(
        "defaults",
        "read",
        "com.apple.universalaccess",
        "reduceMotion",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said, _ = await child.communicate()
    return said.strip() == b"1"
