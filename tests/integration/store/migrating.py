"""Kills a migration at many moments, and looks each time at what a person would find.

Prints one JSON object: how often the old and the new schema were found, and what was wrong.
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

from rapport.domain.errors import StoreError
from rapport.store import database
from rapport.store.database import Database
from rapport.store.schema import MIGRATIONS

KEY = bytes(range(32))
NEXT = """
    CREATE TABLE mark (key INTEGER PRIMARY KEY REFERENCES record(key), word TEXT NOT NULL) STRICT;
    INSERT INTO mark SELECT key, hex(shown) FROM record;
    ALTER TABLE op ADD COLUMN word TEXT NOT NULL DEFAULT '';
    UPDATE op SET word = title;
    CREATE INDEX mark_word ON mark(word);
"""


def main(start: Path, folder: Path, kills: int) -> None:
    database.MIGRATIONS = (*MIGRATIONS, NEXT)
    path = folder / "rapport.db"
    chance = random.Random(1)
    wanted = _outbox(start)
    _fresh(start, folder)
    began = time.perf_counter()
    os.waitpid(_migrate(path), 0)
    whole_s = time.perf_counter() - began
    found: Counter[str] = Counter()
    wrong: list[str] = []
    for _ in range(kills):
        _fresh(start, folder)
        child = _migrate(path)
        time.sleep(chance.uniform(0, whole_s))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        try:
            version = _version(path)
            found["old" if version == len(MIGRATIONS) else "new"] += 1
            if _outbox(path) != wanted:
                wrong.append(f"schema {version}: the outbox is not whole")
            Database(path, KEY).open().close()  # what the next start does
            if _version(path) != len(database.MIGRATIONS):
                wrong.append("the next start did not finish it")
            if _outbox(path) != wanted:
                wrong.append("the outbox is not whole after the next start")
        except StoreError as error:
            wrong.append(error.title)
    print(json.dumps({"found": found, "wrong": wrong}))


def _fresh(start: Path, folder: Path) -> None:
    for old in folder.iterdir():
        old.unlink()
    shutil.copy(start, folder / "rapport.db")


def _migrate(path: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            Database(path, KEY).open()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    return child


def _version(path: Path) -> int:
    db = Database(path, KEY).connect(writes=True)
    try:
        return int(db.pragma("user_version"))
    finally:
        db.close()


def _outbox(path: Path) -> list[tuple[object, ...]]:
    db = Database(path, KEY).connect(writes=True)
    try:
        assert db.value("PRAGMA integrity_check(1)") == "ok"
        return db.rows("SELECT seq, key, op, fields, state, title FROM op ORDER BY seq")
    finally:
        db.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
