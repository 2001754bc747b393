"""The only HTTP to the CRM: client, sign-in, pacing and wire formats."""

from rapport.api.client import ApiClient
from rapport.api.errors import WriteOutcome, outcome_of
from rapport.api.pacing import Lane, Pacer
from rapport.api.pages import Cursor, Page
from rapport.api.session import StaticToken, TokenSource
from rapport.api.trail import follow_replies
from rapport.api.wire import Remote

__all__ = [
    "ApiClient",
    "Cursor",
    "Lane",
    "Pacer",
    "Page",
    "Remote",
    "StaticToken",
    "TokenSource",
    "WriteOutcome",
    "follow_replies",
    "outcome_of",
]
