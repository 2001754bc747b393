"""What happened with a contact, newest first, under the tasks that are still open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.records import Appointment, Id, Note, Task
from rapport.domain.text import visible
from rapport.domain.views import ContactDetail, SyncState
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import Page, WindowContext
from rapport.ui.look.type import TextSize
from rapport.ui.menus import RULE, fill_menu
from rapport.ui.panes.detail.entries import (
    Entry,
    People,
    Show,
    day_of,
    day_title,
    entries,
    open_tasks,
)
from rapport.ui.panes.detail.entry_actions import STATUSES
from rapport.ui.panes.detail.timeline_rows import EntryRow
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.labels import DayHeader, Label, SectionTitle
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.widgets.segmented import Segmented, Shape
from rapport.ui.widgets.timeline import OpenTasksCard, TaskLine
from rapport.ui.wording import count, due_words

FIRST = 10
SLICE = 15
_SETTLE_MS = 40
_MENUS: dict[type | None, tuple[str, ...]] = {
    Note: ("note.edit", "note.pin", "note.colour", RULE, "note.delete"),
    Task: ("task.complete", "task.reopen", "task.edit", "task.copy-link", RULE, "task.delete"),
    Appointment: tuple(f"appointment.{status}" for status in STATUSES),
}
_OPEN_TASK_MENU = (
    "task.complete",
    "task.edit",
    "task.snooze",
    "task.reschedule",
    RULE,
    "task.delete",
)


class Timeline(Painted):
    """Builds its rows in slices as they come near, and keeps those that have not changed."""

    link_asked = Signal(QUrl, str)

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._context = context
        self._detail: ContactDetail | None = None
        self._entries: list[Entry] = []
        self._rows: dict[str, EntryRow] = {}
        self._built = 0
        self._tasks: list[Task] = []
        self._told_tasks: list[tuple[object, ...]] = []
        self._headers: dict[date | None, DayHeader] = {}
        self._placed: list[QWidget] = []
        self.filters = Segmented(
            [(show, tr(show.value)) for show in Show],
            self,
            shape=Shape.ROUND,
            name=tr("Show in the timeline"),
        )
        self.filters.setObjectName("timeline-filter")
        self.filters.chosen.connect(lambda _: self._show_again())
        self._state = Label("", self, size=TextSize.CAPTION, role="muted", wrap=True)
        self._state.setObjectName("timeline-state")
        self._open_title = SectionTitle(tr("Open tasks"), self)
        self._open = OpenTasksCard(self)
        self._open.setObjectName("open-tasks")
        self._open.circle_clicked.connect(self._complete)
        self._open.task_clicked.connect(self._edit_task)
        self._nothing = Label("", self, role="muted", wrap=True)
        self._nothing.setObjectName("timeline-empty")
        self._body = QWidget(self)
        self.area = ScrollArea(self)
        self._lay_out()
        self._anchor: tuple[str, int] | None = None
        self._settled = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settled.timeout.connect(self._let_go)
        self.area.verticalScrollBar().rangeChanged.connect(lambda *_: self._hold_place())
        self._more = QTimer(self, singleShot=True, interval=0)
        self._more.timeout.connect(self._build_more)
        self.area.verticalScrollBar().valueChanged.connect(lambda _: self._want_more())
        self.area.verticalScrollBar().rangeChanged.connect(lambda *_: self._want_more())
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)
        self.restyle()

    def _lay_out(self) -> None:
        self._top = QHBoxLayout()
        self._top.addWidget(self.filters, 1)
        self._column = QVBoxLayout(self._body)
        self._column.setSpacing(0)
        self._fixed = QVBoxLayout()
        for widget in (self._state, self._open_title, self._open, self._nothing):
            self._fixed.addWidget(widget)
        self._column.addLayout(self._fixed)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._column.addLayout(self._list)
        self._column.addStretch(1)
        self.area.setWidget(self._body)
        self._body.setAutoFillBackground(True)
        self._body.setBackgroundRole(QPalette.ColorRole.Base)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._top)
        whole.addWidget(self.area, 1)

    # What the pane asks.

    def least_height(self, width: int) -> int:
        """What the filters and some lines need at this width."""
        margins = self._top.contentsMargins()
        filters = self.filters.heightForWidth(width - margins.left() - margins.right())
        return filters + margins.top() + margins.bottom() + self.type.px(96)

    def show_detail(self, detail: ContactDetail) -> None:
        """Show a contact; the same one again keeps place, focus and unchanged rows."""
        other = self._detail is None or self._detail.contact.id != detail.contact.id
        self._detail = detail
        if other:
            self._built = FIRST
            self._anchor = None
            self.area.verticalScrollBar().setValue(0)
        self._show_again()

    def note(self, note_id: Id | None) -> Note | None:
        notes = self._detail.notes if self._detail else ()
        return next((note for note in notes if note.id == note_id), None)

    def appointment(self, id: Id | None) -> Appointment | None:
        visits = self._detail.appointments if self._detail else ()
        return next((visit for visit in visits if visit.id == id), None)

    def task(self, task_id: Id | None) -> Task | None:
        tasks = self._detail.tasks if self._detail else ()
        return next((task for task in tasks if task.id == task_id), None)

    def row_of(self, key: str) -> QWidget | None:
        """The widget of an entry (``note:<id>``) or of an open task (``task:<id>``)."""
        if key in self._rows:
            return self._rows[key]
        lines = self._lines()
        return next((lines[i] for i, t in enumerate(self._tasks) if f"task:{t.id}" == key), None)

    def show_note(self, note_id: Id, words: Iterable[str]) -> None:
        """Bring a note into view, with the words marked that it was found by."""
        key = f"note:{note_id}"
        if all(entry.key != key for entry in self._entries):
            self.filters.set_value(Show.ALL)
            self._show_again()
        place = next((n for n, entry in enumerate(self._entries) if entry.key == key), None)
        if place is None:
            return
        if place >= self._built:
            self._built = place + 1
            self._place_rows()
        row = self._rows[key]
        row.mark(words)
        self._anchor = None

        def reveal() -> None:
            if row.isVisible():
                self.area.ensureWidgetVisible(row, 0, self.type.px(40))

        # Once the rows above it have their heights.
        QTimer.singleShot(_SETTLE_MS, row, reveal)

    def tell_state(self) -> None:
        """Whether notes and appointments are all there, on their way, or unknown."""
        if self._detail is None:
            return
        words = ""
        if self._detail.details_synced_at is None:
            state = self._workspace.sync.status().state
            offline = state in (SyncState.OFFLINE, SyncState.INACTIVE, SyncState.SIGN_IN)
            words = (
                tr("Notes and appointments were never read here; they come once you are online.")
                if offline
                else tr("Reading notes and appointments…")
            )
        self._state.setText(words)
        self._state.setVisible(bool(words))

    # Showing.

    def _people(self) -> People:
        reference = self._workspace.reference
        return People(
            users={user.id: user.name for user in reference.users},
            fields={field.id: field for field in reference.custom_fields},
        )

    def _show_again(self) -> None:
        if self._detail is None:
            return
        show = self.filters.value()
        assert isinstance(show, Show)
        self._entries = entries(self._detail, show, self._people())
        if self._anchor is None and self.area.verticalScrollBar().value() > 0:
            self._anchor = self._first_in_view()
        self._show_tasks(show in (Show.ALL, Show.TASKS))
        self.tell_state()
        self._place_rows()
        empty = not self._entries and not (self._tasks and not self._open.isHidden())
        words = self._why_empty(show) if empty else ""
        self._nothing.setText(words)
        self._nothing.setVisible(bool(words))

    def _why_empty(self, show: Show) -> str:
        """Claims nothing about what was not read yet, and invites only to what is allowed."""
        assert self._detail is not None
        read = self._detail.details_synced_at is not None
        writes = self._context.situation.why_not_write is None
        if show is Show.CHANGES:
            return tr("Nothing was changed on this computer.")
        if show is Show.TASKS:
            words, invitation = tr("No tasks yet."), tr("Press T to add one.")
        elif show is Show.APPOINTMENTS:
            words, invitation = tr("No appointments.") if read else "", ""
        elif read:
            words, invitation = tr("Nothing here yet."), tr("Press N to write the first note.")
        else:
            words, invitation = "", tr("Press N to write a note.")
        return " ".join(filter(None, (words, invitation if writes else "")))

    def _show_tasks(self, wanted: bool) -> None:
        assert self._detail is not None
        self._tasks = open_tasks(self._detail) if wanted else []
        clock = self._workspace.clock
        told = []
        for task in self._tasks:
            due = due_words(task.due_at, clock.now(), clock.zone())
            told.append((task.id, visible(task.title), due.text, due.state))
        self._open_title.setVisible(bool(told))
        self._open_title.set_count(count(len(told)))
        if told == self._told_tasks:
            self._mark_tasks()
            return
        focused = self._focused_task()
        self._told_tasks = list(told)
        self._open.set_tasks(told)
        self._mark_tasks()
        why = self._context.situation.why_not_write
        for task, line in zip(self._tasks, self._lines(), strict=True):
            line.setObjectName(f"open-task-{task.id}")
            line.circle.setObjectName(f"complete-task-{task.id}")
            line.circle.setEnabled(why is None)
            line.circle.setToolTip(why or tr("Complete (Space)"))
            line.circle.setAccessibleDescription(why or "")
            line.installEventFilter(self)
            line.circle.installEventFilter(self)
            line.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            line.customContextMenuRequested.connect(
                lambda spot, line=line: self._offer(_OPEN_TASK_MENU, line.mapToGlobal(spot), line)
            )
        if focused is not None and self._lines():
            self._lines()[min(focused, len(self._lines()) - 1)].setFocus(
                Qt.FocusReason.OtherFocusReason
            )

    def _mark_tasks(self) -> None:
        detail = self._detail
        assert detail is not None
        for task, line in zip(self._tasks, self._lines(), strict=True):
            line.set_marks(
                pending=task.id in detail.pending,
                conflict=task.id in detail.conflicts,
                reminder=task.remind_min is not None,
                repeats=task.repeat is not None,
            )

    def _lines(self) -> list[TaskLine]:
        body = self._open.body
        items = (body.itemAt(place) for place in range(body.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, TaskLine)]

    def _focused_task(self) -> int | None:
        focused = QApplication.focusWidget()
        for place, line in enumerate(self._lines()):
            if focused is not None and (line is focused or line.isAncestorOf(focused)):
                return place
        return None

    def _focused_row(self) -> str | None:
        """The key of the row that has the keyboard, or within which a text has it."""
        focused = QApplication.focusWidget()
        for key, row in self._rows.items():
            if focused is not None and (row is focused or row.isAncestorOf(focused)):
                return key
        return None

    def _items(self) -> Iterator[tuple[date | None, Entry]]:
        zone = self._workspace.clock.zone()
        for entry in self._entries[: self._built]:
            yield day_of(entry, zone), entry

    def _place_rows(self) -> None:
        """Lay the built part out anew, taking over every row that says the same as before."""
        bar = self.area.verticalScrollBar()
        if self._anchor is None and bar.value() > 0:
            self._anchor = self._first_in_view()
        focused = self._focused_row()
        clock = self._workspace.clock
        today = clock.now().astimezone(clock.zone()).date()
        old, self._rows = self._rows, {}
        old_headers, self._headers = self._headers, {}
        wanted: list[QWidget] = []
        previous: object = self
        for day, entry in self._items():
            if day != previous:
                title = day_title(day, today)
                header = old_headers.get(day)
                if header is None or header.accessibleName() != title:
                    header = DayHeader(title, self._body)
                    header.setAccessibleName(title)
                    header.setContentsMargins(self.type.px(8), 0, self.type.px(8), 0)
                else:
                    del old_headers[day]
                self._headers[day] = header
                wanted.append(header)
                previous = day
            row = old.get(entry.key)
            if row is None or row.entry != entry:
                row = self._make(entry)
            else:
                del old[entry.key]
            self._rows[entry.key] = row
            wanted.append(row)
        self._put(wanted, [*old.values(), *old_headers.values()])
        self._keep_one_tab_stop()
        if self._anchor is not None:
            self._settled.start()
        if focused is not None and self._rows:
            # The row was made anew, or is gone: the keyboard stays as near as it can.
            key = focused if focused in self._rows else next(iter(self._rows))
            if self._focused_row() != key:
                row = self._rows[key]
                row.show()
                row.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put(self, wanted: list[QWidget], unwanted: list[QWidget]) -> None:
        """Bring the layout to ``wanted`` with the fewest moves: each one lays hundreds out anew."""
        gone = set(unwanted)
        for widget in unwanted:
            self._list.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        now = [widget for widget in self._placed if widget not in gone]
        for place, widget in enumerate(wanted):
            if place < len(now) and now[place] is widget:
                continue
            if widget in now:
                self._list.removeWidget(widget)
                now.remove(widget)
            self._list.insertWidget(place, widget)
            now.insert(place, widget)
        self._placed = wanted

    def _make(self, entry: Entry) -> EntryRow:
        menu = _MENUS.get(type(entry.record), ())
        clock = self._workspace.clock
        row = EntryRow(entry, clock.now(), clock.zone(), self._body, offers=bool(menu))
        row.menu_asked.connect(lambda spot, row=row: self._offer(menu, spot, row))
        row.opened.connect(lambda row=row: self._open_entry(row))
        row.link_asked.connect(self.link_asked)
        row.installEventFilter(self)
        return row

    def _first_in_view(self) -> tuple[str, int] | None:
        top = self.area.verticalScrollBar().value()
        for key, row in self._rows.items():
            if row.y() + row.height() > top:
                return key, row.y() - top
        return None

    def _hold_place(self) -> None:
        """What was in view stays where it was, also when rows above settle a moment later."""
        if self._anchor is None:
            return
        key, offset = self._anchor
        row = self._rows.get(key)
        if row is not None:
            self.area.verticalScrollBar().setValue(row.y() - offset)

    def _let_go(self) -> None:
        self._hold_place()
        self._anchor = None

    # Building as it is needed.

    def _want_more(self) -> None:
        bar = self.area.verticalScrollBar()
        if self._built < len(self._entries) and bar.maximum() - bar.value() < self.height():
            self._more.start()

    def _build_more(self) -> None:
        if self._built < len(self._entries):
            self._built += SLICE
            self._place_rows()

    # Keys and focus.

    def _keep_one_tab_stop(self) -> None:
        """Tab reaches the timeline once; arrows move in it."""
        current = next((row for row in self._rows.values() if row.hasFocus()), None)
        for place, row in enumerate(self._rows.values()):
            stop = row is current or (current is None and place == 0)
            row.setFocusPolicy(Qt.FocusPolicy.StrongFocus if stop else Qt.FocusPolicy.ClickFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if isinstance(watched, EntryRow):
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
                self._open_entry(watched)
                return True
            if key in (Qt.Key.Key_Menu,):
                watched.menu_asked.emit(watched.mapToGlobal(QPoint(40, 24)))
                return True
            return self._step(list(self._rows.values()), watched, key)
        if isinstance(watched, TaskLine):
            if key == Qt.Key.Key_Space:
                self._context.actions.trigger("task.complete")
                return True
            if key == Qt.Key.Key_Delete:
                self._context.actions.trigger("task.delete")
                return True
            return self._step([*self._lines(), *self._rows.values()], watched, key)
        return False

    def _step(self, stops: list[QWidget], at: QWidget, key: int) -> bool:
        lines: list[QWidget] = [*self._lines()]
        if isinstance(at, EntryRow):
            stops = [*lines, *stops]
        place = stops.index(at) if at in stops else -1
        target = {
            Qt.Key.Key_Down: place + 1,
            Qt.Key.Key_Up: place - 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(stops) - 1,
        }.get(Qt.Key(key))
        if target is None:
            return False
        if 0 <= target < len(stops):
            row = stops[target]
            self.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
            row.setFocus(Qt.FocusReason.TabFocusReason)
            self.area.ensureWidgetVisible(row, 0, self.type.px(40))
        return True

    def _focus_moved(self, _: QWidget | None, now: QWidget | None) -> None:
        """Tell which note or task the keys concern."""
        if now is None or self._context.situation.page is not Page.CONTACTS:
            return
        if not self.isAncestorOf(now):
            # A key meant for a contact must never hit the note that was looked at before.
            self._context.change(task_id=None, note_id=None, appointment_id=None, task_done=False)
            return
        widget: QWidget | None = now
        while widget is not None and not isinstance(widget, EntryRow | TaskLine):
            widget = widget.parentWidget()
        note_id = task_id = visit_id = None
        done = False
        if isinstance(widget, EntryRow):
            self._keep_one_tab_stop()
            record = widget.entry.record
            note_id = record.id if isinstance(record, Note) else None
            visit_id = record.id if isinstance(record, Appointment) else None
            if isinstance(record, Task):
                task_id, done = record.id, True
        elif isinstance(widget, TaskLine):
            place = self._focused_task()
            task_id = self._tasks[place].id if place is not None else None
        self._context.change(
            task_id=task_id, note_id=note_id, appointment_id=visit_id, task_done=done
        )

    # Doing.

    def _complete(self, task_id: Id) -> None:
        self._context.change(task_id=task_id, note_id=None, task_done=False)
        self._context.actions.trigger("task.complete")

    def _edit_task(self, task_id: Id) -> None:
        task = self.task(task_id)
        self._context.change(task_id=task_id, note_id=None, task_done=bool(task and task.completed))
        self._context.actions.trigger("task.edit")

    def _open_entry(self, row: EntryRow) -> None:
        row.setFocus(Qt.FocusReason.OtherFocusReason)
        record = row.entry.record
        if isinstance(record, Note):
            self._context.change(note_id=record.id, task_id=None)
            self._context.actions.trigger("note.edit")
        elif isinstance(record, Task):
            self._edit_task(record.id)
        elif isinstance(record, Appointment):
            row.menu_asked.emit(row.mapToGlobal(QPoint(40, 24)))

    def _offer(self, ids: tuple[str, ...], spot: QPoint, row: QWidget) -> None:
        row.setFocus(Qt.FocusReason.PopupFocusReason)
        menu = fill_menu(QMenu(self), self._context, ids)
        menu.setObjectName("entry-menu")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(spot)

    # Look.

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_column"):
            return
        px = self.type.px
        self._top.setContentsMargins(px(20), px(10), px(20), px(10))
        # Rows light up 8 px beyond their text; everything else keeps the edge of that text.
        self._column.setContentsMargins(px(12), 0, px(12), px(16))
        self._fixed.setContentsMargins(px(8), 0, px(8), 0)
        self._fixed.setSpacing(px(2))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.surface))
