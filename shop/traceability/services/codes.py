"""Codes: made, printed, looked at, reported."""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalogue.models import Product
from shop.core.clock import today_vn
from shop.core.db import insert_on
from shop.core.errors import Conflict, Invalid
from shop.core.text import N_, clean
from shop.traceability import queries
from shop.traceability.models import LabelBatch, ScanReport, ScanStat, TraceCode
from shop.traceability.rules import codes, lots
from shop.traceability.rules.clones import REPORTED
from shop.traceability.services.clones import COUNTED, open_alert

MAX_LABELS = 1000
MOST_WAITING_REPORTS = 200
"""Reports kept unread for one code; more say nothing new."""


class EnoughReports(Conflict):
    message = N_("Đã có nhiều lời báo về mã này; cán bộ đang xem. Cảm ơn bạn.")


def ensure_product_code(db: Session, *, product_id: int, now: datetime) -> str:
    """The product-level code, made at the first asking: for goods without lots.

    It says honestly that no lot is recorded; lots that come later get codes of their own and this
    one stays alive. Raises UnknownProduct.
    """
    known = queries.product_code(db, product_id)
    if known is not None:
        return known
    product = db.get(Product, product_id)
    if product is None or product.is_service:
        raise lots.UnknownProduct(field="product_id")
    code = codes.new_code()
    try:
        with db.begin_nested():
            db.add(TraceCode(code=code, level="product", product_id=product_id, created_at=now))
    except IntegrityError:
        made = queries.product_code(db, product_id)
        if made is None:
            raise
        return made
    return code


def make_labels(
    db: Session,
    *,
    code: str,
    count: int,
    template: str,
    actor_id: int,
    now: datetime,
    form: str = "pdf",
    skip: int = 0,
) -> LabelBatch:
    """Note that ``count`` labels of a code were made, and call the code printed.

    Raises UnknownLot for a code that does not exist, Invalid for a count out of bounds.
    """
    if not 0 < count <= MAX_LABELS:
        raise Invalid(N_("Số nhãn phải từ 1 đến 1.000."), field="so")
    trace_code = db.get(TraceCode, code)
    if trace_code is None:
        raise lots.UnknownLot
    batch = LabelBatch(
        product_id=trace_code.product_id,
        lot_id=trace_code.lot_id,
        level=trace_code.level,
        count=count,
        template=template,
        form=form,
        skip=skip,
        made_by=actor_id,
        made_at=now,
    )
    db.add(batch)
    if trace_code.state == "unprinted":
        trace_code.state = "active"
    trace_code.printed_at = trace_code.printed_at or now
    db.flush()
    return batch


def count_scan(db: Session, *, code: str, now: datetime) -> None:
    """Count that somebody looked at ``code`` today. Nothing about who, from where or with what."""
    connection = db.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_SHORT_WAIT)
    looked = {"code": code, "day": today_vn(now), "now": now}
    connection.execute(_one_more_look(connection.dialect.name), looked)


LOOK_SECONDS: Final = 0.2
"""How long the count of a look waits for others; then the page is shown without it."""

_SHORT_WAIT: Final = text(f"SET LOCAL lock_timeout = '{LOOK_SECONDS * 1000:.0f}ms'")


@lru_cache
def _one_more_look(dialect: str) -> Any:
    """Built once: this runs for every scan."""
    stat = ScanStat.__table__
    now = bindparam("now", type_=stat.c.last_seen_at.type)
    row = insert_on(dialect, stat).values(
        code=bindparam("code"), day=bindparam("day"), count=1, first_seen_at=now, last_seen_at=now
    )
    return row.on_conflict_do_update(
        index_elements=[stat.c.code, stat.c.day],
        set_={"count": stat.c.count + 1, "last_seen_at": now},
    )


def report_code(db: Session, *, code: str, words: str, now: datetime) -> ScanReport:
    """Keep a buyer's word that something about a code looks wrong, and open a red alert; the same
    words wait once.

    Raises UnknownLot, Invalid (field ``words``), EnoughReports.
    """
    found = db.get(TraceCode, code, with_for_update=True)
    if found is None:
        raise lots.UnknownLot
    said = clean(words)
    if not 5 <= len(said) <= 1000:
        raise Invalid(N_("Hãy viết từ 5 đến 1.000 ký tự."), field="words")
    twin = db.scalars(
        select(ScanReport)
        .where(ScanReport.code == code, ScanReport.handled_at.is_(None), ScanReport.words == said)
        .limit(1)
    ).one_or_none()
    if twin is not None:
        return twin
    waiting = select(func.count()).where(ScanReport.code == code, ScanReport.handled_at.is_(None))
    if (db.scalar(waiting) or 0) >= MOST_WAITING_REPORTS:
        raise EnoughReports
    report = ScanReport(code=code, words=said, at=now)
    db.add(report)
    db.flush()
    open_alert(db, code=code, rule=REPORTED, number=db.scalar(waiting) or 1, now=now)
    if found.level in COUNTED and found.state == "active":
        found.state = "reported"
    db.flush()
    return report
