"""The welcome page: a card with three choices, their forms, and how the sign-in goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.errors import RapportError, SignInError
from rapport.domain.ports import AuthGateway
from rapport.domain.settings import (
    Account,
    ConnectRequest,
    ThemeMode,
    TokenRequest,
)
from rapport.language import tr
from rapport.ui.look.icons import mark_pixmap
from rapport.ui.look.paint import rounded
from rapport.ui.look.theme import Mode, Theme
from rapport.ui.onboarding.choice import Choice
from rapport.ui.onboarding.forms import ConnectForm, TokenForm
from rapport.ui.onboarding.locations import LocationsPage
from rapport.ui.onboarding.progress import EndedPage, Icon, Progress, WaitingPage
from rapport.ui.onboarding.text import Words
from rapport.ui.runner import Runner
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, KeyCap, Kind
from rapport.ui.widgets.segmented import Segmented

CARD_WIDTH = 520


class _Card(QWidget):
    """A bordered card without depth, as wide as the design says."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.type.px(CARD_WIDTH))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        rounded(
            QPainter(self),
            QRectF(self.rect()),
            self._theme.type.px(14),
            fill=tokens.surface,
            border=tokens.divider,
        )


class WelcomePage(QWidget):
    """Shown while no account is open. ``signed_in`` hands the new account over."""

    signed_in = Signal(object)
    theme_chosen = Signal(object)
    """A :class:`ThemeMode`."""

    def __init__(
        self, gateway: AuthGateway, runner: Runner, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self._gateway = gateway
        self._runner = runner
        self._theme = theme
        self._signing_in: asyncio.Task[Any] | None = None
        self._again: Callable[[], None] = self.explore
        self._came_from: QWidget | None = None

        self._choices = self._choice_page()
        self._hints = self._choice_hints()
        self._connect = ConnectForm()
        self._connect.back.connect(lambda: self._turn_to(self._choices))
        self._connect.wanted.connect(self.connect_account)
        self._token = TokenForm()
        self._token.back.connect(lambda: self._turn_to(self._choices))
        self._token.wanted.connect(self.use_token)
        self._waiting = WaitingPage()
        self._waiting.cancelled.connect(self.cancel)
        self._locations = LocationsPage()
        self._locations.cancelled.connect(self.cancel)
        self._observer = Progress(self._waiting, self._locations, self._turn_to)
        self._ended = EndedPage()
        self._ended.again.connect(lambda: self._again())
        self._ended.back.connect(lambda: self._turn_to(self._came_from or self._choices))

        self._pages = _Pages(
            self._choices, self._connect, self._token, self._waiting, self._locations, self._ended
        )
        card = _Card(theme)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._pages)
        body = QWidget()
        column = QVBoxLayout(body)
        px = theme.type.px
        column.setContentsMargins(px(20), px(16), px(20), px(20))
        column.addLayout(self._top())
        column.addStretch(2)
        # Between stretches, not aligned: the height must be that of its own width.
        middle = QHBoxLayout()
        middle.addStretch()
        middle.addWidget(card)
        middle.addStretch()
        column.addLayout(middle)
        column.addSpacing(px(20))
        column.addWidget(self._hints)
        column.addStretch(3)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(body)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self._turn_to(self._choices)

    # What a person can do here; the tour and --sandbox use the same three.

    def explore(self) -> None:
        self._again = self.explore
        self._begin(lambda: self._gateway.explore_sandbox(self._observer), tr("the sandbox"))

    def connect_account(self, request: ConnectRequest) -> None:
        self._again = lambda: self.connect_account(request)
        self._begin(lambda: self._gateway.connect(request, self._observer), tr("your account"))

    def use_token(self, request: TokenRequest) -> None:
        self._again = lambda: self.use_token(request)
        self._begin(lambda: self._gateway.use_token(request, self._observer), tr("your account"))

    def reconnect(self, account: Account) -> None:
        """Sign in again to an account that is known, without asking for what is known of it."""
        if account.static_token:
            self.prefill(account)
            return
        self._connect.fill(account)
        self._locations.prefer(account.location_id)
        self._again = lambda: self.reconnect(account)
        self._turn_to(self._choices if account.sandbox else self._connect)
        self._begin(lambda: self._gateway.reconnect(account, self._observer), account.name)

    def prefill(self, account: Account, also: Iterable[str] = ()) -> None:
        """The form with what is known of an account: only what must be typed is asked for.
        ``also`` are scopes that it has not yet."""
        if account.static_token:
            self._token.fill(account)
            self._turn_to(self._token)
        else:
            self._connect.fill(account, also)
            self._turn_to(self._connect)

    def allow_return(self, back: Callable[[], None]) -> None:
        """An account is open already: offer the way back to it."""
        button = Button(tr("Back to my contacts"), icon="left", kind=Kind.QUIET)
        button.setObjectName("welcome-return")
        button.clicked.connect(back)
        self._top_row.insertWidget(0, button)

    def cancel(self) -> None:
        if self._signing_in is not None:
            self._signing_in.cancel()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._pages.current is self._choices:
            self._sandbox.setFocus(Qt.FocusReason.TabFocusReason)

    def _begin(self, sign_in: Callable[[], Coroutine[Any, Any, Account]], what: str) -> None:
        shown = self._pages.current
        if shown in (self._choices, self._connect, self._token):
            self._came_from = shown
        self._waiting.begin(what)
        self._turn_to(self._waiting)
        self._signing_in = self._runner.start(lambda: self._sign_in(sign_in), slot="sign-in")

    async def _sign_in(self, sign_in: Callable[[], Coroutine[Any, Any, Account]]) -> None:
        try:
            account = await sign_in()
        except asyncio.CancelledError:
            if self._signing_in is asyncio.current_task():  # else another sign-in took over
                self._turn_to(self._came_from or self._choices)
            raise
        except SignInError as error:
            if error.reason == "cancelled":
                self._turn_to(self._came_from or self._choices)
            else:
                self._end_with(error)
        except RapportError as error:
            self._end_with(error)
        else:
            self.signed_in.emit(account)
            self._turn_to(self._choices)

    def _end_with(self, error: RapportError) -> None:
        self._ended.say(error)
        self._turn_to(self._ended)

    def _turn_to(self, page: QWidget) -> None:
        self._pages.turn_to(page)
        self._hints.setVisible(page is self._choices)
        first = page.nextInFocusChain()
        while (
            first is not None
            and first is not page
            and not (page.isAncestorOf(first) and first.focusPolicy() & Qt.FocusPolicy.TabFocus)
        ):
            first = first.nextInFocusChain()
        if first is not None and first is not page:
            first.setFocus(Qt.FocusReason.TabFocusReason)

    # The parts of the page.

    def _top(self) -> QHBoxLayout:
        row = self._top_row = QHBoxLayout()
        row.addStretch()
        modes = Segmented(
            [
                (ThemeMode.SYSTEM, tr("System")),
                (ThemeMode.LIGHT, tr("Light")),
                (ThemeMode.DARK, tr("Dark")),
            ],
            name=tr("Appearance"),
        )
        modes.set_value(ThemeMode(self._theme.mode.value))
        modes.chosen.connect(self._choose_mode)
        row.addWidget(modes)
        return row

    def _choose_mode(self, mode: ThemeMode) -> None:
        self._theme.set_mode(Mode(mode.value))
        self.theme_chosen.emit(mode)

    def _choice_page(self) -> QWidget:
        page = QWidget()
        px = self._theme.type.px
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        upper = QVBoxLayout()
        upper.setContentsMargins(px(32), px(32), px(32), px(24))
        upper.setSpacing(px(12))
        head = QHBoxLayout()
        head.setSpacing(px(16))
        mark = QLabel()
        mark.setPixmap(mark_pixmap(px(40), self.devicePixelRatioF()))
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Words(tr("Welcome to Rapport"), title=True, strong=True))
        words.addWidget(
            Words(
                tr("Your contacts, tasks and notes in a window that is always ready."), muted=True
            )
        )
        head.addLayout(words, 1)
        upper.addLayout(head)
        upper.addSpacing(px(10))
        self._sandbox = Choice(
            "flask",
            tr("Explore the sandbox"),
            tr("Made-up contacts. Works offline, reset any time."),
            tr("no account needed"),
        )
        self._sandbox.setObjectName("choose-sandbox")
        self._sandbox.clicked.connect(self.explore)
        account = Choice(
            "link", tr("Connect an account"), tr("Sign in to HighLevel here or in your browser.")
        )
        account.setObjectName("choose-account")
        account.clicked.connect(lambda: self._turn_to(self._connect))
        token = Choice(
            "key", tr("Paste a token"), tr("Use a private integration token from one location.")
        )
        token.setObjectName("choose-token")
        token.clicked.connect(lambda: self._turn_to(self._token))
        for choice in (self._sandbox, account, token):
            upper.addWidget(choice)
        column.addLayout(upper)
        column.addWidget(_Rule())
        foot = QHBoxLayout()
        foot.setContentsMargins(px(33), px(14), px(32), px(14))
        foot.setSpacing(px(12))
        foot.addWidget(Icon("shield", 16), 0, Qt.AlignmentFlag.AlignVCenter)
        foot.addWidget(
            Words(
                tr(
                    "Data is kept encrypted on this computer. Sign-in details go into the system "
                    "keyring. Rapport sends no telemetry."
                ),
                caption=True,
                muted=True,
            ),
            1,
        )
        column.addLayout(foot)
        return page

    def _choice_hints(self) -> QWidget:
        hints = QWidget()
        column = QVBoxLayout(hints)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self._theme.type.px(12))
        column.addLayout(self._keys())
        later = Words(
            tr("You can do the other two later under Settings, Account."),
            caption=True,
            muted=True,
        )
        later.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(later)
        return hints

    def _keys(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._theme.type.px(4))
        row.addStretch()
        for key, words in (("↑", ""), ("↓", tr("choose")), ("↵", tr("continue"))):
            row.addWidget(KeyCap(key))
            if words:
                label = Words(words, caption=True, muted=True)
                label.setWordWrap(False)
                row.addSpacing(self._theme.type.px(4))
                row.addWidget(label)
                row.addSpacing(self._theme.type.px(10))
        row.addStretch()
        return row


class _Rule(Painted):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self.tokens.divider)


class _Pages(QWidget):
    """One page at a time, as tall as that page; a stack is as tall as its tallest."""

    def __init__(self, *pages: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._pages = pages
        self.current = pages[0]
        for page in pages:
            page.hide()
            column.addWidget(page)

    def turn_to(self, page: QWidget) -> None:
        self.current = page
        for other in self._pages:
            other.setVisible(other is page)
