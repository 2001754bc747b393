"""An agency has signed in: which of its locations become accounts here."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListView,
    QStackedLayout,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.errors import RapportError
from rapport.domain.ports import LoadLocations
from rapport.domain.settings import InstalledLocation
from rapport.domain.text import fold
from rapport.ui.delegates.row import (
    AnyIndex,
    Picture,
    RowDelegate,
    dress_list,
    is_mirrored,
    paint_focus,
    paint_ground,
)
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.onboarding.text import Words
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.button import Size as ButtonSize
from rapport.ui.widgets.inputs import SearchField
from rapport.ui.widgets.states import EmptyState, ErrorState, Skeleton
from rapport.ui.wording import count, tr

ROW = 46
SHOWN_ROWS = 5.5
"""Half a row says that there are more."""
_TICK = 16
_TEXT_START = 44
_Role = Qt.ItemDataRole


class Locations(QAbstractListModel):
    """The locations that match the search, and which of all are chosen."""

    choice_changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._all: list[InstalledLocation] = []
        self._shown: list[InstalledLocation] = []
        self._chosen: set[str] = set()
        self._wanted: list[str] = []

    @property
    def total(self) -> int:
        return len(self._all)

    @property
    def chosen(self) -> tuple[InstalledLocation, ...]:
        """In the order of the agency's list, whether or not the search shows them."""
        return tuple(one for one in self._all if one.id in self._chosen)

    def clear(self) -> None:
        self._all, self._chosen = [], set()
        self._filter()

    def add(self, locations: Sequence[InstalledLocation]) -> None:
        known = {one.id for one in self._all}
        self._all += [one for one in locations if one.id not in known]
        self._filter()

    def search(self, text: str) -> None:
        self._wanted = fold(text).split()
        self._filter()

    def choose(self, ids: Sequence[str]) -> None:
        self._chosen.update(ids)
        self._tell()

    def all_shown_chosen(self) -> bool:
        return bool(self._shown) and all(one.id in self._chosen for one in self._shown)

    def toggle_all_shown(self) -> None:
        """Chooses everything that matches the search, or, where that is so, none of it."""
        ids = {one.id for one in self._shown}
        self._chosen = self._chosen - ids if self.all_shown_chosen() else self._chosen | ids
        self._tell()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: AnyIndex, role: int = _Role.DisplayRole) -> Any:
        one = self._shown[index.row()]
        if role == _Role.DisplayRole:
            return one.name
        if role == _Role.StatusTipRole:
            return one.address
        if role == _Role.AccessibleTextRole:
            return f"{one.name}, {one.address}" if one.address else one.name
        if role == _Role.CheckStateRole:
            chosen = one.id in self._chosen
            return Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsUserCheckable

    def setData(self, index: AnyIndex, value: Any, role: int = _Role.EditRole) -> bool:
        if role != _Role.CheckStateRole:
            return False
        one = self._shown[index.row()]
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._chosen.add(one.id)
        else:
            self._chosen.discard(one.id)
        self._tell()
        return True

    def _tell(self) -> None:
        if self._shown:
            last = self.index(len(self._shown) - 1)
            self.dataChanged.emit(self.index(0), last, [_Role.CheckStateRole])
        self.choice_changed.emit()

    def _filter(self) -> None:
        self.beginResetModel()
        self._shown = [
            one
            for one in self._all
            if all(word in fold(f"{one.name} {one.address}") for word in self._wanted)
        ]
        self.endResetModel()
        self.choice_changed.emit()


def _compose(picture: Picture, name: str, address: str) -> None:
    type_, tokens = current_theme().type, current_theme().tokens
    px = type_.px
    start, room = px(_TEXT_START), picture.width - px(_TEXT_START) - px(12)
    line, small = type_.line(), type_.line(TextSize.CAPTION)
    top = (picture.height - line - (small if address else 0)) / 2
    title = Run(name, type_.font(), room)
    picture.text(title, start, baseline_in(top, line, type_.metrics()), tokens.text)
    if address:
        words = Run(address, type_.font(TextSize.CAPTION), room)
        baseline = baseline_in(top + line, small, type_.metrics(TextSize.CAPTION))
        picture.text(words, start, baseline, tokens.muted)
    picture.hint(start, 0, room, picture.height, f"{name}\n{address}" if address else name)


class _Row(RowDelegate):
    """A box to tick, the name, and the address below it. The whole row ticks."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        type_ = current_theme().type
        lines = type_.line() + type_.line(TextSize.CAPTION)
        return QSize(0, max(type_.px(ROW), lines + type_.px(8)))

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: AnyIndex,
    ) -> bool:
        clicked = (
            isinstance(event, QMouseEvent)
            and event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
        )
        pressed = isinstance(event, QKeyEvent) and event.key() in (
            Qt.Key.Key_Space,
            Qt.Key.Key_Select,
        )
        if not (clicked or (pressed and event.type() == QEvent.Type.KeyPress)):
            # Qt's own would tick a second time.
            if event.type() == QEvent.Type.MouseButtonPress:
                return super().editorEvent(event, model, option, index)
            return False
        ticked = Qt.CheckState(index.data(_Role.CheckStateRole)) is Qt.CheckState.Checked
        other = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
        return model.setData(index, other, _Role.CheckStateRole)

    def picture(self, option: QStyleOptionViewItem, index: AnyIndex) -> Picture:
        name, address = index.data(_Role.DisplayRole), index.data(_Role.StatusTipRole)
        return self.composed(option, (name, address), lambda row: _compose(row, name, address))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        type_, tokens = current_theme().type, current_theme().tokens
        px, rect = type_.px, QRectF(option.rect)
        # The row in hand is told by its ring: a tint would look like the choice.
        option.state &= ~option.state.State_Selected
        paint_ground(painter, option, text_start=px(_TEXT_START))
        side = px(_TICK)
        box = QRectF(rect.left() + px(14), rect.center().y() - side / 2, side, side)
        box = mirrored(box, rect, is_mirrored(option))
        if Qt.CheckState(index.data(_Role.CheckStateRole)) is Qt.CheckState.Checked:
            rounded(painter, box, px(4), fill=tokens.accent_fill)
            inside = box.adjusted(px(2), px(2), -px(2), -px(2))
            draw_icon(painter, "check", inside, tokens.on_accent)
        else:
            rounded(painter, box, px(4), fill=tokens.surface, border=tokens.control_border)
        self.picture(option, index).play(painter, option.rect.topLeft())
        paint_focus(painter, option, px(6))


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

        self.model = Locations(self)
        self.search = SearchField(
            tr("Search locations"), self, placeholder=tr("Search locations"), key=""
        )
        self.search.setObjectName("locations-search")
        self.search.textChanged.connect(self.model.search)
        self.view = _List(self)
        self.view.setObjectName("locations")
        self.view.setAccessibleName(tr("Locations of the agency"))
        dress_list(self.view, _Row(self.view))
        self.view.setModel(self.model)
        self.view.left.connect(lambda: self.search.setFocus(Qt.FocusReason.BacktabFocusReason))
        self._skeleton = Skeleton(self, row_height=ROW)
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
        holder.setFixedHeight(round(SHOWN_ROWS * px(ROW)))

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
        words = tr("Open {n} locations").format(n=count(chosen)) if chosen > 1 else tr("Open")
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
