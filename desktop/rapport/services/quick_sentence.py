"""A sentence that becomes a task: what was typed, what was chosen where it is not clear, and the
command that follows. No question is answered by itself."""

from __future__ import annotations

from typing import Any, NamedTuple

from rapport.domain.commands import CreateTask
from rapport.domain.records import Id, User
from rapport.domain.repeat import begin
from rapport.domain.text import fold
from rapport.domain.views import ContactRow
from rapport.services.contact_in_text import ContactFinder, Found
from rapport.services.quick_add import Kind, Reading, Token, read, with_contact
from rapport.services.workspace import Workspace


class Whom(NamedTuple):
    """A contact that is meant."""

    id: Id
    name: str


class Question(NamedTuple):
    """Several fit the words. Not ``urgent``: they are only what a word may become."""

    words: str
    choices: tuple[ContactRow, ...] | tuple[User, ...]
    urgent: bool = True


class Sentence:
    """One account's. ``shown`` is the contact on screen, meant where the sentence names none;
    ``asked`` the one that was chosen in a field of its own."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.shown: Whom | None = None
        self.asked: Whom | None = None
        self._bare = Reading("")
        self._found: Found | None = None
        self._finder = ContactFinder(workspace.queries)
        self._off: set[tuple[Kind, str]] = set()
        self._picked: dict[str, Whom] = {}
        self._users: dict[str, User] = {}

    def begin(self) -> None:
        """What is known of contacts may be old."""
        self._finder.forget()
        self.shown = None

    def clear(self) -> None:
        """What was decided about one sentence does not hold for the next."""
        self._off.clear()
        self._picked.clear()
        self._users.clear()
        self.asked = self._found = None

    # Reading.

    @property
    def text(self) -> str:
        return self._bare.text

    @property
    def reading(self) -> Reading:
        return with_contact(self._bare, self._contact_token())

    def read(self, text: str) -> None:
        """At once; whom it names is told by :meth:`find`."""
        workspace, found = self.workspace, self._found
        if found is not None and text[found.start : found.end] != self._named:
            self._found = None
        self._bare = read(
            text,
            workspace.clock.now(),
            workspace.clock.zone(),
            users=workspace.reference.users,
            tags=workspace.reference.tags,
            off=self._off,
            me=workspace.account.user_id or None,
        )

    async def find(self, caret: int) -> bool:
        """Looks for the contact; whether the answer is still about what is typed."""
        bare = self._bare
        found = await self._finder.find(bare, caret, self._off)
        if bare is not self._bare:
            return False
        self._found = found
        return True

    @property
    def _named(self) -> str:
        """The words that name the contact."""
        found = self._found
        return self.text[found.start : found.end] if found is not None else ""

    def _contact_token(self) -> Token | None:
        found = self._found
        if found is None or found.unfinished:
            return None
        return Token(Kind.CONTACT, found.start, found.end, self._named, found.rows)

    # What is meant.

    @property
    def contact(self) -> Whom | None:
        found = self._found
        if found is not None and not found.unfinished:
            if len(found.rows) == 1:
                return Whom(found.rows[0].id, found.rows[0].name)
            return self._picked.get(fold(self._named))
        return self.asked or self.shown

    @property
    def user(self) -> User | None:
        token = self.reading.of(Kind.ASSIGNEE)
        if token is None:
            return None
        people = self.reading.assignees
        return people[0] if len(people) == 1 else self._users.get(fold(token.words))

    @property
    def question(self) -> Question | None:
        found, reading = self._found, self.reading
        if found is not None and (found.unfinished or self.contact is None):
            return Question(self._named, found.rows, urgent=not found.unfinished)
        token = reading.of(Kind.ASSIGNEE)
        if token is not None and self.user is None:
            return Question(token.words, reading.assignees)
        return None

    @property
    def new_tags(self) -> tuple[str, ...]:
        """Those that no contact has yet."""
        known = {tag.lower() for tag in self.workspace.reference.tags}
        return tuple(tag for tag in self.reading.tags if tag not in known)

    # Deciding.

    def pick(self, choice: object) -> tuple[int, int, str] | None:
        """Answers the question. (start, end, words) where the sentence is to name the contact."""
        found = self._found
        if isinstance(choice, ContactRow) and found is not None:
            whom = Whom(choice.id, choice.name)
            if found.unfinished:
                self._picked[fold(choice.name)] = whom
                return found.start, found.end, choice.name
            self._picked[fold(self._named)] = whom
        elif isinstance(choice, User) and (token := self.reading.of(Kind.ASSIGNEE)) is not None:
            self._users[fold(token.words)] = choice
        return None

    def switch(self, token: Token) -> None:
        """Off, or on again: its words stay in the title, or are read."""
        if token.key in self._off:
            self._off.discard(token.key)
            return
        self._off.add(token.key)
        if token.kind is Kind.CONTACT:
            self._picked.pop(fold(token.words), None)
            self._found = None

    def command(self) -> CreateTask | None:
        """The task as it was understood; None while something is missing."""
        reading, contact = self.reading, self.contact
        if contact is None or reading.due_at is None or not reading.title.strip():
            return None
        rule, user = reading.repeat, self.user
        fields: dict[str, Any] = {
            "title": reading.title,
            "due_at": reading.due_at,
            "assigned_to": user.id if user is not None else None,
            "remind_min": reading.remind_min,
            "repeat": begin(rule, reading.due_at, self.workspace.clock.zone()) if rule else None,
        }
        task_id = self.workspace.new_id()
        return CreateTask(task_id=task_id, contact_id=contact.id, fields=fields, tags=reading.tags)
