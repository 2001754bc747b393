from __future__ import annotations

import pytest

from rapport.api.json_guard import BadJson, parse


def test_reads_what_is_sound() -> None:
    assert parse('{"a": [1, 2.5, "ä", null, true]}'.encode()) == {"a": [1, 2.5, "ä", None, True]}
    assert parse(b"\xef\xbb\xbf[]") == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"<html></html>",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"contacts": [{"id": "x"}',
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 200_000 + b"1" + b"}" * 200_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_refuses_what_is_not(body: bytes) -> None:
    with pytest.raises(BadJson):
        parse(body)


def test_integers_no_database_can_hold_stay_text() -> None:
    digits = "9" * 5000
    assert parse(f'{{"a": {digits}}}'.encode()) == {"a": digits}
    assert parse(b"[9223372036854775807, 9223372036854775808, -9223372036854775808]") == [
        2**63 - 1,
        "9223372036854775808",
        "-9223372036854775808",
    ]


def test_lone_surrogates_are_replaced_everywhere() -> None:
    value = parse(rb'{"a\ud800": ["x\udfff", {"b": "\ud83d\ude00"}]}')
    assert value == {"a?": ["x?", {"b": "😀"}]}
    assert parse(rb'["\uD800"]') == ["?"]
    str(value).encode("utf-8")


def test_broken_utf8_is_replaced() -> None:
    assert parse(b'{"a": "\xff\xfe"}') == {"a": "��"}
