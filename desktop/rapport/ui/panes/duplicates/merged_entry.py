"""A merge that was made: what became of it, and taking it back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from rapport.domain.changes import Delta
from rapport.domain.diff3 import Part
from rapport.domain.merging import (
    UNMERGE_FOR,
    Merged,
    MergeState,
    Unmerge,
    only_once,
    set_back,
)
from rapport.domain.records import Contact, Kind, fields_of
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD
from rapport.ui.panes.activity.entry_head import EntryHead
from rapport.ui.panes.activity.words import Words, change_parts, taken_apart
from rapport.ui.panes.duplicates.words import belongings_words
from rapport.ui.widgets.button import Button
from rapport.ui.widgets.changed_text import ChangedText
from rapport.ui.widgets.chips import Tone
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.widgets.states import Banner
from rapport.ui.wording import day


def state_words(merged: Merged) -> str:
    return {
        MergeState.WAITING: tr("On its way to the CRM"),
        MergeState.REFUSED: tr("The CRM refused a part: nothing is deleted"),
        MergeState.STOPPED: tr("Stopped: what was not deleted yet stays"),
        MergeState.DONE: tr("Merged"),
        MergeState.UNDONE: tr("Taken back"),
    }[merged.state]


def _new_ids() -> str:
    return tr(
        "The CRM gives the contact and all that belongs to it new ids. Conversations,"
        " opportunities, campaigns and workflows do not come back."
    )


class MergedEntry(QWidget):
    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("merged-entry")
        self._workspace, self._context = workspace, context
        self._words = Words(workspace)
        self._scroll = ScrollArea(self)
        self._shown: tuple[Merged, Contact | None] | None = None
        self.take_back: Button | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)
        context.situation_changed.connect(self._allow)

    def show_merged(self, merged: Merged, survivor: Contact | None) -> None:
        """``survivor`` is the contact that stayed as it is now; None where it is gone."""
        if self._shown == (merged, survivor):
            return
        self._shown = merged, survivor
        page = QWidget()
        column = QVBoxLayout(page)
        px = current_theme().type.px
        column.setContentsMargins(px(20), px(16), px(20), px(20))
        column.setSpacing(px(16))
        head = EntryHead(
            self._context,
            self._sentence(merged),
            page,
            id="merged",
            seed=merged.seed,
            name=merged.name,
            contact_id=merged.survivor_id,
        )
        column.addWidget(head)
        self._add_state(column, page, merged)
        self._add_back(column, page, merged, survivor)
        column.addStretch(1)
        self._scroll.setWidget(page)
        self._allow()

    def _sentence(self, merged: Merged) -> str:
        names = tr(", ").join(visible(one.name) for one in merged.gone)
        kinds = [one.kind for one in merged.carried]
        told = belongings_words(
            kinds.count(Kind.NOTE), kinds.count(Kind.TASK), kinds.count(Kind.APPOINTMENT)
        )
        if told:
            return tr("{names} went into this contact, with {what}.").format(names=names, what=told)
        return tr("{names} went into this contact.").format(names=names)

    def _add_state(self, column: QVBoxLayout, page: QWidget, merged: Merged) -> None:
        if merged.state is MergeState.REFUSED:
            words = tr(
                "{reason} The other contact is not deleted until this is settled in the sync"
                " ledger: try again, or give it up and keep both contacts."
            ).format(reason=merged.why)
            banner = Banner(
                words,
                page,
                icon="alert",
                tone=Tone.DANGER,
                strong=tr("The CRM refused a part."),
                button=tr("Open the sync ledger"),
            )
            banner.setObjectName("merged-refused")
            banner.button.setObjectName("merged-ledger")
            banner.pressed.connect(lambda: self._context.show_activity("ledger"))
            column.addWidget(banner)
        elif merged.state is MergeState.WAITING:
            words = tr("Notes, tasks and appointments go first; then the other contact is deleted.")
            column.addWidget(Banner(words, page, icon="clock", strong=state_words(merged)))
        elif merged.state is MergeState.STOPPED:
            words = tr("What was copied already is at both contacts; taking it back removes it.")
            column.addWidget(Banner(words, page, icon="dnd", strong=state_words(merged)))

    def _add_back(
        self, column: QVBoxLayout, page: QWidget, merged: Merged, survivor: Contact | None
    ) -> None:
        self.take_back = None
        if merged.state is MergeState.UNDONE:
            words = tr("It was taken back: the contacts are apart again.")
            column.addWidget(Label(words, page, role="muted", wrap=True))
            return
        if survivor is None:
            words = tr("The contact that stayed is not there any more.")
            column.addWidget(Label(words, page, role="muted", wrap=True))
            return
        back, left = set_back(merged, survivor)
        told = taken_apart(Kind.CONTACT, back)
        if told:
            column.addWidget(
                Label(tr("What goes back when you take it back"), page, weight=SEMIBOLD)
            )
            column.addLayout(self._changes(page, told))
        stays = taken_apart(Kind.CONTACT, left)
        if stays:
            title = Label(tr("Changed since, and stays as it is"), page, weight=SEMIBOLD)
            title.setObjectName("merged-stays")
            column.addWidget(title)
            column.addLayout(self._changes(page, stays, now_only=True))
        self._add_only_once(column, page, merged, survivor, back)
        if merged.state is MergeState.DONE:
            column.addWidget(Label(_new_ids(), page, role="muted", wrap=True))
        clock = self._workspace.clock
        until = day(merged.at + UNMERGE_FOR, clock.now(), clock.zone())
        words = tr("Possible until {date}.").format(date=until)
        column.addWidget(Label(words, page, role="muted"))
        self.take_back = Button(tr("Take the merge back"), page, icon="undo")
        self.take_back.setObjectName("merged-take-back")
        self.take_back.clicked.connect(self._take_back)
        column.addWidget(self.take_back, 0, Qt.AlignmentFlag.AlignLeft)

    def _add_only_once(
        self,
        column: QVBoxLayout,
        page: QWidget,
        merged: Merged,
        survivor: Contact,
        back: dict[str, Delta],
    ) -> None:
        """What the CRM lets only one contact have stays where it is."""
        after = fields_of(survivor) | {name: delta.want for name, delta in back.items()}
        for gone in merged.gone:
            for name in only_once(gone, after):
                words = tr(
                    "{field} {value} stays here: the CRM may let only one contact have it. A note"
                    " tells it at {name}."
                ).format(
                    field=self._words.field(Kind.CONTACT, name),
                    value=self._words.value(Kind.CONTACT, name, gone.values[name]),
                    name=visible(gone.name),
                )
                column.addWidget(Label(words, page, role="muted", wrap=True))

    def _changes(
        self, page: QWidget, told: list[tuple[str, Delta]], *, now_only: bool = False
    ) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        grid.setHorizontalSpacing(current_theme().type.px(24))
        grid.setVerticalSpacing(current_theme().type.px(4))
        for row, (name, delta) in enumerate(told):
            top = Qt.AlignmentFlag.AlignTop
            label = Label(self._words.field(Kind.CONTACT, name), page, role="muted")
            grid.addWidget(label, row, 0, top)
            text = ChangedText(page)
            now = self._words.value(Kind.CONTACT, name, delta.base)
            want = self._words.value(Kind.CONTACT, name, delta.want)
            if now_only:
                text.show_text(now or tr("empty"))
            elif self._words.is_left_to_right(name):
                whole = [Part("-", now), Part("=", " → "), Part("+", want or tr("empty"))]
                text.show_parts(whole if now else whole[2:], left_to_right=True)
            else:
                text.show_parts(change_parts(now, want))
            grid.addWidget(text, row, 1)
        return grid

    def _allow(self) -> None:
        button = self.take_back
        if button is not None:
            why_not = self._context.situation.why_not_write
            button.setEnabled(why_not is None)
            button.setToolTip(tr(why_not) if why_not else "")
            button.setAccessibleDescription(button.toolTip())

    def _take_back(self) -> None:
        if self._shown is None:
            return
        merged = self._shown[0]
        names = tr(", ").join(visible(one.name) for one in merged.gone)

        async def work() -> None:
            outcome = await self._workspace.bus.run(Unmerge(merge_id=merged.id))
            text = _new_ids() if outcome.anew else names
            self._context.notice(tr("The contacts are apart again"), text, icon="undo")

        self._context.runner.own(work())
