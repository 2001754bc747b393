"""What a person reads, in their language: the one door to the translations, open to every room.

A literal English sentence is its own key. ``tr`` is called where the sentence is needed, never at
import, since the language is known only after the start; a table written at import marks its
sentences with ``mark`` and whoever shows them calls ``tr``. Values are put in afterwards with
``.format``, by name, so that a translator may move them.

What is said now and shown later, perhaps in another language, such as an error that lies in the
outbox, is kept in English: as its literal sentence, or with its values by ``keep``. ``told`` says
it. Errors take such sentences and say them when they are read (``domain/errors.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from gettext import NullTranslations
from typing import NamedTuple

LANGUAGES = {"en": "English", "de": "Deutsch", "ar": "العربية"}
"""By its code, each language that Rapport speaks, in that language."""

SPOKEN = (*LANGUAGES, "pseudo")
"""The last is English with accents, longer and in brackets: shows what is not translated or has no
room."""

_catalogue = NullTranslations()
_ENGLISH = NullTranslations()

_SENTENCE = "\x1e"
_VALUE = "\x1f"
"""Unit separators of ASCII, which no sentence holds."""


_code = "en"
_number: Callable[[int], str] = "{:,}".format


class Marks(NamedTuple):
    """What stands in a number between thousands, and before its decimals."""

    group: str = ","
    point: str = "."


_marks = Marks()


def use(
    catalogue: NullTranslations,
    *,
    code: str = "en",
    number: Callable[[int], str] = "{:,}".format,
    marks: Marks = _marks,
) -> None:
    """Speak the language of this catalogue from now on, and write numbers like this."""
    global _catalogue, _code, _number, _marks
    _catalogue, _code, _number, _marks = catalogue, code, number, marks


def marks() -> Marks:
    """How the person writes numbers."""
    return _marks


def spoken() -> str:
    """The code of the language."""
    return _code


def count(number: int) -> str:
    """A number with the person's group separators: 8,310."""
    return _number(number)


def tr(text: str) -> str:
    """``text`` in the person's language, or as it is where there is no translation."""
    return _catalogue.gettext(text) if text else ""


def trn(one: str, many: str, n: int) -> str:
    """The form that goes with ``n``; languages have between one and six of them."""
    return _catalogue.ngettext(one, many, n)


def trc(context: str, text: str) -> str:
    """``text`` where the same English word means something else in another ``context``."""
    return _catalogue.pgettext(context, text)


def mark(text: str) -> str:
    """``text`` as it is, found by the collector of sentences and translated later."""
    return text


def keep(text: str, /, **values: str) -> str:
    """``text`` with its values, as it is stored; ``told`` and ``english`` say it."""
    held = (f"{name}={_bare(value)}" for name, value in values.items())
    return _VALUE.join((text, *held))


def join(*kept: str) -> str:
    """Several sentences to be stored as one."""
    return _SENTENCE.join(filter(None, kept))


def told(kept: str) -> str:
    """What was kept, in the person's language of now."""
    return _said(kept, _catalogue)


def english(kept: str) -> str:
    """What was kept, as a log or a file says it."""
    return _said(kept, _ENGLISH)


def _said(kept: str, catalogue: NullTranslations) -> str:
    return " ".join(_sentence(part, catalogue) for part in kept.split(_SENTENCE) if part)


def _sentence(part: str, catalogue: NullTranslations) -> str:
    text, *held = part.split(_VALUE)
    text = catalogue.gettext(text)
    return text.format(**dict(one.split("=", 1) for one in held)) if held else text


def _bare(value: str) -> str:
    return value.replace(_SENTENCE, " ").replace(_VALUE, " ")
