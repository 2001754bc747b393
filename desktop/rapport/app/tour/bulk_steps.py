"""The tour's bulk edit: many contacts by mouse and keys, one refused, and one undo."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QListView, QWidget

from rapport.app.tour.shared import Steps
from rapport.domain.records import Id, Kind
from rapport.ui.bulk.dialog import BulkDialog
from rapport.ui.widgets.labels import ElidedLabel

TAG = "spring offer"
REASON = "tags: the CRM had none of it"
LEAST = 20
_SENT_LIMIT_S = 60.0


class BulkSteps(Steps):
    async def edit(self) -> None:
        """Twenty and more get a tag, seen before; the one that the CRM refuses is in the report,
        and sent once more."""
        context = self._window.context
        await self._do.key("alt+2")
        rows = await self._do.see("contact-list", QListView)
        model = rows.model()
        await self._do.click_row(rows, model.index(1, 0))
        await self._do.click_row(rows, model.index(3, 0), held="ctrl")
        await self._do.click_row(rows, model.index(7, 0), held="shift")
        await self._do.key(*["shift+Down"] * (LEAST - 6))
        await self._do.key("j", "j", "x")
        await self._do.until(
            lambda: context.situation.marked_contacts > LEAST, f"more than {LEAST} marks"
        )
        await self._do.see("marked-summary")
        await self._photograph()
        ids = await self._marked()

        await self._do.key("l")
        dialog = await self._do.see("bulk-dialog", BulkDialog)
        await self._do.until(lambda: self._focused("tag-field"), "the tag to be asked for")
        await self._do.type(TAG)
        await self._do.key("Return")
        await self._do.until(dialog.go.isEnabled, "the preview")
        assert str(len(ids)) in dialog.go.text(), dialog.go.text()
        await self._photograph()
        await self._crm.refuse("POST", r"^/contacts/[^/]+/tags/?$", REASON)
        await self._do.key("ctrl+Return")
        run = dialog.running
        await self._do.until(
            lambda: len(run.sending.refused) == 1 and not run.sending.waiting,
            "the CRM to have all but one",
            limit_s=_SENT_LIMIT_S,
        )
        reason = await self._do.see("bulk-reason", ElidedLabel)
        assert REASON in reason.text(), reason.text()
        await self._photograph()
        assert await self._with_tag(ids) == len(ids) - 1
        await self._do.click("bulk-retry")
        await self._do.until(
            lambda: not run.sending.refused and not run.sending.waiting,
            "the refused one to be sent",
            limit_s=_SENT_LIMIT_S,
        )
        assert await self._with_tag(ids) == len(ids)
        await self._do.click("bulk-close")
        await self._do.until(
            lambda: self._do.find(QWidget, "bulk-dialog") is None, "the dialog to be gone"
        )

    async def undo(self) -> None:
        """One Ctrl+Z takes it from all of them, in the CRM, too."""
        context = self._window.context
        ids = await self._marked()
        assert len(ids) > LEAST, "the marks outlive the edit"
        await self._do.key("ctrl+z")

        async def nobody() -> bool:
            return not await self._with_tag(ids)

        await self._do.until_known(nobody, "nobody to have the tag", limit_s=_SENT_LIMIT_S)
        await self._photograph()
        await self._do.key("Escape")
        await self._do.until(lambda: not context.situation.marked_contacts, "no marks")

    async def _marked(self) -> list[Id]:
        contacts: Any = self._window.pages.contacts
        return await self._workspace.queries.contact_ids(contacts.list.marked.keys())

    async def _with_tag(self, ids: list[Id]) -> int:
        found = [await self.at_server(Kind.CONTACT, id) for id in ids]
        return sum(TAG in (one or {}).get("tags", ()) for one in found)

    def _focused(self, name: str) -> bool:
        focused = self._window.focusWidget()
        return focused is not None and focused.objectName() == name
