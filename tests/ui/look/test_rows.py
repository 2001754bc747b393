"""Rows: sizes from metrics, what they answer to, and that nothing is cut or drawn outside."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QApplication, QListView, QStyle, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from rapport.ui.delegates.contact_row import ContactRowDelegate
from rapport.ui.delegates.row import RowDelegate, dress_list
from rapport.ui.delegates.sidebar_row import SidebarDelegate
from rapport.ui.delegates.task_row import TaskRowDelegate
from rapport.ui.look.gallery_samples import contacts, places, tasks
from rapport.ui.look.theme import Mode, Theme
from rapport.ui.look.tokens import LIGHT
from rapport.ui.roles import ContactRole, Density, NavRole, TaskRole, say_contact
from rapport.ui.widgets.sidebar import Sidebar

BOTH_WAYS = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)


def _view(
    window: QWidget, delegate: RowDelegate, model: QStandardItemModel, width: int
) -> QListView:
    view = QListView(window)
    dress_list(view, delegate, uniform=False)
    view.setModel(model)
    model.setParent(view)
    view.setGeometry(0, 0, width, 700)
    view.show()
    return view


def _option(view: QListView, row: int) -> QStyleOptionViewItem:
    option = QStyleOptionViewItem()
    option.initFrom(view)
    option.widget = view
    option.rect = view.visualRect(view.model().index(row, 0))
    return option


@pytest.mark.parametrize(("density", "lines", "extra"), [(0, 2, 16), (1, 1, 18)])
@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_row_height_follows_the_font(
    theme: Theme, density: int, lines: int, extra: int, scale: float
) -> None:
    theme.set_text_scale(scale)
    height = ContactRowDelegate(None, Density(density)).row_height()
    assert height == lines * theme.type.line() + theme.type.px(extra)
    if scale == 1.0:
        assert height == (52, 36)[density]


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
@pytest.mark.parametrize("density", list(Density))
@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("width", [300, 380, 520])
def test_nothing_leaves_a_contact_row_and_nothing_overlaps(
    window: QWidget,
    theme: Theme,
    direction: Qt.LayoutDirection,
    density: Density,
    scale: float,
    width: int,
) -> None:
    theme.set_text_scale(scale)
    delegate = ContactRowDelegate(window, density)
    view = _view(window, delegate, contacts(), round(width * scale))
    view.setLayoutDirection(direction)
    view.doItemsLayout()
    for row in range(view.model().rowCount() - 1):
        option = _option(view, row)
        _assert_tidy(delegate, option, view.model().index(row, 0))


@pytest.mark.parametrize("hovered", [False, True])
@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_nothing_leaves_a_task_row_and_nothing_overlaps(
    window: QWidget, theme: Theme, hovered: bool, scale: float
) -> None:
    theme.set_text_scale(scale)
    delegate = TaskRowDelegate(window)
    view = _view(window, delegate, tasks(), round(640 * scale))
    for row in range(view.model().rowCount()):
        option = _option(view, row)
        if hovered:
            option.state |= QStyle.StateFlag.State_MouseOver
        _assert_tidy(delegate, option, view.model().index(row, 0))


def _assert_tidy(delegate: RowDelegate, option: QStyleOptionViewItem, index: QModelIndex) -> None:
    picture = delegate.picture(option, index)
    spots: list[QRect] = []
    for run, x, baseline, _ in picture.texts:
        if run.width:
            metrics_top = baseline - 0.75 * run.ascent
            spots.append(QRect(round(x), round(metrics_top), int(run.width), int(run.ascent * 0.7)))
    for place, image in picture.pixmaps:
        ratio = image.devicePixelRatioF()
        size = (round(image.width() / ratio), round(image.height() / ratio))
        spots.append(QRect(round(place.x()), round(place.y()), *size))
    row = QRect(0, 0, picture.width, picture.height)
    for spot in spots:
        assert row.contains(spot), (spot, row)
    for one, spot in enumerate(spots):
        for other in spots[one + 1 :]:
            assert not spot.intersects(other), (spot, other)


def test_a_long_name_gives_way_and_says_itself_in_full(window: QWidget) -> None:
    delegate = ContactRowDelegate(window)
    view = _view(window, delegate, contacts(), 300)
    picture = delegate.picture(_option(view, 10), view.model().index(10, 0))
    assert "Maximiliane von Hohenstein-Ehrenberg" in [words for _, words in picture.hints]


def test_state_icons_explain_themselves(window: QWidget) -> None:
    delegate = ContactRowDelegate(window)
    view = _view(window, delegate, contacts(), 380)
    picture = delegate.picture(_option(view, 1), view.model().index(1, 0))
    assert "waiting to be sent" in [words for _, words in picture.hints]


def test_a_picture_is_kept_until_the_theme_changes(window: QWidget, theme: Theme) -> None:
    delegate = ContactRowDelegate(window)
    view = _view(window, delegate, contacts(), 380)
    index = view.model().index(0, 0)
    first = delegate.picture(_option(view, 0), index)
    assert delegate.picture(_option(view, 0), index) is first
    theme.set_mode(Mode.DARK)
    assert delegate.picture(_option(view, 0), index) is not first


def test_a_changed_role_changes_the_row(window: QWidget) -> None:
    delegate = ContactRowDelegate(window)
    model = contacts()
    view = _view(window, delegate, model, 380)
    before = view.grab().toImage()
    model.item(0).setData(True, int(ContactRole.PENDING))
    assert view.grab().toImage() != before


def test_rows_mirror(window: QWidget) -> None:
    delegate = ContactRowDelegate(window)
    view = _view(window, delegate, contacts(), 380)
    index = view.model().index(0, 0)
    straight = delegate.picture(_option(view, 0), index)
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    turned = delegate.picture(_option(view, 0), index)
    for (run, x, _, _), (_, turned_x, _, _) in zip(straight.texts, turned.texts, strict=True):
        assert turned_x == pytest.approx(straight.width - x - run.width)


def _spot(view: QListView, delegate: TaskRowDelegate, row: int) -> QPoint:
    area = QRectF(view.visualRect(view.model().index(row, 0)))
    flipped = view.layoutDirection() == Qt.LayoutDirection.RightToLeft
    return delegate.circle_rect(area, right_to_left=flipped).center().toPoint()


@pytest.mark.parametrize(
    "direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft]
)
def test_a_click_on_the_circle_means_that_task(
    qtbot: QtBot, window: QWidget, direction: Qt.LayoutDirection
) -> None:
    delegate = TaskRowDelegate(window)
    view = _view(window, delegate, tasks(), 640)
    view.setLayoutDirection(direction)
    clicked: list[str] = []
    delegate.circle_clicked.connect(lambda index: clicked.append(index.data(int(TaskRole.ID))))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=_spot(view, delegate, 1))
    assert clicked == ["task-0"]
    qtbot.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=view.visualRect(view.model().index(2, 0)).center() - QPoint(150, 0),
    )
    assert clicked == ["task-0"]


def test_a_press_that_slides_off_the_circle_means_nothing(qtbot: QtBot, window: QWidget) -> None:
    delegate = TaskRowDelegate(window)
    view = _view(window, delegate, tasks(), 640)
    clicked: list[object] = []
    delegate.circle_clicked.connect(clicked.append)
    start = _spot(view, delegate, 1)
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(200, 0))
    assert not clicked


def test_the_moon_on_the_hovered_row_asks_for_a_snooze(qtbot: QtBot, window: QWidget) -> None:
    delegate = TaskRowDelegate(window)
    view = _view(window, delegate, tasks(), 640)
    option = _option(view, 1)
    option.state |= QStyle.StateFlag.State_MouseOver
    hints = {
        words: area for area, words in delegate.picture(option, view.model().index(1, 0)).hints
    }
    moon = next(area for words, area in hints.items() if words.startswith("Snooze"))
    spot = moon.center().toPoint() + option.rect.topLeft()
    with qtbot.waitSignal(delegate.snooze_clicked) as asked:
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert asked.args[0].row() == 1


def test_the_sidebar_walks_over_its_titles(qtbot: QtBot, window: QWidget) -> None:
    sidebar = Sidebar(window)
    model = places()
    sidebar.setModel(model)
    sidebar.setGeometry(0, 0, 220, 600)
    sidebar.show()
    sidebar.go_to("Activity")
    sidebar.setFocus()
    opened: list[str] = []
    sidebar.opened.connect(opened.append)
    qtbot.keyClick(sidebar, Qt.Key.Key_Down)
    assert opened == ["VIP, no next task"]
    qtbot.keyClick(sidebar, Qt.Key.Key_Up)
    assert sidebar.currentIndex().data(int(NavRole.ID)) == "Activity"
    assert sidebar.width() == 220
    sidebar.set_rail(True)
    assert sidebar.width() == 56


def test_the_plus_of_a_section_says_which(qtbot: QtBot, window: QWidget) -> None:
    sidebar = Sidebar(window)
    model = places()
    sidebar.setModel(model)
    sidebar.setGeometry(0, 0, 220, 600)
    sidebar.show()
    option = _option(sidebar, 5)
    delegate = sidebar.itemDelegate()
    assert isinstance(delegate, SidebarDelegate)
    with qtbot.waitSignal(sidebar.add_clicked) as asked:
        qtbot.mouseClick(
            sidebar.viewport(),
            Qt.MouseButton.LeftButton,
            pos=delegate.plus_rect(option).center().toPoint(),
        )
    assert asked.args == ["Smart lists"]


def test_a_row_is_spoken_whole() -> None:
    said = say_contact("Ana", "Fjord", ("vip", "lead"), "Today 15:00", pending=True, dnd=True)
    for part in ("Ana", "Fjord", "vip", "lead", "Today 15:00", "waiting", "do not disturb"):
        assert part in said


def test_the_ring_of_a_row_is_the_keyboards(qtbot: QtBot, window: QWidget) -> None:
    view = _view(window, ContactRowDelegate(window), contacts(), 380)
    view.setCurrentIndex(view.model().index(0, 0))
    view.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    accent = LIGHT.accent_text.lower()

    def ring() -> bool:
        area = view.visualRect(view.currentIndex())
        spot = QPoint(area.center().x(), area.top())
        return view.viewport().grab().toImage().pixelColor(spot).name() == accent

    assert ring()
    spot = view.visualRect(view.model().index(2, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert view.currentIndex().row() == 2
    assert not ring()
