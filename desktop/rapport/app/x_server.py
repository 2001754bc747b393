"""The few words of the X protocol that no tool on a small machine speaks for us."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache
from typing import Final

_DEFAULT_SCREEN: Final = 0


@cache
def _xlib() -> ctypes.CDLL:
    library = ctypes.CDLL(ctypes.util.find_library("X11") or "libX11.so.6")
    pointer, xid = ctypes.c_void_p, ctypes.c_ulong
    for name, result, arguments in (
        ("XOpenDisplay", pointer, [ctypes.c_char_p]),
        ("XCloseDisplay", ctypes.c_int, [pointer]),
        ("XRootWindow", xid, [pointer, ctypes.c_int]),
        ("XInternAtom", xid, [pointer, ctypes.c_char_p, ctypes.c_int]),
        ("XGetSelectionOwner", xid, [pointer, xid]),
        ("XSetWindowBackground", ctypes.c_int, [pointer, xid, xid]),
        ("XClearWindow", ctypes.c_int, [pointer, xid]),
        ("XDisplayKeycodes", ctypes.c_int, [pointer, pointer, pointer]),
        ("XGetKeyboardMapping", pointer, [pointer, ctypes.c_ubyte, ctypes.c_int, pointer]),
        (
            "XChangeKeyboardMapping",
            ctypes.c_int,
            [pointer, *[ctypes.c_int] * 2, pointer, ctypes.c_int],
        ),
        ("XFree", ctypes.c_int, [pointer]),
        ("XSync", ctypes.c_int, [pointer, ctypes.c_int]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class XConnection:
    """A connection to the X server ``display``, for instance ``":7"``; ``OSError`` without one."""

    def __init__(self, display: str) -> None:
        self._display: int | None = _xlib().XOpenDisplay(display.encode())
        if not self._display:
            raise OSError(f"the display {display} cannot be opened")

    def close(self) -> None:
        if self._display:
            _xlib().XCloseDisplay(self._display)
            self._display = None

    def selection_owner(self, name: str) -> int:
        """The window that owns the selection ``name``, or 0.

        A window manager owns ``WM_S0``, a tray ``_NET_SYSTEM_TRAY_S0``, from when they are ready.
        """
        atom = _xlib().XInternAtom(self._display, name.encode(), False)
        return int(_xlib().XGetSelectionOwner(self._display, atom))

    def add_keys(self, characters: str) -> None:
        """Give each of these characters a key, unless it has one; ``OSError`` if no key is left.

        Several programs are slow to hear that the keyboard has changed. Characters that get their
        key before the first one is pressed, and keep it, are never mistaken for one another.
        """
        lowest, highest, width = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
        x = _xlib()
        x.XDisplayKeycodes(self._display, ctypes.byref(lowest), ctypes.byref(highest))
        count = highest.value - lowest.value + 1
        address = x.XGetKeyboardMapping(self._display, lowest.value, count, ctypes.byref(width))
        keysyms = list((ctypes.c_ulong * (count * width.value)).from_address(address))
        x.XFree(address)
        keys = [keysyms[key * width.value :][: width.value] for key in range(count)]
        spare = [lowest.value + number for number, key in enumerate(keys) if not any(key)]
        for character in dict.fromkeys(characters):
            keysym = ord(character) if ord(character) < 0x100 else 0x1000000 + ord(character)
            if keysym in keysyms:
                continue
            if not spare:
                raise OSError("the keyboard has no key left for another character")
            symbols = (ctypes.c_ulong * 2)(keysym, keysym)  # the same with Shift
            x.XChangeKeyboardMapping(self._display, spare.pop(), 2, symbols, 1)
        x.XSync(self._display, False)

    def set_background(self, rgb: int) -> None:
        """Paint the screen behind all windows in one colour, as ``0xRRGGBB``."""
        root = _xlib().XRootWindow(self._display, _DEFAULT_SCREEN)
        _xlib().XSetWindowBackground(self._display, root, rgb)
        _xlib().XClearWindow(self._display, root)
        _xlib().XSync(self._display, False)
