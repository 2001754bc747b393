"""One theme: live switch, palette, type."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from rapport.ui.look import icons, tokens
from rapport.ui.look.paint import hairline
from rapport.ui.look.theme import Contrast, Mode, Motion, Theme
from rapport.ui.look.type import SEMIBOLD, TextSize, Type, system_scale
from rapport.ui.widgets.labels import Label


def test_a_switch_reaches_palette_and_labels_at_once(qtbot: QtBot, theme: Theme) -> None:
    label = Label("Ana", role="muted")
    qtbot.addWidget(label)
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(Mode.DARK)
    assert theme.tokens is tokens.DARK
    window = QApplication.palette().color(QPalette.ColorRole.Window).name().upper()
    assert window == tokens.DARK.window
    assert label.palette().color(label.foregroundRole()).name().upper() == tokens.DARK.muted
    theme.set_mode(Mode.LIGHT)
    assert label.palette().color(label.foregroundRole()).name().upper() == tokens.LIGHT.muted


def test_one_switch_is_told_once(qtbot: QtBot, theme: Theme) -> None:
    told: list[int] = []
    theme.changed.connect(lambda: told.append(1))
    theme.set_mode(Mode.DARK)
    QApplication.processEvents()
    assert told == [1]


def test_high_contrast_follows_light_and_dark(theme: Theme) -> None:
    theme.set_contrast(Contrast.HIGH)
    assert theme.tokens is tokens.HIGH_CONTRAST_LIGHT
    theme.set_mode(Mode.DARK)
    assert theme.tokens is tokens.HIGH_CONTRAST_DARK


def test_text_scale_reaches_fonts_and_sizes(theme: Theme) -> None:
    assert theme.type.font().pixelSize() == 13
    assert theme.type.line() == 18
    theme.set_text_scale(2.0)
    assert theme.type.font(TextSize.CAPTION).pixelSize() == 22
    assert theme.type.line() >= 36
    assert theme.type.px(10) >= 20
    assert QApplication.font().pixelSize() == 26


def test_digits_are_tabular_and_600_is_not_400(theme: Theme) -> None:
    metrics = theme.type.metrics()
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1
    assert QFontInfo(theme.type.font(TextSize.BODY, SEMIBOLD)).weight() >= 600


def test_a_field_is_as_high_as_designed(qtbot: QtBot) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    assert line.sizeHint().height() == 32


def test_every_icon_draws_in_the_colour_asked_for() -> None:
    assert len(icons.icon_names()) > 60
    for name in icons.icon_names():
        image = icons.pixmap(name, 20, "#C4302B", 1.5).toImage()
        assert image.width() == 30
        inks = {
            image.pixelColor(x, y).name()
            for x in range(30)
            for y in range(30)
            if image.pixelColor(x, y).alpha() == 255
        }
        assert "#c4302b" in inks, name


def test_only_marked_icons_turn_round() -> None:
    for name in icons.icon_names():
        straight = icons.pixmap(name, 20, "#000000", 1.0).toImage()
        turned = icons.pixmap(name, 20, "#000000", 1.0, True).toImage()
        assert (straight != turned) is (name in icons.MIRRORED), name


def test_the_tray_says_how_many() -> None:
    plain = icons.tray_icon(0).pixmap(32).toImage()
    two = icons.tray_icon(2).pixmap(32).toImage()
    many, more = (icons.tray_icon(n).pixmap(32).toImage() for n in (12, 99))
    assert plain != two
    assert two != many
    assert many == more


def test_the_desktops_larger_text_comes_on_top_of_the_choice(theme: Theme) -> None:
    assert [system_scale(pixels) for pixels in (12.0, 13.0, 14.67)] == [1.0, 1.0, 1.0]
    larger = Type(1.5, system_scale(22.0))
    assert larger.chosen == 1.5
    assert larger.scale > 2.2
    assert larger.font().pixelSize() == round(13 * larger.scale)


def test_motion_follows_the_desktop_until_it_is_chosen(theme: Theme) -> None:
    theme.set_motion(Motion.SYSTEM)
    theme.set_desktop_reduces_motion(True)
    assert theme.reduced_motion
    theme.set_motion(Motion.FULL)
    assert not theme.reduced_motion
    theme.set_desktop_reduces_motion(False)
    theme.set_motion(Motion.REDUCED)
    assert theme.reduced_motion


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0])
def test_hairlines_are_alike_wherever_they_lie(ratio: float) -> None:
    image = QImage(round(40 * ratio), round(400 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("#FFFFFF"))
    painter = QPainter(image)
    for y in range(10, 400, 37):
        hairline(painter, QRectF(0, y, 40, 1), "#000000")
    painter.end()
    column = [image.pixelColor(5, y).name() for y in range(image.height())]
    assert set(column) == {"#ffffff", "#000000"}
    widths = {len(part) for part in "".join("x" if c == "#000000" else " " for c in column).split()}
    assert widths == {int(ratio)}
