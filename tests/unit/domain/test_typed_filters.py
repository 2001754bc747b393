"""What is typed into the search, told apart: conditions, and words to search for."""

from __future__ import annotations

import pytest

from rapport.domain.filters import (
    AddedWithin,
    AnyCondition,
    AnyOf,
    DoNotDisturb,
    DueWithin,
    FieldHas,
    HasTag,
    NoOpenTask,
    OwnedBy,
    QuietFor,
    TaskOverdue,
    Without,
)
from rapport.domain.typed_filters import Typed, Vocabulary, completions, parse

WORDS = Vocabulary(
    me="u1",
    users={"Mara Lindqvist": "u1", "Marc Bell": "u2", "Zoë Ng": "u3"},
    custom={"Roof area": "f1"},
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
        ("roof-area:412", "", (FieldHas(field="f1", text="412"),)),
        ("tag:vip tag:vip", "", (HasTag(tag="vip"),)),
    ],
)
def test_conditions(typed: str, rest: str, conditions: tuple[AnyCondition, ...]) -> None:
    assert parse(typed, WORDS) == Typed(text=rest, conditions=conditions)


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
    assert parse(typed, WORDS) == Typed(text=typed)


def test_a_condition_that_may_go_on_stays_until_it_is_ended() -> None:
    assert parse("tag:vi", WORDS, whole=False) == Typed(text="tag:vi")
    assert parse("tag:vip ", WORDS, whole=False).conditions == (HasTag(tag="vip"),)
    assert parse('company:"a b"', WORDS, whole=False).conditions != ()


@pytest.mark.parametrize(
    ("word", "offered"),
    [
        ("tag:v", ["tag:vip", "tag:very"]),
        ("-tag:hot l", ['-tag:"hot lead"']),
        ("owner:m", ["owner:me", 'owner:"Mara Lindqvist"', 'owner:"Marc Bell"']),
        ("due:o", ["due:overdue"]),
        ("nothing:x", []),
    ],
)
def test_completions(word: str, offered: list[str]) -> None:
    assert completions(word, WORDS, ["vip", "very", "hot lead"]) == offered
