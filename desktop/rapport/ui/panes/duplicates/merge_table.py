"""Contacts in columns, and whose value of each field is kept."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from rapport.domain.diff3 import Part
from rapport.domain.records import Contact, Id
from rapport.domain.text import visible
from rapport.language import tr
from rapport.ui.panes.activity.comparison import ComparisonGrid, SideCell
from rapport.ui.panes.activity.words import side_parts
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.chips import TagChip
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.labels import IconView, Label

STAYS = "survivor"
"""The row in which the contact that stays is chosen."""


class MergeTable(ComparisonGrid):
    """A column for each contact, and in each row one cell chosen."""

    picked = Signal(str, str)
    """field, and the id of the contact whose value was pressed"""

    def __init__(self, contacts: list[Contact], captions: list[str], parent: QWidget) -> None:
        heads = [
            (visible(one.name), caption) for one, caption in zip(contacts, captions, strict=True)
        ]
        super().__init__(heads, parent)
        self.cells: dict[str, dict[Id, SideCell]] = {}
        self._contacts = contacts

    def add_field(self, field: str, name: str, values: list[str], *, ltr: bool = False) -> None:
        row = self._grid.rowCount()
        self.add_name(row, name)
        cells = self.cells[field] = {}
        first = next((value for value in values if value), "")
        for column, (contact, value) in enumerate(zip(self._contacts, values, strict=True), 1):
            said = tr("{field} of {name}").format(field=name, name=visible(contact.name))
            cell = cells[contact.id] = SideCell(said, self)
            cell.setObjectName(f"merge-{field}-{column}")
            # An address or number with another one marked within it is hard to read.
            plain = ltr or field == STAYS
            cell.show_parts(_parts("" if plain else first, value), left_to_right=ltr)
            cell.clicked.connect(partial(self.picked.emit, field, contact.id))
            self._grid.addWidget(cell, row, column)

    def add_widgets(self, name: str, widgets: list[Button]) -> None:
        """A row with something to press in each column."""
        row = self._grid.rowCount()
        self.add_name(row, name)
        for column, widget in enumerate(widgets, 1):
            self._grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignCenter)

    def add_tags(self, name: str, tags: list[str]) -> None:
        """All of them, whoever had them: there is nothing to choose."""
        row = self._grid.rowCount()
        self.add_name(row, name)
        px = self.type.px
        cell = QWidget(self)
        flow = FlowLayout(cell, gap=4)
        flow.setContentsMargins(px(12), px(8), px(12), px(8))
        flow.addWidget(IconView("merge", cell, role="success"))
        flow.addWidget(Label(tr("All are kept"), cell))
        for tag in tags:
            chip = TagChip(tag, cell, removable=False)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            flow.addWidget(chip)
        self._grid.addWidget(cell, row, 1, 1, len(self._contacts))


def _parts(first: str, value: str) -> list[Part]:
    """``value``, with what differs from the first one marked where the two are alike."""
    found = side_parts(first, value, added_only=True)
    alike = any(part.kind == "=" and part.text.strip() for part in found)
    return found if alike else [Part("=", value or tr("empty"))]
