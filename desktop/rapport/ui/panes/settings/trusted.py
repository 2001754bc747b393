"""Hosts whose links open without asking: each can be taken back."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.onboarding.text import Words
from rapport.ui.widgets.chips import Chip
from rapport.ui.widgets.flow import FlowLayout


class TrustedHosts(QWidget):
    def __init__(self, context: WindowContext) -> None:
        super().__init__()
        self.setObjectName("trusted-hosts")
        self._context = context
        self._chips: dict[str, Chip] = {}
        self._none = Words(tr("None: every link is asked about."), caption=True, muted=True)
        holder = QWidget(self)
        self._flow = FlowLayout(holder, gap=6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._none)
        column.addWidget(holder)
        context.settings_changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        hosts = self._context.settings.trusted_hosts
        for host in [host for host in self._chips if host not in hosts]:
            chip = self._chips.pop(host)
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        for host in hosts:
            if host not in self._chips:
                chip = self._chips[host] = Chip(host, self, icon="globe", removable=True)
                chip.setObjectName(f"trusted-{host}")
                chip.removed.connect(partial(self._distrust, host))
                self._flow.addWidget(chip)
        self._none.setVisible(not hosts)

    def _distrust(self, host: str) -> None:
        left = tuple(one for one in self._context.settings.trusted_hosts if one != host)
        self._context.change_settings(trusted_hosts=left)
