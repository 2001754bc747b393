"""The chosen task: what it says, when it is due, whom it is for, and what was last said to them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.changes import ChangeEvent
from rapport.domain.records import Id, Note
from rapport.domain.text import visible
from rapport.domain.views import ContactDetail, TaskRow
from rapport.language import mark, tr
from rapport.services.html import plain_text
from rapport.services.workspace import Workspace
from rapport.ui.accounts import SignedIn, colours
from rapport.ui.context import WindowContext
from rapport.ui.editors.moments import moment_words, snoozes
from rapport.ui.key_names import with_key
from rapport.ui.look.icons import icon
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.menus import RULE, fill_menu, pop_up
from rapport.ui.notes.reading import PREVIEW, shown_body
from rapport.ui.panes.today.contact_card import ContactCard
from rapport.ui.repeat_words import remind_words, repeat_words
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, IconButton, Kind, Size
from rapport.ui.widgets.fit import fit
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.labels import Avatar, Badge, ElidedLabel, IconView, Label, Rule
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.widgets.states import EmptyState
from rapport.ui.widgets.timeline import TaskCircle
from rapport.ui.wording import colleague

_PRIORITIES = (mark("None"), mark("Low"), mark("Medium"), mark("High"))
_MENU = ("task.edit", "task.reschedule", "task.copy-link", RULE, "task.delete")


class TaskDetail(Painted):
    """Shows one task and follows it; the page says which."""

    stepped = Signal(int)
    snooze_asked = Signal(object, str, object)
    """Whose task, its id, and until when: an aware datetime."""
    other_snooze_asked = Signal(object, str)
    """Whose task and its id: until when is to be asked."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("task-detail")
        self._workspace = workspace
        self._context = context
        self._task_id: Id | None = None
        self._row: TaskRow | None = None
        self._slot = f"task-detail-{id(self)}"
        self._again = QTimer(self, singleShot=True, interval=0)
        self._again.timeout.connect(self._refresh)
        self._end: Callable[[], None] = lambda: None
        self._build_bar()
        self._build_body()
        self._build_layout()
        self._follow()
        self.destroyed.connect(lambda: self._end())
        context.theme.changed.connect(self._name_steps)
        self._name_steps()
        context.situation_changed.connect(self._allow)
        self.show_task(None)

    # Building.

    def _build_bar(self) -> None:
        actions = self._context.actions
        self.complete = Button(
            tr("Complete"), self, kind=Kind.FILLED, icon="check", key_of="task.complete"
        )
        self.complete.setObjectName("complete-task")
        self.complete.clicked.connect(self._toggle)
        self.edit = Button(tr("Edit"), self, icon="pencil", kind=Kind.QUIET)
        self.edit.setObjectName("edit-task")
        self.edit.clicked.connect(lambda: actions.trigger("task.edit"))
        self.previous = IconButton("left", tr("Previous task"), self)
        self.previous.clicked.connect(lambda: self.stepped.emit(-1))
        self.next = IconButton("right", tr("Next task"), self)
        self.next.clicked.connect(lambda: self.stepped.emit(1))
        self.more = IconButton("more", tr("More"), self)
        self.more.setObjectName("task-more")
        self.more.clicked.connect(self._offer_more)
        self._bar = QHBoxLayout()
        self._bar.addWidget(self.complete)
        self._bar.addWidget(self.edit)
        self._bar.addStretch(1)
        for button in (self.previous, self.next, self.more):
            self._bar.addWidget(button)

    def _build_body(self) -> None:
        self._body = QWidget(self)
        self._circle = TaskCircle("", self._body)
        self._circle.setObjectName("task-detail-circle")
        self._circle.clicked.connect(self._toggle)
        self._title = Label("", self._body, size=TextSize.TITLE, weight=SEMIBOLD, wrap=True)
        self._title.setObjectName("task-detail-title")
        self._due = self._fact("calendar")
        self._remind = self._fact("bell")
        self._repeat = self._fact("repeat")
        self._priority = self._fact("sort")
        self._assignee = Label("", self._body)
        self._face = Avatar(parent=self._body, size=20)
        self._snoozes: dict[str, Button] = {}
        self._snoozed = Label("", self._body, size=TextSize.CAPTION, role="muted", wrap=True)
        self.card = ContactCard(self._context, self._body)
        self._notes_title = Label(tr("Notes"), self._body, weight=SEMIBOLD)
        self._notes = Label("", self._body, wrap=True, selectable=True)
        self._last_title = Label(tr("Last note"), self._body, weight=SEMIBOLD)
        self._last_when = Label("", self._body, size=TextSize.CAPTION, role="muted")
        self._last = Label("", self._body, role="muted", wrap=True)
        for label in (self._notes, self._last):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def _fact(self, picture: str) -> tuple[IconView, Label]:
        return IconView(picture, self._body), Label("", self._body, wrap=True)

    def _build_layout(self) -> None:
        column = QVBoxLayout(self._body)
        heading = QHBoxLayout()
        heading.addWidget(self._circle)
        heading.addWidget(self._title, 1)
        self._heading = heading
        column.addLayout(heading)
        self._facts = QGridLayout()
        for row, (words, picture, value) in enumerate(
            (
                (tr("Due"), *self._due),
                (tr("Reminder"), *self._remind),
                (tr("Repeat"), *self._repeat),
                (tr("Priority"), *self._priority),
                (tr("Assignee"), self._face, self._assignee),
            )
        ):
            self._facts.addWidget(Label(words, self._body, role="muted"), row, 0)
            line = QHBoxLayout()
            line.setSpacing(self.type.px(8))
            line.addWidget(picture)
            line.addWidget(value, 1)
            self._facts.addLayout(line, row, 1)
        self._account_title = Label(tr("Account"), self._body, role="muted")
        self._badge = Badge("", "", self._body, size=16)
        self._account_name = ElidedLabel("", self._body)
        self._facts.addWidget(self._account_title, 5, 0)
        line = QHBoxLayout()
        line.setSpacing(self.type.px(8))
        line.addWidget(self._badge)
        line.addWidget(self._account_name, 1)
        self._facts.addLayout(line, 5, 1)
        self._snooze_title = Label(tr("Snooze"), self._body, role="muted")
        self._facts.addWidget(self._snooze_title, 6, 0, Qt.AlignmentFlag.AlignTop)
        snooze_row = QWidget(self._body)
        self._snooze_row = FlowLayout(snooze_row, gap=6)
        for id, words in (
            ("10min", tr("10 min")),
            ("1h", tr("1 h")),
            ("tonight", tr("Tonight")),
            ("tomorrow", tr("Tomorrow")),
            ("custom", tr("Other…")),
        ):
            button = Button(words, self._body, size=Size.SMALL)
            button.setObjectName(f"snooze-{id}")
            button.setAccessibleName(tr("Snooze: {when}").format(when=words))
            button.clicked.connect(lambda _=False, id=id: self._snooze(id))
            self._snoozes[id] = button
            self._snooze_row.addWidget(button)
        self._facts.addWidget(snooze_row, 6, 1)
        self._facts.addWidget(self._snoozed, 7, 1)
        self._facts.setColumnStretch(1, 1)
        column.addLayout(self._facts)
        column.addWidget(Rule(self._body))
        column.addWidget(self.card)
        column.addWidget(self._notes_title)
        column.addWidget(self._notes)
        last = QHBoxLayout()
        last.addWidget(self._last_title)
        last.addWidget(self._last_when, 1)
        column.addLayout(last)
        column.addWidget(self._last)
        column.addStretch(1)
        self._column = column
        self._scroll = ScrollArea(self)
        self._scroll.setWidget(self._body)
        self._body.setAutoFillBackground(True)
        self._body.setBackgroundRole(QPalette.ColorRole.Base)
        self._rule = Rule(self)
        self._nothing = EmptyState("task", tr("Choose a task to see it here."), parent=self)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(self._bar)
        whole.addWidget(self._rule)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._nothing, 1)
        self.restyle()

    # Showing.

    def show_task(self, task_id: Id | None, workspace: Workspace | None = None) -> None:
        """Show a task, or the sentence that none is chosen. ``workspace`` is whose task it is."""
        if workspace is not None and workspace is not self._workspace:
            self._workspace = workspace
            self._follow()
        self._task_id = task_id
        if task_id is None:
            self._row = None
            self._show_parts(False)
            return
        self._refresh()

    def _follow(self) -> None:
        self._end()
        self._end = self._workspace.feed.subscribe(self._heard)

    def take_focus(self) -> None:
        """Enter on the row: the keyboard goes to the first button."""
        self.complete.setFocus(Qt.FocusReason.TabFocusReason)

    def _show_parts(self, shown: bool) -> None:
        for widget in (
            self.complete,
            self.edit,
            self.previous,
            self.next,
            self.more,
            self._rule,
            self._scroll,
        ):
            widget.setVisible(shown)
        self._nothing.setVisible(not shown)
        self._fit()

    def _refresh(self) -> None:
        self._context.runner.start(self._read, slot=self._slot)

    async def _read(self) -> None:
        task_id = self._task_id
        if task_id is None:
            return
        row = await self._workspace.queries.task(task_id)
        if task_id != self._task_id:
            return
        if row is None:
            self.show_task(None)
            return
        self._show(row)
        contact = await self._workspace.queries.detail(row.task.contact_id)
        if task_id == self._task_id:
            self._show_contact(contact)

    @property
    def workspace(self) -> Workspace:
        """Whose task is shown."""
        return self._workspace

    @property
    def _account(self) -> SignedIn | None:
        """Of the task, where the account has to be told from others."""
        accounts = self._context.accounts
        mine = (one for one in accounts if one.account.id == self._workspace.account.id)
        return next(mine, None) if len(accounts) > 1 else None

    def _show(self, row: TaskRow) -> None:
        self._row = row
        task, clock = row.task, self._workspace.clock
        now, zone = clock.now(), clock.zone()
        title = visible(task.title)
        self._title.setText(title)
        self._circle.setChecked(task.completed)
        self._circle.set_overdue(task.due_at is not None and task.due_at < now)
        self._circle.setAccessibleName(
            (tr("Reopen {title}") if task.completed else tr("Complete {title}")).format(title=title)
        )
        self.complete.setText(tr("Reopen") if task.completed else tr("Complete"))
        self.complete.setAccessibleName(self.complete.text())
        self.complete.restyle()
        due = moment_words(task.due_at, now, zone) if task.due_at else tr("No date")
        self._due[1].setText(due)
        self._due[1].set_role(
            "danger" if task.due_at and task.due_at < now and not task.completed else "text"
        )
        lead = self._context.settings.reminder_lead_min
        minutes = lead if task.remind_min is None else task.remind_min
        self._remind[1].setText(remind_words(minutes))
        self._repeat[1].setText(repeat_words(task.repeat))
        self._repeat[1].set_role("text" if task.repeat else "muted")
        level = task.priority if 0 <= task.priority <= 3 else 0
        self._priority[1].setText(tr(_PRIORITIES[level]))
        self._priority[1].setToolTip(
            tr("Priority stays on this computer: the CRM has no field for it.")
        )
        name = colleague(self._workspace.reference, task.assigned_to)
        self._assignee.setText(name or tr("Nobody"))
        self._face.setVisible(bool(name))
        self._face.set_person(task.assigned_to or "", name)
        self._show_account()
        until = task.snoozed_until
        self._snoozed.setText(
            tr("Snoozed until {when}; the due date stays.").format(
                when=moment_words(until, now, zone)
            )
            if until and until > now
            else tr("Hides the task until then; the due date stays.")
        )
        offered = {"custom", *(id for id, _, _ in snoozes(now, zone))}
        for id, button in self._snoozes.items():
            button.setVisible(id in offered)
        body = shown_body(plain_text(task.body))[:PREVIEW]
        self._notes.setText(body)
        for widget in (self._notes_title, self._notes):
            widget.setVisible(bool(body))
        self.setAccessibleName(tr("Task {title}").format(title=title))
        self._show_parts(True)
        self._allow()

    def _show_account(self) -> None:
        account = self._account
        for widget in (self._account_title, self._badge, self._account_name):
            widget.setVisible(account is not None)
        if account is not None:
            colour = colours([one.account for one in self._context.accounts])[account.account.id]
            self._badge.set_account(colour, account.account.name)
            self._account_name.set_text(account.name)

    def _show_contact(self, detail: ContactDetail | None) -> None:
        self.card.show_contact(detail, self._workspace)
        note = _latest(detail)
        text = visible(plain_text(note.body[:2000])) if note else ""
        self._last.setText(text[:240] + (" …" if len(text) > 240 else ""))
        if note is not None and note.added_at is not None:
            clock = self._workspace.clock
            when = moment_words(note.added_at, clock.now(), clock.zone())
            user = self._workspace.reference.user(note.user_id)
            author = user.name if user is not None else ""
            self._last_when.setText(tr(", ").join(filter(None, (when, visible(author)))))
        for widget in (self._last_title, self._last_when, self._last):
            widget.setVisible(bool(text))

    def _heard(self, event: ChangeEvent) -> None:
        if self._row is not None and (
            event.reference or self._row.task.contact_id in event.contacts()
        ):
            self._again.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """What to do with the task comes before the words and keys of how."""
        ways = (self.edit.set_wordless, self.complete.set_keyless, self.complete.set_wordless)
        fit(self._bar, self.width(), ways)

    def _name_steps(self) -> None:
        self.previous.setToolTip(with_key(tr("Previous task"), "go.previous"))
        self.next.setToolTip(with_key(tr("Next task"), "go.next"))

    def _allow(self) -> None:
        why = self._workspace.capabilities.why_not_write or ""
        for button in (self.complete, self.edit, self._circle):
            button.setEnabled(not why)
            button.setToolTip(why)
            button.setAccessibleDescription(why)
        done = self._row is not None and self._row.task.completed
        # Snoozing stays on this computer, so that a read-only sign-in may do it.
        for snooze in self._snoozes.values():
            snooze.setEnabled(not done)

    # Doing.

    def _toggle(self) -> None:
        if self._row is None:
            return
        task = self._row.task
        self._circle.setChecked(task.completed)
        self._choose()
        self._context.actions.trigger("task.reopen" if task.completed else "task.complete")

    def _choose(self) -> None:
        """What actions concern from now on."""
        if self._row is not None:
            task = self._row.task
            self._context.change(
                task_id=task.id, task_workspace=self._workspace, task_done=task.completed
            )

    def _snooze(self, id: str) -> None:
        if self._row is None:
            return
        if id == "custom":
            self.other_snooze_asked.emit(self._workspace, self._row.task.id)
            return
        clock = self._workspace.clock
        until = next((at for key, _, at in snoozes(clock.now(), clock.zone()) if key == id), None)
        if until is not None:
            self.snooze_asked.emit(self._workspace, self._row.task.id, until)

    def _offer_more(self) -> None:
        self._choose()
        menu = QMenu(self)
        if self._row is not None:
            opening = menu.addAction(icon("right"), tr("Open contact"))
            opening.triggered.connect(self.card.open_contact)
            menu.addSeparator()
        fill_menu(menu, self._context, _MENU)
        menu.setObjectName("task-more-menu")
        pop_up(menu, self.more, at_end=True)

    # Look.

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_column"):
            return
        px = self.type.px
        self._bar.setContentsMargins(px(20), px(12), px(16), px(11))
        self._bar.setSpacing(px(4))
        self._column.setContentsMargins(px(20), px(16), px(20), px(20))
        self._column.setSpacing(px(10))
        self._heading.setSpacing(px(12))
        self._facts.setColumnMinimumWidth(0, px(76))
        self._facts.setHorizontalSpacing(px(8))
        self._facts.setVerticalSpacing(px(8))
        # It stands beside the first line of the buttons, however many there are.
        self._snooze_title.setContentsMargins(0, px(5), 0, 0)
        for row in (0, 1, 2, 4):
            self._facts.setRowMinimumHeight(row, px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.surface))


def _latest(detail: ContactDetail | None) -> Note | None:
    notes = detail.notes if detail else ()
    dated = [(note.added_at, note.id, note) for note in notes if note.added_at]
    return max(dated)[2] if dated else None
