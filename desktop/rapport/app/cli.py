"""The command line: ``rapport`` opens the window, ``rapport COMMAND`` does one thing without it.

Each command's module is imported when it is asked for: start-up time is a feature.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from rapport import __version__
from rapport.domain.errors import RapportError
from rapport.domain.links import is_link
from rapport.language import SPOKEN

COMMANDS = {
    "sandbox": ("rapport.app.commands.sandbox", "run the sandbox alone: a local Contacts API"),
    "operations": ("rapport.app.commands.operations", "list what the CRM can do"),
    "call": ("rapport.app.commands.call", "perform one operation of the CRM"),
    "audit": ("rapport.app.commands.audit", "check, export or prune the log of every change"),
    "tour": ("rapport.app.tour.command", "drive the window through the main job, with pictures"),
    "bench": ("rapport.app.bench.command", "measure what a person waits for"),
}
"""By name: the module whose ``run(argv)`` returns the exit status, and one line of help."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence and exits with status 2."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:]
        self.exit(2, f"{sentence.rstrip('.')}. See “{self.prog} --help”.\n")


def _link(text: str) -> str:
    if not is_link(text):
        raise argparse.ArgumentTypeError(f"“{text}” is no rapport:// link")
    return text


def _window_parser() -> Parser:
    commands = "\n".join(f"  {name:<11} {about}" for name, (_, about) in COMMANDS.items())
    parser = Parser(
        prog="rapport",
        description="A desktop companion for a HighLevel-style CRM.",
        epilog=f"commands:\n{commands}\n\n“rapport COMMAND --help” tells more about each.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Rapport {__version__}")
    parser.add_argument(
        "--profile",
        metavar="DIR",
        type=Path,
        help="keep configuration, data and logs in this folder, with keyring entries of its own",
    )
    parser.add_argument(
        "--sandbox", action="store_true", help="start the sandbox and sign in to it"
    )
    parser.add_argument(
        "--key-file",
        metavar="FILE",
        type=Path,
        help="read the database key from FILE instead of the keyring; for measuring only",
    )
    parser.add_argument(
        "--lang",
        metavar="CODE",
        choices=SPOKEN,
        help=f"speak this language: {', '.join(SPOKEN)}; else the one chosen in Settings",
    )
    parser.add_argument(
        "link",
        metavar="LINK",
        nargs="?",
        type=_link,
        help="show what a rapport:// link names, such as rapport://contact/…",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """The program. Returns the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments and arguments[0] in COMMANDS:
            module = importlib.import_module(COMMANDS[arguments[0]][0])
            status: int = module.run(arguments[1:])
            return status
        if arguments and not arguments[0].startswith("-") and not is_link(arguments[0]):
            known = ", ".join(COMMANDS)
            _window_parser().error(f"there is no command “{arguments[0]}”; there are {known}")
        options = _window_parser().parse_args(arguments)
        from rapport.app.start import open_window

        return open_window(
            options.profile,
            sandbox=options.sandbox,
            key_file=options.key_file,
            language=options.lang or "",
            link=options.link or "",
        )
    except RapportError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
