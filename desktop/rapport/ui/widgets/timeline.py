"""Entries of a contact's timeline."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rapport.language import tr
from rapport.ui.look.paint import (
    due_colours,
    due_dot,
    mirrored,
    rounded,
    task_circle,
)
from rapport.ui.look.text import Run, baseline_in, plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.roles import DueState, conflict_words, waiting_words
from rapport.ui.widgets.base import Control, Painted, is_rtl
from rapport.ui.widgets.card import Card
from rapport.ui.widgets.chips import Pill, TagChip, Tone
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.labels import ElidedLabel, IconView, Label, Rule


class TimelineEntry(QWidget):
    """An icon, something said, and when. :attr:`content` takes widgets below each other."""

    def __init__(self, icon: str, time: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        px = current_theme().type.px
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, px(6), 0, px(6))
        self._row.setSpacing(px(12))
        top = Qt.AlignmentFlag.AlignTop
        self._row.addWidget(IconView(icon, self, size=20), 0, top)
        self.content = QVBoxLayout()
        self.content.setSpacing(px(2))
        self._row.addLayout(self.content, 1)
        self.time = Label(time, self, size=TextSize.CAPTION, role="muted", line=TextSize.BODY)
        self._row.addWidget(self.time, 0, top)

    def add_caption(self, text: str) -> None:
        """Say who did it, or where, below the content."""
        caption = Label(text, self, size=TextSize.CAPTION, role="muted", wrap=True)
        self.content.addWidget(caption)


class NoteEntry(TimelineEntry):
    """A note. ``body`` is plain text, or a widget that shows formatted text safely."""

    def __init__(self, body: str | QWidget, time: str, parent: QWidget | None = None) -> None:
        super().__init__("note", time, parent)
        shown = Label(body, self, wrap=True, selectable=True) if isinstance(body, str) else body
        self.content.addWidget(shown)


class TaskEntry(TimelineEntry):
    """A task in the past: struck when it is done, with who completed it."""

    def __init__(
        self,
        title: str,
        time: str,
        parent: QWidget | None = None,
        *,
        done: bool = True,
        caption: str = "",
    ) -> None:
        super().__init__("task", time, parent)
        role = "muted" if done else "text"
        self.content.addWidget(Label(title, self, role=role, struck=done, wrap=True))
        if done:
            self.setAccessibleName(tr("done: {title}").format(title=title))
        if caption:
            self.add_caption(caption)


class FieldChangeEntry(TimelineEntry):
    """A field that changed: old struck, arrow, new in 600."""

    def __init__(
        self,
        field: str,
        old: str,
        new: str,
        time: str,
        parent: QWidget | None = None,
        *,
        caption: str = "",
    ) -> None:
        super().__init__("pencil", time, parent)
        line = QWidget(self)
        flow = FlowLayout(line, gap=4)
        flow.addWidget(Label(field, line))
        if old:
            flow.addWidget(Label(old, line, role="muted", struck=True))
        arrow = "←" if is_rtl(self) else "→"
        flow.addWidget(Label(arrow, line, role="text"))
        flow.addWidget(Label(new or tr("empty"), line, weight=SEMIBOLD, wrap=len(new) > 40))
        self.content.addWidget(line)
        self.setAccessibleName(
            tr("{field} changed from {old} to {new}").format(
                field=field, old=old or tr("empty"), new=new or tr("empty")
            )
        )
        if caption:
            self.add_caption(caption)


class TagChangeEntry(TimelineEntry):
    """Tags that were added or removed, with why."""

    def __init__(
        self,
        words: str,
        tags: tuple[str, ...],
        time: str,
        parent: QWidget | None = None,
        *,
        reason: str = "",
    ) -> None:
        super().__init__("tag", time, parent)
        line = QWidget(self)
        flow = FlowLayout(line, gap=6)
        flow.addWidget(Label(words, line))
        for tag in tags:
            chip = TagChip(tag, line, removable=False)
            chip.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            flow.addWidget(chip)
        if reason:
            flow.addWidget(Label(reason, line, role="muted"))
        self.content.addWidget(line)


class _DateBlock(Painted):
    def __init__(self, month: str, day: str, weekday: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines = (
            (month, TextSize.CAPTION, REGULAR, "muted"),
            (day, TextSize.SECTION, SEMIBOLD, "text"),
            (weekday, TextSize.CAPTION, REGULAR, "muted"),
        )
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        type_ = self.type
        height = sum(type_.line(size) for _, size, _, _ in self._lines) + type_.px(8)
        widest = max(Run(text, type_.font(size, w)).width for text, size, w, _ in self._lines)
        return QSize(max(type_.px(52), round(widest) + type_.px(12)), height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, type_, tokens = QPainter(self), self.type, self.tokens
        rect = QRectF(self.rect())
        radius = type_.px(9)
        # Round towards the card's edge, straight towards its text.
        rounded(painter, rect, radius, fill=tokens.tint)
        half = QRectF(rect.width() - radius, 0, radius, rect.height())
        painter.fillRect(mirrored(half, rect, is_rtl(self)), QColor(tokens.tint))
        heights = [type_.line(size) for _, size, _, _ in self._lines]
        top = (rect.height() - sum(heights)) / 2
        for (text, size, weight, role), height in zip(self._lines, heights, strict=True):
            run = Run(text, type_.font(size, weight))
            painter.setPen(QColor(getattr(tokens, role)))
            baseline = baseline_in(top, height, type_.metrics(size, weight))
            run.draw(painter, (rect.width() - run.width) / 2, baseline)
            top += height


class AppointmentCard(Card):
    """An appointment: date block, title, state, second line."""

    def __init__(
        self,
        date: tuple[str, str, str],
        title: str,
        second: str,
        parent: QWidget | None = None,
        *,
        state: str = "",
        state_icon: str = "",
        tone: Tone = Tone.NEUTRAL,
    ) -> None:
        """``date`` is (month, day, weekday), short and in the person's language."""
        super().__init__(parent, padding=0)
        month, day, weekday = date
        self.setAccessibleName(tr(", ").join(p for p in (title, state, weekday, day, month) if p))
        row = QHBoxLayout()
        row.setContentsMargins(1, 1, 1, 1)
        px = current_theme().type.px
        row.setSpacing(px(12))
        row.addWidget(_DateBlock(month, day, weekday, self))
        words = QVBoxLayout()
        words.setContentsMargins(0, px(8), 0, px(8))
        words.setSpacing(0)
        first = QHBoxLayout()
        first.addWidget(ElidedLabel(title, self, weight=SEMIBOLD), 1)
        self.state = Pill(state or " ", self, icon=state_icon, tone=tone, clickable=True)
        self.state.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its row has the keys
        self.state.setVisible(bool(state))
        first.addWidget(self.state)
        words.addStretch(1)
        words.addLayout(first)
        words.addWidget(ElidedLabel(second, self, role="muted"))
        words.addStretch(1)
        row.addLayout(words, 1)
        row.addSpacing(px(12))
        self.body.addLayout(row)


class AppointmentEntry(QWidget):
    """What happened to an appointment, and its card, which runs to the end under the time."""

    def __init__(
        self, words: str, time: str, card: AppointmentCard, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = TimelineEntry("calendar", time, self)
        head.content.addWidget(Label(words, head, wrap=True))
        column.addWidget(head)
        below = QHBoxLayout()
        px = current_theme().type.px
        below.setContentsMargins(0, 0, 0, px(6))
        below.setSpacing(0)
        below.addSpacing(px(32))
        below.addWidget(card)
        column.addLayout(below)


class TaskCircle(Control):
    """The circle that completes a task, or takes that back."""

    def __init__(self, title: str, parent: QWidget | None = None, *, overdue: bool = False) -> None:
        super().__init__(parent)
        self._overdue = overdue
        self.setCheckable(True)
        self.setAccessibleName(tr("Complete {title}").format(title=title))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_overdue(self, overdue: bool) -> None:
        self._overdue = overdue
        self.update()

    def corner(self) -> float:
        return self.type.px(9)

    def sizeHint(self) -> QSize:
        side = self.type.px(18)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        task_circle(
            QPainter(self),
            QRectF(self.rect()),
            done=self.isChecked(),
            overdue=self._overdue,
            hovered=self.underMouse(),
        )


class DueLabel(Painted):
    """A dot and words: when something is due."""

    def __init__(self, text: str, state: DueState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._state = text, state
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def set_due(self, text: str, state: DueState) -> None:
        self._text, self._state = text, state
        self.setAccessibleName(text)
        self.restyle()

    def sizeHint(self) -> QSize:
        run = Run(self._text, self.type.font(TextSize.CAPTION))
        dot = 0 if self._state is DueState.NONE else self.type.px(14)
        return QSize(round(run.width) + dot + 1, self.type.line(TextSize.CAPTION))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, rect, px = QPainter(self), QRectF(self.rect()), self.type.px
        flipped = is_rtl(self)
        start = 0
        if self._state is not DueState.NONE:
            spot = QRectF(0, round(rect.center().y() - px(8) / 2), px(8), px(8))
            dot = due_dot(self._state, self.devicePixelRatioF())
            painter.drawPixmap(mirrored(spot, rect, flipped).topLeft(), dot)
            start = px(14)
        run = Run(self._text, self.type.font(TextSize.CAPTION))
        painter.setPen(QColor(due_colours(self._state, self.tokens)[1]))
        x = rect.width() - start - run.width if flipped else start
        run.draw(painter, x, baseline_in(0, rect.height(), self.type.metrics(TextSize.CAPTION)))


class TaskLine(Control):
    """One open task on the card: circle, title, due date. 36 high at 100 %."""

    def __init__(
        self,
        title: str,
        due: str,
        state: DueState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setText(title)
        self.setToolTip(plain_tip(title))
        self._said = f"{title}, {due}" if due else title
        self._marks: list[IconView] = []
        self.setAccessibleName(self._said)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self.circle = TaskCircle(title, self, overdue=state is DueState.OVERDUE)
        self._row.addWidget(self.circle)
        self.title = ElidedLabel(title, self)
        self._row.addWidget(self.title, 1)
        if due:
            self._row.addWidget(DueLabel(due, state, self))
        self.restyle()

    def set_marks(
        self, *, pending: bool, conflict: bool, reminder: bool = False, repeats: bool = False
    ) -> None:
        """Say what the server does not know of it, or not yet."""
        for mark in self._marks:
            self._row.removeWidget(mark)
            mark.hide()
            mark.deleteLater()
        self._marks = []
        words = []
        for shown, icon, role, said in (
            (reminder, "bell", "muted", tr("has a reminder")),
            (repeats, "repeat", "muted", tr("repeats")),
            (pending, "clock", "muted", waiting_words()),
            (conflict, "alert", "warning", conflict_words()),
        ):
            if shown:
                mark = IconView(icon, self, size=14, role=role)
                mark.setToolTip(said)
                self._row.insertWidget(2 + len(self._marks), mark)
                self._marks.append(mark)
                words.append(said)
        self.setAccessibleName(tr(", ").join([self._said, *words]))

    def restyle(self) -> None:
        px = self.type.px
        self._row.setContentsMargins(px(12), 0, px(12), 0)
        self._row.setSpacing(px(10))
        super().restyle()

    def sizeHint(self) -> QSize:
        type_ = self.type
        return QSize(self._row.sizeHint().width(), type_.line() + type_.px(18))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.underMouse():
            rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            rounded(QPainter(self), rect, self.type.px(8), fill=self.tokens.hover)


class OpenTasksCard(Card):
    """The open tasks of a contact in one card, parted by dividers."""

    circle_clicked = Signal(str)
    task_clicked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, padding=0)
        self._ids: list[str] = []

    def restyle(self) -> None:
        super().restyle()
        self.body.setContentsMargins(1, 1, 1, 1)
        self.body.setSpacing(0)

    def set_tasks(self, tasks: list[tuple[str, str, str, DueState]]) -> None:
        """Show (id, title, due in words, state) from top to bottom."""
        while (item := self.body.takeAt(0)) is not None:
            nested = item.layout()
            first = nested.takeAt(0) if nested is not None else item
            widget = first.widget() if first is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._ids = [ident for ident, *_ in tasks]
        for position, (ident, title, due, state) in enumerate(tasks):
            if position:
                inset = current_theme().type.px(12)
                rule = QHBoxLayout()
                rule.setContentsMargins(inset, 0, inset, 0)
                rule.addWidget(Rule(self))
                self.body.addLayout(rule)
            line = TaskLine(title, due, state, self)
            line.circle.clicked.connect(lambda _=False, i=ident: self.circle_clicked.emit(i))
            line.clicked.connect(lambda _=False, i=ident: self.task_clicked.emit(i))
            self.body.addWidget(line)
        self.setVisible(bool(tasks))
