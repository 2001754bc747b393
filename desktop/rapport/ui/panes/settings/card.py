"""The page's shapes: a card with a title, and rows of a label with its controls."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox, QSizePolicy, QVBoxLayout, QWidget

from rapport.language import tr
from rapport.ui.look.paint import rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.onboarding.text import Words
from rapport.ui.panes.settings.table import BY_ID, Group, Setting
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.flow import FlowLayout


class Heading(Words):
    """A label whose found part stands out."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._plain = text
        self._spans: tuple[tuple[int, int], ...] = ()
        current_theme().changed.connect(self._again)

    def _again(self) -> None:
        self.point_out(self._spans)

    def point_out(self, spans: Sequence[tuple[int, int]]) -> None:
        """``spans`` are (start, length) in the text; none: as it was."""
        self._spans = tuple(spans)
        if not spans:
            self.setTextFormat(Qt.TextFormat.PlainText)
            self.setText(self._plain)
            return
        ground, parts, at = current_theme().tokens.selection, [], 0
        for start, length in spans:
            found = html.escape(self._plain[start : start + length])
            parts += [html.escape(self._plain[at:start])]
            parts += [f'<b style="background-color:{ground}">{found}</b>']
            at = start + length
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setText("".join((*parts, html.escape(self._plain[at:]))))


class Row(Painted):
    """One setting: its name and a note at the start, its controls at the end, or below where there
    is no room beside."""

    def __init__(self, setting: Setting, *controls: QWidget, note: str = "") -> None:
        super().__init__()
        px = self.type.px
        self.setting = setting
        self.setObjectName(f"setting-{setting.id}")
        self._shown_controls = controls
        self.heading = Heading(tr(setting.title))
        self.note = Words(note, caption=True, muted=True)
        self.note.setVisible(bool(note))
        self._found = False
        words = QVBoxLayout()
        words.setSpacing(px(2))
        words.addWidget(self.heading)
        words.addWidget(self.note)
        self._controls = QWidget()
        self._flow = FlowLayout(self._controls, gap=8)
        for control in controls:
            self._flow.addWidget(control)
        self._controls.setVisible(bool(controls))
        self._controls.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(px(12))
        self._line.addLayout(words, 1)
        self._line.addWidget(self._controls)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(px(8), px(6), px(8), px(6))
        self.body.setSpacing(px(6))
        self.body.addLayout(self._line)
        self._turn()

    def say(self, note: str) -> None:
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def narrow(self, typed: str) -> bool:
        """Show whether it answers what was typed; True where it does, as all do where nothing is
        typed."""
        match = self.setting.match(typed) if typed else None
        self.heading.point_out(match.spans if match is not None else ())
        fits = not typed or match is not None
        self.setVisible(fits)
        return fits

    def stand_out(self) -> None:
        """Stand out until the keyboard goes elsewhere, and take the keyboard."""
        self._found = True
        self.update()
        first = next((one for one in self._stops() if one.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        self._found = False
        self.update()

    def restyle(self) -> None:
        super().restyle()
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Only now the style sheet has told the controls how large they are.
        self._turn()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._found:
            area = QRectF(self.rect())
            rounded(QPainter(self), area, self.type.px(6), fill=self.tokens.selection)

    def _turn(self) -> None:
        px = self.type.px
        controls = self._shown_controls
        wide = sum(one.sizeHint().width() for one in controls) + px(8) * max(0, len(controls) - 1)
        beside = self.width() - wide - px(28) >= px(180)
        directions = QBoxLayout.Direction
        self._line.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._controls.setMinimumWidth(wide if beside else 0)
        self._controls.setMaximumWidth(wide if beside else 16_777_215)

    def _stops(self) -> list[QWidget]:
        return [
            child
            for child in self.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisibleTo(self)
        ]


class Card(Painted):
    """A part of the settings."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        px = self.type.px
        self.group = group
        self.setObjectName(f"settings-{group.name.lower()}")
        self.rows: list[Row] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(8), px(12), px(8), px(12))
        self.column.setSpacing(px(4))
        title = Words(tr(group.value), section=True, strong=True)
        title.setContentsMargins(px(8), 0, px(8), px(2))
        self.column.addWidget(title)

    def row(self, id: str, *controls: QWidget, note: str = "") -> Row:
        """Add the setting of that id, with its controls."""
        row = Row(BY_ID[id], *controls, note=note)
        self.rows.append(row)
        self.column.addWidget(row)
        return row

    def narrow(self, typed: str) -> bool:
        found = [row.narrow(typed) for row in self.rows]
        self.setVisible(any(found))
        return any(found)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self.tokens
        edge = tokens.control_border if tokens.high_contrast else tokens.divider
        rounded(
            QPainter(self), QRectF(self.rect()), self.type.px(10), fill=tokens.surface, border=edge
        )


def choice(name: str, values: Sequence[tuple[object, str]], current: object) -> QComboBox:
    """One of several, each with its words."""
    box = QComboBox()
    box.setAccessibleName(name)
    for value, words in values:
        box.addItem(words, value)
    known = [value for value, _ in values]
    box.setCurrentIndex(known.index(current) if current in known else 0)
    return box
