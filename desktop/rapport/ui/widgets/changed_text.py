"""A text with what was added and removed in it, wrapped like a paragraph."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from rapport.domain.diff3 import Part
from rapport.language import tr
from rapport.ui.look.icons import role_colour
from rapport.ui.look.text import runs_right_to_left
from rapport.ui.widgets.base import Painted, is_rtl

_MOST = 4000
"""Characters that are shown; what is compared may be a book."""


class ChangedText(Painted):
    """Added words are underlined, removed ones struck: the colour is not alone in saying it."""

    def __init__(self, parent: QWidget | None = None, *, role: str = "text") -> None:
        super().__init__(parent)
        self._role = role
        self._parts: tuple[Part, ...] = ()
        self._left_to_right = False
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_parts(self, parts: Sequence[Part], *, left_to_right: bool = False) -> None:
        """``left_to_right`` is for phone numbers and addresses, whatever the interface."""
        self._parts, self._left_to_right = _shortened(parts), left_to_right
        self.setAccessibleName(spoken(self._parts))
        self.restyle()

    def show_text(self, text: str, *, left_to_right: bool = False) -> None:
        self.show_parts([Part("=", text)], left_to_right=left_to_right)

    def set_role(self, role: str) -> None:
        self._role = role
        self.update()

    def text(self) -> str:
        """What the text says now: without what was removed."""
        return "".join(part.text for part in self._parts if part.kind != "-")

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(width)[1]

    def sizeHint(self) -> QSize:
        width = self.type.px(160)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.type.px(48), self.type.line())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QColor(role_colour(self._role)))
        layout, _ = self._lay_out(self.width())
        layout.draw(painter, QPointF(0, 0))

    def _lay_out(self, width: int) -> tuple[QTextLayout, int]:
        text = "".join(part.text for part in self._parts).replace("\n", "\u2028")
        layout = QTextLayout(text, self.type.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        flipped = runs_right_to_left(text) and not self._left_to_right
        direction = Qt.LayoutDirection.RightToLeft if flipped else Qt.LayoutDirection.LeftToRight
        option.setTextDirection(direction)
        side = Qt.AlignmentFlag.AlignRight if is_rtl(self) else Qt.AlignmentFlag.AlignLeft
        option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
        layout.setTextOption(option)
        layout.setFormats(self._formats())
        layout.beginLayout()
        y = 0.0
        least = self.type.line()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, y + max(0.0, (least - line.height()) / 2)))
            y += max(float(least), line.height())
        layout.endLayout()
        return layout, max(least, round(y))

    def _formats(self) -> list[QTextLayout.FormatRange]:
        formats: list[QTextLayout.FormatRange] = []
        at = 0
        for part in self._parts:
            # Qt counts UTF-16 units.
            length = len(part.text.encode("utf-16-le")) // 2
            if part.kind != "=":
                one = QTextLayout.FormatRange()
                one.start, one.length = at, length
                one.format = self._format(part.kind)
                formats.append(one)
            at += length
        return formats

    def _format(self, kind: str) -> QTextCharFormat:
        added = kind == "+"
        format_ = QTextCharFormat()
        format_.setForeground(QBrush(QColor(self.tokens.success if added else self.tokens.danger)))
        ground = self.tokens.success_tint if added else self.tokens.danger_tint
        format_.setBackground(QBrush(QColor(ground)))
        if added:
            format_.setFontUnderline(True)
        else:
            format_.setFontStrikeOut(True)
        return format_


def spoken(parts: Sequence[Part]) -> str:
    """The text in words, for who does not see it."""
    words: list[str] = []
    for part in parts:
        text = part.text.strip()
        if text:
            form = {"-": tr("removed: {text};"), "+": tr("added: {text};")}.get(part.kind, "{text}")
            words.append(form.format(text=text))
    return " ".join(words)


def _shortened(parts: Sequence[Part]) -> tuple[Part, ...]:
    shown: list[Part] = []
    room = _MOST
    for part in parts:
        if len(part.text) > room:
            shown.append(Part(part.kind, part.text[:room] + "…"))
            break
        shown.append(part)
        room -= len(part.text)
    return tuple(shown)
