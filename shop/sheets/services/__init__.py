"""Verbs of the sheets."""

from shop.sheets.services.grid import save_grid
from shop.sheets.services.imports import (
    COMMIT,
    FILES_KEPT,
    JUDGE,
    UNDO,
    UNDO_WITHIN,
    NothingToWrite,
    PlanChanged,
    TooLateToUndo,
    cancel_import,
    confirm_import,
    finish_commit,
    finish_undo,
    held_import,
    log_export,
    record_plan,
    refuse_import,
    request_undo,
    start_import,
)
from shop.sheets.services.undoing import undo_changes
from shop.sheets.services.writing import Outcome, write_plan

__all__ = [
    "COMMIT",
    "FILES_KEPT",
    "JUDGE",
    "UNDO",
    "UNDO_WITHIN",
    "NothingToWrite",
    "Outcome",
    "PlanChanged",
    "TooLateToUndo",
    "cancel_import",
    "confirm_import",
    "finish_commit",
    "finish_undo",
    "held_import",
    "log_export",
    "record_plan",
    "refuse_import",
    "request_undo",
    "save_grid",
    "start_import",
    "undo_changes",
    "write_plan",
]
