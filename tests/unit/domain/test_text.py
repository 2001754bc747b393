"""Snippets: what is shown, and where it matched."""

from __future__ import annotations

import pytest

from rapport.domain.text import unmarked


@pytest.mark.parametrize(
    ("text", "shown", "matched"),
    [
        ("plain", "plain", []),
        ("Prefers \x02tea\x03 & \x02tea\x03s", "Prefers tea & teas", ["tea", "tea"]),
        ("a\u202eb \x02c\u200bd\x03", "ab cd", ["cd"]),
        ("cut \x02short", "cut short", []),
        ("", "", []),
    ],
)
def test_unmarked(text: str, shown: str, matched: list[str]) -> None:
    plain, spans = unmarked(text)
    assert plain == shown
    assert [plain[start : start + length] for start, length in spans] == matched
