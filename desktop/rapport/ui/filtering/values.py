"""What a line of the filter builder compares with: the editor for each kind of value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from rapport.domain.errors import InputError
from rapport.domain.filter_lines import DAYS, NO_VALUE, ONE_DAY, TAGS, Asks, Line, Verb
from rapport.domain.filter_words import read_day
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.quick_dates import parse_date
from rapport.ui.context import WindowContext
from rapport.ui.editors.suggestions import Offer, Suggestions
from rapport.ui.look.theme import current_theme
from rapport.ui.widgets.inputs import LineEdit
from rapport.ui.widgets.labels import Label

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

_OFFERED = 8
_SHARED = ("company", "city", "country", "source")
_NUMBERS = frozenset({Verb.EQUAL, Verb.LEAST, Verb.MOST, Verb.OVER, Verb.UNDER})


class ValueEditor(QWidget):
    """``value`` is as :class:`Line` keeps it; "" while there is none that makes sense."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(current_theme().type.px(6))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def value(self) -> str:
        return ""


def editor_for(
    line: Line, asks: Asks, workspace: Workspace, context: WindowContext, parent: QWidget
) -> ValueEditor:
    verb = line.verb
    if verb in NO_VALUE:
        return ValueEditor(parent)
    if verb in DAYS:
        return _Days(line.value, parent)
    if verb in ONE_DAY or verb is Verb.BETWEEN:
        return _Dates(line.value, workspace, parent, two=verb is Verb.BETWEEN)
    if verb in _NUMBERS:
        return _Number(line.value, parent)
    if asks is Asks.OWNER:
        users = [(user.id, user.name) for user in workspace.reference.users]
        return _Choice(line.value, users, tr("Owner"), parent)
    custom = workspace.reference.custom_field(line.field)
    if asks is Asks.CHOICE and verb is Verb.IS and custom is not None:
        options = [(option, option) for option in custom.options]
        return _Choice(line.value, options, tr("Value"), parent)
    return _Text(line, workspace, context, parent)


class _Choice(ValueEditor):
    def __init__(
        self, value: str, options: list[tuple[str, str]], name: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._box = QComboBox(self)
        self._box.setObjectName("filter-value")
        self._box.setAccessibleName(name)
        self._box.setPlaceholderText(tr("Choose"))
        known = {id for id, _ in options}
        if value and value not in known:
            options = [*options, (value, value)]
        for id, words in options:
            self._box.addItem(visible(words), id)
        self._box.setCurrentIndex(self._box.findData(value) if value else -1)
        self._box.currentIndexChanged.connect(lambda _: self.changed.emit())
        self._box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._box.setMinimumContentsLength(8)
        self.row.addWidget(self._box)
        self.setFocusProxy(self._box)

    def value(self) -> str:
        return str(self._box.currentData() or "")


class _Typed(ValueEditor):
    """A line whose text is read; what makes no sense gets the danger border and stays."""

    def __init__(self, name: str, text: str, parent: QWidget, *, hint: str = "") -> None:
        super().__init__(parent)
        self.line = LineEdit(name, self, placeholder=hint)
        self.line.setObjectName("filter-value")
        self.line.setText(text)
        self.line.textEdited.connect(self._edited)
        self.row.addWidget(self.line)
        self.setFocusProxy(self.line)

    def _edited(self) -> None:
        self.line.set_invalid(bool(self.line.text().strip()) and not self.value())
        self.changed.emit()

    def value(self) -> str:
        return self.line.text().strip()


class _Days(_Typed):
    def __init__(self, value: str, parent: QWidget) -> None:
        super().__init__(tr("Number of days"), value or "30", parent, hint="30")
        self.line.setFixedWidth(current_theme().type.px(72))
        self.row.addWidget(Label(tr("days"), self, role="muted"))
        self.row.addStretch(1)

    def value(self) -> str:
        text = self.line.text().strip()
        return str(int(text)) if re.fullmatch(r"[0-9]{1,4}", text) and int(text) else ""


class _Number(_Typed):
    def __init__(self, value: str, parent: QWidget) -> None:
        super().__init__(tr("Number"), value, parent, hint="0")

    def value(self) -> str:
        text = self.line.text().strip().replace(" ", "").replace(",", ".")
        try:
            return f"{float(text):.15g}"
        except ValueError:
            return ""


class _Dates(ValueEditor):
    def __init__(self, value: str, workspace: Workspace, parent: QWidget, *, two: bool) -> None:
        super().__init__(parent)
        self._clock = workspace.clock
        first, _, last = value.partition("..")
        names = (tr("First day"), tr("Last day")) if two else (tr("Day"),)
        self._lines: list[LineEdit] = []
        for name, text in zip(names, (first, last), strict=False):
            line = LineEdit(name, self, placeholder=tr("today, 24 nov, -7d"))
            line.setObjectName("filter-value")
            line.setText(text)
            line.textEdited.connect(lambda _, line=line: self._edited(line))
            self._lines.append(line)
            self.row.addWidget(line)
        self.setFocusProxy(self._lines[0])

    def value(self) -> str:
        days = [self._day(line) for line in self._lines]
        return "..".join(days) if all(days) else ""

    def _day(self, line: LineEdit) -> str:
        text = line.text().strip().lower()
        if read_day(text) is not None:
            return text
        try:
            today = self._clock.now().astimezone(self._clock.zone()).date()
            return parse_date(text, today).isoformat()
        except InputError:
            return ""

    def _edited(self, line: LineEdit) -> None:
        line.set_invalid(bool(line.text().strip()) and not self._day(line))
        self.changed.emit()


class _Text(_Typed):
    """Offers the tags and the values that contacts have."""

    def __init__(
        self, line: Line, workspace: Workspace, context: WindowContext, parent: QWidget
    ) -> None:
        hint = tr("Tag") if line.field == TAGS else tr("Text")
        super().__init__(tr("Value"), line.value, parent, hint=hint)
        self._field = line.field
        self._workspace = workspace
        self._runner = context.runner
        self._suggestions: Suggestions | None = None
        if line.field in (*_SHARED, TAGS):
            self._suggestions = Suggestions(self.line, tr("Values that contacts have"))
            self._suggestions.chosen.connect(self._take)
            self.line.textEdited.connect(lambda _: self._ask())
            self.destroyed.connect(self._suggestions.deleteLater)

    def _ask(self) -> None:
        self._runner.start(self._offer, slot="filter-values")

    async def _offer(self) -> None:
        typed, queries = self.line.text(), self._workspace.queries
        if self._field == TAGS:
            tags = await queries.suggest_tags(typed, _OFFERED)
            offers = [Offer(value=tag, text=visible(tag), tag=True) for tag, _ in tags]
        else:
            found = await queries.suggest_values(self._field, typed, _OFFERED)
            offers = [Offer(value=value, text=visible(value)) for value in found]
        if self._suggestions is not None and typed == self.line.text() and self.line.hasFocus():
            same = len(offers) == 1 and offers[0].value == typed
            self._suggestions.offer([] if same else offers, choose_first=self._field == TAGS)

    def _take(self, chosen: object) -> None:
        self.line.setText(str(chosen))
        self._edited()

    def sizeHint(self) -> QSize:
        return QSize(current_theme().type.px(160), self.line.sizeHint().height())
