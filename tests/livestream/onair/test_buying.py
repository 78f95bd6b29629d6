"""The buyer of a comment completes the order by the link the order taker sends."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from livestream.onair import queries
from livestream.onair.models import OrderDraft
from livestream.onair.rules.pasting import Comment
from livestream.onair.services import drop_draft
from shop.core.db import Database
from shop.orders.models import Order
from shop.web.access import sign
from tests.conftest import csrf
from tests.livestream.onair.test_drafts import item_ids, selling, take
from tests.livestream.onair.test_pressing import LATER


class Buyer:
    """A viewer without an account, with the link of the draft of their comment."""

    def __init__(self, db: Session, client: FlaskClient) -> None:
        live = selling(db)
        take(db, live, Comment("A1 2 hũ 0912345678", "Lan Anh"), Comment("A2", "Mai"))
        first, other = queries.draft_rows(db, live.id, states=("open",))
        self.item, self.other_item = item_ids(db, live)
        self.draft_id, self.other_draft, self.session_id = first.draft.id, other.draft.id, live.id
        db.commit()
        self.client = client
        with client.application.test_request_context():
            self.key = sign("live_draft", str(self.draft_id))
        self.link = f"/chot-don/{self.draft_id}?k={self.key}"
        self.form: dict[str, Any] = {
            "csrf_token": csrf(client, self.link),
            "full_name": "Lan Anh",
            "phone": "0912345678",
            "province_code": "19",
            "commune_code": "02185",
            "street": "Thôn Lủng Vạng",
            "payment": "cod",
        }

    def send(self, **over: Any) -> Any:
        return self.client.post(self.link, data=self.form | over)


@pytest.fixture
def buyer(db: Session, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> Buyer:
    monkeypatch.setattr("shop.core.clock.now", lambda: LATER)
    return Buyer(db, client)


def count_orders(database: Database) -> int:
    with database.read() as db:
        return db.scalar(select(func.count()).select_from(Order)) or 0


def test_the_link_leads_to_one_order(buyer: Buyer, database: Database) -> None:
    page = buyer.client.get(buyer.link)
    text = page.get_data(as_text=True)
    assert "no-store" in page.headers["Cache-Control"]
    assert 'value="Lan Anh"' in text
    assert "0912345678" not in re.sub(r"<q>.*?</q>", "", text), "a link may be passed on"
    missing = buyer.send(street="")
    assert missing.status_code == 422
    bill = html.unescape(re.search(r'data-hx-get="([^"]*tinh-tien[^"]*)"', text)[1])  # type: ignore[index]
    sums = buyer.client.get(f"{bill}&province_code=19&commune_code=02185&units_{buyer.item}=3")
    assert "300.000" in sums.get_data(as_text=True), "three at the live price"
    placed = buyer.send(**{f"units_{buyer.item}": "3", f"units_{buyer.other_item}": "9"})
    assert placed.status_code == 303
    assert "/don-hang/" in placed.headers["Location"]
    assert buyer.client.get(placed.headers["Location"]).status_code == 200
    assert buyer.send().status_code == 409
    assert "/don-hang/" in buyer.client.get(buyer.link).get_data(as_text=True)
    with database.read() as db:
        order = db.scalars(select(Order)).one()
        draft = db.get_one(OrderDraft, buyer.draft_id)
    assert order.subtotal_vnd == 300_000, "only what the comment named"
    assert (draft.state, draft.group_id, draft.decided_by) == ("placed", order.group_id, None)


def test_without_the_right_link_there_is_nothing(buyer: Buyer, database: Database) -> None:
    for address in (
        f"/chot-don/{buyer.draft_id}",
        f"/chot-don/{buyer.draft_id}?k=x",
        f"/chot-don/{buyer.other_draft}?k={buyer.key}",
        f"/chot-don/{2**70}?k={buyer.key}",
        f"/chot-don/{buyer.other_draft}/tinh-tien?k={buyer.key}",
    ):
        assert buyer.client.get(address).status_code == 404, address
        if "tinh-tien" not in address:
            assert buyer.client.post(address, data=buyer.form).status_code in {404, 405}, address
    assert count_orders(database) == 0


@pytest.mark.parametrize("typed", ["-1", "100", "9" * 40, "x", "1,5"])
def test_hostile_numbers(buyer: Buyer, database: Database, typed: str) -> None:
    assert buyer.send(**{f"units_{buyer.item}": typed}).status_code == 422
    assert buyer.send(expected_total="12").status_code == 409
    assert buyer.send(**{f"units_{buyer.item}": "0"}).status_code == 422
    assert count_orders(database) == 0


def test_what_was_dropped_takes_no_order(buyer: Buyer, database: Database) -> None:
    with database.transaction() as db:
        live = queries.session_of_draft(db, buyer.draft_id)
        drop_draft(db, live=live, draft_id=buyer.draft_id, actor_id=1, now=LATER)
    assert buyer.send().status_code == 409
    assert "<form" not in buyer.client.get(buyer.link).get_data(as_text=True).split("<main", 1)[1]
    assert count_orders(database) == 0
