"""The contact of a task on one card: who, where, and how to reach them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rapport.domain.records import Id
from rapport.domain.text import visible
from rapport.domain.views import ContactDetail
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD
from rapport.ui.widgets.button import IconButton, Size
from rapport.ui.widgets.card import Card
from rapport.ui.widgets.chips import TagChip
from rapport.ui.widgets.labels import Avatar, ElidedLabel

_CHIPS = 2


class ContactCard(Card):
    """Opens the contact, in the account that has it; call and mail concern it, too."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=12)
        self._context = context
        self._contact_id: Id | None = None
        self._workspace: Workspace | None = None
        self._face = Avatar(parent=self, size=40)
        self._name = ElidedLabel("", self, weight=SEMIBOLD)
        self._where = ElidedLabel("", self, role="muted")
        self._chips: list[TagChip] = []
        self.open = IconButton("right", tr("Open contact"), self, size=Size.SMALL)
        self.open.setObjectName("task-open-contact")
        self.open.clicked.connect(self.open_contact)
        self.call = self._button("contact.call", "phone", tr("Call"))
        self.mail = self._button("contact.mail", "mail", tr("Write e-mail"))
        row = QHBoxLayout()
        row.setSpacing(self.type.px(12))
        row.addWidget(self._face)
        words = QVBoxLayout()
        words.setSpacing(0)
        self._first = QHBoxLayout()
        self._first.setSpacing(self.type.px(6))
        self._first.addWidget(self._name)
        self._first.addStretch(1)
        words.addLayout(self._first)
        words.addWidget(self._where)
        row.addLayout(words, 1)
        for button in (self.open, self.call, self.mail):
            row.addWidget(button)
        self.body.addLayout(row)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def _button(self, action: str, icon: str, name: str) -> IconButton:
        button = IconButton(icon, name, self, size=Size.SMALL)
        button.setObjectName(f"task-{action.replace('.', '-')}")
        button.clicked.connect(lambda: self._reach(action))
        return button

    def show_contact(self, detail: ContactDetail | None, workspace: Workspace) -> None:
        self._workspace = workspace
        self.setVisible(detail is not None)
        if detail is None:
            self._contact_id = None
            return
        contact = detail.contact
        self._contact_id = contact.id
        self._face.set_person(detail.seed, contact.name)
        self._name.set_text(visible(contact.name))
        place = filter(None, (visible(contact.company), visible(contact.city)))
        self._where.set_text(" · ".join(place))
        self._where.setVisible(bool(self._where.text()))
        self.call.setEnabled(bool(contact.phone))
        self.mail.setEnabled(bool(contact.email))
        self.open.setAccessibleName(tr("Open {name}").format(name=visible(contact.name)))
        for chip in self._chips:
            self._first.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = [TagChip(tag, self, removable=False) for tag in contact.tags[:_CHIPS]]
        for place_at, chip in enumerate(self._chips, start=1):
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self._first.insertWidget(place_at, chip)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """The name comes before the tags: chips stay only where all of it can be read."""
        room = self.width() - self.type.px(40 + 3 * 12 + 3 * 40)
        room -= self._name.sizeHint().width()
        for chip in self._chips:
            room -= chip.sizeHint().width() + self.type.px(6)
            chip.setVisible(room >= 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.type.px(240), super().minimumSizeHint().height())

    def open_contact(self) -> None:
        """Where it is: the account comes on screen with it."""
        contact_id, workspace = self._contact_id, self._workspace
        if contact_id is None or workspace is None:
            return
        if workspace is self._context.situation.workspace:
            self._context.open_contact(contact_id)
        else:
            self._context.show_account(
                workspace.account.id, lambda: self._context.open_contact(contact_id)
            )

    def _reach(self, action: str) -> None:
        """Who is in another account is shown there first, with what speaks against disturbing."""
        if self._workspace is not self._context.situation.workspace:
            self.open_contact()
        elif self._contact_id is not None:
            self._context.change(contact_id=self._contact_id)
            self._context.actions.trigger(action)
