"""What a person reads, in their language: the one door to the translations, open to every room.

A literal English sentence is its own key. ``tr`` is called where the sentence is needed, never at
import, since the language is known only after the start; a table written at import marks its
sentences with ``mark`` and whoever shows them calls ``tr``. Values are put in afterwards with
``.format``, by name, so that a translator may move them.
"""

from __future__ import annotations

from gettext import NullTranslations

_catalogue = NullTranslations()


def use(catalogue: NullTranslations) -> None:
    """Speak the language of this catalogue from now on."""
    global _catalogue
    _catalogue = catalogue


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
