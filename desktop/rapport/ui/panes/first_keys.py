"""A pane whose letters mean something before they mean the window's shortcuts."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget


class TakesKeys(Protocol):
    def takes(self, event: QKeyEvent) -> bool:
        """Whether the key means something here."""
        ...

    def press(self, event: QKeyEvent) -> None: ...


class FirstKeys(QWidget):
    """``entry`` hears its keys first, wherever in the pane the keyboard is."""

    entry: TakesKeys

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.entry.takes(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.entry.takes(event):
            self.entry.press(event)
            return
        super().keyPressEvent(event)
