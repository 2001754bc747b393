"""A task in one sentence: “send quote to O’Brien tomorrow 9:30 @mara every 2 weeks !10m #hot”.

What is recognised is a token with its place in the text, so that a person sees what was read and
can switch it off. Every word is either part of a token or of the title; the words of a contact's
name are both, since “call” alone says little. Nothing is dropped and nothing is guessed in silence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from rapport.domain.commands import normal_tag
from rapport.domain.errors import InputError
from rapport.domain.records import User
from rapport.domain.repeat import MOST, WORKDAYS, Repeat, Unit, moment
from rapport.domain.text import fold
from rapport.services.date_words import Lexicon, spoken
from rapport.services.quick_dates import DEFAULT_TIME, Unreadable, When, next_ordinal, parse_when

LONGEST_DATE = 6
"""Words of a date, at most."""
MOST_MINUTES = {"minute": 1, "hour": 60, "day": 1440, "week": 10_080}
LONGEST_REMINDER = 4 * 10_080
_WORD = re.compile(r"\S+")
_TAG = re.compile(r"(?<!\S)#(?=\w*[^\W\d])[\w][\w./&’'-]*", re.UNICODE)
_AT = re.compile(r"(?<!\S)@[^\W\d][\w.’'-]*")
_EDGE = " \t,;:–—"
_STOPS = ".!?" + _EDGE
_BARE_NUMBER = re.compile(r"\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?\.?")
_SURE_NUMBER = re.compile(
    r"\d{1,2}/\d{1,2}(/\d{2,4})?|\d{1,2}([.-])\d{1,2}\2(\d{2,4})?|\d{4}-\d+-\d+"
)


class Kind(StrEnum):
    DUE = "due"
    REPEAT = "repeat"
    REMIND = "remind"
    ASSIGNEE = "assignee"
    TAG = "tag"
    CONTACT = "contact"


class Token(NamedTuple):
    """``value`` is a When, a Repeat, minutes, a tuple of users, a tag, or what the search
    found."""

    kind: Kind
    start: int
    end: int
    words: str
    value: Any

    @property
    def key(self) -> tuple[Kind, str]:
        """Names it while the text around it changes."""
        return self.kind, fold(self.words)


Off = Collection[tuple[Kind, str]]


@dataclass(frozen=True, slots=True)
class Reading:
    text: str
    tokens: tuple[Token, ...] = ()
    """By their place; none overlaps another."""
    off: tuple[Token, ...] = ()
    """What would be recognised, had it not been switched off."""
    title: str = ""
    due_at: datetime | None = None
    due_typed: bool = False
    """Whether the sentence says when; else ``due_at`` is what stands in for it."""
    repeat: Repeat | None = None
    remind_min: int | None = None
    assignees: tuple[User, ...] = ()
    """One, or those whose names fit equally well."""
    tags: tuple[str, ...] = ()
    trouble: str = ""
    """A date that does not exist, as a sentence."""
    unknown: tuple[str, ...] = ()
    """Names behind @ that no colleague has."""

    def of(self, kind: Kind) -> Token | None:
        return next((token for token in self.tokens if token.kind is kind), None)


@dataclass(slots=True)
class _Scan:
    text: str
    off: Off
    taken: list[Token] = field(default_factory=list)
    switched_off: list[Token] = field(default_factory=list)

    def free(self, start: int, end: int) -> bool:
        both = (*self.taken, *self.switched_off)
        return all(end <= token.start or start >= token.end for token in both)

    def take(self, kind: Kind, start: int, end: int, value: Any) -> bool:
        """Whether it counts: a switched-off one keeps its words, and only those."""
        token = Token(kind, start, end, self.text[start:end], value)
        if token.key in self.off:
            self.switched_off.append(token)
            return False
        self.taken.append(token)
        return True


def read(
    text: str,
    now: datetime,
    zone: tzinfo,
    *,
    users: Sequence[User] = (),
    tags: Iterable[str] = (),
    off: Off = (),
    me: str | None = None,
    words: Lexicon | None = None,
) -> Reading:
    """Reads all but the contact, which only the local copy can find. ``tags`` are the known ones,
    ``me`` is the person's own id in the CRM. Never raises."""
    lex = words or spoken()
    scan = _Scan(text, off)
    _tags(scan, tags)
    unknown = _assignees(scan, users, me, lex)
    _reminder(scan, lex)
    _rhythm(scan, lex, now.astimezone(zone).date())
    trouble = _due(scan, now, zone, lex)
    _adverb(scan, lex)
    return _told(scan, now, zone, trouble, unknown)


def read_rhythm(
    text: str, now: datetime, zone: tzinfo, words: Lexicon | None = None
) -> Repeat | None:
    """A rhythm alone, such as “every 2 weeks”; None where it is none."""
    found = read(text, now, zone, words=words)
    token = found.of(Kind.REPEAT)
    return found.repeat if token is not None and token.words == text.strip() else None


def with_contact(reading: Reading, contact: Token | None) -> Reading:
    """The same with the contact that was found. Its words stay in the title."""
    rest = [token for token in reading.tokens if token.kind is not Kind.CONTACT]
    if contact is not None:
        rest.append(contact)
    values = {name: getattr(reading, name) for name in Reading.__slots__}
    return Reading(**{**values, "tokens": _in_order(rest)})


def rest_words(reading: Reading) -> list[list[re.Match[str]]]:
    """The words that are in no token, in runs that stand together."""
    tokens = (*reading.tokens, *(token for token in reading.off if token.kind is not Kind.CONTACT))
    runs: list[list[re.Match[str]]] = [[]]
    for word in _WORD.finditer(reading.text):
        if any(word.start() < token.end and word.end() > token.start for token in tokens):
            runs.append([])
        else:
            runs[-1].append(word)
    return [run for run in runs if run]


# What stands behind a sign.


def _tags(scan: _Scan, known: Iterable[str]) -> None:
    """A known tag of several words is read whole: “#new lead”."""
    several = sorted((tag for tag in known if " " in tag), key=len, reverse=True)
    seen: set[str] = set()
    for found in _TAG.finditer(scan.text):
        start, end = found.span()
        end = start + len(found[0].rstrip(".,;:!?"))
        behind = scan.text[start + 1 :].lower()
        for tag in several:
            after = behind[len(tag) : len(tag) + 1]
            if behind.startswith(tag.lower()) and not after.isalnum():
                end = start + 1 + len(tag)
                break
        name = normal_tag(scan.text[start + 1 : end])
        if name and name not in seen and scan.free(start, end):
            seen.add(name)
            scan.take(Kind.TAG, start, end, name)


def _assignees(scan: _Scan, users: Sequence[User], me: str | None, lex: Lexicon) -> tuple[str, ...]:
    unknown: list[str] = []
    done = False
    for found in _AT.finditer(scan.text):
        start, end = found.span()
        if done or not scan.free(start, end):
            continue
        word = found[0][1:].rstrip(".,;:!?")
        people, end = _people(scan.text, start, start + 1 + len(word), users)
        if word.lower() in lex.words.me and me is not None:
            people = tuple(user for user in users if user.id == me) or people
        if people:
            done = scan.take(Kind.ASSIGNEE, start, end, people)
        elif (Kind.ASSIGNEE, fold(found[0])) not in scan.off:
            unknown.append(word)
    return tuple(unknown)


def _people(text: str, start: int, end: int, users: Sequence[User]) -> tuple[tuple[User, ...], int]:
    """Those whose name, or a word of it, begins so; as many words as fit one of them."""
    best: tuple[User, ...] = ()
    best_end = end
    stops = [end, *(word.end() for word in _WORD.finditer(text, end))][:4]
    for stop in stops:
        said = fold(text[start + 1 : stop]).replace("_", " ").strip(" ,;.")
        people = tuple(user for user in users if _is_called(user.name, said))
        if not people:
            break
        best, best_end = people, stop - (len(text[:stop]) - len(text[:stop].rstrip(",;.")))
    whole = tuple(user for user in best if fold(user.name) == fold(text[start + 1 : best_end]))
    return whole or best, best_end


def _is_called(name: str, said: str) -> bool:
    folded = fold(name)
    if " " in said:
        return folded.startswith(said)
    return any(word.startswith(said) for word in folded.split())


def _reminder(scan: _Scan, lex: Lexicon) -> None:
    for found in lex.reminder.finditer(scan.text):
        minutes = 0
        if number := found["n1"] or found["n2"]:
            unit = lex.words.units[(found["u1"] or found["u2"]).lower()]
            minutes = int(number) * MOST_MINUTES.get(unit, LONGEST_REMINDER + 1)
        fits = minutes <= LONGEST_REMINDER and scan.free(*found.span())
        if fits and scan.take(Kind.REMIND, *found.span(), minutes):
            return


# How often.


def _rule(unit: str, every: int, today: date, **more: Any) -> Repeat | None:
    """Begun anywhere: the task's due date says where."""
    if unit not in tuple(Unit) or not 1 <= every <= MOST:
        return None
    return Repeat(unit=Unit(unit), every=every, on=today, at=DEFAULT_TIME, **more)


def _rhythm(scan: _Scan, lex: Lexicon, today: date) -> None:
    for found in lex.rhythm.finditer(scan.text):
        rule = _rule_of(found, lex, today)
        fits = rule is not None and scan.free(*found.span())
        if fits and scan.take(Kind.REPEAT, *found.span(), rule):
            return


def _rule_of(found: re.Match[str], lex: Lexicon, today: date) -> Repeat | None:
    every = 2 if found["other"] else 1
    if found["n"]:
        every = lex.count(found["n"]) or 0
    after = bool(found["bang"] or found["done"])
    if found["work"]:
        return _rule("week", every, today, weekdays=WORKDAYS, after_completion=after)
    if found["days"]:
        names = [name.lower() for name in lex.weekday.findall(found["days"])]
        days = tuple(sorted({lex.words.weekdays[name] for name in names}))
        return _rule("week", every, today, weekdays=days, after_completion=after)
    if found["nth"]:
        day = int(found["nth"])
        if not 1 <= day <= 31:
            return None
        return _rule("month", every, today, month_day=day, after_completion=after)
    unit = lex.words.units[found["unit"].lower()]
    return _rule(unit, every, today, after_completion=after)


def _adverb(scan: _Scan, lex: Lexicon) -> None:
    """“weekly” is a rhythm at the end of what is said; in “the weekly report” it is a word."""
    if any(token.kind is Kind.REPEAT for token in (*scan.taken, *scan.switched_off)):
        return
    for found in lex.adverb.finditer(scan.text):
        behind = scan.text[found.end() :]
        after = next(_WORD.finditer(behind), None)
        at = found.end() + after.start() if after else -1
        if not scan.free(*found.span()) or (after and scan.free(at, at + 1)):
            continue
        every, unit = lex.words.rhythms[found["word"].lower()]
        rule = _rule(unit, every, date.min, after_completion=bool(found["done"]))
        if rule is not None and scan.take(Kind.REPEAT, *found.span(), rule):
            return


# When.


class _Date(NamedTuple):
    """A candidate: how many words, where, and what it says."""

    length: int
    start: int
    end: int
    when: When


def _due(scan: _Scan, now: datetime, zone: tzinfo, lex: Lexicon) -> str:
    """Takes the date; the longest one said, the last of several, and a time that stands apart from
    its day. Returns what is wrong with one."""
    found, trouble = _dates(scan, now, zone, lex)
    found.sort(key=lambda one: (-one.length, -one.start))
    taken: When | None = None
    for date_ in found:
        if not scan.free(date_.start, date_.end):
            continue
        if taken is None:
            if scan.take(Kind.DUE, date_.start, date_.end, date_.when):
                taken = date_.when
        elif taken.day_said != date_.when.day_said and taken.time_said != date_.when.time_said:
            scan.take(Kind.DUE, date_.start, date_.end, date_.when)
            break
    return "" if taken is not None else trouble


def _dates(scan: _Scan, now: datetime, zone: tzinfo, lex: Lexicon) -> tuple[list[_Date], str]:
    found: list[_Date] = []
    trouble = ""
    words = list(_WORD.finditer(scan.text))
    for first in range(len(words)):
        for last in range(min(first + LONGEST_DATE, len(words)) - 1, first - 1, -1):
            start, end = words[first].start(), _end(words[last])
            said = scan.text[start:end]
            if not scan.free(start, end) or not _looks_like_a_date(said, lex):
                continue
            try:
                when = parse_when(said, now, zone, lex)
            except Unreadable:
                continue
            except InputError as error:
                trouble = trouble or error.title
                continue
            found.append(_Date(last - first + 1, start, end, when))
            break
    return found, trouble


def _end(word: re.Match[str]) -> int:
    """Without the signs behind it; the full stop of “24.11.” is part of the date."""
    bare = word[0].rstrip(",;:!?")
    if bare.endswith(".") and not bare[-2:-1].isdigit():
        bare = bare.rstrip(".")
    return word.start() + len(bare) if bare else word.end()


def _looks_like_a_date(said: str, lex: Lexicon) -> bool:
    """Stricter than a field for dates: “tom”, “2 weeks” or “1.5” are words of a sentence."""
    if "\n" in said:
        return False
    words = said.lower().split()
    bare = lex.leading.sub("", " ".join(words))
    if not words or bare in lex.words.ambiguous or lex.trailing.search(f" {words[-1]}"):
        return False
    if _BARE_NUMBER.fullmatch(bare) and not _SURE_NUMBER.fullmatch(bare):
        return False
    ahead = lex.ahead.fullmatch(bare)
    if ahead is not None:
        return bool(ahead["lead"] or ahead["tail"])
    return not any(word[0] in "#@!" and not word[1:2].isdigit() for word in words)


# Together.


def _told(
    scan: _Scan, now: datetime, zone: tzinfo, trouble: str, unknown: tuple[str, ...]
) -> Reading:
    tokens = _in_order(scan.taken)
    by_kind = {token.kind: token.value for token in reversed(tokens)}
    rule: Repeat | None = by_kind.get(Kind.REPEAT)
    when = _both([token.value for token in tokens if token.kind is Kind.DUE], zone)
    if rule is not None:
        due = _first(rule, when, now, zone)
    else:
        due = when.at if when is not None else _next_time(DEFAULT_TIME, now, zone)
    return Reading(
        text=scan.text,
        tokens=tokens,
        off=_in_order(scan.switched_off),
        title=_title(scan.text, tokens),
        due_at=due,
        due_typed=when is not None or rule is not None,
        repeat=rule,
        remind_min=by_kind.get(Kind.REMIND),
        assignees=by_kind.get(Kind.ASSIGNEE, ()),
        tags=tuple(token.value for token in tokens if token.kind is Kind.TAG),
        trouble=trouble,
        unknown=unknown,
    )


def _both(said: list[When], zone: tzinfo) -> When | None:
    """A day and a time that stand apart are one moment."""
    if len(said) < 2:
        return said[0] if said else None
    day, clock = sorted(said, key=lambda when: not when.day_said)
    local = day.at.astimezone(zone).date(), clock.at.astimezone(zone).time()
    return When(datetime.combine(*local, zone).astimezone(UTC), True, True)


def _first(rule: Repeat, when: When | None, now: datetime, zone: tzinfo) -> datetime:
    """When a rule begins: on the day that was said, else on the first that fits; at the time that
    was said."""
    if when is not None and when.day_said:
        return when.at
    at = when.at.astimezone(zone).time() if when is not None else DEFAULT_TIME
    day = now.astimezone(zone).date()
    if datetime.combine(day, at, zone) <= now:
        day += timedelta(days=1)
    if rule.weekdays:
        while day.weekday() not in rule.weekdays:
            day += timedelta(days=1)
    elif rule.month_day:
        day = next_ordinal(rule.month_day, day)
    return moment(Repeat(unit=rule.unit, on=day, at=at), zone)


def _next_time(at: time, now: datetime, zone: tzinfo) -> datetime:
    day = now.astimezone(zone).date()
    rule = Repeat(unit=Unit.DAY, on=day, at=at)
    if moment(rule, zone) <= now:
        rule = Repeat(unit=Unit.DAY, on=day + timedelta(days=1), at=at)
    return moment(rule, zone)


def _in_order(tokens: Iterable[Token]) -> tuple[Token, ...]:
    return tuple(sorted(tokens, key=lambda token: token.start))


def _title(text: str, tokens: Sequence[Token]) -> str:
    """What no token took, with its spaces made whole."""
    ends = [0, *(at for token in tokens for at in (token.start, token.end)), len(text)]
    parts = [text[start:end].strip(_EDGE) for start, end in _every_second(ends)]
    return " ".join(" ".join(part for part in parts if part.strip(_STOPS)).split())


def _every_second(ends: list[int]) -> Iterator[tuple[int, int]]:
    for place, pair in enumerate(pairwise(ends)):
        if place % 2 == 0:
            yield pair
