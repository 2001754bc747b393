"""The tab *Audit log*: every change, what the CRM answered, and the way back."""

from rapport.ui.panes.activity.audit.view import AuditView

__all__ = ["AuditView"]
