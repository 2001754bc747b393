"""Kills a change of the key at many moments; each time one of the two keys must open everything.

Prints one JSON object: how often which key was found, and what was wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from rapport.store import Database

OLD, NEW = bytes(range(32)), bytes(reversed(range(32)))


def main(start: Path, folder: Path, kills: int) -> None:
    path = folder / "rapport.db"
    chance = random.Random(3)
    wanted = _outbox(start, OLD)
    began = time.perf_counter()
    shutil.copy(start, path)
    os.waitpid(_change(path), 0)
    whole_s = time.perf_counter() - began
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for _ in range(kills):
        for old in folder.iterdir():
            old.unlink()
        shutil.copy(start, path)
        child = _change(path)
        time.sleep(chance.uniform(0, whole_s))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        new = Database(path, NEW).opens()
        found["new" if new else "old"] += 1
        try:
            if _outbox(path, NEW if new else OLD) != wanted:
                wrong.append("the outbox is not whole")
        except Exception as error:
            wrong.append(f"{'new' if new else 'old'} key: {type(error).__name__}")
    print(json.dumps({"found": found, "wrong": wrong}))


def _change(path: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            Database(path, OLD).change_key(NEW)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    return child


def _outbox(path: Path, key: bytes) -> list[tuple[object, ...]]:
    db = Database(path, key).open()
    try:
        assert db.value("PRAGMA integrity_check(1)") == "ok"
        return db.rows("SELECT seq, key, op, fields, state, title FROM op ORDER BY seq")
    finally:
        db.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
