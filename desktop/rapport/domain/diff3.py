"""Three versions of a text become one, where the two changed ones do not touch the same place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

MOST_PIECES = 4_000
"""Comparing takes quadratic time at worst; a text of more pieces is a person's to merge."""

_TAG = r"<br\s*/?>|</(?:p|div|li|ul|ol|h[1-6]|blockquote|pre|tr)>"
_BLOCKS = re.compile(rf"\n|(?:(?!{_TAG})[^\n])+(?:{_TAG})?|{_TAG}", re.IGNORECASE)
_WORDS = re.compile(r"<[^<>]*>|\w+|\s+|[^\w\s]")


class Part(NamedTuple):
    """A stretch of a comparison; ``kind`` is "=", "-" (only before) or "+" (only after)."""

    kind: str
    text: str


def blocks(text: str) -> list[str]:
    """The lines of a text and what ends them, and the paragraphs of HTML, each with its end."""
    return _BLOCKS.findall(text)


def words(text: str) -> list[str]:
    """Words, the space between them, and tags, which are never taken apart."""
    return _WORDS.findall(text)


def merge_texts(base: str, mine: str, theirs: str) -> str | None:
    """Both changes in one text, paragraph by paragraph; None where both touch the same one. Whole
    paragraphs, so that no half of an HTML element is left over."""
    return _joined(merge3(blocks(base), blocks(mine), blocks(theirs)))


def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """The same word by word: closer, and for a person to look at before it is saved."""
    return _joined(merge3(words(base), words(mine), words(theirs)))


def merge3(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """Pieces with both changes; None where these overlap or touch, or where there are too many."""
    if max(len(base), len(mine), len(theirs)) > MOST_PIECES:
        return None
    merged: list[str] = []
    at = at_mine = at_theirs = 0
    for start, start_mine, start_theirs, length in _agreed(base, mine, theirs):
        before = base[at:start]
        by_me, by_them = mine[at_mine:start_mine], theirs[at_theirs:start_theirs]
        if by_me in (by_them, before):
            merged += by_them
        elif by_them == before:
            merged += by_me
        else:
            return None
        merged += base[start : start + length]
        at, at_mine, at_theirs = start + length, start_mine + length, start_theirs + length
    return merged


def parts(before: str, after: str) -> list[Part]:
    """What changed from ``before`` to ``after``, word by word; neighbours of a kind are joined."""
    old, new = words(before), words(after)
    if max(len(old), len(new)) > MOST_PIECES:
        found = [Part("-", before), Part("+", after)]
        return [part for part in found if part.text]
    result: list[Part] = []
    for tag, i, j, k, m in _matcher(old, new).get_opcodes():
        if tag == "equal":
            result.append(Part("=", "".join(old[i:j])))
            continue
        if i < j:
            result.append(Part("-", "".join(old[i:j])))
        if k < m:
            result.append(Part("+", "".join(new[k:m])))
    return result


def _joined(pieces: list[str] | None) -> str | None:
    return None if pieces is None else "".join(pieces)


def _matcher(one: Sequence[str], other: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, one, other, autojunk=False)


def _agreed(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> Iterator[tuple[int, int, int, int]]:
    """(base, mine, theirs, length) of the runs that all three have, in order; an empty one ends."""
    to_mine = _matcher(base, mine).get_matching_blocks()
    to_theirs = _matcher(base, theirs).get_matching_blocks()
    i = j = 0
    while i < len(to_mine) and j < len(to_theirs):
        one, other = to_mine[i], to_theirs[j]
        start = max(one.a, other.a)
        end = min(one.a + one.size, other.a + other.size)
        if start < end:
            yield start, one.b + start - one.a, other.b + start - other.a, end - start
        if one.a + one.size < other.a + other.size:
            i += 1
        else:
            j += 1
    yield len(base), len(mine), len(theirs), 0
