"""What a person can do: commands and queries on the window's loop, undo, reminders, typed input."""
