"""One request of any operation: token, pace, meaning of refusals, second tries."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from rapport.api.errors import error_from
from rapport.api.http import Http, Reply, checked_address
from rapport.api.operations import Operation
from rapport.api.pacing import Lane, Pacer
from rapport.api.session import TokenSource
from rapport.domain.errors import AuthError, NetworkError, RateLimitError, ServerError
from rapport.domain.ports import Clock

log = logging.getLogger(__name__)

_REFUSED_TRIES = 3
_READ_TRIES = 3


class Caller:
    """Raises from the tree in ``domain.errors`` only; ``errors.outcome_of`` says what an error
    means for a write.

    A refused token is renewed once, a 429 waited out in the pacer, a failed read tried again within
    the retry budget; a write that may have arrived is never sent again from here.
    """

    def __init__(
        self,
        base_url: str,
        tokens: TokenSource,
        *,
        location_id: str,
        clock: Clock,
        pacer: Pacer | None = None,
        http: Http | None = None,
    ) -> None:
        """Raises InputError for an address that a token must not be sent to."""
        checked_address(base_url)
        self.location_id = location_id
        self.pacer = pacer or Pacer(clock)
        self._base_url = base_url.rstrip("/")
        self._tokens = tokens
        self._clock = clock
        self._http = http or Http()

    async def aclose(self) -> None:
        self.pacer.close()
        await self._http.aclose()

    async def request(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str | int | bool | None] | None = None,
        body: Any = None,
        lane: Lane = Lane.BACKGROUND,
    ) -> Any:
        """The parsed JSON of a 2xx reply. ``path`` fills the operation's parameters."""
        url = self._url(operation, path or {}, query or {})
        token = await self._tokens.access_token()
        renewed = False
        refused = failed = 0
        while True:
            try:
                reply = await self._once(operation, url, token, body, lane)
                return reply.json()
            except AuthError:
                if renewed:
                    raise
                token, renewed = await self._tokens.renewed(token), True
            except RateLimitError:
                refused += 1
                if refused >= _REFUSED_TRIES:
                    raise
            except (ServerError, NetworkError) as error:
                failed += 1
                dropped = isinstance(error, ServerError) or error.sent
                if operation.writes or not dropped or failed >= _READ_TRIES:
                    raise
                if not self.pacer.may_retry():
                    raise
                await self._clock.sleep(self.pacer.backoff(failed))

    async def _once(
        self, operation: Operation, url: str, token: str, body: Any, lane: Lane
    ) -> Reply:
        if not (token and token.isascii() and token.isprintable() and " " not in token):
            raise AuthError(
                "This is not a token.", "Sign in again. Your edits are kept.", status=401
            )
        headers = {
            "Authorization": f"Bearer {token}",
            "Version": operation.version,
            "Accept": "application/json",
        }
        async with self.pacer.permit(lane) as permit:
            reply = await self._http.exchange(
                operation.method, url, headers, body, on_head=permit.heard
            )
        if reply.status < 400:
            return reply
        error = error_from(
            operation,
            reply.status,
            reply.json_or_none(),
            html=reply.is_html,
            headers=reply.headers,
            retry_after_s=permit.retry_after_s,
        )
        log.info("%s → %s %s", operation.id, reply.status, type(error).__name__)
        raise error

    def _url(
        self,
        operation: Operation,
        path: Mapping[str, str],
        query: Mapping[str, str | int | bool | None],
    ) -> str:
        values = {"location_id": self.location_id, **path}
        filled = operation.path
        for name, value in values.items():
            filled = filled.replace(f"{{{name}}}", quote(value, safe=""))
        pairs = {
            # A boolean in a query must be lower-case (FACTS F10).
            key: str(value).lower() if isinstance(value, bool) else str(value)
            for key, value in query.items()
            if value is not None
        }
        return self._base_url + filled + (f"?{urlencode(pairs, quote_via=quote)}" if pairs else "")
