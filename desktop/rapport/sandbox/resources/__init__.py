"""The operations, one module per resource. ``OPERATIONS`` is the whole table."""

from rapport.sandbox import consent, oauth
from rapport.sandbox.table import Operation

from . import calendars, contact_lists, contacts, locations, memberships, notes, tasks, team

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
    team.routes,
)

OPERATIONS: tuple[Operation, ...] = tuple(
    operation for routes in _ROUTES for operation in routes.operations
)
