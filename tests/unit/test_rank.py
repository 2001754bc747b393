"""Which title answers what was typed, and which part of it."""

from __future__ import annotations

import pytest

from rapport.domain.rank import Tier, Title


@pytest.mark.parametrize(
    ("typed", "title", "tier"),
    [
        ("sync now", "Sync now", Tier.EXACT),
        ("sy", "Sync now", Tier.PREFIX),
        ("now sy", "Sync now", Tier.WORDS),
        ("task", "New task", Tier.WORDS),
        ("nt", "New task", Tier.ACRONYM),
        ("ync", "Sync now", Tier.INSIDE),
        ("cmplt", "Complete task", Tier.FUZZY),
        ("olgaard", "Ana Pérez Ølgaard", Tier.WORDS),
        ("PÉREZ", "Ana Perez", Tier.WORDS),
        ("strasse", "Straße", Tier.EXACT),
        ("田中", "田中 美咲", Tier.PREFIX),
    ],
)
def test_tiers(typed: str, title: str, tier: Tier) -> None:
    match = Title(title).match(typed)
    assert match is not None
    assert match.tier is tier


@pytest.mark.parametrize("typed", ["", "  ", "xyz", "an olgaard x", "tksa"])
def test_what_does_not_answer(typed: str) -> None:
    assert Title("Ana Pérez Ølgaard").match(typed) is None


@pytest.mark.parametrize(
    ("typed", "title", "marked"),
    [
        ("ana", "Ana Pérez", ["Ana"]),
        ("per an", "Ana Pérez", ["An", "Pér"]),
        ("strass", "Straße 4", ["Straß"]),
        ("ae", "Ærø", ["Æ"]),
        ("ct", "Complete task", ["C", "t"]),
        ("te", "Complete task", ["te"]),
    ],
)
def test_the_matched_parts_are_of_the_title_as_written(
    typed: str, title: str, marked: list[str]
) -> None:
    match = Title(title).match(typed)
    assert match is not None
    assert [title[start : start + length] for start, length in match.spans] == marked
