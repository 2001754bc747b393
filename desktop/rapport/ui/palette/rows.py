"""The rows of the palette: model and delegate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from rapport.language import tr
from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    is_mirrored,
    paint_ground,
)
from rapport.ui.look.avatars import avatar_pixmap
from rapport.ui.look.paint import key_cap, key_cap_size, mirrored
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import REGULAR, SEMIBOLD, TextSize
from rapport.ui.palette.entries import Entry, Group
from rapport.ui.roles import PaletteRole, RowKind

AnyIndex = QModelIndex | QPersistentModelIndex
ROW, HEADER = 36, 26
_ROLES = tuple(int(role) for role in PaletteRole)


class PaletteModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Entry | str] = []

    def show(self, groups: Sequence[Group]) -> None:
        self.beginResetModel()
        self._lines = []
        for group in groups:
            self._lines += (group.title, *group.entries)
        self.endResetModel()

    def entry(self, row: int) -> Entry | None:
        line = self._lines[row] if 0 <= row < len(self._lines) else None
        return line if isinstance(line, Entry) else None

    def next_entry(self, row: int, by: int) -> int:
        """The row of the next entry in that direction, past headers; the same where none is."""
        at = row + by
        while 0 <= at < len(self._lines):
            if self.entry(at) is not None:
                return at
            at += by
        return row

    def rowCount(self, parent: AnyIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        if self.entry(index.row()) is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: AnyIndex, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        line = self._lines[index.row()]
        if isinstance(line, str):
            header = {PaletteRole.KIND: RowKind.HEADER, PaletteRole.TITLE: line}
            return line if role == Qt.ItemDataRole.AccessibleTextRole else header.get(role)  # type: ignore[call-overload]
        match role:
            case PaletteRole.KIND:
                return RowKind.ITEM
            case PaletteRole.TITLE | Qt.ItemDataRole.DisplayRole:
                return line.title
            case PaletteRole.SPANS:
                return line.spans
            case PaletteRole.ABOUT:
                return line.about
            case PaletteRole.ICON:
                return line.icon
            case PaletteRole.SEED:
                return line.seed
            case PaletteRole.KEYS:
                return line.keys
            case PaletteRole.ENABLED:
                return line.enabled
            case Qt.ItemDataRole.AccessibleTextRole:
                return tr(", ").join(filter(None, (line.title, line.about, line.keys)))
        return None


class PaletteDelegate(RowDelegate):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        type_ = current_theme().type
        header = index.data(int(PaletteRole.KIND)) == RowKind.HEADER
        size = TextSize.CAPTION if header else TextSize.BODY
        return QSize(type_.px(200), max(type_.px(HEADER if header else ROW), type_.line(size) + 4))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        if index.data(int(PaletteRole.KIND)) != RowKind.HEADER:
            paint_ground(painter, option, text_start=None)
        self.picture(option, index).play(painter, option.rect.topLeft())
        keys = index.data(int(PaletteRole.KEYS))
        if keys:
            whole = QRectF(option.rect)
            width, height = key_cap_size(keys)
            cap = QRectF(0, 0, width, height)
            cap.moveTopLeft(whole.topRight())
            cap.translate(-current_theme().type.px(16) - width, (whole.height() - height) / 2)
            key_cap(painter, mirrored(cap, whole, is_mirrored(option)), keys)

    def picture(self, option: QStyleOptionViewItem, index: AnyIndex) -> Picture:
        values = tuple(map(index.data, _ROLES))

        def compose(picture: Picture) -> None:
            kind, title, spans, about, icon, seed, keys, enabled = values
            if kind == RowKind.HEADER:
                _header(picture, title)
            else:
                _item(picture, title, spans, about, icon, seed, keys, enabled)

        return self.composed(option, values, compose)


def _header(picture: Picture, title: str) -> None:
    theme = current_theme()
    type_ = theme.type
    run = Run(title, type_.font(TextSize.CAPTION, SEMIBOLD), picture.width - type_.px(32))
    metrics = type_.metrics(TextSize.CAPTION, SEMIBOLD)
    picture.text(run, type_.px(16), baseline_in(0, picture.height, metrics), theme.tokens.muted)


def _item(
    picture: Picture,
    title: str,
    spans: tuple[tuple[int, int], ...],
    about: str,
    icon: str,
    seed: str,
    keys: str,
    enabled: bool,
) -> None:
    theme = current_theme()
    type_, tokens, px = theme.type, theme.tokens, theme.type.px
    middle = picture.height / 2
    lead, start = px(16), px(52)
    if seed:
        side = px(24)
        picture.image(avatar_pixmap(seed, title, 24, picture.ratio), lead, middle - side / 2)
    elif icon:
        picture.icon(icon, px(18), tokens.muted, lead + px(3), middle)
    end: float = picture.width - px(16)
    if keys:
        end -= key_cap_size(keys)[0] + px(12)
    colour = tokens.text if enabled else tokens.muted
    body = type_.metrics(TextSize.BODY, REGULAR)
    baseline = baseline_in(0, picture.height, body)
    name = Run(title, type_.font(TextSize.BODY, REGULAR), end - start, strong=spans)
    picture.text(name, start, baseline, colour)
    room = end - start - name.width - px(12)
    if about and room > px(40):
        beside = Run(about, type_.font(TextSize.BODY, REGULAR), room)
        picture.text(beside, start + name.width + px(12), baseline, tokens.muted)
