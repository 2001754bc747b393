"""The row of task lists: circle, title, due date, and what one key does to the row under the hand.

A mixed list has header rows too (:class:`~rapport.ui.roles.RowKind`), so set such a list up with
``dress_list(view, delegate, uniform=False)``.
"""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QWidget

from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    is_hovered,
    is_marked,
    is_mirrored,
    is_selected,
    paint_focus,
    paint_ground,
)
from rapport.ui.delegates.task_picture import (
    TEXT_START,
    TaskPicture,
    compose_header,
    key_regions,
)
from rapport.ui.look.paint import (
    mirrored,
    task_circle,
    ticked_box,
)
from rapport.ui.look.theme import current_theme
from rapport.ui.marks import Marking
from rapport.ui.roles import DueState, RowKind, TaskRole

_KIND = int(TaskRole.KIND)
_DONE = int(TaskRole.DONE)
_STATE = int(TaskRole.DUE_STATE)
_ROLES = tuple(
    int(role)
    for role in (
        TaskRole.ID,
        TaskRole.TITLE,
        TaskRole.CONTACT,
        TaskRole.COMPANY,
        TaskRole.ACCOUNT_NAME,
        TaskRole.ACCOUNT_COLOUR,
        TaskRole.DUE_TEXT,
        TaskRole.DUE_STATE,
        TaskRole.DONE,
        TaskRole.REMINDER,
        TaskRole.REPEATS,
        TaskRole.PENDING,
        TaskRole.CONFLICT,
        TaskRole.SNOOZED_TEXT,
        TaskRole.ASSIGNEE,
        TaskRole.ASSIGNEE_ID,
    )
)
_HEADER_ROLES = tuple(int(r) for r in (TaskRole.TITLE, TaskRole.COUNT, TaskRole.DUE_STATE))


class TaskRowDelegate(RowDelegate):
    """Paints a task from :class:`~rapport.ui.roles.TaskRole` alone and says what was pressed."""

    circle_clicked = Signal(QPersistentModelIndex)
    snooze_clicked = Signal(QPersistentModelIndex, QPoint)
    """The row and the global position below which a menu may open."""
    reschedule_clicked = Signal(QPersistentModelIndex, QPoint)

    def __init__(self, parent: QWidget | None = None, *, offers_keys: bool = True) -> None:
        """``offers_keys`` shows Space, S and D on the row under the mouse."""
        super().__init__(parent)
        self._offers_keys = offers_keys
        self._pressed: tuple[QPersistentModelIndex, str] | None = None
        self._circled = QPersistentModelIndex()
        self.marking: Marking | None = None
        """Where rows can be marked: which of them are."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        type_ = current_theme().type
        if index.data(_KIND) == RowKind.HEADER:
            return QSize(type_.px(160), type_.line() + type_.px(14))
        return QSize(type_.px(240), 2 * type_.line() + type_.px(16))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if index.data(_KIND) == RowKind.HEADER:
            self.picture(option, index).play(painter, option.rect.topLeft())
            return
        if self.marking is not None and self.marking.is_marked(index.row()):
            option = QStyleOptionViewItem(option)
            option.state |= QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_On
        paint_ground(painter, option, text_start=current_theme().type.px(TEXT_START))
        if is_marked(option):
            ticked_box(painter, self._circle_rect(option))
        else:
            task_circle(
                painter,
                self._circle_rect(option),
                done=bool(index.data(_DONE)),
                overdue=index.data(_STATE) == DueState.OVERDUE,
                hovered=is_hovered(option) and self._circled == index,
            )
        self.picture(option, index).play(painter, option.rect.topLeft())
        paint_focus(painter, option)

    def picture(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> Picture:
        header = index.data(_KIND) == RowKind.HEADER
        values = tuple(map(index.data, _HEADER_ROLES if header else _ROLES))
        keys = self._offers_keys and is_hovered(option) and not header
        chosen = is_selected(option)

        def compose(picture: Picture) -> None:
            if header:
                compose_header(picture, values)
            else:
                TaskPicture(picture, values, chosen).compose(keys=keys)

        return self.composed(option, (header, values, keys), compose)

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Answer the mouse: a press and release in the same region means it."""
        if not isinstance(event, QMouseEvent) or index.data(_KIND) == RowKind.HEADER:
            return super().editorEvent(event, model, option, index)
        region = self._region_at(event.position(), option)
        kind = event.type()
        if kind == QEvent.Type.MouseMove:
            self._hover_circle(option, index, region == "circle")
            return False
        if event.button() is not Qt.MouseButton.LeftButton:
            return super().editorEvent(event, model, option, index)
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick) and region:
            self._pressed = (QPersistentModelIndex(index), region)
            super().editorEvent(event, model, option, index)
            return True
        if kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            pressed, self._pressed = self._pressed, None
            if region and pressed == (QPersistentModelIndex(index), region):
                self._act(region, option, index)
            return True
        return super().editorEvent(event, model, option, index)

    def circle_rect(self, row: QRectF, *, right_to_left: bool) -> QRectF:
        """Return where the circle stands in a row's rectangle."""
        px = current_theme().type.px
        side = px(18)
        spot = QRectF(row.left() + px(20), row.center().y() - side / 2, side, side)
        return mirrored(spot, row, right_to_left)

    def is_at_circle(self, row: QRectF, spot: QPointF, *, right_to_left: bool) -> bool:
        """Whether a click there is meant for the circle, or so near that it may be."""
        slack = current_theme().type.px(7)
        circle = self.circle_rect(row, right_to_left=right_to_left)
        return circle.adjusted(-slack, -slack, slack, slack).contains(spot)

    def _circle_rect(self, option: QStyleOptionViewItem) -> QRectF:
        return self.circle_rect(QRectF(option.rect), right_to_left=is_mirrored(option))

    def _region_at(self, spot: QPointF, option: QStyleOptionViewItem) -> str:
        if self.is_at_circle(QRectF(option.rect), spot, right_to_left=is_mirrored(option)):
            return "circle"
        if self._offers_keys:
            # The mouse is here, so the row is hovered and shows its keys.
            row = QRectF(option.rect)
            for name, x, width in key_regions(row.width()):
                area = QRectF(row.left() + x, row.top(), width, row.height())
                if mirrored(area, row, is_mirrored(option)).contains(spot):
                    return name
        return ""

    def _act(
        self,
        region: str,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = QPersistentModelIndex(index)
        if region in ("circle", "complete"):
            self.circle_clicked.emit(row)
            return
        below = QPoint(option.rect.center().x(), option.rect.bottom())
        view = option.widget
        if isinstance(view, QAbstractItemView):
            below = view.viewport().mapToGlobal(below)
        (self.snooze_clicked if region == "snooze" else self.reschedule_clicked).emit(row, below)

    def _hover_circle(
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        over: bool,
    ) -> None:
        now = QPersistentModelIndex(index) if over else QPersistentModelIndex()
        if now == self._circled:
            return
        before, self._circled = self._circled, now
        view = option.widget
        if isinstance(view, QAbstractItemView):
            for row in (before, now):
                if row.isValid():
                    view.update(row.model().index(row.row(), row.column(), row.parent()))
