"""Reviews, questions, moderation and reports as services, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.accounts.models import AuditEntry, AuditNote, Person
from shop.accounts.services import Whom
from shop.catalogue.models import Producer, Product, ProductFacets
from shop.catalogue.pictures import files_of
from shop.core.errors import NotAllowed, NotFound
from shop.core.outbox import OutboxMessage
from shop.notifications.models import Contact
from shop.notifications.rules import Post
from shop.notifications.services import use_channels
from shop.orders.invariants import INVARIANTS as ORDERS
from shop.orders.models import Order, OrderLine
from shop.reviews import queries, rules, services
from shop.reviews.invariants import INVARIANTS
from shop.reviews.models import (
    Answer,
    Review,
    ReviewEdit,
    ReviewEditWords,
    ReviewReply,
    ReviewWords,
    ViolationWords,
)
from shop.reviews.services import Decision, ReviewDraft, ReviewPhoto
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product
from tests.factories.orders import make_order
from tests.factories.reviews import (
    fresh_key,
    make_delivered,
    make_question,
    make_report,
    make_review,
)

PHOTO = ReviewPhoto("a" * 64, 1200, 900)
OTHER = ReviewPhoto("b" * 64, 1200, 900)


def check(db: Session) -> None:
    """All invariants of the feature and of orders."""
    for name, query in (INVARIANTS | ORDERS).items():
        assert db.execute(text(query)).all() == [], name


def facets(db: Session, product_id: int) -> tuple[int, int]:
    row = db.get_one(ProductFacets, product_id, populate_existing=True)
    return row.rating_sum, row.rating_count


def told(db: Session, kind: str) -> list[str]:
    """Who got a message of this kind by the inbox."""
    rows = db.scalars(
        select(OutboxMessage.recipient)
        .where(OutboxMessage.kind == f"reviews.{kind}", OutboxMessage.channel == "inbox")
        .order_by(OutboxMessage.id)
    )
    return list(rows)


@pytest.fixture
def producer(db: Session) -> Producer:
    return make_producer(db)


@pytest.fixture
def product(db: Session, producer: Producer) -> Product:
    return make_product(db, producer=producer, is_lot_tracked=False)


@pytest.fixture
def owner(db: Session, producer: Producer) -> Person:
    return make_member(db, "producer", producer.id, "owner")


@pytest.fixture
def staff(db: Session) -> Person:
    return make_staff(db, "19")


# Writing


def test_a_buyer_judges_what_came(
    db: Session, product: Product, owner: Person, now: datetime
) -> None:
    buyer = make_person(db, name="Nguyễn Văn An")
    review = make_review(db, product=product, rating=4, photos=(PHOTO,), buyer_id=buyer.id)
    words = db.get_one(ReviewWords, review.id)
    assert (review.state, review.author_id, review.has_photos) == ("shown", buyer.id, True)
    assert words.author_name == "Nguyễn V. A."
    assert facets(db, product.id) == (4, 1)
    assert told(db, "new_review") == [f"person:{owner.id}"]
    check(db)


def test_guests_judge_too_under_the_name_on_the_parcel(db: Session, product: Product) -> None:
    review = make_review(db, product=product, full_name="Lò Thị Mai")
    assert review.author_id is None
    assert db.get_one(ReviewWords, review.id).author_name == "Lò T. M."
    check(db)


def test_only_what_was_delivered_is_judged(db: Session, product: Product, now: datetime) -> None:
    order = make_order(db, confirmed=True)
    line_id = db.scalars(select(OrderLine.id).where(OrderLine.order_id == order.id)).one()
    with pytest.raises(rules.NotDelivered):
        services.write_review(
            db,
            order_id=order.id,
            line_id=line_id,
            draft=ReviewDraft(5, ""),
            submit_key=fresh_key(),
            actor_id=None,
            now=now,
        )
    _, line = make_delivered(db, product=product)
    with pytest.raises(NotFound):
        services.write_review(
            db,
            order_id=order.id,
            line_id=line.id,
            draft=ReviewDraft(5, ""),
            submit_key=fresh_key(),
            actor_id=None,
            now=now,
        )


def test_one_review_a_line_and_a_second_click_is_the_same(
    db: Session, product: Product, now: datetime
) -> None:
    order, line = make_delivered(db, product=product)
    given: dict[str, Any] = {
        "order_id": order.id,
        "line_id": line.id,
        "draft": ReviewDraft(5, "Ngon"),
        "actor_id": None,
        "now": now,
    }
    first = services.write_review(db, submit_key="key-0000000000000001", **given)
    again = services.write_review(db, submit_key="key-0000000000000001", **given)
    assert again.id == first.id
    with pytest.raises(rules.AlreadyReviewed):
        services.write_review(db, submit_key="key-0000000000000002", **given)
    assert facets(db, product.id) == (5, 1)
    check(db)


def test_a_foreign_submit_key_opens_nothing(db: Session, product: Product, now: datetime) -> None:
    """The key of somebody else's review neither shows that review nor stops this one's refusal."""
    first_order, first_line = make_delivered(db, product=product)
    order, line = make_delivered(db, product=product)
    key = fresh_key()
    for placed, bought in ((first_order, first_line),):
        services.write_review(
            db,
            order_id=placed.id,
            line_id=bought.id,
            draft=ReviewDraft(1, "Chưa ngon"),
            submit_key=key,
            actor_id=None,
            now=now,
        )
    with pytest.raises(rules.AlreadyReviewed):
        services.write_review(
            db,
            order_id=order.id,
            line_id=line.id,
            draft=ReviewDraft(5, "Ngon"),
            submit_key=key,
            actor_id=None,
            now=now,
        )
    assert facets(db, product.id) == (1, 1)


def test_nobody_praises_their_own_goods(
    db: Session, product: Product, owner: Person, now: datetime
) -> None:
    order, line = make_delivered(db, product=product, buyer_id=owner.id)
    guest_order, guest_line = make_delivered(db, product=product)
    for placed, bought, actor_id in (
        (order, line, None),
        (order, line, owner.id),
        (guest_order, guest_line, owner.id),
    ):
        with pytest.raises(rules.OwnGoods):
            services.write_review(
                db,
                order_id=placed.id,
                line_id=bought.id,
                draft=ReviewDraft(5, ""),
                submit_key=fresh_key(),
                actor_id=actor_id,
                now=now,
            )


@pytest.mark.parametrize(
    ("draft", "refusal"),
    [
        (ReviewDraft(5, "xem https://a.vn"), rules.HasLink),
        (ReviewDraft(5, "gọi 0912345678"), rules.HasContact),
        (ReviewDraft(5, "", (PHOTO,)), rules.NoRightToUse),
        (ReviewDraft(5, "", (PHOTO, OTHER) * 2, True), rules.TooManyPhotos),
    ],
)
def test_unfit_drafts(
    db: Session, product: Product, now: datetime, draft: ReviewDraft, refusal: type[Exception]
) -> None:
    order, line = make_delivered(db, product=product)
    with pytest.raises(refusal):
        services.write_review(
            db,
            order_id=order.id,
            line_id=line.id,
            draft=draft,
            submit_key=fresh_key(),
            actor_id=None,
            now=now,
        )


def edit(db: Session, review: Review, draft: ReviewDraft, now: datetime) -> Review:
    order_id = db.scalar(
        text("SELECT order_id FROM order_line WHERE id = :id"), {"id": review.order_line_id}
    )
    return services.edit_review(
        db,
        order_id=order_id or 0,
        line_id=review.order_line_id,
        draft=draft,
        actor_id=review.author_id,
        now=now,
    )


def test_editing_keeps_every_version(
    db: Session, product: Product, owner: Person, now: datetime
) -> None:
    review = make_review(db, product=product, rating=2, text="Hơi mặn", photos=(PHOTO,))
    later = now + timedelta(days=3)
    same = ReviewDraft(2, "Hơi mặn", (PHOTO,), True)
    edit(db, review, same, later)
    assert review.edited_at is None, "the same again is no version"
    edit(db, review, ReviewDraft(4, "Lần sau đỡ mặn hơn"), later)
    assert review.edited_at == later
    assert facets(db, product.id) == (4, 1)
    versions = db.execute(
        select(ReviewEdit.number, ReviewEdit.rating, ReviewEditWords.text)
        .join(ReviewEditWords, ReviewEditWords.edit_id == ReviewEdit.id)
        .order_by(ReviewEdit.number)
    ).all()
    assert versions == [(1, 2, "Hơi mặn"), (2, 4, "Lần sau đỡ mặn hơn")]
    assert told(db, "new_review") == [f"person:{owner.id}"], "told once"
    check(db)
    with pytest.raises(rules.TooLateToEdit):
        edit(db, review, ReviewDraft(1, "x"), now + rules.EDIT_WINDOW)


def test_the_history_is_append_only(db: Session, product: Product) -> None:
    make_review(db, product=product)
    db.commit()
    for statement in ("UPDATE review_edit SET rating = 1", "DELETE FROM review_edit"):
        with pytest.raises(IntegrityError):
            db.execute(text(statement))
        db.rollback()


def test_rough_words_wait_and_do_not_count(
    db: Session, product: Product, owner: Person, staff: Person, now: datetime
) -> None:
    review = make_review(db, product=product, rating=1, text="Đéo ngon")
    assert review.state == "held"
    assert facets(db, product.id) == (0, 0)
    assert told(db, "new_review") == []
    services.show(
        db, kind="review", row_id=review.id, actor_id=staff.id, note="Chấp nhận được", now=now
    )
    assert facets(db, product.id) == (1, 1)
    assert told(db, "new_review") == [f"person:{owner.id}"]
    check(db)


def test_withdrawing_erases_and_uncounts(db: Session, product: Product, now: datetime) -> None:
    buyer = make_person(db)
    review = make_review(db, product=product, photos=(PHOTO,), buyer_id=buyer.id)
    keep = make_review(db, product=product, rating=3)
    order_id = db.scalar(
        text("SELECT order_id FROM order_line WHERE id = :id"), {"id": review.order_line_id}
    )
    for _ in range(2):
        pictures = services.withdraw_review(
            db,
            order_id=order_id or 0,
            line_id=review.order_line_id,
            actor_id=buyer.id,
            now=now,
        )
        assert pictures == {PHOTO.sha}, "again as well: the first time may have been cut short"
    db.expire_all()
    words = db.get_one(ReviewWords, review.id)
    assert (words.author_name, words.text, words.photos) == ("", "", [])
    assert set(db.scalars(select(ReviewEditWords.text))) == {"", "Sợi dai, thơm, gói kỹ."}
    assert facets(db, product.id) == (keep.rating, 1)
    check(db)


def test_helpful_votes(db: Session, product: Product, owner: Person, now: datetime) -> None:
    author, reader = make_person(db), make_person(db)
    review = make_review(db, product=product, buyer_id=author.id)
    for _ in range(2):
        services.vote_helpful(
            db, review_id=review.id, person_id=reader.id, is_helpful=True, now=now
        )
    assert review.helpful_count == 1
    check(db)
    with pytest.raises(rules.OwnGoods):
        services.vote_helpful(db, review_id=review.id, person_id=owner.id, is_helpful=True, now=now)
    with pytest.raises(rules.OwnReview):
        services.vote_helpful(
            db, review_id=review.id, person_id=author.id, is_helpful=True, now=now
        )
    for _ in range(2):
        services.vote_helpful(
            db, review_id=review.id, person_id=reader.id, is_helpful=False, now=now
        )
    assert review.helpful_count == 0
    check(db)


def test_rating_is_recomputable(db: Session, product: Product) -> None:
    for rating in (1, 4, 5):
        make_review(db, product=product, rating=rating)
    db.execute(text("UPDATE product_facets SET rating_sum = 99, rating_count = 7"))
    assert db.execute(text(INVARIANTS["reviews.rating_in_facets_is_the_shown_marks"])).all()
    services.hold_product(db, product.id)
    services.tell_rating(db, product.id)
    assert facets(db, product.id) == (10, 3)
    check(db)


# Replies and answers


def test_the_producer_replies_once_and_may_change_it(
    db: Session, product: Product, owner: Person, now: datetime
) -> None:
    buyer = make_person(db)
    review = make_review(db, product=product, buyer_id=buyer.id)
    services.reply_review(db, review_id=review.id, text="Cảm ơn bạn", actor_id=owner.id, now=now)
    services.reply_review(
        db, review_id=review.id, text="Cảm ơn bạn nhiều", actor_id=owner.id, now=now
    )
    reply = db.get_one(ReviewReply, review.id)
    assert (reply.text, reply.edited_at) == ("Cảm ơn bạn nhiều", now)
    assert told(db, "replied") == [f"person:{buyer.id}"]
    former = db.scalars(
        select(AuditNote.text)
        .join(AuditEntry, AuditEntry.id == AuditNote.entry_id)
        .where(AuditEntry.action == "review.edit_reply")
    ).all()
    assert former == ["Cảm ơn bạn"]


def test_a_guest_with_an_e_mail_is_told_of_the_reply(
    db: Session, product: Product, owner: Person, now: datetime
) -> None:
    use_channels(is_development=False, post=Post(server="smtp://127.0.0.1:1025"))
    review = make_review(db, product=product, email="khach@vidu.test")
    services.reply_review(db, review_id=review.id, text="Cảm ơn", actor_id=owner.id, now=now)
    told_by_mail = db.scalars(
        select(OutboxMessage.recipient).where(
            OutboxMessage.kind == "reviews.replied", OutboxMessage.channel == "email"
        )
    ).all()
    assert [db.get_one(Contact, int(to.removeprefix("contact:"))).email for to in told_by_mail] == [
        "khach@vidu.test"
    ]


def test_strangers_do_not_reply(db: Session, product: Product, now: datetime) -> None:
    stranger = make_member(db, "producer", make_producer(db).id)
    review, question = make_review(db, product=product), make_question(db, product=product)
    with pytest.raises(NotFound):
        services.reply_review(
            db, review_id=review.id, text="Tôi đây", actor_id=stranger.id, now=now
        )
    with pytest.raises(NotFound):
        services.answer_question(
            db, question_id=question.id, text="Tôi đây", actor_id=stranger.id, now=now
        )


def test_a_question_and_its_answer(
    db: Session, product: Product, producer: Producer, owner: Person, now: datetime
) -> None:
    supporter = make_member(db, "producer", producer.id, "supporter")
    asker = make_person(db, name="Trần Thị Bé")
    question = make_question(db, product=product, person_id=asker.id)
    assert set(told(db, "asked")) == {f"person:{owner.id}", f"person:{supporter.id}"}
    assert queries.count_questions(db, [producer.id])["cho"] == 1
    services.answer_question(
        db, question_id=question.id, text="Nấu 5 phút", actor_id=supporter.id, now=now
    )
    assert queries.count_questions(db, [producer.id])["cho"] == 0
    assert told(db, "answered") == [f"person:{asker.id}"]
    rows, total = queries.shown_questions(db, product.id, only=0, limit=5, offset=0)
    assert (total, rows[0].answer, rows[0].author_name) == (1, "Nấu 5 phút", "Trần T. B.")
    check(db)


def test_questions_keep_measure(db: Session, product: Product, now: datetime) -> None:
    asker = make_person(db)
    make_question(db, product=product, person_id=asker.id, text="Câu hỏi số 0 của tôi?")
    with pytest.raises(rules.AskedAlready):
        make_question(db, product=product, person_id=asker.id, text="Câu hỏi số 0 của tôi?")
    for number in range(1, rules.QUESTIONS_A_DAY):
        make_question(db, product=product, person_id=asker.id, text=f"Câu hỏi số {number}?")
    with pytest.raises(rules.TooManyQuestions):
        make_question(db, product=product, person_id=asker.id, text="Một câu nữa thôi?")
    tomorrow = now + timedelta(days=1, seconds=1)
    make_question(db, product=product, person_id=asker.id, text="Mai hỏi tiếp?", now=tomorrow)


def test_a_question_is_taken_back_by_its_asker_only(
    db: Session, product: Product, now: datetime
) -> None:
    question = make_question(db, product=product)
    with pytest.raises(NotFound):
        services.withdraw_question(
            db, question_id=question.id, person_id=make_person(db).id, now=now
        )
    services.withdraw_question(db, question_id=question.id, person_id=question.author_id, now=now)
    assert queries.shown_questions(db, product.id, only=0, limit=5, offset=0)[1] == 0
    pending = select(OutboxMessage.state).where(OutboxMessage.kind == "reviews.asked")
    assert set(db.scalars(pending)) <= {"superseded"}


# Moderation


def test_hiding_and_showing_again(
    db: Session, product: Product, owner: Person, staff: Person, now: datetime
) -> None:
    buyer = make_person(db)
    review = make_review(db, product=product, rating=1, buyer_id=buyer.id)
    other = make_review(db, product=product, rating=5)
    for _ in range(2):
        services.hide(
            db,
            kind="review",
            row_id=review.id,
            actor_id=staff.id,
            reason="rude",
            note="",
            now=now,
        )
    assert facets(db, product.id) == (other.rating, 1)
    assert told(db, "review_hidden") == [f"person:{buyer.id}"]
    assert told(db, "review_hidden_desk") == [f"person:{owner.id}"]
    with pytest.raises(rules.NotPublic):
        edit(db, review, ReviewDraft(5, "Sửa lại"), now)
    with pytest.raises(rules.NotPublic):
        services.reply_review(db, review_id=review.id, text="À", actor_id=owner.id, now=now)
    check(db)
    services.show(db, kind="review", row_id=review.id, actor_id=staff.id, note="", now=now)
    assert facets(db, product.id) == (6, 2)
    assert told(db, "review_shown") == [f"person:{buyer.id}"]
    check(db)


def test_who_may_not_judge(
    db: Session, product: Product, producer: Producer, owner: Person, now: datetime
) -> None:
    review = make_review(db, product=product)
    elsewhere = make_staff(db, "22")
    own = make_staff(db, "19")
    from tests.factories.accounts import services as accounts

    accounts.add_member(
        db, person_id=own.id, unit_kind="producer", unit_id=producer.id, role="member", now=now
    )
    for person, refusal in ((elsewhere, NotFound), (owner, NotAllowed), (own, NotAllowed)):
        with pytest.raises(refusal):
            services.hide(
                db,
                kind="review",
                row_id=review.id,
                actor_id=person.id,
                reason="rude",
                note="",
                now=now,
            )
    assert review.state == "shown"


def test_hiding_needs_a_reason(db: Session, product: Product, staff: Person, now: datetime) -> None:
    question = make_question(db, product=product)
    for reason, refusal in (("", rules.ReasonNeeded), ("other", rules.NoteNeeded)):
        with pytest.raises(refusal):
            services.hide(
                db,
                kind="question",
                row_id=question.id,
                actor_id=staff.id,
                reason=reason,
                note="",
                now=now,
            )
    services.hide(
        db,
        kind="question",
        row_id=question.id,
        actor_id=staff.id,
        reason="other",
        note="Hỏi chuyện riêng",
        now=now,
    )
    assert told(db, "question_hidden") == [f"person:{question.author_id}"]


def test_a_rude_reply_is_taken_away_alone(
    db: Session, product: Product, owner: Person, staff: Person, now: datetime
) -> None:
    review, question = make_review(db, product=product), make_question(db, product=product)
    services.reply_review(db, review_id=review.id, text="Không ai ép", actor_id=owner.id, now=now)
    services.answer_question(
        db, question_id=question.id, text="Tự đọc đi", actor_id=owner.id, now=now
    )
    kinds: tuple[tuple[services.SaidKind, int], ...] = (
        ("review", review.id),
        ("question", question.id),
    )
    for kind, row_id in kinds:
        services.hide_reply(
            db, kind=kind, row_id=row_id, actor_id=staff.id, reason="rude", note="", now=now
        )
    rows, _ = queries.shown_reviews(db, product.id, queries.Wanted(), limit=5, offset=0)
    assert [(row.id, row.reply) for row in rows] == [(review.id, None)]
    asked, _ = queries.shown_questions(db, product.id, only=0, limit=5, offset=0)
    assert [(row.id, row.answer) for row in asked] == [(question.id, None)]
    assert told(db, "reply_hidden") == told(db, "answer_hidden") == [f"person:{owner.id}"]
    services.reply_review(db, review_id=review.id, text="Xin lỗi bạn", actor_id=owner.id, now=now)
    assert queries.first_reviews(db, product.id).rows[0].reply == "Xin lỗi bạn"
    assert db.get_one(Answer, question.id).hidden_at is not None


# Reports


def test_one_open_case_a_reporter_and_thing(db: Session, product: Product) -> None:
    reporter = make_person(db)
    first = make_report(db, kind="product", subject_id=product.id, person_id=reporter.id)
    with pytest.raises(rules.AlreadyReported):
        make_report(db, kind="product", subject_id=product.id, person_id=reporter.id)
    same = make_report(
        db,
        kind="product",
        subject_id=product.id,
        person_id=reporter.id,
        submit_key=first.submit_key,
    )
    assert same.id == first.id
    make_report(db, kind="producer", subject_id=product.producer_id, person_id=reporter.id)
    make_report(db, kind="product", subject_id=product.id)
    assert queries.count_open(db, {"19"}) == 3
    assert queries.count_open(db, {"22"}) == 0
    check(db)


def test_a_case_is_settled_once_and_the_reporter_told(
    db: Session, product: Product, owner: Person, staff: Person, now: datetime
) -> None:
    reporter = make_person(db)
    review = make_review(db, product=product)
    case = make_report(
        db, kind="review", subject_id=review.id, person_id=reporter.id, reason="rude"
    )
    decision = Decision(is_upheld=True, note="Đã ẩn.", hide_reason="rude")
    services.decide_report(db, report_id=case.id, decision=decision, actor_id=staff.id, now=now)
    assert (case.state, review.state) == ("upheld", "hidden")
    assert told(db, "report_upheld") == [f"person:{reporter.id}"]
    assert told(db, "report_upheld_desk") == []
    with pytest.raises(rules.AlreadyDecided):
        services.decide_report(db, report_id=case.id, decision=decision, actor_id=staff.id, now=now)
    with pytest.raises(NotFound):
        make_report(db, kind="review", subject_id=review.id, person_id=reporter.id)
    check(db)


def test_a_guest_who_left_an_e_mail_is_told(
    db: Session, product: Product, owner: Person, staff: Person, now: datetime
) -> None:
    case = make_report(db, kind="product", subject_id=product.id, contact="bao@vidu.test")
    services.decide_report(
        db,
        report_id=case.id,
        decision=Decision(is_upheld=True, note="Đã yêu cầu sửa nhãn."),
        actor_id=staff.id,
        now=now,
        link_key="chữ-ký",
    )
    assert told(db, "report_upheld_desk") == [f"person:{owner.id}"]
    assert db.scalars(text("SELECT email FROM contact")).all() == ["bao@vidu.test"]


def test_who_may_not_settle(
    db: Session, product: Product, owner: Person, staff: Person, now: datetime
) -> None:
    case = make_report(db, kind="product", subject_id=product.id, person_id=staff.id)
    decision = Decision(is_upheld=False, note="Không thấy gì sai.")
    for person_id, refusal in (
        (staff.id, rules.OwnReport),
        (make_staff(db, "22").id, NotFound),
        (owner.id, NotAllowed),
    ):
        with pytest.raises(refusal):
            services.decide_report(
                db, report_id=case.id, decision=decision, actor_id=person_id, now=now
            )
    with pytest.raises(rules.NoteNeeded):
        services.decide_report(
            db,
            report_id=case.id,
            decision=Decision(is_upheld=True, note=""),
            actor_id=make_staff(db, "19").id,
            now=now,
        )


def test_many_reports_say_nothing_new(db: Session, product: Product) -> None:
    for _ in range(rules.OPEN_REPORTS):
        make_report(db, kind="product", subject_id=product.id)
    with pytest.raises(rules.EnoughReports):
        make_report(db, kind="product", subject_id=product.id)


# Erasure


def test_erasure_empties_side_tables_only(db: Session, product: Product) -> None:
    me, other = make_person(db), make_person(db)
    for person in (me, other):
        make_review(db, product=product, rating=4, photos=(PHOTO,), buyer_id=person.id)
        make_question(db, product=product, person_id=person.id)
        make_report(
            db, kind="product", subject_id=product.id, person_id=person.id, contact="0912345678"
        )
    tables = ("review", "review_edit", "question", "violation_report")
    before = {table: rows(db, table, ("has_photos",)) for table in tables}
    files: set[str] = set()
    for _again in range(2):
        services.erase_person(None, db=db, whom=Whom(me.id), files=files)
    assert files == set(files_of(PHOTO.sha))
    assert {table: rows(db, table, ("has_photos",)) for table in tables} == before
    texts = db.scalars(select(ReviewWords.text).order_by(ReviewWords.review_id)).all()
    assert texts == ["", "Sợi dai, thơm, gói kỹ."]
    contacts = db.scalars(select(ViolationWords.contact).order_by(ViolationWords.report_id)).all()
    assert contacts == ["", "0912345678"]
    assert facets(db, product.id) == (8, 2)
    asked, total = queries.shown_questions(db, product.id, only=0, limit=9, offset=0)
    assert (total, len(asked)) == (1, 1)
    check(db)


def test_a_guests_words_are_erased_by_the_order(db: Session, product: Product) -> None:
    review = make_review(db, product=product)
    order = db.scalars(
        select(Order)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(OrderLine.id == review.order_line_id)
    ).one()
    services.erase_order(None, db=db, order=order, files=set())
    db.expire_all()
    assert db.get_one(ReviewWords, review.id).author_name == ""
    check(db)


def rows(db: Session, table: str, but: tuple[str, ...]) -> list[dict[str, Any]]:
    found = db.execute(text(f"SELECT * FROM {table} ORDER BY id")).mappings()
    return [{name: value for name, value in row.items() if name not in but} for row in found]


# Reading


def statements(db: Session, do: Callable[[], Any]) -> int:
    sent: list[str] = []
    bind = db.connection()

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(bind, "before_cursor_execute", note)
    do()
    event.remove(bind, "before_cursor_execute", note)
    return len(sent)


def test_the_product_page_asks_twice(db: Session, product: Product) -> None:
    assert queries.first_reviews(db, product.id).rows == []
    for rating in (1, 5, 5, 4, 5):
        make_review(db, product=product, rating=rating)
        make_question(db, product=product)
    first = queries.first_reviews(db, product.id)
    assert first.marks.by_stars == {5: 3, 4: 1, 3: 0, 2: 0, 1: 1}
    assert (first.marks.count, first.marks.average) == (5, 4.0)
    assert len(first.rows) == 3
    assert (first.slug, first.producer) == (product.slug, product.producer.name)
    assert first.marks == queries.marks_of(db, product.id)
    assert statements(db, lambda: queries.first_reviews(db, product.id)) == 1
    assert statements(db, lambda: queries.first_questions(db, product.id)) == 1
    assert queries.first_questions(db, product.id)[1] == 5


def test_sorting_and_filtering(db: Session, product: Product, now: datetime) -> None:
    made = [
        make_review(
            db,
            product=product,
            rating=rating,
            photos=(PHOTO,) if rating == 2 else (),
            now=now + timedelta(minutes=rating),
        )
        for rating in (3, 2, 5)
    ]
    services.vote_helpful(
        db, review_id=made[1].id, person_id=make_person(db).id, is_helpful=True, now=now
    )

    def ratings(**wanted: Any) -> list[int]:
        found, _ = queries.shown_reviews(
            db, product.id, queries.Wanted(**wanted), limit=9, offset=0
        )
        return [row.rating for row in found]

    assert ratings(sort="moi") == [5, 3, 2]
    assert ratings(sort="huu-ich") == [2, 5, 3]
    assert ratings(sort="cao") == [5, 3, 2]
    assert ratings(sort="thap") == [2, 3, 5]
    assert ratings(stars=3) == [3]
    assert ratings(with_photos=True) == [2]
    assert ratings(only=made[0].id) == [3]
