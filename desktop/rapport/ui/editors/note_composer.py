"""The foot of the detail pane: closed a line that invites to write, open an editor for one note.

What is typed is kept as a draft within a second, whatever happens to the program or the pane: Esc,
another contact and a crash all leave it where it was. Only Discard and saving end it.
"""

from __future__ import annotations

import asyncio

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from rapport.domain.commands import CreateNote, EditNote
from rapport.domain.errors import InputError
from rapport.domain.records import Contact, Id, Note
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.html import plain_text
from rapport.ui.context import WindowContext
from rapport.ui.editors.composer_parts import ClosedComposer, OpenComposer
from rapport.ui.notes.editor import NoteEdit
from rapport.ui.widgets.foot import Foot
from rapport.ui.wording import clock_time

DRAFT_EVERY_MS = 400
"""A draft is at most this old plus the time of one commit: well within a second."""


class NoteComposer(Foot):
    """Writes new notes of one contact and edits its old ones."""

    opened = Signal()
    closed = Signal()

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("note-composer")
        self._context = context
        self._contact: Contact | None = None
        self._note: Note | None = None
        self._dirty = False
        self._saving = False
        self._changed_meanwhile = False
        self._keeping: asyncio.Task[None] | None = None
        self._invitation = ClosedComposer(self)
        self._editor = OpenComposer(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._invitation)
        column.addWidget(self._editor)
        self._editor.hide()
        self._draft_timer = QTimer(self, singleShot=True, interval=DRAFT_EVERY_MS)
        self._draft_timer.timeout.connect(self._keep_draft)
        self._invitation.clicked.connect(self.write)
        self._editor.edit.textChanged.connect(self._typed)
        self._editor.edit.installEventFilter(self)
        self._editor.save_pressed.connect(self.save)
        self._editor.discard_pressed.connect(self.discard)
        self._context.situation_changed.connect(self._allow)
        self._allow()

    # What it is about.

    @property
    def is_open(self) -> bool:
        return not self._editor.isHidden()

    @property
    def edit(self) -> NoteEdit:
        """Where it is typed."""
        return self._editor.edit

    @property
    def note_id(self) -> Id | None:
        """The note that is being edited; None for a new one."""
        return self._note.id if self._note else None

    def show_contact(self, contact: Contact | None) -> None:
        """Turn to another contact; what was being written stays behind as its draft."""
        if self._contact is not None and contact is not None and contact.id == self._contact.id:
            self._contact = contact
            self._invitation.invite(contact.first_name or contact.name)
            return
        self._keep_draft()
        self._contact, self._note, self._changed_meanwhile = contact, None, False
        self._close()
        self._invitation.remind("")
        self._invitation.invite((contact.first_name or contact.name) if contact else "")
        if contact is not None:
            self._context.runner.start(lambda: self._look_for_draft(contact.id), slot="draft")

    async def _look_for_draft(self, contact_id: Id) -> None:
        draft = await self._load_draft(contact_id, None)
        if draft and self._contact is not None and self._contact.id == contact_id:
            self._invitation.remind(visible(plain_text(draft))[:120])

    # Opening and closing.

    def write(self) -> None:
        """Open for a new note, with the draft where there is one."""
        if self._contact is None or self._context.situation.why_not_write:
            return
        if self.is_open and self._note is None:
            self._editor.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._keep_draft()
        self._context.runner.start(lambda: self._open(None), slot="composer")

    def change(self, note: Note) -> None:
        """Open for an existing note, with its draft where there is one."""
        if self._context.situation.why_not_write:
            return
        self._keep_draft()
        self._context.runner.start(lambda: self._open(note), slot="composer")

    async def _open(self, note: Note | None) -> None:
        contact = self._contact
        if contact is None:
            return
        draft = await self._load_draft(contact.id, note.id if note else None)
        if self._contact is None or self._contact.id != contact.id:
            return
        self._note, self._changed_meanwhile = note, False
        body = draft if draft is not None else (note.body if note else "")
        edit = self._editor.edit
        edit.blockSignals(True)
        edit.set_body(body)
        edit.blockSignals(False)
        self._dirty = False
        self._editor.begin(
            editing=note is not None,
            status=tr("Draft restored") if draft else "",
            loses_formatting=note is not None and edit.loses(note.body),
        )
        self._invitation.hide()
        self._editor.show()
        edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.opened.emit()

    def put_away(self) -> None:
        """Close and keep what was typed (Esc)."""
        self._keep_draft()
        text = self._editor.edit.toPlainText().strip()
        mine = self._note is None
        self._note = None
        self._close()
        if mine and text:
            self._invitation.remind(visible(text)[:120])

    def discard(self) -> None:
        """Close and forget what was typed; a toast can bring it back."""
        if self._contact is None:
            return
        contact, note = self._contact, self._note
        body = self._editor.edit.body()
        blank = self._editor.edit.is_blank()
        self._draft_timer.stop()
        self._dirty = False
        self._note = None
        self._close()
        self._invitation.remind("")
        self._context.runner.own(
            self._context.workspace.drafts.drop(contact.id, note.id if note else None)
        )
        if not blank:
            self._context.notice(
                tr("Draft discarded"),
                icon="trash",
                act=(tr("Restore"), lambda: self._restore(contact, note, body)),
            )

    def _restore(self, contact: Contact, note: Note | None, body: str) -> None:
        async def again() -> None:
            drafts = self._context.workspace.drafts
            await drafts.save(contact.id, note.id if note else None, body)
            if self._contact is not None and self._contact.id == contact.id:
                await self._open(note)

        self._context.runner.own(again())

    def _close(self) -> None:
        was_open = self.is_open
        focused = QApplication.focusWidget()
        self._invitation.show()
        if focused is not None and self._editor.isAncestorOf(focused):
            # Hidden with the keyboard in it, the editor would hand it to whatever comes first.
            self._invitation.setFocus(Qt.FocusReason.OtherFocusReason)
        self._editor.hide()
        if was_open:
            self.closed.emit()

    # Saving.

    def save(self) -> None:
        """Commit the note. An empty one is refused with a sentence, and nothing closes."""
        if self._contact is None or self._saving:
            return
        if self._editor.edit.is_blank():
            self._editor.complain(tr("A note needs some text."))
            return
        self._context.runner.own(self._save(self._contact, self._note))

    async def _save(self, contact: Contact, note: Note | None) -> None:
        workspace = self._context.workspace
        body = self._editor.edit.body()
        self._saving = True
        try:
            if note is None:
                await self._context.perform(
                    CreateNote(
                        note_id=workspace.new_id(), contact_id=contact.id, fields={"body": body}
                    ),
                    contact.name,
                )
            elif self._changed_meanwhile:
                self._changed_meanwhile = False
                self._editor.complain(
                    tr("This note was changed in the CRM meanwhile. Save again to replace it.")
                )
                return
            else:
                await self._context.perform(
                    EditNote(note_id=note.id, fields={"body": body}), contact.name
                )
        except InputError as error:
            self._editor.complain(str(error))
            return
        finally:
            self._saving = False
        self._draft_timer.stop()
        self._dirty = False
        await workspace.drafts.drop(contact.id, note.id if note else None)
        if self._contact is not None and self._contact.id == contact.id:
            self._note = None
            self._invitation.remind("")
            self._close()
            self._invitation.setFocus(Qt.FocusReason.OtherFocusReason)

    def note_changed(self, note: Note | None) -> None:
        """The note that is being edited is another now, or gone."""
        if self._note is None or not self.is_open:
            return
        if note is None:
            # The text outlives the note it came from: it becomes the draft of a new one.
            self._note = None
            self._editor.complain(tr("This note was deleted. Saving makes a new one."))
            self._typed()
        elif note.body != self._note.body:
            self._changed_meanwhile = not self._saving
            self._note = note

    # Drafts.

    def _typed(self) -> None:
        self._dirty = True
        self._editor.complain("")
        if not self._draft_timer.isActive():  # not restarted: long typing must not delay it
            self._draft_timer.start()

    def _keep_draft(self) -> None:
        self._draft_timer.stop()
        if not self._dirty or self._contact is None or not self.is_open:
            return
        self._dirty = False
        contact_id, note_id = self._contact.id, self.note_id
        body = "" if self._editor.edit.is_blank() else self._editor.edit.body()
        self._keeping = self._context.runner.start(
            lambda: self._store_draft(contact_id, note_id, body)
        )

    async def _load_draft(self, contact_id: Id, note_id: Id | None) -> str | None:
        """The draft as it is once what was just typed has been kept."""
        if self._keeping is not None:
            await asyncio.wait([self._keeping])
        return await self._context.workspace.drafts.load(contact_id, note_id)

    async def _store_draft(self, contact_id: Id, note_id: Id | None, body: str) -> None:
        workspace = self._context.workspace
        if body:
            await workspace.drafts.save(contact_id, note_id, body)
        else:
            await workspace.drafts.drop(contact_id, note_id)
        if self._contact is not None and (self._contact.id, self.note_id) == (contact_id, note_id):
            when = clock_time(workspace.clock.now(), workspace.clock.zone())
            self._editor.tell(tr("Draft saved {time}").format(time=when) if body else "")

    # Keys and state.

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape or self._is_save(event):
                event.accept()
                return True
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.put_away()
                self._invitation.setFocus(Qt.FocusReason.ShortcutFocusReason)
                return True
            if self._is_save(event):
                self.save()
                return True
        elif event.type() == QEvent.Type.FocusOut:
            self._keep_draft()
        return super().eventFilter(watched, event)

    @staticmethod
    def _is_save(event: QKeyEvent) -> bool:
        return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and bool(
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        )

    def _allow(self) -> None:
        why = self._context.situation.why_not_write
        self._invitation.allow(why)
        self._editor.allow(why)
