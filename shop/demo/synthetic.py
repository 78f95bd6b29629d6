"""Many made-up products for measuring, written in bulk; the same number gives the same products.

They are complete (variant, stock with its movement, certificate behind every star, search index),
so that the database's own rules and ``flask doctor`` hold for them as for real ones.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from shop.catalogue.models import (
    Certificate,
    Producer,
    Product,
    ProductFacets,
    ProductPaper,
    ProductPhoto,
    Variant,
)
from shop.catalogue.rules import GROUPS, SUBGROUPS
from shop.catalogue.search import Entry, index_products
from shop.catalogue.services import bump_version
from shop.core.clock import today_vn
from shop.core.text import fold, slugify
from shop.places.models import Province
from shop.places.queries import list_communes, searched_names
from shop.stock.models import StockLevel, StockMovement

BATCH: Final = 1_000
PRODUCTS_A_PRODUCER: Final = 20

KINDS: Final = (
    ("Miến dong", "F32"),
    ("Mật ong bạc hà", "F22"),
    ("Chè Shan tuyết", "F51"),
    ("Gạo nếp nương", "F21"),
    ("Thịt trâu gác bếp", "F34"),
    ("Măng khô", "F33"),
    ("Nước mắm cốt", "F41"),
    ("Cà phê Arabica", "F6"),
    ("Trà hoa vàng", "F52"),
    ("Cam sành", "F11"),
    ("Lạp xưởng hun khói", "F34"),
    ("Bánh đa nem", "F32"),
    ("Tương ớt", "F42"),
    ("Cá bống kho", "F35"),
    ("Mứt gừng", "F33"),
    ("Nước ép mận", "B2"),
    ("Tinh bột nghệ", "D3"),
    ("Cao gắm", "D1"),
    ("Dầu gội bồ kết", "D2"),
    ("Giỏ mây đan", "H1"),
    ("Khăn thổ cẩm", "H2"),
    ("Hoa lan rừng", "S1"),
    ("Cây đào thế", "S2"),
    ("Hạt dẻ", "F11"),
    ("Rượu ngô", "B2"),
)
WORDS: Final = ("bản", "rừng", "núi", "suối", "đồng", "vườn", "nương", "hội", "sương", "nắng")
_MAKERS: Final = (
    "Tân Tiến",
    "Bản Mới",
    "Đồng Tâm",
    "Sơn Ca",
    "Thanh Niên",
    "Phia Đén",
    "Mường Lát",
)


class _Draw:
    """Whole numbers fixed by a word and an index: nothing is random."""

    def __init__(self, index: int) -> None:
        self._digest = hashlib.sha256(f"synthetic|{index}".encode()).digest()
        self._at = 0

    def below(self, limit: int) -> int:
        """A number from 0 to ``limit - 1``."""
        piece = self._digest[self._at : self._at + 3]
        self._at = (self._at + 3) % 27
        return int.from_bytes(piece, "big") % limit


def load(db: Session, count: int, *, now: datetime) -> int:
    """Add ``count`` products on sale and their producers; the number of products added."""
    places = _places(db)
    shas = list(
        db.scalars(select(ProductPhoto.sha).distinct().order_by(ProductPhoto.sha).limit(50))
    )
    first = {model: _next_id(db, model) for model in (Producer, Product, Variant, Certificate)}
    _add_producers(db, first[Producer], count, places, now)
    for start in range(0, count, BATCH):
        rows: dict[Any, list[dict[str, Any]]] = {}
        documents = []
        for index in range(start, min(start + BATCH, count)):
            place = _place_of(index // PRODUCTS_A_PRODUCER, places)
            for model, row in _product(index, first, place, shas or ["0" * 64], now):
                rows.setdefault(model, []).append(row)
            facets = rows[ProductFacets][-1]
            documents.append(
                Entry(
                    id=facets["product_id"],
                    slug=facets["producer_slug"],
                    name=facets["search_name"],
                    producer=facets["search_producer"],
                    place=facets["search_place"],
                    rest=facets["search_rest"],
                )
            )
        for model, values in rows.items():
            db.execute(insert(model), values)
        index_products(db, documents)
    _move_sequences(db)
    bump_version(db)
    return count


@dataclass(frozen=True)
class _Place:
    """A commune of a producer, in words and as search knows it."""

    province_code: str
    province: str
    commune_code: str
    name: str
    searched: str


def _places(db: Session) -> list[list[_Place]]:
    """Three communes of every province."""
    found = []
    for province in db.scalars(select(Province).order_by(Province.code)):
        communes = list_communes(db, province.code)[:3]
        found.append(
            [
                _Place(
                    province.code,
                    province.name,
                    commune.code,
                    f"{commune.name}, {province.name}",
                    fold(searched_names(db, province.code, commune.code)),
                )
                for commune in communes
            ]
        )
    return found


def _place_of(maker_index: int, places: list[list[_Place]]) -> _Place:
    communes = places[maker_index % len(places)]
    return communes[maker_index // len(places) % len(communes)]


def _next_id(db: Session, model: Any) -> int:
    return (db.scalar(select(func.max(model.id))) or 0) + 1


def _move_sequences(db: Session) -> None:
    """PostgreSQL hands out ids from sequences, which explicit ids pass by."""
    if db.get_bind().dialect.name == "sqlite":
        return
    for table in ("producer", "product", "variant", "certificate"):
        db.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), "  # noqa: S608
                f"(SELECT max(id) FROM {table}))"
            )
        )


def _maker(index: int, province: str) -> str:
    return f"HTX {_MAKERS[index % len(_MAKERS)]} {province} {index + 1}"


def _add_producers(
    db: Session, first_id: int, count: int, places: list[list[_Place]], now: datetime
) -> None:
    rows = []
    for index in range(-(-count // PRODUCTS_A_PRODUCER)):
        place = _place_of(index, places)
        name = _maker(index, place.province)
        rows.append(
            {
                "id": first_id + index,
                "slug": f"{slugify(name)[:70]}-m{first_id + index}",
                "name": name,
                "kind": "cooperative",
                "province_code": place.province_code,
                "commune_code": place.commune_code,
                "is_demo": True,
                "state": "verified",
                "created_at": now,
                "verified_at": now,
            }
        )
    for start in range(0, len(rows), BATCH):
        db.execute(insert(Producer), rows[start : start + BATCH])


def _product(
    index: int, first: dict[Any, int], place: _Place, shas: list[str], now: datetime
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The rows of product number ``index``, parents before children."""
    draw = _Draw(index)
    kind, subgroup = KINDS[draw.below(len(KINDS))]
    product_id, variant_id = first[Product] + index, first[Variant] + index
    maker_index = index // PRODUCTS_A_PRODUCER
    producer_id, maker = first[Producer] + maker_index, _maker(maker_index, place.province)
    name = f"{kind} {WORDS[draw.below(len(WORDS))]} {WORDS[draw.below(len(WORDS))]} số {index + 1}"
    slug = f"{slugify(name)[:100]}-m{product_id}"
    published_at = now - timedelta(minutes=37 * index + draw.below(37))
    stars = (None, None, 3, 3, 4, 5)[draw.below(6)]
    price_vnd = (20 + draw.below(480)) * 1_000
    stock = draw.below(60)
    season = 0b111 << draw.below(10) if draw.below(3) == 0 else 0
    sha = shas[draw.below(len(shas))]
    expires_on = today_vn(now) + timedelta(days=30 + draw.below(1000))
    summary = f"{kind} làm tại {place.province}. Sản phẩm dùng để đo, không có thật."
    yield (
        Product,
        {
            "id": product_id,
            "slug": slug,
            "producer_id": producer_id,
            "name": name,
            "subgroup": subgroup,
            "summary": summary,
            "story": f"{summary}\n" + "Câu chuyện này được viết ra để đo tốc độ trang. " * 8,
            "ingredients": kind,
            "net_content": "500 g",
            "storage": "Để nơi khô ráo, thoáng mát.",
            "usage": "Dùng theo nhu cầu.",
            "origin": f"{place.name}, Việt Nam",
            "shelf_life_days": 365,
            "season_mask": season,
            "is_demo": True,
            "state": "published",
            "created_at": published_at,
            "updated_at": published_at,
            "submitted_at": published_at,
            "published_at": published_at,
        },
    )
    yield (
        Variant,
        {
            "id": variant_id,
            "product_id": product_id,
            "producer_id": producer_id,
            "sku": f"M-{product_id}",
            "label": "Gói 500 g",
            "price_vnd": price_vnd,
            "is_price_illustrative": True,
            "net_weight_g": 500,
            "packed_weight_g": 550,
        },
    )
    yield (
        ProductPhoto,
        {
            "product_id": product_id,
            "sha": sha,
            "width": 1200,
            "height": 1200,
            "alt": name,
            "is_illustration": True,
            "has_right_to_use": True,
            "created_at": published_at,
        },
    )
    yield StockLevel, {"variant_id": variant_id, "on_hand": stock, "reserved": 0}
    if stock:
        yield (
            StockMovement,
            {
                "variant_id": variant_id,
                "quantity": stock,
                "reason": "receipt",
                "key": f"synthetic:{variant_id}",
                "at": published_at,
            },
        )
    has_paper = stars is not None or index % 4 == 0
    if has_paper:
        yield (
            Certificate,
            _certificate(
                first[Certificate] + index, producer_id, product_id, name, stars, expires_on, now
            ),
        )
    yield (
        ProductFacets,
        {
            "product_id": product_id,
            "is_listed": True,
            "slug": slug,
            "name": name,
            "producer_name": maker,
            "producer_slug": f"{slugify(maker)[:70]}-m{producer_id}",
            "province_code": place.province_code,
            "commune_code": place.commune_code,
            "place": place.name,
            "ocop_group": SUBGROUPS[subgroup].group,
            "subgroup": subgroup,
            "season_mask": season,
            "is_demo": True,
            "price_min_vnd": price_vnd,
            "price_max_vnd": price_vnd,
            "available": stock,
            "sold_count": draw.below(500),
            "stars": stars,
            "stars_until": expires_on if stars else None,
            "photo_sha": sha,
            "photo_alt": name,
            "is_photo_illustration": True,
            "published_at": published_at,
            "search_name": fold(name),
            "search_producer": fold(maker),
            "search_place": place.searched,
            "search_rest": fold(
                f"{summary} {SUBGROUPS[subgroup].label} "
                f"{GROUPS[SUBGROUPS[subgroup].group].label} m{product_id}"
            ),
        },
    )
    if has_paper:
        kind = "ocop" if stars else "vietgap"
        yield ProductPaper, {"product_id": product_id, "kind": kind, "until": expires_on}


def _certificate(
    certificate_id: int,
    producer_id: int,
    product_id: int,
    name: str,
    stars: int | None,
    expires_on: date,
    now: datetime,
) -> dict[str, Any]:
    return {
        "id": certificate_id,
        "producer_id": producer_id,
        "product_id": product_id,
        "kind": "ocop" if stars else "vietgap",
        "product_name_printed": name,
        "stars": stars,
        "certificate_no": f"M{certificate_id}",
        "issuer": "Cơ quan minh họa",
        "issued_on": expires_on - timedelta(days=3 * 365),
        "expires_on": expires_on,
        "is_illustration": True,
        "state": "verified",
        "created_at": now,
        "verified_at": now,
    }
