"""Motion: short ease-out fades, none when the person wants none."""

from __future__ import annotations

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QPropertyAnimation
from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

from rapport.ui.look.theme import current_theme

QUICK_MS = 120
"""Tool-tips and menus."""
CALM_MS = 160
"""Palette, toast, dialog, and a completed row leaving."""


def duration(wanted_ms: int) -> int:
    """Return ``wanted_ms``, or nothing when motion is reduced."""
    return 0 if current_theme().reduced_motion else wanted_ms


def fade_in(widget: QWidget, wanted_ms: int = CALM_MS) -> None:
    """Show ``widget`` out of nothing; at once when motion is reduced."""
    length = duration(wanted_ms)
    widget.show()
    if length <= 0:
        return
    effect = QGraphicsOpacityEffect(widget)
    effect.setOpacity(0.0)
    widget.setGraphicsEffect(effect)
    animation = QPropertyAnimation(effect, b"opacity", widget)
    animation.setDuration(length)
    animation.setStartValue(0.0)
    animation.setEndValue(1.0)
    animation.setEasingCurve(QEasingCurve.Type.OutCubic)
    # An effect left in place would draw the widget through a pixmap for good.
    animation.finished.connect(lambda: widget.setGraphicsEffect(None))  # type: ignore[arg-type]
    animation.start(QAbstractAnimation.DeletionPolicy.DeleteWhenStopped)
