"""The columns that the table of contacts can have, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, QLocale

from rapport.domain.filter_words import FILES, NUMBERS
from rapport.domain.filters import Sort
from rapport.domain.settings import ColumnWidth, ListLayout
from rapport.domain.text import visible
from rapport.language import mark, tr
from rapport.services import phones
from rapport.services.custom_values import format_value
from rapport.ui.wording import colleague, dated, day

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

CUSTOM = "custom:"
NAME, TAGS, NEXT_TASK = "name", "tags", "next_task"
"""Columns that are drawn, not only written."""
DRAWN = (NAME, TAGS, NEXT_TASK)
LEAST_WIDTH, MOST_WIDTH = 60, 600


@dataclass(frozen=True, slots=True)
class Column:
    """``width`` is in design pixels; ``down`` says that a first click sorts from the top down."""

    id: str
    title: str
    width: int = 140
    sort: Sort | None = None
    down: bool = False
    end: bool = False
    """Its values stand at the end edge, as numbers do."""

    @property
    def field(self) -> str:
        """The custom field's id; "" for a column that every account has."""
        return self.id.removeprefix(CUSTOM) if self.id.startswith(CUSTOM) else ""


STANDARD = (
    Column(NAME, mark("Name"), 220, Sort.NAME),
    Column("company", mark("Company"), 170, Sort.COMPANY),
    Column("phone", mark("Phone"), 150, Sort.PHONE),
    Column("email", mark("E-mail"), 200, Sort.EMAIL),
    Column(TAGS, mark("Tags"), 170),
    Column("owner", mark("Owner"), 130, Sort.OWNER),
    Column(NEXT_TASK, mark("Next task"), 120, Sort.NEXT_TASK),
    Column("activity", mark("Last activity"), 120, Sort.ACTIVITY, down=True),
    Column("added", mark("Created"), 120, Sort.ADDED, down=True),
    Column("city", mark("City"), 120, Sort.CITY),
    Column("state", mark("State"), 120),
    Column("country", mark("Country"), 110, Sort.COUNTRY),
    Column("postal_code", mark("Postal code"), 100),
    Column("address", mark("Address"), 180),
    Column("source", mark("Source"), 140, Sort.SOURCE),
    Column("type", mark("Type"), 100),
    Column("website", mark("Website"), 160),
    Column("date_of_birth", mark("Date of birth"), 130),
    Column("dnd", mark("Do not disturb"), 120),
)
SHOWN_AT_FIRST = (NAME, "company", "phone", "email", TAGS, "owner", NEXT_TASK, "activity", "added")


def all_columns(workspace: Workspace) -> list[Column]:
    fields = workspace.reference.custom_fields
    return [
        *STANDARD,
        *(
            Column(
                CUSTOM + field.id,
                visible(field.name),
                sort=Sort.CUSTOM,
                end=field.data_type in NUMBERS,
            )
            for field in fields
            if field.model in ("", "contact") and field.data_type not in FILES
        ),
    ]


def title(column: Column) -> str:
    return column.title if column.field else tr(column.title)


def shown_columns(layout: ListLayout, workspace: Workspace) -> list[tuple[Column, int]]:
    """The columns in their order, with their widths in design pixels. A custom field that is gone
    has none; the name always has one."""
    known = {column.id: column for column in all_columns(workspace)}
    chosen = layout.columns or tuple(ColumnWidth(id=id) for id in SHOWN_AT_FIRST)
    found = [(known[one.id], one.width or known[one.id].width) for one in chosen if one.id in known]
    if all(column.id != NAME for column, _ in found):
        found.insert(0, (known[NAME], known[NAME].width))
    return found


def fields_of(columns: Sequence[Column]) -> tuple[str, ...]:
    """What the store is asked for besides the rows: fields by name, custom fields by id."""
    return tuple(column.field or column.id for column in columns if column.id not in DRAWN)


def words(column: Column, fields: Mapping[str, Any], workspace: Workspace) -> str:
    """What stands in a column that is not drawn."""
    value = fields.get(column.field or column.id)
    if value in (None, "", [], {}):
        return ""
    reference = workspace.reference
    country = reference.location.country if reference.location else ""
    custom = reference.custom_field(column.field) if column.field else None
    if custom is not None and custom.data_type != "DATE":
        return visible(format_value(custom, value, country))
    if column.id == "date_of_birth" or custom is not None:
        date = QDate.fromString(str(value)[:10], "yyyy-MM-dd")
        return dated(date, "d MMM yyyy") if date.isValid() else visible(str(value))
    match column.id:
        case "owner":
            return colleague(reference, value)
        case "phone":
            return phones.display(value, country)
        case "activity" | "added":
            assert isinstance(value, datetime)
            clock = workspace.clock
            return day(value, clock.now(), clock.zone(), weekday=False)
        case "dnd":
            return tr("Yes")
        case "country" if len(value) == 2:
            territory = QLocale.codeToTerritory(value)
            if territory is not QLocale.Country.AnyTerritory:
                return QLocale.territoryToString(territory)
    return visible(str(value))
