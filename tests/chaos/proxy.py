"""A network that fails in every way a network can, between the program and the sandbox.

Real sockets. Most requests pass; of the others, each meets one fault:

============  =================================================================================
delay         the request waits, where writes may be late sometimes longer than the client does
drop_before   the connection closes, and nothing was done
drop_after    everything was done, and the reply never comes
reset         as either of the two, with a reset instead of a close
truncate      everything was done, and half of the reply comes
duplicate     a PUT, DELETE or GET is delivered twice, and the second reply comes
late          the connection closes, and a write is applied up to 100 s later
============  =================================================================================

A line ``calm`` on standard input ends the faults; what is late still arrives. At the end of the
standard input the proxy prints how often it did what, and ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import socket
import struct
import sys
from typing import NamedTuple

from scale import Scaled

LATEST_S = 100.0
"""The longest time after which a write is still applied."""
SLACK_S = 10.0
"""On a busy machine a late write may come later still; beyond this it never comes at all."""
LONGEST_DELAY_S = 35.0
"""Longer than the client waits: such a request is late, too."""
SHORT_DELAY_S = 4.0
"""The longest where nothing is to be late."""
IDLE_S = 2.0
"""Real seconds after which a connection to the sandbox is not used again."""

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Message(NamedTuple):
    head: bytes
    body: bytes
    at: float = 0.0
    """When it came, in the run's time."""

    @property
    def request(self) -> tuple[str, str]:
        method, path, _ = self.head.split(b" ", 2)
        return method.decode(), path.decode().partition("?")[0]

    def marked(self, fault: str) -> bytes:
        """With two more headers: what happened to it, and when it came here."""
        first, _, rest = self.head.partition(b"\r\n")
        marks = f"\r\nx-chaos: {fault}\r\nx-chaos-at: {self.at}\r\n"
        return first + marks.encode() + rest + self.body

    @property
    def is_write(self) -> bool:
        method, path = self.request
        return method != "GET" and not path.endswith("/search")


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """One request or reply; None when the connection ends."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = 0
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return Message(head, await reader.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class Unreachable(Exception):
    """The sandbox does not answer."""


class Network:
    def __init__(
        self, port: int, dice: random.Random, rate: float, kinds: tuple[str, ...], clock: Scaled
    ) -> None:
        self._port = port
        self._dice = dice
        self.rate = rate
        self._kinds = kinds
        self._clock = clock
        self._idle: list[tuple[float, Streams]] = []
        self._late: set[asyncio.Task[None]] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self.done: dict[str, int] = {}

    def _fault(self, message: Message) -> str:
        if self._dice.random() >= self.rate:
            return ""
        kind = self._dice.choice(self._kinds)
        if kind == "late" and not message.is_write:
            kind = "drop_before"
        if kind == "duplicate" and message.request[0] == "POST":
            kind = "drop_after"  # delivered twice, no client could help it
        return kind

    def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while (message := await read_message(reader)) is not None:
                message = message._replace(at=self._clock.time())
                kind = self._fault(message)
                self.done[kind or "pass"] = self.done.get(kind or "pass", 0) + 1
                if not await self._carry(message, kind, writer):
                    break
        except (ConnectionError, Unreachable):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _carry(self, message: Message, kind: str, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection goes on."""
        match kind:
            case "drop_before":
                return False
            case "drop_after":
                await self._deliver(message, kind)
                return False
            case "reset":
                if self._dice.random() < 0.5:
                    await self._deliver(message, kind)
                _reset(writer)
                return False
            case "late":
                task = asyncio.create_task(self._deliver_late(message))
                self._late.add(task)
                task.add_done_callback(self._late.discard)
                return False
            case "delay":
                longest = LONGEST_DELAY_S if "late" in self._kinds else SHORT_DELAY_S
                await self._clock.sleep(self._dice.uniform(0.0, longest))
            case "duplicate":
                await self._deliver(message, kind)
        reply = await self._deliver(message, kind or "no")
        whole = reply.head + reply.body
        if kind == "truncate":
            whole = whole[: self._dice.randrange(len(whole))]
        writer.write(whole)
        await writer.drain()
        return kind != "truncate"

    async def _deliver_late(self, message: Message) -> None:
        wait = self._dice.uniform(0.0, LATEST_S)
        await self._clock.sleep(wait)
        if self._clock.time() - message.at > LATEST_S + SLACK_S:
            self.done["never"] = self.done.get("never", 0) + 1
            return
        with contextlib.suppress(Unreachable):
            await self._deliver(message, "late")

    async def _deliver(self, message: Message, mark: str) -> Message:
        streams = await self._connection()
        reader, writer = streams
        try:
            writer.write(message.marked(mark))
            await writer.drain()
            reply = await read_message(reader)
        except ConnectionError:
            reply = None
        if reply is None:
            writer.close()
            raise Unreachable
        self._idle.append((asyncio.get_running_loop().time(), streams))
        return reply

    async def _connection(self) -> Streams:
        now = asyncio.get_running_loop().time()
        while self._idle:
            since, streams = self._idle.pop()
            if now - since < IDLE_S:
                return streams
            streams[1].close()
        try:
            return await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            raise Unreachable from None

    async def last(self) -> None:
        """Everything late has arrived."""
        while self._late:
            await asyncio.wait(self._late)
        for _, (_, writer) in self._idle:
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def main(port: int, seed: int, rate: float, kinds: tuple[str, ...], clock: Scaled) -> None:
    network = Network(port, random.Random(seed), rate, kinds, clock)
    server = await asyncio.start_server(network.connected, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == "calm":
            network.rate = 0.0
            await network.last()
            print("calm", flush=True)
    server.close()
    print(json.dumps(network.done), flush=True)


if __name__ == "__main__":
    port, seed, rate, kinds, factor, since = sys.argv[1:]
    asyncio.run(
        main(
            int(port),
            int(seed),
            float(rate),
            tuple(kinds.split(",")),
            Scaled(float(factor), float(since)),
        )
    )
