"""The protocols through which rooms that may not import each other meet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, tzinfo
from typing import Protocol

from rapport.domain.changes import Origin
from rapport.domain.commands import Command
from rapport.domain.errors import RapportError
from rapport.domain.operations import OperationCall, OperationReply
from rapport.domain.records import Id
from rapport.domain.settings import (
    Account,
    ConnectRequest,
    InstalledLocation,
    InstalledPage,
    TokenRequest,
)
from rapport.domain.views import AgendaRead, Candidate, Outcome, SyncStatus


class Clock(Protocol):
    """Time is passed in: tests and chaos runs drive it."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never jump."""
        ...

    def zone(self) -> tzinfo:
        """The person's time zone: what "today" means."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class CommandBus(Protocol):
    """A click, a notification button, a rule and a webhook all end here."""

    async def run(self, command: Command, origin: Origin = Origin.PERSON) -> Outcome:
        """Commits the command. Raises RapportError; nothing is changed then."""
        ...

    async def undo(self, undo_id: int | None = None) -> Outcome | None:
        """Takes back one entry, or the newest. None when there is nothing to take back."""
        ...


class SyncControl(Protocol):
    """What the window may ask of the engine, from its own thread."""

    def status(self) -> SyncStatus: ...

    def subscribe(self, listener: Callable[[SyncStatus], None]) -> Callable[[], None]: ...

    def sync_now(self) -> None: ...

    def opened(self, contact_id: Id) -> None:
        """A person looks at this contact: its notes and appointments are fetched first."""
        ...

    async def candidates(self, seq: int) -> list[Candidate]:
        """Records in the CRM that the create ``seq`` of the outbox may have made, the likeliest
        first. Raises RapportError where it cannot be asked."""
        ...

    async def read_agenda(self, start: datetime, end: datetime) -> AgendaRead:
        """A person looks at this stretch of the calendar: the appointments in it are read. The
        answer comes when they are in the copy, at once where the CRM cannot be asked."""
        ...

    async def free_slots(
        self, calendar_id: str, start: datetime, end: datetime
    ) -> tuple[datetime, ...]:
        """When an appointment could begin by the calendar's own rules. Raises RapportError where it
        cannot be asked."""
        ...

    async def link(self, seq: int, rid: str) -> None:
        """The create means the record ``rid`` of the server. Raises RapportError."""
        ...


class OperationCaller(Protocol):
    """Sends what a person asks the CRM for, as one account: in its budget, before background work,
    and noted in its audit log."""

    async def call(self, call: OperationCall) -> OperationReply:
        """The CRM's answer, a refusal too. Raises RapportError where there is none; cancelling the
        task cancels the request, which may have arrived all the same."""
        ...


class Keyring(Protocol):
    """The operating system's secret store. Calls block: never on the window's thread."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str) -> None: ...

    def delete(self, name: str) -> None: ...


class AuditKey(Protocol):
    """Signs the checkpoints of an account's audit log. Asks the keyring: calls block."""

    def sign(self, content: bytes) -> bytes: ...

    def verified(self, content: bytes, signature: bytes) -> bool:
        """Whether it is this key's signature."""
        ...


class Notifier(Protocol):
    async def show(
        self, id: str, title: str, body: str, buttons: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Shows or replaces the notification ``id``. Raises RapportError where it cannot."""
        ...

    async def withdraw(self, id: str) -> None: ...

    def on_action(self, handler: Callable[[str, str], Awaitable[None]]) -> None:
        """``handler(notification_id, button)``; button is "" for a click on the notification."""
        ...

    async def capabilities(self) -> frozenset[str]:
        """Such as {"actions", "body"}: what the desktop really offers."""
        ...


LoadLocations = Callable[[int], Awaitable[InstalledPage]]
"""The locations of an agency from the given position on. Raises RapportError."""


class SignInObserver(Protocol):
    """Hears how a sign-in goes on, to show it."""

    def in_browser(self, url: str, timeout_s: float) -> None:
        """The system browser was opened at ``url``; the person has so long."""
        ...

    def consenting(self) -> None:
        """A page asks for consent after all."""
        ...

    def finishing(self) -> None:
        """Consent was given; the account is being opened."""
        ...

    async def choose_locations(
        self, load: LoadLocations, trouble: RapportError | None
    ) -> Sequence[InstalledLocation]:
        """An agency has signed in: which of its locations are to be opened, at least one.
        ``trouble`` says why the choice before could not be."""
        ...


class AuthGateway(Protocol):
    """How a person signs in. Each call ends with an account that is open, or with SignInError;
    cancelling the task cancels the sign-in."""

    async def explore_sandbox(self, observer: SignInObserver) -> Account: ...

    async def connect(self, request: ConnectRequest, observer: SignInObserver) -> Account: ...

    async def reconnect(self, account: Account, observer: SignInObserver) -> Account:
        """Signs a known account in again: without asking anybody where the CRM allows that, else
        on its page. Another person's sign-in leads to another account."""
        ...

    async def use_token(self, request: TokenRequest, observer: SignInObserver) -> Account: ...
