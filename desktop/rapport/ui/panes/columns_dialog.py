"""Which columns the table has, in which order and how wide: all of it by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QWidget

from rapport.domain.settings import ColumnWidth
from rapport.language import tr
from rapport.ui.columns import LEAST_WIDTH, MOST_WIDTH, NAME, SHOWN_AT_FIRST, Column, title
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, IconButton, Kind
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Dialog

_ID = int(Qt.ItemDataRole.UserRole)
_WIDTH = _ID + 1
_STEP = 20


class _Columns(QListWidget):
    """Space ticks, Alt and an arrow moves, Ctrl and an arrow makes narrower or wider."""

    def __init__(self, dialog: ColumnsDialog) -> None:
        super().__init__(dialog.panel)
        self._dialog = dialog

    def keyPressEvent(self, event: QKeyEvent) -> None:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        forward = Qt.Key.Key_Left if self.isRightToLeft() else Qt.Key.Key_Right
        match event.key():
            case Qt.Key.Key_Up if alt:
                self._dialog.move_by(-1)
            case Qt.Key.Key_Down if alt:
                self._dialog.move_by(1)
            case Qt.Key.Key_Left | Qt.Key.Key_Right if control:
                self._dialog.widen(_STEP if event.key() == forward else -_STEP)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._dialog.take()
            case _:
                super().keyPressEvent(event)


class ColumnsDialog(Dialog):
    def __init__(
        self,
        window: QWidget,
        columns: Sequence[Column],
        shown: Sequence[ColumnWidth],
        choose: Callable[[tuple[ColumnWidth, ...]], None],
    ) -> None:
        """``columns`` are all that there are; ``choose`` is told those of the table."""
        super().__init__(window, width=440, name=tr("Columns"))
        self.setObjectName("columns-dialog")
        self._choose = choose
        self._known = {column.id: column for column in columns}
        px = current_theme().type.px
        self.list = _Columns(self)
        self.list.setObjectName("columns-list")
        self.list.setAccessibleName(tr("Columns of the table, in their order"))
        self.list.setMinimumHeight(px(300))
        tokens, palette = current_theme().tokens, self.list.palette()
        palette.setColor(QPalette.ColorRole.Highlight, QColor(tokens.selection))
        palette.setColor(QPalette.ColorRole.HighlightedText, QColor(tokens.text))
        self.list.setPalette(palette)
        self._fill(shown)
        up = IconButton("up", tr("Move up (Alt+Up)"), self.panel)
        up.setObjectName("column-up")
        up.clicked.connect(lambda: self.move_by(-1))
        down = IconButton("down", tr("Move down (Alt+Down)"), self.panel)
        down.setObjectName("column-down")
        down.clicked.connect(lambda: self.move_by(1))
        reset = Button(tr("Start over"), self.panel, kind=Kind.QUIET)
        reset.setAccessibleName(tr("The columns that the table begins with"))
        reset.clicked.connect(self._start_over)
        cancel = Button(tr("Cancel"), self.panel)
        cancel.clicked.connect(self.close)
        done = Button(tr("Show columns"), self.panel, kind=Kind.FILLED)
        done.setObjectName("columns-done")
        done.clicked.connect(self.take)
        foot = QHBoxLayout()
        for widget in (up, down, reset):
            foot.addWidget(widget)
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(done)
        words = tr(
            "Space shows or hides, Alt and an arrow moves, Ctrl and an arrow changes the width."
        )
        self.body.addWidget(
            Label(tr("Columns"), self.panel, size=TextSize.SECTION, weight=SEMIBOLD)
        )
        self.body.addWidget(self.list)
        self.body.addWidget(
            Label(words, self.panel, size=TextSize.CAPTION, role="muted", wrap=True)
        )
        self.body.addLayout(foot)

    def first_focus(self) -> QWidget:
        return self.list

    def move_by(self, by: int) -> None:
        """Move the chosen column; the name stays first."""
        row = self.list.currentRow()
        target = row + by
        if row > 0 and 0 < target < self.list.count():
            item = self.list.takeItem(row)
            self.list.insertItem(target, item)
            self.list.setCurrentRow(target)

    def widen(self, by: int) -> None:
        item = self.list.currentItem()
        if item is not None:
            width = min(max(LEAST_WIDTH, item.data(_WIDTH) + by), MOST_WIDTH)
            item.setData(_WIDTH, width)
            self._say(item)

    def take(self) -> None:
        """Show the table so."""
        items = [self.list.item(row) for row in range(self.list.count())]
        chosen = tuple(
            ColumnWidth(id=item.data(_ID), width=item.data(_WIDTH))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        )
        self.close()
        self._choose(chosen)

    def _start_over(self) -> None:
        self._fill([ColumnWidth(id=id) for id in SHOWN_AT_FIRST])

    def _fill(self, shown: Sequence[ColumnWidth]) -> None:
        self.list.clear()
        first = [(one.id, one.width) for one in shown if one.id in self._known]
        ids = {id for id, _ in first}
        rest = [(id, 0) for id in self._known if id not in ids]
        px = current_theme().type.px
        for id, width in (*first, *rest):
            item = QListWidgetItem()
            item.setData(_ID, id)
            item.setData(_WIDTH, width or self._known[id].width)
            flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
            # The name is always there, and first.
            item.setFlags(flags if id == NAME else flags | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if id in ids else Qt.CheckState.Unchecked)
            item.setSizeHint(QSize(0, px(32)))
            self._say(item)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _say(self, item: QListWidgetItem) -> None:
        name, width = title(self._known[item.data(_ID)]), item.data(_WIDTH)
        item.setText(name)
        words = tr("{column}, {n} wide").format(column=name, n=width)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
        item.setToolTip(words)
