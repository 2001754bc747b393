"""Which contacts may be the same person, and why: pure, and in steps that can be interleaved.

Reasons are worth points: what identifies a person (an e-mail address, a phone number) more than
what only resembles. A pair counts by its best reason, and a little by each further one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from rapport.domain.records import Id
from rapport.domain.text import fold

Pair = tuple[Id, Id]
"""Two ids in their order."""

SWITCHBOARD = 5
"""A phone number or address that more contacts share belongs to a company rather than a person."""
_SHORTEST_WITH_SLIP = 6
"""Letters of a name, without the spaces: in shorter ones a slip makes another name."""

_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_WHOLE_NAME = re.compile(r"[\u1100-\u11ff\u3040-\u30ff\u4e00-\u9fff]{2,}")
"""Hangul as ``fold`` takes it apart, kana, han."""
_WORD = re.compile(r"\w+")
_LEGAL_FORMS = frozenset(
    "ab ag bv co corp gmbh inc kg lda llc llp ltd nv oy plc sa sarl sas sl spa srl".split()  # noqa: SIM905
)


class Why(StrEnum):
    EMAIL = "email"
    MAILBOX = "mailbox"
    """the same Gmail mailbox, whose dots and +words do not count"""
    PHONE = "phone"
    PHONE_WRITTEN_DIFFERENTLY = "phone-differently"
    NAME_AND_COMPANY = "name-company"
    SWAPPED = "swapped"
    """first and last name the other way round, same company"""
    SLIP = "slip"
    """names differ by one letter, same company"""
    NAME = "name"
    """the same name, and nothing known of both that differs"""


WORTH = {
    Why.EMAIL: 95,
    Why.MAILBOX: 92,
    Why.PHONE: 85,
    Why.PHONE_WRITTEN_DIFFERENTLY: 84,
    Why.NAME_AND_COMPANY: 75,
    Why.SWAPPED: 72,
    Why.SLIP: 60,
    Why.NAME: 50,
}
SHARED_NUMBER = 40
"""A phone number in common, of people with other names and addresses: a household, a front desk."""


class Person(Struct, frozen=True, kw_only=True):
    """What is compared of a contact."""

    id: Id
    first_name: str = ""
    last_name: str = ""
    emails: tuple[str, ...] = ()
    phone: str = ""
    company: str = ""


class Reason(Struct, frozen=True, kw_only=True):
    why: Why
    what: str = ""
    """The address, number or name in question."""


class Likeness(Struct, frozen=True, kw_only=True):
    pair: Pair
    score: int
    """0 to 100"""
    reasons: tuple[Reason, ...]
    """the best first"""


class Group(Struct, frozen=True, kw_only=True):
    """Contacts that hang together; the pairs say by what."""

    ids: tuple[Id, ...]
    score: int
    pairs: tuple[Likeness, ...]

    def reasons(self) -> tuple[Reason, ...]:
        """Each once, the best first."""
        found = {reason: None for pair in self.pairs for reason in pair.reasons}
        return tuple(sorted(found, key=lambda reason: -WORTH[reason.why]))


class _Known(Struct, frozen=True):
    """A person in the forms that are compared."""

    person: Person
    emails: tuple[str, ...]
    mailboxes: tuple[str, ...]
    phone: str
    words: tuple[str, ...]
    """of the name, in its order"""
    company: str

    @property
    def name(self) -> str:
        """The same whichever word comes first."""
        return " ".join(sorted(self.words))

    @property
    def written(self) -> str:
        return " ".join(self.words)

    @property
    def is_named(self) -> bool:
        """Whether the name says enough to be compared: first and last, or one word of a script
        that parts the two by nothing."""
        return len(self.words) > 1 or bool(self.words and _WHOLE_NAME.fullmatch(self.words[0]))


def mailbox(address: str) -> str:
    """Where mail to this address arrives. Google delivers every spelling with other dots, or with
    “+” and a word, to the same mailbox, by its own documentation; for other providers a dot may
    make another person."""
    local, at, domain = address.strip().lower().rpartition("@")
    if at and domain in _GMAIL:
        return f"{local.partition('+')[0].replace('.', '')}@gmail.com"
    return f"{local}{at}{domain}"


def company_key(company: str) -> str:
    words = _WORD.findall(fold(company))
    kept = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(kept or words)


def one_slip_apart(one: str, other: str) -> bool:
    """Whether a letter was left out, added, replaced, or swapped with its neighbour."""
    if len(one) > len(other):
        one, other = other, one
    if one == other or len(other) - len(one) > 1:
        return False
    at = next((n for n, letter in enumerate(one) if letter != other[n]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at + 1 : at + 2] + one[at : at + 1] == other[at : at + 2]
    return one[at + 1 :] == other[at + 1 :] or (swapped and one[at + 2 :] == other[at + 2 :])


class Finder:
    """Knows everybody, finds who resembles whom, and follows changes one by one. ``e164`` brings
    phone numbers into the one form that two spellings of a number share."""

    def __init__(self, e164: Callable[[str], str]) -> None:
        self._e164 = e164
        self._known: dict[Id, _Known] = {}
        self._by: dict[str, defaultdict[str, set[Id]]] = {
            kind: defaultdict(set) for kind in ("mailbox", "phone", "name", "company")
        }

    def __len__(self) -> int:
        return len(self._known)

    def put(self, person: Person) -> None:
        """One more person, or a known one as it is now."""
        self.drop(person.id)
        known = self._known[person.id] = self._read(person)
        for kind, key in _keys(known):
            self._by[kind][key].add(person.id)

    def drop(self, id: Id) -> None:
        known = self._known.pop(id, None)
        if known is None:
            return
        for kind, key in _keys(known):
            ids = self._by[kind][key]
            ids.discard(id)
            if not ids:
                del self._by[kind][key]

    def person(self, id: Id) -> Person | None:
        known = self._known.get(id)
        return known.person if known is not None else None

    def like(self, id: Id, apart: Collection[Pair] = ()) -> tuple[Likeness, ...]:
        """Who may be the same as this contact, the likeliest first. ``apart`` are pairs that are
        known to be two."""
        known = self._known.get(id)
        if known is None:
            return ()
        near: set[Id] = set()
        for kind, key in _keys(known):
            ids = self._by[kind].get(key, set())
            if kind == "company":
                name, company = known.written, ids
                near |= {o for o in company if one_slip_apart(name, self._known[o].written)}
            elif len(ids) <= _most(kind):
                near |= ids
        near.discard(id)
        found = (self._compare(_in_order(id, other)) for other in near)
        return _best_first(one for one in found if one is not None and one.pair not in apart)

    def steps(self, apart: Collection[Pair] = ()) -> Iterator[tuple[int, int]]:
        """Compares everybody in small steps: done, of how many. ``groups`` has the result."""
        self._found: dict[Pair, Likeness] = {}
        total = sum(map(len, self._by.values()))
        seen: set[Pair] = set()
        done = 0
        for kind, keys in self._by.items():
            for ids in list(keys.values()):
                done += 1
                if done % 25 == 0:
                    yield done, total
                if len(ids) < 2:
                    continue
                pairs = self._slips(ids) if kind == "company" else _pairs(ids, _most(kind))
                for at, pair in enumerate(pairs, 1):
                    if pair is None or at % 50 == 0:
                        yield done, total
                    if pair is not None and pair not in seen:
                        seen.add(pair)
                        likeness = self._compare(pair) if pair not in apart else None
                        if likeness is not None:
                            self._found[pair] = likeness
        yield total, total

    def groups(self) -> tuple[Group, ...]:
        """What the last ``steps`` found, the surest first."""
        return grouped(self._found.values())

    def _slips(self, ids: set[Id]) -> Iterator[Pair | None]:
        """Of one company, those whose names are a slip apart; None now and then, to pause. Two
        such names share what is left when one letter of each is taken out."""
        left: defaultdict[str, list[Id]] = defaultdict(list)
        for at, id in enumerate(sorted(ids)):
            name = self._known[id].written
            if len(name) >= _SHORTEST_WITH_SLIP:
                for n in range(len(name)):
                    left[name[:n] + name[n + 1 :]].append(id)
                left[name].append(id)
            if at % 50 == 49:
                yield None
        for at, near in enumerate(left.values()):
            if len(near) > 1:
                for pair in _pairs(set(near), 50):
                    if pair and one_slip_apart(*(self._known[id].written for id in pair)):
                        yield pair
            if at % 500 == 499:
                yield None

    def _read(self, person: Person) -> _Known:
        emails = tuple(address.strip().lower() for address in person.emails if address.strip())
        return _Known(
            person=person,
            emails=emails,
            mailboxes=tuple(dict.fromkeys(map(mailbox, emails))),
            phone=self._e164(person.phone) if person.phone else "",
            words=tuple(_WORD.findall(fold(f"{person.first_name} {person.last_name}"))),
            company=company_key(person.company),
        )

    def _compare(self, pair: Pair) -> Likeness | None:
        one, other = self._known[pair[0]], self._known[pair[1]]
        reasons = list(_reasons(one, other))
        if not reasons:
            return None
        reasons.sort(key=lambda reason: -WORTH[reason.why])
        score = WORTH[reasons[0].why] + 2 * (len(reasons) - 1)
        only_phone = {reason.why for reason in reasons} <= {
            Why.PHONE,
            Why.PHONE_WRITTEN_DIFFERENTLY,
        }
        if only_phone and not _names_agree(one, other):
            differ = one.mailboxes and other.mailboxes
            score = SHARED_NUMBER if differ else (score + SHARED_NUMBER) // 2
        return Likeness(pair=pair, score=min(score, 99), reasons=tuple(reasons))


def _keys(known: _Known) -> Iterator[tuple[str, str]]:
    for address in known.mailboxes:
        yield "mailbox", address
    if known.phone:
        yield "phone", known.phone
    if known.is_named:
        yield "name", known.name
        if known.company:
            yield "company", known.company


def _most(kind: str) -> int:
    """How many may share a key before it says nothing."""
    return {"phone": SWITCHBOARD, "mailbox": 20, "name": 60}[kind]


def _in_order(one: Id, other: Id) -> Pair:
    return (one, other) if one < other else (other, one)


def _pairs(ids: set[Id], most: int) -> Iterator[Pair]:
    if len(ids) <= most:
        kept = sorted(ids)
        for at, one in enumerate(kept):
            for other in kept[at + 1 :]:
                yield one, other


def _reasons(one: _Known, other: _Known) -> Iterator[Reason]:
    same = next((address for address in one.emails if address in other.emails), "")
    if same:
        yield Reason(why=Why.EMAIL, what=same)
    elif any(address in other.mailboxes for address in one.mailboxes):
        yield Reason(why=Why.MAILBOX, what=one.emails[0])
    if one.phone and one.phone == other.phone:
        alike = one.person.phone == other.person.phone
        why = Why.PHONE if alike else Why.PHONE_WRITTEN_DIFFERENTLY
        yield Reason(why=why, what=one.phone)
    company = one.company and one.company == other.company
    if not (one.is_named and other.is_named):
        return
    if one.name == other.name:
        if company:
            swapped = one.words != other.words
            yield Reason(why=Why.SWAPPED if swapped else Why.NAME_AND_COMPANY)
        elif not _contradict(one, other):
            yield Reason(why=Why.NAME)
    elif company and _long_enough(one, other) and one_slip_apart(one.written, other.written):
        yield Reason(why=Why.SLIP)


def _long_enough(one: _Known, other: _Known) -> bool:
    return min(len(one.written), len(other.written)) >= _SHORTEST_WITH_SLIP


def _names_agree(one: _Known, other: _Known) -> bool:
    """Also where one of them has no name, or only a part of it."""
    mine, theirs = set(one.words), set(other.words)
    return mine <= theirs or theirs <= mine or one_slip_apart(one.written, other.written)


def _contradict(one: _Known, other: _Known) -> bool:
    """Whether something is known of both and differs."""
    return bool(
        (one.mailboxes and other.mailboxes)
        or (one.phone and other.phone)
        or (one.company and other.company)
    )


def _best_first(found: Iterable[Likeness]) -> tuple[Likeness, ...]:
    return tuple(sorted(found, key=lambda one: (-one.score, one.pair)))


def grouped(found: Iterable[Likeness]) -> tuple[Group, ...]:
    """Pairs that share a contact hang together, by their surest pairs first. A weaker pair does not
    join two groups that stronger ones made."""
    group_of: dict[Id, list[Id]] = {}
    pairs = _best_first(found)
    for one in pairs:
        mine, theirs = (group_of.get(id) or [id] for id in one.pair)
        if mine is theirs or (len(mine) > 1 and len(theirs) > 1 and one.score < WORTH[Why.PHONE]):
            continue
        together = mine + theirs
        for id in together:
            group_of[id] = together
    by_group: dict[Id, list[Likeness]] = {}
    for one in pairs:
        mine, theirs = (group_of[id] for id in one.pair)
        if mine is theirs:
            by_group.setdefault(mine[0], []).append(one)
    made = [
        Group(ids=_ids_of(inside), score=inside[0].score, pairs=tuple(inside))
        for inside in by_group.values()
    ]
    return tuple(sorted(made, key=lambda group: (-group.score, group.ids)))


def _ids_of(pairs: Sequence[Likeness]) -> tuple[Id, ...]:
    return tuple(dict.fromkeys(id for one in pairs for id in one.pair))
