"""The widgets of single timeline entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from PySide6.QtCore import QDate, QEvent, QLocale, QPoint, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from rapport.domain.records import Appointment, Note, Task
from rapport.domain.text import visible
from rapport.language import mark, tr, trn
from rapport.services.html import plain_text
from rapport.ui.look.paint import focus_ring, mirrored, rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD
from rapport.ui.notes.colours import colour_name, painted
from rapport.ui.notes.reading import NoteText
from rapport.ui.panes.detail.entries import Entry, What
from rapport.ui.roles import conflict_words, waiting_words
from rapport.ui.widgets.base import by_keyboard, is_rtl
from rapport.ui.widgets.button import IconButton, Size
from rapport.ui.widgets.chips import Tone
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.timeline import (
    AppointmentCard,
    AppointmentEntry,
    FieldChangeEntry,
    NoteEntry,
    TagChangeEntry,
    TaskEntry,
    TimelineEntry,
)
from rapport.ui.wording import appointment_status, clock_time, count, day

_TAGS = 12
"""More than this of one change are counted, not drawn."""
_STATES = {
    "new": ("calendar", Tone.NEUTRAL),
    "booked": ("calendar", Tone.NEUTRAL),
    "confirmed": ("check", Tone.SUCCESS),
    "showed": ("check", Tone.SUCCESS),
    "noshow": ("alert", Tone.WARNING),
    "cancelled": ("x", Tone.DANGER),
    "invalid": ("alert", Tone.DANGER),
}


_WHAT = {
    What.NOTE: mark("Note"),
    What.TASK: mark("Task"),
    What.APPOINTMENT: mark("Appointment"),
    What.FIELD: mark("Change"),
    What.TAGS: mark("Tags"),
    What.EVENT: mark("Change"),
}


class EntryRow(QWidget):
    """Holds one entry: takes focus, lights up, and offers what can be done with it."""

    menu_asked = Signal(QPoint)
    """A global position below which the menu of the entry may open."""
    opened = Signal()
    """Enter, or a double click."""
    link_asked = Signal(QUrl, str)

    def __init__(
        self,
        entry: Entry,
        now: datetime,
        zone: tzinfo,
        parent: QWidget | None = None,
        *,
        offers: bool,
    ) -> None:
        """``offers`` says whether there is anything to do with the entry."""
        super().__init__(parent)
        self.entry = entry
        self._ringed = False
        self._offers = offers
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setObjectName(entry.key)
        column = QVBoxLayout(self)
        px = current_theme().type.px
        column.setContentsMargins(px(8), 0, px(8), 0)
        column.addWidget(_content(entry, now, zone, self))
        self.setAccessibleName(spoken(entry, zone))
        self.more = IconButton("more", tr("More"), self, size=Size.INLINE)
        self.more.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.more.setAccessibleName(
            tr("What to do with {entry}").format(entry=entry.title or tr(_WHAT[entry.what]))
        )
        self.more.hide()
        self.more.clicked.connect(
            lambda: self.menu_asked.emit(self.more.mapToGlobal(self.more.rect().bottomLeft()))
        )

    def mark(self, words: Iterable[str]) -> None:
        """Mark the words that a note was found by."""
        text = self.findChild(NoteText)
        if text is not None:
            text.mark(words)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._light(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._light(self.hasFocus())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ringed = by_keyboard(self, event.reason())
        self._light(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ringed = False
        self._light(self.underMouse())

    def _light(self, lit: bool) -> None:
        # The state of an appointment opens the same menu, and its card has the room.
        self.more.setVisible(lit and self._offers and self.entry.what is not What.APPOINTMENT)
        if lit:
            self._place_more()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_more()

    def _place_more(self) -> None:
        size = self.more.sizeHint()
        gap = current_theme().type.px(2)
        left = gap if is_rtl(self) else self.width() - size.width() - gap
        # Below the time, which must stay readable; on it where the entry is a single line.
        below = current_theme().type.px(24)
        top = below if below + size.height() <= self.height() else gap
        self.more.setGeometry(left, top, size.width(), size.height())
        self.more.raise_()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._offers:
            self.menu_asked.emit(event.globalPos())
        event.accept()

    def mouseDoubleClickEvent(self, event: object) -> None:
        if self._offers:
            self.opened.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter, area = QPainter(self), QRectF(self.rect())
        record = self.entry.record
        if isinstance(record, Note) and (colour := painted(record.color)):
            px = theme.type.px
            edge = QRectF(0, px(6), px(3), area.height() - px(12))
            rounded(painter, mirrored(edge, area, is_rtl(self)), px(1.5), fill=colour)
        if not (self.underMouse() or self.hasFocus()):
            return
        if self._offers or self.hasFocus():
            rounded(painter, area, theme.type.px(6), fill=theme.tokens.hover)
        if self._ringed:
            focus_ring(painter, area, theme.type.px(6))


def _content(entry: Entry, now: datetime, zone: tzinfo, row: EntryRow) -> QWidget:
    time = clock_time(entry.at, zone) if entry.at else ""
    if entry.pinned and entry.at:  # no day stands above it
        time = day(entry.at, now, zone, weekday=False)
    widget: QWidget
    match entry.record:
        case Note() as note:
            widget = _note(note, entry, time, row)
        case Task():
            widget = TaskEntry(visible(entry.title), time, row, caption=entry.caption)
        case Appointment() as visit:
            widget = _appointment(visit, entry, time, zone, row)
        case _:
            widget = _change(entry, time, row)
    if entry.pending and isinstance(widget, TimelineEntry):
        widget.add_caption(tr("Waiting to be sent"))
    if entry.conflict and isinstance(widget, TimelineEntry):
        widget.add_caption(tr("In conflict"))
    return widget


def _note(note: Note, entry: Entry, time: str, row: EntryRow) -> NoteEntry:
    text = NoteText(note.body, row)
    text.link_asked.connect(row.link_asked)
    widget = NoteEntry(text, time, row)
    if entry.title:
        title = Label(visible(entry.title), row, weight=SEMIBOLD, wrap=True)
        widget.content.insertWidget(0, title)
    captions = [colour_name(note.color)] if painted(note.color) else []
    captions += [visible(entry.caption)] if entry.caption else []
    if captions:
        widget.add_caption(" · ".join(captions))
    return widget


def _appointment(
    visit: Appointment, entry: Entry, time: str, zone: tzinfo, row: EntryRow
) -> AppointmentEntry:
    icon, tone = _STATES.get(visit.status.lower(), ("", Tone.NEUTRAL))
    card = AppointmentCard(
        _date_parts(visit.start_at, zone),
        visible(visit.title) or tr("Appointment"),
        " · ".join(filter(None, (_span(visit, zone), visible(visit.address)))),
        row,
        state=appointment_status(visit.status) or tr("No status"),
        state_icon=icon,
        tone=tone,
    )
    card.state.clicked.connect(
        lambda: row.menu_asked.emit(card.state.mapToGlobal(card.state.rect().bottomLeft()))
    )
    said = tr("Appointment with {name}") if entry.caption else tr("Appointment")
    return AppointmentEntry(said.format(name=visible(entry.caption)), time, card, row)


def _span(visit: Appointment, zone: tzinfo) -> str:
    if visit.start_at is None:
        return ""
    start = clock_time(visit.start_at, zone)
    return f"{start}–{clock_time(visit.end_at, zone)}" if visit.end_at else start


def _date_parts(moment: datetime | None, zone: tzinfo) -> tuple[str, str, str]:
    if moment is None:
        return "", "–", ""
    day, locale = moment.astimezone(zone).date(), QLocale()
    date = QDate(day.year, day.month, day.day)
    return (
        locale.toString(date, "MMM"),
        locale.toString(date, "d"),
        locale.toString(date, "ddd"),
    )


def _change(entry: Entry, time: str, row: EntryRow) -> TimelineEntry:
    if entry.what is What.TAGS:
        tags, rest = entry.tags[:_TAGS], len(entry.tags) - _TAGS
        more = trn("and {n} more", "and {n} more", rest).format(n=count(rest)) if rest > 0 else ""
        reason = " · ".join(filter(None, (more, entry.caption)))
        return TagChangeEntry(entry.title, tags, time, row, reason=reason)
    if entry.what is What.FIELD:
        return FieldChangeEntry(
            entry.title,
            visible(entry.before[:200]),
            visible(entry.after[:200]),
            time,
            row,
            caption=entry.caption,
        )
    widget = TimelineEntry("history", time, row)
    words = entry.title
    if entry.after:
        words = tr("{field}: {value}").format(field=entry.title, value=visible(entry.after))
    widget.content.addWidget(Label(words, row, wrap=True))
    widget.add_caption(entry.caption)
    return widget


def spoken(entry: Entry, zone: tzinfo) -> str:
    """The entry for a screen reader: what, when, and the beginning of the text."""
    match entry.record:
        case Note() as note:
            words = tr("Note: {text}").format(text=visible(plain_text(note.body[:2000]))[:200])
        case Task():
            words = tr("Done: {title}").format(title=visible(entry.title))
        case Appointment() as visit:
            status = appointment_status(visit.status)
            words = tr("Appointment: {title}").format(title=visible(visit.title))
            words = tr(", ").join(filter(None, (words, status)))
        case _:
            parts = [entry.title, *entry.tags[:_TAGS], entry.before, entry.after]
            words = " ".join(visible(part) for part in parts if part)
    time = clock_time(entry.at, zone) if entry.at else ""
    marks = [tr("pinned")] if entry.pinned else []
    if isinstance(entry.record, Note) and painted(entry.record.color):
        marks.append(colour_name(entry.record.color))
    marks += [waiting_words()] if entry.pending else []
    marks += [conflict_words()] if entry.conflict else []
    return tr(", ").join(filter(None, (words, entry.caption, time, *marks)))
