"""What a person does on the tour, in this order. Each step looks at the window and asks the
sandbox."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from rapport.app.application import Application
from rapport.app.tour.audit_steps import AuditSteps
from rapport.app.tour.bulk_steps import BulkSteps
from rapport.app.tour.calendar_steps import CalendarSteps
from rapport.app.tour.contact_steps import ContactSteps
from rapport.app.tour.crm import TourSandbox
from rapport.app.tour.detail_steps import DetailSteps
from rapport.app.tour.driver import Driver
from rapport.app.tour.duplicate_steps import DuplicateSteps
from rapport.app.tour.finding_steps import FindingSteps
from rapport.app.tour.list_steps import ListSteps
from rapport.app.tour.notification_steps import NotificationSteps
from rapport.app.tour.settings_steps import SettingsSteps
from rapport.app.tour.shared import Photograph
from rapport.app.tour.sign_in_steps import SignInSteps
from rapport.app.tour.sync_steps import SyncSteps
from rapport.app.tour.task_steps import TaskSteps


def steps(
    application: Application, sandbox: TourSandbox, driver: Driver, photograph: Photograph
) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
    """Each with its name. They share what the earlier ones left behind, as a person's morning
    does."""
    given = application, sandbox, driver, photograph
    audit = AuditSteps(*given)
    bulk = BulkSteps(*given)
    calendar = CalendarSteps(*given)
    contact = ContactSteps(*given)
    detail = DetailSteps(*given)
    duplicates = DuplicateSteps(*given)
    finding = FindingSteps(*given)
    lists = ListSteps(*given)
    notifications = NotificationSteps(*given)
    settings = SettingsSteps(*given)
    sign_in = SignInSteps(*given)
    sync = SyncSteps(*given)
    tasks = TaskSteps(*given)
    return [
        ("onboarding", sign_in.onboarding),
        ("consent", sign_in.consent),
        ("first-sync", sign_in.first_sync),
        ("browse", lists.browse),
        ("search", lists.search),
        ("filter-by-tag", lists.filter_by_tag),
        ("open-contact", detail.open_contact),
        ("add-task", detail.add_task),
        ("edit-task", detail.edit_task),
        ("complete-task", detail.complete_task),
        ("undo-complete", detail.undo_complete),
        ("add-tag", detail.add_tag),
        ("remove-tag", detail.remove_tag),
        ("add-note", detail.add_note),
        ("edit-note", detail.edit_note),
        ("html-note", contact.html_note),
        ("custom-field", contact.custom_field),
        ("connections", contact.connections),
        ("appointment-status", contact.appointment_status),
        ("edit-contact", detail.edit_contact),
        ("audit-revert", audit.revert),
        ("palette", finding.palette),
        ("smart-list", finding.smart_list),
        ("filter-builder", lists.filter_builder),
        ("table", lists.table),
        ("cards", lists.cards),
        ("export-vcard", finding.export_vcard),
        ("import-csv", finding.import_csv),
        ("shortcut-sheet", finding.shortcut_sheet),
        ("settings", settings.settings),
        ("high-contrast", settings.high_contrast),
        ("text-200", settings.text_200),
        ("text-200-detail", settings.text_200_detail),
        ("quick-add", tasks.quick_add),
        ("repeat-task", tasks.repeat),
        ("calendar", calendar.week),
        ("calendar-month", calendar.month),
        ("reschedule-drag", calendar.reschedule),
        ("book-appointment", calendar.book),
        ("create-contact", detail.create_contact),
        ("delete-contact", detail.delete_contact),
        ("restore-deleted", audit.bring_back),
        ("offline-edit", sync.offline_edit),
        ("reconnect-sync", sync.reconnect_sync),
        ("bulk-edit", bulk.edit),
        ("bulk-undo", bulk.undo),
        ("conflict", sync.conflict),
        ("parked-edit", sync.parked_edit),
        ("duplicate-merge", duplicates.merge),
        ("duplicate-unmerge", duplicates.take_back),
        ("notification-complete", notifications.complete),
        ("notification-snooze", notifications.snooze),
        ("dark-theme", settings.dark_theme),
    ]
