"""Some of many records, and where the next ones start."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from rapport.api.replies import listed, records_in

T = TypeVar("T")

Cursor = list[Any]
"""Where the next page starts; JSON-ready and opaque."""

LIST_LIMIT = 100


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """Some records, and where the next ones start: ``cursor`` is None on the last page."""

    items: tuple[T, ...]
    total: int | None = None
    cursor: Cursor | None = None


def skipped(cursor: Cursor | None) -> int:
    """How many records come before the page, where pages are counted."""
    return int(cursor[0]) if cursor else 0


def counted_page(
    reply: Any,
    key: str,
    read: Callable[[Any], T],
    *,
    limit: int,
    cursor: Cursor | None,
    keep: Callable[[Any], bool] = lambda raw: True,
) -> Page[T]:
    """A page of a list that is walked by how many records to skip."""
    found = listed(reply, key)
    kept: Iterable[Any] = (raw for raw in found if keep(raw))
    return Page(
        items=records_in(kept, read),
        cursor=[skipped(cursor) + len(found)] if len(found) >= limit else None,
    )
