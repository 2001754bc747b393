"""Gives every refusal of the CRM its meaning.

The status alone does not tell: a missing record is a 400, a missing scope a 401, a timeout of the
gateway a 401 too (FACTS C). What the text says counts first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from rapport.api.operations import Operation
from rapport.domain.changes import Op
from rapport.domain.errors import (
    ApiError,
    AuthError,
    CapabilityError,
    DuplicateError,
    GoneError,
    InvalidError,
    KeyringError,
    LocationError,
    NetworkError,
    RateLimitError,
    ServerError,
    SignInError,
)
from rapport.domain.text import visible
from rapport.language import join, keep, mark

_LONGEST_QUOTE = 500
_NO_MARKUP = str.maketrans("<>", "‹›")
"""A label that guesses whether its text is rich must not guess wrong about a server's words."""


class WriteOutcome(StrEnum):
    """What an error says about a write that led to it."""

    NOT_APPLIED = "not_applied"
    """It never reached the server: send it again."""
    RATE_LIMITED = "rate_limited"
    """Not applied; to be sent again when the budget allows."""
    AUTH = "auth"
    """Not applied, and nothing will be until the person signs in."""
    CAPABILITY = "capability"
    """Not applied: the token may not do this."""
    GONE = "gone"
    """The record is not there; a delete has thereby succeeded."""
    DUPLICATE = "duplicate"
    """Not applied: another record has this e-mail or phone."""
    PARK = "park"
    """Not applied, and sending the same again would be refused again."""
    UNCERTAIN = "uncertain"
    """It may have been applied: look the record up before anything else."""


def outcome_of(error: BaseException, op: Op | None = None) -> WriteOutcome:
    """What ``error`` means for a write. Anything unknown, a cancellation included, is uncertain."""
    match error:
        case RateLimitError():
            return WriteOutcome.RATE_LIMITED
        case AuthError():
            return WriteOutcome.AUTH
        case CapabilityError():
            return WriteOutcome.CAPABILITY
        case GoneError():
            return WriteOutcome.GONE
        case DuplicateError():
            return WriteOutcome.DUPLICATE
        case InvalidError(status=422) if op is Op.CREATE:
            return WriteOutcome.UNCERTAIN  # FACTS B1: a refused create may exist nevertheless
        case InvalidError():
            return WriteOutcome.PARK
        case NetworkError(sent=False) | KeyringError() | SignInError():
            return WriteOutcome.NOT_APPLIED
        case _:
            return WriteOutcome.UNCERTAIN


def server_text(body: Any) -> str:
    """What the CRM says, as one line of plain text: ``message``, ``error`` or ``msg``, which may
    each be text or a list (FACTS C); the whole body where it is text."""
    keys = ("message", "error", "msg", "error_description")
    for value in [body.get(key) for key in keys] if isinstance(body, dict) else [body]:
        if isinstance(value, list):
            value = "; ".join(str(item) for item in value)
        if isinstance(value, str) and value.strip():
            return visible(value.strip())[:_LONGEST_QUOTE].translate(_NO_MARKUP)
    return ""


_TAKEN = re.compile(r"\bslot\b.*\bno longer available\b", re.I)
_NOT_FOUND = re.compile(r"\bnot found\b", re.I)


def error_from(
    operation: Operation,
    status: int,
    body: Any,
    *,
    html: bool = False,
    headers: Mapping[str, str] | None = None,
    retry_after_s: float | None = None,
) -> ApiError:
    """The error that a reply of ``status`` ≥ 400 stands for. ``body`` is ``Reply.said()``;
    ``html`` tells of a page, which comes from a proxy, not from the CRM."""
    text = server_text(body)
    low = text.lower()
    trace = trace_id(body, headers or {})
    details = "\n".join(
        line
        for line in (
            f"{operation.method} {operation.path} → {status}",
            f"The CRM said: {text}" if text else "",
            "a page came instead of an answer" if html else "",
            f"trace id: {trace}" if trace else "",
        )
        if line
    )
    rest: dict[str, Any] = {"status": status, "trace_id": trace, "details": details}

    if status == 429:
        return RateLimitError(
            "The CRM asks for a pause.",
            "Rapport goes on by itself; edits are kept until then.",
            retry_after_s=retry_after_s,
            **rest,
        )
    if status >= 500 or status == 408 or html or "command timed out" in low:
        return ServerError(
            "The CRM has a problem.", "Rapport tries again; your edits are safe here.", **rest
        )
    if status == 401:
        return _unauthorized(operation, low, text, rest)
    if status == 403:
        kind = LocationError if "access to this location" in low else CapabilityError
        return kind(
            mark("The CRM does not allow this sign-in to do that."),
            _forbidden(text),
            **rest,
        )
    if conversation := _id_in(body, "conversationId"):
        return DuplicateError(
            "This contact has a conversation already.", other_id=conversation, **rest
        )
    other_id = _id_in(_part(body, "meta"), "contactId")
    if status in (400, 409) and (other_id or "duplicated contacts" in low):
        return DuplicateError(
            "A contact with this e-mail or phone exists already.",
            _duplicate_of(body),
            other_id=other_id,
            **rest,
        )
    if low.startswith("cannot "):  # "Cannot GET /x": the path is unknown, not the record
        return InvalidError("The CRM does not know this request.", _quoted(text), **rest)
    if status == 410 or (status == 404 and operation.names_record):
        return GoneError("This record is not in the CRM any more.", _quoted(text), **rest)
    if status == 400 and _NOT_FOUND.search(text):
        return GoneError("This record is not in the CRM any more.", _quoted(text), **rest)
    if _TAKEN.search(text):
        return InvalidError(
            "The calendar does not offer this time.",
            "Your edit is kept: choose another time, or book it there anyway.",
            **rest,
        )
    if status == 413:
        return InvalidError("This is too large for the CRM.", "Make it smaller.", **rest)
    return InvalidError("The CRM did not accept this.", _quoted(text), **rest)


def _unauthorized(operation: Operation, low: str, text: str, rest: dict[str, Any]) -> ApiError:
    if "scope" in low:
        need = (
            keep("It needs the permission “{name}”.", name=operation.scope)
            if operation.scope
            else _quoted(text)
        )
        return CapabilityError("This sign-in is not allowed to do that.", need, **rest)
    if "version header" in low or low.startswith("e01 "):
        return InvalidError("The CRM does not know this request.", _quoted(text), **rest)
    return AuthError(
        "The CRM does not accept the sign-in any more.",
        "Sign in again. Everything here stays readable and your edits are kept.",
        **rest,
    )


def _quoted(text: str) -> str:
    return keep("It says: “{text}”", text=text) if text else ""


def _forbidden(text: str) -> str:
    if text.lower() == "forbidden resource":  # FACTS C: what only an agency's token opens
        return join(mark("An agency’s sign-in is needed."), _quoted(text))
    return _quoted(text) or mark(
        "The location may be another one, or an agency’s sign-in is needed."
    )


def _part(body: Any, key: str) -> Any:
    return body.get(key) if isinstance(body, dict) else None


def _id_in(body: Any, key: str) -> str:
    found = _part(body, key)
    return found if isinstance(found, str) else ""


def _duplicate_of(body: Any) -> str:
    name = _part(_part(body, "meta"), "contactName")
    if isinstance(name, str) and name.strip():
        return keep("It is {name}.", name=visible(name)[:100].translate(_NO_MARKUP))
    return ""


_TRACES = ("x-trace-id", "x-request-id", "cf-ray")
"""Headers by which somebody can find the request again; the last is the CDN's."""


def trace_id(body: Any, headers: Mapping[str, str]) -> str:
    """The name of a request in the CRM's own logs, or in its CDN's; "" where it tells none."""
    told = [_part(body, "traceId"), *(headers.get(name) for name in _TRACES)]
    return next((visible(one)[:100] for one in told if isinstance(one, str) and one), "")
