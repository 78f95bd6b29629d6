"""A draft drawn as buyers would see it, by the product page's own template."""

import re
from typing import Any

import pytest
from flask import Flask

from shop.core.db import Database
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_photo, make_producer, make_product
from tests.shop.catalogue.test_desk_routes import sign_in


def made(database: Database, **over: Any) -> tuple[int, str, str]:
    """A product of a new maker: its id, the maker's login and another maker's."""
    with database.write() as db:
        maker, other = make_person(db), make_person(db)
        make_producer(db, owner_id=other.id)
        product = make_product(db, producer=make_producer(db, owner_id=maker.id), **over)
        make_photo(db, product, sha="d" * 64, has_right_to_use=False)
        db.commit()
        return product.id, maker.email or "", other.email or ""


@pytest.mark.parametrize("state", ["draft", "published", "rejected"])
def test_a_draft_is_drawn_as_page_and_card(app: Flask, database: Database, state: str) -> None:
    ident, login, other = made(database, name="Miến dong nháp", summary="Sợi dai.", state=state)
    at = f"/ban-hang/san-pham/{ident}/xem-truoc"
    page = sign_in(app, login).get(at).get_data(as_text=True)
    assert "Sợi dai." in page
    assert page.count("Miến dong nháp") >= 2
    assert '<article class="card' in page
    assert "Gói 500 g" in page
    assert "d" * 64 not in page
    assert re.search(r"<fieldset[^>]* disabled", page)
    assert 'name="robots" content="noindex"' in page
    assert sign_in(app, other).get(at).status_code == 404
    assert app.test_client().get(at).status_code in {302, 303}
