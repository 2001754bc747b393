"""The row of the audit log: icon, what was done and when, to which record and by whom."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from rapport.language import tr
from rapport.ui import roles
from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    body_baseline,
    is_mirrored,
    paint_focus,
    paint_ground,
)
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.roles import AuditRole, RowKind

TEXT_START = 44
_KIND = int(AuditRole.KIND)
_LOADED = int(AuditRole.LOADED)
_ROLES = tuple(
    int(role)
    for role in (
        AuditRole.TITLE,
        AuditRole.RECORD,
        AuditRole.WHO,
        AuditRole.TIME,
        AuditRole.ICON,
        AuditRole.PENDING,
        AuditRole.REFUSED,
    )
)


def audit_row_height() -> int:
    type_ = current_theme().type
    return 2 * type_.line() + type_.px(14)


class AuditRowDelegate(RowDelegate):
    """Paints an entry or a day from :class:`~rapport.ui.roles.AuditRole` alone."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(current_theme().type.px(240), audit_row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if index.data(_KIND) == RowKind.HEADER:
            self.picture(option, index).play(painter, option.rect.topLeft())
            return
        paint_ground(painter, option, text_start=current_theme().type.px(TEXT_START))
        if index.data(_LOADED):
            self.picture(option, index).play(painter, option.rect.topLeft())
        else:
            _paint_waiting(painter, option)
        paint_focus(painter, option)

    def picture(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> Picture:
        header = index.data(_KIND) == RowKind.HEADER
        values = tuple(map(index.data, _ROLES[:1] if header else _ROLES))

        def compose(picture: Picture) -> None:
            if header:
                _compose_day(picture, str(values[0] or ""))
            else:
                _compose(picture, values)

        return self.composed(option, (header, values), compose)


def _compose_day(picture: Picture, title: str) -> None:
    theme = current_theme()
    px, type_ = theme.type.px, theme.type
    line = type_.line(TextSize.CAPTION)
    run = Run(title, type_.font(TextSize.CAPTION, SEMIBOLD), picture.width - px(24))
    top = picture.height - line - px(6)
    baseline = baseline_in(top, line, type_.metrics(TextSize.CAPTION, SEMIBOLD))
    picture.text(run, px(12), baseline, theme.tokens.muted)


def _compose(picture: Picture, values: tuple[object, ...]) -> None:
    title, record, who, time, icon, pending, refused = values
    theme = current_theme()
    px, type_, tokens = theme.type.px, theme.type, theme.tokens
    line, top, start = type_.line(), px(7), px(TEXT_START)
    end = picture.width - px(14)
    picture.icon(str(icon), px(16), tokens.muted, px(14), top + line / 2)
    clock = Run(str(time or ""), type_.font(TextSize.CAPTION))
    caption = baseline_in(top, line, type_.metrics(TextSize.CAPTION))
    picture.text(clock, end - clock.width, caption, tokens.muted)
    x = end - clock.width - px(8)
    for shown, name, ink, words in (
        (refused, "alert", tokens.danger, tr("refused by the CRM")),
        (pending, "clock", tokens.muted, roles.waiting_words()),
    ):
        if shown:
            x -= px(14)
            picture.icon(name, px(14), ink, x, top + line / 2)
            picture.hint(x - px(2), top, px(18), line, words)
            x -= px(6)
    run = Run(str(title or ""), type_.font(TextSize.BODY, SEMIBOLD), max(px(40), x - start))
    picture.text(run, start, body_baseline(top), tokens.text)
    if run.elided:
        picture.hint(start, top, run.width, line, str(title))
    below = top + line
    person = Run(str(who or ""), type_.font(TextSize.CAPTION), picture.width * 0.45)
    caption = baseline_in(below, line, type_.metrics(TextSize.CAPTION))
    picture.text(person, end - person.width, caption, tokens.muted)
    room = max(px(40), end - person.width - px(12) - start)
    about = Run(str(record or ""), type_.font(), room)
    picture.text(about, start, body_baseline(below), tokens.muted)
    if about.elided:
        picture.hint(start, below, about.width, line, str(record))


def _paint_waiting(painter: QPainter, option: QStyleOptionViewItem) -> None:
    theme = current_theme()
    px, row, flipped = theme.type.px, QRectF(option.rect), is_mirrored(option)
    line = theme.type.line()
    for number, part in enumerate((0.4, 0.6)):
        top = row.top() + px(7) + number * line + (line - px(8)) / 2
        bar = QRectF(row.left() + px(TEXT_START), top, (row.width() - px(80)) * part, px(8))
        rounded(painter, mirrored(bar, row, flipped), px(4), fill=theme.tokens.tint)
