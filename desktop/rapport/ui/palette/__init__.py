"""Ctrl+K: every action and every record by a few letters."""

from rapport.ui.palette.dialog import Palette

__all__ = ["Palette"]
