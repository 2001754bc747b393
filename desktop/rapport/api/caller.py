"""One request of any operation: token, pace, meaning of refusals, second tries."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar

from msgspec import structs

from rapport.api.breaker import Breaker
from rapport.api.errors import error_from, trace_id
from rapport.api.forms import Form
from rapport.api.http import EXCHANGE_S, Http, Reply, checked_address
from rapport.api.operations import Operation
from rapport.api.pacing import LONGEST_WAIT_S, Lane, Pacer, Permit
from rapport.api.session import TokenSource
from rapport.api.trail import heard, is_followed
from rapport.domain.audit import ServerReply
from rapport.domain.errors import (
    AuthError,
    LocationError,
    NetworkError,
    RateLimitError,
    ServerError,
)
from rapport.domain.operations import QueryValue, address
from rapport.domain.ports import Clock
from rapport.domain.views import Budget

log = logging.getLogger(__name__)

_T = TypeVar("_T")

DEADLINE_S = 20.0
"""After so long a person's request is given up, second tries and the wait for its turn included;
an upload gets what a slow line needs on top."""
_SLOW_LINE = 100_000
"""Bytes a second."""
_LEAST_EXCHANGE_S = 5.0
"""A request whose turn came late still gets this long."""
_REFUSED_TRIES = 3
_READ_TRIES = 3


class Caller:
    """Raises from the tree in ``domain.errors`` only; ``errors.outcome_of`` says what an error
    means for a write.

    A refused token is renewed once, a 429 waited out in the pacer, a failed read tried again within
    the retry budget; a write that may have arrived is never sent again from here. What a person
    waits for has a deadline, and a host that keeps failing is not asked at all (OutageError).
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
        self.breaker = Breaker(clock)
        self._base_url = base_url.rstrip("/")
        self._tokens = tokens
        self._clock = clock
        self._http = http or Http()

    async def aclose(self) -> None:
        self.pacer.close()
        await self._http.aclose()

    def budget(self) -> Budget:
        """What may be sent at the moment, and from when on where that is nothing."""
        budget = self.pacer.budget()
        wait = self.breaker.retry_s()
        if wait:
            until = self._clock.now() + timedelta(seconds=wait)
            budget = structs.replace(budget, outage_until=until.replace(microsecond=0))
        return budget

    async def request(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        body: Any = None,
        lane: Lane = Lane.BACKGROUND,
    ) -> Any:
        """The parsed JSON of a 2xx reply. ``path`` fills the operation's parameters."""
        return await self._answer(
            Reply.json, operation, path=path, query=query, body=body, lane=lane
        )

    async def exchange(
        self,
        operation: Operation,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        body: Any = None,
        form: Form | None = None,
        lane: Lane = Lane.BACKGROUND,
        on_reply: Callable[[Reply], None] | None = None,
    ) -> Reply:
        """A 2xx reply as it came. ``form`` is sent in place of ``body``. ``on_reply`` hears of
        each reply, those of a refusal too."""
        return await self._answer(
            lambda reply: reply,
            operation,
            path=path,
            query=query,
            body=body,
            form=form,
            lane=lane,
            on_reply=on_reply,
        )

    async def _answer(
        self,
        read: Callable[[Reply], _T],
        operation: Operation,
        *,
        path: Mapping[str, str] | None,
        query: Mapping[str, QueryValue] | None,
        body: Any,
        lane: Lane,
        form: Form | None = None,
        on_reply: Callable[[Reply], None] | None = None,
    ) -> _T:
        """What ``read`` makes of a 2xx reply; what it cannot read is a failed try."""
        url = self._url(operation, path or {}, query or {})
        until = math.inf
        if lane is Lane.PERSON:
            uploading_s = len(form.content) / _SLOW_LINE if form else 0.0
            until = self._clock.monotonic() + min(DEADLINE_S + uploading_s, EXCHANGE_S)
        self.breaker.check()  # before a token is renewed for nothing
        token = await self._tokens.access_token()
        renewed = False
        refused = failed = 0
        while True:
            try:
                reply = await self._once(operation, url, token, body, form, lane, until, on_reply)
                return read(reply)
            except AuthError:
                if renewed:
                    raise
                token, renewed = await self._tokens.renewed(token), True
            except LocationError:
                # Where the location is not active, only renewing the token says so (FACTS A).
                confirmed = token if renewed else await self._tokens.confirmed(token)
                if confirmed == token:
                    raise
                token, renewed = confirmed, True
            except RateLimitError:
                refused += 1
                if refused >= _REFUSED_TRIES:
                    raise
            except (ServerError, NetworkError) as error:
                failed += 1
                dropped = isinstance(error, ServerError) or error.sent
                if operation.writes or not dropped or failed >= _READ_TRIES:
                    raise
                pause = self.pacer.backoff(failed)
                if self._clock.monotonic() + pause > until or not self.pacer.may_retry():
                    raise
                await self._clock.sleep(pause)

    async def _once(
        self,
        operation: Operation,
        url: str,
        token: str,
        body: Any,
        form: Form | None,
        lane: Lane,
        until: float,
        on_reply: Callable[[Reply], None] | None,
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
        self.breaker.check()
        patience = min(LONGEST_WAIT_S, until - self._clock.monotonic())
        async with self.pacer.permit(lane, patience) as permit:
            reply = await self._exchange(operation, url, headers, body, form, permit, until)
        if on_reply is not None:
            on_reply(reply)
        if reply.status < 400:
            if operation.writes and is_followed():
                trace = trace_id(reply.json_or_none(), reply.headers)
                heard(ServerReply(status=reply.status, trace_id=trace))
            return reply
        refusal = error_from(
            operation,
            reply.status,
            reply.said(),
            html=reply.is_html,
            headers=reply.headers,
            retry_after_s=permit.retry_after_s,
        )
        log.info("%s → %s %s", operation.id, reply.status, type(refusal).__name__)
        if operation.writes:
            heard(ServerReply(status=reply.status, trace_id=refusal.trace_id, text=str(refusal)))
        raise refusal

    async def _exchange(
        self,
        operation: Operation,
        url: str,
        headers: Mapping[str, str],
        body: Any,
        form: Form | None,
        permit: Permit,
        until: float,
    ) -> Reply:
        """Whatever comes of it, the breaker hears."""
        self.breaker.admit()
        sent_at = self._clock.monotonic()
        try:
            reply = await self._http.exchange(
                operation.method,
                url,
                headers,
                body if form is None else None,
                form=form.content if form else None,
                form_type=form.type if form else "",
                on_head=permit.heard,
                limit_s=min(EXCHANGE_S, max(until - sent_at, _LEAST_EXCHANGE_S)),
            )
        except NetworkError as error:
            # A redirect is a network's sign-in: it says nothing about the CRM.
            if error.sent and not 300 <= (permit.status or 0) < 400:
                self.breaker.failed(sent_at)
            raise
        if reply.status < 500:
            self.breaker.succeeded()
        else:
            self.breaker.failed(sent_at)
        return reply

    def _url(
        self,
        operation: Operation,
        path: Mapping[str, str],
        query: Mapping[str, QueryValue],
    ) -> str:
        values = {"locationId": self.location_id, **path}
        return address(self._base_url, operation.path, values, query)
