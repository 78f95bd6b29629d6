"""Wholesale enquiries of made-up shops, with a quote in every state."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Producer
from shop.core.clock import today_vn
from shop.demo.orders import SELLERS
from shop.demo.people import find, person_id
from shop.enquiries.models import Enquiry
from shop.enquiries.services import Visit, close
from shop.places.queries import list_communes
from shop.wholesale import queries, services
from shop.wholesale.models import Quote
from shop.wholesale.rules import Tier

SELLER: Final = "HTX Tài Hoan"


@dataclass(frozen=True)
class Company:
    """A made-up company: what it wants, and how far the quote has come."""

    key: str
    company: str
    tax_code: str
    quantity: int
    words: str
    then: str
    """asked, offered, accepted, withdrawn, over or closed."""
    buyer: str = ""


COMPANIES: Final = (
    Company(
        "new",
        "Cửa hàng Nông sản Minh Họa",
        "",
        120,
        "Tôi cần miến cho kệ hàng Tết, mỗi tháng lấy một lần. Có giao tận kho không?",
        "asked",
    ),
    Company(
        "open",
        "Siêu thị Minh Họa",
        "0101234567",
        300,
        "Cần báo giá miến dong cho ba cửa hàng ở Hà Nội, giao trước rằm tháng Chạp.",
        "offered",
        "buyer@demo.test",
    ),
    Company(
        "done",
        "Bếp ăn Minh Họa",
        "0101234567-001",
        4,
        "Lấy thử một ít trước khi đặt đều.",
        "accepted",
        "buyer2@demo.test",
    ),
    Company(
        "back",
        "Đại lý Minh Họa",
        "",
        800,
        "Giá cho 800 gói, lấy tại xưởng?",
        "withdrawn",
    ),
    Company(
        "closed",
        "Hội chợ Minh Họa",
        "",
        5_000,
        "Cần 5.000 gói trong tuần này cho hội chợ.",
        "closed",
    ),
    Company("late", "Quán Minh Họa", "", 60, "Quán cần 60 gói mỗi tuần.", "over"),
)


def load_wholesale(db: Session, *, now: datetime) -> int:
    """Ask and answer, once; returns how many enquiries are new."""
    known = set(db.scalars(select(Enquiry.submit_key)))
    producer = db.scalars(select(Producer).where(Producer.name == SELLER, Producer.is_demo)).one()
    wanted = [one for one in COMPANIES if _key(one) not in known]
    for one in wanted:
        _load(db, one, producer, now)
    return len(wanted)


def _key(one: Company) -> str:
    return f"demo-wholesale-{one.key}"


def _load(db: Session, one: Company, producer: Producer, now: datetime) -> None:
    asked_at = now - timedelta(days=20 if one.then == "over" else 2)
    buyer = find(db, one.buyer) if one.buyer else None
    buyer_id = buyer.id if buyer else None
    enquiry = services.ask(
        db,
        producer_slug=producer.slug,
        product_slug="",
        asked=services.Asked(
            visit=Visit(
                submit_key=_key(one),
                name=buyer.name if buyer else "Chị Minh Họa",
                phone="0900000002",
                email=buyer.email if buyer else None,
                wanted_on=None,
                people=None,
                words=one.words,
                language="vi",
            ),
            company=one.company,
            tax_code=one.tax_code or None,
            quantity=one.quantity,
            province_code="01",
        ),
        buyer_id=buyer_id,
        now=asked_at,
    )
    if one.then == "asked":
        return
    if one.then == "closed":
        close(
            db,
            code=enquiry.code,
            producer_ids=frozenset({producer.id}),
            now=asked_at + timedelta(hours=2),
        )
        return
    quote = _offer(db, one, enquiry, producer, asked_at + timedelta(hours=3))
    if one.then == "accepted":
        _accept(db, quote, one, buyer_id, now - timedelta(days=1))
    elif one.then == "withdrawn":
        services.withdraw_quote(
            db,
            code=quote.code,
            producer_ids=frozenset({producer.id}),
            actor_id=quote.created_by,
            now=asked_at + timedelta(hours=6),
        )


def _offer(db: Session, one: Company, enquiry: Enquiry, producer: Producer, at: datetime) -> Quote:
    small, large = list(queries.sizes_of(db, producer.id).values())[:2]
    steps = ((2, 97), (100, 92), (300, 88))
    return services.offer_quote(
        db,
        enquiry_code=enquiry.code,
        offer=services.Offer(
            submit_key=f"{_key(one)}-quote",
            tiers=(
                *(
                    Tier(small.variant_id, least, small.price_vnd * percent // 100)
                    for least, percent in steps
                ),
                Tier(large.variant_id, 50, large.price_vnd * 90 // 100),
            ),
            shipping_vnd=150_000,
            payment="vietqr",
            valid_until=today_vn(at) + timedelta(days=14),
            terms="Đóng thùng 20 gói, dán nhãn phụ của cửa hàng nếu cần. Giao trong 5 ngày từ khi "
            "nhận tiền. Hàng lỗi đổi trong 7 ngày. Số liệu minh họa.",
        ),
        producer_ids=frozenset({producer.id}),
        actor_id=person_id(db, SELLERS[SELLER][0]),
        now=at,
    )


def _accept(db: Session, quote: Quote, one: Company, buyer_id: int | None, at: datetime) -> None:
    services.accept_quote(
        db,
        code=quote.code,
        acceptance=services.Acceptance(
            quantities={quote.tiers[0].variant_id: one.quantity},
            full_name="Chị Minh Họa",
            phone="0900000002",
            email=None,
            province_code="01",
            commune_code=list_communes(db, "01")[0].code,
            street="Kho số 1 phố Minh Họa",
            note="",
        ),
        buyer_id=buyer_id,
        now=at,
    )
