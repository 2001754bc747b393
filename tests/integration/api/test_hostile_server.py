"""What a broken network or a hostile server may send, and what becomes of it."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import ssl
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rapport.api import ApiClient, WriteOutcome, outcome_of
from rapport.api import http as guarded
from rapport.domain.changes import Op
from rapport.domain.errors import (
    ApiError,
    AuthError,
    InputError,
    InvalidError,
    NetworkError,
    RapportError,
    ServerError,
)

Make = Callable[..., ApiClient]


async def write(client: ApiClient) -> RapportError:
    with pytest.raises(RapportError) as caught:
        await client.contacts.create({"first_name": "Ana"})
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        b'{"contact": {"id": "x", "firstName": "A',
        b"",
        b"null",
        b'"ok"',
        b"[]",
        b'{"error": "no"}',
        b'{"contact": null}',
        b'{"contact": {"firstName": "Ana"}}',
        b'{"contact": {"id": 7}}',
        b'{"contact": {"id": "x", "id": "y"}}',
        b'{"contact": {"id": "x", "score": NaN}}',
        b'{"contact":' * 200_000,
        b"\x00\x01\x02",
    ],
    ids=lambda body: repr(body[:30]),
)
async def test_a_2xx_that_promises_nothing_leaves_a_write_uncertain(
    hostile: Any, client_for: Make, body: bytes
) -> None:
    hostile.answers(body, "201 Created")
    error = await write(client_for(hostile.url))
    assert isinstance(error, ServerError)
    assert outcome_of(error, Op.CREATE) is WriteOutcome.UNCERTAIN
    assert len(hostile.requests) == 1


async def test_a_login_page_is_offline(hostile: Any, client_for: Make) -> None:
    for body, kind in (
        (b"<!DOCTYPE html><html>Wi-Fi</html>", "Content-Type: text/html; charset=utf-8"),
        (b"\n <HTML><body>sign in", "Content-Type: application/json"),
    ):
        hostile.answers(body, "200 OK", kind)
        error = await write(client_for(hostile.url))
        assert isinstance(error, NetworkError)
        assert "Edits are kept" in error.message
        assert outcome_of(error) is WriteOutcome.UNCERTAIN


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 T", "308 P"])
async def test_a_redirect_is_not_followed(
    hostile: Any, elsewhere: Any, client_for: Make, status: str
) -> None:
    hostile.answers(b"", status, f"Location: {elsewhere.url}/contacts/")
    error = await write(client_for(hostile.url))
    assert isinstance(error, NetworkError)
    assert elsewhere.requests == []
    assert len(hostile.requests) == 1


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip"])
async def test_a_gzip_bomb_stops_at_the_cap(
    hostile: Any, client_for: Make, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inflated: list[int] = []
    make = zlib.decompressobj

    class Counting:
        def __init__(self, wbits: int) -> None:
            self._inner = make(wbits=wbits)

        @property
        def eof(self) -> bool:
            return self._inner.eof

        def decompress(self, piece: bytes, most: int) -> bytes:
            out = self._inner.decompress(piece, most)
            inflated.append(len(out))
            return out

    monkeypatch.setattr(guarded.zlib, "decompressobj", Counting)
    bomb = gzip.compress(b" " * 200_000_000, compresslevel=1)
    hostile.answers(bomb, "200 OK", f"Content-Encoding: {encoding}")
    error = await write(client_for(hostile.url))
    assert isinstance(error, ServerError)
    assert "too large" in error.title
    assert sum(inflated) == guarded.LARGEST_REPLY + 1


async def test_a_plain_flood_stops_at_the_cap(hostile: Any, client_for: Make) -> None:
    hostile.answers(b" " * (guarded.LARGEST_REPLY + 2))
    error = await write(client_for(hostile.url))
    assert "too large" in error.title


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"not gzip", "gzip"),
        (gzip.compress(b"{}" * 900)[:-9], "gzip"),
        (b"{}", "br"),
        (b"{}", "gzip, gzip"),
    ],
)
async def test_damaged_or_unknown_encodings(
    hostile: Any, client_for: Make, body: bytes, encoding: str
) -> None:
    hostile.answers(body, "200 OK", f"Content-Encoding: {encoding}")
    error = await write(client_for(hostile.url))
    assert isinstance(error, ServerError)


async def test_gzip_that_is_sound_is_read(hostile: Any, client_for: Make) -> None:
    hostile.answers(gzip.compress(b'{"contact": {"id": "x"}}'), "201 C", "Content-Encoding: gzip")
    assert (await client_for(hostile.url).contacts.create({"first_name": "Ana"})).rid == "x"


async def test_absurd_values_cost_only_themselves(hostile: Any, client_for: Make) -> None:
    digits = b"9" * 5000
    hostile.answers(
        b'{"contact": {"id": "x", "firstName": "A\\ud800", "dnd": ' + digits + b', "tags": '
        b'["a\\u0000b", 5], "dateAdded": '
        + digits
        + b', "customFields": [{"id": "c", "value": 1e9}],'
        b' "dateUpdated": -99999999999999999, "assignedTo": {"a": 1}}}'
    )
    remote = await client_for(hostile.url).contacts.get("x")
    assert remote.values["first_name"] == "A?"
    assert remote.values["dnd"] is False
    assert remote.values["tags"] == ["a\x00b"]
    assert remote.values["added_at"] is None
    assert remote.values["updated_at"] is None
    assert remote.values["assigned_to"] is None


async def test_one_broken_record_does_not_keep_the_page_away(
    hostile: Any, client_for: Make
) -> None:
    hostile.answers(b'{"tasks": [{"id": "a"}, {"title": "no id"}, 7, null, {"id": "b"}]}')
    found = await client_for(hostile.url).tasks.of("c")
    assert [remote.rid for remote in found] == ["a", "b"]


async def test_a_page_that_leads_to_itself_is_refused(hostile: Any, client_for: Make) -> None:
    hostile.answers(b'{"contacts": [{"id": "a", "searchAfter": [1, "a"]}], "total": 9}')
    client = client_for(hostile.url)
    page = await client.contacts.search(page_limit=1)
    assert page.cursor == [1, "a"]
    with pytest.raises(ServerError):
        await client.contacts.search(page_limit=1, cursor=page.cursor)


async def test_a_dropped_reply_leaves_a_write_uncertain_and_is_not_repeated(
    hostile: Any, client_for: Make
) -> None:
    hostile.silent = True
    error = await write(client_for(hostile.url))
    assert isinstance(error, NetworkError)
    assert error.sent
    assert len(hostile.requests) == 1


async def test_a_failing_read_is_tried_again(hostile: Any, client_for: Make) -> None:
    class Hurried:
        """The real clock, with short naps."""

        def __init__(self) -> None:
            from rapport.app.clock import SystemClock

            self._clock = SystemClock()
            self.now, self.monotonic, self.zone = (
                self._clock.now,
                self._clock.monotonic,
                self._clock.zone,
            )

        async def sleep(self, seconds: float) -> None:
            await asyncio.sleep(seconds / 1000)

    hostile.answers(b"<html>502</html>", "502 Bad Gateway", "Content-Type: text/html")
    client = client_for(hostile.url, clock=Hurried())
    with pytest.raises(ServerError):
        await client.contacts.get("x")
    assert len(hostile.requests) == 3
    with pytest.raises(ServerError):
        await client.contacts.delete("x")
    assert len(hostile.requests) == 4


@pytest.mark.parametrize(
    "reply",
    [
        b"garbage\r\n\r\n",
        b"HTTP/1.1 999\r\nX" + b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01",
    ],
    ids=lambda reply: repr(reply[:40]),
)
async def test_what_is_not_http(hostile: Any, client_for: Make, reply: bytes) -> None:
    hostile.reply = reply
    error = await write(client_for(hostile.url))
    assert isinstance(error, NetworkError)
    assert outcome_of(error) is WriteOutcome.UNCERTAIN


@pytest.mark.parametrize("token", ["", " ", "a b", "a\r\nX-Evil: 1", "tök", "a\x00"])
async def test_what_is_not_a_token_is_not_sent(hostile: Any, client_for: Make, token: str) -> None:
    with pytest.raises(AuthError):
        await client_for(hostile.url, token).contacts.get("x")
    assert hostile.requests == []


async def test_what_cannot_be_written_as_json_is_refused_here(
    hostile: Any, client_for: Make
) -> None:
    client = client_for(hostile.url)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for value in (float("nan"), object(), deep):
        with pytest.raises(InvalidError):
            await client.contacts.update("x", {"custom": {"c": value}})
    with pytest.raises(InvalidError):
        await client.tasks.update("c", "t", {"due_at": "soon"})
    assert hostile.requests == []


async def test_nobody_there(client_for: Make, hostile: Any) -> None:
    client = client_for(hostile.url)
    await hostile.stop()
    error = await write(client)
    assert isinstance(error, NetworkError)
    assert not error.sent
    assert outcome_of(error) is WriteOutcome.NOT_APPLIED


@pytest.mark.parametrize(
    "url", ["http://crm.example", "http://127.0.0.1.example", "ftp://127.0.0.1", "crm", "http://["]
)
async def test_a_token_is_never_sent_in_the_clear(client_for: Make, url: str) -> None:
    with pytest.raises(InputError):
        await client_for(url).contacts.get("x")


async def test_ids_cannot_climb_out_of_their_path(hostile: Any, client_for: Make) -> None:
    hostile.answers(b'{"contact": {"id": "x"}}')
    await client_for(hostile.url).contacts.get("../users/?a=b#c d")
    assert hostile.requests[0].startswith(b"GET /contacts/..%2Fusers%2F%3Fa%3Db%23c%20d HTTP")


async def test_no_log_line_holds_a_token_or_an_address(
    hostile: Any, client_for: Make, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hostile.answers(b'{"message": "no"}', "422 U")
    with pytest.raises(ApiError):
        await client_for(hostile.url).contacts.find_duplicate(email="canary@example.com")
    mine = [record for record in caplog.records if not record.name.startswith("asyncio")]
    text = "\n".join(record.getMessage() for record in mine)
    assert "contacts.duplicate" in text
    assert "canary" not in text


async def test_headers(hostile: Any, client_for: Make) -> None:
    hostile.answers(b'{"contact": {"id": "x"}}')
    await client_for(hostile.url).contacts.get("x")
    head = hostile.requests[0].decode().lower()
    assert "authorization: bearer canary-token" in head
    assert "version: 2021-07-28" in head
    assert "accept: application/json" in head


async def test_a_thousand_cancelled_requests_leave_the_pool_whole(
    hostile: Any, client_for: Make
) -> None:
    hostile.answers(b'{"contact": {"id": "x"}}')
    client = client_for(hostile.url)
    await client.contacts.get("x")
    for number in range(1000):
        task = asyncio.ensure_future(client.contacts.get("x"))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    found = await asyncio.gather(*(client.contacts.get("x") for _ in range(20)))
    assert len(found) == 20


async def test_a_certificate_nobody_vouches_for_is_refused(
    client_for: Make, tmp_path: Path
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    own = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(own.public_bytes(encoding))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        error = await write(client_for(f"https://127.0.0.1:{port}"))
    assert isinstance(error, NetworkError)
    assert outcome_of(error) is WriteOutcome.NOT_APPLIED
    assert heard == []


async def test_what_cannot_be_understood_can_be_traced(hostile: Any, client_for: Make) -> None:
    for body, headers in [
        (b'{"contact": {}, "traceId": "t-1"}', ()),
        (b'{"contact": ', ("X-Trace-Id: t-1",)),
        (b"[" * 10, ("CF-Ray: t-1",)),
    ]:
        hostile.answers(body, "200 OK", *headers)
        with pytest.raises(ServerError) as caught:
            await client_for(hostile.url).contacts.get("x")
        assert caught.value.details.endswith("\ntrace id: t-1")


async def test_a_refusal_in_plain_text_is_read(hostile: Any, client_for: Make) -> None:
    hostile.answers(b"Cannot GET /contacts/x", "404 Not Found", "Content-Type: text/plain")
    with pytest.raises(InvalidError, match="does not know this request"):
        await client_for(hostile.url).contacts.get("x")


async def test_a_list_that_never_ends_is_read_once(hostile: Any, client_for: Make) -> None:
    """FACTS F10: a paging parameter that is not understood is ignored."""
    page = {"businesses": [{"id": f"b{n}", "name": "B"} for n in range(100)]}
    hostile.answers(json.dumps(page).encode())
    assert len(await client_for(hostile.url).businesses.list()) == 100
    assert len(hostile.requests) == 2


async def test_messages_may_stand_one_level_deeper(hostile: Any, client_for: Make) -> None:
    inner = {"lastMessageId": "m", "nextPage": True, "messages": [{"id": "m", "body": "Hello"}]}
    hostile.answers(json.dumps({"messages": inner, "traceId": "t"}).encode())
    page = await client_for(hostile.url).conversations.messages("c")
    assert ([one.body for one in page.items], page.cursor) == (["Hello"], ["m"])
