"""What a word of a typed filter may be completed to: a key, or a value behind one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from rapport.domain.filter_text import quoted
from rapport.domain.filter_values import DUE, begins
from rapport.domain.filter_words import ALIASES, ANY, CHOICES, KEYS, NONE, Vocabulary
from rapport.domain.text import fold
from rapport.language import mark

ABOUT = {
    "tag": mark("a tag"),
    "owner": mark("who it belongs to"),
    "due": mark("when the next task is due"),
    "added": mark("when it was created"),
    "activity": mark("when something happened last"),
    "quiet": mark("nothing happened for so long"),
    "company": mark("the company"),
    "name": mark("the name"),
    "email": mark("the e-mail address"),
    "phone": mark("the phone number"),
    "city": mark("the city"),
    "state": mark("the state"),
    "country": mark("the country"),
    "postal-code": mark("the postal code"),
    "address": mark("the street"),
    "website": mark("the website"),
    "source": mark("where it came from"),
    "type": mark("the type of contact"),
    "timezone": mark("the time zone"),
    "updated": mark("when it was changed last"),
    "birthday": mark("the birthday"),
    "dnd": mark("do not disturb"),
    "text": mark("words anywhere, notes included"),
}
_SPANS = ("today", "7d", "30d", "90d", "1y", ANY, NONE)
_FIXED = {
    "due": DUE,
    "added": ("today", "7d", "30d", "90d", "1y"),
    "quiet": ("7d", "30d", "60d", "1y"),
    "activity": ("today", "7d", "30d", ">60d"),
    "updated": ("today", "7d", "30d"),
    "birthday": ("today", "7d", "30d", ANY, NONE),
    "dnd": ("yes", "no"),
}


class Completion(Struct, frozen=True, kw_only=True):
    """``text`` replaces the word; ``label`` is what is offered."""

    text: str
    label: str
    about: str = ""
    """for a key, what it asks; to be translated"""
    kind: str = "value"
    """key, tag, owner or value"""
    id: str = ""
    """the owner's"""


class Begun(Struct, frozen=True, kw_only=True):
    """A word that is being typed, taken apart."""

    before: str
    """a minus, an opening bracket"""
    key: str
    value: str
    has_value: bool

    @classmethod
    def of(cls, word: str) -> Begun:
        bare = word.lstrip("-(")
        before = word[: len(word) - len(bare)]
        key, colon, value = bare.partition(":")
        folded = fold(key).replace("_", "-")
        return cls(
            before=before,
            key=ALIASES.get(folded, folded),
            value=value.lstrip('"').removesuffix('"'),
            has_value=bool(colon),
        )


def completions(word: str, vocabulary: Vocabulary, known: Iterable[str] = ()) -> list[Completion]:
    """``known`` are values that contacts have, the best first, for keys such as ``tag``."""
    begun = Begun.of(word)
    return list(_values(begun, vocabulary, known) if begun.has_value else _keys(begun, vocabulary))


def _keys(begun: Begun, vocabulary: Vocabulary) -> Iterator[Completion]:
    if len(begun.key) < 2:
        return
    names = {id: name for name, id in vocabulary.custom.items()}
    for key in KEYS:
        if key.startswith(begun.key):
            text = f"{begun.before}{key}:"
            yield Completion(text=text, label=f"{key}:", about=ABOUT[key], kind="key")
    for key, id in vocabulary.custom_keys().items():
        if key.startswith(begun.key):
            text = f"{begun.before}{key}:"
            yield Completion(text=text, label=f"{key}:", about=names[id], kind="key")


def _values(begun: Begun, vocabulary: Vocabulary, known: Iterable[str]) -> Iterator[Completion]:
    value = fold(begun.value)

    def made(text: str, *, label: str = "", kind: str = "value", id: str = "") -> Completion:
        whole = f"{begun.before}{begun.key}:{text}"
        return Completion(text=whole, label=label or text, kind=kind, id=id)

    if begun.key == "owner":
        for word in (*(("me",) if vocabulary.me else ()), NONE):
            if word.startswith(value):
                yield made(word)
        for name, id in vocabulary.users.items():
            if begins(name, value):
                yield made(quoted(name, never=(ANY, NONE, "me")), label=name, kind="owner", id=id)
        return
    custom = vocabulary.custom_keys().get(begun.key)
    kind = vocabulary.types.get(custom or "", "")
    fixed = _FIXED.get(begun.key, _SPANS if kind == "DATE" else ())
    if custom is not None and kind in CHOICES:
        fixed = ()
        for option in vocabulary.options.get(custom, ()):
            if begins(option, value):
                yield made(f"={quoted(option)}", label=option)
    for word in fixed:
        if word.startswith(value):
            yield made(word)
    for one in known:
        label = "tag" if begun.key == "tag" else "value"
        yield made(quoted(one, never=(ANY, NONE)), label=one, kind=label)
