"""The rows that were not imported as a file of their own: to be mended and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

from rapport.language import tr
from rapport.services.imports.planning import Outcome, Planned
from rapport.services.imports.reading import Table
from rapport.services.whole_file import WholeFile, cell


def write_left_out(path: Path, table: Table, planned: Iterable[Planned]) -> None:
    """The columns of the file, and behind them the row's number and reason. Raises StoreError."""
    file = WholeFile(path, csv=True)
    with file.writing() as out:
        rows = csv.writer(out)
        rows.writerow([*map(cell, table.columns), tr("Row"), tr("Reason")])
        for one in planned:
            if one.outcome is Outcome.LEFT_OUT:
                cells = (*one.row.cells, *[""] * len(table.columns))[: len(table.columns)]
                rows.writerow([*map(cell, cells), one.row.number, cell(one.reason)])
    file.finish()
