"""The builder's lines and groups, the conditions and the text are three views of one filter."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from filtering import CUSTOM, TAGS, USERS, condition
from rapport.domain.filter_lines import (
    STANDARD_FIELDS,
    VERBS,
    Group,
    Line,
    Match,
    Verb,
    asks,
    conditions_of,
    first_line,
    tree_of,
)
from rapport.domain.filter_text import filter_text
from rapport.domain.filter_words import Vocabulary
from rapport.domain.filters import (
    AllOf,
    AnyCondition,
    AnyOf,
    DateIn,
    HasTag,
    NoOpenTask,
    Without,
)
from rapport.domain.typed_filters import parse

WORDS = Vocabulary(
    users=USERS,
    custom={name: id for name, (id, _) in CUSTOM.items()},
    types={id: kind for id, kind in CUSTOM.values()},
    options={"f2": ("Lost", "Won")},
    tags=TAGS,
)


def plain(condition: AnyCondition) -> AnyCondition:
    """Without a double negation, and dates that lie open as the builder says them."""
    match condition:
        case Without(of=Without(of=inner)):
            return plain(inner)
        case Without(of=inner):
            turned = plain(inner)
            return turned.of if isinstance(turned, Without) else Without(of=turned)
        case AnyOf(of=several):
            return AnyOf(of=tuple(map(plain, several)))
        case AllOf(of=several):
            return AllOf(of=tuple(map(plain, several)))
    return condition


@settings(deadline=None)
@given(st.lists(condition, min_size=1, max_size=3, unique=True))
def test_a_filter_is_shown_as_it_is(conditions: list[AnyCondition]) -> None:
    shown = tree_of(conditions)
    again = conditions_of(shown, WORDS)
    wanted = tuple(map(plain, conditions))
    if len(wanted) == 1 and isinstance(wanted[0], AllOf):
        wanted = wanted[0].of
    assert again == wanted
    assert tree_of(again) == shown
    typed = parse(filter_text(again, WORDS), WORDS)
    assert tree_of(typed.conditions) == tree_of(tuple(dict.fromkeys(again)))


def test_every_field_begins_with_a_line_of_its_own() -> None:
    for field in (*STANDARD_FIELDS, *WORDS.types):
        line = first_line(field, WORDS)
        assert (line.verb, line.negated) in VERBS[asks(field, WORDS)]


def test_what_is_not_finished_means_nothing_yet() -> None:
    lines = (
        Line(field="tags", verb=Verb.IS),
        Line(field="f1", verb=Verb.LEAST, value="many"),
        Line(field="f4", verb=Verb.ON, value="someday"),
        Line(field="task", verb=Verb.OPEN, negated=True),
    )
    nested = Group(match=Match.NONE, items=(Line(field="city", verb=Verb.HAS),))
    group = Group(match=Match.ANY, items=(*lines, nested))
    assert conditions_of(group, WORDS) == (NoOpenTask(),)


def test_negation_of_groups() -> None:
    vip = Line(field="tags", verb=Verb.IS, value="vip")
    ago = Line(field="f4", verb=Verb.AGO, value="30")
    old = DateIn(field="f4", last=-31)
    for match, expected in (
        (Match.NONE, Without(of=AnyOf(of=(HasTag(tag="vip"), old)))),
        (Match.NOT_ALL, Without(of=AllOf(of=(HasTag(tag="vip"), old)))),
    ):
        assert conditions_of(Group(match=match, items=(vip, ago)), WORDS) == (expected,)
