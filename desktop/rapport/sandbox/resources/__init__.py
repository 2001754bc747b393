"""The operations, one module per resource. ``OPERATIONS`` is the whole table."""

from rapport.sandbox import consent, oauth
from rapport.sandbox.table import Operation

from . import (
    appointment_notes,
    appointments,
    businesses,
    calendar_groups,
    calendar_notifications,
    calendar_resources,
    calendars,
    contact_lists,
    contacts,
    conversation_preferences,
    conversations,
    custom_values,
    locations,
    memberships,
    message_files,
    messages,
    notes,
    opportunities,
    opportunity_search,
    schedules,
    tasks,
    templates,
    uploads,
    users,
)

_ROUTES = (
    consent.routes,
    oauth.routes,
    contacts.routes,
    contact_lists.routes,
    tasks.routes,
    notes.routes,
    memberships.routes,
    appointments.contact_routes,
    appointments.routes,
    appointment_notes.routes,
    calendar_groups.routes,
    calendar_notifications.routes,
    calendar_resources.routes,
    calendars.routes,
    schedules.routes,
    opportunity_search.routes,
    opportunities.routes,
    conversations.routes,
    messages.routes,
    message_files.routes,
    conversation_preferences.routes,
    locations.routes,
    custom_values.routes,
    templates.routes,
    uploads.routes,
    users.routes,
    businesses.routes,
)

OPERATIONS: tuple[Operation, ...] = tuple(
    operation for routes in _ROUTES for operation in routes.operations
)
