"""Garbage is collected on the window's thread only.

Python's collector runs on whichever thread happens to allocate. Would it find a Qt object on the
store's or the engine's thread, Qt would destroy it there: timers stay armed, and the next event for
the object ends the process.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1500
_THRESHOLDS = (1500, 10, 10)


class Collector(QObject):
    """Takes the collector over for as long as it lives; make it once, on the window's thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        # Modules and the look stay: a full collection need not walk them again. The little garbage
        # among them is not worth the 40 ms before the first frame that it takes to find it.
        gc.freeze()
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def stop(self) -> None:
        """Give the collector back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        young, middle, old = gc.get_count()
        if young < _THRESHOLDS[0]:
            return
        if middle < _THRESHOLDS[1]:
            gc.collect(0)
        elif old < _THRESHOLDS[2]:
            gc.collect(1)
        else:
            gc.collect(2)
