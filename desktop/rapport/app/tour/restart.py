"""The last step of the tour: a fresh process, no sandbox, and everything is still there."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLocale, QPoint, Qt
from PySide6.QtWidgets import QListView

from rapport.app.application import Application
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.qt import qt_application, run_loop
from rapport.app.secrets import Secrets
from rapport.app.tour.detail_steps import NOTE
from rapport.app.tour.driver import Driver, NotSeen
from rapport.app.tour.shared import ANA
from rapport.domain.errors import NetworkError
from rapport.domain.views import SyncState
from rapport.host.paths import Paths
from rapport.language import SPOKEN
from rapport.ui.languages import speak
from rapport.ui.look.theme import current_theme
from rapport.ui.roles import ContactRole


class NoSandbox:
    """Implements ``SandboxSource``: a server that is gone."""

    async def start(self) -> dict[str, Any]:
        raise NetworkError("The sandbox is switched off.")

    async def stop(self) -> None:
        pass

    async def reset(self) -> None:
        pass


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile", type=Path, required=True)
    parser.add_argument("--picture", type=Path, required=True)
    parser.add_argument("--lang", choices=SPOKEN, help="instead of the language of the settings")
    parser.add_argument("--contact", default=ANA, help="whom to open")
    options = parser.parse_args()
    qt = qt_application()
    assert qt is not None
    paths = Paths.of(options.profile)
    speak(qt, options.lang or ConfigFile(paths.settings_file).load().settings.language)
    theme = current_theme()
    theme.apply(qt)
    try:
        run_loop(qt, _look(paths, options.picture, options.contact))
    except NotSeen as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


async def _look(paths: Paths, picture: Path, contact: str) -> None:
    application = Application(
        paths,
        ConfigFile(paths.settings_file).load(),
        theme=current_theme(),
        secrets=Secrets.of(paths),
        sandbox=NoSandbox(),
        clock=SystemClock(),
    )
    do = Driver()
    try:
        await application.start()
        view = await do.see("contact-list", QListView)
        model = view.model()
        await do.until(lambda: model.rowCount() >= 500, "all contacts, from the local copy")
        names = [model.index(row, 0).data(ContactRole.NAME) for row in range(60)]
        await do.click_row(view, model.index(names.index(contact), 0))
        session = application.session
        assert session is not None

        async def note_kept() -> bool:
            contact_id = application.window.current_contact_id
            detail = await session.workspace.queries.detail(contact_id) if contact_id else None
            if detail is None or contact != ANA:
                return detail is not None and detail.contact.name == contact
            return any(NOTE in note.body for note in detail.notes)

        await do.until_known(note_kept, "the note written before")
        await do.until(
            lambda: session.workspace.sync.status().state is SyncState.OFFLINE, "the offline pill"
        )
        sidebar = await do.see("sidebar", QListView)
        mirrored = sidebar.mapToGlobal(QPoint()).x() > view.mapToGlobal(QPoint()).x()
        if mirrored != (QLocale().textDirection() is Qt.LayoutDirection.RightToLeft):
            raise NotSeen("the window runs in the other direction")
        await asyncio.sleep(0)
        await do.picture(picture, application.window)
    finally:
        await application.close()


if __name__ == "__main__":
    sys.exit(main())
