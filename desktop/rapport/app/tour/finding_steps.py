"""The tour's ways of finding: the palette, a filter that becomes a list, the keys, a file."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from rapport.app.tour.shared import Steps
from rapport.domain.filters import HasTag, Without
from rapport.domain.records import Kind
from rapport.language import tr
from rapport.ui.context import Page

LIST_NAME = "Warm VIPs"
_PEOPLE = "Name;E-mail;Mobile;Town;Monthly bill;Met at\n" + "".join(
    f"Visitor {n};import.{n}@example.com;+35121345{n:04};Évora;{80 + n},50;Hall 4\n"
    for n in range(1, 13)
)
_PEOPLE += "Ana Pérez Ølgaard;ana@fjordvale.pt;;Porto;;Hall 4\nRui;rui@;;Lisboa;a lot;Hall 2\n"


class FindingSteps(Steps):
    async def palette(self) -> None:
        """A contact, then an action, by a few letters each."""
        before = self._window.current_contact_id
        await self._do.key("ctrl+k")
        line = await self._do.see("palette-line", QLineEdit)
        await self._do.until(line.hasFocus, "the palette's line to have the focus")
        await self._do.type("siob")
        palette: Any = await self._do.see("palette")
        await self._do.until(lambda: self._first(palette) == "Siobhán O’Brien", "her name first")
        await self._photograph()
        await self._do.key("Return")
        await self._do.until(
            lambda: self._window.current_contact_id not in (None, before), "her to be opened"
        )
        await self._do.key("ctrl+k")
        await self._do.see("palette-line", QLineEdit)
        await self._do.type(">today")
        palette = await self._do.see("palette")
        await self._do.until(lambda: self._first(palette) == tr("Today"), "the action first")
        await self._do.key("Return")
        context = self._window.context
        await self._do.until(lambda: context.situation.page is Page.TODAY, "today's page")
        await self._do.key("alt+2")

    @staticmethod
    def _first(palette: Any) -> str:
        entry = palette.model.entry(palette.list.currentIndex().row())
        return entry.title if entry is not None else ""

    async def smart_list(self) -> None:
        """Conditions typed into the search, kept under a name."""
        await self._do.key("slash")
        field = await self._do.see("search", QLineEdit)
        await self._do.until(field.hasFocus, "the search field to have the focus")
        await self._do.type("tag:vip -tag:newsletter ")
        wanted = {HasTag(tag="vip"), Without(of=HasTag(tag="newsletter"))}
        pane: Any = await self._do.see("contact-list-pane")
        await self._do.until(lambda: wanted <= set(pane.query.conditions), "the filters as chips")
        await self._do.click("save-list-button")
        line = await self._do.see("list-name-line", QLineEdit)
        await self._do.until(line.hasFocus, "the name to have the focus")
        await self._do.type(LIST_NAME)
        await self._do.key("Return")
        model = self._window.sidebar.model

        def row() -> int:
            entries = (model.entry(row) for row in range(model.rowCount()))
            found = (n for n, one in enumerate(entries, 1) if one and one.text == LIST_NAME)
            return next(found, 0)

        if not self._window.sidebar.collapsed:
            await self._do.until(row, "the list in the sidebar")
        await self._photograph()
        await self.all_contacts()

    async def shortcut_sheet(self) -> None:
        await self._do.click("contact-list")
        await self._do.key("question")
        await self._do.see("shortcut-sheet")
        await self._photograph()
        await self._do.key("Escape")
        await self._do.until(
            lambda: self._do.find(QWidget, "shortcut-sheet") is None, "the sheet to be gone"
        )

    async def import_csv(self) -> None:
        """A table of another program: seen before, imported, and at the CRM."""
        with TemporaryDirectory(prefix="rapport-tour-") as folder:
            path = Path(folder) / "solar-expo.csv"
            path.write_text(_PEOPLE, "utf-8")
            self._window.context.actions.trigger("list.import")
            await self._do.see("import-file", QFileDialog)
            name = await self._do.see("fileNameEdit", QLineEdit)
            await self._do.click(name)
            await self._do.replace(str(path))
            await self._do.key("Return")
            go: Any = await self._do.see("import-start")
            await self._do.until(go.isEnabled, "the plan", limit_s=30)
        await self._do.click("import-tag")
        await self._do.type("solar expo")
        tag = await self._do.see("import-tag", QLineEdit)
        await self._do.until(lambda: tag.text() == "solar expo", "the tag")
        await self._do.until(go.isEnabled, "the new plan", limit_s=30)
        await self._photograph()
        await self._do.key("ctrl+Return")
        for mail in ("import.1@example.com", "import.12@example.com"):
            await self._do.until_known(
                partial(self._came_from_the_fair, mail), f"{mail} at the sandbox"
            )
        await self._do.click("bulk-close")
        await self._do.until(
            lambda: self._do.find(QWidget, "import-dialog") is None, "the dialog to be gone"
        )

    async def _came_from_the_fair(self, mail: str) -> bool:
        """Whether the sandbox has an imported contact with all that the file said."""
        for row in await self._workspace.queries.find_contacts(mail, limit=50):
            record = await self.at_server(Kind.CONTACT, row.id)
            if record is not None and record["email"] == mail:
                return "solar expo" in record["tags"]
        return False

    async def export_vcard(self) -> None:
        """The listed contacts as an address book."""
        self._window.context.actions.trigger("list.export")
        dialog = await self._do.see("export-file", QFileDialog)
        with TemporaryDirectory(prefix="rapport-tour-") as folder:
            path = Path(folder) / "contacts.vcf"
            name = await self._do.see("fileNameEdit", QLineEdit)
            await self._do.click(name)
            await self._do.replace(str(path))
            await self._do.key("Return")
            await self._do.until(path.exists, "the file", limit_s=30)
            cards = path.read_text("utf-8").count("BEGIN:VCARD")
            assert cards >= 500, f"{cards} cards"
        await self._do.until(lambda: not _shown(dialog), "the file dialog to be gone")


def _shown(dialog: QFileDialog) -> bool:
    try:
        return dialog.isVisible()
    except RuntimeError:
        return False  # deleted, as it is to be
