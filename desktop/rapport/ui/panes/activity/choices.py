"""What a person has chosen about one record's conflict so far: pure, and easy to try."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rapport.domain.changes import Delta
from rapport.domain.commands import ResolveConflict
from rapport.domain.diff3 import merge_texts, merge_words
from rapport.domain.merge import TEXT_FIELDS
from rapport.domain.records import Kind
from rapport.domain.views import Choice, FieldConflict, RecordConflict
from rapport.services.html import is_html


def both_texts(conflict: FieldConflict) -> str:
    """Both changes in one text: by paragraph, else by word, else one after the other."""
    base, mine, theirs = (str(one or "") for one in (conflict.base, conflict.mine, conflict.theirs))
    for merge in (merge_texts, merge_words):
        both = merge(base, mine, theirs)
        if both is not None:
            return both
    between = "<hr>" if is_html(mine) or is_html(theirs) else "\n\n"
    return f"{mine}{between}{theirs}"


def offers_both(kind: Kind, field: str) -> bool:
    return field in TEXT_FIELDS and kind in (Kind.NOTE, Kind.TASK)


class Choices:
    """By field: how it was chosen and what is kept."""

    def __init__(self, conflict: RecordConflict) -> None:
        self.conflict = conflict
        self._kept: dict[str, tuple[Choice, Any]] = {}

    def follow(self, conflict: RecordConflict) -> None:
        """The conflict is another one now: what was chosen stays where nothing changed."""
        before = {one.field: one for one in self.conflict.fields}
        same = {one.field for one in conflict.fields if before.get(one.field) == one}
        self._kept = {name: kept for name, kept in self._kept.items() if name in same}
        self.conflict = conflict

    def choose(self, field: str, choice: Choice, value: Any = None) -> None:
        """``value`` is what an EDITED field is to hold."""
        one = self.field(field)
        kept = {
            Choice.MINE: lambda: one.mine,
            Choice.THEIRS: lambda: one.theirs,
            Choice.MERGED: lambda: both_texts(one),
        }
        known: Callable[[], Any] = kept.get(choice, lambda: value)
        self._kept[field] = (choice, known())

    def choose_all(self, choice: Choice) -> None:
        for one in self.conflict.fields:
            self.choose(one.field, choice)

    def field(self, field: str) -> FieldConflict:
        return next(one for one in self.conflict.fields if one.field == field)

    def chosen(self, field: str) -> Choice | None:
        found = self._kept.get(field)
        return found[0] if found else None

    @property
    def kept(self) -> Mapping[str, Any]:
        return {name: value for name, (_, value) in self._kept.items()}

    def command(self) -> ResolveConflict:
        fields = {name: Delta(self.field(name).theirs, value) for name, value in self.kept.items()}
        return ResolveConflict(ref=self.conflict.ref, fields=fields)
