"""What a pane says when it has nothing to show, cannot show it, or is still fetching it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from rapport.language import tr
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.widgets.base import Painted, is_rtl
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.chips import Tone
from rapport.ui.widgets.labels import IconView, Label

SKELETON_AFTER_MS = 150


class _Centred(QWidget):
    def __init__(self, icon: str, role: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        px = current_theme().type.px
        self.column = QVBoxLayout(self)
        self.column.setSpacing(px(12))
        self.column.setContentsMargins(px(24), px(24), px(24), px(24))
        self.column.addStretch(2)
        middle = Qt.AlignmentFlag.AlignHCenter
        self.column.addWidget(IconView(icon, self, size=48, role=role), 0, middle)

    def add_words(self, text: str, *, strong: bool = False, role: str = "muted") -> Label:
        label = Label(
            text,
            self,
            size=TextSize.SECTION if strong else TextSize.BODY,
            weight=SEMIBOLD if strong else REGULAR,
            role=role,
            wrap=True,
        )
        label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        label.setMaximumWidth(current_theme().type.px(420))
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(label, 8)
        row.addStretch(1)
        self.column.addLayout(row)
        return label


class EmptyState(_Centred):
    """A large icon, one sentence, one button."""

    pressed = Signal()

    def __init__(
        self,
        icon: str,
        sentence: str,
        button: str = "",
        parent: QWidget | None = None,
        *,
        key_of: str = "",
    ) -> None:
        super().__init__(icon, "muted", parent)
        self.sentence = self.add_words(sentence)
        self.button = Button(button, self, key_of=key_of) if button else None
        if self.button is not None:
            self.button.clicked.connect(self.pressed)
            self.column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addStretch(3)


class ErrorState(_Centred):
    """Cause, consequence, Retry, and details that can be copied."""

    retried = Signal()

    def __init__(
        self,
        cause: str,
        consequence: str,
        parent: QWidget | None = None,
        *,
        details: str = "",
        retry: bool = True,
    ) -> None:
        """``details`` must hold no secret: a person may send them on."""
        super().__init__("alert", "danger", parent)
        self.add_words(cause, strong=True, role="text")
        self.add_words(consequence)
        row = QHBoxLayout()
        row.addStretch(1)
        self.retry_button = Button(tr("Try again"), self, icon="sync")
        self.retry_button.setVisible(retry)
        self.retry_button.clicked.connect(self.retried)
        row.addWidget(self.retry_button)
        self.copy_button = Button(tr("Copy details"), self, kind=Kind.QUIET, icon="copy")
        self.copy_button.setVisible(bool(details))
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        row.addWidget(self.copy_button)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addStretch(3)


class Banner(Painted):
    """A line across a pane: offline, read-only, reconnect, sandbox. Never modal."""

    pressed = Signal()

    def __init__(
        self,
        text: str,
        parent: QWidget | None = None,
        *,
        icon: str,
        tone: Tone = Tone.NEUTRAL,
        strong: str = "",
        button: str = "",
    ) -> None:
        """``strong`` stands before ``text`` in weight 600."""
        super().__init__(parent)
        self._tone = tone
        role = tone.value[0]
        self._row = QHBoxLayout(self)
        self._icon = IconView(icon, self, role=role)
        self._row.addWidget(self._icon)
        self._strong = Label(strong, self, weight=SEMIBOLD, wrap=True)
        self._strong.setVisible(bool(strong))
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._words.addWidget(self._strong)
        words = "text" if tone is Tone.NEUTRAL else role
        self._text = Label(text, self, role=words, wrap=True)
        self._words.addWidget(self._text, 1)
        self._row.addLayout(self._words, 1)
        self.button = Button(button or " ", self, size=Size.SMALL, kind=Kind.TONAL)
        self.button.setVisible(bool(button))
        self.button.clicked.connect(self.pressed)
        self._row.addWidget(self.button)
        self.setAccessibleName(f"{strong} {text}".strip())
        self.restyle()

    def set_text(self, text: str, *, strong: str = "") -> None:
        self._text.setText(text)
        self._strong.setText(strong)
        self._strong.setVisible(bool(strong))
        self.setAccessibleName(f"{strong} {text}".strip())

    def set_button(self, words: str) -> None:
        self.button.setText(words)
        self.button.setAccessibleName(words)

    def restyle(self) -> None:
        px = current_theme().type.px
        self._row.setContentsMargins(px(12), px(8), px(8), px(8))
        self._row.setSpacing(px(8))
        self._words.setSpacing(px(4))
        self._turn()
        super().restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        """What is strong stands above the rest where both have no room in a line."""
        metrics = current_theme().type.metrics(weight=SEMIBOLD)
        wide = metrics.horizontalAdvance(self._strong.text())
        beside = wide < (self.width() - self.button.sizeHint().width()) // 2
        directions = QBoxLayout.Direction
        self._words.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        # In a line it takes what it needs and no more, else the line breaks within it.
        self._strong.setMinimumWidth(wide if beside else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        colour, fill = (getattr(self.tokens, role) for role in self._tone.value)
        border = colour if self.tokens.high_contrast else None
        rounded(QPainter(self), QRectF(self.rect()), self.type.px(6), fill=fill, border=border)


class Skeleton(Painted):
    """Grey rows in place of a list; invisible until the wait is long enough to notice."""

    def __init__(self, parent: QWidget | None = None, *, row_height: int = 52) -> None:
        super().__init__(parent)
        self._design_row = row_height
        self._shown = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SKELETON_AFTER_MS)
        self._timer.timeout.connect(self._appear)
        self.setAccessibleName(tr("Loading"))

    def start(self) -> None:
        """Begin to wait."""
        self._shown = False
        self._timer.start()
        self.show()

    def stop(self) -> None:
        """The rows are here."""
        self._timer.stop()
        self._shown = False
        self.hide()

    def is_drawn(self) -> bool:
        """Tell whether the grey rows can be seen yet."""
        return self._shown

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._shown:
            return
        painter, px = QPainter(self), self.type.px
        height, flipped = px(self._design_row), is_rtl(self)
        bounds = QRectF(self.rect())
        tint = self.tokens.tint
        side, start = px(32 if self._design_row >= 52 else 24), px(56)
        room = bounds.width() - start - px(16)
        for top in range(0, self.height(), height):
            middle = top + height / 2
            circle = QRectF(px(12), middle - side / 2, side, side)
            rounded(painter, mirrored(circle, bounds, flipped), side / 2, fill=tint)
            bars = ((0.45, -px(12)), (0.3, px(4)))
            for part, offset in bars if self._design_row >= 52 else ((0.4, -px(4)),):
                bar = QRectF(start, middle + offset, room * part, px(8))
                rounded(painter, mirrored(bar, bounds, flipped), px(4), fill=tint)

    def _appear(self) -> None:
        self._shown = True
        self.update()
