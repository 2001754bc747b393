"""The window's keys: one shortcut per key sequence of the registry, and peace while typing."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from rapport.ui.actions import ActionRegistry
from rapport.ui.widgets.overlay import Overlay

_TYPED_INTO = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)
_PRESSING = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete)
_BARE = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


_REPEATING = ("go.next", "go.previous")


class Keys:
    """Lets every key of the registry do what it means at that moment, whichever key that is."""

    def __init__(self, window: QWidget, actions: ActionRegistry) -> None:
        self._window = window
        self._actions = actions
        self._shortcuts: dict[str, QShortcut] = {}
        actions.keys_changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        wanted = self._actions.key_sequences()
        for key in [key for key in self._shortcuts if key not in wanted]:
            # At once: until it is deleted it would still answer.
            shortcut = self._shortcuts.pop(key)
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        for key in wanted:
            if key not in self._shortcuts:
                self._shortcuts[key] = self._bound(key)
        repeating = {key for id in _REPEATING for key in self._actions.keys(id)}
        for key, shortcut in self._shortcuts.items():
            shortcut.setAutoRepeat(key in repeating)

    def _bound(self, key: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.activated.connect(lambda: self._actions.press(key))
        shortcut.activatedAmbiguously.connect(lambda: self._actions.press(key))
        return shortcut


def keeps_key(focus: QWidget | None, event: QKeyEvent) -> bool:
    """Whether ``focus`` needs this key itself, so that it must not act as a shortcut.

    Bare keys are text in a text field; Space, Enter and Delete press a button or remove a chip, and
    Space ticks a row that can be ticked. What is open over the window keeps everything but Quit.
    """
    if focus is not None and _over_window(focus):
        return not event.matches(QKeySequence.StandardKey.Quit)
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if focus is None or modifiers not in _BARE:
        return False
    if Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35:
        return False
    if isinstance(focus, _TYPED_INTO):
        return not focus.isReadOnly()
    if isinstance(focus, QAbstractButton | QComboBox):
        return event.key() in _PRESSING
    if isinstance(focus, QAbstractItemView):
        ticks = focus.currentIndex().flags() & Qt.ItemFlag.ItemIsUserCheckable
        return bool(ticks) and event.key() == Qt.Key.Key_Space
    return False


def _over_window(focus: QWidget) -> bool:
    widget: QWidget | None = focus
    while widget is not None and not isinstance(widget, Overlay):
        widget = widget.parentWidget()
    return widget is not None
