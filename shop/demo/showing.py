"""What the demo shows of a buyer's side: more pictures, a culture product's story, ways to reach a
producer, a size that is sold out, saved products, enquiries.

Facts are those of the sources; what is made up says so. No telephone, no shop on a marketplace and
no face is invented for a real producer: the one link leads to example.com, the one person is a demo
account.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue import services as catalogue
from shop.catalogue.models import Producer, Product, ProductPhoto, Variant
from shop.catalogue.queries import Photo, Section, draft_of, stamp_of
from shop.contacts import services as contacts
from shop.contacts.models import ProducerFace
from shop.core.clock import today_vn
from shop.demo.people import person_id
from shop.demo.pictures import Drawing, drawing
from shop.enquiries import services as enquiries
from shop.enquiries.models import Enquiry
from shop.stock import services as stock
from shop.stock.models import StockLevel
from shop.wishes import services as wishes
from shop.wishes.models import WishList

NOODLES: Final = "Miến dong Tài Hoan"
DOLLS: Final = "Búp bê em gái các dân tộc"
VISIT: Final = "Du lịch bản làng Thái Hải"

_MORE: Final = {
    NOODLES: (drawing("Giàn phơi miến", "sun-behind-small-cloud", "MIEN-DONG-PHOI"),),
    DOLLS: (
        drawing("Kim chỉ và vải chàm", "thread", "BUP-BE-CHI"),
        drawing("Hộp quà có mã QR", "wrapped-gift", "BUP-BE-HOP"),
    ),
}
"""Further pictures by product name; drawings, and marked as such."""

_PARTS: Final = (
    Section(
        kind="maker",
        title="Huyện đoàn Xín Mần và thanh niên năm xã",
        title_en="The youth union of Xin Man and young people of five communes",
        words=(
            "Theo nguồn tin năm 2024, đây là dự án của thanh niên Xín Mần, bắt đầu từ tháng 3/2023 "
            "và làm ở năm xã."
        ),
        words_en=(
            "According to the 2024 source this is a project of the youth of Xin Man, begun in "
            "March 2023 and carried out in five communes."
        ),
        photo_sha=None,
    ),
    Section(
        kind="costume",
        title="Khăn, áo, váy thu nhỏ",
        title_en="Headscarf, jacket and skirt in miniature",
        words="Mỗi búp bê mặc trang phục của một dân tộc. Lời kể từng phần là minh họa.",
        words_en=None,
        photo_sha="0",
    ),
    Section(
        kind="other",
        title="Mã QR trên hộp quà",
        title_en=None,
        words="Hộp quà có mã QR để người nhận đọc thêm về búp bê.",
        words_en=None,
        photo_sha="1",
    ),
)
"""``photo_sha``: the place among the further pictures, replaced when the pictures are there. Two
parts lack English on purpose: the demo shows how that is said."""


def wanted_drawings(db: Session) -> list[Drawing]:
    """Pictures that are not there yet."""
    found: list[Drawing] = []
    for name, drawings in _MORE.items():
        product = _product(db, name)
        if product is not None and _photo_count(db, product.id) == 1:
            found += drawings
    return found


def load_showing(
    db: Session, drawn: Sequence[tuple[Drawing, Photo]], *, now: datetime
) -> list[str]:
    """Add what is missing; says what was added. ``drawn``: the pictures of ``wanted_drawings``."""
    photos = {one.seed: photo for one, photo in drawn}
    done = []
    for name, drawings in _MORE.items():
        mine = [(one, photos[one.seed]) for one in drawings if one.seed in photos]
        product = _product(db, name)
        if mine and product is not None:
            _show_more(db, product, mine, _PARTS if name == DOLLS else (), now)
            done.append(f"story of {product.slug}")
    return done + [add.__name__.strip("_") for add in _ADDITIONS if add(db, now)]


def _product(db: Session, name: str) -> Product | None:
    return db.scalar(select(Product).where(Product.is_demo, Product.name == name))


def _photo_count(db: Session, product_id: int) -> int:
    return len(
        db.scalars(select(ProductPhoto.id).where(ProductPhoto.product_id == product_id)).all()
    )


def _owner(db: Session, product: Product) -> int:
    login = "producer@demo.test" if product.name == NOODLES else "ocop@demo.test"
    return person_id(db, login)


def _show_more(
    db: Session,
    product: Product,
    drawn: Sequence[tuple[Drawing, Photo]],
    parts: Sequence[Section],
    now: datetime,
) -> None:
    """Through the same doors as a producer's own edit: changed, handed in, approved."""
    at: dict[str, Any] = {"product_id": product.id, "actor_id": _owner(db, product), "now": now}
    for one, photo in drawn:
        words = f"Hình minh họa: {one.name.lower()}"
        shown = Photo(photo.sha, photo.width, photo.height, words, True, True)
        catalogue.add_photo(db, photo=shown, **at)
    for part in parts:
        place = part.photo_sha
        sha = drawn[int(place)][1].sha if place is not None else None
        catalogue.save_section(
            db,
            stamp=stamp_of(draft_of(db, product.id).sections),
            index=None,
            section=Section(**(part.as_json() | {"photo_sha": sha})),
            **at,
        )
    catalogue.submit_product(db, **at)
    judge = person_id(db, "admin@demo.test")
    catalogue.decide_product(db, product_id=product.id, actor_id=judge, approve=True, now=now)


def _reach(db: Session, now: datetime) -> bool:
    """How to reach HTX Tài Hoan: the place its source prints, a link that leads nowhere real."""
    producer = db.scalar(select(Producer).where(Producer.name == "HTX Tài Hoan"))
    if producer is None or db.scalar(
        select(ProducerFace.id).where(ProducerFace.producer_id == producer.id)
    ):
        return False
    owner_id = person_id(db, "producer@demo.test")
    at: dict[str, Any] = {"producer_id": producer.id, "actor_id": owner_id, "now": now}
    contacts.set_contact(
        db,
        zalo=None,
        shop_address="Thôn Chè Cọ, xã Côn Minh",
        opening="giờ minh họa: 8:00–17:00",
        has_consent=True,
        **at,
    )
    for address, age in (("htx-tai-hoan", 12), ("htx-tai-hoan/cu", 130)):
        link = contacts.add_link(db, channel="website", url=f"https://example.com/{address}", **at)
        link.checked_on = today_vn(now) - timedelta(days=age)
    face = contacts.FaceDraft(
        name="Nông Văn Demo",
        work="Tài khoản thử của cơ sở",
        work_en="The demo account of the producer",
        photo_sha=None,
        has_consent=True,
    )
    contacts.add_face(db, draft=face, **at)
    return True


def _sell_out(db: Session, now: datetime) -> bool:
    """The dolls' last size is sold out, so that one can ask to be told."""
    product = _product(db, DOLLS)
    if product is None:
        return False
    last = select(Variant.id).where(Variant.product_id == product.id).order_by(Variant.id.desc())
    variant_id = db.scalar(last.limit(1))
    level = db.get(StockLevel, variant_id) if variant_id else None
    if variant_id is None or level is None or level.on_hand <= level.reserved:
        return False
    return stock.adjust(
        db,
        variant_id=variant_id,
        quantity=level.reserved - level.on_hand,
        reason="count",
        key=f"demo:sold-out:{variant_id}",
        now=now,
    )


def _save(db: Session, now: datetime) -> bool:
    """What the demo buyer keeps in sight."""
    buyer = person_id(db, "buyer@demo.test")
    if db.scalar(select(WishList.id).where(WishList.person_id == buyer)) is not None:
        return False
    kept = wishes.open_list(
        db, token_hash="", new_token_hash=f"demo {buyer}", person_id=buyer, now=now
    )
    for name in (NOODLES, DOLLS, VISIT):
        product = _product(db, name)
        if product is not None:
            wishes.add_wish(db, wish_list=kept, product_id=product.id, now=now)
    return True


def _ask(db: Session, now: datetime) -> bool:
    """Two enquiries about a visit: one answered, one waiting."""
    product = _product(db, VISIT)
    if product is None or db.scalar(select(Enquiry.id).limit(1)) is not None:
        return False
    asked_at = now - timedelta(days=2)
    first = enquiries.ask_for_visit(
        db,
        slug=product.slug,
        visit=enquiries.Visit(
            submit_key="demo:visit:1",
            name="Lê Người Mua Demo",
            phone=None,
            email="buyer@demo.test",
            wanted_on=today_vn(now) + timedelta(days=12),
            people=6,
            words="Nhà mình sáu người, có hai cháu nhỏ. Cuối tuần sau còn nhận khách ở lại không?",
            language="vi",
        ),
        buyer_id=person_id(db, "buyer@demo.test"),
        now=asked_at,
    )
    enquiries.answer(
        db,
        code=first.code,
        producer_ids=frozenset({product.producer_id}),
        actor_id=person_id(db, "ocop@demo.test"),
        words="Trả lời minh họa: còn hai nhà sàn, mời gia đình lên từ chiều thứ Sáu.",
        now=asked_at + timedelta(hours=3),
    )
    enquiries.ask_for_visit(
        db,
        slug=product.slug,
        visit=enquiries.Visit(
            submit_key="demo:visit:2",
            name="Khách Demo",
            phone="0900000000",
            email=None,
            wanted_on=None,
            people=25,
            words="Lớp mình muốn đi trải nghiệm một ngày, xin hỏi giá và lịch.",
            language="vi",
        ),
        buyer_id=None,
        now=now - timedelta(hours=5),
    )
    return True


_ADDITIONS: Final = (_reach, _sell_out, _save, _ask)
