"""Made-up people and tasks for the gallery."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from rapport.ui.look.tokens import account_colour
from rapport.ui.roles import (
    ContactRole,
    DueState,
    NavKind,
    NavRole,
    RowKind,
    TaskRole,
    say_contact,
    say_task,
)

_CONTACTS = (
    (
        "Ana Pérez Ølgaard",
        "Fjord & Vale Interiors",
        "vip lead b hot",
        "Today 15:00",
        2,
        "",
    ),
    ("王小明", "明月科技有限公司", "lead", "2 days late", 1, "p"),
    ("Siobhán O’Brien", "O’Brien & Sons Freight", "hot vip lead", "Today 11:30", 2, ""),
    ("Фатима Ахмедова", "Самарканд Текстиль", "newsletter", "Thu 26", 3, ""),
    ("محمد الفاسي", "شركة الأطلس للتجارة", "installer vip", "Fri 27", 3, ""),
    ("Zoë van den Berg", "Berg & Zonen Logistiek B.V.", "lead hot", "", 0, "c"),
    ("Ιωάννα Παπαδοπούλου", "Aegean Foods A.E.", "newsletter vip", "2 Dec", 3, ""),
    ("Priya Raghunathan", "Cobalt Analytics", "vip", "", 0, "d"),
    ("Jean-Baptiste N’Diaye", "Sahel Solaire", "installer", "5 days late", 1, ""),
    ("田中 美咲", "田中製作所", "lead", "4 Dec", 3, ""),
    ("Maximiliane von Hohenstein-Ehrenberg", "Stiftung Auenland", "vip a b c", "9 Dec", 3, "pcd"),
    ("김서연", "한빛식품", "lead", "", 0, ""),
    ("", "", "", "", 0, ""),
)

_TASKS = (
    (
        "Chase deposit for slot",
        "Jean-Baptiste N’Diaye",
        "Sahel Solaire",
        0,
        "Thu 19 Nov",
        1,
    ),
    ("Send battery data sheet", "王小明", "明月科技有限公司", 0, "Sun 22 Nov", 1),
    (
        "Call Ana on the roof permit",
        "Ana Pérez Ølgaard",
        "Fjord & Vale Interiors",
        0,
        "15:00",
        2,
    ),
    ("Weekly pipeline review", "", "", 2, "16:30", 2),
    ("Post-treatment check-in", "Дарья Соколова", "Patient", 1, "17:00", 2),
    ("إرسال عقد التركيب", "محمد الفاسي", "شركة الأطلس للتجارة", 0, "Fri 27 Nov", 3),
    ("Hand over keys, flat 4B", "Oluwaseun Adébáyọ̀", "Adébáyọ̀ Lettings", 2, "Wed 2 Dec", 3),
)
_ACCOUNTS = ("Lumen Solar", "Harbour Dental", "Kestrel Homes")

_PLACES = (
    (NavKind.PLACE, "Today", "today", "8"),
    (NavKind.PLACE, "Contacts", "contacts", "8,310"),
    (NavKind.PLACE, "Calendar", "calendar", ""),
    (NavKind.PLACE, "Dashboard", "dashboard", ""),
    (NavKind.PLACE, "Activity", "activity", "2"),
    (NavKind.SECTION, "Smart lists", "", ""),
    (NavKind.LIST, "VIP, no next task", "smart", "14"),
    (NavKind.LIST, "Stale over 60 days", "smart", "117"),
    (NavKind.SECTION, "Tags", "", ""),
    (NavKind.TAG, "vip", "", "64"),
    (NavKind.TAG, "lead", "", "386"),
    (NavKind.TAG, "newsletter", "", "2,140"),
)


def _add(model: QStandardItemModel, values: dict[int, object], *, still: bool = False) -> None:
    item = QStandardItem()
    for role, value in values.items():
        item.setData(value, role)
    if still:
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    model.appendRow(item)


def contacts() -> QStandardItemModel:
    """Return contacts of many scripts, in every state."""
    model = QStandardItemModel()
    for row, (name, company, words, due, state, marks) in enumerate(_CONTACTS):
        tags = tuple(words.split())
        values: dict[int, object] = {
            ContactRole.ID: f"contact-{row}",
            ContactRole.NAME: name,
            ContactRole.COMPANY: company,
            ContactRole.TAGS: tags,
            ContactRole.DUE_TEXT: due,
            ContactRole.DUE_SHORT: due.replace(" days", " d").replace("Today ", ""),
            ContactRole.DUE_STATE: DueState(state),
            ContactRole.PENDING: "p" in marks,
            ContactRole.CONFLICT: "c" in marks,
            ContactRole.DND: "d" in marks,
            ContactRole.LOADED: bool(name),
            Qt.ItemDataRole.AccessibleTextRole: say_contact(
                name,
                company,
                tags,
                due,
                pending="p" in marks,
                conflict="c" in marks,
                dnd="d" in marks,
            ),
        }
        _add(model, values)
    return model


def tasks() -> QStandardItemModel:
    """Return a Today list with its three groups."""
    model = QStandardItemModel()
    groups = {1: ("Overdue", "2"), 2: ("Today", "3"), 3: ("Upcoming", "2")}
    seen = 0
    for row, (title, contact, company, account, due, state) in enumerate(_TASKS):
        if state != seen:
            seen = state
            header: dict[int, object] = {
                TaskRole.KIND: RowKind.HEADER,
                TaskRole.TITLE: groups[state][0],
                TaskRole.COUNT: groups[state][1],
                TaskRole.DUE_STATE: DueState.OVERDUE if state == 1 else DueState.NONE,
            }
            _add(model, header, still=True)
        values: dict[int, object] = {
            TaskRole.KIND: RowKind.ITEM,
            TaskRole.ID: f"task-{row}",
            TaskRole.TITLE: title,
            TaskRole.CONTACT: contact,
            TaskRole.COMPANY: company,
            TaskRole.ACCOUNT_NAME: _ACCOUNTS[account],
            TaskRole.ACCOUNT_COLOUR: account_colour(account),
            TaskRole.DUE_TEXT: due,
            TaskRole.DUE_STATE: DueState(state),
            TaskRole.DONE: row == 6,
            TaskRole.REMINDER: row == 2,
            TaskRole.REPEATS: row == 3,
            TaskRole.PENDING: row == 5,
            TaskRole.SNOOZED_TEXT: "until 14:00" if row == 4 else "",
            TaskRole.ASSIGNEE: "Mara Lindqvist" if row != 6 else "",
            TaskRole.ASSIGNEE_ID: "mara",
            Qt.ItemDataRole.AccessibleTextRole: say_task(title, contact, due),
        }
        _add(model, values)
    return model


def places() -> QStandardItemModel:
    """Return a sidebar."""
    model = QStandardItemModel()
    for kind, text, icon, count in _PLACES:
        section = kind is NavKind.SECTION
        values: dict[int, object] = {
            NavRole.KIND: kind,
            NavRole.ID: text,
            NavRole.TEXT: text,
            NavRole.ICON: icon,
            NavRole.COUNT: count,
            NavRole.ALERT: text == "Activity",
            NavRole.ADDABLE: section,
            Qt.ItemDataRole.AccessibleTextRole: f"{text}, {count}" if count else text,
        }
        _add(model, values, still=section)
    return model
