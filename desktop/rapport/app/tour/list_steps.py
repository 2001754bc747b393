"""The tour's contact list: walked, searched, filtered by a tag and by conditions that are built
and typed again; a table, cards."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QListView, QWidget

from rapport.app import pointer
from rapport.app.tour.shared import ANA, Steps
from rapport.domain.filters import ContactQuery, HasTag
from rapport.domain.settings import ListMode
from rapport.language import trn
from rapport.ui.panes.table_header import TableHeader
from rapport.ui.roles import ContactRole
from rapport.ui.wording import count

LIST_NAME = "Big roofs or nearly signed"


class ListSteps(Steps):
    async def browse(self) -> None:
        view = await self.list()
        await self._do.click_row(view, view.model().index(0, 0))
        await self._do.key("Down", "Down", "Down")
        await self._do.until(lambda: view.currentIndex().row() == 3, "the fourth row")
        point = view.viewport().mapToGlobal(view.viewport().rect().center())
        await pointer.click(point.x(), point.y(), button=5, times=8)
        await self._do.until(lambda: view.verticalScrollBar().value() > 0, "the list to scroll")
        await pointer.click(point.x(), point.y(), button=4, times=20)
        await self._do.until(lambda: view.verticalScrollBar().value() == 0, "the list's top")

    async def search(self) -> None:
        await self._do.key("slash")
        field = await self._do.see("search", QLineEdit)
        await self._do.until(field.hasFocus, "the search field to have the focus")
        await self._do.type("perez olg")
        view = await self.list()
        await self.row(ANA)
        await self._do.until(lambda: view.model().rowCount() < 50, "few matches")

    async def filter_by_tag(self) -> None:
        await self._do.click("search")
        await self._do.key("ctrl+a", "BackSpace", "Escape")
        sidebar = await self._do.see("sidebar", QListView)
        model: Any = sidebar.model()
        # A narrow window has a rail, on which all tags are one entry with a menu.
        narrow = model.row_of("tag:vip") < 0
        row = model.row_of("tags" if narrow else "tag:vip")
        await self._do.click_row(sidebar, model.index(row, 0))
        if narrow:
            await self._do.choose("sidebar-tags", "tag:vip")
        pane: Any = await self._do.see("contact-list-pane")
        await self._do.until(
            lambda: HasTag(tag="vip") in pane.query.conditions, "the list to show the tag"
        )
        view = await self.list()
        await self._do.until(lambda: 0 < view.model().rowCount() < 500, "fewer contacts")
        await self.row(ANA)

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
        await self.all_contacts()
        await self._do.key("slash")
        await self._do.type(text)
        await self._do.key("Return")
        pane: Any = await self._do.see("contact-list-pane")
        await self._do.until(lambda: pane.query.conditions == wanted, "the same filter, typed")
        await self._do.until(lambda: pane.model.total == number, "its contacts")
        await self._photograph()
        await self.all_contacts()

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
