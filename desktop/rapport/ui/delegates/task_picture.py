"""What stands on a task's row, and where: composed from start to end, mirrored by the picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from rapport.language import tr
from rapport.ui import roles
from rapport.ui.delegates.row import Picture, body_baseline
from rapport.ui.key_names import cap_of
from rapport.ui.look.avatars import avatar_pixmap, badge_pixmap
from rapport.ui.look.icons import draw_icon
from rapport.ui.look.paint import (
    due_colours,
    due_dot,
    key_cap,
    key_cap_size,
    mirrored,
    rounded,
    transparent,
)
from rapport.ui.look.text import Run, baseline_in
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.roles import DueState

TEXT_START = 50
"""Where the text of a row begins, in design pixels."""


def hover_actions() -> tuple[tuple[str, str, str], ...]:
    return (
        ("complete", "check", cap_of("task.complete")),
        ("snooze", "moon", cap_of("task.snooze")),
        ("reschedule", "reschedule", cap_of("task.reschedule")),
    )


def due_column(width: float) -> tuple[float, float]:
    """Return start and width of the due column of a row ``width`` pixels wide."""
    px = current_theme().type.px
    column = px(84)
    return width - px(20) - px(20) - px(10) - column, column


def key_regions(width: float) -> list[tuple[str, float, float]]:
    """Return (action, start, width) of the keys on a hovered row."""
    px = current_theme().type.px
    actions = hover_actions()
    widths = [px(16) + (px(6) + key_cap_size(key)[0] if key else 0) for _, _, key in actions]
    gap = px(12)
    x = due_column(width)[0] - px(18) - sum(widths) - gap * (len(widths) - 1)
    regions: list[tuple[str, float, float]] = []
    for (name, _, _), part in zip(actions, widths, strict=True):
        regions.append((name, x, part))
        x += part + gap
    return regions


def compose_header(picture: Picture, values: tuple[object, ...]) -> None:
    title, count, state = values
    theme = current_theme()
    px, line = theme.type.px, theme.type.line()
    overdue = state == DueState.OVERDUE
    top = (picture.height - line) / 2
    x: float = px(20)
    if overdue:
        picture.icon("alert", px(16), theme.tokens.danger, x, picture.height / 2)
        x += px(22)
    run = Run(str(title or ""), theme.type.font(TextSize.BODY, SEMIBOLD))
    colour = theme.tokens.danger if overdue else theme.tokens.text
    picture.text(run, x, body_baseline(top), colour)
    if count:
        number = Run(str(count), theme.type.font())
        picture.text(number, x + run.width + px(8), body_baseline(top), theme.tokens.muted)


class TaskPicture:
    """Composes one task; all lengths run from the start edge."""

    def __init__(self, picture: Picture, values: tuple[object, ...], chosen: bool) -> None:
        (
            _,
            title,
            contact,
            company,
            account,
            colour,
            due,
            state,
            done,
            reminder,
            repeats,
            pending,
            conflict,
            snoozed,
            assignee,
            assignee_id,
        ) = values
        self.picture = picture
        self.chosen = chosen
        self.theme = current_theme()
        self.px = self.theme.type.px
        self.title = str(title or "")
        self.second = " · ".join(str(part) for part in (contact, company) if part)
        self.account = str(account or "")
        self.account_colour = str(colour or "")
        self.due = str(due or "")
        self.state = DueState(state) if isinstance(state, int) else DueState.NONE
        self.done = bool(done)
        self.snoozed = str(snoozed or "")
        self.assignee = str(assignee or "")
        self.assignee_id = str(assignee_id or assignee or "")
        tokens = self.theme.tokens
        self.icons = [
            (icon, ink, words)
            for shown, icon, ink, words in (
                (reminder, "bell", tokens.muted, tr("has a reminder")),
                (repeats, "repeat", tokens.muted, tr("repeats")),
                (pending, "clock", tokens.muted, roles.waiting_words()),
                (conflict, "alert", tokens.warning, roles.conflict_words()),
            )
            if shown
        ]

    def compose(self, *, keys: bool) -> None:
        px, width = self.px, self.picture.width
        line = self.theme.type.line()
        start = px(TEXT_START)
        middle = self.picture.height / 2
        self._assignee(width - px(40))
        column, room = due_column(width)
        if self.due:
            self._due(column, room, middle)
        end = column - px(12) if self.due else width - px(52)
        if keys:
            end = min(end, key_regions(width)[0][1] - px(12))
            self._keys(middle)
        self._title(start, end, px(8), line)
        self._second(start, end, px(8) + line, line)

    def _title(self, start: float, end: float, top: float, line: float) -> None:
        px, type_, tokens = self.px, self.theme.type, self.theme.tokens
        chip = self._snooze_chip() if self.snoozed else None
        after: float = len(self.icons) * px(22)
        if chip is not None:
            after += chip.width() / self.picture.ratio + px(8)
        font = type_.font(TextSize.BODY, SEMIBOLD)
        if self.done:
            font = type_.struck(TextSize.BODY, SEMIBOLD)
        run = Run(self.title, font, max(px(40), end - start - after))
        self.picture.text(
            run, start, body_baseline(top), tokens.muted if self.done else tokens.text
        )
        if run.elided:
            self.picture.hint(start, top, run.width, line, self.title)
        x = start + run.width
        for icon, ink, words in self.icons:
            x += px(8)
            self.picture.icon(icon, px(14), ink, x, top + line / 2)
            self.picture.hint(x - px(2), top, px(18), line, words)
            x += px(14)
        if chip is not None:
            height = chip.height() / self.picture.ratio
            self.picture.image(chip, x + px(8), top + (line - height) / 2)

    def _second(self, start: float, end: float, top: float, line: float) -> None:
        px, type_, tokens = self.px, self.theme.type, self.theme.tokens
        x = start
        if self.account:
            badge = badge_pixmap(self.account_colour, self.account, 16, self.picture.ratio)
            self.picture.image(badge, x, top + (line - px(16)) / 2)
            self.picture.hint(x, top, px(16), line, self.account)
            x += px(22)
        words = self.second or tr("No contact linked")
        run = Run(words, type_.font(), end - x)
        self.picture.text(run, x, body_baseline(top), tokens.muted)
        if run.elided:
            self.picture.hint(x, top, run.width, line, words)

    def _due(self, x: float, width: float, middle: float) -> None:
        px, type_ = self.px, self.theme.type
        colour = due_colours(self.state, self.theme.tokens)[1]
        if self.state is not DueState.NONE:
            self.picture.image(due_dot(self.state, self.picture.ratio), x, middle - px(8) / 2)
        run = Run(self.due, type_.font(TextSize.CAPTION), width - px(14))
        line = type_.line(TextSize.CAPTION)
        baseline = baseline_in(middle - line / 2, line, type_.metrics(TextSize.CAPTION))
        self.picture.text(run, x + px(14), baseline, colour)
        if run.elided:
            self.picture.hint(x, middle - line / 2, width, line, self.due)

    def _assignee(self, x: float) -> None:
        if not self.assignee:
            return
        px = self.px
        image = avatar_pixmap(self.assignee_id, self.assignee, 20, self.picture.ratio)
        top = (self.picture.height - px(20)) / 2
        self.picture.image(image, x, top)
        words = tr("assigned to {name}").format(name=self.assignee)
        self.picture.hint(x, top, px(20), px(20), words)

    def _keys(self, middle: float) -> None:
        px, ratio = self.px, self.picture.ratio
        hints = {
            "complete": tr("Complete"),
            "snooze": tr("Snooze: hide it for a while, the due date stays"),
            "reschedule": tr("Reschedule"),
        }
        regions = key_regions(self.picture.width)
        for (name, icon, key), (_, x, width) in zip(hover_actions(), regions, strict=True):
            self.picture.icon(icon, px(16), self.theme.tokens.muted, x, middle)
            if key:
                cap_width, cap_height = key_cap_size(key)
                cap = transparent(cap_width, cap_height, ratio)
                painter = QPainter(cap)
                key_cap(painter, QRectF(0, 0, cap_width, cap_height), key)
                painter.end()
                self.picture.image(cap, x + px(22), middle - cap_height / 2)
            self.picture.hint(x, 0, width, self.picture.height, hints[name])

    def _snooze_chip(self) -> QPixmap:
        px, type_, tokens = self.px, self.theme.type, self.theme.tokens
        run = Run(self.snoozed, type_.font(TextSize.CAPTION))
        width = round(run.width + px(12) + px(4) + 2 * px(6))
        height = max(px(18), type_.metrics(TextSize.CAPTION).height() + 2)
        chip = transparent(width, height, self.picture.ratio)
        area = QRectF(0, 0, width, height)
        painter = QPainter(chip)
        rounded(painter, area, px(5), fill=tokens.surface if self.chosen else tokens.tint)
        flipped = self.picture.right_to_left
        spot = QRectF(px(6), (height - px(12)) / 2, px(12), px(12))
        draw_icon(painter, "moon", mirrored(spot, area, flipped), tokens.muted)
        text = mirrored(QRectF(px(22), 0, run.width, height), area, flipped)
        painter.setPen(QColor(tokens.muted))
        run.draw(painter, text.left(), baseline_in(0, height, type_.metrics(TextSize.CAPTION)))
        painter.end()
        return chip
