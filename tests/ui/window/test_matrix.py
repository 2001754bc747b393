"""Every screen in every dress: colours, size of text, direction and longer words; nothing is cut
off, nothing lies on something else.

One window for each size of text, direction and language, at the smallest size there is. The main
window is seen in all colours there, the pages and what an action opens in one each. The other
screens are seen in half of the windows: all pairs of size, direction and language occur.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from gettext import NullTranslations
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from tests.ui.layout import faults
from tests.ui.window.screens import Deaf, Screens

from rapport import language
from rapport.api.catalogue import catalogue
from rapport.domain.commands import EditContact
from rapport.domain.hosts import Contact, Purpose
from rapport.domain.records import Kind
from rapport.domain.settings import Settings, ThemeMode
from rapport.store import Snapshot
from rapport.ui import wording
from rapport.ui.context import Page
from rapport.ui.look.theme import Contrast, Mode, Theme
from rapport.ui.panes.activity.operations import OperationsView
from rapport.ui.panes.activity.operations.view import OperationsDesk
from rapport.ui.panes.settings import SettingsDesk, SettingsPage
from rapport.ui.pseudo import PseudoTranslations
from rapport.ui.rooms import ACTIVITY, STANDARD_ROOMS, Rooms, Tab
from rapport.ui.widgets.overlay import Overlay
from rapport.ui.window import MainWindow

Until = Callable[[Callable[[], object]], Any]
_PATIENCE = 60
LOOKS = tuple(product((Mode.LIGHT, Mode.DARK), (Contrast.NORMAL, Contrast.HIGH)))
SIZES = (1.0, 1.5, 2.0)
DIRECTIONS = (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft)
_OVER = (
    *("go.palette", "app.help", "contact.new", "task.new", "appointment.new", "edit.history"),
    "contact.merge",
)
"""Actions that open something over the window."""
PICTURES = os.environ.get("RAPPORT_MATRIX")
"""A folder for a picture of everything that is seen, for looking at."""


@pytest.fixture
def dressed(theme: Theme, qapp: QApplication) -> Iterator[None]:
    yield
    language.use(NullTranslations(), number=wording.count)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    theme.set_text_scale(1.0)
    theme.set_contrast(Contrast.SYSTEM)
    theme.set_mode(Mode.LIGHT)


async def _words() -> str:
    return "Sent. What this desktop can do: it shows buttons. A click opens the task."


async def _size() -> int:
    return 3_200_000


async def _nothing() -> None:
    return None


@pytest.fixture
def plain_rooms(tmp_path: Path, clock: Any) -> Rooms:
    seen = Contact(
        host="services.leadconnectorhq.com", purpose=Purpose.RECORDS, times=1240, at=clock.now()
    )
    desk = SettingsDesk(
        data_folder=tmp_path,
        log_folder=tmp_path,
        key_place="Its key and your sign-in are in the system’s keyring.",
        test_notification=_words,
        diagnostics=_words,
        data_size=_size,
        hosts=lambda: (seen,),
        wipe=_nothing,
    )
    operations = OperationsDesk(entries=tuple(catalogue().values()), caller=Deaf())

    def build(workspace: Any, context: Any) -> OperationsView:
        return OperationsView(workspace, context, operations)

    return replace(
        STANDARD_ROOMS,
        settings=lambda context: SettingsPage(context, desk),
        activity=(*ACTIVITY, Tab("operations", "Operations", build)),
    )


async def fill(book: Any, workspace: Any, clock: Any) -> tuple[str, str]:
    """People with long names, many tags, tasks, notes, a visit, and an edit that waits. Returns the
    ids of two who may be the same."""
    tags = ["vip", "lead", "newsletter", "installer of the north", "hot"]
    ana, _, _, twin, _ = await book.add(
        {
            "first_name": "Maximiliane Alexandra",
            "last_name": "von Hohenstein-Ehrenberg",
            "email": "maximiliane.von.hohenstein@stiftung-auenland-nordwest.example",
            "phone": "+351912345678",
            "company": "Stiftung Auenland für Landschaftspflege und Naturschutz",
            "city": "Leça da Palmeira",
            "address": "Rua das Flores 214, 3.º",
            "timezone": "Europe/Lisbon",
            "source": "Referral · Solar Expo 2026",
            "tags": tags,
            "dnd": True,
        },
        {"first_name": "Zoë", "last_name": "van den Berg", "company": "Berg & Zonen"},
        {"first_name": "محمد", "last_name": "الفاسي", "tags": ["installer"]},
        {
            "first_name": "M.",
            "last_name": "von Hohenstein-Ehrenberg",
            "email": "maximiliane.von.hohenstein@stiftung-auenland-nordwest.example",
            "phone": "+351912345679",
            "website": "https://stiftung-auenland-nordwest.example/landschaftspflege",
            "tags": ["waiting for the quote"],
        },
        {"first_name": "Max", "phone": "+351912345679", "city": "Vila Nova de Famalicão"},
    )
    await book.crowd(40)
    now = clock.now()

    def child(kind: Kind, rid: str, **values: Any) -> Snapshot:
        return Snapshot(kind=kind, rid=rid, contact_rid="c000000", values=values, read_at=now)

    titles = ("Ask for the electricity bills of a whole year", "Call about the roof permit", "Pay")
    await book.absorb(
        [
            *(
                child(Kind.TASK, f"t{n}", title=title, due_at=(now + timedelta(n - 1)).isoformat())
                for n, title in enumerate(titles)
            ),
            child(
                Kind.NOTE,
                "n1",
                body="<p>The condominium approved panels on the south roof, <b>not</b> the façade"
                " and not the garage; she wants both prices, with and without a battery.</p>",
                added_at=(now - timedelta(minutes=30)).isoformat(),
            ),
            child(
                Kind.APPOINTMENT,
                "a1",
                title="Site visit, roof survey",
                start_at=(now + timedelta(3)).isoformat(),
                end_at=(now + timedelta(3, minutes=60)).isoformat(),
                status="confirmed",
            ),
        ]
    )
    edit = EditContact(contact_id=ana, fields={"city": "Porto", "source": "Expo"})
    await workspace.bus.run(edit)
    (item,) = await workspace.waiting.items()
    await _answer(book.store.outbox.conflict(item.seq, "city", "Matosinhos", "Both."))
    await workspace.bus.run(EditContact(contact_id=ana, fields={"address": "Rua das Flores 216"}))
    return str(ana), str(twin)


async def _answer(future: Any) -> Any:
    return await asyncio.wrap_future(future)


class Eye:
    """Looks at a window and remembers what was wrong."""

    def __init__(self, window: MainWindow, until: Until, name: str) -> None:
        self.window, self.until, self.name = window, until, name
        self.found: list[str] = []

    async def look(self, what: str, root: QWidget | None = None) -> None:
        """Wait for everything to be where it is going to be, which is where nothing is amiss."""
        seen = root or self.window
        wrong = faults(seen)
        for _ in range(_PATIENCE):
            if not wrong and not (root is None and self.window.context.runner._tasks):
                break
            await asyncio.sleep(0.01)
            wrong = faults(seen)
        if PICTURES:
            self.window.grab().save(f"{PICTURES}/{self.name}-{what}.png")
        self.found += [f"{self.name} {what}: {fault}" for fault in wrong]

    async def overlay(self, what: str) -> None:
        """Whatever was opened over the window; then it is closed."""

        def top() -> Overlay | None:
            shown = [one for one in self.window.findChildren(Overlay) if one.isVisible()]
            return shown[-1] if shown else None

        await self.until(top)
        overlay = top()
        assert overlay is not None
        await self.look(what, overlay)
        overlay.close()
        await self.until(lambda: not top())


CASES = list(product(SIZES, DIRECTIONS, (False, True)))


@pytest.mark.parametrize(
    ("size", "direction", "longer"),
    CASES,
    ids=[
        f"{size:.0%}-{'ltr' if way == DIRECTIONS[0] else 'rtl'}-{'longer' if more else 'english'}"
        for size, way, more in CASES
    ],
)
async def test_nothing_is_cut_off_and_nothing_overlaps(
    size: float,
    direction: Qt.LayoutDirection,
    longer: bool,
    dressed: None,
    theme: Theme,
    qapp: QApplication,
    book: Any,
    workspace: Any,
    clock: Any,
    open_window: Any,
    until: Until,
    sync: Any,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    language.use(PseudoTranslations() if longer else NullTranslations(), number=wording.count)
    qapp.setLayoutDirection(direction)
    theme.set_text_scale(size)
    contact, twin = await fill(book, workspace, clock)
    settings = Settings(theme=ThemeMode.LIGHT, text_scale=size, window=(960, 600))
    window: MainWindow = await open_window(settings)
    assert (window.width(), window.height()) == (960, 600)
    eye = Eye(window, until, request.node.callspec.id)
    place = CASES.index((size, direction, longer))

    pages: tuple[tuple[str, Callable[[], None]], ...] = (
        ("today", lambda: window.context.show_page(Page.TODAY)),
        ("calendar", lambda: window.context.show_page(Page.CALENDAR)),
        ("duplicates", window.context.show_duplicates),
        ("ledger", lambda: window.context.show_activity("ledger")),
        ("conflicts", lambda: window.context.show_activity("conflicts")),
        ("audit", lambda: window.context.show_activity("audit")),
        ("settings", lambda: window.context.show_page(Page.SETTINGS)),
    )
    others = Screens(eye, sync, workspace.account, (contact, twin), tmp_path).all()
    half = [
        screen
        for n, screen in enumerate(others)
        if (n + SIZES.index(size) + DIRECTIONS.index(direction) + longer) % 2
    ]
    for turn in range(len(LOOKS)):
        mode, contrast = LOOKS[(place + turn) % len(LOOKS)]
        theme.set_mode(mode)
        theme.set_contrast(contrast)
        window.context.open_contact(contact)
        await eye.look(f"contacts-{theme.tokens.name}")
        for id in _OVER[turn :: len(LOOKS)]:
            window.context.actions.trigger(id)
            await eye.overlay(id)
        for name, show in pages[turn :: len(LOOKS)]:
            show()
            await until(lambda: not window.context.runner._tasks)
            await eye.look(name)
        for screen in half[turn :: len(LOOKS)]:
            await screen()
    assert not eye.found, "\n".join(eye.found)
