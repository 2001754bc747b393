"""The operations, one module per resource. ``OPERATIONS`` is the whole table."""

from rapport.sandbox import consent, oauth
from rapport.sandbox.table import Operation

from . import (
    businesses,
    calendars,
    contact_lists,
    contacts,
    custom_values,
    locations,
    memberships,
    notes,
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
    calendars.contact_routes,
    calendars.routes,
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
