"""The search of the top bar."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rapport.ui.look.theme import current_theme
from rapport.ui.widgets.inputs import SearchField
from rapport.ui.wording import tr

_LONGEST = 200


class SearchBox(SearchField):
    """Tells of each keystroke; Down and Enter go on to the list, Escape empties it, then leaves."""

    left = Signal()
    """The keyboard wants to go to the results."""

    def __init__(self, parent: QWidget | None = None) -> None:
        words = tr("Search contacts, notes and tasks")
        super().__init__(words, parent, placeholder=words)
        self.setObjectName("search")
        self.setMaxLength(_LONGEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.escaped.connect(self.left)
        current_theme().changed.connect(self._limit)
        self._limit()

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().type.px(140), super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _limit(self) -> None:
        self.setMaximumWidth(self.sizeHint().width())
