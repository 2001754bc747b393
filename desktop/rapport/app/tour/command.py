"""``rapport tour``: a desktop of its own, and the tour in it."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rapport.app.cli import Parser
from rapport.app.virtual_desktop import VirtualDesktop, VirtualDesktopError
from rapport.domain.errors import StoreError
from rapport.language import SPOKEN

MARGIN = 60
"""Pixels of the screen that the window's frame and the panel may take."""


def size(text: str) -> tuple[int, int]:
    """``1280x800`` as two numbers; for argparse."""
    match = re.fullmatch(r"(\d{3,4})x(\d{3,4})", text)
    if match is None:
        raise argparse.ArgumentTypeError("a size is two numbers such as 1280x800")
    return int(match[1]), int(match[2])


def run(argv: Sequence[str]) -> int:
    parser = Parser(
        prog="rapport tour",
        description="Drive the window through the main job, on a screen of its own.",
        allow_abbrev=False,
    )
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="pictures go there")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--size", type=size, default=(1280, 800), metavar="WIDTHxHEIGHT")
    parser.add_argument("--lang", choices=SPOKEN, default="en", help="which language it speaks")
    parser.add_argument(
        "--scopes",
        metavar="SCOPE",
        nargs="+",
        help="ask for these scopes only, to see what is missing without the others",
    )
    parser.add_argument(
        "--only",
        metavar="STEP",
        nargs="+",
        help="after signing in take these steps alone; some need others before them",
    )
    options = parser.parse_args(argv)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {options.out} cannot be made.") from error
    width, height = options.size
    arguments = [
        *("--out", str(options.out.absolute())),
        *("--theme", options.theme),
        *("--size", f"{width}x{height}"),
        *("--lang", options.lang),
    ]
    if options.scopes:
        arguments += ["--scopes", *options.scopes]
    if options.only:
        arguments += ["--only", *options.only]
    try:
        with VirtualDesktop(size=(width + MARGIN, height + MARGIN)) as desktop:
            return subprocess.run(
                [sys.executable, "-m", "rapport.app.tour.inside", *arguments],
                env=desktop.environment,
                check=False,
            ).returncode
    except VirtualDesktopError as error:
        print(error, file=sys.stderr)
        return 1
