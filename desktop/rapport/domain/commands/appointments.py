"""Commands on appointments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rapport.domain.changes import Mutation
from rapport.domain.commands.base import (
    OnContact,
    OnRecord,
    Records,
    create,
    delete,
    present,
    update,
)
from rapport.domain.errors import InputError
from rapport.domain.records import (
    APPOINTMENT_STATUSES,
    Appointment,
    Id,
    Kind,
    Ref,
    json_ready,
    record_from,
)


class OnAppointment(OnRecord, frozen=True, kw_only=True):
    """What concerns one appointment that is there already."""

    appointment_id: Id

    @property
    def ref(self) -> Ref:
        return Ref(Kind.APPOINTMENT, self.appointment_id)


def _check_times(start_at: Any, end_at: Any) -> None:
    if start_at is None or end_at is None:
        raise InputError("An appointment needs a beginning and an end.", field="start_at")
    if end_at <= start_at:
        raise InputError("An appointment ends after it begins.", field="end_at")


class CreateAppointment(OnContact, frozen=True, kw_only=True):
    """``fields`` needs calendar_id, start_at and end_at (FACTS B5)."""

    appointment_id: Id
    fields: dict[str, Any]

    TITLE = "Create appointment"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        present(records, self.ref)
        if not self.fields.get("calendar_id"):
            raise InputError("An appointment needs a calendar.", field="calendar_id")
        _check_times(self.fields.get("start_at"), self.fields.get("end_at"))
        values = {"status": "confirmed", **self.fields, "contact_id": self.contact_id}
        return create(Ref(Kind.APPOINTMENT, self.appointment_id), values)


class EditAppointment(OnAppointment, frozen=True, kw_only=True):
    fields: dict[str, Any]

    TITLE = "Edit appointment"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        planned = update(records, self.ref, self.fields)
        if "start_at" in self.fields or "end_at" in self.fields:
            now = record_from(
                Kind.APPOINTMENT,
                self.appointment_id,
                {**present(records, self.ref), **json_ready(self.fields)},
            )
            assert isinstance(now, Appointment)
            _check_times(now.start_at, now.end_at)
        return planned


class MoveAppointment(OnAppointment, frozen=True, kw_only=True):
    """To where somebody put it by hand, offered by its calendar or not."""

    start_at: datetime
    end_at: datetime

    TITLE = "Move appointment"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        _check_times(self.start_at, self.end_at)
        wanted = {"start_at": self.start_at, "end_at": self.end_at, "anywhen": True}
        return update(records, self.ref, wanted)


class SetAppointmentStatus(OnAppointment, frozen=True, kw_only=True):
    status: str

    TITLE = "Set appointment status"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        if self.status not in APPOINTMENT_STATUSES:
            raise InputError(f"An appointment cannot be “{self.status}”.", field="status")
        return update(records, self.ref, {"status": self.status})


class DeleteAppointment(OnAppointment, frozen=True, kw_only=True):
    TITLE = "Delete appointment"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return delete(records, self.ref)
