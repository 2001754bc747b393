"""The Qt palette of a set of tokens."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette

from rapport.ui.look.tokens import Tokens

_Role = QPalette.ColorRole
_Group = QPalette.ColorGroup


def build_palette(tokens: Tokens) -> QPalette:
    """Return the palette that Fusion draws with."""
    palette = QPalette()
    for role, colour in {
        _Role.Window: tokens.window,
        _Role.WindowText: tokens.text,
        _Role.Base: tokens.surface,
        _Role.AlternateBase: tokens.hover,
        _Role.Text: tokens.text,
        _Role.PlaceholderText: tokens.muted,
        _Role.Button: tokens.tint,
        _Role.ButtonText: tokens.text,
        _Role.BrightText: tokens.on_accent,
        _Role.Highlight: tokens.accent_fill,
        _Role.HighlightedText: tokens.on_accent,
        _Role.Accent: tokens.accent_fill,
        _Role.Link: tokens.accent_text,
        _Role.LinkVisited: tokens.accent_text,
        _Role.ToolTipBase: tokens.raised,
        _Role.ToolTipText: tokens.text,
        _Role.Light: tokens.raised,
        _Role.Midlight: tokens.hover,
        _Role.Mid: tokens.divider,
        _Role.Dark: tokens.control_border,
        _Role.Shadow: tokens.depth,
    }.items():
        palette.setColor(role, QColor(colour))
    for role in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        palette.setColor(_Group.Disabled, role, QColor(tokens.muted))
    palette.setColor(_Group.Disabled, _Role.Highlight, QColor(tokens.tint))
    palette.setColor(_Group.Disabled, _Role.HighlightedText, QColor(tokens.muted))
    return palette
