"""The sheet of keyboard shortcuts: a view of the action registry."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from rapport.ui.actions import Action
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, KeyCap, Kind
from rapport.ui.widgets.labels import Label
from rapport.ui.wording import tr

_COLUMNS = 2


class ShortcutSheet(QDialog):
    """Every action that has a key and can be carried out, by section."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shortcut-sheet")
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        px = context.theme.type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(24), px(20), px(24), px(16))
        column.setSpacing(px(12))
        column.addWidget(
            Label(tr("Keyboard shortcuts"), self, size=TextSize.TITLE, weight=SEMIBOLD)
        )
        inside = QWidget(self)
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, px(12), 0)
        grid.setHorizontalSpacing(px(32))
        grid.setVerticalSpacing(px(16))
        actions = [action for action in context.actions if action.keys]
        actions.sort(key=lambda action: list(type(action.section)).index(action.section))
        for place, (section, group) in enumerate(groupby(actions, key=lambda a: a.section)):
            block = _section(tr(section.value), list(group), inside, px(6))
            grid.addWidget(block, place // _COLUMNS, place % _COLUMNS, Qt.AlignmentFlag.AlignTop)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(tr("Keyboard shortcuts"))
        area.setWidget(inside)
        column.addWidget(area, 1)
        close = Button(tr("Close"), self, kind=Kind.TONAL, key="Esc")
        close.clicked.connect(self.close)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(px(620), px(520))
        close.setFocus()


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
