"""The one style sheet: shapes of the stock controls, in token colours.

It sets no fonts: those come from :class:`rapport.ui.look.type.Type`, so that 200 % text reflows.
"""

from __future__ import annotations

from rapport.ui.look.tokens import Tokens
from rapport.ui.look.type import Type


def build_stylesheet(tokens: Tokens, type_: Type, images: str) -> str:
    """Return the sheet. ``images`` is the folder of the tick and the chevron."""
    px = type_.px
    thumb = tokens.control_border if tokens.high_contrast else tokens.thumb
    rest = px(1) if tokens.high_contrast else px(3)
    edge = tokens.control_border if tokens.high_contrast else tokens.divider
    ticked = tokens.control_border if tokens.high_contrast else tokens.accent_fill
    tick = "tick-dark" if tokens.on_accent == "#000000" else "tick"
    # A wider border takes from the padding: a field that is focused or wrong stays as it was.
    ring, more = tokens.ring, tokens.ring - 1
    return f"""
QAbstractScrollArea {{ border: none; }}
QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox {{
  background: {tokens.surface}; color: {tokens.text};
  border: 1px solid {tokens.control_border}; border-radius: {px(6)}px;
  selection-background-color: {tokens.accent_fill}; selection-color: {tokens.on_accent};
  placeholder-text-color: {tokens.muted};
}}
QLineEdit, QAbstractSpinBox, QComboBox {{ padding: 0 {px(10)}px; min-height: {px(32) - 2}px; }}
QComboBox {{ padding: 0 {px(12)}px; }}
QPlainTextEdit, QTextEdit {{ padding: {px(6)}px {px(12)}px; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
  border: {ring}px solid {tokens.accent_text};
}}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {{
  padding: 0 {px(10) - more}px; min-height: {px(32) - 2 * ring}px;
}}
QComboBox:focus {{ padding: 0 {px(12) - more}px; }}
QPlainTextEdit:focus, QTextEdit:focus {{ padding: {px(6) - more}px {px(12) - more}px; }}
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QTextEdit[invalid="true"],
QComboBox[invalid="true"], QAbstractSpinBox[invalid="true"] {{
  border: {ring}px solid {tokens.danger};
}}
QLineEdit[invalid="true"], QComboBox[invalid="true"], QAbstractSpinBox[invalid="true"] {{
  padding: 0 {px(10) - more}px; min-height: {px(32) - 2 * ring}px;
}}
QPlainTextEdit[invalid="true"], QTextEdit[invalid="true"] {{
  padding: {px(6) - more}px {px(12) - more}px;
}}
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QComboBox:disabled {{
  background: {tokens.tint}; color: {tokens.muted};
}}
QLineEdit[bare="true"], QPlainTextEdit[bare="true"], QTextEdit[bare="true"] {{
  border: none; background: transparent; padding: 0; min-height: 0;
}}
QComboBox::drop-down {{ border: none; width: {px(24)}px; }}
QComboBox::down-arrow {{
  image: url("{images}/chevron.svg"); width: {px(14)}px; height: {px(14)}px;
}}
QComboBox QAbstractItemView, QMenu {{
  background: {tokens.raised}; border: 1px solid {edge};
  selection-background-color: {tokens.selection}; selection-color: {tokens.text};
}}
QMenu {{ padding: {px(6)}px; }}
QMenu::item {{
  padding: 0 {px(12)}px; min-height: {px(30)}px; border-radius: {px(6)}px; color: {tokens.text};
}}
QMenu::item:selected {{ background: {tokens.selection}; }}
QMenu::item:disabled {{ color: {tokens.muted}; }}
QMenu::icon {{ padding-left: {px(10)}px; }}
QMenu::separator {{ height: 1px; background: {tokens.divider}; margin: {px(6)}px {px(4)}px; }}
QToolTip {{
  background: {tokens.raised}; color: {tokens.text};
  border: 1px solid {edge}; padding: {px(4)}px {px(6)}px;
}}
QCheckBox::indicator, QAbstractItemView::indicator {{
  width: {px(16) - 2}px; height: {px(16) - 2}px; border-radius: {px(4)}px;
  border: 1px solid {tokens.control_border}; background: {tokens.surface};
}}
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked {{
  background: {tokens.accent_fill}; border-color: {ticked};
  image: url("{images}/{tick}.svg");
}}
QCheckBox::indicator:focus {{
  width: {px(16) - 2 * ring}px; height: {px(16) - 2 * ring}px;
  border: {ring}px solid {tokens.accent_text};
}}
QRadioButton::indicator {{
  width: {px(16) - 2}px; height: {px(16) - 2}px; border-radius: {px(8)}px;
  border: 1px solid {tokens.control_border}; background: {tokens.surface};
}}
QRadioButton::indicator:checked {{
  width: {px(16) - 2 * px(5)}px; height: {px(16) - 2 * px(5)}px;
  border: {px(5)}px solid {tokens.accent_fill};
}}
QCheckBox, QRadioButton {{ spacing: {px(6)}px; color: {tokens.text}; }}
QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {px(12)}px; margin: 0; }}
QScrollBar::handle {{ background: {thumb}; border-radius: {px(3)}px; }}
QScrollBar::handle:vertical {{ margin: {px(3)}px {rest}px; min-height: {px(28)}px; }}
QScrollBar::handle:horizontal {{ margin: {rest}px {px(3)}px; min-width: {px(28)}px; }}
QScrollBar::handle:hover, QScrollBar::handle:pressed {{
  background: {tokens.control_border}; border-radius: {px(5)}px;
}}
QScrollBar::handle:vertical:hover, QScrollBar::handle:vertical:pressed {{
  margin: {px(3)}px {px(1)}px;
}}
QScrollBar::handle:horizontal:hover, QScrollBar::handle:horizontal:pressed {{
  margin: {px(1)}px {px(3)}px;
}}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QAbstractScrollArea::corner {{ background: transparent; }}
QSplitter::handle {{ background: {tokens.divider}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QProgressBar {{
  background: {tokens.tint}; border: none; border-radius: {px(2)}px;
  max-height: {px(4)}px; min-height: {px(4)}px;
}}
QProgressBar::chunk {{ background: {tokens.control_border}; border-radius: {px(2)}px; }}
"""
