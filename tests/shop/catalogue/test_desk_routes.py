"""The producer's desk and the staff's desk, from signing up to being on sale."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from shop.accounts.models import AuditEntry
from shop.catalogue.invariants import INVARIANTS
from shop.catalogue.models import Certificate, Producer, Product, ProductFacets, ProductPhoto
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalogue import (
    make_certificate,
    make_photo,
    make_producer,
    make_product,
    variant_of,
)


def jpeg(width: int = 80, height: int = 60) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (180, 140, 60)).save(out, "JPEG")
    return out.getvalue()


def sign_in(app: Flask, login: str | None) -> FlaskClient:
    client = app.test_client()
    assert login
    answer = post(client, "/dang-nhap", {"login": login, "password": "chophien-demo"})
    assert answer.status_code == 303
    return client


def codes(page: str) -> list[str]:
    return re.findall(r'data-finding="(\w+)"', page)


@pytest.fixture
def people(database: Database) -> dict[str, str]:
    """Logins of a newcomer, staff of Thái Nguyên and staff of Hà Nội."""
    with database.write() as db:
        found = {
            "maker": make_person(db),
            "staff": make_staff(db, "19"),
            "other_staff": make_staff(db, "01"),
        }
        db.commit()
        return {name: person.email or "" for name, person in found.items()}


PRODUCER = {
    "name": "HTX Tài Hoan",
    "kind": "cooperative",
    "province_code": "19",
    "commune_code": "02185",
    "address": "thôn Chè Cọ",
    "public_phone": "0912 345 678",
}

LABEL = {
    "ingredients": "100 % bột dong riềng",
    "net_content": "500 g; 1 kg",
    "origin": "Xã Côn Minh, Thái Nguyên, Việt Nam",
    "usage": "Ngâm nước cho mềm rồi nấu.",
    "storage": "Nơi khô ráo.",
    "shelf_life_days": "365",
    "is_lot_tracked": "y",
}


def only(database: Database, model: Any) -> Any:
    with database.read() as db:
        return db.scalars(select(model)).one()


def test_from_signing_up_to_being_on_sale(
    app: Flask, database: Database, people: dict[str, str]
) -> None:
    maker, staff = sign_in(app, people["maker"]), sign_in(app, people["staff"])
    assert maker.get("/ban-hang/san-pham").status_code == 403
    assert maker.get("/ban-hang/dang-ky").status_code == 200
    assert post(maker, "/ban-hang/dang-ky", PRODUCER).status_code == 303
    producer = only(database, Producer)
    assert (producer.state, producer.slug) == ("submitted", "htx-tai-hoan")
    assert producer.public_phone == "0912345678"
    assert "HTX Tài Hoan" in staff.get("/can-bo/nha-san-xuat").text
    judged = f"/can-bo/nha-san-xuat/{producer.id}"
    assert staff.get(judged).status_code == 200
    assert post(staff, f"{judged}/quyet-dinh", {"decision": "approve"}).status_code == 303

    facts = {
        "producer_id": producer.id,
        "name": "Miến dong Tài Hoan",
        "name_en": "Tai Hoan canna vermicelli",
        "subgroup": "F32",
        "regulated_class": "none",
        "summary": "Sợi dai, trong, làm từ củ dong riềng.",
    }
    assert maker.get("/ban-hang/san-pham/moi").status_code == 200
    made = post(maker, "/ban-hang/san-pham/moi", facts)
    product = only(database, Product)
    at = f"/ban-hang/san-pham/{product.id}"
    assert (made.status_code, made.location) == (303, f"{at}/nhan")
    story = {"story": "Làm từ 2018.", "season_months": ["11", "12", "1"]}
    told = post(maker, f"{at}/chuyen-va-mua", story)
    assert (told.status_code, told.location) == (303, f"{at}/quy-cach")
    assert only(database, Product).season_mask == 0b110000000001
    page = maker.get(at).text
    assert codes(page)[0] == "missing_ingredients"
    refused = post(maker, f"{at}/gui-duyet")
    assert refused.status_code == 422
    assert "Chưa có ảnh sản phẩm." in refused.text
    assert post(maker, f"{at}/nhan", LABEL).location == f"{at}/chuyen-va-mua"
    for label, price, net, packed in (
        ("Gói 500 g", "65.000", "500", "550"),
        ("Gói 1 kg", "125.000 ₫", "1000", "1.080"),
    ):
        variant = {
            "label": label,
            "price_vnd": price,
            "net_weight_g": net,
            "packed_weight_g": packed,
        }
        assert post(maker, f"{at}/quy-cach", variant).status_code == 303
    photo = {"photo": (io.BytesIO(jpeg()), "anh.jpg"), "alt": "Bó miến", "has_right_to_use": "y"}
    assert post(maker, f"{at}/anh", photo).status_code == 303
    paper = {
        "kind": "ocop",
        "stars": "5",
        "certificate_no": "01/2025",
        "issuer_level": "national",
        "issuer": "Bộ Nông nghiệp và Môi trường",
        "issued_on": "2025-06-01",
        "criteria_version": "148/QĐ-TTg",
        "is_illustration": "y",
        "scan": (io.BytesIO(jpeg()), "giay.jpg"),
    }
    assert post(maker, f"{at}/chung-nhan", paper).status_code == 303
    page = maker.get(at).text
    assert codes(page) == ["photo_small", "photo_blurry"]
    assert post(maker, f"{at}/gui-duyet").status_code == 303
    assert post(maker, f"{at}/gui-duyet").status_code == 409
    assert post(maker, f"{at}/nhan", LABEL).status_code == 409

    certificate = only(database, Certificate)
    assert "Miến dong Tài Hoan" in staff.get("/can-bo/san-pham").text
    judged = f"/can-bo/san-pham/{product.id}"
    assert "Giấy minh họa" in staff.get(judged).text
    assert post(staff, f"{judged}/quyet-dinh", {"decision": "approve"}).status_code == 303
    row = only(database, ProductFacets)
    assert (row.is_listed, row.stars, row.price_max_vnd) == (True, None, 125_000)
    judged = f"/can-bo/chung-nhan/{certificate.id}"
    assert "01/2025" in staff.get(judged).text
    for who in (maker, staff):
        scan = who.get(f"/chung-nhan/{certificate.id}/ban-chup")
        assert (scan.status_code, scan.content_type) == (200, "image/jpeg")
    assert maker.get(f"/media/{certificate.scan_sha}.scan").status_code == 404
    assert post(staff, f"{judged}/quyet-dinh", {"decision": "approve"}).status_code == 303
    assert only(database, ProductFacets).stars == 5
    assert maker.get(f"/ban-hang/chung-nhan/{certificate.id}").status_code == 200
    sha = only(database, ProductPhoto).sha
    for size in (1200, 640, 320):
        for kind in ("webp", "jpg"):
            with maker.get(f"/media/{sha}-{size}.{kind}") as answer:
                assert answer.status_code == 200

    edited = LABEL | {"storage": "Nơi khô ráo, tránh nắng."}
    assert post(maker, f"{at}/nhan", edited).status_code == 303
    assert only(database, Product).storage == "Nơi khô ráo."
    assert "Có bản sửa chưa gửi" in maker.get(at).text
    assert post(maker, f"{at}/gui-duyet").status_code == 303
    page = staff.get(f"/can-bo/san-pham/{product.id}").text
    assert 'data-change="storage"' in page
    assert "tránh nắng" in page
    decision = {"decision": "approve"}
    assert post(staff, f"/can-bo/san-pham/{product.id}/quyet-dinh", decision).status_code == 303
    assert only(database, Product).storage == "Nơi khô ráo, tránh nắng."
    for url in ("/ban-hang", "/can-bo"):
        assert (maker if url == "/ban-hang" else staff).get(url).status_code == 200
    with database.read() as db:
        for name, query in INVARIANTS.items():
            assert db.connection().exec_driver_sql(query).all() == [], name


def test_registering_without_javascript_lists_communes_and_keeps_fields(
    app: Flask, people: dict[str, str]
) -> None:
    maker = sign_in(app, people["maker"])
    half = PRODUCER | {"commune_code": "", "buoc": "xa", "story": "Chuyện nhà."}
    page = post(maker, "/ban-hang/dang-ky", half)
    assert page.status_code == 200
    assert "Xã Côn Minh" in page.text
    assert "Chuyện nhà." in page.text
    page = post(maker, "/ban-hang/dang-ky", PRODUCER | {"commune_code": ""})
    assert page.status_code == 422
    assert "Xã Côn Minh" in page.text
    page = post(maker, "/ban-hang/dang-ky", PRODUCER | {"commune_code": "00004"})
    assert page.status_code == 422


def test_pages_of_other_producers_and_provinces_are_not_found(
    app: Flask, database: Database, people: dict[str, str]
) -> None:
    with database.write() as db:
        stranger = make_person(db)
        make_producer(db, owner_id=stranger.id)
        product = make_product(db)
        paper = make_certificate(db, product, state="submitted")
        variant = variant_of(db, product)
        photo = db.scalars(select(ProductPhoto)).first()
        assert photo
        db.commit()
        login = stranger.email
    desk = sign_in(app, login)
    at = f"/ban-hang/san-pham/{product.id}"
    gets = [at] + [
        f"{at}/{step}"
        for step in (
            "thong-tin",
            "nhan",
            "chuyen-va-mua",
            "xem-truoc",
            "quy-cach",
            "anh",
            "chung-nhan",
            f"quy-cach/{variant.id}",
        )
    ]
    gets += [
        f"/ban-hang/chung-nhan/{paper.id}",
        f"/ban-hang/co-so/{product.producer_id}",
        f"/ban-hang/co-so/{product.producer_id}/chung-nhan",
        f"/chung-nhan/{paper.id}/ban-chup",
        "/ban-hang/san-pham/99999999999999999999",
        "/ban-hang/chung-nhan/2147483648",
    ]
    for url in gets:
        assert desk.get(url).status_code == 404, url
    for tail in ("gui-duyet", "rut-lai", "bo-thay-doi", "cat", "mo-lai", f"anh/{photo.sha}/xoa"):
        assert post(desk, f"{at}/{tail}").status_code == 404, tail
    for tail in (
        *("thong-tin", "nhan", "chuyen-va-mua", "quy-cach", "anh", "chung-nhan"),
        *("nhap/facts", "nhap/label", "nhap/facts/bo", "nhap/none"),
        *(f"anh/{photo.sha}", f"anh/{photo.sha}/vi-tri"),
    ):
        assert post(desk, f"{at}/{tail}", {"name": "Chiếm", "to": "0"}).status_code == 404, tail
    stolen = {"producer_id": product.producer_id, "name": "Hàng giả", "subgroup": "F32"}
    stolen["regulated_class"] = "none"
    assert post(desk, "/ban-hang/san-pham/moi", stolen).status_code == 404

    other = sign_in(app, people["other_staff"])
    for url in (
        f"/can-bo/san-pham/{product.id}",
        f"/can-bo/nha-san-xuat/{product.producer_id}",
        f"/can-bo/chung-nhan/{paper.id}",
    ):
        assert other.get(url).status_code == 404, url
        assert post(other, f"{url}/quyet-dinh", {"decision": "approve"}).status_code == 404
    assert other.get(f"/chung-nhan/{paper.id}/ban-chup").status_code == 404
    for queue in ("nha-san-xuat?trang_thai=verified", "san-pham", "chung-nhan"):
        assert "Thử nghiệm" not in other.get(f"/can-bo/{queue}").text


def test_desks_are_closed_to_others(app: Flask, people: dict[str, str]) -> None:
    maker, client = sign_in(app, people["maker"]), app.test_client()
    for url in ("/can-bo/san-pham", "/can-bo/nha-san-xuat", "/can-bo/chung-nhan"):
        assert maker.get(url).status_code == 403
        assert client.get(url).status_code == 303
    for url in ("/ban-hang/san-pham", "/ban-hang/dang-ky", "/ban-hang/co-so"):
        assert client.get(url).status_code == 303


def test_staff_send_back_with_a_reason_and_take_down(
    app: Flask, database: Database, people: dict[str, str]
) -> None:
    with database.write() as db:
        product = make_product(db)
        db.commit()
    staff = sign_in(app, people["staff"])
    url = f"/can-bo/san-pham/{product.id}/quyet-dinh"
    assert post(staff, url, {"decision": "take_down"}).status_code == 422
    assert post(staff, url, {"decision": "eat"}).status_code == 422
    assert post(staff, url, {"decision": "approve"}).status_code == 409
    reason = "Nhóm sản phẩm chưa đúng."
    said = {"reason": "sai-nhom", "note": "Xem lại."}
    done = post(staff, url, {"decision": "take_down"} | said)
    assert done.status_code == 303
    with database.read() as db:
        row = db.get_one(Product, product.id)
        assert (row.state, row.decision_note) == ("rejected", f"{reason} Xem lại.")
        assert row.decision_step == "facts", "the ready sentence knows the step"
        assert not db.get_one(ProductFacets, product.id).is_listed
        actions = db.scalars(select(AuditEntry.action)).all()
        assert "product.taken_down" in actions


FORMS = [
    ("/ban-hang/dang-ky", ("name", "kind", "province_code", "commune_code", "public_phone")),
    ("/ban-hang/san-pham/moi", ("producer_id", "name", "subgroup", "summary")),
    ("/ban-hang/san-pham/{id}/thong-tin", ("name", "subgroup", "regulated_class", "summary")),
    ("/ban-hang/san-pham/{id}/chuyen-va-mua", ("story", "story_en", "season_months")),
    ("/ban-hang/san-pham/{id}/nhan", ("ingredients", "shelf_life_days", "origin")),
    (
        "/ban-hang/san-pham/{id}/quy-cach",
        ("label", "price_vnd", "packed_weight_g", "sku", "gtin", "length_mm"),
    ),
    (
        "/ban-hang/san-pham/{id}/chung-nhan",
        ("kind", "stars", "issued_on", "expires_on", "score", "issuer"),
    ),
    ("/ban-hang/san-pham/{id}/anh", ("alt", "alt_en", "photo")),
    ("/ban-hang/san-pham/{id}/anh/{sha}", ("alt", "alt_en", "has_right_to_use")),
    ("/ban-hang/san-pham/{id}/anh/{sha}/vi-tri", ("to",)),
    ("/ban-hang/co-so/{producer}", ("name", "province_code", "commune_code")),
    ("/ban-hang/co-so/{producer}/chung-nhan", ("kind", "issued_on", "issuer")),
    ("/can-bo/san-pham/{id}/quyet-dinh", ("decision", "reason", "note")),
    ("/can-bo/nha-san-xuat/{producer}/quyet-dinh", ("decision", "note")),
    ("/can-bo/chung-nhan/{paper}/quyet-dinh", ("decision", "note")),
]
HOSTILE = [
    "",
    "99999999999999999999",
    "-5",
    "1e9",
    "\x00",
    "a\x00b\u202e",
    "<script>alert(1)</script>",
    "'; DROP TABLE product; --",
    "=cmd|' /C calc'!A0",
    "%s%n{{7*7}}",
    "e\u0302\u0301" * 50,
    "x" * 500_000,
    "0001-01-01",
    "9999-12-31",
    "\ud800".encode("utf-8", "surrogatepass"),
]


@pytest.fixture
def everything(database: Database, app: Flask) -> tuple[FlaskClient, FlaskClient, dict[str, Any]]:
    """A producer's client, a staff client and the ids of what they work on."""
    with database.write() as db:
        owner, staff = make_person(db), make_staff(db)
        producer = make_producer(db, owner_id=owner.id)
        product = make_product(db, producer=producer, published=False)
        paper = make_certificate(db, product, state="submitted")
        sha = make_photo(db, product).sha
        db.commit()
    ids = {"id": product.id, "producer": producer.id, "paper": paper.id, "sha": sha}
    return sign_in(app, owner.email), sign_in(app, staff.email), ids


@pytest.mark.parametrize(("path", "fields"), FORMS, ids=[path for path, _fields in FORMS])
def test_hostile_input_is_refused_calmly(
    everything: tuple[FlaskClient, FlaskClient, dict[str, Any]],
    path: str,
    fields: tuple[str, ...],
) -> None:
    desk, staff, ids = everything
    client = staff if path.startswith("/can-bo") else desk
    url = path.format(**ids)
    for value in HOSTILE:
        answer = post(client, url, dict.fromkeys(fields, value))
        assert answer.status_code < 500, (url, value)
        assert "<script>alert" not in answer.text
    for field in fields:
        for value in HOSTILE[1:4]:
            answer = post(client, url, {field: value})
            assert answer.status_code < 500, (url, field, value)
    page = url.removesuffix("/quyet-dinh").partition(f"/{ids['sha']}")[0]
    assert client.get(page).status_code == 200


def test_what_was_typed_is_kept_beside_the_error(
    everything: tuple[FlaskClient, FlaskClient, dict[str, Any]],
) -> None:
    desk, _staff, ids = everything
    at = f"/ban-hang/san-pham/{ids['id']}"
    page = post(
        desk, f"{at}/quy-cach", {"label": "Hũ 1 lít", "price_vnd": "500", "packed_weight_g": "0"}
    )
    assert page.status_code == 422
    assert 'value="Hũ 1 lít"' in page.text
    assert "Phải từ 1.000 đến" in page.text
    page = post(
        desk,
        f"{at}/quy-cach",
        {"label": "A", "price_vnd": "5000", "packed_weight_g": "10", "gtin": "8931234567891"},
    )
    assert page.status_code == 422
    assert "Số kiểm tra cuối mã vạch không khớp" in page.text
    page = post(desk, f"{at}/chung-nhan", {"kind": "ocop", "issuer": "X", "issued_on": "x"})
    assert page.status_code == 422
    assert "Ngày chưa đúng" in page.text
    for raw in (b"", b"GIF89a;<script>alert(1)</script>", b"PK\x03\x04zip", b"<svg/>"):
        sent = {"photo": (io.BytesIO(raw), "a.jpg"), "alt": "Bó miến"}
        page = post(desk, f"{at}/anh", sent)
        assert page.status_code == 422
        assert 'value="Bó miến"' in page.text
    page = post(desk, f"{at}/anh", {})
    assert "Vui lòng chọn một ảnh." in page.text


def test_photo_steps(
    everything: tuple[FlaskClient, FlaskClient, dict[str, Any]], database: Database
) -> None:
    desk, _staff, ids = everything
    at = f"/ban-hang/san-pham/{ids['id']}/anh"
    for side in (50, 60):
        sent = {"photo": (io.BytesIO(jpeg(side)), "a.jpg"), "has_right_to_use": "y"}
        assert post(desk, at, sent).status_code == 303

    def shas() -> list[str]:
        with database.read() as db:
            return list(db.scalars(select(ProductPhoto.sha).order_by(ProductPhoto.position)))

    last = shas()[-1]
    words = {"alt": "Bìa", "is_cover": "y", "is_illustration": "y"}
    assert post(desk, f"{at}/{last}", words).status_code == 303
    assert shas()[0] == last
    assert "Hình minh họa" in desk.get(at).text
    assert post(desk, f"{at}/{last}/xoa").status_code == 303
    assert last not in shas()
    assert post(desk, f"{at}/{last}/xoa").status_code == 404


def test_list_pages_ask_the_same_number_of_questions_for_one_and_for_many(
    app: Flask, database: Database, count_queries: Callable[[Database], Any]
) -> None:
    with database.write() as db:
        owner = make_person(db)
        producer = make_producer(db, owner_id=owner.id)
        make_product(db, producer=producer)
        db.commit()
    desk = sign_in(app, owner.email)
    house = app.extensions["house"].database
    with count_queries(house) as one:
        assert desk.get("/ban-hang/san-pham").status_code == 200
    with database.write() as db:
        for _ in range(20):
            make_product(db, producer=producer)
        db.commit()
    with count_queries(house) as many:
        assert desk.get("/ban-hang/san-pham").status_code == 200
    assert len(many) == len(one)
