"""Questions by people who signed in; the producer's one word on a review or a question."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Person
from shop.catalogue import services as catalogue
from shop.catalogue.models import ProductFacets
from shop.catalogue.services.rights import require_maker
from shop.core import outbox
from shop.core.db import insert_into
from shop.core.errors import NotFound
from shop.reviews import rules
from shop.reviews.models import Answer, Question, QuestionWords, Review, ReviewReply
from shop.reviews.services import messages
from shop.reviews.services.parts import about, audit, locked_question, locked_review


def ask(
    db: Session, *, product_id: int, person_id: int, text: str, submit_key: str, now: datetime
) -> Question:
    """Ask something of a product on sale. The same ``submit_key`` gives the same question.

    Raises NotFound, HasLink, HasContact, TooManyQuestions, AskedAlready.
    """
    listed = db.scalar(
        select(ProductFacets.is_listed).where(ProductFacets.product_id == product_id)
    )
    if not listed:
        raise NotFound
    rules.require_clean(text)
    person = db.scalars(select(Person).where(Person.id == person_id).with_for_update()).one()
    known = db.scalar(select(Question).where(Question.submit_key == submit_key))
    if known is not None and known.author_id == person_id:
        return known
    _require_measure(db, person_id, product_id, text, now)
    facts = about(db, product_id)
    question_id = db.execute(
        insert_into(db, Question)
        .values(
            product_id=product_id,
            producer_id=facts.producer_id,
            author_id=person_id,
            submit_key=submit_key,
            state=rules.first_state(text),
            created_at=now,
            is_demo=person.is_demo,
        )
        .on_conflict_do_nothing(index_elements=["submit_key"])
        .returning(Question.id)
    ).scalar()
    if question_id is None:
        raise rules.AskedAlready
    question = db.get_one(Question, question_id)
    name = rules.shorten_name(person.name)
    db.add(QuestionWords(question_id=question.id, author_name=name, text=text))
    db.flush()
    audit(db, question, "ask", actor_id=person_id, now=now)
    if question.state == "shown":
        tell_of_question(db, question, now=now)
        catalogue.bump_version(db)
    return question


def _require_measure(
    db: Session, person_id: int, product_id: int, text: str, now: datetime
) -> None:
    """Not the same twice, not too many a day; the person's row is held meanwhile."""
    asked = db.execute(
        select(Question.product_id, QuestionWords.text)
        .join(QuestionWords, QuestionWords.question_id == Question.id)
        .where(Question.author_id == person_id, Question.created_at > now - timedelta(days=1))
    ).all()
    if len(asked) >= rules.QUESTIONS_A_DAY:
        raise rules.TooManyQuestions
    if any(row.product_id == product_id and row.text == text for row in asked):
        raise rules.AskedAlready


def tell_of_question(db: Session, question: Question, *, now: datetime) -> None:
    """The producer's people hear of a question once, when it is first public."""
    messages.tell_producer(
        db,
        question.producer_id,
        "asked",
        cause=f"question:{question.id}",
        ref=f"question:{question.id}",
        payload=about(db, question.product_id).payload(question.id),
        now=now,
    )


def withdraw_question(db: Session, *, question_id: int, person_id: int, now: datetime) -> Question:
    """The asker takes a question back; its words go. Again changes nothing. Raises NotFound."""
    question = locked_question(db, question_id)
    if question.author_id != person_id:
        raise NotFound
    if question.state == "withdrawn":
        return question
    question.state = "withdrawn"
    words = db.get_one(QuestionWords, question.id)
    words.author_name = words.text = ""
    audit(db, question, "withdraw", actor_id=person_id, now=now)
    outbox.withdraw(db, ref=f"question:{question.id}")
    db.flush()
    catalogue.bump_version(db)
    return question


def answer_question(
    db: Session, *, question_id: int, text: str, actor_id: int, now: datetime
) -> Answer:
    """The producer answers, or changes the answer; the former words go to the audit log.

    Raises NotFound, NotAllowed, NotPublic, HasLink. The asker is told of the first answer.
    """
    question = locked_question(db, question_id)
    require_maker(db, actor_id, question.producer_id)
    if question.state != "shown":
        raise rules.NotPublic
    rules.require_no_link(text)
    answer = db.scalar(select(Answer).where(Answer.question_id == question.id))
    if answer is None:
        answer = Answer(question_id=question.id, text=text, author_id=actor_id, created_at=now)
        db.add(answer)
        audit(db, question, "answer", actor_id=actor_id, now=now)
        messages.tell_one(
            db,
            messages.person(question.author_id),
            "answered",
            cause=f"question:{question.id}:answer",
            ref=f"question:{question.id}",
            payload=about(db, question.product_id).payload(question.id),
            now=now,
        )
    elif answer.text != text:
        audit(db, question, "edit_answer", actor_id=actor_id, now=now, note=answer.text)
        _rewrite(answer, text, actor_id, now)
    db.flush()
    catalogue.bump_version(db)
    return answer


def reply_review(
    db: Session, *, review_id: int, text: str, actor_id: int, now: datetime
) -> ReviewReply:
    """The producer replies to a review, or changes the reply; former words go to the audit log.

    Raises NotFound, NotAllowed, NotPublic, HasLink. The author is told of the first reply.
    """
    review = locked_review(db, review_id)
    require_maker(db, actor_id, review.producer_id)
    if review.state != "shown":
        raise rules.NotPublic
    rules.require_no_link(text)
    reply = db.scalar(select(ReviewReply).where(ReviewReply.review_id == review.id))
    if reply is None:
        reply = ReviewReply(review_id=review.id, text=text, author_id=actor_id, created_at=now)
        db.add(reply)
        audit(db, review, "reply", actor_id=actor_id, now=now)
        _tell_author(db, review, now)
    elif reply.text != text:
        audit(db, review, "edit_reply", actor_id=actor_id, now=now, note=reply.text)
        _rewrite(reply, text, actor_id, now)
    db.flush()
    catalogue.bump_version(db)
    return reply


def _tell_author(db: Session, review: Review, now: datetime) -> None:
    messages.tell_one(
        db,
        messages.author_of(db, review, now),
        "replied",
        cause=f"review:{review.id}:reply",
        ref=f"review:{review.id}",
        payload=about(db, review.product_id).payload(review.id),
        now=now,
    )


def _rewrite(word: Answer | ReviewReply, text: str, actor_id: int, now: datetime) -> None:
    """New words in place of the old; what staff had hidden comes to light with them."""
    word.text = text
    word.author_id = actor_id
    word.hidden_at = None
    word.edited_at = now
