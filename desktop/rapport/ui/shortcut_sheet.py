"""The sheet of keyboard shortcuts: a view of the action registry."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rapport.language import tr
from rapport.ui.actions import Action, Section
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, KeyCap, Kind
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Dialog

_COLUMNS = 2


class ShortcutSheet(Dialog):
    """Every action that has a key and can be carried out, by section."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent, width=620, name=tr("Keyboard shortcuts"))
        self.setObjectName("shortcut-sheet")
        px = context.theme.type.px
        title = Label(tr("Keyboard shortcuts"), self.panel, size=TextSize.TITLE, weight=SEMIBOLD)
        self.body.addWidget(title)
        inside = QWidget(self.panel)
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, px(12), 0)
        columns.setSpacing(px(32))
        actions = [action for action in context.actions if action.keys]
        actions.sort(key=lambda action: list(Section).index(action.section))
        sides = [QVBoxLayout() for _ in range(_COLUMNS)]
        lines = [0] * _COLUMNS
        for section, group in groupby(actions, key=lambda action: action.section):
            block = list(group)
            side = lines.index(min(lines))
            sides[side].addWidget(_section(tr(section.value), block, inside, px(6)))
            lines[side] += len(block) + 2
        for side_column in sides:
            side_column.setSpacing(px(16))
            side_column.addStretch(1)
            columns.addLayout(side_column, 1)
        area = QScrollArea(self.panel)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(tr("Keyboard shortcuts"))
        area.setWidget(inside)
        for ground in (area.viewport(), inside):
            ground.setAutoFillBackground(False)
        # Without scrolling where the window is tall enough; title, button and edges take the rest.
        room = max(px(240), parent.window().height() - px(190))
        area.setMinimumHeight(min(inside.sizeHint().height(), room))
        self.body.addWidget(area, 1)
        self._close = Button(tr("Close"), self.panel, kind=Kind.TONAL, key="Esc")
        self._close.clicked.connect(self.close)
        self.body.addWidget(self._close, 0, Qt.AlignmentFlag.AlignRight)
        self.closed.connect(self.deleteLater)

    def first_focus(self) -> QWidget:
        return self._close


def _section(title: str, actions: list[Action], parent: QWidget, gap: int) -> QWidget:
    block = QWidget(parent)
    column = QVBoxLayout(block)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(gap)
    column.addWidget(Label(title, block, size=TextSize.CAPTION, weight=SEMIBOLD, role="muted"))
    for action in actions:
        row = QHBoxLayout()
        row.setSpacing(gap)
        row.addWidget(Label(tr(action.title), block), 1)
        for key in action.keys:
            shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            row.addWidget(KeyCap(shown.replace("+", " "), block))
        column.addLayout(row)
    return block
