"""The calendar: a day, a week or a month of tasks and appointments, moved by mouse and keyboard."""

from rapport.ui.panes.calendar.page import CalendarPage

__all__ = ["CalendarPage"]
