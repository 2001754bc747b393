"""What the parent asks of the consent child over standard input, and the one line it gets back."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class ScopeLine(Struct, frozen=True, kw_only=True):
    """One column above the page: what is asked for, in plain words."""

    title: str
    detail: str
    name: str


class ConsentRequest(Struct, frozen=True, kw_only=True):
    url: str
    """Where consent is given; carries state and the PKCE challenge, neither of them a secret."""
    redirect_uri: str
    scopes: tuple[ScopeLine, ...]
    not_asked: str = ""
    provider: str = "HighLevel"
    allowed_hosts: tuple[str, ...] = ()
    """Further hosts, subdomains included, that the sign-in may lead through."""
    timeout_s: float = 600.0
    theme: str = "system"
    text_scale: float = 1.0
    language: str = ""


class Ending(StrEnum):
    CALLBACK = "callback"
    CANCELLED = "cancelled"
    BROWSER = "browser"
    TIMEOUT = "timeout"
    FAILED = "failed"


class ConsentReply(Struct, frozen=True, kw_only=True):
    ending: Ending
    callback: str = ""
    """The redirect with its query, only for CALLBACK. Holds the code: never logged."""
    message: str = ""
