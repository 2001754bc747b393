"""Settings: a field to search in, and one column of cards; everything takes effect at once."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.onboarding.text import Words
from rapport.ui.panes.settings.account import AccountsCard, SyncCard
from rapport.ui.panes.settings.appearance import NotificationsCard, appearance_card
from rapport.ui.panes.settings.card import Card, Row
from rapport.ui.panes.settings.desk import SettingsDesk
from rapport.ui.panes.settings.privacy import DataCard, PrivacyCard
from rapport.ui.panes.settings.shortcuts import ShortcutsCard
from rapport.ui.widgets.inputs import SearchField
from rapport.ui.widgets.labels import Label

_WIDTH = 640


class SettingsPage(QWidget):
    def __init__(self, context: WindowContext, desk: SettingsDesk) -> None:
        super().__init__()
        self.setObjectName("settings-page")
        self._context = context
        self._found: Row | None = None
        px = context.theme.type.px
        self.search = SearchField(
            tr("Search the settings"), placeholder=tr("Search the settings"), key=""
        )
        self.search.setObjectName("settings-search")
        self.search.textChanged.connect(self._narrow)
        self._nothing = Words(tr("No setting is called that."), muted=True)
        self._nothing.setObjectName("settings-nothing")
        self._nothing.hide()
        head = QVBoxLayout()
        head.setContentsMargins(px(24), px(20), px(24), px(12))
        head.setSpacing(px(12))
        head.addWidget(Label(tr("Settings"), size=TextSize.TITLE, weight=SEMIBOLD))
        head.addWidget(self.search)
        self._head = QWidget()
        self._head.setLayout(head)
        self._head.setMaximumWidth(px(_WIDTH + 48))

        self._column = QVBoxLayout()
        self._column.setContentsMargins(px(24), 0, px(24), px(24))
        self._column.setSpacing(px(16))
        self._column.addWidget(self._nothing)
        self._accounts: Card | None = None
        self._sync: SyncCard | None = None
        self._shortcuts = ShortcutsCard(context)
        self._cards: list[Card] = [
            appearance_card(context),
            NotificationsCard(context, desk),
            PrivacyCard(context, desk),
            DataCard(context, desk),
            self._shortcuts,
        ]
        for card in self._cards:
            self._column.addWidget(card)
        self._column.addStretch()
        body = QWidget()
        body.setLayout(self._column)
        body.setMaximumWidth(px(_WIDTH + 48))
        self._body = body
        centred = QWidget()
        line = QHBoxLayout(centred)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(body, 1, Qt.AlignmentFlag.AlignTop)
        line.addStretch(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(centred)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._head)
        outer.addWidget(self._scroll, 1)

        self._shown: object = None
        context.situation_changed.connect(self._show_accounts)
        context.accounts_changed.connect(self._show_accounts)
        context.actions.bound.connect(lambda _: self._show_accounts())
        context.actions.keys_changed.connect(self._shortcuts.show_actions)
        context.settings_changed.connect(self._shortcuts.show_actions)
        context.setting_wanted.connect(self.show_setting)
        context.theme.changed.connect(self._dress)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)
        self._show_accounts()

    def show_setting(self, id: str) -> None:
        """Bring one setting into view and give it the keyboard."""
        self.search.clear()
        self._forget_found()
        row = next((row for row in self._rows() if row.setting.id == id), None)
        if row is None:
            return
        row.stand_out()
        self._found = row
        self._reveal(row)
        # What was hidden until now gets its place only when the event loop turns.
        QTimer.singleShot(0, row, lambda: self._reveal(row))

    def _reveal(self, row: Row) -> None:
        """In the middle, where no toast lies over it."""
        beside = (self._scroll.viewport().height() - row.height()) // 2
        self._scroll.ensureWidgetVisible(row, 0, max(self._context.theme.type.px(24), beside))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._shortcuts.show_actions()
        if self._sync is not None:
            self._sync.show_status()

    def _rows(self) -> list[Row]:
        return [row for card in self._all() for row in card.rows]

    def _all(self) -> list[Card]:
        return [card for card in (self._accounts, *self._cards, self._sync) if card is not None]

    def _narrow(self, typed: str) -> None:
        self._forget_found()
        found = [card.narrow(typed.strip()) for card in self._all()]
        self._nothing.setVisible(not any(found))
        self._scroll.verticalScrollBar().setValue(0)

    def _show_accounts(self) -> None:
        """The cards that are about accounts are built anew when these are others than before."""
        actions, now = self._context.actions, self._context.situation
        bound = tuple(one.id for one in actions if one.id.startswith(("account.", "sync.", "go.")))
        rights = now.workspace.capabilities if now.workspace is not None else None
        state = (now.workspace, rights, bound, self._context.accounts)
        if state == self._shown:
            return
        self._shown = state
        for old in (self._accounts, self._sync):
            if old is not None:
                self._column.removeWidget(old)
                old.hide()
                old.deleteLater()
        self._accounts = AccountsCard(self._context)
        self._sync = SyncCard(self._context)
        self._column.insertWidget(1, self._accounts)
        self._column.insertWidget(4, self._sync)
        self._tab_as_one_reads()
        if self.search.text():
            self._narrow(self.search.text())

    def _tab_as_one_reads(self) -> None:
        """Cards that were built anew would be reached last."""
        cards = sorted(self._all(), key=self._column.indexOf)
        stops = [
            widget
            for card in cards
            for widget in card.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.window() is self.window()
        ]
        for before, after in pairwise([self.search, *stops]):
            QWidget.setTabOrder(before, after)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if self._found is not None and new is not None and not self._found.isAncestorOf(new):
            self._forget_found()

    def _forget_found(self) -> None:
        found, self._found = self._found, None
        if found is not None:
            found.forget()

    def _dress(self) -> None:
        px = self._context.theme.type.px
        for widget in (self._head, self._body):
            widget.setMaximumWidth(px(_WIDTH + 48))
