"""The tour without a network, and where the CRM disagrees: a conflict, a value it refuses."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from rapport.app.tour.shared import ANA, Steps
from rapport.domain.records import Kind
from rapport.domain.views import SyncState
from rapport.ui.panes.sync_pill import refused_count
from rapport.ui.widgets.chips import Pill

_CITIES = (("Leça da Palmeira", "Maia"), ("Perafita", "Valongo"), ("Lavra", "Gondomar"))
"""Mine and theirs; the first pair mostly is enough."""


class SyncSteps(Steps):
    async def offline_edit(self) -> None:
        await self._crm.switch_off()
        await self.all_contacts()
        await self.open(ANA)
        await self.edit_field("postal_code")
        await self._do.replace("4450-208")
        await self._do.key("Return")
        await self._do.until(
            lambda: self._workspace.sync.status().state is SyncState.OFFLINE, "the offline state"
        )
        await self._do.until(
            lambda: self._workspace.sync.status().waiting >= 1, "the edit in the outbox"
        )

    async def reconnect_sync(self) -> None:
        contact = (await self.detail()).contact.id
        await self._crm.switch_on()
        await self._do.key("F5")
        await self.arrives(Kind.CONTACT, contact, "postalCode", "4450-208")
        await self._do.until(lambda: self._workspace.sync.status().waiting == 0, "an empty outbox")

    async def conflict(self) -> None:
        """Somebody else changes what is being changed here; the person decides."""
        contact = (await self.detail()).contact.id
        server_id = await self.server_id(Kind.CONTACT, contact)
        for mine, theirs in _CITIES:
            await self.edit_field("city")
            # Now and then the copy hears of it in time; then there is nothing to decide.
            await self._crm.edit("contact", server_id, {"city": theirs})
            await self._do.replace(mine)
            await self._do.key("Return")
            await self._do.until_known(
                partial(self._clashed_or_arrived, server_id, mine), "the edit to be sent"
            )
            if self._workspace.sync.status().conflicts:
                break
        await self._do.click("contact-decide")
        await self._do.click("conflict-mine-city")
        await self._do.see("conflict-saved-city")
        await self._photograph()
        await self._do.click("conflict-save")
        await self.arrives(Kind.CONTACT, contact, "city", mine)
        status = self._workspace.sync.status
        await self._do.until(
            lambda: not status().conflicts and not status().waiting, "nothing left to decide"
        )
        await self._do.see("conflict-revert")
        await self._do.click("conflict-open")
        await self._do.see("detail-pane")

    async def _clashed_or_arrived(self, server_id: str, city: str) -> bool:
        if self._workspace.sync.status().conflicts:
            return True
        record = await self._crm.record("contact", server_id)
        return record is not None and record.get("city") == city

    async def parked_edit(self) -> None:
        """The CRM refuses a value; it is corrected in the sync ledger, and goes."""
        contact = (await self.detail()).contact.id
        server_id = await self.server_id(Kind.CONTACT, contact)
        await self._crm.refuse(
            "PUT", f"^/contacts/{server_id}$", "postalCode must be shorter than 12 characters"
        )
        await self.edit_field("postal_code")
        await self._do.replace("4450-210 Matosinhos")
        await self._do.key("Return")
        status = self._workspace.sync.status
        await self._do.until(lambda: status().refused == 1, "the refusal to be told")
        await self._press_in_pill(refused_count(1))
        await self._do.see("ledger-error")
        await self._do.until(lambda: self._do.find(QWidget, "toast") is None, "the toasts to leave")
        await self._do.click("ledger-edit-postal_code")
        await self._do.see("edit-postal_code")
        await self._do.replace("4450-210")
        await self._photograph()
        await self._do.key("Return")
        await self.arrives(Kind.CONTACT, contact, "postalCode", "4450-210")
        await self._do.until(
            lambda: not status().refused and not status().waiting, "everything on the server"
        )
        await self.all_contacts()
        await self.open(ANA)

    async def _press_in_pill(self, word: str) -> None:
        """Clicks one of the counts in the sync pill."""
        pill = await self._do.see("sync-pill", Pill)
        await self._do.until(lambda: word in pill.accessibleName(), f"“{word}” in the sync pill")
        part = next(n for n, told in enumerate(pill.accessibleName().split(", ")) if word in told)
        spots = [x for x in range(pill.width()) if pill.part_at(x) == part]
        middle = QPoint(spots[len(spots) // 2], pill.height() // 2)
        await self._do.click("sync-pill", at=middle)
