"""The keys of a page, and what each does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.button import KeyCap
from rapport.ui.widgets.labels import Label


def key_legend(meanings: Iterable[tuple[Sequence[str], str]], parent: QWidget) -> QHBoxLayout:
    """A line of keys, each group before its words."""
    px = current_theme().type.px
    row = QHBoxLayout()
    row.setSpacing(px(6))
    for keys, words in meanings:
        for key in keys:
            row.addWidget(KeyCap(key, parent))
        row.addWidget(Label(words, parent, size=TextSize.CAPTION, role="muted"))
        row.addSpacing(px(8))
    row.addStretch(1)
    return row
