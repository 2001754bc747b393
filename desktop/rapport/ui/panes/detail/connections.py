"""Who and what a contact belongs to: its business, the users who follow it, and the way to its
campaigns and workflows."""

from __future__ import annotations

from collections.abc import Coroutine
from functools import partial
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from rapport.domain.text import visible
from rapport.domain.views import ContactDetail
from rapport.language import tr
from rapport.services.workspace import Workspace
from rapport.ui.context import WindowContext
from rapport.ui.look.text import plain_tip
from rapport.ui.look.theme import current_theme
from rapport.ui.look.type import SEMIBOLD, TextSize
from rapport.ui.menus import pop_up
from rapport.ui.panes.detail.business_popover import BusinessPopover
from rapport.ui.panes.detail.course_popover import CoursePopover
from rapport.ui.widgets.button import Button, ElidedButton, Kind, Size
from rapport.ui.widgets.chips import Chip
from rapport.ui.widgets.flow import FlowLayout
from rapport.ui.widgets.labels import Label
from rapport.ui.wording import colleague


class Connections(QWidget):
    def __init__(
        self, workspace: Workspace, context: WindowContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._context = context
        self._detail: ContactDetail | None = None
        self._told: tuple[object, ...] = ()
        self.setObjectName("connections")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        px = current_theme().type.px
        column = QVBoxLayout(self)
        column.setContentsMargins(px(8), px(6), px(8), px(4))
        column.setSpacing(px(4))
        column.addWidget(Label(tr("Connections"), self, size=TextSize.BODY, weight=SEMIBOLD))
        self._business_label = self._caption(tr("Business"))
        self.business = ElidedButton(" ", self, kind=Kind.LINK, size=Size.INLINE, icon="building")
        self.business.setObjectName("contact-business")
        self.business.clicked.connect(self.show_business)
        self._followers_label = self._caption(tr("Followers"))
        self._followers = QWidget(self)
        self._flow = FlowLayout(self._followers, gap=px(6))
        self.follow = Button(tr("Follow"), self, kind=Kind.OUTLINE, size=Size.CHIP, icon="plus")
        self.follow.setObjectName("contact-follow")
        self.follow.setAccessibleName(tr("Add a follower"))
        self.follow.clicked.connect(self._offer_users)
        self._flow.addWidget(self.follow)
        self._chips: list[Chip] = []
        self.courses = ElidedButton(
            tr("Campaigns and workflows"), self, kind=Kind.LINK, size=Size.INLINE, icon="auto"
        )
        self.courses.setObjectName("contact-courses")
        self.courses.clicked.connect(self._show_courses)
        column.addWidget(self._business_label)
        column.addLayout(self._at_start(self.business))
        column.addWidget(self._followers_label)
        column.addWidget(self._followers)
        column.addLayout(self._at_start(self.courses))
        context.situation_changed.connect(self._allow)

    def _caption(self, words: str) -> Label:
        return Label(words, self, size=TextSize.CAPTION, role="muted")

    def _at_start(self, widget: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(widget)
        row.addStretch(1)
        return row

    def show_detail(self, detail: ContactDetail) -> None:
        self._detail = detail
        business = self._workspace.reference.business(detail.contact.business_id)
        self._business_label.setVisible(business is not None)
        self.business.setVisible(business is not None)
        if business is not None:
            words = visible(business.name)
            self.business.setText(words)
            self.business.setToolTip(plain_tip(words))
            self.business.setAccessibleName(tr("Business {name}").format(name=words))
            self.business.restyle()
        self._show_followers()
        self._allow()

    def followers(self) -> tuple[str, ...]:
        """The ids of those who follow, as the CRM last told."""
        told = self._detail.extra.get("followers") if self._detail else ()
        return tuple(one for one in told if isinstance(one, str)) if isinstance(told, list) else ()

    def _show_followers(self) -> None:
        assert self._detail is not None
        users = self._workspace.reference.users
        told = (self._detail.contact.id, self.followers(), users)
        if told == self._told:
            return
        self._told = told
        for chip in self._chips:
            self._flow.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for user_id in self.followers():
            name = visible(colleague(self._workspace.reference, user_id)) or user_id
            chip = Chip(name, self._followers, icon="user", removable=True)
            chip.setObjectName(f"follower-{user_id}")
            chip.removed.connect(partial(self._unfollow, user_id))
            self._flow.insert_widget(len(self._chips), chip)
            self._chips.append(chip)

    def _allow(self) -> None:
        why = self._context.situation.why_not_write or ""
        if not why and not self._workspace.reference.users:
            why = tr("This sign-in may not see colleagues, so there is nobody to choose from.")
        self.follow.setEnabled(not why)
        self.follow.setToolTip(why)
        self.follow.setAccessibleDescription(why)

    # Doing.

    def show_business(self) -> None:
        """The business of the contact, and who else belongs to it."""
        business = (
            self._workspace.reference.business(self._detail.contact.business_id)
            if self._detail
            else None
        )
        if business is None or self._detail is None:
            return
        popover = BusinessPopover(self._context, self.window(), business, self._detail.contact.id)
        popover.closed.connect(popover.deleteLater)
        popover.open_at(self.business if self.business.isVisible() else self)

    def _show_courses(self) -> None:
        if self._detail is None:
            return
        popover = CoursePopover(self._context, self.window(), self._detail.contact)
        popover.closed.connect(popover.deleteLater)
        popover.open_at(self.courses)

    def _offer_users(self) -> None:
        following = self.followers()
        menu = QMenu(self)
        menu.setObjectName("follow-menu")
        for user in self._workspace.reference.users:
            if user.id not in following:
                item = menu.addAction(visible(user.name))
                item.setObjectName(f"follow-{user.id}")
                item.triggered.connect(partial(self._follow, user.id))
        if menu.isEmpty():
            menu.addAction(tr("Everybody follows already")).setEnabled(False)
        pop_up(menu, self.follow)

    def _follow(self, user_id: str, _: bool = False) -> None:
        assert self._detail is not None
        self._run(
            self._workspace.memberships.follow(self._detail.contact.id, user_id),
            tr("Follower added"),
            user_id,
        )

    def _unfollow(self, user_id: str) -> None:
        assert self._detail is not None
        self._run(
            self._workspace.memberships.unfollow(self._detail.contact.id, user_id),
            tr("Follower removed"),
            user_id,
        )

    def _run(self, work: Coroutine[Any, Any, None], done: str, user_id: str) -> None:
        name = visible(colleague(self._workspace.reference, user_id))

        async def run() -> None:
            await work
            self._context.notice(done, name, icon="user")

        self._context.runner.own(run())
