"""What another start of Rapport asks of this one: to come forward, to open a link, or one operation
as a signed-in account, for the command line."""

from __future__ import annotations

import asyncio

from rapport.app.entrance import Entrance
from rapport.app.instance_server import Handler
from rapport.app.on_screen import OnScreen
from rapport.domain.errors import InputError, RapportError
from rapport.host.messages import Message


class SecondStart:
    def __init__(self, screen: OnScreen, entrance: Entrance) -> None:
        self._screen = screen
        self._entrance = entrance

    @property
    def handlers(self) -> dict[str, Handler]:
        """By what is asked."""
        return {"show": self._show, "call": self._call}

    def open_link(self, link: str) -> None:
        """Shows what a rapport:// link names, or says why not."""
        from rapport.app.links import Links

        screen = self._screen
        links = Links(
            screen.window, lambda: screen.config.accounts, screen.accounts.open, screen.want
        )
        screen.window.context.runner.own(links.open(link))

    async def _show(self, message: Message) -> Message:
        self._screen.window.come_forward()
        if message.head.get("sandbox"):
            self._entrance.explore_sandbox()
        if isinstance(link := message.head.get("link"), str) and link:
            self.open_link(link)
        return Message({})

    async def _call(self, message: Message) -> Message:
        from rapport.app.account_call import Answer, answered, asked, telling
        from rapport.app.error_sentence import sentence

        account_id, call = await asyncio.to_thread(asked, message)
        account = self._screen.config.account(account_id)
        if account is None:
            raise InputError("This account is not signed in any more.")
        session = await self._screen.accounts.open(account)
        try:
            await self._screen.accounts.connect(session)
            return telling(answered(await session.call(call)))
        except RapportError as error:
            return telling(Answer(body=b"", refused=sentence(error)))
