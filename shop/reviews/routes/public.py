"""All reviews and questions of a product, asking, calling a review helpful."""

import re
from typing import Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from shop.accounts.rules import local_path
from shop.core import clock
from shop.core.errors import NotFound
from shop.core.text import N_
from shop.reviews import queries, rules, services
from shop.reviews.forms import AskForm
from shop.reviews.queries import Reviewed, Wanted
from shop.reviews.routes.base import asked_id, asked_page, attempt, bp, fresh_key, show
from shop.web.access import actor, public, signed_in
from shop.web.assets import localized_path
from shop.web.i18n import gettext, pick
from shop.web.limits import limiter
from shop.web.page_cache import page_ends_at
from shop.web.request import house, read_session, write_session

_SLUG: Final = re.compile(r"[a-z0-9-]{1,120}")


def _product(slug: str) -> Reviewed:
    """The listed product of the address. Raises NotFound."""
    found = queries.product_on_sale(read_session(), slug) if _SLUG.fullmatch(slug) else None
    if found is None:
        raise NotFound
    return found


def _trail(product: Reviewed, last: str) -> list[tuple[str, str]]:
    return [
        (gettext("Trang đầu"), localized_path("/")),
        (gettext("Sản phẩm"), localized_path("/san-pham")),
        (pick(product.name, product.name_en), localized_path(f"/san-pham/{product.slug}")),
        (gettext(last), ""),
    ]


def _wanted() -> Wanted:
    """The filter in the address; anything unknown is left out."""
    stars, sort = request.args.get("sao", ""), request.args.get("sap_xep", "")
    return Wanted(
        stars=int(stars) if stars in {"1", "2", "3", "4", "5"} else 0,
        with_photos=request.args.get("co_anh") == "1",
        sort=sort if sort in rules.SORTS else "huu-ich",
        only=asked_id(),
    )


@bp.get("/san-pham/<slug>/danh-gia")
@public
def of_product(slug: str) -> ResponseReturnValue:
    """Every review of a product: filtered, sorted, page by page."""
    page_ends_at()
    db, product, wanted = read_session(), _product(slug), _wanted()
    rows, page = asked_page(
        lambda limit, offset: queries.shown_reviews(
            db, product.id, wanted, limit=limit, offset=offset
        )
    )
    who = actor()
    voted = queries.voted_by(db, who.id(), [row.id for row in rows]) if who.is_signed_in else set()
    return show(
        "reviews.html",
        product=product,
        name=pick(product.name, product.name_en),
        marks=queries.marks_of(db, product.id),
        rows=rows,
        page=page,
        wanted=wanted,
        voted=voted,
        trail=_trail(product, N_("Đánh giá")),
        canonical_url=house().public_url + localized_path(f"/san-pham/{product.slug}/danh-gia"),
    )


@bp.post("/danh-gia/<int:review_id>/huu-ich")
@limiter.limit("60 per minute")
@signed_in
def vote(review_id: int) -> ResponseReturnValue:
    """Call a review helpful (``bo``: take that back)."""
    db = write_session()
    review = services.vote_helpful(
        db,
        review_id=review_id,
        person_id=actor().id(),
        is_helpful=request.form.get("bo") != "1",
        now=clock.now(),
    )
    back = local_path(request.form.get("tiep")) or queries.subject_of(db, "review", review.id).path
    db.commit()
    return redirect(f"{back}#danh-gia-{review.id}", 303)


@bp.get("/san-pham/<slug>/hoi-dap")
@public
def questions(slug: str) -> ResponseReturnValue:
    """Every question of a product with the producer's answers, and the form to ask."""
    page_ends_at()
    return _questions(_product(slug), AskForm(submit_key=fresh_key()))


def _questions(product: Reviewed, form: AskForm, status: int = 200) -> ResponseReturnValue:
    only = asked_id()
    rows, page = asked_page(
        lambda limit, offset: queries.shown_questions(
            read_session(), product.id, only=only, limit=limit, offset=offset
        )
    )
    return show(
        "questions.html",
        status,
        product=product,
        name=pick(product.name, product.name_en),
        rows=rows,
        page=page,
        only=only,
        form=form,
        trail=_trail(product, N_("Hỏi đáp")),
        canonical_url=house().public_url + localized_path(f"/san-pham/{product.slug}/hoi-dap"),
    )


@bp.post("/san-pham/<slug>/hoi-dap")
@limiter.limit("10 per minute;60 per hour")
@signed_in
def ask(slug: str) -> ResponseReturnValue:
    """Ask something of a product."""
    product, form = _product(slug), AskForm.read()
    if not form.validate():
        return _questions(product, form, 422)
    made = []

    def do() -> None:
        made.append(
            services.ask(
                write_session(),
                product_id=product.id,
                person_id=actor().id(),
                text=form.text.data,
                submit_key=form.submit_key.data,
                now=clock.now(),
            )
        )

    status = attempt(form, do)
    if status:
        write_session().rollback()
        return _questions(product, form, status)
    write_session().commit()
    if made[0].state == "held":
        flash(gettext(N_("Đã nhận câu hỏi. Cán bộ xem qua rồi câu hỏi mới hiện.")), "ok")
        return redirect(url_for(".own_questions"), 303)
    flash(gettext(N_("Đã gửi câu hỏi. Bạn sẽ nhận tin khi cơ sở trả lời.")), "ok")
    return redirect(url_for(".questions", slug=product.slug, so=made[0].id), 303)
