"""One running Rapport: the window, the tray, the accounts, and the order in which they come up.

Before the first paint nothing happens that a person does not see: the local copy is opened and its
list shown. Network, tray, reminders and everything heavy follow.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

import rapport_resources
from rapport.app.accounts import Accounts
from rapport.app.config import Config, ConfigFile
from rapport.app.engine_thread import EngineThread
from rapport.app.instance_server import InstanceServer
from rapport.app.sandbox_process import SandboxSource
from rapport.app.secrets import Secrets
from rapport.app.session import Session
from rapport.domain.changes import ChangeEvent
from rapport.domain.errors import InputError, RapportError
from rapport.domain.ports import Clock
from rapport.domain.records import Id
from rapport.domain.scopes import ALL, WRITE
from rapport.domain.settings import Account, Settings
from rapport.host.keyring import NoKeyring
from rapport.host.messages import Message
from rapport.host.notifications import DesktopNotifications
from rapport.host.paths import Paths
from rapport.language import count, tr, trn
from rapport.ui.accounts import SignedIn
from rapport.ui.collector import Collector
from rapport.ui.context import Page, WindowContext
from rapport.ui.look.theme import Contrast, Mode, Motion, Theme
from rapport.ui.rooms import ACTIVITY, STANDARD_ROOMS, Tab
from rapport.ui.window import MainWindow

if TYPE_CHECKING:
    from rapport.app.companions import Companions
    from rapport.host.motion import DesktopMotion
    from rapport.services.workspace import Workspace
    from rapport.ui.onboarding import WelcomePage

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
        self.paths = paths
        self.config = config
        self.finished = asyncio.Event()
        """Set when the program is to end."""
        self._file = ConfigFile(paths.settings_file)
        self._theme = theme
        self._secrets = secrets
        self._sandbox = sandbox
        self._sandbox_scopes = sandbox_scopes
        self.clock = clock
        self._thread = EngineThread()
        self.notifications = DesktopNotifications(mark_file())
        self.accounts = Accounts(
            paths,
            secrets,
            sandbox,
            self._thread,
            clock,
            opened=self._opened,
            changed=self._tell_accounts,
        )
        self.session: Session | None = None
        """The account on screen."""
        self._closing = False
        self._companions: Companions | None = None
        self._motion: DesktopMotion | None = None
        self._instance = InstanceServer(paths, {"show": self._asked, "call": self._call})
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
        self._collector = Collector(self.window)
        self.window.closed.connect(self.finished.set)
        self.window.hidden_to_tray.connect(self._hidden)
        self.window.context.account_wanted.connect(self._account_wanted)
        self.window.context.scope_wanted.connect(self._ask_scope)
        self._tell_accounts()
        self.window.context.settings_changed.connect(self._apply_settings)
        self._bind_actions()

    # Coming up.

    async def start(self, key: bytes | None = None) -> None:
        """Shows the window: the current account from its local copy, or the welcome page.

        ``key`` is the current account's database key, fetched while the window was built.
        """
        await self._instance.start()
        account = self.config.account(self.config.current)
        self.window.painted.connect(lambda: self._own(self._after_paint()))
        if account is None:
            self._welcome()
        else:
            await self._open_known(account, key)
            # Rows take some milliseconds: the first frame shows them, where nothing is wrong.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.window.rows_read(), FIRST_ROWS_S)
        self.window.open_at_its_size()

    async def _open_known(self, account: Account, key: bytes | None = None) -> Session | None:
        """Shows an account from its local copy, or why it cannot be; None then."""
        try:
            session = await self.accounts.open(account, key)
        except NoKeyring as error:
            # An account that was in memory only has left nothing to be in trouble about.
            if self.accounts.is_kept(account.id):
                self._trouble(account, error)
            else:
                self._welcome()
        except RapportError as error:
            self._trouble(account, error)
        else:
            self._show(session)
            return session
        return None

    def _opened(self, session: Session) -> None:
        def heard(event: ChangeEvent) -> None:
            if event.reference:
                self._learn_name(session)

        session.workspace.feed.subscribe(heard)

    def _show(self, session: Session) -> None:
        if self.session is session:
            self.window.set_cover(None)
            return
        self.session = session
        self.window.set_cover(None)
        self.window.set_memory_only(self._secrets.in_memory)
        self.window.set_workspace(session.workspace)
        self._tell_accounts()

    def _tell_accounts(self) -> None:
        """What the window, the tray and the reminders know of all accounts."""
        known = []
        for account in self.config.accounts:
            session = self.accounts.session(account.id)
            workspace = session.workspace if session is not None else None
            known.append(SignedIn(account, workspace, self.accounts.error(account.id)))
        self.window.context.set_accounts(tuple(known))

    def _learn_name(self, session: Session) -> None:
        """What the account is called and where it is, once the CRM has said so."""
        location = session.workspace.reference.location
        if location is None:
            return
        account, name = session.account, location.name
        if account.sandbox:
            others = any(one.sandbox and one.id != account.id for one in self.config.accounts)
            name = f"{location.name} ({tr('Sandbox')})" if others else account.name
        named = msgspec.structs.replace(
            account, name=name or account.name, place=location.city or account.place
        )
        if named != account:
            session.account = session.workspace.account = named
            self._save(self.config.renamed(named))
            if self.session is session:
                self.window.account_changed()

    async def _after_paint(self) -> None:
        """Everything a person does not wait for: the account on screen before the others."""
        self._thread.start()
        from rapport.app.companions import Companions

        self._companions = Companions(
            self.window, self.notifications, self.clock, open_task=self.open_task
        )
        from rapport.host.motion import DesktopMotion

        self._motion = DesktopMotion(self._theme.set_desktop_reduces_motion)
        self._own(self._motion.start())
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

    # Signing in and out.

    def _welcome(self) -> WelcomePage:
        from rapport.app.sign_in import SignIn
        from rapport.ui.onboarding import WelcomePage

        gateway = SignIn(
            engine=self._thread,
            secrets=self._secrets,
            sandbox=self._sandbox,
            clock=self.clock,
            opened=self._signed_in,
            added=self._added,
            known=self._known,
            appearance=lambda: (self._theme.mode.value, self._theme.text_scale),
            open_browser=lambda url: QDesktopServices.openUrl(QUrl(url)),
            sandbox_scopes=self._sandbox_scopes,
        )
        page = WelcomePage(gateway, self.window.context.runner, self._theme)
        page.theme_chosen.connect(lambda mode: self.window.context.change_settings(theme=mode))
        page.signed_in.connect(lambda account: self.window.come_forward())
        if self.session is not None:
            page.allow_return(lambda: self.window.set_cover(None))
        self.window.set_cover(page)
        return page

    def _add_account(self) -> None:
        self._welcome()

    def explore_sandbox(self) -> None:
        """What ``--sandbox`` asks for: the sandbox account, signing in where there is none yet."""
        account = next((one for one in self.config.accounts if one.sandbox), None)
        if account is not None and self.accounts.is_kept(account.id):
            self._account_wanted(account.id)
            return
        page = self._welcome()
        page.explore()

    def _known(self, host: str, location_id: str, user_id: str) -> Account | None:
        for account in self.config.accounts:
            theirs = "sandbox" if account.sandbox else QUrl(account.api_url).host()
            if (theirs, account.location_id, account.user_id) == (host, location_id, user_id):
                return account
        return None

    async def _signed_in(self, account: Account) -> None:
        self._save(self.config.with_account(account))
        session = await self._open_again(account)
        self._show(session)
        self.window.show_page(Page.CONTACTS)
        await self.accounts.connect(session)

    async def _added(self, account: Account) -> None:
        """A further account of one sign-in: it syncs, and is there to be switched to."""
        config = self.config.with_account(account)
        self._save(msgspec.structs.replace(config, current=self.config.current))
        await self.accounts.connect(await self._open_again(account))

    async def _open_again(self, account: Account) -> Session:
        if self.session is not None and self.session.account.id == account.id:
            self.window.set_workspace(None)
        session = await self.accounts.open_again(account)
        # What one sandbox is called depends on whether there are several.
        for one in self.accounts.sessions():
            self._learn_name(one)
        return session

    def _leave(self) -> None:
        self.session = None
        self.window.set_workspace(None)

    def _account_wanted(self, account_id: str, then: Callable[[], None] | None = None) -> None:
        account = self.config.account(account_id)
        if account is not None:
            # A second wish overtakes the first.
            self.window.context.runner.start(lambda: self._switch(account, then), slot="switch")

    async def _switch(self, account: Account, then: Callable[[], None] | None = None) -> None:
        session = await self._open_known(account)
        if session is None:
            return
        if then is not None:
            then()
        if self.config.current != account.id:
            self._save(msgspec.structs.replace(self.config, current=account.id))
        await self.accounts.connect(session)

    async def _sign_out(self) -> None:
        """Ends the session at the server, then deletes tokens, key and database."""
        from rapport.ui.widgets.overlay import confirm

        session = self.session
        if session is None:
            return
        waiting = len(await session.workspace.queries.outbox_items())
        sentence = tr("The local copy of this account is deleted from this computer.")
        if waiting:
            lost = trn(
                "{n} edit has not reached the CRM yet and would be lost.",
                "{n} edits have not reached the CRM yet and would be lost.",
                waiting,
            )
            sentence = " ".join((sentence, lost.format(n=count(waiting))))
        if not await confirm(
            self.window,
            tr("Sign out of {name}?").format(name=session.account.name),
            sentence,
            confirm=tr("Sign out"),
            danger=True,
        ):
            return
        await self._forget(session.account)
        following = self.config.account(self.config.current)
        if following is not None:
            await self._switch(following)
        else:
            self._welcome()

    async def _reset_sandbox(self) -> None:
        """Made-up people as on the first day, and a new sign-in to them."""
        from rapport.ui.widgets.overlay import confirm

        session = self.session
        if session is None or not session.account.sandbox:
            return
        if await confirm(
            self.window,
            tr("Reset the sandbox?"),
            tr("Everything that was changed in it is lost; the made-up contacts start afresh."),
            confirm=tr("Reset the sandbox"),
            danger=True,
        ):
            for account in self.config.accounts:
                if account.sandbox:
                    await self._forget(account)
            await self._sandbox.reset()
            self.explore_sandbox()

    async def _forget(self, account: Account) -> None:
        """Ends the sign-in at the server and deletes what is here of it."""
        if self.session is not None and self.session.account.id == account.id:
            self._leave()
        await self.accounts.forget(account)
        self._save(self.config.without_account(account.id))
        if account.agency and all(one.agency != account.agency for one in self.config.accounts):
            # Nothing is left that its tokens could be minted for.
            await asyncio.to_thread(self._secrets.forget, account.agency)

    def _sign_in_again(self) -> None:
        account = self.session.account if self.session is not None else None
        page = self._welcome()
        if account is not None:
            page.signed_in.connect(lambda now: self._tell_of_another_person(account, now))
            page.reconnect(account)

    def _tell_of_another_person(self, before: Account, now: Account) -> None:
        if now.id != before.id and now.location_id == before.location_id:
            self.window.context.notice(
                tr("You signed in as somebody else"),
                tr("Edits made before wait for the one who made them, in the other account."),
                icon="user",
            )

    def _ask_write(self) -> None:
        self._ask_scope(WRITE.name)

    def _ask_scope(self, name: str) -> None:
        """A new sign-in, for this scope beside those that were granted before."""
        if self.session is None:
            return
        account = self.session.account
        if account.sandbox:
            usual = self._sandbox_scopes or tuple(scope.name for scope in ALL)
            self._sandbox_scopes = tuple(dict.fromkeys((*usual, *account.scopes, name)))
            self._welcome().explore()
        else:
            self._welcome().prefill(account, (name,))

    def _trouble(self, account: Account, error: RapportError) -> None:
        """The local copy cannot be opened: say why, keep it, and offer to try again."""
        from rapport.ui.onboarding.trouble import TroublePage

        log.warning("the account could not be opened: %s", type(error).__name__)
        others = tuple(one for one in self.config.accounts if one.id != account.id)
        page = TroublePage(account.name, error, others)
        page.account_chosen.connect(self._account_wanted)
        page.again.connect(lambda: self._account_wanted(account.id))
        page.other.connect(lambda: self._welcome())
        page.repair.connect(lambda: self._own(self._repair(account)))
        self.window.set_cover(page)

    async def _repair_current(self) -> None:
        """Asked for by the person, or where a part of the copy turned out to be damaged."""
        from rapport.ui.widgets.overlay import confirm

        session = self.session
        if session is not None and await confirm(
            self.window,
            tr("Repair the local copy of {name}?").format(name=session.account.name),
            tr(
                "A new copy is made of what can be read of this one, your edits first. The rest is "
                "read from the CRM again; the old file is kept beside it."
            ),
            confirm=tr("Repair"),
        ):
            await self._repair(session.account)

    async def _change_key(self) -> None:
        """For somebody who fears that the old one is known. The file is as large as before."""
        from rapport.ui.widgets.overlay import confirm

        session = self.session
        if session is None or not await confirm(
            self.window,
            tr("Change the encryption key?"),
            tr(
                "The local copy of {name} is encrypted with a new key, and older backups of it are "
                "deleted. For a large copy this takes some seconds."
            ).format(name=session.account.name),
            confirm=tr("Change the key"),
        ):
            return
        account = session.account
        self._leave()
        try:
            await self.accounts.change_key(account)
            self.window.context.notice(tr("The encryption key is changed"), icon="key")
        finally:
            session = await self._open_known(account)
            if session is not None:
                await self.accounts.connect(session)

    async def _repair(self, account: Account) -> None:
        if self.session is not None and self.session.account.id == account.id:
            self._leave()
        rescued = await self.accounts.repair(account)
        session = await self._open_known(account)
        if session is not None:
            self.window.context.notice(
                tr("The local copy is repaired"),
                tr("{records} records and {edits} edits were kept.").format(
                    records=count(rescued.records), edits=count(rescued.edits)
                ),
                icon="shield",
            )
            await self.accounts.connect(session)

    # What the window asks.

    def _bind_actions(self) -> None:
        actions = self.window.context.actions
        actions.bind("account.add", self._add_account)
        actions.bind("account.sign-in", self._sign_in_again)
        actions.bind("account.ask-write", self._ask_write)
        actions.bind("account.sign-out", self._sign_out)
        if self._secrets.lasting:
            actions.bind("account.repair", self._repair_current)
            actions.bind("account.change-key", self._change_key)
        actions.bind("account.reset-sandbox", self._reset_sandbox)

    def _settings(self, context: WindowContext) -> QWidget:
        from rapport.app.wipe import folder_size
        from rapport.domain.hosts import contacted
        from rapport.ui.panes.settings import SettingsDesk, SettingsPage

        return SettingsPage(
            context,
            SettingsDesk(
                data_folder=self.paths.data,
                log_folder=self.paths.logs,
                key_place=self._secrets.place,
                test_notification=self._test_notification,
                diagnostics=self._diagnostics,
                data_size=lambda: asyncio.to_thread(folder_size, self.paths.data),
                hosts=contacted.seen,
                wipe=self._wipe,
            ),
        )

    def _operations(self, workspace: Workspace, context: WindowContext) -> QWidget:
        from rapport.api.catalogue import catalogue
        from rapport.ui.panes.activity.operations import OperationsView
        from rapport.ui.panes.activity.operations.view import OperationsDesk

        session = next(one for one in self.accounts.sessions() if one.workspace is workspace)
        return OperationsView(
            workspace,
            context,
            OperationsDesk(
                entries=tuple(catalogue().values()), caller=session, profile=self.paths.profile
            ),
        )

    async def _test_notification(self) -> str:
        held = await self.notifications.capabilities()
        await self.notifications.show(
            "test", tr("This is a test"), tr("Reminders of due tasks look like this.")
        )
        buttons = (
            tr("It shows buttons: Complete, Snooze and Undo work without opening the window.")
            if "actions" in held
            else tr("It shows no buttons: complete and snooze from the tray or the window.")
        )
        clicks = (
            tr("A click opens the task.") if "click" in held else tr("It does not report clicks.")
        )
        return tr("Sent. What this desktop can do: {buttons} {clicks}").format(
            buttons=buttons, clicks=clicks
        )

    async def _diagnostics(self) -> str:
        from rapport.app.diagnostics import report

        context = self.window.context
        return report(
            theme=self._theme,
            settings=context.settings,
            accounts=context.accounts,
            keyring="in memory only" if self._secrets.in_memory else "the system's",
            notifications=await self.notifications.capabilities(),
            now=self.clock.now().astimezone(self.clock.zone()),
        )

    async def _wipe(self) -> None:
        """Everything of Rapport's on this computer, after a question that says what is lost."""
        from rapport.app.wipe import wipe_files
        from rapport.ui.widgets.overlay import confirm

        sentences = [
            tr(
                "All local copies, sign-ins, keys, settings and logs are deleted from this "
                "computer. Nothing is deleted in the CRM."
            )
        ]
        for one in self.window.context.accounts:
            waiting = len(await one.workspace.queries.outbox_items()) if one.workspace else 0
            if waiting:
                sentences.append(
                    trn(
                        "{n} edit of {name} has not reached the CRM yet and would be lost.",
                        "{n} edits of {name} have not reached the CRM yet and would be lost.",
                        waiting,
                    ).format(n=count(waiting), name=one.name)
                )
            elif one.workspace is None:
                sentences.append(
                    tr("{name} is not open: whether edits of it wait cannot be told.").format(
                        name=one.name
                    )
                )
        if not await confirm(
            self.window,
            tr("Remove everything from this computer?"),
            " ".join(sentences),
            confirm=tr("Remove everything"),
            danger=True,
        ):
            return
        for account in self.config.accounts:
            await self._forget(account)
        await self._sandbox.reset()
        await asyncio.to_thread(wipe_files, self.paths)
        self.window.context.change_settings(
            **msgspec.structs.asdict(Settings(window=self.window.context.settings.window))
        )
        self._save(Config())
        self._welcome()

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
        self._save(msgspec.structs.replace(self.config, settings=settings))

    def _save(self, config: Config) -> None:
        self.config = config
        self._tell_accounts()
        try:
            self._file.save(config)
        except RapportError as error:
            self.window.context.runner.show(error)

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
        self._account_wanted(account_id, lambda: self.window.open_task(task_id))

    # A second start, a link, and the command line.

    def open_link(self, link: str) -> None:
        """Shows what a rapport:// link names, or says why not."""
        from rapport.app.links import Links

        links = Links(
            self.window,
            lambda: self.config.accounts,
            self.accounts.open,
            self._account_wanted,
        )
        self._own(links.open(link))

    async def _asked(self, message: Message) -> Message:
        self.window.come_forward()
        if message.head.get("sandbox"):
            self.explore_sandbox()
        if isinstance(link := message.head.get("link"), str) and link:
            self.open_link(link)
        return Message({})

    async def _call(self, message: Message) -> Message:
        from rapport.app.account_call import Answer, answered, asked, telling
        from rapport.app.error_sentence import sentence

        account_id, call = await asyncio.to_thread(asked, message)
        account = self.config.account(account_id)
        if account is None:
            raise InputError("This account is not signed in any more.")
        session = await self.accounts.open(account)
        try:
            await self.accounts.connect(session)
            return telling(answered(await session.call(call)))
        except RapportError as error:
            return telling(Answer(body=b"", refused=sentence(error)))

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
        self._thread.stop()
        await self.notifications.close()
        await self._sandbox.stop()
        self._collector.stop()

    def _own(self, work: Coroutine[Any, Any, Any]) -> None:
        self.window.context.runner.own(work)


def mark_file() -> Path:
    """The application's mark as a file, for the desktop's own pop-ups."""
    return Path(rapport_resources.__file__).parent / "mark.svg"
