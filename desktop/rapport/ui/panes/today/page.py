"""The Today page: a list of tasks in their groups, and the chosen task."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import (
    QDate,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.records import Id
from rapport.language import tr, trn
from rapport.services.across import AccountTask
from rapport.services.workspace import Workspace
from rapport.ui.accounts import SignedIn, colours, standing_words
from rapport.ui.context import Page, WindowContext
from rapport.ui.delegates.row import dress_list
from rapport.ui.delegates.task_row import TaskRowDelegate
from rapport.ui.editors.task_actions import TaskActions
from rapport.ui.key_names import with_key
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.menus import RULE, add_choice, fill_menu, pop_up
from rapport.ui.models.task_list_model import TaskListModel
from rapport.ui.panes.marked_summary import TASK_BUTTONS, MarkedSummary, tasks_told
from rapport.ui.panes.today.dragging import RowDrag
from rapport.ui.panes.today.marked_tasks import MARKED_MENU, MarkedTasks
from rapport.ui.panes.today.quick_line import QuickLine
from rapport.ui.panes.today.task_detail import TaskDetail
from rapport.ui.panes.today.task_view import TaskView
from rapport.ui.panes.today.whose import WhoseTasks
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.labels import ElidedLabel, Label, Rule
from rapport.ui.widgets.states import EmptyState, ErrorState, Skeleton
from rapport.ui.wording import count, dated

_MENU = (
    "task.complete",
    "task.edit",
    "task.snooze",
    "task.reschedule",
    "task.copy-link",
    RULE,
    "task.delete",
)


class TodayPage(Painted):
    """Of the account on screen and, unless the person wants it alone, of all others that are open.

    ``user_id`` is the person's own id where the sign-in tells it; without it everybody's tasks are
    shown."""

    def __init__(
        self,
        workspace: Workspace,
        context: WindowContext,
        parent: QWidget | None = None,
        *,
        user_id: str | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("today-page")
        self._workspace = workspace
        self._context = context
        self._user_id = user_id
        self._wanted: Id | None = None
        self._place = 0
        self._arriving = context.situation.page is Page.TODAY
        self.model = TaskListModel((workspace,), context.runner, self)
        self.view = TaskView(self)
        self.view.setObjectName("task-list")
        self.view.setAccessibleName(tr("Tasks"))
        self._delegate = TaskRowDelegate(self.view)
        dress_list(self.view, self._delegate, uniform=False)
        self.view.setModel(self.model)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.detail = TaskDetail(workspace, context, self)
        self.empty = EmptyState(
            "today",
            tr("Nothing is due. Enjoy the quiet, or plan ahead."),
            tr("Add task"),
            self,
            key_of="task.new",
        )
        self.error: ErrorState | None = None
        self.skeleton = Skeleton(self)
        self._build()
        self.tasks = TaskActions(context, self)
        self.marked = MarkedTasks(workspace, context, self.model, self.view, self.tasks)
        self.view.marking = self._delegate.marking = self.marked.marking
        self.drag = RowDrag(self.view, self.model, self._may_move)
        self._connect()
        self.skeleton.start()
        self._follow()

    def _build(self) -> None:
        self._title = Label(tr("Today"), self, size=TextSize.TITLE, weight=SEMIBOLD)
        self._date = ElidedLabel("", self, role="muted")
        self.whose = WhoseTasks(self._context, self, knows_me=self._user_id is not None)
        self.accounts = Button(
            tr("This account"),
            self,
            icon="building",
            chevron=True,
            name=tr("Whose accounts’ tasks"),
        )
        self.accounts.setObjectName("task-accounts")
        self.add = Button(tr("Task"), self, icon="plus")
        self.add.setObjectName("task-add")
        self.add.setAccessibleName(tr("Add task"))
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addWidget(self._date)
        self._head.addStretch(1)
        self._head.addWidget(self.whose)
        self._head.addWidget(self.accounts)
        self._head.addWidget(self.add)
        self._trouble = Label("", self, size=TextSize.CAPTION, role="warning", wrap=True)
        self._trouble.setObjectName("task-trouble")
        self._trouble.hide()
        self._lists = QStackedWidget(self)
        for choice in (self.view, self.empty, self.skeleton):
            self._lists.addWidget(choice)
        self._lists.setCurrentWidget(self.skeleton)
        left = self._left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        self.sentence = QuickLine(left)
        self._below = QHBoxLayout()
        self._below.addWidget(self.sentence)
        column.addLayout(self._below)
        column.addWidget(self._trouble)
        column.addWidget(Rule(left))
        column.addWidget(self._lists, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setObjectName("today-splitter")
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(left)
        self._beside = QStackedWidget(self)
        self._summary = MarkedSummary(self._context, self, "task", TASK_BUTTONS, tasks_told)
        self._beside.addWidget(self.detail)
        self._beside.addWidget(self._summary)
        self._split.addWidget(self._beside)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._split)
        for part in (left, self._lists, self.view):
            part.setBackgroundRole(QPalette.ColorRole.Base)
        self.restyle()

    def _connect(self) -> None:
        actions = self._context.actions
        self.model.answered.connect(self._show_answer)
        self.model.failed.connect(self._show_error)
        self.view.selectionModel().currentChanged.connect(self._current_changed)
        self.view.opened.connect(self.detail.take_focus)
        self.view.customContextMenuRequested.connect(self._offer_menu)
        self._delegate.circle_clicked.connect(self._complete)
        self._delegate.snooze_clicked.connect(self._snooze)
        self._delegate.reschedule_clicked.connect(self._reschedule)
        self.whose.chosen.connect(lambda: self.model.show(self.whose.assigned_to))
        self.drag.dropped.connect(self._drop)
        actions.bind("today.whose", self.whose.offer)
        self.accounts.clicked.connect(self._offer_accounts)
        self._context.accounts_changed.connect(self._accounts_changed)
        self.add.clicked.connect(lambda: actions.trigger("task.new"))
        self.sentence.clicked.connect(lambda: actions.trigger("task.quick-add"))
        self.empty.pressed.connect(lambda: actions.trigger("task.new"))
        self.detail.stepped.connect(self.step)
        self.detail.snooze_asked.connect(
            lambda workspace, task_id, until: self._context.runner.own(
                self.tasks.snooze(workspace, task_id, until)
            )
        )
        self.detail.other_snooze_asked.connect(self.tasks.ask_snooze)
        self._context.situation_changed.connect(self._allow)
        self._context.situation_changed.connect(self._show_summary)
        self._context.page_changed.connect(self._page_changed)
        self._split.splitterMoved.connect(lambda *_: self._make_room())
        self.destroyed.connect(self.model.close)
        self._allow()

    # What the window asks.

    def open_task(self, task_id: Id) -> None:
        """Choose the task in the list, show it and put the keyboard on it."""
        self._wanted = task_id
        self.detail.show_task(task_id, self._workspace)
        self._choose_wanted()
        self._take_focus()

    def _take_focus(self) -> None:
        """A list that gets the keyboard without a current row makes its first one current: not
        where another task is shown, which may be done and in no list."""
        if self._wanted is None:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.detail.take_focus()

    def step(self, by: int) -> None:
        """Go to the next task, or the previous one."""
        row = self.model.next_task_row(self.view.currentIndex().row() + by, by)
        if row >= 0:
            self._choose(row)

    # The list.

    def _listed(self) -> list[SignedIn]:
        """The accounts whose tasks are wanted, in their order."""
        every = self._context.accounts
        if len(every) > 1 and self._context.settings.today_all_accounts:
            return list(every)
        mine = [one for one in every if one.workspace is self._workspace]
        return mine or [SignedIn(self._workspace.account, self._workspace)]

    def _accounts_changed(self) -> None:
        if self._context.situation.workspace is not self._workspace:
            return  # this page is on its way out
        self._follow()
        if self.detail.workspace not in [one.workspace for one in self._listed()]:
            self.detail.show_task(None)
            self._context.change(task_id=None)

    def _follow(self) -> None:
        """List the tasks of the accounts that are wanted and open."""
        listed = self._listed()
        several = len(self._context.accounts) > 1
        self.accounts.setVisible(several)
        together = several and self._context.settings.today_all_accounts
        words = tr("This account")
        if together:
            words = trn("{n} account", "{n} accounts", len(listed)).format(n=count(len(listed)))
        self.accounts.setText(words)
        self.accounts.setAccessibleName(tr("Tasks of: {what}").format(what=words))
        self.accounts.updateGeometry()
        self.accounts.restyle()
        self.whose.follow(one.workspace for one in listed if one.workspace is not None)
        self.model.follow(
            [one.workspace for one in listed if one.workspace is not None],
            colours([one.account for one in self._context.accounts]),
        )
        self.model.show(self.whose.assigned_to)
        self._make_room()

    def _offer_accounts(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("task-accounts-menu")
        together = self._context.settings.today_all_accounts
        for words, value in ((tr("All accounts"), True), (tr("This account"), False)):
            add_choice(menu, words, together is value, partial(self._show_all, value))
        pop_up(menu, self.accounts, at_end=True)

    def _show_all(self, together: bool) -> None:
        self._context.change_settings(today_all_accounts=together)
        self._follow()

    def _say_trouble(self) -> None:
        """Whose tasks are missing here, or may be old, and why; the others' are not concerned."""
        unread = {workspace.account.id for workspace, _ in self.model.groups.unread}
        words = []
        for one in self._listed():
            if one.account.id in unread:
                words.append(tr("{name}: the tasks could not be read").format(name=one.name))
            elif one.in_trouble and one.workspace is not self._workspace:
                words.append(standing_words(one))
        self._trouble.setText(" · ".join(words))
        self._trouble.setVisible(bool(words))

    def _show_answer(self) -> None:
        self.skeleton.stop()
        self._say_date()
        self._say_trouble()
        anything = self.model.rowCount() > 0
        self._lists.setCurrentWidget(self.view if anything else self.empty)
        if not anything:
            self.detail.show_task(None)
            self._context.change(task_id=None)
            return
        if self._wanted is not None:
            self._choose_wanted()
        elif not self.view.currentIndex().isValid():
            row = self.model.next_task_row(min(self._place, self.model.rowCount() - 1))
            row = row if row >= 0 else self.model.next_task_row(self.model.rowCount() - 1, -1)
            if row >= 0:
                self._choose(row)
        if self._arriving:
            # The page was gone to before it had rows that could take the keyboard.
            self._arriving = False
            if self._context.situation.page is Page.TODAY and not self._is_typing():
                self._take_focus()

    def _is_typing(self) -> bool:
        field = self.window().focusWidget()
        return isinstance(field, QLineEdit) and bool(field.text())

    def _show_error(self, error: Exception) -> None:
        self.skeleton.stop()
        if self.error is not None:
            self._lists.removeWidget(self.error)
            self.error.deleteLater()
        self.error = ErrorState(
            tr("The tasks could not be read."), str(error), self, details=type(error).__name__
        )
        self.error.retried.connect(self.model.refresh)
        self._lists.addWidget(self.error)
        self._lists.setCurrentWidget(self.error)

    def _choose_wanted(self) -> None:
        row = self.model.row_of(self._wanted) if self._wanted else -1
        if row >= 0:
            self._wanted = None
            self._choose(row)

    def _choose(self, row: int) -> None:
        index = self.model.index(row)
        self.view.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )
        self.view.scrollTo(index)

    def _current_changed(self, now: QModelIndex, _: QModelIndex) -> None:
        item = self.model.task_at(now.row())
        if item is None:
            return
        self._wanted = None
        self._place = now.row()
        if self._context.situation.page is Page.TODAY:
            self._put(item)
        self.detail.show_task(item.row.task.id, item.workspace)

    def _put(self, item: AccountTask) -> None:
        """Actions concern this task."""
        task = item.row.task
        elsewhere = item.workspace if item.workspace is not self._workspace else None
        self._context.change(task_id=task.id, task_workspace=elsewhere, task_done=task.completed)

    def _page_changed(self, page: str) -> None:
        """Keys concern the chosen task only while its page is shown."""
        if page == Page.TODAY.value:
            self._current_changed(self.view.currentIndex(), QModelIndex())
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_summary(self) -> None:
        """Of several marked tasks no single one is shown."""
        several = self._context.situation.marked_tasks > 1
        self._beside.setCurrentWidget(self._summary if several else self.detail)

    # Doing.

    def _complete(self, index: QPersistentModelIndex) -> None:
        if item := self.model.task_at(index.row()):
            self._choose(index.row())
            self._put(item)
            self._context.actions.trigger("task.complete")

    def _snooze(self, index: QPersistentModelIndex, spot: QPoint) -> None:
        if item := self.model.task_at(index.row()):
            self._choose(index.row())
            self.tasks.offer_snooze(item.workspace, item.row.task.id, spot)

    def _reschedule(self, index: QPersistentModelIndex, spot: QPoint) -> None:
        if item := self.model.task_at(index.row()):
            self._choose(index.row())
            at = QRect(self.window().mapFromGlobal(spot), spot - spot).adjusted(0, 0, 1, 1)
            task_id = item.row.task.id
            self._context.runner.own(self.tasks.reschedule(item.workspace, task_id, at))

    def _may_move(self, row: int) -> bool:
        item = self.model.task_at(row)
        return item is not None and item.workspace.capabilities.why_not_write is None

    def _drop(self, row: int, days: int) -> None:
        """The task, or all marked ones where it is one of them, is due so many days from today."""
        item = self.model.task_at(row)
        if item is None:
            return
        if self.marked.marking.is_marked(row):
            self._context.runner.own(self.marked.put_off(days))
            return
        self._context.runner.own(self.tasks.put_off(item.workspace, item.row.task, days))

    def _offer_menu(self, spot: QPoint) -> None:
        index = self.view.indexAt(spot)
        if self.model.task_at(index.row()) is None:
            return
        several = self.marked.marking.is_marked(index.row())
        if not several:
            self.marked.unmark()
            self._choose(index.row())
        menu = fill_menu(QMenu(self), self._context, MARKED_MENU if several else _MENU)
        menu.setObjectName("task-menu")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(spot))

    def _allow(self) -> None:
        why = self._context.situation.why_not_write
        sentence = with_key(tr("Add task in a sentence"), "task.quick-add")
        form = with_key(tr("Add task"), "task.new")
        for button, words in (
            (self.add, form),
            (self.empty.button, form),
            (self.sentence, sentence),
        ):
            if button is not None:
                button.setEnabled(why is None)
                button.setToolTip(why or words)
                button.setAccessibleDescription(why or "")

    # Look.

    def _say_date(self) -> None:
        clock = self._workspace.clock
        day = clock.now().astimezone(clock.zone()).date()
        self._date.set_text(dated(QDate(day.year, day.month, day.day), "ddd d MMMM"))

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_head"):
            return
        px = self.type.px
        self._head.setContentsMargins(px(20), px(11), px(16), px(11))
        self._head.setSpacing(px(10))
        self._below.setContentsMargins(px(20), 0, px(16), px(10))
        self._trouble.setContentsMargins(px(20), 0, px(16), px(8))
        self._left.setMinimumWidth(px(360))
        self._beside.setMinimumWidth(px(340))
        self._say_date()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._placed and event.size().width() > 0:
            self._placed = True
            width = event.size().width()
            left = min(self.type.px(640), max(self.type.px(360), round(width * 0.6)))
            self._split.setSizes([left, width - left])
        self._make_room()

    _placed = False

    def _make_room(self) -> None:
        """In a narrow list the accounts are told by an icon, the date goes, and whose tasks they
        are is one button."""
        px, width = self.type.px, self._left.width()
        several = not self.accounts.isHidden()
        self.accounts.set_wordless(width < px(680))
        self._date.setVisible(width >= px(680 if several else 600))
        self.whose.set_narrow(width < px(520 if several else 480))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.surface))
