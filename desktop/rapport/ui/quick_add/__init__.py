"""A task in one sentence: what is typed, what was understood, and nothing guessed in silence."""

from rapport.ui.quick_add.dialog import QuickAdd

__all__ = ["QuickAdd"]
