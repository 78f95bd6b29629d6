"""The readiness report on screen, as JSON and as PDF, for its producer only."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from shop.marketplaces import registry
from tests.factories.accounts import make_member
from tests.factories.catalogue import make_producer, make_product
from tests.factories.marketplaces import make_goods

PATH = "/ban-hang/kenh-ban/kiem-tra"
OPEN = [one for one in registry.all_profiles().values() if one.level != "archive"]


@pytest.fixture
def client(db: Session, app: Flask, signed_in: Callable[..., FlaskClient]) -> Any:
    """A sound product and a draft; the sound product, its owner's client, another's product id."""
    producer = make_producer(db, name="HTX Tài Hoan")
    owner = make_member(db, "producer", producer.id)
    product = make_goods(db, app.extensions["house"].storage, producer=producer)
    make_product(db, producer=producer, published=False, name="Miến chưa duyệt")
    strange = make_product(db, producer=make_producer(db, name="HTX Khác"))
    db.commit()
    return product, signed_in(owner.email), strange.id


def test_a_whole_shop_a_channel_and_a_product(client: Any) -> None:
    product, browser, _strange = client
    whole = browser.get(f"{PATH}.json").get_json()
    assert [one["channel"]["slug"] for one in whole["channels"]] == [one.slug for one in OPEN]
    assert whole["not_checked"]
    shopee = browser.get(f"{PATH}.json?kenh=shopee&san_pham={product.id}").get_json()
    (channel,) = shopee["channels"]
    assert [item["product_id"] for item in channel["products"]] == [product.id]
    blocked = next(
        item for item in whole["channels"][0]["products"] if item["name"] == "Miến chưa duyệt"
    )
    (finding,) = (f for f in blocked["findings"] if f["code"] == "PRODUCT_NOT_PUBLISHED")
    assert finding["value"] == "Miến chưa duyệt"
    assert all(finding[name] for name in ("why", "fix", "source"))
    assert finding["certainty_text"] == "Chắc chắn"
    assert f"/ban-hang/san-pham/{blocked['product_id']}" in finding["fix_url"]

    page = browser.get(PATH).get_data(as_text=True)
    for one in OPEN:
        assert f'data-channel="{one.slug}"' in page
    assert 'data-code="PRODUCT_NOT_PUBLISHED"' in page
    assert "%(" not in page
    single = browser.get(f"{PATH}?san_pham={blocked['product_id']}").get_data(as_text=True)
    assert single.count('data-finding="PRODUCT_NOT_PUBLISHED"') == len(OPEN)
    postmart = browser.get(f"{PATH}?kenh=postmart").get_data(as_text=True)
    assert 'data-channel="buudien"' in postmart


def test_the_printed_report(client: Any) -> None:
    _product, browser, _strange = client
    first, second = (browser.get(f"{PATH}.pdf?kenh=voso") for _ in range(2))
    assert first.mimetype == "application/pdf"
    assert first.data.startswith(b"%PDF")
    assert first.data == second.data
    assert "no-store" in first.headers["Cache-Control"]


@pytest.mark.parametrize("ending", ["", ".json", ".pdf"])
def test_nobody_elses_and_nothing_absurd(client: Any, app: Flask, ending: str) -> None:
    _product, browser, strange = client
    for query in (
        "kenh=khong-co",
        f"san_pham={strange}",
        "san_pham=99999999999999999999",
        "san_pham=%C2%B2",
        "san_pham=-1",
        "co_so=htx-khac",
    ):
        assert browser.get(f"{PATH}{ending}?{query}").status_code == 404, query
    assert app.test_client().get(f"{PATH}{ending}").status_code == 303
