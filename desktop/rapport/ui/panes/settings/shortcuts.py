"""The keys of every action, and giving it others."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.text import fold
from rapport.language import english, tr
from rapport.ui.actions import Action, Section
from rapport.ui.context import WindowContext
from rapport.ui.key_names import key_name
from rapport.ui.onboarding.text import Words
from rapport.ui.panes.settings.card import Card, Heading
from rapport.ui.panes.settings.table import Group
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, IconButton, Kind, Size
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.key_recorder import KeyRecorder

_MOVING = frozenset(
    (
        *("Tab", "Shift+Tab", "Backtab", "Shift+Backtab", "Return", "Enter", "Backspace"),
        *("Up", "Down", "Left", "Right", "PgUp", "PgDown", "Home", "End"),
    )
)
_TEXT = frozenset(("Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A", "Ctrl+Return", "Ctrl+Enter"))


class ShortcutsCard(Card):
    """Built once; actions that are bound later get their line when the page is shown again."""

    def __init__(self, context: WindowContext) -> None:
        super().__init__(Group.SHORTCUTS)
        self._context = context
        self._typed = ""
        self._reset = Button(tr("Reset all"), icon="undo", kind=Kind.TONAL)
        self._reset.setObjectName("reset-shortcuts")
        self._reset.clicked.connect(lambda: context.actions.reset_keys())
        self._row = self.row(
            "shortcuts",
            self._reset,
            note=tr("Press an action’s key here, then the one that you want. Esc leaves it."),
        )
        self._lines: dict[str, _Line] = {}
        self._titles: list[tuple[QWidget, list[_Line]]] = []
        self._place = QVBoxLayout()
        self._place.setSpacing(self.type.px(2))
        self.column.addLayout(self._place)
        self.show_actions()

    def show_actions(self) -> None:
        """A line for each action that somebody can carry out; called again when those, or keys,
        may have changed."""
        actions = list(self._context.actions)
        if [action.id for action in actions] != list(self._lines):
            self._build(actions)
        for line in self._lines.values():
            line.show_keys()
        self._reset.setEnabled(bool(self._context.settings.shortcuts))

    def narrow(self, typed: str) -> bool:
        self._typed = typed
        whole = self._row.narrow(typed)
        found = [line.narrow("" if whole else typed) for line in self._lines.values()]
        for title, lines in self._titles:
            title.setVisible(any(not line.isHidden() for line in lines))
        # Without the card's title and first row single lines would not say what they are.
        self._row.setVisible(whole or any(found))
        self.setVisible(whole or any(found))
        return whole or any(found)

    def _build(self, actions: list[Action]) -> None:
        while (item := self._place.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._lines, self._titles = {}, []
        px = self.type.px
        ordered = sorted(actions, key=lambda action: list(Section).index(action.section))
        for section in Section:
            mine = [action for action in ordered if action.section is section]
            if not mine:
                continue
            title = Words(tr(section.value), caption=True, strong=True, muted=True)
            title.setContentsMargins(px(8), px(8), px(8), 0)
            self._place.addWidget(title)
            lines = [_Line(self._context, action) for action in mine]
            for line in lines:
                self._place.addWidget(line)
            self._titles.append((title, lines))
            self._lines |= {line.action.id: line for line in lines}
        self._lines = {action.id: self._lines[action.id] for action in actions}
        if self._typed:
            self.narrow(self._typed)


class _Line(Painted):
    """One action: what it is called, its keys, and what stands in the way of others."""

    def __init__(self, context: WindowContext, action: Action) -> None:
        super().__init__()
        px = self.type.px
        self._context = context
        self.action = action
        self._wanted = ""
        title = action.words
        self.heading = Heading(title)
        self.recorder = KeyRecorder(tr("Keys of {action}").format(action=title))
        self.recorder.setObjectName(f"keys-{action.id}")
        self.recorder.recorded.connect(self._recorded)
        self._none = IconButton("x", tr("No key for {action}").format(action=title))
        self._none.setObjectName(f"no-keys-{action.id}")
        self._none.clicked.connect(lambda: self._give(()))
        self._back = IconButton("undo", tr("Reset the keys of {action}").format(action=title))
        self._back.setObjectName(f"reset-keys-{action.id}")
        self._back.clicked.connect(lambda: context.actions.reset_keys(action.id))
        for button in (self._none, self._back):
            policy = button.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            button.setSizePolicy(policy)
        line = QHBoxLayout()
        line.setSpacing(px(4))
        line.addWidget(self.heading, 1)
        for widget in (self.recorder, self._none, self._back):
            line.addWidget(widget)
        self._warning = Words("", danger=True)
        self._warning.setObjectName(f"rivals-{action.id}")
        self._replace = Button(tr("Use it here"), size=Size.SMALL)
        self._replace.setObjectName(f"replace-{action.id}")
        self._replace.clicked.connect(self._take_over)
        self._leave = Button(tr("Leave it"), size=Size.SMALL, kind=Kind.QUIET)
        self._leave.clicked.connect(self._settle)
        self._ways = QWidget()
        ways = FlowLayout(self._ways, gap=6)
        ways.addWidget(self._replace)
        ways.addWidget(self._leave)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(8), 0, px(8), 0)
        column.setSpacing(px(4))
        column.addLayout(line)
        column.addWidget(self._warning)
        column.addWidget(self._ways)
        self._settle()

    def show_keys(self) -> None:
        actions = self._context.actions
        keys = actions.keys(self.action.id)
        self.recorder.show_keys(keys)
        self._none.setVisible(bool(keys))
        self._back.setVisible(actions.has_own_keys(self.action.id))

    def narrow(self, typed: str) -> bool:
        words = fold(typed).split()
        keys = " ".join(map(key_name, self._context.actions.keys(self.action.id)))
        text = fold(f"{self.action.words} {english(self.action.title)} {keys}")
        fits = all(word in text for word in words)
        title = fold(self.action.words)
        plain = len(title) == len(self.action.words)
        at = title.find(words[0]) if fits and words and plain else -1
        self.heading.point_out(((at, len(words[0])),) if at >= 0 else ())
        self.setVisible(fits)
        return fits

    def _recorded(self, key: str) -> None:
        self._settle()
        actions = self._context.actions
        name = key_name(key)
        own = key in self.action.keys
        if not key or (key in _MOVING and not own):
            self._say(tr("{key} moves about in the window or in a text.").format(key=name))
        elif key in _TEXT and not own:
            self._say(tr("{key} has a meaning of its own in every text.").format(key=name))
        elif rivals := actions.rivals(self.action.id, key):
            titles = tr(", ").join(actions[id].words for id in rivals)
            self._wanted = key
            self._say(tr("{key} is the key of: {actions}.").format(key=name, actions=titles))
            self._ways.show()
            self._replace.setFocus()
        else:
            self._give(self._with(key))

    def _with(self, key: str) -> tuple[str, ...]:
        """The first key gives way; further ones stay."""
        rest = self._context.actions.keys(self.action.id)[1:]
        return (key, *(one for one in rest if one != key))

    def _take_over(self) -> None:
        actions, key = self._context.actions, self._wanted
        changed = {
            id: tuple(one for one in actions.keys(id) if one != key)
            for id in actions.rivals(self.action.id, key)
        }
        self._give(self._with(key), **changed)
        self.recorder.setFocus()

    def _give(self, keys: tuple[str, ...], **others: tuple[str, ...]) -> None:
        self._settle()
        self._context.actions.set_keys({**others, self.action.id: keys})

    def _say(self, words: str) -> None:
        self._warning.setText(words)
        self._warning.show()

    def _settle(self) -> None:
        self._wanted = ""
        self._warning.hide()
        self._ways.hide()
