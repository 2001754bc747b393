"""A list whose rows run on below its scroll bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QListView, QWidget


class OverlaidList(QListView):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self._overlay_scroll_bar())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._overlay_scroll_bar()

    def _overlay_scroll_bar(self) -> None:
        """The bar is drawn over the rows."""
        bar = self.verticalScrollBar()
        width = bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0
        if self.isRightToLeft():
            self.setViewportMargins(-width, 0, 0, 0)
        else:
            self.setViewportMargins(0, 0, -width, 0)
