"""The listed contacts as a file: whole or not there, and right in each format."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import vobject
from PySide6.QtWidgets import QFileDialog, QWidget

from rapport.domain.filters import ContactQuery, HasTag
from rapport.services import contact_export
from rapport.ui.export import export_to
from rapport.ui.toasts import Toast

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]

ANA = {
    "first_name": "Ana",
    "last_name": "Pérez; Ølgaard",
    "email": "ana@fjordvale.pt",
    "phone": "+351912345678",
    "company": '=HYPERLINK("http://x")',
    "address": "Rua das Flores 214, 3.º",
    "city": "Porto",
    "tags": ["vip", "lead"],
    "date_of_birth": "1984-05-17",
}


@pytest.fixture
async def window(open_window: Open, book: Any) -> Any:
    await book.add(ANA)
    await book.add({"first_name": "Bob", "tags": ["cold"]})
    await book.add({"last_name": "田中", "tags": ["vip"]})
    return await open_window()


VIPS = ContactQuery(conditions=(HasTag(tag="vip"),))


async def test_csv(window: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    await export_to(window.context, window, VIPS, path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["last_name"] for row in rows} == {"Pérez; Ølgaard", "田中"}
    ana = next(row for row in rows if row["first_name"] == "Ana")
    assert ana["phone"] == "+351912345678"
    assert ana["tags"] == "vip, lead"
    assert ana["company"].startswith("'=")  # no spreadsheet runs what a customer typed
    assert ana["id"]
    assert path.stat().st_mode & 0o077 == 0


async def test_vcard(window: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.vcf"
    await export_to(window.context, window, VIPS, path)
    cards = list(vobject.readComponents(path.read_text("utf-8")))
    assert len(cards) == 2
    ana = next(card for card in cards if card.n.value.given == "Ana")
    assert ana.n.value.family == "Pérez; Ølgaard"
    assert ana.email.value == "ana@fjordvale.pt"
    assert ana.adr.value.street == "Rua das Flores 214, 3.º"
    assert ana.categories.value == ["vip", "lead"]
    assert ana.bday.value == "1984-05-17"


async def test_json_and_all_contacts(window: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    await export_to(window.context, window, ContactQuery(), path)
    found = json.loads(path.read_text("utf-8"))
    assert len(found) == 3
    assert next(one for one in found if one["first_name"] == "Ana")["tags"] == ["vip", "lead"]


async def test_nothing_to_export_is_an_empty_file(window: Any, tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    await export_to(window.context, window, ContactQuery(text="zzzz"), path)
    assert json.loads(path.read_text("utf-8")) == []


async def test_stopping_leaves_no_file(
    window: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_export, "BATCH", 1)
    path = tmp_path / "out.csv"
    path.write_text("older")
    ordinary = contact_export.export_contacts

    async def stopped_after_one(*arguments: Any) -> int:
        *rest, progress = arguments

        def stop(done: int, total: int) -> None:
            progress(done, total)
            window.findChild(QWidget, "export-stop").click()

        return await ordinary(*rest, stop)

    monkeypatch.setattr("rapport.ui.export.export_contacts", stopped_after_one)
    await export_to(window.context, window, ContactQuery(), path)
    assert path.read_text() == "older"
    assert os.listdir(tmp_path) == ["out.csv"]
    assert window.findChildren(Toast)[-1].notice.title == "Export stopped"


async def test_a_place_that_cannot_be_written_is_told(
    window: Any, tmp_path: Path, until: Until
) -> None:
    window.context.runner.start(
        lambda: export_to(window.context, window, VIPS, tmp_path / "nowhere" / "out.csv")
    )
    await until(lambda: window.findChildren(Toast))
    assert window.findChildren(Toast)[-1].notice.title == "The file cannot be written."


async def test_the_action_asks_for_a_file(window: Any, tmp_path: Path, until: Until) -> None:
    window.context.actions.trigger("list.export")
    await until(lambda: window.findChild(QFileDialog, "export-file"))
    dialog = window.findChild(QFileDialog, "export-file")
    path = tmp_path / "all.csv"
    dialog.fileSelected.emit(str(path))
    dialog.close()
    await until(path.exists)
    await until(lambda: window.findChildren(Toast))
    assert window.findChildren(Toast)[-1].notice.title == "3 contacts exported"
