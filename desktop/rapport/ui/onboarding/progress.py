"""How a sign-in goes on and ends, as the welcome card shows it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.errors import RapportError
from rapport.domain.ports import LoadLocations
from rapport.domain.settings import InstalledLocation
from rapport.language import tr, trn
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.theme import current_theme
from rapport.ui.onboarding.locations import LocationsPage
from rapport.ui.onboarding.text import Words
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.wording import count


class Icon(Painted):
    def __init__(self, name: str, side: int, role: str = "muted") -> None:
        super().__init__()
        self._name, self._role = name, role
        self.setFixedSize(self.type.px(side), self.type.px(side))

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self._name, QRectF(self.rect()), getattr(self.tokens, self._role))


class Progress:
    """``domain.ports.SignInObserver``: shows how a sign-in goes on."""

    def __init__(
        self,
        waiting: WaitingPage,
        locations: LocationsPage,
        turn_to: Callable[[QWidget], None],
    ) -> None:
        self._waiting = waiting
        self._locations = locations
        self._turn_to = turn_to

    def in_browser(self, url: str, timeout_s: float) -> None:
        self._waiting.in_browser(url, timeout_s)

    def consenting(self) -> None:
        self._waiting.consenting()

    def finishing(self) -> None:
        self._waiting.finishing()

    async def choose_locations(
        self, load: LoadLocations, trouble: RapportError | None
    ) -> tuple[InstalledLocation, ...]:
        self._turn_to(self._locations)
        chosen = await self._locations.choose(load, trouble)
        self._waiting.opening(len(chosen))
        self._turn_to(self._waiting)
        return chosen


class WaitingPage(QWidget):
    """While a sign-in is under way."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._url = ""
        self._deadline = 0.0
        self._title = Words("", section=True, strong=True)
        self._sentence = Words("", muted=True)
        self._left = Words("", caption=True, muted=True)
        self._copy = Button(tr("Copy link"), icon="copy", kind=Kind.TONAL)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._url))
        cancel = Button(tr("Cancel"), kind=Kind.TONAL)
        cancel.setObjectName("sign-in-cancel")
        cancel.setShortcut("Esc")
        cancel.clicked.connect(self.cancelled)
        self._ticking = QTimer(self, interval=1000)
        self._ticking.timeout.connect(self._tick)
        px = current_theme().type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(32), px(32), px(32), px(28))
        column.setSpacing(px(10))
        column.addWidget(self._title)
        column.addWidget(self._sentence)
        column.addWidget(self._left)
        row = QHBoxLayout()
        row.addWidget(self._copy)
        row.addStretch()
        row.addWidget(cancel)
        column.addSpacing(px(8))
        column.addLayout(row)

    def begin(self, what: str) -> None:
        self._ticking.stop()
        self._left.hide()
        self._copy.hide()
        self._title.setText(tr("Opening {what}").format(what=what))
        self.consenting()

    def consenting(self) -> None:
        self._sentence.setText(tr("Agree on the page that opens. Nothing happens before you do."))

    def in_browser(self, url: str, timeout_s: float) -> None:
        self._url = url
        self._deadline = time.monotonic() + timeout_s
        self._title.setText(tr("Continue in your browser"))
        self._sentence.setText(
            tr(
                "Agree there and come back; Rapport comes to the front by itself. Nothing "
                "happened? Copy the link into any browser on this computer."
            )
        )
        self._copy.show()
        self._left.show()
        self._tick()
        self._ticking.start()

    def finishing(self) -> None:
        self._ticking.stop()
        self._copy.hide()
        self._left.hide()
        self._sentence.setText(tr("Opening the account…"))

    def opening(self, locations: int) -> None:
        self._title.setText(tr("Signed in"))
        if locations > 1:
            self._title.setText(
                trn("Opening {n} location", "Opening {n} locations", locations).format(
                    n=count(locations)
                )
            )
        self._sentence.setText(tr("Asking the CRM for access to what you chose…"))

    def _tick(self) -> None:
        minutes, seconds = divmod(max(0, int(self._deadline - time.monotonic())), 60)
        self._left.setText(tr("{time} left").format(time=f"{minutes}:{seconds:02}"))


class EndedPage(QWidget):
    """A sign-in that did not succeed: one sentence, and the way to try again."""

    again = Signal()
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = current_theme().type.px
        self._title = Words("", section=True, strong=True)
        self._sentence = Words("", muted=True)
        again = Button(tr("Try again"), kind=Kind.FILLED)
        again.setObjectName("sign-in-again")
        again.clicked.connect(self.again)
        back = Button(tr("Back"), icon="left", kind=Kind.QUIET)
        back.clicked.connect(self.back)
        self._details = ""
        self._copy = Button(tr("Copy details"), icon="copy", kind=Kind.QUIET)
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(32), px(32), px(32), px(28))
        column.setSpacing(px(10))
        head = QHBoxLayout()
        head.setSpacing(px(10))
        head.addWidget(Icon("alert", 20, "warning"), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        column.addLayout(head)
        column.addWidget(self._sentence)
        column.addSpacing(px(8))
        row = QHBoxLayout()
        row.addWidget(back)
        row.addWidget(self._copy)
        row.addStretch()
        row.addWidget(again)
        column.addLayout(row)

    def say(self, error: RapportError) -> None:
        self._title.setText(error.title)
        self._sentence.setText(error.message)
        self._sentence.setVisible(bool(error.message))
        self._details = "\n".join(filter(None, (type(error).__name__, str(error), error.details)))
        self._copy.setVisible(bool(error.details))
