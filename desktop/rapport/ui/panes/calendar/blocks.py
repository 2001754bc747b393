"""How an entry is drawn: a block among the hours, or a line in a day of the month."""

from __future__ import annotations

from datetime import tzinfo
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from rapport.language import tr
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import focus_ring, mirrored, rounded, task_circle, transparent
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.tokens import Tokens
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.calendar.entries import Entry
from rapport.ui.wording import clock_time

_PICTURES = 1000


class Colours(NamedTuple):
    """Of an entry, by its state: the edge, the ground, and its words."""

    edge: str
    ground: str
    words: str


def colours_of(entry: Entry, tokens: Tokens) -> Colours:
    if entry.off or (entry.is_task and entry.done):
        return Colours(tokens.control_border, tokens.tint, tokens.muted)
    if entry.troubled or entry.status == "noshow":
        return Colours(tokens.warning, tokens.warning_tint, tokens.text)
    if entry.overdue:
        return Colours(tokens.danger, tokens.danger_tint, tokens.text)
    if entry.is_task:
        return Colours(tokens.control_border, tokens.surface, tokens.text)
    if entry.status == "showed":
        return Colours(tokens.success, tokens.success_tint, tokens.text)
    if entry.status == "new":
        return Colours(tokens.accent_text, tokens.surface, tokens.text)
    return Colours(tokens.accent_text, tokens.selection, tokens.text)


def forget_pictures() -> None:
    """The theme has changed its colours or its fonts."""
    _picture.cache_clear()


def title_of(entry: Entry) -> str:
    return entry.title or entry.contact or tr("Without a title")


def _state_icon(entry: Entry, tokens: Tokens) -> tuple[str, str] | None:
    if entry.troubled:
        return "alert", tokens.warning
    if entry.pending:
        return "clock", tokens.muted
    if entry.status == "showed":
        return "check", tokens.success
    return None


def _ground(painter: QPainter, rect: QRectF, entry: Entry, colours: Colours, flipped: bool) -> None:
    theme = current_theme()
    px, tokens = theme.type.px, theme.tokens
    outlined = entry.is_task or entry.status == "new" or tokens.high_contrast
    border = (colours.edge if tokens.high_contrast else tokens.divider) if outlined else None
    rounded(painter, rect, px(5), fill=colours.ground, border=border)
    if not entry.is_task:
        bar = QRectF(rect.left(), rect.top(), px(3), rect.height())
        painter.save()
        painter.setClipRect(mirrored(bar, rect, flipped))
        rounded(painter, rect, px(5), fill=colours.edge)
        painter.restore()


def paint_entry(
    painter: QPainter,
    rect: QRectF,
    entry: Entry,
    zone: tzinfo,
    *,
    line: bool,
    flipped: bool = False,
    focused: bool = False,
    chosen: bool = False,
) -> None:
    """A block of any height, or one ``line`` with the time before the title."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    place = rect.toRect()
    size = place.width(), place.height()
    if min(size) <= 0:
        return
    painter.drawPixmap(place.topLeft(), _picture(entry, zone, size, line, flipped, ratio))
    if focused or chosen:
        _mark(painter, QRectF(place), current_theme().type.px(5), focused)


@lru_cache(maxsize=_PICTURES)
def _picture(
    entry: Entry, zone: tzinfo, size: tuple[int, int], line: bool, flipped: bool, ratio: float
) -> QPixmap:
    """A week with hundreds of entries is painted at every step of a drag."""
    result = transparent(*size, ratio)
    painter = QPainter(result)
    draw = _draw_line if line else _draw_block
    draw(painter, QRectF(0, 0, *size), entry, zone, flipped)
    painter.end()
    return result


def _draw_block(painter: QPainter, rect: QRectF, entry: Entry, zone: tzinfo, flipped: bool) -> None:
    """On one line where it is low, else the time and the contact below."""
    theme = current_theme()
    tokens, type_ = theme.tokens, theme.type
    px, colours = type_.px, colours_of(entry, tokens)
    _ground(painter, rect, entry, colours, flipped)
    painter.save()
    painter.setClipRect(rect)
    line = type_.line(TextSize.CAPTION)
    low = rect.height() < 2 * line + px(6)
    left = rect.left() + px(6 if entry.is_task else 8)
    right = rect.right() - px(4)
    top = rect.top() + (max(0.0, (rect.height() - line) / 2) if low else px(3))
    if entry.is_task:
        side = px(11)
        spot = QRectF(left, top + (line - side) / 2, side, side)
        task_circle(painter, mirrored(spot, rect, flipped), done=entry.done, overdue=entry.overdue)
        left += side + px(4)
    state = _state_icon(entry, tokens)
    if state is not None and right - left > px(40):
        side = px(12)
        spot = QRectF(right - side, top + (line - side) / 2, side, side)
        draw_icon(painter, state[0], mirrored(spot, rect, flipped), state[1])
        right -= side + px(2)
    struck = entry.off or (entry.is_task and entry.done)
    strong = type_.struck(TextSize.CAPTION) if struck else type_.font(TextSize.CAPTION, SEMIBOLD)
    title = Run(title_of(entry), strong, int(right - left))
    _draw(painter, title, left, top, line, rect, colours.words, flipped)
    plain = type_.font(TextSize.CAPTION)
    at = clock_time(entry.start, zone)
    if low:
        rest = int(right - left - title.width - px(6))
        if rest > px(30) and not title.elided and not entry.untimed:
            time = Run(at, plain, rest)
            x = left + title.width + px(6)
            _draw(painter, time, x, top, line, rect, tokens.muted, flipped)
    else:
        room = rect.right() - px(4) - left
        whole = at if entry.is_task else f"{at}–{clock_time(entry.end, zone)}"
        fits = type_.metrics(TextSize.CAPTION).horizontalAdvance(whole) <= room
        below = [whole if fits else at, entry.contact if entry.title else ""]
        for words in filter(None, below):
            top += line
            if top + line > rect.bottom() + px(2):
                break
            run = Run(words, plain, int(room))
            _draw(painter, run, left, top, line, rect, tokens.muted, flipped)
    painter.restore()


def _mark(painter: QPainter, rect: QRectF, radius: float, focused: bool) -> None:
    if focused:
        focus_ring(painter, rect, radius)
    else:
        rounded(painter, rect, radius, border=current_theme().tokens.accent_text, width=1.0)


def _draw(
    painter: QPainter,
    run: Run,
    left: float,
    top: float,
    line: float,
    bounds: QRectF,
    colour: str,
    flipped: bool,
) -> None:
    place = mirrored(QRectF(left, top, run.width, line), bounds, flipped)
    painter.setPen(QColor(colour))
    metrics = current_theme().type.metrics(TextSize.CAPTION)
    run.draw(painter, place.left(), baseline_in(top, line, metrics))


def _draw_line(painter: QPainter, rect: QRectF, entry: Entry, zone: tzinfo, flipped: bool) -> None:
    theme = current_theme()
    tokens, type_ = theme.tokens, theme.type
    px, colours = type_.px, colours_of(entry, tokens)
    _ground(painter, rect, entry, colours, flipped)
    line = rect.height()
    left, right = rect.left() + px(7), rect.right() - px(4)
    if entry.is_task:
        side = px(10)
        spot = QRectF(left - px(2), rect.top() + (line - side) / 2, side, side)
        task_circle(painter, mirrored(spot, rect, flipped), done=entry.done, overdue=entry.overdue)
        left += side + px(2)
    state = _state_icon(entry, tokens)
    if state is not None and right - left > px(70):
        side = px(11)
        spot = QRectF(right - side, rect.top() + (line - side) / 2, side, side)
        draw_icon(painter, state[0], mirrored(spot, rect, flipped), state[1])
        right -= side + px(2)
    plain = type_.font(TextSize.CAPTION)
    if not entry.untimed and right - left > px(64):
        time = Run(clock_time(entry.start, zone), plain, int(right - left))
        _draw(painter, time, left, rect.top(), line, rect, tokens.muted, flipped)
        left += time.width + px(4)
    struck = entry.off or (entry.is_task and entry.done)
    font = type_.struck(TextSize.CAPTION) if struck else plain
    title = Run(title_of(entry), font, int(right - left))
    _draw(painter, title, left, rect.top(), line, rect, colours.words, flipped)


def paint_ghost(painter: QPainter, rect: QRectF, words: str, flipped: bool) -> None:
    """Where what is being moved would stand."""
    theme = current_theme()
    tokens, type_ = theme.tokens, theme.type
    ground = QColor(tokens.selection)
    ground.setAlphaF(0.85)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(ground)
    pen = QPen(QColor(tokens.accent_text), 1.5, Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), type_.px(5), type_.px(5))
    painter.setClipRect(rect)
    line = min(rect.height(), type_.line(TextSize.CAPTION))
    font = type_.font(TextSize.CAPTION, SEMIBOLD)
    run = Run(words, font, int(rect.width() - type_.px(14)))
    top = rect.top() + min(type_.px(3), (rect.height() - line) / 2)
    _draw(painter, run, rect.left() + type_.px(8), top, line, rect, tokens.accent_text, flipped)
    painter.restore()
