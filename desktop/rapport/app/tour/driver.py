"""Hand and eye of the tour: real keys, a real mouse, real widgets, and waiting for conditions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar, overload

from PySide6.QtCore import QModelIndex, QPoint, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QScrollArea, QWidget

from rapport.app import pointer

T = TypeVar("T")
W = TypeVar("W", bound=QWidget)

LIMIT_S = 20.0
_POLL_S = 0.02
_SETTLED_S = 0.3
"""No paint for so long: the picture is what a person would see."""


class NotSeen(AssertionError):
    """What the tour waited for did not come; the text says what."""


class Driver:
    """Lives on the window's loop, and acts through the X server."""

    async def until(
        self, condition: Callable[[], T | None], what: str, *, limit_s: float = LIMIT_S
    ) -> T:
        """Waits until ``condition`` is true and returns what it gave. Raises NotSeen."""

        async def look() -> T | None:
            return condition()

        return await self.until_known(look, what, limit_s=limit_s)

    async def until_known(
        self, look: Callable[[], Awaitable[T | None]], what: str, *, limit_s: float = LIMIT_S
    ) -> T:
        """The same for what must be asked for: the local copy, the sandbox."""
        deadline = asyncio.get_running_loop().time() + limit_s
        while True:
            value = await look()
            if value:
                return value
            if asyncio.get_running_loop().time() > deadline:
                raise NotSeen(f"waited {limit_s:g} s for {what}")
            await asyncio.sleep(_POLL_S)

    # Eyes.

    def find(self, kind: type[W], name: str) -> W | None:
        """A visible widget by its object name, in any window of the program."""
        for window in QApplication.topLevelWidgets():
            if not window.isVisible():
                continue
            for widget in (window, *window.findChildren(kind, name)):
                if isinstance(widget, kind) and widget.objectName() == name and _seen(widget):
                    return widget
        return None

    @overload
    async def see(self, name: str) -> QWidget: ...

    @overload
    async def see(self, name: str, kind: type[W]) -> W: ...

    async def see(self, name: str, kind: type[QWidget] = QWidget) -> QWidget:
        """Waits for a widget to be shown."""
        return await self.until(lambda: self.find(kind, name), f"“{name}” to be shown")

    def rect_of(self, widget: QWidget) -> QRect:
        return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())

    # Hands.

    async def click(self, target: str | QWidget, *, at: QPoint | None = None) -> None:
        """Clicks a widget's middle, or at a point in it, scrolling to it where need be."""
        widget = await self.see(target) if isinstance(target, str) else target
        await self.until(lambda: widget.isEnabled(), f"{widget.objectName()} to be enabled")
        self._scroll_to(widget)
        await self.settled()
        if isinstance(target, str):
            widget = await self.see(target)  # news may have put another in its place
        middle = widget.rect().center() if at is None else at
        point = widget.mapToGlobal(middle)
        await pointer.click(point.x(), point.y())
        await self.settled()

    async def click_row(
        self,
        view: QAbstractItemView,
        index: QModelIndex,
        *,
        at: QPoint | None = None,
        held: str = "",
    ) -> None:
        """Clicks a row of a list; ``at`` is relative to the row's corner, ``held`` a key that is
        down meanwhile."""
        view.scrollTo(index)
        await self.settled()
        area = view.visualRect(index)
        spot = area.center() if at is None else area.topLeft() + at
        point = view.viewport().mapToGlobal(spot)
        await pointer.click(point.x(), point.y(), held=held)
        await self.settled()

    async def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        """From one place in the widget to another, with the button held."""
        places = [widget.mapToGlobal(spot) for spot in (start, end)]
        await pointer.drag(*((spot.x(), spot.y()) for spot in places))
        await self.settled()

    async def choose(self, menu_name: str, action_name: str) -> None:
        """Clicks an entry of an open menu, by object names."""
        menu = await self.see(menu_name, QMenu)
        action = next(a for a in menu.actions() if a.objectName() == action_name)
        point = menu.mapToGlobal(menu.actionGeometry(action).center())
        await pointer.click(point.x(), point.y())
        await self.settled()

    async def type(self, text: str) -> None:
        await pointer.type_text(text)
        await self.settled()

    async def replace(self, text: str) -> None:
        """Replaces what the focused field holds."""
        await pointer.key("ctrl+a")
        await pointer.type_text(text)
        await self.settled()

    async def key(self, *keys: str) -> None:
        await pointer.key(*keys)
        await self.settled()

    # Pictures.

    async def settled(self) -> None:
        """Gives the events that were sent a turn of the loop. Never ``processEvents``: tasks that
        come up inside of it are lost for good (qasync)."""
        for _ in range(3):
            await asyncio.sleep(_POLL_S / 2)

    async def picture(self, file: Path, window: QWidget, *, whole: bool = False) -> None:
        """The window as it is on the screen; ``whole`` takes everything else on it, too."""
        await _still(window)
        screen = QGuiApplication.primaryScreen()
        area = screen.geometry() if whole else self.rect_of(window)
        shot = screen.grabWindow(0, area.x(), area.y(), area.width(), area.height())
        if not shot.save(str(file), "PNG"):
            raise NotSeen(f"the picture {file.name} cannot be written")

    def _scroll_to(self, widget: QWidget) -> None:
        above = widget.parentWidget()
        while above is not None:
            if isinstance(above, QScrollArea):
                above.ensureWidgetVisible(widget)
            above = above.parentWidget()


def _seen(widget: QWidget) -> bool:
    return widget.isVisible() and widget.width() > 0 and widget.height() > 0


async def _still(window: QWidget) -> None:
    """Waits until two looks at the window, a moment apart, are the same; a blinking caret or a
    shrinking line may keep it moving, so not for ever."""
    before = window.grab().toImage()
    for _ in range(8):
        await asyncio.sleep(_SETTLED_S / 2)
        now = window.grab().toImage()
        if now == before:
            return
        before = now
