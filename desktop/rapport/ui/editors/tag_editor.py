"""The tags of a contact: chips that go with Delete, and “+ Tag” that completes what is typed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from rapport.domain.commands import normal_tag
from rapport.domain.text import fold
from rapport.language import tr, trn
from rapport.ui.context import WindowContext
from rapport.ui.editors.suggestions import Offer, Suggestions
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.chips import TagChip
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.wording import count

_SHOWN = 40
"""More chips than this wait behind “Show all”: ten thousand tags must not freeze the pane."""


class TagEditor(QWidget):
    """Shows tags and says what a person wants changed; whoever owns it carries that out."""

    added = Signal(str)
    removed = Signal(str)

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._tags: tuple[str, ...] = ()
        self._chips: dict[str, TagChip] = {}
        self._all = False
        self._why_not: str | None = None
        self._flow = FlowLayout(self, gap=4)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.rest = Button("0", self, kind=Kind.QUIET, size=Size.CHIP)
        self.rest.setObjectName("tag-all")
        self.rest.clicked.connect(self._show_all)
        self.rest.hide()
        self.add = Button(tr("Tag"), self, kind=Kind.OUTLINE, size=Size.CHIP, icon="plus")
        self.add.setObjectName("tag-add")
        self.add.setAccessibleName(tr("Add tag"))
        self.add.clicked.connect(self.begin)
        self.field = QLineEdit(self)
        self.field.setObjectName("tag-field")
        self.field.setAccessibleName(tr("Tag to add"))
        self.field.setPlaceholderText(tr("Tag"))
        self.field.hide()
        self.field.textEdited.connect(self._suggest)
        self.field.returnPressed.connect(self._take_typed)
        self.field.installEventFilter(self)
        self._suggestions = Suggestions(self.field, tr("Tags"))
        self._suggestions.chosen.connect(self._take)
        for widget in (self.rest, self.add, self.field):
            self._flow.addWidget(widget)
        current_theme().changed.connect(self._restyle)
        self._restyle()

    @property
    def tags(self) -> tuple[str, ...]:
        return self._tags

    def show_tags(self, tags: tuple[str, ...]) -> None:
        """Show these tags; chips that stay are left alone, so that focus stays too."""
        self._tags = tags
        wanted = tags if self._all else tags[:_SHOWN]
        kept = set(wanted)
        # Each chip would lay out all others again.
        self._flow.setEnabled(False)
        had_focus = next((t for t, chip in self._chips.items() if chip.hasFocus()), None)
        order = list(self._chips)
        for tag in [tag for tag in self._chips if tag not in kept]:
            chip = self._chips.pop(tag)
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        before: QWidget | None = None
        for position, tag in enumerate(wanted):
            chip = self._chips.get(tag) or self._make(tag)
            item = self._flow.itemAt(position)
            if item is None or item.widget() is not chip:
                self._flow.removeWidget(chip)
                self._flow.insert_widget(position, chip)
            if before is not None:
                QWidget.setTabOrder(before, chip)
            before = chip
        for then in (self.rest, self.add, self.field):
            if before is not None:
                QWidget.setTabOrder(before, then)
            before = then
        hidden = len(tags) - len(wanted)
        self.rest.setVisible(hidden > 0)
        self.rest.setText(
            trn("Show {n} tag", "Show all {n} tags", len(tags)).format(n=count(len(tags)))
        )
        self.rest.setAccessibleName(self.rest.text())
        if had_focus is not None and had_focus not in self._chips:
            self._focus_neighbour(order, had_focus)
        self._flow.setEnabled(True)
        self._flow.invalidate()
        self.updateGeometry()

    def allow(self, why_not: str | None) -> None:
        """Forbid changes, with the reason; None allows them."""
        self._why_not = why_not
        self.add.setEnabled(why_not is None)
        self.add.setToolTip(why_not or "")
        self.add.setAccessibleDescription(why_not or "")
        for chip in self._chips.values():
            self._allow(chip)

    def begin(self) -> None:
        """Open the field that adds a tag."""
        if self._why_not:
            return
        self.add.hide()
        self.field.show()
        self.field.clear()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.updateGeometry()
        self._suggest("")

    def end(self) -> None:
        self._suggestions.hide()
        if self.field.isHidden():
            return
        self.add.show()
        self.field.hide()
        self.updateGeometry()

    # Chips.

    def _make(self, tag: str) -> TagChip:
        chip = TagChip(tag, self)
        chip.setObjectName(f"tag-{tag}")
        self._allow(chip)
        chip.removed.connect(lambda: self.removed.emit(tag))
        self._chips[tag] = chip
        chip.show()
        return chip

    def _allow(self, chip: TagChip) -> None:
        chip.removable = self._why_not is None
        chip.setToolTip(self._why_not or "")
        chip.setAccessibleDescription(self._why_not or tr("Delete removes this tag"))

    def _focus_neighbour(self, order: list[str], gone: str) -> None:
        place = order.index(gone)
        near = [tag for tag in (*order[place + 1 :], *reversed(order[:place]))]
        chip = next((self._chips[tag] for tag in near if tag in self._chips), None)
        (chip or self.add).setFocus(Qt.FocusReason.TabFocusReason)

    def _show_all(self) -> None:
        self._all = True
        self.show_tags(self._tags)

    def forget_all(self) -> None:
        """Another contact: start with the first tags again."""
        self._all = False
        self.end()

    # Typing.

    def _suggest(self, typed: str) -> None:
        self._context.runner.start(lambda: self._ask(typed), slot="suggest-tags")

    async def _ask(self, typed: str) -> None:
        prefix = normal_tag(typed)
        known = await self._context.workspace.queries.suggest_tags(prefix, 8 + len(self._tags))
        if self.field.isHidden() or self.field.text() != typed:
            return
        offers = [
            Offer(value=name, text=name, beside=count(number), tag=True)
            for name, number in known
            if name not in self._tags
        ][:8]
        # What was typed in full comes first; else the tag that is used most.
        offers.sort(key=lambda offer: fold(offer.text) != fold(prefix))
        if prefix and all(name != prefix for name, _ in known):
            words = tr("Create “{tag}”").format(tag=prefix)
            offers.append(Offer(value=prefix, text=words, icon="plus"))
        self._suggestions.offer(offers)

    def _take_typed(self) -> None:
        """Enter before the suggestions came, or with Ctrl: exactly what was typed."""
        tag = normal_tag(self.field.text())
        if tag:
            self._take(tag)
        else:
            self._leave()

    def _take(self, tag: object) -> None:
        self.field.clear()
        if isinstance(tag, str) and tag not in self._tags:
            self.added.emit(tag)
        self._leave()

    def _leave(self) -> None:
        self.end()
        self.add.setFocus(Qt.FocusReason.TabFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.field:
            return False
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
            elif event.type() == QEvent.Type.KeyPress:
                self._leave()
                return True
        elif event.type() == QEvent.Type.FocusOut and not self.field.text().strip():
            self.end()
        return False

    # Shape.

    def _restyle(self) -> None:
        type_ = current_theme().type
        self.field.setFont(type_.font(TextSize.CAPTION))
        height, padding = type_.px(24), type_.px(6)
        # Heights set on a widget lose against the application's style sheet.
        self.field.setStyleSheet(
            f"QLineEdit {{ min-height: {height - 2}px; max-height: {height - 2}px;"
            f" padding: 0 {padding}px; }}"
            f"QLineEdit:focus {{ min-height: {height - 4}px; max-height: {height - 4}px;"
            f" padding: 0 {padding - 1}px; }}"
        )
        self.field.setFixedWidth(type_.px(120))

    def sizeHint(self) -> QSize:
        width = max(self.width(), current_theme().type.px(200))
        return QSize(width, self._flow.heightForWidth(width))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._flow.heightForWidth(width)
