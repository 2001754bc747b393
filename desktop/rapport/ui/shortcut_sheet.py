"""The sheet of keyboard shortcuts: a view of the action registry."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from rapport.domain.text import fold
from rapport.language import english, tr
from rapport.ui.actions import Action, Section
from rapport.ui.context import WindowContext
from rapport.ui.key_names import cap_words
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, KeyCap, Kind
from rapport.ui.widgets.inputs import SearchField
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Dialog

_COLUMNS = 2


class _Line(QWidget):
    """What an action is called, and its keys."""

    def __init__(self, action: Action, keys: tuple[str, ...], parent: QWidget, gap: int) -> None:
        super().__init__(parent)
        title = action.words
        caps = [cap_words(key) for key in keys]
        self.words = fold(" ".join((title, english(action.title), *caps)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(gap)
        row.addWidget(Label(title, self, wrap=True), 1)
        for cap in caps:
            row.addWidget(KeyCap(cap, self))


class _Block(QWidget):
    """One section of the table."""

    def __init__(self, title: str, lines: list[Action], context: WindowContext, gap: int) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(gap)
        column.addWidget(
            Label(title, self, size=TextSize.CAPTION, weight=SEMIBOLD, role="muted", wrap=True)
        )
        keys = context.actions.keys
        self.lines = [_Line(one, keys(one.id), self, gap) for one in lines]
        for line in self.lines:
            column.addWidget(line)

    def narrow(self, words: str) -> bool:
        """Show the lines that hold all ``words``; False where there are none."""
        found = False
        for line in self.lines:
            fits = all(word in line.words for word in words.split())
            line.setVisible(fits)
            found = found or fits
        self.setVisible(found)
        return found


class ShortcutSheet(Dialog):
    """Every action that has a key and can be carried out, by section; typing looks for one."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent, width=620, name=tr("Keyboard shortcuts"))
        self.setObjectName("shortcut-sheet")
        px = context.theme.type.px
        title = Label(tr("Keyboard shortcuts"), self.panel, size=TextSize.TITLE, weight=SEMIBOLD)
        self.search = SearchField(
            tr("Search the shortcuts"), self.panel, placeholder=tr("Search the shortcuts"), key=""
        )
        self.search.setObjectName("shortcut-search")
        self.search.textChanged.connect(self._find)
        self.search.escaped.connect(self.close)
        head = QHBoxLayout()
        head.setSpacing(px(16))
        head.addWidget(title, 1)
        head.addWidget(self.search)
        self.body.addLayout(head)
        inside = QWidget(self.panel)
        columns = QHBoxLayout(inside)
        columns.setContentsMargins(0, 0, px(12), 0)
        columns.setSpacing(px(32))
        actions = [action for action in context.actions if context.actions.keys(action.id)]
        actions.sort(key=lambda action: list(Section).index(action.section))
        sides = [QVBoxLayout() for _ in range(_COLUMNS)]
        lines = [0] * _COLUMNS
        self._blocks: list[_Block] = []
        for section, group in groupby(actions, key=lambda action: action.section):
            block = _Block(tr(section.value), list(group), context, px(6))
            self._blocks.append(block)
            side = lines.index(min(lines))
            sides[side].addWidget(block)
            lines[side] += len(block.lines) + 2
        for side_column in sides:
            side_column.setSpacing(px(16))
            side_column.addStretch(1)
            columns.addLayout(side_column, 1)
        self._nothing = Label(tr("No shortcut is called that."), self.panel, role="muted")
        self._nothing.hide()
        area = QScrollArea(self.panel)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        area.setAccessibleName(tr("Keyboard shortcuts"))
        area.setWidget(inside)
        for ground in (area.viewport(), inside):
            ground.setAutoFillBackground(False)
        # Without scrolling where the window is tall enough; title, button and edges take the rest.
        room = max(px(120), parent.window().height() - px(190))
        area.setMinimumHeight(min(inside.sizeHint().height(), room))
        self.body.addWidget(self._nothing)
        self.body.addWidget(area, 1)
        change = Button(tr("Change shortcuts"), self.panel, kind=Kind.TONAL)
        change.setObjectName("change-shortcuts")
        change.clicked.connect(lambda: self._change(context))
        close = Button(tr("Close"), self.panel, kind=Kind.TONAL, key="Esc")
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addWidget(change)
        foot.addStretch(1)
        foot.addWidget(close)
        change.setVisible(context.actions.is_bound("go.settings"))
        self.body.addLayout(foot)
        self.closed.connect(self.deleteLater)

    def first_focus(self) -> QWidget:
        return self.search

    def _find(self, text: str) -> None:
        found = [block.narrow(fold(text)) for block in self._blocks]
        self._nothing.setVisible(not any(found))

    def _change(self, context: WindowContext) -> None:
        self.close()
        context.show_setting("shortcuts")
