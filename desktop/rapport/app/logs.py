"""The log and crash reports: what happened and where, never whose data or which secret."""

from __future__ import annotations

import json
import logging
import logging.handlers
import re
import sys
import threading
import time
import traceback
from collections import deque
from pathlib import Path
from types import TracebackType

from rapport import __version__

SIZE_LIMIT = 1_000_000
KEPT = 3

_SECRET = re.compile(
    r"""(?ix)
    (bearer\s+) [\w.~+/=-]+
    | ((?:access_token|refresh_token|client_secret|code|state|code_verifier|token|password)
       ["']?\s*[=:]\s*["']?) [^&\s"',;}]+
    | (pit-) [\w-]+
    | (eyJ) [\w-]+\.[\w-]+\.[\w-]*
    """
)


def redact(text: str) -> str:
    """``text`` with everything that looks like a secret replaced."""
    return _SECRET.sub(lambda match: next(filter(None, match.groups()), "") + "***", text)


class _Redacting(logging.Formatter):
    """The last line of defence: call sites do not log secrets, libraries might."""

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another handler made of the exception, its message included
        return redact(super().format(record))

    def formatException(
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return frames(ei[1]) if ei[1] is not None else ""


def frames(error: BaseException) -> str:
    """Class and places only: an exception's message may hold a customer's name."""
    places = (
        f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    return " < ".join((type(error).__name__, *reversed(list(places))))


_TELLING = re.compile(
    r"(?:[A-Z][A-Za-z]*(?:Error|Exception|Refused|Failed|Timeout)"
    r"|window|thread)(?: < (?:[\w.]+\.py:\d+ in [\w<>.]+(?: < )?)+)?"
)
"""What a value in a log line may be to be shown to others: an exception's class, and its places."""


class Recent(logging.Handler):
    """The last lines, so that they can be given to somebody else: sentences are those that stand in
    the program, and of the values put into them only numbers and kinds of error are kept. Of other
    people's code only who spoke is told."""

    def __init__(self, size: int = 200) -> None:
        super().__init__(logging.INFO)
        self._lines: deque[str] = deque(maxlen=size)

    def emit(self, record: logging.LogRecord) -> None:
        at = time.strftime("%H:%M:%S", time.localtime(record.created))
        words = _impersonal(record) if record.name.split(".")[0] == "rapport" else ""
        if record.exc_info and record.exc_info[1] is not None:
            words = f"{words} {frames(record.exc_info[1])}"
        self._lines.append(f"{at} {record.levelname} {record.name} {words}".rstrip())

    def lines(self) -> tuple[str, ...]:
        """The oldest first."""
        return tuple(self._lines)

    def forget(self) -> None:
        self._lines.clear()


recent = Recent()


def _impersonal(record: logging.LogRecord) -> str:
    values = record.args if isinstance(record.args, tuple) else ()
    try:
        return (
            redact(str(record.msg) % tuple(map(_shown, values)))
            if values
            else redact(str(record.msg))
        )
    except (TypeError, ValueError):
        return str(record.msg)


def _shown(value: object) -> object:
    if isinstance(value, int | float):
        return value
    return value if isinstance(value, str) and _TELLING.fullmatch(value) else _Hidden()


class _Hidden:
    """Stands for a value in a log line, however that is put into it."""

    def __str__(self) -> str:
        return "…"

    __repr__ = __str__


def start_log(folder: Path, *, level: int = logging.INFO) -> None:
    """Sends the root logger to a file in ``folder``, rotated at 1 MB."""
    handler = logging.handlers.RotatingFileHandler(
        folder / "rapport.log", maxBytes=SIZE_LIMIT, backupCount=KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(_Redacting("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.addHandler(recent)
    root.setLevel(level)
    # These print whole URLs, query included, at INFO.
    for chatty in ("httpx2", "httpcore2", "httpx", "httpcore", "authlib", "qasync", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def catch_crashes(folder: Path) -> None:
    """Writes a report for each exception that nobody handled; the program goes on where it can."""

    def report(error: BaseException, where: str) -> None:
        logging.getLogger("rapport.crash").error("unhandled in %s: %s", where, frames(error))
        name = f"crash-{time.strftime('%Y%m%d-%H%M%S')}.json"
        content = {
            "version": __version__,
            "python": sys.version.split()[0],
            "platform": sys.platform,
            "where": where,
            "error": type(error).__name__,
            "frames": frames(error).split(" < ")[1:],
        }
        try:
            (folder / name).write_text(json.dumps(content, indent=2), "utf-8")
        except OSError:
            logging.getLogger("rapport.crash").warning("the crash report could not be written")

    def in_main(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report(error, "window")

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            report(args.exc_value, args.thread.name if args.thread else "thread")

    sys.excepthook = in_main
    threading.excepthook = in_thread
