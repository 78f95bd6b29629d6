"""Pages over HTTP: who may see what, hostile input, the whole way by forms."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from livestream.results.models import Settlement
from livestream.sessions.models import SessionItem
from livestream.sessions.services import ItemWish, end_session
from shop.catalogue.models import Product
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer, make_product, variant_of
from tests.factories.livestream import make_club, make_session
from tests.factories.stock import make_stock

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def over(database: Database, app: object) -> tuple[str, int]:
    """(public id of a session that is over, its item)."""
    with database.transaction() as db:
        owner = make_person(db, email="owner@test.vn")
        other = make_person(db, email="other@test.vn")
        make_producer(db, owner_id=other.id)
        manager = make_person(db, email="manager@test.vn")
        stranger = make_person(db, email="stranger@test.vn")
        make_club(db, manager_id=stranger.id)
        producer = make_producer(db, owner_id=owner.id)
        variant = variant_of(db, make_product(db, producer=producer))
        make_stock(db, variant.id, 20)
        club = make_club(db, manager_id=manager.id)
        live = make_session(db, club, items=[ItemWish(variant.id, 10, None, 5)], state="live")
        end_session(db, public_id=live.public_id, actor_id=manager.id, now=live.ends_at)
        item = db.scalars(select(SessionItem)).one()
        return live.public_id, item.id


def test_the_whole_way_by_forms(
    over: tuple[str, int], signed_in: SignIn, client: FlaskClient, database: Database
) -> None:
    code, item = over
    base = f"/clb/phien/{code}"
    signed_in("manager@test.vn")
    terms = {"seller": "club", "money_to": "club", "platform_by": "producer"}
    answer = post(
        client, f"{base}/dieu-khoan/{item}", {**terms, "price_vnd": "60.000", "fee_percent": "2,5"}
    )
    assert answer.status_code == 303
    for bad in ("9" * 30, "một", "-1", "\x00", "x" * 100_000):
        refused = post(client, f"{base}/ket-qua", {f"units_{item}": bad})
        assert refused.status_code in {400, 413, 422}
    assert post(client, f"{base}/ket-qua", {f"units_{item}": "5"}).status_code == 422
    typed = {f"units_{item}": "5", f"gross_{item}": "300.000", "viewers": "1.200"}
    assert post(client, f"{base}/ket-qua", typed).status_code == 303
    assert post(client, f"{base}/ket-qua/chot", {"takes_stock": "y"}).status_code == 303
    assert post(client, f"{base}/ket-qua/chot", {"takes_stock": "y"}).status_code == 409
    with database.read() as db:
        settlement = db.scalars(select(Settlement)).one()
    assert settlement.owed_vnd == 292_500
    page = f"/clb/quyet-toan/{settlement.public_id}"
    for path in (page, "/clb/quyet-toan", "/clb/ket-qua", f"{base}/ket-qua", f"{base}/giao-hang"):
        assert client.get(path).status_code == 200, path
        assert client.get(f"/en{path}").status_code == 200, path
    for foreign in ("stranger@test.vn", "other@test.vn"):
        post(client, "/dang-xuat")
        signed_in(foreign)
        for path in (
            page,
            f"{page}/bang.pdf",
            page.replace("/clb", "/ban-hang"),
            f"{base}/ket-qua",
        ):
            assert client.get(path).status_code in {403, 404}, (foreign, path)
    post(client, "/dang-xuat")
    signed_in("owner@test.vn")
    page = f"/ban-hang/quyet-toan/{settlement.public_id}"
    assert client.get("/ban-hang/quyet-toan").status_code == 200
    assert post(client, f"{page}/chua-dung", {"reason": ""}).status_code == 422
    assert post(client, f"{page}/dong-y").status_code == 303
    assert 'data-state="agreed"' in client.get(page).get_data(as_text=True)
    paper = client.get(f"{page}/bang.pdf")
    assert paper.mimetype == "application/pdf"
    pages = PdfReader(io.BytesIO(paper.data)).pages
    printed = " ".join(" ".join(one.extract_text() for one in pages).split())
    for words in (settlement.code, "292.500", "Đồng ý · ", "Câu lạc bộ trả người sản xuất"):
        assert words in printed, words
    paid = {"amount_vnd": "1", "paid_on": "2026-11-20", "submit_key": "k" * 20}
    assert post(client, f"{page}/tra-tien", paid).status_code == 409, "the club owes, not they"


def test_names_follow_the_page_s_language(
    over: tuple[str, int], signed_in: SignIn, client: FlaskClient, database: Database
) -> None:
    with database.transaction() as db:
        product = db.scalars(select(Product)).one()
        product.name_en = "Glass noodles of Con Minh"
    signed_in("manager@test.vn")
    page = f"/clb/phien/{over[0]}/ket-qua"
    assert product.name_en in client.get(f"/en{page}").get_data(as_text=True)
    assert product.name_en not in client.get(page).get_data(as_text=True)
    post(client, page, {f"units_{over[1]}": "5", f"gross_{over[1]}": "300.000"})
    assert post(client, f"{page}/chot", {"takes_stock": "y"}).status_code == 303
    with database.read() as db:
        settlement = db.scalars(select(Settlement)).one()
    statement = f"/clb/quyet-toan/{settlement.public_id}"
    assert product.name_en in client.get(f"/en{statement}").get_data(as_text=True)
    assert product.name_en not in client.get(statement).get_data(as_text=True)
    papers = [
        " ".join(
            PdfReader(io.BytesIO(client.get(f"{lead}{statement}/bang.pdf").data))
            .pages[0]
            .extract_text()
            .split()
        )
        for lead in ("/en", "")
    ]
    assert product.name_en in papers[0]
    assert "Live session statement" in papers[0]
    assert product.name_en not in papers[1]
    assert product.name in papers[1]
