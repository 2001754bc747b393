"""The words of a contact for the index, what a person typed as an index query, and snippets.

A word is matched by its beginning. Scripts without spaces between words are cut into single
characters and pairs, so that any part of a run is found. Phone numbers are also kept from each of
their later digits on, so that they are found with or without country and area code.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any

from rapport.domain.text import MARK_OFF, MARK_ON, digits, fold

# Han, kana, Hangul, Thai, Lao, Khmer, Myanmar: written without spaces, or with endings attached.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# Vowel signs of Indian scripts are no letters to Python, and part of the word all the same.
_PIECES = re.compile(rf"([{_UNSPACED}]+)|(?:[^\W_{_UNSPACED}]|[\u0900-\u0dff])+")
_UNSPACED_LETTER = re.compile(rf"[{_UNSPACED}]")
_ASCII_WORDS = re.compile(r"[a-z0-9]{1,40}")
_TAG = re.compile(r"<[^<>]*>")
_JAMO = re.compile("[\u1100-\u11ff]")
_PHONE = re.compile(r"\+?\(?\d[\d\s().\-/]*\d")
_INSIDE_NAME = re.compile(r"(?<=\w)['’\-.](?=\w)")

LONGEST_WORD = 40
MOST_WORDS = 12
"""of a query; more than anybody types"""
LONGEST_TEXT = 200_000
"""Characters of one note that are searched."""
SHORTEST_TAIL = 4
SNIPPET = 90

CONTACT_FIELDS = frozenset({"first_name", "last_name", "email", "phone", "company", "tags"})
TASK_FIELDS = frozenset({"title", "body"})
NOTE_FIELDS = frozenset({"title", "body"})


def folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    folded = fold(text)
    # Folding takes Hangul syllables apart; people search for whole ones.
    return unicodedata.normalize("NFC", folded) if _JAMO.search(folded) else folded


def plain(text: str) -> str:
    """A note's text without its markup."""
    if "<" in text:
        text = _TAG.sub(" ", text)
    return html.unescape(text) if "&" in text else text


def words(text: str) -> Iterable[str]:
    """The index words of a text."""
    if text.isascii():
        return _ASCII_WORDS.findall(text.lower())
    found: list[str] = []
    for piece in _PIECES.finditer(folded(text)):
        run = piece.group()
        if piece.group(1):
            found += run
            found += (run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.append(run[:LONGEST_WORD])
    return found


def _phone_words(phone: str) -> Iterator[str]:
    number = digits(phone)
    if number:
        yield number[:LONGEST_WORD]
        for start in range(1, min(len(number) - SHORTEST_TAIL + 1, LONGEST_WORD)):
            yield number[start : start + LONGEST_WORD]


def contact_words(values: dict[str, Any]) -> set[str]:
    """Of the contact itself, without its tasks and notes."""
    name = f"{values.get('first_name', '')} {values.get('last_name', '')}"
    company = values.get("company", "")
    text = " ".join((name, values.get("email", ""), company, *values.get("tags", ())))
    found = set(words(text))
    found.update(_phone_words(values.get("phone", "")))
    joined = _INSIDE_NAME.sub("", f"{name} {company}")
    if len(joined) != len(name) + 1 + len(company):
        found.update(words(joined))  # O'Brien is also found as obrien
    if not name.isascii() and _UNSPACED_LETTER.search(name):
        # Written without a space, family name first or last.
        first, last = values.get("first_name", ""), values.get("last_name", "")
        found.update(words(f"{first}{last}"), words(f"{last}{first}"))
    return found


def index_words(contact: dict[str, Any], children: Iterable[dict[str, Any]]) -> str:
    """The line of the search index: every distinct word of a contact, its tasks and its notes."""
    found = contact_words(contact)
    for child in children:
        text = f"{child.get('title', '')} {plain(child.get('body', ''))}"
        found.update(words(text[:LONGEST_TEXT]))
    return " ".join(found)


class Term:
    """One thing that must be found. ``alternatives`` are sets of words of which one must match
    whole; a word ends in "*" where its beginning is enough."""

    __slots__ = ("_patterns", "alternatives")

    def __init__(self, *alternatives: tuple[str, ...]) -> None:
        self.alternatives = tuple(dict.fromkeys(alternatives))
        self._patterns = [[_pattern(word) for word in some] for some in self.alternatives]

    def expression(self) -> str:
        return "(" + " OR ".join(map(_all_of, self.alternatives)) + ")"

    def found_in(self, text: str) -> bool:
        """Whether a folded text has it; a quick look that need not cut the text into words."""
        return any(all(one.search(text) for one in some) for some in self._patterns)


def _all_of(terms: tuple[str, ...]) -> str:
    quoted = [f'"{word[:-1]}"*' if word.endswith("*") else f'"{word}"' for word in terms]
    return "(" + " AND ".join(quoted) + ")"


def _pattern(word: str) -> re.Pattern[str]:
    # Words are letters and digits only: nothing to escape. Unspaced pairs may stand anywhere.
    return re.compile(rf"(?<![^\W_]){word[:-1]}" if word.endswith("*") else word)


def folded_contact(values: dict[str, Any]) -> str:
    """The contact's own text for ``Term.found_in``, its phone number from each digit on."""
    name = f"{values.get('first_name', '')} {values.get('last_name', '')}"
    parts = (name, values.get("email", ""), values.get("company", ""), *values.get("tags", ()))
    joined = _INSIDE_NAME.sub("", name)
    return folded(" ".join((*parts, joined, *_phone_words(values.get("phone", "")))))


def _number(group: str) -> Iterator[tuple[str, ...]]:
    yield (f"{group[:LONGEST_WORD]}*",)
    bare = group.lstrip("0")
    if bare and bare != group:
        yield (f"{bare[:LONGEST_WORD]}*",)  # 0171… and 0049171… for +49171…


def terms(text: str) -> list[Term]:
    """What a person typed, as things to find. Signs of any query syntax mean nothing."""
    found: list[Term] = []

    def take(part: str) -> None:
        for piece in _PIECES.finditer(folded(part)):
            run = piece.group()
            if piece.group(1):
                pairs = tuple(run[i : i + 2] for i in range(len(run) - 1))
                found.append(Term(pairs or (run,)))
            elif run.isascii() and run.isdigit():
                found.append(Term(*_number(run)))
            else:
                found.append(Term((f"{run[:LONGEST_WORD]}*",)))

    rest = 0
    for phone in _PHONE.finditer(text):
        groups = re.findall(r"\d+", phone.group())
        if len(groups) < 2 or (phone.start() and text[phone.start() - 1].isalnum()):
            continue
        take(text[rest : phone.start()])
        apart = tuple(f"{digits(group)[:LONGEST_WORD]}*" for group in groups)
        joined = digits(phone.group())
        # +44 (0)20 …: the zero in brackets is not dialled with the country code.
        without = digits(phone.group().replace("(0)", ""))
        found.append(Term(*_number(joined), *_number(without), apart))
        rest = phone.end()
    take(text[rest:])
    return found[:MOST_WORDS]


def match_expression(found: list[Term]) -> str:
    """For ``search MATCH``. Words are letters and digits only, so nothing needs escaping."""
    return " AND ".join(term.expression() for term in found)


def snippet(found: list[Term], texts: Iterable[str]) -> str:
    """The surroundings of the first match, matched words between marks; "" without a match."""
    wanted = {word for term in found for option in term.alternatives for word in option}
    any_of = re.compile("|".join(_pattern(word).pattern for word in wanted))
    for text in texts:
        text = plain(text[:LONGEST_TEXT])
        low = folded(text)
        if len(low) == len(text):
            first = any_of.search(low)
            if first is not None:
                start = max(0, first.start() - SNIPPET)
                part = text[start : first.start() + 2 * SNIPPET]
                spans = [match.span() for match in any_of.finditer(folded(part))]
                return _around(part, spans, start > 0, len(text) > start + len(part))
        else:
            spans = list(_word_spans(text, any_of))
            if spans:
                return _around(text, spans, False, False)
    return ""


def _word_spans(text: str, any_of: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Where folding changed the length, matches are whole words."""
    for piece in re.finditer(r"\w+", text):
        if any_of.search(folded(piece.group())):
            yield piece.span()


def _around(text: str, spans: list[tuple[int, int]], cut_before: bool, cut_after: bool) -> str:
    start = max(0, spans[0][0] - SNIPPET // 3) if spans else 0
    if start:
        start = text.find(" ", start, spans[0][0]) + 1 or start
    end = min(len(text), start + SNIPPET)
    parts: list[str] = ["…"] if start or cut_before else []
    at = start
    for begin, stop in spans:
        if begin < at:
            continue
        if stop > end:
            break
        parts += (text[at:begin], MARK_ON, text[begin:stop], MARK_OFF)
        at = stop
    parts.append(text[at:end])
    if end < len(text) or cut_after:
        parts.append("…")
    return " ".join("".join(parts).split())
