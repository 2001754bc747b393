"""The signed-in accounts of this run: which are open, which talk to their CRM, what ails the rest.

Each has its own database, its own request budget and its own sync. What goes wrong with one stays
with it.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.app.copies import DATABASE, change_key, repair, set_aside
from rapport.app.credentials import oauth_app
from rapport.app.ground import Ground
from rapport.app.sandbox_process import at_todays_port
from rapport.app.session import Session
from rapport.domain.errors import KeyringError, RapportError
from rapport.domain.settings import Account

if TYPE_CHECKING:
    from rapport.store import Rescued

log = logging.getLogger(__name__)


class Accounts:
    """Lives on the window's loop. ``opened`` is told of each new session, ``changed`` whenever an
    account is opened, closed, or cannot be."""

    def __init__(
        self,
        ground: Ground,
        *,
        opened: Callable[[Session], None],
        changed: Callable[[], None],
    ) -> None:
        self._paths = ground.paths
        self._secrets = ground.secrets
        self._sandbox = ground.sandbox
        self._engine = ground.engine
        self._clock = ground.clock
        self._opened = opened
        self._changed = changed
        self._sessions: dict[str, Session] = {}
        self._errors: dict[str, RapportError] = {}
        # The background and a click may want the same account at the same time.
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def session(self, account_id: str) -> Session | None:
        """The account, where it is open."""
        return self._sessions.get(account_id)

    def sessions(self) -> tuple[Session, ...]:
        return tuple(self._sessions.values())

    def error(self, account_id: str) -> RapportError | None:
        """Why it is not open, or not connected."""
        return self._errors.get(account_id)

    def is_kept(self, account_id: str) -> bool:
        """Whether there is a copy of it: one that was in memory only ended with its program."""
        return account_id in self._sessions or self._database(account_id).exists()

    # Opening.

    async def open(self, account: Account, key: bytes | None = None) -> Session:
        """From its local copy; the same session where it is open already. ``key`` is the key of its
        database, where that is known. Raises KeyringError, StoreError."""
        async with self._locks[account.id]:
            session = self._sessions.get(account.id)
            if session is None:
                try:
                    session = await self._open(account, key)
                except RapportError as error:
                    self._remember(account, error)
                    raise
                self._keep(session)
            # Also where an earlier call was cancelled before it had read the dictionaries.
            await session.workspace.start()
        return session

    async def open_again(self, account: Account) -> Session:
        """After a sign-in. A copy whose key is lost is kept beside the new one."""
        from rapport.host.vault import LostKey

        async with self._locks[account.id]:
            earlier = self._sessions.pop(account.id, None)
            if earlier is not None:
                session = await earlier.replaced(account)
            else:
                try:
                    session = await self._open(account, None)
                except LostKey:
                    await asyncio.to_thread(set_aside, self._paths.account(account.id))
                    vault = self._secrets.vault(account.id)
                    await asyncio.to_thread(vault.forget_database_key)
                    session = await self._open(account, None)
            self._keep(session)
            await session.workspace.start()
        return session

    async def open_rest(self, accounts: Iterable[Account]) -> None:
        """Those that nobody waits for: first all local copies, then all lines to the CRM."""
        opened = []
        for account in accounts:
            try:
                opened.append(await self.open(account))
            except RapportError as error:
                log.warning("an account stays closed: %s", type(error).__name__)
        for session in opened:
            try:
                await self.connect(session)
            except RapportError as error:
                log.warning("an account stays offline: %s", type(error).__name__)

    async def connect(self, session: Session) -> None:
        """Starts its sync, where that does not run yet. Raises RapportError."""
        async with self._locks[session.account.id]:
            if session.connected or self._sessions.get(session.account.id) is not session:
                return
            try:
                if session.account.sandbox:
                    session.account = await self._at_todays_port(session.account)
                await session.connect(self._engine)
            except RapportError as error:
                self._remember(session.account, error)
                raise
            if self._errors.pop(session.account.id, None) is not None:
                self._changed()

    async def _open(self, account: Account, key: bytes | None) -> Session:
        if key is None and not self._secrets.in_memory:
            database = self._database(account.id)
            key = await asyncio.to_thread(self._secrets.database_key, account.id, database)
        folder = self._paths.account(account.id)
        return Session.open(account, folder, key, clock=self._clock, secrets=self._secrets)

    def _keep(self, session: Session) -> None:
        self._sessions[session.account.id] = session
        self._errors.pop(session.account.id, None)
        self._opened(session)
        self._changed()

    def _remember(self, account: Account, error: RapportError) -> None:
        self._errors[account.id] = error
        self._changed()

    async def _at_todays_port(self, account: Account) -> Account:
        try:
            return await at_todays_port(account, self._sandbox)
        except RapportError as error:
            log.info("no sandbox: %s", error.english)
            return account

    # Closing.

    async def forget(self, account: Account) -> None:
        """Ends the sign-in at the server and deletes what is here of it."""
        async with self._locks[account.id]:
            session = self._sessions.pop(account.id, None)
            self._errors.pop(account.id, None)
            self._changed()
            if session is not None:
                account = session.account
                await session.disconnect()
            await self._revoke(account)
            if session is not None:
                await session.close()
            await asyncio.to_thread(self._secrets.forget, account.id)
            await asyncio.to_thread(_delete_folder, self._paths.account(account.id))

    async def repair(self, account: Account) -> Rescued:
        """Closes it, and makes a new copy of what can be read of the damaged one; it is to be
        opened again then. Raises KeyringError, StoreError."""
        async with self._locks[account.id]:
            await self._close_copy(account)
            database = self._database(account.id)
            key = await asyncio.to_thread(self._secrets.database_key, account.id, database)
            return await asyncio.to_thread(repair, database.parent, key)

    async def change_key(self, account: Account) -> None:
        """Closes it, and encrypts its copy with a new key. Raises KeyringError, StoreError."""
        async with self._locks[account.id]:
            await self._close_copy(account)
            folder = self._paths.account(account.id)
            await asyncio.to_thread(change_key, folder, self._secrets, account.id)

    async def _close_copy(self, account: Account) -> None:
        session = self._sessions.pop(account.id, None)
        if session is not None:
            self._changed()
            await session.close()

    async def close(self) -> None:
        for session in self.sessions():
            await session.close()
        self._sessions.clear()

    async def _revoke(self, account: Account) -> None:
        from rapport.api.session import decode
        from rapport.app.sign_in import end_session

        if account.static_token:
            return
        vault = self._secrets.vault(account.id)
        try:
            app = await asyncio.to_thread(oauth_app, account, vault)
            kept = await asyncio.to_thread(vault.read_tokens)
        except KeyringError:
            return
        tokens = decode(kept[0]) if kept else None
        if tokens is not None:
            await asyncio.wrap_future(self._engine.run(end_session(app, tokens)))

    def _database(self, account_id: str) -> Path:
        return self._paths.account(account_id) / DATABASE


def _delete_folder(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=sys.platform == "win32")
