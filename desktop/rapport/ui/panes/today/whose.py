"""Whose tasks Today lists: the person's own, nobody's, everybody's, or one colleague's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from types import EllipsisType

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from rapport.domain.records import User
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.text import plain_tip
from rapport.ui.menus import add_choice, pop_up
from rapport.ui.widgets.button import Button, IconButton, Kind
from rapport.ui.widgets.chips import FilterChip
from rapport.ui.widgets.segmented import Segmented

MINE, UNASSIGNED, EVERYONE = "mine", "unassigned", "everyone"
_COLLEAGUE = "user:"
"""Before what names a colleague in every account: the e-mail address, else the name."""


class WhoseTasks(QWidget):
    """The choice is remembered. A colleague of several accounts is one person by the address."""

    chosen = Signal()

    def __init__(self, context: WindowContext, parent: QWidget, *, knows_me: bool) -> None:
        """``knows_me``: the sign-in tells who the person is, so that there is a "mine"."""
        super().__init__(parent)
        self._context = context
        self._knows_me = knows_me
        self._workspaces: tuple[Workspace, ...] = ()
        some = [(UNASSIGNED, tr("Unassigned")), (EVERYONE, tr("Everyone"))]
        mine = [(MINE, tr("Mine"))] if knows_me else []
        self.segments = Segmented([*mine, *some], self, name=tr("Whose tasks"))
        self.segments.setObjectName("task-scope")
        self.segments.chosen.connect(lambda value: self.choose(str(value)))
        self.chip = FilterChip("", self, icon="user")
        self.chip.setObjectName("task-colleague")
        self.chip.removed.connect(lambda: self.choose(MINE if knows_me else EVERYONE))
        self.chip.clicked.connect(self.offer)
        self.more = IconButton("contacts", tr("A colleague’s tasks"), self)
        self.more.setObjectName("task-whose")
        self.more.clicked.connect(self.offer)
        self.button = Button(tr("Everyone"), self, chevron=True, kind=Kind.QUIET)
        self.button.setObjectName("task-whose-narrow")
        self.button.clicked.connect(self.offer)
        self._narrow = False
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in (self.segments, self.chip, self.button, self.more):
            row.addWidget(part)
        self._show()

    def follow(self, workspaces: Iterable[Workspace]) -> None:
        """Offer the people of these accounts."""
        self._workspaces = tuple(workspaces)
        self._show()

    def set_narrow(self, narrow: bool) -> None:
        """Where the choices have no room side by side, one button tells the one in force."""
        if narrow is not self._narrow:
            self._narrow = narrow
            self._show()

    def value(self) -> str:
        kept = self._context.settings.today_whose
        known = kept in (UNASSIGNED, EVERYONE) or kept.startswith(_COLLEAGUE)
        if known or (kept == MINE and self._knows_me):
            return kept
        return MINE if self._knows_me else EVERYONE

    def assigned_to(self, workspace: Workspace) -> str | EllipsisType | None:
        """The user whose tasks of that account are meant: None for nobody's, ``...`` for anybody's.
        Where an account’s sign-in does not tell who the person is, everybody’s are theirs."""
        value = self.value()
        if value == EVERYONE:
            return ...
        if value == UNASSIGNED:
            return None
        if value == MINE:
            return workspace.account.user_id or ...
        users = workspace.reference.users
        return next((user.id for user in users if _name_of(user) == value), "")

    def choose(self, value: str) -> None:
        self._context.change_settings(today_whose=value)
        self._show()
        self.chosen.emit()

    def offer(self) -> None:
        """Everybody who can be chosen, by name."""
        menu = QMenu(self)
        menu.setObjectName("task-whose-menu")
        now = self.value()
        general = [(UNASSIGNED, tr("Unassigned")), (EVERYONE, tr("Everyone"))]
        if self._knows_me:
            general.insert(0, (MINE, tr("Mine")))
        for value, words in general:
            choice = add_choice(menu, words, now == value, partial(self.choose, value))
            choice.setObjectName(f"whose-{value}")
        people = self._people()
        if people:
            menu.addSeparator()
        for value, words in people.items():
            choice = add_choice(menu, words, now == value, partial(self.choose, value))
            choice.setObjectName(f"whose-{words}")
        shown = next(one for one in (self.button, self.chip, self.more) if not one.isHidden())
        pop_up(menu, shown, at_end=True)

    def _people(self) -> dict[str, str]:
        """Names by what names them in every account, in the order of the alphabet."""
        found = {
            _name_of(user): visible(user.name or user.email or user.id)
            for workspace in self._workspaces
            for user in workspace.reference.users
        }
        return dict(sorted(found.items(), key=lambda item: item[1].casefold()))

    def _show(self) -> None:
        value = self.value()
        colleague = value.startswith(_COLLEAGUE)
        if colleague:
            words = self._people().get(value, value.removeprefix(_COLLEAGUE))
            self.chip.set_text(words)
            self.chip.setAccessibleName(tr("Tasks of {name}").format(name=words))
        else:
            self.segments.set_value(value)
            words = {MINE: tr("Mine"), UNASSIGNED: tr("Unassigned")}.get(value, tr("Everyone"))
        self.button.setText(words)
        whose = tr("Whose tasks: {whose}").format(whose=words)
        self.button.setAccessibleName(whose)
        self.button.setToolTip(plain_tip(whose))  # a name may be longer than there is room
        self.button.restyle()
        self.button.setVisible(self._narrow)
        self.segments.setVisible(not colleague and not self._narrow)
        self.chip.setVisible(colleague and not self._narrow)
        self.more.setVisible(not self._narrow)


def _name_of(user: User) -> str:
    return _COLLEAGUE + (user.email.lower() or user.name or user.id)
