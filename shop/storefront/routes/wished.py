"""The visitor's wish list."""

from flask import Response, render_template

from shop.core import clock
from shop.storefront import queries
from shop.storefront.cards import cards
from shop.storefront.routes.frame import bp
from shop.web.access import actor, public
from shop.web.headers import not_stored
from shop.web.request import read_session
from shop.wishes import queries as wishes
from shop.wishes.cookie import WISH_COOKIE


@bp.get("/yeu-thich")
@public
def wished() -> Response:
    """What the visitor saved, and what a signed-in person waits for."""
    db, now, person_id = read_session(), clock.now(), actor().person_id
    kept = wishes.find_list(db, token_hash=WISH_COOKIE.token_hash(), person_id=person_id)
    ids = wishes.wished_products(db, kept.id) if kept else []
    rows = queries.cards_of_ids(db, ids, today=clock.today_vn(now))
    shown = cards(rows, now=now)
    return not_stored(
        render_template(
            "storefront/wished.html",
            items=[(row.product_id, card) for row, card in zip(rows, shown, strict=True)],
            gone=len(ids) - len(rows),
            waiting=wishes.waiting_alerts(db, f"person:{person_id}") if person_id else [],
        )
    )
