"""A link opens its record here, asks before it leaves the account on screen, or says why not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PySide6.QtGui import QGuiApplication

from rapport.app.links import Links
from rapport.domain.errors import InputError
from rapport.domain.links import read_link
from rapport.domain.records import Kind
from rapport.services.workspace import Workspace
from rapport.ui.widgets.overlay import ConfirmDialog

Until = Callable[[Callable[[], object]], Any]
Open = Callable[..., Any]


@pytest.fixture
def links_of(workspace: Workspace) -> Callable[..., Links]:
    def make(window: Any, switched: list[str], *, other: bool = False) -> Links:
        account = workspace.account
        if other:
            account = msgspec.structs.replace(account, id="other", name="Lumen Porto")

        async def session(_: Any) -> Any:
            return SimpleNamespace(workspace=workspace)

        def switch(id: str, then: Callable[[], None]) -> None:
            switched.append(id)
            then()

        return Links(window, lambda: [account], session, switch)

    return make


async def test_copied_and_opened(
    open_window: Open, book: Any, until: Until, workspace: Workspace, links_of: Any
) -> None:
    ana, bob = await book.add({"first_name": "Ana"}, {"first_name": "Bob"})
    window = await open_window()
    window.show_detail(ana)
    window.context.actions.trigger("contact.copy-link")
    clipboard = QGuiApplication.clipboard()
    await until(lambda: clipboard.text().startswith("rapport://contact/"))
    link = clipboard.text()
    found = read_link(link)
    assert found.location_id == workspace.account.location_id
    assert await workspace.queries.local_id(Kind.CONTACT, found.server_id) == ana

    window.show_detail(bob)
    await links_of(window, []).open(link)
    assert window.current_contact_id == ana
    with pytest.raises(InputError, match="nothing that is known"):
        await links_of(window, []).open(link.replace("contact/", "contact/x"))
    with pytest.raises(InputError, match="nothing that is known"):
        await links_of(window, []).open(link + "x")  # another location


async def test_another_account_is_asked_about_first(
    open_window: Open, book: Any, until: Until, workspace: Workspace, links_of: Any
) -> None:
    (ana,) = await book.add({"first_name": "Ana"})
    window = await open_window()
    rid = await workspace.queries.server_id(Kind.CONTACT, ana)
    switched: list[str] = []
    links = links_of(window, switched, other=True)
    for answer in (False, True):
        window.context.runner.own(links.open(f"rapport://contact/{rid}"))
        await until(lambda: window.findChild(ConfirmDialog, "confirm-dialog"))
        dialog = window.findChild(ConfirmDialog, "confirm-dialog")
        assert switched == []
        (dialog.confirm_button if answer else dialog.cancel_button).click()
        await until(lambda: window.findChild(ConfirmDialog, "confirm-dialog") is None)
    await until(lambda: switched == ["other"])
    assert window.current_contact_id == ana
