"""Signing in: the authorization-code flow with state and PKCE (RFC 6749, 7636, 9700)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import msgspec
from msgspec import Struct

from rapport.api.callback import callback_code, forged
from rapport.api.errors import server_text
from rapport.api.http import Http, Reply
from rapport.domain.errors import (
    AuthError,
    InactiveError,
    NetworkError,
    ServerError,
    SignInError,
)
from rapport.domain.ports import Clock
from rapport.language import keep, mark

_DAY_S = 86_399
_LONGEST_LIFE_S = 10 * 365 * 86_400
INACTIVE_PAUSE_S = 300.0
MINT_SCOPE = "oauth.write"
"""What an agency's token needs to mint tokens for its locations; asking for it asks for such a
token."""


class Tokens(Struct, frozen=True, kw_only=True):
    """What signing in yields. Private-integration tokens have neither refresh token nor expiry."""

    access: str
    refresh: str = ""
    expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()
    location_id: str = ""
    """Empty for an agency's."""
    company_id: str = ""
    user_id: str = ""

    @property
    def is_agency(self) -> bool:
        """Whether they open no location by themselves, but mint tokens for each."""
        return bool(self.company_id) and not self.location_id

    def __repr__(self) -> str:  # a log or a crash report must not show them
        return f"Tokens(location_id={self.location_id!r}, expires_at={self.expires_at})"


class OAuthApp(Struct, frozen=True, kw_only=True):
    """An app as it is registered with the CRM; the secret is the person's or agency's own."""

    authorize_url: str
    token_url: str
    client_id: str
    client_secret: str
    redirect_uri: str
    revoke_url: str = ""
    """Empty where the CRM offers none."""

    @property
    def reconnect_url(self) -> str:
        """Beside the token endpoint, so that the secret goes nowhere else (FACTS A, Recovery)."""
        return urljoin(self.token_url, "reconnect")

    @property
    def app_id(self) -> str:
        return self.client_id.partition("-")[0]  # FACTS A, SDK quirks

    def __repr__(self) -> str:
        return f"OAuthApp(client_id={self.client_id!r}, redirect_uri={self.redirect_uri!r})"


class OAuthFlow:
    """One attempt to sign in. Whatever comes back first, good or bad, ends it."""

    def __init__(
        self, app: OAuthApp, scopes: Iterable[str], *, clock: Clock, http: Http | None = None
    ) -> None:
        self._app = app
        self._scopes = tuple(scopes)
        self._clock = clock
        self._http = http or Http()
        self._state = secrets.token_urlsafe(32)
        self._verifier = secrets.token_urlsafe(64)
        self._ended = False

    @property
    def url(self) -> str:
        """Where the person's consent is asked for."""
        from authlib.oauth2.client import OAuth2Client

        client = OAuth2Client(
            None,
            client_id=self._app.client_id,
            redirect_uri=self._app.redirect_uri,
            code_challenge_method="S256",
        )
        url, _ = client.create_authorization_url(
            self._app.authorize_url,
            state=self._state,
            code_verifier=self._verifier,
            scope=" ".join(self._scopes),
            # Else the login opens a window of its own, which the consent view does not allow.
            loginWindowOpenMode="self",
        )
        return str(url)

    def cancel(self) -> None:
        """A callback that comes later is refused."""
        self._ended = True

    def code_from(self, callback: str) -> str:
        """The authorization code in ``callback``. Raises SignInError unless it is the answer to
        this very question."""
        if self._ended:
            raise forged("the flow has ended")
        self._ended = True
        return callback_code(
            callback,
            redirect_uri=self._app.redirect_uri,
            state=self._state,
            issuer=self._app.authorize_url,
        )

    async def finish(self, callback: str) -> Tokens:
        """Checks ``callback`` and exchanges its code. Raises SignInError, or NetworkError."""
        code = self.code_from(callback)
        reply = await _exchange(
            self._app,
            self._http,
            code,
            code_verifier=self._verifier,
            user_type=_user_type(agency=MINT_SCOPE in self._scopes),
        )
        if reply.status >= 400:
            raise _exchange_error(reply)
        tokens = tokens_from(reply.json(), self._clock.now(), scopes=self._scopes)
        if not (tokens.location_id or tokens.company_id):
            raise SignInError(
                "The CRM did not say which location this sign-in is for.",
                "Try again and choose one location.",
                reason="failed",
            )
        return tokens


async def refresh(app: OAuthApp, tokens: Tokens, *, clock: Clock, http: Http) -> Tokens:
    """The next token set; the old refresh token is spent by asking (FACTS A).

    Raises AuthError when it is refused for good, InactiveError while the location is not active
    (the same token works again later), NetworkError or ServerError when nobody knows.
    """
    from authlib.oauth2.rfc6749.parameters import prepare_token_request

    body = prepare_token_request(
        "refresh_token",
        refresh_token=tokens.refresh,
        user_type=_user_type(agency=tokens.is_agency),
    )
    reply = await _post(app, http, app.token_url, body)
    if reply.status >= 400:
        raise _refresh_error(reply)
    fresh = tokens_from(reply.json(), clock.now(), scopes=tokens.scopes)
    return of_same_account(
        msgspec.structs.replace(fresh, refresh=fresh.refresh or tokens.refresh), tokens
    )


async def reconnect(app: OAuthApp, tokens: Tokens, *, clock: Clock, http: Http) -> Tokens:
    """A token set for an installation whose own were lost or refused, without asking the person
    (FACTS A, Recovery): the provider hands out a code as long as the app is installed.

    Raises AuthError where that is refused or not offered, InactiveError and NetworkError as
    ``refresh`` does.
    """
    installed = (
        {"companyId": tokens.company_id} if tokens.is_agency else {"locationId": tokens.location_id}
    )
    reply = await http.exchange(
        "POST",
        app.reconnect_url,
        {"Accept": "application/json"},
        {"clientKey": app.client_id, "clientSecret": app.client_secret, **installed},
    )
    answer = reply.json_or_none()
    code = answer.get("authorizationCode") if isinstance(answer, dict) else None
    if reply.status < 400 and isinstance(code, str) and code:
        user_type = _user_type(agency=tokens.is_agency)
        reply = await _exchange(app, http, code, user_type=user_type)
        if reply.status < 400:
            fresh = of_same_account(
                tokens_from(reply.json(), clock.now(), scopes=tokens.scopes), tokens
            )
            # Nobody was asked: what the person did not grant then is not taken now.
            granted = tuple(scope for scope in fresh.scopes if scope in tokens.scopes)
            return msgspec.structs.replace(fresh, scopes=granted)
    said = server_text(reply.json_or_none())
    if "not active" in said.lower():
        raise inactive(reply.status, said)
    if reply.status == 429:
        raise NetworkError("The sign-in cannot be renewed just now.", details="reconnect → 429")
    raise AuthError(
        "The sign-in has ended.",
        "Sign in again. Everything here stays readable and your edits are kept.",
        status=reply.status,
        details=f"reconnect → {reply.status}: {said}",
    )


def of_same_account(fresh: Tokens, tokens: Tokens) -> Tokens:
    """``fresh`` with what only ``tokens`` tell. Raises AuthError when they are for another location
    or another person, in whose name no edit of this account may be sent."""
    if fresh.location_id not in ("", tokens.location_id):
        raise AuthError(
            "The CRM answered for another location.", "Sign in again. Your edits are kept."
        )
    if "" not in (fresh.user_id, tokens.user_id) and fresh.user_id != tokens.user_id:
        raise AuthError(
            "The CRM answered for another person.", "Sign in again. Your edits are kept."
        )
    return msgspec.structs.replace(
        fresh,
        location_id=tokens.location_id,
        company_id=fresh.company_id or tokens.company_id,
        user_id=fresh.user_id or tokens.user_id,
    )


async def revoke(app: OAuthApp, tokens: Tokens, *, http: Http) -> bool:
    """Ends the tokens at the server; False where it offers no such thing."""
    if not app.revoke_url:
        return False
    from authlib.oauth2.rfc7009 import prepare_revoke_token_request

    hints = ((tokens.refresh, "refresh_token"), (tokens.access, "access_token"))
    replies = [
        await _post(app, http, app.revoke_url, prepare_revoke_token_request(token, hint)[0])
        for token, hint in hints
        if token
    ]
    return all(reply.status < 400 for reply in replies)


def _user_type(*, agency: bool) -> str:
    return "Company" if agency else "Location"


async def _exchange(app: OAuthApp, http: Http, code: str, **fields: str) -> Reply:
    """Turns a code into tokens."""
    from authlib.oauth2.rfc6749.parameters import prepare_token_request

    body = prepare_token_request(
        "authorization_code", code=code, redirect_uri=app.redirect_uri, **fields
    )
    return await _post(app, http, app.token_url, body)


async def _post(app: OAuthApp, http: Http, url: str, body: str) -> Reply:
    """Authlib's protocol over our guarded exchange. Here and below it is imported late: it takes a
    while, and most starts of the program need none of it."""
    from authlib.oauth2.auth import ClientAuth

    # FACTS A: the secret is a field of the form.
    auth = ClientAuth(app.client_id, app.client_secret, "client_secret_post")
    url, _, body = auth.prepare("POST", url, {}, body)
    return await http.exchange(
        "POST", url, {"Accept": "application/json"}, form=body.encode("utf-8")
    )


# The token endpoint.


def tokens_from(raw: Any, now: datetime, *, scopes: tuple[str, ...]) -> Tokens:
    """What a reply with tokens holds. Raises ServerError when it holds none."""
    if not isinstance(raw, dict):
        raise _no_tokens("not an object")

    def text(*names: str) -> str:
        found = (raw.get(name) for name in names)  # v3 answers in camel case (FACTS A)
        return next((value for value in found if isinstance(value, str)), "")

    access = text("access_token", "accessToken")
    if not access or not (access.isascii() and access.isprintable()) or " " in access:
        raise _no_tokens("there is no access token")
    if text("token_type", "tokenType").lower() not in ("", "bearer"):
        raise _no_tokens("not a bearer token")
    life = raw.get("expires_in", raw.get("expiresIn"))
    if isinstance(life, str) and life.isdecimal() and len(life) < 12:
        life = int(life)
    if not isinstance(life, int) or isinstance(life, bool) or not 0 < life <= _LONGEST_LIFE_S:
        life = _DAY_S
    granted = tuple(text("scope").split())
    # FACTS A: who asked for a location's token may get an agency's; the reply says which it is.
    agency = text("userType") == "Company"
    return Tokens(
        access=access,
        refresh=text("refresh_token", "refreshToken"),
        expires_at=now + timedelta(seconds=life),
        scopes=granted or scopes,
        location_id="" if agency else text("locationId"),
        company_id=text("companyId"),
        user_id=text("userId"),
    )


def _no_tokens(details: str) -> ServerError:
    return ServerError(
        "The CRM’s answer cannot be understood.", "Try again later.", status=200, details=details
    )


def _exchange_error(reply: Reply) -> Exception:
    body = reply.json_or_none()
    said = server_text(body)
    if reply.status >= 500 or reply.status == 429 or reply.is_html:
        return SignInError(
            "The CRM has a problem.",
            "Try again in a moment.",
            reason="failed",
            details=f"token endpoint → {reply.status}",
        )
    client = isinstance(body, dict) and body.get("error") in (
        "invalid_client",
        "unauthorized_client",
    )
    if client or "client" in said.lower() or reply.status == 401:
        return SignInError(
            "The CRM does not know this client id and secret.",
            "Compare both with the app’s page in the developer portal.",
            reason="failed",
            details=said,
        )
    return SignInError(
        "The CRM did not complete the sign-in.",
        keep("It says: “{text}”", text=said) if said else mark("Try again."),
        reason="failed",
        details=f"token endpoint → {reply.status}",
    )


def inactive(status: int, said: str) -> InactiveError:
    return InactiveError(
        "This location is not active in the CRM.",
        "Everything here stays readable and your edits are kept; Rapport asks again from time to "
        "time.",
        status=status,
        retry_after_s=INACTIVE_PAUSE_S,
        details=f"token endpoint → {status}: {said}",
    )


def _refresh_error(reply: Reply) -> Exception:
    said = server_text(reply.json_or_none())
    low = said.lower()
    details = f"token endpoint → {reply.status}: {said}"
    if "not active" in low:
        return inactive(reply.status, said)
    if reply.status in (400, 401, 403) and not reply.is_html and "timed out" not in low:
        return AuthError(
            "The sign-in has ended.",
            "Sign in again. Everything here stays readable and your edits are kept.",
            status=reply.status,
            details=details,
        )
    return NetworkError(
        "The sign-in cannot be renewed just now.",
        "Rapport tries again; your edits are kept.",
        details=details,
        sent=True,
    )
