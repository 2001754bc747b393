"""A file of contacts: its columns, the dry run, the import, and one undo for all of it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from rapport.domain.filters import ContactQuery
from rapport.domain.scopes import READ
from rapport.services.imports import Outcome
from rapport.services.workspace import Workspace
from rapport.ui.imports import ImportDialog
from rapport.ui.imports.dialog import choose_file
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]

PEOPLE = "Full name,E-mail,Town,What\n" + "".join(
    f"Person {n},p{n}@example.com,Porto,x\n" for n in range(60)
)


async def opened(window: MainWindow, until: Until, path: Path) -> ImportDialog:
    window.context.actions.trigger("list.import")
    dialog = window.findChild(QFileDialog, "import-file")
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.close()
    await until(lambda: window.findChild(ImportDialog, "import-dialog"))
    found = window.findChild(ImportDialog, "import-dialog")
    assert isinstance(found, ImportDialog)
    await until(lambda: found.model.rowCount() > 0)
    return found


async def number(workspace: Workspace) -> int:
    return len(await workspace.queries.contact_keys(ContactQuery()))


async def test_from_the_file_to_one_undo(
    open_window: Open, book: Any, until: Until, workspace: Workspace, tmp_path: Path
) -> None:
    await book.add(
        {"first_name": "Person", "last_name": "0", "email": "p0@example.com", "city": "Porto"},
        {"first_name": "P", "email": "p1@example.com"},
    )
    window = await open_window()
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE + "Nobody,nobody@,,\n")
    dialog = await opened(window, until, path)
    shown = [dialog.filter.segment(one).accessibleName() for one in Outcome]
    assert shown == ["New, 58", "Changed, 1", "Already here, 1", "Left out, 1"]
    assert [box.currentText() for box in dialog.columns.boxes] == [
        *("Full name", "E-mail", "City", "Not imported")
    ]
    assert dialog.go.text() == "Import 59 contacts"

    dialog.columns.boxes[3].setFocus()
    QTest.keyClicks(dialog.columns.boxes[3], "City")  # the column that had it gives it up
    dialog.columns.boxes[3].activated.emit(dialog.columns.boxes[3].currentIndex())
    assert dialog.columns.boxes[2].currentText() == "Not imported"
    await until(dialog.go.isEnabled)

    QTest.keyClick(dialog.go, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    done = dialog.running.findChild(QLabel, "bulk-done")
    assert done is not None
    await until(lambda: done.text() == "Contacts imported (59)")
    assert await number(workspace) == 60
    await window.context.undo()
    assert await number(workspace) == 2


async def test_the_rows_left_out_become_a_file(
    open_window: Open, until: Until, tmp_path: Path
) -> None:
    window = await open_window()
    path = tmp_path / "people.csv"
    path.write_text("Name,E-mail\nAna,ana@\n")
    dialog = await opened(window, until, path)
    assert not dialog.go.isEnabled()
    assert dialog.save.isVisible()
    dialog.save.click()
    asked = window.findChild(QFileDialog, "import-left-out-file")
    assert asked is not None
    left = tmp_path / "left.csv"
    asked.fileSelected.emit(str(left))
    asked.close()
    await until(left.exists)
    with left.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["Name"], row["E-mail"], row["Row"]) == ("Ana", "ana@", "2")
    assert "is not an e-mail address" in row["Reason"]


async def test_what_is_no_table_is_told_and_opens_nothing(
    open_window: Open, until: Until, tmp_path: Path
) -> None:
    window = await open_window()
    path = tmp_path / "empty.csv"
    path.write_text("")
    dialog = choose_file(window.context, window)
    dialog.fileSelected.emit(str(path))
    dialog.close()
    await until(lambda: any("empty" in text.text() for text in window.findChildren(QLabel)))
    assert window.findChild(ImportDialog, "import-dialog") is None


@pytest.mark.parametrize("scopes", [(READ.name,)])
async def test_who_may_only_read_is_told_why_not(open_window: Open) -> None:
    window = await open_window()
    assert not window.context.actions.is_enabled("list.import")
    assert window.context.actions.why_not("list.import")
