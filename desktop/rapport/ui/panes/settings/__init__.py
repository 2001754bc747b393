"""Settings: one page that can be searched. ``table`` says what there is, each card shows a part."""

from rapport.ui.panes.settings.desk import SettingsDesk
from rapport.ui.panes.settings.page import SettingsPage

__all__ = ["SettingsDesk", "SettingsPage"]
