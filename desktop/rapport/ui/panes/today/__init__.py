"""Today: the tasks that are overdue, due today and coming up, and the chosen one beside them."""

from rapport.ui.panes.today.page import TodayPage

__all__ = ["TodayPage"]
