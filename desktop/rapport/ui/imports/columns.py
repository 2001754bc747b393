"""The columns of a file, each with its first value and a choice of what it is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.imports import CUSTOM, STANDARD, Mapping, Table, Target, targets
from rapport.services.workspace import Reference
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.labels import ElidedLabel
from rapport.ui.widgets.scroll import ScrollArea

_SAMPLE = 60
_BOX_LETTERS = 12
_SHOWN_ROWS = 4


class ColumnsForm(QWidget):
    changed = Signal()

    def __init__(
        self, table: Table, mapping: Mapping, reference: Reference, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._reference = reference
        self.boxes: list[QComboBox] = []
        scroll = ScrollArea(self)
        inner = QWidget(scroll)
        grid = QGridLayout(inner)
        px = current_theme().type.px
        grid.setContentsMargins(0, 0, px(12), 0)
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(6))
        for place, weight in enumerate((2, 3, 3)):
            grid.setColumnStretch(place, weight)
        for place, column in enumerate(table.columns):
            name = tr(STANDARD[column]) if table.is_vcard else visible(column)
            sample = next((row.cells[place] for row in table.rows if row.cells[place:]), "")
            sample = next(
                (row.cells[place] for row in table.rows if any(row.cells[place : place + 1])),
                sample,
            )
            box = self._box(name, mapping[place], f"import-column-{place}", inner)
            self.boxes.append(box)
            grid.addWidget(ElidedLabel(name, inner), place, 0)
            told = ElidedLabel(
                visible(sample[:_SAMPLE]), inner, role="muted", size=TextSize.CAPTION
            )
            grid.addWidget(told, place, 1)
            grid.addWidget(box, place, 2)
        scroll.setWidget(inner)
        for part in (scroll.viewport(), inner):
            part.setAutoFillBackground(False)  # the panel's own ground shows
        height = self.boxes[0].sizeHint().height() + px(6)
        scroll.setMinimumHeight(2 * height)
        scroll.setFixedHeight(min(len(self.boxes), _SHOWN_ROWS) * height)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    @property
    def mapping(self) -> Mapping:
        return tuple(box.currentData() for box in self.boxes)

    def _box(self, column: str, chosen: Target | None, id: str, parent: QWidget) -> QComboBox:
        box = QComboBox(parent)
        box.setObjectName(id)
        box.setAccessibleName(tr("What “{column}” is").format(column=column))
        box.addItem(tr("Not imported"), None)
        for target in targets(self._reference):
            box.addItem(self._words(target), target)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        # The longest field is rarely chosen; the popup shows it whole.
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(_BOX_LETTERS)
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.activated.connect(lambda _: self._picked(box))
        return box

    def _words(self, target: Target) -> str:
        if target.startswith(CUSTOM):
            field = self._reference.custom_field(target.removeprefix(CUSTOM))
            return visible(field.name) if field is not None else target
        return tr(STANDARD[target])

    def _picked(self, box: QComboBox) -> None:
        """A field has one column: the one that had it before gives it up."""
        target = box.currentData()
        for other in self.boxes:
            if other is not box and target is not None and other.currentData() == target:
                other.setCurrentIndex(0)
        self.changed.emit()
