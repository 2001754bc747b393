"""What came back: the reply, what it cost, and what was sent earlier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.catalogue import Action
from rapport.domain.errors import RapportError
from rapport.domain.operations import OperationReply
from rapport.domain.ports import Clock
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.delegates.operation_row import method_colour
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.activity.operations.reading import (
    Reading,
    cost_rows,
    read_body,
    read_headers,
    read_sent,
    size_words,
    status_words,
    took_words,
)
from rapport.ui.widgets.base import Control, is_rtl
from rapport.ui.widgets.button import IconButton, Size
from rapport.ui.widgets.chips import Pill, Tone
from rapport.ui.widgets.code_view import CodeView
from rapport.ui.widgets.inputs import LineEdit
from rapport.ui.widgets.labels import ElidedLabel, Label, Rule, SectionTitle
from rapport.ui.widgets.segmented import Segmented
from rapport.ui.wording import clock_time

BODY, HEADERS, SENT = "body", "headers", "sent"
MOST_EARLIER = 20
MOST_KEPT = 40 * 1024 * 1024
"""Bytes of all replies that can be looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of this session: answered, or ended without an answer (``error``)."""

    action: Action
    at: datetime
    reply: OperationReply | None = None
    error: RapportError | None = None

    @property
    def failed(self) -> bool:
        return self.reply is None or self.reply.status >= 400 or self.reply.refused is not None


def _size(exchange: Exchange) -> int:
    return len(exchange.reply.body) if exchange.reply is not None else 0


class ReplyPane(QWidget):
    def __init__(self, context: WindowContext, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("operation-reply")
        self._clock = clock
        self._context = context
        self._reading = Reading("", "")
        self._exchange: Exchange | None = None
        self._earlier: list[Exchange] = []
        self._title = Label(tr("Reply"), self, size=TextSize.SECTION, weight=SEMIBOLD)
        self.pill = Pill("", self, height=24)
        self.pill.setObjectName("operation-status")
        self._figures = Label("", self, size=TextSize.CAPTION, role="muted")
        self._about = Label("", self, size=TextSize.CAPTION, role="muted", wrap=True)
        self.words = Label("", self, wrap=True, selectable=True)
        self.words.setObjectName("operation-words")
        self.parts = Segmented(
            [(BODY, tr("Body")), (HEADERS, tr("Headers")), (SENT, tr("Sent"))],
            self,
            name=tr("Part of the exchange"),
        )
        self.parts.setObjectName("operation-parts")
        self._look = IconButton("search", tr("Search in it"), self, size=Size.SMALL)
        self._copy = IconButton("copy", tr("Copy it"), self, size=Size.SMALL)
        self._copy.setObjectName("operation-copy-reply")
        self.search = LineEdit(tr("Search in the reply"), self, placeholder=tr("Search in it"))
        self.search.hide()
        self.code = CodeView(tr("Reply"), self)
        self.code.setObjectName("operation-code")
        self.note = Label("", self, size=TextSize.CAPTION, role="muted", wrap=True)
        self.note.setObjectName("operation-note")
        self._below = _Below(context, clock, self)
        self._below.chosen.connect(self._show_earlier)
        self._lay_out()
        self.parts.chosen.connect(lambda _: self._show_part())
        self._copy.clicked.connect(self._copy_part)
        self._look.clicked.connect(self._toggle_search)
        self.search.returnPressed.connect(self._find)
        self.search.textEdited.connect(lambda _: self._find())
        self.search.escaped.connect(self._toggle_search)
        self.show_nothing()

    def _lay_out(self) -> None:
        px = self._context.theme.type.px
        first = QHBoxLayout()
        first.setSpacing(px(8))
        first.addWidget(self._title)
        first.addStretch(1)
        first.addWidget(self.pill)
        first.addWidget(self._figures)
        bar = QHBoxLayout()
        bar.setSpacing(px(4))
        bar.addWidget(self.parts)
        bar.addStretch(1)
        bar.addWidget(self._look)
        bar.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(14), px(20), 0)
        column.setSpacing(px(8))
        column.addLayout(first)
        column.addWidget(self._about)
        column.addWidget(self.words)
        column.addLayout(bar)
        column.addWidget(self.search)
        column.addWidget(self.code, 3)
        column.addWidget(self.note)
        column.addStretch(0)
        column.addWidget(self._below, 2)
        self.code.setMinimumHeight(px(120))

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The requests of this session, newest first."""
        return tuple(self._earlier)

    # What is shown.

    def show_nothing(self) -> None:
        self._say(tr("Nothing was sent yet. Fill in what is required, then Send."), about="")

    def show_waiting(self, action: Action) -> None:
        self._exchange = None
        self._say(tr("Waiting for the reply…"), about=tr(action.title))

    def show_cancelled(self, action: Action) -> None:
        words = tr("Cancelled.")
        if action.writes:
            words += " " + tr("The request may have arrived all the same.")
        self._say(words, about=tr(action.title))

    def take(self, exchange: Exchange) -> None:
        """Show what has just come, and keep it for later."""
        self._earlier.insert(0, exchange)
        del self._earlier[MOST_EARLIER:]
        while len(self._earlier) > 1 and sum(map(_size, self._earlier)) > MOST_KEPT:
            self._earlier.pop()
        self._show(exchange)

    def _show_earlier(self, exchange: object) -> None:
        if isinstance(exchange, Exchange):
            self._show(exchange)

    def _show(self, exchange: Exchange) -> None:
        self._exchange = exchange
        at = clock_time(exchange.at, self._clock.zone())
        about = tr("{what}, sent at {time}").format(what=tr(exchange.action.title), time=at)
        reply = exchange.reply
        if reply is None:
            self._say(str(exchange.error), about=about)
            self.pill.set_parts(("alert", tr("No reply"), ""), tone=Tone.DANGER)
            self.pill.setVisible(True)
        else:
            words = str(reply.refused) if reply.refused is not None else ""
            if reply.refused is not None and reply.trace_id:
                words += " " + tr("Trace id: {id}").format(id=reply.trace_id)
            self._say(words, about=about)
            tone, icon = (Tone.DANGER, "alert") if exchange.failed else (Tone.SUCCESS, "check")
            self.pill.set_parts((icon, status_words(reply.status), ""), tone=tone)
            figures = (took_words(reply.took_s), size_words(len(reply.body)))
            self._figures.setText(" · ".join(figures))
            for widget in (self.pill, self._figures, self.parts, self._look, self._copy, self.code):
                widget.setVisible(True)
            self.parts.set_value(BODY)
            self._show_part()
        cost = cost_rows(reply.headers) if reply is not None else []
        self._below.tell(cost, [one for one in self._earlier if one is not exchange])

    def _say(self, words: str, *, about: str) -> None:
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self.words.setText(words)
        self.words.setVisible(bool(words))
        for widget in (
            self.pill,
            self._figures,
            self.parts,
            self._look,
            self._copy,
            self.search,
            self.code,
            self.note,
        ):
            widget.setVisible(False)
        self._below.tell([], self._earlier)

    def _show_part(self) -> None:
        reply = self._exchange.reply if self._exchange is not None else None
        if reply is None:
            return
        part = self.parts.value()
        if part == BODY:
            self._reading = read_body(reply)
        else:
            text = read_headers(reply.headers) if part == HEADERS else read_sent(reply.sent)
            self._reading = Reading(text, text)
        self.code.setPlainText(self._reading.text)
        self.note.setText(self._reading.note)
        self.note.setVisible(bool(self._reading.note))

    # What can be done with it.

    def _copy_part(self) -> None:
        QGuiApplication.clipboard().setText(self._reading.whole)
        self._context.notice(tr("Copied"), icon="copy")

    def _toggle_search(self) -> None:
        shown = self.search.isHidden()
        self.search.setVisible(shown)
        if shown:
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)
            self.search.selectAll()
        else:
            self.code.setFocus(Qt.FocusReason.OtherFocusReason)

    def _find(self) -> None:
        self.search.set_invalid(not self.code.find_text(self.search.text()))


class _Below(QScrollArea):
    """What the reply cost, and what was sent earlier."""

    chosen = Signal(object)

    def __init__(self, context: WindowContext, clock: Clock, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._clock = clock
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def tell(self, cost: list[tuple[str, str]], earlier: list[Exchange]) -> None:
        px = self._context.theme.type.px
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, px(8), 0, px(16))
        column.setSpacing(px(6))
        if cost:
            title = QHBoxLayout()
            title.setSpacing(px(12))
            title.addWidget(Label(tr("What it cost"), body, weight=SEMIBOLD))
            title.addStretch(1)
            source = tr("read from the reply’s headers")
            title.addWidget(ElidedLabel(source, body, size=TextSize.CAPTION, role="muted"))
            column.addLayout(title)
            column.addWidget(Rule(body))
            grid = QGridLayout()
            grid.setVerticalSpacing(px(8))
            grid.setColumnStretch(0, 1)
            for row, (name, value) in enumerate(cost):
                key = ElidedLabel(name, body, size=TextSize.CAPTION, role="muted")
                grid.addWidget(key, row, 0)
                number = Label(value, body, size=TextSize.CAPTION)
                grid.addWidget(number, row, 1, Qt.AlignmentFlag.AlignTrailing)
            column.addLayout(grid)
            column.addSpacing(px(10))
        if earlier:
            column.addWidget(SectionTitle(tr("Earlier"), body))
            column.addWidget(Rule(body))
            for exchange in earlier:
                line = _EarlierRow(exchange, clock_time(exchange.at, self._clock.zone()), body)
                line.setObjectName("operation-earlier")
                line.clicked.connect(lambda _=False, one=exchange: self.chosen.emit(one))
                column.addWidget(line)
        column.addStretch(1)
        before = self.takeWidget()
        if before is not None:
            before.deleteLater()
        self.setWidget(body)


class _EarlierRow(Control):
    """“GET Get all tasks … 200 · 96 ms · 10:36”."""

    def __init__(self, exchange: Exchange, at: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._exchange = exchange
        reply = exchange.reply
        figures = [str(reply.status), took_words(reply.took_s)] if reply else [tr("no reply")]
        self._end = " · ".join((*figures, at))
        self.setText(tr(exchange.action.title))
        self.setAccessibleName(f"{exchange.action.method} {self.text()}, {self._end}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self.type.px(160), max(self.type.px(28), self.type.line() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, px, tokens = QPainter(self), self.type.px, self.tokens
        rect, flipped = QRectF(self.rect()), is_rtl(self)
        if self.underMouse():
            rounded(painter, rect, px(6), fill=tokens.hover)
        method = self._exchange.action.method
        end = Run(self._end, self.type.font(TextSize.CAPTION))
        verb = Run(method, self.type.font(TextSize.CAPTION, SEMIBOLD))
        room = rect.width() - px(56) - end.width - px(12)
        title = Run(self.text(), self.type.font(), room)
        late = tokens.danger if self._exchange.failed else tokens.muted
        for run, x, colour, size in (
            (verb, 0.0, method_colour(method, tokens), TextSize.CAPTION),
            (title, float(px(56)), tokens.text, TextSize.BODY),
            (end, rect.width() - end.width, late, TextSize.CAPTION),
        ):
            area = mirrored(QRectF(x, 0, run.width, rect.height()), rect, flipped)
            painter.setPen(QColor(colour))
            baseline = baseline_in(0, rect.height(), self.type.metrics(size))
            run.draw(painter, area.left(), baseline)
