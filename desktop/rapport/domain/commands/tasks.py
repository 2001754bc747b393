"""Commands on a contact's tasks."""

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
from rapport.domain.commands.contacts import AddTags
from rapport.domain.errors import InputError
from rapport.domain.records import (
    Id,
    Kind,
    Ref,
)


class OnTask(OnRecord, frozen=True, kw_only=True):
    """What concerns one task that is there already."""

    task_id: Id

    @property
    def ref(self) -> Ref:
        return Ref(Kind.TASK, self.task_id)


class CreateTask(OnContact, frozen=True, kw_only=True):
    """``fields`` needs title and due_at: the API demands both (FACTS B2). ``tags`` are those that
    the contact gets with it."""

    task_id: Id
    fields: dict[str, Any]
    tags: tuple[str, ...] = ()

    TITLE = "Add task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        present(records, self.ref)
        if not str(self.fields.get("title") or "").strip():
            raise InputError("A task needs a title.", field="title")
        if not self.fields.get("due_at"):
            raise InputError("A task needs a due date.", field="due_at")
        values = {"completed": False, **self.fields, "contact_id": self.contact_id}
        made = create(Ref(Kind.TASK, self.task_id), values)
        if not self.tags:
            return made
        return made + AddTags(contact_id=self.contact_id, tags=self.tags).plan(records)


class EditTask(OnTask, frozen=True, kw_only=True):
    fields: dict[str, Any]

    TITLE = "Edit task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        if "title" in self.fields and not str(self.fields["title"]).strip():
            raise InputError("A task needs a title.", field="title")
        if "due_at" in self.fields and self.fields["due_at"] is None:
            raise InputError("A task needs a due date.", field="due_at")
        return update(records, self.ref, self.fields)


class CompleteTask(OnTask, frozen=True, kw_only=True):
    at: datetime

    TITLE = "Complete task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        ref = self.ref
        if present(records, ref)["completed"]:
            return ()
        return update(records, ref, {"completed": True, "completed_at": self.at})


class ReopenTask(OnTask, frozen=True, kw_only=True):
    TITLE = "Reopen task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return update(records, self.ref, {"completed": False, "completed_at": None})


class SnoozeTask(OnTask, frozen=True, kw_only=True):
    """Quiets the reminder until ``until``; the due date stays. Local to this computer."""

    until: datetime | None

    TITLE = "Snooze task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return update(records, self.ref, {"snoozed_until": self.until})


class DeleteTask(OnTask, frozen=True, kw_only=True):
    TITLE = "Delete task"

    def plan(self, records: Records) -> tuple[Mutation, ...]:
        return delete(records, self.ref)
