"""What was understood, as chips: each can be switched off, and on again."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import NamedTuple

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import QWidget

from rapport.language import tr
from rapport.services.quick_add import Kind, Token
from rapport.ui.look.theme import current_theme
from rapport.ui.look.tokens import Pair
from rapport.ui.widgets.chips import Chip
from rapport.ui.wording import clock_time, dated

ICONS = {
    Kind.CONTACT: "user",
    Kind.DUE: "calendar",
    Kind.REPEAT: "repeat",
    Kind.REMIND: "bell",
    Kind.ASSIGNEE: "user",
    Kind.TAG: "tag",
}
_HUES = {
    Kind.CONTACT: 8,
    Kind.DUE: 0,
    Kind.REPEAT: 1,
    Kind.REMIND: 4,
    Kind.ASSIGNEE: 2,
}


def colours_of(kind: Kind, tag: str = "") -> Pair:
    theme = current_theme()
    return theme.tag(tag) if kind is Kind.TAG else theme.tokens.tags[_HUES[kind]]


class ChipWords(NamedTuple):
    """One thing that was understood. ``token`` None: nobody said it, it stands in for what was
    not; ``ghost``: it was switched off."""

    kind: Kind
    words: str
    token: Token | None
    tag: str = ""
    ghost: bool = False


def full_date(moment: datetime, zone: tzinfo) -> str:
    """“Friday 27 November 2026, 15:00”: nothing to guess."""
    local = moment.astimezone(zone)
    day = dated(QDate(local.year, local.month, local.day), "dddd d MMMM yyyy")
    return tr("{day}, {time}").format(day=day, time=clock_time(moment, zone))


class ReadChip(Chip):
    """A recognised part."""

    def __init__(self, told: ChipWords, parent: QWidget) -> None:
        self._told = told
        said = told.token is not None
        super().__init__(
            told.words, parent, icon=ICONS[told.kind], removable=said and not told.ghost
        )
        self.setObjectName(f"quick-add-{told.kind.value}")
        if told.ghost:
            self.setToolTip(tr("Read it again"))
            self.setAccessibleDescription(tr("Not read: stays in the title. Press to read it."))
        elif said:
            self.setToolTip(tr("Leave it in the title"))
        else:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def colours(self) -> Pair:
        if self._told.ghost or self._told.token is None:
            return Pair(self.tokens.muted, self.tokens.tint)
        return colours_of(self._told.kind, self._told.tag)
