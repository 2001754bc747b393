"""Starts the consent child and waits for its answer."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

import msgspec

from rapport.language import tr
from rapport.ui.consent.request import ConsentReply, ConsentRequest, Ending

GRACE_S = 5.0
"""How long a child may take to end after it was asked to."""


def _needs_no_sandbox() -> bool:
    """Chromium refuses to run as root with its sandbox on; only then is it switched off."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


async def ask_consent(request: ConsentRequest) -> ConsentReply:
    """Shows the consent page and returns how it ended. Cancelling the task closes the page.

    Chromium costs 250 MB that never comes back, and a login page does not share our address
    space: hence a process of its own, which ends with the page.
    """
    environment = dict(os.environ)
    if _needs_no_sandbox():
        environment["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rapport.ui.consent.child",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
    )
    try:
        output = await _talk(child, msgspec.json.encode(request) + b"\n")
    except asyncio.CancelledError:
        await _end(child)
        raise
    for line in output.splitlines():
        with contextlib.suppress(msgspec.MsgspecError):
            return msgspec.json.decode(line, type=ConsentReply)
    return ConsentReply(
        ending=Ending.FAILED,
        message=tr("The sign-in page could not be shown. Your browser can do it instead."),
    )


async def _talk(child: asyncio.subprocess.Process, question: bytes) -> bytes:
    """All that the child says. Its input stays open until then: the child ends with it."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(question)
    output = await child.stdout.read()
    await child.wait()
    return output


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        child.terminate()
    try:
        await asyncio.wait_for(child.wait(), GRACE_S)
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
