"""Something to look at on every desk: requests that wait, supporters, files under way."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Membership
from shop.accounts.rules import Login
from shop.accounts.services import Consent, answer_invitation, ask_to_support, invite_member
from shop.candidates.models import Candidate
from shop.candidates.services import mark_paper, move_candidate, open_candidate
from shop.catalogue.models import Producer, Product
from shop.catalogue.services import EndorsementFacts, request_endorsement
from shop.core.clock import today_vn
from shop.demo.people import person_id
from shop.demo.products import OWNERS

SUPPORTER = "support@demo.test"
OFFERING = "buyer2@demo.test"


def load_desk(db: Session, *, now: datetime) -> int:
    """Once: a supporter with consent and one who waits, an invitation, a request for the union's
    badge, files on their way to OCOP and a GTIN. Says how many files are new.
    """
    name = next(name for name, login in OWNERS.items() if login == "producer@demo.test")
    producer = db.scalars(select(Producer).where(Producer.name == name)).one_or_none()
    if producer is None or _is_loaded(db, producer.id):
        return 0
    owner = person_id(db, "producer@demo.test")
    _team(db, producer.id, owner, now)
    request_endorsement(
        db,
        producer_id=producer.id,
        actor_id=owner,
        facts=EndorsementFacts(
            union_unit="Xã đoàn Côn Minh",
            project="Miến dong không phẩm màu",
            year=today_vn(now).year,
            programme="Thanh niên khởi nghiệp nông thôn",
            is_illustration=True,
        ),
        now=now - timedelta(days=1),
    )
    return _files(db, producer.id, owner, now)


def _is_loaded(db: Session, producer_id: int) -> bool:
    found = select(Candidate.id).where(Candidate.producer_id == producer_id).limit(1)
    return db.scalar(found) is not None


def _team(db: Session, producer_id: int, owner: int, now: datetime) -> None:
    helper, offering = person_id(db, SUPPORTER), person_id(db, OFFERING)
    taken = set(
        db.scalars(
            select(Membership.person_id).where(
                Membership.unit_kind == "producer", Membership.unit_id == producer_id
            )
        )
    )
    if helper not in taken:
        asked = invite_member(
            db,
            producer_id=producer_id,
            login=Login(email=SUPPORTER),
            role="supporter",
            consent=Consent(("products", "stock"), now + timedelta(days=180)),
            actor_id=owner,
            now=now,
        )
        answer_invitation(db, code=asked.code, person_id=helper, is_accepted=True, now=now)
    if offering not in taken:
        ask_to_support(db, producer_id=producer_id, person_id=offering, now=now)
    invite_member(
        db,
        producer_id=producer_id,
        login=Login(phone="0900000001"),
        role="member",
        consent=None,
        actor_id=owner,
        now=now,
    )


def _files(db: Session, producer_id: int, owner: int, now: datetime) -> int:
    products = db.scalars(
        select(Product)
        .where(Product.producer_id == producer_id, Product.state == "published")
        .order_by(Product.id)
        .limit(2)
    ).all()
    today, made = today_vn(now), 0
    for kind, product, days in zip(
        ("ocop", "gtin"), [*products, *products], (12, 60), strict=False
    ):
        row = open_candidate(
            db,
            kind=kind,
            product_id=product.id,
            actor_id=owner,
            now=now,
            target_stars=4,
            deadline=today + timedelta(days=days),
        )
        made += 1
        if kind == "ocop":
            for code in ("ocop-dang-ky", "ocop-dkkd", "ocop-cau-chuyen", "ocop-nhan"):
                mark_paper(
                    db, candidate_id=row.id, code=code, state="ready", actor_id=owner, now=now
                )
            move_candidate(db, candidate_id=row.id, stage="commune", actor_id=owner, now=now)
    return made
