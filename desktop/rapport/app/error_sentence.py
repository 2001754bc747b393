"""An error in one sentence, as a command on a terminal says it."""

from __future__ import annotations

from rapport.domain.errors import (
    ApiError,
    AuthError,
    NetworkError,
    RapportError,
    RateLimitError,
    ServerError,
)

_OF_EDITS = (AuthError, RateLimitError, ServerError, NetworkError)
"""Their messages tell a person at the window that edits are kept; a command has none."""


def sentence(error: RapportError) -> str:
    """What went wrong, for the end of a command."""
    told = error.title.rstrip(".")
    message = error.message.removeprefix("It says: ").rstrip(".")
    if isinstance(error, NetworkError) and error.sent:
        message = "the request may have arrived"
    elif isinstance(error, _OF_EDITS):
        message = ""
    if message:
        told += f": {message[:1].lower()}{message[1:]}"
    if isinstance(error, ApiError) and error.status:
        told += f" (HTTP {error.status})"
    return " ".join(told.split()) + "."
