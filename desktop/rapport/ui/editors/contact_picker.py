"""Chooses a contact by a few letters of its name."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.domain.records import Id
from rapport.domain.text import visible
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.editors.suggestions import Offer, Suggestions
from rapport.ui.widgets.inputs import LineEdit, Message


class ContactPicker(QWidget):
    """``contact_id`` is None until one of the suggestions was chosen."""

    changed = Signal()

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.contact_id: Id | None = None
        self.line = LineEdit(
            tr("Contact"), self, placeholder=tr("Name, e-mail or phone"), icon="user"
        )
        self.line.setObjectName("task-contact")
        self._message = Message(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.line)
        column.addWidget(self._message)
        self.setFocusProxy(self.line)
        self._names: dict[Id, str] = {}
        self._suggestions = Suggestions(self.line, tr("Contacts"))
        self._suggestions.chosen.connect(self._choose)
        self.line.textEdited.connect(self._typed)

    def set_contact(self, contact_id: Id | None, name: str = "") -> None:
        self.contact_id = contact_id
        self.line.setText(visible(name))
        self.line.setCursorPosition(0)  # a long name shows its beginning

    def complain(self) -> bool:
        """Show that nobody was chosen, if so; tells whether it is."""
        if self.contact_id is not None:
            return False
        typed = self.line.text().strip()
        self._message.say(
            tr("Choose one of the contacts found.") if typed else tr("Which contact is it for?")
        )
        self.line.set_invalid(True)
        return True

    def _typed(self, text: str) -> None:
        self.contact_id = None
        self._message.say("")
        self.line.set_invalid(False)
        self.changed.emit()
        self._context.runner.start(lambda: self._ask(text), slot="find-contacts")

    async def _ask(self, text: str) -> None:
        rows = await self._context.workspace.queries.find_contacts(text) if text.strip() else []
        if self.line.text() != text or not self.line.hasFocus():
            return
        self._names = {row.id: row.name for row in rows}
        self._suggestions.offer(
            [
                Offer(
                    value=row.id, text=visible(row.name), beside=visible(row.company), seed=row.seed
                )
                for row in rows
            ]
        )

    def _choose(self, contact_id: object) -> None:
        if isinstance(contact_id, str):
            self.set_contact(contact_id, self._names.get(contact_id, ""))
            self.changed.emit()
