"""The screen as somebody in front of it sees it: which pixels changed, and when; and a hand on the
keyboard and the mouse without the detour through another program.

Damage is reported by the X server when it draws, so watching costs nothing while nothing changes.
"""

from __future__ import annotations

import ctypes
import select
import time
import zlib
from functools import cache
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

_ALL_PLANES: Final = 0xFFFFFFFF
_Z_PIXMAP: Final = 2
_DAMAGE_RAW: Final = 0
_POINTER, _INT, _ID = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong


class Area(NamedTuple):
    """In pixels from the screen's top left corner."""

    x: int
    y: int
    width: int
    height: int

    def meets(self, other: Area) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


class _Rectangle(ctypes.Structure):
    _fields_ = (
        ("x", ctypes.c_short),
        ("y", ctypes.c_short),
        ("width", ctypes.c_ushort),
        ("height", ctypes.c_ushort),
    )


class _DamageNotify(ctypes.Structure):
    _fields_ = (
        ("type", _INT),
        ("serial", _ID),
        ("send_event", _INT),
        ("display", _POINTER),
        ("drawable", _ID),
        ("damage", _ID),
        ("level", _INT),
        ("more", _INT),
        ("timestamp", _ID),
        ("area", _Rectangle),
        ("geometry", _Rectangle),
    )


class _Event(ctypes.Union):
    _fields_ = (("type", _INT), ("damage", _DamageNotify), ("room", ctypes.c_long * 24))


class _Image(ctypes.Structure):
    _fields_ = (
        ("width", _INT),
        ("height", _INT),
        ("xoffset", _INT),
        ("format", _INT),
        ("data", _POINTER),
        ("byte_order", _INT),
        ("bitmap_unit", _INT),
        ("bitmap_bit_order", _INT),
        ("bitmap_pad", _INT),
        ("depth", _INT),
        ("bytes_per_line", _INT),
        ("bits_per_pixel", _INT),
    )


class Screen:
    """A connection of its own to the X server ``display``; OSError without one. One thread's."""

    def __init__(self, display: str) -> None:
        self._x = _library(
            "libX11.so.6",
            XOpenDisplay=(_POINTER, ctypes.c_char_p),
            XCloseDisplay=(_INT, _POINTER),
            XConnectionNumber=(_INT, _POINTER),
            XDefaultRootWindow=(_ID, _POINTER),
            XGetImage=(
                ctypes.POINTER(_Image),
                *(_POINTER, _ID, _INT, _INT, ctypes.c_uint, ctypes.c_uint, _ID, _INT),
            ),
            XDestroyImage=(_INT, ctypes.POINTER(_Image)),
            XPending=(_INT, _POINTER),
            XNextEvent=(_INT, _POINTER, ctypes.POINTER(_Event)),
            XSync=(_INT, _POINTER, _INT),
            XStringToKeysym=(_ID, ctypes.c_char_p),
            XKeysymToKeycode=(ctypes.c_ubyte, _POINTER, _ID),
        )
        self._xdamage = _library(
            "libXdamage.so.1",
            XDamageQueryExtension=(_INT, _POINTER, ctypes.POINTER(_INT), ctypes.POINTER(_INT)),
            XDamageCreate=(_ID, _POINTER, _ID, _INT),
        )
        self._xtest = _library(
            "libXtst.so.6",
            XTestFakeKeyEvent=(_INT, _POINTER, ctypes.c_uint, _INT, _ID),
            XTestFakeButtonEvent=(_INT, _POINTER, ctypes.c_uint, _INT, _ID),
            XTestFakeMotionEvent=(_INT, _POINTER, _INT, _INT, _INT, _ID),
        )
        self._display: Any = self._x.XOpenDisplay(display.encode())
        if not self._display:
            raise OSError(f"the display {display} cannot be opened")
        self._root = self._x.XDefaultRootWindow(self._display)
        self._damage_type = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._x.XCloseDisplay(self._display)

    # Eyes.

    def watch(self) -> None:
        """Has the server tell from now on what is drawn anywhere on the screen."""
        first, errors = _INT(), _INT()
        if not self._xdamage.XDamageQueryExtension(
            self._display, ctypes.byref(first), ctypes.byref(errors)
        ):
            raise OSError("the X server does not tell what is drawn: it lacks DAMAGE")
        self._damage_type = first.value
        self._xdamage.XDamageCreate(self._display, self._root, _DAMAGE_RAW)
        self._x.XSync(self._display, False)

    def damages(self, timeout_s: float) -> list[tuple[float, Area]]:
        """Waits until something is drawn: when it was heard of (``time.monotonic``), and where.
        Empty after ``timeout_s``."""
        if not self._x.XPending(self._display):
            select.select([self._x.XConnectionNumber(self._display)], [], [], timeout_s)
        found = []
        event = _Event()
        while self._x.XPending(self._display):
            at = time.monotonic()
            self._x.XNextEvent(self._display, ctypes.byref(event))
            if event.type == self._damage_type:
                area = event.damage.area
                found.append((at, Area(area.x, area.y, area.width, area.height)))
        return found

    def pixels(self, area: Area) -> bytes:
        """Four bytes per pixel, row by row."""
        image = self._x.XGetImage(self._display, self._root, *area, _ALL_PLANES, _Z_PIXMAP)
        if not image:
            raise OSError(f"{area} is not on the screen")
        try:
            held = image.contents
            return ctypes.string_at(held.data, held.bytes_per_line * held.height)
        finally:
            self._x.XDestroyImage(image)

    def look(self, area: Area) -> int:
        """A number that differs when the pixels do."""
        return zlib.crc32(self.pixels(area))

    # Hands.

    def key(self, name: str, *held: str) -> None:
        """Presses and releases a key by its X name, such as ``a``, ``Down`` or ``Return``, while
        the keys ``held`` are down."""
        code, *others = [self._code(one) for one in (name, *held)]
        strokes = [(code, True), (code, False)]
        for other in others:
            strokes = [(other, True), *strokes, (other, False)]
        for key, down in strokes:
            self._xtest.XTestFakeKeyEvent(self._display, key, down, 0)
        self._x.XSync(self._display, False)

    def _code(self, name: str) -> int:
        code = int(self._x.XKeysymToKeycode(self._display, self._x.XStringToKeysym(name.encode())))
        if not code:
            raise OSError(f"the keyboard has no key {name}")
        return code

    def move(self, x: int, y: int) -> None:
        self._xtest.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self._x.XSync(self._display, False)

    def press(self, button: int = 1) -> None:
        """Presses and releases a mouse button where the mouse is; 4 and 5 turn the wheel."""
        for down in (True, False):
            self._xtest.XTestFakeButtonEvent(self._display, button, down, 0)
        self._x.XSync(self._display, False)


@cache
def _load(file: str) -> ctypes.CDLL:
    return ctypes.CDLL(file)


def _library(file: str, **functions: tuple[Any, ...]) -> ctypes.CDLL:
    """Each function's result type, then those of its arguments."""
    library = _load(file)
    for name, (result, *arguments) in functions.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
