"""Contacts that may be there twice: the list, the merge side by side, and the way back."""
