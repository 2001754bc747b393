"""The Operations tab: the catalogue, a form for what is chosen in it, and the reply."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, QUrl
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from rapport.domain.arguments import Arguments
from rapport.domain.catalogue import Action
from rapport.domain.command_lines import as_curl, as_rapport_call
from rapport.domain.errors import InputError, RapportError
from rapport.domain.operations import OperationCall
from rapport.domain.ports import OperationCaller
from rapport.domain.scopes import WRITE
from rapport.domain.views import SyncState, SyncStatus
from rapport.host.uploads import read_uploads
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.editors.forms import SaveKey
from rapport.ui.look.paint import rounded
from rapport.ui.look.text import plain_tip
from rapport.ui.look.type import TextSize
from rapport.ui.models.operation_list_model import Entry
from rapport.ui.panes.activity.operations.catalogue_list import CatalogueList
from rapport.ui.panes.activity.operations.form import (
    Drafts,
    EntryHead,
    OperationForm,
    TriggerPage,
)
from rapport.ui.panes.activity.operations.reply import Exchange, ReplyPane
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.chips import Tone
from rapport.ui.widgets.fit import fit
from rapport.ui.widgets.foot import Foot
from rapport.ui.widgets.labels import IconView, Label, Rule
from rapport.ui.widgets.overlay import confirm

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

SENDING = "operation"
"""The runner's slot of the request that is on its way."""
_BUILD_AFTER_MS = 40
"""Arrow keys run through the list more quickly than forms are built."""


@dataclass(frozen=True, kw_only=True)
class OperationsDesk:
    """What the view cannot know by itself."""

    entries: Sequence[Entry]
    caller: OperationCaller
    profile: str = ""
    """The folder that was named with ``--profile``; a pasted command needs it, too."""


class OperationsView(QWidget):
    def __init__(
        self,
        workspace: Workspace,
        context: WindowContext,
        desk: OperationsDesk,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("operations")
        self._workspace = workspace
        self._context = context
        self._desk = desk
        self._entry: Entry | None = None
        self._drafts: dict[str, Drafts] = {}
        self._form: OperationForm | None = None
        self._page: QWidget | None = None
        self._sending = False
        self.list = CatalogueList(desk.entries, self)
        self._middle = QWidget(self)
        self._middle_column = QVBoxLayout(self._middle)
        self._middle_column.setContentsMargins(0, 0, 0, 0)
        self._middle_column.setSpacing(0)
        self.foot = _SendFoot(self._middle)
        self._middle_column.addWidget(self.foot)
        self.reply = ReplyPane(context, workspace.clock, self)
        self._inner = QSplitter(Qt.Orientation.Horizontal, self)
        self._outer = QSplitter(Qt.Orientation.Horizontal, self)
        for splitter, parts in (
            (self._inner, (self._middle, self.reply)),
            (self._outer, (self.list, self._inner)),
        ):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
            for part in parts:
                splitter.addWidget(part)
            splitter.setStretchFactor(0, 0)
            splitter.setStretchFactor(1, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._outer)
        self._laid_out_for: tuple[bool, bool] | None = None
        self._build_soon = QTimer(self, singleShot=True, interval=_BUILD_AFTER_MS)
        self._build_soon.timeout.connect(self._build)
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(self.focus_form)
        self.foot.send.clicked.connect(self.send)
        self.foot.hint.ask.clicked.connect(self._ask)
        self.foot.cancel.clicked.connect(lambda: context.runner.cancel(SENDING))
        self.foot.curl.clicked.connect(self._copy_curl)
        self.foot.line.clicked.connect(self._copy_line)
        unsubscribe = workspace.sync.subscribe(self._status_changed)
        self.destroyed.connect(lambda *_: unsubscribe())
        self.setFocusProxy(self.list)
        self.list.choose_first()

    # Choosing.

    def choose(self, id: str) -> None:
        """Show an entry of the catalogue by its id."""
        self.list.choose(id)
        self._build()

    def _choose(self, entry: object) -> None:
        self._entry = entry  # type: ignore[assignment]
        if self._page is None:
            self._build()
        else:
            self._build_soon.start()

    def _build(self) -> None:
        self._build_soon.stop()
        if self._entry is None or (self._form and self._form.action is self._entry):
            return
        self._keep_draft()
        page = QWidget(self._middle)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(EntryHead(self._entry, page))
        column.addWidget(Rule(page))
        self._form = None
        if isinstance(self._entry, Action):
            drafts = self._drafts.get(self._entry.id, {})
            self._form = OperationForm(self._entry, self._workspace, self._context, drafts, page)
            for field in self._form.fields.values():
                field.changed.connect(self._allow)
            column.addWidget(self._form, 1)
            SaveKey(page).pressed.connect(self.send)
        else:
            column.addWidget(TriggerPage(self._entry, page), 1)
        old, self._page = self._page, page
        self._middle_column.insertWidget(0, page, 1)
        page.show()
        if old is not None:
            focused = QApplication.focusWidget()
            if focused is not None and old.isAncestorOf(focused):
                # Hidden with the keyboard in it, it would hand it to whatever comes first.
                self.list.rows.setFocus(Qt.FocusReason.OtherFocusReason)
            old.hide()
            old.setParent(None)
            old.deleteLater()
        self._chain(page)
        self._allow()

    def _chain(self, page: QWidget) -> None:
        """Let Tab go from the list through the form and its buttons to the reply."""
        before: QWidget = self.list.rows
        for part in (page, self.foot, self.reply):
            for stop in part.findChildren(QWidget):
                # The list of a combo box is a window of its own.
                if _is_tab_stop(stop) and stop.window() is self.window():
                    QWidget.setTabOrder(before, stop)
                    before = stop

    def _keep_draft(self) -> None:
        if self._form is not None:
            self._drafts[self._form.action.id] = self._form.drafts()

    def focus_form(self) -> None:
        self._build()
        if self._form is not None:
            first = self._form.first_focus() or self.foot.send
            first.setFocus(Qt.FocusReason.TabFocusReason)

    # What may be sent.

    @property
    def form(self) -> OperationForm | None:
        """None for a trigger."""
        return self._form

    def why_not(self) -> str:
        """Why the chosen action cannot be sent as this account; "" where it can."""
        entry, account = self._entry, self._workspace.account
        if not isinstance(entry, Action) or account.static_token:
            return ""  # what a pasted token may do only the CRM knows
        if entry.token == "agency":
            return tr("It needs the sign-in of an agency; this account is one location.")
        held = self._workspace.capabilities
        lacking = self._lacking()
        if not lacking:
            return ""
        if lacking == WRITE.name and held.why_not_write:
            return tr(held.why_not_write)
        return tr("This sign-in does not have the permission “{scope}”.").format(scope=lacking)

    def _lacking(self) -> str:
        """The first permission that the chosen action needs and this sign-in has not."""
        entry, held = self._entry, self._workspace.capabilities
        if not isinstance(entry, Action) or self._workspace.account.static_token:
            return ""
        return next((scope for scope in entry.scopes if not held.has(scope)), "")

    def _ask(self) -> None:
        lacking = self._lacking()
        if lacking:
            self._context.scope_wanted.emit(lacking)

    def _status_changed(self, status: SyncStatus) -> None:
        self._allow()

    def _allow(self) -> None:
        action = self._form.action if self._form is not None else None
        self.foot.setVisible(action is not None)
        if action is None or self._form is None:
            return
        why = self.why_not()
        self.foot.hint.say(*self._hint(action, why))
        self.foot.hint.ask.setVisible(bool(self._lacking()) and action.token == "location")
        self.foot.set_busy(self._sending)
        invalid = self._form.is_invalid
        self.foot.send.setEnabled(not why and not invalid and not self._sending)
        reason = why or (tr("Something in the form cannot be sent.") if invalid else "")
        self.foot.send.setToolTip(reason)
        self.foot.send.setAccessibleDescription(reason)

    def _hint(self, action: Action, why: str) -> tuple[str, Tone, str]:
        account = self._workspace.account
        state = self._workspace.sync.status().state
        if why:
            return "lock", Tone.NEUTRAL, why
        if state is SyncState.OFFLINE:
            words = tr("The CRM cannot be reached at the moment. Sending tries all the same.")
            return "cloudoff", Tone.NEUTRAL, words
        if state is SyncState.SIGN_IN:
            return "key", Tone.WARNING, tr("Sign in again: the CRM does not accept this sign-in.")
        if account.sandbox:
            return "flask", Tone.WARNING, tr("Goes to the sandbox. No live account is touched.")
        if action.writes:
            words = tr("Changes the live account {name}. You are asked before it is sent.")
            return "alert", Tone.NEUTRAL, words.format(name=account.name)
        words = tr("Reads from {name} and changes nothing.")
        return "eye", Tone.NEUTRAL, words.format(name=account.name)

    # Sending.

    def send(self) -> None:
        """Send what the form says; a field that cannot be sent says why instead."""
        self._build()
        if self._form is None or self._sending or self.why_not():
            return
        given = self._form.arguments()
        self._allow()
        if given is not None:
            form = self._form
            self._context.runner.start(lambda: self._send(form, given), slot=SENDING)

    async def _send(self, form: OperationForm, given: Arguments) -> None:
        action, clock = form.action, self._workspace.clock
        if action.writes and not self._workspace.account.sandbox:
            if not await self._confirmed(action, given):
                return
            if not isValid(self):
                return
        self._sending = True
        self._allow()
        self.reply.show_waiting(action)
        at = clock.now()
        try:
            uploads = await asyncio.to_thread(read_uploads, given.files)
            call = OperationCall(action=action, arguments=given, uploads=uploads)
            answer = await self._desk.caller.call(call)
        except asyncio.CancelledError:
            if isValid(self):
                self.reply.show_cancelled(action)
            raise
        except RapportError as error:
            if isValid(self):
                self._failed(form, error, Exchange(action=action, at=at, error=error))
        else:
            if isValid(self):
                self.reply.take(Exchange(action=action, at=answer.sent_at, reply=answer))
        finally:
            self._sending = False
            if isValid(self):
                self._allow()

    def _failed(self, form: OperationForm, error: RapportError, exchange: Exchange) -> None:
        if isinstance(error, InputError) and error.field and isValid(form):
            form.complain([str(error)], error.field)
            self.reply.show_nothing()
        else:
            self.reply.take(exchange)

    async def _confirmed(self, action: Action, given: Arguments) -> bool:
        account = self._workspace.account
        path = action.path
        for name, value in given.path.items():
            path = path.replace(f"{{{name}}}", value)
        sentence = tr(
            "{method} {path}\nIt goes to {host}, past the outbox: Undo cannot take it back."
        ).format(method=action.method, path=path, host=QUrl(account.api_url).host())
        return await confirm(
            self.window(),
            tr("{what} in the live account {name}?").format(
                what=tr(action.title), name=account.name
            ),
            sentence,
            confirm=tr(action.title),
            danger=action.method == "DELETE",
        )

    # Copying.

    def _copy_curl(self) -> None:
        given = self._form.arguments() if self._form is not None else None
        if given is not None and self._form is not None:
            url = self._workspace.account.api_url.rstrip("/")
            self._copied(as_curl(self._form.action, given, url))

    def _copy_line(self) -> None:
        given = self._form.arguments() if self._form is not None else None
        if given is not None and self._form is not None:
            self._copied(
                as_rapport_call(
                    self._form.action,
                    given,
                    account=self._account_word(),
                    location_id=self._workspace.account.location_id,
                    profile=self._desk.profile,
                )
            )

    def _account_word(self) -> str:
        """What names this account and no other."""
        mine = self._workspace.account
        accounts = [one.account for one in self._context.accounts] or [mine]
        for word in (mine.name, mine.location_id):
            meant = [
                one for one in accounts if word in (one.id, one.location_id) or one.name == word
            ]
            if word and len(meant) == 1:
                return word
        return mine.id

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._context.notice(tr("Copied"), text.partition("\n")[0], icon="copy")

    # Laying out.

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        px, width = self._context.theme.type.px, self.width()
        wide, tall = width >= px(1000), width < px(780)
        if self._laid_out_for == (wide, tall):
            return
        self._laid_out_for = (wide, tall)
        self.list.setMinimumWidth(px(160))
        self._middle.setMinimumWidth(px(260))
        self.reply.setMinimumWidth(px(240))
        orientation = Qt.Orientation.Vertical if tall else Qt.Orientation.Horizontal
        self._inner.setOrientation(orientation)
        self._outer.setSizes([px(300 if wide else 220), 10_000])
        self._inner.setSizes([px(320), px(240)] if tall else [px(370 if wide else 330), 10_000])


def _is_tab_stop(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus) and widget.focusProxy() is None


class _Hint(Painted):
    """Where the request goes, or why it cannot, above the buttons."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._tone = Tone.NEUTRAL
        px = self.type.px
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), px(8), px(12), px(8))
        row.setSpacing(px(8))
        self._icon = IconView("flask", self, size=14)
        self._words = Label("", self, size=TextSize.CAPTION, wrap=True)
        self._words.setObjectName("operation-hint")
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        self.ask = Button(tr("Ask for it"), self, kind=Kind.LINK, size=Size.SMALL)
        self.ask.setObjectName("operation-ask")
        self.ask.hide()
        row.addWidget(self.ask)

    def text(self) -> str:
        return self._words.text()

    def say(self, icon: str, tone: Tone, words: str) -> None:
        self._tone = tone
        role = tone.value[0]
        self._icon.set_icon(icon, role)
        self._words.set_role("text" if tone is Tone.NEUTRAL else role)
        self._words.setText(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        colour, fill = (getattr(self.tokens, role) for role in self._tone.value)
        border = colour if self.tokens.high_contrast else None
        rounded(QPainter(self), QRectF(self.rect()), self.type.px(6), fill=fill, border=border)


class _SendFoot(Foot):
    """Copy and Send; while a request is on its way, Cancel."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hint = _Hint(self)
        self.curl = Button(tr("curl"), self, kind=Kind.QUIET, icon="copy", name=tr("Copy as curl"))
        self.curl.setObjectName("operation-curl")
        self.curl.setToolTip(self.curl.accessibleName())
        self.line = Button(
            tr("rapport call"), self, kind=Kind.QUIET, icon="copy", name=tr("Copy as rapport call")
        )
        self.line.setToolTip(self.line.accessibleName())
        self.line.setObjectName("operation-line")
        self.send = Button(tr("Send"), self, kind=Kind.FILLED, key="Ctrl ↵")
        self.send.setObjectName("operation-send")
        self.cancel = Button(tr("Cancel"), self, icon="x")
        self.cancel.setObjectName("operation-cancel")
        self.cancel.hide()
        px = self.hint.type.px
        hint = QHBoxLayout()
        hint.setContentsMargins(px(20), px(8), px(20), px(12))
        hint.addWidget(self.hint)
        row = self._row = QHBoxLayout()
        row.setContentsMargins(px(8), px(12), px(20), px(12))
        row.setSpacing(0)
        row.addWidget(self.curl)
        row.addWidget(self.line)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(hint)
        column.addWidget(Rule(self))
        column.addLayout(row)

    def set_busy(self, busy: bool) -> None:
        self.send.setVisible(not busy)
        self.cancel.setVisible(busy)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fit(self._row, self.width(), (self._drop_words,))

    def _drop_words(self, dropped: bool) -> None:
        for button in (self.curl, self.line):
            button.set_wordless(dropped)
            button.setToolTip(plain_tip(button.accessibleName()))
