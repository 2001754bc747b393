"""The detail of one contact: who it is, its fields and tags, its timeline, the note composer."""

from rapport.ui.panes.detail.pane import DetailPane

__all__ = ["DetailPane"]
