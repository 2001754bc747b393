"""The same done to many records: choosing what, seeing it before, and what came of it."""

from rapport.ui.bulk.actions import BulkActions

__all__ = ["BulkActions"]
