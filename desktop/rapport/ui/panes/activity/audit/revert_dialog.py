"""Asks before a value is set back that somebody has changed since."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.audit import FieldRevert, Standing
from rapport.language import tr, trn
from rapport.services.workspace import Workspace
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.activity.audit import words
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Dialog
from rapport.ui.wording import count


class RevertDialog(Dialog):
    """One check box for each field that can be set back; what moved on is not ticked by itself."""

    def __init__(
        self, workspace: Workspace, window: QWidget, fields: Sequence[FieldRevert]
    ) -> None:
        super().__init__(window, width=560, name=tr("These values were changed since"))
        self.setObjectName("revert-dialog")
        self._workspace = workspace
        self._answer: list[FieldRevert] = []
        px = current_theme().type.px
        self.body.addWidget(
            Label(
                self.accessibleName(),
                self.panel,
                size=TextSize.SECTION,
                weight=SEMIBOLD,
                wrap=True,
            )
        )
        self.body.addWidget(
            Label(
                tr("Nothing is overwritten unless you tick it."),
                self.panel,
                role="muted",
                wrap=True,
            )
        )
        self.boxes: list[tuple[FieldRevert, QCheckBox]] = []
        for field in fields:
            if field.standing in (Standing.READY, Standing.MOVED):
                self.body.addLayout(self._row(field, px(12)))
            elif field.standing is Standing.FIXED:
                name = words.field_name(field.field, workspace)
                told = tr("{field}: the CRM does not let this field be changed.").format(field=name)
                self.body.addWidget(Label(told, self.panel, role="muted", wrap=True))
        self.cancel = Button(tr("Cancel"), self.panel)
        self.confirm = Button(tr("Revert"), self.panel, kind=Kind.FILLED)
        self.confirm.setObjectName("revert-confirm")
        self.cancel.clicked.connect(self.close)
        self.confirm.clicked.connect(self._confirm)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.confirm)
        self.body.addLayout(foot)
        self._count()

    def _row(self, field: FieldRevert, gap: int) -> QHBoxLayout:
        name = words.field_name(field.field, self._workspace)
        moved = field.standing is Standing.MOVED

        def told(value: object) -> str:
            return words.value(field.field, value, self._workspace) or tr("empty")

        box = QCheckBox(self.panel)
        box.setChecked(not moved)
        box.setAccessibleName(
            tr("Set {field} back to {value}").format(field=name, value=told(field.want))
        )
        box.toggled.connect(self._count)
        self.boxes.append((field, box))
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addWidget(
            Label(
                tr("{field}: back to {value}").format(field=name, value=told(field.want)),
                self.panel,
                weight=SEMIBOLD,
                wrap=True,
            )
        )
        if moved:
            column.addWidget(
                Label(
                    tr("This entry left {after}; by now it is {now}.").format(
                        after=told(field.after), now=told(field.now)
                    ),
                    self.panel,
                    role="warning",
                    wrap=True,
                )
            )
        row = QHBoxLayout()
        row.setSpacing(gap)
        row.addWidget(box, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        return row

    def _count(self) -> None:
        ticked = sum(box.isChecked() for _, box in self.boxes)
        self.confirm.setEnabled(ticked > 0)
        words_ = trn("Revert {n} field", "Revert {n} fields", ticked).format(n=count(ticked))
        self.confirm.setText(words_)
        self.confirm.setAccessibleName(words_)

    def _confirm(self) -> None:
        self._answer = [field for field, box in self.boxes if box.isChecked()]
        self.close()

    async def ask(self) -> list[FieldRevert]:
        """The fields that are to be set back; none when it was cancelled."""
        done = asyncio.Event()
        self.closed.connect(done.set)
        self.open()
        try:
            await done.wait()
            return self._answer
        finally:
            self.hide()
            self.deleteLater()

    def first_focus(self) -> QWidget | None:
        return self.cancel
