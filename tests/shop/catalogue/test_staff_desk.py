"""The staff's queue and clock, diffs, reference data, and the union's badge."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from shop.catalogue import queries, rules, services
from shop.catalogue.models import Product, ProductFacets, ReferenceEntry, YouthEndorsement
from shop.catalogue.rules import reference
from shop.catalogue.services import EndorsementFacts
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import make_admin, make_person, make_staff
from tests.factories.catalogue import make_certificate, make_producer, make_product
from tests.shop.catalogue.test_concurrency import race


def sign_in(app: Flask, login: str | None) -> FlaskClient:
    client = app.test_client()
    answer = post(client, "/dang-nhap", {"login": login, "password": "chophien-demo"})
    assert answer.status_code == 303
    return client


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2026-11-18T09:00+07:00", "2026-11-20T09:00+07:00"),
        ("2026-11-19T09:00+07:00", "2026-11-23T00:00+07:00"),
        ("2026-11-20T09:00+07:00", "2026-11-24T00:00+07:00"),
        ("2026-11-21T09:00+07:00", "2026-11-25T00:00+07:00"),
        ("2026-11-22T23:59+07:00", "2026-11-25T00:00+07:00"),
        ("2026-11-23T09:00+07:00", "2026-11-25T09:00+07:00"),
    ],
)
def test_the_clock_counts_working_days(since: str, due: str) -> None:
    assert rules.due_at(at(since)) == at(due)
    wait = rules.waiting(at(since), at(due) - timedelta(hours=1))
    assert wait.state == "soon"
    assert rules.waiting(at(since), at(due) + timedelta(seconds=1)).state == "late"
    assert rules.waiting(at(since), at(since)).hours == 0


def test_words_that_changed_are_marked() -> None:
    pieces = rules.word_changes("Nơi khô ráo, thoáng mát.", "Nơi khô ráo, tránh nắng.")
    assert "".join(p.text for p in pieces if p.kind != "new") == "Nơi khô ráo, thoáng mát."
    assert "".join(p.text for p in pieces if p.kind != "gone") == "Nơi khô ráo, tránh nắng."
    assert pieces[0] == rules.Piece("same", "Nơi khô ráo, ")
    assert [p.kind for p in rules.word_changes("a " * 2000, "b")] == ["gone", "new"]
    assert rules.word_changes("", "mới") == [rules.Piece("new", "mới")]


def test_everything_that_waits_stands_in_one_queue(
    app: Flask, database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        here, there = make_staff(db, "19"), make_staff(db, "01")
        producer = make_producer(db, name="HTX Đã Xong")
        make_producer(db, name="HTX Mới Gửi", state="submitted", verified_at=None)
        product = make_product(
            db, producer=producer, name="Trà Chờ", published=False, state="submitted"
        )
        product.submitted_at = now - timedelta(days=9)
        make_certificate(db, make_product(db, producer=producer), state="submitted")
        make_product(
            db,
            producer=make_producer(db, province_code="01"),
            name="Cốm Xa",
            published=False,
            state="submitted",
            submitted_at=now,
        )
    with database.read() as db:
        counts = queries.waiting_counts(db, frozenset({"19"}))
        assert dict(counts) == {
            ("producer", "19"): 1,
            ("product", "19"): 1,
            ("certificate", "19"): 1,
        }
        rows = queries.waiting_things(db, None, limit=10)
        assert rows[0].title == "Trà Chờ"
        assert len(rows) == 4
    staff = sign_in(app, here.email)
    page = staff.get("/can-bo/duyet").text
    assert "Trà Chờ" in page
    assert "wait-late" in page
    assert "HTX Mới Gửi" in page
    assert "Cốm Xa" not in page
    assert "Trà Chờ" not in staff.get("/can-bo/duyet?loai=producer&tinh=19").text
    assert "Cốm Xa" in sign_in(app, there.email).get("/can-bo/duyet?loai=x&tinh=19").text


def test_a_taken_down_product_is_compared_with_its_last_approval(
    app: Flask, database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        owner, staff = make_person(db), make_staff(db, "19")
        product = make_product(
            db,
            producer=make_producer(db, owner_id=owner.id),
            published=False,
            state="submitted",
            storage="Nơi mát.",
        )
        judge: dict[str, Any] = {"product_id": product.id, "actor_id": staff.id}
        mine: dict[str, Any] = {"product_id": product.id, "actor_id": owner.id}
        services.decide_product(db, approve=True, now=now, **judge)
        services.take_down_product(db, note="Nhãn sai", step="label", now=now, **judge)
        assert product.decision_step == "label"
        services.edit_product(db, changes={"storage": "Nơi khô."}, now=now, **mine)
        services.submit_product(db, now=now, **mine)
    client = sign_in(app, staff.email)
    page = client.get(f"/can-bo/san-pham/{product.id}").text
    assert 'data-change="storage"' in page
    assert "<del>mát.</del><ins>khô.</ins>" in page
    with database.transaction() as db:
        services.decide_product(
            db, approve=False, note="Chưa được", step="photos", now=now, **judge
        )
    editor = sign_in(app, owner.email)
    assert "Chưa được" in editor.get(f"/ban-hang/san-pham/{product.id}/anh").text
    assert "Chưa được" not in editor.get(f"/ban-hang/san-pham/{product.id}/nhan").text
    assert "Chưa được" in editor.get(f"/ban-hang/san-pham/{product.id}").text


# Reference data


def test_an_entry_is_edited_with_history_and_counts_at_once(app: Flask, database: Database) -> None:
    with database.transaction() as db:
        admin, staff = make_admin(db), make_staff(db, "19")
    desk = sign_in(app, admin.email)
    page = "/can-bo/danh-muc/subgroup/muc/F33"
    assert "Chế biến từ rau" in desk.get(page).text
    said = {
        "label": "Rau quả chế biến",
        "label_en": "Processed vegetables",
        "revision": "0",
        "why": "Theo quyết định mới",
        "group": "tourism",
    }
    assert post(sign_in(app, staff.email), page, said).status_code == 403
    assert post(desk, page, said | {"why": ""}).status_code == 422
    assert post(desk, page, said | {"valid_from": "2027-01-02", "valid_until": "2027-01-01"})
    assert post(desk, page, said).status_code == 303
    assert post(desk, page, said).status_code == 409, "someone was first"
    assert rules.SUBGROUPS["F33"].label == "Rau quả chế biến"
    assert rules.SUBGROUPS["F33"].group == "food", "its group is fixed"
    history = desk.get(page).text
    assert "Theo quyết định mới" in history
    assert "Bản đầu" in history
    new = {"code": "F36", "label": "Nấm", "label_en": "Mushrooms", "group": "food", "why": "Thêm"}
    over = new | {"valid_until": "2020-01-01", "code": "F37"}
    assert post(desk, "/can-bo/danh-muc/subgroup/moi", new).status_code == 303
    assert post(desk, "/can-bo/danh-muc/subgroup/moi", new).status_code == 422
    assert post(desk, "/can-bo/danh-muc/subgroup/moi", over).status_code == 303
    assert post(desk, "/can-bo/danh-muc/subgroup/moi", new | {"code": "f-1"}).status_code == 422
    assert post(desk, "/can-bo/danh-muc/xxx/moi", new).status_code == 404
    open_codes = {
        sub.code for sub in rules.open_subgroups(datetime(2026, 11, 22, tzinfo=UTC).date())
    }
    assert "F36" in open_codes
    assert "F37" not in open_codes, "its time is over"
    with database.read() as db:
        assert len(db.scalars(select(ReferenceEntry)).all()) == 3
    reference.use_source(None)
    assert rules.SUBGROUPS["F33"].label != "Rau quả chế biến", "the seed itself is untouched"


@pytest.mark.parametrize("kind", rules.KINDS)
def test_every_kind_has_its_pages_and_survives_nonsense(
    app: Flask, database: Database, kind: str
) -> None:
    with database.transaction() as db:
        admin = make_admin(db)
    desk = sign_in(app, admin.email)
    assert desk.get(f"/can-bo/danh-muc/{kind}").status_code == 200
    assert desk.get(f"/can-bo/danh-muc/{kind}/moi").status_code == 200
    code = rules.current().of(kind)[0].code
    page = f"/can-bo/danh-muc/{kind}/muc/{code}"
    assert desk.get(page).status_code == 200
    for value in ("\x00", "9" * 400, "x" * 20_000, "No\u0302ng", "-1"):
        fields = dict.fromkeys(
            ("code", "label", "label_en", "revision", "group", "nature", "valid_from", "why"), value
        )
        for path in (page, f"/can-bo/danh-muc/{kind}/moi"):
            assert post(desk, path, fields).status_code in {409, 413, 422}, value
    assert desk.get(f"/can-bo/danh-muc/{kind}/muc/%00").status_code == 404


def test_two_who_edit_one_entry_meet(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        admins = [make_admin(db) for _ in range(4)]

    def act(admin_id: int) -> Callable[[Any], Any]:
        return lambda db: services.write_entry(
            db,
            kind="reason",
            code="sai-nhom",
            base_revision=0,
            data={"label": "Sai", "label_en": "Wrong", "subject": "product", "step": ""},
            valid_from=None,
            valid_until=None,
            note="thử",
            actor_id=admin_id,
            now=now,
        )

    outcome = race(database, [act(admin.id) for admin in admins])
    assert sorted(outcome) == ["RevisedMeanwhile"] * 3 + ["ok"]


# The union's badge


def facts(**over: Any) -> EndorsementFacts:
    values: dict[str, Any] = {
        "union_unit": "Xã đoàn Côn Minh",
        "project": "Miến sạch",
        "year": 2025,
    }
    return EndorsementFacts(**(values | over))


def test_the_badge_follows_the_unit_that_vouches(
    app: Flask, database: Database, now: datetime
) -> None:
    with database.transaction() as db:
        owner, here, there = make_person(db), make_staff(db, "19"), make_staff(db, "01")
        producer = make_producer(db, owner_id=owner.id, slug="htx-tre", name="HTX Trẻ")
        product = make_product(db, producer=producer, slug="mien-tre", name="Miến Trẻ")
    maker, staff, far = (sign_in(app, who.email) for who in (owner, here, there))
    ask = f"/ban-hang/khoi-nghiep/{producer.id}"
    fields = {"union_unit": "Xã đoàn Côn Minh", "project": "Miến sạch", "year": "2025"}
    assert post(maker, ask, fields | {"year": "2099"}).status_code == 422
    assert post(maker, ask, fields).status_code == 303
    assert post(maker, ask, fields).status_code == 409
    with database.read() as db:
        one = db.scalars(select(YouthEndorsement.id)).one()
        assert not db.get_one(ProductFacets, product.id).is_youth_led
    judge = f"/can-bo/bao-tro/{one}"
    assert far.get(judge).status_code == 404
    assert post(far, f"{judge}/quyet-dinh", {"decision": "approve"}).status_code == 404
    assert post(staff, f"{judge}/quyet-dinh", {"decision": "reject"}).status_code == 422
    assert post(staff, f"{judge}/quyet-dinh", {"decision": "approve"}).status_code == 303
    guest = app.test_client()
    for page in ("/san-pham?thanh_nien=1", "/san-pham/mien-tre", "/nha-san-xuat/htx-tre"):
        assert "Xã đoàn Côn Minh" in guest.get(page).text, page
    note = {"decision": "revoke", "note": "Dự án dừng"}
    assert post(staff, f"{judge}/quyet-dinh", note).status_code == 303
    assert post(staff, f"{judge}/quyet-dinh", note).status_code == 409
    for page in ("/san-pham", "/san-pham/mien-tre", "/nha-san-xuat/htx-tre"):
        assert "Xã đoàn Côn Minh" not in guest.get(page).text, page
    record = f"/can-bo/nha-san-xuat/{producer.id}/bao-tro"
    assert far.get(record).status_code == 404
    assert post(staff, record, fields | {"union_unit": "Tỉnh đoàn"}).status_code == 303
    with database.read() as db:
        assert db.get_one(ProductFacets, product.id).youth_unit == "Tỉnh đoàn"


def test_one_of_two_decisions_on_a_request_counts(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        owner = make_person(db)
        staff = [make_staff(db, "19") for _ in range(4)]
        producer = make_producer(db, owner_id=owner.id)
        make_product(db, producer=producer)
        row = services.request_endorsement(
            db, producer_id=producer.id, actor_id=owner.id, facts=facts(), now=now
        )

    def act(staff_id: int, approve: bool) -> Callable[[Any], Any]:
        return lambda db: services.decide_endorsement(
            db,
            endorsement_id=row.id,
            actor_id=staff_id,
            approve=approve,
            note="Xem",
            now=now,
        )

    outcome = race(database, [act(one.id, n % 2 == 0) for n, one in enumerate(staff)])
    assert sorted(outcome) == ["DecidedAlready"] * 3 + ["ok"]
    with database.read() as db:
        is_led = db.get_one(YouthEndorsement, row.id).state == "confirmed"
        assert db.scalars(select(ProductFacets.is_youth_led)).one() is is_led
        assert db.scalars(select(Product.id)).one()
