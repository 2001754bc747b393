"""Shapes that several widgets and delegates draw alike."""

from __future__ import annotations

from functools import lru_cache
from math import floor

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.tokens import Pair, Tokens
from rapport.ui.look.type import TextSize, Type
from rapport.ui.roles import DueState

POPUP_RINGS = 10
DIALOG_RINGS = 16


def mirrored(rect: QRectF, bounds: QRectF, right_to_left: bool) -> QRectF:
    """Return ``rect``, laid out left to right in ``bounds``, for the direction of the interface."""
    if not right_to_left:
        return rect
    return QRectF(
        bounds.left() + bounds.right() - rect.right(), rect.top(), rect.width(), rect.height()
    )


def rounded(
    painter: QPainter,
    rect: QRectF,
    radius: float,
    *,
    fill: str | None = None,
    border: str | None = None,
    width: float = 1.0,
) -> None:
    """Draw a rounded rectangle whose border lies inside ``rect``."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QBrush(QColor(fill)) if fill else QBrush(Qt.BrushStyle.NoBrush))
    if border:
        painter.setPen(QPen(QColor(border), width))
        half = width / 2
        rect = rect.adjusted(half, half, -half, -half)
        radius = max(0.0, radius - half)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(rect, radius, radius)
    painter.restore()


def focus_ring(painter: QPainter, rect: QRectF, radius: float) -> None:
    """Draw the ring of keyboard focus along the inside of ``rect``."""
    tokens = current_theme().tokens
    rounded(painter, rect, radius, border=tokens.accent_text, width=float(tokens.ring))


def hairline(painter: QPainter, rect: QRect | QRectF, colour: str | QColor) -> None:
    """Draw a line that is 1 logical pixel wide or high. On a screen at 150 % that would be one and
    a half: drawn as such, each line comes out as one or as two, by where it happens to lie."""
    whole = painter.deviceTransform()
    device = painter.device()
    thick = max(1, int(device.devicePixelRatioF())) if device is not None else 1
    area = whole.mapRect(QRectF(rect))
    level = area.width() >= area.height()
    # As Qt rounds where a widget begins: one device pixel before that would be cut off.
    left, top = floor(area.left() + 0.5), floor(area.top() + 0.5)
    width = floor(area.right() + 0.5) - left if level else thick
    height = thick if level else floor(area.bottom() + 0.5) - top
    back, _ = whole.inverted()
    painter.fillRect(back.mapRect(QRectF(left, top, width, height)), QColor(colour))


def depth_rings(painter: QPainter, rect: QRectF, radius: float, *, dialog: bool = False) -> None:
    """Draw the soft depth around a pop-up: concentric rounded rectangles, no blur."""
    tokens = current_theme().tokens
    rings, shift = (DIALOG_RINGS, 5) if dialog else (POPUP_RINGS, 3)
    colour = QColor(tokens.depth)
    colour.setAlphaF(tokens.dialog_depth_alpha if dialog else tokens.popup_depth_alpha)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for ring in range(1, rings + 1):
        grown = rect.adjusted(-ring, -ring, ring, ring).translated(0, shift)
        painter.drawRoundedRect(grown, radius + ring, radius + ring)
    painter.restore()


def depth_margin(*, dialog: bool = False) -> int:
    """Return the room in pixels that :func:`depth_rings` needs on every side."""
    return DIALOG_RINGS + 5 if dialog else POPUP_RINGS + 3


def due_colours(state: DueState, tokens: Tokens) -> tuple[str, str]:
    """Return the colours of the dot and of the words of a due date."""
    if state is DueState.OVERDUE:
        return tokens.danger, tokens.danger
    if state is DueState.TODAY:
        return tokens.accent_text, tokens.text
    return tokens.control_border, tokens.muted


@lru_cache(maxsize=64)
def _dot(colour: str, hollow: bool, side: int, ratio: float) -> QPixmap:
    result = transparent(side, side, ratio)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if hollow:
        width = side / 4
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(
            QRectF(0, 0, side, side).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        )
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawEllipse(QRectF(0, 0, side, side))
    painter.end()
    return result


def due_dot(state: DueState, ratio: float) -> QPixmap:
    """Return the dot before a due date: filled when it presses, a ring when it can wait."""
    theme = current_theme()
    colour = due_colours(state, theme.tokens)[0]
    return _dot(colour, state is DueState.FUTURE, theme.type.px(8), ratio)


def hue_dot(colour: str, ratio: float) -> QPixmap:
    """Return the dot of a tag in the sidebar."""
    return _dot(colour, False, current_theme().type.px(8), ratio)


def mark_disc(size: int, ratio: float) -> QPixmap:
    """Return the tick that stands in a marked row instead of its picture."""
    side = current_theme().type.px(size)
    result = transparent(side, side, ratio)
    painter = QPainter(result)
    task_circle(painter, QRectF(0, 0, side, side), done=True)
    painter.end()
    return result


def transparent(width: int, height: int, ratio: float) -> QPixmap:
    """Return an empty pixmap of a logical size."""
    result = QPixmap(max(1, round(width * ratio)), max(1, round(height * ratio)))
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    return result


def chip_width(text: str, padding: int = 6) -> int:
    """Return the width of a tag chip in a list."""
    type_ = current_theme().type
    return int(type_.metrics(TextSize.CAPTION).horizontalAdvance(text)) + 2 * type_.px(padding)


def chip_height() -> int:
    """Return the height of a tag chip in a list: 18 at 100 %."""
    type_ = current_theme().type
    return max(type_.px(18), type_.metrics(TextSize.CAPTION).height() + 2)


@lru_cache(maxsize=1024)
def _chip(
    text: str, colours: Pair, border: str | None, type_: Type, limit: int, ratio: float
) -> QPixmap:
    width, height = min(limit, chip_width(text)), chip_height()
    result = transparent(width, height, ratio)
    painter = QPainter(result)
    rounded(painter, QRectF(0, 0, width, height), type_.px(5), fill=colours.fill, border=border)
    painter.setPen(QColor(colours.text))
    run = Run(text, type_.font(TextSize.CAPTION), width - 2 * type_.px(6) + 1)
    run.draw(
        painter,
        (width - run.width) / 2,
        baseline_in(0, height, type_.metrics(TextSize.CAPTION)),
    )
    painter.end()
    return result


def tag_chip(tag: str, ratio: float, *, selected: bool = False, limit: int = 10_000) -> QPixmap:
    """Return a tag as drawn in lists; on a selected row it stands on the surface colour."""
    theme = current_theme()
    colours = theme.tag(tag)
    if selected:
        colours = Pair(colours.text, theme.tokens.surface)
    border = colours.text if theme.tokens.high_contrast else None
    return _chip(tag, colours, border, theme.type, limit, ratio)


def count_chip(count: int, ratio: float, *, selected: bool = False) -> QPixmap:
    """Return the "+n" chip that stands for the tags there is no room for."""
    theme = current_theme()
    tokens = theme.tokens
    colours = Pair(tokens.muted, tokens.surface if selected else tokens.tint)
    border = tokens.control_border if tokens.high_contrast else None
    return _chip(more_words(count), colours, border, theme.type, 10_000, ratio)


def more_words(count: int) -> str:
    """Return "+n", held left to right in every interface."""
    return f"\u200e+{count}"


def task_circle(
    painter: QPainter, rect: QRectF, *, done: bool, overdue: bool = False, hovered: bool = False
) -> None:
    """Draw the circle that completes a task."""
    tokens = current_theme().tokens
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scale = rect.width() / 18
    if done:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.accent_fill))
        painter.drawEllipse(rect)
        colour = tokens.on_accent
    else:
        width = 1.75 * scale
        border = tokens.danger if overdue else tokens.control_border
        painter.setPen(
            QPen(QColor(tokens.accent_text if hovered and not overdue else border), width)
        )
        painter.drawEllipse(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2))
        colour = border
    if done or hovered:
        _tick(painter, rect, colour)
    painter.restore()


def ticked_box(painter: QPainter, rect: QRectF) -> None:
    """Draw what stands instead of a task's circle while the task is marked: a tick in the circle
    would say that it is done."""
    tokens = current_theme().tokens
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rounded(painter, rect, rect.width() / 4.5, fill=tokens.accent_fill)
    _tick(painter, rect, tokens.on_accent)
    painter.restore()


def _tick(painter: QPainter, rect: QRectF, colour: str) -> None:
    scale = rect.width() / 18
    pen = QPen(QColor(colour), 1.75 * scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    centre = rect.center()
    painter.drawPolyline(
        [
            centre + QPointF(-3.4 * scale, 0.2 * scale),
            centre + QPointF(-1.0 * scale, 2.6 * scale),
            centre + QPointF(3.5 * scale, -2.4 * scale),
        ]
    )


def key_cap_size(text: str) -> tuple[int, int]:
    """Return width and height of a key cap: 18 at 100 %."""
    type_ = current_theme().type
    height = max(type_.px(18), type_.metrics(TextSize.CAPTION).height() + 2)
    width = int(type_.metrics(TextSize.CAPTION).horizontalAdvance(text)) + 2 * type_.px(5)
    return max(height, width), height


def key_cap(painter: QPainter, rect: QRect | QRectF, text: str, *, on_accent: bool = False) -> None:
    """Draw a key, such as ``S`` or ``Ctrl ↵``."""
    theme = current_theme()
    tokens, type_ = theme.tokens, theme.type
    area = QRectF(rect)
    edge = tokens.control_border if tokens.high_contrast else tokens.divider
    border = tokens.on_accent if on_accent else edge
    rounded(
        painter,
        area,
        type_.px(4),
        fill=None if on_accent else tokens.surface,
        border=border,
    )
    painter.save()
    painter.setPen(QColor(tokens.on_accent if on_accent else tokens.muted))
    painter.setFont(type_.font(TextSize.CAPTION))
    run = Run(text, type_.font(TextSize.CAPTION))
    run.draw(
        painter,
        area.center().x() - run.width / 2,
        baseline_in(area.top(), area.height(), type_.metrics(TextSize.CAPTION)),
    )
    painter.restore()
