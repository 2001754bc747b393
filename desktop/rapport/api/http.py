"""One HTTP exchange, on its guard: sizes, redirects, encodings and pages that are not answers."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from rapport.api.errors import trace_id
from rapport.api.json_guard import BadJson, parse
from rapport.domain.errors import InputError, InvalidError, NetworkError, ServerError
from rapport.domain.hosts import Purpose, contacted
from rapport.language import mark

if TYPE_CHECKING:
    import httpx2 as httpx

LARGEST_REPLY = 20 * 1024 * 1024
"""Bytes, after decompression."""
_CONNECT_S = 10.0
_SILENCE_S = 30.0
EXCHANGE_S = 90.0
"""A whole exchange: a server that sends a byte now and then is never silent."""
_CONNECTIONS = 16
"""More than the pacer lets background work hold at once: a click finds one that is free."""
_LONGEST_TEXT = 2000

Heard = Callable[[int, Mapping[str, str]], None]


class Reply(Struct, frozen=True, kw_only=True):
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def is_html(self) -> bool:
        """Whether this is a page for people, whatever it says it is."""
        start = self.body[:256].lstrip().lower()
        declared = self.headers.get("content-type", "").lower().startswith("text/html")
        return declared or start.startswith((b"<!doctype html", b"<html"))

    def json(self) -> Any:
        """Raises NetworkError for a page where an answer should be: that is a network's sign-in,
        not the CRM. Raises ServerError for what is not sound JSON."""
        if self.is_html:
            raise NetworkError(
                "The network answered instead of the CRM.",
                "It may ask for a sign-in of its own: open a web page to see. Edits are kept.",
                details=self._traced(f"an HTML page with status {self.status}"),
                sent=True,
            )
        try:
            return parse(self.body)
        except BadJson as error:
            raise ServerError(
                "The CRM’s answer cannot be understood.",
                "Rapport looks again; your edits are safe here.",
                status=self.status,
                details=self._traced(f"not JSON: {error}"),
            ) from None

    def _traced(self, why: str) -> str:
        trace = trace_id(None, self.headers)
        return f"{why}\ntrace id: {trace}" if trace else why

    def json_or_none(self) -> Any:
        try:
            return parse(self.body)
        except BadJson:
            return None

    def said(self) -> Any:
        """What a refusal says: its JSON, or the text that stands in its place; None for a page and
        for nothing."""
        told = self.json_or_none()
        if told is None and not self.is_html:
            told = self.body[:_LONGEST_TEXT].decode("utf-8", "replace").strip() or None
        return told


class Http:
    """A pool of connections. Redirects are refused, so that a token goes only where it was sent."""

    def __init__(self) -> None:
        self._clients: dict[tuple[bool, bool], httpx.AsyncClient] = {}

    async def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: Any = None,
        *,
        form: bytes | None = None,
        form_type: str = "application/x-www-form-urlencoded",
        on_head: Heard | None = None,
        limit_s: float = EXCHANGE_S,
    ) -> Reply:
        """Sends ``body`` as JSON, or ``form`` as it is, of the media type ``form_type``. Raises
        NetworkError when no usable answer came within ``limit_s``, its ``sent`` telling whether the
        request may have arrived."""
        import httpx2 as httpx

        headers = {**headers, "Accept-Encoding": "gzip"}
        content = form
        if body is not None:
            content = _encoded(body)
            headers["Content-Type"] = "application/json"
        elif form is not None:
            headers["Content-Type"] = form_type
        client = self._client(url)
        _tell(url)
        try:
            async with (
                asyncio.timeout(limit_s),
                client.stream(method, url, headers=headers, content=content) as response,
            ):
                head = {name.lower(): value for name, value in response.headers.items()}
                if on_head:
                    on_head(response.status_code, head)
                if response.is_redirect:
                    raise NetworkError(
                        "The network answered instead of the CRM.",
                        "It wants to lead elsewhere, which Rapport does not follow. It may ask for "
                        "a sign-in of its own: open a web page to see. Edits are kept.",
                        details=f"a redirect with status {response.status_code}",
                        sent=True,
                    )
                received = await _read(response.aiter_raw(), head.get("content-encoding", ""))
                return Reply(status=response.status_code, headers=head, body=received)
        except httpx.ProxyError as error:
            raise _proxy_refused(error) from None
        except (
            httpx.ConnectError,
            httpx.ConnectTimeout,
            httpx.PoolTimeout,
            httpx.UnsupportedProtocol,
            httpx.InvalidURL,
        ) as error:
            raise _untrusted(error) or _unreachable(error, sent=False) from None
        except (httpx.TimeoutException, TimeoutError) as error:
            raise NetworkError(
                "The CRM did not answer in time.",
                "Rapport looks again by itself. Edits are kept.",
                details=type(error).__name__,
                sent=True,
            ) from None
        except httpx.HTTPError as error:
            raise _unreachable(error, sent=True) from None

    async def aclose(self) -> None:
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.aclose()

    def _client(self, url: str) -> httpx.AsyncClient:
        import httpx2 as httpx

        secure, local = kind = checked_address(url)
        # Loading the system's certificates takes a while, and plain HTTP, which only this
        # computer's own sandbox speaks, needs none of them; what is local needs no proxy.
        client = self._clients.get(kind)
        if client is None:
            _quiet()
            try:
                client = httpx.AsyncClient(
                    verify=_system_certificates()
                    if secure
                    else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
                    trust_env=not local,
                    follow_redirects=False,
                    timeout=httpx.Timeout(_SILENCE_S, connect=_CONNECT_S, pool=_CONNECT_S),
                    limits=httpx.Limits(
                        max_connections=_CONNECTIONS,
                        max_keepalive_connections=_CONNECTIONS,
                        keepalive_expiry=30.0,
                    ),
                )
            except (ValueError, ImportError, httpx.InvalidURL) as error:
                # What the environment names as a proxy is none, or one for SOCKS.
                raise NetworkError(
                    "The proxy that this computer names cannot be used.",
                    "Its address must begin with http:// or https:// (see HTTPS_PROXY). "
                    "Edits are kept.",
                    details=type(error).__name__,
                ) from None
            self._clients[kind] = client
        return client


def _tell(url: str) -> None:
    parts = urlsplit(url)
    purpose = Purpose.SIGN_IN if "/oauth/" in parts.path else Purpose.RECORDS
    contacted.tell(parts.hostname or "", purpose, datetime.now(UTC))


def _encoded(body: Any) -> bytes:
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidError(
            "This value cannot be sent.", "Change it and try again.", details=type(error).__name__
        ) from None
    return text.encode("utf-8", "replace")


def checked_address(url: str) -> tuple[bool, bool]:
    """Whether ``url`` is https, and whether it is this computer. Raises InputError for an address
    that a token must not be sent to."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise InputError("This is not an address.", field="api_url") from None
    local = is_loopback(host)
    if parts.scheme == "https" or (parts.scheme == "http" and local):
        return parts.scheme == "https", local
    raise InputError(
        "The address must start with https://.",
        "A sign-in is never sent where others can read it.",
        field="api_url",
    )


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _system_certificates() -> ssl.SSLContext:
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _quiet() -> None:
    """The libraries' INFO lines hold whole addresses, codes and e-mails included."""
    for name in ("httpx", "httpx2", "httpcore", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _unreachable(error: BaseException, *, sent: bool) -> NetworkError:
    # The class says enough; a message could repeat the address with what is in it.
    return NetworkError(
        "The connection to the CRM broke." if sent else "The CRM cannot be reached.",
        "Rapport goes on by itself when the network is back. Edits are kept.",
        details=type(error).__name__,
        sent=sent,
    )


_TIMES = {
    9: mark("The CRM’s certificate is not valid yet."),
    10: mark("The CRM’s certificate has expired."),
}
"""OpenSSL's codes for what a wrong clock on this computer looks like, too."""


def _untrusted(error: BaseException) -> NetworkError | None:
    """What to say of a certificate that was refused; None where that was not the trouble."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return None
    details = f"{type(cause).__name__}: {cause.verify_message}"
    if cause.verify_code in _TIMES:
        return NetworkError(
            _TIMES[cause.verify_code],
            "Nothing was sent. Check the date and time of this computer. Edits are kept.",
            details=details,
        )
    return NetworkError(
        "This computer does not trust the CRM’s certificate.",
        "Nothing was sent: somebody may be in between. Where your network checks what passes with "
        "a certificate of its own, have it added to this computer’s. Edits are kept.",
        details=details,
    )


def _proxy_refused(error: BaseException) -> NetworkError:
    status = re.match(r"\d{3}", str(error))
    wants_name = status is not None and status[0] == "407"
    return NetworkError(
        "The proxy asks for a name and password."
        if wants_name
        else "The proxy does not let Rapport through to the CRM.",
        "Check the proxy that this computer names (HTTPS_PROXY). Edits are kept.",
        details=f"proxy → {status[0]}" if status else type(error).__name__,
    )


async def _read(raw: AsyncIterator[bytes], encoding: str) -> bytes:
    """The body, decompressed piece by piece, so that a bomb is noticed before it unfolds."""
    inflate = None
    if encoding.strip().lower() in ("gzip", "x-gzip"):
        inflate = zlib.decompressobj(wbits=31)
    elif encoding.strip().lower() not in ("", "identity"):
        raise ServerError("The CRM’s answer cannot be understood.", details="unknown encoding")
    body = bytearray()
    async for piece in raw:
        room = LARGEST_REPLY + 1 - len(body)
        try:
            body += inflate.decompress(piece, room) if inflate else piece
        except zlib.error:
            raise ServerError("The CRM’s answer is damaged.", details="not gzip") from None
        if len(body) > LARGEST_REPLY:
            raise ServerError(
                "The CRM’s answer is too large.", details=f"more than {LARGEST_REPLY} bytes"
            )
    if inflate and not inflate.eof:
        raise ServerError("The CRM’s answer is damaged.", details="gzip ends early")
    return bytes(body)
