"""Every action of the window: one table. Menus, tool-tips, keys, tray and palette are its views.

Two steps: the table below *declares* an action (what it is called, its key, when it makes sense),
and whoever can do it *binds* a handler. An action that nobody has bound is not offered anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from rapport.domain.merging import MOST_AT_ONCE
from rapport.domain.scopes import WRITE
from rapport.language import keep, mark, told, tr
from rapport.ui.key_names import key_name, publish

if TYPE_CHECKING:
    from rapport.ui.context import Situation, WindowContext

ACCOUNT_KEYS = 9
"""So many accounts have a key of their own."""

Handler = Callable[[], Coroutine[Any, Any, Any] | None]
Condition = Callable[["Situation"], bool | str]
"""True; False (not offered now); or the reason why not, as a sentence for a person."""


class Section(StrEnum):
    """Where an action stands in menus, help and palette."""

    CREATE = mark("Create")
    CONTACT = mark("Contact")
    TASK = mark("Task")
    NOTE = mark("Note")
    APPOINTMENT = mark("Appointment")
    GO = mark("Go to")
    EDIT = mark("Edit")
    VIEW = mark("View")
    ACCOUNT = mark("Account")
    APP = "Rapport"


def always(_: Situation) -> bool:
    return True


def with_account(now: Situation) -> bool | str:
    return True if now.workspace is not None else tr("No account is open.")


def on_today(now: Situation) -> bool | str:
    return now.workspace is not None and now.page == "today"


def can_redo(now: Situation) -> bool | str:
    """There is a Redo only behind an Undo."""
    return now.workspace is not None and now.workspace.bus.can_redo


def may_not_write(now: Situation) -> bool | str:
    """Only somebody who may not write can ask for it; for others there is no such action."""
    return now.workspace is not None and not now.workspace.capabilities.has(WRITE.name)


def in_sandbox(now: Situation) -> bool | str:
    return now.workspace is not None and now.workspace.account.sandbox


def may_write(now: Situation) -> bool | str:
    return now.why_not_write or True


def with_contact(now: Situation) -> bool | str:
    return True if now.contact_id and now.page != "calendar" else tr("No contact is chosen.")


def contact_write(now: Situation) -> bool | str:
    if now.contact_id and now.page != "calendar":
        return now.why_not_write or True
    return tr("No contact is chosen.")


def with_task(now: Situation) -> bool | str:
    return True if now.task_id else tr("No task is chosen.")


def task_write(now: Situation) -> bool | str:
    return (now.why_not_write_task or True) if now.task_id else tr("No task is chosen.")


def task_open(now: Situation) -> bool | str:
    return False if now.task_done else task_write(now)


def task_finished(now: Situation) -> bool | str:
    return task_write(now) if now.task_done else False


def task_snooze(now: Situation) -> bool | str:
    """Snoozing concerns this computer only, so that a sign-in that may only read may do it."""
    if now.task_done:
        return False
    return True if now.task_id else tr("No task is chosen.")


def note_write(now: Situation) -> bool | str:
    return (now.why_not_write or True) if now.note_id else tr("No note is chosen.")


def on_rows(now: Situation) -> bool | str:
    """There are rows that can be marked."""
    return now.workspace is not None and now.page in ("contacts", "today")


def on_contacts(now: Situation) -> bool | str:
    return now.workspace is not None and now.page == "contacts"


def with_marks(now: Situation) -> bool | str:
    return now.marked > 0


def on_calendar(now: Situation) -> bool | str:
    return now.page == "calendar"


def may_book(now: Situation) -> bool | str:
    return now.why_not_book or True


def book_there(now: Situation) -> bool | str:
    """At the time that the keyboard is on."""
    return may_book(now) if now.page == "calendar" else False


def task_there(now: Situation) -> bool | str:
    return may_write(now) if now.page == "calendar" else False


def something_there(now: Situation) -> bool | str:
    """On an entry of the calendar."""
    if now.page != "calendar":
        return False
    return bool(now.task_id or now.appointment_id)


def with_appointment(now: Situation) -> bool | str:
    return now.appointment_id is not None


def appointment_write(now: Situation) -> bool | str:
    return may_book(now) if now.appointment_id else False


def contacts_write(now: Situation) -> bool | str:
    """Something is to be done with all marked contacts; with none there is no such action."""
    if now.page != "contacts" or not now.marked_contacts:
        return False
    return now.why_not_write or True


def contacts_merge(now: Situation) -> bool | str:
    """Two at least, and no more than stand side by side."""
    allowed = contacts_write(now)
    if allowed is True and not 2 <= now.marked_contacts <= MOST_AT_ONCE:
        return tr("Two to four contacts can be merged at once.")
    return allowed


def visit_write(now: Situation) -> bool | str:
    return (now.why_not_book or True) if now.appointment_id else "No appointment is chosen."


def with_tasks(now: Situation) -> bool | str:
    """Several tasks are marked; with none there is no such action."""
    return now.page == "today" and now.marked_tasks > 0


def tasks_write(now: Situation) -> bool | str:
    return with_tasks(now) and (now.why_not_write_task or True)


@dataclass(frozen=True, slots=True)
class Action:
    """``title`` is English, and found in the table below by the collector of sentences; ``words``
    is what a person reads. ``keys`` are portable key sequences, the first is the one shown. Where
    several actions share a key, the first declared one that is enabled gets it."""

    id: str
    title: str
    section: Section
    keys: tuple[str, ...] = ()
    icon: str = ""
    enabled_when: Condition = always

    @property
    def words(self) -> str:
        return told(self.title)


STANDARD = (
    Action("contact.new", "New contact", Section.CREATE, ("Ctrl+N",), "user", may_write),
    Action("calendar.book", "Book at this time", Section.CREATE, ("N",), "calendar", book_there),
    Action("calendar.task", "Task at this time", Section.CREATE, ("T",), "task", task_there),
    Action("calendar.move", "Move with the arrows", Section.GO, ("M",), "", something_there),
    Action("calendar.day", "Show a day", Section.VIEW, ("Shift+D",), "calendar", on_calendar),
    Action("calendar.week", "Show a week", Section.VIEW, ("Shift+W",), "calendar", on_calendar),
    Action("calendar.month", "Show a month", Section.VIEW, ("Shift+M",), "calendar", on_calendar),
    Action(
        "appointment.new",
        "New appointment",
        Section.CREATE,
        ("Ctrl+Shift+N",),
        "calendar",
        may_book,
    ),
    Action(
        "appointment.edit",
        "Edit appointment",
        Section.APPOINTMENT,
        ("E",),
        "pencil",
        with_appointment,
    ),
    Action(
        "appointment.delete",
        "Delete appointment",
        Section.APPOINTMENT,
        ("Del",),
        "trash",
        appointment_write,
    ),
    Action("task.new", "New task", Section.CREATE, ("T",), "task", may_write),
    Action("task.quick-add", "Add task in a sentence", Section.CREATE, ("Q",), "plus", may_write),
    Action("note.new", "New note", Section.CREATE, ("N",), "note", contact_write),
    Action("bulk.add-tags", "Add tags to selected", Section.CONTACT, ("L",), "tag", contacts_write),
    Action(
        "bulk.remove-tags",
        "Remove tags from selected",
        Section.CONTACT,
        ("Shift+L",),
        "tag",
        contacts_write,
    ),
    Action("bulk.assign", "Set owner of selected", Section.CONTACT, ("A",), "user", contacts_write),
    Action(
        "bulk.field", "Set a field of selected", Section.CONTACT, ("E",), "pencil", contacts_write
    ),
    Action(
        "bulk.dnd", "Do not disturb for selected", Section.CONTACT, ("B",), "dnd", contacts_write
    ),
    Action("bulk.merge", "Merge selected", Section.CONTACT, (), "merge", contacts_merge),
    Action("bulk.delete", "Delete selected", Section.CONTACT, ("Del",), "trash", contacts_write),
    Action("tasks.complete", "Complete selected", Section.TASK, ("Space",), "check", tasks_write),
    Action(
        "tasks.reschedule",
        "Change due date of selected",
        Section.TASK,
        ("D",),
        "reschedule",
        tasks_write,
    ),
    Action("tasks.snooze", "Snooze selected", Section.TASK, ("S",), "moon", with_tasks),
    Action("tasks.assign", "Assign selected", Section.TASK, ("A",), "user", tasks_write),
    Action("tasks.delete", "Delete selected tasks", Section.TASK, ("Del",), "trash", tasks_write),
    Action("task.complete", "Complete task", Section.TASK, ("Space",), "check", task_open),
    Action("task.reopen", "Reopen task", Section.TASK, ("Space",), "undo", task_finished),
    Action("task.edit", "Edit task", Section.TASK, ("E",), "pencil", task_write),
    Action("task.snooze", "Snooze task", Section.TASK, ("S",), "moon", task_snooze),
    Action("task.reschedule", "Change due date", Section.TASK, ("D",), "reschedule", task_open),
    Action("task.copy-link", "Copy link to task", Section.TASK, (), "link", with_task),
    Action("task.delete", "Delete task", Section.TASK, ("Del",), "trash", task_write),
    Action("note.edit", "Edit note", Section.NOTE, ("E",), "pencil", note_write),
    Action("note.pin", "Pin note", Section.NOTE, ("P",), "pin", note_write),
    Action("note.colour", "Colour of the note", Section.NOTE, (), "tag", note_write),
    Action("appointment.confirmed", "Confirmed", Section.APPOINTMENT, ("1",), "check", visit_write),
    Action("appointment.showed", "Showed", Section.APPOINTMENT, ("2",), "user", visit_write),
    Action("appointment.noshow", "No-show", Section.APPOINTMENT, ("3",), "alert", visit_write),
    Action("appointment.cancelled", "Cancelled", Section.APPOINTMENT, ("4",), "x", visit_write),
    Action("note.delete", "Delete note", Section.NOTE, ("Del",), "trash", note_write),
    Action("contact.open", "Open contact", Section.CONTACT, (), "right", with_contact),
    Action("contact.edit", "Edit contact", Section.CONTACT, ("E",), "pencil", contact_write),
    Action("contact.add-tag", "Add tag", Section.CONTACT, ("L",), "tag", contact_write),
    Action("contact.call", "Call", Section.CONTACT, ("C",), "phone", with_contact),
    Action("contact.mail", "Write e-mail", Section.CONTACT, ("M",), "mail", with_contact),
    Action("contact.copy-phone", "Copy phone", Section.CONTACT, ("Shift+C",), "copy", with_contact),
    Action(
        "contact.copy-email", "Copy e-mail", Section.CONTACT, ("Shift+M",), "copy", with_contact
    ),
    Action("contact.merge", "Merge with another", Section.CONTACT, (), "merge", contact_write),
    Action(
        "contact.find-duplicates", "Find duplicates", Section.CONTACT, (), "merge", with_account
    ),
    Action("contact.copy-link", "Copy link", Section.CONTACT, (), "link", with_contact),
    Action("contact.history", "Show in audit log", Section.CONTACT, (), "history", with_contact),
    Action("contact.delete", "Delete contact", Section.CONTACT, ("Del",), "trash", contact_write),
    Action("search.focus", "Search", Section.GO, ("/", "Ctrl+F"), "search", with_account),
    Action("go.palette", "Find anything", Section.GO, ("Ctrl+K",), "search"),
    Action("go.today", "Today", Section.GO, ("Alt+1",), "today", with_account),
    Action("go.contacts", "Contacts", Section.GO, ("Alt+2",), "contacts", with_account),
    Action("go.calendar", "Calendar", Section.GO, ("Alt+3",), "calendar", with_account),
    Action("go.activity", "Activity", Section.GO, ("Alt+4",), "activity", with_account),
    Action("go.settings", "Settings", Section.GO, ("Ctrl+,",), "settings"),
    Action("go.next", "Next row", Section.GO, ("J",), "down", with_account),
    Action("go.previous", "Previous row", Section.GO, ("K",), "", with_account),
    Action("list.mark", "Select row", Section.EDIT, ("X",), "check", on_rows),
    Action("list.mark-all", "Select all rows", Section.EDIT, ("Ctrl+A",), "check", on_rows),
    Action("list.unmark", "Clear selection", Section.EDIT, ("Esc",), "x", with_marks),
    Action("go.back", "Back", Section.GO, ("Esc",), "left", with_account),
    Action("edit.undo", "Undo", Section.EDIT, ("Ctrl+Z",), "undo", with_account),
    Action("edit.redo", "Redo", Section.EDIT, ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", can_redo),
    Action("edit.history", "Undo further back", Section.EDIT, (), "history", with_account),
    Action("list.filter", "Filter the list", Section.VIEW, ("F",), "filter", with_account),
    Action("list.edit", "Edit this smart list", Section.VIEW, (), "pencil", with_account),
    Action("list.rename", "Rename this smart list", Section.VIEW, (), "smart", with_account),
    Action("list.duplicate", "Duplicate this smart list", Section.VIEW, (), "copy", with_account),
    Action("list.remove", "Remove this smart list", Section.VIEW, (), "trash", with_account),
    Action("list.save", "Save as a smart list", Section.VIEW, (), "save", with_account),
    Action("list.import", "Import contacts", Section.VIEW, (), "import", may_write),
    Action("list.export", "Export contacts", Section.VIEW, (), "send", with_account),
    Action("today.whose", "Whose tasks", Section.VIEW, ("W",), "contacts", on_today),
    Action("list.sort", "Sort the list", Section.VIEW, (), "sort", with_account),
    Action("list.columns", "Choose columns", Section.VIEW, (), "table", with_account),
    Action("view.list", "Contacts as a list", Section.VIEW, (), "bullets", with_account),
    Action("view.table", "Contacts as a table", Section.VIEW, (), "table", with_account),
    Action("view.cards", "Contacts as cards", Section.VIEW, (), "cards", with_account),
    Action("view.next", "List, table or cards", Section.VIEW, ("V",), "cards", on_contacts),
    Action("view.theme", "Light or dark", Section.VIEW, ("Ctrl+Shift+D",), "moon"),
    Action("view.density", "Row density", Section.VIEW, ("Ctrl+Shift+C",), "density"),
    Action("sync.now", "Sync now", Section.ACCOUNT, ("F5",), "sync", with_account),
    *(
        Action(
            f"account.show-{n}",
            keep("Switch to account {n}", n=str(n)),
            Section.ACCOUNT,
            (f"Ctrl+{n}",),
        )
        for n in range(1, ACCOUNT_KEYS + 1)
    ),
    Action("account.sign-in", "Sign in again", Section.ACCOUNT, (), "key", with_account),
    Action("account.ask-write", "Ask for write access", Section.ACCOUNT, (), "lock", may_not_write),
    Action("account.sign-out", "Sign out", Section.ACCOUNT, (), "ext", with_account),
    Action("account.change-key", "Change encryption key", Section.ACCOUNT, (), "key", with_account),
    Action("account.repair", "Repair the local copy", Section.ACCOUNT, (), "shield", with_account),
    Action("account.reset-sandbox", "Reset the sandbox", Section.ACCOUNT, (), "flask", in_sandbox),
    Action("account.add", "Add account", Section.ACCOUNT, (), "plus"),
    Action("app.help", "Keyboard shortcuts", Section.APP, ("?",), "help"),
    Action("app.quit", "Quit Rapport", Section.APP, ("Ctrl+Q",), "x"),
)


class ActionRegistry(QObject):
    """The actions of one window and who carries them out."""

    bound = Signal(str)
    """An action got a handler, or lost it."""
    keys_changed = Signal()
    """Some action has other keys than before."""

    def __init__(self, context: WindowContext) -> None:
        super().__init__(context)
        self._context = context
        self._actions = {action.id: action for action in STANDARD}
        self._handlers: dict[str, Handler] = {}
        self._titles: dict[str, str] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._take_keys()
        context.settings_changed.connect(self._take_keys)

    def retitle(self, id: str, title: str) -> None:
        """Say what the action would do now, such as "Undo complete task"; "" for its own title."""
        self._titles[id] = title

    def title(self, id: str) -> str:
        """The action's words for now."""
        return self._titles.get(id) or self._actions[id].words

    def add(self, action: Action, handler: Handler) -> None:
        """Declare one more action together with its handler."""
        self._actions[action.id] = action
        self._keys[action.id] = self._context.settings.shortcuts.get(action.id, action.keys)
        self.bind(action.id, handler)

    def bind(self, id: str, handler: Handler) -> None:
        """Say who does ``id``. The newest binding counts; a coroutine runs as an owned task, and
        whatever the handler raises is shown in one place."""
        if id not in self._actions:
            raise KeyError(id)
        self._handlers[id] = handler
        self.bound.emit(id)

    def unbind(self, id: str) -> None:
        if self._handlers.pop(id, None) is not None:
            self.bound.emit(id)

    def __getitem__(self, id: str) -> Action:
        return self._actions[id]

    def __iter__(self) -> Iterator[Action]:
        """The actions that somebody can carry out, in the table's order."""
        return (action for action in self._actions.values() if action.id in self._handlers)

    def is_bound(self, id: str) -> bool:
        return id in self._handlers

    def allowed(self, id: str) -> bool | str:
        """True, False, or the reason why not."""
        if id not in self._handlers:
            return False
        return self._actions[id].enabled_when(self._context.situation)

    def is_enabled(self, id: str) -> bool:
        return self.allowed(id) is True

    def why_not(self, id: str) -> str:
        """Why the action is disabled; empty when it is enabled or simply out of place."""
        allowed = self.allowed(id)
        return allowed if isinstance(allowed, str) else ""

    # Keys.

    def keys(self, id: str) -> tuple[str, ...]:
        """The action's key sequences: the person's own, else the table's; the first is shown."""
        return self._keys[id]

    def has_own_keys(self, id: str) -> bool:
        return id in self._context.settings.shortcuts

    def set_keys(self, changed: Mapping[str, tuple[str, ...]]) -> None:
        """Give actions other keys, by id, all at once; the table's own are not kept as a choice."""
        shortcuts = {**self._context.settings.shortcuts, **changed}
        kept = {id: keys for id, keys in shortcuts.items() if self._differ(id, keys)}
        self._context.change_settings(shortcuts=kept)

    def reset_keys(self, id: str = "") -> None:
        """Back to the table's keys: of one action, or of all."""
        shortcuts = dict(self._context.settings.shortcuts) if id else {}
        shortcuts.pop(id, None)
        self._context.change_settings(shortcuts=shortcuts)

    def rivals(self, id: str, key: str) -> list[str]:
        """Other actions that have ``key``. Those that share it in the table are none: there the
        situation decides which is meant."""
        shared = key in self._actions[id].keys
        return [
            other
            for other, keys in self._keys.items()
            if other != id and key in keys and not (shared and key in self._actions[other].keys)
        ]

    def _differ(self, id: str, keys: tuple[str, ...]) -> bool:
        action = self._actions.get(id)
        return action is None or action.keys != keys

    def _take_keys(self) -> None:
        shortcuts = self._context.settings.shortcuts
        keys = {id: shortcuts.get(id, action.keys) for id, action in self._actions.items()}
        if keys == self._keys:
            return
        self._keys = keys
        publish(keys)
        self.keys_changed.emit()
        # Keys are painted in many places.
        self._context.theme.changed.emit()

    def key_text(self, id: str) -> str:
        """The action's key as this desktop writes it; empty where it has none."""
        keys = self._keys[id]
        return key_name(keys[0]) if keys else ""

    def tooltip(self, id: str) -> str:
        """Title and key, or the reason why it is disabled."""
        key = self.key_text(id)
        words = self.title(id)
        title = f"{words} ({key})" if key else words
        why = self.why_not(id)
        return f"{title}\n{why}" if why else title

    def trigger(self, id: str) -> bool:
        """Carry the action out. A disabled one says why instead; False when it was not begun."""
        if (allowed := self.allowed(id)) is not True:
            if isinstance(allowed, str):
                self._context.notice(self.title(id), allowed, icon="lock")
            return False
        try:
            work = self._handlers[id]()
        except Exception as error:
            self._context.runner.show(error)
            return True
        if work is not None:
            self._context.runner.own(work)
        return True

    def press(self, key: str) -> bool:
        """Carry out what ``key`` means now; says why not where nothing that it could mean is
        enabled."""
        mine = [action.id for action in self if key in self._keys[action.id]]
        for id in mine:
            if self.is_enabled(id):
                return self.trigger(id)
        # What lacks only the right to write is what was meant; another lacks a task or a contact.
        reasons = {id: why for id in mine if (why := self.why_not(id))}
        now = self._context.situation
        rights = (now.why_not_write, now.why_not_write_task)
        lacking = [id for id, why in reasons.items() if why in rights]
        for id in (*lacking, *reasons):
            return self.trigger(id)
        return False

    def key_sequences(self) -> tuple[str, ...]:
        """All key sequences in force, each once."""
        return tuple(dict.fromkeys(key for keys in self._keys.values() for key in keys))
