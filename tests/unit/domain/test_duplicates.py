"""Who is proposed as the same person, and who is not."""

from __future__ import annotations

import random
import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.duplicates import (
    Finder,
    Likeness,
    Pair,
    Person,
    Why,
    grouped,
    mailbox,
    one_slip_apart,
)
from rapport.domain.errors import InputError
from rapport.sandbox.seed.names import CULTURES
from rapport.services import phones


def e164(phone: str) -> str:
    try:
        return phones.parse(phone, "PT")
    except InputError:
        return re.sub(r"\D", "", phone)


def found(*people: Person, apart: frozenset[Pair] = frozenset()) -> dict[Pair, Likeness]:
    finder = Finder(e164)
    for person in people:
        finder.put(person)
    for _ in finder.steps(apart):
        pass
    pairs = {one.pair: one for group in finder.groups() for one in group.pairs}
    for person in people:  # the quick answer about one contact is the same
        for one in finder.like(person.id, apart):
            assert one.pair not in pairs or pairs[one.pair] == one
    return pairs


def ana(id: str, **more: object) -> Person:
    values = {"first_name": "Ana", "last_name": "Pérez", "company": "Lumen Solar, Lda."}
    return Person(id=id, **{**values, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"emails": ("Ana@X.pt",)}, {"emails": ("ana@x.pt",)}, Why.EMAIL),
        ({"emails": ("a.na+crm@gmail.com",)}, {"emails": ("ana@googlemail.com",)}, Why.MAILBOX),
        ({"phone": "+351912000111"}, {"phone": "912 000 111"}, Why.PHONE_WRITTEN_DIFFERENTLY),
        ({"emails": ("b@x.pt", "ana@x.pt")}, {"emails": ("ana@x.pt",)}, Why.EMAIL),
    ],
)
def test_what_identifies_a_person(
    one: dict[str, object], other: dict[str, object], why: Why
) -> None:
    nobody = {"first_name": "", "last_name": "", "company": ""}
    ((_, likeness),) = found(ana("1", **one), ana("2", **{**nobody, **other})).items()
    assert likeness.reasons[0].why is why


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (("ANA", "perez"), Why.NAME_AND_COMPANY),
        (("Pérez", "Ana"), Why.SWAPPED),
        (("Ana", "Péres"), Why.SLIP),
        (("Anna", "Pérez"), Why.SLIP),
        (("Ana", "Épréz"), Why.SLIP),
    ],
)
def test_names_in_one_company(name: tuple[str, str], why: Why) -> None:
    first, last = name
    other = ana("2", first_name=first, last_name=last, company="lumen solar")
    ((_, likeness),) = found(ana("1"), other).items()
    assert [reason.why for reason in likeness.reasons] == [why]
    assert not found(ana("1"), ana("2", first_name=first, last_name=last, company="Other SA"))


def test_what_is_no_sign() -> None:
    # A dot makes another person with other providers; a name alone is shared by many.
    assert not found(
        ana("1", emails=("a.na@x.pt",), company=""), ana("2", emails=("ana@x.pt",), company="")
    )
    # A front desk has a number, and many people behind it.
    desk = [
        Person(id=str(n), first_name=f"P{n}", last_name="Q", phone="+351210000000")
        for n in range(9)
    ]
    assert not found(*desk)
    # With nothing known that differs, a name is worth a look.
    assert found(ana("1", emails=("ana@x.pt",)), ana("2", company=""))


def test_known_to_be_two_and_changes_one_by_one() -> None:
    one, other = ana("1", emails=("ana@x.pt",)), ana("2", emails=("ana@x.pt",))
    assert not found(one, other, apart=frozenset({("1", "2")}))
    finder = Finder(e164)
    for person in (one, other):
        finder.put(person)
    assert finder.like("1")
    finder.put(ana("2", first_name="Bela", last_name="Dias", emails=("b@x.pt",)))
    assert not finder.like("1")
    finder.put(other)
    finder.drop("2")
    assert not finder.like("1")
    assert len(finder) == 1


def test_a_weak_pair_joins_no_two_sure_ones() -> None:
    def pair(one: str, other: str, score: int) -> Likeness:
        return Likeness(pair=(one, other), score=score, reasons=())

    groups = grouped(
        [pair("a", "b", 95), pair("c", "d", 95), pair("b", "c", 50), pair("d", "e", 60)]
    )
    assert [set(group.ids) for group in groups] == [{"a", "b"}, {"c", "d", "e"}]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_a_slip_is_one_letter(one: str, other: str) -> None:
    def slips(word: str) -> set[str]:
        left = {word[:n] + word[n + 1 :] for n in range(len(word))}
        more = {word[:n] + c + word[n:] for n in range(len(word) + 1) for c in "abc"}
        instead = {word[:n] + c + word[n + 1 :] for n in range(len(word)) for c in "abc"}
        swapped = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)}
        return (left | more | instead | swapped) - {word}

    assert one_slip_apart(one, other) == (other in slips(one))


def test_mailboxes() -> None:
    assert mailbox(" A.Na+x@Gmail.com ") == mailbox("ana@googlemail.com") == "ana@gmail.com"
    assert mailbox("A.na+x@x.pt") == "a.na+x@x.pt"


def seeded(count: int, twins: int, seed: int) -> tuple[list[Person], set[Pair]]:
    """Invented people of one location, some of them twice with what goes wrong in real life."""
    chance = random.Random(seed)
    people: list[Person] = []
    for n in range(count):
        culture = chance.choice(CULTURES)
        given_name, family = chance.choice(culture.given)[0], chance.choice(culture.family)[0]
        first, last = culture.full_name(given_name, family)
        people.append(
            Person(
                id=f"{n:06}",
                first_name=first,
                last_name=last,
                emails=(f"p{n}@mail{n % 50}.example",) if chance.random() < 0.8 else (),
                phone=f"+3519{10_000_000 + n}" if chance.random() < 0.7 else "",
                company=f"Company {chance.randrange(count // 4)}",
            )
        )
    truth: set[Pair] = set()
    for n, person in enumerate(chance.sample(people, twins)):
        twin = _again(chance, person, f"{count + n:06}")
        people.append(twin)
        truth.add((person.id, twin.id))
    return people, truth


def _again(chance: random.Random, person: Person, id: str) -> Person:
    first, last, emails, phone = (
        person.first_name,
        person.last_name,
        person.emails,
        person.phone,
    )
    match chance.randrange(5):
        case 0 if emails:
            first, last, emails, phone = first[:1], last, (emails[0].upper(),), ""
        case 1 if phone:
            emails, phone = (), f"{phone[4:7]} {phone[7:10]} {phone[10:]}"
        case 2:
            first, last, emails, phone = last, first, (), ""
        case 3:
            at = chance.randrange(max(1, len(last)))
            last = last[:at] + chance.choice("aeiou") + last[at + 1 :]
            emails, phone = (f"new{id}@other.example",), ""
        case _:
            emails, phone = (), ""
    return Person(
        id=id,
        first_name=first,
        last_name=last,
        emails=emails,
        phone=phone,
        company=person.company,
    )


def test_how_good_it_is() -> None:
    """The figures in the documentation come from here; they may only get better."""
    people, truth = seeded(4000, 400, seed=11)
    proposed = set(found(*people))
    right = len(proposed & truth)
    precision, recall = right / len(proposed), right / len(truth)
    print(f"precision {precision:.3f}, recall {recall:.3f}")
    assert precision >= 0.95, sorted(proposed - truth)[:5]
    assert recall >= 0.93, sorted(truth - proposed)[:5]


def test_everybody_compared_with_everybody_finds_no_more() -> None:
    people, _ = seeded(300, 60, seed=5)
    finder = Finder(e164)
    for person in people:
        finder.put(person)
    pairs = combinations(sorted(person.id for person in people), 2)
    every = {pair for pair in pairs if finder._compare(pair)}
    assert set(found(*people)) <= every
    assert {one.pair for person in people for one in finder.like(person.id)} == every
