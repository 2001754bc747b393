"""An agency has signed in: which of its locations become accounts here."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedLayout, QVBoxLayout, QWidget

from rapport.domain.errors import RapportError
from rapport.domain.ports import LoadLocations
from rapport.domain.settings import InstalledLocation
from rapport.language import tr, trn
from rapport.ui.delegates.location_row import HEIGHT, LocationRow
from rapport.ui.delegates.row import dress_list
from rapport.ui.look.theme import current_theme
from rapport.ui.models.location_model import LocationModel
from rapport.ui.onboarding.text import Words
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.button import Size as ButtonSize
from rapport.ui.widgets.inputs import SearchField
from rapport.ui.widgets.states import EmptyState, ErrorState, Skeleton
from rapport.ui.wording import count

SHOWN_ROWS = 5.5
"""Half a row says that there are more."""


class _List(QListView):
    left = Signal()
    """The arrow up was pressed on the first row."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Up and self.currentIndex().row() <= 0:
            self.left.emit()
            return
        super().keyPressEvent(event)


class LocationsPage(QWidget):
    """Search, tick, open. ``choose`` is one round of it."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = current_theme().type.px
        self._round: asyncio.Future[tuple[InstalledLocation, ...]] | None = None
        self._again = asyncio.Event()
        self._loading = False
        self._preferred: tuple[str, ...] = ()

        self.model = LocationModel(self)
        self.search = SearchField(
            tr("Search locations"), self, placeholder=tr("Search locations"), key=""
        )
        self.search.setObjectName("locations-search")
        self.search.textChanged.connect(self.model.search)
        self.view = _List(self)
        self.view.setObjectName("locations")
        self.view.setAccessibleName(tr("Locations of the agency"))
        dress_list(self.view, LocationRow(self.view))
        self.view.setModel(self.model)
        self.view.left.connect(lambda: self.search.setFocus(Qt.FocusReason.BacktabFocusReason))
        self._skeleton = Skeleton(self, row_height=HEIGHT)
        self._none = EmptyState(
            "building",
            tr("The app is installed in none of this agency’s locations."),
            tr("Look again"),
        )
        self._none.pressed.connect(self._look_again)
        self._no_match = EmptyState("search", tr("No location matches."))
        self._failed: QWidget = QWidget()
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        for state in (self._skeleton, self.view, self._none, self._no_match, self._failed):
            self._stack.addWidget(state)
        holder.setFixedHeight(round(SHOWN_ROWS * px(HEIGHT)))

        self._all = Button(tr("Choose all"), kind=Kind.QUIET, size=ButtonSize.SMALL)
        self._all.setObjectName("locations-all")
        self._all.clicked.connect(self.model.toggle_all_shown)
        self._count = Words("", caption=True, muted=True)
        self._count.setWordWrap(False)
        self._trouble = Words("", danger=True)
        self._trouble.setObjectName("locations-trouble")
        self.open = Button(tr("Open"), kind=Kind.FILLED)
        self.open.setObjectName("locations-open")
        self.open.clicked.connect(self._submit)
        cancel = Button(tr("Cancel"), kind=Kind.QUIET)
        cancel.setObjectName("locations-cancel")
        cancel.clicked.connect(self.cancelled)
        self.search.escaped.connect(self.cancelled)

        column = QVBoxLayout(self)
        column.setContentsMargins(px(32), px(28), px(32), px(24))
        column.setSpacing(px(12))
        column.addWidget(Words(tr("Choose locations"), section=True, strong=True))
        column.addWidget(
            Words(
                tr("Each becomes an account of its own here. You can add others later."),
                muted=True,
            )
        )
        column.addWidget(self.search)
        column.addWidget(holder)
        below = QHBoxLayout()
        below.addWidget(self._all)
        below.addStretch()
        below.addWidget(self._count)
        column.addLayout(below)
        column.addWidget(self._trouble)
        foot = QHBoxLayout()
        foot.addWidget(cancel)
        foot.addStretch()
        foot.addWidget(self.open)
        column.addLayout(foot)
        self.model.choice_changed.connect(self._settle)
        self.search.returnPressed.connect(self._into_list)
        self._settle()

    def prefer(self, *ids: str) -> None:
        """These are chosen from the start of the next sign-in."""
        self._preferred = ids

    async def choose(
        self, load: LoadLocations, trouble: RapportError | None
    ) -> tuple[InstalledLocation, ...]:
        """What the person chose. With ``trouble`` the list and the choice stay as they were."""
        self._round = asyncio.get_running_loop().create_future()
        self._trouble.setText(str(trouble) if trouble else "")
        filling = None
        if trouble is None:
            self.model.clear()
            self.search.clear()
            self.model.choose(self._preferred)
            self._preferred = ()
            filling = asyncio.create_task(self._fill(load))
        self._settle()
        self.search.setFocus(Qt.FocusReason.TabFocusReason)
        try:
            return await self._round
        finally:
            if filling is not None:
                filling.cancel()
            self._round = None
            self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and self.search.hasFocus():
            self._into_list()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    async def _fill(self, load: LoadLocations) -> None:
        while True:
            self._failed_with(None)
            self._loading = True
            self._settle()
            try:
                skip, more = self.model.total, True
                while more:
                    page = await load(skip)
                    self.model.add(page.locations)
                    more = page.more and bool(page.locations)
                    skip += len(page.locations)
            except RapportError as error:
                self._failed_with(error)
            finally:
                self._loading = False
            self._settle()
            self._again.clear()
            await self._again.wait()

    def _look_again(self) -> None:
        self._again.set()

    def _failed_with(self, error: RapportError | None) -> None:
        self._stack.removeWidget(self._failed)
        self._failed.deleteLater()
        if error is None:
            self._failed = QWidget()
        else:
            failed = ErrorState(error.title, error.message, self, details=error.details)
            failed.retry_button.setObjectName("locations-again")
            failed.retried.connect(self._look_again)
            self._failed = failed
        self._stack.addWidget(self._failed)

    def _settle(self) -> None:
        """Shows the state that fits, and what the buttons would do."""
        total, chosen = self.model.total, len(self.model.chosen)
        shown: QWidget = self.view
        if isinstance(self._failed, ErrorState):
            shown = self._failed
        elif not total:
            shown = self._skeleton if self._loading else self._none
        elif not self.model.rowCount():
            shown = self._no_match
        if shown is self._skeleton and self._stack.currentWidget() is not shown:
            self._skeleton.start()
        self._stack.setCurrentWidget(shown)
        listed = shown is self.view
        self._all.setEnabled(listed)
        every = listed and self.model.all_shown_chosen()
        self._all.setText(tr("Choose none") if every else tr("Choose all"))
        of = tr("{n} of {total} chosen").format(n=count(chosen), total=count(total))
        self._count.setText(of if total else "")
        self._trouble.setVisible(bool(self._trouble.text()))
        self.open.setEnabled(bool(chosen) and self._round is not None)
        words = tr("Open")
        if chosen > 1:
            words = trn("Open {n} location", "Open {n} locations", chosen).format(n=count(chosen))
        self.open.setText(words)
        self.open.setAccessibleName(words)

    def _into_list(self) -> None:
        if self.model.rowCount():
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.view.currentIndex().isValid():
                self.view.setCurrentIndex(self.model.index(0))

    def _submit(self) -> None:
        if self._round is not None and not self._round.done():
            self._round.set_result(self.model.chosen)
