"""The rows of the operations list: a method in its colour and what it does, or a group's title."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    paint_focus,
    paint_ground,
)
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.tokens import HUES, Tokens
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.roles import OperationRole, RowKind

_ROLES = tuple(
    int(role)
    for role in (
        OperationRole.KIND,
        OperationRole.METHOD,
        OperationRole.TITLE,
        OperationRole.REMARK,
        OperationRole.COUNT,
        OperationRole.OPEN,
    )
)
_HUES = {"GET": "teal", "POST": "green", "PUT": "amber", "PATCH": "amber", "DELETE": "red"}


def method_colour(method: str, tokens: Tokens) -> str:
    """A request's colour by what it does; an event is no request and has another."""
    return tokens.tags[HUES.index(_HUES.get(method, "violet"))].text


def row_height() -> int:
    type_ = current_theme().type
    return max(type_.px(32), type_.line() + 4)


class OperationDelegate(RowDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(current_theme().type.px(120), row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if index.data(int(OperationRole.KIND)) != RowKind.HEADER:
            paint_ground(painter, option, text_start=None)
        self.picture(option, index).play(painter, option.rect.topLeft())
        paint_focus(painter, option)

    def picture(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> Picture:
        values = tuple(map(index.data, _ROLES))

        def compose(picture: Picture) -> None:
            kind, method, title, remark, count, opened = values
            if kind == RowKind.HEADER:
                _compose_title(picture, str(title), str(count), opened=bool(opened))
            else:
                _compose_entry(picture, str(method), str(title), str(remark or ""))

        return self.composed(option, values, compose)


def _baseline(picture: Picture, size: TextSize) -> float:
    type_ = current_theme().type
    return baseline_in(
        (picture.height - type_.line(size)) / 2, type_.line(size), type_.metrics(size)
    )


def _compose_title(picture: Picture, title: str, count: str, *, opened: bool) -> None:
    theme = current_theme()
    type_, px, tokens = theme.type, theme.type.px, theme.tokens
    side = px(14)
    end = picture.width - px(16) - side
    baseline = _baseline(picture, TextSize.CAPTION)
    number = Run(count, type_.font(TextSize.CAPTION))
    run = Run(title, type_.font(TextSize.CAPTION, SEMIBOLD), end - px(16) - number.width - px(14))
    picture.text(run, px(16), baseline, tokens.muted)
    picture.text(number, px(16) + run.width + px(6), baseline, tokens.muted)
    picture.icon("down" if opened else "right", side, tokens.muted, end, picture.height / 2)
    if run.elided:
        picture.hint(px(16), 0, run.width, picture.height, title)


def _compose_entry(picture: Picture, method: str, title: str, remark: str) -> None:
    theme = current_theme()
    type_, px, tokens = theme.type, theme.type.px, theme.tokens
    end: float = picture.width - px(16)
    verb = Run(method, type_.font(TextSize.CAPTION, SEMIBOLD), px(52))
    picture.text(verb, px(16), _baseline(picture, TextSize.CAPTION), method_colour(method, tokens))
    if remark:
        word = Run(remark, type_.font(TextSize.CAPTION))
        end -= word.width
        picture.text(word, end, _baseline(picture, TextSize.CAPTION), tokens.muted)
        end -= px(8)
    run = Run(title, type_.font(TextSize.BODY, REGULAR), end - px(72))
    picture.text(run, px(72), _baseline(picture, TextSize.BODY), tokens.text)
    if run.elided:
        picture.hint(px(72), 0, run.width, picture.height, title)
