"""The audit log as a file for other programs: CSV for a spreadsheet, JSON for everything else."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TextIO

from rapport.domain.audit import AuditEntry
from rapport.language import english
from rapport.services.whole_file import WholeFile, cell

Format = Literal["csv", "json"]

COLUMNS = (
    *("id", "time", "origin", "who", "act", "kind", "record", "record id", "contact"),
    *("contact id", "title", "field", "before", "after", "status", "trace id", "reply", "hash"),
)


class AuditFile:
    """Writes entries as they come; the file appears when it is whole. Raises StoreError."""

    def __init__(self, path: Path, format: Format) -> None:
        self._file = WholeFile(path, csv=format == "csv")
        self._writer = AuditWriter(self._file.out, format)
        self.entries = 0

    def add(self, entries: Iterable[AuditEntry]) -> None:
        with self._file.writing():
            self.entries += self._writer.add(entries)

    def finish(self) -> None:
        with self._file.writing():
            self._writer.finish()
        self._file.finish()

    def drop(self) -> None:
        """Leaves nothing behind."""
        self._file.drop()


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
        yield [cell(value) for value in (*start, name, before, after, *end)]


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
        else {"status": reply.status, "trace_id": reply.trace_id, "text": english(reply.text)},
        "hash": entry.hash,
    }
