"""An agency's locations: search, tick, open; and every state on the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListView, QWidget

from rapport.domain.errors import NetworkError, SignInError
from rapport.domain.settings import InstalledLocation, InstalledPage

NAMES = ("Lumen Solar", "Harbour Dental", "Kestrel Homes", "Café Ångström")
PLACES = tuple(
    InstalledLocation(id=f"loc-{n}", name=name, address="Quay Street" if n == 2 else "")
    for n, name in enumerate(NAMES)
)


class Crm:
    """Serves pages, fails, or does not answer, as the test wants it."""

    def __init__(self) -> None:
        self.pages = [InstalledPage(locations=PLACES)]
        self.error: NetworkError | None = None
        self.open = asyncio.Event()
        self.open.set()
        self.asked: list[int] = []

    async def load(self, skip: int) -> InstalledPage:
        self.asked.append(skip)
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return self.pages.pop(0) if len(self.pages) > 1 else self.pages[0]


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
async def choosing(page: Any, gateway: Any, crm: Crm, until: Any) -> Any:
    """``await choosing()`` begins a choice; what is chosen is the task's result."""
    tasks: list[asyncio.Task[Any]] = []

    async def begin(trouble: Any = None) -> asyncio.Task[Any]:
        if not gateway.endings:
            page.explore()
            await until(lambda: gateway.endings)
        choice = gateway.observer.choose_locations(crm.load, trouble)
        tasks.append(asyncio.ensure_future(choice))
        await until(lambda: page._pages.current is page._locations)
        return tasks[-1]

    yield begin
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def press(key: Qt.Key) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key)


def texts(page: QWidget) -> str:
    return "\n".join(one.text() for one in page.findChildren(QLabel) if one.isVisible())


async def test_the_keyboard_is_enough(choosing: Any, see: Any, until: Any) -> None:
    choice = await choosing()
    await until(lambda: see("locations"))
    assert not see("locations-open").isEnabled()
    assert QApplication.focusWidget() is see("locations-search")
    QTest.keyClicks(QApplication.focusWidget(), "angstrom")  # blind to accents
    await until(lambda: see("locations").model().rowCount() == 1)
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Up)
    assert QApplication.focusWidget() is see("locations-search")
    see("locations-search").clear()
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Home)
    press(Qt.Key.Key_Space)
    assert see("locations-open").text() == "Open 2 locations"
    see("locations-open").setFocus()
    press(Qt.Key.Key_Space)
    assert [one.name for one in await choice] == ["Lumen Solar", "Café Ångström"]


async def test_a_click_anywhere_in_a_row_ticks_it_once(choosing: Any, see: Any, until: Any) -> None:
    choice = await choosing()
    await until(lambda: see("locations"))
    view: QListView = see("locations")
    row = view.visualRect(view.model().index(2, 0))
    for spot in (row.center(), QPoint(row.left() + 20, row.center().y()), row.center()):
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert see("locations-open").isEnabled()
    see("locations-open").click()
    assert [one.id for one in await choice] == ["loc-2"]


async def test_all_that_the_search_shows(choosing: Any, see: Any, until: Any, page: Any) -> None:
    await choosing()
    await until(lambda: see("locations"))
    see("locations-search").setText("ar")
    see("locations-all").click()
    assert "2 of 4 chosen" in texts(page)
    assert see("locations-all").text() == "Choose none"
    see("locations-search").clear()
    see("locations-all").click()
    assert "4 of 4 chosen" in texts(page)
    see("locations-search").setText("quay")  # the address counts, too
    see("locations-all").click()
    assert "3 of 4 chosen" in texts(page)
    see("locations-search").setText("nothing like it")
    await until(lambda: "No location matches." in texts(page))
    assert not see("locations-all").isEnabled()


async def test_a_long_list_comes_page_by_page(
    choosing: Any, crm: Crm, until: Any, page: Any
) -> None:
    crm.pages = [
        InstalledPage(locations=PLACES[:2], more=True),
        InstalledPage(locations=PLACES[1:3], more=True),  # one was installed meanwhile
        InstalledPage(locations=PLACES[3:]),
    ]
    await choosing()
    await until(lambda: "0 of 4 chosen" in texts(page))
    assert crm.asked == [0, 2, 4]


async def test_loading_failing_and_empty(
    choosing: Any, crm: Crm, see: Any, until: Any, page: Any
) -> None:
    crm.open.clear()
    await choosing()
    await until(lambda: page._locations._skeleton.is_drawn())
    crm.error = NetworkError("The CRM cannot be reached.", "Check the connection.")
    crm.open.set()
    await until(lambda: see("locations-again"))
    assert "The CRM cannot be reached." in texts(page)
    crm.error = None
    crm.pages = [InstalledPage(locations=())]
    see("locations-again").click()
    await until(lambda: "installed in none" in texts(page))
    crm.pages = [InstalledPage(locations=PLACES)]
    page._locations._none.button.click()
    await until(lambda: see("locations"))


async def test_a_choice_that_cannot_be_opened_stays(
    choosing: Any, see: Any, until: Any, page: Any
) -> None:
    choice = await choosing()
    await until(lambda: see("locations"))
    see("locations-all").click()
    see("locations-open").click()
    await choice
    await until(lambda: "Opening 4 locations" in texts(page))
    said = "“<b>Kestrel</b>” cannot be opened."
    again = await choosing(SignInError(said, "It is not active.", reason="failed"))
    assert f"{said} It is not active." in texts(page)
    assert see("locations-trouble").textFormat() is Qt.TextFormat.PlainText
    assert "4 of 4 chosen" in texts(page)
    see("locations-all").click()
    see("locations-all").click()
    see("locations-open").click()
    assert len(await again) == 4


async def test_escape_and_cancel_end_the_sign_in(
    choosing: Any, gateway: Any, see: Any, until: Any
) -> None:
    await choosing()
    await until(lambda: see("locations"))
    see("locations-search").setText("x")
    press(Qt.Key.Key_Escape)  # the search first
    assert see("locations-search").text() == ""
    assert not gateway.endings[0].done()
    press(Qt.Key.Key_Escape)
    await until(lambda: gateway.endings[0].cancelled())
    await until(lambda: see("choose-sandbox"))


async def test_what_is_chosen_beforehand(
    page: Any, gateway: Any, account: Any, crm: Crm, until: Any, see: Any
) -> None:
    """An agency's account that is signed in again."""
    crm.pages = [InstalledPage(locations=(*PLACES, InstalledLocation(id="loc", name="Mine")))]
    page.reconnect(account)
    await until(lambda: gateway.endings)
    choice = asyncio.ensure_future(gateway.observer.choose_locations(crm.load, None))
    await until(lambda: "1 of 5 chosen" in texts(page))
    see("locations-open").click()
    assert [one.name for one in await choice] == ["Mine"]


async def test_every_part_has_a_name_and_every_row_says_whether_it_is_chosen(
    choosing: Any, see: Any, until: Any, page: Any
) -> None:
    await choosing()
    await until(lambda: see("locations"))
    for widget in page._locations.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            spoken = QAccessible.queryAccessibleInterface(widget)
            assert spoken.text(QAccessible.Text.Name).strip(), widget.objectName()
    see("locations-all").click()
    rows = QAccessible.queryAccessibleInterface(see("locations"))
    first = rows.child(2)
    assert first.text(QAccessible.Text.Name) == "Kestrel Homes, Quay Street"
    assert first.state().checkable
    assert first.state().checked
