"""Tracing in use: templates, boxes, codes of single jars, an alert, a suspicion."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer, Product
from shop.core.clock import today_vn
from shop.core.storage import Storage
from shop.demo.people import person_id
from shop.demo.products import OWNERS
from shop.traceability.models import EntryTemplate, Lot, ScanStat
from shop.traceability.queries import batches as reading
from shop.traceability.rules.clones import Thresholds
from shop.traceability.services import batches, boxes, clones, report_code, sheets, templates

TEMPLATES: Final = (
    ("harvest", "Thu hoạch tại vườn", {"crop": "Nguyên liệu tươi", "place": "Vườn của hợp tác xã"}),
    ("processing", "Mẻ chế biến thường ngày", {"step": "Rửa, sơ chế, chế biến, để nguội"}),
    ("packing", "Đóng gói, dán nhãn", {"package": "Gói hàn kín, dán nhãn có mã"}),
)
JARS: Final = 24
BOXES: Final = 2
UNITS_A_BOX: Final = 6


def load_traces(db: Session, storage: Storage, *, public_url: str, now: datetime) -> int:
    """Fill the first lot on sale of each producer with a demo account; how many lots that were."""
    count = 0
    for name, login in OWNERS.items():
        lot = db.scalar(
            select(Lot)
            .join(Producer, Producer.id == Lot.producer_id)
            .where(Producer.name == name, Lot.state == "released", Lot.quantity >= JARS)
            .order_by(Lot.id)
            .limit(1)
        )
        if lot is None or _is_there(db, lot.product_id):
            continue
        actor_id = person_id(db, login)
        _templates(db, lot, actor_id, now)
        _codes(db, storage, lot, actor_id, public_url=public_url, now=now)
        count += 1
    return count


def _is_there(db: Session, product_id: int) -> bool:
    found = select(EntryTemplate.id).where(EntryTemplate.product_id == product_id).limit(1)
    return db.scalar(found) is not None


def _templates(db: Session, lot: Lot, actor_id: int, now: datetime) -> None:
    for kind, title, facts in TEMPLATES:
        templates.save_template(
            db,
            product_id=lot.product_id,
            kind=kind,
            title=title,
            facts=facts,
            actor_id=actor_id,
            now=now,
        )


def _codes(
    db: Session, storage: Storage, lot: Lot, actor_id: int, *, public_url: str, now: datetime
) -> None:
    asked: dict[str, Any] = {"template": "a4-24", "form": "pdf", "actor_id": actor_id, "now": now}
    jars = batches.request_units(
        db, lot_id=lot.id, count=JARS, skip=0, submit_key=f"demo:jars:{lot.code}", **asked
    )
    batches.add_codes(db, batch_id=jars.id, now=now)
    packed = boxes.make_boxes(
        db,
        lot_id=lot.id,
        boxes=min(BOXES, lot.quantity // UNITS_A_BOX),
        units=UNITS_A_BOX,
        submit_key=f"demo:boxes:{lot.code}",
        **asked,
    )
    for batch in (jars, packed):
        sheet = sheets.sheet_of_batch(db, batch.id, public_url=public_url, today=today_vn(now))
        content, suffix = sheets.render(sheet)
        name = storage.put(content, suffix)
        task_id = batch.task_id or 0
        batches.finish_batch(db, batch_id=batch.id, task_id=task_id, file_name=name)
        batches.print_batch(db, batch_id=batch.id, actor_id=actor_id, now=now)
    _suspicions(db, lot, reading.codes_of(db, jars.id)[0], now)


def _suspicions(db: Session, lot: Lot, jar: str, now: datetime) -> None:
    """A jar scanned too often yesterday, and a buyer's word about the lot."""
    seen = now - timedelta(days=1)
    db.add(ScanStat(code=jar, day=today_vn(seen), count=14, first_seen_at=seen, last_seen_at=seen))
    db.flush()
    clones.watch_codes(db, limits=Thresholds(), now=now)
    if db.get_one(Product, lot.product_id).is_demo:
        words = "Nhãn trên gói mờ, ngày in khác ngày trên trang này. (Số liệu minh họa)"
        report_code(db, code=lot.code, words=words, now=now)
