"""The accounts, what each may do, and how their sync stands."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.scopes import ALL, WRITE, Scope
from rapport.language import tr, trn
from rapport.ui.accounts import SignedIn, colours, standing
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.onboarding.text import Words
from rapport.ui.panes.settings.appearance import Bound
from rapport.ui.panes.settings.card import Card
from rapport.ui.panes.settings.table import Group
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.labels import Badge, IconView
from rapport.ui.wording import count

_ACTIONS = (
    "account.ask-write",
    "account.sign-in",
    "account.sign-out",
    "account.change-key",
    "account.repair",
    "account.reset-sandbox",
)


class AccountsCard(Card):
    """Built anew by the page when accounts, rights or the account on screen have changed."""

    def __init__(self, context: WindowContext) -> None:
        super().__init__(Group.ACCOUNTS)
        self._context = context
        add = _action_button(context, "account.add")
        row = self.row("accounts", *([add] if add is not None else []))
        badges = colours([one.account for one in context.accounts])
        for one in context.accounts:
            row.body.addLayout(self._line(one, badges[one.account.id]))
        workspace = context.situation.workspace
        if workspace is None:
            return
        held = sum(workspace.capabilities.has(scope.name) for scope in ALL)
        scopes = self.row(
            "scopes",
            note=tr("{held} of {all} rights of {name}.").format(
                held=count(held), all=count(len(ALL)), name=workspace.account.name
            ),
        )
        for scope in ALL:
            granted = workspace.capabilities.has(scope.name)
            scopes.body.addLayout(_scope_line(scope, held=granted))
        buttons = [
            button
            for id in _ACTIONS
            if not (id == "account.ask-write" and workspace.capabilities.has(WRITE.name))
            and context.actions.is_bound(id)
            and context.actions.allowed(id) is not False
            and (button := _action_button(context, id)) is not None
        ]
        self.row(
            "account",
            *buttons,
            note=tr("{name}. Requests go to {host} and nowhere else.").format(
                name=workspace.account.name, host=QUrl(workspace.account.api_url).authority()
            ),
        )

    def _line(self, one: SignedIn, colour: str) -> QHBoxLayout:
        px = self.type.px
        line = QHBoxLayout()
        line.setSpacing(px(10))
        line.addWidget(Badge(colour, one.name, size=24))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Words(one.name or one.account.location_id, strong=True))
        state = standing(one).words
        words.addWidget(Words(f"{_kind(one)} · {state}", caption=True, muted=True))
        line.addLayout(words, 1)
        if one.workspace is None or one.workspace is not self._context.situation.workspace:
            show = Button(tr("Show"), size=Size.SMALL)
            show.setAccessibleName(tr("Show {name}").format(name=one.name))
            show.clicked.connect(lambda: self._context.show_account(one.account.id))
            line.addWidget(show)
        return line


class SyncCard(Card):
    """How the account on screen stands with the CRM."""

    def __init__(self, context: WindowContext) -> None:
        super().__init__(Group.SYNC)
        self._context = context
        buttons = [_action_button(context, "sync.now")]
        if context.actions.is_bound("go.activity"):
            ledger = Button(tr("Sync ledger"), icon="right")
            ledger.clicked.connect(lambda: context.show_activity("ledger"))
            buttons.append(ledger)
        self._row = self.row("sync", *(one for one in buttons if one is not None))
        self.row(
            "today", Bound(context, self).tick("today_all_accounts", tr("Tasks of all accounts"))
        )
        self.show_status()

    def show_status(self) -> None:
        """Say how it stands now; the page asks for it whenever that may have changed."""
        workspace = self._context.situation.workspace
        one = next((a for a in self._context.accounts if a.workspace is workspace), None)
        if workspace is None or one is None:
            self._row.say("")
            return
        waiting = workspace.sync.status().waiting
        words = [f"{standing(one).words}."]
        if waiting:
            words.append(
                trn(
                    "{n} edit has not reached the CRM yet; it is safe here.",
                    "{n} edits have not reached the CRM yet; they are safe here.",
                    waiting,
                ).format(n=count(waiting))
            )
        self._row.say(" ".join(words))


def _action_button(context: WindowContext, id: str) -> Button | None:
    """A button for an action, where somebody can carry it out."""
    if not context.actions.is_bound(id):
        return None
    action = context.actions[id]
    button = Button(action.words, icon=action.icon, kind=Kind.TONAL)
    button.setObjectName(id)
    button.clicked.connect(lambda: context.actions.trigger(id))
    return button


def _kind(one: SignedIn) -> str:
    account = one.account
    if account.sandbox:
        return tr("Sandbox")
    if account.static_token:
        return tr("Private-integration token")
    return tr("Location of an agency") if account.agency else tr("Signed in")


def _scope_line(scope: Scope, *, held: bool) -> QHBoxLayout:
    """A right in a word, and what it covers or what is missing without it."""
    px = current_theme().type.px
    line = QHBoxLayout()
    line.setSpacing(px(10))
    mark = QWidget()
    column = QVBoxLayout(mark)
    column.setContentsMargins(0, px(2), 0, 0)
    column.addWidget(IconView("check" if held else "dnd", role="success" if held else "muted"))
    column.addStretch(1)
    line.addWidget(mark)
    words = QVBoxLayout()
    words.setSpacing(0)
    title = Words(tr(scope.title), muted=not held)
    title.setToolTip(scope.name)
    words.addWidget(title)
    detail = tr(scope.detail)
    if not held:
        detail = tr("Not granted. {lost}").format(lost=tr(scope.lost))
    words.addWidget(Words(detail, caption=True, muted=True))
    line.addLayout(words, 1)
    return line
