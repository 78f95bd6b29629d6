"""Order files for carriers: their field names and units, formulas guarded, nobody else's buyers."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, text

from shop.accounts.models import AuditEntry
from shop.catalogue.models import Producer
from shop.core.db import Database
from shop.orders.models import Order, Shipment, ShipmentLine
from shop.orders.services import pack_order
from shop.shipping.models import CarrierArea
from shop.shipping.registry import all_carriers, carrier_called
from shop.shipping.rules.carriers import (
    NO_DISTRICT,
    NO_SENDER,
    OVER_COD,
    OVER_VALUE,
    Area,
    Carrier,
    Column,
    Package,
    ProfileFault,
    always,
    warnings_of,
)
from tests.conftest import post
from tests.factories.accounts import make_staff
from tests.factories.catalogue import make_producer
from tests.factories.orders import make_order
from tests.factories.payments import make_attempt
from tests.shop.shipping.conftest import NOW, Desk

PACKAGE = Package(
    client_code="7KQ2M9XW4T",
    recipient="Lò Thị Mai",
    phone="0912345678",
    street="Thôn Chè Cọ",
    commune="Xã Côn Minh",
    province="Tỉnh Thái Nguyên",
    area=Area("Tỉnh Bắc Kạn", "Huyện Na Rì", "Xã Côn Minh"),
    weight_g=1250,
    cod_vnd=95_000,
    value_vnd=65_000,
    content="1 x Miến dong",
    units=1,
    note="",
    sender="HTX",
    sender_phone="0900000000",
    sender_address="Thôn Khuổi Nằn",
    sender_province="Tỉnh Thái Nguyên",
)

every_carrier = pytest.mark.parametrize("slug", list(all_carriers()))


def cells(slug: str, package: Package = PACKAGE) -> dict[str, Any]:
    carrier = carrier_called(slug)
    names = [column.name for column in carrier.columns]
    return dict(zip(names, carrier.row(package), strict=True))


@every_carrier
def test_a_profile_says_where_it_is_from(slug: str) -> None:
    carrier = carrier_called(slug)
    assert carrier.source
    assert carrier.checked_on <= date(2026, 11, 22)
    assert any(column.certainty == "uncertain" for column in carrier.columns)
    values = carrier.row(PACKAGE)
    assert PACKAGE.client_code in values
    assert 95_000 in values
    assert any("Xã Côn Minh, Tỉnh Thái Nguyên" in str(value) for value in values)


def test_units_and_names_are_each_carriers_own() -> None:
    ghn, ghtk, vtp = cells("ghn"), cells("ghtk"), cells("viettel-post")
    assert ghn["weight"] == 1250
    assert ghn["client_order_code"] == "7KQ2M9XW4T"
    assert (ghn["cod_amount"], ghn["to_district_name"]) == (95_000, "Huyện Na Rì")
    assert ghtk["weight"] == Decimal("1.25")
    assert (ghtk["pick_money"], ghtk["is_freeship"]) == (95_000, 1)
    assert (vtp["PRODUCT_WEIGHT"], vtp["MONEY_COLLECTION"]) == (1250, 95_000)
    assert vtp["ORDER_PAYMENT"] == 3


def test_what_is_off_warns_and_never_refuses() -> None:
    ghn = carrier_called("ghn")
    odd = replace(PACKAGE, area=Area(), cod_vnd=5_000_001, value_vnd=6_000_000, sender_phone="")
    texts = [one.text for one in warnings_of(ghn, odd, is_guessed=True)]
    assert texts == [NO_DISTRICT, OVER_COD, OVER_VALUE, NO_SENDER]
    assert warnings_of(ghn, PACKAGE, is_guessed=False) == []
    assert ghn.row(odd)


def test_a_profile_that_contradicts_itself_is_refused() -> None:
    twice = (Column("a", always(1)), Column("a", always(2)))
    with pytest.raises(ProfileFault):
        Carrier("x", "X", ("x",), twice, date(2026, 1, 1), "somewhere", "uncertain")


def waiting(desk: Desk, **over: Any) -> str:
    """A confirmed order on delivery that waits to be sent; its code."""
    with desk.database.transaction() as db:
        producer = db.get_one(Producer, desk.producer_id)
        order = make_order(db, producer=producer, now=NOW, confirmed=True, **over)
        make_attempt(db, provider="cod", order=order, now=NOW)
        return order.code


def take(desk: Desk, kind: str = "csv", **over: Any) -> Any:
    return desk.post("/ban-hang/van-chuyen/tep", {"kind": kind, "hang": "ghn", **over})


def read(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def test_files_hold_what_waits(desk: Desk) -> None:
    code, sent = waiting(desk), desk.sent("GHN001")
    page = desk.page("/ban-hang/van-chuyen?hang=ghn")
    assert f'data-package="{code}"' in page
    assert sent.code not in page
    answer = take(desk)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    [row] = read(answer.data)
    assert row["client_order_code"] == code
    assert row["cod_amount"] == "95000"
    assert row["to_name"] == "Lò Thị Mai"
    assert "Thôn Chè Cọ, Xã Côn Minh, Tỉnh Thái Nguyên" in row["to_address"]
    assert read(take(desk).data) == [row]  # the same parcel keeps its code
    book = CalamineWorkbook.from_filelike(io.BytesIO(take(desk, "xlsx").data))
    header, first = book.get_sheet_by_index(0).to_python()
    assert header[0] == "client_order_code"
    assert first[header.index("cod_amount")] == 95_000
    assert first[header.index("to_phone")] == "0912345678"
    with desk.database.read() as db:
        logged = db.scalar(
            select(func.count())
            .select_from(AuditEntry)
            .where(AuditEntry.action == "shipping.exported")
        )
    assert logged == 3


def test_chosen_orders_only(desk: Desk) -> None:
    first, second = waiting(desk), waiting(desk)
    [row] = read(take(desk, don=second).data)
    assert row["client_order_code"] == second
    page = desk.page(f"/ban-hang/van-chuyen?don={first}")
    assert f'data-package="{first}"' in page
    assert f'data-package="{second}"' not in page


@pytest.mark.parametrize(("method", "why"), [("pickup", "tự đến lấy"), ("hand", "tự giao")])
def test_what_no_carrier_takes_is_left_out_and_the_page_says_why(
    desk: Desk, method: str, why: str
) -> None:
    sent, fetched = waiting(desk), waiting(desk)
    with desk.database.transaction() as db:
        db.scalars(select(Order).where(Order.code == fetched)).one().delivery_method = method
    for named in ([], [sent, fetched]):
        [row] = read(take(desk, don=named).data)
        assert row["client_order_code"] == sent
    page = desk.page(f"/ban-hang/van-chuyen?don={fetched}")
    assert f'data-package="{fetched}"' not in page
    said = page.split(f'data-left-out="{fetched}"')[1].split("</li>")[0]
    assert why in said
    assert f'data-left-out="{fetched}"' in desk.page("/ban-hang/van-chuyen")
    refused = take(desk, don=fetched)
    assert refused.status_code == 404
    assert "không qua hãng" in refused.get_data(as_text=True)


def test_the_page_says_what_is_known_of_the_most_a_carrier_collects(desk: Desk) -> None:
    assert "5.000.000" in desk.page("/ban-hang/van-chuyen?hang=ghn").split("data-cod-cap")[1]
    unknown = desk.page("/ban-hang/van-chuyen?hang=viettel-post").split("data-cod-cap")[1]
    assert "Chưa biết" in unknown.split("</p>")[0]


def test_formulas_of_buyers_are_guarded(desk: Desk) -> None:
    waiting(desk, full_name="=cmd|' /C calc'!A0", note="@SUM(1+1)", street="+1+1")
    [row] = read(take(desk).data)
    assert row["to_name"].startswith("'=")
    assert row["note"].startswith("'@")
    assert row["to_address"].startswith("'+")
    book = CalamineWorkbook.from_filelike(io.BytesIO(take(desk, "xlsx").data))
    header, first = book.get_sheet_by_index(0).to_python()
    assert first[header.index("to_name")] == "=cmd|' /C calc'!A0"


def test_places_are_guessed_from_old_borders_and_named_by_people(desk: Desk) -> None:
    waiting(desk)
    page = desk.page("/ban-hang/van-chuyen?hang=ghn")
    assert "Huyện Na Rì" in page
    named = {
        "hang": "ghn",
        "province_code": "19",
        "commune_code": "02185",
        "province": "Bắc Kạn",
        "district": "Huyện Na Rì",
        "ward": "Xã Côn Minh",
    }
    assert desk.post("/ban-hang/van-chuyen/dia-danh", named).status_code == 303
    [row] = read(take(desk).data)
    assert (row["to_province_name"], row["to_ward_name"]) == ("Bắc Kạn", "Xã Côn Minh")
    # another carrier has words of its own
    [other] = read(take(desk, hang="ghtk").data)
    assert other["province"] != "Bắc Kạn"
    for over in (
        {"district": ""},
        {"ward": "x" * 81},
        {"commune_code": "99999"},
        {"commune_code": "x\x00yz1"},
        {"province_code": "01"},
        {"province": "\x00"},
    ):
        answer = desk.post("/ban-hang/van-chuyen/dia-danh", named | over)
        assert answer.status_code == 422, over
    assert desk.post("/ban-hang/van-chuyen/dia-danh", named | {"hang": "nobody"}).status_code == 404
    with desk.database.read() as db:
        assert db.scalar(select(func.count()).select_from(CarrierArea)) == 1


def test_a_place_is_named_once_however_many_parcels_go_there(desk: Desk) -> None:
    codes = [waiting(desk) for _ in range(3)]
    page = desk.page("/ban-hang/van-chuyen?hang=ghn")
    assert page.count('name="district"') == 1
    assert all(f'data-package="{code}"' in page for code in codes)


def test_one_producers_names_are_not_anothers_until_staff_say_so(
    desk: Desk, signed_in: Callable[..., FlaskClient]
) -> None:
    with desk.database.transaction() as db:
        other = make_producer(db, name="HTX Khác")
        db.add(
            CarrierArea(
                carrier="ghn",
                commune_code="02185",
                producer_id=other.id,
                province="Sai",
                district="Sai",
                ward="Sai",
                changed_by=desk.owner_id,
                changed_at=NOW,
            )
        )
        make_staff(db, email="all@shipping.test")
    waiting(desk)
    assert read(take(desk).data)[0]["to_ward_name"] != "Sai"
    staff = desk.app.test_client()
    post(staff, "/dang-nhap", {"login": "all@shipping.test", "password": "chophien-demo"})
    page = staff.get("/can-bo/dia-danh-van-chuyen?hang=ghn")
    assert page.status_code == 200
    assert "HTX Khác" in page.get_data(as_text=True)
    named = {
        "hang": "ghn",
        "province_code": "19",
        "commune_code": "02185",
        "province": "Đúng",
        "district": "Đúng",
        "ward": "Đúng",
    }
    assert post(staff, "/can-bo/dia-danh-van-chuyen", named).status_code == 303
    assert post(staff, "/can-bo/dia-danh-van-chuyen", named | {"ward": ""}).status_code == 422
    assert read(take(desk).data)[0]["to_ward_name"] == "Đúng"


def test_hostile_addresses_and_forms(desk: Desk, database: Database) -> None:
    with database.transaction() as db:
        theirs = make_order(db, producer=make_producer(db, name="Khác"), now=NOW, confirmed=True)
    assert take(desk).status_code == 404  # nothing waits
    assert take(desk, don=theirs.code).status_code == 404
    assert "data-package" not in desk.page(f"/ban-hang/van-chuyen?don={theirs.code}")
    assert take(desk, kind="exe").status_code == 422
    assert take(desk, hang="x" * 4000).status_code == 404
    assert desk.client.get("/ban-hang/van-chuyen?hang=%00").status_code == 404
    assert desk.client.get("/ban-hang/van-chuyen?co_so=khac").status_code == 404
    assert desk.client.get("/can-bo/dia-danh-van-chuyen").status_code == 403
    assert desk.post("/can-bo/dia-danh-van-chuyen", {}).status_code == 403


def test_parcels_of_one_order_have_codes_of_their_own(desk: Desk, database: Database) -> None:
    code = waiting(desk, quantity=2)
    with database.transaction() as db:
        order_id = db.execute(text("SELECT id FROM shop_order")).scalar_one()
        parcel = pack_order(db, order_id=order_id, actor_id=None, now=NOW)
        db.execute(text("UPDATE shipment_line SET quantity = 1"))
        second = Shipment(order_id=order_id, state="packed", packed_at=NOW)
        db.add(second)
        db.flush()
        line = db.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == parcel.id)).one()
        db.add(
            ShipmentLine(
                shipment_id=second.id,
                order_line_id=line.order_line_id,
                lot_id=line.lot_id,
                quantity=1,
            )
        )
    rows = read(take(desk).data)
    assert [row["client_order_code"] for row in rows] == [f"{code}-1", f"{code}-2"]
    assert sum(int(row["cod_amount"]) for row in rows) == 160_000
