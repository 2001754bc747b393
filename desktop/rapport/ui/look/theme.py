"""The one theme: which tokens, which type, and the signal that says they have changed."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip

import rapport_resources
from rapport.ui.look import tokens as colours
from rapport.ui.look.palette import build_palette
from rapport.ui.look.stylesheet import build_stylesheet
from rapport.ui.look.tokens import Pair, Tokens
from rapport.ui.look.type import TextSize, Type, system_pixels, system_scale

# The style sheet engine reads images from files; the package is never zipped.
IMAGES = Path(rapport_resources.__file__).parent.as_posix()


class Mode(Enum):
    """The person's choice of appearance."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Contrast(Enum):
    """The person's choice of contrast."""

    SYSTEM = "system"
    NORMAL = "normal"
    HIGH = "high"


class Motion(Enum):
    """The person's choice of motion."""

    SYSTEM = "system"
    FULL = "full"
    REDUCED = "reduced"


_SCHEMES = {
    Mode.SYSTEM: Qt.ColorScheme.Unknown,
    Mode.LIGHT: Qt.ColorScheme.Light,
    Mode.DARK: Qt.ColorScheme.Dark,
}


class Theme(QObject):
    """The look in force. Widgets read it when they paint and lay out anew on :attr:`changed`."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app: QApplication | None = None
        self._mode = Mode.SYSTEM
        self._contrast = Contrast.SYSTEM
        self._applying = False
        self._motion = Motion.SYSTEM
        self._desktop_reduces_motion = False
        self.tokens: Tokens = colours.LIGHT
        self.type = Type()

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def contrast(self) -> Contrast:
        return self._contrast

    @property
    def motion(self) -> Motion:
        return self._motion

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing is to move: as chosen, else as the desktop says."""
        if self._motion is Motion.SYSTEM:
            return self._desktop_reduces_motion
        return self._motion is Motion.REDUCED

    @property
    def text_scale(self) -> float:
        """The person's choice; ``type.scale`` is what results with the desktop's own."""
        return self.type.chosen

    def is_applied(self) -> bool:
        """Tell whether an application wears this theme."""
        return self._app is not None

    def apply(self, app: QApplication) -> None:
        """Take over the look of ``app`` and follow the desktop from now on."""
        self._app = app
        app.setStyle(QStyleFactory.create("Fusion"))
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._desktop_changed)
        hints.accessibility().contrastPreferenceChanged.connect(self._desktop_changed)
        self.type = Type(self.type.chosen, system_scale(system_pixels()))
        self._refresh()

    def set_mode(self, mode: Mode) -> None:
        if mode is not self._mode:
            self._mode = mode
            self._refresh()

    def set_contrast(self, contrast: Contrast) -> None:
        if contrast is not self._contrast:
            self._contrast = contrast
            self._refresh()

    def set_text_scale(self, scale: float) -> None:
        """Set the size of text, 1.0 to 2.0; every size in the window follows."""
        if scale != self.type.chosen:
            self.type = Type(scale, self.type.system)
            self._refresh()

    def set_motion(self, motion: Motion) -> None:
        self._motion = motion

    def set_desktop_reduces_motion(self, reduced: bool) -> None:
        """What the desktop says; counts where the person left it to the desktop."""
        self._desktop_reduces_motion = reduced

    def tag(self, name: str) -> Pair:
        """The colours of a tag: always the same for its name."""
        return self.tokens.tags[colours.tag_hue(name)]

    def _desktop_changed(self) -> None:
        if not self._applying:
            system = system_scale(system_pixels())
            if system != self.type.system:
                self.type = Type(self.type.chosen, system)
            self._refresh()

    def _refresh(self) -> None:
        if self._app is None:
            return
        # Setting the scheme reports a change of scheme; that echo must not start a second round.
        self._applying = True
        try:
            self._app.styleHints().setColorScheme(_SCHEMES[self._mode])
            self.tokens = self._choose_tokens(self._app)
            self._dress(self._app)
        finally:
            self._applying = False
        self.changed.emit()

    def _choose_tokens(self, app: QApplication) -> Tokens:
        hints = app.styleHints()
        dark = self._mode is Mode.DARK or (
            self._mode is Mode.SYSTEM and hints.colorScheme() is Qt.ColorScheme.Dark
        )
        high = self._contrast is Contrast.HIGH or (
            self._contrast is Contrast.SYSTEM
            and hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast
        )
        if high:
            return colours.HIGH_CONTRAST_DARK if dark else colours.HIGH_CONTRAST_LIGHT
        return colours.DARK if dark else colours.LIGHT

    def _dress(self, app: QApplication) -> None:
        palette = build_palette(self.tokens)
        app.setPalette(palette)
        app.setFont(self.type.font())
        QToolTip.setFont(self.type.font(TextSize.CAPTION))
        QToolTip.setPalette(palette)
        app.setStyleSheet(build_stylesheet(self.tokens, self.type, IMAGES))


_current: Theme | None = None


def current_theme() -> Theme:
    """Return the process's theme, as Qt has one palette for the process."""
    global _current
    if _current is None:
        _current = Theme()
    return _current
