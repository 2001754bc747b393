"""One dialog from the file to the report: columns, dry run, import."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.errors import RapportError
from rapport.domain.importing import Policy
from rapport.domain.text import visible
from rapport.language import mark, tr, trn
from rapport.services.imports import (
    Known,
    Outcome,
    Planned,
    Rules,
    Table,
    guess,
    known_contacts,
    plan_all,
    read_table,
    write_left_out,
)
from rapport.ui.bulk.run import RunView
from rapport.ui.context import WindowContext
from rapport.ui.editors.forms import SaveKey, labelled
from rapport.ui.imports.columns import ColumnsForm
from rapport.ui.imports.rows import OUTCOMES, PlannedDelegate, PlannedModel, row_height
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.panes.rows_view import RowsView
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.inputs import LineEdit
from rapport.ui.widgets.labels import ElidedLabel, Label, Rule
from rapport.ui.widgets.overlay import Dialog
from rapport.ui.widgets.segmented import Segmented, Shape
from rapport.ui.wording import count

_LOOK_AFTER_MS = 200
_SHOWN_ROWS = 4

TITLE = mark("Import contacts")
_POLICIES = {
    Policy.FILL: mark("Fill in what is empty"),
    Policy.REPLACE: mark("Take the file’s values"),
    Policy.KEEP: mark("Leave as they are"),
}

_SENTENCES = {
    Outcome.NEW: mark("These are not here yet. A note of the file is added to these only."),
    Outcome.CHANGED: mark("These are here; the file has values for them."),
    Outcome.SAME: mark("These are here, and the file has nothing to add."),
    Outcome.LEFT_OUT: mark("These cannot be imported. Save them, mend them, and import that file."),
}


def choose_file(context: WindowContext, window: QWidget) -> QFileDialog:
    """Ask for a file; the dialog opens once it has been read."""
    dialog = QFileDialog(window, tr(TITLE))
    dialog.setObjectName("import-file")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters(
        [tr("Tables and address cards (*.csv *.tsv *.txt *.vcf *.vcard)"), tr("All files (*)")]
    )

    async def read(path: Path) -> None:
        table = await asyncio.to_thread(read_table, path)
        ImportDialog(context, window, table).open()

    dialog.fileSelected.connect(
        lambda name: context.runner.start(lambda: read(Path(name)), slot="import-read")
    )
    dialog.open()
    return dialog


class ImportDialog(Dialog):
    """Each change of what is wanted is planned anew; nothing is imported before it is asked for."""

    def __init__(self, context: WindowContext, window: QWidget, table: Table) -> None:
        super().__init__(window, width=760, name=tr(TITLE))
        self.setObjectName("import-dialog")
        self._context = context
        self._workspace = context.workspace
        self._table = table
        self._known: Known | None = None
        self._planned: list[Planned] = []
        self._slot = f"import-plan-{id(self)}"
        self._look = QTimer(self, singleShot=True, interval=_LOOK_AFTER_MS)
        self._look.timeout.connect(lambda: context.runner.start(self._plan, slot=self._slot))
        self.choosing = QWidget(self.panel)
        self.running = RunView(context, self.panel)
        self.running.hide()
        head = tr("Import {name}").format(name=visible(table.name))
        self._title = ElidedLabel(head, self.panel, size=TextSize.SECTION, weight=SEMIBOLD)
        self.body.addWidget(self._title)
        self.body.addWidget(self.choosing)
        self.body.addWidget(self.running)
        self._build()
        self.running.closed.connect(self.close)
        self.running.resized.connect(self.place)
        self.closed.connect(self._end)
        SaveKey(self).pressed.connect(self.start)
        self._changed()

    def _build(self) -> None:
        parent, reference = self.choosing, self._workspace.reference
        self.columns = ColumnsForm(self._table, guess(self._table, reference), reference, parent)
        self.columns.changed.connect(self._changed)
        self.policy = Segmented(
            [(policy, tr(words)) for policy, words in _POLICIES.items()],
            parent,
            name=tr("Contacts that are here already"),
        )
        self.policy.chosen.connect(lambda _: self._changed())
        self.tag = LineEdit(tr("A tag for each of them"), parent)
        self.tag.setObjectName("import-tag")
        self.tag.textEdited.connect(lambda _: self._changed())
        self.filter = Segmented(
            [(outcome, tr(words)) for outcome, words in OUTCOMES.items()],
            parent,
            shape=Shape.ROUND,
            name=tr("What would happen"),
        )
        self.filter.chosen.connect(lambda _: self._show_rows())
        self._says = Label("", parent, role="muted", size=TextSize.CAPTION, wrap=True)
        self._says.setObjectName("import-says")
        self.model = PlannedModel(self)
        self.list = RowsView(PlannedDelegate(parent), row_height(), parent)
        self.list.setObjectName("import-rows")
        self.list.setAccessibleName(tr("What each row would do"))
        self.list.setModel(self.model)
        self.list.setFixedHeight(_SHOWN_ROWS * row_height())
        self.save = self._button("import-save-left-out", tr("Save rows left out"), self._save)
        self.cancel = self._button("import-cancel", tr("Cancel"), self.close)
        self.go = self._button("import-start", tr("Import"), self.start, Kind.FILLED)
        self._lay_out()

    def _button(
        self, name: str, words: str, act: Callable[[], object], kind: Kind = Kind.TONAL
    ) -> Button:
        button = Button(words, self.choosing, kind=kind)
        button.setObjectName(name)
        button.clicked.connect(lambda: act())
        return button

    def _lay_out(self) -> None:
        px, parent, table = current_theme().type.px, self.choosing, self._table
        rows = trn("{n} row", "{n} rows", len(table.rows)).format(n=count(len(table.rows)))
        told = tr("{rows} · read as {encoding}").format(rows=rows, encoding=table.encoding)
        wishes = QHBoxLayout()
        wishes.setSpacing(px(16))
        wishes.addLayout(labelled(tr("Contacts that are here already"), self.policy, parent))
        wishes.addLayout(labelled(tr("A tag for each of them"), self.tag, parent), 1)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addWidget(self.save)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.go)
        column = QVBoxLayout(parent)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addWidget(Label(told, parent, role="muted", size=TextSize.CAPTION))
        column.addWidget(self.columns)
        column.addLayout(wishes)
        column.addWidget(Rule(parent))
        column.addWidget(self.filter)
        column.addWidget(self._says)
        column.addWidget(self.list)
        column.addLayout(foot)

    def first_focus(self) -> QWidget | None:
        return self.columns.boxes[0]

    # What would happen.

    def _changed(self) -> None:
        self._planned = []
        self._allow()
        self._look.start()

    async def _plan(self) -> None:
        rules = Rules(
            mapping=self.columns.mapping,
            reference=self._workspace.reference,
            today=self._today(),
            policy=Policy(str(self.policy.value())),
            tags=tuple(self.tag.text().split(",")),
        )
        if self._known is None:
            self._known = await known_contacts(self._workspace.queries, self._count_up)
        self._planned = await plan_all(
            self._table, rules, self._known, self._workspace.new_id, self._count_up
        )
        numbers = Counter(one.outcome for one in self._planned)
        for outcome in OUTCOMES:
            alert = outcome is Outcome.LEFT_OUT and bool(numbers[outcome])
            self.filter.set_count(outcome, count(numbers[outcome]), alert=alert)
        if not numbers[Outcome(str(self.filter.value()))]:
            self.filter.set_value(next(one for one in OUTCOMES if numbers[one]))
        self._show_rows()
        self._allow()

    def _today(self) -> date:
        clock = self._workspace.clock
        return clock.now().astimezone(clock.zone()).date()

    def _count_up(self, done: int, total: int) -> None:
        words = tr("Looking at {done} of {total}…")
        self._says.setText(words.format(done=count(done), total=count(total)))

    def _show_rows(self) -> None:
        chosen = self.filter.value()
        self.model.show_rows([one for one in self._planned if one.outcome is chosen])
        self._says.setText(tr(_SENTENCES[Outcome(str(chosen))]))
        self.place()

    def _allow(self) -> None:
        number = sum(bool(one.commands) for one in self._planned)
        words = trn("Import {n} contact", "Import {n} contacts", number).format(n=count(number))
        self.go.setText(words if number else tr("Import"))
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(number > 0)
        self.go.updateGeometry()
        self.save.setVisible(any(one.outcome is Outcome.LEFT_OUT for one in self._planned))

    def _save(self) -> None:
        planned, table, context = self._planned, self._table, self._context
        dialog = QFileDialog(self.window(), tr("Save rows left out"))
        dialog.setObjectName("import-left-out-file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([tr("CSV, for a spreadsheet (*.csv)")])
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("left-out.csv")

        async def write(path: Path) -> None:
            await asyncio.to_thread(write_left_out, path, table, planned)
            context.notice(tr("Rows saved"), path.name, icon="save")

        dialog.fileSelected.connect(lambda name: context.runner.start(lambda: write(Path(name))))
        dialog.open()

    # Doing it.

    def start(self) -> None:
        if not self.go.isEnabled() or not self.choosing.isVisible():
            return
        self._title.set_text(tr(TITLE))
        self.choosing.hide()
        self.running.show()
        self.place()
        self.running.setFocus(Qt.FocusReason.OtherFocusReason)
        self._context.runner.own(self._run())

    async def _run(self) -> None:
        commands = [command for one in self._planned for command in one.commands]
        try:
            number = sum(bool(one.commands) for one in self._planned)
            await self.running.run(self._workspace, commands, f"{TITLE} ({number})")
        except RapportError:
            self.close()
            raise

    def _end(self) -> None:
        self._look.stop()
        self._context.runner.cancel(self._slot)
        self.running.leave()
        QTimer.singleShot(0, self, self.deleteLater)
