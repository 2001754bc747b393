"""Files that a person sends with an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rapport.domain.errors import InputError
from rapport.domain.operations import Upload
from rapport.language import keep

LARGEST_UPLOADS = 50 * 1024 * 1024
"""Bytes of all files of one request; the API takes no more."""


def read_uploads(files: Mapping[str, Sequence[str]]) -> tuple[Upload, ...]:
    """The files at these paths, by the name of their part. Blocks; raises InputError, whose
    ``field`` is the part."""
    uploads: list[Upload] = []
    room = LARGEST_UPLOADS
    for part, paths in files.items():
        for path in paths:
            try:
                with Path(path).open("rb") as file:
                    content = file.read(room + 1)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "It is not a path"
                raise InputError(
                    keep("“{path}” cannot be read.", path=path), f"{reason}.", field=part
                ) from None
            room -= len(content)
            if room < 0:
                raise InputError(
                    keep("“{path}” is too large.", path=path),
                    keep(
                        "Files of one request may have {n} MB together.",
                        n=str(LARGEST_UPLOADS >> 20),
                    ),
                    field=part,
                )
            uploads.append(Upload(part, Path(path).name, content))
    return tuple(uploads)
