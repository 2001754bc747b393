"""Looks at a window as it is laid out: words with too little room, widgets on top of each other,
widgets outside of what holds them."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QRadioButton,
    QScrollBar,
    QSizeGrip,
    QSplitterHandle,
    QStackedWidget,
    QWidget,
)

from rapport.ui.toasts import Toast
from rapport.ui.widgets.base import Control, FocusRing
from rapport.ui.widgets.button import Button, KeyCap
from rapport.ui.widgets.chips import Pill
from rapport.ui.widgets.labels import Avatar, Badge, ElidedLabel, IconView
from rapport.ui.widgets.overlay import Overlay

_SLACK = 2
"""Pixels of rounding that nobody sees."""
_FURNITURE = (QScrollBar, QSizeGrip, QSplitterHandle, FocusRing, Overlay)
_WHOLE = (Button, KeyCap, Pill, Avatar, Badge, IconView)
"""Painted ones that are as large as their hint says, or not whole."""


def faults(root: QWidget) -> list[str]:
    """Each fault in words; none is what a test wants."""
    seen = [root, *(one for one in root.findChildren(QWidget) if one.isVisible())]
    found: list[str] = []
    for widget in seen:
        if isinstance(widget, _FURNITURE) or _inside_stock(widget):
            continue
        found += [f"{_name(widget)}: {fault}" for fault in _cramped(widget)]
        if widget is not root and (fault := _outside(widget)):
            found.append(f"{_name(widget)}: {fault}")
    for widget in seen:
        if not _inside_stock(widget):
            found += _overlaps(widget)
    return found


def _cramped(widget: QWidget) -> list[str]:
    """Words that need more room than they have, and are not shortened to dots with a tool-tip."""
    if isinstance(widget, QLabel):
        return _label(widget)
    if isinstance(widget, QLineEdit):
        needed = QFontMetrics(widget.font()).height()
        return [f"line {widget.height()} high"] if widget.height() < needed + _SLACK else []
    if isinstance(widget, QComboBox):
        room = widget.width() - (widget.sizeHint().width() - _longest(widget))
        words = widget.fontMetrics().horizontalAdvance(widget.currentText())
        cut = words > room + _SLACK and not widget.toolTip()
        return [f"{widget.currentText()!r} cut off"] if cut else []
    if isinstance(widget, ElidedLabel):
        needed = widget.sizeHint().height()
        return [f"{widget.text()!r} too low"] if widget.height() < needed - _SLACK else []
    whole = isinstance(widget, (QCheckBox, QRadioButton, *_WHOLE))
    if not whole and not (isinstance(widget, Control) and widget.text()):
        return []
    hint, size = widget.sizeHint(), widget.size()
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    told = bool(widget.toolTip())
    poor = []
    if size.width() < hint.width() - _SLACK and not told:
        poor.append(f"{text!r} is {size.width()} wide and needs {hint.width()}")
    if size.height() < hint.height() - _SLACK:
        poor.append(f"{text!r} is {size.height()} high and needs {hint.height()}")
    return poor


def _label(label: QLabel) -> list[str]:
    if not label.text() or (label.pixmap() and not label.pixmap().isNull()):
        return []
    words, size = label.text()[:40], label.size()
    if label.wordWrap():
        needed = label.heightForWidth(size.width())
        if size.height() < needed - _SLACK:
            return [f"{words!r} is {size.height()} high and needs {needed}"]
        metrics, inside = label.fontMetrics(), label.contentsRect().width()
        if label.textFormat() is Qt.TextFormat.PlainText:
            widest = max(metrics.horizontalAdvance(word) for word in _pieces(label.text()))
            if widest > inside + _SLACK:
                return [f"a word of {words!r} needs {widest} and has {inside}"]
        return []
    hint = label.sizeHint()
    if size.width() < hint.width() - _SLACK and not label.toolTip():
        return [f"{words!r} is {size.width()} wide and needs {hint.width()}"]
    if size.height() < hint.height() - _SLACK:
        return [f"{words!r} is {size.height()} high and needs {hint.height()}"]
    return []


def _pieces(text: str) -> list[str]:
    return text.replace("\u200b", " ").split() or [""]


def _longest(box: QComboBox) -> int:
    metrics = box.fontMetrics()
    texts = [box.itemText(at) for at in range(box.count())] or [""]
    return max(metrics.horizontalAdvance(text) for text in texts)


def _outside(widget: QWidget) -> str:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow():
        return ""
    area = parent.parentWidget()
    if isinstance(area, QAbstractScrollArea) and area.viewport() is parent:
        fixed = area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if fixed and not isinstance(area, QAbstractItemView) and widget.width() > area.width():
            return f"{widget.width()} wide in {_name(area)} {area.width()} wide, for good"
        return ""  # scrolled
    if widget.geometry().isEmpty():
        return ""
    room = parent.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK)
    if room.contains(widget.geometry()):
        return ""
    return f"{_rect(widget.geometry())} is outside of {_name(parent)} {_rect(parent.rect())}"


def _overlaps(parent: QWidget) -> list[str]:
    if isinstance(parent, QStackedWidget | QLineEdit | QAbstractScrollArea):
        return []
    children = [
        child
        for child in parent.children()
        if isinstance(child, QWidget)
        and child.isVisible()
        and not isinstance(child, (*_FURNITURE, Toast))  # a toast lies over what there is
        and not child.isWindow()
        and not child.geometry().isEmpty()
    ]
    found = []
    for one, other in combinations(children, 2):
        common = one.geometry().intersected(other.geometry())
        if common.width() > _SLACK and common.height() > _SLACK:
            where = f"{_rect(one.geometry())} and {_rect(other.geometry())}"
            found.append(f"{_name(one)} and {_name(other)} overlap: {where}")
    return found


def _inside_stock(widget: QWidget) -> bool:
    """Parts of Qt's own controls are Qt's affair."""
    parent = widget.parentWidget()
    if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
        return True
    return isinstance(parent, QLineEdit | QComboBox) or isinstance(widget, QScrollBar)


def _name(widget: QWidget) -> str:
    own = widget.objectName() or widget.accessibleName()[:30]
    return f"{type(widget).__name__}#{own}" if own else type(widget).__name__


def _rect(rect: QRect) -> str:
    corner: QPoint = rect.topLeft()
    return f"{rect.width()}x{rect.height()}+{corner.x()}+{corner.y()}"
