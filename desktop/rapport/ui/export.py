"""Writing the listed contacts into a file, with progress and a way out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QProgressBar, QWidget

from rapport.domain.filters import ContactQuery
from rapport.language import tr, trn
from rapport.services.contact_export import FORMATS, Format, export_contacts
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.labels import Label
from rapport.ui.widgets.overlay import Dialog
from rapport.ui.wording import count


def choose_file(context: WindowContext, window: QWidget, query: ContactQuery) -> QFileDialog:
    """Ask for a name; its end says which format. The export begins when it is chosen."""
    dialog = QFileDialog(window, tr("Export contacts"))
    dialog.setObjectName("export-file")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    names = {
        tr("CSV, for a spreadsheet (*.csv)"): "csv",
        tr("vCard, for an address book (*.vcf)"): "vcf",
        tr("JSON (*.json)"): "json",
    }
    dialog.setNameFilters(list(names))
    dialog.setDefaultSuffix("csv")
    dialog.filterSelected.connect(lambda name: dialog.setDefaultSuffix(names.get(name, "csv")))
    dialog.selectFile("contacts.csv")
    dialog.fileSelected.connect(
        lambda name: context.runner.start(
            lambda: export_to(context, window, query, Path(name)), slot="export"
        )
    )
    dialog.open()
    return dialog


async def export_to(
    context: WindowContext, window: QWidget, query: ContactQuery, path: Path
) -> None:
    """Write what ``query`` lists. Raises StoreError."""
    ending = path.suffix.lower().removeprefix(".")
    format: Format = next((one for one in FORMATS if one == ending), "csv")
    workspace = context.workspace
    progress = _Progress(window, path.name)
    work = asyncio.ensure_future(
        export_contacts(
            path, format, query, workspace.queries, workspace.reference, progress.show_done
        )
    )
    progress.stopped = work.cancel
    try:
        written = await work
    except asyncio.CancelledError:
        work.cancel()
        if not progress.was_stopped:
            raise
        context.notice(tr("Export stopped"), tr("No file was left."), icon="x")
        return
    finally:
        progress.close()
    words = trn("{n} contact exported", "{n} contacts exported", written).format(n=count(written))
    context.notice(words, path.name, icon="save")


class _Progress(Dialog):
    """Opens once the first contacts are written and others are not."""

    def __init__(self, window: QWidget, name: str) -> None:
        super().__init__(window, width=440, name=tr("Export contacts"))
        self.setObjectName("export-progress")
        self.was_stopped = False
        self.stopped: Callable[[], object] = lambda: None
        title = tr("Writing {name}").format(name=name)
        self._words = Label("", self.panel, role="muted")
        self._bar = QProgressBar(self.panel)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress"))
        stop = Button(tr("Stop"), self.panel, kind=Kind.TONAL)
        stop.setObjectName("export-stop")
        stop.clicked.connect(self._stop)
        self.body.addWidget(Label(title, self.panel, size=TextSize.SECTION, weight=SEMIBOLD))
        self.body.addWidget(self._bar)
        self.body.addWidget(self._words)
        self.body.addWidget(stop, 0, Qt.AlignmentFlag.AlignRight)
        self.closed.connect(self.deleteLater)

    def show_done(self, done: int, total: int) -> None:
        self._bar.setMaximum(total)
        self._bar.setValue(done)
        self._words.setText(tr("{done} of {total}").format(done=count(done), total=count(total)))
        if done < total and not self.isVisible() and not self.was_stopped:
            self.open()

    def _stop(self) -> None:
        self.was_stopped = True
        self.stopped()
