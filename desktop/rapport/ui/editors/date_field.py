"""A date as people say it (“fri 3pm”), with the reading below as it is typed."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.errors import InputError
from rapport.domain.ports import Clock
from rapport.language import tr
from rapport.services.quick_dates import DEFAULT_TIME, on_day, parse_due
from rapport.ui.editors.moments import moment_words
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import TextSize
from rapport.ui.widgets.inputs import LineEdit, Message
from rapport.ui.widgets.labels import IconView, Label

_COMPLAIN_AFTER_MS = 700
"""Half a word is not yet a mistake: the reading appears at once, a complaint only after a pause."""


class DateField(QWidget):
    """``moment`` is the aware UTC time that is meant, or None while it cannot be read."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._clock = clock
        self._kept: tuple[str, datetime] | None = None
        self.counts_days = False
        """Whether a bare number is so many days from today, at the time of day that was, or at
        nine."""
        self.line = LineEdit(
            name or tr("Due date"), self, placeholder=tr("tomorrow 9:00, fri 3pm"), icon="calendar"
        )
        self.line.setObjectName("task-due")
        self._icon = IconView("check", self, size=14, role="success")
        self._words = Label("", self, size=TextSize.CAPTION, role="muted")
        self._words.setObjectName("task-due-parsed")
        self._message = Message(self)
        self._message.words.setObjectName("task-due-error")
        self._reading = QWidget(self)
        row = QHBoxLayout(self._reading)
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(current_theme().type.px(6))
        row.addWidget(self._icon)
        row.addWidget(self._words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.line)
        column.addWidget(self._reading)
        column.addWidget(self._message)
        self._complain = QTimer(self, singleShot=True, interval=_COMPLAIN_AFTER_MS)
        self._complain.timeout.connect(self.complain)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._left)
        self.line.returnPressed.connect(self.submitted)
        self.setFocusProxy(self.line)
        self._read()

    def set_moment(self, moment: datetime | None) -> None:
        """Begin with a date; left untouched it stays exactly that, seconds included."""
        text = ""
        if moment is not None:
            local = moment.astimezone(self._clock.zone())
            text = f"{local:%Y-%m-%d %H:%M}"
            self._kept = (text, moment)
        self.line.setText(text)
        self._read()

    def moment(self) -> datetime | None:
        return self._parse()[0]

    def complain(self) -> bool:
        """Show what is wrong, if anything is; tells whether it is."""
        moment, error = self._parse()
        if moment is not None:
            return False
        self.say(str(error))
        return True

    def say(self, sentence: str) -> None:
        """Show what is wrong with the date; the text stays."""
        self._reading.hide()
        self._message.say(sentence)
        self.line.set_invalid(True)
        self.line.setAccessibleDescription(sentence)

    def _parse(self) -> tuple[datetime | None, InputError | None]:
        text = self.line.text()
        if self._kept is not None and text == self._kept[0]:
            return self._kept[1], None
        days = text.strip()
        if self.counts_days and days.isdecimal() and len(days) < 3:
            now, zone = self._clock.now(), self._clock.zone()
            at = self._kept[1] if self._kept else datetime.combine(now, DEFAULT_TIME, zone)
            return on_day(int(days), at, now, zone), None
        try:
            return parse_due(text, self._clock.now(), self._clock.zone()), None
        except InputError as error:
            return None, error

    def _typed(self) -> None:
        self._read()
        self.changed.emit()

    def _read(self) -> None:
        """Show the reading; a mistake is only told after a pause."""
        self._message.say("")
        self.line.set_invalid(False)
        self.line.setAccessibleDescription("")
        moment, _ = self._parse()
        self._reading.show()
        if moment is None:
            self._icon.hide()
            self._words.setText(tr("Such as “tomorrow”, “fri 3pm” or “24 nov 15:00”"))
            if self.line.text().strip():
                self._complain.start()
            return
        self._complain.stop()
        self._icon.show()
        self._words.setText(moment_words(moment, self._clock.now(), self._clock.zone()))
        self.line.setAccessibleDescription(self._words.text())

    def _left(self) -> None:
        if self.line.text().strip() and self.moment() is None:
            self.complain()
