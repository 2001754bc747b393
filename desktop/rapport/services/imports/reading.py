"""A CSV or vCard file as a table of text, whatever program wrote it."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.domain.errors import InputError
from rapport.language import tr

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 100_000
_MOST_COLUMNS = 500
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 20
"""Rows by which the delimiter is told."""
_CARD = re.compile(r"^BEGIN:VCARD\s*$.*?^END:VCARD\s*$", re.MULTILINE | re.DOTALL | re.IGNORECASE)
_MASKED = re.compile(r"^'(?=[=@+\-\t\r])")
"""The mark by which an export keeps a spreadsheet from running a cell."""

_DAY = re.compile(r"^(\d{4})(\d\d)(\d\d).*")
"""A date without dashes, as cards since version 4 have it."""

VCARD_COLUMNS = (
    *("first_name", "last_name", "full_name", "email", "phone", "company", "address", "city"),
    *("state", "postal_code", "country", "website", "date_of_birth", "tags", "note"),
)


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """The line of the file it begins in; of a vCard file, the number of the card."""
    cells: tuple[str, ...]
    problem: str = ""
    """Why the row cannot be read at all; a sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    is_vcard: bool = False
    encoding: str = "UTF-8"


def read_table(path: Path) -> Table:
    """Reads the file whole. Raises InputError where it is no table of contacts."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(tr("The file is too large."), tr("64 MB can be read at a time."))
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            tr("The file cannot be read."), f"{error.strerror or type(error).__name__}."
        ) from None
    text, encoding = _decoded(raw)
    if "BEGIN:VCARD" in text[:4096].upper():
        return _vcards(path.name, text, encoding)
    return _csv(path.name, text, encoding)


def _decoded(raw: bytes) -> tuple[str, str]:
    for mark, encoding, name in (
        (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
        (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    ):
        if raw.startswith(mark):
            return raw.decode(encoding, "replace").replace("\x00", ""), name
    try:
        return raw.decode("utf-8").replace("\x00", ""), "UTF-8"
    except UnicodeDecodeError:
        # What spreadsheets of the western world write when they are not told otherwise.
        return raw.decode("cp1252", "replace").replace("\x00", ""), "Windows-1252"


# CSV.


def _csv(name: str, text: str, encoding: str) -> Table:
    begins = 1
    delimiter = ""
    first, _, rest = text.partition("\n")
    if said := re.fullmatch(r"sep=(.)\r?", first):
        delimiter, text, begins = said[1], rest, 2
    lines = _lines(text, delimiter or _delimiter(text), begins)
    head = next(lines, None)
    if head is None:
        raise InputError(tr("The file is empty."))
    columns = _columns(head.cells)
    width = len(columns)
    rows: list[Row] = []
    for row in lines:
        if len(rows) == MOST_ROWS:
            words = tr("{n} rows can be read at a time; divide the file.")
            raise InputError(tr("The file is too long."), words.format(n=f"{MOST_ROWS:,}"))
        rows.append(_fitted(row, width))
    if not rows:
        raise InputError(
            tr("There are no contacts in the file."),
            tr("Its first line is taken for the names of the columns."),
        )
    return Table(name=name, columns=columns, rows=tuple(rows), encoding=encoding)


def _delimiter(text: str) -> str:
    """The one that makes most columns of the first lines, and as many of each."""
    sample = text[:65_536]

    def width(delimiter: str) -> tuple[int, int]:
        rows = []
        for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            rows.append(len(row))
            if len(rows) == _LOOKED_AT:
                break
        head = rows[0] if rows else 0
        return sum(row == head for row in rows) if head > 1 else 0, head

    try:
        return max(_DELIMITERS, key=width)
    except csv.Error:
        return ","


def _lines(text: str, delimiter: str, begins: int) -> Iterator[Row]:
    # Strict: a quotation mark that is never closed would quietly swallow the rest of the file.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + begins
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            words = tr("The quotation marks from this line on do not match.")
            yield Row(number=number, cells=(), problem=words)
            continue
        if any(cell.strip() for cell in cells):
            yield Row(number=number, cells=tuple(_MASKED.sub("", cell.strip()) for cell in cells))


def _columns(cells: tuple[str, ...]) -> tuple[str, ...]:
    if len(cells) > _MOST_COLUMNS:
        raise InputError(tr("This is no table of contacts."), tr("It has too many columns."))
    return tuple(
        " ".join(cell.split())[:80] or tr("Column {n}").format(n=place + 1)
        for place, cell in enumerate(cells)
    )


def _fitted(row: Row, width: int) -> Row:
    if row.problem or len(row.cells) == width:
        return row
    if any(row.cells[width:]):
        words = tr("There are more values in this line than columns.")
        return Row(number=row.number, cells=row.cells, problem=words)
    cells = (*row.cells, *[""] * width)[:width]
    return Row(number=row.number, cells=cells)


# vCard.


def _vcards(name: str, text: str, encoding: str) -> Table:
    cards = _CARD.findall(text)
    if not cards:
        raise InputError(tr("There are no contacts in the file."), tr("No card in it is whole."))
    if len(cards) > MOST_ROWS:
        words = tr("{n} rows can be read at a time; divide the file.")
        raise InputError(tr("The file is too long."), words.format(n=f"{MOST_ROWS:,}"))
    rows = [_card_row(number, card) for number, card in enumerate(cards, 1)]
    shown = [
        place
        for place in range(len(VCARD_COLUMNS))
        if any(row.cells and row.cells[place] for row in rows)
    ]
    return Table(
        name=name,
        columns=tuple(VCARD_COLUMNS[place] for place in shown),
        rows=tuple(
            Row(
                number=row.number,
                cells=tuple(row.cells[place] for place in shown) if row.cells else (),
                problem=row.problem,
            )
            for row in rows
        ),
        is_vcard=True,
        encoding=encoding,
    )


def _card_row(number: int, text: str) -> Row:
    import vobject

    try:
        card = vobject.readOne(text, allowQP=True)
        values = _card_values(card)
    except Exception as error:  # the library raises whatever its parts raise
        words = tr("This card cannot be read ({why}).").format(why=type(error).__name__)
        return Row(number=number, cells=(), problem=words)
    return Row(number=number, cells=tuple(values.get(name, "") for name in VCARD_COLUMNS))


def _card_values(card: Any) -> dict[str, str]:
    told: dict[str, str] = {}

    def first(name: str) -> Any:
        """The preferred one, or the first."""
        found = card.contents.get(name, [])
        liked = [one for one in found if "PREF" in str(one.params).upper()]
        return next(iter([*liked, *found]), None)

    if (name := first("n")) is not None and not isinstance(name.value, str):
        told["first_name"] = _text([name.value.given, name.value.additional])
        told["last_name"] = _text(name.value.family)
    if not (told.get("first_name") or told.get("last_name")) and first("fn") is not None:
        told["full_name"] = _text(first("fn").value)
    for column, key in (
        ("email", "email"),
        ("phone", "tel"),
        ("company", "org"),
        ("website", "url"),
        ("note", "note"),
    ):
        if (one := first(key)) is not None:
            value = one.value[:1] if key == "org" and isinstance(one.value, list) else one.value
            told[column] = _text(value, lines=key == "note").removeprefix("tel:")
    if (day := first("bday")) is not None:
        told["date_of_birth"] = _DAY.sub(r"\1-\2-\3", _text(day.value))[:10]
    if "categories" in card.contents:
        tags = [tag for one in card.contents["categories"] for tag in _parts(one.value)]
        told["tags"] = ", ".join(tags)
    if (where := first("adr")) is not None and not isinstance(where.value, str):
        place = where.value
        told["address"] = _text([place.street, place.extended])
        told["city"], told["state"] = _text(place.city), _text(place.region)
        told["postal_code"], told["country"] = _text(place.code), _text(place.country)
    return told


def _parts(value: Any) -> list[str]:
    return [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]


def _text(value: Any, *, lines: bool = False) -> str:
    text = " ".join(part for one in _flat(value) if (part := one.strip()))
    return text if lines else " ".join(text.split())


def _flat(value: Any) -> Iterator[str]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _flat(one)
    elif value:
        yield str(value)
