"""Between Rapport and the CRM: proxies, and certificates of the system's store. The servers, the
proxy and the certificates are real, and on this computer."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from rapport.api.http import Http
from rapport.api.oauth import OAuthApp, Tokens, refresh
from rapport.app.clock import SystemClock
from rapport.domain.errors import NetworkError

BODY = b'{"ok": true}'


class Server:
    """Answers every request with the same JSON, over TLS where ``tls`` is given."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self._servers: list[asyncio.Server] = []

    async def start(self, tls: ssl.SSLContext | None = None) -> int:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self._servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.requests.append(await reader.readuntil(b"\r\n\r\n"))
            head = "HTTP/1.1 200 OK", "Content-Type: application/json", "Connection: close"
            lines = "\r\n".join((*head, f"Content-Length: {len(BODY)}", "", ""))
            writer.write(lines.encode() + BODY)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


class Proxy:
    """Makes tunnels to ``port`` of this computer, whatever host is asked for."""

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self.refusal = b""
        self._port = port
        self._server: asyncio.Server | None = None
        self._tunnels: set[asyncio.Task[None]] = set()

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        for tunnel in self._tunnels:
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            self.asked.append(" ".join(head.decode().split(" ")[:2]))
            if self.refusal:
                writer.write(b"HTTP/1.1 " + self.refusal + b"\r\nContent-Length: 0\r\n\r\n")
                return
            there = await asyncio.open_connection("127.0.0.1", self._port)
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            both = (_pass(reader, there[1]), _pass(there[0], writer))
            tunnel = asyncio.gather(*(asyncio.ensure_future(one) for one in both))
            await tunnel
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's store holds the authority."""
    file = tmp_path / "store.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    yield server
    await server.stop()


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http()
    yield http
    await http.aclose()


@pytest.fixture
def serve(server: Server, authority: trustme.CA) -> Callable[..., Any]:
    async def serve(*names: str, **options: Any) -> int:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(*names, **options).configure_cert(context)
        return await server.start(context)

    return serve


async def ask(http: Http, url: str) -> Any:
    return (await http.exchange("GET", url, {"Authorization": "Bearer canary-token"})).json()


# Certificates.


@pytest.mark.usefixtures("trusted")
async def test_the_systems_store_decides(http: Http, server: Server, serve: Any) -> None:
    port = await serve("localhost")
    assert await ask(http, f"https://localhost:{port}/x") == {"ok": True}
    assert len(server.requests) == 1


async def refused(http: Http, server: Server, url: str) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        await ask(http, url)
    assert server.requests == []
    assert not caught.value.sent
    assert "Nothing was sent" in caught.value.message
    assert "canary" not in str(caught.value) + caught.value.details
    return caught.value


async def test_an_authority_that_is_not_in_the_store_is_refused(
    http: Http, server: Server, serve: Any
) -> None:
    port = await serve("localhost")
    error = await refused(http, server, f"https://localhost:{port}/x")
    assert error.title == "This computer does not trust the CRM’s certificate."


@pytest.mark.usefixtures("trusted")
async def test_another_hosts_certificate_is_refused(http: Http, server: Server, serve: Any) -> None:
    port = await serve("crm.example")
    error = await refused(http, server, f"https://localhost:{port}/x")
    assert "does not trust" in error.title
    assert "localhost" in error.details


@pytest.mark.usefixtures("trusted")
async def test_a_certificate_that_has_expired_makes_one_look_at_the_clock(
    http: Http, server: Server, serve: Any
) -> None:
    past = datetime.now(UTC) - timedelta(days=1)
    port = await serve("localhost", not_before=past - timedelta(days=9), not_after=past)
    error = await refused(http, server, f"https://localhost:{port}/x")
    assert error.title == "The CRM’s certificate has expired."
    assert "date and time" in error.message


# Proxies.


@pytest.fixture
async def proxy(serve: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Any]]:
    """``await proxy()``: one that this computer names, with crm.example behind it."""
    made: list[Proxy] = []

    async def make(user: str = "") -> Proxy:
        made.append(Proxy(await serve("crm.example")))
        monkeypatch.setenv("HTTPS_PROXY", f"http://{user}{await made[-1].start()}")
        return made[-1]

    yield make
    for one in made:
        await one.stop()


@pytest.mark.usefixtures("trusted")
async def test_the_proxy_that_is_named_is_used(http: Http, server: Server, proxy: Any) -> None:
    between = await proxy()
    assert await ask(http, "https://crm.example/x?code=secret") == {"ok": True}
    assert between.asked == ["CONNECT crm.example:443"]
    # It sees where, and nothing of what.
    assert b"canary" not in b"".join(between.heads)
    assert b"secret" not in b"".join(between.heads)
    assert b"canary-token" in server.requests[0]


@pytest.mark.usefixtures("trusted")
async def test_signing_in_goes_through_it_too(http: Http, server: Server, proxy: Any) -> None:
    between = await proxy()
    app = OAuthApp(
        authorize_url="https://crm.example/authorize",
        token_url="https://crm.example/oauth/token",
        client_id="c",
        client_secret="s",
        redirect_uri="http://127.0.0.1:47311/callback",
    )
    with pytest.raises(Exception, match="cannot be understood"):  # no tokens in this reply
        await refresh(app, Tokens(access="a", refresh="r"), clock=SystemClock(), http=http)
    assert between.asked == ["CONNECT crm.example:443"]
    assert server.requests[0].startswith(b"POST /oauth/token")


@pytest.mark.usefixtures("trusted")
async def test_this_computer_is_reached_without_it(
    http: Http, server: Server, serve: Any, proxy: Any
) -> None:
    between = await proxy()
    secure, plain = await serve("localhost"), await server.start()
    assert await ask(http, f"https://localhost:{secure}/x") == {"ok": True}
    assert await ask(http, f"http://127.0.0.1:{plain}/x") == {"ok": True}
    assert between.asked == []


@pytest.mark.usefixtures("trusted")
async def test_name_and_password_of_the_proxy(http: Http, proxy: Any) -> None:
    between = await proxy(user="ana:pass%20word@")
    assert await ask(http, "https://crm.example/x") == {"ok": True}
    basic = base64.b64encode(b"ana:pass word")
    assert b"Proxy-Authorization: Basic " + basic in between.heads[0]


@pytest.mark.parametrize(
    ("refusal", "title"),
    [
        (b"407 Proxy Authentication Required", "The proxy asks for a name and password."),
        (b"403 canary", "The proxy does not let Rapport through to the CRM."),
        (b"502 Bad Gateway", "The proxy does not let Rapport through to the CRM."),
    ],
)
async def test_a_proxy_that_refuses(
    http: Http, server: Server, proxy: Any, refusal: bytes, title: str
) -> None:
    between = await proxy(user="ana:secret@")
    between.refusal = refusal
    with pytest.raises(NetworkError) as caught:
        await ask(http, "https://crm.example/x")
    error = caught.value
    assert (error.title, error.sent) == (title, False)
    assert error.details == f"proxy → {refusal[:3].decode()}"
    assert server.requests == []


async def test_a_proxy_that_reads_along_is_refused(http: Http, server: Server, proxy: Any) -> None:
    """Its own certificate is not in this computer's store."""
    await proxy()
    error = await refused(http, server, "https://crm.example/x")
    assert "administrator" in error.message or "certificate" in error.message


@pytest.mark.parametrize("address", ["socks5://127.0.0.1:1080", "gopher://127.0.0.1:70"])
async def test_a_proxy_of_another_kind_is_named(
    http: Http, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    with pytest.raises(NetworkError, match="cannot be used") as caught:
        await ask(http, "https://crm.example/x")
    assert "HTTPS_PROXY" in caught.value.message
    assert not caught.value.sent


@pytest.mark.usefixtures("trusted")
async def test_hosts_that_are_excepted(
    http: Http, server: Server, serve: Any, proxy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_PROXY: asked directly, where nobody has that name."""
    between = await proxy()
    monkeypatch.setenv("NO_PROXY", "crm.example,intranet.example")
    with pytest.raises(NetworkError, match="cannot be reached"):
        await ask(http, "https://crm.example/x")
    assert between.asked == []
