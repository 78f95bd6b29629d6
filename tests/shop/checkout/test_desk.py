"""A producer's pages about delivery and vouchers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.sessions.vouchers import voucher_key
from shop.accounts.models import AuditEntry
from shop.catalogue.models import Producer
from shop.checkout import queries, services
from shop.checkout.models import DeliveryTerms, DeliveryZone, Voucher
from shop.checkout.rules import Target, ways
from shop.checkout.rules.settings import TermsChanged, TermsDraft, TooManyRemote
from shop.checkout.rules.vouchers import AFTER_SESSION
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_producer
from tests.factories.checkout import make_terms, make_voucher
from tests.shop.checkout.test_routes import HOSTILE, statements_of

LOGIN = "producer@terms.test"
ZONES = {
    "z0-is_on": "y",
    "z0-first_g": "1.000",
    "z0-first_vnd": "15.000",
    "z0-step_g": "1000",
    "z0-step_vnd": "2000",
    "z2-is_on": "y",
    "z2-first_g": "1000",
    "z2-first_vnd": "30000",
    "z2-step_g": "1000",
    "z2-step_vnd": "8000",
    "z3-provinces": ["01", "24"],
    "z3-first_g": "2000",
    "z3-first_vnd": "32.000 ₫",
    "z3-step_g": "500",
    "z3-step_vnd": "3000",
    "z3-is_free": "y",
}
TERMS: dict[str, Any] = {
    "version": "0",
    "has_post": "y",
    "rates": "own",
    "free_from_vnd": "500.000",
    "free_max_weight_g": "10.000",
    "remote_vnd": "20000",
    "hand_area": "commune",
} | ZONES


@pytest.fixture
def producer(database: Database) -> Producer:
    with database.transaction() as db:
        return make_producer(db, owner_id=make_person(db, email=LOGIN).id)


@pytest.fixture
def mine(producer: Producer, signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    return signed_in(LOGIN)


def shown(client: FlaskClient, path: str) -> str:
    """The page, with plain blanks before ₫."""
    return client.get(path).get_data(as_text=True).replace("\u00a0", " ")


def page_of(producer: Producer) -> str:
    return f"/ban-hang/giao-hang/{producer.id}"


def vouchers_of(producer: Producer) -> str:
    return f"/ban-hang/ma-giam-gia/{producer.id}"


def test_zones_are_saved_shown_and_charged(
    database: Database, producer: Producer, mine: FlaskClient
) -> None:
    before = shown(mine, page_of(producer))
    assert "Một kiện 2 kg tới Hà Nội: 33.000 ₫" in before, "the house's own, until something is set"
    tried = post(mine, page_of(producer), TERMS | {"lam": "thu"})
    assert tried.status_code == 200
    assert "tới Hà Nội: 32.000\u00a0₫" in tried.get_data(as_text=True)
    with database.read() as db:
        assert db.scalars(select(DeliveryTerms)).all() == [], "a look saves nothing"
    assert post(mine, page_of(producer), TERMS).status_code == 303
    after = shown(mine, page_of(producer))
    assert "Một kiện 2 kg tới Hà Nội: 32.000 ₫" in after
    assert 'value="500000"' in after
    with database.read() as db:
        terms = queries.delivery_terms(db, {producer.id: producer.province_code})[producer.id]
        zones = db.scalars(select(DeliveryZone).order_by(DeliveryZone.position)).all()
        assert [zone.reach for zone in zones] == ["province", "country", "list"]
        assert [zone.is_free for zone in zones] == [False, False, True]
        assert "delivery.terms" in db.scalars(select(AuditEntry.action)).all()
    found = ways(terms, Target("01"), weight_g=2_600, goods_vnd=0)
    assert found[0].fee_vnd == 32_000 + 2 * 3_000


def test_a_page_from_before_does_not_overwrite(
    database: Database, producer: Producer, mine: FlaskClient
) -> None:
    assert post(mine, page_of(producer), TERMS).status_code == 303
    stale = post(mine, page_of(producer), TERMS | {"free_from_vnd": "900000"})
    assert stale.status_code == 409
    assert 'value="900000"' in stale.get_data(as_text=True), "what was typed is kept"
    assert post(mine, page_of(producer), TERMS | {"version": "1"}).status_code == 303
    assert post(mine, page_of(producer), TERMS | {"version": "1"}).status_code == 409
    with database.read() as db:
        assert db.scalars(select(DeliveryTerms.version)).one() == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"has_post": ""}, "ít nhất một cách"),
        ({"has_pickup": "y"}, "Hãy ghi địa chỉ"),
        ({"z4-provinces": ["24"], "z4-first_vnd": "1"}, "mỗi tỉnh chỉ nằm trong một danh sách"),
        ({"z3-provinces": ["00"]}, "Vui lòng chọn trong danh sách"),
        ({"z0-first_vnd": "-1"}, "số nguyên"),
    ],
)
def test_what_makes_no_sense_is_said(
    database: Database,
    producer: Producer,
    mine: FlaskClient,
    change: dict[str, Any],
    words: str,
) -> None:
    answer = post(mine, page_of(producer), TERMS | change)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    with database.read() as db:
        assert db.scalars(select(DeliveryTerms)).all() == []


def test_remote_places_by_an_old_district(
    database: Database, producer: Producer, mine: FlaskClient
) -> None:
    found = mine.get(f"{page_of(producer)}?tim=na+rì").get_data(as_text=True)
    assert 'name="them" value="02185"' in found
    url = f"{page_of(producer)}/vung-xa"
    assert post(mine, url, {"them": ["02185", "99999", "x"], "dao": "1"}).status_code == 303
    with database.read() as db:
        kept = db.scalars(select(DeliveryTerms.remote_communes)).one()
        assert "02185" in kept
        assert len(kept) == 14, "thirteen islands and one commune; unknown codes are left out"
    assert "Xã Côn Minh" in mine.get(page_of(producer)).get_data(as_text=True)
    assert post(mine, url, {"bo": "02185"}).status_code == 303
    with database.read() as db:
        assert "02185" not in db.scalars(select(DeliveryTerms.remote_communes)).one()


def test_too_many_remote_places(database: Database, producer: Producer, now: datetime) -> None:
    with pytest.raises(TooManyRemote), database.transaction() as db:
        services.change_remote(
            db,
            producer_id=producer.id,
            add=[f"{n:05}" for n in range(401)],
            actor_id=None,
            now=now,
        )


def test_two_savings_at_once_one_wins(
    database: Database, producer: Producer, now: datetime
) -> None:
    with database.transaction() as db:
        make_terms(db, producer.id)

    def save() -> None:
        with database.transaction() as db:
            services.set_terms(
                db,
                producer_id=producer.id,
                draft=TermsDraft(),
                seen_version=1,
                actor_id=None,
                now=now,
            )

    save()
    with pytest.raises(TermsChanged):
        save()


def test_nobody_elses_pages(
    database: Database, producer: Producer, signed_in: Callable[..., FlaskClient]
) -> None:
    with database.transaction() as db:
        make_producer(db, owner_id=make_person(db, email="other@terms.test").id)
        code = make_voucher(db, producer_id=producer.id).id
    other = signed_in("other@terms.test")
    for path in (page_of(producer), vouchers_of(producer), f"{vouchers_of(producer)}/{code}"):
        assert other.get(path).status_code == 404, path
    for path in (
        page_of(producer),
        f"{page_of(producer)}/vung-xa",
        f"{vouchers_of(producer)}/moi",
        f"{vouchers_of(producer)}/{code}",
        f"{vouchers_of(producer)}/{code}/dung",
    ):
        assert post(other, path, TERMS | VOUCHER).status_code == 404, path


VOUCHER = {
    "submit_key": "k" * 20,
    "code": "miendong10",
    "kind": "percent",
    "percent": "10",
    "max_discount_vnd": "30.000",
    "min_subtotal_vnd": "200.000",
    "max_uses": "100",
    "per_person": "1",
    "starts_at": "2026-11-22T08:00",
    "ends_at": "2090-01-01T00:00",
}


def test_a_code_is_made_once_shown_changed_and_stopped(
    database: Database, producer: Producer, mine: FlaskClient
) -> None:
    page = vouchers_of(producer)
    assert mine.get(f"{page}/moi").status_code == 200
    for _press in range(2):
        assert post(mine, f"{page}/moi", VOUCHER).status_code == 303
    other = post(mine, f"{page}/moi", VOUCHER | {"percent": "20"})
    assert other.status_code == 409
    assert "Mã này đã có" in other.get_data(as_text=True)
    with database.read() as db:
        row = db.scalars(select(Voucher)).one()
        assert (row.code, row.amount, row.producer_id) == ("MIENDONG10", 10, producer.id)
    assert "Giảm 10%, nhiều nhất 30.000 ₫, tiền hàng từ 200.000 ₫" in shown(mine, page)
    one = f"{page}/{row.id}"
    assert mine.get(one).status_code == 200
    change = {"ends_at": "2091-01-01T00:00", "max_uses": "", "per_person": "2"}
    assert post(mine, one, change).status_code == 303
    with database.transaction() as db:
        row = db.scalars(select(Voucher)).one()
        assert (row.max_uses, row.per_person) == (None, 2)
        row.used = 5
    less = post(mine, one, change | {"max_uses": "4"})
    assert less.status_code == 409
    assert "đã được dùng 5 lần" in less.get_data(as_text=True)
    for _press in range(2):
        assert post(mine, f"{one}/dung", {}).status_code == 303
    assert "Đã dừng" in mine.get(page).get_data(as_text=True)
    with database.read() as db:
        acts = db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert acts == ["voucher.created", "voucher.changed", "voucher.stopped"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"percent": ""}, "1 đến 90 phần trăm"),
        ({"percent": "91"}, "Phải từ 1 đến 90"),
        ({"kind": "fixed", "off_vnd": ""}, "ít nhất 1.000"),
        ({"kind": "gift"}, "chọn một mục"),
        ({"code": "Mã đẹp"}, "không dấu"),
        ({"ends_at": "2026-11-22T07:00"}, "sau giờ bắt đầu"),
        ({"ends_at": ""}, "điền ô này"),
        ({"ends_at": "0001-01-01T00:00"}, "xem lại năm"),
        ({"starts_at": "9999-12-31T23:59"}, "xem lại năm"),
        ({"session": "session:999999"}, "chọn một mục"),
    ],
)
def test_a_bad_code_is_refused(
    database: Database, producer: Producer, mine: FlaskClient, change: dict[str, str], words: str
) -> None:
    answer = post(mine, f"{vouchers_of(producer)}/moi", VOUCHER | change)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    with database.read() as db:
        assert db.scalars(select(Voucher)).all() == []


def test_a_sessions_code_follows_its_session(
    database: Database, producer: Producer, now: datetime
) -> None:
    start, key = now + timedelta(days=1), voucher_key(7)
    with database.transaction() as db:
        code = make_voucher(
            db,
            producer_id=producer.id,
            session_key=key,
            starts_at=start,
            ends_at=start + timedelta(hours=2) + AFTER_SESSION,
        ).code
        later = start + timedelta(days=3)
        services.follow_session(
            db, session_key=key, starts_at=later, ends_at=later + timedelta(hours=1)
        )
    with database.transaction() as db:
        row = db.scalars(select(Voucher)).one()
        assert queries.voucher_state(row, start + timedelta(minutes=5)) == "coming"
        assert queries.voucher_state(row, later + timedelta(minutes=80)) == "running"
        assert queries.voucher_state(row, later + timedelta(minutes=90)) == "over"
        services.stop_session(db, session_key=key, now=now)
        services.stop_session(db, session_key="session:8", now=now)
    with database.read() as db:
        row = db.scalars(select(Voucher).where(Voucher.code == code)).one()
        assert queries.voucher_state(row, later) == "stopped"


@pytest.mark.parametrize("field", [*TERMS, "has_pickup", "pickup_place", "hand_vnd", "lam"])
def test_hostile_terms(
    database: Database, producer: Producer, mine: FlaskClient, field: str
) -> None:
    for value in HOSTILE:
        answer = post(mine, page_of(producer), TERMS | {field: value})
        assert answer.status_code in {200, 303, 409, 413, 422}, (field, value[:20])
        remote = post(mine, f"{page_of(producer)}/vung-xa", {"them": value, "bo": value})
        assert remote.status_code in {303, 413}
    assert mine.get(page_of(producer), query_string={"tim": "\x00💥' --"}).status_code == 200


@pytest.mark.parametrize("field", [*VOUCHER, "off_vnd", "session"])
def test_hostile_vouchers(
    database: Database, producer: Producer, mine: FlaskClient, field: str
) -> None:
    with database.transaction() as db:
        made = make_voucher(db, producer_id=producer.id).id
    for value in HOSTILE:
        page = vouchers_of(producer)
        for path in (f"{page}/moi", f"{page}/{made}"):
            answer = post(mine, path, VOUCHER | {field: value})
            assert answer.status_code in {303, 409, 413, 422}, (field, value[:20])


def test_the_lists_ask_as_much_for_thirty_codes_as_for_one(
    database: Database, producer: Producer, mine: FlaskClient
) -> None:
    with database.transaction() as db:
        make_voucher(db, producer_id=producer.id)
    one = len(statements_of(mine, vouchers_of(producer)))
    with database.transaction() as db:
        for _number in range(29):
            make_voucher(db, producer_id=producer.id)
    assert len(statements_of(mine, vouchers_of(producer))) == one
