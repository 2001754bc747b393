"""Where a person types: the task popover, the note composer, the contact dialog, tags and dates."""
