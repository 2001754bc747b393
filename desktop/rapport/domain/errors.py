"""The errors a person can meet.

Libraries' errors are translated into this tree at the border (``api``, ``store``, ``host``) and
nothing else leaves those rooms. Handlers raise, one place in the window shows. Titles and messages
are given in English, those with values by ``language.keep``, and are translated when they are read.

::

    RapportError                title, message, details, retry
    ├── NetworkError            no answer came: offline, DNS, TLS, captive portal
    │   └── OutageError         not sent: the CRM has failed again and again (retry_after_s)
    ├── ApiError                the CRM answered with a refusal (status, trace_id)
    │   ├── AuthError           the token is not valid any more; sign in again
    │   ├── CapabilityError     the token lacks a scope or a location
    │   │   └── LocationError   the location is not open to the token, now or at all
    │   ├── GoneError           the record is not there (the API says 400 or 404)
    │   ├── DuplicateError      another record has this e-mail or phone (other_id)
    │   ├── InvalidError        the CRM refused the values
    │   ├── RateLimitError      too many requests (retry_after_s)
    │   │   └── InactiveError   the location is switched off in the CRM for the time being
    │   └── ServerError         5xx, or an answer that is not what it claims to be
    ├── SignInError             consent was refused, cancelled, timed out or forged
    ├── KeyringError            no keyring, or it is locked
    ├── StoreError              the local copy cannot be opened or written
    │   └── DamagedError        … as its file is damaged: it can be repaired
    └── InputError              what a person typed cannot be used (field)
"""

from __future__ import annotations

from rapport.language import english, join, mark, told


class RapportError(Exception):
    """An error with a sentence for a person.

    ``title`` is what happened, ``message`` what follows from it and what to do, ``details`` the
    technical rest without secrets, ``retry`` whether the same thing may succeed later.
    """

    retry = False

    def __init__(
        self, title: str, message: str = "", *, details: str = "", retry: bool | None = None
    ) -> None:
        super().__init__(title)
        self._title = title
        self._message = message
        self.details = details
        if retry is not None:
            self.retry = retry

    @property
    def title(self) -> str:
        return told(self._title)

    @property
    def message(self) -> str:
        return told(self._message)

    @property
    def kept_title(self) -> str:
        return self._title

    @property
    def kept(self) -> str:
        """Both sentences as they are stored, to be ``told`` later."""
        return join(self._title, self._message)

    @property
    def english(self) -> str:
        """Both sentences as a log and a command say them."""
        return english(self.kept)

    def __str__(self) -> str:
        return told(self.kept)


class NetworkError(RapportError):
    """No usable answer. ``sent`` tells whether the request may have reached the server."""

    retry = True

    def __init__(
        self, title: str, message: str = "", *, details: str = "", sent: bool = False
    ) -> None:
        super().__init__(title, message, details=details)
        self.sent = sent


class OutageError(NetworkError):
    """Not even sent: the CRM is there and has failed again and again. ``retry_after_s`` is when it
    is asked next."""

    def __init__(self, title: str, message: str = "", *, retry_after_s: float) -> None:
        super().__init__(title, message)
        self.retry_after_s = retry_after_s


class ApiError(RapportError):
    """The CRM answered and refused. ``status`` is the HTTP status, whatever the body claims."""

    def __init__(
        self,
        title: str,
        message: str = "",
        *,
        status: int = 0,
        trace_id: str = "",
        details: str = "",
        retry: bool | None = None,
    ) -> None:
        super().__init__(title, message, details=details, retry=retry)
        self.status = status
        self.trace_id = trace_id


class AuthError(ApiError):
    """The token is refused and a refresh did not help."""


class CapabilityError(ApiError):
    """The token is valid and may not do this: a scope or the location is missing."""


class LocationError(CapabilityError):
    """The token does not open this location: it is another's, or not active just now."""


class GoneError(ApiError):
    """The record does not exist on the server (any more)."""


class DuplicateError(ApiError):
    """A record with the same e-mail or phone exists; ``other_id`` is its server id."""

    def __init__(
        self, title: str, message: str = "", *, other_id: str = "", **rest: object
    ) -> None:
        super().__init__(title, message, **rest)  # type: ignore[arg-type]
        self.other_id = other_id


class InvalidError(ApiError):
    """The values were refused (400, 422)."""


class RateLimitError(ApiError):
    """Too many requests. ``retry_after_s`` is None where the server gives no time."""

    retry = True

    def __init__(
        self,
        title: str,
        message: str = "",
        *,
        retry_after_s: float | None = None,
        **rest: object,
    ) -> None:
        super().__init__(title, message, **rest)  # type: ignore[arg-type]
        self.retry_after_s = retry_after_s


class InactiveError(RateLimitError):
    """The location is not active: nothing is applied, and the same sign-in works again later."""


class ServerError(ApiError):
    """The server failed, or its answer could not be understood. A write may have been applied."""

    retry = True


class SignInError(RapportError):
    """Signing in did not finish; ``reason`` is denied, cancelled, timeout, forged or failed."""

    retry = True

    def __init__(self, title: str, message: str = "", *, reason: str, details: str = "") -> None:
        super().__init__(title, message, details=details)
        self.reason = reason


class KeyringError(RapportError):
    """The operating system's keyring is absent, locked or silent."""

    retry = True


class StoreError(RapportError):
    """The local copy cannot be opened, read or written."""


class DamagedError(StoreError):
    """The file of the local copy is damaged, or its key is another. It is never changed; a new
    copy can be made of what is readable."""


class InputError(RapportError):
    """A value that cannot be used; ``field`` names the input it came from."""

    def __init__(self, title: str, message: str = "", *, field: str = "") -> None:
        super().__init__(title, message)
        self.field = field


_NOT_THERE = {
    "contact": mark("This contact is not there any more."),
    "task": mark("This task is not there any more."),
    "note": mark("This note is not there any more."),
    "appointment": mark("This appointment is not there any more."),
}
_THERE_ALREADY = {
    "contact": mark("This contact is there already."),
    "task": mark("This task is there already."),
    "note": mark("This note is there already."),
    "appointment": mark("This appointment is there already."),
}


def not_there(kind: str) -> InputError:
    """A record of this kind was meant that is gone."""
    return InputError(_NOT_THERE[kind], "It was deleted meanwhile.")


def there_already(kind: str) -> InputError:
    """A record of this kind was to be made that exists."""
    return InputError(_THERE_ALREADY[kind])
