"""Where requests get their access token."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from typing import Protocol

import msgspec

from rapport.api.oauth import Tokens
from rapport.domain.errors import AuthError, KeyringError, NetworkError, ServerError
from rapport.domain.ports import Clock

log = logging.getLogger(__name__)

EARLY = timedelta(seconds=60)
"""A token is renewed this long before it ends."""
_PROVING_S = 60.0
"""A token that is refused so soon after it was fetched will not get better by another refresh."""
_SAVE_AGAIN_S = 60.0


class TokenSource(Protocol):
    async def access_token(self) -> str:
        """A token that is good for at least a minute, as far as is known. Raises AuthError."""
        ...

    async def renewed(self, refused: str) -> str:
        """Another token after the server refused ``refused``. Raises AuthError when there is
        none, and then for every later call until the person has signed in again."""
        ...

    async def confirmed(self, doubted: str) -> str:
        """``doubted`` or another token, after the server said that it does not open its location:
        whether the sign-in still stands is told by renewing it. Raises InactiveError, AuthError."""
        ...


class TokenVault(Protocol):
    """Where token sets are kept. Calls block; they raise KeyringError."""

    def read_tokens(self) -> tuple[str, ...]:
        """The current set, then the one before it."""
        ...

    def write_tokens(self, value: str) -> None:
        """Keeps ``value`` as the current set; the one before it stays."""
        ...


class StaticToken:
    """A private-integration token: it has no expiry and cannot be refreshed."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def access_token(self) -> str:
        return self._token

    async def renewed(self, refused: str) -> str:
        raise AuthError(
            "The CRM does not accept this token any more.",
            "Paste a new private-integration token. Your edits are kept.",
            status=401,
        )

    async def confirmed(self, doubted: str) -> str:
        return doubted


class OAuthSession:
    """Tokens that renew themselves. A refresh token is good for one use only, so that at any time
    one refresh runs, whichever threads and loops ask; all wait for its result.

    ``refresh`` is ``oauth.refresh`` with its app. ``anew`` is the way to another token set without
    a refresh token that works and without the person: ``oauth.reconnect``, or minting from an
    agency's token. ``exclusive`` keeps other processes out while the vault is read again, the token
    refreshed and the new set stored.
    """

    def __init__(
        self,
        vault: TokenVault,
        refresh: Callable[[Tokens], Awaitable[Tokens]],
        *,
        clock: Clock,
        anew: Callable[[Tokens], Awaitable[Tokens]] | None = None,
        exclusive: Callable[[], AbstractAsyncContextManager[object]] = nullcontext,
    ) -> None:
        self._vault = vault
        self._refresh = refresh
        self._clock = clock
        self._anew = anew
        self._exclusive = exclusive
        self._guard = threading.Lock()
        self._flight: Future[Tokens] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._tokens: Tokens | None = None
        self._unsaved = False
        self._save_again_at = 0.0
        self._fetched_at: float | None = None
        self._ended: AuthError | None = None

    async def access_token(self) -> str:
        tokens = await self.tokens()
        return tokens.access

    async def tokens(self) -> Tokens:
        """The current set. Raises AuthError, KeyringError or NetworkError."""
        if self._ended:
            raise self._ended
        tokens = self._tokens
        unsaved = self._unsaved and self._clock.monotonic() >= self._save_again_at
        if tokens is None or self._stale(tokens) or unsaved:
            tokens = await self._once(refused=None)
        return tokens

    async def renewed(self, refused: str) -> str:
        if self._ended:
            raise self._ended
        current = self._tokens
        if current is not None and current.access != refused:
            return current.access  # somebody else was quicker
        return (await self._once(refused=refused)).access

    async def confirmed(self, doubted: str) -> str:
        if self._just_fetched():
            return self._tokens.access if self._tokens else doubted  # nothing more is to be learnt
        return await self.renewed(doubted)

    def signed_in(self, tokens: Tokens) -> None:
        """Keeps the tokens of a new sign-in. Blocks; raises KeyringError."""
        self._vault.write_tokens(encode(tokens))
        with self._guard:
            self._tokens, self._ended, self._fetched_at = tokens, None, None

    def _stale(self, tokens: Tokens) -> bool:
        ends = tokens.expires_at
        renewable = bool(tokens.refresh) or self._anew is not None
        return renewable and ends is not None and ends - self._clock.now() <= EARLY

    async def _once(self, *, refused: str | None) -> Tokens:
        with self._guard:
            flight = self._flight
            if flight is None:
                flight = self._flight = Future()
                # A task of its own: who asked first may be cancelled, the refresh must not be.
                task = asyncio.get_running_loop().create_task(self._fly(flight, refused))
                self._running.add(task)
                task.add_done_callback(self._running.discard)
        waiting = asyncio.wrap_future(flight)
        # Who waited may have left by then: a failure that nobody hears is no mistake of theirs.
        waiting.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(waiting)

    async def _fly(self, flight: Future[Tokens], refused: str | None) -> None:
        try:
            tokens = await self._current(refused)
        except BaseException as error:
            if isinstance(error, AuthError):
                self._ended = error
            self._land(flight)
            flight.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            self._land(flight)
            flight.set_result(tokens)

    def _land(self, flight: Future[Tokens]) -> None:
        with self._guard:
            if self._flight is flight:
                self._flight = None

    async def _current(self, refused: str | None) -> Tokens:
        async with self._exclusive():
            if self._unsaved and self._tokens is not None:
                sets = [self._tokens]
                await self._keep(self._tokens)
            else:
                slots = await asyncio.to_thread(self._vault.read_tokens)
                sets = [tokens for slot in slots if (tokens := decode(slot)) is not None]
            if not sets:
                raise AuthError("You are not signed in.", "Sign in to go on.", status=401)
            tokens = self._tokens = sets[0]
            if tokens.access != refused and not self._stale(tokens):
                return tokens
            if not tokens.refresh and self._anew is None:
                raise _ended("there is no refresh token")
            if refused is not None and self._just_fetched():
                raise _ended("a token just fetched was refused")
            return await self._fetch(sets)

    async def _fetch(self, sets: list[Tokens]) -> Tokens:
        # The slot before the current one counts too: a reply may have been lost on its way, or the
        # program have died between the reply and the flip of the marker.
        ways = [(self._refresh, tokens) for tokens in sets if tokens.refresh]
        if self._anew is not None:
            ways.append((self._anew, sets[0]))
        last: AuthError | None = None
        for renew, tokens in ways:
            try:
                fresh = await renew(tokens)
            except AuthError as error:
                last = error
                continue
            except (NetworkError, ServerError) as error:
                # Whatever became of the refresh, the request that needs it has not been sent.
                raise NetworkError(
                    error.title, error.message, details=error.details, sent=False
                ) from None
            self._tokens = fresh
            self._fetched_at = self._clock.monotonic()
            await self._keep(fresh)
            return fresh
        raise last or _ended("no slot holds a refresh token")

    async def _keep(self, tokens: Tokens) -> None:
        """Stores before use. Where the keyring fails, the set lives on in memory, since the one
        before it is spent, and is stored a little later."""
        try:
            await asyncio.to_thread(self._vault.write_tokens, encode(tokens))
        except KeyringError as error:
            self._unsaved = True
            self._save_again_at = self._clock.monotonic() + _SAVE_AGAIN_S
            log.warning("the renewed sign-in is not stored yet: %s", error.english)
        else:
            self._unsaved = False

    def _just_fetched(self) -> bool:
        fetched = self._fetched_at
        return fetched is not None and self._clock.monotonic() - fetched < _PROVING_S


def _ended(details: str) -> AuthError:
    return AuthError(
        "The CRM does not accept the sign-in any more.",
        "Sign in again. Everything here stays readable and your edits are kept.",
        status=401,
        details=details,
    )


def encode(tokens: Tokens) -> str:
    return msgspec.json.encode(tokens).decode("utf-8")


def decode(text: str) -> Tokens | None:
    """None for what is not a token set, such as one that was cut short."""
    try:
        return msgspec.json.decode(text, type=Tokens)
    except msgspec.DecodeError:
        return None
