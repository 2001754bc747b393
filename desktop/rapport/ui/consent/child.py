"""The consent child: one window with the provider's page, and one line on standard output.

Reads a :class:`ConsentRequest` from standard input, and ends when that does. Nothing of the page is
kept, and nothing is printed but the reply.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from urllib.parse import urlsplit

import msgspec
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWebEngineCore import QWebEngineLoadingInfo
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from rapport.language import tr
from rapport.ui.consent.guard import Guard
from rapport.ui.consent.page import ConsentPage, PrivateProfile
from rapport.ui.consent.request import ConsentReply, ConsentRequest, Ending
from rapport.ui.languages import speak
from rapport.ui.look.icons import draw_icon, mark_icon, role_colour
from rapport.ui.look.theme import Mode, Theme, current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, IconButton, Kind
from rapport.ui.widgets.labels import ElidedLabel

DEFAULT_SIZE = QSize(900, 700)
HELP_AFTER_MS = 20_000
"""When a page has not appeared by then, help is offered without being asked for."""


class _Strip(QWidget):
    """A bar of the window, on window colour, with a divider at one edge."""

    def __init__(self, theme: Theme, *, divider_below: bool) -> None:
        super().__init__()
        self._theme = theme
        self._below = divider_below

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        painter.fillRect(self.rect(), QColor(tokens.window))
        line = self.rect().bottom() if self._below else self.rect().top()
        painter.fillRect(QRect(0, line, self.width(), 1), QColor(tokens.divider))
        painter.end()


class AddressRow(QWidget):
    """The page's address, to read and not to type: the host stands out, the rest is muted."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._url = ""
        self.setMinimumHeight(theme.type.px(32))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_url("")

    def show_url(self, url: str) -> None:
        self._url = url
        secure = urlsplit(url).scheme == "https"
        words = tr("encrypted connection") if secure else tr("this computer, not encrypted")
        self.setAccessibleName(
            tr("Address, read-only: {host}, {words}").format(
                host=urlsplit(url).netloc or tr("loading"), words=words
            )
        )
        self.setToolTip(url.partition("?")[0])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, tokens = self._theme, self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.tint))
        painter.drawRoundedRect(self.rect(), theme.type.px(6), theme.type.px(6))
        px = theme.type.px
        side = px(16)
        parts = urlsplit(self._url)
        secure = parts.scheme == "https"
        top = (self.height() - side) // 2
        # An address is read from left to right in every language.
        draw_icon(
            painter,
            "lock" if secure else "globe",
            QRectF(px(11), top, side, side),
            role_colour("success" if secure else "muted"),
        )
        hint = tr("read-only · private session")
        caption = theme.type.metrics(TextSize.CAPTION)
        hint_width = caption.horizontalAdvance(hint)
        painter.setFont(theme.type.font(TextSize.CAPTION))
        painter.setPen(QColor(tokens.muted))
        area = self.rect().adjusted(0, 0, -px(11), 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, hint)
        left, limit = px(11) + side + px(8), area.right() - hint_width - px(12)
        head = f"{parts.scheme}://" if parts.scheme else ""
        tail = parts.path + (f"?{parts.query}" if parts.query else "")
        for text, weight, colour in (
            (head, None, tokens.muted),
            (parts.netloc, SEMIBOLD, tokens.text),
            (tail, None, tokens.muted),
        ):
            font = theme.type.font() if weight is None else theme.type.font(weight=weight)
            metrics = theme.type.metrics() if weight is None else theme.type.metrics(weight=weight)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, limit - left))
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(
                QRect(left, 0, max(0, limit - left), self.height()),
                Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                shown,
            )
            left += metrics.horizontalAdvance(shown)
        painter.end()


class _IconLabel(QWidget):
    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._name = name
        side = theme.type.px(18)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, self._name, QRectF(self.rect()), role_colour("muted"))
        painter.end()


class ConsentWindow(QWidget):
    """What is asked for, whose page this is, the page, and the ways out."""

    answered = Signal(object)

    def __init__(self, request: ConsentRequest, theme: Theme) -> None:
        super().__init__()
        self._request = request
        self._theme = theme
        self._answered = False
        self._deadline = time.monotonic() + request.timeout_s
        self.setWindowTitle(tr("Connect {provider}").format(provider=request.provider))
        self.setWindowIcon(mark_icon())
        self.setObjectName("consent-window")
        self.resize(DEFAULT_SIZE)

        self._countdown = self._label(TextSize.CAPTION, muted=True)
        self._address = AddressRow(theme)
        self._message = self._label(TextSize.BODY, muted=False)
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setContentsMargins(48, 48, 48, 48)

        guard = Guard(request.redirect_uri, request.url, request.allowed_hosts)
        self._profile = PrivateProfile(guard, self)
        self._page = ConsentPage(self._profile, guard, self)
        self._page.setBackgroundColor(QColor(theme.tokens.surface))
        self._page.redirected.connect(self._redirected)
        self._page.refused.connect(self._refused)
        self._page.loadingChanged.connect(self._loading)
        self._page.urlChanged.connect(self._show_url)
        self._view = QWebEngineView()
        self._view.setPage(self._page)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._view.setAccessibleName(tr("Page of the provider"))

        self._stack = QStackedLayout()
        self._stack.addWidget(self._view)
        self._stack.addWidget(self._message)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addWidget(self._address_strip())
        column.addLayout(self._stack, 1)
        column.addWidget(self._foot())

        ticking = QTimer(self, interval=1000)
        ticking.timeout.connect(self._tick)
        ticking.start()
        self._tick()
        self._slow = QTimer(self, singleShot=True, interval=HELP_AFTER_MS)
        self._slow.timeout.connect(self._help)
        self._slow.start()
        self._show_url(QUrl(request.url))
        self._page.load(QUrl(request.url))

    # The parts of the window.

    def _label(self, size: TextSize, *, muted: bool, strong: bool = False) -> QLabel:
        label = QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(
            self._theme.type.font(size, SEMIBOLD) if strong else self._theme.type.font(size)
        )
        if muted:
            palette = label.palette()
            palette.setColor(label.foregroundRole(), QColor(self._theme.tokens.muted))
            label.setPalette(palette)
        return label

    def _header(self) -> QWidget:
        strip = _Strip(self._theme, divider_below=True)
        px = self._theme.type.px
        rows = QVBoxLayout(strip)
        rows.setContentsMargins(px(20), px(14), px(20), px(12))
        rows.setSpacing(px(10))
        top = QHBoxLayout()
        title = self._label(TextSize.SECTION, muted=False, strong=True)
        title.setText(self.windowTitle())
        top.addWidget(title)
        top.addStretch()
        top.addWidget(_IconLabel("clock", self._theme))
        top.addWidget(self._countdown)
        rows.addLayout(top)
        columns = QGridLayout()
        columns.setHorizontalSpacing(px(12))
        columns.setVerticalSpacing(px(8))
        entries = [
            (
                "pencil" if line.name.endswith(".write") else "eye",
                line.title,
                line.detail,
                line.name,
            )
            for line in self._request.scopes
        ]
        if self._request.not_asked:
            entries.append(("dnd", tr("Not asked for"), self._request.not_asked, ""))
        # Many scopes take one line each, so that the page keeps its place.
        across, brief = 3, len(entries) > 3
        for position, (icon_name, heading, detail, name) in enumerate(entries):
            scope = self._brief_scope if brief else self._scope
            columns.addLayout(
                scope(icon_name, heading, detail, name), position // across, position % across
            )
        for column in range(across):
            columns.setColumnStretch(column, 1)
        rows.addLayout(columns)
        return strip

    def _brief_scope(self, icon_name: str, heading: str, detail: str, name: str) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(self._theme.type.px(6))
        line.addWidget(_IconLabel(icon_name, self._theme))
        title = self._label(TextSize.BODY, muted=False, strong=True)
        title.setText(heading)
        line.addWidget(title)
        # The words give way before the window does; the tool-tip has them whole.
        below = ElidedLabel(detail, size=TextSize.CAPTION, role="muted")
        below.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        title.setToolTip(f"{heading}: {detail}\n{name}".strip())
        line.addWidget(below, 1)
        return line

    def _scope(self, icon_name: str, heading: str, detail: str, name: str) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(self._theme.type.px(8))
        line.addWidget(_IconLabel(icon_name, self._theme), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        title = self._label(TextSize.BODY, muted=False, strong=True)
        title.setText(heading)
        words.addWidget(title)
        below = self._label(TextSize.BODY, muted=True)
        below.setText(detail)
        below.setWordWrap(True)
        words.addWidget(below)
        if name:
            technical = self._label(TextSize.CAPTION, muted=True)
            technical.setFont(self._theme.type.monospace())
            technical.setText(name)
            words.addWidget(technical)
        words.addStretch()
        line.addLayout(words, 1)
        return line

    def _address_strip(self) -> QWidget:
        strip = _Strip(self._theme, divider_below=True)
        px = self._theme.type.px
        row = QHBoxLayout(strip)
        row.setContentsMargins(px(12), px(6), px(12), px(6))
        row.setSpacing(px(4))
        back = IconButton("left", tr("Back"))
        back.clicked.connect(self._view.back)
        again = IconButton("sync", tr("Load again"))
        again.clicked.connect(self._reload)
        row.addWidget(back)
        row.addWidget(again)
        row.addWidget(self._address, 1)
        return strip

    def _foot(self) -> QWidget:
        strip = _Strip(self._theme, divider_below=False)
        px = self._theme.type.px
        row = QHBoxLayout(strip)
        row.setContentsMargins(px(16), px(12), px(16), px(12))
        row.setSpacing(px(8))
        browser = Button(tr("Use my browser instead"), icon="ext")
        browser.setObjectName("consent-browser")
        browser.clicked.connect(lambda: self._answer(ConsentReply(ending=Ending.BROWSER)))
        self._copy = Button(tr("Copy link"), icon="copy", kind=Kind.QUIET)
        self._copy.clicked.connect(self._copy_link)
        nothing = Button(tr("Nothing happened?"), icon="help", kind=Kind.QUIET)
        nothing.clicked.connect(self._help)
        cancel = Button(tr("Cancel"))
        cancel.setObjectName("consent-cancel")
        cancel.setShortcut("Esc")
        cancel.clicked.connect(self.close)
        for button in (browser, self._copy, nothing):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(cancel)
        return strip

    # What happens.

    def _redirected(self, address: str) -> None:
        self._answer(ConsentReply(ending=Ending.CALLBACK, callback=address))

    def _refused(self, host: str) -> None:
        self._say(
            tr(
                "The page wanted to go to {host}, which is not part of this sign-in. If that is "
                "how you sign in, use your browser instead: the button is below."
            ).format(host=host or tr("another program"))
        )

    def _loading(self, info: QWebEngineLoadingInfo) -> None:
        if info.status() is QWebEngineLoadingInfo.LoadStatus.LoadSucceededStatus:
            self._slow.stop()
            self._stack.setCurrentWidget(self._view)
            self._view.setFocus()
        elif info.status() is QWebEngineLoadingInfo.LoadStatus.LoadFailedStatus:
            # A navigation that we refused ends as a failure, too; it has its own sentence.
            internet = (
                QWebEngineLoadingInfo.ErrorDomain.ConnectionErrorDomain,
                QWebEngineLoadingInfo.ErrorDomain.DnsErrorDomain,
                QWebEngineLoadingInfo.ErrorDomain.CertificateErrorDomain,
                QWebEngineLoadingInfo.ErrorDomain.HttpErrorDomain,
            )
            if info.errorDomain() in internet:
                self._say(
                    tr(
                        "The sign-in page cannot be reached ({reason}). Check the connection, then "
                        "load it again."
                    ).format(reason=info.errorString())
                )

    def _say(self, sentence: str) -> None:
        self._message.setText(sentence)
        self._message.setAccessibleName(sentence)
        self._stack.setCurrentWidget(self._message)

    def _reload(self) -> None:
        self._stack.setCurrentWidget(self._view)
        if self._page.url().isEmpty():
            self._page.load(QUrl(self._request.url))
        else:
            self._view.reload()

    def _help(self) -> None:
        self._copy.setToolTip(tr("Opens anywhere; the answer must arrive on this computer"))
        self._say(
            tr(
                "If the page stays empty or the sign-in does not go on: load it again with the "
                "arrow above, or use your browser instead. Nothing is changed in your account "
                "until you agree on the page."
            )
        )

    def _copy_link(self) -> None:
        QGuiApplication.clipboard().setText(self._request.url)
        self._copy.setText(tr("Copied"))
        QTimer.singleShot(1500, self._copy, lambda: self._copy.setText(tr("Copy link")))

    def _show_url(self, url: QUrl) -> None:
        self._address.show_url(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))

    def _tick(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            self._answer(ConsentReply(ending=Ending.TIMEOUT))
            return
        minutes, seconds = divmod(int(left), 60)
        self._countdown.setText(
            tr("waiting for you · {time} left").format(time=f"{minutes}:{seconds:02}")
        )

    def closeEvent(self, event: object) -> None:
        self._answer(ConsentReply(ending=Ending.CANCELLED))

    def _answer(self, reply: ConsentReply) -> None:
        if not self._answered:
            self._answered = True
            self.answered.emit(reply)


def _end_with_parent() -> None:
    """A sign-in nobody waits for any more, since the program was killed, goes with it."""
    while os.read(0, 1024):
        pass
    os._exit(1)


def main() -> int:
    request = msgspec.json.decode(sys.stdin.buffer.readline(), type=ConsentRequest)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Rapport")
    app.setDesktopFileName("rapport")
    speak(app, request.language)
    theme = current_theme()
    theme.apply(app)
    theme.set_mode(Mode(request.theme))
    theme.set_text_scale(request.text_scale)
    window = ConsentWindow(request, theme)
    replies: list[ConsentReply] = []

    def finish(reply: ConsentReply) -> None:
        replies.append(reply)
        window.hide()
        app.quit()

    window.answered.connect(finish)
    screen = QGuiApplication.primaryScreen().availableGeometry()
    # The frame that the desktop puts around the window wants its part of the screen, too.
    window.resize(DEFAULT_SIZE.boundedTo(screen.size() - QSize(16, 48)))
    window.move(screen.center() - QPoint(window.width() // 2, window.height() // 2))
    window.show()
    window.raise_()
    window.activateWindow()
    app.exec()
    reply = replies[0] if replies else ConsentReply(ending=Ending.CANCELLED)
    sys.stdout.buffer.write(msgspec.json.encode(reply) + b"\n")
    sys.stdout.buffer.flush()
    # The page goes before its profile, or Chromium complains that the profile is still in use.
    window._view.setPage(None)  # type: ignore[arg-type]
    window._page.deleteLater()
    window.deleteLater()
    app.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
