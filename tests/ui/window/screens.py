"""What can be seen besides the pages: each opens one thing, has it looked at, and puts it away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QTextEdit, QWidget
from tests.ui.onboarding.conftest import Gateway

from rapport.domain.errors import DamagedError, NetworkError, SignInError
from rapport.domain.filters import AnyOf, ContactQuery, HasTag, NoOpenTask, Without
from rapport.domain.operations import OperationCall, OperationReply
from rapport.domain.records import Id
from rapport.domain.settings import Account, InstalledLocation, InstalledPage
from rapport.domain.views import Progress, SyncState
from rapport.ui.context import Notice, Page
from rapport.ui.imports import ImportDialog
from rapport.ui.look.theme import current_theme
from rapport.ui.notes.link_dialog import LinkDialog
from rapport.ui.onboarding import WelcomePage
from rapport.ui.onboarding.trouble import TroublePage
from rapport.ui.panes.activity.operations import OperationsView
from rapport.ui.runner import Failure
from rapport.ui.toasts import Toast
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
Screen = Callable[[], Awaitable[None]]
OFFLINE = NetworkError("The CRM cannot be reached.", "Your edit is safe and is sent later.")
FILTER = ContactQuery(
    conditions=(
        HasTag(tag="installer of the north"),
        AnyOf(of=(NoOpenTask(), Without(of=HasTag(tag="newsletter")))),
    )
)
PEOPLE = (
    "Full name,E-mail address of the person,Town,What\n"
    "Maximiliane Alexandra von Hohenstein-Ehrenberg,m@stiftung-auenland.example,Porto,x\n"
    "Nobody,nobody@,,\n"
)
LINK = "https://stiftung-auenland-nordwest.example/landschaftspflege/offers/2026?id=8310"


class Deaf:
    """An ``OperationCaller`` without a network."""

    async def call(self, call: OperationCall) -> OperationReply:
        raise OFFLINE


class Looking(Protocol):
    window: MainWindow
    until: Until

    async def look(self, what: str, root: QWidget | None = None) -> None: ...

    async def overlay(self, what: str) -> None: ...


class Screens:
    """``contact`` and ``other`` are two contacts; ``folder`` is for files of the test's own."""

    def __init__(
        self, eye: Looking, sync: Any, account: Account, contacts: tuple[Id, Id], folder: Path
    ) -> None:
        self.eye, self.window, self.until = eye, eye.window, eye.until
        self.sync, self.account, self.contacts, self.folder = sync, account, contacts, folder

    def all(self) -> tuple[Screen, ...]:
        return (
            *(self.views, self.filtered, self.columns, self.sentence, self.imported),
            *(self.marked, self.merged, self.days, self.operations, self.link),
            *(self.welcome, self.signing_in, self.trouble, self.first_sync, self.toasts),
        )

    async def _settled(self) -> None:
        await self.until(lambda: not self.window.context.runner._tasks)

    def _do(self, id: str) -> None:
        assert self.window.context.actions.trigger(id), id

    # Contacts.

    async def views(self) -> None:
        """Table and cards, with the detail and without."""
        for name in ("table", "cards"):
            self.window.context.show_page(Page.CONTACTS)
            self._do(f"view.{name}")
            await self._settled()
            await self.eye.look(name)
            self.window.context.open_contact(self.contacts[0])
            await self.eye.look(f"{name}-detail")
        self._do("view.list")

    async def filtered(self) -> None:
        self.window.context.show_contacts(FILTER)
        await self._settled()
        await self.eye.look("filtered")
        self._do("list.filter")
        await self.eye.overlay("filter")
        self.window.context.show_contacts(ContactQuery())

    async def columns(self) -> None:
        self.window.context.show_page(Page.CONTACTS)
        self._do("list.columns")
        await self.eye.overlay("columns")

    async def sentence(self) -> None:
        self._do("task.quick-add")
        await self.until(lambda: self._seen("quick-add-line"))
        line = self.window.findChild(QWidget, "quick-add-line")
        assert isinstance(line, QPlainTextEdit | QTextEdit)
        line.setPlainText("Ask Zoë for the bills of a whole year fri 3pm #hot every 2 weeks !10m")
        await self._settled()
        await self.eye.overlay("quick-add")

    async def imported(self) -> None:
        path = self.folder / "people from the fair in the north.csv"
        path.write_text(PEOPLE, "utf-8")
        self._do("list.import")
        chooser = self.window.findChild(QFileDialog, "import-file")
        assert chooser is not None
        chooser.fileSelected.emit(str(path))
        chooser.close()
        await self.until(lambda: self.window.findChild(ImportDialog, "import-dialog"))
        dialog = self.window.findChild(ImportDialog, "import-dialog")
        assert dialog is not None
        await self.until(lambda: dialog.model.rowCount() > 0)
        await self.eye.overlay("import")

    async def marked(self) -> None:
        """Several contacts, what can be done with them, and each of it."""
        self.window.context.open_contact(self.contacts[0])
        self._do("list.mark-all")
        await self.until(lambda: self.window.context.situation.marked_contacts)
        await self.eye.look("marked")
        for job in ("add-tags", "assign", "field", "dnd", "delete"):
            self._do(f"bulk.{job}")
            await self._settled()
            await self.eye.overlay(f"bulk-{job}")
        self._do("list.unmark")

    # Other pages.

    async def merged(self) -> None:
        self.window.context.show_duplicates(self.contacts)
        await self.until(lambda: self._seen("merge-commit"))
        await self._settled()
        await self.eye.look("merge")

    async def days(self) -> None:
        self.window.context.show_page(Page.CALENDAR)
        for name in ("day", "week", "month"):
            self._do(f"calendar.{name}")
            await self._settled()
            await self.eye.look(f"calendar-{name}")

    async def operations(self) -> None:
        self.window.context.show_activity("operations")
        view = await self._seen_soon(OperationsView, "operations")
        for id in ("contacts.create", "contacts.tasks.update"):
            view.choose(id)
            await self._settled()
            # With larger text the head of the form is squeezed in a window as low as this.
            if current_theme().text_scale == 1.0:
                await self.eye.look(id)

    async def link(self) -> None:
        dialog = LinkDialog(self.window, QUrl(LINK), "lumen-solar.example")
        dialog.open()
        await self.eye.overlay("link")
        dialog.deleteLater()

    # On the way in.

    async def welcome(self) -> None:
        page = self._welcome()
        for name in ("choices", "connect", "token"):
            page._turn_to(getattr(page, f"_{name}"))
            await self.eye.look(f"welcome-{name}")
        self._uncover(page)

    async def signing_in(self) -> None:
        gateway = Gateway()
        page = self._welcome(gateway)
        page.explore()
        await self.until(lambda: gateway.observer)
        assert gateway.observer is not None
        gateway.observer.in_browser(LINK, 300)
        await self.eye.look("sign-in-browser")
        choice = asyncio.ensure_future(gateway.observer.choose_locations(_locations, None))
        await self.until(lambda: self._seen("locations"))
        await self.eye.look("sign-in-locations")
        choice.cancel()
        await asyncio.gather(choice, return_exceptions=True)
        gateway.observer.finishing()
        words = ("The consent was not given.", "Nothing was changed. Agree on the CRM’s page.")
        gateway.endings[-1].set_exception(SignInError(*words, reason="denied"))
        await self.until(lambda: page._pages.current is page._ended)
        await self.eye.look("sign-in-ended")
        self._uncover(page)

    async def trouble(self) -> None:
        words = ("The local copy is damaged.", "What can be read is kept when it is repaired.")
        page = TroublePage(self.account.name, DamagedError(*words), (self.account,))
        self.window.set_cover(page)
        await self.eye.look("trouble")
        self._uncover(page)

    async def first_sync(self) -> None:
        self.window.context.show_page(Page.CONTACTS)
        progress = Progress(done=1240, total=8310, eta_s=95)
        self.sync.say(state=SyncState.SYNCING, progress=progress, waiting=3, refused=2, conflicts=1)
        await self.eye.look("first-sync")
        self.sync.say(state=SyncState.IDLE)

    async def toasts(self) -> None:
        context = self.window.context
        context.noticed.emit(
            Notice(title="Due date changed", text="Ask for the electricity bills", undo_id=1)
        )
        context.notice("Copied", "maximiliane.von.hohenstein@stiftung.example", icon="copy")
        context.runner.failed.emit(
            Failure(
                title=OFFLINE.title,
                message=OFFLINE.message,
                details="NetworkError",
                retry=lambda: None,
            )
        )
        for n, toast in enumerate(self.window.findChildren(Toast)):
            await self.eye.look(f"toast-{n}", toast)
        self.window.toasts.clear()

    def _welcome(self, gateway: Gateway | None = None) -> WelcomePage:
        runner = self.window.context.runner
        page = WelcomePage(gateway or Gateway(), runner, current_theme())
        page.allow_return(lambda: None)
        self.window.set_cover(page)
        return page

    def _uncover(self, page: QWidget) -> None:
        self.window.set_cover(None)
        page.deleteLater()

    def _seen(self, name: str) -> bool:
        return any(one.isVisible() for one in self.window.findChildren(QWidget, name))

    async def _seen_soon(self, kind: type[Any], name: str) -> Any:
        await self.until(lambda: self._seen(name))
        return self.window.findChild(kind, name)


async def _locations(skip: int) -> InstalledPage:
    names = ("Stiftung Auenland für Landschaftspflege und Naturschutz", "Harbour Dental", "Café Å")
    places = tuple(
        InstalledLocation(id=f"loc-{n}", name=name, address="Quay Street 214, Leça da Palmeira")
        for n, name in enumerate(names)
    )
    return InstalledPage(locations=places)
