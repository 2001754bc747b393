"""The colours a note can have. The API takes any (FACTS B3); these are offered, all are shown."""

from __future__ import annotations

import re

from rapport.language import mark, tr

COLOURS: dict[str, str] = {
    "": mark("No colour"),
    "#E5484D": mark("Red"),
    "#FFAA00": mark("Amber"),
    "#30A46C": mark("Green"),
    "#3B82F6": mark("Blue"),
    "#8E4EC6": mark("Violet"),
}
"""Names by what is sent. They mark an edge, and are bright enough on both grounds."""

_HEX = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)


def painted(colour: str) -> str:
    """The colour where it can be painted, else ""."""
    return colour if _HEX.fullmatch(colour) else ""


def colour_name(colour: str) -> str:
    """A word for the colour, which is never told by itself alone; "" for none."""
    if not painted(colour):
        return ""
    words = COLOURS.get(colour.upper())
    return tr(words) if words else tr("Colour {code}").format(code=colour.upper())
