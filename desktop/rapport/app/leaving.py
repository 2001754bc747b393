"""The way out: signing out of one account, the sandbox made afresh, everything removed. Each asks
first, and says what would be lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec

from rapport.app.config import Config
from rapport.app.entrance import Entrance
from rapport.app.ground import Ground
from rapport.app.on_screen import OnScreen
from rapport.domain.settings import Account, Settings
from rapport.language import count, tr, trn

if TYPE_CHECKING:
    from rapport.ui.accounts import SignedIn


class Leaving:
    def __init__(self, screen: OnScreen, ground: Ground, entrance: Entrance) -> None:
        self._screen = screen
        self._window = screen.window
        self._ground = ground
        self._entrance = entrance
        self._window.context.actions.bind("account.sign-out", self._sign_out)
        self._window.context.actions.bind("account.reset-sandbox", self._reset_sandbox)

    async def wipe(self) -> None:
        """Everything of Rapport's on this computer."""
        from rapport.app.wipe import wipe_files

        context = self._window.context
        sentences = [
            tr(
                "All local copies, sign-ins, keys, settings and logs are deleted from this "
                "computer. Nothing is deleted in the CRM."
            ),
            *[await _what_is_lost(one) for one in context.accounts],
        ]
        if not await self._confirmed(
            tr("Remove everything from this computer?"),
            " ".join(filter(None, sentences)),
            tr("Remove everything"),
        ):
            return
        for account in self._screen.config.accounts:
            await self._forget(account)
        await self._ground.sandbox.reset()
        await asyncio.to_thread(wipe_files, self._ground.paths)
        context.change_settings(**msgspec.structs.asdict(Settings(window=context.settings.window)))
        self._screen.save(Config())
        self._entrance.welcome()

    async def _sign_out(self) -> None:
        """Ends the session at the server, then deletes tokens, key and database."""
        session = self._screen.session
        if session is None:
            return
        waiting = len(await session.workspace.queries.outbox_items())
        sentence = tr("The local copy of this account is deleted from this computer.")
        if waiting:
            lost = trn(
                "{n} edit has not reached the CRM yet and would be lost.",
                "{n} edits have not reached the CRM yet and would be lost.",
                waiting,
            )
            sentence = " ".join((sentence, lost.format(n=count(waiting))))
        if not await self._confirmed(
            tr("Sign out of {name}?").format(name=session.account.name), sentence, tr("Sign out")
        ):
            return
        await self._forget(session.account)
        following = self._screen.config.account(self._screen.config.current)
        if following is not None:
            await self._screen.switch(following)
        else:
            self._entrance.welcome()

    async def _reset_sandbox(self) -> None:
        """Made-up people as on the first day, and a new sign-in to them."""
        session = self._screen.session
        if session is None or not session.account.sandbox:
            return
        if await self._confirmed(
            tr("Reset the sandbox?"),
            tr("Everything that was changed in it is lost; the made-up contacts start afresh."),
            tr("Reset the sandbox"),
        ):
            for account in self._screen.config.accounts:
                if account.sandbox:
                    await self._forget(account)
            await self._ground.sandbox.reset()
            self._entrance.explore_sandbox()

    async def _forget(self, account: Account) -> None:
        """Ends the sign-in at the server and deletes what is here of it."""
        self._screen.leave(account)
        await self._screen.accounts.forget(account)
        left = self._screen.config.without_account(account.id)
        self._screen.save(left)
        if account.agency and all(one.agency != account.agency for one in left.accounts):
            # Nothing is left that its tokens could be minted for.
            await asyncio.to_thread(self._ground.secrets.forget, account.agency)

    async def _confirmed(self, title: str, sentence: str, yes: str) -> bool:
        from rapport.ui.widgets.overlay import confirm

        return await confirm(self._window, title, sentence, confirm=yes, danger=True)


async def _what_is_lost(one: SignedIn) -> str:
    """If this account's copy is deleted; nothing where all of it is at the CRM."""
    if one.workspace is None:
        return tr("{name} is not open: whether edits of it wait cannot be told.").format(
            name=one.name
        )
    waiting = len(await one.workspace.queries.outbox_items())
    if not waiting:
        return ""
    return trn(
        "{n} edit of {name} has not reached the CRM yet and would be lost.",
        "{n} edits of {name} have not reached the CRM yet and would be lost.",
        waiting,
    ).format(n=count(waiting), name=one.name)
