"""``rapport operations``: what the CRM can do and what it tells of, as a list or as JSON."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from textwrap import wrap

from rapport.api.catalogue import GROUPS, catalogue
from rapport.app.cli import Parser
from rapport.domain.catalogue import Action, Trigger, listed

_NARROWEST, _WIDEST = 60, 120


def run(argv: Sequence[str]) -> int:
    parser = Parser(
        prog="rapport operations",
        description="Lists the operations catalogue: requests to the CRM, and events from it.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--json", action="store_true", help="print everything that is known, as JSON"
    )
    parser.add_argument("--kind", choices=("action", "trigger"), help="only this kind")
    parser.add_argument(
        "--group",
        metavar="NAME",
        type=str.lower,
        choices=GROUPS,
        help=f"only this group: {', '.join(GROUPS)}",
    )
    options = parser.parse_args(argv)
    entries = [
        entry
        for entry in catalogue().values()
        if options.group in (None, entry.group)
        and (options.kind is None or isinstance(entry, _KINDS[options.kind]))
    ]
    if options.json:
        text = json.dumps([listed(entry) for entry in entries], ensure_ascii=False, indent=1)
    else:
        width = min(max(shutil.get_terminal_size((100, 24)).columns, _NARROWEST), _WIDEST)
        text = "\n".join(_lines(entries, width))
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # Whoever read has seen enough; the interpreter must not try again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


_KINDS: dict[str, type[Action | Trigger]] = {"action": Action, "trigger": Trigger}


def _lines(entries: Sequence[Action | Trigger], width: int) -> list[str]:
    """A block for each group: id, then what it does, in two aligned columns."""
    lines: list[str] = []
    if not entries:
        return ["There is none."]
    column = max(len(entry.id) for entry in entries) + 2
    if width - column < 30:
        column = 6  # too narrow for two columns: what it does stands below the id
    group = ""
    for entry in entries:
        if entry.group != group:
            group = entry.group
            lines += ["", group.upper()] if lines else [group.upper()]
        told = wrap(entry.summary + _remarks(entry), width - column - 2)
        if len(entry.id) + 2 > column:
            lines.append(f"  {entry.id}")
        else:
            lines.append(f"  {entry.id:<{column}}{told.pop(0)}")
        lines += [" " * (column + 2) + line for line in told]
    actions = sum(isinstance(entry, Action) for entry in entries)
    lines += ["", f"Actions: {actions}. Triggers: {len(entries) - actions}."]
    return lines


def _remarks(entry: Action | Trigger) -> str:
    remarks = []
    if isinstance(entry, Trigger):
        remarks.append(f"trigger {entry.event}")
    elif entry.deprecated:
        remarks.append("deprecated")
    if entry.token == "agency":
        remarks.append("agency token")
    return f" ({', '.join(remarks)})" if remarks else ""
