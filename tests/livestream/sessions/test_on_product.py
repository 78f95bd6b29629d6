"""The coming sessions of one product, as its page names them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from livestream.sessions.queries.on_product import airings_of_product
from livestream.sessions.services import ItemWish
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import NOW, make_session
from tests.factories.stock import make_stock

pytestmark = pytest.mark.usefixtures("app")


def test_a_coming_session_is_told_with_its_platforms_and_first_products(db: Session) -> None:
    products = [make_product(db) for _ in range(4)]
    wishes = [ItemWish(variant_of(db, product).id) for product in products]
    for wish in wishes:
        make_stock(db, wish.variant_id, 20)
    live = make_session(db, state="confirmed", items=wishes)
    db.commit()
    [airing] = airings_of_product(db, products[3].id, now=NOW)
    assert (airing.slug, airing.starts_at, airing.state) == (live.slug, live.starts_at, "confirmed")
    assert airing.club_name
    assert airing.platforms == ("tiktok",)
    assert [shown.name for shown in airing.shown] == [product.name for product in products[:3]]
    assert airings_of_product(db, make_product(db).id, now=NOW) == []
    assert airings_of_product(db, products[0].id, now=live.ends_at + timedelta(seconds=1)) == []


def test_a_draft_is_not_told(db: Session) -> None:
    product = make_product(db)
    variant = variant_of(db, product).id
    make_stock(db, variant, 20)
    make_session(db, state="draft", items=[ItemWish(variant)])
    db.commit()
    assert airings_of_product(db, product.id, now=NOW) == []
