"""The tour's settings: found by searching, a key of one's own, diagnostics, and how it looks."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QLineEdit, QListView, QWidget

from rapport.app.tour.shared import Steps
from rapport.domain.settings import Contrast, ThemeMode
from rapport.language import tr
from rapport.ui.context import Page
from rapport.ui.widgets.key_recorder import KeyRecorder
from rapport.ui.widgets.segmented import Segmented


class SettingsSteps(Steps):
    async def settings(self) -> None:
        """Search, another key and its use, the palette's way to a setting, and diagnostics."""
        context = self._window.context
        await self._open()
        await self._photograph()
        search = await self._do.see("settings-search", QLineEdit)
        await self._do.click(search)
        await self._do.type("density")
        recorder = await self._do.see("keys-view.density", KeyRecorder)
        await self._do.click(recorder)
        await self._do.until(lambda: recorder.recording, "the recorder to wait for a key")
        await self._do.key("g")
        await self._do.until(lambda: context.actions.keys("view.density") == ("G",), "the key G")
        before = context.settings.density
        await self._do.key("alt+2")
        await self._do.click("contact-list")
        await self._do.key("g")
        await self._do.until(lambda: context.settings.density is not before, "G to do it")
        await self._do.key("g")
        await self._do.until(lambda: context.settings.density is before, "G to undo it")
        context.actions.reset_keys()
        await self._do.key("ctrl+k")
        await self._do.see("palette-line", QLineEdit)
        await self._do.type("diagnostics")
        palette: Any = await self._do.see("palette")
        await self._do.until(lambda: _first(palette) == tr("Logs"), "the setting in the palette")
        await self._do.key("Return")
        await self._do.until(lambda: context.situation.page is Page.SETTINGS, "the settings")
        await self._do.click("copy-diagnostics")
        clipboard = QGuiApplication.clipboard()
        text = await self._do.until(
            lambda: clipboard.text() if clipboard.text().startswith("Rapport ") else "",
            "the diagnostics in the clipboard",
        )
        assert "Accounts: 1" in text, text
        account = context.workspace.account
        for secret in (account.name, account.location_id, account.id, account.user_id):
            assert not secret or secret not in text, "the diagnostics name an account"
        await self._do.key("alt+2")

    async def high_contrast(self) -> None:
        context = self._window.context
        await self._open()
        await self._choose("choose-contrast", Contrast.HIGH)
        await self._do.until(lambda: context.theme.tokens.high_contrast, "high contrast")
        await self._do.key("alt+2")
        await self._do.click("contact-list")
        await self._photograph()
        await self._open()
        await self._choose("choose-contrast", Contrast.SYSTEM)
        await self._do.until(lambda: not context.theme.tokens.high_contrast, "usual contrast")
        await self._do.key("alt+2")

    async def text_200(self) -> None:
        """The largest text: the list and the detail are seen one at a time, where there is no room
        for both."""
        context = self._window.context
        size = self._window.size()
        await self._open()
        box = await self._do.see("choose-text_scale", QComboBox)
        await self._do.click(box)
        await self._do.key("End", "Return")
        await self._do.until(lambda: context.theme.text_scale == 2.0, "text at 200 %")
        await self._do.until(lambda: self._window.size() == size, "the window's size to stay")
        await self._do.key("alt+2")
        await self._do.see("contact-list")
        await self._do.until(
            lambda: (self._do.find(QWidget, "detail-pane") is not None) is self._has_room,
            "the detail beside the list only where it has room",
        )

    async def text_200_detail(self) -> None:
        """Enter opens, Escape gives back; so do a click and the button."""
        view = await self._do.see("contact-list", QListView)
        view.setFocus()
        await self._do.key("Home", "Return")
        if self._has_room:
            await self._do.until(lambda: not view.hasFocus(), "the keyboard in the detail")
            await self._photograph()
        else:
            await self._open_alone(view)
        context = self._window.context
        context.change_settings(text_scale=1.0)
        await self._do.until(lambda: context.theme.text_scale == 1.0, "text at 100 %")

    @property
    def _has_room(self) -> bool:
        """For list and detail beside each other."""
        contacts = self._window.pages.contacts
        return contacts is not None and contacts.has_room

    async def _open_alone(self, view: QListView) -> None:
        await self._do.see("close-detail")
        await self._do.until(lambda: not view.isVisible(), "the detail to stand alone")
        await self._photograph()
        await self._do.key("Escape")
        await self._do.until(view.hasFocus, "the list to have the keyboard again")
        await self._do.click_row(view, view.model().index(0, 0))
        await self._do.click("close-detail")
        await self._do.until(view.hasFocus, "the way back to lead to the list")

    async def dark_theme(self) -> None:
        dark = self._window.context.theme.tokens.dark
        await self._do.click("contact-list")
        await self._do.key("ctrl+shift+d")
        await self._do.until(
            lambda: self._window.context.theme.tokens.dark is not dark, "the other theme"
        )
        wanted = ThemeMode.LIGHT if dark else ThemeMode.DARK
        await self._do.until(
            lambda: self._window.context.settings.theme is wanted, "the choice to be kept"
        )

    async def _open(self) -> None:
        context = self._window.context
        await self._do.key("ctrl+comma")
        await self._do.until(lambda: context.situation.page is Page.SETTINGS, "the settings")

    async def _choose(self, name: str, value: object) -> None:
        chooser = await self._do.see(name, Segmented)
        await self._do.click(chooser.segment(value))


def _first(palette: Any) -> str:
    entry = palette.model.entry(palette.list.currentIndex().row())
    return entry.title if entry is not None else ""
