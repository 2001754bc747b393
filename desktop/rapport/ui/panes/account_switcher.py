"""Which account is open: badge, name, place; it heads the sidebar column."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from rapport.domain.settings import Account
from rapport.domain.text import visible
from rapport.language import tr, trn
from rapport.ui.accounts import SignedIn, colours, standing, standing_words
from rapport.ui.actions import ACCOUNT_KEYS
from rapport.ui.context import WindowContext
from rapport.ui.look.avatars import badge_pixmap
from rapport.ui.look.icons import draw_icon, icon
from rapport.ui.look.paint import mirrored, rounded
from rapport.ui.look.text import Run, baseline_in, plain_tip
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.menus import RULE, fill_menu, pop_up
from rapport.ui.widgets.base import Control
from rapport.ui.wording import count

_MENU = (
    "account.add",
    "account.sign-in",
    "account.ask-write",
    RULE,
    "account.sign-out",
)


class AccountSwitcher(Control):
    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._account: Account | None = None
        self._contacts = 0
        self._collapsed = False
        self._others_in_trouble: tuple[SignedIn, ...] = ()
        self._ends: list[Callable[[], None]] = []
        self.setObjectName("account-switcher")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._offer)
        context.accounts_changed.connect(self._follow)
        self._say()

    def show_account(self, account: Account | None) -> None:
        self._account = account
        self._contacts = 0
        self._look_at_others()

    def _follow(self) -> None:
        """Hear how each account stands, whichever is on screen."""
        for end in self._ends:
            end()
        self._ends = [
            one.workspace.sync.subscribe(lambda _: self._look_at_others())
            for one in self._context.accounts
            if one.workspace is not None
        ]
        self._look_at_others()

    def _look_at_others(self) -> None:
        shown = self._account.id if self._account is not None else ""
        self._others_in_trouble = tuple(
            one for one in self._context.accounts if one.in_trouble and one.account.id != shown
        )
        self._say()

    def set_contacts(self, contacts: int) -> None:
        if contacts != self._contacts:
            self._contacts = contacts
            self._say()

    def set_collapsed(self, collapsed: bool) -> None:
        self._collapsed = collapsed
        self.restyle()

    def sizeHint(self) -> QSize:
        px = self.type.px
        return QSize(px(56 if self._collapsed else 220) - 1, px(48) - 1)

    def ring_area(self) -> QRect:
        """It stands in the window's corner, where a ring around it would be cut off."""
        inset = self.type.px(4)
        return self.rect().adjusted(inset, inset, -inset, -inset)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect, px, tokens = QRectF(self.rect()), self.type.px, self.tokens
        flipped = self.isRightToLeft()
        if self.underMouse() or self.isDown():
            inset = rect.adjusted(px(4), px(4), -px(4), -px(4))
            rounded(painter, inset, px(6), fill=tokens.pressed if self.isDown() else tokens.hover)
        if self._account is None:
            return
        ratio = self.devicePixelRatioF()
        colour = self._colours().get(self._account.id, "")
        size = 28 if self._collapsed else 24
        badge = badge_pixmap(colour, self._account.name, size, ratio)
        side = px(size)
        x = (rect.width() - side) / 2 if self._collapsed else px(16)
        spot = mirrored(QRectF(x, (rect.height() - side) / 2, side, side), rect, flipped)
        painter.drawPixmap(spot.topLeft(), badge)
        if self._others_in_trouble:
            dot = QRectF(0, 0, px(8), px(8))
            dot.moveCenter(spot.topLeft() if flipped else spot.topRight())
            rounded(painter, dot, px(4), fill=tokens.danger)
        if self._collapsed:
            return
        start, end = px(50), rect.width() - px(36)
        top = round((rect.height() - self.type.line() - self.type.line(TextSize.CAPTION)) / 2)
        self._line(painter, self._account.name, start, end, top, TextSize.BODY)
        self._line(
            painter, self._place(), start, end, top + self.type.line(), TextSize.CAPTION, muted=True
        )
        chevrons = QRectF(rect.width() - px(28), rect.center().y() - px(8), px(16), px(16))
        draw_icon(painter, "updown", mirrored(chevrons, rect, flipped), tokens.muted)

    def _line(
        self,
        painter: QPainter,
        text: str,
        start: float,
        end: float,
        top: float,
        size: TextSize,
        *,
        muted: bool = False,
    ) -> None:
        font = self.type.font(size) if muted else self.type.font(size, SEMIBOLD)
        run = Run(visible(text), font, end - start)
        rect = QRectF(self.rect())
        area = mirrored(QRectF(start, top, run.width, 1), rect, self.isRightToLeft())
        painter.setPen(QColor(self.tokens.muted if muted else self.tokens.text))
        baseline = baseline_in(top, self.type.line(size), self.type.metrics(size))
        run.draw(painter, area.left(), baseline)

    def _place(self) -> str:
        account = self._account
        words = trn("{n} contact", "{n} contacts", self._contacts)
        if account and account.sandbox:
            words = trn("{n} made-up contact", "{n} made-up contacts", self._contacts)
        contacts = words.format(n=count(self._contacts)) if self._contacts else ""
        # A made-up place would only be in the way of the words that matter.
        place = visible(account.place) if account and not account.sandbox else ""
        return " · ".join(part for part in (place, contacts) if part)

    def _say(self) -> None:
        name = visible(self._account.name) if self._account is not None else tr("No account")
        self.setAccessibleName(tr("Account: {name}").format(name=name))
        trouble = [standing_words(one) for one in self._others_in_trouble]
        first = " · ".join(part for part in (name, self._place()) if part)
        self.setToolTip(plain_tip("\n".join((first, *trouble))))
        self.setAccessibleDescription("; ".join(trouble))
        self.update()

    def _colours(self) -> dict[str, str]:
        accounts = [one.account for one in self._context.accounts]
        if not accounts and self._account is not None:
            accounts = [self._account]
        return colours(accounts)

    def _offer(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("account-menu")
        menu.setToolTipsVisible(True)
        for place, one in enumerate(self._context.accounts, start=1):
            self._add(menu, place, one)
        menu.addSeparator()
        fill_menu(menu, self._context, _MENU)
        pop_up(menu, self)

    def _add(self, menu: QMenu, place: int, one: SignedIn) -> None:
        """A line of the menu: badge or what is wrong, name, state and what waits, key."""
        how = standing(one)
        words = f"{one.name}  ·  {how.words}".replace("&", "&&")
        key = (
            self._context.actions.key_text(f"account.show-{place}") if place <= ACCOUNT_KEYS else ""
        )
        choice = menu.addAction(f"{words}\t{key}" if key else words)
        choice.setObjectName(f"account-{place}")
        if one.in_trouble:
            choice.setIcon(icon(how.icon, how.role))
        else:
            badge = badge_pixmap(
                self._colours()[one.account.id], one.account.name, 16, self.devicePixelRatioF()
            )
            choice.setIcon(QIcon(badge))
        if one.error is not None:
            choice.setToolTip(str(one.error))
        if self._account is not None and one.account.id == self._account.id:
            font = choice.font()
            font.setWeight(SEMIBOLD)
            choice.setFont(font)
            choice.setToolTip(tr("On screen now"))
        choice.triggered.connect(lambda: self._context.show_account(one.account.id))
