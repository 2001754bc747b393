"""A disk that is full or fails, now and then or for good: what was acknowledged stays, the rest is
told, and once the disk is well again everything goes on."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import apsw
import pytest

from rapport.domain.commands import CreateContact
from rapport.domain.errors import StoreError
from rapport.store import Store

COMMITS = 300


def _now_and_then(error: type[apsw.Error], *kinds: type) -> Callable[[Any], None]:
    """Fails the 40th such event and each hundredth after it: every third commit or so."""
    counted = itertools.count(1)

    def fails(event: Any) -> None:
        if isinstance(event, kinds):
            number = next(counted)
            if number >= 40 and (number - 40) % 100 == 0:
                raise error("as the test wants it")

    return fails


def _for_a_while(error: type[apsw.Error], *kinds: type) -> Callable[[Any], None]:
    counted = itertools.count(1)

    def fails(event: Any) -> None:
        if isinstance(event, kinds) and 200 <= next(counted) < 400:
            raise error("as the test wants it")

    return fails


@pytest.mark.parametrize("profile", ["full", "writes fail", "syncs fail", "full for a while"])
def test_nothing_acknowledged_is_missing(
    profile: str, remembering: Any, recording: ModuleType, open_store: Callable[..., Store]
) -> None:
    written = (recording.Write, recording.Cut)
    store = open_store()
    remembering.fails = {
        "full": lambda: _now_and_then(apsw.FullError, *written),
        "writes fail": lambda: _now_and_then(apsw.IOError, *written),
        "syncs fail": lambda: _now_and_then(apsw.IOError, recording.Sync),
        "full for a while": lambda: _for_a_while(apsw.FullError, *written),
    }[profile]()
    acknowledged: list[str] = []
    refused: list[StoreError] = []
    for number in range(COMMITS):
        id = f"c{number:05}"
        try:
            store.commit(CreateContact(contact_id=id, fields={"first_name": id * 20})).result()
        except StoreError as error:
            refused.append(error)
            troubled = store.trouble is not None
        else:
            acknowledged.append(id)
            troubled = store.trouble is not None
        assert troubled == (id not in acknowledged)
    assert {error.title for error in refused} <= {
        "The disk is full.",
        "The local copy cannot be reached on the disk.",
    }
    assert refused
    assert len(acknowledged) > 50

    remembering.fails = lambda _: None
    store.commit(CreateContact(contact_id="last", fields={"first_name": "Last"})).result()
    assert store.trouble is None
    store.close()
    store = open_store()
    for id in (*acknowledged, "last"):
        assert store.queries.row_of(id).result() is not None, id
    assert store.verify().result() == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(
    "fault", ["pwrite64:error=ENOSPC", "pwrite64:error=EIO", "fdatasync:error=EIO"]
)
def test_nothing_acknowledged_is_missing_when_the_kernel_refuses(
    fault: str, open_store: Callable[..., Store], path: Path
) -> None:
    """The same, with the system call itself failing, below everything of ours."""
    open_store().close()
    program = Path(__file__).with_name("committing_on.py")
    call = fault.partition(":")[0]
    every = 2 if call == "fdatasync" else 100
    inject = f"inject={fault}:when=40+{every}"
    traced = ["strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", inject]
    done = subprocess.run(
        [*traced, sys.executable, program, path, "150"], capture_output=True, text=True, check=False
    )
    if "ptrace" in done.stderr.lower():
        pytest.skip("this machine does not let one process trace another")
    lines = [line.partition(" ") for line in done.stdout.splitlines()]
    saved = [rest for word, _, rest in lines if word == "saved"]
    assert len(saved) > 20, done.stderr
    assert any(word == "refused" for word, _, _ in lines)
    store = open_store()
    for id in saved:
        assert store.queries.row_of(id).result() is not None, id
    assert store.verify().result() == []
