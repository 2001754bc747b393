"""A reply as text: laid out, without secrets, and never more than a window can show at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import msgspec

from rapport.domain.operations import OperationReply, SentRequest, shown_headers, without_secrets
from rapport.domain.text import storable
from rapport.language import tr, trn
from rapport.ui.wording import count

MOST_SHOWN = 50_000
"""Characters: more would be felt when it is laid out."""
MOST_COPIED = 2 * 1024 * 1024
"""Bytes of a body that is laid out whole, to be copied."""
LONGEST_LINE = 5_000
_BREAKS = re.compile(r"([\[{,])(?=[\"\[{])")


@dataclass(frozen=True, slots=True)
class Reading:
    text: str
    whole: str
    """What is copied: ``text`` without the cut."""
    note: str = ""
    """Why ``text`` is not all."""


def read_body(reply: OperationReply) -> Reading:
    body = reply.body
    if not body.strip():
        return Reading("", "", tr("The reply has no body."))
    if b"\0" in body[:4096]:
        kind = reply.headers.get("content-type", "").partition(";")[0] or tr("unknown type")
        note = tr("A file of {size}, {kind}. “rapport call … --raw” writes it to its output.")
        return Reading("", "", note.format(size=size_words(len(body)), kind=kind))
    if len(body) > MOST_COPIED:
        # Cut, it is no JSON any more; lines of any length would take long to lay out.
        text = _BREAKS.sub("\\1\n", body[:MOST_SHOWN].decode("utf-8", "replace"))
        text = "\n".join(_short(line) for line in without_secrets(text).split("\n"))
        note = tr("The first {shown} of {size}. “rapport call … --raw” prints all of it.").format(
            shown=size_words(MOST_SHOWN), size=size_words(len(body))
        )
        return Reading(text, text, note)
    whole = without_secrets(_laid_out(body))
    if len(whole) <= MOST_SHOWN and max(map(len, whole.split("\n"))) <= LONGEST_LINE:
        return Reading(whole, whole)
    end = whole.rfind("\n", 0, MOST_SHOWN)
    text = "\n".join(map(_short, whole[: end if end > 0 else MOST_SHOWN].split("\n")))
    note = tr("The first {shown} of {size}. Copy takes all of it.").format(
        shown=size_words(len(text)), size=size_words(len(whole))
    )
    return Reading(text, whole, note)


def _short(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"


def _laid_out(body: bytes) -> str:
    try:
        return storable(msgspec.json.format(body, indent=2).decode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return body.decode("utf-8", "replace").replace("\0", "�")


def read_headers(headers: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in shown_headers(headers).items())


def read_sent(sent: SentRequest) -> str:
    head = f"{sent.method} {sent.url}\n{read_headers(sent.headers)}"
    return f"{head}\n\n{sent.body}" if sent.body else head


def status_words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def took_words(seconds: float) -> str:
    if seconds < 10:
        return tr("{n} ms").format(n=count(round(seconds * 1000)))
    return tr("{n} s").format(n=count(round(seconds)))


def size_words(size: int) -> str:
    if size < 10_000:
        return trn("{n} byte", "{n} bytes", size).format(n=count(size))
    if size < 10_000_000:
        return tr("{n} kB").format(n=count(round(size / 1000)))
    return tr("{n} MB").format(n=count(round(size / 1_000_000)))


def cost_rows(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the reply's headers say about the budget: name, and what is left of what."""
    rows = []
    for name, most in (
        ("x-ratelimit-remaining", "x-ratelimit-max"),
        ("x-ratelimit-interval-milliseconds", ""),
        ("x-ratelimit-daily-remaining", "x-ratelimit-limit-daily"),
        ("x-ratelimit-daily-reset", ""),
    ):
        if name in headers:
            value = _number(headers[name])
            if most in headers:
                value = tr("{left} of {most}").format(left=value, most=_number(headers[most]))
            rows.append((name, value))
    return rows


def _number(text: str) -> str:
    text = text[:40]
    return count(int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else text
