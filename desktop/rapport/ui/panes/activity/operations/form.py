"""The form of one entry: what an action takes, or what a trigger tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from rapport.domain.arguments import LOCATION_NAMES, Arguments, ArgumentsError, arguments
from rapport.domain.catalogue import Action, Field, Trigger
from rapport.domain.records import Id
from rapport.language import tr
from rapport.ui.context import WindowContext
from rapport.ui.delegates.operation_row import method_colour
from rapport.ui.look.paint import mirrored
from rapport.ui.look.text import Run, baseline_in, plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.models.operation_list_model import EVENT, Entry, remark_of
from rapport.ui.panes.activity.operations.argument import MISSING, ArgumentField, carried_words
from rapport.ui.panes.activity.operations.choices import source_for
from rapport.ui.panes.activity.operations.fields import TextField, field_for
from rapport.ui.panes.activity.operations.id_field import IdField
from rapport.ui.widgets.base import Painted, is_rtl
from rapport.ui.widgets.labels import Label, SectionTitle

if TYPE_CHECKING:
    from rapport.services.workspace import Workspace

Drafts = Mapping[str, Any]


class _TitleLine(Painted):
    """What it does, and at the end the permission that it needs, which gives way."""

    def __init__(self, title: str, needs: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._title, self._needs = title, needs
        self.setAccessibleName(title)
        self.setAccessibleDescription(tr("It needs {scope}.").format(scope=needs) if needs else "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self.type.px(120), self.type.line(TextSize.SECTION))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, type_, tokens = QPainter(self), self.type, self.tokens
        bounds = QRectF(self.rect())
        title = Run(self._title, type_.font(TextSize.SECTION, SEMIBOLD), bounds.width())
        room = bounds.width() - title.width - type_.px(12)
        # Three letters and dots would tell nothing; the tool-tip has it whole.
        shown = self._needs if room >= type_.px(60) else ""
        needs = Run(shown, type_.monospace(), max(0.0, room))
        baseline = baseline_in(0, bounds.height(), type_.metrics(TextSize.SECTION, SEMIBOLD))
        for run, x, colour in (
            (title, 0.0, tokens.text),
            (needs, bounds.width() - needs.width, tokens.muted),
        ):
            area = mirrored(QRectF(x, 0, run.width, bounds.height()), bounds, is_rtl(self))
            painter.setPen(QColor(colour))
            run.draw(painter, area.left(), baseline)
        whole = "\n".join(filter(None, (self._title, self._needs)))
        shortened = title.elided or needs.elided or shown != self._needs
        self.setToolTip(plain_tip(whole) if shortened else "")


class EntryHead(QWidget):
    """Title, what it needs, and the request or event behind it."""

    def __init__(self, entry: Entry, parent: QWidget) -> None:
        super().__init__(parent)
        theme = current_theme()
        px = theme.type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(14), px(20), px(12))
        column.setSpacing(px(4))
        column.addWidget(_TitleLine(tr(entry.title), ", ".join(entry.scopes), self))
        second = QHBoxLayout()
        second.setSpacing(px(16))
        verb, where = (
            (EVENT, entry.event)
            if isinstance(entry, Trigger)
            else (
                entry.method,
                entry.path,
            )
        )
        method = Label(verb, self, size=TextSize.CAPTION, weight=SEMIBOLD)
        palette = method.palette()
        palette.setColor(palette.ColorRole.WindowText, method_colour(verb, theme.tokens))
        method.setPalette(palette)
        second.addWidget(method)
        path = Label(where, self, selectable=True)
        path.setFont(theme.type.monospace())
        path.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        path.setWordWrap(True)
        second.addWidget(path, 1)
        column.addLayout(second)
        about = tr(entry.summary)
        if remark := remark_of(entry):
            about = " · ".join((remark, about))
        column.addWidget(Label(about, self, size=TextSize.CAPTION, role="muted", wrap=True))


class OperationForm(QScrollArea):
    """The inputs of an action, in the API's order, what is required first.

    ``drafts`` is what an earlier form of the same action held.
    """

    def __init__(
        self,
        action: Action,
        workspace: Workspace,
        context: WindowContext,
        drafts: Drafts,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.action = action
        self._workspace = workspace
        self._location_id = workspace.account.location_id
        self.setObjectName("operation-form")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._body = QWidget(self)
        px = context.theme.type.px
        column = QVBoxLayout(self._body)
        column.setContentsMargins(px(20), px(12), px(20), px(16))
        column.setSpacing(px(12))
        self.fields: dict[str, ArgumentField] = {}
        every = list(action.named().values())
        required = [one for one in every if one.required]
        optional = [one for one in every if not one.required]
        for one in required:
            column.addWidget(self._field(one, context))
        if required and optional:
            column.addWidget(SectionTitle(tr("Optional"), self._body, count=str(len(optional))))
        for one in optional:
            column.addWidget(self._field(one, context))
        if not every:
            column.addWidget(Label(tr("It takes no arguments."), self._body, role="muted"))
        column.addStretch(1)
        self.setWidget(self._body)
        self._blamed: list[ArgumentField] = []
        for name, draft in drafts.items():
            self.fields[name].restore(draft)
        for field in self.fields.values():
            field.changed.connect(self._forgive)

    def _field(self, one: Field, context: WindowContext) -> ArgumentField:
        source = source_for(self.action, one, self._workspace, context, self._contact)
        field = self.fields[one.name] = field_for(one, source, self._workspace, context, self._body)
        if one.name in LOCATION_NAMES and isinstance(field, TextField):
            field.restore(self._location_id)
        return field

    def _contact(self) -> Id:
        """The local id of the contact that is chosen in this form."""
        for field in self.fields.values():
            if isinstance(field, IdField) and field.one.name in ("contactId", "contact_id"):
                return field.local_id
        return ""

    # What the view asks.

    @property
    def is_invalid(self) -> bool:
        """Whether something that was typed cannot be sent."""
        return any(field.complaint for field in self.fields.values())

    def drafts(self) -> Drafts:
        return {name: field.draft() for name, field in self.fields.items()}

    def arguments(self) -> Arguments | None:
        """What would be sent; None after saying at the fields why nothing can be."""
        bad = [field for field in self.fields.values() if not field.check(whole=True)]
        if bad:
            self.show_field(bad[0])
            return None
        values = {name: field.given() for name, field in self.fields.items()}
        data = {name: value for name, value in values.items() if value is not MISSING}
        try:
            return arguments(self.action, data=data, location_id=self._location_id)
        except ArgumentsError as error:
            self.complain(error.complaints)
            return None

    def complain(self, complaints: Sequence[str], name: str = "") -> None:
        """Say what is wrong at the field that a sentence is about, until something is edited."""
        fields = list(self.fields.values())
        rest = next((one for one in fields if one.one.name in self.action.one_of), fields[0])
        for sentence in complaints:
            about = next(
                (one for one in fields if one.one.name == name or f"“{one.one.name}" in sentence),
                rest,
            )
            about.say(sentence)
            self.show_field(about)
            self._blamed.append(about)

    def _forgive(self) -> None:
        """What the whole lacked may be given at another field than the one that says so."""
        blamed, self._blamed = self._blamed, []
        for field in blamed:
            field.say("")

    def show_field(self, field: ArgumentField) -> None:
        self.ensureWidgetVisible(field)
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def first_focus(self) -> QWidget | None:
        """The first input that is not filled in already."""
        for field in self.fields.values():
            if field.one.name not in LOCATION_NAMES:
                return field
        return next(iter(self.fields.values()), None)


class TriggerPage(QScrollArea):
    """What an event carries: there is nothing to send."""

    def __init__(self, trigger: Trigger, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("operation-trigger")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        body = QWidget(self)
        px = current_theme().type.px
        column = QVBoxLayout(body)
        column.setContentsMargins(px(20), px(12), px(20), px(16))
        column.setSpacing(px(12))
        column.addWidget(
            Label(
                tr(
                    "The CRM tells of it by a webhook of the type “{event}”. Nothing is sent."
                ).format(event=trigger.event),
                body,
                wrap=True,
            )
        )
        column.addWidget(SectionTitle(tr("What it carries"), body, count=str(len(trigger.payload))))
        grid = QGridLayout()
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(px(6))
        grid.setColumnStretch(1, 1)
        for row, one in enumerate(trigger.payload):
            name = Label(one.name, body, size=TextSize.CAPTION, weight=SEMIBOLD, selectable=True)
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            about = tr(one.description) if one.description else ""
            grid.addWidget(
                Label(about, body, size=TextSize.CAPTION, role="muted", wrap=True), row, 1
            )
            grid.addWidget(
                Label(carried_words(one), body, size=TextSize.CAPTION, role="muted"),
                row,
                2,
                Qt.AlignmentFlag.AlignTop,
            )
        column.addLayout(grid)
        column.addStretch(1)
        self.setWidget(body)
