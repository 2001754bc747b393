"""The row of the sync ledger and of the inbox: who it is about, when, and what is the matter."""

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
from rapport.ui.look.avatars import avatar_pixmap
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.roles import EntryRole, RowKind

_TEXT_START = 56
_KIND = int(EntryRole.KIND)
_ROLES = tuple(
    int(role)
    for role in (
        EntryRole.SEED_ID,
        EntryRole.NAME,
        EntryRole.TIME,
        EntryRole.ICON,
        EntryRole.ICON_COLOUR,
        EntryRole.TEXT,
        EntryRole.COUNT,
    )
)


def row_height() -> int:
    """Of a row that is no header, in pixels."""
    type_ = current_theme().type
    return 2 * type_.line() + type_.px(24)


class EntryRowDelegate(RowDelegate):
    """Paints :class:`~rapport.ui.roles.EntryRole`."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        px = current_theme().type.px
        header = index.data(_KIND) == RowKind.HEADER
        return QSize(px(200), px(32) if header else row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if index.data(_KIND) != RowKind.HEADER:
            paint_ground(painter, option, text_start=current_theme().type.px(_TEXT_START))
        self.picture(option, index).play(painter, option.rect.topLeft())
        if index.data(_KIND) != RowKind.HEADER:
            paint_focus(painter, option)

    def picture(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> Picture:
        header = index.data(_KIND) == RowKind.HEADER
        values = tuple(str(index.data(role) or "") for role in _ROLES)
        compose = _compose_header if header else _compose
        return self.composed(option, (header, values), lambda picture: compose(picture, values))


def _compose_header(picture: Picture, values: tuple[str, ...]) -> None:
    theme = current_theme()
    type_, px = theme.type, theme.type.px
    line = type_.line(TextSize.CAPTION)
    top = picture.height - line - px(6)
    title = Run(values[1], type_.font(TextSize.CAPTION, SEMIBOLD))
    bold = type_.metrics(TextSize.CAPTION, SEMIBOLD)
    picture.text(title, px(12), baseline_in(top, line, bold), theme.tokens.muted)
    number = Run(values[6], type_.font(TextSize.CAPTION))
    baseline = baseline_in(top, line, type_.metrics(TextSize.CAPTION))
    picture.text(number, px(12) + title.width + px(6), baseline, theme.tokens.muted)


def _compose(picture: Picture, values: tuple[str, ...]) -> None:
    seed, name, time, icon, colour, text, _ = values
    theme = current_theme()
    type_, px, tokens = theme.type, theme.type.px, theme.tokens
    start, end, line = px(_TEXT_START), picture.width - px(16), type_.line()
    image = avatar_pixmap(seed, name, 32, picture.ratio)
    picture.image(image, px(12), (picture.height - px(32)) / 2)
    top = (picture.height - 2 * line) / 2
    when = Run(time, type_.font(TextSize.CAPTION))
    small = type_.metrics(TextSize.CAPTION)
    picture.text(when, end - when.width, baseline_in(top, line, small), tokens.muted)
    who = Run(name, type_.font(TextSize.BODY, SEMIBOLD), end - start - when.width - px(8))
    bold = type_.metrics(TextSize.BODY, SEMIBOLD)
    picture.text(who, start, baseline_in(top, line, bold), tokens.text)
    if who.elided:
        picture.hint(start, top, who.width, line, name)
    middle = top + line + line / 2
    picture.icon(icon, px(14), getattr(tokens, colour or "muted"), start, middle)
    what = Run(text, type_.font(TextSize.BODY, REGULAR), end - start - px(20))
    picture.text(what, start + px(20), baseline_in(top + line, line, type_.metrics()), tokens.muted)
    if what.elided:
        picture.hint(start, top + line, end - start, line, text)
