"""What the palette offers for what was typed, best first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rapport.domain.filters import ContactQuery, HasTag
from rapport.domain.rank import Match, Tier, Title
from rapport.domain.records import Kind
from rapport.domain.text import unmarked, visible
from rapport.domain.views import ContactRow, RecordHit
from rapport.language import tr, trn
from rapport.ui.context import WindowContext
from rapport.ui.key_names import cap_of
from rapport.ui.wording import count, due_words

ROWS = 9
ACTIONS_ONLY, TAGS_ONLY = ">", "#"
_MOST_ACTIONS, _MOST_RECORDS = 4, 2

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; ``choose`` does what it says."""

    title: str
    choose: Callable[[], None]
    tier: Tier = Tier.FUZZY
    spans: Spans = ()
    about: str = ""
    icon: str = ""
    seed: str = ""
    keys: str = ""
    enabled: bool = True
    action: str = ""
    """The id of an action, so that the ones used last come first."""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    entries: tuple[Entry, ...]
    total: int

    @property
    def tier(self) -> Tier:
        return min((entry.tier for entry in self.entries), default=Tier.FUZZY)


def cut(groups: Sequence[Group]) -> list[Group]:
    """The groups with the best match first, at most ``ROWS`` rows, no group crowding out the
    others."""
    ordered = sorted((group for group in groups if group.entries), key=lambda group: group.tier)
    left = ROWS
    least = {id(group): min(2, len(group.entries)) for group in ordered}
    shown: list[Group] = []
    for position, group in enumerate(ordered):
        owed = sum(least[id(later)] for later in ordered[position + 1 :])
        room = max(min(len(group.entries), left - owed), 0)
        left -= room
        if room:
            shown.append(Group(group.title, group.entries[:room], group.total))
    return shown


def _match(title: str, english: str, typed: str) -> Match | None:
    """By its words or by the English ones, which help in other languages use as well."""
    if not typed:
        return None
    found = Title(title).match(typed)
    if found is not None or english == title:
        return found
    other = Title(english).match(typed)
    return Match(other.tier) if other is not None else None


def actions(context: WindowContext, typed: str, most: int = _MOST_ACTIONS) -> Group:
    """Those that can be carried out, and those that say why not."""
    recent = context.settings.recent_actions
    found: list[tuple[tuple[int, int, int], Entry]] = []
    for position, action in enumerate(context.actions):
        allowed = context.actions.allowed(action.id)
        title = action.words
        match = _match(title, action.title, typed)
        if allowed is False or action.id == "go.palette" or (typed and match is None):
            continue
        tier = match.tier if match is not None else Tier.FUZZY
        used = recent.index(action.id) if action.id in recent else len(recent)
        entry = Entry(
            title,
            lambda id=action.id: _carry_out(context, id),  # type: ignore[misc]
            tier,
            match.spans if match is not None else (),
            about="" if allowed is True else str(allowed),
            icon=action.icon or "right",
            keys=cap_of(action.id),
            enabled=allowed is True,
            action=action.id,
        )
        found.append(((tier + (0 if entry.enabled else 10), used, position), entry))
    found.sort(key=lambda pair: pair[0])
    return Group(tr("Actions"), tuple(entry for _, entry in found[:most]), len(found))


def _carry_out(context: WindowContext, id: str) -> None:
    rest = tuple(one for one in context.settings.recent_actions if one != id)
    context.change_settings(recent_actions=(id, *rest)[:ROWS])
    context.actions.trigger(id)


def settings(context: WindowContext, typed: str) -> Group:
    """The settings that answer what was typed."""
    from rapport.ui.panes.settings.table import SETTINGS

    if not context.actions.is_bound("go.settings"):
        return Group(tr("Settings"), (), 0)
    entries = [
        Entry(
            tr(setting.title),
            lambda id=setting.id: context.show_setting(id),  # type: ignore[misc]
            match.tier,
            match.spans,
            about=tr("Settings · {group}").format(group=tr(setting.group.value)),
            icon="settings",
        )
        for setting in SETTINGS
        if (match := setting.match(typed)) is not None
    ]
    entries.sort(key=lambda entry: entry.tier)
    return Group(tr("Settings"), tuple(entries), len(entries))


def contacts(context: WindowContext, rows: Sequence[ContactRow], typed: str) -> Group:
    """``rows`` in the order of the search; those whose name answers better come first."""
    entries = []
    for row in rows:
        name = visible(row.name) or tr("No name")
        match = Title(name).match(typed) if typed else None
        entries.append(
            Entry(
                name,
                lambda id=row.id: context.open_contact(id),  # type: ignore[misc]
                match.tier if match is not None else Tier.FUZZY,
                match.spans if match is not None else (),
                about=visible(row.company),
                seed=row.seed,
            )
        )
    entries.sort(key=lambda entry: entry.tier)
    title = tr("Contacts") if typed else tr("Recent contacts")
    return Group(title, tuple(entries), len(entries))


def tags(context: WindowContext, found: Sequence[tuple[str, int]], typed: str) -> Group:
    def show(tag: str) -> Callable[[], None]:
        query = ContactQuery(conditions=(HasTag(tag=tag),))
        return lambda: context.show_contacts(query)

    entries = []
    for tag, number in found:
        match = Title(tag).match(typed) if typed else None
        entries.append(
            Entry(
                visible(tag),
                show(tag),
                match.tier if match is not None else Tier.FUZZY,
                match.spans if match is not None else (),
                about=trn("{n} contact", "{n} contacts", number).format(n=count(number)),
                icon="tag",
            )
        )
    return Group(tr("Tags"), tuple(entries), len(entries))


def records(context: WindowContext, hits: Sequence[RecordHit], typed: str) -> Group:
    clock = context.workspace.clock
    entries = []
    for hit in hits[:_MOST_RECORDS]:
        task = hit.ref.kind is Kind.TASK
        text, spans = unmarked(hit.text)
        match = Title(text).match(typed) if task else None
        when = due_words(hit.at, clock.now(), clock.zone()).text if task and hit.at else ""
        about = [when if not hit.completed else tr("Done")] if task else [tr("Note")]
        about.append(visible(hit.contact_name))
        entries.append(
            Entry(
                text or tr("Note"),
                _opening(context, hit, typed),
                match.tier if match is not None else Tier.INSIDE,
                match.spans if match is not None else spans,
                about=" · ".join(filter(None, about)),
                icon="task" if task else "note",
            )
        )
    return Group(tr("Tasks and notes"), tuple(entries), len(hits))


def _opening(context: WindowContext, hit: RecordHit, typed: str) -> Callable[[], None]:
    if hit.ref.kind is Kind.TASK and not hit.completed:
        return lambda: context.open_task(hit.ref.id)
    if hit.ref.kind is Kind.NOTE:
        return lambda: context.show_note(hit.contact_id, hit.ref.id, typed)
    return lambda: context.open_contact(hit.contact_id)
