"""``make chaos``: a seeded stream of edits through everything that can go wrong, and the reckoning.

The real program core, the real sandbox and a network between them, each a process; the core is
killed (``SIGKILL``) at random moments and started again on the same encrypted database. What it
acknowledged is written down here, and what became of it is told from the sandbox afterwards. The
same with a naive program is the control: it must be found guilty.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
from history import Conflict, Found, History
from people import Crm, Edit, Person, Record, Somebody, path_of
from reckoning import Reckoning
from scale import Scaled
from ulid import ULID

HERE = Path(__file__).parent
KINDS = ("delay", "drop_before", "drop_after", "reset", "truncate", "duplicate", "late")
BACKLOG = 120
"""The person waits while more edits than this are on their way: else most would become one."""
MEDDLES = 0.02
"""How often, per edit, somebody else changes any record."""
CLASHES = 0.02
"""How often somebody else writes a field in the moment before the person does."""
CONTROL_SHARE = 10
LONGEST_SETTLING_S = 2500.0
"""In the run's time: a creation of which nothing is heard is given up after 900 s."""


class Died(Exception):
    """The program core ended."""


class Child:
    """A process that speaks in lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    @classmethod
    async def start(cls, script: str, *arguments: object) -> Child:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                str(HERE / script),
                *map(str, arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=1 << 26,
            )
        )

    async def line(self) -> str:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise Died
        return line.decode()

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line.encode() + b"\n")

    async def end(self) -> None:
        """Its standard input ends, and so does it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            await asyncio.wait_for(self.process.wait(), 20.0)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()


class Program:
    """The core under test, and its successor, which stands by so that a start costs little."""

    def __init__(self, told: dict[str, Any], conflicts: set[Conflict]) -> None:
        self._told = told
        self.conflicts = conflicts
        """Every one that was ever shown."""
        self.now: list[Conflict] = []
        self._child: Child | None = None
        self._next: Child | None = None

    async def open(self) -> None:
        child, self._next = self._next, None
        if child is None:
            child = await Child.start("core.py")
        self._child = child
        await child.line()
        child.tell(json.dumps(self._told))
        await self.answer()
        self._next = await Child.start("core.py")

    async def ask(self, what: str, *more: Any) -> dict[str, Any]:
        self.tell(what, *more)
        return await self.answer()

    def tell(self, what: str, *more: Any) -> None:
        assert self._child is not None
        self._child.tell(json.dumps([what, *more]))

    async def answer(self) -> dict[str, Any]:
        assert self._child is not None
        while True:
            message = json.loads(await self._child.line())
            if "answer" in message:
                answer: dict[str, Any] = message["answer"]
                return answer
            if "conflicts" in message:
                self.now = [
                    Conflict(*ids, json.dumps(mine), json.dumps(theirs))
                    for *ids, mine, theirs in message["conflicts"]
                ]
                self.conflicts.update(self.now)

    async def kill(self) -> None:
        assert self._child is not None
        with contextlib.suppress(ProcessLookupError):
            self._child.process.kill()

    async def end(self) -> None:
        for child in (self._child, self._next):
            if child is not None:
                with contextlib.suppress(ConnectionError):
                    await child.end()


class Run:
    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        edits: int,
        kills: int,
        faults: float,
        late: bool,
        scale: float,
        naive: bool,
    ) -> None:
        self._folder = folder
        self._seed, self._edits, self._kills, self._faults = seed, edits, kills, faults
        self._kinds = KINDS if late else KINDS[:-1]
        self._naive = naive
        self._clock = Scaled(scale, time.monotonic())
        self._dice = random.Random(f"{seed} person")
        self.person = Person(self._dice, lambda: str(ULID.from_bytes(self._dice.randbytes(16))))
        self.history = History()
        self.conflicts: set[Conflict] = set()
        self.found = Found()
        self.stuck: list[str] = []
        self.diverged: list[str] = []
        self.network: dict[str, int] = {}

    async def run(self) -> None:
        scale = (self._clock.factor, self._clock.since)
        contacts = max(40, min(300, self._edits // 20))
        state = self._folder / "sandbox.db"
        server = await Child.start("server.py", state, contacts, self._seed, *scale)
        info = json.loads(await server.line())
        port = info["base_url"].rpartition(":")[2]
        kinds = ",".join(self._kinds)
        proxy = await Child.start("proxy.py", port, self._seed, self._faults, kinds, *scale)
        address = f"http://127.0.0.1:{int(await proxy.line())}"
        told = {
            "database": str(self._folder / "rapport.db"),
            "base_url": address,
            "token": info["access_token"],
            "location_id": info["location_ids"][0],
            "factor": scale[0],
            "since": scale[1],
            "naive": self._naive,
        }
        self.program = Program(told, self.conflicts)
        try:
            async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
                self.crm = Crm(info, http)
                self.somebody = Somebody(random.Random(f"{self._seed} somebody"), self.crm)
                await self._prepare()
                await self._edit_all()
                proxy.tell("calm")
                await proxy.line()
                await self._settle()
                await self._reckon()
        finally:
            await self.program.end()
            proxy.process.stdin.close()  # type: ignore[union-attr]
            with contextlib.suppress(Died):
                self.network = json.loads(await proxy.line())
            await proxy.end()
            await server.end()

    async def _prepare(self) -> None:
        """A first sync, after which the person knows what is there."""
        settings = {"settings": {"allowDuplicateContact": True}}
        await self.crm.control("POST", f"locations/{self.crm.location_id}", settings)
        await self.program.open()
        await self._until_synced()
        for kind, id, rid, contact_id, _ in (await self.program.ask("dump"))["records"]:
            self.person.knows(Record(kind, id, contact_id, rid))

    async def _until(
        self,
        ask: Callable[[], Awaitable[dict[str, Any]]],
        good: Callable[[dict[str, Any]], bool],
    ) -> None:
        while not good(await ask()):
            await self._clock.sleep(0.5)

    async def _until_synced(self) -> None:
        await self._until(lambda: self.program.ask("state"), lambda state: state["synced"])

    # The edits.

    async def _edit_all(self) -> None:
        at = set(self._dice.sample(range(1, self._edits + 1), min(self._kills, self._edits)))
        for number in range(1, self._edits + 1):
            if self._dice.random() < MEDDLES:
                await self._meddle()
            if self._dice.random() < CLASHES and (clash := await self._clash(number)):
                command, edit = clash
            else:
                command, edit = self.person.next(number)
            if number in at:
                await self._edit_and_kill(command, edit)
            else:
                self._noted(edit, await self.program.ask("edit", command))
            if number % 20 == 0:
                await self._take_breath()

    def _noted(self, edit: Edit, answer: dict[str, Any]) -> None:
        if "refused" in answer:
            edit.record.there = edit.record.there and edit.what == "create"
        edit.acknowledged = bool(answer.get("changed"))
        edit.bases = answer.get("bases", {})
        if edit.what == "create" and edit.acknowledged:
            self.person.knows(edit.record)

    async def _edit_and_kill(self, command: dict[str, Any], edit: Edit) -> None:
        self.program.tell("edit", command)
        if self._dice.random() < 0.5:
            self._noted(edit, await self.program.answer())
            await asyncio.sleep(self._dice.uniform(0.0, 0.05))
        else:
            await asyncio.sleep(self._dice.uniform(0.0, 0.004))
        await self.program.kill()
        with contextlib.suppress(Died):
            while True:  # what it still said counts, whole lines only
                self._noted(edit, await self.program.answer())
        await self.program.open()

    async def _take_breath(self) -> None:
        await self._until(
            lambda: self.program.ask("backlog"), lambda backlog: backlog["waiting"] <= BACKLOG
        )
        await self._read_journal()

    async def _read_journal(self) -> None:
        log = await self.crm.control("GET", f"log?after={self.history.last}")
        self.history.take(log["requests"])

    async def _path(self, record: Record) -> str | None:
        """Where the record is on the server; None while it is not there."""
        contact = self.person.records["contact", record.contact_id]
        for one in (record, contact):
            if one.rid is None:
                one.rid = (await self.program.ask("rid", one.kind, one.id))["rid"]
        if record.rid is None or contact.rid is None:
            return None
        return path_of(record, contact.rid)

    async def _meddle(self) -> None:
        record = self.person.some(self._dice.choice(("contact", "contact", "task", "note")))
        if record is not None and (path := await self._path(record)):
            await self.somebody.meddles(record, path)

    async def _clash(self, number: int) -> tuple[dict[str, Any], Edit] | None:
        record = self.person.some(self._dice.choice(("contact", "task", "note")))
        if record is None or (path := await self._path(record)) is None:
            return None
        command, edit = self.person.edit_of(record, number)
        await self.somebody.writes(record, path, edit.what)
        return command, edit

    # The end.

    async def _settle(self) -> None:
        """Waits until nothing is on its way. Life goes on in the CRM meanwhile: what is missing in
        a search index that lags is known to be missing once it shows something younger."""
        deadline = self._clock.monotonic() + LONGEST_SETTLING_S
        witness = {"locationId": self.crm.location_id, "lastName": "Somebody"}
        rid = (await self.crm.api("POST", "/contacts/", witness))["contact"]["id"]
        turn = 0
        while self._clock.monotonic() < deadline:
            turn += 1
            await self.crm.api("PUT", f"/contacts/{rid}", {"source": f"turn {turn}"})
            await self.program.ask("sync")
            if (await self.program.ask("backlog"))["waiting"] == 0:
                break
            await self._clock.sleep(10.0)
        await self._read_journal()
        await self.crm.control("POST", "index")

    async def _reckon(self) -> None:
        state = await self.program.ask("state")
        dump = await self.program.ask("dump")
        self.diverged += dump["wrong"]
        for kind, id, rid, _, _ in dump["records"]:
            if (kind, id) in self.person.records and rid:
                self.person.records[kind, id].rid = rid
        there = await self._there()
        for record in self.person.records.values():
            if record.rid is None:
                made = next(
                    (
                        edit.want
                        for edit in self.person.edits
                        if edit.what == "create" and edit.record is record
                    ),
                    None,
                )
                record.rid = next(
                    (rid for rid, doc in there.items() if made and made in doc["marks"]), None
                )
        reckoning = Reckoning(
            self.person, self.somebody, self.history, self.conflicts, there, state["outbox"]
        )
        reckoning.all(self.found)
        self.stuck = reckoning.stuck

    async def _there(self) -> dict[str, dict[str, Any]]:
        """What the sandbox holds at the end, by id."""
        there: dict[str, dict[str, Any]] = {}
        for contact in await self.crm.contacts():
            path = f"/contacts/{contact['id']}"
            there[contact["id"]] = {**contact, "marks": {contact.get("lastName")}}
            for task in (await self.crm.api("GET", f"{path}/tasks"))["tasks"]:
                there[task["id"]] = {**task, "marks": {task.get("body")}}
            for note in (await self.crm.api("GET", f"{path}/notes"))["notes"]:
                there[note["id"]] = {**note, "marks": {note.get("title")}}
        return there


async def chaos(options: argparse.Namespace) -> dict[str, Any]:
    started = time.monotonic()

    async def one(naive: bool, edits: int, kills: int) -> Run:
        with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
            run = Run(
                Path(folder),
                seed=options.seed,
                edits=edits,
                kills=kills,
                faults=options.faults,
                late=not options.no_late,
                scale=options.scale,
                naive=naive,
            )
            await run.run()
            return run

    run = await one(False, options.edits, options.kills)
    report: dict[str, Any] = {
        "seed": options.seed,
        "edits": options.edits,
        "kills": options.kills,
        "fault_rate": options.faults,
        **_counts(run),
        "stuck": len(run.stuck),
        "conflicts_shown": len(run.conflicts),
        "raced": len(run.found.raced),
        "overdue": len(run.found.overdue),
        "diverged": len(run.diverged),
        "their_edits": run.somebody.count,
        "network": run.network,
    }
    report["findings"] = {
        "lost": run.found.lost,
        "duplicated": run.found.duplicated,
        "silently_overwritten": run.found.silently_overwritten,
        "stuck": run.stuck,
        "diverged": run.diverged,
    }
    report["run_seconds"] = round(time.monotonic() - started, 1)
    if not options.no_control:
        edits = options.control_edits or max(500, options.edits // CONTROL_SHARE)
        kills = round(options.kills * edits / options.edits)
        report["control"] = {"edits": edits, **_counts(await one(True, edits, kills))}
    report["seconds"] = round(time.monotonic() - started, 1)
    return report


def _counts(run: Run) -> dict[str, int]:
    return {
        "lost": len(run.found.lost),
        "duplicated": len(run.found.duplicated),
        "silently_overwritten": len(run.found.silently_overwritten),
    }


def failures(report: dict[str, Any]) -> list[str]:
    """What the promise does not allow."""
    said = [
        f"{name}: {sentence}"
        for name in ("lost", "duplicated", "stuck", "diverged")
        for sentence in report["findings"][name]
    ]
    allowed = 0 if report["late"] is False else max(1, report["edits"] // 10_000)
    overwritten = report["findings"]["silently_overwritten"]
    if len(overwritten) > allowed:
        said += [f"silently overwritten: {sentence}" for sentence in overwritten]
    if (control := report.get("control")) is not None:
        wrong = control["duplicated"] + control["silently_overwritten"]
        if wrong * 10_000 < 50 * control["edits"]:
            said.append(f"the control is not found guilty: {control}")
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description="Edits under chaos, and what became of them.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--faults", type=float, default=0.2, help="share of requests that fail")
    parser.add_argument("--scale", type=float, default=25.0, help="seconds that pass in one")
    parser.add_argument("--no-late", action="store_true", help="no write is applied late")
    parser.add_argument("--no-control", action="store_true", help="only the real program")
    parser.add_argument("--control-edits", type=int, help="how many the control makes")
    parser.add_argument("--out", type=Path, default=Path("build/chaos.json"))
    options = parser.parse_args()
    report = asyncio.run(chaos(options))
    report["late"] = not options.no_late
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps({name: one for name, one in report.items() if name != "findings"}))
    wrong = failures(report)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if wrong:
        print(f"Seed {options.seed} fails.", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
