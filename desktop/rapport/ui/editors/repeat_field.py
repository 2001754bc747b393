"""How often a task comes again, and how long before it is due it reminds: chosen, or typed."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.ports import Clock
from rapport.domain.repeat import WORKDAYS, Repeat, Unit, begin, following, moment, same_rule
from rapport.language import tr
from rapport.services.quick_add import read_rhythm
from rapport.ui.editors.moments import moment_words
from rapport.ui.look.type import TextSize
from rapport.ui.repeat_words import remind_words, repeat_words
from rapport.ui.widgets.inputs import LineEdit, Message
from rapport.ui.widgets.labels import Label

_OTHER = "other"
_REMINDERS = (None, 0, 5, 10, 30, 60, 1440)


class RepeatField(QWidget):
    """``rule`` begins where the task is due; None for a task that does not come again."""

    changed = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._due: datetime | None = None
        self._kept: Repeat | None = None
        self._kept_due: datetime | None = None
        self.choice = QComboBox(self)
        self.choice.setObjectName("task-repeat")
        self.choice.setAccessibleName(tr("Repeat"))
        self.line = LineEdit(tr("How often"), self, placeholder=tr("every 2 weeks, every mon"))
        self.line.setObjectName("task-repeat-typed")
        self._words = Label("", self, size=TextSize.CAPTION, role="muted", wrap=True)
        self._words.setObjectName("task-repeat-words")
        self._message = Message(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.choice, 1)
        row.addWidget(self.line, 1)
        column.addLayout(row)
        column.addWidget(self._words)
        column.addWidget(self._message)
        self.setFocusProxy(self.choice)
        self.choice.activated.connect(lambda _: self._chosen())
        self.line.textEdited.connect(lambda _: self._tell())
        self._fill(None)

    def set_rule(self, rule: Repeat | None, due: datetime | None) -> None:
        """Begin with a rule; left untouched, and with the same date, it stays exactly that."""
        self._kept, self._due, self._kept_due = rule, due, due
        self._fill(rule)

    def set_due(self, due: datetime | None) -> None:
        """The rule begins then."""
        self._due = due
        self._tell()

    def rule(self) -> Repeat | None:
        chosen = self._chosen_rule()
        if chosen is None or self._due is None:
            return None
        if self._due == self._kept_due and same_rule(chosen, self._kept):
            return self._kept
        return begin(chosen, self._due, self._clock.zone())

    def typed(self) -> tuple[int, str]:
        """What the field says, to compare and to bring back."""
        return self.choice.currentIndex(), self.line.text()

    def restore(self, typed: tuple[int, str]) -> None:
        self.choice.setCurrentIndex(typed[0])
        self.line.setText(typed[1])
        self._tell()

    def complain(self) -> bool:
        """Show that what was typed is no rhythm, if so; tells whether it is."""
        if self.choice.currentData() != _OTHER or self._chosen_rule() is not None:
            return False
        self._message.say(tr("Try “every 2 weeks”, “every mon and thu” or “every month”."))
        self.line.set_invalid(True)
        return True

    def _fill(self, rule: Repeat | None) -> None:
        today = self._clock.now().astimezone(self._clock.zone())

        def plain(unit: Unit, every: int = 1, weekdays: tuple[int, ...] = ()) -> Repeat:
            at = today.time().replace(tzinfo=None)
            return Repeat(unit=unit, on=today.date(), at=at, every=every, weekdays=weekdays)

        offered: list[Repeat | None] = [
            None,
            plain(Unit.DAY),
            plain(Unit.WEEK, weekdays=WORKDAYS),
            plain(Unit.WEEK),
            plain(Unit.WEEK, every=2),
            plain(Unit.MONTH),
            plain(Unit.YEAR),
        ]
        if not any(same_rule(rule, one) for one in offered):
            offered.append(rule)
        self.choice.clear()
        for one in offered:
            self.choice.addItem(repeat_words(one), one)
        self.choice.addItem(tr("Other…"), _OTHER)
        self.choice.setCurrentIndex(
            next(place for place, one in enumerate(offered) if same_rule(rule, one))
        )
        self.line.clear()
        self._tell()

    def _chosen(self) -> None:
        self._tell()
        if self.choice.currentData() == _OTHER:
            self.line.setFocus()
        self.changed.emit()

    def _chosen_rule(self) -> Repeat | None:
        data = self.choice.currentData()
        if data == _OTHER:
            return read_rhythm(self.line.text(), self._clock.now(), self._clock.zone())
        return data if isinstance(data, Repeat) else None

    def _tell(self) -> None:
        """The next one in full, so that nobody has to count."""
        self.line.setVisible(self.choice.currentData() == _OTHER)
        self._message.say("")
        self.line.set_invalid(False)
        words, rule = "", self.rule()
        if rule is not None and self._due is not None:
            zone = self._clock.zone()
            done = max(self._due, self._clock.now()) if rule.after_completion else self._due
            after = following(rule, done, zone)
            if after is not None:
                then = moment_words(moment(after, zone), self._clock.now(), zone)
                words = tr("Then {when}").format(when=then)
                if rule.after_completion:
                    words = tr("Then {when}, if done on that day").format(when=then)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self.choice.setAccessibleDescription(words)


def fill_reminders(choice: QComboBox, minutes: int | None) -> None:
    """The usual lengths of time before the due date, and the one that is set."""
    offered = [*_REMINDERS] if minutes in _REMINDERS else [*_REMINDERS, minutes]
    choice.clear()
    for one in offered:
        choice.addItem(remind_words(one), one)
    choice.setCurrentIndex(offered.index(minutes))
