"""The top of the detail pane: who it is, how to reach them, and what to do next."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from rapport.domain.disturb import Channel, why_not_disturb
from rapport.domain.errors import InputError
from rapport.domain.text import visible
from rapport.domain.views import ContactDetail
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.look.icons import draw_icon, icon
from rapport.ui.look.paint import hairline, mirrored
from rapport.ui.look.text import LTR_MARK, Run, baseline_in, plain_tip
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.menus import pop_up
from rapport.ui.roles import dnd_words, waiting_words
from rapport.ui.widgets.base import Control, Painted, is_rtl
from rapport.ui.widgets.button import Button, IconButton
from rapport.ui.widgets.labels import Avatar

WORDS_FROM = 600
"""Below this pane width, in design pixels, the buttons drop their words."""
_TICK_MS = 1000
_MORE = (
    *("contact.edit", "contact.add-tag", "contact.copy-phone", "contact.copy-email"),
    *("contact.merge", "contact.copy-link", "contact.history", "contact.delete"),
)


class NameLine(Painted):
    """The name in 20 px and the marks that concern the whole contact."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = ""
        self._pending = self._dnd = False
        self.setObjectName("contact-name")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str, *, pending: bool, dnd: bool) -> None:
        self._name, self._pending, self._dnd = visible(name), pending, dnd
        marks = [dnd_words()] if dnd else []
        marks += [waiting_words()] if pending else []
        self.setAccessibleName(tr(", ").join([self._name, *marks]))
        self.setToolTip(plain_tip("\n".join([self._name, *marks])))
        self.update()

    @property
    def name(self) -> str:
        return self._name

    def whole_width(self) -> int:
        """Pixels that the whole name takes with its marks."""
        run = Run(self._name, self.type.font(TextSize.TITLE, SEMIBOLD))
        marks = self._dnd + self._pending
        return round(run.width) + marks * self.type.px(22)

    def sizeHint(self) -> QSize:
        return QSize(self.type.px(120), self.type.line(TextSize.TITLE))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.type.px(60), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(self.rect())
        marks = [("dnd", self.tokens.danger)] if self._dnd else []
        marks += [("clock", self.tokens.muted)] if self._pending else []
        side = self.type.px(16)
        room = area.width() - len(marks) * (side + self.type.px(6))
        run = Run(self._name, self.type.font(TextSize.TITLE, SEMIBOLD), room)
        painter.setPen(QColor(self.tokens.text))
        spot = mirrored(QRectF(0, 0, run.width, area.height()), area, is_rtl(self))
        metrics = self.type.metrics(TextSize.TITLE, SEMIBOLD)
        run.draw(painter, spot.left(), baseline_in(0, area.height(), metrics))
        x = run.width + self.type.px(6)
        for name, colour in marks:
            spot = mirrored(QRectF(x, area.center().y() - side / 2, side, side), area, is_rtl(self))
            draw_icon(painter, name, spot, colour)
            x += side + self.type.px(6)


class Reach(Control):
    """A phone number or an e-mail address: pressing it copies, and a tick says so for a second."""

    copied = Signal()

    def __init__(self, icon_name: str, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._what = icon_name, what
        self._shown = self._value = self._why_not = ""
        self._copied = QTimer(self, singleShot=True, interval=_TICK_MS)
        self._copied.timeout.connect(self._settle)
        self.clicked.connect(self.copy)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_value(self, value: str, shown: str, why_not: str = "") -> None:
        """``value`` is what is copied, ``shown`` how it is written; ``why_not`` says why it had
        better not be used."""
        self._value, self._shown, self._why_not = value, shown, why_not
        self.setVisible(bool(value))
        self._settle()

    def copy(self) -> None:
        if not self._value:
            raise InputError(tr("There is nothing to copy."))
        QGuiApplication.clipboard().setText(self._value)
        self._copied.start()
        self.setAccessibleName(tr("{what} copied").format(what=self._what))
        self.update()
        self.copied.emit()

    @property
    def is_ticked(self) -> bool:
        return self._copied.isActive()

    def _settle(self) -> None:
        words = tr("Copy {what}: {value}").format(what=self._what, value=self._shown)
        self.setAccessibleName(words)
        self.setToolTip(plain_tip("\n".join(filter(None, (words, self._why_not)))))
        self.setAccessibleDescription(self._why_not)
        self.restyle()

    def _run(self, limit: float | None = None) -> Run:
        # Numbers and addresses read left to right in every interface.
        return Run(LTR_MARK + self._shown, self.type.font(), limit)

    def sizeHint(self) -> QSize:
        px = self.type.px
        return QSize(round(self._run().width) + px(20) + px(24), max(px(19), self.type.line()))

    def minimumSizeHint(self) -> QSize:
        return QSize(self.type.px(80), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        px, area, flipped = self.type.px, QRectF(self.rect()), is_rtl(self)
        side, middle = px(14), area.center().y()
        lead = mirrored(QRectF(0, middle - side / 2, side, side), area, flipped)
        draw_icon(painter, self._icon, lead, self.tokens.muted)
        run = self._run(area.width() - px(20) - px(22))
        spot = mirrored(QRectF(px(20), 0, run.width, area.height()), area, flipped)
        painter.setPen(QColor(self.tokens.text))
        run.draw(painter, spot.left(), baseline_in(0, area.height(), self.type.metrics()))
        tail = QRectF(px(20) + run.width + px(8), middle - side / 2, side, side)
        tail = mirrored(tail, area, flipped)
        if self._copied.isActive():
            draw_icon(painter, "check", tail, self.tokens.success)
        else:
            hot = self.underMouse() or self.shows_focus()
            draw_icon(painter, "copy", tail, self.tokens.accent_text if hot else self.tokens.muted)


class Header(Painted):
    """Avatar, name, phone and e-mail, and the four buttons."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.avatar = Avatar(parent=self, size=64)
        self.name = NameLine(self)
        self.phone = Reach("phone", tr("Phone"), self)
        self.phone.setObjectName("copy-phone")
        self.email = Reach("mail", tr("E-mail"), self)
        self.email.setObjectName("copy-email")
        self._buttons = {
            "contact.call": self._button("contact.call", tr("Call"), "phone"),
            "contact.mail": self._button("contact.mail", tr("Mail"), "mail"),
            "note.new": self._button("note.new", tr("Note"), "note"),
            "task.new": self._button("task.new", tr("Task"), "task"),
        }
        self.more = IconButton("more", tr("More"), self)
        self.more.setObjectName("contact-more")
        self.more.clicked.connect(self._offer_more)
        self._reachable = {"contact.call": False, "contact.mail": False}
        self._why_not: dict[str, str] = {}
        for reach, action in ((self.phone, "contact.call"), (self.email, "contact.mail")):
            reach.copied.connect(partial(self._tell_copied, action))
        self._lay_out()
        self.restyle()
        context.situation_changed.connect(self.allow)
        context.actions.bound.connect(self.allow)

    def _button(self, action: str, words: str, icon_name: str) -> Button:
        button = Button(words, self, icon=icon_name)
        button.setObjectName(action.replace(".", "-"))
        button.clicked.connect(lambda: self._context.actions.trigger(action))
        return button

    def _lay_out(self) -> None:
        self._who = QVBoxLayout()
        self._who.addWidget(self.name)
        for reach in (self.phone, self.email):
            self._who.addWidget(reach)
        self._who.addStretch(1)
        self._does = QHBoxLayout()
        for button in (*self._buttons.values(), self.more):
            self._does.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.avatar, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(self._who, 1)
        self._row.addLayout(self._does)

    def restyle(self) -> None:
        super().restyle()
        if not hasattr(self, "_row"):
            return
        px = self.type.px
        self._row.setContentsMargins(px(20), px(12), px(14), px(11))
        self._row.setSpacing(px(16))
        self._who.setSpacing(0)
        self._does.setSpacing(px(6))
        self.setMinimumHeight(px(88))
        self._drop_words(self.width())

    def show_detail(self, detail: ContactDetail, phone: str, *, pending: bool) -> None:
        """``phone`` is the number as people write it."""
        contact = detail.contact
        self._why_not = {
            "contact.call": why_not_disturb(contact, detail.extra, Channel.CALL),
            "contact.mail": why_not_disturb(contact, detail.extra, Channel.EMAIL),
        }
        self.avatar.set_person(detail.seed, contact.name)
        self.name.show_name(contact.name, pending=pending, dnd=contact.dnd)
        self.phone.show_value(contact.phone, phone, self._why_not["contact.call"])
        self.email.show_value(contact.email, visible(contact.email), self._why_not["contact.mail"])
        self._drop_words(self.width())
        self._reachable = {
            "contact.call": bool(contact.phone),
            "contact.mail": bool(contact.email),
        }
        self.allow()

    def allow(self) -> None:
        """Enable what makes sense now; a disabled button says why."""
        missing = {
            "contact.call": tr("No phone number is known."),
            "contact.mail": tr("No e-mail address is known."),
        }
        for id, button in self._buttons.items():
            allowed = self._context.actions.allowed(id)
            why = allowed if isinstance(allowed, str) else ""
            if allowed is True and not self._reachable.get(id, True):
                why = missing[id]
            button.setEnabled(allowed is True and not why)
            if button.isEnabled() and self._why_not.get(id):
                why = f"{self._why_not[id]} {tr('It asks first.')}"
            button.set_alarming(bool(self._why_not.get(id)))
            button.setToolTip(plain_tip(why) if why else self._context.actions.tooltip(id))
            button.setAccessibleDescription(why)

    def _tell_copied(self, action: str) -> None:
        """Copying harms nobody; what may be done with it does."""
        if why := self._why_not.get(action):
            title = tr("Number copied") if action == "contact.call" else tr("Address copied")
            self._context.notice(title, why, icon="dnd")

    def _offer_more(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("contact-menu")
        for id in _MORE:
            if not self._context.actions.is_bound(id):
                continue
            action = self._context.actions[id]
            role = "danger" if id == "contact.delete" else "muted"
            entry = menu.addAction(icon(action.icon, role), action.words)
            entry.setObjectName(id.replace(".", "-"))
            entry.setEnabled(self._context.actions.is_enabled(id))
            entry.setToolTip(self._context.actions.tooltip(id))
            entry.setText(f"{action.words}\t{self._context.actions.key_text(id)}")
            entry.triggered.connect(lambda _=False, id=id: self._context.actions.trigger(id))
        menu.setToolTipsVisible(True)
        pop_up(menu, self.more, at_end=True)

    def minimumSizeHint(self) -> QSize:
        """With words the buttons would keep the pane from ever becoming narrow enough to drop
        them."""
        return QSize(self.type.px(400), self.type.px(88))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drop_words(event.size().width())

    def _drop_words(self, width: int) -> None:
        wordless = width < self.type.px(WORDS_FROM) or self._is_crowded(width)
        for id, button in self._buttons.items():
            button.set_wordless(wordless)
            if not button.isEnabled() or wordless or button.is_alarming:
                why = button.accessibleDescription()
                button.setToolTip(plain_tip(why) if why else self._context.actions.tooltip(id))

    def _is_crowded(self, width: int) -> bool:
        """Whether name, number or address would lose its end to the words of the buttons."""
        margins, px = self._row.contentsMargins(), self.type.px
        room = width - margins.left() - margins.right() - px(64) - 2 * self._row.spacing()
        room -= self.more.sizeHint().width() + len(self._buttons) * self._does.spacing()
        room -= sum(button.width_with_words() for button in self._buttons.values())
        reaches = (reach for reach in (self.phone, self.email) if not reach.isHidden())
        return room < max([self.name.whole_width(), *(r.sizeHint().width() for r in reaches)])

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self.tokens.surface))
        line = self.rect().adjusted(0, self.height() - 1, 0, 0)
        hairline(painter, line, self.tokens.divider)
