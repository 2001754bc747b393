"""The way in: the welcome page, what a sign-in leads to, and why an account may need another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from rapport.app.ground import Ground
from rapport.app.on_screen import OnScreen
from rapport.domain.scopes import ALL, WRITE
from rapport.domain.settings import Account
from rapport.language import tr
from rapport.ui.context import Page

if TYPE_CHECKING:
    from rapport.ui.onboarding import WelcomePage


class Entrance:
    """``sandbox_scopes`` are asked for in the sandbox; None: all."""

    def __init__(
        self, screen: OnScreen, ground: Ground, sandbox_scopes: tuple[str, ...] | None = None
    ) -> None:
        self._screen = screen
        self._window = screen.window
        self._ground = ground
        self._sandbox_scopes = sandbox_scopes
        self._window.context.scope_wanted.connect(self._ask_scope)
        actions = self._window.context.actions
        actions.bind("account.add", self._add_account)
        actions.bind("account.sign-in", self._sign_in_again)
        actions.bind("account.ask-write", lambda: self._ask_scope(WRITE.name))

    def welcome(self) -> WelcomePage:
        from rapport.app.sign_in import SignIn
        from rapport.ui.onboarding import WelcomePage

        window, theme = self._window, self._window.context.theme
        gateway = SignIn(
            self._ground,
            opened=self.signed_in,
            added=self._added,
            known=self._known,
            appearance=lambda: (theme.mode.value, theme.text_scale),
            open_browser=lambda url: QDesktopServices.openUrl(QUrl(url)),
            sandbox_scopes=self._sandbox_scopes,
        )
        page = WelcomePage(gateway, window.context.runner, theme)
        page.theme_chosen.connect(lambda mode: window.context.change_settings(theme=mode))
        page.signed_in.connect(lambda account: window.come_forward())
        if self._screen.session is not None:
            page.allow_return(lambda: window.set_cover(None))
        window.set_cover(page)
        return page

    def explore_sandbox(self) -> None:
        """The sandbox account, signing in where there is none yet."""
        account = next((one for one in self._screen.config.accounts if one.sandbox), None)
        if account is not None and self._screen.accounts.is_kept(account.id):
            self._screen.want(account.id)
        else:
            self.welcome().explore()

    # What a sign-in leads to.

    async def signed_in(self, account: Account) -> None:
        self._screen.save(self._screen.config.with_account(account))
        session = await self._screen.open_again(account)
        self._screen.show(session)
        self._window.show_page(Page.CONTACTS)
        await self._screen.accounts.connect(session)

    async def _added(self, account: Account) -> None:
        """A further account of one sign-in: it syncs, and is there to be switched to."""
        before = self._screen.config
        self._screen.save(
            msgspec.structs.replace(before.with_account(account), current=before.current)
        )
        await self._screen.accounts.connect(await self._screen.open_again(account))

    def _known(self, host: str, location_id: str, user_id: str) -> Account | None:
        for account in self._screen.config.accounts:
            theirs = "sandbox" if account.sandbox else QUrl(account.api_url).host()
            if (theirs, account.location_id, account.user_id) == (host, location_id, user_id):
                return account
        return None

    # Why there is another.

    def _add_account(self) -> None:
        self.welcome()

    def _sign_in_again(self) -> None:
        session = self._screen.session
        page = self.welcome()
        if session is not None:
            account = session.account
            page.signed_in.connect(lambda now: self._tell_of_another_person(account, now))
            page.reconnect(account)

    def _tell_of_another_person(self, before: Account, now: Account) -> None:
        if now.id != before.id and now.location_id == before.location_id:
            self._window.context.notice(
                tr("You signed in as somebody else"),
                tr("Edits made before wait for the one who made them, in the other account."),
                icon="user",
            )

    def _ask_scope(self, name: str) -> None:
        """A new sign-in, for this scope beside those that were granted before."""
        if self._screen.session is None:
            return
        account = self._screen.session.account
        if account.sandbox:
            usual = self._sandbox_scopes or tuple(scope.name for scope in ALL)
            self._sandbox_scopes = tuple(dict.fromkeys((*usual, *account.scopes, name)))
            self.welcome().explore()
        else:
            self.welcome().prefill(account, (name,))
