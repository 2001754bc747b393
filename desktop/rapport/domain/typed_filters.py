"""Conditions typed into the search: ``tag:vip (due:today OR -owner:none) city:"New York"``.

Words that stand beside each other must all hold; ``OR`` binds tighter than that, a minus turns one
around, brackets group. A word that is no condition stays what it is, a word to search for; where it
looks like a mistake, a hint says so.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from msgspec import Struct

from rapport.domain.filter_values import condition_of, is_known
from rapport.domain.filter_words import Vocabulary
from rapport.domain.filters import AllOf, AnyCondition, AnyOf, Mentions, Without
from rapport.language import tr

_TOKEN = re.compile(
    r"""\s+
    | (?P<open>-?\()
    | (?P<or>(?:OR|\|)(?=[\s(]|$))
    | (?P<close>\))
    | (?P<minus>-?)(?P<key>[^\W_][\w-]*):(?P<sign>[<>]=?|=|)
      (?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s")]*))(?=[\s)]|$)
    | (?P<word>(?:"[^"]*"|[^\s()])(?:[^\s)])*)""",
    re.VERBOSE,
)
_UNQUOTED = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^"])*\S:[<>=]*"(?:[^"\\]|\\.)*')
"""A value whose quotation mark is not closed."""
DEEPEST = 20


class Typed(Struct, frozen=True, kw_only=True):
    text: str
    """What is searched for."""
    conditions: tuple[AnyCondition, ...] = ()
    rest: str = ""
    """What stays in the field: ``text``, and what is still being typed."""
    joins: bool = False
    """It begins with OR: the first condition is an alternative to what is in force already."""
    hint: str = ""
    """A sentence about what looks like a mistake, and was searched for as it stands."""


def parse(typed: str, vocabulary: Vocabulary, *, whole: bool = True) -> Typed:
    """Takes the conditions out. ``whole`` False leaves a last one that may go on being typed."""
    reader = _Reader(typed, vocabulary)
    try:
        parts = reader.all()
    except _Unreadable as problem:
        if not whole and problem.may_go_on:
            return Typed(text="", rest=typed)
        return Typed(text=typed, rest=typed, hint=str(problem))
    going_on = not whole and not typed[-1:].isspace() and reader.last_is_condition
    if going_on:
        if len(parts) > 1 and any(one.condition is not None for one in parts[:-1]):
            # What stands before it can be in force already.
            before = parse(typed[: reader.last_start], vocabulary)
            if not before.joins or before.conditions:
                rest = f"{before.text} {typed[reader.last_start :]}".strip()
                return Typed(text=before.text, conditions=before.conditions, rest=rest)
        words = " ".join(one.word for one in parts[:-1] if one.condition is None)
        return Typed(text=words, rest=typed)
    found = tuple(dict.fromkeys(one.condition for one in parts if one.condition is not None))
    text = " ".join(one.word for one in parts if one.condition is None) if found else typed
    return Typed(
        text=text, conditions=found, rest=text, joins=reader.joins and bool(found), hint=reader.hint
    )


class _Unreadable(Exception):
    """``may_go_on``: it may just not be finished."""

    def __init__(self, sentence: str, *, may_go_on: bool = True) -> None:
        super().__init__(sentence)
        self.may_go_on = may_go_on


class _Part(NamedTuple):
    """A condition, or a word to search for."""

    word: str
    condition: AnyCondition | None

    def whole(self) -> AnyCondition:
        return self.condition or Mentions(text=self.word.strip('"'))


class _Reader:
    def __init__(self, typed: str, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._tokens: list[re.Match[str]] = []
        self._at = 0
        self._unquoted = _UNQUOTED.fullmatch(typed) is not None
        self.joins = False
        self.hint = ""
        at = 0
        while at < len(typed):
            token = _TOKEN.match(typed, at)
            if token is None:
                raise_at = typed[at : at + 1]
                token = re.compile(re.escape(raise_at)).match(typed, at)
                assert token is not None
            if not token[0].isspace():
                self._tokens.append(token)
            at = token.end()
        last = self._tokens[-1] if self._tokens else None
        self.last_start = last.start() if last is not None else 0
        self.last_is_condition = last is not None and (
            bool(_group(last, "or"))
            or (
                _group(last, "key") is not None
                and _group(last, "quoted") is None
                and is_known(last["key"], vocabulary)
            )
        )

    def all(self) -> list[_Part]:
        if self._unquoted:
            raise _Unreadable(tr("A quotation mark is not closed."))
        if self._peek("or"):
            self._at += 1
            self.joins = True
            if self._at == len(self._tokens):
                raise _Unreadable(tr("OR stands between two conditions."))
        return self._beside(0)

    def _peek(self, kind: str) -> re.Match[str] | None:
        if self._at < len(self._tokens) and _group(self._tokens[self._at], kind):
            return self._tokens[self._at]
        return None

    def _beside(self, depth: int) -> list[_Part]:
        """Parts up to the end, or up to the bracket that closes the group."""
        parts: list[_Part] = []
        while self._at < len(self._tokens):
            if self._peek("close"):
                if depth:
                    return parts
                raise _Unreadable(tr("A bracket is closed that was not opened."), may_go_on=False)
            parts.append(self._either(depth))
        if depth:
            raise _Unreadable(tr("A bracket is not closed."))
        return parts

    def _either(self, depth: int) -> _Part:
        options = [self._one(depth)]
        while self._peek("or"):
            self._at += 1
            if self._at == len(self._tokens) or self._peek("close") or self._peek("or"):
                raise _Unreadable(tr("OR stands between two conditions."))
            options.append(self._one(depth))
        if len(options) == 1:
            return options[0]
        return _Part("", AnyOf(of=tuple(one.whole() for one in options)))

    def _one(self, depth: int) -> _Part:
        token = self._tokens[self._at]
        if _group(token, "or"):
            raise _Unreadable(tr("OR stands between two conditions."))
        self._at += 1
        if (opened := _group(token, "open")) is None:
            return self._word(token)
        if depth == DEEPEST:
            raise _Unreadable(tr("So many brackets cannot be read."), may_go_on=False)
        parts = self._beside(depth + 1)
        if not parts:
            raise _Unreadable(tr("There is nothing between the brackets."))
        self._at += 1
        several = tuple(one.whole() for one in parts)
        inner: AnyCondition = several[0] if len(several) == 1 else AllOf(of=several)
        return _Part("", Without(of=inner) if opened.startswith("-") else inner)

    def _word(self, token: re.Match[str]) -> _Part:
        key = _group(token, "key")
        if key is None:
            return _Part(token[0], None)
        marked = token["quoted"]
        value = token["bare"] if marked is None else re.sub(r"\\(.)", r"\1", marked)
        condition = condition_of(
            key, value, self._vocabulary, sign=token["sign"], literal=marked is not None
        )
        if condition is None:
            self.hint = self.hint or _hint(key, value, self._vocabulary)
            return _Part(token[0], None)
        return _Part("", Without(of=condition) if token["minus"] else condition)


def _group(token: re.Match[str], name: str) -> str | None:
    return token.groupdict().get(name)


def _hint(key: str, value: str, vocabulary: Vocabulary) -> str:
    if not is_known(key, vocabulary):
        if len(key) < 3 or not value or value.startswith("/") or key.isdigit():
            return ""  # an address, a time, "re:": no slip
        return tr("There is no “{key}:”, so it was searched for as text.").format(key=key)
    if not value:
        return ""
    return tr(
        "“{value}” is nothing that {key}: understands, so it was searched for as text."
    ).format(key=key, value=value)
