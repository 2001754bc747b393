"""What a smart list is called."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QHBoxLayout, QWidget

from rapport.language import tr
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.inputs import LineEdit
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Dialog

LONGEST = 60


class _NameDialog(Dialog):
    def __init__(self, window: QWidget, name: str) -> None:
        title = tr("Rename the smart list") if name else tr("Save as a smart list")
        super().__init__(window, width=440, name=title)
        self.setObjectName("list-name")
        self.name = ""
        self.line = LineEdit(tr("Name of the list"), self.panel, placeholder=tr("Name"))
        self.line.setObjectName("list-name-line")
        self.line.setMaxLength(LONGEST)
        self.line.setText(name)
        self.line.selectAll()
        save = Button(tr("Rename") if name else tr("Save list"), self.panel, kind=Kind.FILLED)
        cancel = Button(tr("Cancel"), self.panel, kind=Kind.TONAL)
        self.line.escaped.connect(self.close)
        self.line.returnPressed.connect(self._save)
        save.clicked.connect(self._save)
        cancel.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(save)
        self.body.addWidget(Label(title, self.panel, size=TextSize.SECTION, weight=SEMIBOLD))
        self.body.addWidget(self.line)
        self.body.addLayout(foot)

    def first_focus(self) -> QWidget:
        return self.line

    def _save(self) -> None:
        self.name = self.line.text().strip()
        if self.name:
            self.close()
        else:
            self.line.set_invalid(True)


async def ask_list_name(window: QWidget, name: str = "") -> str:
    """The name that was typed; empty where the person thought better of it. ``name`` is what a
    list is called that is to be renamed."""
    dialog = _NameDialog(window, name)
    closed = asyncio.Event()
    dialog.closed.connect(closed.set)
    dialog.open()
    await closed.wait()
    dialog.deleteLater()
    return dialog.name
