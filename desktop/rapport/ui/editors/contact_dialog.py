"""Makes a contact. Opened with ``open()`` and awaited, never ``exec()``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QWidget

from rapport.domain.commands import CreateContact
from rapport.domain.errors import InputError
from rapport.domain.records import Id
from rapport.domain.text import visible
from rapport.domain.views import ContactRow
from rapport.language import tr
from rapport.services import emails, phones
from rapport.ui.context import WindowContext
from rapport.ui.editors.forms import SaveKey, labelled
from rapport.ui.editors.tag_editor import TagEditor
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.inputs import Message, TextInput
from rapport.ui.widgets.labels import IconView, Label
from rapport.ui.widgets.overlay import Dialog

_LOOK_AFTER_MS = 250


class ContactDialog(Dialog):
    """``await dialog.ask()`` gives the new contact's id, or None when it was cancelled."""

    def __init__(self, context: WindowContext, window: QWidget) -> None:
        super().__init__(window, width=560, name=tr("New contact"))
        self.setObjectName("contact-dialog")
        self._context = context
        self._answer: asyncio.Future[Id | None] | None = None
        self._saving = False
        self.first_name = self._input(tr("First name"), "contact-first-name")
        self.last_name = self._input(tr("Last name"), "contact-last-name")
        self.email = self._input(tr("E-mail"), "contact-email", "name@example.com")
        self.phone = self._input(tr("Phone"), "contact-phone", "+351 912 345 678")
        self.company = self._input(tr("Company"), "contact-company")
        self.owner = QComboBox(self.panel)
        self.owner.setObjectName("contact-owner")
        self.owner.setAccessibleName(tr("Owner"))
        self.owner.addItem(tr("Nobody"), None)
        for user in context.workspace.reference.users:
            self.owner.addItem(user.name, user.id)
        self.tags = TagEditor(context, self.panel)
        self.tags.added.connect(lambda tag: self.tags.show_tags((*self.tags.tags, tag)))
        self.tags.removed.connect(
            lambda gone: self.tags.show_tags(tuple(tag for tag in self.tags.tags if tag != gone))
        )
        self.twin = _Twin(self.panel)
        self.message = Message(self.panel)
        self.cancel = Button(tr("Cancel"), self.panel, kind=Kind.QUIET)
        self.cancel.setObjectName("contact-cancel")
        self.save_button = Button(tr("Create contact"), self.panel, kind=Kind.FILLED, key="Ctrl ↵")
        self.save_button.setObjectName("contact-save")
        self._look = QTimer(self, singleShot=True, interval=_LOOK_AFTER_MS)
        self._lay_out()
        self._connect()

    def _input(self, words: str, id: str, placeholder: str = "") -> TextInput:
        field = TextInput(words, self.panel, placeholder=placeholder)
        field.line.setObjectName(id)
        return field

    def _lay_out(self) -> None:
        px = current_theme().type.px
        column = self.body
        column.addWidget(
            Label(tr("New contact"), self.panel, size=TextSize.SECTION, weight=SEMIBOLD)
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(12))
        for place in range(2):
            # Equal halves, also while a sentence stands below one of them.
            grid.setColumnStretch(place, 1)
            grid.setColumnMinimumWidth(place, px(240))
        top = Qt.AlignmentFlag.AlignTop
        pairs = (
            (self.first_name, self.last_name),
            (self.email, self.phone),
        )
        for row, pair in enumerate(pairs):
            for place, field in enumerate(pair):
                grid.addWidget(field, row, place, top)
        grid.addWidget(self.company, 2, 0, top)
        grid.addLayout(labelled(tr("Owner"), self.owner, self.panel), 2, 1, top)
        column.addLayout(grid)
        column.addWidget(
            Label(
                tr("The company can be set only now; later it changes with its business."),
                self.panel,
                size=TextSize.CAPTION,
                role="muted",
                wrap=True,
            )
        )
        column.addLayout(labelled(tr("Tags"), self.tags, self.panel))
        column.addWidget(self.twin)
        column.addWidget(self.message)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save_button)
        column.addLayout(foot)

    def _connect(self) -> None:
        self._look.timeout.connect(self._look_for_twin)
        for field in (self.first_name, self.last_name, self.email, self.phone, self.company):
            field.submitted.connect(lambda _: self.save())
            field.line.escaped.connect(self.close)
        for field in (self.email, self.phone):
            field.line.textEdited.connect(lambda _: self._look.start())
        self.email.line.editingFinished.connect(lambda: self._check(self.email, emails.parse))
        self.phone.line.editingFinished.connect(lambda: self._check(self.phone, self._phone))
        self.twin.open_asked.connect(self._open_twin)
        self.cancel.clicked.connect(self.close)
        self.save_button.clicked.connect(self.save)
        self.closed.connect(lambda: self._settle(None))
        SaveKey(self).pressed.connect(self.save)

    # Asking.

    async def ask(self) -> Id | None:
        """Open the dialog and wait until it is done with."""
        self._answer = asyncio.get_running_loop().create_future()
        self.open()
        self.first_name.setFocus(Qt.FocusReason.OtherFocusReason)
        try:
            return await self._answer
        finally:
            self.deleteLater()

    def _settle(self, contact_id: Id | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(contact_id)

    # Checking.

    def _phone(self, text: str) -> str:
        location = self._context.workspace.reference.location
        return phones.parse(text, location.country if location else "")

    @staticmethod
    def _check(field: TextInput, parse: Callable[[str], str]) -> str | None:
        """What the field means; None, and a sentence below it, where it cannot be used."""
        try:
            value = parse(field.text())
        except InputError as error:
            field.set_invalid(str(error))
            return None
        field.set_invalid("")
        return value

    def _look_for_twin(self) -> None:
        self._context.runner.start(self._find_twin, slot="contact-twin")

    async def _find_twin(self) -> None:
        found: tuple[ContactRow, str] | None = None
        for field, parse in ((self.email, emails.parse), (self.phone, self._phone)):
            try:
                value = parse(field.text())
            except InputError:
                continue
            if value and (rows := await self._context.workspace.queries.find_contacts(value, 1)):
                found = (rows[0], field.label.text())
                break
        self.twin.tell(found)

    def _open_twin(self, contact_id: str) -> None:
        self.close()
        self._context.open_contact(contact_id)

    # Saving.

    def save(self) -> None:
        """Check every field and commit when nothing is wrong; otherwise all stays as typed."""
        if self._saving:
            return
        email = self._check(self.email, emails.parse)
        phone = self._check(self.phone, self._phone)
        if email is None or phone is None:
            (self.email if email is None else self.phone).setFocus()
            return
        fields: dict[str, Any] = {
            "first_name": self.first_name.text().strip(),
            "last_name": self.last_name.text().strip(),
            "email": email,
            "phone": phone,
            "company": self.company.text().strip(),
            "assigned_to": self.owner.currentData(),
            "tags": list(self.tags.tags),
        }
        self._context.runner.own(self._save({name: v for name, v in fields.items() if v}))

    async def _save(self, fields: dict[str, Any]) -> None:
        self._saving = True
        contact_id = self._context.workspace.new_id()
        name = f"{fields.get('first_name', '')} {fields.get('last_name', '')}".strip()
        try:
            await self._context.perform(
                CreateContact(contact_id=contact_id, fields=fields), visible(name)
            )
        except InputError as error:
            if error.field == "first_name":
                self.first_name.set_invalid(str(error))
                self.first_name.setFocus()
            else:
                self.message.say(str(error))
            return
        finally:
            self._saving = False
        self._settle(contact_id)
        self.close()


class _Twin(QWidget):
    """“Ana is already here with this e-mail”, and a button that opens her."""

    open_asked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._contact_id = ""
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(current_theme().type.px(8))
        row.addWidget(IconView("alert", self, size=16, role="warning"))
        self.words = Label("", self, role="warning", wrap=True)
        self.words.setObjectName("contact-duplicate")
        row.addWidget(self.words, 1)
        self._open = Button(tr("Open"), self, size=Size.SMALL)
        self._open.setObjectName("contact-duplicate-open")
        row.addWidget(self._open)
        self._open.clicked.connect(lambda: self.open_asked.emit(self._contact_id))
        self.hide()

    def tell(self, found: tuple[ContactRow, str] | None) -> None:
        if found is not None:
            row, what = found
            self._contact_id = row.id
            words = tr("{name} is already here. The same: {what}")
            self.words.setText(words.format(name=visible(row.name), what=what))
        self.setVisible(found is not None)
