"""The rows of the sidebar, wide (220) or collapsed to a rail (56)."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from rapport.language import tr
from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    is_hovered,
    is_mirrored,
    is_selected,
    shows_focus,
)
from rapport.ui.look.paint import focus_ring, hue_dot, mirrored, rounded, transparent
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.roles import NavKind, NavRole

_ROLES = tuple(
    int(role)
    for role in (
        NavRole.KIND,
        NavRole.ID,
        NavRole.TEXT,
        NavRole.ICON,
        NavRole.COUNT,
        NavRole.ALERT,
        NavRole.ADDABLE,
    )
)
_KIND = int(NavRole.KIND)


class SidebarDelegate(RowDelegate):
    """Paints places, lists, tags and section titles from :class:`~rapport.ui.roles.NavRole`.

    The view has no padding of its own: rows keep 8 px from its edges.
    """

    add_clicked = Signal(str)
    """The ID of the section whose plus was pressed."""

    def __init__(self, parent: QWidget | None = None, *, rail: bool = False) -> None:
        super().__init__(parent)
        self._rail = rail

    @property
    def rail(self) -> bool:
        return self._rail

    def set_rail(self, rail: bool) -> None:
        """Collapse or open; the view must lay out anew (``doItemsLayout``)."""
        self._rail = rail
        self.forget()

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        type_ = current_theme().type
        kind = index.data(_KIND)
        if self._rail:
            return QSize(type_.px(56), type_.px(17 if kind == NavKind.SECTION else 42))
        least = type_.line()
        heights = {
            NavKind.PLACE: max(type_.px(32), least),
            NavKind.SECTION: type_.px(38),
        }
        return QSize(type_.px(120), heights.get(kind, max(type_.px(28), least)))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        kind = index.data(_KIND)
        if kind != NavKind.SECTION:
            self._paint_ground(painter, option)
        self.picture(option, index).play(painter, option.rect.topLeft())
        if kind != NavKind.SECTION and shows_focus(option):
            focus_ring(painter, self._body(QRectF(option.rect)), current_theme().type.px(6))

    def picture(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> Picture:
        values = tuple(map(index.data, _ROLES))

        def compose(picture: Picture) -> None:
            row = _Row(picture, values, is_selected(option))
            if self._rail:
                row.compose_rail()
            elif values[0] == NavKind.SECTION:
                row.compose_section()
            else:
                row.compose_item()

        return self.composed(option, values, compose)

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() is Qt.MouseButton.LeftButton
            and not self._rail
            and index.data(int(NavRole.ADDABLE))
            and self.plus_rect(option).contains(event.position())
        ):
            self.add_clicked.emit(str(index.data(int(NavRole.ID))))
            return True
        return super().editorEvent(event, model, option, index)

    def plus_rect(self, option: QStyleOptionViewItem) -> QRectF:
        """Return where the plus of a section title is pressed."""
        px = current_theme().type.px
        row = QRectF(option.rect)
        area = QRectF(row.right() - px(36), row.top() + px(10), px(32), row.height() - px(10))
        return mirrored(area, row, is_mirrored(option))

    def _body(self, row: QRectF) -> QRectF:
        px = current_theme().type.px
        if self._rail:
            side = px(40)
            return QRectF(row.center().x() - side / 2, row.top(), side, side)
        return row.adjusted(px(8), 0, -px(8), 0)

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        theme = current_theme()
        px, tokens = theme.type.px, theme.tokens
        body = self._body(QRectF(option.rect))
        if is_selected(option):
            rounded(painter, body, px(6), fill=tokens.selection)
            bar = QRectF(body.left(), body.top() + px(6), px(3), body.height() - 2 * px(6))
            bar = mirrored(bar, body, is_mirrored(option))
            rounded(painter, bar, px(3) / 2, fill=tokens.accent_text)
        elif is_hovered(option):
            rounded(painter, body, px(6), fill=tokens.hover)


class _Row:
    def __init__(self, picture: Picture, values: tuple[object, ...], chosen: bool) -> None:
        kind, _, text, icon, count, alert, addable = values
        self.picture = picture
        self.kind = NavKind(kind) if isinstance(kind, int) else NavKind.PLACE
        self.text = str(text or "")
        self.icon = str(icon or "")
        self.count = str(count or "")
        self.alert = bool(alert)
        self.addable = bool(addable)
        self.chosen = chosen
        self.theme = current_theme()
        self.px = self.theme.type.px

    def compose_item(self) -> None:
        px, type_, tokens = self.px, self.theme.type, self.theme.tokens
        middle = self.picture.height / 2
        end = self._count(self.picture.width - px(16), middle)
        if self.kind is NavKind.TAG:
            self._hue(px(20), middle)
            start = px(42)
        else:
            colour = tokens.accent_text if self.chosen else tokens.muted
            small = self.kind is NavKind.LIST
            side = px(16 if small else 18)
            self.picture.icon(self.icon, side, colour, px(17 if small else 16), middle)
            start = px(42 if small else 44)
        weight = SEMIBOLD if self.chosen else REGULAR
        run = Run(self.text, type_.font(TextSize.BODY, weight), end - start - px(8))
        line = type_.line()
        metrics = type_.metrics(TextSize.BODY, weight)
        self.picture.text(run, start, baseline_in(middle - line / 2, line, metrics), tokens.text)
        if run.elided:
            self.picture.hint(start, 0, run.width, self.picture.height, self.text)

    def compose_section(self) -> None:
        px, type_, tokens = self.px, self.theme.type, self.theme.tokens
        # The title stands low: the air above it is what parts the sections.
        middle = self.picture.height * 24 / 38
        line = type_.line(TextSize.CAPTION)
        room = self.picture.width - px(16) - px(40)
        run = Run(self.text, type_.font(TextSize.CAPTION, SEMIBOLD), room)
        metrics = type_.metrics(TextSize.CAPTION, SEMIBOLD)
        baseline = baseline_in(middle - line / 2, line, metrics)
        self.picture.text(run, px(16), baseline, tokens.muted)
        if self.addable:
            x = self.picture.width - px(16) - px(14)
            self.picture.icon("plus", px(14), tokens.muted, x, middle)
            words = tr("Add to {section}").format(section=self.text)
            self.picture.hint(x - px(6), 0, px(28), self.picture.height, words)

    def compose_rail(self) -> None:
        px, tokens = self.px, self.theme.tokens
        width, height = self.picture.width, self.picture.height
        if self.kind is NavKind.SECTION:
            rule = transparent(px(32), 1, self.picture.ratio)
            rule.fill(QColor(tokens.divider))
            self.picture.image(rule, (width - px(32)) / 2, px(8))
            return
        middle = px(20)
        if self.kind is NavKind.TAG:
            self._hue((width - px(8)) / 2, middle)
        else:
            colour = tokens.accent_text if self.chosen else tokens.muted
            self.picture.icon(self.icon, px(20), colour, (width - px(20)) / 2, middle)
        if self.alert and self.count:
            badge = self._badge()
            # A badge half over the corner of the icon, as on a phone.
            self.picture.image(badge, width / 2 + px(3), middle - px(17))
        words = f"{self.text}, {self.count}" if self.count else self.text
        self.picture.hint(0, 0, width, height, words)

    def _hue(self, x: float, middle: float) -> None:
        dot = hue_dot(self.theme.tag(self.text).text, self.picture.ratio)
        self.picture.image(dot, x, middle - self.px(8) / 2)

    def _count(self, end: float, middle: float) -> float:
        if not self.count:
            return end
        type_, tokens = self.theme.type, self.theme.tokens
        if self.alert:
            badge = self._badge()
            width = badge.width() / self.picture.ratio
            height = badge.height() / self.picture.ratio
            self.picture.image(badge, end - width, middle - height / 2)
            return end - width
        run = Run(self.count, type_.font(TextSize.CAPTION))
        line = type_.line(TextSize.CAPTION)
        baseline = baseline_in(middle - line / 2, line, type_.metrics(TextSize.CAPTION))
        colour = tokens.text if self.chosen else tokens.muted
        self.picture.text(run, end - run.width, baseline, colour)
        return end - run.width

    def _badge(self) -> QPixmap:
        type_, tokens = self.theme.type, self.theme.tokens
        run = Run(self.count, type_.font(TextSize.CAPTION, SEMIBOLD))
        height = max(self.px(17), type_.metrics(TextSize.CAPTION).height() + 2)
        width = max(height, round(run.width) + self.px(10))
        result = transparent(width, height, self.picture.ratio)
        painter = QPainter(result)
        rounded(painter, QRectF(0, 0, width, height), height / 2, fill=tokens.danger_tint)
        painter.setPen(QColor(tokens.danger))
        metrics = type_.metrics(TextSize.CAPTION, SEMIBOLD)
        spot = QPointF((width - run.width) / 2, baseline_in(0, height, metrics))
        run.draw(painter, spot.x(), spot.y())
        painter.end()
        return result
