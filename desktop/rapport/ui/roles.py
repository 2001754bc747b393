"""The roles through which models tell delegates and views what a row says.

Words come ready for people (translated, dates and counts through the locale); colours and sizes are
the look's business.
"""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import Qt

from rapport.language import tr

_FIRST = int(Qt.ItemDataRole.UserRole) + 1


class DueState(IntEnum):
    """How near a task is."""

    NONE = 0
    OVERDUE = 1
    TODAY = 2
    FUTURE = 3


class Density(IntEnum):
    """How much of a contact a row shows."""

    COMFORTABLE = 0
    COMPACT = 1


class ContactRole(IntEnum):
    """A row of the contact list. Give ``Qt.AccessibleTextRole`` as well: :func:`say_contact`."""

    ID = _FIRST
    SEED_ID = _FIRST + 1
    """str: chooses the avatar's tone; falls back to ID"""
    NAME = _FIRST + 2
    COMPANY = _FIRST + 3
    TAGS = _FIRST + 4
    """tuple[str, ...], in the order to show"""
    DUE_TEXT = _FIRST + 5
    """str: "2 days late", "Today 15:00" """
    DUE_SHORT = _FIRST + 6
    """str for compact rows: "2 d late", "15:00"; falls back to DUE_TEXT"""
    DUE_STATE = _FIRST + 7
    """DueState"""
    PENDING = _FIRST + 8
    """bool: an edit waits to be sent"""
    CONFLICT = _FIRST + 9
    """bool: a decision waits"""
    DND = _FIRST + 10
    """bool: do not disturb"""
    MATCHES = _FIRST + 12
    """tuple of (start, length): the matched parts of COMPANY, where that is a snippet"""
    LOADED = _FIRST + 11
    """bool, True when absent: False paints a skeleton while the row is fetched"""
    CELLS = _FIRST + 13
    """tuple[str, ...]: what stands in the columns of a table; "" in those that are drawn"""


class RowKind(IntEnum):
    """What a row of a mixed list is."""

    ITEM = 0
    HEADER = 1


class PaletteRole(IntEnum):
    """A row of the command palette. Give ``Qt.AccessibleTextRole`` as well."""

    KIND = _FIRST + 300
    """RowKind; a HEADER has TITLE only"""
    TITLE = _FIRST + 301
    SPANS = _FIRST + 302
    """tuple of (start, length): the matched parts of TITLE"""
    ABOUT = _FIRST + 303
    """str: what is said beside the title"""
    ICON = _FIRST + 304
    SEED = _FIRST + 305
    """str: an avatar instead of the icon"""
    KEYS = _FIRST + 306
    """str: the key sequence as this desktop writes it"""
    ENABLED = _FIRST + 307


class TaskRole(IntEnum):
    """A row of a task list. Give ``Qt.AccessibleTextRole`` as well: :func:`say_task`."""

    KIND = _FIRST + 100
    """RowKind; a HEADER has TITLE, COUNT and DUE_STATE (OVERDUE draws it as a warning)"""
    ID = _FIRST + 101
    TITLE = _FIRST + 102
    COUNT = _FIRST + 103
    """str: the count beside a header"""
    CONTACT = _FIRST + 104
    COMPANY = _FIRST + 105
    ACCOUNT_NAME = _FIRST + 106
    """str: its first letter stands on the badge; empty hides the badge"""
    ACCOUNT_COLOUR = _FIRST + 107
    """str, "#RRGGBB": see tokens.account_colour"""
    DUE_TEXT = _FIRST + 108
    DUE_STATE = _FIRST + 109
    DONE = _FIRST + 110
    REMINDER = _FIRST + 111
    REPEATS = _FIRST + 112
    PENDING = _FIRST + 113
    CONFLICT = _FIRST + 114
    SNOOZED_TEXT = _FIRST + 115
    """str: "until 14:00"; empty when the task is not snoozed"""
    ASSIGNEE = _FIRST + 116
    ASSIGNEE_ID = _FIRST + 117


class NavKind(IntEnum):
    """What a row of the sidebar is."""

    PLACE = 0
    """32 high, with an icon"""
    LIST = 1
    """28 high, with an icon"""
    TAG = 2
    """28 high, with a dot in the tag's hue"""
    SECTION = 3
    """a title, with a plus when ADDABLE"""


class NavRole(IntEnum):
    """A row of the sidebar."""

    KIND = _FIRST + 200
    ID = _FIRST + 201
    TEXT = _FIRST + 202
    ICON = _FIRST + 203
    COUNT = _FIRST + 204
    """str: the count at the end, ready for people"""
    ALERT = _FIRST + 205
    """bool: the count asks for a decision"""
    ADDABLE = _FIRST + 206
    """bool: a SECTION takes new entries"""


class OperationRole(IntEnum):
    """A row of the operations list. Give ``Qt.AccessibleTextRole`` as well."""

    KIND = _FIRST + 300
    """RowKind; a HEADER has TITLE, COUNT and OPEN"""
    ID = _FIRST + 301
    METHOD = _FIRST + 302
    """str: GET, POST, PUT, DELETE; EVENT for a trigger"""
    TITLE = _FIRST + 303
    REMARK = _FIRST + 304
    """str: a word at the end, such as "deprecated" """
    COUNT = _FIRST + 305
    OPEN = _FIRST + 306
    """bool: whether the rows below a header are shown"""


class EntryRole(IntEnum):
    """A row of the sync ledger or of the inbox: who, when, and one line of what."""

    KIND = _FIRST + 400
    """RowKind; a HEADER has NAME and COUNT"""
    ID = _FIRST + 401
    SEED_ID = _FIRST + 402
    """str: chooses the avatar's tone"""
    NAME = _FIRST + 403
    TIME = _FIRST + 404
    ICON = _FIRST + 405
    ICON_COLOUR = _FIRST + 406
    """str: the name of a colour token"""
    TEXT = _FIRST + 407
    COUNT = _FIRST + 408


class AuditRole(IntEnum):
    """A row of the audit log. Give ``Qt.AccessibleTextRole`` as well."""

    KIND = _FIRST + 500
    """RowKind; a HEADER has TITLE, the day"""
    TITLE = _FIRST + 501
    RECORD = _FIRST + 502
    WHO = _FIRST + 503
    TIME = _FIRST + 504
    ICON = _FIRST + 505
    PENDING = _FIRST + 506
    REFUSED = _FIRST + 507
    LOADED = _FIRST + 508
    """bool: False paints a skeleton while the entry is fetched"""


def _say(parts: list[str]) -> str:
    return tr(", ").join(part for part in parts if part)


def say_contact(
    name: str,
    company: str = "",
    tags: tuple[str, ...] = (),
    due: str = "",
    *,
    pending: bool = False,
    conflict: bool = False,
    dnd: bool = False,
) -> str:
    """Return the accessible text of a contact row: all that the row shows, in words."""
    return _say(
        [
            name,
            company,
            tr("next task: {due}").format(due=due) if due else "",
            waiting_words() if pending else "",
            conflict_words() if conflict else "",
            dnd_words() if dnd else "",
            tr("tags: {tags}").format(tags=_say(list(tags))) if tags else "",
        ]
    )


def say_task(
    title: str,
    contact: str = "",
    due: str = "",
    *,
    account: str = "",
    assignee: str = "",
    snoozed: str = "",
    done: bool = False,
    reminder: bool = False,
    repeats: bool = False,
    pending: bool = False,
    conflict: bool = False,
) -> str:
    """Return the accessible text of a task row."""
    return _say(
        [
            tr("done") if done else "",
            title,
            contact,
            tr("due {due}").format(due=due) if due else "",
            tr("snoozed {until}").format(until=snoozed) if snoozed else "",
            tr("has a reminder") if reminder else "",
            tr("repeats") if repeats else "",
            waiting_words() if pending else "",
            conflict_words() if conflict else "",
            tr("assigned to {name}").format(name=assignee) if assignee else "",
            account,
        ]
    )


def waiting_words() -> str:
    """Say what the clock means."""
    return tr("waiting to be sent")


def conflict_words() -> str:
    """Say what the triangle means."""
    return tr("changed here and elsewhere, needs a decision")


def dnd_words() -> str:
    """Say what the barred circle means."""
    return tr("do not disturb")
