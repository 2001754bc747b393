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
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from rapport.ui import roles
from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    body_baseline,
    is_hovered,
    is_mirrored,
    is_selected,
    paint_focus,
    paint_ground,
    ratio_of,
    tr,
)
from rapport.ui.look.avatars import avatar_pixmap, badge_pixmap
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import (
    due_colours,
    due_dot,
    key_cap,
    key_cap_size,
    mirrored,
    rounded,
    task_circle,
    transparent,
)
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
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
_TEXT_START = 50


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
        paint_ground(painter, option, text_start=current_theme().type.px(_TEXT_START))
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
        rect, flipped, ratio = option.rect, is_mirrored(option), ratio_of(option)
        keys = self._offers_keys and is_hovered(option) and not header
        chosen = is_selected(option)
        key = (header, values, rect.width(), chosen, keys, flipped, ratio)
        known = self.kept(key)
        if known is not None:
            return known
        picture = Picture(rect.width(), rect.height(), flipped, ratio)
        if header:
            _compose_header(picture, values)
        else:
            _Row(picture, values, chosen).compose(keys=keys)
        return self.keep(key, picture)

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

    def _circle_rect(self, option: QStyleOptionViewItem) -> QRectF:
        return self.circle_rect(QRectF(option.rect), right_to_left=is_mirrored(option))

    def _region_at(self, spot: QPointF, option: QStyleOptionViewItem) -> str:
        slack = current_theme().type.px(7)
        circle = self._circle_rect(option).adjusted(-slack, -slack, slack, slack)
        if circle.contains(spot):
            return "circle"
        if self._offers_keys:
            # The mouse is here, so the row is hovered and shows its keys.
            row = QRectF(option.rect)
            for name, x, width in _key_regions(row.width()):
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


def _hover_actions() -> tuple[tuple[str, str, str], ...]:
    return (
        ("complete", "check", tr("Space")),
        ("snooze", "moon", "S"),
        ("reschedule", "reschedule", "D"),
    )


def _due_column(width: float) -> tuple[float, float]:
    """Return start and width of the due column of a row ``width`` pixels wide."""
    px = current_theme().type.px
    column = px(80)
    return width - px(20) - px(20) - px(10) - column, column


def _key_regions(width: float) -> list[tuple[str, float, float]]:
    """Return (action, start, width) of the keys on a hovered row."""
    px = current_theme().type.px
    actions = _hover_actions()
    widths = [px(16) + px(6) + key_cap_size(key)[0] for _, _, key in actions]
    gap = px(12)
    x = _due_column(width)[0] - px(18) - sum(widths) - gap * (len(widths) - 1)
    regions: list[tuple[str, float, float]] = []
    for (name, _, _), part in zip(actions, widths, strict=True):
        regions.append((name, x, part))
        x += part + gap
    return regions


def _compose_header(picture: Picture, values: tuple[object, ...]) -> None:
    title, count, state = values
    theme = current_theme()
    px, line = theme.type.px, theme.type.line()
    overdue = state == DueState.OVERDUE
    top = (picture.height - line) / 2
    x: float = px(20)
    if overdue:
        picture.icon("alert", px(16), theme.tokens.danger, x, picture.height / 2)
        x += px(22)
    run = Run(str(title or ""), theme.type.font(TextSize.BODY, SEMIBOLD))
    colour = theme.tokens.danger if overdue else theme.tokens.text
    picture.text(run, x, body_baseline(top), colour)
    if count:
        number = Run(str(count), theme.type.font())
        picture.text(number, x + run.width + px(8), body_baseline(top), theme.tokens.muted)


class _Row:
    """Composes one task; all lengths run from the start edge."""

    def __init__(self, picture: Picture, values: tuple[object, ...], chosen: bool) -> None:
        (
            _,
            title,
            contact,
            company,
            account,
            colour,
            due,
            state,
            done,
            reminder,
            repeats,
            pending,
            conflict,
            snoozed,
            assignee,
            assignee_id,
        ) = values
        self.picture = picture
        self.chosen = chosen
        self.theme = current_theme()
        self.px = self.theme.type.px
        self.title = str(title or "")
        self.second = " · ".join(str(part) for part in (contact, company) if part)
        self.account = str(account or "")
        self.account_colour = str(colour or "")
        self.due = str(due or "")
        self.state = DueState(state) if isinstance(state, int) else DueState.NONE
        self.done = bool(done)
        self.snoozed = str(snoozed or "")
        self.assignee = str(assignee or "")
        self.assignee_id = str(assignee_id or assignee or "")
        tokens = self.theme.tokens
        self.icons = [
            (icon, ink, words)
            for shown, icon, ink, words in (
                (reminder, "bell", tokens.muted, tr("has a reminder")),
                (repeats, "repeat", tokens.muted, tr("repeats")),
                (pending, "clock", tokens.muted, roles.waiting_words()),
                (conflict, "alert", tokens.warning, roles.conflict_words()),
            )
            if shown
        ]

    def compose(self, *, keys: bool) -> None:
        px, width = self.px, self.picture.width
        line = self.theme.type.line()
        start = px(_TEXT_START)
        middle = self.picture.height / 2
        self._assignee(width - px(40))
        column, room = _due_column(width)
        if self.due:
            self._due(column, room, middle)
        end = column - px(12) if self.due else width - px(52)
        if keys:
            end = min(end, _key_regions(width)[0][1] - px(12))
            self._keys(middle)
        self._title(start, end, px(8), line)
        self._second(start, end, px(8) + line, line)

    def _title(self, start: float, end: float, top: float, line: float) -> None:
        px, type_, tokens = self.px, self.theme.type, self.theme.tokens
        chip = self._snooze_chip() if self.snoozed else None
        after: float = len(self.icons) * px(22)
        if chip is not None:
            after += chip.width() / self.picture.ratio + px(8)
        font = type_.font(TextSize.BODY, SEMIBOLD)
        if self.done:
            font = type_.struck(TextSize.BODY, SEMIBOLD)
        run = Run(self.title, font, max(px(40), end - start - after))
        self.picture.text(
            run, start, body_baseline(top), tokens.muted if self.done else tokens.text
        )
        if run.elided:
            self.picture.hint(start, top, run.width, line, self.title)
        x = start + run.width
        for icon, ink, words in self.icons:
            x += px(8)
            self.picture.icon(icon, px(14), ink, x, top + line / 2)
            self.picture.hint(x - px(2), top, px(18), line, words)
            x += px(14)
        if chip is not None:
            height = chip.height() / self.picture.ratio
            self.picture.image(chip, x + px(8), top + (line - height) / 2)

    def _second(self, start: float, end: float, top: float, line: float) -> None:
        px, type_, tokens = self.px, self.theme.type, self.theme.tokens
        x = start
        if self.account:
            badge = badge_pixmap(self.account_colour, self.account, 16, self.picture.ratio)
            self.picture.image(badge, x, top + (line - px(16)) / 2)
            self.picture.hint(x, top, px(16), line, self.account)
            x += px(22)
        words = self.second or tr("No contact linked")
        run = Run(words, type_.font(), end - x)
        self.picture.text(run, x, body_baseline(top), tokens.muted)
        if run.elided:
            self.picture.hint(x, top, run.width, line, words)

    def _due(self, x: float, width: float, middle: float) -> None:
        px, type_ = self.px, self.theme.type
        colour = due_colours(self.state, self.theme.tokens)[1]
        if self.state is not DueState.NONE:
            self.picture.image(due_dot(self.state, self.picture.ratio), x, middle - px(8) / 2)
        run = Run(self.due, type_.font(TextSize.CAPTION), width - px(14))
        line = type_.line(TextSize.CAPTION)
        baseline = baseline_in(middle - line / 2, line, type_.metrics(TextSize.CAPTION))
        self.picture.text(run, x + px(14), baseline, colour)
        if run.elided:
            self.picture.hint(x, middle - line / 2, width, line, self.due)

    def _assignee(self, x: float) -> None:
        if not self.assignee:
            return
        px = self.px
        image = avatar_pixmap(self.assignee_id, self.assignee, 20, self.picture.ratio)
        top = (self.picture.height - px(20)) / 2
        self.picture.image(image, x, top)
        words = tr("assigned to {name}").format(name=self.assignee)
        self.picture.hint(x, top, px(20), px(20), words)

    def _keys(self, middle: float) -> None:
        px, ratio = self.px, self.picture.ratio
        hints = {
            "complete": tr("Complete"),
            "snooze": tr("Snooze: hide it for a while, the due date stays"),
            "reschedule": tr("Reschedule"),
        }
        regions = _key_regions(self.picture.width)
        for (name, icon, key), (_, x, width) in zip(_hover_actions(), regions, strict=True):
            self.picture.icon(icon, px(16), self.theme.tokens.muted, x, middle)
            cap_width, cap_height = key_cap_size(key)
            cap = transparent(cap_width, cap_height, ratio)
            painter = QPainter(cap)
            key_cap(painter, QRectF(0, 0, cap_width, cap_height), key)
            painter.end()
            self.picture.image(cap, x + px(22), middle - cap_height / 2)
            self.picture.hint(x, 0, width, self.picture.height, hints[name])

    def _snooze_chip(self) -> QPixmap:
        px, type_, tokens = self.px, self.theme.type, self.theme.tokens
        run = Run(self.snoozed, type_.font(TextSize.CAPTION))
        width = round(run.width + px(12) + px(4) + 2 * px(6))
        height = max(px(18), type_.metrics(TextSize.CAPTION).height() + 2)
        chip = transparent(width, height, self.picture.ratio)
        area = QRectF(0, 0, width, height)
        painter = QPainter(chip)
        rounded(painter, area, px(5), fill=tokens.surface if self.chosen else tokens.tint)
        flipped = self.picture.right_to_left
        spot = QRectF(px(6), (height - px(12)) / 2, px(12), px(12))
        draw_icon(painter, "moon", mirrored(spot, area, flipped), tokens.muted)
        text = mirrored(QRectF(px(22), 0, run.width, height), area, flipped)
        painter.setPen(QColor(tokens.muted))
        run.draw(painter, text.left(), baseline_in(0, height, type_.metrics(TextSize.CAPTION)))
        painter.end()
        return chip
