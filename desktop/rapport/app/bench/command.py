"""``rapport bench``: figures for the things a person waits for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rapport.app.bench.prepare import Unfit, prepare
from rapport.app.cli import Parser

CONTACTS = 20_000


def _number(text: str) -> int:
    digits = text.replace(",", "").replace("_", "")
    if not (digits.isascii() and digits.isdecimal() and 1 <= int(digits) <= 5_000_000):
        raise argparse.ArgumentTypeError("the number of contacts goes from 1 to 5,000,000")
    return int(digits)


def _parser() -> Parser:
    parser = Parser(
        prog="rapport bench",
        description="Measure, on a screen of its own, what a person waits for.",
        allow_abbrev=False,
    )
    parser.add_argument("--contacts", metavar="N", type=_number, default=CONTACTS)
    parser.add_argument(
        "--only", metavar="NAME", nargs="+", default=[], help="measure these figures only"
    )
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="where the figures go; build/bench.json"
    )
    parser.add_argument(
        "--prepare", metavar="DIR", type=Path, help="only make a profile with N contacts in DIR"
    )
    parser.add_argument(
        "--key-file",
        metavar="FILE",
        type=Path,
        help="with --prepare: keep the database key in FILE instead of the keyring",
    )
    return parser


def run(argv: Sequence[str]) -> int:
    parser = _parser()
    options = parser.parse_args(argv)
    if options.prepare is not None:
        if options.only or options.out:
            parser.error("--prepare makes a profile and measures nothing: no --only, no --out")
        try:
            prepare(options.prepare, options.contacts, key_file=options.key_file, say=_say)
        except Unfit as error:
            parser.error(str(error))
        return 0
    if options.key_file is not None:
        parser.error("--key-file goes with --prepare")
    from rapport.app.bench.measure import METRICS, measure

    unknown = [name for name in options.only if name not in METRICS]
    if unknown:
        parser.error(f"nothing is called “{unknown[0]}”; there are {', '.join(METRICS)}")
    return measure(
        options.contacts,
        only=options.only,
        out=options.out or Path("build/bench.json"),
        say=_say,
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
