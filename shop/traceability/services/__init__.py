"""Verbs of traceability: open a lot, record what happens to it, put it on sale, make codes."""

from shop.traceability.services.anchors import publish_anchors
from shop.traceability.services.codes import (
    LOOK_SECONDS,
    MAX_LABELS,
    EnoughReports,
    count_scan,
    ensure_product_code,
    make_labels,
    report_code,
)
from shop.traceability.services.gs1 import (
    decide_location,
    declare_location,
    end_key,
    refuse_gtin,
    verify_gtin,
)
from shop.traceability.services.journals import (
    MAX_ATTACHMENTS,
    ChangedMeanwhile,
    TooManyPhotos,
    UnknownEntry,
    UsedKey,
    correct_event,
    record_dispatch,
    record_event,
)
from shop.traceability.services.links import set_input
from shop.traceability.services.lots import close_lot, hold_lot, open_lot, release_lot
from shop.traceability.services.recalls import recall_lots

__all__ = [
    "LOOK_SECONDS",
    "MAX_ATTACHMENTS",
    "MAX_LABELS",
    "ChangedMeanwhile",
    "EnoughReports",
    "TooManyPhotos",
    "UnknownEntry",
    "UsedKey",
    "close_lot",
    "correct_event",
    "count_scan",
    "decide_location",
    "declare_location",
    "end_key",
    "ensure_product_code",
    "hold_lot",
    "make_labels",
    "open_lot",
    "publish_anchors",
    "recall_lots",
    "record_dispatch",
    "record_event",
    "refuse_gtin",
    "release_lot",
    "report_code",
    "set_input",
    "verify_gtin",
]
