"""The palette: a line to type into, and at most nine rows."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QListView, QWidget

from rapport.domain.errors import RapportError
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.delegates.row import dress_list
from rapport.ui.look.type import TextSize
from rapport.ui.palette import entries
from rapport.ui.palette.entries import ACTIONS_ONLY, ROWS, TAGS_ONLY, Group
from rapport.ui.palette.rows import PaletteDelegate, PaletteModel
from rapport.ui.widgets.button import KeyCap
from rapport.ui.widgets.inputs import LineEdit
from rapport.ui.widgets.labels import IconView, Label, Rule
from rapport.ui.widgets.overlay import LinePanel
from rapport.ui.wording import count

_WIDTH = 640
_CANDIDATES = 40
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class _Line(LineEdit):
    """Up and Down move the choice below."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _STEPS.get(Qt.Key(event.key()))
        if by is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(by)


class _List(QListView):
    """Never has the keyboard: the line keeps it and moves the choice."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        model = self.model()
        rows = model.rowCount() if model is not None else 0
        return QSize(200, sum(self.sizeHintForRow(row) for row in range(rows)) + 1)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 0)


class Palette(LinePanel):
    """Typing searches actions, contacts, tags, tasks and notes; ``>`` asks for actions only, ``#``
    for tags. Up and Down choose, Enter does it, Esc leaves."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent, width=_WIDTH)
        self._answered: str | None = None
        """What the rows are for."""
        self._chosen_early = False
        self.setObjectName("palette")
        self.setAccessibleName(tr("Find anything"))
        self.closes_outside = True
        self._context = context
        px = context.theme.type.px
        self.line: _Line = _Line(
            tr("Find anything"),
            self.panel,
            placeholder=tr("Search contacts, tasks, notes and actions"),
            height=44,
        )
        self.line.setObjectName("palette-line")
        self.line.setProperty("bare", "true")
        self.line.setFont(context.theme.type.font(TextSize.SECTION))
        self.line.stepped.connect(self._step)
        self.line.returnPressed.connect(self.choose)
        self.line.escaped.connect(self.close)
        self._found = Label("", self.panel, size=TextSize.CAPTION, role="muted")
        self.model = PaletteModel(self)
        self.list = _List(self.panel)
        self.list.setObjectName("palette-list")
        self.list.setAccessibleName(tr("Results"))
        dress_list(self.list, PaletteDelegate(self.list), uniform=False)
        self.list.setModel(self.model)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.viewport().setAutoFillBackground(False)
        self.list.clicked.connect(self._clicked)
        self._nothing = Label(tr("Nothing is called that."), self.panel, role="muted")
        head = QHBoxLayout()
        head.setContentsMargins(px(16), 0, px(16), 0)
        head.setSpacing(px(16))
        head.addWidget(IconView("search", self.panel, size=18))
        head.addWidget(self.line, 1)
        head.addWidget(self._found)
        head.addWidget(KeyCap("Esc", self.panel))
        self._nothing.setContentsMargins(px(52), px(12), px(16), px(12))
        self.body.addLayout(head)
        self.body.addWidget(Rule(self.panel))
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self._nothing)
        self.body.addWidget(Rule(self.panel))
        self.body.addLayout(self._foot())
        self._nothing.hide()
        self.line.textChanged.connect(lambda _: self._search())
        self.closed.connect(self._leave)
        self._search()

    def choose(self) -> None:
        """Do what the chosen row says; fast fingers press Enter before there are rows for what
        they typed."""
        if self.line.text().strip() != self._answered:
            self._chosen_early = True
            return
        entry = self.model.entry(self.list.currentIndex().row())
        if entry is not None:
            self.close()
            entry.choose()

    def _step(self, by: int) -> None:
        self._point_at(self.model.next_entry(self.list.currentIndex().row(), by))

    # Searching.

    def _search(self) -> None:
        self._chosen_early = False
        self._context.runner.start(self._read, slot="palette")

    async def _read(self) -> None:
        typed = self.line.text().strip()
        self._show(await self._groups(typed))
        self._answered = typed
        if self._chosen_early:
            self.choose()

    async def _groups(self, typed: str) -> list[Group]:
        context = self._context
        if typed.startswith(ACTIONS_ONLY):
            return [entries.actions(context, typed[1:].strip(), ROWS)]
        workspace = context.situation.workspace
        if workspace is None:
            return [entries.actions(context, typed, ROWS), entries.settings(context, typed)]
        queries = workspace.queries
        if typed.startswith(TAGS_ONLY):
            rest = typed[1:].strip()
            return [entries.tags(context, await queries.suggest_tags(rest, ROWS), rest)]
        if not typed:
            recent = await queries.recent(context.settings.recent_contacts[:5])
            return [entries.contacts(context, recent, ""), entries.actions(context, "")]
        try:
            rows = await queries.find_contacts(typed, _CANDIDATES)
            hits = await queries.find_records(typed)
            tags = await queries.suggest_tags(typed, 2)
        except RapportError as error:
            context.runner.show(error)
            rows, hits, tags = [], [], []
        return [
            entries.contacts(context, rows, typed),
            entries.actions(context, typed),
            entries.settings(context, typed),
            entries.records(context, hits, typed),
            entries.tags(context, tags, typed),
        ]

    def _show(self, groups: list[Group]) -> None:
        shown = entries.cut(groups)
        total = sum(group.total for group in groups)
        rows = sum(len(group.entries) for group in shown)
        self.model.show(shown)
        self.list.setVisible(bool(shown))
        self._nothing.setVisible(not shown)
        words = (
            tr("{n} of {total}").format(n=count(rows), total=count(total)) if total > rows else ""
        )
        self._found.setText(words)
        self._point_at(self.model.next_entry(-1, 1))
        self.list.updateGeometry()
        self.place()

    def _point_at(self, row: int) -> None:
        index = self.model.index(row, 0)
        if index.isValid() and self.model.entry(row) is not None:
            self.list.setCurrentIndex(index)
            self.line.setAccessibleDescription(
                str(index.data(Qt.ItemDataRole.AccessibleTextRole) or "")
            )

    def _clicked(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self.choose()

    def _leave(self) -> None:
        self._context.runner.cancel("palette")
        self.deleteLater()

    def _foot(self) -> QHBoxLayout:
        px = self._context.theme.type.px
        foot = QHBoxLayout()
        foot.setContentsMargins(px(16), px(6), px(16), px(6))
        foot.setSpacing(px(6))
        hints: tuple[tuple[tuple[str, ...], str], ...] = (
            (("↑", "↓"), tr("choose")),
            (("↵",), tr("do it")),
        )
        more = ((ACTIONS_ONLY, tr("actions only")), (TAGS_ONLY, tr("tags")))
        for keys, words in hints:
            for key in keys:
                foot.addWidget(KeyCap(key, self.panel))
            foot.addWidget(self._hint(words))
            foot.addSpacing(px(8))
        foot.addStretch(1)
        for key, words in more:
            foot.addSpacing(px(8))
            foot.addWidget(KeyCap(key, self.panel))
            foot.addWidget(self._hint(words))
        return foot

    def _hint(self, words: str) -> QLabel:
        return Label(words, self.panel, size=TextSize.CAPTION, role="muted")
