"""The top of what a tab shows of one record: who, what about, and the way to the contact."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.records import Id
from rapport.domain.text import visible
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.labels import Avatar, ElidedLabel, Label


class EntryHead(QWidget):
    """``id`` begins the object name of the button that opens the contact."""

    def __init__(
        self,
        context: WindowContext,
        about: str,
        parent: QWidget,
        *,
        id: str,
        seed: str,
        name: str,
        contact_id: Id,
    ) -> None:
        super().__init__(parent)
        top = Qt.AlignmentFlag.AlignTop
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(current_theme().type.px(14))
        self._row.addWidget(Avatar(seed, name, self, size=40), 0, top)
        told = QVBoxLayout()
        told.setSpacing(0)
        told.addWidget(ElidedLabel(visible(name), self, size=TextSize.SECTION, weight=SEMIBOLD))
        told.addWidget(Label(about, self, role="muted", wrap=True))
        self._row.addLayout(told, 1)
        open_ = Button(context.actions["contact.open"].words, self, icon="ext")
        open_.setObjectName(f"{id}-open")
        open_.clicked.connect(lambda: context.open_contact(contact_id))
        self.add(open_)

    def add(self, button: Button) -> None:
        """One more button at the end."""
        self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
