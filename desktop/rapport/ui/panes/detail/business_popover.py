"""The business of a contact, and the contacts that belong to it, too."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import isValid

from rapport.domain.records import Business, Id
from rapport.domain.text import visible
from rapport.domain.views import ContactRow
from rapport.language import tr, trn
from rapport.services import phones
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, ElidedButton, Kind, Size
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Popover
from rapport.ui.wording import count

SHOWN = 12
"""Contacts of a business; a larger one says how many there are."""


class BusinessPopover(Popover):
    """Pressing a contact opens it. The name of a company is the business’s: it is changed there."""

    def __init__(
        self, context: WindowContext, window: QWidget, business: Business, contact_id: Id
    ) -> None:
        super().__init__(window, width=340, name=visible(business.name))
        self.setObjectName("business-popover")
        self._context = context
        self._business = business
        self._contact_id = contact_id
        self.body.addWidget(
            Label(
                visible(business.name),
                self.panel,
                size=TextSize.SECTION,
                weight=SEMIBOLD,
                wrap=True,
            )
        )
        if facts := self._facts():
            self.body.addWidget(Label(facts, self.panel, role="muted", wrap=True, selectable=True))
        self._title = Label(tr("Reading…"), self.panel, size=TextSize.CAPTION, role="muted")
        self.body.addWidget(self._title)
        self._others = QVBoxLayout()
        self._others.setSpacing(0)
        self.body.addLayout(self._others)
        self.change = Button(
            tr("Change the business under Operations"), self.panel, kind=Kind.LINK, size=Size.INLINE
        )
        self.change.setObjectName("business-change")
        self.change.setToolTip(
            tr("The CRM takes no new company name for a contact: it follows its business.")
        )
        self.change.clicked.connect(self._change)
        self.body.addWidget(self.change)
        context.runner.own(self._read())

    def _facts(self) -> str:
        one = self._business
        location = self._context.workspace.reference.location
        phone = phones.display(one.phone, location.country if location else "") if one.phone else ""
        place = " ".join(filter(None, (one.postal_code, one.city)))
        lines = (phone, one.email, one.website, ", ".join(filter(None, (one.address, place))))
        return "\n".join(visible(line) for line in lines if line)

    async def _read(self) -> None:
        rows, total = await self._context.workspace.queries.of_business(self._business.id, SHOWN)
        if isValid(self):
            self._show([row for row in rows if row.id != self._contact_id], total)

    def _show(self, rows: list[ContactRow], total: int) -> None:
        others = max(0, total - 1)
        words = trn("{n} other contact", "{n} other contacts", others).format(n=count(others))
        self._title.setText(words if others else tr("Nobody else belongs to it."))
        for place, row in enumerate(rows):
            name = visible(row.name)
            button = ElidedButton(name, self.panel, kind=Kind.QUIET, size=Size.SMALL, icon="user")
            button.setObjectName(f"business-contact-{place}")
            button.clicked.connect(partial(self._open, row.id))
            self._others.addWidget(button)
        self.place()

    def _open(self, contact_id: Id) -> None:
        self.close()
        self._context.open_contact(contact_id)

    def _change(self) -> None:
        self.close()
        self._context.show_activity("operations")
