"""A buyer's review of a delivered order line: by the order's signed link, or signed in."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from shop.catalogue.pictures import MAX_BYTES, drop_picture, store_picture
from shop.core import clock
from shop.core.errors import DomainError, NotFound
from shop.core.text import N_
from shop.orders.models import Order, OrderLine
from shop.orders.routes import buyers_order
from shop.reviews import queries, rules, services
from shop.reviews.forms import ReviewForm, kept_shas
from shop.reviews.models import Review, ReviewWords
from shop.reviews.routes.base import attempt, bp, fresh_key, show
from shop.reviews.services import ReviewDraft, ReviewPhoto
from shop.web.access import actor, sign, signed_link
from shop.web.i18n import gettext
from shop.web.limits import limiter
from shop.web.request import house, read_session, write_session


def _line(
    db: Session, code: str, line_id: int
) -> tuple[Order, OrderLine, Review | None, ReviewWords | None]:
    """The order's line and its review, for whoever may see the order. Raises NotFound."""
    order = buyers_order(db, code)
    for line, review, words in queries.reviews_of_order(db, order.id):
        if line.id == line_id:
            return order, line, review, words
    raise NotFound


def _form_page(
    order: Order,
    line: OrderLine,
    review: Review | None,
    words: ReviewWords | None,
    form: ReviewForm,
    status: int = 200,
) -> ResponseReturnValue:
    now = clock.now()
    is_open = (
        order.fulfilment_state == "delivered"
        if review is None
        else rules.may_edit(review.state, review.created_at, now)
    )
    key = sign("order", order.code)
    return show(
        "write.html",
        status,
        order=order,
        line=line,
        review=review,
        words=words,
        form=form,
        is_open=is_open,
        until=review.created_at + rules.EDIT_WINDOW if review else None,
        send_url=url_for(".write", code=order.code, line_id=line.id, k=key),
        withdraw_url=url_for(".withdraw", code=order.code, line_id=line.id, k=key),
        order_url=url_for("orders.show", code=order.code, k=key),
    )


@bp.get("/don-hang/<code>/danh-gia/<int:line_id>")
@signed_link("order")
def write_form(code: str, line_id: int) -> ResponseReturnValue:
    """The form for one line of an order, filled in when there is a review already."""
    order, line, review, words = _line(read_session(), code, line_id)
    stars = request.args.get("sao", "")
    form = ReviewForm(
        submit_key=fresh_key(),
        rating=str(review.rating) if review else stars if stars in "12345" else None,
        text=words.text if words else "",
        has_right_to_use=bool(words and words.photos),
    )
    return _form_page(order, line, review, words, form)


@bp.post("/don-hang/<code>/danh-gia/<int:line_id>")
@limiter.limit("20 per minute;120 per hour")
@signed_link("order")
def write(code: str, line_id: int) -> ResponseReturnValue:
    """Write the review, or change it. Pictures are opened before the writing begins."""
    order, line, review, words = _line(read_session(), code, line_id)
    form = ReviewForm.read()
    form.photos.data = [file for file in request.files.getlist("photos") if file.filename]
    if not form.validate():
        return _form_page(order, line, review, words, form, 422)
    done: list[Review] = []
    before = {photo["sha"] for photo in words.photos} if words else set()
    after: set[str] = set()

    def do() -> None:
        draft = _draft(form, line, words)
        after.update(photo.sha for photo in draft.photos)
        given: dict[str, Any] = {
            "order_id": order.id,
            "line_id": line.id,
            "draft": draft,
            "actor_id": actor().person_id,
            "now": clock.now(),
        }
        db = write_session()
        done.append(
            services.write_review(db, submit_key=form.submit_key.data, **given)
            if review is None
            else services.edit_review(db, **given)
        )

    status = attempt(form, do)
    if status:
        write_session().rollback()
        return _form_page(*_line(read_session(), code, line_id), form, status)
    write_session().commit()
    _drop(before - after)
    if done[0].state == "held":
        flash(gettext(N_("Đã nhận đánh giá. Cán bộ xem qua rồi đánh giá mới hiện.")), "ok")
    else:
        flash(gettext(N_("Cảm ơn bạn! Đánh giá đã hiện trên trang sản phẩm.")), "ok")
    return _back(order)


def _drop(pictures: set[str]) -> None:
    """Take away files that no version of the review shows any more, once that is committed."""
    for sha in pictures:
        drop_picture(house().storage, sha)


def _draft(form: ReviewForm, line: OrderLine, words: ReviewWords | None) -> ReviewDraft:
    """What the form says, its new pictures stored. Raises TooManyPhotos, PictureRefused…"""
    wanted = kept_shas(request.form.getlist("keep"))
    known = words.photos if words is not None else []
    kept = [ReviewPhoto(**photo) for photo in known if photo["sha"] in wanted]
    files: list[FileStorage] = form.photos.data
    if len(kept) + len(files) > rules.MAX_PHOTOS:
        raise rules.TooManyPhotos(field="photos")
    if files and not form.has_right_to_use.data:
        raise rules.NoRightToUse(field="has_right_to_use")
    stored = [_stored(file, line) for file in files]
    photos = {photo.sha: photo for photo in (*kept, *stored)}
    return ReviewDraft(
        rating=int(form.rating.data),
        text=form.text.data or "",
        photos=tuple(photos.values()),
        has_right_to_use=form.has_right_to_use.data or not files,
    )


def _stored(file: FileStorage, line: OrderLine) -> ReviewPhoto:
    raw = file.stream.read(MAX_BYTES + 1)
    try:
        made = store_picture(house().storage, raw, owner=f"review of line {line.id}")
    except DomainError as refusal:
        refusal.field = "photos"
        raise
    return ReviewPhoto(made.sha, made.width, made.height)


@bp.post("/don-hang/<code>/danh-gia/<int:line_id>/go")
@limiter.limit("20 per minute")
@signed_link("order")
def withdraw(code: str, line_id: int) -> ResponseReturnValue:
    """Take the review back: its words and pictures go."""
    db = write_session()
    order = buyers_order(db, code)
    pictures = services.withdraw_review(
        db,
        order_id=order.id,
        line_id=line_id,
        actor_id=actor().person_id,
        now=clock.now(),
    )
    db.commit()
    _drop(pictures)
    flash(gettext(N_("Đã gỡ đánh giá. Chữ và ảnh của bạn đã được xóa.")), "ok")
    return _back(order)


def _back(order: Order) -> BaseResponse:
    """To the own list for the signed-in buyer, to the order's page for whoever has its link."""
    if order.buyer_id is not None and order.buyer_id == actor().person_id:
        return redirect(url_for(".own_reviews"), 303)
    return redirect(url_for("orders.show", code=order.code, k=sign("order", order.code)), 303)
