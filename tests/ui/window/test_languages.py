"""The window in other languages: nothing stays in English, and Arabic runs from right to left."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QDate, QLocale, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QWidget
from tests.ui.window import test_matrix
from tests.ui.window.test_matrix import fill
from tests.ui.window.test_matrix import plain_rooms as rooms_with_settings  # noqa: F401  a fixture

from rapport import language
from rapport.domain.errors import InputError
from rapport.domain.records import CustomField
from rapport.domain.scopes import ALL
from rapport.language import keep, told, tr
from rapport.services.custom_values import format_value, parse_value
from rapport.services.date_words import TABLE, Lexicon
from rapport.services.quick_dates import parse_due
from rapport.ui import wording
from rapport.ui.context import Page
from rapport.ui.languages import isolated, speak
from rapport.ui.look.text import runs_right_to_left
from rapport.ui.pseudo import END, START
from rapport.ui.rooms import STANDARD_ROOMS, Rooms
from rapport.ui.widgets.overlay import Overlay
from rapport.ui.window import MainWindow
from rapport.ui.wording import dated

Until = Callable[[Callable[[], object]], Any]
_SAID = re.compile(f"{START}[^{START}{END}]*{END}")
_NO_WORDS = re.compile(r"\b[0-9a-f]{64}\b|https?://\S+|/\S+|[\w-]+:\S+|\bOR\b")
"""A hash, an address, a path, the language of the search."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_NAMES = """
    Rapport Lumen Solar Lisbon CSV JSON Person System English Deutsch العربية
    Ctrl Alt Shift Esc Del Space Return Enter Tab Home End PgUp PgDown Up Down F5 KB MB kB
    GMT UTC AM PM Portugal services leadconnectorhq com tmp pytest
"""
"""Names of products, places, keys and folders: the same in every language."""
_OVER = (
    *("go.palette", "app.help", "contact.new", "task.new", "task.quick-add"),
    *("edit.history", "list.filter", "list.columns", "contact.merge"),
)
_OVER_MARKED = ("bulk.add-tags", "bulk.remove-tags", "bulk.assign", "bulk.field", "bulk.delete")
"""Actions that open something over the window, some for the rows that are marked."""


@pytest.fixture
def spoken(qapp: QApplication) -> Iterator[Callable[[str], None]]:
    yield lambda code: speak(qapp, code)
    speak(qapp, "en")
    language.use(language.NullTranslations())
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    wording.locale.cache_clear()


@pytest.fixture
def plain_rooms(rooms_with_settings: Rooms) -> Rooms:  # noqa: F811
    """All the rooms there are."""
    return replace(STANDARD_ROOMS, settings=rooms_with_settings.settings)


def known_words() -> set[str]:
    """What a person has put in, and what has no other name."""
    data = inspect.getsource(fill) + inspect.getsource(test_matrix.plain_rooms) + _NAMES
    data += " ".join(scope.name for scope in ALL)
    english = QLocale(QLocale.Language.English)
    forms = (QLocale.FormatType.LongFormat, QLocale.FormatType.ShortFormat)
    dates = [english.monthName(n, form) for n in range(1, 13) for form in forms]
    dates += [english.dayName(n, form) for n in range(1, 8) for form in forms]
    return {word.casefold() for text in (data, *dates) for word in _WORD.findall(text)}


def untranslated(text: str, known: set[str]) -> list[str]:
    """The words of ``text`` that are neither in the language's brackets nor known."""
    left = re.sub(r"<[^>]*>", " ", text)
    while _SAID.search(left):
        left = _SAID.sub(" ", left)
    left = _NO_WORDS.sub(" ", left)
    return [word for word in _WORD.findall(left) if word.casefold() not in known]


def texts(root: QWidget) -> Iterator[tuple[str, str]]:
    """(where, text) of all that is seen or read aloud."""
    for widget in (root, *root.findChildren(QWidget)):
        if not widget.isVisible():
            continue
        where = f"{type(widget).__name__}#{widget.objectName()}"
        yield where, widget.toolTip()
        interface = QAccessible.queryAccessibleInterface(widget)
        if interface is not None:
            yield where, interface.text(QAccessible.Text.Name)
            yield where, interface.text(QAccessible.Text.Description)
        for read in ("text", "placeholderText", "title"):
            said = getattr(widget, read, None)
            if callable(said) and not isinstance(widget, QMenu):
                yield where, str(said())
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            for text in rows(widget.model()):
                yield where, text


def rows(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(min(model.rowCount(QModelIndex()), 60)):
        index = model.index(row, 0)
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            text = index.data(role)
            yield text if isinstance(text, str) else ""


async def test_nothing_in_the_window_stays_english(
    spoken: Callable[[str], None],
    book: Any,
    workspace: Any,
    clock: Any,
    open_window: Any,
    until: Until,
) -> None:
    spoken("pseudo")
    contact, _ = await fill(book, workspace, clock)
    window: MainWindow = await open_window()
    known, found = known_words(), set[str]()

    async def look(what: str, root: QWidget) -> None:
        if root is window:  # a dialog is a task itself
            await until(lambda: not window.context.runner._tasks)
        QApplication.sendPostedEvents(None, 0)
        found.update(
            f"{what}: {where}: {text}" for where, text in texts(root) if untranslated(text, known)
        )

    window.context.open_contact(contact)
    await look("contacts", window)
    for page in (Page.TODAY, Page.CALENDAR, Page.DUPLICATES, Page.SETTINGS):
        window.context.show_page(page)
        await look(page.value, window)
    for tab in ("ledger", "conflicts", "audit"):
        window.context.show_activity(tab)
        await look(tab, window)
    window.context.show_page(Page.CONTACTS)
    for view in ("view.table", "view.cards", "view.list"):
        assert window.context.actions.trigger(view)
        await look(view, window)
    window.context.open_contact(contact)
    opened: list[str] = []
    for id in (*_OVER, "list.mark-all", *_OVER_MARKED):
        if id == "list.mark-all":
            window.context.actions.trigger(id)
            await until(lambda: window.context.situation.marked_contacts)
            continue
        if not window.context.actions.trigger(id):
            continue
        await until(lambda: overlay_of(window))
        overlay = overlay_of(window)
        assert overlay is not None
        await look(id, overlay)
        opened.append(id)
        overlay.close()
        await until(lambda: not overlay_of(window))
    assert not found, "\n".join(sorted(found))
    assert set(opened) == {*_OVER, *_OVER_MARKED}


def overlay_of(window: QWidget) -> Overlay | None:
    shown = [one for one in window.findChildren(Overlay) if one.isVisible()]
    return shown[-1] if shown else None


async def test_arabic_runs_from_right_to_left(
    spoken: Callable[[str], None],
    book: Any,
    workspace: Any,
    clock: Any,
    open_window: Any,
    until: Until,
) -> None:
    spoken("ar")
    contact, _ = await fill(book, workspace, clock)
    window: MainWindow = await open_window()
    window.context.open_contact(contact)
    await until(lambda: window.findChild(QWidget, "copy-phone"))
    assert window.isRightToLeft()

    def left(name: str) -> int:
        widget = window.findChild(QWidget, name)
        assert widget is not None, name
        return widget.mapTo(window, QPoint(0, 0)).x()

    order = ("sidebar", "contact-list", "copy-phone", "contact-more")
    await until(lambda: sorted(map(left, order), reverse=True) == list(map(left, order)))
    sidebar = window.findChild(QAbstractItemView, "sidebar")
    assert "جهات الاتصال" in list(rows(sidebar.model()))
    # A number keeps its direction within the sentence, and the sentence its own.
    phone = window.findChild(QWidget, "copy-phone")
    assert phone is not None
    await until(phone.accessibleName)
    assert "\u2068+351 912 345 678\u2069" in phone.accessibleName()
    assert runs_right_to_left(tr("{name} does not want to be disturbed").format(name="Ana"))


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("اليوم", "اليوم"),
        ("{n} مهمة", "\u2068{n}\u2069 مهمة"),
        ("{first} – {last}", "\u200f\u2068{first}\u2069 – \u2068{last}\u2069"),
        ("CSV لجدول بيانات", "\u200fCSV لجدول بيانات"),
        ("rapport call", "rapport call"),
        (", ", ", "),
    ],
)
def test_an_arabic_sentence_keeps_its_direction(sentence: str, said: str) -> None:
    assert isolated(sentence) == said


def test_english_and_german_write_dates_and_numbers_each_in_its_way(
    spoken: Callable[[str], None],
) -> None:
    date = QDate(2026, 11, 24)
    money = CustomField(id="f", name="Bill", data_type="MONETORY")
    said, typed = {}, {}
    for code in ("en", "de"):
        spoken(code)
        written = format_value(money, 2140.5)
        said[code] = (dated(date, "dddd d MMMM yyyy"), wording.count(8310), written, tr("Today"))
        assert parse_value(money, written, today=date.toPython()) == 2140.5
        typed[code] = parse_value(money, "1.500", today=date.toPython())
        for both in ("2,140.50", "2.140,50"):
            assert parse_value(money, both, today=date.toPython()) == 2140.5
    assert said["en"] == ("Tuesday 24 November 2026", "8,310", "2,140.50", "Today")
    assert said["de"] == ("Dienstag, 24. November 2026", "8.310", "2.140,50", "Heute")
    assert typed == {"en": 1.5, "de": 1500}


def test_what_was_kept_is_said_in_the_language_of_now(spoken: Callable[[str], None]) -> None:
    error = InputError("A task needs a title.", keep("“{said}” is not a time.", said="9{}5"))
    stored = error.kept
    spoken("de")
    assert told(stored) == "Eine Aufgabe braucht einen Titel. „9{}5“ ist keine Uhrzeit."
    assert str(error) == told(stored)
    assert error.english == "A task needs a title. “9{}5” is not a time."


@pytest.mark.parametrize("code", sorted(language.LANGUAGES))
def test_a_date_can_be_typed_as_it_is_written(code: str, spoken: Callable[[str], None]) -> None:
    spoken(code)
    words, now = Lexicon(TABLE[code]), datetime(2026, 1, 1, tzinfo=UTC)
    days = [now + timedelta(days=29 * n + 1) for n in range(12)]
    for day in days:
        date = QDate(day.year, day.month, day.day)
        for form in ("ddd d MMM", "d MMMM yyyy"):
            assert parse_due(dated(date, form), now, UTC, words).date() == day.date(), form
