"""``rapport sandbox``: the sandbox alone, until it is told to stop."""

import argparse
import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from .server import AddressError, Sandbox, StateError


def _whole(least: int, most: int, what: str) -> "type[int]":
    def parse(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{what} must be from {least} to {most}")
        return value

    return parse  # type: ignore[return-value]


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds") from None
    if not 0 <= value <= 86_400:
        raise argparse.ArgumentTypeError("the lag must be from 0 to 86400 seconds")
    return value


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``rapport sandbox`` on ``parser``."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument(
        "--port", type=_whole(0, 65_535, "a port"), default=0, help="0 takes a free one"
    )
    parser.add_argument(
        "--contacts",
        type=_whole(0, 5_000_000, "the number of contacts"),
        default=1000,
        help="how many the first location holds",
    )
    parser.add_argument(
        "--seed", type=_whole(0, 2**63, "the seed"), default=7, help="same seed, same data"
    )
    parser.add_argument(
        "--rate-limit",
        choices=("vendor", "off"),
        default="vendor",
        help="100 requests per 10 s and 200,000 per day, or none",
    )
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="keep everything in FILE across restarts"
    )
    parser.add_argument(
        "--index-lag",
        type=_seconds,
        default=3.0,
        metavar="SECONDS",
        help="how long searches do not see a write",
    )
    parser.add_argument(
        "--until-eof",
        action="store_true",
        help="end when standard input ends, as it does when whoever started this is gone",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM. The first line on standard output is one JSON object.

    Returns 0 after a clean stop, 2 with a sentence on standard error when it cannot start.
    """
    try:
        asyncio.run(_serve(args))
    except (AddressError, StateError) as error:
        print(f"rapport sandbox: {error}", file=sys.stderr)
        return 2
    return 0


async def _serve(args: argparse.Namespace) -> None:
    sandbox = Sandbox(
        contacts=args.contacts,
        seed=args.seed,
        rate_limit=args.rate_limit,
        state_file=args.state,
        index_lag_s=args.index_lag,
    )
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    await sandbox.start(args.host, args.port)
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            try:
                loop.add_signal_handler(number, stop.set)
            except NotImplementedError:  # no signals in this loop (Windows)
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        if args.until_eof:
            threading.Thread(target=_at_eof, args=(loop, stop.set), daemon=True).start()
        print(json.dumps(sandbox.info(), ensure_ascii=False), flush=True)
        await stop.wait()
    finally:
        await sandbox.stop()


def _at_eof(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    # Not sys.stdin: its lock, held by a thread that waits, would spoil the end of the interpreter.
    while os.read(0, 1024):
        pass
    with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(stop)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="rapport sandbox", description="A local CRM to try Rapport on."
    )
    add_arguments(parser)
    return run(parser.parse_args())
