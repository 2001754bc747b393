"""The search of the top bar."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QSizePolicy, QWidget

from rapport.language import tr
from rapport.ui.key_names import cap_of
from rapport.ui.look.theme import current_theme
from rapport.ui.widgets.inputs import SearchField

_LONGEST = 200


class _Conditions(QCompleter):
    """Completes the last word only, where it is a condition such as ``tag:v``."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line = line
        self._words = QStringListModel(self)
        self.setModel(self._words)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)

    def offer(self, words: list[str]) -> None:
        self._words.setStringList(words)
        popup = self.popup()
        if words:
            self.complete()
        elif popup is not None:
            popup.hide()

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        before, word = last_word(self._line.text())
        return f"{before}{super().pathFromIndex(index) if word else ''} "


def last_word(text: str) -> tuple[str, str]:
    """What stands before the word that is being typed, and that word; a quoted value is one."""
    start = text.rfind(" ") + 1
    if text.count('"') % 2:
        start = text.rfind(" ", 0, text.rfind('"')) + 1
    return text[:start], text[start:]


class SearchBox(SearchField):
    """Tells of each keystroke; Down and Enter go on to the list, Escape empties it, then leaves."""

    left = Signal()
    """The keyboard wants to go to the results."""
    condition_begun = Signal(str)
    """A word such as ``tag:v`` is being typed; :meth:`offer` may complete it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        words = tr("Search contacts, notes and tasks")
        super().__init__(words, parent, placeholder=words, key=cap_of("search.focus"))
        self.setObjectName("search")
        self.setMaxLength(_LONGEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("Also: tag:vip owner:me due:today added:7d company:acme -tag:cold"))
        self._conditions = _Conditions(self)
        self.setCompleter(self._conditions)
        self.textEdited.connect(self._edited)
        self.escaped.connect(self.left)
        current_theme().changed.connect(self._limit)
        self._limit()

    def offer(self, begun: str, words: list[str]) -> None:
        """Whole conditions for ``begun``, if it is still what is being typed."""
        if last_word(self.text())[1] == begun:
            self._conditions.offer(words)

    def _edited(self, text: str) -> None:
        word = last_word(text)[1]
        if ":" in word:
            self.condition_begun.emit(word)
        else:
            self._conditions.offer([])

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().type.px(140), super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _limit(self) -> None:
        self._key = cap_of("search.focus")
        self.setMaximumWidth(self.sizeHint().width())
