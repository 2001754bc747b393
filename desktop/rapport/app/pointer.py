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
from contextlib import closing
from pathlib import Path
from typing import Final

from rapport.app.accessibility import Rect, accessibility_bus, showing
from rapport.app.x_server import XConnection

_POLL_S: Final = 0.05


class PointerError(RuntimeError):
    """xdotool or the screen is not there."""


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
    async with accessibility_bus() as bus:
        while True:
            seen.clear()
            async for found in showing(bus, role, app):
                if found.name == name:
                    return found.rect
                seen.add(found.name)
            if asyncio.get_running_loop().time() > deadline:
                others = ", ".join(sorted(map(repr, seen))) or "none"
                where = f" in {app}" if app else ""
                raise LookupError(f"no {role} {name!r} is showing{where}; those that are: {others}")
            await asyncio.sleep(_POLL_S)


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
