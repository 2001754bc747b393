"""A button that takes the next key that is pressed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from rapport.language import tr
from rapport.ui.key_names import cap_words
from rapport.ui.widgets.button import Button, Kind, Size

_ALONE = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_Super_L,
    Qt.Key.Key_Super_R,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_Dead_Acute,
    Qt.Key.Key_unknown,
}
"""Keys that are held with another one, or mean nothing."""


class KeyRecorder(Button):
    """Shows keys. Pressed, it waits for a key sequence and tells it; Esc leaves things as they
    were. What the keys mean, and whether they may be had, is the listener's business."""

    recorded = Signal(str)
    """A portable key sequence."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(tr("No key"), parent, kind=Kind.OUTLINE, size=Size.SMALL, name=name)
        self._name = name
        self._keys: tuple[str, ...] = ()
        self.recording = False
        self.clicked.connect(self._begin)

    def show_keys(self, keys: tuple[str, ...]) -> None:
        self._keys = keys
        self._say()

    def event(self, event: QEvent) -> bool:
        # While recording every key is ours: Tab, what would press the button, and the window's.
        if self.recording and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take(event)
                return True
            if event.type() == QEvent.Type.KeyRelease:
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._end()

    def _begin(self) -> None:
        self.recording = True
        self._say()

    def _end(self) -> None:
        if self.recording:
            self.recording = False
            self._say()

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in _ALONE or event.isAutoRepeat():
            return
        self._end()
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            return
        self.recorded.emit(sequence_of(event))

    def _say(self) -> None:
        caps = [cap_words(key) for key in self._keys]
        words = tr("Press a key…") if self.recording else "  ·  ".join(caps) or tr("No key")
        self.kind = Kind.TONAL if self.recording else Kind.OUTLINE
        self.setText(words)
        self.setAccessibleName(f"{self._name}: {words}")
        self.restyle()


def sequence_of(event: QKeyEvent) -> str:
    """The keys of an event as the table of actions writes them: "?" and not "Shift+?", since which
    key "?" is on is the keyboard's affair."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key(event.key())
    text = event.text()
    signed = len(text) == 1 and text.isprintable() and not text.isalpha() and not text.isspace()
    if signed and modifiers == Qt.KeyboardModifier.ShiftModifier:
        modifiers = Qt.KeyboardModifier.NoModifier
    combination = QKeySequence(int(modifiers.value) | int(key))
    return combination.toString(QKeySequence.SequenceFormat.PortableText)
