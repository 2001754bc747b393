"""Asks before a link of a note is opened, and shows where it really leads."""

from __future__ import annotations

import re

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QCheckBox, QWidget

from rapport.domain.text import visible
from rapport.language import tr
from rapport.ui.look.type import SEMIBOLD
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import ConfirmDialog

_HOST = re.compile(r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24})(?![\w.@])", re.I)
_SHOWN = 300


def real_host(url: QUrl) -> str:
    """The host as it is asked for: letters that only look like others are written out (“xn--…”)."""
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded).lower()


def _same(one: str, other: str) -> bool:
    """“example.com” and “www.example.com” are one to a reader."""
    return one.removeprefix("www.") == other.removeprefix("www.")


def pretended_host(words: str, url: QUrl) -> str:
    """A host that the words of a link name and that it does not lead to; "" for none."""
    for found in _HOST.finditer(visible(words)):
        named = QUrl(f"https://{found[1]}")
        if url.host() and not _same(real_host(named), real_host(url)):
            return found[1]
    return ""


def _broken(address: str) -> str:
    """An address in lines: it may break where its parts end."""
    return re.sub(r"([-/?&=.#]+)", "\\1\u200b", address)


class LinkDialog(ConfirmDialog):
    """``await dialog.ask()``; ``remembers`` tells whether to trust this host."""

    def __init__(self, window: QWidget, url: QUrl, words: str = "") -> None:
        """``words`` are those that stand in the note."""
        where = real_host(url) or visible(url.path())
        super().__init__(
            window,
            tr("Open {host}?").format(host=where),
            _broken(visible(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))[:_SHOWN]),
            confirm=tr("Open link"),
        )
        self.always = QCheckBox(tr("Always open links to {host}").format(host=where), self.panel)
        self.always.setObjectName("link-always")
        self.always.setVisible(bool(url.host()))
        self.body.insertWidget(self.body.count() - 1, self.always)
        spoken = url.host()
        if pretended := pretended_host(words, url):
            self._warn(
                tr("The note says {pretended}. The link leads to {host}.").format(
                    pretended=pretended, host=where
                )
            )
        elif spoken and spoken.lower() != where:
            self._warn(
                tr("It is written “{spoken}”, with letters that look like others.").format(
                    spoken=visible(spoken)
                )
            )

    def _warn(self, sentence: str) -> None:
        label = Label(sentence, self.panel, role="danger", weight=SEMIBOLD, wrap=True)
        label.setObjectName("link-warning")
        self.body.insertWidget(1, label)
        self.setAccessibleDescription(f"{sentence} {self.accessibleDescription()}")
        self.always.hide()

    @property
    def remembers(self) -> bool:
        """Whether links to this host are to open without asking."""
        return self.always.isChecked() and not self.always.isHidden()
