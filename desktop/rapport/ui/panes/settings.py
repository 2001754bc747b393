"""Settings: the account and its rights, appearance, reminders, and where the data is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.scopes import ALL, WRITE, Scope
from rapport.domain.settings import Density, ThemeMode
from rapport.language import mark, tr
from rapport.ui.context import WindowContext
from rapport.ui.look.paint import rounded
from rapport.ui.look.theme import current_theme
from rapport.ui.onboarding.text import Words
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.labels import IconView, Label
from rapport.ui.widgets.segmented import Segmented

_ACCOUNT_ACTIONS = (
    "account.ask-write",
    "account.sign-in",
    "account.sign-out",
    "account.change-key",
    "account.repair",
    "account.reset-sandbox",
    "account.add",
)
_WIDTH = 640
_SCALES = ((1.0, "100 %"), (1.25, "125 %"), (1.5, "150 %"), (2.0, "200 %"))
_LEADS = (
    (0, mark("at the due time")),
    (5, mark("5 min before")),
    (10, mark("10 min before")),
    (30, mark("30 min before")),
)


@dataclass(frozen=True, kw_only=True)
class SettingsDesk:
    """What the settings page cannot do by itself."""

    data_folder: Path
    log_folder: Path
    key_place: str
    """Where the secrets are, as a sentence."""
    test_notification: Callable[[], Awaitable[str]]
    """Shows one and returns what the desktop supports, as a sentence."""


class _Card(Painted):
    def __init__(self, title: str) -> None:
        super().__init__()
        px = self.type.px
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(px(16), px(14), px(16), px(14))
        self.column.setSpacing(px(10))
        self.column.addWidget(Words(title, section=True, strong=True))

    def row(self, label: str, *controls: QWidget) -> QHBoxLayout:
        """A label at the start and controls at the end."""
        line = QHBoxLayout()
        line.setSpacing(self.type.px(8))
        words = Words(label)
        line.addWidget(words, 1)
        for control in controls:
            line.addWidget(control)
        self.column.addLayout(line)
        return line

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(
            QPainter(self),
            QRectF(self.rect()),
            self.type.px(10),
            fill=self.tokens.surface,
            border=self.tokens.divider,
        )


class SettingsPage(QWidget):
    """One column of cards; everything takes effect at once."""

    def __init__(self, context: WindowContext, desk: SettingsDesk) -> None:
        super().__init__()
        self.setObjectName("settings-page")
        self._context = context
        self._desk = desk
        px = context.theme.type.px
        self._body = QWidget()
        self._column = QVBoxLayout()
        self._column.setSpacing(px(16))
        self._column.addWidget(Words(tr("Settings"), title=True, strong=True))
        self._account_place = QVBoxLayout()
        self._column.addLayout(self._account_place)
        for card in (self._appearance(), self._reminders(), self._data()):
            self._column.addWidget(card)
        self._column.addStretch()
        centred = QHBoxLayout(self._body)
        centred.setContentsMargins(px(24), px(20), px(24), px(24))
        holder = QWidget()
        holder.setLayout(self._column)
        self._column.setContentsMargins(0, 0, 0, 0)
        holder.setMaximumWidth(px(_WIDTH))
        centred.addWidget(holder, 1, Qt.AlignmentFlag.AlignTop)
        centred.addStretch(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(self._body)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        context.situation_changed.connect(self._show_account)
        context.actions.bound.connect(self._show_account)
        self._account: QWidget | None = None
        self._shown: object = None
        self._show_account()

    def _show_account(self) -> None:
        workspace = self._context.situation.workspace
        bound = tuple(id for id in _ACCOUNT_ACTIONS if self._context.actions.is_bound(id))
        state = (workspace, bound)
        if state == self._shown:
            return
        self._shown = state
        if self._account is not None:
            self._account.deleteLater()
            self._account = None
        if workspace is None:
            return
        account = workspace.account
        card = _Card(tr("Account"))
        card.row(account.name or account.location_id)
        card.column.addWidget(
            Words(
                tr("Requests go to {host} and nowhere else.").format(
                    host=QUrl(account.api_url).authority()
                ),
                caption=True,
                muted=True,
            )
        )
        card.column.addWidget(Words(tr("What this sign-in may do"), strong=True))
        for scope in ALL:
            held = workspace.capabilities.has(scope.name)
            card.column.addLayout(_scope_line(scope, held=held))
        buttons = FlowLayout(gap=8)
        for id in bound:
            action = self._context.actions[id]
            if id == "account.ask-write" and workspace.capabilities.has(WRITE.name):
                continue
            if self._context.actions.allowed(id) is False:
                continue
            button = Button(action.words, icon=action.icon, kind=Kind.TONAL)
            button.setObjectName(id)
            button.clicked.connect(lambda _=False, id=id: self._context.actions.trigger(id))
            buttons.addWidget(button)
        card.column.addLayout(buttons)
        self._account_place.addWidget(card)
        self._account = card

    def _appearance(self) -> QWidget:
        card = _Card(tr("Appearance"))
        settings = self._context.settings
        modes = Segmented(
            [
                (ThemeMode.SYSTEM, tr("System")),
                (ThemeMode.LIGHT, tr("Light")),
                (ThemeMode.DARK, tr("Dark")),
            ],
            name=tr("Colours"),
        )
        modes.set_value(settings.theme)
        modes.chosen.connect(lambda mode: self._context.change_settings(theme=mode))
        self._context.settings_changed.connect(
            lambda: modes.set_value(self._context.settings.theme)
        )
        card.row(tr("Colours"), modes)
        density = Segmented(
            [(Density.COMFORTABLE, tr("Two lines")), (Density.COMPACT, tr("One line"))],
            name=tr("Rows in lists"),
        )
        density.set_value(settings.density)
        density.chosen.connect(lambda value: self._context.change_settings(density=value))
        self._context.settings_changed.connect(
            lambda: density.set_value(self._context.settings.density)
        )
        card.row(tr("Rows in lists"), density)
        scale = _choice(tr("Size of text"), _SCALES, settings.text_scale)
        scale.currentIndexChanged.connect(
            lambda at: self._context.change_settings(text_scale=_SCALES[at][0])
        )
        card.row(tr("Size of text"), scale)
        return card

    def _reminders(self) -> QWidget:
        card = _Card(tr("Reminders"))
        settings = self._context.settings
        on = QCheckBox(tr("Remind me of due tasks, also while the window is closed"))
        on.setChecked(settings.reminders)
        on.toggled.connect(lambda value: self._context.change_settings(reminders=value))
        self._context.settings_changed.connect(
            lambda: on.setChecked(self._context.settings.reminders)
        )
        card.column.addWidget(on)
        lead = _choice(tr("When"), _LEADS, settings.reminder_lead_min)
        lead.currentIndexChanged.connect(
            lambda at: self._context.change_settings(reminder_lead_min=_LEADS[at][0])
        )
        card.row(tr("When"), lead)
        content = QCheckBox(tr("Show titles and names in notifications"))
        content.setChecked(settings.notification_content)
        content.toggled.connect(
            lambda value: self._context.change_settings(notification_content=value)
        )
        card.column.addWidget(content)
        self._tested = Words("", caption=True, muted=True)
        self._tested.hide()
        test = Button(tr("Send test notification"), icon="bell", kind=Kind.TONAL)
        test.clicked.connect(lambda: self._context.runner.start(self._test, slot="test"))
        line = QHBoxLayout()
        line.addWidget(test)
        line.addStretch()
        card.column.addLayout(line)
        card.column.addWidget(self._tested)
        return card

    async def _test(self) -> None:
        self._tested.setText(await self._desk.test_notification())
        self._tested.show()

    def _data(self) -> QWidget:
        card = _Card(tr("Data and privacy"))
        card.column.addWidget(
            Words(
                tr("The local copy is encrypted. {place} Rapport sends no telemetry.").format(
                    place=self._desk.key_place
                ),
                muted=True,
            )
        )
        for label, folder in (
            (tr("Data folder"), self._desk.data_folder),
            (tr("Logs"), self._desk.log_folder),
        ):
            path = Words(str(folder), caption=True, muted=True)
            path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            button = Button(tr("Open"), icon="ext", kind=Kind.TONAL)
            button.setAccessibleName(tr("Open {what}").format(what=label))
            button.clicked.connect(
                lambda _=False, folder=folder: QDesktopServices.openUrl(
                    QUrl.fromLocalFile(str(folder))
                )
            )
            card.row(label, button)
            card.column.addWidget(path)
        return card


def _scope_line(scope: Scope, *, held: bool) -> QHBoxLayout:
    """A right in a word, and what it covers or what is missing without it."""
    line = QHBoxLayout()
    line.setSpacing(current_theme().type.px(8))
    line.addWidget(IconView("check" if held else "dnd", role="success" if held else "muted"))
    title = Label(tr(scope.title), role="text" if held else "muted")
    title.setToolTip(scope.name)
    detail = tr(scope.detail) if held else f"{tr('not granted')}. {tr(scope.lost)}"
    line.addWidget(title)
    words = Words(detail, caption=True, muted=True)
    words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    line.addWidget(words, 1)
    return line


def _choice(name: str, values: tuple[tuple[object, str], ...], current: object) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value, words in values:
        box.addItem(tr(words), value)
    known = [value for value, _ in values]
    box.setCurrentIndex(known.index(current) if current in known else 0)
    return box
