"""Banners above the page: states that last and that a person should know of."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.domain.views import SyncState, SyncStatus
from rapport.language import told, tr
from rapport.ui.context import WindowContext
from rapport.ui.widgets.chips import Tone
from rapport.ui.widgets.states import Banner


class Banners(QWidget):
    """Reconnect, inactive location, read only, memory only, disk trouble. Offline is the pill's
    business alone."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._all: list[Banner] = []
        self._column = QVBoxLayout(self)
        px = context.theme.type.px
        self._column.setContentsMargins(px(12), px(8), px(12), px(8))
        self._column.setSpacing(px(6))
        self._reconnect = self._add(
            "reconnect",
            "key",
            tr("The CRM no longer accepts this sign-in. Everything stays readable; edits wait."),
            "account.sign-in",
            tr("Reconnect"),
        )
        self._inactive = self._add(
            "inactive",
            "lock",
            tr(
                "This location is not active in the CRM. Everything stays readable and edits wait; "
                "Rapport asks again from time to time."
            ),
            "sync.now",
            tr("Try now"),
        )
        self._storage = self._add(
            "storage", "alert", tr("The local copy cannot be written."), tone=Tone.DANGER
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
        self._settle()

    def show_status(self, status: SyncStatus) -> None:
        self._reconnect.setVisible(status.state is SyncState.SIGN_IN)
        self._inactive.setVisible(status.state is SyncState.INACTIVE)
        self._storage.setVisible(status.state is SyncState.STORAGE)
        if status.state is SyncState.STORAGE and status.message:
            self._storage.set_text(told(status.message))
        self._settle()

    def clear(self) -> None:
        self._reconnect.hide()
        self._inactive.hide()
        self._storage.hide()
        self._show_rights()

    def _show_rights(self) -> None:
        situation = self._context.situation
        why = situation.why_not_write if situation.workspace is not None else None
        self._read_only.setVisible(why is not None)
        if why is not None:
            self._read_only.set_text(why)
        if situation.workspace is not None:
            pasted = situation.workspace.account.static_token
            self._reconnect.set_button(tr("Paste a new token") if pasted else tr("Reconnect"))
        # A role is not widened by signing in again.
        self._read_only.button.setVisible(self._context.actions.is_enabled("account.ask-write"))
        self._reconnect.button.setVisible(self._context.actions.is_bound("account.sign-in"))
        self._settle()

    def _settle(self) -> None:
        """Take no room while there is nothing to say."""
        self.setVisible(any(not banner.isHidden() for banner in self._all))

    def _add(
        self,
        name: str,
        icon: str,
        sentence: str,
        action: str = "",
        words: str = "",
        *,
        tone: Tone = Tone.WARNING,
    ) -> Banner:
        banner = Banner(sentence, self, icon=icon, tone=tone, button=words)
        banner.setObjectName(f"banner-{name}")
        banner.button.setObjectName(f"banner-{name}-button")
        banner.pressed.connect(lambda: self._context.actions.trigger(action))
        banner.hide()
        self._column.addWidget(banner)
        self._all.append(banner)
        return banner
