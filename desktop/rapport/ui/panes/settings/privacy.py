"""What is kept where, who was spoken to, and how to be rid of it."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QTime, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.domain.hosts import Contact
from rapport.domain.text import visible
from rapport.language import tr, trn
from rapport.ui.context import WindowContext
from rapport.ui.onboarding.text import Words
from rapport.ui.panes.settings.card import Card, Row
from rapport.ui.panes.settings.desk import SettingsDesk
from rapport.ui.panes.settings.table import Group
from rapport.ui.panes.settings.trusted import TrustedHosts
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.wording import count, locale

_LOOK_AGAIN_MS = 2000


class PrivacyCard(Card):
    def __init__(self, context: WindowContext, desk: SettingsDesk) -> None:
        super().__init__(Group.PRIVACY)
        self._desk = desk
        self._told: tuple[Contact, ...] | None = None
        self.row(
            "encryption",
            note=tr("The local copy is encrypted. {place}").format(place=tr(desk.key_place)),
        )
        hosts = self.row(
            "hosts",
            note=tr(
                "Everything that Rapport spoke to since it was started. It sends no telemetry and "
                "looks for no updates."
            ),
        )
        self._lines = QWidget()
        self._lines.setObjectName("hosts-contacted")
        self._column = QVBoxLayout(self._lines)
        self._column.setContentsMargins(0, 0, 0, 0)
        hosts.body.addWidget(self._lines)
        self.row("trusted-hosts").body.addWidget(TrustedHosts(context))
        wipe = Button(tr("Remove everything"), icon="trash", kind=Kind.TONAL)
        wipe.icon_role = "danger"
        wipe.setObjectName("wipe")
        wipe.clicked.connect(lambda: context.runner.start(desk.wipe, slot="wipe"))
        self.row(
            "wipe",
            wipe,
            note=tr(
                "Local copies, sign-ins and keys in the keyring, and logs. Nothing is deleted in "
                "the CRM."
            ),
        )
        self._timer = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self.show_hosts)
        self.show_hosts()

    def show_hosts(self) -> None:
        seen = self._desk.hosts()
        if seen == self._told:
            return
        self._told = seen
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for one in seen:
            self._column.addWidget(_host_line(one))
        if not seen:
            self._column.addWidget(Words(tr("Nothing yet."), caption=True, muted=True))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_hosts()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


def breakable(path: Path) -> str:
    """A path that may go on in another line after each of its folders."""
    return str(path).replace(os.sep, f"{os.sep}\u200b")


def _host_line(one: Contact) -> QWidget:
    line = QWidget()
    column = QVBoxLayout(line)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(Words(visible(one.host), strong=True))
    at = one.at.astimezone()
    words = trn(
        "For {what}: once, last at {time}.", "For {what}: {n} times, last at {time}.", one.times
    ).format(
        what=tr(one.purpose.value),
        n=count(one.times),
        time=locale().toString(QTime(at.hour, at.minute), locale().FormatType.ShortFormat),
    )
    column.addWidget(Words(words, caption=True, muted=True))
    return line


class DataCard(Card):
    def __init__(self, context: WindowContext, desk: SettingsDesk) -> None:
        super().__init__(Group.DATA)
        self._context = context
        self._desk = desk
        self._data = self.row("data-folder", self._open_button("data-folder", desk.data_folder))
        self._data.say(breakable(desk.data_folder))
        copy = Button(tr("Copy diagnostics"), icon="copy", kind=Kind.TONAL)
        copy.setObjectName("copy-diagnostics")
        copy.clicked.connect(lambda: context.runner.start(self._copy, slot="diagnostics"))
        logs: Row = self.row("logs", self._open_button("logs", desk.log_folder), copy)
        logs.say(
            tr(
                "Diagnostics are versions, look, kinds of account and the last log lines, without "
                "names, ids or secrets. You can read them before you send them."
            )
        )

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._context.runner.start(self._measure, slot="data-size")

    async def _measure(self) -> None:
        size = locale().formattedDataSize(await self._desk.data_size())
        self._data.say(
            tr("{size} in {folder}").format(size=size, folder=breakable(self._desk.data_folder))
        )

    async def _copy(self) -> None:
        QGuiApplication.clipboard().setText(await self._desk.diagnostics())
        self._context.notice(
            tr("Diagnostics copied"), tr("They hold nothing personal."), icon="copy"
        )

    @staticmethod
    def _open_button(what: str, folder: Path) -> Button:
        button = Button(tr("Open"), icon="ext", kind=Kind.TONAL)
        button.setObjectName(f"open-{what}")
        button.setAccessibleName(tr("Open {what}").format(what=folder.name))
        button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))))
        return button
