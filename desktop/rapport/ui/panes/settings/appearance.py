"""How it looks, and when it notifies."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTime
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from rapport.domain.settings import Contrast, Density, Motion, Settings, ThemeMode
from rapport.language import LANGUAGES, mark, tr, trn
from rapport.ui.context import WindowContext
from rapport.ui.onboarding.text import Words
from rapport.ui.panes.settings.card import Card, choice
from rapport.ui.panes.settings.desk import SettingsDesk
from rapport.ui.panes.settings.table import Group
from rapport.ui.widgets.button import Button, Kind
from rapport.ui.widgets.segmented import Segmented
from rapport.ui.wording import count, locale

_SCALES = (1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
_DAY_MIN = 24 * 60
_LEADS_MIN = (0, 5, 10, 30, 60)
_MODES = (
    (ThemeMode.SYSTEM, mark("System")),
    (ThemeMode.LIGHT, mark("Light")),
    (ThemeMode.DARK, mark("Dark")),
)
_CONTRASTS = (
    (Contrast.SYSTEM, mark("System")),
    (Contrast.NORMAL, mark("Normal")),
    (Contrast.HIGH, mark("High")),
)
_MOTIONS = (
    (Motion.SYSTEM, mark("System")),
    (Motion.FULL, mark("Full")),
    (Motion.REDUCED, mark("Reduced")),
)
_DENSITIES = ((Density.COMFORTABLE, mark("Two lines")), (Density.COMPACT, mark("One line")))


class Bound(QObject):
    """Controls that show a setting and change it: each has a field of the settings."""

    def __init__(self, context: WindowContext, card: QWidget) -> None:
        super().__init__(card)
        self._context = context
        self._shows: list[Callable[[Settings], object]] = []
        # A method, not a function: it is let go of when the card goes, and the context stays.
        context.settings_changed.connect(self._changed)

    def segments(self, field: str, name: str, values: Sequence[tuple[object, str]]) -> Segmented:
        chooser = Segmented([(value, tr(words)) for value, words in values], name=name)
        chooser.setObjectName(f"choose-{field}")
        chooser.chosen.connect(lambda value: self._context.change_settings(**{field: value}))
        self.follow(lambda now: chooser.set_value(getattr(now, field)))
        return chooser

    def box(self, field: str, name: str, values: Sequence[tuple[object, str]]) -> QComboBox:
        now = getattr(self._context.settings, field)
        box = choice(name, values, now)
        box.setObjectName(f"choose-{field}")
        box.activated.connect(lambda at: self._context.change_settings(**{field: values[at][0]}))
        known = [value for value, _ in values]

        def show(settings: Settings) -> None:
            value = getattr(settings, field)
            box.setCurrentIndex(known.index(value) if value in known else -1)

        self.follow(show)
        return box

    def tick(self, field: str, words: str) -> QCheckBox:
        box = QCheckBox(words)
        box.setObjectName(f"choose-{field}")
        box.clicked.connect(lambda on: self._context.change_settings(**{field: on}))
        self.follow(lambda now: box.setChecked(getattr(now, field)))
        return box

    def clock(self, field: str, name: str) -> QComboBox:
        """A time of day, to the half hour; the setting is in minutes after midnight."""
        times = [(minutes, _time_words(minutes)) for minutes in range(0, _DAY_MIN, 30)]
        return self.box(field, name, times)

    def follow(self, show: Callable[[Settings], object]) -> None:
        """Call ``show`` now, and whenever a setting has changed."""
        show(self._context.settings)
        self._shows.append(show)

    def _changed(self) -> None:
        for show in self._shows:
            show(self._context.settings)


def appearance_card(context: WindowContext) -> Card:
    card = Card(Group.APPEARANCE)
    bound = Bound(context, card)
    card.row("colours", bound.segments("theme", tr("Colours"), _MODES))
    card.row(
        "contrast",
        bound.segments("contrast", tr("Contrast"), _CONTRASTS),
        note=tr("High contrast has stronger text and a border around every control."),
    )
    scales = [(scale, f"{scale:.0%}".replace("%", " %")) for scale in _SCALES]
    card.row(
        "text-size",
        bound.box("text_scale", tr("Size of text"), scales),
        note=tr("On top of the size of text of your desktop."),
    )
    card.row("motion", bound.segments("motion", tr("Motion"), _MOTIONS))
    languages = [("", tr("System")), *LANGUAGES.items()]
    card.row(
        "language",
        bound.box("language", tr("Language"), languages),
        note=tr("Spoken from the next start of Rapport on."),
    )
    card.row("density", bound.segments("density", tr("Rows in lists"), _DENSITIES))
    return card


class NotificationsCard(Card):
    def __init__(self, context: WindowContext, desk: SettingsDesk) -> None:
        super().__init__(Group.NOTIFICATIONS)
        self._context = context
        self._desk = desk
        bound = Bound(context, self)
        self.row(
            "reminders",
            bound.tick("reminders", tr("Remind me")),
            note=tr("Of due tasks, also while the window is closed."),
        )
        leads = [(minutes, _lead_words(minutes)) for minutes in _LEADS_MIN]
        self.row("lead", bound.box("reminder_lead_min", tr("When to remind"), leads))
        self.row(
            "content",
            bound.tick("notification_content", tr("Titles and names")),
            note=tr("Off: others who see your screen read only that a task is due."),
        )
        start = bound.clock("quiet_from_min", tr("Quiet hours begin at"))
        end = bound.clock("quiet_until_min", tr("Quiet hours end at"))
        self.row(
            "quiet-hours",
            bound.tick("quiet_hours", tr("Between")),
            start,
            Words(tr("and"), muted=True),
            end,
            note=tr("What comes due meanwhile is told afterwards, in one notification."),
        )
        for edit in (start, end):
            bound.follow(lambda now, edit=edit: edit.setEnabled(now.quiet_hours))  # type: ignore[misc]
        test = Button(tr("Send test notification"), icon="bell", kind=Kind.TONAL)
        test.setObjectName("test-notification")
        test.clicked.connect(lambda: context.runner.start(self._test, slot="test"))
        self._tested = self.row("test-notification", test)

    async def _test(self) -> None:
        self._tested.say(tr("Sending…"))
        self._tested.say(await self._desk.test_notification())


def _time_words(minutes: int) -> str:
    return locale().toString(QTime(minutes // 60, minutes % 60), locale().FormatType.ShortFormat)


def _lead_words(minutes: int) -> str:
    if not minutes:
        return tr("At the due time")
    return trn("{n} minute before", "{n} minutes before", minutes).format(n=count(minutes))
