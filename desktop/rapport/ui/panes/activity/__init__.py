"""The Activity page: what waits, what needs a decision, what happened, and the operations."""

from rapport.ui.panes.activity.page import ActivityPage

__all__ = ["ActivityPage"]
