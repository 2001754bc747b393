"""What can be done with a note or an appointment of the timeline, besides writing: pin and colour,
and what became of the appointment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu

from rapport.domain.commands import ColourNote, PinNote, SetAppointmentStatus
from rapport.domain.errors import InputError
from rapport.domain.records import Note
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.html import plain_text
from rapport.ui.context import WindowContext
from rapport.ui.menus import add_choice, pop_up
from rapport.ui.notes.colours import COLOURS

if TYPE_CHECKING:
    from rapport.ui.panes.detail.timeline import Timeline

STATUSES = ("confirmed", "showed", "noshow", "cancelled")
"""What a person says of an appointment; the others are the CRM's own."""
_BEGINNING = 60


def beginning(note: Note) -> str:
    """The note in a toast."""
    return visible(plain_text(note.body[:400]))[:_BEGINNING]


class EntryActions(QObject):
    def __init__(self, context: WindowContext, timeline: Timeline) -> None:
        super().__init__(timeline)
        self._context = context
        self._timeline = timeline
        actions = context.actions
        actions.bind("note.pin", self._pin)
        actions.bind("note.colour", self._choose_colour)
        for status in STATUSES:
            actions.bind(f"appointment.{status}", partial(self._set_status, status))
        context.situation_changed.connect(self._retitle)

    def _retitle(self) -> None:
        note = self._timeline.note(self._context.situation.note_id)
        pinned = note is not None and note.pinned
        self._context.actions.retitle("note.pin", tr("Unpin note") if pinned else "")

    def _note(self) -> Note:
        note = self._timeline.note(self._context.situation.note_id)
        if note is None:
            raise InputError(tr("No note is chosen."))
        return note

    async def _pin(self) -> None:
        note = self._note()
        await self._context.perform(
            PinNote(note_id=note.id, pinned=not note.pinned), beginning(note)
        )

    def _choose_colour(self) -> None:
        note = self._note()
        row = self._timeline.row_of(f"note:{note.id}")
        if row is None:
            return
        menu = QMenu(row)
        menu.setObjectName("note-colours")
        for colour, name in COLOURS.items():
            chosen = note.color.upper() == colour
            item = add_choice(menu, tr(name), chosen, partial(self._colour, note, colour))
            item.setIcon(_swatch(colour))
        pop_up(menu, row)

    def _colour(self, note: Note, colour: str) -> None:
        self._context.runner.own(
            self._context.perform(ColourNote(note_id=note.id, color=colour), beginning(note))
        )

    async def _set_status(self, status: str) -> None:
        visit = self._timeline.appointment(self._context.situation.appointment_id)
        if visit is None:
            raise InputError(tr("No appointment is chosen."))
        await self._context.perform(
            SetAppointmentStatus(appointment_id=visit.id, status=status), visible(visit.title)
        )


def _swatch(colour: str) -> QIcon:
    if not colour:
        return QIcon()
    picture = QPixmap(12, 12)
    picture.fill(QColor(colour))
    return QIcon(picture)
