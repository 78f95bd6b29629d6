"""Reading alerts about codes that may have been copied."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product
from shop.traceability.models import CloneAlert, Lot, ScanReport, ScanStat, TraceCode
from shop.traceability.rules import clones

PAGE_SIZE = 30


@dataclass(frozen=True)
class Whose:
    """Whose codes: of these producers, or of producers in these provinces; None: of all."""

    producers: tuple[int, ...] | None = None
    provinces: Collection[str] | None = None


@dataclass(frozen=True)
class AlertRow:
    """An alert on a desk; ``words`` are what buyers wrote."""

    alert: CloneAlert
    level: str
    """What the code stands for: a unit, a lot, …"""
    lot_code: str | None
    lot_no: str | None
    product_name: str
    producer_name: str
    scans: int
    words: tuple[str, ...] = ()

    @property
    def rule(self) -> clones.Rule:
        return clones.RULES[self.alert.rule]


def alerts(
    db: Session, whose: Whose, *, state: str = "open", page: int = 1
) -> tuple[list[AlertRow], int]:
    """Alerts in a state, the worst and oldest first, and how many there are."""
    found = _alerts(whose).where(CloneAlert.state == state)
    total = db.scalar(select(func.count()).select_from(found.subquery())) or 0
    is_red = case((CloneAlert.level == "red", 0), else_=1)
    order: Sequence[Any] = (
        (is_red, CloneAlert.opened_at, CloneAlert.id)
        if state == "open"
        else (CloneAlert.closed_at.desc(), CloneAlert.id)
    )
    rows = db.execute(found.order_by(*order).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    words = _words(db, [row.CloneAlert.code for row in rows])
    return [
        AlertRow(
            row.CloneAlert,
            row.level,
            row.lot_code,
            row.lot_no,
            row.product,
            row.producer,
            int(row.scans or 0),
            words.get(row.CloneAlert.code, ()) if row.CloneAlert.rule == clones.REPORTED else (),
        )
        for row in rows
    ], total


def alert_of(db: Session, alert_id: int, whose: Whose) -> CloneAlert:
    """One alert. Raises UnknownAlert, also for other people's."""
    row = db.execute(_alerts(whose).where(CloneAlert.id == alert_id)).one_or_none()
    if row is None:
        raise clones.UnknownAlert
    found: CloneAlert = row.CloneAlert
    return found


def count_open(db: Session, whose: Whose) -> int:
    """How many wait for somebody to look."""
    found = _alerts(whose).where(CloneAlert.state == "open")
    return db.scalar(select(func.count()).select_from(found.subquery())) or 0


def _alerts(whose: Whose) -> Select[Any]:
    scans = select(func.sum(ScanStat.count)).where(ScanStat.code == CloneAlert.code)
    found: Select[Any] = (
        select(
            CloneAlert,
            TraceCode.level,
            Lot.code.label("lot_code"),
            Lot.lot_no,
            Product.name.label("product"),
            Producer.name.label("producer"),
            scans.scalar_subquery().label("scans"),
        )
        .join(TraceCode, TraceCode.code == CloneAlert.code)
        .join(Product, Product.id == TraceCode.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .outerjoin(Lot, Lot.id == TraceCode.lot_id)
    )
    if whose.producers is not None:
        found = found.where(Producer.id.in_(whose.producers))
    if whose.provinces is not None:
        found = found.where(Producer.province_code.in_(whose.provinces))
    return found


def _words(db: Session, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    rows = db.execute(
        select(ScanReport.code, ScanReport.words)
        .where(ScanReport.code.in_(codes))
        .order_by(ScanReport.id.desc())
        .limit(200)
    )
    found: dict[str, list[str]] = {}
    for code, words in rows:
        found.setdefault(code, []).append(words)
    return {code: tuple(said[:5]) for code, said in found.items()}
