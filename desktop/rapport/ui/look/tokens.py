"""The colours of Rapport: one frozen set of tokens per appearance.

Nothing outside this module names a colour. A pair of text and ground reaches 4.5:1, in high
contrast 7:1, a border that marks a control 3:1; the tests compute all of them for every set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple
from zlib import crc32

HUES = ("blue", "teal", "green", "olive", "amber", "orange", "red", "pink", "violet")


class Pair(NamedTuple):
    """Text on a fill, both as ``#RRGGBB``."""

    text: str
    fill: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour as ``#RRGGBB``; alphas are fractions of one."""

    name: str
    dark: bool
    high_contrast: bool
    window: str
    surface: str
    raised: str
    divider: str
    control_border: str
    text: str
    muted: str
    accent_text: str
    accent_fill: str
    on_accent: str
    selection: str
    hover: str
    pressed: str
    tint: str
    success: str
    success_tint: str
    warning: str
    warning_tint: str
    danger: str
    danger_tint: str
    thumb: str
    scrim: str
    scrim_alpha: float
    depth: str
    popup_depth_alpha: float
    dialog_depth_alpha: float
    tags: tuple[Pair, ...]
    avatars: tuple[Pair, ...]

    @property
    def ring(self) -> int:
        """How wide the ring of keyboard focus is, in pixels."""
        return 3 if self.high_contrast else 2


_LIGHT_TAGS = (
    Pair("#1F4FBF", "#E3ECFF"),
    Pair("#0A616E", "#D9F1F4"),
    Pair("#176239", "#DDF3E5"),
    Pair("#50610F", "#EAF1CF"),
    Pair("#7A4A00", "#FCEFCB"),
    Pair("#98400D", "#FFE7D8"),
    Pair("#A52A2A", "#FDE4E2"),
    Pair("#99246A", "#FBE3F0"),
    Pair("#5C3AB8", "#ECE6FF"),
)
_DARK_TAGS = (
    Pair("#A9C1FF", "#1F2F57"),
    Pair("#7AD3E0", "#12363F"),
    Pair("#82D6A8", "#16382A"),
    Pair("#BFD578", "#2D3516"),
    Pair("#F0C35C", "#3E2F0F"),
    Pair("#FFB288", "#482813"),
    Pair("#FF9F98", "#4A1F20"),
    Pair("#FF9FCD", "#471D38"),
    Pair("#C4B0FF", "#31275A"),
)
_LIGHT_AVATARS = (
    Pair("#34405A", "#DFE5F1"),
    Pair("#2B4A4E", "#DAE8E8"),
    Pair("#33493C", "#DDE9E0"),
    Pair("#47492E", "#E8E8D8"),
    Pair("#54452A", "#F0E7D6"),
    Pair("#583F33", "#F1E3DB"),
    Pair("#5A3A3D", "#F1E0E1"),
    Pair("#563A4C", "#EFE0E9"),
    Pair("#443C5C", "#E6E2F0"),
)
_DARK_AVATARS = (
    Pair("#D3DBEC", "#2C3548"),
    Pair("#C9DEE0", "#273A3D"),
    Pair("#CCDFD2", "#2A3B31"),
    Pair("#DDDDC4", "#39392A"),
    Pair("#E6D9BF", "#403626"),
    Pair("#E8D2C6", "#43332B"),
    Pair("#EACFD1", "#442F32"),
    Pair("#E5CFDD", "#402F3A"),
    Pair("#D9D2EA", "#363046"),
)

LIGHT = Tokens(
    name="light",
    dark=False,
    high_contrast=False,
    window="#F6F7F9",
    surface="#FFFFFF",
    raised="#FFFFFF",
    divider="#DDE1E7",
    control_border="#7F8794",
    text="#1B1F27",
    muted="#5B6472",
    accent_text="#2F5FDE",
    accent_fill="#2F5FDE",
    on_accent="#FFFFFF",
    selection="#E4ECFD",
    hover="#EFF1F5",
    pressed="#E7EAF0",
    tint="#EDEFF3",
    success="#17734A",
    success_tint="#E2F4EA",
    warning="#8F5500",
    warning_tint="#FBF0D9",
    danger="#C4302B",
    danger_tint="#FCE9E7",
    thumb="#C6CCD8",
    scrim="#14161B",
    scrim_alpha=0.40,
    depth="#14161B",
    popup_depth_alpha=0.01,
    dialog_depth_alpha=0.006,
    tags=_LIGHT_TAGS,
    avatars=_LIGHT_AVATARS,
)

DARK = Tokens(
    name="dark",
    dark=True,
    high_contrast=False,
    window="#14161B",
    surface="#1B1E25",
    raised="#242832",
    divider="#313642",
    control_border="#7E8798",
    text="#E8EAEF",
    muted="#A2AAB8",
    accent_text="#8AA6FF",
    accent_fill="#3D66E0",
    on_accent="#FFFFFF",
    selection="#26345C",
    hover="#232730",
    pressed="#2C313C",
    tint="#2A2F3A",
    success="#4CC38A",
    success_tint="#17372A",
    warning="#F0B429",
    warning_tint="#3B2E12",
    danger="#FF7B72",
    danger_tint="#45211F",
    thumb="#454C5B",
    scrim="#07080B",
    scrim_alpha=0.65,
    depth="#000000",
    popup_depth_alpha=0.035,
    dialog_depth_alpha=0.022,
    tags=_DARK_TAGS,
    avatars=_DARK_AVATARS,
)

# On the plain ground, with a border in the text's colour.
_STRONG_TAGS = (
    "#1A43A2",
    "#08525E",
    "#145330",
    "#44520D",
    "#683F00",
    "#81360B",
    "#8C2424",
    "#821F5A",
    "#4E319C",
)

HIGH_CONTRAST_LIGHT = replace(
    LIGHT,
    name="high-contrast-light",
    high_contrast=True,
    window="#FFFFFF",
    divider="#5B6472",
    control_border="#14161B",
    text="#000000",
    muted="#2B313B",
    accent_text="#163894",
    accent_fill="#163894",
    selection="#D6E2FF",
    success="#0A4A2C",
    warning="#5E3700",
    danger="#86110F",
    thumb="#5B6472",
    tags=tuple(Pair(text, "#FFFFFF") for text in _STRONG_TAGS),
)

HIGH_CONTRAST_DARK = replace(
    DARK,
    name="high-contrast-dark",
    high_contrast=True,
    window="#000000",
    surface="#000000",
    raised="#0B0D11",
    divider="#A2AAB8",
    control_border="#FFFFFF",
    text="#FFFFFF",
    muted="#DCE1EA",
    accent_text="#B3C6FF",
    accent_fill="#B3C6FF",
    on_accent="#000000",
    selection="#1F2F66",
    success="#7FE3B3",
    warning="#FFCF5C",
    danger="#FFB8B2",
    thumb="#A2AAB8",
    tags=tuple(Pair(pair.text, "#000000") for pair in _DARK_TAGS),
)

ALL = (LIGHT, DARK, HIGH_CONTRAST_LIGHT, HIGH_CONTRAST_DARK)

ACCOUNT_COLOURS = ("#2F7D6B", "#7A4FC9", "#B4541A")
SANDBOX_COLOUR = "#8F5500"
ON_BADGE = "#FFFFFF"
TRAY_BADGE = "#C4302B"


def tag_hue(tag: str) -> int:
    """Return the stable index into :data:`HUES` of a tag, whatever its case."""
    return crc32(tag.lower().encode()) % len(HUES)


def avatar_tone(seed: str) -> int:
    """Return the stable avatar tone (0 to 8) of a contact or user id."""
    return crc32(seed.encode()) % len(_LIGHT_AVATARS)


def account_colour(position: int, *, sandbox: bool = False) -> str:
    """Return the badge colour of the account at ``position`` in the list of accounts."""
    return SANDBOX_COLOUR if sandbox else ACCOUNT_COLOURS[position % len(ACCOUNT_COLOURS)]


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
