"""Everything a person, a rule or a notification can do to a record, as frozen values.

A command says what is meant; ``plan`` is pure and says what that does to the records as they are at
the moment of the commit. The title is the name in the menu, the undo list and the audit log. A
command that no longer makes sense (the record is gone) raises :class:`InputError`.
"""

from __future__ import annotations

from rapport.domain.commands.appointments import (
    CreateAppointment,
    DeleteAppointment,
    EditAppointment,
    MoveAppointment,
    OnAppointment,
    SetAppointmentStatus,
)
from rapport.domain.commands.base import (
    UNDO_WINDOW_S,
    Command,
    OnContact,
    Records,
)
from rapport.domain.commands.conflicts import (
    CUSTOM,
    AcceptDeletion,
    CreateAgain,
    ResolveConflict,
)
from rapport.domain.commands.contacts import (
    AddTags,
    CreateContact,
    DeleteContact,
    EditContact,
    EditCustomField,
    RemoveTags,
    normal_tag,
)
from rapport.domain.commands.notes import (
    ColourNote,
    CreateNote,
    DeleteNote,
    EditNote,
    OnNote,
    PinNote,
)
from rapport.domain.commands.tasks import (
    CompleteTask,
    CreateTask,
    DeleteTask,
    EditTask,
    OnTask,
    ReopenTask,
    SnoozeTask,
)
from rapport.domain.commands.together import (
    TakeBack,
    Together,
    is_local,
    kinds_of,
    titled,
)

__all__ = [
    "CUSTOM",
    "UNDO_WINDOW_S",
    "AcceptDeletion",
    "AddTags",
    "ColourNote",
    "Command",
    "CompleteTask",
    "CreateAgain",
    "CreateAppointment",
    "CreateContact",
    "CreateNote",
    "CreateTask",
    "DeleteAppointment",
    "DeleteContact",
    "DeleteNote",
    "DeleteTask",
    "EditAppointment",
    "EditContact",
    "EditCustomField",
    "EditNote",
    "EditTask",
    "MoveAppointment",
    "OnAppointment",
    "OnContact",
    "OnNote",
    "OnTask",
    "PinNote",
    "Records",
    "RemoveTags",
    "ReopenTask",
    "ResolveConflict",
    "SetAppointmentStatus",
    "SnoozeTask",
    "TakeBack",
    "Together",
    "is_local",
    "kinds_of",
    "normal_tag",
    "titled",
]
