"""Due tasks as desktop notifications whose buttons work while no window is open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from rapport.domain.changes import ChangeEvent, Op, Origin
from rapport.domain.commands import CompleteTask, SnoozeTask
from rapport.domain.errors import RapportError
from rapport.domain.ports import Clock, Notifier
from rapport.domain.records import Id, Kind
from rapport.domain.settings import Settings, is_quiet
from rapport.domain.text import visible
from rapport.domain.views import SyncState, TaskRow
from rapport.language import count, tr, trn
from rapport.services.workspace import Workspace

log = logging.getLogger(__name__)

LONGEST_SLEEP_S = 30.0
"""Sleeping is cut short so that a computer that wakes up is noticed: its monotonic clock stood."""
LOOK_BACK = timedelta(days=7)
"""A reminder missed for longer than this is only in Today's list."""
LATE = timedelta(minutes=10)
MOST_SINGLE = 3
DIGEST = "digest"
_MEMORY = "reminders"
_SETS_TIME = frozenset({"due_at", "remind_min"})


MomentWords = Callable[[datetime, datetime, tzinfo], str]
"""How a moment is written: (it, now, the person's time zone)."""


class _Due:
    """A reminder whose time has come."""

    def __init__(self, workspace: Workspace, row: TaskRow, at: datetime) -> None:
        self.workspace = workspace
        self.row = row
        self.at = at


class Reminders:
    """Watches the workspaces it was given. Lives on the window's loop, with or without a window.

    Which reminders were raised is remembered in each account's database, so that none comes twice,
    not even after a restart. ``open_task`` and ``open_today`` bring up the window.
    """

    def __init__(
        self,
        notifier: Notifier,
        settings: Callable[[], Settings],
        clock: Clock,
        *,
        open_task: Callable[[Workspace, Id], None],
        open_today: Callable[[], None],
        moment_words: MomentWords,
    ) -> None:
        self._notifier = notifier
        self._settings = settings
        self._clock = clock
        self._open_task = open_task
        self._open_today = open_today
        self._moment_words = moment_words
        self._watched: dict[str, _Watch] = {}
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._shown: dict[Id, Workspace] = {}
        self._digest: list[_Due] = []
        self._undoable: dict[str, tuple[Workspace, int, Id]] = {}
        self.paused = False
        """Set from the tray; what comes due meanwhile is told afterwards."""
        notifier.on_action(self._act)

    def watch(self, workspace: Workspace) -> None:
        """Call it for every account that is open; its newest workspace counts."""
        known = self._watched.get(workspace.account.id)
        if known is not None and known.workspace is workspace:
            return
        self.forget(workspace.account.id)
        watch = _Watch(workspace)
        watch.unsubscribe = workspace.feed.subscribe(lambda event: self._heard(watch, event))
        self._watched[workspace.account.id] = watch
        self._changed.set()

    @property
    def watched(self) -> frozenset[str]:
        """Ids of the accounts whose reminders come."""
        return frozenset(self._watched)

    def forget(self, account_id: str) -> None:
        watch = self._watched.pop(account_id, None)
        if watch is not None:
            watch.unsubscribe()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run(), name="reminders")

    async def stop(self) -> None:
        for account_id in tuple(self._watched):
            self.forget(account_id)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look(self) -> None:
        """Something changed that the feed does not tell, such as the settings."""
        for watch in self._watched.values():
            watch.floor = None
        self._changed.set()

    # When.

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                wait = await self._check()
            except RapportError as error:
                log.warning("Reminders could not be checked: %s", error.english)
                wait = LONGEST_SLEEP_S
            await _sleep(self._clock, wait, self._changed)

    async def _check(self) -> float:
        """Raises what is due; how long to sleep then."""
        settings, now = self._settings(), self._clock.now()
        waits = self.paused or is_quiet(settings, now.astimezone(self._clock.zone()))
        lead = timedelta(minutes=settings.reminder_lead_min)
        due: list[_Due] = []
        read: list[_Watch] = []
        nearest = now + timedelta(seconds=LONGEST_SLEEP_S)
        for watch in tuple(self._watched.values()):
            try:
                await self._withdraw_settled(watch)
                coming = await watch.upcoming(now, nearest + lead, lead)
            except RapportError as error:
                # The other accounts' reminders come all the same.
                log.warning("The reminders of an account were not read: %s", error.english)
                continue
            read.append(watch)
            for item in coming:
                if item.at <= now:
                    due.append(item)
                else:
                    nearest = min(nearest, item.at)
        if not settings.reminders:
            await self._mark(due, now)
        elif not waits and due:
            await self._raise(due, now)
        if not waits:
            for watch in read:
                watch.floor = now - timedelta(minutes=1)
        return max((nearest - self._clock.now()).total_seconds(), 0.05)

    def _heard(self, watch: _Watch, event: ChangeEvent) -> None:
        if Kind.TASK not in event.kinds():
            return
        watch.floor = None
        for change in event.changes:
            if change.ref.kind is Kind.TASK:
                watch.touched.add(change.ref.id)
                is_own = event.origin not in (Origin.SYNC, Origin.RULE, Origin.WEBHOOK)
                if is_own and (change.op is Op.CREATE or change.fields & _SETS_TIME):
                    watch.just_set[change.ref.id] = self._clock.now()
        self._changed.set()

    async def _withdraw_settled(self, watch: _Watch) -> None:
        """Notifications of tasks that were completed, snoozed or moved elsewhere go away."""
        touched, watch.touched = watch.touched, set()
        for task_id in touched & set(self._shown):
            row = await watch.workspace.queries.task(task_id)
            at = _time_of(row, timedelta(0)) if row is not None else None
            if row is None or row.task.completed or at is None or at > self._clock.now():
                self._shown.pop(task_id, None)
                await self._notifier.withdraw(_name(task_id))

    # What is shown.

    async def _raise(self, due: list[_Due], now: datetime) -> None:
        late = any(now - item.at > LATE for item in due)
        if len(due) > MOST_SINGLE or (late and len(due) > 1):
            await self._raise_digest(due, late)
        else:
            for item in due:
                await self._raise_one(item, now)
        await self._mark(due, now)

    async def _mark(self, due: list[_Due], now: datetime) -> None:
        for item in due:
            watch = self._watched.get(item.workspace.account.id)
            if watch is not None:  # signed out of meanwhile
                await watch.remember(item, now)

    async def _raise_one(self, item: _Due, now: datetime) -> None:
        task = item.row.task
        title, body = tr("A task is due"), ""
        if self._settings().notification_content:
            title = visible(task.title)
            when = self._due_words(task.due_at, now)
            body = self._words(item.workspace, visible(item.row.contact_name), when)
        self._shown[task.id] = item.workspace
        buttons = [(f"snooze:{task.id}:10", tr("Snooze 10 min"))]
        if item.workspace.capabilities.can_write:
            buttons.insert(0, (f"complete:{task.id}", tr("Complete")))
        await self._notifier.show(_name(task.id), title, body, tuple(buttons))

    def _due_words(self, due: datetime | None, now: datetime) -> str:
        if due is None:
            return tr("due")
        moment = self._moment_words(due, now, self._clock.zone())
        minutes = round((due - now).total_seconds() / 60)
        if 1 <= minutes < 60:
            words = trn("due {moment}, in {n} minute", "due {moment}, in {n} minutes", minutes)
            return words.format(moment=moment, n=count(minutes))
        return tr("due {moment}").format(moment=moment)

    def _words(self, workspace: Workspace, *parts: str) -> str:
        """A notification's second line; it ends with the account where there are several."""
        account = visible(workspace.account.name) if len(self._watched) > 1 else ""
        return " · ".join(part for part in (*parts, account) if part)

    async def _raise_digest(self, due: list[_Due], late: bool) -> None:
        self._digest = due
        number = len(due)
        title = trn("{n} reminder", "{n} reminders", number)
        if late:
            title = trn(
                "{n} reminder while the computer slept",
                "{n} reminders while the computer slept",
                number,
            )
        body = ""
        if self._settings().notification_content:
            names = [visible(item.row.task.title) for item in due]
            rest = len(names) - 2
            body = tr(", ").join(names[:2])
            if rest > 0:
                more = trn("{names} and {n} more", "{names} and {n} more", rest)
                body = more.format(names=body, n=count(rest))
        await self._notifier.show(
            DIGEST,
            title.format(n=count(number)),
            body,
            (("today", tr("Open Today")), ("snooze-all:60", tr("Snooze all 1 h"))),
        )

    # What a person presses.

    async def _act(self, notification_id: str, button: str) -> None:
        """Identifiers that nobody here issued are ignored: other programs can send any."""
        try:
            verb, *rest = button.split(":")
            match (verb, rest):
                case ("complete", [task_id]):
                    await self._complete(task_id)
                case ("snooze", [task_id, minutes]) if minutes in ("10", "60"):
                    await self._snooze(task_id, int(minutes))
                case ("snooze-all", ["60"]) if notification_id == DIGEST:
                    await self._snooze_all(60)
                case ("undo", [token]):
                    await self._undo(token)
                case ("open", [task_id]):
                    await self._open(task_id)
                case ("today", []):
                    self._open_today()
                case ("", []):
                    await self._clicked(notification_id)
        except RapportError as error:
            await self._notifier.show(notification_id or DIGEST, error.title, error.message)

    async def _complete(self, task_id: Id) -> None:
        workspace, row = await self._find(task_id)
        if workspace is None or row is None:
            return
        command = CompleteTask(task_id=task_id, at=self._clock.now())
        outcome = await workspace.bus.run(command, Origin.NOTIFICATION)
        self._shown.pop(task_id, None)
        await self._notifier.withdraw(_name(task_id))
        if outcome.undo_id is None:
            return  # it was completed before
        token = f"{len(self._undoable)}-{task_id}"
        self._undoable[token] = (workspace, outcome.undo_id, task_id)
        title, body = tr("Completed"), ""
        if self._settings().notification_content:
            title = tr("Completed: {title}").format(title=visible(row.task.title))
            body = self._words(workspace, visible(row.contact_name))
        if workspace.sync.status().state is SyncState.OFFLINE:
            later = tr("will be sent when you are online")
            body = " · ".join(part for part in (body, later) if part)
        buttons = ((f"undo:{token}", tr("Undo")), (f"open:{task_id}", tr("Open")))
        await self._notifier.show(f"done:{task_id}", title, body, buttons)

    async def _snooze(self, task_id: Id, minutes: int) -> None:
        workspace, row = await self._find(task_id)
        if workspace is None or row is None or row.task.completed:
            return
        until = self._clock.now() + timedelta(minutes=minutes)
        await workspace.bus.run(SnoozeTask(task_id=task_id, until=until), Origin.NOTIFICATION)
        self._shown.pop(task_id, None)
        await self._notifier.withdraw(_name(task_id))

    async def _snooze_all(self, minutes: int) -> None:
        digest, self._digest = self._digest, []
        for item in digest:
            await self._snooze(item.row.task.id, minutes)
        await self._notifier.withdraw(DIGEST)

    async def _undo(self, token: str) -> None:
        found = self._undoable.pop(token, None)
        if found is None:
            return
        workspace, undo_id, task_id = found
        await workspace.bus.undo(undo_id)
        await self._notifier.withdraw(f"done:{task_id}")

    async def _open(self, task_id: Id) -> None:
        workspace, row = await self._find(task_id)
        if workspace is not None and row is not None:
            self._open_task(workspace, task_id)

    async def _clicked(self, notification_id: str) -> None:
        if notification_id == DIGEST:
            self._open_today()
            return
        kind, _, task_id = notification_id.partition(":")
        if kind in ("task", "done"):
            await self._open(task_id)

    async def _find(self, task_id: Id) -> tuple[Workspace | None, TaskRow | None]:
        """The task, also when its notification is left over from an earlier run."""
        for watch in self._watched.values():
            row = await watch.workspace.queries.task(task_id)
            if row is not None:
                return watch.workspace, row
        return None, None


class _Watch:
    """One account: what was reminded of, and from when on to look."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.unsubscribe: Callable[[], None] = lambda: None
        self.floor: datetime | None = None
        self.touched: set[Id] = set()
        self.just_set: dict[Id, datetime] = {}
        self._memory: dict[str, Any] | None = None

    async def upcoming(self, now: datetime, end: datetime, lead: timedelta) -> list[_Due]:
        """Reminders not raised yet, up to ``end``; earliest first."""
        memory = await self._recall(now)
        start = max(datetime.fromisoformat(memory["since"]), now - LOOK_BACK)
        start = max(start, self.floor) if self.floor is not None else start
        rows = await self.workspace.queries.due_between(start, end)
        found: list[_Due] = []
        just_set, self.just_set = self.just_set, {}
        for row in rows:
            at = _time_of(row, lead)
            if at is None or memory["raised"].get(row.task.id) == at.isoformat():
                continue
            item = _Due(self.workspace, row, at)
            set_at = just_set.get(row.task.id)
            if set_at is not None and at <= set_at:
                # Who types a time that has passed knows it.
                await self.remember(item, now)
                continue
            found.append(item)
        return sorted(found, key=lambda item: item.at)

    async def remember(self, item: _Due, now: datetime) -> None:
        memory = await self._recall(now)
        raised: dict[str, str] = memory["raised"]
        raised[item.row.task.id] = item.at.isoformat()
        limit = now - LOOK_BACK
        memory["raised"] = {
            id: at for id, at in raised.items() if datetime.fromisoformat(at) > limit
        }
        await self.workspace.remember(_MEMORY, memory)

    async def _recall(self, now: datetime) -> dict[str, Any]:
        """The first look at an account starts from now: old overdue tasks are in Today's list."""
        if self._memory is None:
            found = await self.workspace.recall(_MEMORY)
            if found is None:
                found = {"since": now.astimezone(UTC).isoformat(), "raised": {}}
                await self.workspace.remember(_MEMORY, found)
            self._memory = found
        return self._memory


def _time_of(row: TaskRow, lead: timedelta) -> datetime | None:
    """When to remind: at the end of a snooze, else so long before the due time as the task says,
    or the settings."""
    task = row.task
    if task.due_at is None:
        return task.snoozed_until
    if task.remind_min is not None:
        lead = timedelta(minutes=task.remind_min)
    at = task.due_at - lead
    return max(at, task.snoozed_until) if task.snoozed_until is not None else at


def _name(task_id: Id) -> str:
    return f"task:{task_id}"


async def _sleep(clock: Clock, seconds: float, event: asyncio.Event) -> None:
    waits: Sequence[asyncio.Task[Any]] = (
        asyncio.ensure_future(_nap(clock, seconds)),
        asyncio.ensure_future(event.wait()),
    )
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def _nap(clock: Clock, seconds: float) -> None:
    await clock.sleep(seconds)
