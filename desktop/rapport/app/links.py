"""Opens what a ``rapport://`` link names, in the account that has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from rapport.app.session import Session
from rapport.domain.errors import InputError, RapportError
from rapport.domain.links import Link, read_link
from rapport.domain.records import Id, Kind
from rapport.domain.settings import Account
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.widgets.overlay import confirm
from rapport.ui.window import MainWindow

Switch = Callable[[str, Callable[[], None]], None]


class Links:
    """``session`` opens an account; ``switch`` puts one on screen, and then does
    what it is given."""

    def __init__(
        self,
        window: MainWindow,
        accounts: Callable[[], Sequence[Account]],
        session: Callable[[Account], Awaitable[Session]],
        switch: Switch,
    ) -> None:
        self._window = window
        self._accounts = accounts
        self._session = session
        self._switch = switch

    async def open(self, text: str) -> None:
        """Raises InputError with a sentence where the link leads nowhere here. An account that is
        not on screen comes there only if the person says so."""
        link = read_link(text)
        shown = self._window.context.situation.workspace
        found = await self._find(link, shown)
        if found is None:
            raise InputError(
                tr("This link leads to nothing that is known here."),
                tr("It may be of another account, or not have been read yet."),
            )
        account, id = found
        if shown is not None and account.id == shown.account.id:
            self._show(link.kind, id)
            return
        name = account.name or account.location_id
        if await confirm(
            self._window,
            tr("Switch to {name}?").format(name=name),
            tr("The link leads into this account."),
            confirm=tr("Switch"),
        ):
            self._switch(account.id, lambda: self._show(link.kind, id))

    async def _find(self, link: Link, shown: Workspace | None) -> tuple[Account, Id] | None:
        """The account on screen first."""
        first = shown.account.id if shown is not None else ""
        for account in sorted(self._accounts(), key=lambda one: one.id != first):
            if link.location_id not in ("", account.location_id):
                continue
            # One that cannot be opened says so at its own place.
            with suppress(RapportError):
                queries = (await self._session(account)).workspace.queries
                id = await queries.local_id(link.kind, link.server_id)
                if id is not None:
                    return account, id
        return None

    def _show(self, kind: Kind, id: Id) -> None:
        if kind is Kind.TASK:
            self._window.open_task(id)
        else:
            self._window.show_detail(id)
