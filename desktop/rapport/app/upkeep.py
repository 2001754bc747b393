"""Care of a local copy that is closed for it: repaired, or given a new key."""

from __future__ import annotations

from rapport.app.on_screen import OnScreen
from rapport.domain.settings import Account
from rapport.language import count, tr


class Upkeep:
    """``lasting``: whether keys outlive this run; otherwise there is nothing to take care of."""

    def __init__(self, screen: OnScreen, *, lasting: bool) -> None:
        self._screen = screen
        self._window = screen.window
        if lasting:
            actions = self._window.context.actions
            actions.bind("account.repair", self._repair_current)
            actions.bind("account.change-key", self._change_key)

    async def repair(self, account: Account) -> None:
        self._screen.leave(account)
        rescued = await self._screen.accounts.repair(account)
        session = await self._screen.open(account)
        if session is not None:
            self._window.context.notice(
                tr("The local copy is repaired"),
                tr("{records} records and {edits} edits were kept.").format(
                    records=count(rescued.records), edits=count(rescued.edits)
                ),
                icon="shield",
            )
            await self._screen.accounts.connect(session)

    async def _repair_current(self) -> None:
        """Asked for by the person, or where a part of the copy turned out to be damaged."""
        from rapport.ui.widgets.overlay import confirm

        session = self._screen.session
        if session is not None and await confirm(
            self._window,
            tr("Repair the local copy of {name}?").format(name=session.account.name),
            tr(
                "A new copy is made of what can be read of this one, your edits first. The rest is "
                "read from the CRM again; the old file is kept beside it."
            ),
            confirm=tr("Repair"),
        ):
            await self.repair(session.account)

    async def _change_key(self) -> None:
        """For somebody who fears that the old one is known. The file is as large as before."""
        from rapport.ui.widgets.overlay import confirm

        session = self._screen.session
        if session is None or not await confirm(
            self._window,
            tr("Change the encryption key?"),
            tr(
                "The local copy of {name} is encrypted with a new key, and older backups of it are "
                "deleted. For a large copy this takes some seconds."
            ).format(name=session.account.name),
            confirm=tr("Change the key"),
        ):
            return
        account = session.account
        self._screen.leave(account)
        try:
            await self._screen.accounts.change_key(account)
            self._window.context.notice(tr("The encryption key is changed"), icon="key")
        finally:
            session = await self._screen.open(account)
            if session is not None:
                await self._screen.accounts.connect(session)
