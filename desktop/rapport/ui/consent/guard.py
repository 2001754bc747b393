"""What the consent page may load: nothing but the provider, and never the redirect URI."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

HIGHLEVEL_HOSTS = ("gohighlevel.com", "leadconnectorhq.com", "msgsndr.com")
"""Where HighLevel's own sign-in leads through."""

_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_INERT = frozenset({"data", "blob", "about"})


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, (parts.hostname or ""), port or _DEFAULT_PORTS.get(parts.scheme)


@dataclass(frozen=True)
class Guard:
    """Decides by address alone, so that it can be tested without a browser."""

    redirect_uri: str
    start: str
    further_hosts: tuple[str, ...] = ()

    def is_callback(self, url: str) -> bool:
        """Whether ``url`` is the redirect URI, whatever its query; nothing near it counts."""
        target, here = urlsplit(self.redirect_uri), urlsplit(url)
        if here.username is not None or here.password is not None:
            return False
        return _origin(here) == _origin(target) and (here.path or "/") == (target.path or "/")

    def may_navigate(self, url: str) -> bool:
        """Whether the page itself may go there."""
        parts = urlsplit(url)
        if parts.scheme == "about":
            return url == "about:blank"
        return self._may_fetch(parts) and self._known_host(parts.hostname or "")

    def may_load(self, url: str) -> bool:
        """Whether a part of the page (image, script, fetch) may be loaded from there."""
        parts = urlsplit(url)
        if parts.scheme in _INERT:
            return True
        return self._may_fetch(parts)

    def _may_fetch(self, parts: SplitResult) -> bool:
        if _origin(parts)[1:] == _origin(urlsplit(self.redirect_uri))[1:]:
            return False  # the callback's host hears nothing, by whatever path
        if parts.scheme in ("https", "wss"):
            return True
        # Plain http only where consent itself is on this computer: the sandbox.
        first = urlsplit(self.start)
        return (
            parts.scheme in ("http", "ws")
            and first.hostname in _LOOPBACK
            and _origin(parts)[1:] == _origin(first)[1:]
        )

    def _known_host(self, host: str) -> bool:
        first = urlsplit(self.start).hostname or ""
        if host == first:
            return True
        return any(
            host == known or host.endswith(f".{known}")
            for known in (*self.further_hosts, *HIGHLEVEL_HOSTS)
        )
