"""What a merge is told in: values, where a contact comes from, what cannot be chosen, the note."""

from __future__ import annotations

from typing import Any

from rapport.domain.records import Contact, Id, Kind
from rapport.domain.text import visible
from rapport.language import tr
from rapport.ui.panes.activity.words import Words
from rapport.ui.panes.duplicates.choices import MergeChoices
from rapport.ui.panes.duplicates.merge_table import STAYS


class MergeWords:
    """``words`` are those of the account."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def value(self, contact: Contact, field: str) -> str:
        value: Any
        if field.startswith("custom:"):
            value = contact.custom.get(field.removeprefix("custom:"))
        else:
            value = getattr(contact, field)
        return self._words.value(Kind.CONTACT, field, value)

    def caption(self, contact: Contact) -> str:
        """Below its name: when it came to be."""
        if contact.added_at is None:
            return tr("made here")
        when = self._words.short_moment(contact.added_at)
        return tr("added {when}").format(when=when)

    def note(self, choices: MergeChoices) -> str:
        """What is not kept otherwise, as a note for the contact that stays."""
        rest = choices.rest()
        lines = [
            tr("{field}: {value}").format(
                field=self._words.field(Kind.CONTACT, field),
                value=self._words.value(Kind.CONTACT, field, value),
            )
            for _, field, value in rest
        ]
        if not lines:
            return ""
        names = tr(", ").join(dict.fromkeys(visible(contact.name) for contact, _, _ in rest))
        return "\n".join(
            [tr("Other values from a merge with {names}:").format(names=names), *lines]
        )


def why_fixed(choices: MergeChoices, field: str, id: Id) -> str:
    """Why this contact's value cannot be chosen; "" where it can."""
    if field == STAYS:
        if choices.can_stay(id):
            return ""
        return tr("The CRM has not got this contact yet: another one has to stay.")
    if choices.is_fixed(field) and id != choices.survivor_id:
        return tr("The CRM does not let this be changed: the contact that stays keeps its own.")
    return ""
