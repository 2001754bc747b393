"""The encrypted local copy of one account: the only SQL in the house."""

from rapport.store.database import Database
from rapport.store.outbox import Outbox
from rapport.store.queries import Queries
from rapport.store.repair import Rescued, rescue
from rapport.store.replica import Replica
from rapport.store.store import Store
from rapport.store.views import (
    Absorbed,
    ConflictRow,
    OpState,
    OutboxCounts,
    OutboxEntry,
    Snapshot,
)

__all__ = [
    "Absorbed",
    "ConflictRow",
    "Database",
    "OpState",
    "Outbox",
    "OutboxCounts",
    "OutboxEntry",
    "Queries",
    "Replica",
    "Rescued",
    "Snapshot",
    "Store",
    "rescue",
]
