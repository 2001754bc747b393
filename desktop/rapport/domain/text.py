"""Text as people compare it: accents, case and width do not matter in a search."""

from __future__ import annotations

import unicodedata

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


# Controls that reorder or hide their neighbours; shown as nothing, stored exactly.
_HIDDEN: dict[int, str | None] = {
    **{code: " " for code in (*range(0x20), 0x7F)},
    **dict.fromkeys((0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))),
}


def visible(text: str) -> str:
    """``text`` made safe to show on one line."""
    return text.translate(_HIDDEN)
