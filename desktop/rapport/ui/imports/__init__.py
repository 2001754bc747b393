"""Contacts from a file: its columns, what each row would do, and how it goes."""

from rapport.ui.imports.dialog import ImportDialog, choose_file

__all__ = ["ImportDialog", "choose_file"]
