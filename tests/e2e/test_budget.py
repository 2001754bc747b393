"""The CRM's limit, from the reply headers to the window."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from rapport.ui.panes.budget_gauge import BudgetGauge
from rapport.ui.widgets.labels import Label


async def test_the_gauge_tells_what_the_crm_tells(program: Any) -> None:
    await program.sign_in()
    do, app = program.do, program.app
    await do.click("sync-pill")
    gauge = await do.see("budget-gauge", BudgetGauge)

    def words(widget: QWidget) -> str:
        shown = [one.text() for one in widget.findChildren(Label) if one.isVisibleTo(widget)]
        return "\n".join(shown)

    await do.until(lambda: "of 100 free in any 10 s" in words(gauge), "the limit of ten seconds")
    await do.until(lambda: "of 200,000 left until" in words(gauge), "the limit of a day")
    await do.until(lambda: "all contacts" in words(gauge), "what the copy covers, as it grows")
    budget = app.session.workspace.sync.status().budget
    assert budget.paused_until is None
    await do.key("Escape")
