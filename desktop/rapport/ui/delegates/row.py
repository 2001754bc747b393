"""What all rows share: a picture composed once, and the ground it is played on.

Composing (measuring, eliding, shaping) is slow and happens once per content, width and state;
painting a row plays the kept picture.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QFocusEvent, QHelpEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from rapport.ui.look.icons import pixmap
from rapport.ui.look.paint import focus_ring, hairline, mirrored
from rapport.ui.look.text import Run, baseline_in, plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, TextSize

AnyIndex = QModelIndex | QPersistentModelIndex
_State = QStyle.StateFlag
_KEPT_PICTURES = 3000


@dataclass(slots=True)
class Picture:
    """What stands on a row, in coordinates of the row; laid out left to right, then mirrored."""

    width: int
    height: int
    right_to_left: bool
    ratio: float
    texts: list[tuple[Run, float, float, QColor]] = field(default_factory=list)
    pixmaps: list[tuple[QPointF, QPixmap]] = field(default_factory=list)
    hints: list[tuple[QRectF, str]] = field(default_factory=list)
    """Regions that explain themselves in a tool-tip."""

    def _x(self, x: float, width: float) -> float:
        return self.width - x - width if self.right_to_left else x

    def text(self, run: Run, x: float, baseline: float, colour: str) -> None:
        """Place a run whose start edge is ``x`` from the start of the row."""
        self.texts.append((run, self._x(x, run.width), baseline, QColor(colour)))

    def image(self, image: QPixmap, x: float, top: float) -> QRectF:
        """Place a pixmap and return where it stands."""
        width = image.width() / image.devicePixelRatioF()
        left = self._x(x, width)
        self.pixmaps.append((QPointF(round(left), round(top)), image))
        return QRectF(left, top, width, image.height() / image.devicePixelRatioF())

    def icon(self, name: str, size: int, colour: str, x: float, middle: float) -> QRectF:
        """Place an icon of ``size`` pixels centred on ``middle``."""
        image = pixmap(name, size, colour, self.ratio, self.right_to_left)
        return self.image(image, x, middle - size / 2)

    def hint(self, x: float, top: float, width: float, height: float, words: str) -> None:
        """Explain a region of the row."""
        self.hints.append((QRectF(self._x(x, width), top, width, height), words))

    def play(self, painter: QPainter, origin: QPoint) -> None:
        """Paint the picture with its top left at ``origin``."""
        painter.translate(origin)
        for place, image in self.pixmaps:
            painter.drawPixmap(place, image)
        for run, x, baseline, colour in self.texts:
            painter.setPen(colour)
            run.draw(painter, x, baseline)
        painter.translate(-origin)


class RowDelegate(QStyledItemDelegate):
    """Base of the list delegates."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: dict[Hashable, Picture] = {}
        current_theme().changed.connect(self.forget)

    def forget(self) -> None:
        """Drop all pictures: colours, type or tag hues are others now."""
        self._pictures.clear()

    def composed(
        self,
        option: QStyleOptionViewItem,
        content: Hashable,
        compose: Callable[[Picture], None],
    ) -> Picture:
        """Return the picture of ``content`` in the row's width and state, composed at most once."""
        rect, flipped, ratio = option.rect, is_mirrored(option), ratio_of(option)
        key = (content, rect.width(), is_selected(option), is_marked(option), flipped, ratio)
        picture = self._pictures.get(key)
        if picture is None:
            picture = Picture(rect.width(), rect.height(), flipped, ratio)
            compose(picture)
            if len(self._pictures) >= _KEPT_PICTURES:
                self._pictures.clear()
            self._pictures[key] = picture
        return picture

    def picture(self, option: QStyleOptionViewItem, index: AnyIndex) -> Picture:
        """Return the picture of a row for the state in ``option``."""
        raise NotImplementedError

    def editorEvent(
        self,
        event: QEvent,
        model: QAbstractItemModel,
        option: QStyleOptionViewItem,
        index: AnyIndex,
    ) -> bool:
        """Put the focus ring away: Qt leaves it when a list that has focus is clicked."""
        if event.type() == QEvent.Type.MouseButtonPress and option.widget is not None:
            window = option.widget.window()
            window.setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange, False)
        return super().editorEvent(event, model, option, index)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: AnyIndex,
    ) -> bool:
        """Explain the state icons, and show in full what had to be shortened."""
        if event.type() == QEvent.Type.ToolTip and index.isValid():
            spot = QPointF(event.pos() - option.rect.topLeft())
            for region, words in self.picture(option, index).hints:
                if region.contains(spot):
                    area = region.translated(option.rect.topLeft()).toAlignedRect()
                    QToolTip.showText(event.globalPos(), plain_tip(words), view.viewport(), area)
                    return True
            QToolTip.hideText()
            return True
        return super().helpEvent(event, view, option, index)


def is_selected(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & _State.State_Selected)


def is_marked(option: QStyleOptionViewItem) -> bool:
    """Tell whether the row is one of several that something is to be done with."""
    return bool(option.state & _State.State_On)


def is_hovered(option: QStyleOptionViewItem) -> bool:
    return bool(option.state & _State.State_MouseOver)


def shows_focus(option: QStyleOptionViewItem) -> bool:
    """Tell whether the row has focus that came by keyboard."""
    return bool(option.state & _State.State_HasFocus) and bool(
        option.state & _State.State_KeyboardFocusChange
    )


def is_mirrored(option: QStyleOptionViewItem) -> bool:
    return option.direction == Qt.LayoutDirection.RightToLeft


def ratio_of(option: QStyleOptionViewItem) -> float:
    """Return the device pixel ratio of the view that is being painted."""
    widget = option.widget
    return widget.devicePixelRatioF() if widget is not None else 1.0


def paint_ground(
    painter: QPainter, option: QStyleOptionViewItem, *, text_start: int | None, hover: bool = True
) -> None:
    """Paint selection, hover and the separator, which ends at neither a lit row nor the edge.

    ``text_start`` is where the separator begins, in pixels from the start edge; None for no line.
    """
    theme = current_theme()
    tokens = theme.tokens
    rect = QRectF(option.rect)
    flipped = is_mirrored(option)
    if is_selected(option):
        painter.fillRect(rect, QColor(tokens.selection))
        edge = QRectF(rect.left(), rect.top(), theme.type.px(3), rect.height())
        painter.fillRect(mirrored(edge, rect, flipped), QColor(tokens.accent_text))
        return
    if hover and is_hovered(option):
        painter.fillRect(rect, QColor(tokens.hover))
        return
    if text_start is not None:
        colour = QColor(tokens.divider)
        if not tokens.high_contrast:
            colour.setAlphaF(0.6)
        line = QRectF(rect.left() + text_start, rect.bottom() - 1, rect.width() - text_start, 1)
        hairline(painter, mirrored(line, rect, flipped), colour)


def paint_focus(painter: QPainter, option: QStyleOptionViewItem, radius: float = 0.0) -> None:
    """Paint the ring of keyboard focus inside the row, over everything else."""
    if shows_focus(option):
        focus_ring(painter, QRectF(option.rect), radius)


def body_baseline(top: float) -> float:
    """Return the baseline of a body line that begins at ``top``."""
    type_ = current_theme().type
    return baseline_in(top, type_.line(TextSize.BODY), type_.metrics(TextSize.BODY, REGULAR))


class _KeyboardFocus(QObject):
    """Lets a row wear its ring when the list was reached by a key.

    Qt notes keyboard focus on the window only while it handles Tab itself, not when a shortcut or
    a neighbour hands the focus over.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.FocusIn
            and isinstance(event, QFocusEvent)
            and isinstance(watched, QAbstractItemView)
            and event.reason()
            in (
                Qt.FocusReason.TabFocusReason,
                Qt.FocusReason.BacktabFocusReason,
                Qt.FocusReason.ShortcutFocusReason,
            )
        ):
            watched.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        return False


def dress_list(view: QListView, delegate: RowDelegate, *, uniform: bool = True) -> None:
    """Set a list up for painted rows; ``uniform`` rows are measured once."""
    view.setItemDelegate(delegate)
    view.setUniformItemSizes(uniform)
    view.installEventFilter(_KeyboardFocus(view))
    view.setMouseTracking(True)
    view.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
    view.setFrameShape(QListView.Shape.NoFrame)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    view.verticalScrollBar().setSingleStep(current_theme().type.px(18))
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
    view.setResizeMode(QListView.ResizeMode.Adjust)
