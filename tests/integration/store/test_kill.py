"""``kill -9`` at any moment: what was acknowledged is there, and all of it agrees."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from rapport.domain.filters import ContactQuery

KILLS = 8


def test_nothing_acknowledged_is_lost(open_store: Any, path: Path) -> None:
    program = Path(__file__).with_name("committing.py")
    acknowledged: list[str] = []
    for kill in range(KILLS):
        with subprocess.Popen(
            [sys.executable, program, path], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(2 + 3 * kill):
                acknowledged.append(process.stdout.readline().strip())
            process.kill()
            # What it still said before the kill counts as well, whole lines only.
            rest = process.stdout.read()
            acknowledged += rest.split("\n")[:-1]
        assert all(acknowledged)
        store = open_store()
        assert store.verify().result() == []
        for id in acknowledged:
            detail = store.queries.detail(id).result()
            assert detail is not None
            assert detail.contact.city == detail.contact.first_name == detail.notes[0].body
        assert store.queries.contacts(ContactQuery(text="kept")).result().total >= len(acknowledged)
        states = {item.state for item in store.queries.outbox_items().result()}
        assert states <= {"pending", "uncertain"}
        store.close()
    assert len(acknowledged) >= 2 * KILLS
