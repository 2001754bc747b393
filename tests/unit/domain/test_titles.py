"""What was done, as menus, toasts and logs say it."""

from __future__ import annotations

import pytest

from rapport.domain import audit, commands
from rapport.domain.commands import Command
from rapport.domain.titles import done_words, title_words


def test_every_command_has_words_for_having_been_done() -> None:
    kinds = [
        kind
        for module in (commands, audit)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Command) and hasattr(kind, "TITLE")
    ]
    assert len(kinds) > 10
    assert [kind.TITLE for kind in kinds if done_words(kind.TITLE) == kind.TITLE] == []


@pytest.mark.parametrize(
    ("title", "menu", "done"),
    [
        ("Complete task", "Complete task", "Task completed"),
        ("Undo complete task", "Undo: Complete task", "Undone: Complete task"),
        ("Revert undo add tag", "Revert: Undo: Add tag", "Reverted: Undo: Add tag"),
        ("Discard “Edit contact”", "Discard: Edit contact", "Discarded: Edit contact"),
        (
            "Add tags, Edit contact (12)",
            "Add tags, Edit contact (12)",
            "Tags added, Contact changed (12)",
        ),
        ("Create contact again", "Create contact again", "Create contact again"),
    ],
)
def test_a_title_that_lay_in_the_log_is_said(title: str, menu: str, done: str) -> None:
    assert title_words(title) == menu
    assert done_words(title) == done
