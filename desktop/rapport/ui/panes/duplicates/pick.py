"""Asks which contact the open one is to be merged with."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QHBoxLayout, QWidget

from rapport.domain.records import Id
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.editors.contact_picker import ContactPicker
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Dialog


class _PickDialog(Dialog):
    def __init__(self, context: WindowContext, window: QWidget) -> None:
        title = tr("Merge with another contact")
        super().__init__(window, width=440, name=title)
        self.setObjectName("merge-pick")
        self.chosen: Id | None = None
        self.picker = ContactPicker(context, self.panel)
        self.picker.changed.connect(self._allow)
        self.compare = Button(tr("Compare"), self.panel, kind=Kind.FILLED)
        self.compare.setObjectName("merge-pick-compare")
        self.compare.clicked.connect(self._compare)
        cancel = Button(tr("Cancel"), self.panel)
        cancel.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.compare)
        sentence = tr("Both are put side by side first; nothing happens before you have chosen.")
        self.body.addWidget(Label(title, self.panel, size=TextSize.SECTION, weight=SEMIBOLD))
        self.body.addWidget(Label(sentence, self.panel, role="muted", wrap=True))
        self.body.addWidget(self.picker)
        self.body.addLayout(foot)
        self._allow()

    def first_focus(self) -> QWidget:
        return self.picker

    def _allow(self) -> None:
        self.compare.setEnabled(self.picker.contact_id is not None)

    def _compare(self) -> None:
        self.chosen = self.picker.contact_id
        self.close()


async def ask_other_contact(context: WindowContext, window: QWidget) -> Id | None:
    """None where the person thought better of it."""
    dialog = _PickDialog(context, window)
    closed = asyncio.Event()
    dialog.closed.connect(closed.set)
    dialog.open()
    await closed.wait()
    dialog.deleteLater()
    return dialog.chosen
