"""Finds the contact whom a sentence names, in the local copy.

A word counts when it is a whole word of the contact's name, or the beginning of one while it is
being typed. More words that fit count more than fewer, a name more than a company. The first word
of a sentence is mostly a verb (“mark”, “bill”): in lower case it is no name.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass

from rapport.domain.text import fold
from rapport.domain.views import ContactRow
from rapport.services.queries import AsyncQueries
from rapport.services.quick_add import Kind, Off, Reading, rest_words

MOST_WORDS = 4
LIMIT = 60
_KEPT = 200
_SHORTEST = 3
_SIGNS = ".,;:!?()[]\"“”'’"
_OWNER = re.compile(r"['’]s$")
"""“Ana’s”: of a name."""
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")


@dataclass(frozen=True, slots=True)
class Found:
    """The words of the sentence that name a contact, and whom they fit; the best first."""

    start: int
    end: int
    rows: tuple[ContactRow, ...]
    unfinished: bool = False
    """The last word is being typed, and none of them has it whole."""


class ContactFinder:
    """Remembers what it asked, since of a sentence that is typed one word changes at a time."""

    def __init__(self, queries: AsyncQueries) -> None:
        self._queries = queries
        self._known: OrderedDict[str, tuple[ContactRow, ...]] = OrderedDict()

    def forget(self) -> None:
        """Contacts were changed."""
        self._known.clear()

    async def find(self, reading: Reading, caret: int, off: Off = ()) -> Found | None:
        """``caret`` is where something is typed: the word before it may be unfinished."""
        best: tuple[tuple[int, int, int, int], Found] | None = None
        first = re.search(r"\S", reading.text)
        for run in rest_words(reading):
            for start in range(len(run)):
                for found, length, of_name in await self._from(run, start, caret):
                    said = reading.text[found.start : found.end]
                    if (Kind.CONTACT, fold(said)) in off:
                        continue
                    leads = first is not None and found.start == first.start()
                    if leads and length == 1 and said.islower() and not _OWNER.search(said):
                        continue
                    rank = (length, of_name, not said.islower(), not leads)
                    if best is None or rank >= best[0]:
                        best = rank, found
        return best[1] if best is not None else None

    async def _from(
        self, run: list[re.Match[str]], start: int, caret: int
    ) -> list[tuple[Found, int, int]]:
        """What the words from ``start`` on name: (found, words, whether by the name)."""
        results: list[tuple[Found, int, int]] = []
        for length in range(1, min(MOST_WORDS, len(run) - start) + 1):
            words = run[start : start + length]
            said = [_bare(word[0]) for word in words]
            if not all(said) or (length == 1 and _is_small(words[0][0])):
                break
            rows = await self._rows(" ".join(said))
            fits, of_name, whole = _fitting(rows, said, typing=words[-1].end() == caret)
            if not fits:
                break
            end = words[-1].start() + len(words[-1][0].rstrip(_SIGNS))
            place = words[0].start() + len(words[0][0]) - len(words[0][0].lstrip(_SIGNS))
            found = Found(place, max(end, place + 1), fits, unfinished=not whole)
            results.append((found, length, int(of_name)))
        return results

    async def _rows(self, said: str) -> tuple[ContactRow, ...]:
        known = self._known.get(said)
        if known is None:
            known = tuple(await self._queries.find_contacts(said, LIMIT))
            self._known[said] = known
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(said)
        return known


def _fitting(
    rows: tuple[ContactRow, ...], said: list[str], *, typing: bool
) -> tuple[tuple[ContactRow, ...], bool, bool]:
    """Who is called so, whether by the name, and whether by whole words."""
    exact = tuple(row for row in rows if _words(row.name) == said)
    if exact:
        return exact, True, True
    for whole in (True, False) if typing else (True,):
        if named := tuple(row for row in rows if _names(row.name, said, whole=whole)):
            return named, True, whole
        if len(said[0]) > _SHORTEST and (
            firms := tuple(row for row in rows if _names(row.company, said, whole=whole))
        ):
            return firms, False, whole
    return (), False, False


def _is_small(word: str) -> bool:
    """“to”, “an”: too short to be a name unless written like one."""
    return len(word) < _SHORTEST and word.islower()


def _bare(word: str) -> str:
    return fold(_OWNER.sub("", word.strip(_SIGNS))).translate(_APOSTROPHES)


def _words(name: str) -> list[str]:
    return [word for word in map(_bare, name.split()) if word]


def _names(name: str, said: list[str], *, whole: bool) -> bool:
    """Whether these words stand together in the name; not whole: the last is a beginning."""
    words = _words(name)
    for start in range(len(words) - len(said) + 1):
        part = words[start : start + len(said)]
        if part == said:
            return True
        begins = len(said[-1]) > 1 and part[-1].startswith(said[-1])
        if not whole and begins and part[:-1] == said[:-1]:
            return True
    return False
