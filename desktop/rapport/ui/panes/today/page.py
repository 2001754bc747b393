"""The Today page: a list of tasks in their groups, and the chosen task."""

from __future__ import annotations

from types import EllipsisType

from PySide6.QtCore import (
    QDate,
    QEvent,
    QItemSelectionModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.records import Id
from rapport.services.workspace import Workspace
from rapport.ui.context import Page, WindowContext
from rapport.ui.delegates.row import dress_list
from rapport.ui.delegates.task_row import TaskRowDelegate
from rapport.ui.editors.task_actions import TaskActions
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.menus import RULE, fill_menu
from rapport.ui.models.task_list_model import TaskListModel
from rapport.ui.panes.today.task_detail import TaskDetail
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.labels import Label, Rule
from rapport.ui.widgets.segmented import Segmented
from rapport.ui.widgets.states import EmptyState, ErrorState, Skeleton
from rapport.ui.wording import tr

_MENU = ("task.complete", "task.edit", "task.snooze", "task.reschedule", RULE, "task.delete")
_MINE, _UNASSIGNED, _EVERYONE = "mine", "unassigned", "everyone"


class TaskView(QListView):
    """Letters are the window's shortcuts; they do not search through the rows."""

    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verticalScrollBar().rangeChanged.connect(lambda *_: self._overlay_scroll_bar())

    def _overlay_scroll_bar(self) -> None:
        """Let rows run on below the scroll bar, as in the list of contacts."""
        bar = self.verticalScrollBar()
        width = bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0
        if self.isRightToLeft():
            self.setViewportMargins(-width, 0, 0, 0)
        else:
            self.setViewportMargins(0, 0, -width, 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._overlay_scroll_bar()

    def keyboardSearch(self, search: str) -> None:
        return

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
            return
        if event.key() == Qt.Key.Key_Space:
            # The window's key: the view would toggle the selection with it.
            event.ignore()
            return
        super().keyPressEvent(event)


class TodayPage(Painted):
    """``user_id`` is the person's own id where the sign-in tells it; without it everybody's tasks
    are shown."""

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
        self.model = TaskListModel(workspace, context.runner, self)
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
            key="T",
        )
        self.error: ErrorState | None = None
        self.skeleton = Skeleton(self)
        self._build()
        self.tasks = TaskActions(context, self)
        self._connect()
        self.skeleton.start()
        self.model.show(self._assigned_to())

    def _build(self) -> None:
        self._title = Label(tr("Today"), self, size=TextSize.TITLE, weight=SEMIBOLD)
        self._date = Label("", self, role="muted")
        self.whose = Segmented(
            [(_MINE, tr("Mine")), (_UNASSIGNED, tr("Unassigned")), (_EVERYONE, tr("Everyone"))],
            self,
            name=tr("Whose tasks"),
        )
        self.whose.setObjectName("task-scope")
        self.whose.setVisible(self._user_id is not None)
        if self._user_id is None:
            self.whose.set_value(_EVERYONE)
        self.add = Button(tr("Task"), self, icon="plus")
        self.add.setObjectName("task-add")
        self.add.setAccessibleName(tr("Add task"))
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addWidget(self._date)
        self._head.addStretch(1)
        self._head.addWidget(self.whose)
        self._head.addWidget(self.add)
        self._lists = QStackedWidget(self)
        for choice in (self.view, self.empty, self.skeleton):
            self._lists.addWidget(choice)
        self._lists.setCurrentWidget(self.skeleton)
        left = self._left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._head)
        column.addWidget(Rule(left))
        column.addWidget(self._lists, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal, self)
        self._split.setObjectName("today-splitter")
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(left)
        self._split.addWidget(self.detail)
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
        self.whose.chosen.connect(lambda _: self.model.show(self._assigned_to()))
        self.add.clicked.connect(lambda: actions.trigger("task.new"))
        self.empty.pressed.connect(lambda: actions.trigger("task.new"))
        self.detail.stepped.connect(self.step)
        self.detail.snooze_asked.connect(
            lambda task_id, until: self._context.runner.own(self.tasks.snooze(task_id, until))
        )
        self._context.situation_changed.connect(self._allow)
        self._context.page_changed.connect(self._page_changed)
        self.destroyed.connect(self.model.close)
        self._allow()

    # What the window asks.

    def open_task(self, task_id: Id) -> None:
        """Choose the task in the list, show it and put the keyboard on it."""
        self._wanted = task_id
        self.detail.show_task(task_id)
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

    def _assigned_to(self) -> str | EllipsisType | None:
        if self._user_id is None or self.whose.value() == _EVERYONE:
            return ...
        return self._user_id if self.whose.value() == _MINE else None

    def _show_answer(self) -> None:
        self.skeleton.stop()
        self._say_date()
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
        task = self.model.task_at(now.row())
        if task is None:
            return
        self._wanted = None
        self._place = now.row()
        if self._context.situation.page is Page.TODAY:
            self._context.change(task_id=task.task.id, task_done=task.task.completed)
        self.detail.show_task(task.task.id)

    def _page_changed(self, page: str) -> None:
        """Keys concern the chosen task only while its page is shown."""
        if page == Page.TODAY.value:
            self._current_changed(self.view.currentIndex(), QModelIndex())
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # Doing.

    def _id_at(self, index: QPersistentModelIndex) -> Id | None:
        task = self.model.task_at(index.row())
        return task.task.id if task else None

    def _complete(self, index: QPersistentModelIndex) -> None:
        if task_id := self._id_at(index):
            self._choose(index.row())
            self._context.change(task_id=task_id)
            self._context.actions.trigger("task.complete")

    def _snooze(self, index: QPersistentModelIndex, spot: QPoint) -> None:
        if task_id := self._id_at(index):
            self._choose(index.row())
            self.tasks.offer_snooze(task_id, spot)

    def _reschedule(self, index: QPersistentModelIndex, spot: QPoint) -> None:
        if task_id := self._id_at(index):
            self._choose(index.row())
            at = QRect(self.window().mapFromGlobal(spot), spot - spot).adjusted(0, 0, 1, 1)
            self._context.runner.own(self.tasks.reschedule(task_id, at))

    def _offer_menu(self, spot: QPoint) -> None:
        index = self.view.indexAt(spot)
        if self.model.task_at(index.row()) is None:
            return
        self._choose(index.row())
        menu = fill_menu(QMenu(self), self._context, _MENU)
        menu.setObjectName("task-menu")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.view.viewport().mapToGlobal(spot))

    def _allow(self) -> None:
        why = self._context.situation.why_not_write
        for button in (self.add, self.empty.button):
            if button is not None:
                button.setEnabled(why is None)
                button.setToolTip(why or tr("Add task (T)"))
                button.setAccessibleDescription(why or "")

    # Look.

    def _say_date(self) -> None:
        clock = self._workspace.clock
        day = clock.now().astimezone(clock.zone()).date()
        self._date.setText(QLocale().toString(QDate(day.year, day.month, day.day), "ddd d MMMM"))

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_head"):
            return
        px = self.type.px
        self._head.setContentsMargins(px(20), px(11), px(16), px(11))
        self._head.setSpacing(px(10))
        self._left.setMinimumWidth(px(360))
        self.detail.setMinimumWidth(px(340))
        self._say_date()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._placed and event.size().width() > 0:
            self._placed = True
            width = event.size().width()
            left = min(self.type.px(640), max(self.type.px(360), round(width * 0.6)))
            self._split.setSizes([left, width - left])

    _placed = False

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.surface))
