"""English as it might look in another language, for tests and for eyes: ⟦Šàvé çĥàñĝéš ···⟧."""

from __future__ import annotations

import re
from gettext import NullTranslations

START, END = "⟦", "⟧"
_LONGER = 0.4
_WORD = 7
_ACCENTS = str.maketrans(
    "aceghijklnorstuwyzACEGHIJKLNORSTUWYZ", "àçéĝĥîĵķĺñôŕšţûŵýžÀÇÉĜĤÎĴĶĹÑÔŔŠŢÛŴÝŽ"
)
_PLACES = re.compile(r"(\{[^}]*\})")


class PseudoTranslations(NullTranslations):
    """Values keep their places, so that the sentences work."""

    def gettext(self, message: str) -> str:
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return pseudo(super().ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        # The form of a date is no sentence.
        return message if context == "date" else pseudo(message)


def pseudo(text: str) -> str:
    if not any(char.isalpha() for char in _PLACES.sub("", text)):
        return text
    parts = _PLACES.split(text)
    accented = "".join(part if part.startswith("{") else part.translate(_ACCENTS) for part in parts)
    return f"{START}{accented} {_more(round(len(text) * _LONGER))}{END}"


def _more(length: int) -> str:
    """So many letters, as words: a longer language breaks its lines, too."""
    return " ".join("·" * min(_WORD, length - at) for at in range(0, length, _WORD))
