"""The detail pane: header, fields, timeline and composer of one contact."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, QTimer, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.changes import ChangeEvent
from rapport.domain.commands import DeleteContact, DeleteNote
from rapport.domain.disturb import Channel, why_not_disturb
from rapport.domain.errors import InputError
from rapport.domain.records import Id
from rapport.domain.text import matches_in, visible
from rapport.domain.views import ContactDetail, SyncStatus
from rapport.language import tr
from rapport.services import phones
from rapport.services.html import plain_text
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.contact_dialog import ContactDialog
from rapport.ui.editors.note_composer import NoteComposer
from rapport.ui.editors.task_actions import TaskActions
from rapport.ui.look.paint import hairline
from rapport.ui.notes.link_dialog import LinkDialog, pretended_host, real_host
from rapport.ui.panes.detail.entry_actions import EntryActions
from rapport.ui.panes.detail.fields import FieldsPanel
from rapport.ui.panes.detail.header import Header
from rapport.ui.panes.detail.timeline import Timeline
from rapport.ui.panes.duplicates.hint import DuplicateHint
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.chips import Tone
from rapport.ui.widgets.labels import Rule
from rapport.ui.widgets.overlay import confirm
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.widgets.states import Banner, EmptyState, Skeleton

TWO_COLUMNS_FROM = 640
"""Pane width in design pixels from which the fields stand beside the timeline."""
_OWN_DELAY_MS = 0
_SYNC_DELAY_MS = 250


class DetailPane(Painted):
    """``show_contact`` is all that the window asks. The pane binds the actions of contacts, notes
    and tasks."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("detail-pane")
        self.setAccessibleName(tr("Contact"))
        self._workspace = workspace
        self._context = context
        self._contact_id: Id | None = None
        self._detail: ContactDetail | None = None
        self._wanted_note: Id | None = None
        self._wanted_shown: tuple[Id, str] | None = None
        self._slot = f"detail-{id(self)}"
        self.header = Header(context, self)
        self.fields = FieldsPanel(workspace, context, self)
        self.timeline = Timeline(workspace, context, self)
        self.composer = NoteComposer(context, self)
        self.empty = EmptyState("contacts", tr("Choose a contact to see it here."), parent=self)
        self.skeleton = Skeleton(self)
        self._lay_out()
        self.tasks = TaskActions(context, self)
        self.entries = EntryActions(context, self.timeline)
        self._bind()
        self._again = QTimer(self, singleShot=True)
        self._again.timeout.connect(self._refresh)
        self.timeline.link_asked.connect(self._ask_link)
        self.fields.revealed.connect(self._reveal)
        self.fields.grown.connect(self._share_height)
        context.situation_changed.connect(self._allow)
        context.note_edit_wanted.connect(self._want_note)
        context.note_wanted.connect(self._want_shown)
        ends: list[Callable[[], None]] = [
            workspace.feed.subscribe(self._heard),
            workspace.sync.subscribe(self._synced),
        ]
        self.destroyed.connect(lambda: [end() for end in ends])
        self._pages.setCurrentWidget(self.empty)

    def _lay_out(self) -> None:
        self._scroll = ScrollArea(self)
        self._scroll.setWidget(self.fields)
        self._scroll.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self._rule = _Divider(self)
        right = QWidget(self)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.timeline, 1)
        column.addWidget(Rule(right))
        self._foot = QVBoxLayout()
        self._foot.addWidget(self.composer)
        column.addLayout(self._foot)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(0)
        for part in (self._scroll, self._rule):
            self._body.addWidget(part)
        self._body.addWidget(right, 1)
        whole = QWidget(self)
        page = QVBoxLayout(whole)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.header)
        self.conflict = Banner("", whole, icon="alert", tone=Tone.WARNING, button=tr("Decide"))
        self.conflict.button.setObjectName("contact-decide")
        self.conflict.pressed.connect(self._decide)
        self.conflict.hide()
        self._conflict_box = QVBoxLayout()
        self._conflict_box.addWidget(self.conflict)
        self.duplicate = DuplicateHint(self._workspace, self._context, whole)
        page.addLayout(self._conflict_box)
        page.addWidget(self.duplicate)
        page.addLayout(self._body, 1)
        self._whole = whole
        self._pages = QStackedWidget(self)
        for choice in (whole, self.empty, self.skeleton):
            self._pages.addWidget(choice)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)
        self.restyle()

    def _bind(self) -> None:
        actions = self._context.actions
        actions.bind("contact.new", self._new_contact)
        actions.bind("contact.edit", self._in_sight(lambda: self.fields.edit("first_name")))
        actions.bind("contact.add-tag", self._in_sight(self.fields.tags.begin))
        actions.bind("contact.call", self._call)
        actions.bind("contact.mail", self._mail)
        actions.bind("contact.copy-phone", lambda: self.header.phone.copy())
        actions.bind("contact.copy-email", lambda: self.header.email.copy())
        actions.bind("contact.history", self._show_history)
        actions.bind("contact.delete", self._delete)
        actions.bind("note.new", self._in_sight(self.composer.write))
        actions.bind("note.edit", self._edit_note)
        actions.bind("note.delete", self._delete_note)

    def _in_sight(self, act: Callable[[], object]) -> Callable[[], None]:
        """What is typed into must be seen: the pane may be under a list, or another page."""

        def acted() -> None:
            if self._contact_id is not None and not self.isVisible():
                self._context.open_contact(self._contact_id)
            act()

        return acted

    # What the window asks.

    @property
    def contact_id(self) -> Id | None:
        return self._contact_id

    @property
    def detail(self) -> ContactDetail | None:
        """What is shown, once it is."""
        return self._detail

    def show_contact(self, contact_id: Id | None) -> None:
        """Show a contact, or the sentence that none is chosen. The same id again only brings the
        pane up to date; what is being typed stays."""
        if contact_id is None:
            self.fields.leave()
            self.composer.show_contact(None)
            self._contact_id, self._detail = None, None
            self._context.runner.cancel(self._slot)
            self._pages.setCurrentWidget(self.empty)
            return
        if contact_id != self._contact_id:
            self.fields.leave()
            self._contact_id = contact_id
            self._workspace.sync.opened(contact_id)
            if self._detail is None:
                self._pages.setCurrentWidget(self.skeleton)
                self.skeleton.start()
        self._refresh()

    # Reading.

    def _refresh(self) -> None:
        self._again.stop()
        if self._contact_id is not None:
            self._context.runner.start(self._read, slot=self._slot)

    async def _read(self) -> None:
        contact_id = self._contact_id
        if contact_id is None:
            return
        detail = await self._workspace.queries.detail(contact_id)
        if contact_id != self._contact_id:
            return
        self.skeleton.stop()
        if detail is None:
            self._gone()
            return
        self._show(detail)

    def _show(self, detail: ContactDetail) -> None:
        self.setUpdatesEnabled(False)
        try:
            self._show_parts(detail)
        finally:
            self.setUpdatesEnabled(True)

    def _show_parts(self, detail: ContactDetail) -> None:
        other = self._detail is None or self._detail.contact.id != detail.contact.id
        self._detail = detail
        contact = detail.contact
        location = self._workspace.reference.location
        phone = phones.display(contact.phone, location.country if location else "")
        pending = bool(detail.pending)
        self.header.show_detail(detail, phone, pending=pending)
        self._tell_conflict(detail)
        self.fields.show_detail(detail)
        self.timeline.show_detail(detail)
        self.composer.show_contact(contact)
        # One thing to decide at a time: there is room for one line.
        self.duplicate.show_contact(None if detail.conflicts else contact.id)
        if self.composer.note_id is not None:
            self.composer.note_changed(self.timeline.note(self.composer.note_id))
        self.setAccessibleName(tr("Contact {name}").format(name=visible(contact.name)))
        self._pages.setCurrentWidget(self._whole)
        self._share_height()
        self._open_wanted()
        if self._wanted_shown is not None:
            self._show_wanted()
        elif other:
            self._show_found(detail)

    def _tell_conflict(self, detail: ContactDetail) -> None:
        self.conflict.setVisible(bool(detail.conflicts))
        what = tr("Changed here and in the CRM.")
        if detail.contact.id not in detail.conflicts:
            what = tr("A task or note: changed here and there.")
        self.conflict.set_text(tr("Your edit is safe."), strong=what)
        self.conflict.button.setAccessibleName(tr("Decide the conflict"))
        px = self.type.px
        inset = (px(20), px(10), px(20), px(2)) if detail.conflicts else (0, 0, 0, 0)
        self._conflict_box.setContentsMargins(*inset)

    def _decide(self) -> None:
        if self._contact_id is not None:
            self._context.show_activity("conflicts", self._contact_id)

    def _gone(self) -> None:
        """The contact was deleted, here or in the CRM."""
        self.show_contact(None)
        self._context.change(contact_id=None)

    def _heard(self, event: ChangeEvent) -> None:
        if self._contact_id is None:
            return
        if event.reference or self._contact_id in event.contacts():
            delay = _SYNC_DELAY_MS if event.can_wait else _OWN_DELAY_MS
            if not self._again.isActive() or self._again.remainingTime() > delay:
                self._again.start(delay)

    def _synced(self, _: SyncStatus) -> None:
        self.timeline.tell_state()

    def _allow(self) -> None:
        if self._detail is not None:
            self.fields.tags.allow(self._context.situation.why_not_write)

    # Doing.

    def _shown(self) -> ContactDetail:
        if self._detail is None:
            raise InputError(tr("No contact is chosen."))
        return self._detail

    def _show_history(self) -> None:
        contact = self._shown().contact
        self._context.show_audit(contact.id, visible(contact.name))

    async def _new_contact(self) -> None:
        contact_id = await ContactDialog(self._context, self.window()).ask()
        if contact_id is not None:
            self._context.open_contact(contact_id)

    async def _delete(self) -> None:
        """Asks once, about the chosen contact, wherever in the window it was asked for."""
        contact_id = self._context.situation.contact_id
        row = await self._workspace.queries.row_of(contact_id) if contact_id else None
        if row is None:
            raise InputError(tr("No contact is chosen."))
        name = visible(row.name)
        if await confirm(
            self.window(),
            tr("Delete {name}?").format(name=name),
            tr(
                "The contact goes with its notes and tasks, here and in the CRM. For a few seconds"
                " Undo simply withdraws it; later it makes the contact anew."
            ),
            confirm=tr("Delete contact"),
            danger=True,
        ):
            await self._context.perform(DeleteContact(contact_id=row.id), name)

    def _want_note(self, note_id: Id) -> None:
        """Opened now, or once its contact is read."""
        self._wanted_note = note_id
        self._open_wanted()

    def _open_wanted(self) -> None:
        note = self.timeline.note(self._wanted_note)
        if note is not None and note.contact_id == self._contact_id:
            self._wanted_note = None
            self.composer.change(note)

    def _want_shown(self, note_id: Id, words: str) -> None:
        self._wanted_shown = note_id, words
        self._show_wanted()

    def _show_wanted(self) -> None:
        if self._wanted_shown is None:
            return
        note_id, words = self._wanted_shown
        note = self.timeline.note(note_id)
        if note is not None and note.contact_id == self._contact_id:
            self._wanted_shown = None
            self.timeline.show_note(note_id, words.split())

    def _show_found(self, detail: ContactDetail) -> None:
        """Who was found by the words of a note is shown with that note and these words in view."""
        words = self._context.searched.split()
        contact = detail.contact
        told = (contact.name, contact.company, contact.email, contact.phone, *contact.tags)
        if not words or _has(" ".join(told), words):
            return
        for note in detail.notes:
            if _has(f"{note.title} {plain_text(note.body)}", words):
                self.timeline.show_note(note.id, words)
                return

    def _edit_note(self) -> None:
        note = self.timeline.note(self._context.situation.note_id)
        if note is not None:
            self.composer.change(note)

    async def _delete_note(self) -> None:
        note = self.timeline.note(self._context.situation.note_id)
        if note is not None:
            beginning = visible(plain_text(note.body[:400]))[:60]
            await self._context.perform(DeleteNote(note_id=note.id), beginning)

    async def _call(self) -> None:
        contact = self._shown().contact
        if not contact.phone:
            raise InputError(tr("No phone number is known."))
        if await self._may_disturb(Channel.CALL, tr("Call anyway")):
            QDesktopServices.openUrl(QUrl(f"tel:{contact.phone}"))

    async def _mail(self) -> None:
        contact = self._shown().contact
        if not contact.email:
            raise InputError(tr("No e-mail address is known."))
        if await self._may_disturb(Channel.EMAIL, tr("Write anyway")):
            url = QUrl()
            url.setScheme("mailto")
            url.setPath(contact.email)
            QDesktopServices.openUrl(url)

    async def _may_disturb(self, channel: Channel, anyway: str) -> bool:
        detail = self._shown()
        why = why_not_disturb(detail.contact, detail.extra, channel)
        if not why:
            return True
        title = tr("{name} does not want to be disturbed").format(name=visible(detail.contact.name))
        return await confirm(self.window(), title, why, confirm=anyway)

    def _ask_link(self, url: QUrl, words: str) -> None:
        """Where it leads is shown first, but for hosts that a person said need not be asked about.
        Words that name another host are always asked about."""
        host, settings = real_host(url), self._context.settings
        if host in settings.trusted_hosts and not pretended_host(words, url):
            QDesktopServices.openUrl(url)
            return

        async def ask() -> None:
            dialog = LinkDialog(self.window(), url, words)
            if await dialog.ask():
                if dialog.remembers:
                    self._context.change_settings(trusted_hosts=(*settings.trusted_hosts, host))
                QDesktopServices.openUrl(url)

        self._context.runner.own(ask())

    # Shape.

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_pages"):
            return
        px = self.type.px
        self._foot.setContentsMargins(px(20), px(10), px(20), px(12))
        self._arrange(self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(event.size().width())

    def minimumSizeHint(self) -> QSize:
        """The stacked shape's: the wide one must not keep the pane from becoming narrow. Where the
        window is lower than that, with large text, the page is scrolled."""
        px = self.type.px
        return QSize(px(420), max(px(360), px(120) + self._beside_fields()))

    def _beside_fields(self) -> int:
        """The height of everything but the fields, and of some lines of the timeline."""
        px, width = self.type.px, max(self.width(), self.type.px(420))
        told = not self.conflict.isHidden()
        conflict = self.conflict.heightForWidth(width) + px(24) if told else 0
        timeline = self.timeline.least_height(width)
        foot = self.composer.minimumSizeHint().height() + px(24)
        header = max(self.header.minimumSizeHint().height(), self.header.height())
        return header + conflict + timeline + foot

    def _arrange(self, width: int) -> None:
        wide = width >= self.type.px(TWO_COLUMNS_FROM)
        self._rule.set_upright(wide)
        if wide:
            self._body.setDirection(QBoxLayout.Direction.LeftToRight)
            self._scroll.setFixedWidth(self.type.px(self._context.settings.fields_width) - 1)
            self._scroll.setMinimumHeight(0)
            self._scroll.setMaximumHeight(_ENDLESS)
        else:
            self._body.setDirection(QBoxLayout.Direction.TopToBottom)
            self._scroll.setMinimumWidth(0)
            self._scroll.setMaximumWidth(_ENDLESS)
        self.fields.set_columns(1 if wide else 3)
        self._share_height()

    def _share_height(self) -> None:
        """Stacked, the fields take what they need and at most half; the timeline has the rest."""
        if self._body.direction() is QBoxLayout.Direction.LeftToRight:
            return
        needed = self.fields.heightForWidth(self.width())
        if needed <= 0:
            needed = self.fields.sizeHint().height()
        half = (self.height() - self.header.height()) // 2
        most = max(self.type.px(120), min(half, self.height() - self._beside_fields()))
        self._scroll.setFixedHeight(min(needed, most))
        self.updateGeometry()

    def _reveal(self, cell: QWidget) -> None:
        """Scroll to a field once it has its place."""
        self._share_height()
        QTimer.singleShot(0, cell, lambda: self._scroll.ensureWidgetVisible(cell, 0, 24))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.surface))


def _has(text: str, words: Sequence[str]) -> bool:
    return all(matches_in(text, [word]) for word in words)


_ENDLESS = 16_777_215
"""Qt's own "no limit"."""


class _Divider(Painted):
    """The line between fields and timeline, upright beside and level below them."""

    def set_upright(self, upright: bool) -> None:
        # Its largest size only: a fixed one would be taken at once, before the layout is asked.
        self.setMaximumSize(1, _ENDLESS) if upright else self.setMaximumSize(_ENDLESS, 1)
        self.setMinimumSize(1, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self.tokens.divider)
