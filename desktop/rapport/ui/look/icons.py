"""Icons, the application mark and the tray icon.

One family on a 20-px grid, drawn in the colour asked for. Pixmaps are kept per name, size, colour,
device pixel ratio and direction.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPixmap, QTransform
from PySide6.QtSvg import QSvgRenderer

from rapport.ui.look.theme import current_theme
from rapport.ui.look.tokens import ON_BADGE, TRAY_BADGE

MIRRORED = frozenset({"right", "left", "undo", "redo", "ext", "bullets", "send", "reschedule"})

_RATIOS = (1.0, 1.25, 1.5, 1.75, 2.0, 3.0)
_RESOURCES = files("rapport_resources")


@cache
def icon_names() -> frozenset[str]:
    """Return the names of all icons there are."""
    return frozenset(
        entry.name.removesuffix(".svg")
        for entry in (_RESOURCES / "icons").iterdir()
        if entry.name.endswith(".svg")
    )


@cache
def _source(name: str) -> str:
    return (_RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def role_colour(role: str) -> str:
    """Return the colour of a token such as ``muted`` in the present theme."""
    colour = getattr(current_theme().tokens, role)
    if not isinstance(colour, str) or not colour.startswith("#"):
        raise ValueError(f"{role} is not a colour token")
    return colour


def _render(svg: bytes, size: float, ratio: float) -> QPixmap:
    side = max(1, round(size * ratio))
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@lru_cache(maxsize=1024)
def pixmap(name: str, size: int, colour: str, ratio: float, mirrored: bool = False) -> QPixmap:
    """Return icon ``name`` at ``size`` logical pixels; ``mirrored`` concerns :data:`MIRRORED`."""
    if mirrored and name in MIRRORED:
        straight = pixmap(name, size, colour, ratio)
        flipped = straight.transformed(QTransform().scale(-1, 1))
        flipped.setDevicePixelRatio(ratio)
        return flipped
    return _render(_source(name).replace("currentColor", colour).encode(), size, ratio)


def icon(name: str, role: str = "muted", size: int = 16, *, mirrored: bool = False) -> QIcon:
    """Return an icon for menus and actions at ``size`` design pixels.

    It holds the colour of this moment: ask again when the theme has changed.
    """
    result = QIcon()
    side = current_theme().type.px(size)
    for ratio in _RATIOS:
        result.addPixmap(pixmap(name, side, role_colour(role), ratio, mirrored))
        result.addPixmap(
            pixmap(name, side, role_colour("control_border"), ratio, mirrored), QIcon.Mode.Disabled
        )
    return result


def draw_icon(
    painter: QPainter, name: str, rect: QRectF, colour: str, *, mirrored: bool = False
) -> None:
    """Draw icon ``name`` centred in ``rect``, at the height of ``rect``."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    side = round(min(rect.width(), rect.height()))
    centre = rect.center()
    painter.drawPixmap(
        round(centre.x() - side / 2),
        round(centre.y() - side / 2),
        pixmap(name, side, colour, ratio, mirrored),
    )


@cache
def _mark_source() -> bytes:
    return (_RESOURCES / "mark.svg").read_bytes()


@lru_cache(maxsize=32)
def mark_pixmap(size: int, ratio: float = 1.0) -> QPixmap:
    """Return the application mark at ``size`` logical pixels."""
    return _render(_mark_source(), size, ratio)


def mark_icon() -> QIcon:
    """Return the icon of windows and launchers."""
    result = QIcon()
    for side in (16, 22, 24, 32, 48, 64, 128, 256):
        result.addPixmap(mark_pixmap(side))
    return result


def tray_icon(count: int = 0) -> QIcon:
    """Return the mark for the tray, with a badge for ``count`` overdue tasks, "9+" from ten."""
    result = QIcon()
    for side in (16, 22, 24, 32, 48, 64):
        result.addPixmap(_tray_pixmap(side, count) if count > 0 else mark_pixmap(side))
    return result


def _tray_pixmap(side: int, count: int) -> QPixmap:
    result = QPixmap(QSize(side, side))
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = side * 0.12
    QSvgRenderer(QByteArray(_mark_source())).render(
        painter, QRectF(0, inset, side - inset, side - inset)
    )
    words = str(count) if count < 10 else "9+"
    height = side * 0.56
    width = height if len(words) == 1 else height * 1.25
    badge = QRectF(side - width, 0, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    # The tray's ground is not ours: the badge is the same in both themes.
    painter.setBrush(QColor(TRAY_BADGE))
    painter.drawRoundedRect(badge, height / 2, height / 2)
    font = QFont(current_theme().type.families)
    font.setPixelSize(max(7, round(height * 0.78)))
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.setPen(QColor(ON_BADGE))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return result
