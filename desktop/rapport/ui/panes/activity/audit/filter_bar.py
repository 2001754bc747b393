"""What of the audit log is listed: by words, whose change it was, the kind of record, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from rapport.domain.audit import OPERATION, AuditFilter
from rapport.domain.changes import Origin
from rapport.domain.records import Id
from rapport.domain.records import Kind as RecordKind
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.menus import add_choice, pop_up
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.chips import FilterChip
from rapport.ui.widgets.inputs import SearchField
from rapport.ui.widgets.segmented import Segmented, Shape

_ORIGINS: dict[str, tuple[Origin, ...]] = {
    "all": (),
    "mine": (Origin.PERSON, Origin.UNDO, Origin.NOTIFICATION, Origin.IMPORT),
    "crm": (Origin.SYNC, Origin.WEBHOOK),
    "rules": (Origin.RULE,),
}
_ANY_KIND = ""
_KINDS = (_ANY_KIND, *(kind.value for kind in RecordKind), OPERATION)
_DAYS = (0, 1, 7, 30)
"""How many days back, today included; 0 for all."""
_TYPED_MS = 120


class AuditFilterBar(QWidget):
    changed = Signal(object)
    """The :class:`AuditFilter` that is wanted now."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._kind, self._back = _ANY_KIND, 0
        self._contact_id: Id = ""
        self._group = 0
        self.search = SearchField(
            tr("Search the audit log"), self, placeholder=tr("Search the log"), key=""
        )
        self.search.setObjectName("audit-search")
        self.whose = Segmented(
            [
                ("all", tr("Everything")),
                ("mine", tr("Mine")),
                ("crm", tr("CRM")),
                ("rules", tr("Rules")),
            ],
            self,
            shape=Shape.ROUND,
            name=tr("Whose changes"),
        )
        self.whose.setObjectName("audit-whose")
        self.kind = self._chooser("audit-kind", self._offer_kinds)
        self.back = self._chooser("audit-back", self._offer_times)
        self.only = FilterChip("", self, icon="user")
        """The contact that alone is listed; the view gives it its place."""
        self.only.setObjectName("audit-contact")
        self.only.hide()
        self._typed = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._typed.timeout.connect(self.tell)
        self.search.textChanged.connect(lambda _: self._typed.start())
        self.whose.chosen.connect(lambda _: self.tell())
        self.only.removed.connect(lambda: self._show_only("", "", 0))
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.search, self.whose, self.kind, self.back):
            self.row.addWidget(widget)
        self.row.addStretch(1)
        self._say()

    def _chooser(self, name: str, offer: object) -> Button:
        button = Button(" ", self, kind=Kind.QUIET, size=Size.SMALL, chevron=True)
        button.setObjectName(name)
        button.clicked.connect(offer)
        return button

    def wanted(self) -> AuditFilter:
        return AuditFilter(
            text=self.search.text().strip(),
            origins=_ORIGINS[str(self.whose.value())],
            kinds=(self._kind,) if self._kind else (),
            contact_id=self._contact_id,
            group=self._group,
            since=self._since(),
        )

    def tell(self) -> None:
        """Ask for what is chosen now."""
        self._typed.stop()
        self._say()
        self.changed.emit(self.wanted())

    def show_contact(self, contact_id: Id, name: str) -> None:
        """List only what concerns a contact; "" for everybody again."""
        self._show_only(name, contact_id, 0)

    def show_group(self, undo_id: int, title: str) -> None:
        """List each of many edits made as one."""
        self._show_only(title, "", undo_id)

    def _show_only(self, name: str, contact_id: Id, group: int) -> None:
        self._contact_id, self._group = contact_id, group
        self.only.set_text(tr("Only {name}").format(name=name))
        self.only.setVisible(bool(contact_id or group))
        self.tell()

    def _since(self) -> datetime | None:
        if not self._back:
            return None
        clock = self._workspace.clock
        first = clock.now().astimezone(clock.zone()).date() - timedelta(days=self._back - 1)
        return datetime(first.year, first.month, first.day, tzinfo=clock.zone())

    def _say(self) -> None:
        for button, text, name in (
            (self.kind, _kind_words(self._kind), tr("Kind of record: {what}")),
            (self.back, _back_words(self._back), tr("Since when: {what}")),
        ):
            button.setText(text)
            button.setAccessibleName(name.format(what=text))
            button.restyle()

    def _offer_kinds(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("audit-kind-menu")
        for kind in _KINDS:
            add_choice(menu, _kind_words(kind), kind == self._kind, partial(self._set_kind, kind))
        pop_up(menu, self.kind)

    def _offer_times(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("audit-back-menu")
        for days in _DAYS:
            add_choice(menu, _back_words(days), days == self._back, partial(self._set_back, days))
        pop_up(menu, self.back)

    def _set_kind(self, kind: str) -> None:
        self._kind = kind
        self.tell()

    def _set_back(self, days: int) -> None:
        self._back = days
        self.tell()


def _kind_words(kind: str) -> str:
    words: dict[str, str] = {
        RecordKind.CONTACT: tr("Contacts"),
        RecordKind.TASK: tr("Tasks"),
        RecordKind.NOTE: tr("Notes"),
        RecordKind.APPOINTMENT: tr("Appointments"),
        OPERATION: tr("Operations"),
    }
    return words.get(kind, tr("All kinds"))


def _back_words(days: int) -> str:
    words = {1: tr("Today"), 7: tr("7 days"), 30: tr("30 days")}
    return words.get(days, tr("Any time"))
