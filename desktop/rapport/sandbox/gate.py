"""The ASGI application: every request passes here, is checked, answered and logged.

Order of the checks: the route, the rate limit, the Version header, the token, whom the token
speaks for, its scope; then the handler, whose writes are committed before the reply is sent.
"""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from .control import Control
from .core import Core
from .errors import (
    ApiError,
    forbidden_resource,
    no_access_to_location,
    too_many_requests,
    unauthorized,
)
from .faults import Fault, Faults, Journal
from .ids import uuid_id
from .table import Call, Operation, Table

log = logging.getLogger(__name__)

PUBLISHED_VERSIONS = frozenset({"v3", "2023-02-21", "2021-07-28", "2021-04-15"})
_MOST_BODY = 25 * 1024 * 1024
#: Form fields that the journal keeps only as a hash.
_SECRET_FIELDS = frozenset(
    {"client_secret", "code", "refresh_token", "code_verifier", "token", "clientSecret"}
)


class Dropped(Exception):
    """The connection is to be closed without a reply."""


class Gate:
    def __init__(
        self, core: Core, table: Table, control: Control, faults: Faults, journal: Journal
    ) -> None:
        self._core = core
        self._table = table
        self._control = control
        self._faults = faults
        self._journal = journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        try:
            body = await request.body()
        except ClientDisconnect:
            return
        fault = self._faults.take(request.method, request.url.path)
        status: int | None = None
        try:
            response = await self._respond(request, body, fault)
            status = response.status_code
            response.headers["date"] = formatdate(self._core.clock.now(), usegmt=True)
            if fault is not None and fault.kind == "truncate":
                await _truncated(response, send)
                raise Dropped
            await response(scope, receive, send)
        except Dropped:
            await _drop(scope, receive)
        finally:
            self._journal.add(_entry(self._core.clock.now(), request, body, status, fault))

    async def _respond(self, request: Request, body: bytes, fault: Fault | None) -> Response:
        if fault is not None:
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "drop_before":
                raise Dropped
            elif fault.kind == "status":
                return self._faulty(request, fault)
        response = self.answer(request, body)
        if fault is not None and fault.kind == "drop_after":
            raise Dropped
        return response

    def _faulty(self, request: Request, fault: Fault) -> Response:
        _, headers = self._core.limits.take(self._resource(request))
        if isinstance(fault.body, str):
            kind = "text/html" if fault.body.lstrip().startswith("<") else "text/plain"
            return Response(fault.body, fault.status, headers, media_type=kind)
        content = fault.body
        if content is None:
            content = {"statusCode": fault.status, "message": "Internal server error"}
        return _json(content, fault.status, headers)

    # -- the checks --------------------------------------------------------------------------

    def answer(self, request: Request, body: bytes) -> Response:
        """The reply to one request; every error is a reply too."""
        call = Call(
            core=self._core,
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            headers={name: value for name, value in request.headers.items()},
            body=body,
            trace_id=uuid_id(),
        )
        if call.path.startswith("/_sandbox/"):
            return self._control.answer(call)
        allowed, headers = self._core.limits.take(self._resource(request))
        try:
            if not allowed:
                raise too_many_requests()
            if len(body) > _MOST_BODY:
                raise ApiError(413, {"statusCode": 413, "message": "request entity too large"})
            operation, call.params = self._table.find(call.method, call.path)
            self._admit(call, operation)
            with self._core.store.transaction():
                answer = operation.handler(call)
        except ApiError as error:
            content = error.body
            if error.traced:
                content = {**content, "traceId": call.trace_id}
            return _json(content, error.status, headers)
        except Exception:
            log.exception("%s %s failed", call.method, call.path)
            content = {"statusCode": 500, "message": "Internal server error"}
            return _json(content, 500, headers)
        if isinstance(answer, Response):
            answer.headers.update(headers)
            return answer
        return _json(answer, operation.status, headers)

    def _resource(self, request: Request) -> str | None:
        grant = self._core.tokens.bearer(_bearer(request.headers.get("authorization", "")))
        return grant.resource if grant else None

    def _admit(self, call: Call, operation: Operation) -> None:
        """Version header, token, audience and scope, in this order."""
        if operation.audience == "none":
            return
        version = call.headers.get("version")
        if not version:
            raise unauthorized("version header was not found.")
        if version not in PUBLISHED_VERSIONS:
            raise unauthorized("version header is invalid")
        bearer = _bearer(call.headers.get("authorization", ""))
        grant = self._core.tokens.bearer(bearer)
        if grant is None:
            if bearer.startswith("pit-"):
                raise unauthorized("Invalid Private Integration token")
            raise unauthorized("Invalid JWT")
        if operation.audience == "company" and not grant.is_company:
            oauth = operation.path.startswith("/oauth/")
            raise unauthorized("Unauthorized") if grant.private and oauth else forbidden_resource()
        if operation.audience == "location" and grant.is_company:
            raise no_access_to_location()
        if operation.scope is not None and operation.scope not in grant.scopes:
            raise unauthorized("The token is not authorized for this scope.")
        if grant.location_id and not self._core.is_active(grant.location_id):
            raise no_access_to_location()
        call.grant_or_none = grant


def _bearer(header: str) -> str:
    kind, _, token = header.partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _json(content: Any, status: int, headers: dict[str, str]) -> Response:
    return Response(
        msgspec.json.encode(content), status, headers, media_type="application/json; charset=utf-8"
    )


# -- breaking off --------------------------------------------------------------------------------


async def _truncated(response: Response, send: Send) -> None:
    """Half of the body under the length of the whole."""
    half = response.body[: len(response.body) // 2]
    start: Message = {
        "type": "http.response.start",
        "status": response.status_code,
        "headers": response.raw_headers,
    }
    await send(start)
    await send({"type": "http.response.body", "body": bytes(half), "more_body": True})


async def _drop(scope: Scope, receive: Receive) -> None:
    """Close the connection, and wait until the server knows."""
    close: Callable[[], None] = scope["close_connection"]
    close()
    wait: Callable[[], Awaitable[Message]] = receive
    while (await wait())["type"] != "http.disconnect":
        pass


# -- the journal ---------------------------------------------------------------------------------


def _hashed(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _entry(
    now: float, request: Request, body: bytes, status: int | None, fault: Fault | None
) -> dict[str, Any]:
    headers = dict(request.headers)
    if "authorization" in headers:
        headers["authorization"] = _hashed(headers["authorization"])
    return {
        "time": now,
        "method": request.method,
        "path": request.url.path,
        "query": dict(request.query_params),
        "headers": headers,
        "body": _readable(request.url.path, headers.get("content-type", ""), body),
        "status": status,
        "fault": fault.kind if fault else None,
    }


def _readable(path: str, content_type: str, body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    if content_type.startswith("application/x-www-form-urlencoded"):
        fields = parse_qsl(text, keep_blank_values=True)
        return urlencode(
            [(name, _hashed(value) if name in _SECRET_FIELDS else value) for name, value in fields]
        )
    if path.startswith("/oauth/"):
        return _hashed(text)
    return text
