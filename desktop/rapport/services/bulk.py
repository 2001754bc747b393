"""The same done to many records: what it would change, and what came of it, as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

from rapport.domain.commands import Command
from rapport.domain.text import visible
from rapport.domain.views import Preview, Sending
from rapport.language import tr
from rapport.services.queries import AsyncQueries
from rapport.services.whole_file import WholeFile, cell

_PORTION = 250
"""Commands that are looked at in one go; the reader threads have others to answer."""


async def preview_all(
    queries: AsyncQueries,
    commands: Sequence[Command],
    tell: Callable[[Preview, int], None] = lambda preview, looked_at: None,
) -> Preview:
    """What the commands would do. ``tell`` hears of it while it is counted."""
    found = Preview()
    for start in range(0, len(commands), _PORTION):
        portion = commands[start : start + _PORTION]
        found += await queries.preview(portion, samples=0 if found.samples else 5)
        tell(found, start + len(portion))
    return found


def write_report(path: Path, sending: Sending) -> None:
    """The refused edits as CSV. Blocks for the disk; raises StoreError."""
    file = WholeFile(path, csv=True)
    with file.writing() as out:
        rows = csv.writer(out)
        rows.writerow((tr("Contact"), tr("Record"), tr("Change"), tr("Reason")))
        for item in sending.refused:
            told = (item.contact_name, item.subject, item.title, item.error)
            rows.writerow([cell(visible(text)) for text in told])
    file.finish()
