"""Giving up words where there is no room for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QLayout


def fit(layout: QLayout, width: int, steps: Sequence[Callable[[bool], object]]) -> None:
    """Take ``steps``, in order, until the layout needs no more than ``width`` pixels; each is
    called with whether it is taken. Call it when the width, the words or the theme has changed."""
    for step in steps:
        step(False)
    for step in steps:
        layout.invalidate()
        if layout.minimumSize().width() <= width:
            return
        step(True)
