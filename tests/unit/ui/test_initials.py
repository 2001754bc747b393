"""What an avatar says."""

from __future__ import annotations

import pytest

from rapport.ui.look.avatars import initials, letter
from rapport.ui.look.text import runs_right_to_left


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ana Pérez Ølgaard", "AØ"),
        ("Zoë van den Berg", "ZB"),
        ("van den Berg", "B"),
        ("Фатима Ахмедова", "ФА"),
        ("Ιωάννα Παπαδοπούλου", "ΙΠ"),
        ("王小明", "王"),
        ("田中 美咲", "田"),
        ("김서연", "김"),
        ("محمد الفاسي", "م"),
        ("דנה לוי", "ד"),
        ("Siobhán O’Brien", "SO"),
        ("Jean-Baptiste N’Diaye", "JN"),
        ("łukasz wiśniewski", "ŁW"),
        ("Ana (Lisbon)", "AL"),
        ("Ana 王", "A"),
        ("e\u0301ric", "E\u0301"),
        ("Cher", "C"),
        ("ßen", "ß"),
        ("", ""),
        ("  — ", ""),
        ("ana@fjordvale.pt", "A"),
    ],
)
def test_initials(name: str, said: str) -> None:
    assert initials(name) == said


def test_a_letter_is_one_grapheme() -> None:
    assert letter("Lumen Solar") == "L"
    assert letter("🇵🇹 Porto") == "P"
    assert letter("") == ""


@pytest.mark.parametrize(
    ("text", "right_to_left"),
    [("Ana", False), ("محمد", True), ("+351 محمد", True), ("123", False), ("Ana محمد", False)],
)
def test_direction_is_that_of_the_first_strong_character(text: str, right_to_left: bool) -> None:
    assert runs_right_to_left(text) is right_to_left
