"""Contacts from a file: ``reading`` makes a table of it, ``mapping`` says what its columns mean,
``planning`` what each row would do, before anything is done."""

from rapport.services.imports.mapping import CUSTOM, STANDARD, Mapping, Target, guess, targets
from rapport.services.imports.planning import (
    Known,
    Outcome,
    Planned,
    Rules,
    known_contacts,
    plan_all,
)
from rapport.services.imports.reading import Row, Table, read_table
from rapport.services.imports.report import write_left_out

__all__ = [
    "CUSTOM",
    "STANDARD",
    "Known",
    "Mapping",
    "Outcome",
    "Planned",
    "Row",
    "Rules",
    "Table",
    "Target",
    "guess",
    "known_contacts",
    "plan_all",
    "read_table",
    "targets",
    "write_left_out",
]
