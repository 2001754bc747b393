"""What the steps of every room share: what they act with, look at and ask the sandbox."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QLabel, QListView, QWidget

from rapport.app.application import Application
from rapport.app.tour.crm import TourSandbox
from rapport.app.tour.driver import Driver, NotSeen
from rapport.domain.records import Id, Kind
from rapport.domain.views import ContactDetail
from rapport.services.workspace import Workspace
from rapport.ui.roles import ContactRole
from rapport.ui.window import MainWindow

ANA = "Ana Pérez Ølgaard"
"""Most of the tour is her morning."""
CLICK_LIMIT_S = 30.0
"""For what another process shows, until it can be clicked."""


class Photograph(Protocol):
    def __call__(self, *, whole: bool = False) -> Awaitable[None]: ...


class Steps:
    """The steps of one room. ``photograph`` takes a step's picture before its end, when what it
    shows goes away."""

    def __init__(
        self, application: Application, sandbox: TourSandbox, driver: Driver, photograph: Photograph
    ) -> None:
        self._app = application
        self._crm = sandbox
        self._do = driver
        self._photograph = photograph

    @property
    def _window(self) -> MainWindow:
        return self._app.window

    @property
    def _workspace(self) -> Workspace:
        if self._app.session is None:
            raise NotSeen("no account is open")
        return self._app.session.workspace

    # At the sandbox.

    async def server_id(self, kind: Kind, id: Id) -> str:
        async def known() -> str | None:
            return await self._workspace.queries.server_id(kind, id)

        return await self._do.until_known(known, f"the {kind.value} in the CRM")

    async def at_server(self, kind: Kind, id: Id) -> dict[str, Any] | None:
        """The record as the sandbox has it, once it has an id there."""
        server_id = await self._workspace.queries.server_id(kind, id)
        return await self._crm.record(kind.value, server_id) if server_id else None

    async def arrives(self, kind: Kind, id: Id, field: str, value: object) -> None:
        async def there() -> bool:
            record = await self.at_server(kind, id)
            return record is not None and record.get(field) == value

        await self._do.until_known(there, f"{field} = {value!r} at the sandbox")

    # In the window.

    async def detail(self) -> ContactDetail:
        contact_id = self._window.current_contact_id
        found = await self._workspace.queries.detail(contact_id) if contact_id else None
        if found is None:
            raise NotSeen("no contact is open")
        return found

    async def list(self) -> QListView:
        return await self._do.see("contact-list", QListView)

    async def row(self, name: str) -> QModelIndex:
        view = await self.list()

        def find() -> QModelIndex | None:
            model = view.model()
            for row in range(min(model.rowCount(), 300)):
                index = model.index(row, 0)
                if index.data(ContactRole.NAME) == name:
                    return index
            return None

        return await self._do.until(find, f"{name} in the list")

    async def open(self, name: str) -> None:
        await self._do.click_row(await self.list(), await self.row(name))
        await self._do.until_known(lambda: self.opened(name), f"{name} in the detail pane")

    async def opened(self, name: str) -> bool:
        id = self._window.current_contact_id
        found = await self._workspace.queries.row_of(id) if id else None
        shown = self._do.find(QLabel, "contact-name") or self._do.find(QWidget, "contact-name")
        return found is not None and found.name == name and shown is not None

    async def open_read(self, name: str) -> None:
        """Opens it, and waits for all that belongs to it."""
        await self.open(name)

        async def read() -> bool:
            return (await self.detail()).details_synced_at is not None

        await self._do.until_known(read, "notes and appointments")

    async def all_contacts(self) -> None:
        """By a click in the sidebar."""
        sidebar = await self._do.see("sidebar", QListView)
        model: Any = sidebar.model()
        await self._do.click_row(sidebar, model.index(model.row_of("contacts"), 0))
        pane: Any = await self._do.see("contact-list-pane")
        await self._do.until(lambda: not pane.query.conditions, "all contacts")

    async def edit_field(self, field: str) -> None:
        """Opens the editor of one field of the contact that is shown."""
        await self.unfold_fields(f"field-{field}")
        await self._do.click(f"field-{field}")
        await self._do.see(f"edit-{field}")

    async def unfold_fields(self, wanted: str) -> None:
        """A narrow pane shows the first fields and a button for the rest."""
        if self._do.find(QWidget, wanted) is None:
            await self._do.click("fields-show-all")
