"""The words that a typed filter may use in one account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rapport.domain.filter_words import Vocabulary

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace


def vocabulary_of(workspace: Workspace, tags: Iterable[str] = ()) -> Vocabulary:
    """``tags`` are those that contacts have, besides what the location defines."""
    reference = workspace.reference
    fields = [one for one in reference.custom_fields if one.model in ("", "contact")]
    return Vocabulary(
        me=workspace.account.user_id,
        users={user.name: user.id for user in reference.users if user.name},
        custom={field.name: field.id for field in fields},
        types={field.id: field.data_type for field in fields},
        options={field.id: field.options for field in fields if field.options},
        tags=tuple(dict.fromkeys((*tags, *reference.tags))),
    )
