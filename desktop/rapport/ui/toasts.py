"""Toasts: what was done, with Undo, at the bottom end of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from rapport.domain.commands import UNDO_WINDOW_S
from rapport.language import tr
from rapport.ui.context import Notice, WindowContext
from rapport.ui.key_names import cap_of
from rapport.ui.look import motion
from rapport.ui.look.icons import pixmap
from rapport.ui.look.paint import depth_margin, depth_rings, mirrored, rounded
from rapport.ui.look.type import SEMIBOLD
from rapport.ui.runner import Failure
from rapport.ui.widgets.button import Button, IconButton, KeyCap, Kind, Size
from rapport.ui.widgets.foot import FOOT_MOVED, feet_of
from rapport.ui.widgets.labels import ElidedLabel, Label

_MOST = 3
_TICK_MS = 100
_ERROR_S = 20.0


class Toast(QWidget):
    """One notice. Its time stands still while the pointer or the focus is on it."""

    gone = Signal()

    def __init__(self, notice: Notice, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self.notice = notice
        self._context = context
        self._lasts_ms = 1000 * (_ERROR_S if notice.error else UNDO_WINDOW_S)
        self._left_ms = self._lasts_ms
        self.setObjectName("toast")
        self.setAccessibleName(f"{notice.title} {notice.text}".strip())
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme = context.theme
        px = theme.type.px
        margin = depth_margin()
        self.setFixedWidth(px(360) + 2 * margin)

        self._icon = QLabel(self)
        self._title = QLabel(notice.title, self)
        self._title.setObjectName("toast-title")
        self._title.setWordWrap(True)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        # A reason is read whole; the name of a task loses its end, and the tool-tip has it.
        whole = notice.error or notice.icon == "lock"
        self._text: Label | ElidedLabel = (
            Label(notice.text, self, role="muted", wrap=True)
            if whole
            else ElidedLabel(notice.text, self, role="muted")
        )
        self._text.setObjectName("toast-text")
        self._text.setVisible(bool(notice.text))
        for label, wraps in ((self._title, True), (self._text, whole)):
            policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            policy.setHeightForWidth(wraps)
            label.setSizePolicy(policy)

        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row = QHBoxLayout(self)
        row.setContentsMargins(margin + px(14), margin + px(9), margin + px(8), margin + px(11))
        row.setSpacing(px(8))
        middle = Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop if notice.error else middle)
        row.addLayout(words, 1)
        if notice.undo_id is not None:
            undo_id = notice.undo_id
            self._button(row, tr("Undo"), lambda: self._undo(undo_id, notice), "toast-undo")
            if cap_of("edit.undo"):
                row.addWidget(KeyCap(cap_of("edit.undo"), self))
        # What went wrong takes the width; its buttons stand below.
        beside = QHBoxLayout() if notice.error else row
        if notice.act is not None:
            name, act = notice.act
            self._button(beside, name, act, "toast-act")
        if notice.details:
            self._button(beside, tr("Copy details"), self._copy, "toast-copy", leave=False)
        if notice.error:
            beside.setContentsMargins(-px(10), 0, 0, 0)  # a link's padding, so that texts align
            beside.addStretch(1)
            words.addLayout(beside)
        close = IconButton("x", tr("Close"), self, size=Size.SMALL)
        close.setObjectName("toast-close")
        close.clicked.connect(self.leave)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop if notice.error else middle)
        for child in self.findChildren(QWidget):
            child.installEventFilter(self)

        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        theme.changed.connect(self._dress)
        self._dress()

    def leave(self) -> None:
        self._timer.stop()
        self.hide()
        self.gone.emit()

    def renew(self) -> None:
        self._left_ms = self._lasts_ms

    def sizeHint(self) -> QSize:
        width = self.width()
        layout = self.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else -1
        return QSize(width, height if height > 0 else super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, px = self._context.theme.tokens, self._context.theme.type.px
        painter = QPainter(self)
        margin = depth_margin()
        card = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        depth_rings(painter, card, px(10))
        rounded(painter, card, px(10), fill=tokens.raised, border=tokens.divider)
        share = self._left_ms / self._lasts_ms
        inner = card.adjusted(px(5), 0, -px(5), 0)
        bar = QRectF(inner.left(), card.bottom() - 2, inner.width() * share, 2)
        colour = tokens.danger if self.notice.error else tokens.accent_text
        painter.fillRect(mirrored(bar, inner, self.isRightToLeft()), QColor(colour))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._resume()
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent):
            if event.gotFocus():
                self._timer.stop()
            else:
                self._resume()
        return False

    def _resume(self) -> None:
        if self.isVisible() and not self.underMouse() and not self.isAncestorOf(self._focused()):
            self._timer.start()

    def _focused(self) -> QWidget:
        focus = self.window().focusWidget()
        return focus if focus is not None and focus.hasFocus() else self.window()

    def _button(
        self,
        row: QHBoxLayout,
        text: str,
        act: Callable[[], object],
        name: str,
        *,
        leave: bool = True,
    ) -> None:
        button = Button(text, self, kind=Kind.LINK, size=Size.SMALL)
        button.setObjectName(name)

        def pressed() -> None:
            act()
            if leave:
                self.leave()

        button.clicked.connect(pressed)
        row.addWidget(button)

    def _undo(self, undo_id: int, notice: Notice) -> None:
        self._context.runner.own(self._context.undo(undo_id, notice.workspace))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.notice.details)

    def _tick(self) -> None:
        self._left_ms -= _TICK_MS
        if self._left_ms <= 0:
            self.leave()
        else:
            self.update(0, self.height() - depth_margin() - 3, self.width(), 3)

    def _dress(self) -> None:
        theme = self._context.theme
        tokens = theme.tokens
        self._title.setFont(theme.type.font(weight=SEMIBOLD))
        colour = tokens.danger if self.notice.error else tokens.success
        if self.notice.icon not in ("check", "task"):
            colour = tokens.danger if self.notice.error else tokens.muted
        name = "task" if self.notice.icon == "check" else self.notice.icon
        self._icon.setPixmap(pixmap(name, theme.type.px(20), colour, self.devicePixelRatioF()))
        self.update()


class Toasts(QObject):
    """The stack of toasts in a window; the newest stands lowest."""

    def __init__(self, context: WindowContext, window: QWidget) -> None:
        super().__init__(window)
        self._context = context
        self._window = window
        self._shown: list[Toast] = []
        context.noticed.connect(self.show)
        context.runner.failed.connect(self.show_failure)
        window.installEventFilter(self)

    def withdraw(self, notice: Notice) -> None:
        """What it says is seen elsewhere by now."""
        for toast in tuple(self._shown):
            if toast.notice is notice:
                toast.leave()

    def show(self, notice: Notice) -> None:
        for toast in self._shown:
            if replace(toast.notice, act=None) == replace(notice, act=None):
                toast.renew()  # saying the same thing twice tells nobody more
                return
        while len(self._shown) >= _MOST:
            self._shown[0].leave()
        toast = Toast(notice, self._context, self._window)
        toast.gone.connect(lambda: self._forget(toast))
        self._shown.append(toast)
        self._arrange()
        motion.fade_in(toast)
        toast.raise_()

    def show_failure(self, failure: Failure) -> None:
        actions = self._context.actions
        act = (tr("Retry"), failure.retry) if failure.retry is not None else None
        if actions.is_bound(failure.remedy):
            act = (tr("Repair"), lambda: self._remedy(failure))
        self.show(
            Notice(
                title=failure.title,
                text=failure.message,
                icon="alert",
                error=True,
                act=act,
                details=failure.details,
            )
        )

    def _remedy(self, failure: Failure) -> None:
        self._context.actions.trigger(failure.remedy)

    def clear(self) -> None:
        for toast in tuple(self._shown):
            toast.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, FOOT_MOVED):
            self._arrange()
        return False

    def _forget(self, toast: Toast) -> None:
        if toast in self._shown:
            self._shown.remove(toast)
        toast.deleteLater()
        self._arrange()

    def _arrange(self) -> None:
        """From the bottom up, at the end edge; above a foot there, so that it can be pressed."""
        if not self._shown:
            return
        px, margin, window = self._context.theme.type.px, depth_margin(), self._window.rect()
        for toast in self._shown:
            toast.resize(toast.sizeHint())
        # Without their soft edges, which may lie over anything and over each other.
        cards = [toast.rect().adjusted(margin, margin, -margin, -margin) for toast in self._shown]
        width, gap = max(card.width() for card in cards), px(8)
        left = px(20) if self._window.isRightToLeft() else window.width() - px(20) - width
        height = sum(card.height() + gap for card in cards) - gap
        bottom = window.height() - px(20)
        column = QRect(left, 0, width, window.height())
        for foot in feet_of(self._window):
            if foot.intersects(column):
                bottom = min(bottom, foot.top() - gap)
        bottom = max(bottom, height + gap)  # but in the window, whatever lies below
        for toast, card in zip(reversed(self._shown), reversed(cards), strict=True):
            toast.move(left - margin, bottom - card.height() - margin)
            bottom -= card.height() + gap
