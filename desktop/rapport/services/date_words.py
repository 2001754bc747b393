"""The words in which people type dates, rhythms and reminders, as data: one table per language.

English is always understood beside the language of the window. Everything is in lower case, as it
is compared; a phrase may have several words.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from functools import cached_property, lru_cache
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Words:
    """What a language calls things. Numbers by word unless said otherwise."""

    months: dict[str, int] = field(default_factory=dict)
    weekdays: dict[str, int] = field(default_factory=dict)
    """0 is Monday."""
    numbers: dict[str, int] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    """Days from today: "tomorrow" is 1."""
    periods: dict[str, str] = field(default_factory=dict)
    """To next-week, weekend, next-month or month-end."""
    times: dict[str, time] = field(default_factory=dict)
    """Times of day. One at night, said alone, is today's."""
    units: dict[str, str] = field(default_factory=dict)
    """To minute, hour, day, week, month or year."""
    on: tuple[str, ...] = ()
    """May stand before a day."""
    at: tuple[str, ...] = ()
    """Stands before an hour."""
    into: tuple[str, ...] = ()
    """Stands before a length of time from now."""
    from_now: tuple[str, ...] = ()
    """Stands behind one."""
    clock: tuple[str, ...] = ()
    """Stands behind an hour."""
    of: tuple[str, ...] = ()
    """Between a day and its month."""
    this: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    ordinals: tuple[str, ...] = ()
    """Endings of a counted day."""
    every: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    """Every other week: every second one."""
    workdays: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    """Joins weekdays: "and"."""
    rhythms: dict[str, tuple[int, str]] = field(default_factory=dict)
    """“weekly” is every 1 week."""
    after_done: tuple[str, ...] = ()
    """Counted from the day on which it was done."""
    remind: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    ambiguous: frozenset[str] = frozenset()
    """Dates in a field for dates; inside a sentence they may mean something else."""
    me: tuple[str, ...] = ()


def _numbered(words: str) -> dict[str, int]:
    """By the word, counted from one."""
    return {word: number for number, word in enumerate(words.split(), start=1)}


_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_DAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}

ENGLISH = Words(
    months=_MONTHS | {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9},
    weekdays=_DAYS
    | {name[:3]: number for name, number in _DAYS.items()}
    | {"tues": 1, "thur": 3, "thurs": 3},
    numbers=_numbered("one two three four five six seven eight nine ten") | {"a": 1, "an": 1},
    days={
        "today": 0,
        "tod": 0,
        "now": 0,
        "tomorrow": 1,
        "tmr": 1,
        "tom": 1,
        "tmrw": 1,
        "day after tomorrow": 2,
        "the day after tomorrow": 2,
        "yesterday": -1,
    },
    periods={
        "next week": "next-week",
        "weekend": "weekend",
        "this weekend": "weekend",
        "next month": "next-month",
        "end of month": "month-end",
        "end of the month": "month-end",
        "eom": "month-end",
    },
    times={
        "noon": time(12),
        "midday": time(12),
        "morning": time(9),
        "afternoon": time(14),
        "evening": time(18),
        "tonight": time(20),
        "night": time(20),
    },
    units={
        **dict.fromkeys(("min", "mins", "m", "minute", "minutes"), "minute"),
        **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "hour"),
        **dict.fromkeys(("d", "day", "days"), "day"),
        **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "week"),
        **dict.fromkeys(("month", "months"), "month"),
        **dict.fromkeys(("y", "yr", "year", "years"), "year"),
    },
    on=("on", "by", "due"),
    at=("at",),
    into=("in",),
    from_now=("from now",),
    clock=("o'clock", "o’clock"),
    of=("of",),
    this=("this", "in the", "at"),
    next=("next",),
    ordinals=("st", "nd", "rd", "th"),
    every=("every", "each"),
    other=("other", "second"),
    workdays=("weekday", "weekdays", "workday", "workdays", "working day", "working days"),
    together=("and", "&", "+"),
    rhythms={
        "daily": (1, "day"),
        "weekly": (1, "week"),
        "biweekly": (2, "week"),
        "fortnightly": (2, "week"),
        "monthly": (1, "month"),
        "quarterly": (3, "month"),
        "yearly": (1, "year"),
        "annually": (1, "year"),
    },
    after_done=("after completion", "after it is done", "after done", "after it's done"),
    remind=("remind me", "remind", "reminder"),
    before=("before",),
    ambiguous=frozenset({"tom", "tod", "now", "night", "yesterday"}),
    me=("me",),
)

GERMAN = Words(
    months={
        **_numbered(
            "januar februar märz april mai juni juli august september oktober november dezember"
        ),
        **dict.fromkeys(("jän", "jänner"), 1),
        **_numbered("jan feb mär apr mai jun jul aug sep okt nov dez"),
        **{"mrz": 3, "sept": 9},
    },
    weekdays={
        name: number
        for number, names in enumerate(
            (
                ("montag", "mo"),
                ("dienstag", "di"),
                ("mittwoch", "mi"),
                ("donnerstag", "do"),
                ("freitag", "fr"),
                ("samstag", "sa", "sonnabend"),
                ("sonntag", "so"),
            )
        )
        for name in names
    },
    numbers={
        **_numbered("eins zwei drei vier fünf sechs sieben acht neun zehn"),
        **dict.fromkeys(("ein", "eine", "einer", "einem", "einen"), 1),
    },
    days={"heute": 0, "morgen": 1, "übermorgen": 2, "gestern": -1},
    periods={
        "nächste woche": "next-week",
        "wochenende": "weekend",
        "am wochenende": "weekend",
        "nächsten monat": "next-month",
        "monatsende": "month-end",
    },
    times={
        "mittags": time(12),
        "mittag": time(12),
        "früh": time(9),
        "vormittag": time(10),
        "nachmittag": time(14),
        "abend": time(18),
        "heute abend": time(18),
    },
    units={
        **dict.fromkeys(("minute", "minuten"), "minute"),
        **dict.fromkeys(("std", "stunde", "stunden"), "hour"),
        **dict.fromkeys(("tag", "tage", "tagen"), "day"),
        **dict.fromkeys(("woche", "wochen"), "week"),
        **dict.fromkeys(("monat", "monate", "monaten"), "month"),
        **dict.fromkeys(("jahr", "jahre", "jahren"), "year"),
    },
    on=("am", "bis", "bis zum"),
    at=("um",),
    into=("in",),
    clock=("uhr",),
    this=("diesen", "am"),
    next=("nächsten", "nächste", "nächster", "kommenden"),
    every=("jeden", "jede", "jedes", "alle"),
    other=("zweiten", "zweite", "zweites"),
    workdays=("werktag", "arbeitstag", "werktage"),
    together=("und",),
    rhythms={
        "täglich": (1, "day"),
        "wöchentlich": (1, "week"),
        "monatlich": (1, "month"),
        "jährlich": (1, "year"),
    },
    after_done=("nach erledigung",),
    remind=("erinnere mich", "erinnern"),
    before=("vorher", "davor"),
    ambiguous=frozenset({"so", "do", "mi", "sa", "mo", "di", "fr", "mai", "früh", "gestern"}),
    me=("mich", "mir"),
)

ARABIC = Words(
    months={
        **_numbered("يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر"),
        # As Morocco says them.
        **_numbered("يناير فبراير مارس أبريل ماي يونيو يوليوز غشت شتنبر أكتوبر نونبر دجنبر"),
    },
    weekdays={
        name: number
        for number, names in enumerate(
            (
                ("الاثنين", "الإثنين"),
                ("الثلاثاء",),
                ("الأربعاء", "الاربعاء"),
                ("الخميس",),
                ("الجمعة",),
                ("السبت",),
                ("الأحد", "الاحد"),
            )
        )
        for name in names
    },
    days={"اليوم": 0, "غدا": 1, "غدًا": 1, "غداً": 1, "بعد غد": 2, "أمس": -1},
    periods={"الأسبوع القادم": "next-week", "الشهر القادم": "next-month"},
    times={"ظهرا": time(12), "صباحا": time(9), "مساء": time(18), "الليلة": time(20)},
    units={
        **dict.fromkeys(("دقيقة", "دقائق"), "minute"),
        **dict.fromkeys(("ساعة", "ساعات"), "hour"),
        **dict.fromkeys(("يوم", "أيام"), "day"),
        **dict.fromkeys(("أسبوع", "أسابيع"), "week"),
        **dict.fromkeys(("شهر", "أشهر"), "month"),
        **dict.fromkeys(("سنة", "سنوات"), "year"),
    },
    on=("يوم", "في يوم", "قبل يوم"),
    at=("الساعة", "في الساعة", "عند الساعة"),
    into=("بعد",),
    every=("كل",),
    workdays=("يوم عمل",),
    together=("و",),
    rhythms={"يوميا": (1, "day"), "أسبوعيا": (1, "week"), "شهريا": (1, "month")},
    after_done=("بعد الإنجاز",),
    remind=("ذكرني",),
    before=("قبل", "قبلها"),
    ambiguous=frozenset({"أمس", "مساء", "صباحا"}),
    me=("أنا",),
)

TABLE: dict[str, Words] = {"en": ENGLISH, "de": GERMAN, "ar": ARABIC}
"""By the code of a language. Another language is another line here."""


class Lexicon:
    """The words of a language and English together, and the patterns made of them."""

    def __init__(self, words: Words) -> None:
        self.words = words

    @cached_property
    def clock(self) -> re.Pattern[str]:
        at, behind = _any_of(self.words.at), _any_of(self.words.clock)
        lead = rf"(?:\b(?:{at})\s+|@\s*)"
        return re.compile(
            rf"{lead}?\b(?:"
            r"(?P<h24>\d{1,2})[:h](?P<m24>\d{2})(?:\s*(?P<ap24>[ap])\.?m\.?)?"
            r"|(?P<h12>\d{1,2})(?:\.(?P<m12>\d{2}))?\s*(?P<ap12>[ap])\.?m\.?"
            rf"|(?P<said>\d{{1,2}})\s*(?:{behind})"
            r")(?![\w:])"
            rf"|{lead}(?P<hour>\d{{1,2}})(?![\w:/.-])"
        )

    @cached_property
    def times(self) -> list[tuple[re.Pattern[str], time]]:
        this = _any_of(self.words.this)
        return [
            (re.compile(rf"(?:\b(?:{this})\s+)?\b{re.escape(word)}\b"), moment)
            for word, moment in _longest_first(self.words.times)
        ]

    @cached_property
    def ahead(self) -> re.Pattern[str]:
        """A length of time from now; its number and its unit."""
        into, behind = _any_of(self.words.into), _any_of(self.words.from_now)
        numbers, units = _any_of(self.words.numbers), _any_of(self.words.units)
        return re.compile(
            rf"(?P<lead>(?:{into})\s+|\+\s*)?(?P<count>\d{{1,4}}|{numbers})\s*(?P<unit>{units})"
            rf"(?P<tail>\s+(?:{behind}))?"
        )

    @cached_property
    def leading(self) -> re.Pattern[str]:
        return re.compile(rf"^(?:{_any_of(self.words.on)})\s+")

    @cached_property
    def trailing(self) -> re.Pattern[str]:
        return re.compile(rf"\s*\b(?:{_any_of((*self.words.at, *self.words.on))})\b\s*$")

    @cached_property
    def this(self) -> re.Pattern[str]:
        return re.compile(rf"^(?:{_any_of(self.words.this)})\s+")

    @cached_property
    def next(self) -> re.Pattern[str]:
        return re.compile(rf"^(?:{_any_of(self.words.next)})\s+")

    @cached_property
    def day_month(self) -> re.Pattern[str]:
        endings, of = _any_of(self.words.ordinals), _any_of(self.words.of)
        return re.compile(
            rf"(\d{{1,2}})(?:{endings}|\.)?\s+(?:(?:{of})\s+)?([^\W\d_]{{3,12}})\.?(?:\s+(\d{{4}}))?"
        )

    @cached_property
    def month_day(self) -> re.Pattern[str]:
        endings = _any_of(self.words.ordinals)
        return re.compile(rf"([^\W\d_]{{3,12}})\.?\s+(\d{{1,2}})(?:{endings}|\.)?(?:\s+(\d{{4}}))?")

    @cached_property
    def ordinal(self) -> re.Pattern[str]:
        return re.compile(rf"(?:the\s+)?(\d{{1,2}})(?:{_any_of(self.words.ordinals)})")

    @cached_property
    def reminder(self) -> re.Pattern[str]:
        """“!10m”, “!remind 10m before”, “remind me 10 min before”."""
        words = self.words
        remind, before = _any_of(words.remind), _any_of(words.before)
        units = _any_of(words.units)
        first, second = (rf"(?P<n{place}>\d{{1,4}})\s*(?P<u{place}>{units})" for place in (1, 2))
        return re.compile(
            rf"(?<!\S)(?:!\s*(?:(?:{remind})\s+)?{first}(?:\s+(?:{before}))?"
            rf"|(?:{remind})\s+{second}\s+(?:{before})"
            rf"|!\s*(?:{remind}))(?![\w:])",
            re.IGNORECASE,
        )

    @cached_property
    def rhythm(self) -> re.Pattern[str]:
        """“every 2 weeks”, “every other friday”, “every mon and thu”, “every 15th”."""
        words = self.words
        day = _any_of(words.weekdays)
        join = rf"\s*(?:,|(?:{_any_of(words.together)})\b|&|\+)?\s*"
        return re.compile(
            rf"(?<!\S)(?:{_any_of(words.every)})(?P<bang>!?)\s+"
            rf"(?:(?P<other>{_any_of(words.other)})\s+"
            rf"|(?P<n>\d{{1,3}}|{_any_of(words.numbers)})\.?\s+)?"
            rf"(?:(?P<work>{_any_of(words.workdays)})"
            rf"|(?P<days>(?:{day})(?:{join}(?:{day}))*)"
            rf"|(?P<unit>{_any_of(words.units)})"
            rf"|(?P<nth>\d{{1,2}})(?:{_any_of(words.ordinals)}))"
            rf"(?P<done>\s+(?:{_any_of(words.after_done)}))?(?![\w:])",
            re.IGNORECASE,
        )

    @cached_property
    def weekday(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{_any_of(self.words.weekdays)})\b", re.IGNORECASE)

    @cached_property
    def adverb(self) -> re.Pattern[str]:
        return re.compile(
            rf"(?<!\S)(?P<word>{_any_of(self.words.rhythms)})"
            rf"(?P<done>\s+(?:{_any_of(self.words.after_done)}))?(?![\w:])",
            re.IGNORECASE,
        )

    def count(self, word: str) -> int | None:
        if word.isdecimal():
            return int(word)
        return self.words.numbers.get(word.lower())


def _any_of(words: Iterable[str]) -> str:
    """The longest first, so that "weeks" is not read as "week"; nothing at all matches nothing."""
    return "|".join(re.escape(word) for word, _ in _longest_first(dict.fromkeys(words))) or r"(?!)"


def _longest_first(words: Mapping[str, T]) -> list[tuple[str, T]]:
    return sorted(words.items(), key=lambda item: -len(item[0]))


def _with_english(words: Words) -> Words:
    merged: dict[str, Any] = {}
    for one in fields(Words):
        english, other = getattr(ENGLISH, one.name), getattr(words, one.name)
        merges = isinstance(english, dict | frozenset)
        merged[one.name] = english | other if merges else (*english, *other)
    return Words(**merged)


@lru_cache(maxsize=8)
def lexicon(locale: str = "en") -> Lexicon:
    """The words of a locale such as "de_AT", and English."""
    language = re.split(r"[_.@-]", locale)[0].lower()
    words = TABLE.get(language, ENGLISH)
    return Lexicon(ENGLISH if words is ENGLISH else _with_english(words))


_spoken = "en"


def speak(locale: str) -> None:
    """Understand the words of this locale, too, from now on."""
    global _spoken
    _spoken = locale


def spoken() -> Lexicon:
    return lexicon(_spoken)
