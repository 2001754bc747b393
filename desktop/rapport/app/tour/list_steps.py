"""The tour's contact list: a filter built by mouse and keys and typed again, a table, cards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListView, QWidget

from rapport.app.tour.driver import Driver
from rapport.domain.filters import ContactQuery
from rapport.domain.settings import ListMode
from rapport.language import trn
from rapport.ui.models import sidebar_model as nav
from rapport.ui.panes.table_header import TableHeader
from rapport.ui.roles import ContactRole
from rapport.ui.window import MainWindow
from rapport.ui.wording import count

LIST_NAME = "Big roofs or nearly signed"


class ListSteps:
    def __init__(
        self, driver: Driver, window: MainWindow, photograph: Callable[[], Awaitable[None]]
    ) -> None:
        self._do = driver
        self._window = window
        self._photograph = photograph

    async def filter_builder(self) -> None:
        """VIPs with a big roof or nearly signed: built, counted, saved, and typed as well."""
        await self._do.click("contact-list")
        await self._do.key("f")
        dialog: Any = await self._do.see("filter-dialog")
        await self._do.click(await self._do.see("filter-value", QLineEdit))
        await self._do.type("vip")
        await self._do.click("filter-add-group")
        await self._do.key("Tab")
        await self._choose("Roof area")
        await self._do.key("Tab", "Down", "Down", "Tab")
        await self._do.type("400")
        await self._do.key("Tab", "Tab")
        await self._choose("Decision stage")
        await self._do.key("Tab", "Tab")
        await self._choose("Ready to sign")
        text = 'tag:vip roof-area:>=400 OR decision-stage:="Ready to sign"'
        await self._do.until(lambda: dialog.text.text() == text, f"the text {text}")
        wanted = dialog.conditions()
        workspace = self._window.context.workspace
        number = await workspace.queries.count(ContactQuery(conditions=wanted))
        counted = await self._do.see("filter-count", QLabel)
        words = trn("{n} contact", "{n} contacts", number).format(n=count(number))
        await self._do.until(lambda: counted.text() == words, f"{number} to be counted")
        assert 0 < number < 100, f"{number} contacts"
        await self._photograph()
        await self._do.click("filter-save")
        line = await self._do.see("list-name-line", QLineEdit)
        await self._do.until(line.hasFocus, "the name to have the focus")
        await self._do.type(LIST_NAME)
        await self._do.key("Return")
        model = self._window.sidebar.model

        def kept() -> bool:
            lists = model.counts.smart_lists
            return any((one.name, n) == (LIST_NAME, number) for one, n in lists)

        await self._do.until(kept, "the list with its count in the sidebar")
        await self._all_contacts()
        await self._do.key("slash")
        await self._do.type(text)
        await self._do.key("Return")
        pane: Any = await self._do.see("contact-list-pane")
        await self._do.until(lambda: pane.query.conditions == wanted, "the same filter, typed")
        await self._do.until(lambda: pane.model.total == number, "its contacts")
        await self._photograph()
        await self._all_contacts()

    async def table(self) -> None:
        """All columns; a click on one sorts; a contact is opened and put away again."""
        pane: Any = await self._do.see("contact-list-pane")
        await self._do.click("contact-list")
        await self._do.key("v")
        await self._do.until(lambda: pane.mode is ListMode.TABLE, "the table")
        header = await self._do.see("table-header", TableHeader)
        section = [column.id for column, _ in header.columns()].index("company")
        middle = header.sectionViewportPosition(section) + header.sectionSize(section) // 2
        await self._do.click(header.viewport(), at=QPoint(middle, header.height() // 2))
        company = int(ContactRole.COMPANY)

        def first() -> list[str]:
            return [str(pane.model.index(row).data(company) or "") for row in range(8)]

        await self._do.until(
            lambda: all(first()) and first() == sorted(first(), key=str.casefold),
            "the companies in their order",
        )
        await self._photograph()
        await self._do.click_row(await self._do.see("contact-list", QListView), pane.model.index(1))
        await self._do.see("close-detail")
        await self._photograph()
        await self._do.key("Escape")
        await self._do.until(
            lambda: self._do.find(QWidget, "close-detail") is None, "the detail to be gone"
        )

    async def cards(self) -> None:
        """The same contacts as cards; the arrows walk them in two dimensions."""
        pane: Any = await self._do.see("contact-list-pane")
        beside = pane.width() - 60 if pane.isRightToLeft() else 60
        await self._do.click("contact-list-pane", at=QPoint(beside, 20))
        await self._do.key("v")
        await self._do.until(lambda: pane.mode is ListMode.CARDS, "the cards")
        view: Any = await self._do.see("contact-list", QListView)
        pane.focus_rows()
        await self._do.key("Home", "Left" if view.isRightToLeft() else "Right", "Down")
        row = view.beside + 1
        await self._do.until(lambda: view.currentIndex().row() == row, "the card below the second")
        await self._photograph()
        await self._do.key("v")
        await self._do.until(lambda: pane.mode is ListMode.LIST, "the list again")
        window = self._window
        pane.views.sort_wanted.emit(ContactQuery().sort, "", True)
        await self._do.until(lambda: pane.query == ContactQuery(), "the latest activity first")
        assert window.current_contact_id is not None

    async def _choose(self, words: str) -> None:
        """Type into the choice that has the focus. Its first word is enough; a space opens it."""
        await self._do.type(words.split()[0])

        def chosen() -> bool:
            box = QApplication.focusWidget()
            return isinstance(box, QComboBox) and box.currentText() == words

        await self._do.until(chosen, f"“{words}” to be chosen")

    async def _all_contacts(self) -> None:
        self._window.sidebar.choose(nav.CONTACTS)
        pane: Any = await self._do.see("contact-list-pane")
        await self._do.until(lambda: not pane.query.conditions, "all contacts again")
