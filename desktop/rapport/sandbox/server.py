"""The sandbox as a running server: in an event loop, or in a thread of its own."""

import asyncio
import json
import logging
import secrets
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from . import seed
from .clock import Clock
from .control import Control
from .core import Core
from .faults import Faults, Journal
from .gate import Gate
from .limits import Limits, RateLimit
from .resources import OPERATIONS
from .store import StateError, Store
from .table import Table
from .tokens import Client, Tokens, agency_grant, full_location_grant

_START_S = 120.0


class AddressError(Exception):
    """The sandbox cannot listen there; the message is a sentence for a person."""


class _Protocol(H11Protocol):
    """Lets the application close its connection without a reply."""

    transports: set[asyncio.Transport]
    """Of the listener: those that are open, to be closed with it."""

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.transports.discard(self.transport)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope["close_connection"] = transport.close
            await inner(scope, receive, send)

        self.app = app
        self.transports.add(transport)


class _Listener:
    """Uvicorn's HTTP on one socket, without its main loop, signals and log."""

    _PATIENCE_S = 1.0

    def __init__(self, app: ASGIApp) -> None:
        # Uvicorn reports broken-off replies as errors; here they are meant.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self._config = uvicorn.Config(
            app, http=_Protocol, ws="none", lifespan="off", access_log=False, log_config=None
        )
        self._config.load()
        self._state = ServerState()
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.Transport] = set()

    def _protocol(self) -> _Protocol:
        protocol = _Protocol(self._config, self._state, {})
        protocol.transports = self._transports
        return protocol

    async def open(self, on: socket.socket) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._protocol, sock=on)

    async def close(self) -> None:
        """Take nothing new, finish what is being answered, give up on what takes too long."""
        if self._server is None:
            return
        self._server.close()
        # A connection that was just accepted is known only two turns of the loop later.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        open_ones = self._state.connections
        for connection in list(open_ones):
            connection.shutdown()
        tasks = list(self._state.tasks)
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=self._PATIENCE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        # Whoever does not take the rest of a reply must not outlive the loop.
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._PATIENCE_S
        while open_ones:
            if loop.time() > deadline:
                for connection in list(open_ones):
                    connection.transport.abort()
            await asyncio.sleep(0.001)
        for transport in list(self._transports):
            transport.abort()
        await asyncio.sleep(0)
        self._server = None


class Sandbox:
    """One local CRM with its OAuth server.

    ``contacts`` is how many the first location holds; the others hold a few more. ``clock``
    gives epoch seconds. ``state_file`` keeps everything; what it already holds wins over
    ``contacts`` and ``seed``.

    Raises StateError when the state file cannot be used, AddressError when the port is taken.
    """

    def __init__(
        self,
        contacts: int = 1000,
        seed: int = 7,
        rate_limit: RateLimit = "vendor",
        state_file: Path | None = None,
        index_lag_s: float = 3.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._contacts = contacts
        self._seed = seed
        self._state_file = state_file
        self._index_lag_s = index_lag_s
        self._rate_limit = rate_limit
        self._clock = Clock(clock)
        self._faults = Faults()
        self._journal = Journal()
        self._control_token = secrets.token_urlsafe(24)
        self._core: Core | None = None
        self._listener: _Listener | None = None
        self._info: dict[str, Any] = {}

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Seed if need be, listen, and accept requests when this returns."""
        listener = _listen(host, port)
        try:
            core = await asyncio.to_thread(self._prepare)
        except BaseException:
            listener.close()
            raise
        self._core = core
        control = Control(core, self._faults, self._journal, self._control_token, self._reset)
        gate = Gate(core, Table(OPERATIONS), control, self._faults, self._journal)
        self._listener = _Listener(gate)
        await self._listener.open(listener)
        address = listener.getsockname()
        shown = f"[{address[0]}]" if ":" in address[0] else address[0]
        self._info = self._describe(core, f"http://{shown}:{address[1]}")

    async def stop(self) -> None:
        """Finish what is being answered, and close. Harmless when not running."""
        if self._listener is not None:
            await self._listener.close()
            self._listener = None
        if self._core is not None:
            self._core.store.close()
            self._core = None

    def info(self) -> dict[str, Any]:
        """Addresses, credentials and the ids of a few records; empty before the start."""
        return dict(self._info)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.stop()

    # -- inside --------------------------------------------------------------------------------

    def _prepare(self) -> Core:
        store = Store(self._clock, self._state_file, self._index_lag_s)
        try:
            if store.fresh:
                seed.fill(store, self._clock, contacts=self._contacts, seed=self._seed)
                store.set_meta("seed", str(self._seed))
                store.set_meta("contacts", str(self._contacts))
            else:
                self._seed = int(store.meta("seed") or self._seed)
                self._contacts = int(store.meta("contacts") or self._contacts)
                self._clock.shift_s = float(store.meta("shift_s") or 0)
        except Exception:
            store.close()
            raise
        tokens = Tokens(store, self._clock, Client.from_seed(self._seed))
        return Core(store, self._clock, tokens, Limits(self._clock, self._rate_limit))

    def _reset(self, tokens_too: bool) -> None:
        assert self._core is not None
        store = self._core.store
        self._clock.shift_s = 0.0
        seed.fill(store, self._clock, contacts=self._contacts, seed=self._seed)
        store.set_meta("seed", str(self._seed))
        store.set_meta("contacts", str(self._contacts))
        self._core.limits.clear()
        self._faults.waiting.clear()
        self._journal.clear()
        if tokens_too:
            self._core.tokens.forget_all()

    def _describe(self, core: Core, base_url: str) -> dict[str, Any]:
        facts = json.loads(core.store.meta("facts") or "{}")
        client = core.tokens.client
        app, owner, company = client.app_id, facts["owner_id"], facts["company_id"]
        first = facts["location_ids"][0]
        location = full_location_grant(company, first, owner, app)
        return {
            "base_url": base_url,
            "authorize_url": f"{base_url}/v2/oauth/chooselocation",
            "token_url": f"{base_url}/oauth/token",
            "client_id": client.id,
            "client_secret": client.secret,
            "redirect_uri": client.redirect_uri,
            "location_ids": facts["location_ids"],
            "access_token": core.tokens.access(location),
            "agency_token": core.tokens.access(agency_grant(company, owner, app)),
            "private_token": core.tokens.private(location.as_private()),
            "company_id": company,
            "examples": facts["examples"],
            "control_token": self._control_token,
        }


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named in full: asyncio turns Nagle's algorithm off only for sockets that say they are TCP,
    # and with it every reply would wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or error
        raise AddressError(f"The sandbox cannot listen on {host}:{port}: {reason}.") from error
    return listener


class SandboxThread:
    """A sandbox in its own thread with its own loop, for a program that has other loops.

    ``with SandboxThread(contacts=50) as sandbox: sandbox.info()["base_url"]``
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, **options: Any) -> None:
        self._host, self._port = host, port
        self._sandbox = Sandbox(**options)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)

    def start(self) -> Self:
        """Raises what ``Sandbox.start`` raises."""
        self._thread.start()
        if not self._ready.wait(_START_S):
            raise AddressError("The sandbox did not start in time.")
        if self._error is not None:
            self._thread.join()
            raise self._error
        return self

    def stop(self) -> None:
        loop, stop = self._loop, self._stop
        if loop is not None and stop is not None and self._thread.is_alive():
            loop.call_soon_threadsafe(stop.set)
            self._thread.join()

    def info(self) -> dict[str, Any]:
        return self._sandbox.info()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        try:
            await self._sandbox.start(self._host, self._port)
        except BaseException as error:
            self._error = error
            return
        finally:
            self._ready.set()
        try:
            await self._stop.wait()
        finally:
            await self._sandbox.stop()


__all__ = ["AddressError", "Sandbox", "SandboxThread", "StateError"]
