"""The account on screen, and what the window knows of the others."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from rapport.app.accounts import Accounts
from rapport.app.config import Config, ConfigFile
from rapport.app.ground import Ground
from rapport.app.session import Session
from rapport.domain.changes import ChangeEvent
from rapport.domain.errors import RapportError
from rapport.domain.settings import Account
from rapport.language import tr
from rapport.ui.accounts import SignedIn
from rapport.ui.window import MainWindow


class OnScreen:
    """Holds what the settings file says and which account is shown. ``cannot_open`` puts something
    else in an account's place, where its local copy cannot be opened."""

    def __init__(
        self,
        window: MainWindow,
        ground: Ground,
        config: Config,
        cannot_open: Callable[[Account, RapportError], None],
    ) -> None:
        self.window = window
        self.config = config
        self.session: Session | None = None
        """The account on screen."""
        self.accounts = Accounts(ground, opened=self._opened, changed=self.tell_accounts)
        self._file = ConfigFile(ground.paths.settings_file)
        self._secrets = ground.secrets
        self._cannot_open = cannot_open

    def save(self, config: Config) -> None:
        self.config = config
        self.tell_accounts()
        try:
            self._file.save(config)
        except RapportError as error:
            self.window.context.runner.show(error)

    def tell_accounts(self) -> None:
        """What the window, the tray and the reminders know of all accounts."""
        known = []
        for account in self.config.accounts:
            session = self.accounts.session(account.id)
            workspace = session.workspace if session is not None else None
            known.append(SignedIn(account, workspace, self.accounts.error(account.id)))
        self.window.context.set_accounts(tuple(known))

    # Which one is shown.

    async def open(self, account: Account, key: bytes | None = None) -> Session | None:
        """Shows an account from its local copy, or why it cannot be; None then. ``key`` is the key
        of its database, where that is known."""
        try:
            session = await self.accounts.open(account, key)
        except RapportError as error:
            self._cannot_open(account, error)
            return None
        self.show(session)
        return session

    def show(self, session: Session) -> None:
        self.window.set_cover(None)
        if self.session is session:
            return
        self.session = session
        self.window.set_memory_only(self._secrets.in_memory)
        self.window.set_workspace(session.workspace)
        self.tell_accounts()

    async def open_again(self, account: Account) -> Session:
        """After a sign-in; it is not shown yet."""
        if self.session is not None and self.session.account.id == account.id:
            self.window.set_workspace(None)
        session = await self.accounts.open_again(account)
        # What one sandbox is called depends on whether there are several.
        for one in self.accounts.sessions():
            self._learn_name(one)
        return session

    def leave(self, account: Account) -> None:
        """Shows it no longer, where it is the one on screen: its copy is about to be closed."""
        if self.session is not None and self.session.account.id == account.id:
            self.session = None
            self.window.set_workspace(None)

    def want(self, account_id: str, then: Callable[[], None] | None = None) -> None:
        """Switches to an account, and does ``then`` once it is shown."""
        account = self.config.account(account_id)
        if account is not None:
            # A second wish overtakes the first.
            self.window.context.runner.start(lambda: self.switch(account, then), slot="switch")

    async def switch(self, account: Account, then: Callable[[], None] | None = None) -> None:
        session = await self.open(account)
        if session is None:
            return
        if then is not None:
            then()
        if self.config.current != account.id:
            self.save(msgspec.structs.replace(self.config, current=account.id))
        await self.accounts.connect(session)

    # What the CRM says of it.

    def _opened(self, session: Session) -> None:
        def heard(event: ChangeEvent) -> None:
            if event.reference:
                self._learn_name(session)

        session.workspace.feed.subscribe(heard)

    def _learn_name(self, session: Session) -> None:
        """What the account is called and where it is, once the CRM has said so."""
        location = session.workspace.reference.location
        if location is None:
            return
        account, name = session.account, location.name
        if account.sandbox:
            others = any(one.sandbox and one.id != account.id for one in self.config.accounts)
            name = f"{location.name} ({tr('Sandbox')})" if others else account.name
        named = msgspec.structs.replace(
            account, name=name or account.name, place=location.city or account.place
        )
        if named != account:
            session.account = session.workspace.account = named
            self.save(self.config.renamed(named))
            if self.session is session:
                self.window.account_changed()
