"""The tour itself, on the desktop that ``command`` started."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from msgspec import structs

from rapport.app.application import Application
from rapport.app.clock import SystemClock
from rapport.app.config import ConfigFile
from rapport.app.logs import catch_crashes, start_log
from rapport.app.qt import qt_application, run_loop
from rapport.app.secrets import Secrets
from rapport.app.tour.access import nameless_widgets
from rapport.app.tour.command import size
from rapport.app.tour.crm import TourSandbox
from rapport.app.tour.driver import Driver, NotSeen
from rapport.app.tour.report import Report
from rapport.app.tour.steps import steps
from rapport.domain.settings import Settings, ThemeMode
from rapport.host.paths import Paths
from rapport.ui.languages import speak
from rapport.ui.look.theme import current_theme

RESTART_LIMIT_S = 60.0
ARAB = "محمد الفاسي"
SIGNING_IN = frozenset({"onboarding", "consent", "first-sync"})
"""Without these there is nothing to take a step in."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--theme", choices=("light", "dark"), required=True)
    parser.add_argument("--size", type=size, required=True)
    parser.add_argument("--lang", required=True)
    parser.add_argument("--scopes", nargs="+")
    parser.add_argument("--only", nargs="+")
    options = parser.parse_args()
    qt = qt_application()
    if qt is None:
        print("The tour needs a display.", file=sys.stderr)
        return 1
    speak(qt, options.lang)
    theme = current_theme()
    theme.apply(qt)
    with tempfile.TemporaryDirectory(prefix="rapport-tour-") as folder:
        paths = Paths.of(Path(folder) / "profile")
        settings = Settings(
            theme=ThemeMode(options.theme),
            window=options.size,
            close_to_tray_told=True,
            language=options.lang,
        )
        file = ConfigFile(paths.settings_file)
        file.save(structs.replace(file.load(), settings=settings))
        start_log(paths.logs)
        catch_crashes(paths.logs)
        scopes = tuple(options.scopes) if options.scopes else None
        try:
            only = frozenset(options.only) if options.only else None
            good = run_loop(qt, _tour(paths, options.out, Path(folder), scopes, only))
        finally:
            # What happened, for whoever looks into a failed step; it holds no secrets.
            for log in paths.logs.iterdir():
                shutil.copy(log, options.out)
    return 0 if good else 1


async def _tour(
    paths: Paths,
    out: Path,
    folder: Path,
    scopes: tuple[str, ...] | None,
    only: frozenset[str] | None,
) -> bool:
    sandbox = TourSandbox(folder / "sandbox.db")
    application = Application(
        paths,
        ConfigFile(paths.settings_file).load(),
        theme=current_theme(),
        secrets=Secrets.of(paths),
        sandbox=sandbox,
        clock=SystemClock(),
        sandbox_scopes=scopes,
    )
    driver = Driver()
    nameless: set[str] = set()

    async def camera(file: Path, *, whole: bool) -> None:
        window = application.window
        nameless.update(nameless_widgets(window))
        await driver.picture(file, window, whole=whole or not window.isVisible())

    report = Report(out, camera)
    try:
        await application.start()
        for name, step in steps(application, sandbox, driver, report.photograph):
            if only is None or name in only | SIGNING_IN:
                await report.run(name, step)
    finally:
        await application.close()
    application.window.deleteLater()

    again: dict[str, tuple[str, ...]] = {
        "restart-from-cache": (),
        "arabic": ("--lang", "ar", "--contact", ARAB),
    }
    for name, options in again.items():

        async def restart(name: str = name, options: tuple[str, ...] = options) -> None:
            await _restart(paths, out / f"{len(report.steps) + 1:02}-{name}.png", *options)
            report.taken()

        if only is None or name in only:
            await report.run(name, restart)
    return report.write(nameless=sorted(nameless))


async def _restart(paths: Paths, picture: Path, *options: str) -> None:
    """The program anew, in a process of its own, with nothing to talk to."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rapport.app.tour.restart",
        "--profile",
        paths.profile,
        "--picture",
        str(picture),
        *options,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=dict(os.environ),
    )
    try:
        _, errors = await asyncio.wait_for(child.communicate(), RESTART_LIMIT_S)
    except TimeoutError:
        child.kill()
        await child.wait()
        raise NotSeen("the program did not come up again") from None
    if child.returncode:
        raise NotSeen(errors.decode("utf-8", "replace").strip().rpartition("\n")[2])


if __name__ == "__main__":
    sys.exit(main())
