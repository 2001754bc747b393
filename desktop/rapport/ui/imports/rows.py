"""What each row of a file would do: the list of a dry run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from rapport.domain.text import visible
from rapport.language import mark, tr
from rapport.services.imports import Outcome, Planned
from rapport.ui.delegates.row import (
    AnyIndex,
    Picture,
    RowDelegate,
    body_baseline,
    paint_focus,
    paint_ground,
)
from rapport.ui.look.text import Run
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, TextSize
from rapport.ui.wording import count

PLANNED = int(Qt.ItemDataRole.UserRole) + 1

OUTCOMES = {
    Outcome.NEW: mark("New"),
    Outcome.CHANGED: mark("Changed"),
    Outcome.SAME: mark("Already here"),
    Outcome.LEFT_OUT: mark("Left out"),
}
_SIGNS = {
    Outcome.NEW: ("plus", "success"),
    Outcome.CHANGED: ("pencil", "accent_text"),
    Outcome.SAME: ("check", "muted"),
    Outcome.LEFT_OUT: ("alert", "danger"),
}


class PlannedModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._rows: list[Planned] = []

    def show_rows(self, planned: Sequence[Planned]) -> None:
        self.beginResetModel()
        self._rows = list(planned)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        one = self._rows[index.row()] if index.isValid() else None
        if one is None:
            return None
        if role == PLANNED:
            return one
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            words = tr("Row {n}, {name}: {outcome}. {reason}")
            return words.format(
                n=count(one.row.number),
                name=visible(one.name) or tr("without a name"),
                outcome=tr(OUTCOMES[one.outcome]),
                reason=visible(one.reason),
            ).strip()
        return None


class PlannedDelegate(RowDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(current_theme().type.px(120), row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        paint_ground(painter, option, text_start=current_theme().type.px(72))
        self.picture(option, index).play(painter, option.rect.topLeft())
        paint_focus(painter, option)

    def picture(self, option: QStyleOptionViewItem, index: AnyIndex) -> Picture:
        one: Planned = index.data(PLANNED)
        content = (one.row.number, one.outcome, one.name, one.reason)
        return self.composed(option, content, lambda picture: _compose(picture, one))


def row_height() -> int:
    type_ = current_theme().type
    return max(type_.px(32), type_.line() + type_.px(8))


def _compose(picture: Picture, one: Planned) -> None:
    theme = current_theme()
    type_, tokens = theme.type, theme.tokens
    px = type_.px
    sign, colour = _SIGNS[one.outcome]
    baseline = body_baseline((picture.height - type_.line()) / 2)
    number = Run(count(one.row.number), type_.font(TextSize.BODY, REGULAR))
    picture.text(number, px(44) - number.width, baseline, tokens.muted)
    picture.icon(sign, px(14), getattr(tokens, colour), px(52), picture.height / 2)
    room = picture.width - px(74) - px(12)
    name = visible(one.name) or tr("without a name")
    share = room * (0.42 if one.reason else 1)
    run = Run(name, type_.font(TextSize.BODY, REGULAR), share)
    picture.text(run, px(74), baseline, tokens.text)
    if one.reason:
        start = px(74) + share + px(12)
        reason = visible(one.reason)
        told = Run(reason, type_.font(TextSize.CAPTION, REGULAR), room - share - px(12))
        picture.text(told, start, baseline, tokens.muted)
        picture.hint(start, 0, picture.width - start, picture.height, reason)
