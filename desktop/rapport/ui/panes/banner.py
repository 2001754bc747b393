"""Banners above the page: states that last and that a person should know of."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.views import SyncState, SyncStatus
from rapport.ui.context import WindowContext
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.labels import IconView, Label
from rapport.ui.wording import tr


class Banner(Painted):
    """One line: icon, sentence, and the action that helps."""

    def __init__(
        self,
        name: str,
        icon: str,
        sentence: str,
        parent: QWidget,
        *,
        tone: str = "warning",
        button: Button | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setObjectName(f"banner-{name}")
        self.setAccessibleName(sentence)
        row = QHBoxLayout(self)
        px = self.type.px
        row.setContentsMargins(px(16), px(4), px(8), px(4))
        row.setSpacing(px(8))
        row.addWidget(IconView(icon, self, role=tone))
        self._words = Label(sentence, self, role=tone, wrap=True)
        row.addWidget(self._words, 1)
        if button is not None:
            row.addWidget(button)
        self.setMinimumHeight(px(36))

    def say(self, sentence: str) -> None:
        self._words.setText(sentence)
        self.setAccessibleName(sentence)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = QRectF(self.rect())
        painter.fillRect(rect, QColor(getattr(self.tokens, f"{self._tone}_tint")))
        painter.fillRect(rect.adjusted(0, rect.height() - 1, 0, 0), QColor(self.tokens.divider))


class Banners(QWidget):
    """Reconnect, read only, memory only, disk trouble. Offline is the pill's business alone."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._reconnect = self._add(
            "reconnect",
            "key",
            tr("The CRM no longer accepts this sign-in. Everything stays readable; edits wait."),
            "account.sign-in",
            tr("Sign in again"),
        )
        self._storage = self._add(
            "storage", "alert", tr("The local copy cannot be written."), tone="danger"
        )
        self._read_only = self._add(
            "read-only", "lock", "", "account.ask-write", tr("Ask for write access")
        )
        self._memory = self._add(
            "memory-only",
            "alert",
            tr("No keyring was found, so nothing is kept here: edits last until you quit."),
        )
        context.situation_changed.connect(self._show_rights)
        context.actions.bound.connect(lambda _: self._show_rights())

    def set_memory_only(self, memory_only: bool) -> None:
        self._memory.setVisible(memory_only)

    def show_status(self, status: SyncStatus) -> None:
        self._reconnect.setVisible(status.state is SyncState.SIGN_IN)
        self._storage.setVisible(status.state is SyncState.STORAGE)
        if status.state is SyncState.STORAGE and status.message:
            self._storage.say(status.message)

    def clear(self) -> None:
        self._reconnect.hide()
        self._storage.hide()
        self._show_rights()

    def _show_rights(self) -> None:
        situation = self._context.situation
        why = situation.why_not_write if situation.workspace is not None else None
        self._read_only.setVisible(why is not None)
        if why is not None:
            self._read_only.say(why)
        for banner, action in (
            (self._read_only, "account.ask-write"),
            (self._reconnect, "account.sign-in"),
        ):
            for button in banner.findChildren(Button):
                button.setVisible(self._context.actions.is_bound(action))

    def _add(
        self,
        name: str,
        icon: str,
        sentence: str,
        action: str = "",
        words: str = "",
        *,
        tone: str = "warning",
    ) -> Banner:
        button = None
        if action:
            button = Button(words, self, kind=Kind.OUTLINE, size=Size.SMALL)
            button.setObjectName(f"banner-{name}-button")
            button.clicked.connect(lambda: self._context.actions.trigger(action))
            button.setVisible(self._context.actions.is_bound(action))
        banner = Banner(name, icon, sentence, self, tone=tone, button=button)
        banner.hide()
        self._column.addWidget(banner)
        return banner
