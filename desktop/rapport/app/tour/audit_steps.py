"""The tour's look into the audit log: an edit set back, a deleted contact brought back."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QAbstractButton, QListView, QWidget

from rapport.app.tour.detail_steps import MADE_EMAIL
from rapport.app.tour.shared import Steps
from rapport.domain.audit import Act, AuditEntry, AuditFilter
from rapport.domain.records import Kind
from rapport.domain.titles import title_words
from rapport.language import tr
from rapport.ui.roles import AuditRole


class AuditSteps(Steps):
    async def revert(self) -> None:
        """The newest edit of a contact is set back, and arrives at the CRM."""
        entry = await self._choose("Edit contact")
        await self._do.click("audit-revert")
        await self._told(title_words("Revert edit contact"))
        await self._photograph()
        before, _ = entry.fields["city"]
        await self.arrives(Kind.CONTACT, entry.contact_id, "city", before)
        await self._do.key("alt+2")

    async def bring_back(self) -> None:
        """The contact that was deleted last is brought back, and arrives at the CRM."""

        async def departed() -> bool:
            entry = await self._newest("Delete contact")
            return entry is not None and entry.departed and not entry.waiting

        await self._do.until_known(departed, "the deletion to be carried out")
        entry = await self._choose("Delete contact")
        await self._do.click("audit-restore")
        await self._do.see("confirm-dialog")
        await self._photograph()
        await self._do.click("confirm-yes")
        await self._told(title_words("Bring back contact"))
        await self.arrives(Kind.CONTACT, entry.contact_id, "email", MADE_EMAIL)
        await self._do.key("alt+2")

    async def _choose(self, title: str) -> AuditEntry:
        await self._do.key("alt+4")
        tabs = await self._do.see("activity-tabs")
        buttons = tabs.findChildren(QAbstractButton)
        await self._do.click(next(one for one in buttons if one.text() == tr("Audit log")))
        view = await self._do.see("audit-list", QListView)
        words = title_words(title)
        row = await self._do.until(lambda: self._row(view, words), f"“{words}” in the log")
        await self._do.click_row(view, view.model().index(row - 1, 0))
        details: Any = await self._do.see("audit-details", QWidget)
        entry: AuditEntry = await self._do.until(
            lambda: details.entry if details.entry and details.entry.title == title else None,
            "the entry beside the list",
        )
        assert entry.act in (Act.UPDATE, Act.DELETE)
        return entry

    async def _told(self, title: str) -> None:
        view = await self._do.see("audit-list", QListView)
        await self._do.until(lambda: self._row(view, title), f"“{title}” in the log")

    @staticmethod
    def _row(view: QListView, title: str) -> int:
        """Counted from one, so that none is 0."""
        model = view.model()
        rows = range(min(model.rowCount(), 100))
        found = (row for row in rows if model.index(row, 0).data(AuditRole.TITLE) == title)
        return next(found, -1) + 1

    async def _newest(self, title: str) -> AuditEntry | None:
        audit = self._workspace.audit
        ids = (await audit.index(AuditFilter())).ids[:50]
        return next((one for one in await audit.entries(ids) if one.title == title), None)
