"""Three-way merge of one field's values: the base both started from, mine, and theirs."""

from __future__ import annotations

from typing import Any

from rapport.domain.diff3 import merge_texts

SET_FIELDS = frozenset({"tags"})
"""Lists whose order and repetition mean nothing: additions and removals are merged."""

MAP_FIELDS = frozenset({"custom"})
"""Values by key: each key is merged by itself."""

TEXT_FIELDS = frozenset({"body"})
"""Long texts: paragraphs that only one side changed come together."""

MERGED_FIELDS = SET_FIELDS | MAP_FIELDS | TEXT_FIELDS


class Conflict(Exception):
    """Both sides changed the same value differently."""


def merge(field: str, *, base: Any, mine: Any, theirs: Any) -> Any:
    """The value both sides agree on. Raises :class:`Conflict` where a person must choose."""
    if mine in (theirs, base):
        return theirs
    if theirs == base:
        return mine
    if field in SET_FIELDS:
        added = [item for item in mine or () if item not in (base or ())]
        removed = {item for item in base or () if item not in (mine or ())}
        kept = [item for item in theirs or () if item not in removed]
        return kept + [item for item in added if item not in kept]
    if field in MAP_FIELDS:
        keys = {**(theirs or {}), **(mine or {}), **(base or {})}
        merged = {
            key: merge(
                key,
                base=(base or {}).get(key),
                mine=(mine or {}).get(key),
                theirs=(theirs or {}).get(key),
            )
            for key in keys
        }
        return {key: value for key, value in merged.items() if value is not None}
    if field in TEXT_FIELDS and isinstance(base, str):
        both = merge_texts(base, str(mine or ""), str(theirs or ""))
        if both is not None:
            return both
    raise Conflict(field)


def set_delta(base: Any, want: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What to add and what to remove to get from ``base`` to ``want``."""
    before, after = tuple(base or ()), tuple(want or ())
    return (
        tuple(item for item in after if item not in before),
        tuple(item for item in before if item not in after),
    )
