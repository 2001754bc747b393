"""The two faces of the note composer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.errors import InputError
from rapport.language import tr
from rapport.ui.key_names import cap_of
from rapport.ui.look.icons import pixmap
from rapport.ui.look.paint import key_cap, key_cap_size, mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.notes.editor import NoteEdit
from rapport.ui.widgets.base import Control, Painted, is_rtl
from rapport.ui.widgets.button import Button, IconButton, Kind, Size
from rapport.ui.widgets.labels import Label


class ClosedComposer(Control):
    """Looks like an input, opens the editor. Shows the beginning of a draft that waits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("note-open")
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._invitation = ""
        self._draft = ""
        self.invite("")

    def invite(self, name: str) -> None:
        self._invitation = tr("Write a note about {name}").format(name=name) if name else ""
        self._say()

    def remind(self, draft: str) -> None:
        """Show that a draft waits; "" that none does."""
        self._draft = " ".join(draft.split())
        self._say()

    def allow(self, why_not: str | None) -> None:
        self.setEnabled(why_not is None)
        self.setToolTip(why_not or "")
        self.setAccessibleDescription(why_not or "")

    def _say(self) -> None:
        words = self._invitation or tr("Write a note")
        if self._draft:
            words = tr("Draft: {text}").format(text=self._draft)
        self.setAccessibleName(words)
        self.setText(words)
        self.update()

    def sizeHint(self) -> QSize:
        type_ = current_theme().type
        return QSize(type_.px(200), type_.line(TextSize.BODY) + type_.px(18))

    def minimumSizeHint(self) -> QSize:
        return QSize(current_theme().type.px(80), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        tokens, type_ = theme.tokens, theme.type
        painter = QPainter(self)
        area, radius = QRectF(self.rect()), type_.px(6)
        ground = tokens.surface if self.isEnabled() else tokens.tint
        rounded(painter, area, radius, fill=ground, border=tokens.control_border)
        rtl = is_rtl(self)
        side = type_.px(16)
        icon = QRectF(type_.px(12), (self.height() - side) / 2, side, side)
        painter.drawPixmap(
            mirrored(icon, area, rtl).topLeft(),
            pixmap("note", side, tokens.muted, self.devicePixelRatioF(), rtl),
        )
        key = cap_of("note.new")
        width, height = key_cap_size(key) if key else (0, 0)
        cap = QRectF(
            self.width() - type_.px(9) - width, (self.height() - height) / 2, width, height
        )
        start = type_.px(35)
        run = Run(self.text(), type_.font(), cap.left() - type_.px(10) - start)
        place = mirrored(QRectF(start, 0, run.width, self.height()), area, rtl)
        painter.setPen(tokens.text if self._draft and self.isEnabled() else tokens.muted)
        run.draw(painter, place.left(), baseline_in(0, self.height(), type_.metrics()))
        if key:
            key_cap(painter, mirrored(cap, area, rtl), key)


class OpenComposer(Painted):
    """Toolbar, text and foot. It knows nothing of drafts: the composer does."""

    save_pressed = Signal()
    discard_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit = NoteEdit(self)
        self.bold = self._tool("bold", tr("Bold (Ctrl+B)"), "note-bold", checkable=True)
        self.bullets = self._tool("bullets", tr("List"), "note-list", checkable=True)
        self.link = self._tool("link", tr("Link"), "note-link")
        self._status = Label("", self, size=TextSize.CAPTION, role="muted")
        self._status.setObjectName("note-status")
        self._address = QLineEdit(self)
        self._address.setObjectName("note-link-address")
        self._address.setPlaceholderText("https://")
        self._address.setAccessibleName(tr("Address of the link"))
        self._address.hide()
        self._foot = Label("", self, size=TextSize.CAPTION, role="muted", wrap=True)
        self._foot.setObjectName("note-hint")
        self.discard = Button(tr("Discard"), self, kind=Kind.QUIET)
        self.discard.setObjectName("note-discard")
        self.save = Button(tr("Save note"), self, kind=Kind.FILLED, key="Ctrl ↵")
        self.save.setObjectName("note-save")
        self.save.clicked.connect(self.save_pressed)
        self.discard.clicked.connect(self.discard_pressed)
        self.bold.clicked.connect(lambda: self._format(self.edit.toggle_bold))
        self.bullets.clicked.connect(lambda: self._format(self.edit.toggle_list))
        self.link.clicked.connect(self._ask_address)
        self._address.returnPressed.connect(self._take_address)
        self._address.installEventFilter(self)
        self.edit.format_changed.connect(self._show_format)
        self.edit.installEventFilter(self)
        self.edit.document().documentLayout().documentSizeChanged.connect(lambda _: self._grow())
        self._lay_out()
        self.restyle()

    def _tool(self, icon: str, name: str, id: str, *, checkable: bool = False) -> IconButton:
        button = IconButton(icon, name, self, size=Size.SMALL)
        button.setObjectName(id)
        button.setCheckable(checkable)
        return button

    def _lay_out(self) -> None:
        self._bar = QHBoxLayout()
        for tool in (self.bold, self.bullets, self.link):
            self._bar.addWidget(tool)
        self._bar.addWidget(self._address, 1)
        self._bar.addStretch(1)
        self._bar.addWidget(self._status)
        self._below = QHBoxLayout()
        self._below.addWidget(self._foot, 1)
        self._below.addWidget(self.discard)
        self._below.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        column.addLayout(self._bar)
        self._rule = QFrame(self)
        self._rule.setFixedHeight(1)
        self._rule.setAutoFillBackground(True)
        column.addWidget(self._rule)
        column.addWidget(self.edit, 1)
        column.addLayout(self._below)
        # Tab goes from the text to the buttons below it, and back up to the tools with Shift+Tab.
        for first, then in pairwise(
            (self.bold, self.bullets, self.link, self._address, self.edit, self.discard, self.save)
        ):
            QWidget.setTabOrder(first, then)

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_rule"):
            return
        px = self.type.px
        self._bar.setContentsMargins(px(4), px(2), px(12), px(2))
        self._bar.setSpacing(px(2))
        self._below.setContentsMargins(px(12), 0, px(8), px(8))
        self._below.setSpacing(px(8))
        self.edit.document().setDocumentMargin(px(4))
        self.edit.setViewportMargins(px(8), px(4), px(8), 0)
        palette = self._rule.palette()
        palette.setColor(palette.ColorRole.Window, QColor(self.tokens.divider))
        self._rule.setPalette(palette)
        self._grow()

    # What it says.

    def begin(self, *, editing: bool, status: str, loses_formatting: bool) -> None:
        self.save.setText(tr("Save changes") if editing else tr("Save note"))
        self.save.setAccessibleName(self.save.text())
        self.save.restyle()
        self.tell(status)
        self._hint = (
            tr("Pictures, tables and colours of this note are left out when you save it.")
            if loses_formatting
            else tr("Kept here until saved")
        )
        self.complain("")
        self._address.hide()
        self._show_format()
        self._grow()

    def tell(self, status: str) -> None:
        self._status.setText(status)

    def complain(self, sentence: str) -> None:
        """Say what is wrong in the foot; "" says what it says otherwise."""
        self._foot.set_role("danger" if sentence else "muted")
        self._foot.setText(sentence or self._hint)

    def allow(self, why_not: str | None) -> None:
        self.save.setEnabled(why_not is None)
        self.save.setToolTip(why_not or "")
        self.save.setAccessibleDescription(why_not or "")

    _hint = ""

    # What it does.

    def _format(self, change: Callable[[], None]) -> None:
        change()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_format(self) -> None:
        self.bold.setChecked(self.edit.is_bold)
        self.bullets.setChecked(self.edit.is_listed)

    def _ask_address(self) -> None:
        self._address.setText(self.edit.link_at_cursor())
        self._address.setProperty("invalid", False)
        self._address.show()
        self._address.setFocus(Qt.FocusReason.OtherFocusReason)
        self._address.selectAll()

    def _take_address(self) -> None:
        try:
            self.edit.set_link(self._address.text())
        except InputError as error:
            self._address.setProperty("invalid", True)
            self._address.style().polish(self._address)
            self.complain(str(error))
            return
        self._end_address()

    def _end_address(self) -> None:
        self._address.hide()
        self.complain("")
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _grow(self) -> None:
        """As high as the text, from the least to half of the window."""
        px = self.type.px
        frame = px(32) + px(44) + px(14)
        wanted = round(self.edit.document().size().height()) + frame
        window = self.window().height() or px(600)
        self.setFixedHeight(max(px(160), min(wanted, window // 2)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._address and event.type() in (
            QEvent.Type.ShortcutOverride,
            QEvent.Type.KeyPress,
        ):
            if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                if event.type() == QEvent.Type.KeyPress:
                    self._end_address()
                event.accept()
                return True
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.update()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area, radius = QRectF(self.rect()), self.type.px(6)
        focused = self.edit.hasFocus() or self._address.hasFocus()
        rounded(
            painter,
            area,
            radius,
            fill=self.tokens.surface,
            border=self.tokens.accent_text if focused else self.tokens.control_border,
            width=2 if focused else 1,
        )
