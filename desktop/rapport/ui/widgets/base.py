"""What painted controls share: following the theme, clicking with Enter, and the focus ring."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QWidget

from rapport.ui.look.paint import focus_ring
from rapport.ui.look.theme import Theme, current_theme
from rapport.ui.look.tokens import Tokens
from rapport.ui.look.type import Type

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


def by_keyboard(widget: QWidget, reason: Qt.FocusReason) -> bool:
    """Tell whether focus that came for ``reason`` deserves a ring."""
    if reason is Qt.FocusReason.MouseFocusReason:
        return False
    return reason in _BY_KEYBOARD or widget.window().testAttribute(
        Qt.WidgetAttribute.WA_KeyboardFocusChange
    )


class FocusRing(QWidget):
    """A ring around a control, drawn outside of it and above its neighbours."""

    def __init__(self, control: QWidget, radius: float) -> None:
        ground = _ground_of(control)
        super().__init__(ground)
        self._control = control
        self._radius = radius
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        widget: QWidget | None = control
        while widget is not None and widget is not ground:
            widget.installEventFilter(self)
            widget = widget.parentWidget()
        current_theme().changed.connect(self._follow)
        self._follow()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show):
            self._follow()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        focus_ring(painter, QRectF(self.rect()), self._radius + current_theme().tokens.ring)

    def _follow(self) -> None:
        ground = self.parentWidget()
        if ground is None:
            return
        inside = self._control.ring_area() if isinstance(self._control, Control) else None
        area = inside or self._control.rect()
        area = QRect(self._control.mapTo(ground, area.topLeft()), area.size())
        ring = current_theme().tokens.ring
        self.setGeometry(area.adjusted(-ring, -ring, ring, ring))


def _ground_of(control: QWidget) -> QWidget:
    """Return the nearest widget that clips: a scroll area's viewport, or the window."""
    widget = control.parentWidget()
    while widget is not None and not widget.isWindow():
        area = widget.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is widget:
            return widget
        widget = area
    return control.window()


class Control(QAbstractButton):
    """A painted control that is pressed: Space and Enter click it, Tab rings it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ring: FocusRing | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        current_theme().changed.connect(self.restyle)

    @property
    def theme(self) -> Theme:
        return current_theme()

    @property
    def tokens(self) -> Tokens:
        return current_theme().tokens

    @property
    def type(self) -> Type:
        return current_theme().type

    def restyle(self) -> None:
        """Lay out and paint anew for the present theme."""
        self.updateGeometry()
        self.update()

    def corner(self) -> float:
        """Return the radius of the control's corners in pixels."""
        return self.type.px(6)

    def ring_area(self) -> QRect:
        """Return what the focus ring goes around, in the control's own pixels."""
        return self.rect()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._ring is None and by_keyboard(self, event.reason()):
            self._ring = FocusRing(self, self.corner())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._drop_ring()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._drop_ring()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def shows_focus(self) -> bool:
        """Tell whether the control wears its ring."""
        return self._ring is not None

    def _drop_ring(self) -> None:
        if self._ring is not None:
            self._ring.hide()
            self._ring.deleteLater()
            self._ring = None
            self.update()


class Painted(QWidget):
    """A painted widget that follows the theme and takes no focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        current_theme().changed.connect(self.restyle)

    @property
    def tokens(self) -> Tokens:
        return current_theme().tokens

    @property
    def type(self) -> Type:
        return current_theme().type

    def restyle(self) -> None:
        """Lay out and paint anew for the present theme."""
        self.updateGeometry()
        self.update()


def is_rtl(widget: QWidget) -> bool:
    return widget.layoutDirection() == Qt.LayoutDirection.RightToLeft


def start_alignment(widget: QWidget) -> Qt.AlignmentFlag:
    """Return the alignment to the start edge of the interface.

    Left to itself Qt aligns by the direction of the text, which tears a list of names apart.
    """
    side = Qt.AlignmentFlag.AlignRight if is_rtl(widget) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignAbsolute
