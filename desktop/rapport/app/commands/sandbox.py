"""``rapport sandbox``: the local Contacts API by itself."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.app.cli import Parser
from rapport.sandbox.__main__ import add_arguments, run_server


def run(argv: Sequence[str]) -> int:
    parser = Parser(prog="rapport sandbox", allow_abbrev=False)
    add_arguments(parser)
    return run_server(parser.parse_args(argv))
