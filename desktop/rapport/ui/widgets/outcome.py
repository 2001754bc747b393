"""What a decision leaves, field by field, on a card."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from rapport.ui.look.theme import current_theme
from rapport.ui.widgets.card import Card
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.labels import Label


class Outcome(Card):
    """``names`` are what the fields are called. The texts of ``texts`` are named ``prefix`` and the
    field."""

    def __init__(self, names: Mapping[str, str], prefix: str, parent: QWidget) -> None:
        super().__init__(parent, padding=14)
        px = current_theme().type.px
        self.texts: dict[str, ChangedText] = {}
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(px(24))
        grid.setVerticalSpacing(px(4))
        for row, (field, name) in enumerate(names.items()):
            label = Label(name, self, role="muted")
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            text = self.texts[field] = ChangedText(self)
            text.setObjectName(f"{prefix}{field}")
            grid.addWidget(text, row, 1)
        self.body.addLayout(grid)
