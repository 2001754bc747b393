"""Draws every widget and delegate: ``python -m rapport.ui.look.gallery --out DIR``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QHoverEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QListView,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from rapport.ui.delegates.contact_row import ContactRowDelegate
from rapport.ui.delegates.row import dress_list
from rapport.ui.delegates.task_row import TaskRowDelegate
from rapport.ui.look.gallery_samples import contacts, places, tasks
from rapport.ui.look.icons import draw_icon, icon_names, mark_pixmap, tray_icon
from rapport.ui.look.theme import Contrast, Mode, Motion, current_theme
from rapport.ui.look.tokens import account_colour
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.roles import Density, DueState
from rapport.ui.widgets.base import Painted
from rapport.ui.widgets.button import Button, IconButton, KeyCap, Kind, Size
from rapport.ui.widgets.card import Card, ChoiceCard
from rapport.ui.widgets.chips import FilterChip, KindChip, Pill, TagChip, Tone
from rapport.ui.widgets.field_row import FieldRow
from rapport.ui.widgets.field_values import Choice, FieldKind
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.inputs import SearchField, TextArea, TextInput
from rapport.ui.widgets.labels import Avatar, Badge, DayHeader, Label, SectionTitle
from rapport.ui.widgets.overlay import ConfirmDialog, Popover
from rapport.ui.widgets.segmented import Segmented, Shape
from rapport.ui.widgets.sidebar import Sidebar
from rapport.ui.widgets.states import Banner, EmptyState, ErrorState, Skeleton
from rapport.ui.widgets.timeline import (
    AppointmentCard,
    AppointmentEntry,
    FieldChangeEntry,
    NoteEntry,
    OpenTasksCard,
    TagChangeEntry,
    TaskEntry,
)


class _Page(Painted):
    """A page on the surface colour."""

    def paintEvent(self, event: object) -> None:
        QPainter(self).fillRect(self.rect(), QColor(self.tokens.surface))


def _row(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return layout


def hover(view: QListView, row: int) -> None:
    """Let the view believe that the pointer is over ``row``."""
    spot = QPointF(view.visualRect(view.model().index(row, 0)).center())
    event = QHoverEvent(
        QEvent.Type.HoverMove, spot, view.viewport().mapToGlobal(spot), QPointF(-1, -1)
    )
    QApplication.sendEvent(view.viewport(), event)


def lists() -> QWidget:
    page = _Page()
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(1)
    for rail in (False, True):
        sidebar = Sidebar()
        sidebar.setModel(places())
        sidebar.set_rail(rail)
        sidebar.go_to("Contacts")
        row.addWidget(sidebar)
    px = current_theme().type.px
    for density, width in ((Density.COMFORTABLE, 380), (Density.COMPACT, 380)):
        view = QListView()
        dress_list(view, ContactRowDelegate(view, density))
        view.setModel(contacts())
        view.setFixedWidth(px(width))
        view.setCurrentIndex(view.model().index(0, 0))
        row.addWidget(view)
    view = QListView()
    dress_list(view, TaskRowDelegate(view), uniform=False)
    view.setModel(tasks())
    view.setFixedWidth(px(640))
    view.setCurrentIndex(view.model().index(5, 0))
    row.addWidget(view)
    page.resize(page.sizeHint().width(), px(700))
    page.show()
    QApplication.processEvents()
    for each in page.findChildren(QListView):
        hover(each, 2)
    return page


def controls() -> QWidget:
    page = _Page()
    column = QVBoxLayout(page)
    disabled = Button("Send", key="Ctrl ↵")
    disabled.setEnabled(False)
    bell = IconButton("bell", "Notifications")
    bell.set_badge_dot(True)
    column.addLayout(
        _row(
            Button("Call", icon="phone"),
            Button("Mail", icon="mail"),
            Button("Discard", kind=Kind.QUIET),
            Button("Save note", kind=Kind.FILLED, key="Ctrl ↵"),
            Button("Complete", kind=Kind.FILLED, icon="check", key="Space"),
            disabled,
            Button("3 accounts", chevron=True),
            IconButton("more", "More"),
            bell,
            Button("Tag", icon="plus", kind=Kind.OUTLINE, size=Size.CHIP),
            Button("Undo", kind=Kind.LINK),
            KeyCap("/"),
            KeyCap("Ctrl Z"),
        )
    )
    chips = QWidget()
    flow = FlowLayout(chips, gap=6)
    for tag in ("vip", "lead", "newsletter", "hot", "installer", "كبار العملاء", "大口顧客", "été"):
        flow.addWidget(TagChip(tag))
    flow.addWidget(FilterChip("Owner: me", icon="user"))
    for text, icon, hue in (
        ("Ana Pérez Ølgaard", "user", 8),
        ("Fri 27 Nov, 15:00", "calendar", 0),
        ("hot", "tag", 6),
        ("10 min before", "bell", 4),
    ):
        flow.addWidget(KindChip(text, icon, hue))
    column.addWidget(chips)
    sync = Pill("", height=24, clickable=True)
    sync.set_parts(("check", "Synced 10:41", "success"), ("clock", "1 to send", ""))
    column.addLayout(
        _row(
            sync,
            Pill("Offline", icon="cloudoff", height=24),
            Pill("Sandbox", icon="flask", tone=Tone.WARNING, height=24, strong=True),
            Pill("Confirmed", icon="check", tone=Tone.SUCCESS),
            Pill("Unconfirmed", icon="clock", tone=Tone.WARNING),
            Pill("Failed", icon="alert", tone=Tone.DANGER),
        )
    )
    tabs = Segmented([("l", "Sync ledger"), ("c", "Conflicts"), ("a", "Audit")], shape=Shape.TABS)
    tabs.set_count("l", "1")
    tabs.set_count("c", "2", alert=True)
    tabs.set_value("c")
    column.addLayout(
        _row(
            Segmented([(1, "Mine"), (2, "Unassigned"), (3, "Everyone")]),
            Segmented([(1, "All"), (2, "Notes"), (3, "Tasks")], shape=Shape.ROUND),
            tabs,
        )
    )
    people = (("1", "Ana Pérez Ølgaard"), ("2", "王小明"), ("3", "محمد"), ("4", "Zoë van den Berg"))
    avatars = [Avatar(s, n, size=z) for (s, n), z in zip(people, (64, 40, 32, 24), strict=True)]
    badges = [Badge(account_colour(i), n, size=24) for i, n in enumerate(("Lumen", "Harbour", "K"))]
    badges.append(Badge(account_colour(0, sandbox=True), "Sandbox", size=16))
    column.addLayout(_row(*avatars, Avatar("5", "Mara", size=20), Avatar("6", ""), *badges))
    combo = QComboBox()
    combo.addItems(["Comparing quotes", "Signed"])
    yes, no = QCheckBox("Yes"), QCheckBox("No")
    yes.setChecked(True)
    one, two = QRadioButton("Mine"), QRadioButton("Theirs")
    one.setChecked(True)
    column.addLayout(_row(combo, yes, no, one, two))
    column.addWidget(Banner("Nothing is sent until you choose.", icon="shield", strong="Safe."))
    column.addWidget(Banner("Goes to the sandbox.", icon="flask", tone=Tone.WARNING))
    column.addWidget(
        Banner("Sign in again to go on syncing.", icon="lock", tone=Tone.DANGER, button="Reconnect")
    )
    choice = ChoiceCard(
        "flask",
        "Explore the sandbox",
        "Made-up contacts. Works offline, reset any time.",
        pill="no account needed",
    )
    column.addWidget(choice)
    column.addStretch(1)
    width = current_theme().type.px(900)
    page.resize(width, page.heightForWidth(width) + 20)
    page.show()
    page.activateWindow()
    QApplication.processEvents()
    choice.setFocus(Qt.FocusReason.TabFocusReason)
    return page


def fields() -> QWidget:
    page = _Page()
    row = QHBoxLayout(page)
    left, middle = QVBoxLayout(), QVBoxLayout()
    steps = (Choice("c", "Comparing quotes"), Choice("s", "Signed"), Choice("l", "Lost"))
    for name, kind, value in (
        ("Company", FieldKind.TEXT, "Fjord & Vale Interiors"),
        ("Phone", FieldKind.PHONE, "+351 912 345 678"),
        ("Monthly bill", FieldKind.NUMBER, 1840.0),
        ("Grid contract ends", FieldKind.DATE, "2027-06-30"),
        ("Wants battery", FieldKind.CHECKBOX, True),
        ("Decision stage", FieldKind.CHOICE, "c"),
        ("Interests", FieldKind.MULTI, ("c", "s")),
        ("Empty", FieldKind.TEXT, ""),
        (
            "Long text",
            FieldKind.LONG,
            "Deliver to gate 4.\nNot before noon, please.",
        ),
    ):
        field = FieldRow(name, kind, choices=steps)
        field.set_value(value)
        left.addWidget(field)
    left.addStretch(1)
    editing = {}
    for name, kind, value in (
        ("E-mail", FieldKind.EMAIL, "ana@fjordvale.pt"),
        ("Contract ends", FieldKind.DATE, "2027-06-30"),
        ("Stage", FieldKind.CHOICE, "s"),
        ("Notes", FieldKind.LONG, "Deliver to gate 4"),
    ):
        field = FieldRow(name, kind, choices=steps)
        field.set_value(value)
        middle.addWidget(field)
        editing[kind] = field
    multi = FieldRow("Interests", FieldKind.MULTI, choices=steps)
    middle.addWidget(multi)
    middle.addStretch(1)
    right = QVBoxLayout()
    right.addWidget(SearchField("Search", placeholder="Search contacts, notes and tasks"))
    filled = SearchField("Search")
    filled.setText("ana")
    right.addWidget(filled)
    date = TextInput("Due date", icon="calendar")
    date.set_text("31 November 2026, 15:00")
    date.set_invalid("November has 30 days. Did you mean 30 Nov or 1 Dec?")
    right.addWidget(date)
    right.addWidget(TextInput("Title", placeholder="What is to be done?"))
    right.addWidget(TextArea("Body", placeholder="Write a note about Ana"))
    right.addStretch(1)
    row.addLayout(left, 1)
    row.addLayout(middle, 1)
    row.addLayout(right, 1)
    page.resize(current_theme().type.px(960), page.sizeHint().height())
    page.show()
    QApplication.processEvents()
    for field in editing.values():
        field.begin()
    editing[FieldKind.DATE].set_problem("There is no such date. Write it like 2026-11-27.")
    multi.begin()
    QApplication.processEvents()
    page.resize(page.width(), page.sizeHint().height())
    return page


def timeline() -> QWidget:
    page = _Page()
    column = QVBoxLayout(page)
    column.setSpacing(0)
    column.addWidget(SectionTitle("Open tasks", count="2"))
    card = OpenTasksCard()
    card.set_tasks(
        [
            ("1", "Call Ana about the roof permit", "Today 15:00", DueState.TODAY),
            ("2", "Send revised 38 kWp quote", "Thu 26 Nov", DueState.FUTURE),
        ]
    )
    column.addWidget(card)
    column.addWidget(DayHeader("Today, Tuesday 24 November"))
    column.addWidget(
        NoteEntry(
            "Spoke with Ana: the condominium approved panels on the south roof. She wants the "
            "inverter in the garage, not on the façade, and a price with and without battery.",
            "10:12",
        )
    )
    appointment = AppointmentCard(
        ("Nov", "27", "Fri"),
        "Site visit, roof survey",
        "09:30–10:30 · Rua das Flores 214, Porto",
        state="Confirmed",
        state_icon="check",
        tone=Tone.SUCCESS,
    )
    column.addWidget(AppointmentEntry("Appointment booked by Inês Duarte", "09:05", appointment))
    column.addWidget(DayHeader("Yesterday"))
    column.addWidget(
        TaskEntry(
            "Collect 12 months of electricity bills",
            "17:40",
            caption="Completed by Mara Lindqvist",
        )
    )
    column.addWidget(
        TagChangeEntry("Tag added", ("hot",), "11:26", reason="by rule “Quote opened twice”")
    )
    column.addWidget(
        FieldChangeEntry("Monthly bill", "€ 1,480", "€ 1,840", "16:03", caption="Jonas Weber, web")
    )
    column.addStretch(1)
    page.resize(current_theme().type.px(420), current_theme().type.px(560))
    page.show()
    return page


def states() -> QWidget:
    page = _Page()
    grid = QGridLayout(page)
    empty = EmptyState("contacts", "Nobody matches this filter.", "Clear the filter")
    grid.addWidget(empty, 0, 0)
    error = ErrorState(
        "The server does not answer.",
        "Your edit is safe and will be sent later.",
        details="ConnectTimeout",
    )
    grid.addWidget(error, 0, 1)
    card = Card()
    for size in TextSize:
        card.body.addWidget(Label(f"{size.name.title()} 0123456789", size=size, weight=SEMIBOLD))
    grid.addWidget(card, 1, 0)
    skeleton = Skeleton()
    skeleton._appear()
    grid.addWidget(skeleton, 1, 1)
    page.resize(current_theme().type.px(900), current_theme().type.px(560))
    page.show()
    return page


def overlays() -> QWidget:
    page = lists()
    popover = Popover(page, width=320, name="New task")
    popover.body.addWidget(TextInput("Title", placeholder="Call Ana fri 3pm"))
    popover.body.addLayout(_row(Button("Save", kind=Kind.FILLED, key="Ctrl ↵")))
    popover.open_at_rect(page.findChildren(QListView)[2].geometry().adjusted(0, 0, 0, -600))
    return page


def dialog() -> QWidget:
    page = lists()
    ConfirmDialog(
        page,
        "Delete Ana Pérez Ølgaard?",
        "The contact goes from this computer and from Lumen Solar. Undo is offered for 8 seconds.",
        confirm="Delete contact",
        danger=True,
    ).open()
    return page


class _Icons(Painted):
    def paintEvent(self, event: object) -> None:
        painter, px = QPainter(self), self.type.px
        painter.fillRect(self.rect(), QColor(self.tokens.surface))
        for position, name in enumerate(sorted(icon_names())):
            x, y = px(16) + position % 15 * px(48), px(16) + position // 15 * px(48)
            spot = QRectF(x, y, px(20), px(20))
            flipped = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
            draw_icon(painter, name, spot, self.tokens.text, mirrored=flipped)
        mark = mark_pixmap(px(40), self.devicePixelRatioF())
        painter.drawPixmap(QPoint(px(16), px(216)), mark)
        for position, count in enumerate((0, 2, 12)):
            image: QPixmap = tray_icon(count).pixmap(48)
            painter.drawPixmap(QPoint(px(80 + 64 * position), px(212)), image)


def icons() -> QWidget:
    page = _Icons()
    page.resize(current_theme().type.px(748), current_theme().type.px(280))
    page.show()
    return page


PAGES: dict[str, Callable[[], QWidget]] = {
    page.__name__: page
    for page in (lists, controls, fields, timeline, states, overlays, dialog, icons)
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--theme", choices=["light", "dark"], default="light")
    parser.add_argument("--contrast", choices=["normal", "high"], default="normal")
    parser.add_argument("--rtl", action="store_true")
    parser.add_argument("--scale", type=float, default=1.0, help="size of text, 1.0 to 2.0")
    parser.add_argument("--page", choices=sorted(PAGES), action="append")
    options = parser.parse_args()
    app = QApplication([])
    theme = current_theme()
    theme.set_motion(Motion.REDUCED)
    theme.set_text_scale(options.scale)
    theme.set_mode(Mode(options.theme))
    theme.set_contrast(Contrast(options.contrast))
    theme.apply(app)
    if options.rtl:
        app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    options.out.mkdir(parents=True, exist_ok=True)
    for name in options.page or PAGES:
        page = PAGES[name]()
        for _ in range(5):
            app.processEvents()
        page.grab().save(str(options.out / f"{name}.png"))
        page.hide()
        page.deleteLater()


if __name__ == "__main__":
    main()
