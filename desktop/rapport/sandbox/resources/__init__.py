"""The operations, one module per resource. ``OPERATIONS`` is the whole table."""

from .. import oauth
from ..table import Operation
from . import contact_lists, contacts

OPERATIONS: tuple[Operation, ...] = tuple(
    operation
    for module in (oauth, contacts, contact_lists)
    for operation in module.routes.operations
)
