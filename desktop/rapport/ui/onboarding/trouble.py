"""What a person sees when an account's local copy cannot be opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from rapport.domain.errors import DamagedError, RapportError
from rapport.domain.settings import Account
from rapport.domain.text import visible
from rapport.language import tr
from rapport.ui.look.icons import icon
from rapport.ui.look.theme import current_theme
from rapport.ui.menus import pop_up
from rapport.ui.onboarding.text import Words
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.fit import fit
from rapport.ui.widgets.labels import IconView

_WIDTH = 460


class TroublePage(QWidget):
    """Cause, what it means for the data, and what to do. The file is left as it is, and the other
    accounts are one click away."""

    again = Signal()
    other = Signal()
    """Another account is to be added."""
    account_chosen = Signal(str)
    repair = Signal()

    def __init__(
        self, account_name: str, error: RapportError, others: tuple[Account, ...] = ()
    ) -> None:
        super().__init__()
        self._others = others
        self.setObjectName("trouble")
        px = current_theme().type.px
        column = QWidget()
        column.setFixedWidth(px(_WIDTH))
        rows = QVBoxLayout(column)
        rows.setSpacing(px(10))
        rows.addWidget(IconView("lock", column, size=48), 0, Qt.AlignmentFlag.AlignHCenter)
        for words in (
            Words(error.title, section=True, strong=True),
            Words(error.message or tr("Nothing was deleted."), muted=True),
            Words(tr("Account: {name}").format(name=account_name), caption=True, muted=True),
        ):
            words.setAlignment(Qt.AlignmentFlag.AlignCenter)
            rows.addWidget(words)
        buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        repairable = isinstance(error, DamagedError)
        again = Button(tr("Try again"), kind=Kind.TONAL if repairable else Kind.FILLED)
        again.setObjectName("trouble-again")
        again.clicked.connect(self.again)
        other = Button(tr("Other accounts"), kind=Kind.TONAL)
        other.setObjectName("trouble-other")
        other.clicked.connect(lambda: self._offer_others(other) if others else self.other.emit())
        copy = Button(tr("Copy details"), icon="copy", kind=Kind.QUIET)
        details = "\n".join(filter(None, (type(error).__name__, str(error), error.details)))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        aside, onward = QHBoxLayout(), QHBoxLayout()
        for pair in (aside, onward):
            pair.addStretch()
            buttons.addLayout(pair)
        for button in (copy, other):
            aside.addWidget(button)
        onward.addWidget(again)
        if repairable:
            repair = Button(tr("Repair"), kind=Kind.FILLED)
            repair.setObjectName("trouble-repair")
            repair.clicked.connect(self.repair)
            onward.addWidget(repair)
        for pair in (aside, onward):
            pair.addStretch()
        rows.addLayout(buttons)
        below, beside = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        room = px(_WIDTH) - rows.contentsMargins().left() - rows.contentsMargins().right()
        fit(buttons, room, (lambda long: buttons.setDirection(below if long else beside),))
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        # Between stretches, not aligned: the height must be that of its own width.
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(column)
        middle.addStretch()
        outer.addLayout(middle)
        outer.addStretch(3)

    def _offer_others(self, below: QWidget) -> None:
        menu = QMenu(self)
        menu.setObjectName("trouble-accounts")
        for account in self._others:
            choice = menu.addAction(visible(account.name).replace("&", "&&"))
            choice.triggered.connect(lambda _=False, id=account.id: self.account_chosen.emit(id))
        menu.addSeparator()
        menu.addAction(icon("plus"), tr("Add account")).triggered.connect(lambda: self.other.emit())
        pop_up(menu, below)
