"""The marked contacts of the contact list, whichever view shows it."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from msgspec import structs
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QListView

from rapport.domain.changes import ChangeEvent, Op
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Kind
from rapport.language import tr, trn
from rapport.ui.context import WindowContext
from rapport.ui.marks import Marking, Marks, announce
from rapport.ui.menus import RULE
from rapport.ui.models.contact_list_model import ContactListModel
from rapport.ui.wording import count

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

MARKED_MENU = (
    "bulk.add-tags",
    "bulk.remove-tags",
    "bulk.assign",
    "bulk.field",
    "bulk.dnd",
    RULE,
    "list.unmark",
    RULE,
    "bulk.delete",
)
"""The menu of a marked row."""


class MarkedContacts(QObject):
    """Keeps the marks while the list is asked anew, scrolled or sorted; another list begins without
    any. ``marks`` holds row keys, and so knows rows that were never read."""

    def __init__(
        self,
        workspace: Workspace,
        context: WindowContext,
        model: ContactListModel,
        view: QListView,
    ) -> None:
        super().__init__(view)
        self._workspace = workspace
        self._context = context
        self._model = model
        self._view = view
        self._query = _listed(model.query)
        self.marks = Marks(self)
        self.marking = Marking(self.marks, model)
        model.marks = self.marks
        self.marks.changed.connect(self._tell)
        self._unsubscribe = workspace.feed.subscribe(self._heard)

    def keys(self) -> array[int]:
        """The marked contacts' row keys, oldest record first."""
        return array("q", sorted(key for key in self.marks.keys if isinstance(key, int)))

    def mark(self) -> None:
        """Mark the chosen row, or take its mark away."""
        self.marking.toggle(self._view.currentIndex().row())

    async def mark_all(self) -> None:
        """Mark the whole list, rows that were never read among them."""
        query = self._model.query
        keys = await self._workspace.queries.contact_keys(query)
        if query == self._model.query:
            self.marks.set(keys)

    def unmark(self) -> None:
        self.marks.clear()

    def show_query(self, query: ContactQuery) -> None:
        """A list is shown: another one, or the same in another order."""
        if _listed(query) != self._query:
            self._query = _listed(query)
            self.marks.clear()

    def close(self) -> None:
        self._unsubscribe()
        self.marks.clear()

    def _tell(self) -> None:
        number = len(self.marks)
        self._view.viewport().update()
        self._context.change(marked_contacts=number)
        words = trn("{n} contact selected", "{n} contacts selected", number)
        announce(
            self._view, words.format(n=count(number)) if number else tr("No contacts selected")
        )

    def _heard(self, event: ChangeEvent) -> None:
        deleted = any(c.op is Op.DELETE and c.ref.kind is Kind.CONTACT for c in event.changes)
        if deleted and self.marks:
            self._context.runner.start(self._forget_gone, slot=f"marked-{id(self)}")

    async def _forget_gone(self) -> None:
        self.marks.keep(await self._workspace.queries.listed(self.keys()))


def _listed(query: ContactQuery) -> ContactQuery:
    """What decides which contacts a list has, its order aside."""
    plain = ContactQuery()
    return structs.replace(query, sort=plain.sort, descending=plain.descending)
