"""Qt and asyncio on one loop."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

T = TypeVar("T")

SWITCH_S = 0.0005


def qt_application() -> QApplication | None:
    """The process's QApplication, made on first use; None where there is no display."""
    from rapport.app.start import has_display

    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if not has_display():
        return None
    # A desktop at 125 % is drawn at 125 %, not at the next whole number: Qt's default, said aloud.
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Rapport")
    app.setApplicationDisplayName("Rapport")
    app.setDesktopFileName("rapport")
    # The tray outlives the window, and qasync ends its own loop.
    app.setQuitOnLastWindowClosed(False)
    return app


def run_loop(app: QApplication, work: Coroutine[Any, Any, T]) -> T:
    """Runs ``work`` on Qt's loop until it is done."""
    import qasync

    # The window asks for the interpreter every few milliseconds while sync and search compute; it
    # is not to wait the usual five each time.
    sys.setswitchinterval(SWITCH_S)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        result: T = loop.run_until_complete(work)
        return result


def on_signals(stop: Callable[[], None]) -> None:
    """Calls ``stop`` on this loop at SIGTERM and Ctrl+C: an orderly end, as by the menu."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))
