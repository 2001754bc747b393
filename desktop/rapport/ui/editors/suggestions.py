"""A short list under an input: what it may complete to. The keyboard stays in the input."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from rapport.ui.look.avatars import avatar_pixmap
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import mirrored, rounded, tag_chip
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.base import Painted, is_rtl

_OFFER = int(Qt.ItemDataRole.UserRole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One suggestion. ``value`` is what is chosen; it is drawn as a tag, with an avatar (``seed``)
    or with an icon."""

    value: object
    text: str
    beside: str = ""
    tag: bool = False
    seed: str = ""
    icon: str = ""


class OfferList(QListWidget):
    """Offers to choose from by mouse, or by whoever keeps the keyboard."""

    picked = Signal(object)
    """The value of an offer that was clicked."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_OfferDelegate(self))
        self.itemEntered.connect(self.setCurrentItem)
        self.itemClicked.connect(self._clicked)

    def show_offers(self, offers: list[Offer], *, choose_first: bool = True) -> None:
        """The first one is chosen, or none yet."""
        self.clear()
        for offer in offers:
            item = QListWidgetItem(offer.text)
            item.setData(_OFFER, offer)
            words = f"{offer.text}, {offer.beside}" if offer.beside else offer.text
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words)
            self.addItem(item)
        self.setCurrentRow(0 if offers and choose_first else -1)

    def offers(self) -> list[Offer]:
        return [self.item(row).data(_OFFER) for row in range(self.count())]

    def current(self) -> Offer | None:
        item = self.currentItem()
        offer = item.data(_OFFER) if item is not None else None
        return offer if isinstance(offer, Offer) else None

    def step(self, by: int) -> None:
        row, rows = self.currentRow(), self.count()
        if row < 0:
            row = -1 if by > 0 else rows
        if rows:
            self.setCurrentRow((row + by) % rows)

    def rows_height(self, most: int) -> int:
        return min(self.count(), most) * current_theme().type.px(30)

    def _clicked(self, item: QListWidgetItem) -> None:
        offer = item.data(_OFFER)
        if isinstance(offer, Offer):
            self.picked.emit(offer.value)


class Suggestions(Painted):
    """Belongs to a line edit and stands under it, above everything else in the window."""

    chosen = Signal(object)
    """The value of the offer that was chosen."""

    def __init__(self, edit: QLineEdit, name: str) -> None:
        super().__init__(edit.window())
        self._edit = edit
        self._list = OfferList(name, self)
        self._list.picked.connect(self._pick)
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 5, 5, 5)
        column.addWidget(self._list)
        edit.installEventFilter(self)
        self.hide()

    def offer(self, offers: list[Offer], *, choose_first: bool = True) -> None:
        """Show these, the first one chosen or none yet; none at all hides the list."""
        self._list.show_offers(offers, choose_first=choose_first)
        if not offers:
            self.hide()
            return
        self._place()
        self.show()
        self.raise_()

    def current(self) -> Offer | None:
        return self._list.current() if self.isVisible() else None

    def offers(self) -> list[Offer]:
        return self._list.offers()

    def _place(self) -> None:
        window = self._edit.window()
        if self.parentWidget() is not window:
            self.setParent(window)
        width = max(self._edit.width(), current_theme().type.px(220))
        height = self._list.rows_height(8) + 10
        corner = self._edit.mapTo(window, QPoint(0, self._edit.height() + 4))
        if is_rtl(self._edit):
            corner.setX(corner.x() + self._edit.width() - width)
        if corner.y() + height > window.height():
            corner.setY(self._edit.mapTo(window, QPoint(0, 0)).y() - height - 4)
        corner.setX(max(4, min(corner.x(), window.width() - width - 4)))
        self.setGeometry(corner.x(), max(4, corner.y()), width, height)

    def _pick(self, value: object) -> None:
        self.hide()
        self.chosen.emit(value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.FocusOut, QEvent.Type.Hide):
            self.hide()
        if not self.isVisible() or not isinstance(event, QKeyEvent):
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if event.type() == QEvent.Type.ShortcutOverride:
            if step is not None or event.key() == Qt.Key.Key_Escape:
                event.accept()
            return False
        if event.type() != QEvent.Type.KeyPress:
            return False
        if step is not None:
            self._list.step(step)
            return True
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers()
        if enter and (offer := self._list.current()) is not None:
            self._pick(offer.value)
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(
            QPainter(self),
            QRectF(self.rect()),
            self.type.px(10),
            fill=self.tokens.raised,
            border=self.tokens.divider,
        )


class _OfferDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        return QSize(0, current_theme().type.px(30))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex,  # type: ignore[override]
    ) -> None:
        offer = index.data(_OFFER)
        if not isinstance(offer, Offer):
            return
        theme = current_theme()
        type_, tokens = theme.type, theme.tokens
        rect = QRectF(option.rect)
        widget = option.widget
        flipped = widget is not None and is_rtl(widget)
        ratio = widget.devicePixelRatioF() if widget is not None else 1.0
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            rounded(painter, rect, type_.px(6), fill=tokens.selection)
        beside = Run(offer.beside, type_.font(TextSize.CAPTION), rect.width() * 0.45)
        end = rect.width() - type_.px(8) - beside.width - (type_.px(8) if offer.beside else 0)
        x: float = type_.px(8)
        if offer.tag:
            chip = tag_chip(offer.text, ratio, selected=chosen, limit=round(end - x))
            size = chip.deviceIndependentSize()
            spot = QRectF(x, rect.top(), size.width(), rect.height())
            spot = mirrored(spot.translated(rect.left(), 0), rect, flipped)
            painter.drawPixmap(
                round(spot.left()), round(rect.center().y() - size.height() / 2), chip
            )
        else:
            if offer.seed or offer.icon:
                side = type_.px(20 if offer.seed else 16)
                spot = QRectF(rect.left() + x, rect.center().y() - side / 2, side, side)
                spot = mirrored(spot, rect, flipped)
                if offer.seed:
                    face = avatar_pixmap(offer.seed, offer.text, 20, ratio)
                    painter.drawPixmap(spot.topLeft(), face)
                else:
                    draw_icon(painter, offer.icon, spot, tokens.muted, mirrored=flipped)
                x += side + type_.px(8)
            run = Run(offer.text, type_.font(), end - x)
            spot = QRectF(rect.left() + x, rect.top(), run.width, rect.height())
            painter.setPen(QColor(tokens.text))
            run.draw(
                painter,
                mirrored(spot, rect, flipped).left(),
                baseline_in(rect.top(), rect.height(), type_.metrics()),
            )
        if offer.beside:
            painter.setPen(QColor(tokens.muted))
            spot = QRectF(
                rect.right() - type_.px(8) - beside.width, rect.top(), beside.width, rect.height()
            )
            beside.draw(
                painter,
                mirrored(spot, rect, flipped).left(),
                baseline_in(rect.top(), rect.height(), type_.metrics(TextSize.CAPTION)),
            )
