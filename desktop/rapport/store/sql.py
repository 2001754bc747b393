"""One connection's statements, with their answers whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import apsw

Row = tuple[Any, ...]
Bindings = Sequence[Any] | Mapping[str, Any]


class Sql:
    """Runs statements on one cursor that lives as long as the connection.

    A cursor that ends while an older one of the same connection lives makes apsw 3.54.0 keep the
    older one for ever, and each kept one slows every later statement. With a single cursor nothing
    ends; so every answer is read whole before the next statement.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self._cursor = connection.cursor()

    def run(self, sql: str, bindings: Bindings = ()) -> None:
        self._cursor.execute(sql, bindings).fetchall()

    def run_each(self, sql: str, bindings: Iterable[Bindings]) -> None:
        self._cursor.executemany(sql, bindings).fetchall()

    def rows(self, sql: str, bindings: Bindings = ()) -> list[Row]:
        return self._cursor.execute(sql, bindings).fetchall()

    def row(self, sql: str, bindings: Bindings = ()) -> Row | None:
        """The only or first row."""
        found = self._cursor.execute(sql, bindings).fetchall()
        return found[0] if found else None

    def value(self, sql: str, bindings: Bindings = ()) -> Any:
        """The first column of the only or first row; None without one."""
        found = self._cursor.execute(sql, bindings).fetchall()
        return found[0][0] if found else None

    def stream(self, sql: str, bindings: Bindings = ()) -> Iterator[Row]:
        """One answer too long to be read whole; nothing else may run meanwhile."""
        yield from self.connection.execute(sql, bindings)

    def inserted(self) -> int:
        """The row key of the last insert."""
        return self.connection.last_insert_rowid()

    def pragma(self, name: str, value: Any = None) -> Any:
        return (
            self.connection.pragma(name) if value is None else self.connection.pragma(name, value)
        )

    @contextmanager
    def immediate(self) -> Iterator[None]:
        """A write transaction. When it fails, nothing of it stays."""
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            # After a full disk SQLite may have rolled back already.
            if self.connection.in_transaction:
                self.run("ROLLBACK")
            raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All statements within see the same state."""
        self.run("BEGIN")
        try:
            yield
        finally:
            if self.connection.in_transaction:
                self.run("COMMIT")

    def close(self) -> None:
        self.connection.close()
