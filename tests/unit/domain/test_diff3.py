"""Three texts become one, and never lose a change doing so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.domain.diff3 import blocks, merge3, merge_texts, merge_words, parts, words
from rapport.domain.merge import Conflict, merge

PIECES = st.lists(st.sampled_from("abcdef"), max_size=12)
TEXTS = st.text("ab \n<p>/é漢", max_size=40)


@given(PIECES, PIECES)
def test_what_only_one_side_changed_is_taken(base: Any, changed: Any) -> None:
    assert merge3(base, changed, base) == changed
    assert merge3(base, base, changed) == changed
    assert merge3(base, changed, changed) == changed


@given(PIECES, PIECES, PIECES)
def test_it_does_not_matter_who_is_who(base: Any, mine: Any, theirs: Any) -> None:
    assert merge3(base, mine, theirs) == merge3(base, theirs, mine)


@given(PIECES, PIECES, PIECES)
def test_nothing_is_made_up_and_nothing_new_is_lost(base: Any, mine: Any, theirs: Any) -> None:
    both = merge3(base, mine, theirs)
    if both is not None:
        assert set(both) <= set(mine) | set(theirs)
        assert (set(mine) | set(theirs)) - set(base) <= set(both)
        assert not (set(base) - set(mine) - set(theirs)) & set(both)


@given(PIECES, PIECES, PIECES, PIECES, PIECES)
def test_changes_far_apart_come_together(a: Any, b: Any, x: Any, y: Any, z: Any) -> None:
    middle = [f"m{n}" for n in range(4)]
    base, mine, theirs = a + middle + b, x + middle + b, a + middle + y
    assert merge3(base, mine, theirs) == x + middle + y


@given(TEXTS, TEXTS)
def test_a_text_is_cut_without_loss(before: str, after: str) -> None:
    assert "".join(blocks(before)) == before
    assert "".join(words(before)) == before
    found = parts(before, after)
    assert "".join(part.text for part in found if part.kind != "+") == before
    assert "".join(part.text for part in found if part.kind != "-") == after


def test_paragraphs_and_lines() -> None:
    base = "<p>Gate 4</p><p>Ask for Pieter</p>"
    mine = "<p>Gate <b>7</b></p><p>Ask for Pieter</p>"
    theirs = "<p>Gate 4</p><p>Ask for Anouk</p>"
    # Neighbours touch: that is a person's to say.
    assert merge_texts(base, mine, theirs) is None
    apart = "one\ntwo\nthree"
    assert merge_texts(apart, "ONE\ntwo\nthree", "one\ntwo\nTHREE") == "ONE\ntwo\nTHREE"
    assert merge("body", base=apart, mine="ONE\ntwo\nthree", theirs="one\ntwo\n3") == "ONE\ntwo\n3"
    with pytest.raises(Conflict):
        merge("body", base=apart, mine="ONE\ntwo\nthree", theirs="eins\ntwo\nthree")


def test_words() -> None:
    base = "Deliver to gate 4, ask for Pieter."
    mine = "Deliver to gate 7, ask for Pieter."
    theirs = "Deliver to gate 4, ask for Anouk before noon."
    assert merge_words(base, mine, theirs) == "Deliver to gate 7, ask for Anouk before noon."
    assert merge_texts(base, mine, theirs) is None
    kinds = [(part.kind, part.text) for part in parts(base, mine)]
    assert {("-", "4"), ("+", "7")} <= set(kinds)


def test_a_huge_text_is_left_to_a_person() -> None:
    assert merge_texts("a\n" * 50_000, "b\n" + "a\n" * 50_000, "a\n" * 50_000 + "c") is None
