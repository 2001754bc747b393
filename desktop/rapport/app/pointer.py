"""Mouse, keyboard and eyes: a program driven as a person would drive it.

Input goes through the X server (XTEST, by way of xdotool), so it passes the window manager, focus
and every event filter on its way. What is on the screen is read over the accessibility bus, which
knows the names and places of the widgets of *every* program, other people's notification servers
included. Everything acts on the display and the session bus of this process's environment.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus

from rapport.app.x_server import XConnection

_ACCESSIBLE: Final = "org.a11y.atspi.Accessible"
_COMPONENT: Final = "org.a11y.atspi.Component"
_SCREEN_COORDINATES: Final = 0
_STATE_SHOWING: Final = 25
_POLL_S: Final = 0.05
_CALL_TIMEOUT_S: Final = 1.0

# A list of a hundred thousand contacts has as many accessible children; reading them one by one
# would take minutes and says nothing that the list's own model does not say at once.
_MOST_CHILDREN: Final = 400

# at-spi2-core 2.54 renamed the role; both names are met.
_SAME_ROLE: Final = {"push button": "button"}


class Rect(NamedTuple):
    """A rectangle on the screen, in pixels from its top left corner."""

    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


class PointerError(RuntimeError):
    """xdotool, the accessibility bus or the screen is not there."""


async def move(x: int, y: int) -> None:
    """Move the mouse to ``(x, y)`` on the screen."""
    await _xdotool("mousemove", str(x), str(y))


async def click(x: int, y: int, *, button: int = 1, times: int = 1, held: str = "") -> None:
    """Click at ``(x, y)``. ``button``: 1 is the main one, 3 opens menus, 4 and 5 turn the wheel.
    ``held`` is a key that is down meanwhile, such as "ctrl"."""
    await _xdotool(
        *("mousemove", str(x), str(y)),
        *(("keydown", held) if held else ()),
        *("click", "--repeat", str(times), "--delay", "20", str(button)),
        *(("keyup", held) if held else ()),
    )


async def drag(start: tuple[int, int], end: tuple[int, int], *, steps: int = 6) -> None:
    """Press the main button at one place, move in steps, and let go at another."""
    await _xdotool("mousemove", str(start[0]), str(start[1]), "mousedown", "1")
    for step in range(1, steps + 1):
        x, y = (round(a + (b - a) * step / steps) for a, b in zip(start, end, strict=True))
        await _xdotool("mousemove", str(x), str(y), "sleep", "0.02")
    await _xdotool("mouseup", "1")


async def type_text(text: str) -> None:
    """Type ``text``, in any script, into whatever has the keyboard focus."""
    with closing(XConnection(os.environ.get("DISPLAY", ""))) as display:
        display.add_keys("".join(filter(str.isprintable, text)))
    await _xdotool("type", "--clearmodifiers", "--delay", "12", "--", text)


async def key(*combinations: str) -> None:
    """Press keys by their X names, in turn: ``key("ctrl+k")``, ``key("Down", "Return")``."""
    await _xdotool("key", "--clearmodifiers", "--delay", "12", "--", *combinations)


def screenshot(path: Path) -> None:
    """Save the whole screen, windows of other programs included, as a PNG.

    Needs the ``QGuiApplication`` of this process, and is to be called on its thread.
    """
    from PySide6.QtGui import QGuiApplication

    screen = QGuiApplication.primaryScreen() if QGuiApplication.instance() else None
    if screen is None:
        raise PointerError("a screenshot needs a running QGuiApplication")
    path.parent.mkdir(parents=True, exist_ok=True)
    if not screen.grabWindow(0).save(str(path), "PNG"):
        raise PointerError(f"the screenshot {path} cannot be written")


async def find_accessible(
    name: str, role: str, app: str | None = None, *, timeout_s: float = 10.0
) -> Rect:
    """Wait for a widget that is showing, and return where.

    ``name`` is its accessible name (of a button: its text), ``role`` its AT-SPI role as in
    ``"push button"``, ``"text"``, ``"table cell"``, ``app`` the program's accessible name, or
    ``None`` for any program on the desktop. ``LookupError`` after ``timeout_s`` names what of that
    role was seen instead. Containers with more than 400 children are not searched.
    """
    seen: set[str] = set()
    deadline = asyncio.get_running_loop().time() + timeout_s
    async with _accessibility_bus() as bus:
        while True:
            seen.clear()
            async for found, rect in _showing(bus, role, app):
                if found == name:
                    return rect
                seen.add(found)
            if asyncio.get_running_loop().time() > deadline:
                others = ", ".join(sorted(map(repr, seen))) or "none"
                where = f" in {app}" if app else ""
                raise LookupError(f"no {role} {name!r} is showing{where}; those that are: {others}")
            await asyncio.sleep(_POLL_S)


@asynccontextmanager
async def _accessibility_bus() -> AsyncIterator[MessageBus]:
    session = await MessageBus(bus_type=BusType.SESSION).connect()
    try:
        address = await _call(session, ("org.a11y.Bus", "/org/a11y/bus"), "org.a11y.Bus.GetAddress")
    finally:
        await _close(session)
    if address is None:
        raise PointerError("the accessibility bus is not running")
    bus = await MessageBus(address).connect()
    try:
        yield bus
    finally:
        await _close(bus)


async def _close(bus: MessageBus) -> None:
    bus.disconnect()
    # The socket is closed once the loop has seen its end, not before.
    await bus.wait_for_disconnect()


Node = tuple[str, str]
"""The unique bus name of a program, the object path of a widget."""


async def _showing(bus: MessageBus, role: str, app: str | None) -> AsyncIterator[tuple[str, Rect]]:
    """Name and place of every widget of this role that is showing, level by level."""
    root = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
    level = await _children(bus, root)
    if app is not None:
        names = await asyncio.gather(*(_name(bus, node) for node in level))
        level = [node for node, name in zip(level, names, strict=True) if name == app]
    windows = await asyncio.gather(*(_children(bus, node) for node in level))
    level = [window for group in windows for window in group]
    while level:
        shown = await asyncio.gather(*(_is_showing(bus, node) for node in level))
        level = [node for node, is_shown in zip(level, shown, strict=True) if is_shown]
        roles = await asyncio.gather(*(_role(bus, node) for node in level))
        for node, its_role in zip(level, roles, strict=True):
            if its_role == _SAME_ROLE.get(role, role):
                extents = await _call(
                    bus, node, f"{_COMPONENT}.GetExtents", "u", [_SCREEN_COORDINATES]
                )
                if extents is not None and extents[2] > 0 and extents[3] > 0:
                    yield await _name(bus, node), Rect(*extents)
        groups = await asyncio.gather(*(_children(bus, node) for node in level))
        level = [child for group in groups for child in group]


async def _children(bus: MessageBus, node: Node) -> list[Node]:
    count = await _property(bus, node, "ChildCount")
    if not count or count > _MOST_CHILDREN:
        return []
    children = await _call(bus, node, f"{_ACCESSIBLE}.GetChildren")
    return [(program, path) for program, path in children or []]


async def _is_showing(bus: MessageBus, node: Node) -> bool:
    states = await _call(bus, node, f"{_ACCESSIBLE}.GetState")
    return bool(states and states[0] >> _STATE_SHOWING & 1)


async def _role(bus: MessageBus, node: Node) -> str:
    role = await _call(bus, node, f"{_ACCESSIBLE}.GetRoleName") or ""
    return _SAME_ROLE.get(role, role)


async def _name(bus: MessageBus, node: Node) -> str:
    return str(await _property(bus, node, "Name") or "")


async def _property(bus: MessageBus, node: Node, name: str) -> Any:
    value = await _call(bus, node, "org.freedesktop.DBus.Properties.Get", "ss", [_ACCESSIBLE, name])
    return None if value is None else value.value


async def _call(
    bus: MessageBus,
    node: Node,
    method: str,
    signature: str = "",
    body: list[Any] | None = None,
) -> Any:
    """The first value of the reply, or ``None``: widgets go away while they are being read."""
    interface, _, member = method.rpartition(".")
    message = Message(
        destination=node[0],
        path=node[1],
        interface=interface,
        member=member,
        signature=signature,
        body=body or [],
    )
    try:
        reply = await asyncio.wait_for(bus.call(message), _CALL_TIMEOUT_S)
    except TimeoutError:
        return None
    if reply is None or reply.message_type is MessageType.ERROR or not reply.body:
        return None
    return reply.body[0]


async def _xdotool(*arguments: str) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["xdotool", *arguments], capture_output=True, text=True, check=False, timeout=60
        )

    if not os.environ.get("DISPLAY"):
        raise PointerError("there is no display to click on: DISPLAY is not set")
    try:
        # A thread, not an asyncio subprocess: it works under every event loop.
        done = await asyncio.to_thread(run)
    except FileNotFoundError:
        raise PointerError("xdotool is missing: install the Debian package xdotool") from None
    if done.returncode:
        raise PointerError(f"xdotool {arguments[0]} failed: {done.stderr.strip()}")
