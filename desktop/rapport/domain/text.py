"""Text as people compare it: accents, case and width do not matter in a search."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not decompose, though people type them without their stroke.
_STROKES = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ŧ": "t",
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ı": "i",
    }
)


def fold(text: str) -> str:
    """``text`` for comparing: case-folded, without accents, compatibility forms resolved."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.translate(_STROKES)


def storable(text: str) -> str:
    """``text`` with lone surrogates replaced, which no database or wire can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def digits(text: str) -> str:
    """Only the digits, in ASCII: how phone numbers are searched."""
    return "".join(str(unicodedata.digit(char)) for char in text if char.isdigit())


_BETWEEN_DIGITS = frozenset(" ()-./+\xa0\u202f")


def phone_digits(text: str) -> str:
    """The digits of a phone number, however they are grouped; "" for what is none."""
    if all(char in _BETWEEN_DIGITS or char.isdigit() for char in text):
        return digits(text)
    return ""


# Controls that reorder or hide their neighbours; shown as nothing, stored exactly.
_HIDDEN: dict[int, str | None] = {
    **{code: " " for code in (*range(0x20), 0x7F)},
    **dict.fromkeys((0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
}


def visible(text: str) -> str:
    """``text`` made safe to show on one line."""
    return text.translate(_HIDDEN)


def matches_in(text: str, wanted: Iterable[str]) -> list[tuple[int, int]]:
    """(start, length) of the words of ``text`` that begin with one of ``wanted``, both folded; in
    scripts without spaces wherever it stands."""
    folded, places = "", []
    for place, char in enumerate(text):
        some = fold(char)
        folded += some
        places += [place] * len(some)
    found = []
    for word in {fold(one) for one in wanted} - {""}:
        at = folded.find(word)
        while at >= 0:
            inside = at > 0 and folded[at - 1].isalnum() and word.isascii()
            if not inside:
                start, last = places[at], places[at + len(word) - 1]
                found.append((start, last + 1 - start))
            at = folded.find(word, at + 1)
    return sorted(found)


MARK_ON, MARK_OFF = "\x02", "\x03"
"""Around the matched words of a snippet."""


def unmarked(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A snippet as it is shown, and (start, length) of what matched in it."""
    shown, spans = "", []
    for number, part in enumerate(text.split(MARK_ON)):
        match, off, rest = part.partition(MARK_OFF) if number else ("", "", part)
        if match and off:
            spans.append((len(shown), len(visible(match))))
        shown += visible(match) + visible(rest)
    return shown, tuple(span for span in spans if span[1])
