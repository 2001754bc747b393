"""Campaigns and workflows of the location, asked for when somebody looks: a contact is put into one
or taken out of it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from rapport.domain.errors import CapabilityError, RapportError
from rapport.domain.records import Contact
from rapport.domain.text import visible
from rapport.language import tr
from rapport.services.memberships import Course, Series
from rapport.ui.context import WindowContext
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.button import Button, Kind, Size
from rapport.ui.widgets.labels import ElidedLabel, Label
from rapport.ui.widgets.overlay import Popover, confirm
from rapport.ui.widgets.scroll import ScrollArea
from rapport.ui.widgets.segmented import Segmented

_SLOT = "courses"
_HIGH = 240


class CoursePopover(Popover):
    def __init__(self, context: WindowContext, window: QWidget, contact: Contact) -> None:
        super().__init__(window, width=400, name=tr("Campaigns and workflows"))
        self.setObjectName("course-popover")
        self._context = context
        self._contact = contact
        self._window = window
        self.kinds = Segmented(
            [(Series.CAMPAIGNS, tr("Campaigns")), (Series.WORKFLOWS, tr("Workflows"))],
            self.panel,
            name=tr("What to show"),
        )
        self.kinds.chosen.connect(lambda _: self.load())
        self.body.addWidget(self.kinds)
        self.state = Label("", self.panel, role="muted", wrap=True)
        self.state.setObjectName("course-state")
        self.body.addWidget(self.state)
        self.remedy = Button(" ", self.panel, size=Size.SMALL)
        self.remedy.setObjectName("course-remedy")
        self.remedy.clicked.connect(self._remedy)
        self.remedy.hide()
        foot = QHBoxLayout()
        foot.addWidget(self.remedy)
        foot.addStretch(1)
        self.body.addLayout(foot)
        self._area = ScrollArea(self.panel)
        self._area.setFixedHeight(self.type.px(_HIGH))
        self._area.hide()
        self.body.addWidget(self._area)
        self.body.addWidget(
            Label(
                tr("The CRM does not tell which of them a contact is in."),
                self.panel,
                size=TextSize.CAPTION,
                role="muted",
                wrap=True,
            )
        )
        self.load()

    @property
    def series(self) -> Series:
        chosen = self.kinds.value()
        assert isinstance(chosen, Series)
        return chosen

    def load(self) -> None:
        """Ask for the list that is chosen."""
        self._area.hide()
        self.remedy.hide()
        if not self._context.workspace.capabilities.has(self.series.scope):
            self._lacks()
            return
        self._say(tr("Reading…"))
        self._context.runner.start(self._read, slot=_SLOT)

    def _say(self, words: str) -> None:
        self.state.setText(words)
        self.state.setVisible(bool(words))

    def _lacks(self) -> None:
        self._say(tr("This sign-in may not list them."))
        self._offer(tr("Ask for access"))

    def _offer(self, words: str) -> None:
        self.remedy.setText(words)
        self.remedy.setAccessibleName(words)
        self.remedy.restyle()
        self.remedy.show()

    def _remedy(self) -> None:
        if self._context.workspace.capabilities.has(self.series.scope):
            self.load()
            return
        scope = self.series.scope
        self.close()
        self._context.scope_wanted.emit(scope)

    async def _read(self) -> None:
        series = self.series
        try:
            courses = await self._context.workspace.memberships.courses(series)
        except CapabilityError:
            if isValid(self):
                self._lacks()
        except RapportError as error:
            if isValid(self):
                self._say(str(error))
                self._offer(tr("Try again"))
        else:
            if isValid(self) and series is self.series:
                self._show(courses)

    def _show(self, courses: list[Course]) -> None:
        none = {
            Series.CAMPAIGNS: tr("This location has no campaigns."),
            Series.WORKFLOWS: tr("This location has no workflows."),
        }[self.series]
        self._say("" if courses else none)
        rows = QWidget(self._area)
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(self.type.px(2))
        for place, course in enumerate(courses):
            column.addLayout(self._row(place, course, rows))
        column.addStretch(1)
        self._area.setWidget(rows)
        self._area.setVisible(bool(courses))
        self.place()

    def _row(self, place: int, course: Course, parent: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self.type.px(6))
        row.addWidget(ElidedLabel(course.name, parent), 1)
        row.addWidget(Label(course.status, parent, size=TextSize.CAPTION, role="muted"))
        why = self._context.situation.why_not_write or ""
        for joins, words in ((True, tr("Add")), (False, tr("Remove"))):
            button = Button(words, parent, kind=Kind.TONAL, size=Size.INLINE)
            button.setObjectName(f"course-{'add' if joins else 'remove'}-{place}")
            form = tr("Add to {name}") if joins else tr("Remove from {name}")
            button.setAccessibleName(form.format(name=course.name))
            button.setEnabled(not why)
            button.setToolTip(why)
            button.clicked.connect(partial(self._change, self.series, course, joins))
            row.addWidget(button)
        return row

    def _change(self, series: Series, course: Course, joins: bool) -> None:
        context, contact, window = self._context, self._contact, self._window
        name = visible(contact.name)
        self.close()

        async def change() -> None:
            if joins:
                title, done = tr("Add {name} to {course}?"), tr("Added to {course}")
                sentence = tr("It begins at once and may send messages. Undo cannot take it back.")
                words = tr("Add contact")
            else:
                title, done = tr("Remove {name} from {course}?"), tr("Removed from {course}")
                sentence = tr("What has not been sent yet will not be. Undo cannot take it back.")
                words = tr("Remove contact")
            title = title.format(name=name, course=course.name)
            if not await confirm(window, title, sentence, confirm=words):
                return
            memberships = context.workspace.memberships
            act = memberships.join if joins else memberships.leave
            await act(contact.id, series, course.id)
            context.notice(done.format(course=course.name), name, icon="auto")

        context.runner.own(change())
