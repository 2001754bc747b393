"""The Calendar page: its head, the day, week or month below, and what happens to its entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from PySide6.QtCore import QDate, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QStackedWidget, QVBoxLayout, QWidget

from rapport.domain.changes import ChangeEvent
from rapport.domain.commands import Command, EditTask, MoveAppointment
from rapport.domain.errors import RapportError
from rapport.domain.records import Id, Kind
from rapport.domain.views import AgendaRead, SyncStatus
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import Page, Pane, WindowContext
from rapport.ui.editors.appointment_actions import STATUSES, AppointmentPopover
from rapport.ui.editors.task_popover import TaskPopover
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.menus import RULE, add_choice, fill_menu, pop_up
from rapport.ui.panes.calendar.blocks import title_of
from rapport.ui.panes.calendar.day_popover import DayPopover
from rapport.ui.panes.calendar.entries import Entry, entries_of, when_words
from rapport.ui.panes.calendar.month import MonthView
from rapport.ui.panes.calendar.times import Span, at_wall, beside, day_of, shown_days
from rapport.ui.panes.calendar.view import CalendarView
from rapport.ui.panes.calendar.week import WeekView
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, IconButton
from rapport.ui.widgets.fit import fit
from rapport.ui.widgets.labels import ElidedLabel, Label, Rule
from rapport.ui.widgets.segmented import Segmented
from rapport.ui.widgets.states import ErrorState, Skeleton
from rapport.ui.wording import dated, locale

_TASK_MENU = ("task.complete", "task.reopen", "task.edit", "task.reschedule", RULE, "task.delete")
_VISIT_MENU = (
    *(f"appointment.{status}" for status in STATUSES),
    *(RULE, "appointment.edit", RULE, "appointment.delete"),
)
_SOON_MS = 60
_READ_AFTER_MS = 250
"""Whoever leafs on does not read what lies between."""
_TICK_MS = 30_000
_KINDS = frozenset({Kind.CONTACT, Kind.TASK, Kind.APPOINTMENT})


class CalendarPage(Painted):
    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("calendar-page")
        self._workspace = workspace
        self._context = context
        self.span = Span.WEEK
        self.day = day_of(workspace.clock.now(), workspace.zone)
        self.coverage: AgendaRead | None = None
        self._synced_at = workspace.sync.status().synced_at
        self._hint = ""
        self._loaded = False
        self._ends: list[Callable[[], None]] = []
        self.week = WeekView(self)
        self.week.setObjectName("calendar-week")
        self.week.setAccessibleName(tr("Calendar, by the hour"))
        self.month = MonthView(self)
        self.month.setObjectName("calendar-month")
        self.month.setAccessibleName(tr("Calendar of the month"))
        self.skeleton = Skeleton(self)
        self.error: ErrorState | None = None
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._read_soon = QTimer(self, singleShot=True, interval=_READ_AFTER_MS)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._build()
        self.appointments = AppointmentPopover(context, self)
        self.tasks = TaskPopover(context, self)
        self.days = DayPopover(self)
        self._connect()
        self.skeleton.start()
        self.show_day(self.day)

    # Shape.

    def _build(self) -> None:
        self._title = ElidedLabel("", self, size=TextSize.TITLE, weight=SEMIBOLD)
        self._title.setObjectName("calendar-title")
        self._zone = Label("", self, size=TextSize.CAPTION, role="muted")
        self.previous = IconButton("left", tr("Previous"), self)
        self.previous.setObjectName("calendar-previous")
        self.next = IconButton("right", tr("Next"), self)
        self.next.setObjectName("calendar-next")
        self.today = Button(tr("Today"), self, icon="calendar")
        self.today.setObjectName("calendar-today")
        self.spans = Segmented(self._span_words(), self, name=tr("How much is shown"))
        self.spans.setObjectName("calendar-span")
        self.spans.set_value(self.span)
        self.few = Button(tr("Week"), self, chevron=True)
        """Stands for the choices where they have no room side by side."""
        self.few.setObjectName("calendar-span-menu")
        self.few.hide()
        self.add = Button(tr("Appointment"), self, icon="plus", name=tr("New appointment"))
        self.add.setObjectName("appointment-add")
        self._head = QHBoxLayout()
        self._head.addWidget(self._title, 1)
        self._head.addWidget(self._zone)
        for control in (self.previous, self.today, self.next, self.spans, self.few, self.add):
            self._head.addWidget(control)
        self.status = ElidedLabel("", self, size=TextSize.CAPTION, role="muted")
        self.status.setObjectName("calendar-status")
        self._status_row = QHBoxLayout()
        self._status_row.addWidget(self.status, 1)
        self._views = QStackedWidget(self)
        for view in (self.week, self.month, self.skeleton):
            self._views.addWidget(view)
        self._views.setCurrentWidget(self.skeleton)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addLayout(self._status_row)
        column.addWidget(Rule(self))
        column.addWidget(self._views, 1)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.restyle()

    def restyle(self) -> None:
        px = self.type.px
        self._head.setContentsMargins(px(16), px(12), px(16), px(4))
        self._head.setSpacing(px(8))
        self._status_row.setContentsMargins(px(16), 0, px(16), px(8))
        super().restyle()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """The title keeps its room before words that an icon can stand for."""
        if self.width() <= 0:
            return
        room = self.width() - min(self._title.sizeHint().width(), self.type.px(280))
        steps = (
            lambda less: self._zone.setVisible(not less and bool(self._zone.text())),
            self.add.set_wordless,
            self.today.set_wordless,
            self._set_few,
        )
        fit(self._head, room, steps)

    def _set_few(self, few: bool) -> None:
        self.spans.setVisible(not few)
        self.few.setVisible(few)

    def _offer_spans(self) -> None:
        menu = QMenu(self)
        for span, words in self._span_words():
            add_choice(menu, words, span is self.span, partial(self.show_span, span))
        pop_up(menu, self.few, at_end=True)

    @staticmethod
    def _span_words() -> list[tuple[Span, str]]:
        return [(Span.DAY, tr("Day")), (Span.WEEK, tr("Week")), (Span.MONTH, tr("Month"))]

    def _connect(self) -> None:
        context, actions = self._context, self._context.actions
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self.today.clicked.connect(self.go_today)
        self.spans.chosen.connect(lambda _: self.show_span(Span(str(self.spans.value()))))
        self.few.clicked.connect(self._offer_spans)
        self.add.clicked.connect(lambda: actions.trigger("calendar.book"))
        for view in (self.week, self.month):
            view.opened.connect(self._open)
            view.moved.connect(self._moved)
            view.free_chosen.connect(self._book)
            view.day_wanted.connect(self._reach)
            view.stepped.connect(self.step)
            view.today_wanted.connect(self.go_today)
            view.menu_wanted.connect(self._offer_menu)
            view.more_wanted.connect(self._show_more)
            view.hinted.connect(self._take_hint)
            view.reached.connect(self._reached)
        self.days.chosen.connect(self._choose_of_day)
        self._soon.timeout.connect(self._load)
        self._read_soon.timeout.connect(self._read)
        self._tick.timeout.connect(self._load)
        self._tick.start()
        actions.bind("calendar.book", lambda: self._book(*self.view.slot_span()))
        actions.bind("calendar.task", self._new_task)
        actions.bind("calendar.move", self._begin_move)
        for span in Span:
            actions.bind(f"calendar.{span.value}", partial(self.show_span, span))
        context.page_changed.connect(self._page_changed)
        context.situation_changed.connect(self._allow)
        feed, sync = self._workspace.feed, self._workspace.sync
        self._ends = [feed.subscribe(self._heard), sync.subscribe(self._synced)]
        ends = self._ends
        self.destroyed.connect(lambda: [end() for end in ends])
        self._allow()

    @property
    def view(self) -> CalendarView:
        return self.month if self.span is Span.MONTH else self.week

    # What is shown.

    def show_span(self, span: Span) -> None:
        """A day, a week or a month around the day that the keyboard is on."""
        kept = self.view.slot
        self.span = span
        self.spans.set_value(span)
        self.few.setText(dict(self._span_words())[span])
        self.few.setAccessibleName(tr("Shown: {what}").format(what=self.few.text()))
        self.view.slot = kept
        self.show_day(kept[0])
        if self._loaded:
            self._views.setCurrentWidget(self.view)
            self._take_focus()

    def show_day(self, day: date) -> None:
        """Show the days around this one, with the keyboard on it."""
        self.day = day
        zone, now = self._workspace.zone, self._workspace.clock.now()
        first = locale().firstDayOfWeek().value
        self.month.month = day.month
        self.view.show_days(shown_days(self.span, day, first), zone, now, day=day)
        self._say_title()
        self.coverage = None
        self._say_status()
        self._load()
        if self._context.situation.page is Page.CALENDAR:
            self._read_soon.start()

    def step(self, by: int) -> None:
        self.show_day(beside(self.span, self.view.slot[0], by))

    def go_today(self) -> None:
        zone, now = self._workspace.zone, self._workspace.clock.now()
        self.view.slot = day_of(now, zone), now.astimezone(zone).hour * 60
        self.show_day(day_of(now, zone))

    def _reach(self, day: date) -> None:
        """The keyboard goes on to days that are not shown."""
        slot = self.view.slot
        if self.view.is_moving:
            self.show_day(day)
        else:
            self.show_day(slot[0])

    @property
    def _range(self) -> tuple[datetime, datetime]:
        days, zone = self.view.days, self._workspace.zone
        return at_wall(days[0], 0, zone), at_wall(days[-1] + timedelta(days=1), 0, zone)

    def _load(self) -> None:
        if self.isVisible() or not self._loaded:
            self._context.runner.start(self._take, slot="calendar")

    async def _take(self) -> None:
        view, days = self.view, self.view.days
        try:
            agenda = await self._workspace.queries.agenda(*self._range)
        except RapportError as error:
            self._show_error(error)
            return
        if view is not self.view or days != view.days:
            return  # somebody leafed on meanwhile
        zone, now = self._workspace.zone, self._workspace.clock.now()
        view.now = now
        if zone != view.zone:
            view.zone = zone
        entries = entries_of(agenda, now, zone)
        view.take(entries)
        if not self._loaded:
            self._loaded = True
            self.skeleton.stop()
            self.week.focus_range(entries)
            self._views.setCurrentWidget(view)
            self._arrive()
        if self._views.currentWidget() is not view:
            self._views.setCurrentWidget(view)
        self._say_status()

    def _is_typing(self) -> bool:
        field = self.window().focusWidget()
        return isinstance(field, QLineEdit) and bool(field.text())

    def _show_error(self, error: RapportError) -> None:
        self.skeleton.stop()
        if self.error is not None:
            self._views.removeWidget(self.error)
            self.error.deleteLater()
        self.error = ErrorState(
            tr("The calendar could not be read."), str(error), self, details=type(error).__name__
        )
        self.error.retried.connect(self._load)
        self._views.addWidget(self.error)
        self._views.setCurrentWidget(self.error)

    def _read(self) -> None:
        self._context.runner.start(self._read_calendars, slot="calendar-read")

    async def _read_calendars(self) -> None:
        wanted = self._range
        try:
            coverage = await self._workspace.sync.read_agenda(*wanted)
        except RapportError:
            coverage = AgendaRead.PARTLY
        if wanted == self._range:
            self.coverage = coverage
            self._say_status()

    # What is said about it.

    def _say_title(self) -> None:
        days, day = self.view.days, self.day
        write = dated
        if self.span is Span.MONTH:
            words = write(QDate(day.year, day.month, 1), "MMMM yyyy")
        elif self.span is Span.DAY:
            words = write(QDate(day.year, day.month, day.day), "dddd d MMMM yyyy")
        else:
            first, last = days[0], days[-1]
            form = "d" if first.month == last.month else "d MMM"
            if first.year != last.year:
                form = "d MMM yyyy"
            words = tr("{first} – {last}").format(
                first=write(QDate(first.year, first.month, first.day), form),
                last=write(QDate(last.year, last.month, last.day), "d MMM yyyy"),
            )
        self._title.set_text(words)
        zone, noon = self.view.zone, datetime.combine(day, datetime.min.time())
        here = self._workspace.clock.zone()
        same = zone.utcoffset(noon) == here.utcoffset(noon)
        location = self._workspace.reference.location
        name = location.timezone.replace("_", " ") if location is not None else ""
        self._zone.setText("" if same else tr("Times of {zone}").format(zone=name))
        self._fit()

    def _say_status(self) -> None:
        can = self._workspace.capabilities
        words, role = self._hint, "muted"
        if not words and self.coverage is not None:
            words = {
                AgendaRead.WHOLE: "",
                AgendaRead.BEFORE: tr("The CRM cannot be reached: this is as it was last read."),
                AgendaRead.PARTLY: tr(
                    "The CRM cannot be reached, and these days were never read whole:"
                    " appointments may be missing."
                ),
                AgendaRead.NO_RIGHT: tr(
                    "This sign-in may not read calendars: appointments are those of contacts"
                    " that were read."
                ),
            }[self.coverage]
            role = "warning" if words else role
        if not words and can.why_not_book is not None:
            words = can.why_not_book
        if not words and self.coverage is AgendaRead.WHOLE and not self.view.agenda.entries:
            words = tr("Nothing is planned in these days.")
        if not words and self.coverage is None and self._loaded:
            words = tr("Reading the calendars…")
        self.status.set_role(role)
        self.status.set_text(words)

    def _take_hint(self, words: str) -> None:
        self._hint = words
        self._say_status()

    def _allow(self) -> None:
        why = self._context.situation.why_not_book
        self.add.setEnabled(why is None)
        self.add.setToolTip(why or self._context.actions.tooltip("calendar.book"))

    # What the person is on.

    def _arrive(self) -> None:
        """The keyboard comes along, unless it goes through the sidebar or somebody types."""
        situation = self._context.situation
        if (
            situation.page is Page.CALENDAR
            and situation.pane is not Pane.SIDEBAR
            and not self._is_typing()
        ):
            self._take_focus()

    def _take_focus(self) -> None:
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _page_changed(self, page: str) -> None:
        if Page(page) is Page.CALENDAR:
            self._load()
            self._read_soon.start()
            QTimer.singleShot(0, self, self._arrive)
            self._reached()
        else:
            self.view.give_up()
            self._context.change(appointment_id=None)

    def _reached(self) -> None:
        if self._context.situation.page is not Page.CALENDAR:
            return
        entry = self.view.current()
        task = entry is not None and entry.is_task
        self._context.change(
            task_id=entry.id if entry is not None and task else None,
            task_done=entry.done if entry is not None and task else False,
            appointment_id=entry.id if entry is not None and not task else None,
        )

    def _heard(self, event: ChangeEvent) -> None:
        if event.reference:
            self.show_day(self.day)
        elif event.outbox or event.kinds() & _KINDS:
            self._soon.start()

    def _synced(self, status: SyncStatus) -> None:
        if status.synced_at != self._synced_at:
            self._synced_at = status.synced_at
            if self._context.situation.page is Page.CALENDAR and not self._read_soon.isActive():
                self._read_soon.start()

    # What is done.

    def _open(self, entry: Entry) -> None:
        self._context.actions.trigger("task.edit" if entry.is_task else "appointment.edit")

    def _book(self, start: datetime, end: datetime) -> None:
        why = self._context.situation.why_not_book
        if why is not None:
            if self._context.situation.why_not_write is None:
                self._new_task(start)
                return
            self._context.notice(tr("Nothing can be booked here"), why, icon="lock")
            return
        self.appointments.open(self.view.area_of(None), start=start, end=end)

    def _new_task(self, at: datetime | None = None) -> None:
        start = at if at is not None else self.view.slot_span()[0]
        self.tasks.open(self.view.area_of(None), due_at=start)

    def _begin_move(self) -> None:
        self._take_focus()
        self.view.begin_move()

    def _moved(self, entry: Entry, start: datetime, end: datetime) -> None:
        situation = self._context.situation
        why = situation.why_not_write if entry.is_task else situation.why_not_book
        if why is not None:
            self.view.give_up()
            words = tr("“{what}” stays where it is").format(what=title_of(entry))
            self._context.notice(words, why, icon="lock")
            return
        self._context.runner.own(self._carry_out(entry, start, end))

    async def _carry_out(self, entry: Entry, start: datetime, end: datetime) -> None:
        command: Command
        if entry.is_task:
            command = EditTask(task_id=entry.id, fields={"due_at": start})
        else:
            command = MoveAppointment(appointment_id=entry.id, start_at=start, end_at=end)
        when = when_words(start, self.view.zone, timed=not entry.untimed)
        try:
            outcome = await self._context.perform(command, f"{title_of(entry)} · {when}")
        except RapportError:
            self.view.give_up()
            raise
        if outcome.undo_id is None:
            self.view.give_up()

    def _offer_menu(self, entry: Entry, at: QPoint) -> None:
        self._reached()
        menu = QMenu(self)
        menu.setObjectName("calendar-menu")
        fill_menu(menu, self._context, _TASK_MENU if entry.is_task else _VISIT_MENU)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def _show_more(self, day: date, area: QRect) -> None:
        entries = [one for _, one in self.view.rows_on(day)]
        view = self.view.viewport()
        spot = QRect(view.mapTo(self.window(), area.topLeft()), area.size())
        self.days.open(spot, day, entries, self.view.zone)

    def _choose_of_day(self, id: Id) -> None:
        if self.view.choose(id):
            self._take_focus()
            entry = self.view.current()
            if entry is not None:
                self._open(entry)
