"""What is measured, each as a fresh process, and the sandbox beside it."""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rapport
import rapport_resources

END_S = 15.0


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


class Program:
    """A process that is being measured."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        # A file takes whatever it says; a pipe that nobody reads would make it wait.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            command,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        self.pid = self._process.pid

    def first_line(self) -> bytes:
        """What it says first on standard output; empty when it ended without a word."""
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def check(self, what: str) -> None:
        """Raises Failed when it has ended before ``what``."""
        status = self._process.poll()
        if status is not None:
            self._said.seek(0)
            said = self._said.read().decode("utf-8", "replace").strip()[-2000:]
            raise Failed(f"the program ended before {what}, with status {status}: {said}")

    def end(self) -> None:
        """In an orderly way, if it has not ended by itself."""
        self._process.terminate()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._said.close()


@contextmanager
def running(command: list[str], env: dict[str, str]) -> Iterator[Program]:
    program = Program(command, env)
    try:
        yield program
    finally:
        program.end()


@contextmanager
def sandbox(contacts: int, env: dict[str, str], *, rate_limit: str) -> Iterator[dict[str, Any]]:
    """What it says of itself."""
    command = rapport_command("sandbox", "--contacts", str(contacts), "--rate-limit", rate_limit)
    with running(command, env) as program:
        line = program.first_line()
        if not line:
            raise Failed("the sandbox did not start")
        yield json.loads(line)


def beside(
    module: str, info: dict[str, Any], profile: Path, env: dict[str, str], *, limit_s: float
) -> dict[str, list[float]]:
    """Runs a module that has a stop-watch in it against a sandbox; the samples by name."""
    command = [sys.executable, "-m", module, str(profile)]
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
