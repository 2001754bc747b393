"""``rapport`` as processes: a second start, an orderly end, a kill at any moment."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rapport.app import pointer

WELCOME = "Explore the sandbox"
ORDERLY_END_S = 8.0
"""On a busy machine of two cores; alone it takes one."""


def active_window_process() -> int:
    """The process whose window the window manager calls the active one."""
    done = subprocess.run(
        ["xdotool", "getactivewindow", "getwindowpid"], capture_output=True, text=True, check=False
    )
    return int(done.stdout.strip() or 0)


def minimise() -> None:
    subprocess.run(["xdotool", "getactivewindow", "windowminimize"], check=True)


async def test_a_second_start_raises_the_first_window(
    tmp_path: Path, start: Callable[..., Any], until: Callable[..., Any]
) -> None:
    """Bad input 38: a second instance raises the first window."""
    first = start("--profile", str(tmp_path / "one"))
    await pointer.find_accessible(WELCOME, "push button", timeout_s=30)
    pid = first.process.pid
    await until(lambda: active_window_process() == pid, "the first window in front")
    # Another profile is another Rapport; its window covers the first.
    other = start("--profile", str(tmp_path / "two"))
    await until(lambda: active_window_process() == other.process.pid, "the other in front")

    second = start("--profile", str(tmp_path / "one"))

    assert await second.ended() == (
        0,
        "Rapport is already open; its window was brought to the front.\n",
        "",
    )
    await until(lambda: active_window_process() == pid, "the first window in front again")
    first.terminate()
    other.terminate()
    assert (await first.ended())[0] == (await other.ended())[0] == 0


async def test_a_second_start_raises_a_minimised_window(
    tmp_path: Path, start: Callable[..., Any], until: Callable[..., Any]
) -> None:
    """Bad input 38, with a window out of sight."""
    first = start("--profile", str(tmp_path))
    await pointer.find_accessible(WELCOME, "push button", timeout_s=30)
    pid = first.process.pid
    await until(lambda: active_window_process() == pid, "the window in front")
    minimise()
    await until(lambda: active_window_process() != pid, "the window out of sight")

    assert (await start("--profile", str(tmp_path)).ended())[0] == 0

    await until(lambda: active_window_process() == pid, "the window in front again")


async def test_sigterm_ends_everything_in_order(
    tmp_path: Path, start: Callable[..., Any], until: Callable[..., Any], still_runs: Any
) -> None:
    """While a consent page is open and the sandbox runs: both are children, both end with us."""
    program = start("--profile", str(tmp_path), "--sandbox")
    await pointer.find_accessible("Allow", "push button", timeout_s=30)
    commands = [" ".join(child.cmdline()) for child in program.look()]
    assert any("rapport.sandbox" in command for command in commands)
    assert any("rapport.ui.consent.child" in command for command in commands)

    program.terminate()

    assert await program.ended(ORDERLY_END_S) == (0, "", "")
    await until(
        lambda: not any(still_runs(child) for child in program.family), "the children to end"
    )
    assert_no_crash(tmp_path)


async def test_sigterm_in_the_middle_of_a_sync(
    tmp_path: Path,
    start: Callable[..., Any],
    until: Callable[..., Any],
    pressed: Any,
    still_runs: Any,
) -> None:
    program = start("--profile", str(tmp_path), "--sandbox")
    await pressed("Allow")
    accounts = tmp_path / "data/accounts"
    await until(lambda: list(accounts.glob("*/rapport.db")), "the account's database")
    program.look()

    program.terminate()

    assert await program.ended(ORDERLY_END_S) == (0, "", "")
    await until(
        lambda: not any(still_runs(child) for child in program.family), "the children to end"
    )
    assert_no_crash(tmp_path)
    # What was synced so far is there at once after the next start, and the sync goes on.
    again = start("--profile", str(tmp_path))
    await pointer.find_accessible("Contacts", "list", timeout_s=30)
    again.terminate()
    assert (await again.ended())[0] == 0


async def test_after_a_kill_the_next_start_finds_no_trace_in_its_way(
    tmp_path: Path, start: Callable[..., Any], pressed: Any, until: Callable[..., Any]
) -> None:
    """Lock, socket and the sandbox's state may have been left; none of them is in the way."""
    killed = start("--profile", str(tmp_path), "--sandbox")
    await pressed("Allow")
    accounts = tmp_path / "data/accounts"
    await until(lambda: list(accounts.glob("*/rapport.db")), "the account's database")
    killed.look()
    killed.process.kill()
    await killed.ended()
    again = start("--profile", str(tmp_path), "--sandbox")
    await pointer.find_accessible("Contacts", "list", timeout_s=30)
    await until(
        lambda: any("rapport.sandbox" in " ".join(c.cmdline()) for c in again.look()),
        "the sandbox of the second start",
    )
    again.terminate()
    assert (await again.ended())[0] == 0


def assert_no_crash(profile: Path) -> None:
    assert list((profile / "logs").glob("crash-*")) == []
    for log in (profile / "logs").iterdir():
        text = log.read_text("utf-8")
        assert " ERROR " not in text, text


async def test_without_a_display_there_is_a_sentence(
    tmp_path: Path, start: Callable[..., Any]
) -> None:
    bare = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    status, output, errors = await start("--profile", str(tmp_path), environment=bare).ended()
    assert (status, output) == (1, "")
    assert errors == ("There is no display to open a window on. “rapport tour” brings its own.\n")
