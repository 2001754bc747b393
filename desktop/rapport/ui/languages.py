"""Which language the window speaks: sentences, dates and numbers, direction, Qt's own dialogs."""

from __future__ import annotations

import re
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from unicodedata import bidirectional

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from rapport import language
from rapport.language import LANGUAGES, SPOKEN, Marks
from rapport.services import date_words
from rapport.ui import wording

_HOMES = {
    "en": QLocale.Country.UnitedKingdom,
    "de": QLocale.Country.Germany,
    "ar": QLocale.Country.Morocco,
}
"""Whose dates and numbers go with a language where the system speaks another one."""


def speak(qt: QApplication, chosen: str) -> None:
    """Speak the ``chosen`` language, or the system's where that is "" and there is one of ours.
    Before the first window is made: what stands on the screen already stays as it is."""
    code = chosen if chosen in SPOKEN else _of_system()
    QLocale.setDefault(_locale(code))
    wording.locale.cache_clear()
    language.use(catalogue(code), code=code, number=wording.count, marks=_marks())
    date_words.speak(code)
    qt.setLayoutDirection(QLocale().textDirection())
    _translate_qt(qt)


def catalogue(code: str) -> NullTranslations:
    """The sentences of a language; English is what stands in the source."""
    if code == "pseudo":
        from rapport.ui.pseudo import PseudoTranslations

        return PseudoTranslations()
    file = files("rapport_resources") / "locale" / f"{code}.mo"
    if not file.is_file():
        return NullTranslations()
    with file.open("rb") as content:
        is_mirrored = _locale(code).textDirection() is Qt.LayoutDirection.RightToLeft
        return (RightToLeft if is_mirrored else GNUTranslations)(content)


_PLACE = re.compile(r"\{[^{}]*\}")


class RightToLeft(GNUTranslations):
    """Isolates the values in its sentences, so that a name, a number or an address in another
    script is read in its own direction and leaves the rest of the sentence where it is."""

    def gettext(self, message: str) -> str:
        return isolated(super().gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return isolated(super().ngettext(msgid1, msgid2, n))


@cache
def isolated(sentence: str) -> str:
    """A mark leads those that begin with no letter of their own or with a Latin one: they are not
    to be taken for sentences from left to right."""
    own = _PLACE.sub("", sentence)
    kinds = [kind for kind in map(bidirectional, own) if kind in ("L", "R", "AL")]
    is_theirs = kinds[:1] in (["R"], ["AL"]) or set(kinds) == {"L"}
    mark = "" if is_theirs or not (kinds or own != sentence) else "\u200f"
    return mark + _PLACE.sub("\u2068\\g<0>\u2069", sentence)


def _of_system() -> str:
    """The first of ours among the languages that the person told the system; else English."""
    spoken = (name.partition("-")[0] for name in QLocale.system().uiLanguages())
    return next((code for code in spoken if code in LANGUAGES), "en")


def _locale(code: str) -> QLocale:
    system = QLocale.system()
    wanted = QLocale.codeToLanguage(code if code in LANGUAGES else "en")
    if system.language() is wanted:
        return system
    home = _HOMES.get(code if code in LANGUAGES else "en")
    return QLocale(wanted) if home is None else QLocale(wanted, home)


def _marks() -> Marks:
    locale = QLocale()
    return Marks(locale.groupSeparator(), locale.decimalPoint())


def _translate_qt(qt: QApplication) -> None:
    """The words of Qt's own dialogs. The translator belongs to the application, which loses it."""
    for old in qt.findChildren(QTranslator, "qt-words"):
        qt.removeTranslator(old)
        old.deleteLater()
    words = QTranslator(qt)
    words.setObjectName("qt-words")
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if words.load(QLocale(), "qtbase", "_", folder):
        qt.installTranslator(words)
