"""Scroll bars that lie over what they scroll, so that nothing moves when they come and go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QObject, QPoint, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class RoomArea(QScrollArea):
    """Gives its content all the room there is, and scrolls it both ways where it needs more.

    Qt's own "resizable" asks the content anew whenever a bar comes or goes; a content that needs
    another height at another width then goes to and fro without end. Here it is asked once.
    """

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content
        self.setWidget(content)

    def bring_into_view(self, widget: QWidget) -> None:
        """Scroll to where the keyboard is; of what is larger than the room, to its start across,
        and not at all down."""
        view, content = self.viewport().size(), self._content
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        height = down.value()
        if widget.width() <= view.width():
            self.ensureWidgetVisible(widget, 0, 0)
        else:
            start = widget.mapTo(content, QPoint(0, 0)).x()
            if self.isRightToLeft():
                start = content.width() - start - widget.width()
            across.setValue(start)
        if widget.height() > view.height() // 2:
            down.setValue(height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() == QEvent.Type.LayoutRequest:
            self._share()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        room, least = self.maximumViewportSize(), self._content.minimumSizeHint()
        across = least.width() > room.width()
        if across:
            room.setHeight(room.height() - self.horizontalScrollBar().sizeHint().height())
        if least.height() > room.height():
            room.setWidth(room.width() - self.verticalScrollBar().sizeHint().width())
            if not across and least.width() > room.width():
                room.setHeight(room.height() - self.horizontalScrollBar().sizeHint().height())
        self._content.resize(room.expandedTo(least))


class ScrollArea(QScrollArea):
    """Scrolls up and down, and sideways where its content needs more room than there is. The
    content keeps the bar's width free at the end edge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self._overlay())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._overlay()

    def _overlay(self) -> None:
        bar = self.verticalScrollBar()
        width = bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0
        margins = QMargins(0, 0, -width, 0)
        if self.isRightToLeft():
            margins = QMargins(-width, 0, 0, 0)
        if margins != self.viewportMargins():  # each call lays everything out anew
            self.setViewportMargins(margins)
