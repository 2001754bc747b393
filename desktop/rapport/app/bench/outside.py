"""The real program, watched and used from without: nothing in it knows that it is measured."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import psutil

from rapport.app.bench.programs import Failed, Program, rapport_command, running
from rapport.app.bench.screen import Area, Screen

SCREEN = (1280, 860)
"""Pixels. Fresh settings make the window 1280x800; the rest is for frame and panel."""
ROWS = Area(240, 240, 340, 560)
"""Well inside the rows of the list, wherever the window manager puts such a window."""
TAGS_SHOWN = Area(604, 162, 230, 42)
"""Of the open contact."""
SEARCH_FIELD = (400, 44)
"""A point in it."""
FIRST_TASK = (400, 260)
"""A point in the first row or two of the Today page."""
TASKS_LEFT = Area(160, 80, 52, 26)
"""The number of due tasks in the sidebar."""
TASK_ROWS = Area(240, 140, 600, 675)
"""Of the Today page, where no toast covers them: one that counts down never comes to rest."""

SENTENCE_PANEL = Area(480, 150, 420, 40)
"""In the line of the panel that adds a task in a sentence."""
UNDERSTOOD = Area(345, 195, 560, 80)
"""What it says below of the sentence."""

COLUMNS = ((330, 170), (525, 170), (685, 170), (860, 170))
"""Points in the head of the table, each in a column that sorts."""
CARDS = Area(240, 180, 900, 600)
"""Well inside the cards."""

SETTLED_S = 1.5
"""The list has settled when its pixels have not changed for so long."""
QUIET_S = 0.25
"""The same after an action, with somebody waiting for it."""
LIMIT_S = 60.0
LEAST_COLOURS = 24
"""Placeholders have a few greys; rows with names, avatars and tags have many colours."""
AT_REST_S = 4.0
"""After a start: the parts that nobody waits for come up."""
IDLE_S = 10.0

WORDS = ("maria", "schmidt", "vip", "solar", "garcia", "installer", "berg", "quote", "lisboa")
"""Searched for letter by letter, and taken back."""
SENTENCES = ("call maria fri 3pm", "quote for garcia tomorrow 9:30", "ring jose every 2 weeks")
OPENINGS = 12
STEPS = 150
SORTS = 6
"""Clicks on each column."""
TAGS = 20
NEW_TAG = "zz"
TASKS = 20


class Change(NamedTuple):
    """Milliseconds from the input to the first and the last frame that differed."""

    first: float
    last: float


class Open:
    """The program at rest, with its list on screen."""

    def __init__(self, process: Program, screen: Screen, start_ms: float) -> None:
        self.process = process
        self.screen = screen
        self.start_ms = start_ms
        """From exec to the last change of the settled list."""

    def change(
        self, area: Area, act: Callable[[], None], *, quiet_s: float = QUIET_S
    ) -> Change | None:
        """What ``act`` changes in ``area``; None when nothing has changed after ``quiet_s``."""
        self.screen.damages(0.0)
        seen = self.screen.look(area)
        began = time.monotonic()
        act()
        times: list[float] = []
        while time.monotonic() - (times[-1] if times else began) < quiet_s:
            drawn = [at for at, where in self.screen.damages(0.02) if where.meets(area)]
            if drawn and (now := self.screen.look(area)) != seen:
                seen = now
                times.append(drawn[-1])
            if time.monotonic() - began > LIMIT_S:
                raise Failed("the window does not come to rest")
        if not times:
            return None
        return Change((times[0] - began) * 1000, (times[-1] - began) * 1000)

    def must_change(
        self, what: str, area: Area, act: Callable[[], None], *, quiet_s: float = QUIET_S
    ) -> Change:
        found = self.change(area, act, quiet_s=quiet_s)
        if found is None:
            raise Failed(f"{what} changed nothing on the screen")
        return found

    def do(self, area: Area, *keys: str) -> None:
        """Presses keys and waits for what comes of each; nothing is measured."""
        for key in keys:
            self.change(area, lambda key=key: self.screen.key(key))  # type: ignore[misc]


@contextlib.contextmanager
def opened(profile: Path, env: dict[str, str]) -> Iterator[Open]:
    """Starts the program and waits until its list has settled. Raises Failed."""
    with Screen(env["DISPLAY"]) as screen:
        screen.watch()
        command = rapport_command("--profile", str(profile))
        screen.damages(0.0)
        blank = screen.look(ROWS)
        began = time.monotonic()
        with running(command, env) as process:
            settled = _settle(screen, process, blank, began)
            yield Open(process, screen, (settled - began) * 1000)


def _settle(screen: Screen, process: Program, blank: int, began: float) -> float:
    seen, last = blank, None
    while last is None or time.monotonic() - last < SETTLED_S:
        process.check("its list came to rest")
        if time.monotonic() - began > LIMIT_S:
            raise Failed("the list did not come to rest")
        drawn = [at for at, where in screen.damages(0.02) if where.meets(ROWS)]
        if drawn and (now := screen.look(ROWS)) != seen:
            seen, last = now, drawn[-1]
    pixels = screen.pixels(ROWS)
    if len({pixels[at : at + 4] for at in range(0, len(pixels), 4)}) < LEAST_COLOURS:
        raise Failed("the list came to rest without its rows")
    return last


# What is measured: each takes the open program and returns its samples by name.

Samples = dict[str, list[float]]


def starting(program: Open) -> Samples:
    return {"start_to_list_ms": [program.start_ms]}


def resting(program: Open) -> Samples:
    """What a program that nobody uses holds and does."""
    time.sleep(AT_REST_S)
    return {
        "pss_mb": [pss_mb(program.process.pid)],
        "idle_cpu_percent": [idle_percent(program.process.pid, IDLE_S)],
    }


def searching(program: Open) -> Samples:
    """Each letter typed into the search field, to the last change of the rows it leads to. A letter
    that leaves the visible rows as they are is not counted."""
    time.sleep(AT_REST_S)
    screen = program.screen
    screen.move(*SEARCH_FIELD)
    program.change(ROWS, screen.press)
    samples = []
    for word in WORDS:
        for key in [*word, *["BackSpace"] * len(word)]:
            found = program.change(ROWS, lambda key=key: screen.key(key))  # type: ignore[misc]
            if found is not None:
                samples.append(found.last)
    if len(samples) < sum(map(len, WORDS)) / 2:
        raise Failed("typing into the search field changed too little on the screen")
    return {"search_keystroke_ms_p95": samples}


def adding(program: Open) -> Samples:
    """The key that opens the panel, to the first frame that shows it; each letter of a sentence, to
    the last change of what was understood. A letter that changes nothing there is not counted."""
    time.sleep(AT_REST_S)
    screen = program.screen
    screen.move(*_middle(ROWS))
    program.must_change("a click on a contact", ROWS, screen.press)
    opening: list[float] = []
    reading: list[float] = []

    def opened_panel() -> float:
        return program.must_change("Q", SENTENCE_PANEL, lambda: screen.key("q"), quiet_s=1.0).first

    for turn in range(OPENINGS):
        opening.append(opened_panel())
        sentence = SENTENCES[turn % len(SENTENCES)]
        for key in map(_key_of, sentence):
            found = program.change(UNDERSTOOD, lambda key=key: screen.key(*key))  # type: ignore[misc]
            if found is not None:
                reading.append(found.last)
        for keys in (("a", "Control_L"), ("BackSpace",), ("Escape",)):
            program.change(SENTENCE_PANEL, lambda keys=keys: screen.key(*keys))  # type: ignore[misc]
    if len(reading) < OPENINGS * 8:
        raise Failed("typing a sentence changed too little on the screen")
    return {"quick_add_open_ms_p95": opening, "quick_add_preview_ms_p95": reading}


def _key_of(letter: str) -> tuple[str, ...]:
    names = {" ": ("space",), ":": ("semicolon", "Shift_L")}
    return names.get(letter, (letter,))


def scrolling(program: Open) -> Samples:
    """Each turn of the wheel and each page down, to the first frame that shows it."""
    time.sleep(AT_REST_S)
    screen = program.screen
    screen.move(*_middle(ROWS))
    samples = []
    turns = [*[5] * STEPS, *[4] * (STEPS // 2)]
    for button in turns:
        found = program.change(ROWS, lambda button=button: screen.press(button), quiet_s=0.05)  # type: ignore[misc]
        if found is not None:
            samples.append(found.first)
    screen.press(1)
    program.change(ROWS, lambda: None)
    for _ in range(STEPS // 2):
        found = program.change(ROWS, lambda: screen.key("Next"), quiet_s=0.05)
        if found is not None:
            samples.append(found.first)
    if len(samples) < STEPS:
        raise Failed("turning the wheel changed too little on the screen")
    return {"scroll_frame_ms_p99": samples}


def sorting(program: Open) -> Samples:
    """Each click on a column of the table, to the first frame in the new order."""
    time.sleep(AT_REST_S)
    screen = program.screen
    screen.move(*_middle(ROWS))
    program.must_change("a click on a contact", ROWS, screen.press)
    program.must_change("showing the table", ROWS, lambda: screen.key("v"))
    samples = []
    for _ in range(SORTS):
        for point in COLUMNS:
            screen.move(*point)
            time.sleep(QUIET_S)
            samples.append(program.must_change("sorting", ROWS, screen.press).first)
    return {"sort_paint_ms_p95": samples}


def leafing(program: Open) -> Samples:
    """Each turn of the wheel over the grid of cards, to the first frame that shows it."""
    time.sleep(AT_REST_S)
    screen = program.screen
    screen.move(*_middle(ROWS))
    program.must_change("a click on a contact", ROWS, screen.press)
    for _ in range(2):
        program.must_change("showing the cards", ROWS, lambda: screen.key("v"))
    screen.move(*_middle(CARDS))
    samples = []
    for button in [*[5] * STEPS, *[4] * (STEPS // 2)]:
        found = program.change(CARDS, lambda button=button: screen.press(button), quiet_s=0.05)  # type: ignore[misc]
        if found is not None:
            samples.append(found.first)
    if len(samples) < STEPS:
        raise Failed("turning the wheel over the cards changed too little on the screen")
    return {"cards_frame_ms_p95": samples}


def acting(program: Open) -> Samples:
    """Choosing a contact, giving it a tag, completing a task: to the first frame that shows it."""
    time.sleep(AT_REST_S)
    screen = program.screen

    def press(*keys: str) -> Callable[[], None]:
        return lambda: screen.key(*keys)

    screen.move(*_middle(ROWS))
    program.must_change("a click on a contact", ROWS, screen.press)
    samples = [
        program.must_change("choosing a contact", ROWS, press("Down")).first
        for _ in range(STEPS // 3)
    ]
    for _ in range(TAGS):
        program.do(TAGS_SHOWN, "l", *NEW_TAG)
        # The field closes at once, the chip follows: the last frame has both.
        samples.append(program.must_change("adding a tag", TAGS_SHOWN, press("Return")).last)
        program.change(TAGS_SHOWN, press("z", "Control_L"))
    program.change(TASK_ROWS, press("1", "Alt_L"), quiet_s=1.0)
    screen.move(*FIRST_TASK)
    program.must_change("a click on a task", TASK_ROWS, screen.press)
    for _ in range(TASKS):
        left = screen.look(TASKS_LEFT)
        samples.append(program.must_change("completing a task", TASK_ROWS, press("space")).first)
        if screen.look(TASKS_LEFT) == left:
            raise Failed("completing a task left the number of due tasks as it was")
        program.do(TASK_ROWS, "j")
    return {"action_paint_ms_p95": samples, "action_paint_ms_max": samples}


def _middle(area: Area) -> tuple[int, int]:
    return area.x + area.width // 2, area.y + area.height // 2


# Memory and processor.


def family(pid: int) -> Sequence[psutil.Process]:
    main = psutil.Process(pid)
    return [main, *main.children(recursive=True)]


def pss_mb(pid: int) -> float:
    """What the process and its children hold; what they share with others counts in part."""
    return sum(process.memory_full_info().pss for process in family(pid)) / 2**20


def idle_percent(pid: int, seconds: float) -> float:
    """Processor time of the process and its children, of one core."""

    def spent() -> float:
        times = [process.cpu_times() for process in family(pid)]
        return sum(one.user + one.system for one in times)

    before, began = spent(), time.monotonic()
    time.sleep(seconds)
    return (spent() - before) / (time.monotonic() - began) * 100
