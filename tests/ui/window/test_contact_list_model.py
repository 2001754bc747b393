"""The contact list: long lists, the newest query, rows that change, rows that move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest_asyncio
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from rapport.domain.commands import AddTags, CreateContact, DeleteContact, EditContact
from rapport.domain.filters import ContactQuery, HasTag, Sort
from rapport.services.workspace import Workspace
from rapport.ui.models.contact_list_model import ContactListModel
from rapport.ui.roles import ContactRole
from rapport.ui.runner import Runner

BY_NAME = ContactQuery(sort=Sort.NAME, descending=False)
NAME, TAGS, LOADED = int(ContactRole.NAME), int(ContactRole.TAGS), int(ContactRole.LOADED)
Until = Callable[[Callable[[], object]], Any]


@pytest_asyncio.fixture
async def model(workspace: Workspace, dispose: Any) -> AsyncIterator[ContactListModel]:
    runner = Runner()
    model = ContactListModel(workspace, runner)
    # Qt's own check of everything the model announces, fatal at the first contradiction.
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield model
    model.close()
    await runner.close()
    await dispose(tester, model, runner)


def names(model: ContactListModel) -> list[str]:
    return [model.data(model.index(row), NAME) for row in range(model.rowCount())]


async def shown(model: ContactListModel, query: ContactQuery, until: Until) -> None:
    arrived: list[bool] = []
    connection = model.keys_arrived.connect(lambda: arrived.append(True))
    model.show(query)
    await until(lambda: arrived)
    model.disconnect(connection)


async def test_counts_at_once_and_reads_only_what_is_looked_at(
    model: ContactListModel, book: Any, until: Until
) -> None:
    await book.crowd(1500)
    await shown(model, BY_NAME, until)
    assert model.rowCount() == 1500
    assert model.data(model.index(0), NAME) == "Person 000000"

    far = model.index(1400)
    assert model.data(far, LOADED) is False
    await until(lambda: model.data(far, LOADED))
    assert model.data(far, NAME) == "Person 001400"
    assert model.contact_at(700) is None, "rows nobody looked at were not read"


async def test_keeps_few_rows_however_long_the_list(
    model: ContactListModel, book: Any, until: Until
) -> None:
    await book.crowd(4000)
    await shown(model, BY_NAME, until)
    for row in range(0, 4000, 100):
        await until(lambda row=row: model.data(model.index(row), LOADED))
    kept = sum(model.contact_at(row) is not None for row in range(4000))
    assert 100 < kept <= 3000
    await until(lambda: model.data(model.index(0), NAME) == "Person 000000")


async def test_newest_query_counts(model: ContactListModel, book: Any, until: Until) -> None:
    await book.crowd(300)
    await book.add({"first_name": "Zoë"}, {"first_name": "Ana"})
    answers: list[list[str]] = []
    model.answered.connect(lambda new: answers.append(names(model)))
    for typed in ("p", "pe", "per", "z", "zo"):
        model.show(ContactQuery(text=typed))
    await until(lambda: answers and model.rowCount() == 1)
    assert names(model) == ["Zoë"]
    assert all(answer == ["Zoë"] for answer in answers), "an overtaken query was shown"


async def test_one_change_announces_one_row_and_its_roles(
    model: ContactListModel, workspace: Workspace, book: Any, until: Until
) -> None:
    await book.crowd(50)
    (ana,) = await book.add({"first_name": "Ana"})
    await shown(model, BY_NAME, until)
    heard: list[tuple[int, int, set[int]]] = []
    model.dataChanged.connect(
        lambda first, last, roles: heard.append((first.row(), last.row(), set(roles)))
    )
    await workspace.bus.run(AddTags(contact_id=ana, tags=("vip",)))
    await until(lambda: model.data(model.index(0), TAGS) == ("vip",))
    first, last, roles = heard[0]
    assert (first, last) == (0, 0)
    assert TAGS in roles
    assert NAME not in roles


async def test_a_chosen_row_is_followed_where_it_moves(
    model: ContactListModel, workspace: Workspace, book: Any, until: Until
) -> None:
    await book.crowd(40)
    (ana,) = await book.add({"first_name": "Ana"})
    await shown(model, BY_NAME, until)
    held = QPersistentModelIndex(model.index(0))
    await workspace.bus.run(EditContact(contact_id=ana, fields={"first_name": "Zoë"}))
    await until(lambda: held.row() == 40)
    assert model.data(held, NAME) == "Zoë"


async def test_records_made_and_deleted_come_and_go(
    model: ContactListModel, workspace: Workspace, book: Any, until: Until
) -> None:
    await book.crowd(5)
    await shown(model, BY_NAME, until)
    new = workspace.new_id()
    await workspace.bus.run(CreateContact(contact_id=new, fields={"first_name": "Ana"}))
    await until(lambda: model.rowCount() == 6)
    assert names(model)[0] == "Ana"
    held = QPersistentModelIndex(model.index(0))
    await workspace.bus.run(DeleteContact(contact_id=new))
    await until(lambda: model.rowCount() == 5)
    assert not held.isValid()


async def test_membership_follows_the_filter(
    model: ContactListModel, workspace: Workspace, book: Any, until: Until
) -> None:
    _, bo = await book.add({"first_name": "Ana", "tags": ["vip"]}, {"first_name": "Bo"})
    await shown(model, ContactQuery(conditions=(HasTag(tag="vip"),), sort=Sort.NAME), until)
    assert names(model) == ["Ana"]
    await workspace.bus.run(AddTags(contact_id=bo, tags=("vip",)))
    await until(lambda: model.rowCount() == 2)
    assert set(names(model)) == {"Ana", "Bo"}


async def test_rows_of_sync_appear_while_the_list_is_open(
    model: ContactListModel, book: Any, until: Until
) -> None:
    await shown(model, BY_NAME, until)
    assert model.rowCount() == 0
    await book.crowd(450)
    await until(lambda: model.rowCount() == 450)
    await until(lambda: model.data(model.index(449), NAME) == "Person 000449")
