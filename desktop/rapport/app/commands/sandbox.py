"""``rapport sandbox``: the local Contacts API by itself."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.app.cli import Parser
from rapport.sandbox.command import add_arguments
from rapport.sandbox.command import run as serve


def run(argv: Sequence[str]) -> int:
    parser = Parser(prog="rapport sandbox", allow_abbrev=False)
    add_arguments(parser)
    return serve(parser.parse_args(argv))
