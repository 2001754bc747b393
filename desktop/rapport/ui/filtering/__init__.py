"""The filter builder: lines, groups, and the dialog around them."""

from rapport.ui.filtering.dialog import FilterDialog, ask_filter

__all__ = ["FilterDialog", "ask_filter"]
