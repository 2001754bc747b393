"""The colours keep what they promise."""

from __future__ import annotations

import pytest

from rapport.ui.look import tokens as t
from rapport.ui.look.tokens import Tokens, contrast

GROUNDS = ("window", "surface", "raised", "selection", "hover", "pressed", "tint")
TEXTS = ("text", "muted", "accent_text")


@pytest.fixture(params=t.ALL, ids=lambda tokens: tokens.name)
def tokens(request: pytest.FixtureRequest) -> Tokens:
    return request.param


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#777777") == 1.0


def test_text_reads_on_every_ground(tokens: Tokens) -> None:
    poor = {
        (text, ground): contrast(getattr(tokens, text), getattr(tokens, ground))
        for text in TEXTS
        for ground in GROUNDS
        if contrast(getattr(tokens, text), getattr(tokens, ground)) < 4.5
    }
    assert not poor


def test_states_read_on_their_tints_and_on_surface(tokens: Tokens) -> None:
    for state in ("success", "warning", "danger"):
        colour = getattr(tokens, state)
        assert contrast(colour, getattr(tokens, f"{state}_tint")) >= 4.5
        assert contrast(colour, tokens.surface) >= 4.5
    assert contrast(tokens.on_accent, tokens.accent_fill) >= 4.5


def test_borders_of_controls_and_focus_are_seen(tokens: Tokens) -> None:
    for ground in ("window", "surface", "raised"):
        assert contrast(tokens.control_border, getattr(tokens, ground)) >= 3.0
        assert contrast(tokens.accent_text, getattr(tokens, ground)) >= 3.0


def test_tags_and_avatars_read(tokens: Tokens) -> None:
    for pair in (*tokens.tags, *tokens.avatars):
        assert contrast(pair.text, pair.fill) >= 4.5
    for pair in tokens.tags:
        # On a selected row a tag stands on the surface colour.
        assert contrast(pair.text, tokens.surface) >= 6.8


def test_high_contrast_reads_at_7_to_1_and_its_borders_are_seen() -> None:
    poor = []
    for tokens in (t.HIGH_CONTRAST_LIGHT, t.HIGH_CONTRAST_DARK):
        states = ("success", "warning", "danger")
        pairs = [(text, ground) for text in (*TEXTS, *states) for ground in GROUNDS]
        pairs += [(state, f"{state}_tint") for state in states]
        pairs += [("text", f"{state}_tint") for state in states]
        pairs.append(("on_accent", "accent_fill"))
        for text, ground in pairs:
            if contrast(getattr(tokens, text), getattr(tokens, ground)) < 7.0:
                poor.append((tokens.name, text, ground))
        for border in ("control_border", "divider", "thumb", "accent_fill"):
            for ground in ("window", "surface", "raised", "hover", "selection"):
                if contrast(getattr(tokens, border), getattr(tokens, ground)) < 3.0:
                    poor.append((tokens.name, border, ground))
        for pair in (*tokens.tags, *tokens.avatars):
            if contrast(pair.text, pair.fill) < 7.0 or contrast(pair.text, tokens.surface) < 7.0:
                poor.append((tokens.name, *pair))
        assert tokens.ring == 3
    assert not poor


def test_badges_carry_white_letters() -> None:
    for colour in (*t.ACCOUNT_COLOURS, t.SANDBOX_COLOUR, t.TRAY_BADGE):
        assert contrast(t.ON_BADGE, colour) >= 4.5


def test_a_hue_is_stable_and_blind_to_case() -> None:
    # crc32("vip") mod 9, worked out apart from the code.
    assert t.HUES[t.tag_hue("vip")] == "orange"
    assert t.tag_hue("VIP") == t.tag_hue("vip")
    assert {t.tag_hue(f"tag {n}") for n in range(200)} == set(range(9))


def test_the_sandbox_is_always_amber() -> None:
    assert t.account_colour(1, sandbox=True) == t.SANDBOX_COLOUR
    assert t.account_colour(3) == t.account_colour(0)
