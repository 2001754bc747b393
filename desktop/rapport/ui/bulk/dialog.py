"""One dialog from the wish to the report: what to do, what that would change, how it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.commands import Command
from rapport.domain.errors import RapportError
from rapport.domain.records import Id
from rapport.domain.views import Preview
from rapport.language import tr, trn
from rapport.services.bulk import preview_all
from rapport.ui.bulk.jobs import TITLES, Job, JobForm, form_of
from rapport.ui.bulk.preview import PreviewList
from rapport.ui.bulk.run import RunView
from rapport.ui.context import WindowContext
from rapport.ui.editors.forms import SaveKey, labelled
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.labels import Label, Rule
from rapport.ui.widgets.overlay import Dialog
from rapport.ui.wording import count

_LOOK_AFTER_MS = 150


class BulkDialog(Dialog):
    """Changes contacts together. Each change of what is wanted is looked at anew."""

    def __init__(
        self, context: WindowContext, window: QWidget, ids: Sequence[Id], job: Job
    ) -> None:
        number = len(ids)
        title = trn("Change {n} contact", "Change {n} contacts", number).format(n=count(number))
        super().__init__(window, width=560, name=title)
        self.setObjectName("bulk-dialog")
        self._context = context
        self._workspace = context.workspace
        self._ids = list(ids)
        self._commands: list[Command] = []
        self._title = Label(title, self.panel, size=TextSize.SECTION, weight=SEMIBOLD)
        self.body.addWidget(self._title)
        self.choosing = QWidget(self.panel)
        self.running = RunView(context, self.panel)
        self.running.hide()
        self.body.addWidget(self.choosing)
        self.body.addWidget(self.running)
        self._look = QTimer(self, singleShot=True, interval=_LOOK_AFTER_MS)
        self._look.timeout.connect(
            lambda: context.runner.start(self._preview, slot=f"bulk-preview-{id(self)}")
        )
        self._build()
        self.job.setCurrentIndex(list(TITLES).index(job))
        self._show_form()
        self.running.closed.connect(self.close)
        self.running.resized.connect(self.place)
        self.closed.connect(self._end)
        SaveKey(self).pressed.connect(self.apply)

    def _build(self) -> None:
        px = current_theme().type.px
        self.job = QComboBox(self.choosing)
        self.job.setObjectName("bulk-job")
        self.job.setAccessibleName(tr("What to do"))
        for words in TITLES.values():
            self.job.addItem(tr(words))
        self.job.activated.connect(lambda _: self._show_form())
        self.form: JobForm = JobForm(self.choosing)
        self._form_place = QVBoxLayout()
        self._form_place.addWidget(self.form)
        self.preview = PreviewList(self._workspace, self.choosing)
        self.cancel = Button(tr("Cancel"), self.choosing)
        self.cancel.setObjectName("bulk-cancel")
        self.cancel.clicked.connect(self.close)
        self.go = Button(tr("Apply"), self.choosing, kind=Kind.FILLED, key="Ctrl ↵")
        self.go.setObjectName("bulk-apply")
        self.go.clicked.connect(self.apply)
        foot = QHBoxLayout()
        foot.setSpacing(px(8))
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.go)
        column = QVBoxLayout(self.choosing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(12))
        column.addLayout(labelled(tr("What to do"), self.job, self.choosing))
        column.addLayout(self._form_place)
        column.addWidget(Rule(self.choosing))
        column.addWidget(self.preview)
        column.addLayout(foot)

    def first_focus(self) -> QWidget | None:
        return self.job

    def open(self) -> None:
        super().open()
        self.form.begin()

    # What to do.

    @property
    def chosen(self) -> Job:
        return list(TITLES)[self.job.currentIndex()]

    def _show_form(self) -> None:
        old = self.form
        self.form = form_of(self.chosen, self._context, self.choosing)
        self._form_place.replaceWidget(old, self.form)
        old.hide()
        old.deleteLater()
        self.form.show()
        QWidget.setTabOrder(self.job, self.form)
        QWidget.setTabOrder(self.form, self.cancel)
        danger = self.chosen is Job.DELETE
        # What cannot be taken back for long is not the accent's business.
        self.go.kind = Kind.TONAL if danger else Kind.FILLED
        self.go.set_icon("trash" if danger else "", "danger" if danger else "")
        self.form.changed.connect(self._changed)
        self._changed()

    def _changed(self) -> None:
        self._commands = []
        self._allow(None)
        self._look.start()

    async def _preview(self) -> None:
        form = self.form
        if missing := form.missing():
            self.preview.say(missing)
            self.place()
            return
        try:
            make = form.make()
        except RapportError as error:
            form.complain(f"{error.title} {error.message}".strip())
            self.preview.say("")
            self.place()
            return
        form.complain("")
        commands = [make(id) for id in self._ids]
        self.preview.count_up(0, len(commands))
        found = await preview_all(
            self._workspace.queries,
            commands,
            lambda _, looked_at: self.preview.count_up(looked_at, len(commands)),
        )
        if form is not self.form:
            return
        self._commands = commands
        self.preview.show_preview(found)
        self._allow(found)
        self.place()

    def _allow(self, found: Preview | None) -> None:
        number = found.changing if found is not None else 0
        words = trn("Change {n} contact", "Change {n} contacts", number)
        if self.chosen is Job.DELETE:
            words = trn("Delete {n} contact", "Delete {n} contacts", number)
        self.go.setText(words.format(n=count(number)) if number else tr("Apply"))
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(number > 0)
        self.go.updateGeometry()
        self.go.restyle()

    # Doing it.

    def apply(self) -> None:
        if not self.go.isEnabled() or not self.choosing.isVisible():
            return
        self._look.stop()
        self._title.setText(tr(TITLES[self.chosen]))
        self.choosing.hide()
        self.running.show()
        self.place()
        self.running.setFocus(Qt.FocusReason.OtherFocusReason)
        self._context.runner.own(self._run())

    async def _run(self) -> None:
        # The dialog shows that it is at work before the work begins.
        await asyncio.sleep(0)
        try:
            await self.running.run(self._workspace, self._commands)
        except RapportError:
            self.close()
            raise

    def _end(self) -> None:
        self._look.stop()
        self._context.runner.cancel(f"bulk-preview-{id(self)}")
        self.running.leave()
        QTimer.singleShot(0, self, self.deleteLater)
