"""The tour's way in: the welcome page, consent by a real click, the first sync."""

from __future__ import annotations

from rapport.app import pointer
from rapport.app.tour.shared import CLICK_LIMIT_S, Steps
from rapport.domain.views import SyncState


class SignInSteps(Steps):
    async def onboarding(self) -> None:
        await self._do.see("welcome")
        await self._do.see("choose-sandbox")

    async def consent(self) -> None:
        await self._do.click("choose-sandbox")
        allow = await pointer.find_accessible("Allow", "push button", timeout_s=CLICK_LIMIT_S)
        await self._photograph(whole=True)
        await pointer.click(*allow.center)
        await self._do.until(lambda: self._app.session is not None, "the account to open")

    async def first_sync(self) -> None:
        view = await self.list()
        await self._do.until(lambda: view.model().rowCount() > 0, "the first contacts")
        await self._do.until(
            lambda: self._workspace.sync.status().state is SyncState.IDLE,
            "the first sync to end",
            limit_s=90,
        )
        await self._do.until(
            lambda: view.model().rowCount() >= 500, "all contacts in the list", limit_s=30
        )
