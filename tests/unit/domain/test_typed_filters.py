"""What is typed into the search, told apart: conditions, and words to search for."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from filtering import CUSTOM, TAGS, USERS, condition
from rapport.domain.filter_completions import completions
from rapport.domain.filter_text import filter_text
from rapport.domain.filter_words import Vocabulary
from rapport.domain.filters import (
    AddedWithin,
    AllOf,
    AnyCondition,
    AnyOf,
    BirthdayWithin,
    DateIn,
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
from rapport.domain.typed_filters import parse

WORDS = Vocabulary(
    me="u1",
    users=USERS,
    custom={name: id for name, (id, _) in CUSTOM.items()} | {"Site code": "f9"},
    types={id: kind for id, kind in CUSTOM.values()},
    tags=TAGS,
)


@pytest.mark.parametrize(
    ("typed", "rest", "conditions"),
    [
        ("ana", "ana", ()),
        ("tag:VIP", "", (HasTag(tag="vip"),)),
        ("ana tag:vip  lisboa", "ana lisboa", (HasTag(tag="vip"),)),
        ("-tag:cold", "", (Without(of=HasTag(tag="cold")),)),
        ("due:today", "", (DueWithin(days=1),)),
        ("due:overdue -due:any", "", (TaskOverdue(), Without(of=Without(of=NoOpenTask())))),
        ("due:2w", "", (DueWithin(days=14),)),
        ("owner:me", "", (OwnedBy(user_id="u1"),)),
        ("owner:none", "", (OwnedBy(user_id=None),)),
        ("owner:zoe", "", (OwnedBy(user_id="u3"),)),
        ("owner:mar", "", (AnyOf(of=(OwnedBy(user_id="u1"), OwnedBy(user_id="u2"))),)),
        ("added:7 quiet:60d", "", (AddedWithin(days=7), QuietFor(days=60))),
        ("dnd:no", "", (Without(of=DoNotDisturb()),)),
        ('company:"Fjord & Vale" x', "x", (FieldHas(field="company", text="Fjord & Vale"),)),
        ("site-code:412", "", (FieldHas(field="f9", text="412"),)),
        ("site_code:=412", "", (FieldIs(field="f9", text="412"),)),
        ("roof-area:412", "", (FieldNumber(field="f1", than=Than.EQUAL, number=412),)),
        ("roof-area:>=400.5", "", (FieldNumber(field="f1", than=Than.LEAST, number=400.5),)),
        (
            "roof-area:400..500",
            "",
            (
                AllOf(
                    of=(
                        FieldNumber(field="f1", than=Than.LEAST, number=400),
                        FieldNumber(field="f1", than=Than.MOST, number=500),
                    )
                ),
            ),
        ),
        ("grid-ends:2026-12-31", "", (DateIn(field="f4", first="2026-12-31", last="2026-12-31"),)),
        ("grid-ends:<2027-01-01", "", (DateIn(field="f4", last="2026-12-31"),)),
        ("grid-ends:+30d", "", (DateIn(field="f4", first=0, last=30),)),
        ("created:7d", "", (AddedWithin(days=7),)),
        ("activity:>60d", "", (QuietFor(days=60),)),
        ("updated:2w", "", (DateIn(field="updated", first=-14, last=0),)),
        ("birthday:today", "", (BirthdayWithin(days=1),)),
        ("company:none", "", (Without(of=FieldFilled(field="company")),)),
        ('company:"none"', "", (FieldHas(field="company", text="none"),)),
        ('city:"New York" x', "x", (FieldHas(field="city", text="New York"),)),
        ("tag:hot OR tag:cold x", "x", (AnyOf(of=(HasTag(tag="hot"), HasTag(tag="cold"))),)),
        ("ana OR tag:vip", "", (AnyOf(of=(Mentions(text="ana"), HasTag(tag="vip"))),)),
        (
            "-(tag:vip due:overdue) OR dnd:yes",
            "",
            (
                AnyOf(
                    of=(
                        Without(of=AllOf(of=(HasTag(tag="vip"), TaskOverdue()))),
                        DoNotDisturb(),
                    )
                ),
            ),
        ),
        ("tag:vip tag:vip", "", (HasTag(tag="vip"),)),
    ],
)
def test_conditions(typed: str, rest: str, conditions: tuple[AnyCondition, ...]) -> None:
    found = parse(typed, WORDS)
    assert (found.text, found.conditions, found.hint) == (rest, conditions, "")


@pytest.mark.parametrize(
    "typed",
    [
        "http://x.example",
        "10:30",
        "tag:",
        "owner:nobody-here",
        "due:never",
        "re: offer",
        "a:b",
        "::",
    ],
)
def test_what_is_no_condition_is_searched_for(typed: str) -> None:
    found = parse(typed, WORDS)
    assert (found.text, found.conditions) == (typed, ())


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("http://x.example 10:30 re: offer", ""),
        ("due:never", "never"),
        ("compny:acme", "compny"),
        ("roof-area:large", "large"),
        ("(tag:vip", "not closed"),
        ("tag:vip)", "not opened"),
        ("tag:vip OR", "between"),
        ("()", "nothing"),
        ("(" * 30 + "tag:vip" + ")" * 30, "brackets"),
    ],
)
def test_a_mistake_is_told_and_searched_for(typed: str, hint: str) -> None:
    found = parse(typed, WORDS)
    assert found.text == typed
    assert hint in found.hint if hint else not found.hint


@settings(deadline=None)
@given(st.lists(condition, min_size=1, max_size=3, unique=True))
def test_a_filter_is_read_as_it_was_written(conditions: list[AnyCondition]) -> None:
    text = filter_text(conditions, WORDS)
    found = parse(text, WORDS)
    assert (found.conditions, found.text, found.hint) == (tuple(conditions), "", "")
    assert filter_text(found.conditions, WORDS) == text


@given(st.text(alphabet='tagdue:"()-<>=|OR \\x1', max_size=40))
def test_whatever_is_typed_is_read(typed: str) -> None:
    for whole in (True, False):
        found = parse(typed, WORDS, whole=whole)
        assert found.conditions or found.hint or found.rest == typed


def test_a_condition_that_may_go_on_stays_until_it_is_ended() -> None:
    def read(typed: str) -> tuple[str, str, int]:
        found = parse(typed, WORDS, whole=False)
        return found.text, found.rest, len(found.conditions)

    assert read("ana tag:vi") == ("ana", "ana tag:vi", 0)
    assert read("ana tag:vip ") == ("ana", "ana", 1)
    assert read('company:"a b"') == ("", "", 1)
    assert read('company:"a b') == ("", 'company:"a b', 0)
    assert read("(tag:vip due:today") == ("", "(tag:vip due:today", 0)
    assert read("tag:vip due:to") == ("", "due:to", 1)
    assert read("OR") == ("", "OR", 0)


def test_or_goes_on_with_what_is_in_force() -> None:
    assert parse("OR tag:cold ", WORDS, whole=False).joins
    assert not parse("tag:vip OR tag:cold", WORDS).joins


@pytest.mark.parametrize(
    ("word", "offered"),
    [
        ("ta", ["tag:"]),
        ("-(du", ["-(due:"]),
        ("roo", ["roof-area:"]),
        ("t", []),
        ("tag:v", ["tag:vip", "tag:very"]),
        ("-tag:hot l", ['-tag:"hot lead"']),
        ("owner:m", ["owner:me", 'owner:"Mara Lindqvist"', 'owner:"Marc Bell"']),
        ("due:o", ["due:overdue"]),
        ("stage:w", ["stage:=Won"]),
        ("nothing:x", []),
    ],
)
def test_completions(word: str, offered: list[str]) -> None:
    known = {"tag:v": ["vip", "very"], "-tag:hot l": ["hot lead"]}.get(word, [])
    vocabulary = structs.replace(WORDS, me="u1", options={"f2": ("Lost", "Won")})
    assert [one.text for one in completions(word, vocabulary, known)] == offered
