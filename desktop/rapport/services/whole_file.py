"""Files for other programs: there when they are whole, and readable by their owner alone."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from rapport.domain.errors import StoreError

_FORMULA = re.compile(r"^(?:[=@\t\r]|[+-](?![\d\s().,/-]*$))")


class WholeFile:
    """Text is written to ``out`` within ``writing``; ``finish`` gives the file its name, ``drop``
    leaves nothing behind. Raises StoreError."""

    def __init__(self, path: Path, *, csv: bool = False) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        try:
            handle = os.open(self._part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        except OSError as error:
            raise _unwritable(error) from None
        # A spreadsheet takes a file without the mark for one of its own old code page.
        encoding = "utf-8-sig" if csv else "utf-8"
        self.out: TextIO = os.fdopen(handle, "w", encoding=encoding, newline="")

    @contextlib.contextmanager
    def writing(self) -> Iterator[TextIO]:
        """Nothing stays of a file that could not be written."""
        try:
            yield self.out
        except OSError as error:
            self.drop()
            raise _unwritable(error) from None

    def finish(self) -> None:
        with self.writing():
            self.out.flush()
            os.fsync(self.out.fileno())
            self.out.close()
            self._part.replace(self._path)

    def drop(self) -> None:
        with contextlib.suppress(OSError):
            self.out.close()
        self._part.unlink(missing_ok=True)


def cell(value: Any) -> str:
    """A value for a spreadsheet, which would run what looks like a formula; a customer may have
    typed it."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if _FORMULA.match(text) else text


def _unwritable(error: OSError) -> StoreError:
    return StoreError(
        "The file cannot be written.",
        f"{error.strerror or type(error).__name__}.",
        details=type(error).__name__,
        retry=True,
    )
