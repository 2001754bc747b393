"""One edit that the server has not got: what it is, why it waits, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.changes import Op
from rapport.domain.diff3 import Part
from rapport.domain.errors import InputError, RapportError
from rapport.domain.records import Contact, Kind
from rapport.domain.text import visible
from rapport.domain.titles import title_words
from rapport.domain.views import Candidate, EntryState, OutboxItem, SyncState
from rapport.language import told, tr, trn
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.task_popover import TaskPopover
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.panes.activity.entry_head import EntryHead
from rapport.ui.panes.activity.words import (
    Words,
    change_parts,
    record_words,
    state_in,
    subject_words,
    told_fields,
)
from rapport.ui.panes.detail import field_kinds as kinds
from rapport.ui.panes.detail.field_cell import FieldCell
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.button import Kind as ButtonKind
from rapport.ui.widgets.card import ChoiceCard
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.chips import Pill, Tone
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import confirm
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.wording import count

_TONES = {"danger": Tone.DANGER, "warning": Tone.WARNING}
_TELL = 240
"""Characters of a value that a question names."""


class LedgerEntry(QWidget):
    """Built anew for each edit; what is being typed stays while the edit does not change."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("ledger-entry")
        self._workspace, self._context = workspace, context
        self._words = Words(workspace)
        self._item: OutboxItem | None = None
        self._tasks = TaskPopover(context, self)
        self._scroll = ScrollArea(self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._scroll)
        self._cells: dict[str, FieldCell] = {}
        self._candidates: QVBoxLayout | None = None

    @property
    def item(self) -> OutboxItem | None:
        return self._item

    def show_item(self, item: OutboxItem) -> None:
        if item == self._item and self._scroll.widget() is not None:
            return
        typing = any(cell.is_editing() for cell in self._cells.values())
        if typing and self._item is not None and item.seq == self._item.seq:
            return
        self._item = item
        self._cells, self._candidates = {}, None
        page = QWidget()
        column = QVBoxLayout(page)
        px = current_theme().type.px
        column.setContentsMargins(px(20), px(16), px(20), px(20))
        column.setSpacing(px(12))
        self._add_head(column, page, item)
        self._add_reason(column, page, item)
        self._add_fields(column, page, item)
        self._add_buttons(column, page, item)
        column.addStretch(1)
        page.setAutoFillBackground(False)
        self._scroll.setWidget(page)
        if item.state is EntryState.REFUSED and item.ref.kind is Kind.CONTACT:
            self._context.runner.start(lambda: self._offer_editors(item), slot="ledger-editors")

    # What it says.

    def _add_head(self, column: QVBoxLayout, page: QWidget, item: OutboxItem) -> None:
        about = record_words(item.ref, item.subject)
        head = EntryHead(
            self._context,
            " · ".join(filter(None, (title_words(item.title), about))),
            page,
            id="ledger",
            seed=item.contact_seed,
            name=item.contact_name,
            contact_id=item.contact_id,
        )
        column.addWidget(head)

    def _add_reason(self, column: QVBoxLayout, page: QWidget, item: OutboxItem) -> None:
        offline = self._workspace.sync.status().state is SyncState.OFFLINE
        state = state_in(item, offline)
        line = QHBoxLayout()
        pill = Pill(state.words, page, icon=state.icon, tone=_TONES.get(state.colour, Tone.NEUTRAL))
        line.addWidget(pill)
        line.addWidget(Label(self._when(item), page, size=TextSize.CAPTION, role="muted"), 1)
        column.addLayout(line)
        column.addWidget(Label(state.sentence, page, wrap=True))
        if item.error:
            # What the server says may hold anything: it is shown as the characters it is.
            said = Label(visible(told(item.error)), page, role="muted", wrap=True, selectable=True)
            said.setObjectName("ledger-error")
            column.addWidget(said)

    def _when(self, item: OutboxItem) -> str:
        told = [self._words.moment(item.created_at)]
        if item.attempt:
            words = trn("sent {n} time", "sent {n} times", item.attempt)
            told.append(words.format(n=count(item.attempt)))
        if item.not_before is not None:
            at = self._words.short_moment(item.not_before)
            told.append(tr("next at {time}").format(time=at))
        return " · ".join(told)

    def _add_fields(self, column: QVBoxLayout, page: QWidget, item: OutboxItem) -> None:
        told = told_fields(item) if item.op is not Op.DELETE else []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(current_theme().type.px(16))
        self._grid.setVerticalSpacing(current_theme().type.px(8))
        self._grid.setColumnStretch(1, 1)
        kind = item.ref.kind
        for row, (name, delta) in enumerate(told):
            label = Label(self._words.field(kind, name), page, role="muted")
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(label, 2 * row, 0, top)
            before = self._words.value(kind, name, delta.base)
            after = self._words.value(kind, name, delta.want)
            text = ChangedText(page)
            text.setObjectName(f"ledger-field-{name}")
            shown = change_parts(before, after)
            if item.op is Op.CREATE:
                shown = [Part("=", after)]
            text.show_parts(shown, left_to_right=self._words.is_left_to_right(name))
            self._grid.addWidget(text, 2 * row, 1)
        column.addLayout(self._grid)

    # What can be done.

    def _add_buttons(self, column: QVBoxLayout, page: QWidget, item: OutboxItem) -> None:
        why_not = self._context.situation.why_not_write
        buttons: list[Button] = []

        def offer(
            id: str, words: str, icon: str, does: Callable[[], object], *, main: bool = False
        ) -> None:
            kind = ButtonKind.FILLED if main else ButtonKind.TONAL
            button = Button(words, page, icon=icon, kind=kind)
            button.setObjectName(f"ledger-{id}")
            button.clicked.connect(lambda: does())
            if why_not is not None and id != "decide":
                button.setEnabled(False)
                button.setToolTip(why_not)
                button.setAccessibleDescription(why_not)
            buttons.append(button)

        match item.state:
            case EntryState.CONFLICT:
                offer("decide", tr("Decide"), "alert", self._decide, main=True)
            case EntryState.ASK:
                offer("resend", tr("Send again"), "send", self._retry)
                offer("link", tr("Link to an existing one"), "link", self._look)
                offer("discard", tr("Discard"), "trash", self._discard)
            case EntryState.SENDING:
                pass
            case _:
                if item.state is EntryState.REFUSED and item.op is not Op.DELETE:
                    if item.ref.kind is not Kind.CONTACT:
                        offer("edit", tr("Edit"), "pencil", self._edit, main=True)
                    if item.op is Op.CREATE:
                        offer("link", tr("Link to an existing one"), "link", self._look)
                now = tr("Send now") if item.state is EntryState.HELD else tr("Retry now")
                if item.state is not EntryState.BEHIND:
                    offer("retry", now, "sync", self._retry)
                if item.state is not EntryState.UNCERTAIN:
                    offer("discard", tr("Discard"), "trash", self._discard)
        row = QHBoxLayout()
        row.setSpacing(current_theme().type.px(8))
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        self._candidates = QVBoxLayout()
        column.addLayout(self._candidates)

    def _chosen(self) -> OutboxItem:
        if self._item is None:
            raise InputError(tr("No edit is chosen."))
        return self._item

    def _retry(self) -> None:
        item = self._chosen()
        self._context.runner.start(lambda: self._workspace.waiting.retry(item.seq))
        self._workspace.sync.sync_now()

    def _decide(self) -> None:
        self._context.show_activity("conflicts", self._chosen().contact_id)

    def _discard(self) -> None:
        self._context.runner.own(self._ask_discard(self._chosen()))

    async def _ask_discard(self, item: OutboxItem) -> None:
        if await confirm(
            self.window(),
            tr("Discard “{what}”?").format(what=title_words(item.title)),
            self._consequence(item),
            confirm=tr("Discard edit"),
            danger=True,
        ):
            await self._workspace.waiting.discard(item.seq)
            self._context.notice(tr("Edit discarded"), visible(item.contact_name), icon="trash")

    def _consequence(self, item: OutboxItem) -> str:
        """What the record shows then."""
        if item.op is Op.CREATE:
            what = subject_words(item.ref, item.subject) or visible(item.contact_name)
            if item.ref.kind is Kind.CONTACT:
                return tr("“{what}” is removed here, with its tasks and notes.").format(what=what)
            return tr("“{what}” is removed here.").format(what=what)
        if item.op is Op.DELETE:
            return tr("It is not deleted, and is listed again.")
        lines = []
        for name, delta in told_fields(item):
            value = self._words.value(item.ref.kind, name, delta.base) or tr("empty")
            value = " ".join(value.split())[:_TELL]
            field = self._words.field(item.ref.kind, name)
            lines.append(tr("{field} shows {value} again.").format(field=field, value=value))
        return "\n".join(lines)

    def _edit(self) -> None:
        self._context.runner.own(self._open_editor(self._chosen()))

    async def _open_editor(self, item: OutboxItem) -> None:
        if item.ref.kind is Kind.TASK:
            row = await self._workspace.queries.task(item.ref.id)
            if row is None:
                raise InputError(tr("This task is not there any more."))
            window = self.window()
            spot = QRect(window.width() // 2 - 220, window.height() // 6, 440, 1)
            self._tasks.open(spot, row.task, contact_name=visible(row.contact_name))
            return
        self._context.edit_note(item.contact_id, item.ref.id)

    # A refused value of a contact is corrected where it stands.

    async def _offer_editors(self, item: OutboxItem) -> None:
        detail = await self._workspace.queries.detail(item.contact_id)
        if detail is None or self._item is not item:
            return
        contact = detail.contact
        reference = self._workspace.reference
        specs = {
            spec.key: spec
            for spec in (
                *kinds.standard_specs(reference, contact),
                *kinds.custom_specs(reference),
            )
        }
        clock = self._workspace.clock
        why_not = self._context.situation.why_not_write or ""
        for row, (name, _) in enumerate(told_fields(item)):
            spec = specs.get(name)
            if spec is None or spec.editor is kinds.Editor.FIXED:
                continue
            cell = FieldCell(spec, partial(self._wrong, spec), self._scroll.widget())
            cell.setObjectName(f"ledger-edit-{name}")
            value = kinds.value_of(spec, contact)
            editable: Any = value if isinstance(value, bool) else kinds.typed(spec, value)
            if spec.editor is kinds.Editor.CHOICES:
                editable = tuple(map(str, value or ()))
            shown = kinds.shown(spec, contact, reference, clock.now(), clock.zone())
            cell.show_value(editable, shown, pending=False, why_not=why_not)
            cell.submitted.connect(partial(self._correct, spec, contact))
            self._grid.addWidget(cell, 2 * row + 1, 0, 1, 2)
            self._cells[name] = cell
            cell.show()

    def cell(self, field: str) -> FieldCell | None:
        return self._cells.get(field)

    def _parse(self, spec: kinds.FieldSpec, typed: object) -> Any:
        if isinstance(typed, bool):
            return typed
        clock, location = self._workspace.clock, self._workspace.reference.location
        text = [str(part) for part in typed] if isinstance(typed, tuple) else str(typed or "")
        today = clock.now().astimezone(clock.zone()).date()
        return kinds.parse(spec, text, today, location.country if location else "")

    def _wrong(self, spec: kinds.FieldSpec, typed: object) -> str:
        try:
            self._parse(spec, typed)
        except InputError as error:
            return str(error)
        return ""

    def _correct(self, spec: kinds.FieldSpec, contact: Contact, typed: object) -> None:
        command = kinds.command(spec, contact.id, self._parse(spec, typed))
        self._context.runner.own(self._context.perform(command, visible(contact.name)))

    # Which one it was.

    def _look(self) -> None:
        item = self._chosen()
        self._say(tr("Looking in the CRM …"))
        self._context.runner.start(lambda: self._find(item), slot="ledger-candidates")

    async def _find(self, item: OutboxItem) -> None:
        try:
            found = await self._workspace.sync.candidates(item.seq)
        except RapportError as error:
            if self._item is item:
                self._say(str(error))
            return
        if self._item is not item:
            return
        if not found:
            self._say(tr("Nothing in the CRM looks like it. You can send it again."))
            return
        self._say(tr("Which one is it? What differs is asked about afterwards."))
        for candidate in found:
            self._offer(item, candidate)

    def _say(self, sentence: str) -> None:
        layout = self._candidates
        if layout is None:
            return
        while (old := layout.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        layout.addWidget(Label(sentence, self._scroll.widget(), role="muted", wrap=True))

    def _offer(self, item: OutboxItem, candidate: Candidate) -> None:
        title = subject_words(item.ref, candidate.title) or tr("Without a name")
        if item.ref.kind is Kind.CONTACT:
            title = visible(candidate.title) or tr("Without a name")
        about = [visible(candidate.about)[:120]] if candidate.about else []
        if candidate.added_at is not None:
            when = self._words.moment(candidate.added_at)
            about.append(tr("made {when}").format(when=when))
        card = ChoiceCard("link", title, " · ".join(about), self._scroll.widget())
        card.setObjectName(f"candidate-{candidate.rid}")
        card.clicked.connect(lambda: self._context.runner.own(self._link(item, candidate)))
        if self._candidates is not None:
            self._candidates.addWidget(card)

    async def _link(self, item: OutboxItem, candidate: Candidate) -> None:
        await self._workspace.sync.link(item.seq, candidate.rid)
        self._context.notice(tr("Linked"), visible(item.contact_name), icon="link")
