"""The operations catalogue as a list: groups that open and close, and a search over everything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from rapport.domain.catalogue import Action, Trigger
from rapport.domain.text import fold
from rapport.language import mark, tr
from rapport.ui.roles import OperationRole, RowKind
from rapport.ui.wording import count

Entry = Action | Trigger
EVENT = "EVENT"


@dataclass(slots=True)
class Section:
    """Entries whose ids begin alike: ``contacts.tasks``."""

    id: str
    title: str
    entries: list[Entry] = field(default_factory=list)


def sections(entries: Iterable[Entry]) -> list[Section]:
    """In the catalogue's order of groups; what belongs to a group itself stands first in it."""
    found: dict[str, Section] = {}
    for entry in entries:
        id = entry.id.rpartition(".")[0]
        if id not in found:
            found[id] = Section(id, _section_title(id))
        found[id].entries.append(entry)
    groups = list(dict.fromkeys(id.partition(".")[0] for id in found))
    return sorted(
        found.values(), key=lambda one: (groups.index(one.id.partition(".")[0]), "." in one.id)
    )


_SECTIONS = {
    "businesses": mark("Businesses"),
    "calendars": mark("Calendars"),
    "groups": mark("Groups"),
    "appointments": mark("Appointments"),
    "events": mark("Events"),
    "blocked-slots": mark("Blocked slots"),
    "free-slots": mark("Free slots"),
    "notes": mark("Notes"),
    "resources": mark("Resources"),
    "notifications": mark("Notifications"),
    "schedules": mark("Schedules"),
    "campaigns": mark("Campaigns"),
    "contacts": mark("Contacts"),
    "tasks": mark("Tasks"),
    "tags": mark("Tags"),
    "bulk": mark("Bulk"),
    "followers": mark("Followers"),
    "workflows": mark("Workflows"),
    "conversations": mark("Conversations"),
    "subtypes": mark("Subtypes"),
    "subscriptions": mark("Subscriptions"),
    "emails": mark("Emails"),
    "messages": mark("Messages"),
    "attachments": mark("Attachments"),
    "live-chat": mark("Live chat"),
    "locations": mark("Locations"),
    "recurring-tasks": mark("Recurring tasks"),
    "custom-fields": mark("Custom fields"),
    "custom-values": mark("Custom values"),
    "timezones": mark("Timezones"),
    "templates": mark("Templates"),
    "opportunities": mark("Opportunities"),
    "lost-reasons": mark("Lost reasons"),
    "pipelines": mark("Pipelines"),
    "users": mark("Users"),
}
"""Parts of the catalogue's ids in words."""


def _section_title(id: str) -> str:
    return " · ".join(tr(_SECTIONS.get(part, part)) for part in id.split("."))


def remark_of(entry: Entry) -> str:
    """What a person should know before choosing it, in a word."""
    if isinstance(entry, Action) and entry.deprecated:
        return tr("deprecated")
    return tr("agency only") if entry.token == "agency" else ""


def _words_of(entry: Entry) -> str:
    parts = [entry.title, entry.id, entry.summary, remark_of(entry)]
    if isinstance(entry, Action):
        parts += [entry.method, entry.path, tr("action")]
    else:
        parts += [entry.event, tr("trigger"), tr("event")]
    return fold(" ".join(parts))


class OperationListModel(QAbstractListModel):
    def __init__(self, entries: Sequence[Entry], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sections = sections(entries)
        self._words = {entry.id: _words_of(entry) for entry in entries}
        self._closed: set[str] = set()
        self._text = ""
        self._found = 0
        self._rows: list[Section | Entry] = []
        self._build()

    @property
    def found(self) -> int:
        """How many entries fit the search."""
        return self._found

    def search(self, text: str) -> None:
        """Show what has every word of ``text``, whichever groups are closed."""
        text = " ".join(fold(text).split())
        if text != self._text:
            self._text = text
            self._reset()

    def set_open(self, section_id: str, opened: bool) -> None:
        if self._text or opened is (section_id not in self._closed):
            return
        (self._closed.discard if opened else self._closed.add)(section_id)
        self._reset()

    def entry(self, index: QModelIndex | QPersistentModelIndex) -> Entry | None:
        """None for a group's title."""
        row = self._rows[index.row()] if index.isValid() else None
        return None if isinstance(row, Section) else row

    def section_id(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """The group of a row, or of which it is the title."""
        row = self._rows[index.row()]
        return row.id if isinstance(row, Section) else row.id.rpartition(".")[0]

    def is_open(self, section_id: str) -> bool:
        return bool(self._text) or section_id not in self._closed

    def index_of(self, id: str) -> QModelIndex:
        """Of an entry or a group's title; invalid where it is not shown."""
        for number, row in enumerate(self._rows):
            if row.id == id:
                return self.index(number, 0)
        return QModelIndex()

    def first(self) -> QModelIndex:
        """The first entry, below the first title."""
        return self.index(1, 0) if len(self._rows) > 1 else QModelIndex()

    def _reset(self) -> None:
        self.beginResetModel()
        self._build()
        self.endResetModel()

    def _build(self) -> None:
        words = self._text.split()
        self._rows, self._found = [], 0
        for section in self._sections:
            entries = [
                entry
                for entry in section.entries
                if all(word in self._words[entry.id] for word in words)
            ]
            if entries:
                self._found += len(entries)
                self._rows.append(Section(section.id, section.title, entries))
                if self.is_open(section.id):
                    self._rows += entries

    # What Qt asks.

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        return self._of_section(row, role) if isinstance(row, Section) else _of_entry(row, role)

    def _of_section(self, section: Section, role: int) -> Any:
        opened = self.is_open(section.id)
        match role:
            case OperationRole.KIND:
                return RowKind.HEADER
            case OperationRole.ID:
                return section.id
            case OperationRole.TITLE | Qt.ItemDataRole.DisplayRole:
                return section.title
            case OperationRole.COUNT:
                return count(len(section.entries))
            case OperationRole.OPEN:
                return opened
            case Qt.ItemDataRole.AccessibleTextRole:
                state = tr("open") if opened else tr("closed")
                return f"{section.title}, {count(len(section.entries))}, {state}"
            case _:
                return None


def _of_entry(entry: Entry, role: int) -> Any:
    match role:
        case OperationRole.KIND:
            return RowKind.ITEM
        case OperationRole.ID:
            return entry.id
        case OperationRole.METHOD:
            return entry.method if isinstance(entry, Action) else EVENT
        case OperationRole.TITLE | Qt.ItemDataRole.DisplayRole:
            return tr(entry.title)
        case OperationRole.REMARK:
            return remark_of(entry)
        case Qt.ItemDataRole.AccessibleTextRole:
            method = entry.method if isinstance(entry, Action) else tr("event")
            return tr(", ").join(filter(None, (tr(entry.title), method, remark_of(entry))))
        case _:
            return None
