"""What comes back from the consent page: the answer to our question, or a forgery."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from rapport.api.errors import server_text
from rapport.domain.errors import SignInError
from rapport.language import keep

_LONGEST_CALLBACK = 8192


def callback_code(callback: str, *, redirect_uri: str, state: str, issuer: str) -> str:
    """The authorization code in ``callback``. Raises SignInError unless it came to
    ``redirect_uri`` with ``state``, and from ``issuer`` where it says from whom."""
    query = _query_at(callback, redirect_uri)
    given = query.get("state", "")
    if not hmac.compare_digest(given.encode(), state.encode()):
        raise forged("the state is missing or wrong")
    if "iss" in query and _origin(query["iss"]) != _origin(issuer):
        raise forged("the issuer is another one")  # RFC 9207: two servers mixed up
    if "error" in query:
        raise _declined(query)
    if not query.get("code"):
        raise forged("there is no code")
    return query["code"]


def forged(details: str) -> SignInError:
    return SignInError(
        "The answer did not belong to this sign-in.",
        "Nothing was stored. Try again.",
        reason="forged",
        details=details,
    )


def _declined(query: Mapping[str, str]) -> SignInError:
    said = server_text({"error_description": query.get("error_description", "")})
    code = server_text({"error": query["error"]})
    details = f"{code}: {said}" if said else code
    if query["error"] == "access_denied":
        return SignInError(
            "Access was not allowed.",
            "Nothing was stored. Try again when you want to.",
            reason="denied",
            details=details,
        )
    return SignInError(
        "The CRM did not complete the sign-in.",
        keep("It says: “{text}”", text=said or code),
        reason="failed",
        details=details,
    )


def _query_at(callback: str, redirect_uri: str) -> dict[str, str]:
    """The parameters of ``callback``, which must be the redirect address to the letter: not a
    longer host, not another port, no user name, nothing hidden in a fragment."""
    if len(callback) > _LONGEST_CALLBACK or any(c <= " " or c in "\\\x7f" for c in callback):
        raise forged("not an address")
    try:
        got, registered = urlsplit(callback), urlsplit(redirect_uri)
        same = (got.scheme, got.netloc, got.path) == (
            registered.scheme,
            registered.netloc,
            registered.path,
        )
        pairs = parse_qsl(got.query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise forged("not an address") from None
    if not same or got.fragment:
        raise forged("another address than the redirect address")
    query = dict(pairs)
    if len(query) != len(pairs):
        raise forged("a parameter is there twice")
    return query


def _origin(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    return parts.scheme, parts.netloc
