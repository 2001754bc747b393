"""A filter as text, such as ``tag:vip (due:today OR -owner:none) city:"New York"``.

Reading that text again (``typed_filters``) gives the same conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rapport.domain.filter_words import ANY, NONE, NUMBERS, Vocabulary, day_text
from rapport.domain.filters import (
    AddedWithin,
    AllOf,
    AnyCondition,
    AnyOf,
    BirthdayWithin,
    DateIn,
    DoNotDisturb,
    DueWithin,
    FieldFilled,
    FieldHas,
    FieldIs,
    FieldNumber,
    HasTag,
    Mentions,
    NoOpenTask,
    OwnedBy,
    QuietFor,
    TaskOverdue,
    Without,
)

_BARE = re.compile(r"[^\s\"()<>=|][^\s\"()|]*")
_OWN_SPAN = ("added", "due", "birthday")
"""Keys behind which “7d” means something else than the last seven days."""


def filter_text(conditions: Iterable[AnyCondition], vocabulary: Vocabulary) -> str:
    writer = _Writer(vocabulary)
    return " ".join(writer.part(one) for one in conditions)


def quoted(value: str, *, never: Iterable[str] = ()) -> str:
    """``value`` as it may stand behind a key; what would be read as something else, such as one of
    ``never``, stands in quotation marks."""
    if _BARE.fullmatch(value) and value.lower() not in never and not value.endswith(":"):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Writer:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._keys = {id: key for key, id in vocabulary.custom_keys().items()}
        self._users = {id: name for name, id in vocabulary.users.items()}

    def part(self, condition: AnyCondition) -> str:
        """As one of several that stand beside each other."""
        match condition:
            case AnyOf(of=several) if len(several) > 1:
                return " OR ".join(self._operand(one) for one in several)
            case AllOf(of=several) if len(several) > 1:
                return f"({' '.join(self.part(one) for one in several)})"
            case AnyOf(of=(one,)) | AllOf(of=(one,)):
                return self.part(one)
            case AnyOf():
                return '-text:""'
            case AllOf():
                return 'text:""'
            case Without(of=inner):
                turned = f"({self.part(inner)})" if isinstance(inner, Without) else ""
                return f"-{turned or self._operand(inner)}"
        return self._simple(condition)

    def _operand(self, condition: AnyCondition) -> str:
        """As one word, or in brackets."""
        if isinstance(condition, AnyOf):
            return f"({self.part(condition)})"
        return self.part(condition)

    def _simple(self, condition: AnyCondition) -> str:
        match condition:
            case HasTag(tag=tag):
                return f"tag:{quoted(tag, never=(ANY, NONE))}"
            case OwnedBy(user_id=None):
                return f"owner:{NONE}"
            case OwnedBy(user_id=str(user_id)):
                name = self._users.get(user_id)
                return f"owner:{quoted(name, never=(ANY, NONE, 'me')) if name else f'={user_id}'}"
            case AddedWithin(days=days):
                return f"added:{days}d"
            case QuietFor(days=days):
                return f"quiet:{days}d"
            case BirthdayWithin(days=days):
                return f"birthday:{days}d"
            case DueWithin(days=days):
                return "due:today" if days == 1 else f"due:{days}d"
            case NoOpenTask():
                return f"due:{NONE}"
            case TaskOverdue():
                return "due:overdue"
            case DoNotDisturb():
                return "dnd:yes"
            case Mentions(text=text):
                return f"text:{quoted(text)}"
            case FieldFilled(field=field):
                return f"{self._key(field)}:{ANY}"
            case FieldIs(field=field, text=text):
                return f"{self._key(field)}:={quoted(text)}"
            case FieldHas(field=field, text=text):
                return f"{self._key(field)}:{self._sought(field, text)}"
            case FieldNumber(field=field, than=than, number=number):
                shown = f"{number:.15g}"
                sign = "" if than.value == "=" and not shown.startswith("-") else than.value
                return f"{self._key(field)}:{sign}{shown}"
            case DateIn():
                return f"{self._key(condition.field)}:{_days(condition)}"
        raise AssertionError(condition)

    def _sought(self, field: str, text: str) -> str:
        kind = self._vocabulary.types.get(field, "")
        if kind in NUMBERS or kind == "DATE":
            # Without the marks it would be a number or a day.
            return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return quoted(text, never=(ANY, NONE))

    def _key(self, field: str) -> str:
        if field == "tags":
            return "tag"
        return self._keys.get(field) or field.replace("_", "-")


def _days(condition: DateIn) -> str:
    first, last = condition.first, condition.last
    if first is None:
        return f"<={day_text(last)}" if last is not None else ANY
    if last is None:
        return f">={day_text(first)}"
    if first == last and (isinstance(first, str) or abs(first) <= 1):
        if not (condition.field == "due" and first == 0) and condition.field != "birthday":
            return day_text(first)
    elif condition.field not in _OWN_SPAN and last == 0 and isinstance(first, int) and first < 0:
        return f"{-first}d"
    elif condition.field not in _OWN_SPAN and first == 0 and isinstance(last, int) and last > 0:
        return f"+{last}d"
    return f"{day_text(first)}..{day_text(last)}"
