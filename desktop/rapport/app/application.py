"""One running Rapport: the window, the tray, the accounts, and the order in which they come up.

Before the first paint nothing happens that a person does not see: the local copy is opened and its
list shown. Network, tray, reminders and everything heavy follow.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtWidgets import QWidget

import rapport_resources
from rapport.app.accounts import Accounts
from rapport.app.config import Config
from rapport.app.engine_thread import EngineThread
from rapport.app.entrance import Entrance
from rapport.app.ground import Ground
from rapport.app.instance_server import InstanceServer
from rapport.app.leaving import Leaving
from rapport.app.on_screen import OnScreen
from rapport.app.sandbox_process import SandboxSource
from rapport.app.second_start import SecondStart
from rapport.app.secrets import Secrets
from rapport.app.session import Session
from rapport.app.upkeep import Upkeep
from rapport.domain.errors import RapportError
from rapport.domain.ports import Clock
from rapport.domain.records import Id
from rapport.domain.settings import Account, Settings
from rapport.host.keyring import NoKeyring
from rapport.host.notifications import DesktopNotifications
from rapport.host.paths import Paths
from rapport.ui.collector import Collector
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import Contrast, Mode, Motion, Theme
from rapport.ui.rooms import ACTIVITY, STANDARD_ROOMS, Tab
from rapport.ui.window import MainWindow

if TYPE_CHECKING:
    from rapport.app.companions import Companions
    from rapport.host.motion import DesktopMotion
    from rapport.services.workspace import Workspace

log = logging.getLogger(__name__)

FIRST_ROWS_S = 0.3
"""How long the window waits for the first rows; then it opens with placeholders."""


class Application:
    """Builds everything and takes it down again. Lives on the window's loop."""

    def __init__(
        self,
        paths: Paths,
        config: Config,
        *,
        theme: Theme,
        secrets: Secrets,
        sandbox: SandboxSource,
        clock: Clock,
        sandbox_scopes: tuple[str, ...] | None = None,
    ) -> None:
        self.finished = asyncio.Event()
        """Set when the program is to end."""
        self.clock = clock
        self.notifications = DesktopNotifications(mark_file())
        self._ground = Ground(paths, secrets, sandbox, clock, EngineThread())
        self._theme = theme
        self._closing = False
        self._companions: Companions | None = None
        self._motion: DesktopMotion | None = None
        self._dress(config.settings)
        self.window = MainWindow(
            theme,
            config.settings,
            rooms=replace(
                STANDARD_ROOMS,
                settings=self._settings,
                activity=(*ACTIVITY, Tab("operations", "Operations", self._operations)),
            ),
            keep_settings=self._keep_settings,
            hides_on_close=self._hides_on_close,
        )
        self.screen = OnScreen(self.window, self._ground, config, self._cannot_open)
        self.entrance = Entrance(self.screen, self._ground, sandbox_scopes)
        self._leaving = Leaving(self.screen, self._ground, self.entrance)
        self._upkeep = Upkeep(self.screen, lasting=secrets.lasting)
        self._second_start = SecondStart(self.screen, self.entrance)
        self._instance = InstanceServer(paths, self._second_start.handlers)
        self._collector = Collector(self.window)
        self.window.closed.connect(self.finished.set)
        self.window.hidden_to_tray.connect(self._hidden)
        self.window.context.account_wanted.connect(self.screen.want)
        self.window.context.settings_changed.connect(self._apply_settings)
        self.screen.tell_accounts()

    @property
    def session(self) -> Session | None:
        """The account on screen."""
        return self.screen.session

    @property
    def config(self) -> Config:
        return self.screen.config

    @property
    def accounts(self) -> Accounts:
        return self.screen.accounts

    # Coming up.

    async def start(self, key: bytes | None = None) -> None:
        """Shows the window: the current account from its local copy, or the welcome page.

        ``key`` is the current account's database key, fetched while the window was built.
        """
        await self._instance.start()
        account = self.config.account(self.config.current)
        self.window.painted.connect(lambda: self._own(self._after_paint()))
        if account is None:
            self.entrance.welcome()
        else:
            await self.screen.open(account, key)
            # Rows take some milliseconds: the first frame shows them, where nothing is wrong.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.window.rows_read(), FIRST_ROWS_S)
        self.window.open_at_its_size()

    async def _after_paint(self) -> None:
        """Everything a person does not wait for: the account on screen before the others."""
        self._ground.engine.start()
        from rapport.app.companions import Companions

        self._companions = Companions(
            self.window, self.notifications, self.clock, open_task=self.open_task
        )
        from rapport.host.motion import DesktopMotion

        self._motion = DesktopMotion(self._theme.set_desktop_reduces_motion)
        self._motion.start()
        shown = self.session
        if shown is not None:
            try:
                await self.accounts.connect(shown)
            except RapportError as error:
                self.window.context.runner.show(error)
        current = shown.account.id if shown is not None else self.config.current
        await self.accounts.open_rest(
            account for account in self.config.accounts if account.id != current
        )

    def _cannot_open(self, account: Account, error: RapportError) -> None:
        """Says why the local copy cannot be opened, keeps it, and offers to try again."""
        if isinstance(error, NoKeyring) and not self.accounts.is_kept(account.id):
            # An account that was in memory only has left nothing to be in trouble about.
            self.entrance.welcome()
            return
        from rapport.ui.onboarding.trouble import TroublePage

        log.warning("the account could not be opened: %s", type(error).__name__)
        others = tuple(one for one in self.config.accounts if one.id != account.id)
        page = TroublePage(account.name, error, others)
        page.account_chosen.connect(self.screen.want)
        page.again.connect(lambda: self.screen.want(account.id))
        page.other.connect(self.entrance.welcome)
        page.repair.connect(lambda: self._own(self._upkeep.repair(account)))
        self.window.set_cover(page)

    # What the window asks.

    def _settings(self, context: WindowContext) -> QWidget:
        from rapport.app.settings_desk import settings_desk
        from rapport.ui.panes.settings import SettingsPage

        desk = settings_desk(context, self._ground, self.notifications, self._leaving.wipe)
        return SettingsPage(context, desk)

    def _operations(self, workspace: Workspace, context: WindowContext) -> QWidget:
        from rapport.api.catalogue import catalogue
        from rapport.ui.panes.activity.operations import OperationsView
        from rapport.ui.panes.activity.operations.view import OperationsDesk

        session = next(one for one in self.accounts.sessions() if one.workspace is workspace)
        return OperationsView(
            workspace,
            context,
            OperationsDesk(
                entries=tuple(catalogue().values()),
                caller=session,
                profile=self._ground.paths.profile,
            ),
        )

    def _apply_settings(self) -> None:
        settings = self.window.context.settings
        self._dress(settings)
        if self._companions is not None:
            self._companions.settings_changed()

    def _dress(self, settings: Settings) -> None:
        self._theme.set_mode(Mode(settings.theme.value))
        self._theme.set_contrast(Contrast(settings.contrast.value))
        self._theme.set_motion(Motion(settings.motion.value))
        self._theme.set_text_scale(settings.text_scale)

    def _keep_settings(self, settings: Settings) -> None:
        self.screen.save(msgspec.structs.replace(self.config, settings=settings))

    def _hides_on_close(self) -> bool:
        return self._companions is not None and self._companions.tray.present and not self._closing

    def _hidden(self) -> None:
        settings = self.window.context.settings
        if not settings.close_to_tray_told and self._companions is not None:
            self._companions.tray.tell_hidden()
            self.window.context.change_settings(close_to_tray_told=True)

    def open_task(self, account_id: str, task_id: Id) -> None:
        """Brings up the window with that account and its task."""
        self.window.come_forward()
        self.screen.want(account_id, lambda: self.window.open_task(task_id))

    # What the command line asks.

    def explore_sandbox(self) -> None:
        """What ``--sandbox`` asks for."""
        self.entrance.explore_sandbox()

    def open_link(self, link: str) -> None:
        """Shows what a rapport:// link names, or says why not."""
        self._second_start.open_link(link)

    # Going down.

    async def close(self) -> None:
        """Ends everything in the order it depends on each other; nothing acknowledged is lost."""
        self._closing = True
        await self._instance.stop()
        if self._companions is not None:
            await self._companions.close()
        if self._motion is not None:
            await self._motion.close()
        await self.window.aclose()
        await self.accounts.close()
        self._ground.engine.stop()
        await self.notifications.close()
        await self._ground.sandbox.stop()
        self._collector.stop()

    def _own(self, work: Coroutine[Any, Any, Any]) -> None:
        self.window.context.runner.own(work)


def mark_file() -> Path:
    """The application's mark as a file, for the desktop's own pop-ups."""
    return Path(rapport_resources.__file__).parent / "mark.svg"
