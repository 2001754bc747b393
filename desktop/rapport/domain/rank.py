"""How well a title answers what was typed: exact > prefix > words > acronym > inside > fuzzy."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from rapport.domain.text import fold

SHORTEST_FUZZY = 3
LOOSEST_FUZZY = 3
"""A fuzzy match stretches over at most so many times its own length."""


class Tier(IntEnum):
    """The best first."""

    EXACT = 0
    PREFIX = 1
    WORDS = 2
    """Each word typed begins a word of the title, in whatever order."""
    ACRONYM = 3
    INSIDE = 4
    FUZZY = 5


class Match(NamedTuple):
    """``spans`` are (start, length) of the matched parts, in the title as it is written."""

    tier: Tier
    spans: tuple[tuple[int, int], ...] = ()


class Title:
    """A title made ready to be matched: folded, and knowing where each letter and word begins."""

    def __init__(self, text: str) -> None:
        self.text = text
        letters: list[str] = []
        places: list[int] = []
        for place, char in enumerate(text):
            for letter in fold(char):
                letters.append(letter)
                places.append(place)
        self.folded = "".join(letters)
        self._places = places
        self.starts = [
            at
            for at, letter in enumerate(letters)
            if letter.isalnum() and (at == 0 or not letters[at - 1].isalnum())
        ]

    def match(self, typed: str) -> Match | None:
        """None where the title does not answer it at all."""
        query = " ".join(fold(typed).split())
        if not query:
            return None
        if self.folded.startswith(query):
            tier = Tier.EXACT if len(query) == len(self.folded) else Tier.PREFIX
            return Match(tier, self._spans([(0, len(query))]))
        return self._words(query) or self._acronym(query) or self._inside(query)

    def _words(self, query: str) -> Match | None:
        free = list(self.starts)
        found: list[tuple[int, int]] = []
        for word in query.split(" "):
            start = next((at for at in free if self.folded.startswith(word, at)), None)
            if start is None:
                return None
            free.remove(start)
            found.append((start, start + len(word)))
        return Match(Tier.WORDS, self._spans(sorted(found)))

    def _acronym(self, query: str) -> Match | None:
        letters = query.replace(" ", "")
        initials = "".join(self.folded[at] for at in self.starts)
        at = initials.find(letters)
        if len(letters) < 2 or at < 0:
            return None
        return Match(
            Tier.ACRONYM, self._spans([(s, s + 1) for s in self.starts[at : at + len(letters)]])
        )

    def _inside(self, query: str) -> Match | None:
        at = self.folded.find(query)
        if at >= 0:
            return Match(Tier.INSIDE, self._spans([(at, at + len(query))]))
        letters = query.replace(" ", "")
        if len(letters) < SHORTEST_FUZZY:
            return None
        for start in self.starts:
            places = self._in_order(letters, start)
            if places and places[-1] - places[0] < LOOSEST_FUZZY * len(letters):
                return Match(Tier.FUZZY, self._spans([(at, at + 1) for at in places]))
        return None

    def _in_order(self, letters: str, start: int) -> list[int]:
        if self.folded[start] != letters[0]:
            return []
        places = [start]
        for letter in letters[1:]:
            at = self.folded.find(letter, places[-1] + 1)
            if at < 0:
                return []
            places.append(at)
        return places

    def _spans(self, found: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """From folded letters to the text: one letter may fold to two, or to none."""
        spans: list[tuple[int, int]] = []
        for start, end in found:
            first, last = self._places[start], self._places[end - 1]
            if spans and spans[-1][0] + spans[-1][1] == first:
                first = spans.pop()[0]
            spans.append((first, last - first + 1))
        return tuple(spans)
