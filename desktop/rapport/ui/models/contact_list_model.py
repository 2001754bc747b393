"""The contact list: as long as the account, holding only the rows that are looked at.

A new query shows its first rows and the count at once; the keys of all rows stream in behind. A
row that is painted before it was read shows as a placeholder, and its neighbourhood is fetched;
``data`` itself answers from memory alone. The newest query counts: an older one is cancelled and,
should it answer nevertheless, not listened to.
"""

from __future__ import annotations

import asyncio
import sys
from array import array
from collections import OrderedDict
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import structs
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from rapport.domain.changes import ChangeEvent
from rapport.domain.errors import RapportError
from rapport.domain.filters import ContactQuery
from rapport.domain.records import Id
from rapport.domain.text import unmarked, visible
from rapport.domain.views import ContactPage, ContactRow
from rapport.language import tr
from rapport.ui.columns import DRAWN, Column, fields_of, title, words
from rapport.ui.roles import ContactRole, say_contact
from rapport.ui.runner import Runner
from rapport.ui.wording import due_words

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_FIRST = 60
"""Rows read with the answer to a query: more than a screen shows, few enough for a keystroke."""
_KEYS_AFTER_S = 0.05
_AROUND = 60
"""Rows read beyond each end of what was asked for."""
_AT_ONCE = 400
_KEPT = 3000
_OWN_DELAY_MS = 40
_SYNC_DELAY_MS = 400
"""How long after a change the list is asked again; bursts of sync ask once."""

_ID, _SEED, _NAME = int(ContactRole.ID), int(ContactRole.SEED_ID), int(ContactRole.NAME)
_COMPANY, _TAGS = int(ContactRole.COMPANY), int(ContactRole.TAGS)
_MATCHES = int(ContactRole.MATCHES)
_DUE, _DUE_SHORT = int(ContactRole.DUE_TEXT), int(ContactRole.DUE_SHORT)
_DUE_STATE, _PENDING = int(ContactRole.DUE_STATE), int(ContactRole.PENDING)
_CONFLICT, _DND, _LOADED = int(ContactRole.CONFLICT), int(ContactRole.DND), int(ContactRole.LOADED)
_CELLS = int(ContactRole.CELLS)
_DISPLAY = int(Qt.ItemDataRole.DisplayRole)
_SPOKEN = int(Qt.ItemDataRole.AccessibleTextRole)
_DUE_ROLES = [_DUE, _DUE_SHORT, _DUE_STATE, _SPOKEN]

_NOT_READ: dict[int, Any] = {_LOADED: False, _NAME: "", _DISPLAY: "", _SPOKEN: "…"}

AnyIndex = QModelIndex | QPersistentModelIndex


class ContactListModel(QAbstractListModel):
    """Lives on the window's thread, under the window's asyncio loop."""

    answered = Signal(bool)
    """A query's rows are shown. True when it was a new query, False when the same one was asked
    again because something changed."""
    keys_arrived = Signal()
    """Every row has its key now: rows can be found by contact."""
    failed = Signal(object)
    """The list could not be read: a :class:`RapportError`."""
    busy = Signal(bool)

    def __init__(self, workspace: Workspace, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._runner = runner
        self._slot = f"contact-list-{id(self)}"
        self.query = ContactQuery()
        self.marks: Container[object] = ()
        """The keys of the rows that a screen reader calls selected."""
        self.columns: tuple[Column, ...] = ()
        """Of the table; none where the list is no table."""
        self._fields: set[str] = set()
        self._held: int | None = None
        self._guest = False
        self._asked = 0
        self._keys: array[int] = array("q")
        self._count = 0
        self._rows: OrderedDict[int, ContactRow] = OrderedDict()
        self._lines: dict[int, dict[int, Any]] = {}
        self._key_of: dict[Id, int] = {}
        self._missing: set[int] = set()
        self._fetching = False
        self._stale: set[Id] = set()
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._ask_again)
        self._minute = QTimer(self, interval=60_000)
        self._minute.timeout.connect(self.refresh_dates)
        self._minute.start()
        self._unsubscribe: Callable[[], None] = workspace.feed.subscribe(self._heard)

    # What Qt asks.

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._count

    def data(self, index: AnyIndex, role: int = _DISPLAY) -> Any:
        row = index.row()
        if not 0 <= row < self._count:
            return None
        found = self._line(row).get(role)
        if role == _SPOKEN and self.key_at(row) in self.marks:
            return tr("{row}, selected").format(row=found)
        return found

    def _line(self, row: int) -> dict[int, Any]:
        if row >= len(self._keys):
            return _NOT_READ
        key = self._keys[row]
        line = self._lines.get(key)
        if line is not None:
            return line
        found = self._rows.get(key)
        if found is None:
            self._miss(row)
            return _NOT_READ
        self._rows.move_to_end(key)
        line = self._words(found)
        if self._has_fields(found):
            self._lines[key] = line
        else:
            self._miss(row)  # what the table asks for besides comes soon
        return line

    def _has_fields(self, row: ContactRow) -> bool:
        return self._fields <= row.fields.keys()

    def _words(self, row: ContactRow) -> dict[int, Any]:
        clock = self._workspace.clock
        due = due_words(row.next_due_at, clock.now(), clock.zone())
        name = visible(row.name)
        second, matches = unmarked(row.snippet) if row.snippet else (visible(row.company), ())
        spoken = say_contact(
            name,
            second,
            row.tags,
            due.text,
            pending=row.pending,
            conflict=row.conflict,
            dnd=row.dnd,
        )
        cells = tuple(
            "" if column.id in DRAWN else words(column, row.fields, self._workspace)
            for column in self.columns
        )
        said = [
            f"{title(column)} {cell}"
            for column, cell in zip(self.columns, cells, strict=True)
            if cell and column.id != "company"
        ]
        return {
            _ID: row.id,
            _SEED: row.seed,
            _NAME: name,
            _DISPLAY: name,
            _COMPANY: second,
            _MATCHES: matches,
            _TAGS: row.tags,
            _DUE: due.text,
            _DUE_SHORT: due.short,
            _DUE_STATE: due.state,
            _PENDING: row.pending,
            _CONFLICT: row.conflict,
            _DND: row.dnd,
            _LOADED: True,
            _CELLS: cells,
            _SPOKEN: tr(", ").join(filter(None, (spoken, *said))),
        }

    # What the pane asks.

    @property
    def total(self) -> int:
        return self._count

    @property
    def complete(self) -> bool:
        """Whether every row's key is known."""
        return len(self._keys) >= self._count

    def contact_at(self, row: int) -> Id | None:
        """The contact in a row; None while the row has not been read."""
        if not 0 <= row < len(self._keys):
            return None
        found = self._rows.get(self._keys[row])
        return found.id if found is not None else None

    def key_at(self, row: int) -> int | None:
        return self._keys[row] if 0 <= row < len(self._keys) else None

    def mark_key(self, row: int) -> int | None:
        """What is remembered of a row that is marked."""
        return self.key_at(row)

    def row_of_mark(self, key: Hashable) -> int:
        return self.row_of_key(key) if isinstance(key, int) else -1

    def row_of_key(self, key: int) -> int:
        """The row of a key, -1 where the list does not hold it."""
        return next(self._rows_of_keys([key]))

    def _rows_of_keys(self, keys: Iterable[int]) -> Iterator[int]:
        # Bytes are searched ten times faster than boxed integers, which counts at a million rows.
        raw = self._keys.tobytes()
        for key in keys:
            needle = key.to_bytes(8, sys.byteorder, signed=True)
            at = raw.find(needle)
            while at > 0 and at % 8:
                at = raw.find(needle, at + 1)
            yield at // 8 if at >= 0 else -1

    def row_of(self, contact_id: Id) -> int:
        """The row of a contact that was read lately, -1 otherwise."""
        key = self._key_of.get(contact_id)
        return -1 if key is None else self.row_of_key(key)

    def show(self, query: ContactQuery) -> None:
        """Show another list. What is shown stays until the answer is there."""
        self.query = query
        self._again.stop()
        self._ask(new=True)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Say what the table shows from now on; what has not been read of it is read when it is
        painted."""
        self.columns = tuple(columns)
        self._fields = set(fields_of(columns))
        self._lines.clear()
        if self._count:
            self.dataChanged.emit(self.index(0), self.index(self._count - 1), [_CELLS, _SPOKEN])

    def hold(self, row: int) -> None:
        """Keep the contact of this row in the list, though an edit takes it out of the filter,
        until another one is held."""
        key = self.key_at(row)
        if key is None or key == self._held:
            return
        self._held = key
        guest, self._guest = self._guest, False
        if guest:
            self._ask(new=False)

    @property
    def members(self) -> int:
        """How many contacts the list has, without one that only stays for now."""
        return self._count - self._guest

    def show_placeholders(self, rows: int) -> None:
        """Say "loading" with empty rows; they go when the answer comes."""
        if not self._count:
            self.beginInsertRows(QModelIndex(), 0, rows - 1)
            self._count = rows
            self.endInsertRows()

    @property
    def empty(self) -> bool:
        """Whether nothing is shown, placeholders apart."""
        return not len(self._keys)

    def retry(self) -> None:
        self._ask(new=True)

    def close(self) -> None:
        """Stop listening; the model must not be used afterwards."""
        self._unsubscribe()
        self._again.stop()
        self._minute.stop()
        self._asked += 1  # what is cancelled ends later than this model, and must not speak for it
        self._runner.cancel(self._slot)
        self._runner.cancel(self._slot + "-rows")
        self._runner.cancel(self._slot + "-changed")

    def refresh_dates(self) -> None:
        """Say the dates anew: "today" moves on."""
        self._lines.clear()
        if self._count:
            self.dataChanged.emit(self.index(0), self.index(self._count - 1), _DUE_ROLES)

    # Asking.

    def _ask(self, *, new: bool) -> None:
        self._asked += 1
        number, query = self._asked, self.query
        self.busy.emit(True)
        self._runner.start(lambda: self._answer(number, query, new), slot=self._slot)

    def _ask_again(self) -> None:
        self._ask(new=False)

    async def _answer(self, number: int, query: ContactQuery, new: bool) -> None:
        queries = self._workspace.queries
        try:
            page = await queries.contacts(query, _FIRST, [*self._fields])
            if number != self._asked:
                return
            if new:
                self._forget_snippets()
            if page.complete and not new:
                page = await self._with_held(page)
                if number != self._asked:
                    return
            if new or page.complete:
                self._guest = self._guest and not new
                self._take(page, page.keys)
                self.answered.emit(new)
            if not page.complete:
                # The first rows are painted meanwhile, and the next keystroke spares the rest.
                await asyncio.sleep(_KEYS_AFTER_S)
                keys = await queries.contact_keys(query)
                if number != self._asked:
                    return
                whole = ContactPage(rows=page.rows, total=len(keys), keys=keys, complete=True)
                if not new:
                    whole = await self._with_held(whole)
                    if number != self._asked:
                        return
                self._take(whole, whole.keys)
                if not new:
                    self.answered.emit(False)
            self.keys_arrived.emit()
        except RapportError as error:
            if number == self._asked:
                self.failed.emit(error)
        finally:
            if number == self._asked:
                self.busy.emit(False)

    async def _with_held(self, page: ContactPage) -> ContactPage:
        """The page with the contact that is looked at where it stood, though it is in the filter no
        more. One that was deleted goes."""
        held = self._held
        row = self.row_of_key(held) if held is not None else -1
        self._guest = False
        if held is None or row < 0 or held in page.keys:
            return page
        found = await self._workspace.queries.rows([held], "", [*self._fields])
        if not found or held != self._held:
            return page
        self._guest = True
        keys = array("q", page.keys)
        keys.insert(min(row, len(keys)), held)
        rows = (*page.rows, *found)
        return structs.replace(page, rows=rows, keys=keys, total=page.total + 1)

    def _take(self, page: ContactPage, keys: array[int]) -> None:
        """Show ``keys`` instead of the present ones. Chosen rows stay chosen where they are still
        in the list, wherever they stand now."""
        if not len(keys):
            keys = array("q", (row.key for row in page.rows))
        self._remember(page.rows)
        total = max(page.total, len(keys))
        if keys == self._keys and total == self._count:
            self._changed_rows(row.key for row in page.rows)
            return
        grown = total - self._count
        if grown > 0:
            self.beginInsertRows(QModelIndex(), self._count, total - 1)
            self._count = total
            self.endInsertRows()
        self._rearrange(keys)
        if grown < 0:
            self.beginRemoveRows(QModelIndex(), total, self._count - 1)
            self._count = total
            self.endRemoveRows()

    def _rearrange(self, keys: array[int]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        # -1 is no record's key: where a row had none, it is found nowhere.
        held = [-1 if (key := self.key_at(index.row())) is None else key for index in before]
        self._keys = keys
        after = [self.index(row) if row >= 0 else QModelIndex() for row in self._rows_of_keys(held)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # Rows.

    def _remember(self, rows: Iterable[ContactRow]) -> None:
        for row in rows:
            self._rows[row.key] = row
            self._rows.move_to_end(row.key)
            self._key_of[row.id] = row.key
            self._lines.pop(row.key, None)
        while len(self._rows) > _KEPT:
            key, gone = self._rows.popitem(last=False)
            self._lines.pop(key, None)
            self._key_of.pop(gone.id, None)

    def _forget_snippets(self) -> None:
        """Text around a match belongs to the query that found it."""
        for key in [key for key, row in self._rows.items() if row.snippet]:
            self._rows[key] = structs.replace(self._rows[key], snippet="")
            self._lines.pop(key, None)

    def _changed_rows(self, keys: Iterable[int], roles: Sequence[int] = ()) -> None:
        rows = sorted(row for row in self._rows_of_keys(keys) if row >= 0)
        start = 0
        for at, row in enumerate(rows):
            if at + 1 == len(rows) or rows[at + 1] != row + 1:
                self.dataChanged.emit(self.index(rows[start]), self.index(row), list(roles))
                start = at + 1

    def _miss(self, row: int) -> None:
        """A row was painted that has not been read: read it and its neighbours soon."""
        if not self._missing and not self._fetching:
            QTimer.singleShot(0, self, self._fetch)
        self._missing.add(row)

    def _fetch(self) -> None:
        if self._fetching or not self._missing:
            return
        # What was painted last counts most; a wild drag of the scroll bar passes the rest by.
        wanted, self._missing = self._missing, set()
        last = max(wanted)
        first = max(min(wanted), last - _AT_ONCE)
        span = range(max(0, first - _AROUND), min(len(self._keys), last + _AROUND + 1))
        listed = (self._keys[row] for row in span)
        rows = self._rows
        keys = [key for key in listed if key not in rows or not self._has_fields(rows[key])]
        if keys:
            self._fetching = True
            self._runner.start(lambda: self._read(keys), slot=self._slot + "-rows")

    async def _read(self, keys: list[int]) -> None:
        try:
            rows = await self._workspace.queries.rows(keys, "", [*self._fields])
            self._remember(rows)
            self._changed_rows(row.key for row in rows)
        finally:
            self._fetching = False
            if self._missing:
                self._fetch()

    # News.

    def _heard(self, event: ChangeEvent) -> None:
        concerned = event.contacts()
        if not concerned and not event.changes:
            return
        self._stale |= {id for id in concerned if id in self._key_of}
        if self._stale:
            self._runner.start(self._read_changed, slot=self._slot + "-changed")
        if event.changes:
            delay = _SYNC_DELAY_MS if event.can_wait else _OWN_DELAY_MS
            if not self._again.isActive() or self._again.remainingTime() > delay:
                self._again.start(delay)

    async def _read_changed(self) -> None:
        ids = list(self._stale)
        keys = [self._key_of[id] for id in ids if id in self._key_of]
        before = {key: self._rows[key] for key in keys if key in self._rows}
        rows = [
            structs.replace(row, snippet=before[row.key].snippet) if row.key in before else row
            for row in await self._workspace.queries.rows(keys, "", [*self._fields])
        ]
        self._stale.difference_update(ids)
        self._remember(rows)
        for row in rows:
            old = before.get(row.key)
            roles = _differing(old, row) if old is not None else []
            if old is None or roles:
                self._changed_rows([row.key], roles)


_FIELD_ROLES: dict[str, tuple[int, ...]] = {
    "name": (_NAME, _DISPLAY),
    "company": (_COMPANY,),
    "snippet": (_COMPANY, _MATCHES),
    "tags": (_TAGS,),
    "next_due_at": (_DUE, _DUE_SHORT, _DUE_STATE),
    "pending": (_PENDING,),
    "conflict": (_CONFLICT,),
    "dnd": (_DND,),
    "seed": (_SEED,),
    "fields": (_CELLS,),
}


def _differing(old: ContactRow, new: ContactRow) -> list[int]:
    """The roles in which two readings of a row differ."""
    roles = [
        role
        for name, several in _FIELD_ROLES.items()
        if getattr(old, name) != getattr(new, name)
        for role in several
    ]
    return [*roles, _SPOKEN] if roles else []
