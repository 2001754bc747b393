"""One open account: its local copy, its engine, and what the window sees of both."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from rapport.app.copies import DATABASE
from rapport.app.credentials import token_source
from rapport.app.engine_thread import EngineThread
from rapport.app.secrets import Secrets
from rapport.domain.catalogue import Action
from rapport.domain.errors import NetworkError
from rapport.domain.operations import OperationCall, OperationReply
from rapport.domain.ports import Clock
from rapport.domain.scopes import Capabilities
from rapport.domain.settings import Account
from rapport.host.audit_key import VaultAuditKey
from rapport.services.workspace import Workspace, new_id
from rapport.store import Store
from rapport.sync.status import StatusBoard

if TYPE_CHECKING:
    # Imported where they are used: they would stand before the first paint.
    from rapport.api import ApiClient
    from rapport.sync.engine import Engine
    from rapport.sync.operations import Operations

log = logging.getLogger(__name__)


class Session:
    """Opened from the local copy alone; ``connect`` starts the part that needs the network, after
    the first paint."""

    def __init__(self, account: Account, store: Store, clock: Clock, secrets: Secrets) -> None:
        self.account = account
        self.store = store
        self._clock = clock
        self._secrets = secrets
        self._board = StatusBoard()
        self.workspace = Workspace(
            account,
            store,
            self._board,
            Capabilities.of(account.scopes),
            clock,
            asyncio.get_running_loop(),
            audit_key=VaultAuditKey(secrets.vault(account.id)),
        )
        self.workspace.memberships.connect(self, _action)
        self._line: _Line | None = None
        self._thread: EngineThread | None = None
        self._connecting = asyncio.Lock()

    @classmethod
    def open(
        cls, account: Account, folder: Path, key: bytes | None, *, clock: Clock, secrets: Secrets
    ) -> Session:
        """``key`` None keeps the copy in memory. Raises StoreError."""
        path = None if key is None else folder / DATABASE
        store = Store.open(path, key or bytes(32), clock=clock, new_id=new_id, who=account.user_id)
        return cls(account, store, clock, secrets)

    @property
    def connected(self) -> bool:
        return self._line is not None

    async def connect(self, thread: EngineThread) -> None:
        """Starts the engine on its own thread. Raises RapportError."""
        async with self._connecting:
            await self._connect(thread)

    async def _connect(self, thread: EngineThread) -> None:
        await self.disconnect()
        line = await asyncio.wrap_future(
            thread.run(
                _Line.open(self.account, self.store, self._board, self._clock, self._secrets)
            )
        )
        self._thread, self._line = thread, line

    async def call(self, call: OperationCall) -> OperationReply:
        """Sends what a person asks for, and puts it and the answer into the audit log; see
        :class:`~rapport.domain.ports.OperationCaller`."""
        async with self._connecting:  # one that is on its way up is waited for
            line, thread = self._line, self._thread
        if line is None or thread is None:
            raise NetworkError("This account is not connected yet.", "Try again in a moment.")

        async def send() -> OperationReply:
            return await asyncio.wrap_future(thread.run(line.operations.call(call)))

        return await self.workspace.audit.recorded(call, send)

    async def disconnect(self) -> None:
        """Stops the engine; what it had begun to send is finished or stays in the outbox."""
        line, self._line = self._line, None
        if line is not None and self._thread is not None:
            await asyncio.wrap_future(self._thread.run(line.close()))

    async def replaced(self, account: Account) -> Session:
        """The same local copy after a new sign-in; this session is not to be used any more."""
        await self.disconnect()
        self.workspace.close()
        return Session(account, self.store, self._clock, self._secrets)

    async def close(self) -> None:
        await self.disconnect()
        self.workspace.close()
        await asyncio.to_thread(self.store.close)


def _action(id: str) -> Action:
    from rapport.api.catalogue import catalogue

    found = catalogue()[id]
    assert isinstance(found, Action)
    return found


class _Line:
    """What talks to the CRM for one account. Lives on the engine's loop."""

    def __init__(self, client: ApiClient, engine: Engine, operations: Operations) -> None:
        self._client = client
        self._engine = engine
        self.operations = operations

    @classmethod
    async def open(
        cls, account: Account, store: Store, board: StatusBoard, clock: Clock, secrets: Secrets
    ) -> _Line:
        from rapport.api import ApiClient
        from rapport.api.http import Http
        from rapport.sync.engine import Engine
        from rapport.sync.operations import Operations

        http = Http()
        client = ApiClient(
            account.api_url,
            await token_source(account, secrets, clock, http),
            location_id=account.location_id,
            clock=clock,
            http=http,
        )
        engine = Engine(store, client, clock, Capabilities.of(account.scopes), board=board)
        await engine.start()
        operations = Operations(client, account.api_url, clock, learn=engine.suspect)
        return cls(client, engine, operations)

    async def close(self) -> None:
        await self._engine.stop()
        await self._client.aclose()
