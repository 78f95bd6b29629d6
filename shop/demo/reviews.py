"""Made-up words about the demo producers' goods: reviews, questions, reports, in every state.

Each review is of an order of its own that the same services placed, packed and delivered. Pages say
"nội dung minh họa" beside every one of them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.models import Product, ProductPhoto
from shop.catalogue.pictures import store_picture
from shop.core.storage import Storage
from shop.demo.orders import SELLERS, Plan, load_order, missing_orders
from shop.demo.people import person_id
from shop.orders.models import Order, OrderLine
from shop.payments.provider import PaymentConfig
from shop.reviews import services
from shop.reviews.models import Question, Review
from shop.reviews.services import Decision, ReportDraft, ReviewDraft, ReviewPhoto

_NOODLES, _TEA, _GARLIC = "Miến dong", "Chè", "Tỏi đen"
_MAKERS: Final = {_NOODLES: "HTX Tài Hoan", _TEA: "HTX Tây Bắc", _GARLIC: "HTX Tây Bắc"}
_STAFF: Final = "admin@demo.test"
_READERS: Final = ("buyer@demo.test", "club@demo.test", "host@demo.test")


@dataclass(frozen=True)
class Said:
    """A review: by a guest's name or a demo account, days after the order was placed."""

    key: str
    product: str
    who: str
    days_ago: int
    stars: int
    text: str
    reply: str = ""
    votes: int = 0
    has_picture: bool = False


SAID: Final = (
    Said(
        *("huong", _NOODLES, "Phạm Thu Hương", 34, 5),
        "Sợi miến dai và trong, nấu lẩu để lâu không nát. Nhà tôi ăn thử một gói rồi đặt thêm "
        "làm quà Tết cho hai bên nội ngoại.",
        "Cảm ơn chị đã tin dùng. Mẻ Tết phơi từ tháng Mười Một, chị đặt sớm giúp HTX nhé.",
        votes=3,
        has_picture=True,
    ),
    Said(
        *("quan", _NOODLES, "Vũ Minh Quân", 27, 4),
        "Miến đúng vị dong riềng. Trừ một sao vì thùng hàng bị móp khi giao.",
        "HTX xin lỗi anh. Từ mẻ sau, trong thùng đã có thêm lớp lót giấy.",
        votes=1,
    ),
    Said(
        *("lan", _NOODLES, "Hoàng Thị Lan", 21, 5),
        "Quét mã trên gói thấy cả ngày phơi và người làm, mẹ tôi xem xong mới chịu ăn. Yên tâm.",
        votes=2,
    ),
    Said(
        *("tuan", _NOODLES, "Đặng Văn Tuấn", 16, 3),
        "Miến được nhưng sợi hơi ngắn, giao chậm hai ngày so với lời hẹn.",
    ),
    Said("ngoc-anh", _NOODLES, "Bùi Ngọc Anh", 12, 5, ""),
    Said(
        *("buyer2", _NOODLES, "buyer2@demo.test", 9, 5),
        "Xem phiên live thấy các cô tráng bánh nên đặt thử. Nấu với lòng gà rất hợp.",
        "Cảm ơn bạn đã xem live. Hẹn bạn phiên sau!",
        votes=1,
    ),
    Said(
        *("spam", _NOODLES, "Trần Quảng Cáo", 7, 1),
        "Ai cần vay tiền nhanh, không cần giấy tờ thì hỏi tôi.",
    ),
    Said(
        *("held", _NOODLES, "Trịnh Đình Công", 5, 2),
        "Miến thì được mà người giao hàng nói năng với khách như chó với mèo.",
    ),
    Said(
        *("may", _TEA, "Lý Thị Mẩy", 20, 5),
        "Nước xanh, hậu ngọt, pha ba lần vẫn còn vị. Túi hút chân không nên giữ được hương.",
        votes=2,
    ),
    Said(
        *("phuc", _TEA, "Ngô Đình Phúc", 10, 4),
        "Chè ngon, cánh to. Mong có thêm gói nhỏ 100 g để uống thử trước.",
    ),
    Said(
        *("thuy", _GARLIC, "Cao Bích Thủy", 14, 5),
        "Tỏi dẻo, ngọt, không hăng. Bóc vỏ dễ, cả hai cụ nhà tôi đều ăn được.",
        "Cảm ơn chị. Chị nhớ để nơi khô mát và đậy kín sau khi mở hộp.",
        votes=1,
    ),
    Said(
        *("loc", _GARLIC, "Đoàn Hữu Lộc", 6, 4),
        "Hàng đẹp, đóng hộp cẩn thận, hơi cao giá so với tỏi thường.",
    ),
)

ASKED: Final = (
    (
        *("ngam", _NOODLES, "buyer2@demo.test", 15),
        "Miến này có phải ngâm trước không, và nấu mấy phút thì vừa?",
        "Ngâm nước nguội 10 phút, thả vào nước sôi 3 phút là vừa. Đừng ngâm nước nóng kẻo sợi nở.",
    ),
    (
        *("bao-quan", _NOODLES, "buyer@demo.test", 11),
        "Gói đã mở thì để được bao lâu?",
        "Buộc kín, để nơi khô thoáng thì dùng tốt đến hết hạn in trên gói.",
    ),
    (
        *("hop-qua", _NOODLES, "buyer@demo.test", 2),
        "Mua 20 gói làm quà Tết thì có hộp đựng không?",
        "",
    ),
    (*("ngu", _TEA, "buyer2@demo.test", 3), "Chè này uống buổi tối có mất ngủ không?", ""),
    (*("gia", _TEA, "buyer@demo.test", 1), "Giá gì mà đắt vcl, bán cho ai mua vậy?", ""),
)
"""Key, product, account, days ago, question, answer."""


def load_reviews(db: Session, storage: Storage, *, config: PaymentConfig, now: datetime) -> int:
    """Load what is missing; says how many reviews, questions and reports are new."""
    made = [_load_review(db, storage, said, config, now) for said in SAID]
    asked = [_load_question(db, *row, now=now) for row in ASKED]
    return sum(made) + sum(asked) + (_load_reports(db, now) if any(made) else 0)


def _plan(said: Said) -> Plan:
    is_guest = "@" not in said.who
    return Plan(
        key=f"review-{said.key}",
        producer=_MAKERS[said.product],
        buyer="" if is_guest else said.who,
        hours_ago=said.days_ago * 24,
        payment="cod",
        reached="delivered",
        guest=said.who if is_guest else "",
        product=said.product,
        quantity=1,
    )


def _load_review(
    db: Session, storage: Storage, said: Said, config: PaymentConfig, now: datetime
) -> bool:
    plan = _plan(said)
    if not missing_orders(db, [plan]):
        return False
    order = load_order(db, plan, config=config, now=now)
    at = order.placed_at + timedelta(hours=80)
    review = _write(db, storage, order, said, at)
    if said.reply:
        services.reply_review(
            db,
            review_id=review.id,
            text=said.reply,
            actor_id=person_id(db, SELLERS[plan.producer][0]),
            now=at + timedelta(hours=5),
        )
    for login in _READERS[: said.votes]:
        services.vote_helpful(
            db, review_id=review.id, person_id=person_id(db, login), is_helpful=True, now=now
        )
    return True


def _write(db: Session, storage: Storage, order: Order, said: Said, at: datetime) -> Review:
    line = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    photos = (_picture(db, storage, line),) if said.has_picture else ()
    return services.write_review(
        db,
        order_id=order.id,
        line_id=line.id,
        draft=ReviewDraft(said.stars, said.text, photos, has_right_to_use=True),
        submit_key=f"demo-review-{said.key}-000000",
        actor_id=order.buyer_id,
        now=at,
    )


def _picture(db: Session, storage: Storage, line: OrderLine) -> ReviewPhoto:
    """The product's drawn cover once more, as the review's own picture."""
    cover = db.scalars(
        select(ProductPhoto).where(ProductPhoto.product_id == line.product_id).limit(1)
    ).one()
    raw = storage.read(f"{cover.sha}-1200.jpg")
    made = store_picture(storage, raw, owner=f"review of line {line.id}")
    return ReviewPhoto(made.sha, made.width, made.height)


def _load_question(
    db: Session,
    key: str,
    product: str,
    login: str,
    days_ago: int,
    text: str,
    answer: str,
    *,
    now: datetime,
) -> bool:
    submit_key = f"demo-question-{key}-000000"
    if db.scalar(select(Question.id).where(Question.submit_key == submit_key)) is not None:
        return False
    at = now - timedelta(days=days_ago)
    question = services.ask(
        db,
        product_id=_product(db, product),
        person_id=person_id(db, login),
        text=text,
        submit_key=submit_key,
        now=at,
    )
    if answer:
        services.answer_question(
            db,
            question_id=question.id,
            text=answer,
            actor_id=person_id(db, SELLERS[_MAKERS[product]][0]),
            now=at + timedelta(hours=3),
        )
    return True


def _product(db: Session, name: str) -> int:
    return db.scalars(
        select(Product.id)
        .where(Product.name.startswith(name), Product.is_demo)
        .order_by(Product.id)
        .limit(1)
    ).one()


def _load_reports(db: Session, now: datetime) -> int:
    """Two open cases, and one that hid a review."""
    spam = _review(db, "spam")
    report = services.file_report(
        db,
        kind="review",
        subject_id=spam,
        draft=ReportDraft("spam", "Mời vay tiền, không nói gì về miến."),
        reporter_key=f"person:{person_id(db, 'buyer@demo.test')}",
        reporter_id=person_id(db, "buyer@demo.test"),
        submit_key="demo-report-spam-000000",
        now=now - timedelta(days=3),
    )
    services.decide_report(
        db,
        report_id=report.id,
        decision=Decision(True, "Đã ẩn bài quảng cáo. Cảm ơn bạn.", "spam"),
        actor_id=person_id(db, _STAFF),
        now=now - timedelta(days=2),
    )
    services.file_report(
        db,
        kind="product",
        subject_id=_product(db, _NOODLES),
        draft=ReportDraft(
            "wrong_facts",
            "Trang ghi một khối lượng, gói tôi nhận ghi khối lượng khác.",
            "0900000002",
        ),
        reporter_key="demo-guest",
        reporter_id=None,
        submit_key="demo-report-product-000000",
        now=now - timedelta(days=1),
    )
    services.file_report(
        db,
        kind="review",
        subject_id=_review(db, "tuan"),
        draft=ReportDraft("fake", "Tôi nghĩ người này chưa mua."),
        reporter_key=f"person:{person_id(db, 'producer@demo.test')}",
        reporter_id=person_id(db, "producer@demo.test"),
        submit_key="demo-report-review-000000",
        now=now - timedelta(hours=5),
    )
    return 3


def _review(db: Session, key: str) -> int:
    submit_key = f"demo-review-{key}-000000"
    return db.scalars(select(Review.id).where(Review.submit_key == submit_key)).one()
