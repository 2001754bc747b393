"""Operations: the catalogue to browse, try and copy."""

from rapport.ui.panes.activity.operations.view import OperationsView

__all__ = ["OperationsView"]
