"""The panel: a line to type into, what was understood of it, and what is still asked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from rapport.domain.errors import InputError
from rapport.domain.records import Id, User
from rapport.domain.text import visible
from rapport.domain.views import ContactRow
from rapport.language import tr
from rapport.services.quick_add import Token
from rapport.services.quick_sentence import Question, Sentence, Whom
from rapport.ui.context import Page, WindowContext
from rapport.ui.editors.contact_picker import ContactPicker
from rapport.ui.editors.moments import moment_words
from rapport.ui.editors.suggestions import Offer, OfferList
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.quick_add.chips import ChipWords, ReadChip, colours_of
from rapport.ui.quick_add.line import Mark, MarkedLine
from rapport.ui.quick_add.telling import chips_of, sentences_of
from rapport.ui.widgets.button import KeyCap
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.inputs import Message
from rapport.ui.widgets.labels import ElidedLabel, IconView, Label, Rule
from rapport.ui.widgets.overlay import LinePanel

_WIDTH = 640
_MOST_OFFERS = 6
_DRAFT = "quick-add"
_EXAMPLE = "call Ana fri 3pm #hot @mara every 2 weeks !10m"


class QuickAdd(LinePanel):
    """Made once and opened often. The sentence is kept when it is left, in the account's copy."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent, width=_WIDTH)
        self.setObjectName("quick-add")
        self.setAccessibleName(tr("New task"))
        self.closes_outside = True
        self.fade_ms = 0
        self._context = context
        self._sentence: Sentence | None = None
        self._drawn: list[ChipWords] = []
        self._asking = False
        self._adding = False
        self._build()
        self.closed.connect(self._keep_draft)

    # Laying out.

    def _build(self) -> None:
        px = self._context.theme.type.px
        self.line: MarkedLine = MarkedLine(
            tr("Task in one sentence"),
            self.panel,
            placeholder=tr("Such as: {example}").format(example=_EXAMPLE),
        )
        self.line.setObjectName("quick-add-line")
        self.line.setFont(self._context.theme.type.font(TextSize.SECTION))
        self.line.before_backspace = self._backspace
        self.line.textChanged.connect(self._text_changed)
        self.line.entered.connect(lambda: self._enter(stay=False))
        self.line.entered_more.connect(lambda: self._enter(stay=True))
        self.line.escaped.connect(self.close)
        self.line.stepped.connect(lambda by: self.offers.step(by))
        self.line.clicked_at.connect(self._clicked_mark)
        head = QHBoxLayout()
        head.setContentsMargins(px(16), 0, px(16), 0)
        head.setSpacing(px(12))
        head.addWidget(IconView("plus", self.panel, size=18), 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.line, 1, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(KeyCap("Esc", self.panel), 0, Qt.AlignmentFlag.AlignVCenter)
        self.body.addLayout(head)
        self.body.addWidget(Rule(self.panel))
        self.body.addWidget(self._understood())
        self.body.addWidget(Rule(self.panel))
        self.body.addLayout(self._foot())

    def _understood(self) -> QWidget:
        px = self._context.theme.type.px
        area = QWidget(self.panel)
        column = QVBoxLayout(area)
        column.setContentsMargins(px(16), px(12), px(16), px(12))
        column.setSpacing(px(8))
        title = QHBoxLayout()
        title.setSpacing(px(10))
        self._task = Label(tr("Task"), area, size=TextSize.CAPTION, role="muted")
        title.addWidget(self._task)
        self.title = ElidedLabel("", area, weight=SEMIBOLD)
        self.title.setObjectName("quick-add-title")
        title.addWidget(self.title, 1)
        column.addLayout(title)
        self._chips = QWidget(area)
        self._flow = FlowLayout(self._chips, gap=6)
        column.addWidget(self._chips)
        self.says = Label("", area, size=TextSize.CAPTION, role="muted", wrap=True)
        self.says.setObjectName("quick-add-says")
        column.addWidget(self.says)
        self.message = Message(area)
        self.message.words.setObjectName("quick-add-message")
        column.addWidget(self.message)
        self.question = Label("", area, size=TextSize.CAPTION, weight=SEMIBOLD, wrap=True)
        column.addWidget(self.question)
        self.offers = OfferList(tr("Which one is meant"), area)
        self.offers.setObjectName("quick-add-offers")
        self.offers.picked.connect(self._pick)
        self.offers.viewport().setAutoFillBackground(False)
        column.addWidget(self.offers)
        self.contact = ContactPicker(self._context, area)
        self.contact.line.setObjectName("quick-add-contact")
        self.contact.changed.connect(self._contact_asked)
        column.addWidget(self.contact)
        return area

    def _foot(self) -> QHBoxLayout:
        px = self._context.theme.type.px
        foot = QHBoxLayout()
        foot.setContentsMargins(px(16), px(6), px(16), px(6))
        foot.setSpacing(px(6))
        for key, words in (
            ("↵", tr("adds the task")),
            ("Ctrl ↵", tr("adds it and stays")),
            ("Esc", tr("keeps the draft")),
        ):
            foot.addWidget(KeyCap(key, self.panel))
            foot.addWidget(Label(words, self.panel, size=TextSize.CAPTION, role="muted"))
            foot.addSpacing(px(8))
        foot.addStretch(1)
        self._account = ElidedLabel("", self.panel, size=TextSize.CAPTION, role="muted")
        self._account.setMaximumWidth(px(180))
        foot.addWidget(self._account)
        return foot

    def restyle(self) -> None:
        super().restyle()
        if hasattr(self, "contact"):
            self.line.setFont(self.type.font(TextSize.SECTION))
            self._show()

    # Opening and leaving.

    def begin(self) -> None:
        """Open for the account on screen; the contact that is shown is the one that is meant where
        the sentence names none."""
        workspace = self._context.workspace
        if self._sentence is None or self._sentence.workspace is not workspace:
            self._sentence = Sentence(workspace)
            self.line.setPlainText("")
            self._context.runner.start(self._bring_draft, slot="quick-add-draft")
        self._sentence.begin()
        several = len(self._context.accounts) > 1
        name = visible(workspace.account.name)
        self._account.set_text(tr("in {account}").format(account=name) if several else "")
        self._stop_asking()
        situation = self._context.situation
        contact_id = situation.contact_id if situation.page is Page.CONTACTS else None
        if contact_id is not None:
            self._context.runner.start(lambda: self._mean(contact_id), slot="quick-add-shown")
        self.open()
        self._typed()

    async def _mean(self, contact_id: Id) -> None:
        sentence = self._sentence
        row = await sentence.workspace.queries.row_of(contact_id) if sentence else None
        if sentence is not None and sentence is self._sentence and row is not None:
            sentence.shown = Whom(row.id, row.name)
            self._show()

    async def _bring_draft(self) -> None:
        sentence = self._sentence
        text = await sentence.workspace.recall(_DRAFT) if sentence else None
        if isinstance(text, str) and text and not self.line.toPlainText():
            self.line.setPlainText(text)
            self.line.selectAll()

    def _keep_draft(self) -> None:
        self._context.runner.cancel("quick-add")
        if self._sentence is not None:
            text = self.line.toPlainText().strip()
            self._context.runner.own(self._sentence.workspace.remember(_DRAFT, text))

    # Showing.

    def _text_changed(self) -> None:
        """Also told when only the colours of the words changed."""
        if self._sentence is not None and self.line.toPlainText() != self._sentence.text:
            self._typed()

    def _typed(self) -> None:
        if self._sentence is None:
            return
        self.message.say("")
        self._sentence.read(self.line.toPlainText())
        self._show()
        self._context.runner.start(self._find, slot="quick-add")

    async def _find(self) -> None:
        if self._sentence is not None and await self._sentence.find(self.line.caret()):
            self._show()

    def _show(self) -> None:
        sentence = self._sentence
        if sentence is None:
            return
        reading = sentence.reading
        self.line.set_marks(
            tuple(
                Mark(token.start, token.end, colours_of(token.kind, str(token.value)))
                for token in reading.tokens
            )
        )
        self.title.set_text(visible(reading.title))
        for part in (self._task, self.title):
            part.setVisible(bool(reading.text.strip()))
        self._show_chips(chips_of(sentence))
        words = " ".join(sentences_of(sentence))
        known = [told.words for told in self._drawn if not told.ghost]
        self.line.setAccessibleDescription(tr(", ").join([reading.title, *known, words]))
        self.says.setText(words)
        self.says.setVisible(bool(words))
        self._show_question(sentence.question)
        self.contact.setVisible(self._asking)

    def _show_chips(self, chips: list[ChipWords]) -> None:
        same = 0
        for old, new in zip(self._drawn, chips, strict=False):
            if old != new:
                break
            same += 1
        if same == len(chips) == len(self._drawn):
            return
        self._drawn = chips
        while self._flow.count() > same:
            item = self._flow.takeAt(same)
            if item is not None and (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        for told in chips[same:]:
            chip = ReadChip(told, self._chips)
            if (token := told.token) is not None:
                chip.removed.connect(lambda token=token: self._switch(token))
                chip.clicked.connect(lambda _=False, token=token: self._switch(token))
            self._flow.addWidget(chip)
            chip.show()
        self._chips.setVisible(bool(chips))
        self._chips.updateGeometry()

    def _show_question(self, question: Question | None) -> None:
        offers = [_offer(choice) for choice in question.choices[:_MOST_OFFERS]] if question else []
        if [offer.value for offer in offers] != [offer.value for offer in self.offers.offers()]:
            urgent = question is not None and question.urgent
            self.offers.show_offers(offers, choose_first=urgent)
        self.offers.setFixedHeight(max(1, self.offers.rows_height(_MOST_OFFERS)))
        self.offers.setVisible(bool(offers))
        words = _asked(question) if question is not None else ""
        self.question.setText(words)
        self.question.setVisible(bool(words))

    # What the person does.

    def _pick(self, choice: object) -> None:
        if self._sentence is None:
            return
        named = self._sentence.pick(choice)
        if named is not None:
            self.line.replace(*named)
        self.message.say("")
        self._show()
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _switch(self, token: Token) -> None:
        if self._sentence is not None:
            self._sentence.switch(token)
            self._typed()
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _backspace(self, place: int) -> bool:
        tokens = self._sentence.reading.tokens if self._sentence is not None else ()
        for token in tokens:
            if token.end == place:
                self._switch(token)
                return True
        return False

    def _clicked_mark(self, place: int) -> None:
        tokens = self._sentence.reading.tokens if self._sentence is not None else ()
        for token in tokens:
            if token.start == place:
                self._switch(token)
                return

    def _ask_contact(self) -> None:
        self._asking = True
        self._show()
        self.message.say(tr("A task belongs to a contact. Whom is it about?"))
        self.contact.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stop_asking(self) -> None:
        self._asking = False
        self.contact.set_contact(None)
        self.contact.hide()
        self.message.say("")

    def _contact_asked(self) -> None:
        id, name = self.contact.contact_id, self.contact.line.text()
        if id is not None and self._sentence is not None:
            self._sentence.asked = Whom(id, name)
            self._stop_asking()
            self._show()
            self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self, *, stay: bool) -> None:
        if not self._adding:
            self._context.runner.own(self._add(stay=stay))

    async def _add(self, *, stay: bool) -> None:
        sentence = self._sentence
        if sentence is None:
            return
        self._adding = True
        try:
            await self._find()  # the last letters may not have been looked up yet
            if self._ask(sentence) or (command := sentence.command()) is None:
                return
            outcome = await sentence.workspace.bus.run(command)
        except InputError as error:
            self.message.say(str(error))
            return
        finally:
            self._adding = False
        title, due = command.fields["title"], command.fields["due_at"]
        clock = sentence.workspace.clock
        self._context.notice(
            tr("Task added"),
            f"{moment_words(due, clock.now(), clock.zone())} · {visible(title)}",
            undo_id=outcome.undo_id,
            workspace=sentence.workspace,
        )
        sentence.clear()
        self.line.setPlainText("")
        if not stay:
            self.close()

    def _ask(self, sentence: Sentence) -> bool:
        """Whether something must be said first; the choice that is pointed at is taken."""
        offer = self.offers.current()
        if sentence.question is not None and offer is not None:
            self._pick(offer.value)
        elif not sentence.reading.title.strip():
            self.message.say(tr("What is to be done?"))
        elif sentence.contact is None:
            self._ask_contact()
        else:
            return False
        return True


def _offer(choice: ContactRow | User) -> Offer:
    name = visible(choice.name)
    if isinstance(choice, User):
        return Offer(value=choice, text=name, beside=visible(choice.email), icon="user")
    return Offer(value=choice, text=name, beside=visible(choice.company), seed=choice.seed)


def _asked(question: Question) -> str:
    name = visible(question.words)
    if not question.urgent:
        return tr("Is one of these meant?")
    if len(question.choices) > _MOST_OFFERS:
        return tr("Which {name}? Type more of the name, or choose.").format(name=name)
    return tr("Which {name}?").format(name=name)
