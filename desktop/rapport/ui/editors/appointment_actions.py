"""What can be done to the chosen appointment, and how a new one is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

from rapport.domain.commands import DeleteAppointment, SetAppointmentStatus
from rapport.domain.errors import InputError
from rapport.domain.records import Id
from rapport.domain.text import visible
from rapport.domain.views import AppointmentRow
from rapport.language import mark, told, tr
from rapport.services.workspace import Workspace
from rapport.ui.context import Page, WindowContext
from rapport.ui.editors.appointment_form import AppointmentForm
from rapport.ui.editors.form_popover import FormPopover
from rapport.ui.widgets.overlay import Popover
from rapport.ui.wording import appointment_status

STATUSES = ("confirmed", "showed", "noshow", "cancelled")
"""Those that are a key away."""


class AppointmentActions(QObject):
    """Binds the appointment actions to the situation's appointment, on whatever page it is."""

    def __init__(self, context: WindowContext, home: QWidget) -> None:
        """``home`` is what popovers belong to."""
        super().__init__(home)
        self._context = context
        self.popover = AppointmentPopover(context, home)
        actions = context.actions
        actions.bind("appointment.new", self.new)
        actions.bind("appointment.edit", lambda: self.edit(self._chosen()))
        actions.bind("appointment.delete", lambda: delete(context, self._chosen()))
        for status in STATUSES:
            actions.bind(f"appointment.{status}", partial(self.set_status, status))

    def _chosen(self) -> Id:
        id = self._context.situation.appointment_id
        if id is None:
            raise InputError("No appointment is chosen.")
        return id

    async def new(self) -> None:
        """For the contact that is shown, in an hour; elsewhere the form asks for one."""
        situation, workspace = self._context.situation, self._context.workspace
        contact_id = situation.contact_id if situation.page is Page.CONTACTS else None
        row = await workspace.queries.row_of(contact_id) if contact_id else None
        start = workspace.clock.now().replace(minute=0, second=0, microsecond=0)
        start += timedelta(hours=1)
        self.popover.open(
            None,
            start=start,
            contact_id=row.id if row is not None else None,
            contact_name=row.name if row is not None else "",
        )

    async def edit(self, id: Id) -> None:
        spot = _spot()
        row, trouble = await _row(self._context, id), ""
        if row.refused:
            for item in await self._context.workspace.waiting.items():
                if item.ref.id == id and item.error:
                    trouble = told(item.error)
        self.popover.open(spot, row, trouble=trouble)

    async def set_status(self, status: str) -> None:
        row = await _row(self._context, self._chosen())
        visit = row.appointment
        about = f"{visible(visit.title)} · {appointment_status(status)}"
        command = SetAppointmentStatus(appointment_id=visit.id, status=status)
        await self._context.perform(command, about)


async def _row(context: WindowContext, id: Id) -> AppointmentRow:
    row = await context.workspace.queries.appointment(id)
    if row is None:
        raise InputError("This appointment is not there any more.")
    return row


async def delete(context: WindowContext, id: Id) -> None:
    row = await _row(context, id)
    about = visible(row.appointment.title) or visible(row.contact_name)
    await context.perform(DeleteAppointment(appointment_id=id), about)


def _spot() -> QRect | None:
    """Where the chosen one is seen in the window: a popover opens there."""
    focused = QApplication.focusWidget()
    if not isinstance(focused, QAbstractItemView):
        return None
    area, ground = focused.visualRect(focused.currentIndex()), focused.viewport()
    if area.isEmpty():
        return None
    return QRect(ground.mapTo(focused.window(), area.topLeft()), area.size())


class AppointmentPopover(FormPopover):
    """Opens the appointment form."""

    NOT_SAVED = mark("Appointment not saved")
    ICON = "calendar"

    def open(
        self,
        spot: QRect | None,
        row: AppointmentRow | None = None,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        contact_id: Id | None = None,
        contact_name: str = "",
        trouble: str = "",
        typed: dict[str, Any] | None = None,
    ) -> AppointmentForm:
        """Open for an appointment, or for a new one at a time; ``typed`` is what an earlier form
        held."""
        workspace: Workspace = self._context.workspace
        self.close()
        name = tr("Edit appointment") if row else tr("New appointment")
        popover = Popover(self._home, width=460, name=name)
        popover.setObjectName("appointment-popover")
        form = AppointmentForm(self._context, popover.panel, workspace, workspace.zone)
        given: dict[str, Any] = {
            "start": start,
            "end": end,
            "contact_id": contact_id,
            "contact_name": contact_name,
            "trouble": trouble,
        }
        form.begin(row, **given)
        if typed is not None:
            form.restore(typed)
        popover.body.addWidget(form)
        self._popover = popover
        form.saved.connect(lambda _: popover.close())
        form.given_up.connect(popover.close)
        form.delete_asked.connect(lambda id: self._delete(id, form))
        form.contact_asked.connect(lambda id: self._show_contact(id, form))
        again = partial(self.open, None, row, **given)
        popover.closed.connect(lambda: self._closed(popover, form, again))
        if spot is None:
            window = popover.window()
            spot = QRect(window.width() // 2 - 230, window.height() // 8, 460, 1)
        popover.open_at_rect(spot)
        form.title.line.setFocus()
        form.title.line.selectAll()
        return form

    def _delete(self, id: Id, form: AppointmentForm) -> None:
        form.forget()
        self.close()
        self._context.runner.own(delete(self._context, id))

    def _show_contact(self, contact_id: Id, form: AppointmentForm) -> None:
        self.close()
        self._context.open_contact(contact_id)
