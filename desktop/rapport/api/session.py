"""Where requests get their access token."""

from __future__ import annotations

from typing import Protocol

from rapport.domain.errors import AuthError


class TokenSource(Protocol):
    async def access_token(self) -> str:
        """A token that is good for at least a minute, as far as is known. Raises AuthError."""
        ...

    async def renewed(self, refused: str) -> str:
        """Another token after the server refused ``refused``. Raises AuthError when there is
        none, and then for every later call until the person has signed in again."""
        ...


class StaticToken:
    """A private-integration token: it has no expiry and cannot be refreshed."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def access_token(self) -> str:
        return self._token

    async def renewed(self, refused: str) -> str:
        raise AuthError(
            "The CRM does not accept this token any more.",
            "Paste a new private-integration token. Your edits are kept.",
            status=401,
        )
