"""Writing many records at once into a store, with the indexes made last."""

import re
from typing import Any, Self

from .store import (
    INDEXES,
    SCHEMA,
    SCHEMA_VERSION,
    Doc,
    Store,
    contact_columns,
    encode,
    task_columns,
)


class Filling:
    """``with Filling(store) as filling: filling.contact(doc) …``: all of it, or nothing.

    What was there before goes, except the tokens.
    """

    _BATCH = 5000

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[str, list[tuple[Any, ...]]] = {"contact": [], "task": [], "record": []}

    def __enter__(self) -> Self:
        db = self._store.db
        db.execute("BEGIN IMMEDIATE")
        if self._store.fresh:
            for statement in SCHEMA.split(";"):
                db.execute(statement)
        else:
            for name in re.findall(r"CREATE INDEX (\w+)", INDEXES):
                db.execute(f"DROP INDEX {name}")
            for table in ("contact", "contact_before", "task", "task_before", "record", "meta"):
                db.execute(f"DELETE FROM {table}")
        return self

    def contact(self, doc: Doc) -> None:
        self._add("contact", contact_columns(doc))

    def task(self, doc: Doc) -> None:
        self._add("task", task_columns(doc))

    def record(
        self,
        kind: str,
        doc: Doc,
        *,
        location: str,
        parent: str | None = None,
        key: str | None = None,
        position: int = 0,
    ) -> None:
        self._add("record", (kind, doc["id"], location, parent, key, position, encode(doc)))

    def _add(self, table: str, row: tuple[Any, ...]) -> None:
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= self._BATCH:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if rows:
            marks = ",".join("?" * len(rows[0]))
            self._store.db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            rows.clear()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        db = self._store.db
        if kind is not None:
            db.execute("ROLLBACK")
            return
        for table in self._rows:
            self._flush(table)
        for statement in INDEXES.split(";"):
            db.execute(statement)
        db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        db.execute("COMMIT")
        self._store.refilled()
