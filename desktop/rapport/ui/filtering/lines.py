"""Lines and groups of the filter builder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rapport.domain.filter_lines import (
    STANDARD_FIELDS,
    VERBS,
    Asks,
    Group,
    Line,
    Match,
    Verb,
    asks,
    first_line,
)
from rapport.domain.filter_words import Vocabulary
from rapport.language import mark, tr
from rapport.ui.condition_words import field_name
from rapport.ui.context import WindowContext
from rapport.ui.filtering.values import ValueEditor, editor_for
from rapport.ui.look.paint import rounded
from rapport.ui.look.text import plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, IconButton, Kind, Size

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

DEEPEST = 3
"""Groups within groups that can be added; deeper ones that were typed are shown all the same."""

_MATCHES = {
    Match.ALL: mark("All of these"),
    Match.ANY: mark("Any of these"),
    Match.NONE: mark("None of these"),
    Match.NOT_ALL: mark("Not all of these"),
}
_VERBS = {
    (Verb.IS, False): mark("is"),
    (Verb.IS, True): mark("is not"),
    (Verb.HAS, False): mark("contains"),
    (Verb.HAS, True): mark("does not contain"),
    (Verb.FILLED, False): mark("is filled in"),
    (Verb.FILLED, True): mark("is empty"),
    (Verb.OPEN, False): mark("has an open one"),
    (Verb.OPEN, True): mark("has no open one"),
    (Verb.OVERDUE, False): mark("is overdue"),
    (Verb.OVERDUE, True): mark("is not overdue"),
    (Verb.WITHIN, False): mark("is due within"),
    (Verb.WITHIN, True): mark("is not due within"),
    (Verb.YES, False): mark("is on"),
    (Verb.YES, True): mark("is off"),
    (Verb.EQUAL, False): "\u200e=",
    (Verb.EQUAL, True): "\u200e≠",
    (Verb.LEAST, False): "\u200e≥",
    (Verb.LEAST, True): mark("not ≥"),
    (Verb.MOST, False): "\u200e≤",
    (Verb.MOST, True): mark("not ≤"),
    (Verb.OVER, False): "\u200e>",
    (Verb.OVER, True): mark("not >"),
    (Verb.UNDER, False): "\u200e<",
    (Verb.UNDER, True): mark("not <"),
    (Verb.LAST, False): mark("in the last"),
    (Verb.LAST, True): mark("not in the last"),
    (Verb.NEXT, False): mark("in the next"),
    (Verb.NEXT, True): mark("not in the next"),
    (Verb.AGO, False): mark("more than … ago"),
    (Verb.AGO, True): mark("not more than … ago"),
    (Verb.ON, False): mark("is on the day"),
    (Verb.ON, True): mark("is not on the day"),
    (Verb.FROM, False): mark("is on or after"),
    (Verb.FROM, True): mark("is not on or after"),
    (Verb.UNTIL, False): mark("is on or before"),
    (Verb.UNTIL, True): mark("is not on or before"),
    (Verb.BETWEEN, False): mark("is between"),
    (Verb.BETWEEN, True): mark("is not between"),
}
_OWN_WORDS = {
    (Asks.TAG, Verb.FILLED, False): mark("has any"),
    (Asks.TAG, Verb.FILLED, True): mark("has none"),
    (Asks.OWNER, Verb.FILLED, False): mark("is somebody"),
    (Asks.OWNER, Verb.FILLED, True): mark("is nobody"),
    (Asks.DATE, Verb.FILLED, False): mark("is known"),
    (Asks.DATE, Verb.FILLED, True): mark("is not known"),
    (Asks.TEXT, Verb.IS, False): mark("is exactly"),
    (Asks.TEXT, Verb.IS, True): mark("is not exactly"),
    (Asks.WORDS, Verb.HAS, False): mark("mentions"),
    (Asks.WORDS, Verb.HAS, True): mark("does not mention"),
}


def verb_words(kind: Asks, verb: Verb, negated: bool) -> str:
    own = _OWN_WORDS.get((kind, verb, negated))
    return tr(own or _VERBS[verb, negated])


class Parts:
    """What every line needs: whose fields there are, and what they can be asked."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, vocabulary: Vocabulary
    ) -> None:
        self.workspace = workspace
        self.context = context
        self.vocabulary = vocabulary
        self.fields = [
            *((field, field_name(field, workspace)) for field in STANDARD_FIELDS),
            *((id, name) for name, id in vocabulary.custom.items()),
        ]


class LineRow(QWidget):
    changed = Signal()
    removed = Signal()

    def __init__(self, line: Line, parts: Parts, parent: QWidget) -> None:
        super().__init__(parent)
        self._parts = parts
        self._verbs: list[tuple[Verb, bool]] = []
        px = current_theme().type.px
        self.setObjectName("filter-line")
        self.field = QComboBox(self)
        self.field.setObjectName("filter-field")
        self.field.setAccessibleName(tr("Field"))
        self.field.setMaxVisibleItems(14)
        self.field.setFixedWidth(px(172))
        for id, name in parts.fields:
            self.field.addItem(name, id)
        if self.field.findData(line.field) < 0:
            self.field.addItem(field_name(line.field, parts.workspace), line.field)
        self.verb = QComboBox(self)
        self.verb.setObjectName("filter-verb")
        self.verb.setAccessibleName(tr("Condition"))
        self.verb.setMaxVisibleItems(14)
        self.verb.setFixedWidth(px(164))
        self.verb.currentTextChanged.connect(lambda text: self.verb.setToolTip(plain_tip(text)))
        self._value = ValueEditor(self)
        self._remove = remove = IconButton("x", tr("Remove this condition"), self, size=Size.SMALL)
        remove.setObjectName("filter-remove")
        remove.clicked.connect(self.removed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(px(8))
        self._row.addWidget(self.field)
        self._row.addWidget(self.verb)
        self._row.addWidget(self._value, 1)
        self._row.addWidget(remove)
        self._fill(line)
        self.field.activated.connect(self._field_chosen)
        self.verb.activated.connect(self._verb_chosen)

    def line(self) -> Line:
        verb, negated = self._verbs[self.verb.currentIndex()]
        field = str(self.field.currentData())
        return Line(field=field, verb=verb, negated=negated, value=self._value.value())

    def stops(self) -> list[QWidget]:
        """What Tab goes through, in reading order."""
        values = self._value.findChildren(QWidget, "filter-value")
        return [self.field, self.verb, *values, self._remove]

    def _fill(self, line: Line) -> None:
        kind = asks(line.field, self._parts.vocabulary)
        self.field.setCurrentIndex(self.field.findData(line.field))
        now = (line.verb, line.negated)
        self._verbs = [*VERBS[kind], *(() if now in VERBS[kind] else (now,))]
        self.verb.clear()
        for verb, negated in self._verbs:
            self.verb.addItem(verb_words(kind, verb, negated))
        self.verb.setCurrentIndex(self._verbs.index(now))
        self._show_value(line, kind)

    def _show_value(self, line: Line, kind: Asks) -> None:
        parts = self._parts
        old, self._value = (
            self._value,
            editor_for(line, kind, parts.workspace, parts.context, self),
        )
        self._row.replaceWidget(old, self._value)
        old.hide()
        old.deleteLater()
        self._value.changed.connect(self.changed)
        self._value.show()

    def _field_chosen(self) -> None:
        self._fill(first_line(str(self.field.currentData()), self._parts.vocabulary))
        self.changed.emit()

    def _verb_chosen(self) -> None:
        line = self.line()
        self._show_value(line, asks(line.field, self._parts.vocabulary))
        self.changed.emit()


class GroupBox(Painted):
    """A group with its lines and the groups within; the outermost has no frame."""

    changed = Signal()
    removed = Signal()

    def __init__(self, group: Group, parts: Parts, parent: QWidget, *, depth: int = 0) -> None:
        super().__init__(parent)
        self._parts, self._depth = parts, depth
        self._items: list[LineRow | GroupBox] = []
        px = current_theme().type.px
        self.setObjectName("filter-group" if depth else "filter-root")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.match = QComboBox(self)
        self.match.setObjectName("filter-match")
        self.match.setAccessibleName(tr("How many of the conditions must hold"))
        for match, words in _MATCHES.items():
            self.match.addItem(tr(words), match)
        self.match.setCurrentIndex(list(_MATCHES).index(group.match))
        self.match.setFixedWidth(px(172))
        self.match.activated.connect(lambda _: self.changed.emit())
        head = QHBoxLayout()
        head.addWidget(self.match)
        head.addStretch(1)
        self._tail: list[QWidget] = []
        if depth:
            remove = IconButton("x", tr("Remove this group"), self, size=Size.SMALL)
            remove.setObjectName("filter-remove-group")
            remove.clicked.connect(self.removed)
            head.addWidget(remove)
            self._tail.append(remove)
        self._column = QVBoxLayout()
        self._column.setSpacing(px(8))
        add = Button(tr("Condition"), self, kind=Kind.QUIET, size=Size.SMALL, icon="plus")
        add.setObjectName("filter-add")
        add.setAccessibleName(tr("Add a condition"))
        add.clicked.connect(lambda: self._append(self._first(), focus=True))
        foot = QHBoxLayout()
        foot.addWidget(add)
        self._tail.append(add)
        if depth < DEEPEST:
            add_group = Button(tr("Group"), self, kind=Kind.QUIET, size=Size.SMALL, icon="plus")
            add_group.setObjectName("filter-add-group")
            add_group.setAccessibleName(tr("Add a group"))
            add_group.clicked.connect(self._append_group)
            foot.addWidget(add_group)
            self._tail.append(add_group)
        foot.addStretch(1)
        whole = QVBoxLayout(self)
        inset = px(12) if depth else 0
        whole.setContentsMargins(inset, inset, px(4) if depth else 0, px(4) if depth else 0)
        whole.setSpacing(px(8))
        whole.addLayout(head)
        whole.addLayout(self._column)
        whole.addLayout(foot)
        for item in group.items:
            self._append(item)

    def group(self) -> Group:
        items = tuple(
            item.line() if isinstance(item, LineRow) else item.group() for item in self._items
        )
        return Group(match=self._match(), items=items)

    def stops(self) -> list[QWidget]:
        """What Tab goes through: the lines before what makes more of them or takes them away."""
        inner = [stop for item in self._items for stop in item.stops()]
        return [self.match, *inner, *self._tail]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._depth:
            fill = self.tokens.window if self._depth % 2 else self.tokens.surface
            radius, border = self.type.px(8), self.tokens.divider
            rounded(QPainter(self), QRectF(self.rect()), radius, fill=fill, border=border)

    def _match(self) -> Match:
        # Qt gives the text of an enumeration of texts back.
        return Match(self.match.currentData())

    def _first(self) -> Line:
        return first_line(STANDARD_FIELDS[0], self._parts.vocabulary)

    def _append_group(self) -> None:
        # A group beside an "all" is mostly meant as an "any", and the other way round.
        other = Match.ALL if self._match() is Match.ANY else Match.ANY
        self._append(Group(match=other, items=(self._first(), self._first())), focus=True)

    def _append(self, item: Line | Group, *, focus: bool = False) -> None:
        made: LineRow | GroupBox
        if isinstance(item, Line):
            made = LineRow(item, self._parts, self)
        else:
            made = GroupBox(item, self._parts, self, depth=self._depth + 1)
        made.changed.connect(self.changed)
        made.removed.connect(lambda: self._remove(made))
        self._items.append(made)
        self._column.addWidget(made)
        made.show()
        if focus:
            (made.field if isinstance(made, LineRow) else made.match).setFocus()
            self.changed.emit()

    def _remove(self, item: LineRow | GroupBox) -> None:
        place = self._items.index(item)
        self._items.remove(item)
        item.hide()
        item.deleteLater()
        rest = self._items
        near = rest[min(place, len(rest) - 1)] if rest else None
        target = near.field if isinstance(near, LineRow) else near.match if near else self.match
        target.setFocus()
        self.changed.emit()
