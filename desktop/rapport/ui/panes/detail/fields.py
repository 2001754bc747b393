"""The fields of a contact: a column beside the timeline, or a grid of three above it."""

from __future__ import annotations

from datetime import date
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from rapport.domain.commands import AddTags, RemoveTags
from rapport.domain.errors import InputError, RapportError
from rapport.domain.records import Contact
from rapport.domain.text import visible
from rapport.domain.views import ContactDetail
from rapport.language import tr, trn
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.editors.tag_editor import TagEditor
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.detail import field_kinds as kinds
from rapport.ui.panes.detail.connections import Connections
from rapport.ui.panes.detail.field_cell import FieldCell
from rapport.ui.panes.detail.field_kinds import FieldSpec
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, IconButton, Kind, Size
from rapport.ui.widgets.labels import Label
from rapport.ui.wording import count

_ALWAYS = frozenset({"company", "assigned_to"})
_FOLDED = frozenset({"first_name", "last_name", "phone", "email", "timezone"})
"""Seen in the header or told by another field: only among all fields."""
_FIRST = ("company", "assigned_to", kinds.LOCAL_TIME)
_FIRST_IN_GRID = 6
_CUSTOM = "custom"


class FieldsPanel(Painted):
    """Tags, then fields. Editing one never closes because news about the contact came."""

    revealed = Signal(QWidget)
    """A cell that was opened by a key, or has grown, and may be out of view."""
    grown = Signal()
    """The fields may need another height than before."""

    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._context = context
        self._detail: ContactDetail | None = None
        self._cells: dict[str, FieldCell] = {}
        self._specs: list[FieldSpec] = []
        self._columns = 1
        self._all = False
        self._arranged: tuple[object, ...] = ()
        self.tags = TagEditor(context, self)
        self.tags.added.connect(self._add_tag)
        self.tags.removed.connect(self._remove_tag)
        self.rest = Button(" ", self, kind=Kind.QUIET, size=Size.CHIP, chevron=True)
        self.rest.setObjectName("fields-show-all")
        self.rest.clicked.connect(self._toggle_all)
        self.connections = Connections(workspace, context, self)
        self._group = _GroupTitle(tr("Custom fields"), self)
        self._group.toggle.clicked.connect(self._toggle_group)
        self._grid = QGridLayout()
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.tags)
        self._column.addLayout(self._grid)
        self._tail = QHBoxLayout()
        self._tail.addWidget(self.rest)
        self._tail.addStretch(1)
        self._column.addLayout(self._tail)
        self._column.addWidget(self.connections)
        self._column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._minute = QTimer(self, interval=30_000)
        self._minute.timeout.connect(self._tick)
        self._minute.start()
        self.restyle()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.grown.emit()
            editing = next((c for c in self._cells.values() if c.is_editing()), None)
            if editing is not None:
                self.revealed.emit(editing)
        return super().event(event)

    # What the pane asks.

    def show_detail(self, detail: ContactDetail) -> None:
        """Show a contact; the same one again changes only what differs."""
        if self._detail is None or self._detail.contact.id != detail.contact.id:
            self.leave()
            self._all = False
            self.tags.forget_all()
        self._detail = detail
        reference = self._workspace.reference
        self._specs = [
            *kinds.standard_specs(reference, detail.contact),
            *kinds.custom_specs(reference, detail.contact),
            *kinds.nameless_specs(reference, detail.contact),
        ]
        self.connections.show_detail(detail)
        self.tags.show_tags(detail.contact.tags)
        self.tags.allow(self._context.situation.why_not_write)
        self._arrange()

    def set_columns(self, columns: int) -> None:
        """1 for the column beside the timeline, 3 for the grid above it."""
        if columns != self._columns:
            self._columns = columns
            self.restyle()
            if self._detail is not None:
                self._arrange()

    def edit(self, key: str) -> None:
        """Open a field's editor, showing the field first where it is folded away."""
        cell = self._cells.get(key)
        if cell is None or cell.isHidden():
            self._all = True
            self._arrange()
        if (cell := self._cells.get(key)) is not None:
            cell.begin()
            self.revealed.emit(cell)

    def cell(self, key: str) -> FieldCell | None:
        return self._cells.get(key)

    def leave(self) -> None:
        """Another contact comes: what can be saved is, what cannot stays within reach."""
        for cell in self._cells.values():
            if not cell.is_editing():
                continue
            typed = cell.typed()
            if cell.submit() or self._detail is None:
                continue
            cell.revert()
            self._hold(self._detail.contact, cell.spec, typed)

    def _hold(self, contact: Contact, spec: FieldSpec, typed: str) -> None:
        words = tr("{field} of {name} was not saved")
        self._context.notice(
            words.format(field=spec.label, name=visible(contact.name)),
            typed,
            icon="alert",
            act=(tr("Go back"), lambda: self._go_back(contact.id, spec.key, typed)),
        )

    def _go_back(self, contact_id: str, key: str, typed: str) -> None:
        self._context.open_contact(contact_id)
        self._returning = (contact_id, key, typed)

    _returning: tuple[str, str, str] | None = None

    # Laying out.

    def _shown_specs(self) -> tuple[list[FieldSpec], list[FieldSpec]]:
        """Standard and custom fields that are to be seen now."""
        standard = [spec for spec in self._specs if spec.custom is None and self._is_seen(spec)]
        custom = [spec for spec in self._specs if spec.custom is not None and self._is_seen(spec)]
        if self._all or self._columns == 1:
            return standard, custom
        told = list(standard)
        told.sort(key=lambda spec: _FIRST.index(spec.key) if spec.key in _FIRST else len(_FIRST))
        told = told[: max(len(_FIRST), _FIRST_IN_GRID - len(custom))][:_FIRST_IN_GRID]
        return told, custom[: _FIRST_IN_GRID - len(told)]

    def _is_seen(self, spec: FieldSpec) -> bool:
        assert self._detail is not None
        cell = self._cells.get(spec.key)
        if self._all or (cell is not None and cell.is_editing()):
            return True
        if spec.key == "dnd":
            return self._detail.contact.dnd
        if spec.key in _FOLDED:
            return False
        if spec.key in _ALWAYS or (spec.custom is not None and self._columns == 1):
            return True
        return bool(self._words(spec))

    def _arrange(self) -> None:
        standard, custom = self._shown_specs()
        grid_of_six = self._columns > 1 and not self._all
        open_ = self._context.settings.custom_fields_open or grid_of_six
        shown = [*standard, *(custom if open_ else ())]
        for spec in shown:
            self._fill(spec)
        arranged = (self._columns, self._all, open_, *(spec.key for spec in shown), len(custom))
        if arranged != self._arranged:
            self._arranged = arranged
            self._place(standard, custom if open_ else [], title=bool(custom) and not grid_of_six)
        self.connections.setVisible(self._columns == 1 or self._all)
        hidden = len(self._specs) - len(standard) - len(custom)
        self.rest.setVisible(hidden > 0 or self._all)
        words = (
            tr("Show fewer fields")
            if self._all
            else trn("Show {n} field", "Show all {n} fields", len(self._specs)).format(
                n=count(len(self._specs))
            )
        )
        self.rest.setText(words)
        self.rest.setAccessibleName(words)
        self.rest.restyle()
        self._group.show_open(open_)
        self._return()

    def _place(self, standard: list[FieldSpec], custom: list[FieldSpec], *, title: bool) -> None:
        for widget in (*self._cells.values(), self._group):
            # Not taken: an item that outlives its place keeps the next one's heights from being
            # forgotten when an editor opens.
            self._grid.removeWidget(widget)
        wanted = {spec.key for spec in (*standard, *custom)}
        for key, cell in self._cells.items():
            cell.setVisible(key in wanted)
        place = 0
        columns = self._columns
        top = Qt.AlignmentFlag.AlignTop  # beside a cell that is edited, which is higher
        chain: list[QWidget] = [self.tags.field]
        for spec in standard:
            cell = self._cells[spec.key]
            self._grid.addWidget(cell, place // columns, place % columns, top)
            chain.append(cell)
            place += 1
        self._group.setVisible(title)
        if title:
            place = -(-place // columns) * columns
            self._grid.addWidget(self._group, place // columns, 0, 1, columns)
            chain.append(self._group.toggle)
            place += columns
        for spec in custom:
            cell = self._cells[spec.key]
            self._grid.addWidget(cell, place // columns, place % columns, top)
            chain.append(cell)
            place += 1
        chain.append(self.rest)
        for before, then in pairwise(chain):
            QWidget.setTabOrder(before, then)
        for column in range(3):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self.updateGeometry()

    def _fill(self, spec: FieldSpec) -> None:
        assert self._detail is not None
        cell = self._cells.get(spec.key)
        if cell is not None and cell.spec != spec and not cell.is_editing():
            # The definition changed: its name, its type or its choices.
            cell.hide()
            cell.deleteLater()
            cell = None
            self._arranged = ()
        if cell is None:
            cell = FieldCell(spec, partial(self._wrong, spec.key), self, today=self._today)
            cell.submitted.connect(partial(self._save, spec.key))
            if spec.key == "company":
                cell.clicked.connect(self.connections.show_business)
            self._cells[spec.key] = cell
        why_not = self._context.situation.why_not_write or spec.reason
        contact = self._detail.contact
        value = kinds.value_of(spec, contact)
        cell.show_value(
            _editable(value, spec),
            self._words(spec),
            pending=self._is_pending(spec),
            conflict=spec.key in self._detail.conflict_fields,
            why_not=why_not,
        )

    def _words(self, spec: FieldSpec) -> str:
        assert self._detail is not None
        clock = self._workspace.clock
        return kinds.shown(
            spec, self._detail.contact, self._workspace.reference, clock.now(), clock.zone()
        )

    def _is_pending(self, spec: FieldSpec) -> bool:
        assert self._detail is not None
        pending = self._detail.pending_fields
        if spec.custom is None:
            return spec.key in pending
        return _CUSTOM in pending and spec.custom.id in self._changed_custom()

    def _changed_custom(self) -> frozenset[str]:
        """The custom fields that were changed here: the copy knows only that some wait."""
        assert self._detail is not None
        changed: set[str] = set()
        for change in self._detail.changes:
            before, after = change.fields.get(_CUSTOM, ({}, {}))
            if isinstance(before, dict) and isinstance(after, dict):
                names = {*before, *after}
                changed |= {name for name in names if before.get(name) != after.get(name)}
        return frozenset(changed)

    def _tick(self) -> None:
        """The contact's local time goes on."""
        spec = next((s for s in self._specs if s.key == kinds.LOCAL_TIME), None)
        cell = self._cells.get(kinds.LOCAL_TIME)
        if spec is not None and cell is not None and cell.isVisible():
            self._fill(spec)

    def _toggle_all(self) -> None:
        self._all = not self._all
        self._arrange()

    def _toggle_group(self) -> None:
        open_ = self._context.settings.custom_fields_open
        self._context.change_settings(custom_fields_open=not open_)
        if self._detail is not None:
            self._arrange()

    def _return(self) -> None:
        if self._returning is None or self._detail is None:
            return
        contact_id, key, typed = self._returning
        if contact_id != self._detail.contact.id:
            return
        self._returning = None
        self.edit(key)
        if (cell := self._cells.get(key)) is not None:
            cell.begin_with(typed, self._wrong(key, typed))

    # Changing.

    def _spec(self, key: str) -> FieldSpec:
        return next(spec for spec in self._specs if spec.key == key)

    def _parse(self, key: str, typed: object) -> Any:
        if isinstance(typed, bool):
            return typed
        location = self._workspace.reference.location
        text = [str(part) for part in typed] if isinstance(typed, tuple) else str(typed or "")
        country = location.country if location else ""
        return kinds.parse(self._spec(key), text, self._today(), country)

    def _today(self) -> date:
        clock = self._workspace.clock
        return clock.now().astimezone(clock.zone()).date()

    def _wrong(self, key: str, typed: object) -> str:
        try:
            self._parse(key, typed)
        except InputError as error:
            return str(error)
        return ""

    def _save(self, key: str, typed: object) -> None:
        if self._detail is None:
            return
        contact = self._detail.contact
        value = self._parse(key, typed)
        command = kinds.command(self._spec(key), contact.id, value)

        async def save() -> None:
            try:
                await self._context.perform(command, visible(contact.name))
            except RapportError as error:
                cell = self._cells.get(key)
                if cell is not None and self._detail and self._detail.contact.id == contact.id:
                    # What is saved is still the value before: else the next Enter would find
                    # nothing changed, and show as saved what is not.
                    self._fill(self._spec(key))
                    cell.begin_with(str(typed or ""), str(error))
                raise

        self._context.runner.own(save())

    def _add_tag(self, tag: str) -> None:
        if self._detail is not None:
            contact = self._detail.contact
            self.tags.show_tags((*contact.tags, tag))
            self._context.runner.own(
                self._change_tags(AddTags(contact_id=contact.id, tags=(tag,)), tag)
            )

    def _remove_tag(self, tag: str) -> None:
        if self._detail is not None:
            contact = self._detail.contact
            self._context.runner.own(
                self._change_tags(RemoveTags(contact_id=contact.id, tags=(tag,)), tag)
            )

    async def _change_tags(self, command: AddTags | RemoveTags, tag: str) -> None:
        try:
            await self._context.perform(command, tag)
        except RapportError:
            if self._detail is not None:
                self.tags.show_tags(self._detail.contact.tags)
            raise

    # Look.

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_column"):
            return
        px = self.type.px
        self._column.setContentsMargins(px(12), px(12), px(12), px(12))
        self._column.setSpacing(px(6))
        self._grid.setHorizontalSpacing(px(8))
        self._grid.setVerticalSpacing(0)
        self._tail.setContentsMargins(0, 0, 0, 0)
        self.tags.setContentsMargins(px(8), px(4), px(8), px(4))

    def minimumSizeHint(self) -> QSize:
        """The height follows from the width: the layout's own least height is that of a narrower
        panel, and would leave a few pixels to scroll."""
        return QSize(super().minimumSizeHint().width(), self.type.px(40))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.surface))


def _editable(value: Any, spec: FieldSpec) -> object:
    """The value as the kit's editors take it."""
    if spec.editor is kinds.Editor.CHOICES:
        many = value if isinstance(value, list | tuple) else [value]
        return tuple(str(part) for part in many if part)
    if isinstance(value, bool):
        return value
    return kinds.typed(spec, value)


class _GroupTitle(QWidget):
    """“Custom fields” with a chevron that folds them away."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 10, 8, 4)
        row.addWidget(Label(words, self, size=TextSize.BODY, weight=SEMIBOLD), 1)
        self._words = words
        self.toggle = IconButton("down", words, self, size=Size.INLINE)
        self.toggle.setObjectName("custom-fields-toggle")
        row.addWidget(self.toggle)

    def show_open(self, is_open: bool) -> None:
        self.toggle.set_icon("down" if is_open else "right")
        words = tr("Hide: {what}") if is_open else tr("Show: {what}")
        self.toggle.setAccessibleName(words.format(what=self._words))
        self.toggle.setToolTip(self.toggle.accessibleName())
