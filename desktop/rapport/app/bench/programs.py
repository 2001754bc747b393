"""What is measured, each as a fresh process, and the sandbox beside it."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rapport
import rapport_resources

END_S = 15.0
SANDBOX_S = 300.0
"""Seeding a million contacts takes its time."""


class Failed(RuntimeError):
    """A program did not do what was to be measured; the text says what it said."""


def compile_all() -> None:
    """An installed program has its modules compiled; so has the one that is measured."""
    for package in (rapport, rapport_resources):
        compileall.compile_dir(Path(package.__file__ or "").parent, quiet=2, workers=0)


def environment(of_desktop: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in of_desktop.items() if name != "PYTHONDONTWRITEBYTECODE"}


def rapport_command(*arguments: str) -> list[str]:
    """The program as it is installed; as a module where it is not."""
    script = Path(sys.executable).with_name("rapport")
    start = [str(script)] if os.access(script, os.X_OK) else [sys.executable, "-m", "rapport.app"]
    return [*start, *arguments]


@contextmanager
def running(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Ended in an orderly way after the block, if it has not ended by itself."""
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextmanager
def sandbox(contacts: int, env: dict[str, str]) -> Iterator[dict[str, Any]]:
    """What it says of itself. Without a rate limit: the program is measured, not the vendor."""
    command = rapport_command("sandbox", "--contacts", str(contacts), "--rate-limit", "off")
    with running(command, env) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise Failed("the sandbox did not start")
        yield json.loads(line)


def inside(
    info: dict[str, Any], profile: Path, env: dict[str, str], *, limit_s: float
) -> dict[str, list[float]]:
    """Runs the program with the stop-watch in it against a sandbox; the samples by name."""
    command = [sys.executable, "-m", "rapport.app.bench.inside", str(profile)]
    try:
        done = subprocess.run(
            command,
            env=env,
            input=json.dumps(info),
            capture_output=True,
            check=False,
            timeout=limit_s,
            text=True,
        )
    except subprocess.TimeoutExpired:
        raise Failed(f"the sync took longer than {limit_s:g} s") from None
    if done.returncode:
        raise Failed(f"the sync was not measured: {done.stderr.strip()[-2000:]}")
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found
