"""The scopes the sandbox grants, each in words for the consent page."""

PLAIN: dict[str, str] = {
    "contacts.readonly": "See contacts with their tasks, notes, tags and appointments",
    "contacts.write": "Change contacts, and add, edit and delete their tasks, notes and tags",
    "locations.readonly": "See the name, address and settings of the location",
    "locations.write": "Change the location",
    "locations.internal-access-only": "Delete the location",
    "locations/tags.readonly": "See the location’s list of tags",
    "locations/tags.write": "Change the location’s list of tags",
    "locations/customFields.readonly": "See which custom fields exist",
    "locations/customFields.write": "Add and change custom fields",
    "locations/customValues.readonly": "See custom values",
    "locations/customValues.write": "Change custom values",
    "locations/tasks.readonly": "See all tasks of the location at once",
    "locations/templates.readonly": "See message templates",
    "users.readonly": "See the people of your team",
    "users.write": "Change the people of your team",
    "businesses.readonly": "See businesses",
    "businesses.write": "Change businesses",
    "workflows.readonly": "See the list of workflows",
    "campaigns.readonly": "See the list of campaigns",
    "calendars.readonly": "See calendars and free times",
    "calendars.write": "Change calendars",
    "calendars/events.readonly": "See appointments in calendars",
    "calendars/events.write": "Book, move and cancel appointments",
    "calendars/groups.readonly": "See calendar groups",
    "calendars/groups.write": "Change calendar groups",
    "calendars/resources.readonly": "See rooms and equipment",
    "calendars/resources.write": "Change rooms and equipment",
    "opportunities.readonly": "See opportunities and pipelines",
    "opportunities.write": "Change opportunities",
    "conversations.readonly": "See conversations",
    "conversations.write": "Change conversations",
    "conversations/message.readonly": "Read messages",
    "conversations/message.write": "Send messages",
    "conversations/livechat.write": "Show visitors of a chat that you are typing",
    "oauth.readonly": "See where this app is installed",
    "oauth.write": "Get access to the agency’s locations",
}

AGENCY_ONLY = frozenset({"oauth.readonly", "oauth.write", "locations.internal-access-only"})
LOCATION = tuple(scope for scope in PLAIN if scope not in AGENCY_ONLY)


def unknown(scopes: list[str]) -> list[str]:
    return [scope for scope in scopes if scope not in PLAIN]
