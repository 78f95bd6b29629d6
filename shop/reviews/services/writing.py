"""What buyers do to their reviews: write, change, take back, call one helpful."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.accounts.queries import actor_of_person
from shop.catalogue import services as catalogue
from shop.core import outbox
from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.orders.models import Order, OrderContact, OrderLine
from shop.reviews import rules
from shop.reviews.models import Review, ReviewEdit, ReviewEditWords, ReviewVote, ReviewWords
from shop.reviews.services import messages
from shop.reviews.services.parts import about, audit, hold_product, locked_review, tell_rating


@dataclass(frozen=True)
class ReviewPhoto:
    """A stored picture (``catalogue.pictures``): digest and pixels of its largest size."""

    sha: str
    width: int
    height: int

    def as_json(self) -> dict[str, Any]:
        """As the row keeps it."""
        return {"sha": self.sha, "width": self.width, "height": self.height}


@dataclass(frozen=True)
class ReviewDraft:
    """What the buyer says: 1 to 5 stars, words, pictures with the right to use them."""

    rating: int
    text: str
    photos: tuple[ReviewPhoto, ...] = ()
    has_right_to_use: bool = False


def write_review(
    db: Session,
    *,
    order_id: int,
    line_id: int,
    draft: ReviewDraft,
    submit_key: str,
    actor_id: int | None,
    now: datetime,
) -> Review:
    """Judge a delivered line of an order that the caller has shown to be the buyer's.

    The same ``submit_key`` gives the same review. Raises NotFound, NotDelivered, OwnGoods,
    AlreadyReviewed, HasLink, HasContact, TooManyPhotos, NoRightToUse.
    """
    order, line = _bought(db, order_id, line_id)
    _require_fit(draft)
    _require_stranger(db, order, actor_id)
    hold_product(db, line.product_id)
    review_id = db.execute(
        insert_into(db, Review)
        .values(
            order_line_id=line.id,
            product_id=line.product_id,
            producer_id=order.producer_id,
            author_id=order.buyer_id,
            submit_key=submit_key,
            rating=draft.rating,
            state=rules.first_state(draft.text),
            has_photos=bool(draft.photos),
            created_at=now,
            is_demo=order.is_demo,
        )
        .on_conflict_do_nothing()
        .returning(Review.id)
    ).scalar()
    if review_id is None:
        return _known(db, line.id, submit_key)
    review = db.get_one(Review, review_id)
    words = ReviewWords(review_id=review.id, author_name=_author_name(db, order))
    db.add(words)
    _put(db, review, words, draft, number=1, actor_id=actor_id, now=now)
    audit(db, review, "write", actor_id=actor_id, now=now, rating=draft.rating)
    tell_rating(db, review.product_id)
    if review.state == "shown":
        tell_of_new(db, review, now=now)
    return review


def _bought(db: Session, order_id: int, line_id: int) -> tuple[Order, OrderLine]:
    row = db.execute(
        select(Order, OrderLine)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.id == order_id, OrderLine.id == line_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    order, line = row
    if order.fulfilment_state != "delivered":
        raise rules.NotDelivered
    return order, line


def _require_fit(draft: ReviewDraft) -> None:
    rules.require_clean(draft.text)
    if len(draft.photos) > rules.MAX_PHOTOS:
        raise rules.TooManyPhotos(field="photos")
    if draft.photos and not draft.has_right_to_use:
        raise rules.NoRightToUse(field="has_right_to_use")


def _require_stranger(db: Session, order: Order, actor_id: int | None) -> None:
    """Nobody praises their own goods."""
    for person_id in {actor_id, order.buyer_id} - {None}:
        person = actor_of_person(db, person_id) if person_id is not None else None
        if person is not None and order.producer_id in person.producers:
            raise rules.OwnGoods


def _known(db: Session, line_id: int, submit_key: str) -> Review:
    known = db.scalar(select(Review).where(Review.order_line_id == line_id))
    if known is None or known.submit_key != submit_key:
        raise rules.AlreadyReviewed
    return known


def _author_name(db: Session, order: Order) -> str:
    name = (
        db.scalar(select(Person.name).where(Person.id == order.buyer_id))
        if order.buyer_id is not None
        else db.scalar(select(OrderContact.full_name).where(OrderContact.order_id == order.id))
    )
    return rules.shorten_name(name or "")


def _put(
    db: Session,
    review: Review,
    words: ReviewWords,
    draft: ReviewDraft,
    *,
    number: int,
    actor_id: int | None,
    now: datetime,
) -> None:
    """Make the draft the review's present version and add it to its history."""
    words.text = draft.text
    words.photos = [photo.as_json() for photo in draft.photos]
    edit = ReviewEdit(
        review_id=review.id,
        number=number,
        rating=draft.rating,
        text_sha=hashlib.sha256(draft.text.encode()).hexdigest(),
        photo_shas=[photo.sha for photo in draft.photos],
        actor_id=actor_id,
        at=now,
    )
    db.add(edit)
    db.flush()
    db.add(ReviewEditWords(edit_id=edit.id, text=draft.text))
    db.flush()


def tell_of_new(db: Session, review: Review, *, now: datetime) -> None:
    """The producer's people hear of a review once, when it is first public."""
    facts = about(db, review.product_id)
    messages.tell_producer(
        db,
        review.producer_id,
        "new_review",
        cause=f"review:{review.id}",
        ref=f"review:{review.id}",
        payload=facts.payload(review.id, stars=review.rating),
        now=now,
    )


def edit_review(
    db: Session,
    *,
    order_id: int,
    line_id: int,
    draft: ReviewDraft,
    actor_id: int | None,
    now: datetime,
) -> Review:
    """Change a review within the window; every version is kept. The same again changes nothing.

    Raises NotFound, TooLateToEdit, NotPublic, HasLink, HasContact, TooManyPhotos, NoRightToUse.
    """
    review = locked_review(db, review_of_line(db, order_id, line_id))
    if review.state not in {"shown", "held"}:
        raise rules.NotPublic
    if not rules.may_edit(review.state, review.created_at, now):
        raise rules.TooLateToEdit
    _require_fit(draft)
    words = db.get_one(ReviewWords, review.id)
    photos = [photo.as_json() for photo in draft.photos]
    if (review.rating, words.text, words.photos) == (draft.rating, draft.text, photos):
        return review
    review.rating = draft.rating
    review.has_photos = bool(photos)
    review.edited_at = now
    review.state = rules.first_state(draft.text)
    number = db.scalar(select(func.max(ReviewEdit.number)).where(ReviewEdit.review_id == review.id))
    _put(db, review, words, draft, number=(number or 0) + 1, actor_id=actor_id, now=now)
    audit(db, review, "edit", actor_id=actor_id, now=now, rating=draft.rating)
    tell_rating(db, review.product_id)
    if review.state == "shown":
        tell_of_new(db, review, now=now)
    return review


def review_of_line(db: Session, order_id: int, line_id: int) -> int:
    """The id of the review of this line of this order. Raises NotFound."""
    found = db.scalar(
        select(Review.id)
        .join(OrderLine, OrderLine.id == Review.order_line_id)
        .where(OrderLine.id == line_id, OrderLine.order_id == order_id)
    )
    if found is None:
        raise NotFound
    return found


def withdraw_review(
    db: Session, *, order_id: int, line_id: int, actor_id: int | None, now: datetime
) -> set[str]:
    """The author takes a review back: words and pictures go, it is no longer shown or counted.

    Withdrawing it again changes nothing. Gives the pictures whose files are to be dropped after
    the commit. Raises NotFound.
    """
    review = locked_review(db, review_of_line(db, order_id, line_id))
    pictures = empty_review(db, review)
    if review.state == "withdrawn":
        return pictures
    review.state = "withdrawn"
    audit(db, review, "withdraw", actor_id=actor_id, now=now)
    outbox.withdraw(db, ref=f"review:{review.id}")
    tell_rating(db, review.product_id)
    return pictures


def empty_review(db: Session, review: Review) -> set[str]:
    """Erase name, words and pictures of all versions; mark, dates and digests stay.

    Gives the pictures of all versions, whose files are to be dropped after the commit.
    """
    review.has_photos = False
    db.execute(
        update(ReviewWords)
        .where(ReviewWords.review_id == review.id)
        .values(author_name="", text="", photos=[])
    )
    versions = select(ReviewEdit.id).where(ReviewEdit.review_id == review.id)
    db.execute(
        update(ReviewEditWords)
        .where(ReviewEditWords.edit_id.in_(versions))
        .values(text="")
        .execution_options(synchronize_session=False)
    )
    db.flush()
    shas = db.scalars(select(ReviewEdit.photo_shas).where(ReviewEdit.review_id == review.id))
    return {sha for version in shas for sha in version}


def vote_helpful(
    db: Session, *, review_id: int, person_id: int, is_helpful: bool, now: datetime
) -> Review:
    """Call a review helpful, or take that back. Doing either twice changes nothing.

    Raises NotFound, NotPublic, OwnReview, OwnGoods.
    """
    review = locked_review(db, review_id)
    if review.state != "shown":
        raise rules.NotPublic
    if review.author_id == person_id:
        raise rules.OwnReview
    reader = actor_of_person(db, person_id)
    if reader is None or review.producer_id in reader.producers:
        raise rules.OwnGoods
    if is_helpful:
        db.execute(
            insert_into(db, ReviewVote)
            .values(review_id=review.id, person_id=person_id, at=now)
            .on_conflict_do_nothing(index_elements=["review_id", "person_id"])
        )
    else:
        db.execute(
            delete(ReviewVote).where(
                ReviewVote.review_id == review.id, ReviewVote.person_id == person_id
            )
        )
    review.helpful_count = (
        db.scalar(select(func.count()).where(ReviewVote.review_id == review.id)) or 0
    )
    db.flush()
    catalogue.bump_version(db)
    return review
