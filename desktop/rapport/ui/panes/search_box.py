"""The search of the top bar."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from rapport.domain.filter_completions import Completion
from rapport.domain.text import visible
from rapport.language import tr
from rapport.ui.editors.suggestions import Offer, Suggestions
from rapport.ui.look.theme import current_theme
from rapport.ui.widgets.inputs import SearchField

_LONGEST = 1000


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
    begun = Signal(str)
    """A word is being typed; :meth:`offer` may complete it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        words = tr("Search contacts, notes and tasks")
        super().__init__(words, parent, placeholder=words)
        self.setObjectName("search")
        self.setMaxLength(_LONGEST)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tr("Also: tag:vip owner:me due:today added:7d company:acme -tag:cold, OR"))
        self._completions = Suggestions(self, tr("Completions of the filter"))
        self._completions.setObjectName("search-completions")
        self._completions.chosen.connect(self._complete)
        self.textEdited.connect(self._edited)
        self.escaped.connect(self.left)
        current_theme().changed.connect(self._limit)
        self._limit()

    def offer(self, begun: str, found: list[Completion]) -> None:
        """Completions of ``begun``, if it is still what is being typed."""
        if last_word(self.text())[1] != begun or not self.hasFocus():
            return
        offers = [
            Offer(
                value=one,
                text=visible(one.label),
                beside=tr(one.about),
                tag=one.kind == "tag",
                seed=one.id,
                icon={"key": "filter", "owner": "user"}.get(one.kind, ""),
            )
            for one in found
        ]
        # A word such as “co” may be meant as it stands: Enter must not turn it into a key.
        self._completions.offer(offers, choose_first=":" in begun)

    def _complete(self, chosen: object) -> None:
        if isinstance(chosen, Completion):
            before, _ = last_word(self.text())
            ended = chosen.kind != "key"
            self.setText(f"{before}{chosen.text}{' ' if ended else ''}")
            if not ended:
                self._edited(self.text())

    def _edited(self, text: str) -> None:
        word = last_word(text)[1]
        if word and (":" in word or word.lstrip("-(")):
            self.begun.emit(word)
        else:
            self._completions.offer([])

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().type.px(140), super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._completions.offer([])
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _limit(self) -> None:
        self.setMaximumWidth(self.sizeHint().width())
