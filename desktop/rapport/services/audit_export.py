"""The audit log as a file for other programs: CSV for a spreadsheet, JSON for everything else."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TextIO

from rapport.domain.audit import AuditEntry
from rapport.domain.errors import StoreError

Format = Literal["csv", "json"]

COLUMNS = (
    *("id", "time", "origin", "who", "act", "kind", "record", "record id", "contact"),
    *("contact id", "title", "field", "before", "after", "status", "trace id", "reply", "hash"),
)
_FORMULA = re.compile(r"^(?:[=@\t\r]|[+-](?![\d\s().,/-]*$))")


class AuditFile:
    """Writes entries as they come; the file appears when it is whole. Raises StoreError."""

    def __init__(self, path: Path, format: Format) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._format = format
        self.entries = 0
        try:
            handle = os.open(self._part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        except OSError as error:
            raise _unwritable(error) from None
        # A spreadsheet takes a file without the mark for one of its own old code page.
        encoding = "utf-8-sig" if format == "csv" else "utf-8"
        self._out: TextIO = os.fdopen(handle, "w", encoding=encoding, newline="")
        self._writer = AuditWriter(self._out, format)

    def add(self, entries: Iterable[AuditEntry]) -> None:
        try:
            self.entries += self._writer.add(entries)
        except OSError as error:
            self.drop()
            raise _unwritable(error) from None

    def finish(self) -> None:
        try:
            self._writer.finish()
            self._out.flush()
            os.fsync(self._out.fileno())
            self._out.close()
            self._part.replace(self._path)
        except OSError as error:
            self.drop()
            raise _unwritable(error) from None

    def drop(self) -> None:
        """Leaves nothing behind."""
        with contextlib.suppress(OSError):
            self._out.close()
        self._part.unlink(missing_ok=True)


class AuditWriter:
    def __init__(self, out: TextIO, format: Format) -> None:
        self._out = out
        self._format = format
        self._any = False
        if format == "csv":
            self._csv = csv.writer(out)
            self._csv.writerow(COLUMNS)
        else:
            out.write("[")

    def add(self, entries: Iterable[AuditEntry]) -> int:
        """How many there were."""
        count = 0
        for entry in entries:
            count += 1
            if self._format == "csv":
                self._csv.writerows(_lines(entry))
            else:
                self._out.write(",\n" if self._any else "\n")
                self._out.write(json.dumps(_object(entry), ensure_ascii=False))
            self._any = True
        return count

    def finish(self) -> None:
        if self._format == "json":
            self._out.write("\n]\n" if self._any else "]\n")


def _lines(entry: AuditEntry) -> Iterator[list[str]]:
    """One line for each field that changed, so that a spreadsheet can filter by it."""
    told = _object(entry)
    reply = told["reply"] or {}
    start = [
        *(told[name] for name in ("id", "time", "origin", "who", "act", "kind", "record")),
        *(told[name] for name in ("record_id", "contact", "contact_id", "title")),
    ]
    end = [reply.get("status", ""), reply.get("trace_id", ""), reply.get("text", ""), entry.hash]
    for name, (before, after) in entry.fields.items() or (("", (None, None)),):
        yield [_cell(value) for value in (*start, name, before, after, *end)]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # A spreadsheet would run what looks like a formula, and a customer may have typed it.
    return f"'{text}" if _FORMULA.match(text) else text


def _object(entry: AuditEntry) -> dict[str, Any]:
    reply = entry.reply
    return {
        "id": entry.id,
        "time": entry.at.isoformat().replace("+00:00", "Z"),
        "origin": entry.origin.value,
        "who": entry.who,
        "act": entry.act.value,
        "kind": entry.kind,
        "record": entry.record_name,
        "record_id": entry.record_id,
        "contact": entry.contact_name,
        "contact_id": entry.contact_id,
        "title": entry.title,
        "fields": {
            name: {"before": before, "after": after}
            for name, (before, after) in entry.fields.items()
        },
        "reply": None
        if reply is None
        else {"status": reply.status, "trace_id": reply.trace_id, "text": reply.text},
        "hash": entry.hash,
    }


def _unwritable(error: OSError) -> StoreError:
    return StoreError(
        "The file cannot be written.",
        f"{error.strerror or type(error).__name__}.",
        details=type(error).__name__,
        retry=True,
    )
