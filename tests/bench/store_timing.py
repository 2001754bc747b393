"""Times the store alone, on a real encrypted file: ``python tests/bench/store_timing.py 20000``."""

from __future__ import annotations

import random
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from msgspec.structs import replace
from ulid import ULID

from rapport.domain.audit import AuditFilter
from rapport.domain.commands import AddTags, CompleteTask, EditContact
from rapport.domain.filters import ContactQuery, HasTag, NoOpenTask, Sort
from rapport.domain.records import Kind
from rapport.store import Snapshot, Store

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
LATER = "2027-01-01T00:00:00Z"


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    def zone(self) -> tzinfo:
        return UTC

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def word(rng: random.Random) -> str:
    return "".join(
        rng.choice("bcdfghjklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randint(1, 4))
    )


def account(count: int, seed: int = 7) -> Iterator[list[Snapshot]]:
    """Contacts with their tasks and notes, a hundred at a time."""
    rng = random.Random(seed)
    vocabulary = [word(rng) for _ in range(6000)]
    first, last = vocabulary[:900], vocabulary[900:5000]
    tags = [f"tag-{name}" for name in vocabulary[:200]] + ["vip"]

    def iso(at: datetime) -> str:
        return at.isoformat().replace("+00:00", "Z")

    for start in range(0, count, 100):
        page: list[Snapshot] = []
        children: list[Snapshot] = []
        for number in range(start, min(count, start + 100)):
            one, two = rng.choice(first), rng.choice(last)
            phone = f"+1{rng.randrange(10**9, 10**10)}"
            rid = f"c{number:019d}"
            values = {
                "first_name": one.title(),
                "last_name": two.title(),
                "email": f"{one}.{two}@{rng.choice(vocabulary)}.example",
                "phone": phone,
                "company": f"{rng.choice(vocabulary).title()} Ltd",
                "city": rng.choice(vocabulary).title(),
                "tags": rng.sample(tags, rng.randint(0, 4)),
                "added_at": iso(NOW - timedelta(minutes=rng.randrange(1_000_000))),
                "updated_at": iso(NOW - timedelta(seconds=rng.randrange(30_000_000))),
            }
            page.append(
                Snapshot(kind=Kind.CONTACT, rid=rid, values=values, extra={"locationId": "x"})
            )
            for task in range(rng.choice((0, 1, 1, 2))):
                title = " ".join(rng.choices(vocabulary, k=4))
                due = NOW + timedelta(minutes=rng.randrange(-100_000, 300_000))
                children.append(
                    Snapshot(
                        kind=Kind.TASK,
                        rid=f"t{number}-{task}",
                        contact_rid=rid,
                        values={
                            "title": title,
                            "due_at": iso(due),
                            "completed": rng.random() < 0.4,
                        },
                    )
                )
            for note in range(rng.choice((0, 0, 1, 2))):
                body = " ".join(rng.choices(vocabulary, k=30))
                children.append(
                    Snapshot(
                        kind=Kind.NOTE,
                        rid=f"n{number}-{note}",
                        contact_rid=rid,
                        values={"body": f"<p>{body}</p>", "added_at": iso(NOW)},
                    )
                )
        yield page + children


def timed(name: str, act: Callable[[], object], runs: int = 30) -> None:
    samples = []
    for _ in range(runs):
        start = time.perf_counter()
        act()
        samples.append((time.perf_counter() - start) * 1000)
    samples.sort()
    p95 = samples[int(len(samples) * 0.95) - 1]
    print(f"  {name:34} p50 {statistics.median(samples):8.2f}   p95 {p95:8.2f} ms")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rapport.db"
        key = bytes(range(32))
        new_id = lambda: str(ULID())  # noqa: E731
        store = Store.open(path, key, clock=WallClock(), new_id=new_id)
        pages = list(account(count))
        ids = [page[0].rid for page in pages]
        start = time.perf_counter()
        for page in pages:
            store.replica.absorb(page, epoch=store.replica.epoch()).result()
        took = time.perf_counter() - start
        print(f"{count} contacts with tasks and notes: {count / took:.0f} contacts/s")
        again = time.perf_counter()
        for page in pages[:50]:
            store.replica.absorb(page, epoch=store.replica.epoch()).result()
        print(f"  read again unchanged: {5000 / (time.perf_counter() - again):.0f} contacts/s")
        print(f"  file {path.stat().st_size / 1e6:.0f} MB")
        start = time.perf_counter()
        for page in pages:
            changed = [
                replace(one, values={**one.values, "city": "Elsewhere", "updated_at": LATER})
                for one in page
                if one.kind is Kind.CONTACT
            ]
            store.replica.absorb(changed, epoch=store.replica.epoch()).result()
        took = time.perf_counter() - start
        print(f"  changed elsewhere, each in the audit log: {count / took:.0f} contacts/s")
        audit = store.audit
        ids = audit.index(AuditFilter(), UTC).result().ids
        timed(f"audit log, {len(ids)} entries", lambda: audit.index(AuditFilter(), UTC).result(), 5)
        words = AuditFilter(text="elsewhere da")
        timed("audit log by words", lambda: audit.index(words, UTC).result(), 5)
        timed("audit log, 120 entries read", lambda: audit.entries(ids[:120]).result())
        timed("audit log verified", lambda: store.verify_audit().result(), 5)
        store.close()

        start = time.perf_counter()
        store = Store.open(path, key, clock=WallClock(), new_id=new_id)
        store.queries.contacts(ContactQuery()).result()
        print(f"  open and first page {(time.perf_counter() - start) * 1000:.1f} ms")
        queries = store.queries
        for text in ("j", "s", "ba", "da lo", "bado", "5551", "(305) 555", "vip", "z q", "ba vip"):
            query = ContactQuery(text=text)
            page = queries.contacts(query).result()
            timed(f"search {text!r} -> {page.total}", lambda: queries.contacts(query).result())  # noqa: B023
        for sort in Sort:
            timed(f"list by {sort}", lambda: queries.contacts(ContactQuery(sort=sort)).result())  # noqa: B023
        timed("keys of 'j'", lambda: queries.contact_keys(ContactQuery(text="j")).result(), 5)
        timed("keys of all", lambda: queries.contact_keys(ContactQuery()).result(), 5)
        smart = ContactQuery(conditions=(HasTag(tag="vip"), NoOpenTask()))
        timed("vip without task", lambda: queries.contacts(smart).result())
        timed("sidebar", lambda: queries.sidebar(NOW, UTC).result())
        timed("today", lambda: queries.tasks(NOW, UTC).result())
        lids = [store.replica.lid_of(Kind.CONTACT, rid).result() for rid in ids[:50]]
        some = iter(lids * 10)
        timed("detail", lambda: queries.detail(next(some)).result())  # type: ignore[arg-type]
        number = iter(range(10_000))
        timed(
            "edit contact (durable)",
            lambda: store.commit(
                EditContact(contact_id=next(some), fields={"city": f"c{next(number)}"})  # type: ignore[arg-type]
            ).result(),
            100,
        )
        timed(
            "add tag (durable, indexed)",
            lambda: store.commit(
                AddTags(contact_id=next(some), tags=(f"new {next(number)}",))  # type: ignore[arg-type]
            ).result(),
            100,
        )
        tasks = [row.task.id for row in queries.tasks(NOW, UTC).result().overdue]
        pick = iter(tasks)
        timed(
            "complete task (durable)",
            lambda: store.commit(CompleteTask(task_id=next(pick), at=NOW)).result(),
            50,
        )
        # A person's edits while a sync page after page comes in.
        stop = threading.Event()

        def pull() -> None:
            for page in account(count + 20_000, seed=8):
                if stop.is_set():
                    return
                store.replica.absorb(page, epoch=store.replica.epoch()).result()

        puller = threading.Thread(target=pull)
        puller.start()
        timed(
            "edit contact during a sync",
            lambda: store.commit(
                EditContact(contact_id=next(some), fields={"city": f"c{next(number)}"})  # type: ignore[arg-type]
            ).result(),
            200,
        )
        timed(
            "search 'ba' during a sync",
            lambda: queries.contacts(ContactQuery(text="ba")).result(),
            100,
        )
        stop.set()
        puller.join()
        store.close()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"  peak memory of this process {peak:.0f} MB (the made-up account included)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
