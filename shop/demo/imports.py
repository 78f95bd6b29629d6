"""Two imports of the demo producer: one written last, one whose dry run waits with its faults."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from shop.catalogue.models import Producer
from shop.core import tasks
from shop.core.clock import today_vn
from shop.core.tables import csv_bytes
from shop.demo.people import person_id
from shop.sheets import queries, services
from shop.sheets.models import SheetImport
from shop.sheets.services.imports import COMMIT, JUDGE
from shop.sheets.writers import catalogue_xlsx
from shop.web.request import House

PRODUCER: Final = "HTX Tài Hoan"
LOGIN: Final = "producer@demo.test"

NEW_ROWS: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "sku": "TH-RONG-300",
        "name": "Bánh đa dong riềng",
        "label": "Gói 300 g",
        "price_vnd": 38_000,
        "packed_weight_g": 330,
        "net_weight_g": 300,
        "subgroup": "F32",
        "summary": "Bánh đa tráng từ bột dong riềng, dùng nấu canh hoặc nướng.",
        "net_content": "300 g",
    },
    {"sku": "TH-RONG-1000", "name": "Bánh đa dong riềng", "label": "Gói 1 kg", "price_vnd": 900},
)
"""The second has a price that is too low and no weight: what a fault looks like."""


def load_imports(house: House, now: datetime) -> int:
    """Load what is missing; how many imports were made."""
    with house.database.read() as db:
        producer = db.scalars(select(Producer).where(Producer.name == PRODUCER)).first()
        if producer is None or db.scalar(select(SheetImport.id).limit(1)) is not None:
            return 0
        actor_id = person_id(db, LOGIN)
        rows = queries.catalogue_rows(db, producer.id, today=today_vn(now))
    written = _import(house, producer.id, actor_id, "nguong-sap-het.csv", _thresholds(rows), now)
    with house.database.transaction() as db:
        held = db.get_one(SheetImport, written)
        digest = held.plan_digest or ""
        services.confirm_import(db, row=held, digest=digest, actor_id=actor_id, now=now)
    _work(house, now)
    with house.database.read() as db:
        rows = queries.catalogue_rows(db, producer.id, today=today_vn(now))
    fresh = catalogue_xlsx([*rows, *NEW_ROWS], str)
    _import(house, producer.id, actor_id, "hang-moi-cuoi-nam.xlsx", fresh, now)
    return 2


def _thresholds(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A list as a producer keeps it: each SKU with a threshold a little higher."""
    lines = [[row["sku"], row["low_stock_at"] + 3] for row in rows]
    return csv_bytes(["Mã hàng", "Báo sắp hết khi còn"], lines)


def _import(
    house: House, producer_id: int, actor_id: int, name: str, content: bytes, now: datetime
) -> int:
    """Upload a file and let its dry run be made."""
    kind = name.rpartition(".")[2]
    with house.database.transaction() as db:
        row = services.start_import(
            db,
            producer_id=producer_id,
            actor_id=actor_id,
            file_name=name,
            file_kind=kind,
            content=content,
            upload_name=house.storage.put(content, kind),
            stock_mode="keep",
            submit_key=f"demo-{name}",
            now=now,
        )
        import_id = row.id
    _work(house, now)
    return import_id


def _work(house: House, now: datetime) -> None:
    """Do the imports' background work, before the pictures' that waits too."""
    while tasks.run_next(house.database, now, kinds=(JUDGE, COMMIT)):
        pass
