"""The CRM as one object: what it can do, by resource."""

from __future__ import annotations

from typing import Generic, TypeVar

from rapport.api.caller import Caller
from rapport.api.resources.automation import Campaigns, Workflows
from rapport.api.resources.calendars import Appointments, BlockedSlots, Calendars
from rapport.api.resources.contacts import Contacts
from rapport.api.resources.conversations import Conversations
from rapport.api.resources.location import CustomFields, CustomValues, Tags, TheLocation
from rapport.api.resources.notes import Notes
from rapport.api.resources.opportunities import Opportunities
from rapport.api.resources.resource import Resource
from rapport.api.resources.tasks import RecurringTasks, Tasks
from rapport.api.resources.team import Businesses, Users

R = TypeVar("R", bound=Resource)


class _Of(Generic[R]):
    """A resource of the client that it is asked of, made once."""

    def __init__(self, resource: type[R]) -> None:
        self._resource = resource

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, client: Caller, owner: type | None = None) -> R:
        made = client.__dict__[self._name] = self._resource(client)
        return made


class ApiClient(Caller):
    """``client.contacts.get(rid)``, ``client.tasks.of(rid)`` …; see :class:`Caller` for what they
    raise."""

    contacts = _Of(Contacts)
    tasks = _Of(Tasks)
    recurring_tasks = _Of(RecurringTasks)
    notes = _Of(Notes)
    location = _Of(TheLocation)
    tags = _Of(Tags)
    custom_fields = _Of(CustomFields)
    custom_values = _Of(CustomValues)
    users = _Of(Users)
    businesses = _Of(Businesses)
    workflows = _Of(Workflows)
    campaigns = _Of(Campaigns)
    calendars = _Of(Calendars)
    appointments = _Of(Appointments)
    blocked_slots = _Of(BlockedSlots)
    opportunities = _Of(Opportunities)
    conversations = _Of(Conversations)
