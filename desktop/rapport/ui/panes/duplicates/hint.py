"""“Perhaps the same as …”: a line in a contact's detail."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.domain.records import Id
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.panes.duplicates.words import reasons_words
from rapport.ui.widgets.states import Banner

_SURE_ENOUGH = 50
"""A weaker likeness stands on the page of duplicates only."""


_AFTER_MS = 300
"""Whoever goes through a list does not wait for it."""


class DuplicateHint(QWidget):
    """Hidden where nobody resembles the contact."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._context = workspace, context
        self._contact_id: Id | None = None
        self._ids: tuple[Id, ...] = ()
        self._slot = f"hint-{id(self)}"
        self.banner = Banner("", self, icon="merge", button=tr("Compare"))
        self.banner.setObjectName("duplicate-hint")
        self.banner.button.setObjectName("duplicate-compare")
        self.banner.pressed.connect(lambda: context.show_duplicates(self._ids))
        column = QVBoxLayout(self)
        px = context.theme.type.px
        column.setContentsMargins(px(20), px(10), px(20), px(2))
        column.addWidget(self.banner)
        self._soon = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._soon.timeout.connect(self._ask)
        self.hide()

    def show_contact(self, contact_id: Id | None) -> None:
        if contact_id != self._contact_id:
            self._contact_id = contact_id
            self.hide()
        self._soon.start()

    def _ask(self) -> None:
        self._context.runner.start(self._look, slot=self._slot)

    async def _look(self) -> None:
        contact_id = self._contact_id
        if contact_id is None:
            return
        found = await self._workspace.duplicates.like(contact_id)
        found = tuple(one for one in found if one.score >= _SURE_ENOUGH)
        if contact_id != self._contact_id:
            return
        others = [id for one in found for id in one.pair if id != contact_id]
        rows = {row.id: row for row in await self._workspace.queries.recent(others[:3])}
        if not found or others[0] not in rows:
            self.hide()
            return
        self._ids = (contact_id, *(id for id in others[:3] if id in rows))
        location = self._workspace.reference.location
        country = location.country if location else ""
        why = reasons_words(found[0].reasons[:1], country)
        name = visible(rows[others[0]].name)
        self.banner.set_text(why, strong=tr("Perhaps the same as {name}:").format(name=name))
        self.banner.button.setAccessibleName(tr("Compare with {name}").format(name=name))
        self.show()
