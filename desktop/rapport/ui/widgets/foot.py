"""The bar below a page that holds what ends the work there: toasts stand above it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QRect
from PySide6.QtWidgets import QWidget

FOOT_MOVED = QEvent.Type(QEvent.registerEventType())
"""Sent to a window when one of its feet comes, goes or has another place."""
_MOVES = frozenset(
    (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move, QEvent.Type.Resize),
)


class Foot(QWidget):
    """Nothing that comes and goes by itself may lie over it."""

    def event(self, event: QEvent) -> bool:
        if event.type() in _MOVES:
            QCoreApplication.postEvent(self.window(), QEvent(FOOT_MOVED))
        return super().event(event)

    @property
    def seen(self) -> QRect:
        """What of it is in sight, in coordinates of the window; empty where nothing is."""
        corner = self.mapTo(self.window(), self.rect().topLeft())
        return self.visibleRegion().boundingRect().translated(corner)


def feet_of(window: QWidget) -> list[QRect]:
    """The feet in sight, in coordinates of the window."""
    seen = [foot.seen for foot in window.findChildren(Foot) if foot.isVisible()]
    return [area for area in seen if not area.isEmpty()]
