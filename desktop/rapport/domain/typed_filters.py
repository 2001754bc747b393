"""Conditions typed into the search: ``tag:vip (due:today OR -owner:none) city:"New York"``.

Words that stand beside each other must all hold; ``OR`` binds tighter than that, a minus turns one
around, brackets group. A word that is no condition stays what it is, a word to search for; where it
looks like a mistake, a hint says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from rapport.domain.filter_words import (
    ALIASES,
    ANY,
    KEYS,
    NONE,
    NUMBERS,
    Vocabulary,
    beside,
    field_of,
    is_date,
    read_day,
    span,
)
from rapport.domain.filters import (
    AddedWithin,
    AllOf,
    AnyCondition,
    AnyOf,
    BirthdayWithin,
    Condition,
    DateIn,
    Day,
    DoNotDisturb,
    DueWithin,
    FieldFilled,
    FieldHas,
    FieldIs,
    FieldNumber,
    HasTag,
    Mentions,
    NoOpenTask,
    OwnedBy,
    QuietFor,
    TaskOverdue,
    Than,
    Without,
)
from rapport.domain.text import fold
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
_YES, _NO = ("yes", "on", "1", "true"), ("no", "off", "0", "false")
_NOBODY = (NONE, "nobody")
DUE = ("overdue", "today", "week", "tomorrow", NONE, ANY)
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
                and _known(last["key"], vocabulary)
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


def _known(key: str, vocabulary: Vocabulary) -> bool:
    return _key(key) in KEYS or _custom(key, vocabulary) is not None


def _key(key: str) -> str:
    folded = fold(key).replace("_", "-")
    return ALIASES.get(folded, folded)


def _custom(key: str, vocabulary: Vocabulary) -> str | None:
    keys = vocabulary.custom_keys()
    return keys.get(key) or keys.get(fold(key).replace("_", "-"))


def _hint(key: str, value: str, vocabulary: Vocabulary) -> str:
    if not _known(key, vocabulary):
        if len(key) < 3 or not value or value.startswith("/") or key.isdigit():
            return ""  # an address, a time, "re:": no slip
        return tr("There is no “{key}:”, so it was searched for as text.").format(key=key)
    if not value:
        return ""
    return tr(
        "“{value}” is nothing that {key}: understands, so it was searched for as text."
    ).format(key=key, value=value)


# What stands behind a key.


class _Value(NamedTuple):
    text: str
    sign: str
    literal: bool
    """It stood in quotation marks: no word of it has a meaning of its own."""
    vocabulary: Vocabulary

    @property
    def word(self) -> str:
        return "" if self.literal or self.sign else fold(self.text)

    @property
    def said(self) -> str:
        """With its sign, where that means nothing here."""
        return self.sign + self.text


def condition_of(
    key: str, value: str, vocabulary: Vocabulary, *, sign: str = "", literal: bool = False
) -> AnyCondition | None:
    """None for what is no condition."""
    name, value = _key(key), value.strip()
    if not value and not (literal and name == "text"):
        return None
    given = _Value(value, sign, literal, vocabulary)
    custom = _custom(key, vocabulary)
    if custom is not None and (name not in KEYS or key == custom):
        return _custom_field(custom, given)
    make = _MAKERS.get(name)
    if make is not None:
        return make(given)
    if is_date(name):
        return _date(name, given)
    field = field_of(name)
    return _text(field, given) if field is not None else None


def _filled(field: str, given: _Value) -> AnyCondition | None:
    if given.word == ANY:
        return FieldFilled(field=field)
    return Without(of=FieldFilled(field=field)) if given.word == NONE else None


def _text(field: str, given: _Value) -> AnyCondition:
    filled = _filled(field, given)
    if filled is not None:
        return filled
    if given.sign == "=":
        return FieldIs(field=field, text=given.text)
    return FieldHas(field=field, text=given.said)


def _custom_field(field: str, given: _Value) -> AnyCondition | None:
    kind = given.vocabulary.types.get(field, "")
    if kind in NUMBERS and not given.literal:
        return _filled(field, given) or _number(field, given)
    if kind == "DATE" and not given.literal:
        return _date(field, given)
    return _text(field, given)


def _number(field: str, given: _Value) -> AnyCondition | None:
    least, two, most = given.text.partition("..")
    if two:
        ends = [
            FieldNumber(field=field, than=than, number=number)
            for than, text in ((Than.LEAST, least), (Than.MOST, most))
            if text and (number := _float(text)) is not None
        ]
        if len(ends) < bool(least) + bool(most) or not ends:
            return None
        return AllOf(of=tuple(ends)) if len(ends) == 2 else ends[0]
    number = _float(given.text)
    if number is None:
        return None
    return FieldNumber(field=field, than=Than(given.sign or "="), number=number)


def _float(text: str) -> float | None:
    try:
        return float(text) if re.fullmatch(r"[+-]?[\d.]+(e[+-]?\d+)?", text) else None
    except ValueError:
        return None


def _tag(given: _Value) -> AnyCondition | None:
    filled = _filled("tags", given)
    if filled is not None:
        return filled
    alike = [tag for tag in given.vocabulary.tags if fold(tag) == fold(given.said)]
    exact = given.said in alike or not alike
    return HasTag(tag=given.said if exact else alike[0])


def _owner(given: _Value) -> AnyCondition | None:
    vocabulary = given.vocabulary
    if given.sign == "=":
        return OwnedBy(user_id=given.text)
    if given.word in _NOBODY:
        return OwnedBy(user_id=None)
    if given.word == ANY:
        return Without(of=OwnedBy(user_id=None))
    if given.word == "me":
        return OwnedBy(user_id=vocabulary.me) if vocabulary.me else None
    wanted = fold(given.text)
    found = [id for name, id in vocabulary.users.items() if fold(name) == wanted] or [
        id for name, id in vocabulary.users.items() if begins(name, wanted)
    ]
    owners = tuple(OwnedBy(user_id=id) for id in found)
    return (owners[0] if len(owners) == 1 else AnyOf(of=owners)) if owners else None


def begins(name: str, value: str) -> bool:
    """Whether a name, or a word of it, begins so; ``value`` is folded."""
    whole = fold(name)
    return whole.startswith(value) or any(word.startswith(value) for word in whole.split())


def _due(given: _Value) -> AnyCondition | None:
    fixed: dict[str, Condition] = {
        "overdue": TaskOverdue(),
        NONE: NoOpenTask(),
        ANY: Without(of=NoOpenTask()),
        "today": DueWithin(days=1),
        "week": DueWithin(days=7),
    }
    if given.word in fixed:
        return fixed[given.word]  # type: ignore[return-value]
    days = span(given.word)
    return DueWithin(days=days) if days is not None else _date("due", given)


def _added(given: _Value) -> AnyCondition | None:
    days = span(given.word)
    return AddedWithin(days=days) if days is not None else _date("added", given)


def _quiet(given: _Value) -> AnyCondition | None:
    days = span(given.word)
    return QuietFor(days=days) if days is not None else None


def _birthday(given: _Value) -> AnyCondition | None:
    days = 1 if given.word == "today" else span(given.word)
    return BirthdayWithin(days=days) if days is not None else _date("birthday", given)


def _activity(given: _Value) -> AnyCondition | None:
    days = span(given.text) if given.sign == ">" else None
    return QuietFor(days=days) if days is not None else _date("activity", given)


def _dnd(given: _Value) -> AnyCondition | None:
    if given.word in _YES:
        return DoNotDisturb()
    return Without(of=DoNotDisturb()) if given.word in _NO else None


def _mentions(given: _Value) -> AnyCondition:
    return Mentions(text=given.said)


_MAKERS: dict[str, Callable[[_Value], AnyCondition | None]] = {
    "tag": _tag,
    "owner": _owner,
    "due": _due,
    "added": _added,
    "quiet": _quiet,
    "birthday": _birthday,
    "activity": _activity,
    "dnd": _dnd,
    "text": _mentions,
}


def _date(field: str, given: _Value) -> AnyCondition | None:
    if (filled := _filled(field, given)) is not None:
        return filled
    text = fold(given.text)
    if given.sign:
        return _compared(field, given.sign, text)
    ahead = span(text[1:]) if text.startswith("+") and ".." not in text else None
    if ahead is not None:
        return DateIn(field=field, first=0, last=ahead)
    days = span(text)
    if days is not None:
        return DateIn(field=field, first=-days, last=0)
    first, two, last = text.partition("..")
    begin, end = read_day(first), read_day(last) if two else read_day(first)
    if (begin is None and (first or not two)) or (end is None and (last or not two)):
        return None
    return DateIn(field=field, first=begin, last=end) if first or last else None


def _compared(field: str, sign: str, text: str) -> AnyCondition | None:
    ago = span(text)
    if ago is not None and sign in "<>":
        # “more than 30 days ago” lies before, “less than” after.
        end: Day = -ago - 1 if sign == ">" else -ago + 1
        return (
            DateIn(field=field, last=end) if sign == ">" else DateIn(field=field, first=end, last=0)
        )
    day = read_day(text)
    if day is None:
        return None
    match sign:
        case ">=":
            return DateIn(field=field, first=day)
        case "<=":
            return DateIn(field=field, last=day)
        case ">":
            return DateIn(field=field, first=beside(day, 1))
        case "<":
            return DateIn(field=field, last=beside(day, -1))
        case _:
            return DateIn(field=field, first=day, last=day)
