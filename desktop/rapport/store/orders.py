"""The orders of a list, as statements that give all row keys one after the other.

Each common order is an index over ``contact_row``, so that the first rows cost what they are and
not what the list is. An order by a custom field sorts the contacts that have a value.
"""

from __future__ import annotations

from typing import NamedTuple

from rapport.domain.filters import ContactQuery, Sort
from rapport.domain.records import Kind
from rapport.domain.text import fold
from rapport.store.read_models import NAMELESS
from rapport.store.replica import read_reference
from rapport.store.schema import KIND_NUMBER, NO_DUE
from rapport.store.sql import Sql
from rapport.store.values import encode

_VALUE = "json_extract(CAST(shown AS TEXT), ?)"
_WITH_VALUE = (
    f"SELECT key AS record_key, {_VALUE} AS value FROM record"
    # Finding the field's id in the bytes spares reading the JSON of those who have no value.
    f" WHERE kind = {KIND_NUMBER[Kind.CONTACT]} AND instr(shown, ?) > 0"
    f" AND ifnull({_VALUE}, '') <> ''"
)
_BY_NAME = "name_sort, key"
_BY_NAME_DOWN = "name_sort DESC, key DESC"

_INDEXES = {
    Sort.ACTIVITY: "contact_by_activity",
    Sort.NAME: "contact_by_name",
    Sort.ADDED: "contact_by_added",
    Sort.NEXT_TASK: "contact_by_due",
}
_TEXTS = (Sort.COMPANY, Sort.EMAIL, Sort.PHONE, Sort.CITY, Sort.COUNTRY, Sort.SOURCE)


class Walk(NamedTuple):
    """Keys of a part of the list in order. ``over`` is the index that has them so."""

    order: str
    over: str = ""
    where: str = "1"
    bound: tuple[object, ...] = ()
    beside: str = ""

    def sql(self) -> str:
        over = f" INDEXED BY {self.over}" if self.over else ""
        table = f"contact_row{over}{self.beside}"
        return f"SELECT key FROM {table} WHERE {self.where} ORDER BY {self.order}"

    def among(self) -> str:
        """Only those among some keys, bound last as a JSON list."""
        return (
            f"SELECT key FROM contact_row{self.beside} WHERE {self.where}"
            f" AND key IN (SELECT value FROM json_each(?)) ORDER BY {self.order}"
        )


def walks(db: Sql, query: ContactQuery) -> list[Walk]:
    """One after the other they give every contact once."""
    down, sort = query.descending, query.sort
    names = _BY_NAME_DOWN if down else _BY_NAME
    match sort:
        case Sort.NAME:
            return [Walk(names, _INDEXES[sort])]
        case Sort.ACTIVITY | Sort.ADDED:
            # Newest first goes with names from A, so that one index serves both directions.
            names = _BY_NAME if down else _BY_NAME_DOWN
            return [Walk(f"{sort.value} {'DESC' if down else 'ASC'}, {names}", _INDEXES[sort])]
        case Sort.NEXT_TASK:
            return _last_without("next_due", str(NO_DUE), (), down, _INDEXES[sort])
        case Sort.OWNER:
            return _by_owner(db, down)
        case Sort.CUSTOM:
            return _by_custom(query.sort_field, down)
        case _:
            assert sort in _TEXTS
            return _last_without(
                f"{sort.value}_sort", "?", (NAMELESS,), down, f"contact_by_{sort.value}"
            )


def _last_without(
    column: str, none: str, bound: tuple[object, ...], down: bool, over: str
) -> list[Walk]:
    """``none`` sorts behind every value, and stays there when the order is turned."""
    if not down:
        return [Walk(f"{column}, {_BY_NAME}", over)]
    return [
        Walk(f"{column} DESC, {_BY_NAME_DOWN}", over, f"{column} < {none}", bound),
        Walk(_BY_NAME, over, f"{column} = {none}", bound),
    ]


def _by_owner(db: Sql, down: bool) -> list[Walk]:
    names = {user.id: fold(user.name) for user in read_reference(db).users}
    owners = [owner for (owner,) in db.rows("SELECT DISTINCT owner FROM contact_row")]
    known = [owner for owner in owners if owner is not None]
    known.sort(key=lambda owner: (names.get(owner, NAMELESS), owner), reverse=down)
    order = _BY_NAME_DOWN if down else _BY_NAME
    return [
        *(Walk(order, "contact_by_owner", "owner = ?", (owner,)) for owner in known),
        Walk(_BY_NAME, "contact_by_owner", "owner IS NULL"),
    ]


def _by_custom(field: str, down: bool) -> list[Walk]:
    path = f'$.custom."{field.replace(chr(34), "")}"'
    bound = (path, encode(field), path)
    turned = " DESC" if down else ""
    value = f"iif(typeof(value) = 'text', fold(value), value){turned}"
    beside = f" JOIN ({_WITH_VALUE}) ON record_key = key"
    return [
        Walk(
            f"{value}, {_BY_NAME_DOWN if down else _BY_NAME}",
            bound=bound,
            beside=beside,
        ),
        Walk(
            _BY_NAME,
            where=f"key NOT IN (SELECT record_key FROM ({_WITH_VALUE}))",
            bound=bound,
        ),
    ]
