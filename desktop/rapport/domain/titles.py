"""What was done, in the person's language.

A command's title goes into the outbox, the undo list and the audit log, whose chain covers it;
there it is English for good. Whoever shows it says it by one of the functions here.
"""

from __future__ import annotations

import re

from rapport.language import count, mark, tr

_DONE = {
    mark("Create contact"): mark("Contact created"),
    mark("Edit contact"): mark("Contact changed"),
    mark("Import contacts"): mark("Contacts imported"),
    mark("Delete contact"): mark("Contact deleted"),
    mark("Bring back contact"): mark("Contact brought back"),
    mark("Add tag"): mark("Tag added"),
    mark("Add tags"): mark("Tags added"),
    mark("Remove tag"): mark("Tag removed"),
    mark("Remove tags"): mark("Tags removed"),
    mark("Add task"): mark("Task added"),
    mark("Edit task"): mark("Task changed"),
    mark("Complete task"): mark("Task completed"),
    mark("Reopen task"): mark("Task reopened"),
    mark("Snooze task"): mark("Task snoozed"),
    mark("Delete task"): mark("Task deleted"),
    mark("Add note"): mark("Note added"),
    mark("Edit note"): mark("Note changed"),
    mark("Delete note"): mark("Note deleted"),
    mark("Create appointment"): mark("Appointment created"),
    mark("Edit appointment"): mark("Appointment changed"),
    mark("Move appointment"): mark("Appointment moved"),
    mark("Delete appointment"): mark("Appointment deleted"),
    mark("Pin note"): mark("Note pinned"),
    mark("Unpin note"): mark("Note unpinned"),
    mark("Colour note"): mark("Note coloured"),
    mark("Set appointment status"): mark("Appointment status set"),
    mark("Resolve conflict"): mark("Conflict resolved"),
    mark("Merge contacts"): mark("Contacts merged"),
    mark("Take the merge back"): mark("Merge taken back"),
}
"""By the title of each command, the same as something that has happened."""

_OTHER = (
    mark("Create contact again"),
    mark("Create task again"),
    mark("Create note again"),
    mark("Create appointment again"),
    mark("Delete contact here, too"),
    mark("Delete task here, too"),
    mark("Delete note here, too"),
    mark("Delete appointment here, too"),
    mark("Changed in the CRM"),
    mark("Created in the CRM"),
    mark("Deleted in the CRM"),
    mark("The same as the one made here"),
    mark("Prune the audit log"),
)
"""Further titles of the log and the outbox."""

_ABOUT = {
    "Undo ": (mark("Undo: {what}"), mark("Undone: {what}")),
    "Redo ": (mark("Redo: {what}"), mark("Done again: {what}")),
    "Revert ": (mark("Revert: {what}"), mark("Reverted: {what}")),
    "Reply to ": (mark("Reply to: {what}"), mark("Reply to: {what}")),
    "Discard “": (mark("Discard: {what}"), mark("Discarded: {what}")),
}
"""By the beginning of a title that is about another one: for a menu, and once it is done."""
_SEVERAL = re.compile(r"(.+) \((\d+)\)")


def title_words(title: str) -> str:
    """A stored title as a menu or a list says it."""
    return _words(title, done=False)


def done_words(title: str) -> str:
    """A stored title as something that has happened: "Complete task" → "Task completed"."""
    return _words(title, done=True)


def _words(title: str, *, done: bool) -> str:
    if title in _DONE:
        return tr(_DONE[title] if done else title)
    for start, forms in _ABOUT.items():
        if title.startswith(start):
            what = title.removeprefix(start).removesuffix("”")
            return tr(forms[done]).format(what=title_words(what[:1].upper() + what[1:]))
    if several := _SEVERAL.fullmatch(title):
        words = [_words(one, done=done) for one in several[1].split(", ")]
        return tr("{what} ({n})").format(what=tr(", ").join(words), n=count(int(several[2])))
    return tr(title)
