"""Erasing somebody leaves nothing of who they are in any column of any table."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from flask import Flask
from sqlalchemy import JSON, LargeBinary, String, select
from sqlalchemy.orm import Session

from livestream.clubs.models import Invitation
from livestream.complaints.models import Complaint
from livestream.onair.models import LiveComment, OrderDraft
from shop.accounts.models import MemberInvitation, Person
from shop.accounts.services import record_audit
from shop.catalogue.models import Producer, Product, Variant
from shop.catalogue.pictures import files_of
from shop.core.db import Base, Database
from shop.core.text import fold
from shop.notifications.models import CallTask, PushSubscription
from shop.notifications.services import contact
from shop.orders.models import Order, OrderContact
from shop.payments.models import PaymentTxnDetail, Refund, WebhookEvent
from shop.returns import services as returns
from shop.returns.services import Answer, ReturnDraft, Said
from shop.reviews import services as reviews
from shop.reviews.services import ReviewDraft, ReviewPhoto
from tests.factories import accounts, wholesale
from tests.factories.livestream import make_channel, make_club, make_session
from tests.factories.orders import make_order
from tests.factories.returns import line_of, make_delivered
from tests.factories.reviews import make_question, make_report

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

NAME, PHONE, MAIL = "Giàng Thị Xóa Hết", "0987612345", "xoa.het@erasure.test"
STREET, COMPANY, TAX = "Thôn Lũng Xóa 77", "Cửa hàng Xóa Hết", "8765432109"
ACCOUNT, HOLDER = "66778899001", "GIANG THI XOA HET"
SAID: Final = f"Tôi là {NAME}, số {PHONE}, thư {MAIL}, ở {STREET}"

PHOTO: Final = ReviewPhoto("b" * 64, 1, 1)

NEEDLES: Final = tuple(fold(one) for one in (NAME, PHONE, MAIL, STREET, COMPANY, TAX, ACCOUNT))
"""Folded, as search columns are; the holder is the folded name."""

KEPT: Final = {
    ("wholesale_request", "company"): "bought: buyer on an invoice, kept as accounts are",
    ("wholesale_request", "tax_code"): "bought: buyer on an invoice, kept as accounts are",
}
"""What stays, and why."""


def found_in(db: Session) -> set[tuple[str, str]]:
    """(table, column) of every cell of the database that holds one of the values."""
    found = set()
    for table in Base.metadata.sorted_tables:
        columns = [
            one for one in table.columns if isinstance(one.type, String | JSON | LargeBinary)
        ]
        for row in db.execute(select(*columns)) if columns else ():
            for column, value in zip(columns, row, strict=True):
                if value and any(one in _plain(value) for one in NEEDLES):
                    found.add((table.name, column.name))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return fold(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def fill(db: Session, app: Flask, person: Person | None) -> Order:
    """Everything that a buyer leaves behind, with an order that is over."""
    who: dict[str, Any] = {"buyer_id": person.id} if person else {}
    reach: dict[str, Any] = {"full_name": NAME, "phone": PHONE, "street": STREET, "note": SAID}
    order = make_delivered(db, now=NOW, **who, **reach, email=MAIL)
    _money(db, order)
    _words(db, order, person)
    _asking(db, order, person)
    _live(db, order)
    record_audit(
        db, actor_id=None, action="order.x", subject_kind="order", subject_id=order.id, now=NOW,
        note=SAID,
    )  # fmt: skip
    return order


def _money(db: Session, order: Order) -> None:
    staff = accounts.make_staff(db)
    asked = returns.ask_return(
        db,
        order_id=order.id,
        draft=ReturnDraft(
            {line_of(db, order).id: 1},
            "other",
            Said(SAID, ({"sha": "a" * 64, "width": 1, "height": 1},)),
        ),
        submit_key="erase-return-key-1",
        days=7,
        actor_id=order.buyer_id,
        now=NOW,
    )
    returns.settle_return(
        db,
        return_id=asked.id,
        refund_vnd=20_000,
        counts=None,
        answer=Answer("producer", staff.id, NOW, f"Chào {NAME}"),
    )
    for refund in db.scalars(select(Refund)):
        refund.payee_bin, refund.payee_number, refund.payee_holder = "970436", ACCOUNT, HOLDER
        refund.note, refund.state, refund.ended_at = SAID, "done", NOW
    for detail in db.scalars(select(PaymentTxnDetail)):
        detail.hint, detail.counterparty = SAID, HOLDER
    db.add(
        WebhookEvent(
            provider="sepay",
            event_key="erase-1",
            is_signature_good=True,
            raw=f"{HOLDER} {ACCOUNT} chuyen tien {order.code}".encode(),
            received_at=NOW + timedelta(days=1),
            outcome="applied",
        )
    )


def _words(db: Session, order: Order, person: Person | None) -> None:
    line = line_of(db, order)
    reviews.write_review(
        db,
        order_id=order.id,
        line_id=line.id,
        draft=ReviewDraft(
            5, f"{NAME} khen ngon", (ReviewPhoto("b" * 64, 1, 1),), has_right_to_use=True
        ),
        submit_key="erase-review-key-1",
        actor_id=order.buyer_id,
        now=NOW,
    )
    make_report(
        db,
        kind="product",
        subject_id=line.product_id,
        person_id=person.id if person else None,
        text=SAID if person else "Nhãn ghi nơi khác.",
        contact=PHONE,
    )
    if person:
        product = db.get_one(Product, line.product_id)
        make_question(db, product=product, person_id=person.id, text=f"{NAME} xin hỏi")


def _asking(db: Session, order: Order, person: Person | None) -> None:
    producer = db.get_one(Producer, order.producer_id)
    wholesale.make_enquiry(
        db,
        producer,
        buyer_id=person.id if person else None,
        name=NAME,
        phone=PHONE,
        email=MAIL,
        words=SAID,
        company=COMPANY,
        tax_code=TAX,
    )
    recipient = contact(db, now=NOW, name=NAME, email=MAIL, phone=PHONE, language="vi")
    db.add(
        CallTask(
            outbox_key="erase-call",
            kind="orders.shipped",
            payload={},
            recipient=recipient,
            desk_kind="producer",
            desk_key=str(producer.id),
            created_at=NOW,
            note=SAID[:300],
        )
    )
    db.add(
        MemberInvitation(
            code="erase-invitation",
            unit_kind="producer",
            unit_id=producer.id,
            login=MAIL,
            role="manager",
            invited_by=accounts.make_person(db).id,
            state="declined",
            created_at=NOW,
            expires_at=NOW,
        )
    )
    if person:
        db.add(
            PushSubscription(
                person_id=person.id,
                digest="d" * 64,
                endpoint=f"https://push.test/{MAIL}",
                p256dh="p",
                auth="a",
                device=NAME,
                created_at=NOW,
            )
        )


def _live(db: Session, order: Order) -> None:
    club = make_club(db)
    channel = make_channel(db, club)
    live = make_session(db, club, channels=[channel])
    inviter = accounts.make_person(db).id
    db.add(
        Invitation(club_id=club.id, login=PHONE, role="host", invited_by=inviter, created_at=NOW)
    )
    db.add(
        Complaint(
            code="XOAHET0001",
            session_id=live.id,
            kind="other",
            words="Phiên nói sai giá.",
            contact=f"{NAME} {PHONE}",
            submit_key="erase-complaint-1",
            created_at=NOW,
        )
    )
    comment = LiveComment(
        session_id=live.id,
        channel_id=channel.id,
        comment_key="erase-comment",
        author_key="k" * 64,
        author=NAME,
        text=SAID,
        reading="order",
        received_at=NOW,
    )
    db.add(comment)
    db.flush()
    db.add(
        OrderDraft(
            session_id=live.id,
            comment_id=comment.id,
            phone=PHONE,
            state="placed",
            group_id=order.group_id,
            created_at=NOW,
        )
    )


def erase(app: Flask, who: str) -> Any:
    return app.test_cli_runner().invoke(args=["accounts", "erase", who, "--yes"])


@pytest.mark.parametrize("has_account", [True, False], ids=["account", "guest"])
def test_nothing_of_somebody_is_left_in_any_table(
    app: Flask, database: Database, has_account: bool
) -> None:
    with database.transaction() as db:
        person = (
            accounts.make_person(db, name=NAME, email=MAIL, phone=PHONE) if has_account else None
        )
        if person:
            person.folded = fold(NAME)
        order = fill(db, app, person)
        code, total = order.code, order.total_vnd
    with database.read() as db:
        before = found_in(db)
    assert {
        ("order_contact", "full_name"),
        ("order_contact", "search_text"),
        ("refund", "payee_number"),
        ("payment_txn_detail", "counterparty"),
        ("webhook_event", "raw"),
        ("return_words", "text"),
        ("review_words", "text"),
        ("violation_words", "contact"),
        ("enquiry_contact", "phone"),
        ("enquiry_message", "words"),
        ("wholesale_request", "tax_code"),
        ("contact", "email"),
        ("call_task", "note"),
        ("member_invitation", "login"),
        ("live_invitation", "login"),
        ("live_complaint", "contact"),
        ("live_comment", "text"),
        ("live_order_draft", "phone"),
        ("audit_note", "text"),
    } <= before
    assert (("person", "name") in before) is has_account
    answer = erase(app, PHONE)
    assert answer.exit_code == 0, answer.output
    assert f"{2 * len(files_of(PHOTO.sha))} files dropped" in answer.output
    with database.read() as db:
        assert found_in(db) == set()
        kept = db.scalars(select(Order).where(Order.code == code)).one()
        assert (kept.total_vnd, kept.state) == (total, "completed")
        assert db.get_one(OrderContact, kept.id).province_code == "19"
    assert erase(app, PHONE).exit_code == 0, "again changes nothing"
    assert erase(app, "nobody").exit_code == 1


def test_what_a_company_bought_stays_on_its_invoice(app: Flask, database: Database) -> None:
    with database.transaction() as db:
        order = make_delivered(db, now=NOW)
        enquiry = wholesale.make_enquiry(
            db, db.get_one(Producer, order.producer_id), company=COMPANY, tax_code=TAX, phone=PHONE
        )
        variant = line_of(db, order).variant_id
        quote = wholesale.make_quote(
            db,
            producer=db.get_one(Producer, order.producer_id),
            variant=db.get_one(Variant, variant),
            enquiry=enquiry,
        )
        quote.state, quote.order_id = "accepted", order.id
    assert erase(app, PHONE).exit_code == 0
    with database.read() as db:
        assert found_in(db) == set(KEPT)


def test_what_is_open_is_finished_first(app: Flask, database: Database) -> None:
    with database.transaction() as db:
        order = make_order(db, now=NOW, phone=PHONE)
        accounts.make_member(db, "producer", order.producer_id, "owner", phone="0987612346")
    answer = erase(app, PHONE)
    assert answer.exit_code == 1
    assert order.code in answer.output
    assert erase(app, "0987612346").exit_code == 1
    with database.read() as db:
        assert ("order_contact", "phone") in found_in(db)
