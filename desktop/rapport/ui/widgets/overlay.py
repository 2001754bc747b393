"""What opens over the window: popovers at a control, dialogs over a scrim.

Both are widgets of the window, not windows of their own: they need no compositor for their soft
depth, no nested event loop, and no placement by the window system.
"""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from rapport.language import tr
from rapport.ui.look.motion import CALM_MS, QUICK_MS, fade_in
from rapport.ui.look.paint import depth_rings, rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.base import Painted, is_rtl
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.scroll import ScrollArea

_EDGE = 8
_FROM_TOP = 0.15
"""Of the window's height, above a panel with a line."""


class _Inside(QWidget):
    """What a panel holds. Its least height is that at the width it has: words that wrap would ask
    for the height they need when they are as narrow as they can be."""

    def minimumSizeHint(self) -> QSize:
        least, layout = super().minimumSizeHint(), self.layout()
        if layout is not None and layout.hasHeightForWidth():
            width = max(least.width(), self.width())
            least.setHeight(min(least.height(), layout.totalHeightForWidth(width)))
        return least


class Overlay(Painted):
    """Covers the window and holds a panel; keeps Tab inside, closes with Esc, gives focus back."""

    closed = Signal()

    def __init__(self, window: QWidget, *, width: int, dialog: bool) -> None:
        super().__init__(window.window())
        self._dialog = dialog
        self._design_width = width
        self._radius = 14 if dialog else 10
        self._before: QWidget | None = None
        self.closes_outside = not dialog
        self.fade_ms = CALM_MS if dialog else QUICK_MS
        """0 where somebody who types already must not wait for it."""
        self.panel = QWidget(self)
        # With large text a panel may be higher than the window: then its content is scrolled.
        self._inside = _Inside()
        self._area = ScrollArea(self.panel)
        for ground in (self._area.viewport(), self._inside):
            ground.setAutoFillBackground(False)
        self._area.setWidget(self._inside)
        self._inside.setAutoFillBackground(False)
        whole = QVBoxLayout(self.panel)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)
        self.body = QVBoxLayout(self._inside)
        for part in (self.panel, self._inside):
            part.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show, and take the focus to the first control of the panel."""
        window = self.window()
        self._before = QApplication.focusWidget()
        window.installEventFilter(self)
        self.setGeometry(window.rect())
        self.restyle()
        self.panel.ensurePolished()
        self.place()
        fade_in(self, self.fade_ms)
        self.raise_()
        self.place()
        first = self.first_focus()
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget | None:
        """Return the control that is focused on opening."""
        stops = self._tab_stops()
        return stops[0] if stops else None

    def place(self) -> None:
        """Give the panel its place and size; called again whenever either may have changed."""
        raise NotImplementedError

    def panel_size(self) -> QSize:
        """Return the panel's size for its content, never larger than the window."""
        px = current_theme().type.px
        most = self.size() - QSize(2 * _EDGE, 2 * _EDGE)
        self.body.activate()
        # As the design has it, or what longer words need; what the window has not is scrolled to.
        needed = max(px(self._design_width), self.body.totalMinimumSize().width())
        width = min(needed, most.width())
        if self.body.hasHeightForWidth():
            height = self.body.totalHeightForWidth(width)
        else:
            height = self.body.totalSizeHint().height()
        return QSize(width, min(height, most.height()))

    def restyle(self) -> None:
        px = current_theme().type.px
        inset = px(24 if self._dialog else 16)
        self.body.setContentsMargins(inset, inset, inset, inset)
        self.body.setSpacing(px(12))
        super().restyle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self.panel or watched is self._inside:
            if kind == QEvent.Type.LayoutRequest and self.isVisible():
                self.place()
        elif kind == QEvent.Type.Resize:
            self.setGeometry(self.window().rect())
            self.place()
        return False

    def focusNextPrevChild(self, forward: bool) -> bool:
        stops = self._tab_stops()
        focused = QApplication.focusWidget()
        if not stops or focused is None:
            return True
        position = stops.index(focused) if focused in stops else -1
        target = stops[(position + (1 if forward else -1)) % len(stops)]
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        self.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        target.setFocus(reason)
        self._area.ensureWidgetVisible(target, 0, 0)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        # Nothing typed here may reach the window below.
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.closes_outside and not self.panel.geometry().contains(event.position().toPoint()):
            self.close()
        event.accept()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.window().removeEventFilter(self)
        before, self._before = self._before, None
        if before is not None and _is_alive(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self.tokens
        if self._dialog:
            scrim = QColor(tokens.scrim)
            scrim.setAlphaF(tokens.scrim_alpha)
            painter.fillRect(self.rect(), scrim)
        area = QRectF(self.panel.geometry())
        radius = self.type.px(self._radius)
        depth_rings(painter, area, radius, dialog=self._dialog)
        border = tokens.control_border if tokens.high_contrast else tokens.divider
        rounded(painter, area, radius, fill=tokens.raised, border=border)

    def _tab_stops(self) -> list[QWidget]:
        stops = []
        widget = self.panel.nextInFocusChain()
        while widget is not None and widget is not self.panel:
            if (
                self.panel.isAncestorOf(widget)
                and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                and widget.isEnabled()
                and widget.isVisibleTo(self.panel)
                and widget.focusProxy() is None
            ):
                stops.append(widget)
            widget = widget.nextInFocusChain()
        return stops


def _is_alive(widget: QWidget) -> bool:
    return bool(isValid(widget))


class Popover(Overlay):
    """A small panel at a control; a click outside or Esc closes it. Put content into ``body``."""

    def __init__(self, window: QWidget, *, width: int = 440, name: str = "") -> None:
        super().__init__(window, width=width, dialog=False)
        self._anchor: QWidget | None = None
        self._spot = QRect()
        self.setAccessibleName(name)

    def open_at(self, anchor: QWidget) -> None:
        """Open below ``anchor``, or above it where there is more room."""
        self._anchor = anchor
        self.open()

    def open_at_rect(self, area: QRect) -> None:
        """Open at an area given in coordinates of the window."""
        self._anchor, self._spot = None, area
        self.open()

    def place(self) -> None:
        if self._anchor is not None and _is_alive(self._anchor):
            corner = self._anchor.mapTo(self.window(), QPoint(0, 0))
            self._spot = QRect(corner, self._anchor.size())
        size, spot, gap = self.panel_size(), self._spot, 6
        left = spot.right() + 1 - size.width() if is_rtl(self) else spot.left()
        top = spot.bottom() + 1 + gap
        if top + size.height() > self.height() - _EDGE:
            above = spot.top() - gap - size.height()
            top = above if above >= _EDGE else self.height() - _EDGE - size.height()
        left = max(_EDGE, min(left, self.width() - _EDGE - size.width()))
        self.panel.setGeometry(QRect(QPoint(left, max(_EDGE, top)), size))
        self.update()


class Dialog(Overlay):
    """A panel in the middle of the window over a flat scrim. Put content into ``body``."""

    def __init__(self, window: QWidget, *, width: int = 440, name: str = "") -> None:
        super().__init__(window, width=width, dialog=True)
        self.setAccessibleName(name)

    def place(self) -> None:
        size = self.panel_size()
        left = (self.width() - size.width()) // 2
        top = max(_EDGE, (self.height() - size.height()) * 2 // 5)
        self.panel.setGeometry(QRect(QPoint(left, top), size))
        self.update()


class LinePanel(Overlay):
    """A panel in the upper part of the window around one line to type into. Its content goes to
    the panel's edges."""

    line: QWidget

    def __init__(self, window: QWidget, *, width: int) -> None:
        super().__init__(window, width=width, dialog=True)

    def restyle(self) -> None:
        super().restyle()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)

    def first_focus(self) -> QWidget:
        return self.line

    def place(self) -> None:
        size = self.panel_size()
        top = round(self.height() * _FROM_TOP)
        size.setHeight(min(size.height(), self.height() - top - _EDGE))
        self.panel.setGeometry(QRect((self.width() - size.width()) // 2, top, *size.toTuple()))
        self.update()


class ConfirmDialog(Dialog):
    """Asks one question. ``await dialog.ask()`` or listen to :attr:`answered`."""

    answered = Signal(bool)

    def __init__(
        self,
        window: QWidget,
        title: str,
        sentence: str,
        *,
        confirm: str,
        cancel: str = "",
        danger: bool = False,
    ) -> None:
        """``confirm`` says what will be done, such as "Delete contact"; never just "OK"."""
        super().__init__(window, width=440, name=title)
        self.setObjectName("confirm-dialog")
        self.setAccessibleDescription(sentence)
        self._answer = False
        self.body.addWidget(
            Label(title, self.panel, size=TextSize.SECTION, weight=SEMIBOLD, wrap=True)
        )
        self.body.addWidget(Label(sentence, self.panel, role="muted", wrap=True))
        self.cancel_button = Button(cancel or tr("Cancel"), self.panel, kind=Kind.TONAL)
        # What cannot be taken back is not the accent's business: it must be read, not just seen.
        self.confirm_button = Button(
            confirm,
            self.panel,
            kind=Kind.TONAL if danger else Kind.FILLED,
            icon="trash" if danger else "",
        )
        self.confirm_button.setObjectName("confirm-yes")
        if danger:
            self.confirm_button.icon_role = "danger"
        self.cancel_button.clicked.connect(self.close)
        self.confirm_button.clicked.connect(self._confirm)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.confirm_button)
        self.body.addLayout(foot)
        self.closed.connect(self._tell)

    async def ask(self) -> bool:
        """Open and wait for the answer; Esc is no."""
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def settle(answer: bool) -> None:
            if not future.done():
                future.set_result(answer)

        self.answered.connect(settle)
        self.open()
        try:
            return await future
        finally:
            if _is_alive(self):
                self.hide()
                self.deleteLater()

    def first_focus(self) -> QWidget | None:
        return self.cancel_button

    def _confirm(self) -> None:
        self._answer = True
        self.close()

    def _tell(self) -> None:
        # After the close has run its course: the listener may delete the dialog.
        QTimer.singleShot(0, self, lambda: self.answered.emit(self._answer))


async def confirm(
    window: QWidget, title: str, sentence: str, *, confirm: str, danger: bool = False
) -> bool:
    """Ask one question over ``window`` and return the answer."""
    return await ConfirmDialog(window, title, sentence, confirm=confirm, danger=danger).ask()
