"""What a person has chosen about a conflict so far."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rapport.domain.changes import Delta
from rapport.domain.records import Kind, Ref
from rapport.domain.views import Choice, ConflictCase, FieldConflict, RecordConflict
from rapport.ui.panes.activity.choices import Choices, both_texts

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def conflict(*fields: tuple[str, str, str, str]) -> RecordConflict:
    return RecordConflict(
        ref=Ref(Kind.CONTACT, "c"),
        contact_id="c",
        contact_name="Ana",
        contact_seed="c",
        case=ConflictCase.FIELDS,
        at=NOW,
        fields=tuple(
            FieldConflict(field=name, base=base, mine=mine, theirs=theirs)
            for name, base, mine, theirs in fields
        ),
    )


def test_a_command_says_which_side_was_seen() -> None:
    choices = Choices(conflict(("city", "a", "b", "c"), ("phone", "1", "2", "3")))
    assert choices.command().fields == {}
    choices.choose("city", Choice.MINE)
    choices.choose("phone", Choice.THEIRS)
    assert choices.command().fields == {"city": Delta("c", "b"), "phone": Delta("3", "3")}
    assert not choices.command().only_theirs
    choices.choose_all(Choice.THEIRS)
    assert choices.command().only_theirs
    choices.choose("city", Choice.EDITED, "d")
    assert choices.command().fields["city"] == Delta("c", "d")


def test_a_choice_ends_when_the_other_side_is_another_one() -> None:
    choices = Choices(conflict(("city", "a", "b", "c"), ("phone", "1", "2", "3")))
    choices.choose_all(Choice.MINE)
    choices.follow(conflict(("city", "a", "b", "x"), ("phone", "1", "2", "3")))
    assert dict(choices.kept) == {"phone": "2"}


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "both"),
    [
        ("one\ntwo\nthree", "ONE\ntwo\nthree", "one\ntwo\n3", "ONE\ntwo\n3"),
        ("to gate 4 at noon", "to gate 7 at noon", "to gate 4 at ten", "to gate 7 at ten"),
        ("a", "b", "c", "b\n\nc"),
        ("<p>a</p>", "<p>b</p>", "<p>c</p>", "<p>b</p><hr><p>c</p>"),
        ("", "mine", "theirs", "mine\n\ntheirs"),
    ],
)
def test_both(base: str, mine: str, theirs: str, both: str) -> None:
    one = FieldConflict(field="body", base=base, mine=mine, theirs=theirs)
    assert both_texts(one) == both
