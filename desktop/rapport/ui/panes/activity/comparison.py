"""Before, mine and theirs, a field in a row: a table whose cells are chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rapport.domain.diff3 import Part
from rapport.language import tr
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.base import Control, Painted, is_rtl
from rapport.ui.widgets.button import IconButton, Size
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.chips import TagChip
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.inputs import Message, TextArea
from rapport.ui.widgets.labels import ElidedLabel, IconView, Label

_FIELD = 112


class SideCell(Control):
    """One side of a field, to be chosen: a radio button as large as its value."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self._name = name
        self.text_view = ChangedText(self)
        self._row = QHBoxLayout(self)
        self._row.addSpacing(0)
        self._row.addWidget(self.text_view, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.toggled.connect(lambda _: self.update())
        self.restyle()

    def show_parts(self, parts: Sequence[Part], *, left_to_right: bool = False) -> None:
        self.text_view.show_parts(parts, left_to_right=left_to_right)
        said = self.text_view.accessibleName() or tr("empty")
        self.setAccessibleName(f"{self._name}: {said}")
        self.updateGeometry()

    def restyle(self) -> None:
        if hasattr(self, "_row"):
            px = self.type.px
            start, end = px(36), px(12)
            if is_rtl(self):
                start, end = end, start
            self._row.setContentsMargins(start, px(10), end, px(10))
        super().restyle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self.restyle()

    def corner(self) -> float:
        return 0.0

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        px = self.type.px
        return self.text_view.heightForWidth(max(px(40), width - px(48))) + px(20)

    def sizeHint(self) -> QSize:
        width = self.type.px(150)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.type.px(100), self.type.line() + self.type.px(20))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # Ctrl+Enter saves
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens, px = QPainter(self), self.tokens, self.type.px
        area = QRectF(self.rect())
        if self.isChecked():
            rounded(painter, area, 0, fill=tokens.selection, border=tokens.accent_text, width=1.5)
        elif self.underMouse() and self.isEnabled():
            painter.fillRect(area, QColor(tokens.hover))
        side = px(16)
        top = px(10) + (self.type.line() - side) / 2
        spot = mirrored(QRectF(px(12), top, side, side), area, is_rtl(self))
        if self.isChecked():
            rounded(painter, spot, side / 2, fill=tokens.accent_fill)
            dot = spot.adjusted(side / 3, side / 3, -side / 3, -side / 3)
            rounded(painter, dot, dot.width() / 2, fill=tokens.on_accent)
        else:
            rounded(
                painter,
                spot,
                side / 2,
                fill=tokens.surface,
                border=tokens.control_border,
                width=1.5,
            )


class FieldLine:
    """The widgets of one field. ``mine`` and ``theirs`` exclude each other."""

    def __init__(self, table: Comparison, field: str, name: str) -> None:
        self.field = field
        self.head = QWidget(table)
        column = QVBoxLayout(self.head)
        px = current_theme().type.px
        column.setContentsMargins(px(12), px(10), px(12), px(6))
        column.setSpacing(px(2))
        column.addWidget(Label(name, self.head, weight=SEMIBOLD, wrap=True))
        self.tools = QHBoxLayout()
        self.tools.setSpacing(0)
        self.edit = IconButton("pencil", tr("Edit {field}").format(field=name), table)
        self.copy = IconButton("copy", tr("Copy {field}").format(field=name), table)
        self.both = IconButton("merge", tr("Keep both of {field}").format(field=name), table)
        for id, button in (("edit", self.edit), ("copy", self.copy), ("both", self.both)):
            button.size_step = Size.INLINE
            button.setObjectName(f"conflict-{id}-{field}")
            button.setParent(self.head)
            self.tools.addWidget(button)
        self.tools.addStretch(1)
        column.addLayout(self.tools)
        column.addStretch(1)
        self.before = QWidget(table)
        self.before_text = ChangedText(self.before, role="muted")
        inner = QVBoxLayout(self.before)
        inner.setContentsMargins(px(12), px(10), px(12), px(10))
        inner.addWidget(self.before_text)
        inner.addStretch(1)
        self.mine = SideCell(tr("Keep mine, {field}").format(field=name), table)
        self.mine.setObjectName(f"conflict-mine-{field}")
        self.theirs = SideCell(tr("Keep theirs, {field}").format(field=name), table)
        self.theirs.setObjectName(f"conflict-theirs-{field}")
        self.box = QWidget(table)
        editing = QVBoxLayout(self.box)
        editing.setContentsMargins(px(12), px(8), px(12), px(10))
        self.editor = TextArea(name, self.box, lines=1)
        self.editor.setObjectName(f"conflict-editor-{field}")
        self.message = Message(self.box)
        editing.addWidget(self.editor)
        editing.addWidget(self.message)
        self.box.hide()


class ComparisonGrid(Painted):
    """Fields in rows, and a column for each thing that is compared."""

    def __init__(self, heads: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """``heads`` are title and caption of the columns behind the field's name."""
        super().__init__(parent)
        self._rows: list[QWidget] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(1, 1, 1, 1)
        self._grid.setSpacing(1)
        self._grid.setColumnMinimumWidth(0, self.type.px(_FIELD))
        first = self._head_cell(tr("Field"), "")
        self._grid.addWidget(first, 0, 0)
        for column, (title, caption) in enumerate(heads, 1):
            self._grid.setColumnStretch(column, 1)
            self._grid.addWidget(self._head_cell(title, caption), 0, column)
        self._rows.append(first)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def _head_cell(self, title: str, caption: str) -> QWidget:
        cell = QWidget(self)
        px = self.type.px
        column = QVBoxLayout(cell)
        column.setContentsMargins(px(12), px(6), px(12), px(6))
        column.setSpacing(0)
        size = TextSize.BODY if caption else TextSize.CAPTION
        role = "text" if caption else "muted"
        column.addWidget(ElidedLabel(title, cell, size=size, weight=SEMIBOLD, role=role))
        if caption:
            column.addWidget(Label(caption, cell, size=TextSize.CAPTION, role="muted", wrap=True))
            column.addStretch(1)
        return cell

    def add_name(self, row: int, name: str) -> QWidget:
        """The first cell of a row: what the field is called."""
        head = QWidget(self)
        px = self.type.px
        column = QVBoxLayout(head)
        column.setContentsMargins(px(12), px(10), px(12), px(10))
        column.addWidget(Label(name, head, weight=SEMIBOLD, wrap=True))
        column.addStretch(1)
        self._grid.addWidget(head, row, 0)
        self._rows.append(head)
        return head

    def _cells(self) -> list[QRect]:
        """All but those of the first column."""
        found = (self._grid.itemAt(n) for n in range(self._grid.count()))
        areas = [item.geometry() for item in found if item is not None and not item.isEmpty()]
        heads = {head.geometry().left() for head in self._rows}
        return [area for area in areas if area.left() not in heads]

    def hasHeightForWidth(self) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), self.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, radius = QRectF(self.rect()), self.type.px(10)
        outline = QPainterPath()
        outline.addRoundedRect(area, radius, radius)
        painter.setClipPath(outline)
        painter.fillRect(area, QColor(tokens.surface))
        divider = QColor(tokens.divider)
        for position, head in enumerate(self._rows):
            top = head.geometry().top() - 1
            if position == 0:
                ground = QRectF(0, 0, area.width(), head.geometry().bottom() + 1)
                painter.fillRect(ground, QColor(tokens.window))
            else:
                painter.fillRect(QRectF(0, top, area.width(), 1), divider)
        for cell in self._cells():
            x = cell.right() + 1 if is_rtl(self) else cell.left() - 1
            painter.fillRect(QRectF(x, cell.top() - 1, 1, cell.height() + 2), divider)
        painter.setClipping(False)
        rounded(painter, area, radius, border=tokens.divider)


class Comparison(ComparisonGrid):
    """``picked`` tells which side of which field was pressed."""

    picked = Signal(str, str)
    """field, and "mine" or "theirs" """

    def __init__(self, heads: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """``heads`` are title and caption of the three columns."""
        super().__init__(heads, parent)
        self.lines: list[FieldLine] = []

    def add_field(self, field: str, name: str) -> FieldLine:
        line = FieldLine(self, field, name)
        row = self._grid.rowCount()
        for column, cell in enumerate((line.head, line.before, line.mine, line.theirs)):
            self._grid.addWidget(cell, row, column)
        self._grid.addWidget(line.box, row + 1, 1, 1, 3)
        line.mine.clicked.connect(lambda: self.picked.emit(field, "mine"))
        line.theirs.clicked.connect(lambda: self.picked.emit(field, "theirs"))
        self.lines.append(line)
        self._rows.append(line.head)
        return line

    def add_merged(
        self, name: str, before: Sequence[str], after: Sequence[str], ours: Sequence[str]
    ) -> None:
        """Tags of both sides that came together: no choice, but who brought what."""
        row = self._grid.rowCount()
        head = QWidget(self)
        px = self.type.px
        column = QVBoxLayout(head)
        column.setContentsMargins(px(12), px(10), px(12), px(10))
        column.addWidget(Label(name, head, weight=SEMIBOLD))
        self._grid.addWidget(head, row, 0)
        self._grid.addWidget(self._chips(list(before), set(), ""), row, 1)
        whole = self._chips(list(after), set(before), tr("Merged"), set(ours))
        self._grid.addWidget(whole, row, 2, 1, 2)
        self._rows.append(head)

    def _chips(
        self, tags: list[str], known: set[str], title: str, ours: set[str] | None = None
    ) -> QWidget:
        cell = QWidget(self)
        px = self.type.px
        outer = QVBoxLayout(cell)
        outer.setContentsMargins(px(12), px(8), px(12), px(8))
        line = QWidget(cell)
        flow = FlowLayout(line, gap=4)
        if title:
            flow.addWidget(IconView("merge", line, role="success"))
            flow.addWidget(Label(title, line))
        for tag in tags:
            told = QWidget(line)
            pair = QHBoxLayout(told)
            pair.setContentsMargins(0, 0, 0, 0)
            pair.setSpacing(px(4))
            chip = TagChip(tag, told, removable=False)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            pair.addWidget(chip)
            if title and tag not in known and ours is not None:
                whose = tr("yours") if tag in ours else tr("theirs")
                pair.addWidget(Label(whose, told, size=TextSize.CAPTION, role="muted"))
            flow.addWidget(told)
        outer.addWidget(line)
        outer.addStretch(1)
        return cell

    def add_merged_text(self, name: str, parts: Sequence[Part]) -> None:
        """A text whose two changes came together."""
        row = self._grid.rowCount()
        head = QWidget(self)
        px = self.type.px
        column = QVBoxLayout(head)
        column.setContentsMargins(px(12), px(10), px(12), px(10))
        column.addWidget(Label(name, head, weight=SEMIBOLD, wrap=True))
        column.addStretch(1)
        cell = QWidget(self)
        inner = QHBoxLayout(cell)
        inner.setContentsMargins(px(12), px(10), px(12), px(10))
        inner.addWidget(IconView("merge", cell, role="success"), 0, Qt.AlignmentFlag.AlignTop)
        text = ChangedText(cell)
        text.show_parts(parts)
        inner.addWidget(text, 1)
        self._grid.addWidget(head, row, 0)
        self._grid.addWidget(cell, row, 1, 1, 3)
        self._rows.append(head)

    def line(self, field: str) -> FieldLine:
        return next(line for line in self.lines if line.field == field)
