"""The row of the contact list, in two densities."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QFont, QPainter, QPixmap
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from rapport.language import tr
from rapport.ui import roles
from rapport.ui.delegates.row import (
    Picture,
    RowDelegate,
    body_baseline,
    is_marked,
    is_mirrored,
    is_selected,
    paint_focus,
    paint_ground,
)
from rapport.ui.look.avatars import avatar_pixmap
from rapport.ui.look.paint import (
    chip_height,
    count_chip,
    due_colours,
    due_dot,
    mark_disc,
    rounded,
    tag_chip,
)
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.roles import ContactRole, Density, DueState

# Plain integers: Qt asks for roles by number, and a row asks for a dozen.
CONTACT_ROLES = tuple(
    int(role)
    for role in (
        ContactRole.ID,
        ContactRole.SEED_ID,
        ContactRole.NAME,
        ContactRole.COMPANY,
        ContactRole.MATCHES,
        ContactRole.TAGS,
        ContactRole.DUE_TEXT,
        ContactRole.DUE_SHORT,
        ContactRole.DUE_STATE,
        ContactRole.PENDING,
        ContactRole.CONFLICT,
        ContactRole.DND,
    )
)
_LOADED = int(ContactRole.LOADED)
_COMPANY_FROM = 440
_CHIPS = 2


class ContactRowDelegate(RowDelegate):
    """Paints a contact from :class:`~rapport.ui.roles.ContactRole` alone."""

    def __init__(
        self, parent: QWidget | None = None, density: Density = Density.COMFORTABLE
    ) -> None:
        super().__init__(parent)
        self._density = density

    @property
    def density(self) -> Density:
        return self._density

    def set_density(self, density: Density) -> None:
        """Change the height of rows; the view must lay out anew (``doItemsLayout``)."""
        self._density = density
        self.forget()

    def row_height(self) -> int:
        """Return 52 or 36 at 100 %."""
        type_ = current_theme().type
        lines = 2 * type_.line() if self._density is Density.COMFORTABLE else type_.line()
        return lines + type_.px(16 if self._density is Density.COMFORTABLE else 18)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(current_theme().type.px(160), self.row_height())

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        start = 56 if self._density is Density.COMFORTABLE else 46
        paint_ground(painter, option, text_start=current_theme().type.px(start))
        if index.data(_LOADED) is False:
            self._paint_skeleton(painter, option)
        else:
            self.picture(option, index).play(painter, option.rect.topLeft())
        paint_focus(painter, option)

    def picture(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> Picture:
        values = tuple(map(index.data, CONTACT_ROLES))

        def compose(picture: Picture) -> None:
            row = RowParts(picture, values, is_selected(option), is_marked(option))
            if self._density is Density.COMFORTABLE:
                row.compose_two_lines()
            else:
                row.compose_one_line()

        return self.composed(option, values, compose)

    def _paint_skeleton(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        theme = current_theme()
        px, tint = theme.type.px, theme.tokens.tint
        rect = QRectF(option.rect)
        two = self._density is Density.COMFORTABLE
        side = px(32 if two else 24)
        start = px(56 if two else 46)
        bars = [(0.5, rect.height() / 2 - px(10)), (0.34, rect.height() / 2 + px(4))]
        if not two:
            bars = [(0.4, rect.height() / 2 - px(4))]
        flipped = is_mirrored(option)
        shapes = [
            (QRectF(px(12), (rect.height() - side) / 2, side, side), side / 2),
            *(
                (QRectF(start, top, (rect.width() - start) * part, px(8)), px(4))
                for part, top in bars
            ),
        ]
        for shape, radius in shapes:
            if flipped:
                shape.moveLeft(rect.width() - shape.right())
            rounded(painter, shape.translated(rect.topLeft()), radius, fill=tint)


class RowParts:
    """Composes one contact; all lengths run from the start edge."""

    def __init__(
        self, picture: Picture, values: tuple[object, ...], chosen: bool, marked: bool
    ) -> None:
        ident, seed, name, company, matches, tags, due, due_short, *marks = values
        state, pending, conflict, dnd = marks
        self.picture = picture
        self.chosen, self.marked = chosen, marked
        self.theme = current_theme()
        self.px = self.theme.type.px
        self.seed = str(seed or ident or "")
        self.name = str(name or "")
        self.company = str(company or "")
        self.matches: tuple[tuple[int, int], ...] = matches or ()  # type: ignore[assignment]
        self.tags: tuple[str, ...] = tuple(tags) if isinstance(tags, (tuple, list)) else ()
        self.due = str(due or "")
        self.due_short = str(due_short or due or "")
        self.state = DueState(state) if isinstance(state, int) else DueState.NONE
        tokens = self.theme.tokens
        self.states = [
            (icon, colour, words())
            for shown, icon, colour, words in (
                (pending, "clock", tokens.muted, roles.waiting_words),
                (conflict, "alert", tokens.warning, roles.conflict_words),
                (dnd, "dnd", tokens.danger, roles.dnd_words),
            )
            if shown
        ]

    def compose_two_lines(self) -> None:
        px, line = self.px, self.theme.type.line()
        first, second = px(8), px(8) + line
        start, end = px(56), self.picture.width - px(16)
        self.draw_avatar(32)

        name_end = self._due_at_end(end, first, line) if self.due else end
        self.draw_name(start, name_end, first, line)

        company_end = self._chips(start, end, second + line / 2)
        self.draw_company(start, company_end, second)

    def compose_one_line(self) -> None:
        px, line = self.px, self.theme.type.line()
        top = px(9)
        start, end = px(46), self.picture.width - px(16)
        self.draw_avatar(24)
        column = px(68)
        if self.due_short and self.state is not DueState.NONE:
            self.draw_due(end - column, column, self.due_short, top, line)
        end -= column + px(10)

        name = Run(self.name, self._name_font())
        wanted = start + name.width + len(self.states) * px(20) + px(10)
        chips = self.pick_chips(end - start, 1)
        if self.tags and wanted > end - sum(image.width() / self.picture.ratio for image in chips):
            chips = [self._more(len(self.tags))]
        text_end = self.lay_chips(chips, end, top + line / 2)
        after = self.draw_name(start, text_end, top, line)
        if self.picture.width >= px(_COMPANY_FROM) and text_end - after > px(40):
            self.draw_company(after + px(4), text_end, top)

    def draw_avatar(self, size: int, *, x: float | None = None, top: float | None = None) -> None:
        ratio = self.picture.ratio
        image = (
            mark_disc(size, ratio)
            if self.marked
            else avatar_pixmap(self.seed, self.name, size, ratio)
        )
        side = self.px(size)
        middle = (self.picture.height - side) / 2
        self.picture.image(image, self.px(12) if x is None else x, middle if top is None else top)

    def _name_font(self) -> QFont:
        return self.theme.type.font(TextSize.BODY, SEMIBOLD)

    def draw_name(self, start: float, end: float, top: float, line: float) -> float:
        """Place name and state icons; return where they end."""
        px = self.px
        room = end - start - len(self.states) * px(20) - (px(10) if end < self.picture.width else 0)
        run = Run(self.name, self._name_font(), room)
        self.picture.text(run, start, body_baseline(top), self.theme.tokens.text)
        if run.elided:
            self.picture.hint(start, top, run.width, line, self.name)
        x = start + run.width
        for icon, colour, words in self.states:
            x += px(6)
            self.picture.icon(icon, px(14), colour, x, top + line / 2)
            self.picture.hint(x - px(2), top, px(18), line, words)
            x += px(14)
        return x

    def draw_company(self, start: float, end: float, top: float) -> None:
        if not self.company:
            return
        room = end - start - self.px(10)
        run = Run(self.company, self.theme.type.font(), room, strong=self.matches)
        self.picture.text(run, start, body_baseline(top), self.theme.tokens.muted)
        if run.elided:
            self.picture.hint(start, top, run.width, self.theme.type.line(), self.company)

    def _due_at_end(self, end: float, top: float, line: float) -> float:
        """Place the due date against the end edge; return where it starts."""
        metrics = self.theme.type.metrics(TextSize.CAPTION)
        most = self.picture.width * 0.45
        width = min(most, metrics.horizontalAdvance(self.due) + self.px(14) + 1)
        self.draw_due(end - width, width, self.due, top, line)
        return end - width

    def draw_due(self, x: float, width: float, words: str, top: float, line: float) -> None:
        px, type_ = self.px, self.theme.type
        colour = due_colours(self.state, self.theme.tokens)[1]
        if self.state is not DueState.NONE:
            dot = due_dot(self.state, self.picture.ratio)
            self.picture.image(dot, x, top + (line - px(8)) / 2)
        run = Run(words, type_.font(TextSize.CAPTION), width - px(14))
        baseline = baseline_in(top, line, type_.metrics(TextSize.CAPTION))
        self.picture.text(run, x + px(14), baseline, colour)
        if run.elided:
            self.picture.hint(x, top, width, line, words)

    def _chips(self, start: float, end: float, middle: float) -> float:
        """Place the chips of the second line; return where the company must end."""
        return self.lay_chips(self.pick_chips(end - start, _CHIPS), end, middle)

    def _more(self, count: int) -> QPixmap:
        return count_chip(count, self.picture.ratio, selected=self.chosen)

    def pick_chips(
        self, room: float, most: int, *, share: float = 0.68, widest: float = 0.45
    ) -> list[QPixmap]:
        """Return the chips that take this share of the room, so that other text has the rest, none
        wider than ``widest`` of it."""
        ratio, gap = self.picture.ratio, self.px(6)
        left = room * share
        chips: list[QPixmap] = []
        for tag in self.tags[:most]:
            image = tag_chip(tag, ratio, selected=self.chosen, limit=int(room * widest))
            width = image.width() / ratio + gap
            if chips and width > left:
                break
            chips.append(image)
            left -= width
        hidden = len(self.tags) - len(chips)
        if hidden:
            chips.append(self._more(hidden))
        return chips

    def draw_chips(self, start: float, end: float, middle: float, most: int) -> None:
        """Place as many chips as there is room for at the start."""
        more = count_chip(9, self.picture.ratio).width() / self.picture.ratio + self.px(6)
        room = end - start
        share = max(0.0, 1 - more / max(1.0, room))
        chips = self.pick_chips(room, most, share=share, widest=share)
        widths = sum(image.width() / self.picture.ratio for image in chips)
        self.lay_chips(chips, start + widths + self.px(6) * max(0, len(chips) - 1), middle)

    def lay_chips(self, chips: list[QPixmap], end: float, middle: float) -> float:
        ratio, gap = self.picture.ratio, self.px(6)
        if not chips:
            return end
        x = end
        region_end = end
        for image in reversed(chips):
            x -= image.width() / ratio
            self.picture.image(image, x, middle - chip_height() / 2)
            x -= gap
        if len(self.tags) > len(chips) or len(chips) > 1:
            words = tr(", ").join(self.tags)
            self.picture.hint(x, middle - chip_height() / 2, region_end - x, chip_height(), words)
        return x + gap
