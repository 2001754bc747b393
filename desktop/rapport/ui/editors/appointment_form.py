"""The appointment form: everything an appointment has, for a new one and for one that exists."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rapport.domain.commands import CreateAppointment, EditAppointment
from rapport.domain.errors import RapportError
from rapport.domain.ports import Clock
from rapport.domain.records import APPOINTMENT_STATUSES, Appointment, Id
from rapport.domain.text import visible
from rapport.domain.views import AppointmentRow
from rapport.language import tr, trn
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.contact_picker import ContactPicker
from rapport.ui.editors.date_field import DateField
from rapport.ui.editors.forms import SaveKey, labelled
from rapport.ui.editors.record_form import RecordForm
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.inputs import LineEdit, Message, TextArea, TextInput
from rapport.ui.widgets.labels import Label
from rapport.ui.wording import appointment_status, clock_time, count

_LENGTHS_MIN = (15, 30, 45, 60, 90, 120, 180, 240)
_STANDARD_MIN = 60
_OFFERED = 8


class ZonedClock:
    """The account's time where the computer's is another: what is typed is meant there."""

    def __init__(self, clock: Clock, zone: tzinfo) -> None:
        self._clock, self._zone = clock, zone

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    def zone(self) -> tzinfo:
        return self._zone

    async def sleep(self, seconds: float) -> None:
        await self._clock.sleep(seconds)


class AppointmentForm(RecordForm):
    contact_asked = Signal(str)

    def __init__(
        self, context: WindowContext, parent: QWidget, workspace: Workspace, zone: tzinfo
    ) -> None:
        super().__init__(context, parent, workspace)
        self._zone = zone
        self._row: AppointmentRow | None = None
        self.heading = Label("", self, size=TextSize.SECTION, weight=SEMIBOLD)
        self.trouble = Message(self)
        self.title = TextInput(tr("Title"), self, placeholder=tr("What is it about?"))
        self.title.line.setObjectName("appointment-title")
        self.contact = ContactPicker(context, self)
        self.contact.line.setObjectName("appointment-contact")
        self.calendar = self._combo("appointment-calendar", tr("Calendar"))
        self.start = DateField(ZonedClock(workspace.clock, zone), self, name=tr("Begins"))
        self.start.line.setObjectName("appointment-start")
        self.length = self._combo("appointment-length", tr("Lasts"))
        self.free = Label("", self, size=TextSize.CAPTION, role="muted", wrap=True)
        self.slots = QWidget(self)
        self._slots = FlowLayout(self.slots, gap=4)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.slots.setSizePolicy(policy)
        self.anyway = QCheckBox(tr("Book it even where the calendar offers no such time"), self)
        self.anyway.setObjectName("appointment-anyway")
        self.status = self._combo("appointment-status", tr("Status"))
        self.assignee = self._combo("appointment-assignee", tr("With"))
        self.address = LineEdit(tr("Place"), self, placeholder=tr("Address or link"))
        self.address.setObjectName("appointment-place")
        self.notes = TextArea(tr("Notes"), self, lines=2)
        self.notes.setObjectName("appointment-notes")
        self.message = Message(self)
        self.delete = Button(tr("Delete"), self, kind=Kind.QUIET, icon="trash")
        self.delete.setObjectName("appointment-delete")
        self.delete.icon_role = "danger"
        self.open_contact = Button(tr("Contact"), self, kind=Kind.QUIET, icon="user")
        self.open_contact.setAccessibleName(tr("Open the contact"))
        self.cancel = Button(tr("Cancel"), self, kind=Kind.QUIET)
        self.save_button = Button(tr("Save"), self, kind=Kind.FILLED, key="Ctrl ↵")
        self.save_button.setAccessibleName(tr("Save appointment"))
        self.save_button.setObjectName("appointment-save")
        self._lay_out()
        self._connect()

    def _combo(self, object_name: str, name: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setObjectName(object_name)
        combo.setAccessibleName(name)
        combo.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        return combo

    def _lay_out(self) -> None:
        px = current_theme().type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(8))
        column.addWidget(self.heading)
        column.addWidget(self.trouble)
        column.addWidget(self.title)

        def pair(*parts: tuple[str, QWidget, int]) -> None:
            line = QHBoxLayout()
            line.setSpacing(px(12))
            for words, widget, share in parts:
                one = labelled(words, widget, self)
                one.addStretch(1)  # captions of a pair stand on one line
                line.addLayout(one, share)
            column.addLayout(line)

        pair((tr("Contact"), self.contact, 1), (tr("Calendar"), self.calendar, 1))
        pair((tr("Begins"), self.start, 2), (tr("Lasts"), self.length, 1))
        column.addWidget(self.free)
        column.addWidget(self.slots)
        column.addWidget(self.anyway)
        pair((tr("Status"), self.status, 1), (tr("With"), self.assignee, 1))
        column.addLayout(labelled(tr("Place"), self.address, self))
        column.addLayout(labelled(tr("Notes"), self.notes, self))
        column.addWidget(self.message)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.delete)
        foot.addWidget(self.open_contact)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.save_button)
        column.addLayout(foot)

    def _connect(self) -> None:
        self.title.submitted.connect(lambda _: self.save())
        self.start.submitted.connect(self.save)
        self.notes.submitted.connect(self.save)
        self.address.returnPressed.connect(self.save)
        self.save_button.clicked.connect(self.save)
        self.cancel.clicked.connect(self.given_up)
        self.delete.clicked.connect(lambda: self._tell(self.delete_asked))
        self.open_contact.clicked.connect(lambda: self._tell(self.contact_asked))
        lines = (self.title.line, self.start.line, self.contact.line, self.address, self.notes)
        for escaping in lines:
            escaping.escaped.connect(self.given_up)
        self.start.changed.connect(self._ask_free)
        self.calendar.currentIndexChanged.connect(lambda _: self._ask_free())
        SaveKey(self).pressed.connect(self.save)

    def _tell(self, signal: Any) -> None:
        if self._row is not None:
            visit = self._row.appointment
            signal.emit(visit.contact_id if signal is self.contact_asked else visit.id)

    # Beginning.

    def begin(
        self,
        row: AppointmentRow | None = None,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        contact_id: Id | None = None,
        contact_name: str = "",
        trouble: str = "",
    ) -> None:
        """Show an appointment, or an empty form for a time; ``trouble`` is what the CRM said."""
        self._row = row
        visit = row.appointment if row is not None else None
        self.heading.setText(tr("Edit appointment") if visit else tr("New appointment"))
        self.trouble.say(trouble)
        self.title.set_text(visit.title if visit else "")
        name = row.contact_name if row is not None else contact_name
        self.contact.set_contact(visit.contact_id if visit else contact_id, name)
        # The API has no way to move an appointment to another contact.
        self.contact.line.setReadOnly(visit is not None or contact_id is not None)
        self._fill_calendars(visit.calendar_id if visit else None)
        start = visit.start_at if visit else start
        end = visit.end_at if visit else end
        self.start.set_moment(start)
        self._fill_lengths(start, end)
        self._fill_statuses(visit.status.lower() if visit else "confirmed")
        self._fill_assignees(visit.assigned_to if visit else self._me())
        self.address.setText(visible(visit.address) if visit else "")
        self.notes.setPlainText(visit.notes if visit else "")
        self.anyway.setVisible(row is None or not row.at_server)
        self.anyway.setChecked(visit.anywhen if visit else False)
        self.delete.setVisible(visit is not None)
        self.open_contact.setVisible(visit is not None)
        self.message.say("")
        self._before = self.typed()
        self._say_rights()
        self._ask_free()

    def _say_rights(self) -> None:
        why = self.workspace.capabilities.why_not_book
        if why is None and not self.workspace.reference.calendars:
            why = tr("The location’s calendars are not known: nothing can be booked.")
        for button in (self.save_button, self.delete):
            button.setEnabled(why is None)
            button.setToolTip(why or "")
            button.setAccessibleDescription(why or "")
        if why is not None:
            self.message.say(why)

    def _me(self) -> str | None:
        return self.workspace.account.user_id or None

    def _fill_calendars(self, chosen: str | None) -> None:
        self.calendar.clear()
        for one in self.workspace.reference.calendars:
            if one.active or one.id == chosen:
                self.calendar.addItem(visible(one.name), one.id)
        if chosen and self.calendar.findData(chosen) < 0:
            self.calendar.addItem(tr("Another calendar"), chosen)
        self.calendar.setCurrentIndex(max(0, self.calendar.findData(chosen)))

    def _fill_lengths(self, start: datetime | None, end: datetime | None) -> None:
        minutes = self._usual_min()
        if start is not None and end is not None:
            minutes = max(0, (end - start) // timedelta(minutes=1))
        self.length.clear()
        for one in sorted({*_LENGTHS_MIN, minutes} - {0}):
            self.length.addItem(_length_words(one), one)
        self.length.setCurrentIndex(max(0, self.length.findData(minutes)))

    def _usual_min(self) -> int:
        """How long the chosen calendar's appointments are."""
        for one in self.workspace.reference.calendars:
            length = one.extra.get("slotDuration")
            if one.id == self.calendar.currentData() and isinstance(length, int | float):
                hours = one.extra.get("slotDurationUnit") == "hours"
                return max(5, round(length * (60 if hours else 1)))
        return _STANDARD_MIN

    def _fill_statuses(self, chosen: str) -> None:
        self.status.clear()
        for one in dict.fromkeys((*APPOINTMENT_STATUSES, chosen)):
            self.status.addItem(appointment_status(one), one)
        self.status.setCurrentIndex(max(0, self.status.findData(chosen)))

    def _fill_assignees(self, chosen: str | None) -> None:
        reference = self.workspace.reference
        self.assignee.clear()
        self.assignee.addItem(tr("Anybody"), None)
        for user in reference.users:
            self.assignee.addItem(visible(user.name), user.id)
        if chosen and reference.user(chosen) is None:
            self.assignee.addItem(tr("A colleague"), chosen)
        self.assignee.setCurrentIndex(max(0, self.assignee.findData(chosen)))

    def typed(self) -> dict[str, Any]:
        """What the form says now, as typed: to compare, and to bring back."""
        return {
            "title": self.title.text(),
            "contact": (self.contact.contact_id, self.contact.line.text()),
            "calendar": self.calendar.currentData(),
            "start": self.start.line.text(),
            "length": self.length.currentData(),
            "anyway": self.anyway.isChecked(),
            "status": self.status.currentData(),
            "assignee": self.assignee.currentData(),
            "address": self.address.text(),
            "notes": self.notes.toPlainText(),
        }

    def restore(self, typed: dict[str, Any]) -> None:
        """Bring back what :meth:`typed` gave."""
        self.title.set_text(typed["title"])
        self.contact.set_contact(*typed["contact"])
        self.start.line.setText(typed["start"])
        self.start.line.textEdited.emit(typed["start"])
        self.anyway.setChecked(typed["anyway"])
        self.address.setText(typed["address"])
        self.notes.setPlainText(typed["notes"])
        combos = {
            "calendar": self.calendar,
            "length": self.length,
            "status": self.status,
            "assignee": self.assignee,
        }
        for name, combo in combos.items():
            combo.setCurrentIndex(max(0, combo.findData(typed[name])))

    # Free times.

    def _ask_free(self) -> None:
        at, calendar = self.start.moment(), self.calendar.currentData()
        if at is not None and calendar and self.workspace.capabilities.has("calendars.readonly"):
            self._context.runner.start(lambda: self._show_free(at, calendar), slot="free-slots")
        else:
            self._offer((), "")

    async def _show_free(self, at: datetime, calendar: str) -> None:
        day = at.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            found = await self.workspace.sync.free_slots(calendar, day, day + timedelta(days=1))
        except RapportError:
            self._offer((), tr("The calendar’s free times cannot be asked for at the moment."))
            return
        if not found:
            self._offer((), tr("The calendar offers no free time on that day."))
        else:
            self._offer(found, tr("Free on that day:"))

    def _offer(self, found: tuple[datetime, ...], words: str) -> None:
        while (item := self._slots.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        near = self.start.moment()
        if near is not None and len(found) > _OFFERED:
            found = tuple(sorted(sorted(found, key=lambda at: abs(at - near))[:_OFFERED]))
        for at in found:
            button = Button(clock_time(at, self._zone), self.slots, size=Size.CHIP)
            button.setObjectName("appointment-slot")
            button.clicked.connect(lambda _=False, at=at: self.start.set_moment(at))
            self._slots.addWidget(button)
            button.show()
        self.free.setText(words)
        self.free.setVisible(bool(words))
        self.slots.setVisible(bool(found))
        self.slots.updateGeometry()

    # Saving.

    def _wrong(self) -> list[QWidget]:
        wrong: list[QWidget] = []
        if self.contact.complain():
            wrong.append(self.contact)
        if self.start.complain():
            wrong.append(self.start)
        return wrong

    def _values(self) -> dict[str, Any]:
        start = self.start.moment()
        assert start is not None
        return {
            "title": self.title.text().strip(),
            "calendar_id": self.calendar.currentData(),
            "start_at": start,
            "end_at": start + timedelta(minutes=self.length.currentData()),
            "status": self.status.currentData(),
            "assigned_to": self.assignee.currentData(),
            "address": self.address.text().strip(),
            "notes": self.notes.toPlainText(),
        }

    async def _commit(self) -> Id:
        values, row = self._values(), self._row
        about = values["title"] or self.contact.line.text()
        if row is None:
            contact_id = self.contact.contact_id
            assert contact_id is not None
            id = self.workspace.new_id()
            fields = {**values, "anywhen": self.anyway.isChecked()}
            command = CreateAppointment(appointment_id=id, contact_id=contact_id, fields=fields)
            await self._context.perform(command, about, workspace=self.workspace)
            return id
        if not row.at_server:
            values["anywhen"] = self.anyway.isChecked()
        changed = _changed(row.appointment, values)
        if changed:
            edit = EditAppointment(appointment_id=row.appointment.id, fields=changed)
            await self._context.perform(edit, about, workspace=self.workspace)
        return row.appointment.id


def _changed(visit: Appointment, values: dict[str, Any]) -> dict[str, Any]:
    return {name: want for name, want in values.items() if getattr(visit, name) != want}


def _length_words(minutes: int) -> str:
    if minutes % 60 == 0 and minutes >= 60:
        hours = minutes // 60
        return trn("{n} hour", "{n} hours", hours).format(n=count(hours))
    return tr("{n} min").format(n=count(minutes))
