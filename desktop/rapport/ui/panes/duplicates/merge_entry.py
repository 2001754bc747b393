"""Some contacts side by side: which one stays, whose value of each field, and what comes of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QCheckBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.duplicates import Group
from rapport.domain.merging import MOST_AT_ONCE, MergeContacts
from rapport.domain.records import Contact, Id, Kind
from rapport.domain.text import visible
from rapport.domain.views import ContactDetail
from rapport.language import tr, trn
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.activity.words import Words
from rapport.ui.panes.duplicates.choices import MergeChoices
from rapport.ui.panes.duplicates.merge_table import STAYS, MergeTable
from rapport.ui.panes.duplicates.merge_words import MergeWords, why_fixed
from rapport.ui.panes.duplicates.words import (
    belongings_words,
    certainty_words,
    reasons_words,
)
from rapport.ui.widgets.button import Button, IconButton, Size
from rapport.ui.widgets.button import Kind as ButtonKind
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.fit import fit
from rapport.ui.widgets.foot import Foot
from rapport.ui.widgets.key_legend import key_legend
from rapport.ui.widgets.labels import Avatar, ElidedLabel, Label, Rule
from rapport.ui.widgets.outcome import Outcome
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.widgets.states import Banner
from rapport.ui.wording import count

_DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4)


class MergeEntry(QWidget):
    """Keys: J and K go through the fields, digits choose a column, Ctrl+Enter merges."""

    left = Signal(int)
    """The next group is wanted (1), or the previous one (-1)."""
    done = Signal(object)
    """These were merged or are not the same: a tuple of ids."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("merge-entry")
        self._workspace, self._context = workspace, context
        self._words = Words(workspace)
        self._merge_words = MergeWords(self._words)
        self._kept: dict[tuple[Id, ...], MergeChoices] = {}
        self.choices: MergeChoices | None = None
        self._group: Group | None = None
        self._details: list[ContactDetail] = []
        self._table: MergeTable | None = None
        self._saved: dict[str, ChangedText] = {}
        self._at = 0
        self._with_rest = True
        self.keep_rest: QCheckBox | None = None
        self._scroll = ScrollArea(self)
        self._foot_box = Foot(self)
        self._rule = Rule(self)
        self._build_foot()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._rule)
        column.addWidget(self._foot_box)
        context.situation_changed.connect(self._allow)
        self._allow()

    def _build_foot(self) -> None:
        px = current_theme().type.px
        self.apart = Button(tr("Not the same"), self._foot_box)
        self.later = Button(tr("Decide later"), self._foot_box, kind=ButtonKind.QUIET)
        self.merge = Button(tr("Merge"), self._foot_box, kind=ButtonKind.FILLED, key="Ctrl ↵")
        for button, name, does in (
            (self.apart, "apart", self._set_apart),
            (self.later, "later", lambda: self.left.emit(1)),
            (self.merge, "commit", self.commit),
        ):
            button.setObjectName(f"merge-{name}")
            button.clicked.connect(does)
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._foot_box)
        self._foot.setContentsMargins(px(20), px(12), px(20), px(10))
        self._foot.setSpacing(px(8))
        self._foot.addWidget(self.apart)
        self._foot.addStretch(1)
        self._foot.addWidget(self.later)
        self._foot.addWidget(self.merge)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fit(self._foot, self.width(), (self._stack_foot,))

    def _stack_foot(self, stacked: bool) -> None:
        directions = QBoxLayout.Direction
        self._foot.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)

    # What the page asks.

    def show_group(self, group: Group, details: list[ContactDetail], sent: set[Id]) -> None:
        """``sent`` are the contacts that the CRM has."""
        details = details[:MOST_AT_ONCE]
        if group == self._group and details == self._details:
            return
        ids = tuple(one.contact.id for one in details)
        contacts = [(one.contact, one.contact.id in sent) for one in details]
        known = self._kept.get(ids)
        if known is None:
            known = self._kept[ids] = MergeChoices(contacts)
        else:
            known.follow(contacts)
        if known is not self.choices:
            self._at = 0
        self.choices, self._group, self._details = known, group, details
        self._compose()

    def clear(self) -> None:
        self.choices = self._group = self._table = None
        self._details = []

    # Composing.

    def _compose(self) -> None:
        group, choices = self._group, self.choices
        if group is None or choices is None:
            return
        held = self._focused()
        page = QWidget()
        column = QVBoxLayout(page)
        px = current_theme().type.px
        column.setContentsMargins(px(20), px(16), px(20), px(20))
        column.setSpacing(px(16))
        self._add_head(column, page, group)
        offline = self._workspace.sync.status().state.value == "offline"
        words = tr(
            "Notes, tasks and appointments are copied first. The others are deleted when the CRM"
            " has all of it, and the merge can be taken back for 60 days."
        )
        if offline:
            words = tr(
                "You are offline. It is sent later; before anything is deleted Rapport looks again"
                " what the CRM has."
            )
        safe = Banner(words, page, icon="shield", strong=tr("Nothing is lost."))
        safe.setObjectName("merge-safe")
        column.addWidget(safe)
        words = tr(
            "Conversations, opportunities, campaigns and workflows cannot be moved by the API: the"
            " CRM deletes those of the other contacts."
        )
        column.addWidget(Label(words, page, role="muted", wrap=True))
        self._add_table(column, page, choices)
        self._add_keys(column, page, len(choices.contacts))
        self._add_outcome(column, page, choices)
        column.addStretch(1)
        self._scroll.setWidget(page)
        self._show_choices()
        if held is not None:
            self._focus(*held)

    def _add_head(self, column: QVBoxLayout, page: QWidget, group: Group) -> None:
        px = current_theme().type.px
        row = QHBoxLayout()
        row.setSpacing(px(12))
        for one in self._details[:3]:
            avatar = Avatar(one.seed, one.contact.name, page, size=40)
            row.addWidget(avatar, 0, Qt.AlignmentFlag.AlignTop)
        told = QVBoxLayout()
        told.setSpacing(0)
        title = certainty_words(group.score)
        told.addWidget(ElidedLabel(title, page, size=TextSize.SECTION, weight=SEMIBOLD))
        country = self._country()
        why = ChangedText(page, role="muted")  # an address may be longer than the line
        why.show_text(reasons_words(group.reasons(), country))
        why.setObjectName("merge-reasons")
        told.addWidget(why)
        more = len(group.ids) - len(self._details)
        if more > 0:
            words = trn(
                "{n} more follows when these are done.",
                "{n} more follow when these are done.",
                more,
            ).format(n=count(more))
            told.addWidget(Label(words, page, role="muted", wrap=True))
        row.addLayout(told, 1)
        for icon, name, by in (("left", tr("Previous"), -1), ("right", tr("Next"), 1)):
            button = IconButton(icon, name, page)
            button.clicked.connect(partial(self.left.emit, by))
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(row)

    def _add_table(self, column: QVBoxLayout, page: QWidget, choices: MergeChoices) -> None:
        contacts = choices.contacts
        details = {one.contact.id: one for one in self._details}
        captions = [self._merge_words.caption(contact) for contact in contacts]
        table = self._table = MergeTable(contacts, captions, page)
        table.setObjectName("merge-table")
        table.picked.connect(self._picked)
        belongings = [
            belongings_words(len(one.notes), len(one.tasks), len(one.appointments))
            or tr("no notes or tasks")
            for one in (details[contact.id] for contact in contacts)
        ]
        table.add_field(STAYS, tr("Stays"), belongings)
        for field in choices.fields():
            values = [self._merge_words.value(contact, field) for contact in contacts]
            name = self._words.field(Kind.CONTACT, field)
            ltr = self._words.is_left_to_right(field)
            table.add_field(field, name, values, ltr=ltr)
        tags = choices.tags()
        if tags:
            table.add_tags(tr("Tags"), tags)
        if len(contacts) > 2:
            self._add_leaving(table, contacts)
        column.addWidget(table)
        if same := choices.same():
            words = trn(
                "{n} further field is the same in all of them.",
                "{n} further fields are the same in all of them.",
                same,
            ).format(n=count(same))
            column.addWidget(Label(words, page, size=TextSize.CAPTION, role="muted"))

    def _add_leaving(self, table: MergeTable, contacts: list[Contact]) -> None:
        buttons = []
        for column, contact in enumerate(contacts, 1):
            button = Button(
                tr("Leave out"), table, kind=ButtonKind.QUIET, size=Size.SMALL, icon="x"
            )
            button.setObjectName(f"merge-leave-{column}")
            button.setAccessibleName(
                tr("Leave {name} out, column {n}").format(name=visible(contact.name), n=column)
            )
            button.clicked.connect(partial(self._leave_out, contact.id))
            buttons.append(button)
        table.add_widgets(tr("Not one of them?"), buttons)

    def _add_keys(self, column: QVBoxLayout, page: QWidget, contacts: int) -> None:
        digits = tuple(str(n + 1) for n in range(contacts))
        meanings = ((("J", "K"), tr("next field")), (digits, tr("choose a column")))
        column.addLayout(key_legend(meanings, page))

    def _add_outcome(self, column: QVBoxLayout, page: QWidget, choices: MergeChoices) -> None:
        column.addWidget(Label(tr("What will be left"), page, weight=SEMIBOLD))
        names = {field: self._words.field(Kind.CONTACT, field) for field in choices.fields()}
        rest = {"tags": tr("Tags"), "belongings": tr("Belongings"), "rest": tr("Note")}
        outcome = Outcome({**names, **rest}, "merge-saved-", page)
        outcome.setObjectName("merge-outcome")
        self._saved = outcome.texts
        column.addWidget(outcome)
        keep = self.keep_rest = QCheckBox(tr("Keep the other values in a note"), page)
        keep.setObjectName("merge-keep-rest")
        keep.setChecked(self._with_rest)
        keep.toggled.connect(self._toggle_rest)
        column.addWidget(keep, 0, Qt.AlignmentFlag.AlignLeft)

    # Choosing.

    def _picked(self, field: str, id: str) -> None:
        choices = self.choices
        if choices is None or self._table is None:
            return
        self._at = list(self._table.cells).index(field)
        if field == STAYS:
            choices.let_stay(id)
        else:
            choices.choose(field, id)
        self._show_choices()

    def _leave_out(self, id: Id) -> None:
        if self.choices is not None:
            self.choices.leave_out(id)
            self._compose()

    def _toggle_rest(self, kept: bool) -> None:
        self._with_rest = kept
        self._show_choices()

    def _show_choices(self) -> None:
        choices, table = self.choices, self._table
        if choices is None or table is None:
            return
        for field, cells in table.cells.items():
            chosen = choices.survivor_id if field == STAYS else choices.chosen(field)
            for id, cell in cells.items():
                cell.setChecked(id == chosen)
                why = why_fixed(choices, field, id)
                cell.setEnabled(not why)
                cell.setToolTip(why)
                cell.setAccessibleDescription(why)
        for field, text in self._saved.items():
            if field not in ("tags", "belongings", "rest"):
                words = self._words.value(Kind.CONTACT, field, choices.kept(field)) or tr("empty")
                text.show_text(words, left_to_right=self._words.is_left_to_right(field))
        self._saved["tags"].show_text(visible(tr(", ").join(choices.tags())) or tr("none"))
        self._saved["belongings"].show_text(self._belongings(choices) or tr("none"))
        rest = choices.rest()
        if self.keep_rest is not None:
            self.keep_rest.setVisible(bool(rest))
        note = self._note(choices)
        self._saved["rest"].show_text(note or tr("none"))
        self._allow()

    def _belongings(self, choices: MergeChoices) -> str:
        ids = {contact.id for contact in choices.contacts}
        details = [one for one in self._details if one.contact.id in ids]
        return belongings_words(
            sum(len(one.notes) for one in details),
            sum(len(one.tasks) for one in details),
            sum(len(one.appointments) for one in details),
        )

    def _note(self, choices: MergeChoices) -> str:
        return self._merge_words.note(choices) if self._with_rest else ""

    def _country(self) -> str:
        location = self._workspace.reference.location
        return location.country if location else ""

    def _allow(self) -> None:
        why_not = self._context.situation.why_not_write
        number = len(self.choices.contacts) if self.choices else 0
        self._foot_box.setVisible(number > 1)
        self._rule.setVisible(number > 1)
        words = trn("Merge {n} contact", "Merge {n} contacts", number).format(n=count(number))
        self.merge.setText(words)
        self.merge.setAccessibleName(words)
        self.merge.setEnabled(number > 1 and why_not is None)
        self.merge.setToolTip(tr(why_not) if why_not else "")
        self.merge.setAccessibleDescription(self.merge.toolTip())
        self.merge.restyle()
        self._fit()

    # Deciding.

    def commit(self) -> None:
        choices = self.choices
        if choices is None or not self.merge.isEnabled():
            return
        command: MergeContacts = choices.command(self._note(choices))
        ids = tuple(contact.id for contact in choices.contacts)
        name = visible(choices.survivor.name)
        self.merge.setEnabled(False)

        async def work() -> None:
            try:
                await self._context.perform(command, name)
            finally:
                self._allow()
            self.done.emit(ids)

        self._context.runner.own(work())

    def _set_apart(self) -> None:
        choices = self.choices
        if choices is None:
            return
        ids = tuple(contact.id for contact in choices.contacts)
        duplicates = self._workspace.duplicates

        async def back() -> None:
            await duplicates.set_apart(ids, apart=False)
            self.done.emit(())

        async def work() -> None:
            await duplicates.set_apart(ids)
            names = tr(", ").join(visible(contact.name) for contact in choices.contacts)
            again = (tr("Undo"), lambda: self._context.runner.own(back()))
            title = tr("They are not proposed again")
            self._context.notice(title, names, icon="check", act=again)
            self.done.emit(ids)

        self._context.runner.own(work())

    # Keys.

    def takes(self, event: QKeyEvent) -> bool:
        """Whether the key means something here."""
        if self._table is None or not self.isVisible():
            return False
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            return event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        keys = (Qt.Key.Key_J, Qt.Key.Key_K, *_DIGITS)
        return plain == Qt.KeyboardModifier.NoModifier and event.key() in keys

    def press(self, event: QKeyEvent) -> None:
        choices, table = self.choices, self._table
        if choices is None or table is None:
            return
        key = Qt.Key(event.key())
        if key in _DIGITS:
            column = _DIGITS.index(key)
            if column < len(choices.contacts):
                field = list(table.cells)[self._at]
                id = choices.contacts[column].id
                if table.cells[field][id].isEnabled():
                    self._picked(field, id)
                    self._focus(field, id)
        elif key in (Qt.Key.Key_J, Qt.Key.Key_K):
            step = 1 if key == Qt.Key.Key_J else -1
            here = self._focused() is not None
            self._go(self._at + (step if here or step < 0 else 0))
        else:
            self.commit()

    def _go(self, at: int) -> None:
        if self._table is None or self.choices is None:
            return
        fields = list(self._table.cells)
        self._at = min(max(at, 0), len(fields) - 1)
        field = fields[self._at]
        chosen = self.choices.survivor_id if field == STAYS else self.choices.chosen(field)
        self._focus(field, chosen)

    def _focused(self) -> tuple[str, Id] | None:
        """The cell that has the keyboard."""
        focus = QApplication.focusWidget()
        for field, cells in self._table.cells.items() if self._table else ():
            for id, cell in cells.items():
                if cell is focus:
                    return field, id
        return None

    def _focus(self, field: str, id: Id) -> None:
        cell = self._table.cells.get(field, {}).get(id) if self._table else None
        if cell is not None:
            self.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
            cell.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self._scroll.ensureWidgetVisible(cell)
