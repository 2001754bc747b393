"""``rapport``: from the command line to the window, and back."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.app.config import Config, ConfigFile
from rapport.domain.errors import RapportError
from rapport.host.instance import InstanceLock
from rapport.host.paths import Paths

if TYPE_CHECKING:
    from rapport.app.secrets import Secrets

SHOW_LIMIT_S = 5.0
"""How long a running Rapport may take to bring its window to the front."""


def open_window(
    profile: Path | None,
    *,
    sandbox: bool = False,
    key_file: Path | None = None,
    language: str = "",
    link: str = "",
) -> int:
    """Runs the program until it is quit. ``language`` is spoken instead of the chosen one; ``link``
    is what to show first. Returns the exit status."""
    # What is loaded for the first frame stays; the window's collector takes over afterwards.
    gc.disable()
    paths = Paths.of(profile)
    lock = InstanceLock(paths)
    if not lock.acquire():
        from rapport.host.messages import Message, ask_or_lock, request

        show = Message(request("show", sandbox=sandbox, link=link))
        if ask_or_lock(paths, lock, show, timeout_s=SHOW_LIMIT_S) is not None:
            print("Rapport is already open; its window was brought to the front.")
            return 0
    try:
        return _run(paths, sandbox=sandbox, key_file=key_file, language=language, link=link)
    finally:
        lock.release()


def _run(paths: Paths, *, sandbox: bool, key_file: Path | None, language: str, link: str) -> int:
    from rapport.app.logs import catch_crashes, start_log
    from rapport.app.secrets import Secrets

    start_log(paths.logs)
    catch_crashes(paths.logs)
    if key_file is not None:
        print("The database key is read from a file: for measuring only.", file=sys.stderr)
    config = ConfigFile(paths.settings_file).load()
    secrets = Secrets.of(paths, key_file=key_file)
    # The keyring is asked while Qt is loaded: both take their time, and neither needs the other.
    with closing(secrets), ThreadPoolExecutor(1, thread_name_prefix="key") as pool:
        key = _ask_key(pool, paths, config, secrets)
        language = language or config.settings.language
        return _with_qt(paths, config, secrets, key, sandbox=sandbox, language=language, link=link)


def _ask_key(
    pool: ThreadPoolExecutor, paths: Paths, config: Config, secrets: Secrets
) -> Future[bytes] | None:
    account = config.account(config.current)
    if account is None:
        return None
    database = paths.account(account.id) / "rapport.db"
    return pool.submit(secrets.database_key, account.id, database)


def _with_qt(
    paths: Paths,
    config: Config,
    secrets: Secrets,
    key: Future[bytes] | None,
    *,
    sandbox: bool,
    language: str,
    link: str,
) -> int:
    from rapport.app.qt import on_signals, qt_application, run_loop

    qt = qt_application()
    if qt is None:
        print(
            "There is no display to open a window on. “rapport tour” brings its own.",
            file=sys.stderr,
        )
        return 1
    from rapport.ui.languages import speak

    speak(qt, language)
    from rapport.app.application import Application
    from rapport.app.clock import SystemClock
    from rapport.app.sandbox_process import SandboxProcess
    from rapport.ui.look.theme import current_theme

    theme = current_theme()
    theme.apply(qt)

    async def main() -> int:
        application = Application(
            paths,
            config,
            theme=theme,
            secrets=secrets,
            sandbox=SandboxProcess(paths.sandbox_state),
            clock=SystemClock(),
        )
        on_signals(application.finished.set)
        try:
            await application.start(await _value(key))
            if sandbox:
                application.explore_sandbox()
            if link:
                application.open_link(link)
            await application.finished.wait()
        finally:
            await application.close()
        return 0

    return run_loop(qt, main())


async def _value(key: Future[bytes] | None) -> bytes | None:
    """The key, or None where it could not be had: opening then says why."""
    if key is None:
        return None
    try:
        return await asyncio.wrap_future(key)
    except RapportError:
        return None


def has_display() -> bool:
    """Whether a window can be shown at all."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
