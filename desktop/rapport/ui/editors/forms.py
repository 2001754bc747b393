"""What forms share: a caption above each control, and Ctrl+Enter wherever the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.labels import Label


def labelled(words: str, widget: QWidget, parent: QWidget) -> QVBoxLayout:
    """Return ``widget`` with its caption above it."""
    column = QVBoxLayout()
    column.setSpacing(current_theme().type.px(4))
    label = Label(words, parent, size=TextSize.CAPTION, role="muted")
    label.setBuddy(widget)
    column.addWidget(label)
    column.addWidget(widget)
    return column


class SaveKey(QObject):
    """Hears Ctrl+Enter in a form and everything in it."""

    pressed = Signal()

    def __init__(self, form: QWidget) -> None:
        super().__init__(form)
        for widget in (form, *form.findChildren(QWidget)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() not in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
            or not isinstance(event, QKeyEvent)
            or event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            or not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            return False
        if event.type() == QEvent.Type.KeyPress:
            self.pressed.emit()
        event.accept()
        return True
