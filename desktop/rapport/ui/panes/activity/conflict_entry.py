"""One record that both sides changed: the comparison, what will be saved, and the choice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.diff3 import parts
from rapport.domain.errors import InputError
from rapport.domain.merge import SET_FIELDS, merge
from rapport.domain.records import Contact, Kind, Ref
from rapport.domain.text import visible
from rapport.domain.views import (
    Choice,
    ConflictCase,
    FieldConflict,
    RecordConflict,
    SettledConflict,
)
from rapport.language import tr, trn
from rapport.services.html import is_html
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD
from rapport.ui.panes.activity.choices import Choices, both_texts, offers_both
from rapport.ui.panes.activity.comparison import Comparison, FieldLine
from rapport.ui.panes.activity.deletion_choice import DeletionChoice
from rapport.ui.panes.activity.entry_head import EntryHead
from rapport.ui.panes.activity.settled_entry import SettledEntry, settled_words
from rapport.ui.panes.activity.words import Words, record_words, side_parts
from rapport.ui.panes.detail import field_kinds as kinds
from rapport.ui.widgets.button import Button, IconButton
from rapport.ui.widgets.button import Kind as ButtonKind
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.fit import fit
from rapport.ui.widgets.foot import Foot
from rapport.ui.widgets.key_legend import key_legend
from rapport.ui.widgets.labels import Label, Rule
from rapport.ui.widgets.outcome import Outcome
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.widgets.states import Banner
from rapport.ui.wording import count

_SINGLE = frozenset({Qt.Key.Key_J, Qt.Key.Key_K, Qt.Key.Key_M, Qt.Key.Key_T, Qt.Key.Key_B})
_EDITED = {Kind.TASK: {"title", "body"}, Kind.NOTE: {"title", "body"}}


class ConflictEntry(QWidget):
    """Keys: J and K go through the fields, M, T and B choose, Ctrl+Enter saves."""

    left = Signal(int)
    """The next record is wanted (1), or the previous one (-1)."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("conflict-entry")
        self._workspace, self._context = workspace, context
        self._words = Words(workspace)
        self._chosen: dict[Ref, Choices] = {}
        self.choices: Choices | None = None
        self._contact: Contact | None = None
        self._table: Comparison | None = None
        self._at = 0
        self._saved: dict[str, ChangedText] = {}
        self._scroll = ScrollArea(self)
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pairs: list[QBoxLayout] = []
        self._build_foot()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        self._rule = Rule(self)
        column.addWidget(self._rule)
        self._foot_box = Foot(self)
        self._foot_box.setLayout(self._foot)
        column.addWidget(self._foot_box)
        context.situation_changed.connect(self._allow)

    def _build_foot(self) -> None:
        px = current_theme().type.px
        self.all_mine = Button(tr("Keep all mine"), self)
        self.all_theirs = Button(tr("Take all theirs"), self)
        self.later = Button(tr("Decide later"), self, kind=ButtonKind.QUIET)
        self.save = Button(tr("Save"), self, kind=ButtonKind.FILLED, key="Ctrl ↵")
        for button, name, does in (
            (self.all_mine, "all-mine", partial(self._choose_all, Choice.MINE)),
            (self.all_theirs, "all-theirs", partial(self._choose_all, Choice.THEIRS)),
            (self.later, "later", lambda: self.left.emit(1)),
            (self.save, "save", self.commit),
        ):
            button.setObjectName(f"conflict-{name}")
            button.clicked.connect(does)
        self._foot.setContentsMargins(px(20), px(12), px(20), px(10))
        self._foot.setSpacing(px(8))
        for pair in ((self.all_mine, self.all_theirs), (self.later, self.save)):
            line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
            line.setSpacing(px(8))
            self._pairs.append(line)
            for button in pair:
                line.addWidget(button)
            self._foot.addLayout(line)
        self._foot.insertStretch(1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fit(self._foot, self.width(), (self._stack_foot, self._stack_pairs))

    def _stack_pairs(self, stacked: bool) -> None:
        directions = QBoxLayout.Direction
        for line in self._pairs:
            line.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)

    def _stack_foot(self, stacked: bool) -> None:
        """What is for all stands above what ends the matter, where a line is too short."""
        directions = QBoxLayout.Direction
        self._foot.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)

    # What the inbox asks.

    def show_conflict(self, conflict: RecordConflict) -> None:
        known = self._chosen.get(conflict.ref)
        if known is not None and known.conflict == conflict and self.choices is known:
            return
        if known is None:
            known = self._chosen[conflict.ref] = Choices(conflict)
        typed = self._typed_texts() if self.choices is known else {}
        known.follow(conflict)
        self.choices = known
        self._at = 0
        self._compose(conflict)
        self._type_again(typed)
        if conflict.ref.kind is Kind.CONTACT:
            self._context.runner.start(lambda: self._read_contact(conflict), slot="conflict")

    def show_settled(self, settled: Sequence[SettledConflict]) -> None:
        """What was decided: to be read, and to be taken back."""
        self.choices = self._table = None
        first = settled[0]
        page, column = self._page()
        head = EntryHead(
            self._context,
            settled_words(self._words, settled),
            page,
            id="conflict",
            seed=first.contact_seed,
            name=first.contact_name,
            contact_id=first.contact_id,
        )
        self._add_head(column, head)
        column.addWidget(SettledEntry(self._context, self._words, settled, page))
        self._finish(page, column, foot=False)

    # Composing.

    def _page(self) -> tuple[QWidget, QVBoxLayout]:
        page = QWidget()
        column = QVBoxLayout(page)
        px = current_theme().type.px
        column.setContentsMargins(px(20), px(16), px(20), px(20))
        column.setSpacing(px(16))
        return page, column

    def _finish(self, page: QWidget, column: QVBoxLayout, *, foot: bool) -> None:
        column.addStretch(1)
        self._scroll.setWidget(page)
        self._foot_box.setVisible(foot)
        self._fit()
        self._rule.setVisible(foot)
        self._allow()

    def _compose(self, conflict: RecordConflict) -> None:
        self._table = None
        page, column = self._page()
        head = EntryHead(
            self._context,
            self._sentence(conflict),
            page,
            id="conflict",
            seed=conflict.contact_seed,
            name=conflict.contact_name,
            contact_id=conflict.contact_id,
        )
        self._add_head(column, head)
        safe = Banner(
            tr("Nothing is sent, and nothing is lost, until you choose."),
            page,
            icon="shield",
            strong=tr("Your edit is safe."),
        )
        column.addWidget(safe)
        if conflict.case is ConflictCase.FIELDS:
            self._add_table(column, page, conflict)
            self._add_keys(column, page)
            self._add_outcome(column, page, conflict)
            self._show_choices()
        else:
            column.addWidget(DeletionChoice(self._context, self._words, conflict, page))
        self._finish(page, column, foot=conflict.case is ConflictCase.FIELDS)

    def _sentence(self, conflict: RecordConflict) -> str:
        what = {
            Kind.CONTACT: tr("this contact"),
            Kind.TASK: tr("this task"),
            Kind.NOTE: tr("this note"),
            Kind.APPOINTMENT: tr("this appointment"),
        }.get(conflict.ref.kind, tr("this record"))
        form = {
            ConflictCase.FIELDS: tr("You edited {what} here while it was changed in the CRM."),
            ConflictCase.GONE: tr("You edited {what} here, and it was deleted in the CRM."),
            ConflictCase.DELETED: tr("You deleted {what} here, and it was changed in the CRM."),
        }[conflict.case]
        about = record_words(conflict.ref, conflict.subject)
        sentence = form.format(what=what)
        return f"{about} · {sentence}" if about else sentence

    def _add_head(self, column: QVBoxLayout, head: EntryHead) -> None:
        for icon, name, by in (("left", tr("Previous"), -1), ("right", tr("Next"), 1)):
            button = IconButton(icon, name, head)
            button.clicked.connect(partial(self.left.emit, by))
            head.add(button)
        column.addWidget(head)

    def _add_table(self, column: QVBoxLayout, page: QWidget, conflict: RecordConflict) -> None:
        noticed = self._words.short_moment(conflict.at)
        heads = [
            (tr("Before"), tr("when you began")),
            (tr("Mine"), tr("you, on this computer")),
            (tr("Theirs"), tr("in the CRM, seen {when}").format(when=noticed)),
        ]
        table = self._table = Comparison(heads, page)
        table.setObjectName("conflict-table")
        table.picked.connect(self._picked)
        kind = conflict.ref.kind
        for one in conflict.fields:
            line = table.add_field(one.field, self._words.field(kind, one.field))
            ltr = self._words.is_left_to_right(one.field)
            before = self._words.value(kind, one.field, one.base)
            line.before_text.show_text(before or tr("empty"), left_to_right=ltr)
            for cell, value in ((line.mine, one.mine), (line.theirs, one.theirs)):
                now = self._words.value(kind, one.field, value)
                # A number with another one struck within it is hard to read.
                cell.show_parts(side_parts(before, now, added_only=ltr), left_to_right=ltr)
            line.both.setVisible(offers_both(kind, one.field))
            line.both.clicked.connect(partial(self._choose, one.field, Choice.MERGED))
            line.copy.clicked.connect(partial(self._copy, one.field))
            line.edit.setVisible(self._can_edit(conflict, one))
            line.edit.clicked.connect(partial(self._begin, one.field))
            line.editor.textChanged.connect(partial(self._typed, one.field))
            line.editor.submitted.connect(self.commit)
        for one in conflict.merged:
            self._add_merged(table, kind, one)
        column.addWidget(table)

    def _add_merged(self, table: Comparison, kind: Kind, one: FieldConflict) -> None:
        name = self._words.field(kind, one.field)
        both = merge(one.field, base=one.base, mine=one.mine, theirs=one.theirs)
        if one.field in SET_FIELDS:
            table.add_merged(name, one.base or (), both, one.mine or ())
            return
        value = partial(self._words.value, kind, one.field)
        table.add_merged_text(name, parts(value(one.base), value(both)))

    def _add_keys(self, column: QVBoxLayout, page: QWidget) -> None:
        meanings = (
            (("J", "K"), tr("next field")),
            (("M",), tr("mine")),
            (("T",), tr("theirs")),
            (("B",), tr("both, for texts")),
        )
        column.addLayout(key_legend(meanings, page))

    def _add_outcome(self, column: QVBoxLayout, page: QWidget, conflict: RecordConflict) -> None:
        column.addWidget(Label(tr("What will be saved"), page, weight=SEMIBOLD))
        kind = conflict.ref.kind
        names = {one.field: self._words.field(kind, one.field) for one in conflict.fields}
        outcome = Outcome(names, "conflict-saved-", page)
        outcome.setObjectName("conflict-outcome")
        self._saved = outcome.texts
        column.addWidget(outcome)

    # Choosing.

    def _picked(self, field: str, side: str) -> None:
        self._at = next(n for n, line in enumerate(self._lines()) if line.field == field)
        self._choose(field, Choice(side))

    def _lines(self) -> list[FieldLine]:
        return self._table.lines if self._table is not None else []

    def _choose(self, field: str, choice: Choice) -> None:
        if self.choices is None or self._table is None:
            return
        self._table.line(field).box.hide()
        self.choices.choose(field, choice)
        self._show_choices()

    def _choose_all(self, choice: Choice) -> None:
        for line in self._lines():
            self._choose(line.field, choice)

    def _show_choices(self) -> None:
        choices, table = self.choices, self._table
        if choices is None or table is None:
            return
        kind = choices.conflict.ref.kind
        for line in table.lines:
            choice = choices.chosen(line.field)
            line.mine.setChecked(choice is Choice.MINE)
            line.theirs.setChecked(choice is Choice.THEIRS)
            text = self._saved[line.field]
            text.set_role("text" if choice else "muted")
            words = tr("not chosen yet")
            if choice is not None:
                words = self._words.value(kind, line.field, choices.kept[line.field]) or tr("empty")
            text.show_text(words, left_to_right=self._words.is_left_to_right(line.field))
        self._allow()

    def _allow(self) -> None:
        why_not = self._context.situation.why_not_write
        choices = self.choices
        number = len(choices.kept) if choices else 0
        words = trn("Save {n} choice", "Save {n} choices", number)
        self.save.setText(words.format(n=count(number)))
        self.save.setAccessibleName(self.save.text())
        only_theirs = choices is not None and choices.command().only_theirs
        allowed = number > 0 and (why_not is None or only_theirs) and not self._is_wrong()
        self.save.setEnabled(allowed)
        self.save.setToolTip("" if allowed else why_not or tr("Choose a side first."))
        self.save.setAccessibleDescription(self.save.toolTip())
        self.save.restyle()
        self.all_mine.setEnabled(why_not is None)
        self.all_mine.setToolTip(why_not or "")

    def commit(self) -> None:
        """Save what was chosen."""
        choices = self.choices
        if choices is None or not self.save.isEnabled():
            return
        command = choices.command()
        name = visible(choices.conflict.contact_name)

        async def save() -> None:
            await self._context.perform(command, name)
            self._chosen.pop(command.ref, None)

        self._context.runner.own(save())

    # Copying and editing.

    def _copy(self, field: str) -> None:
        choices = self.choices
        if choices is None:
            return
        one = choices.field(field)
        value = choices.kept.get(field, one.mine)
        text = self._words.value(choices.conflict.ref.kind, field, value)
        QGuiApplication.clipboard().setText(text)
        self._context.notice(tr("Copied"), text[:120], icon="copy")

    async def _read_contact(self, conflict: RecordConflict) -> None:
        """Its fields are edited and checked as in the contact's own pane."""
        detail = await self._workspace.queries.detail(conflict.contact_id)
        if detail is None or self.choices is None or self.choices.conflict != conflict:
            return
        self._contact = detail.contact
        for one in conflict.fields:
            if self._table is not None:
                self._table.line(one.field).edit.setVisible(self._can_edit(conflict, one))

    def _spec(self, field: str) -> kinds.FieldSpec | None:
        if self._contact is None:
            return None
        reference = self._workspace.reference
        specs = (*kinds.standard_specs(reference, self._contact), *kinds.custom_specs(reference))
        return next((spec for spec in specs if spec.key == field), None)

    def _can_edit(self, conflict: RecordConflict, one: FieldConflict) -> bool:
        if self._context.situation.why_not_write is not None:
            return False
        if conflict.ref.kind is Kind.CONTACT:
            spec = self._spec(one.field)
            return spec is not None and spec.editor in (kinds.Editor.LINE, kinds.Editor.TEXT)
        plain = not any(is_html(str(side or "")) for side in (one.mine, one.theirs))
        return plain and one.field in _EDITED.get(conflict.ref.kind, ())

    def _begin(self, field: str) -> None:
        choices, table = self.choices, self._table
        if choices is None or table is None:
            return
        line, one = table.line(field), choices.field(field)
        value = choices.kept.get(field, one.mine)
        if offers_both(choices.conflict.ref.kind, field) and choices.chosen(field) is None:
            value = both_texts(one)
        line.box.show()
        line.editor.setPlainText("" if value is None else str(value))
        line.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        line.editor.selectAll()
        self._typed(field)

    def _typed(self, field: str) -> None:
        choices, table = self.choices, self._table
        if choices is None or table is None or table.line(field).box.isHidden():
            return
        line = table.line(field)
        try:
            value = self._parse(choices.conflict.ref.kind, field, line.editor.toPlainText())
        except InputError as error:
            line.message.say(str(error))
            line.editor.set_invalid(True)
        else:
            line.message.say("")
            line.editor.set_invalid(False)
            choices.choose(field, Choice.EDITED, value)
        self._show_choices()

    def _typed_texts(self) -> dict[str, str]:
        """What stands in open editors: news must not lose it."""
        return {
            line.field: line.editor.toPlainText()
            for line in self._lines()
            if not line.box.isHidden()
        }

    def _type_again(self, typed: dict[str, str]) -> None:
        for line in self._lines():
            if line.field in typed:
                line.box.show()
                line.editor.setPlainText(typed[line.field])

    def _parse(self, kind: Kind, field: str, text: str) -> Any:
        spec = self._spec(field) if kind is Kind.CONTACT else None
        if spec is None:
            if not text.strip() and (kind, field) in ((Kind.NOTE, "body"), (Kind.TASK, "title")):
                raise InputError(tr("This cannot be empty."), field=field)
            return text
        clock, location = self._workspace.clock, self._workspace.reference.location
        today = clock.now().astimezone(clock.zone()).date()
        return kinds.parse(spec, text, today, location.country if location else "")

    def _is_wrong(self) -> bool:
        return any(not line.box.isHidden() and line.message.words.text() for line in self._lines())

    # Keys.

    def takes(self, event: QKeyEvent) -> bool:
        """Whether the key means something here; a text field keeps its letters by itself."""
        if self._table is None:
            return False
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        return event.modifiers() == Qt.KeyboardModifier.NoModifier and event.key() in _SINGLE

    def press(self, event: QKeyEvent) -> None:
        lines = self._lines()
        if not lines:
            return
        match event.key():
            case Qt.Key.Key_J:
                self._go(self._at + (1 if self._is_here() else 0))
            case Qt.Key.Key_K:
                self._go(self._at - 1)
            case Qt.Key.Key_M:
                self._by_key(Choice.MINE)
            case Qt.Key.Key_T:
                self._by_key(Choice.THEIRS)
            case Qt.Key.Key_B:
                kind = self.choices.conflict.ref.kind if self.choices else Kind.CONTACT
                if offers_both(kind, lines[self._at].field):
                    self._by_key(Choice.MERGED)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.commit()

    def _is_here(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self._table is not None and self._table.isAncestorOf(focus)

    def _by_key(self, choice: Choice) -> None:
        line = self._lines()[self._at]
        self._choose(line.field, choice)
        self._go(self._at)

    def _go(self, at: int) -> None:
        lines = self._lines()
        self._at = min(max(at, 0), len(lines) - 1)
        line = lines[self._at]
        cell = line.theirs if line.theirs.isChecked() else line.mine
        self.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        cell.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._scroll.ensureWidgetVisible(cell)
