"""Words typed into the editor: kept as they are typed, for each person, never lost, never mixed."""

import multiprocessing
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.catalogue import jobs, queries, rules, services
from shop.catalogue.models import Product, ProductDraft
from shop.core.db import Database
from shop.core.errors import DomainError
from tests.conftest import post
from tests.factories.accounts import make_member, make_person
from tests.factories.catalogue import make_certificate, make_producer, make_product
from tests.shop.catalogue.test_desk_routes import HOSTILE, sign_in

FACTS = {
    "name": "Miến dong nháp",
    "subgroup": "F32",
    "regulated_class": "none",
    "summary": "Sợi dai.",
}
AT_ONCE = 4


class Desk:
    """Two people of one producer, one of another, and a draft of the first two."""

    def __init__(self, app: Flask, database: Database, **over: Any) -> None:
        self.app, self.database = app, database
        with database.write() as db:
            self.first, self.foreign = make_person(db), make_person(db)
            producer = make_producer(db, owner_id=self.first.id)
            self.second = make_member(db, "producer", producer.id, "member")
            make_producer(db, owner_id=self.foreign.id)
            values = {"published": False, "name": "Miến dong", **over}
            self.id = make_product(db, producer=producer, **values).id
            db.commit()

    @property
    def at(self) -> str:
        return f"/ban-hang/san-pham/{self.id}"

    def client(self, who: Any) -> FlaskClient:
        return sign_in(self.app, who.email)

    def stored(self) -> Product:
        with self.database.read() as db:
            return db.get_one(Product, self.id)

    def drafts(self) -> list[ProductDraft]:
        with self.database.read() as db:
            return list(db.scalars(select(ProductDraft).order_by(ProductDraft.id)))


@pytest.fixture
def desk(app: Flask, database: Database) -> Desk:
    return Desk(app, database)


def keep(client: FlaskClient, at: str, version: int = 0, **fields: Any) -> Any:
    return post(client, at, {"version": str(version), **fields})


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_words_are_kept_shown_again_and_gone_once_saved(desk: Desk) -> None:
    client, other = desk.client(desk.first), desk.client(desk.second)
    first = keep(client, f"{desk.at}/nhap/facts", **FACTS)
    assert (first.status_code, first.json["version"]) == (200, 1)
    assert first.json["said"].startswith("Đã lưu lúc ")
    second = keep(client, f"{desk.at}/nhap/facts", 1, **FACTS | {"summary": "Sợi trong."})
    assert second.json["version"] == 2
    assert desk.stored().name == "Miến dong"
    page = client.get(f"{desk.at}/thong-tin").text
    assert 'value="Miến dong nháp"' in page
    assert "Sợi trong." in page
    assert "Đang gõ tiếp phần chưa lưu" in page
    assert hidden(page, "version") == "2"
    assert "Miến dong nháp" not in other.get(f"{desk.at}/thong-tin").text
    assert "cũng đang gõ ở bước này" in other.get(f"{desk.at}/thong-tin").text
    assert "Miến dong nháp" in client.get(f"{desk.at}/xem-truoc").text
    saved = post(client, f"{desk.at}/thong-tin", FACTS | {"seen": hidden(page, "seen")})
    assert saved.status_code == 303
    assert desk.stored().name == "Miến dong nháp"
    assert desk.drafts() == []


def test_a_new_product_is_a_draft_from_its_first_letter(desk: Desk) -> None:
    client = desk.client(desk.first)
    assert keep(client, "/ban-hang/san-pham/moi/nhap", name="Trà").status_code == 200
    assert "Gõ tiếp" in client.get("/ban-hang/san-pham").text
    page = client.get("/ban-hang/san-pham/moi").text
    assert 'value="Trà"' in page
    made = post(
        client, "/ban-hang/san-pham/moi", FACTS | {"producer_id": hidden(page, "producer_id")}
    )
    assert made.status_code == 303
    assert desk.drafts() == []
    assert "Gõ tiếp" not in client.get("/ban-hang/san-pham").text
    assert keep(client, "/ban-hang/san-pham/moi/nhap", name="Lạc").status_code == 200
    assert post(client, "/ban-hang/san-pham/moi/nhap/bo").status_code == 303
    assert desk.drafts() == []


def test_two_windows_of_one_person_do_not_overwrite_each_other_unseen(desk: Desk) -> None:
    at, client = f"{desk.at}/nhap/story", desk.client(desk.first)
    assert keep(client, at, story="một").json["version"] == 1
    late = keep(client, at, story="hai")
    assert late.status_code == 409
    assert late.json["version"] == 1
    assert "Chữ ở đây vẫn còn nguyên" in late.json["conflict"]
    assert desk.drafts()[0].fields["story"] == ["một"]
    knowing = keep(client, at, late.json["version"], story="hai")
    assert knowing.json["version"] == 2
    again = keep(client, at, 1, story="hai")
    assert (again.status_code, again.json["version"]) == (200, 2)


def test_somebody_else_saved_meanwhile(desk: Desk) -> None:
    first, second = desk.client(desk.first), desk.client(desk.second)
    began = hidden(first.get(f"{desk.at}/thong-tin").text, "seen")
    assert keep(first, f"{desk.at}/nhap/facts", seen=began, **FACTS).json["behind"] is False
    theirs = FACTS | {"name": "Miến của người kia", "summary": "Khác."}
    assert post(second, f"{desk.at}/thong-tin", theirs | {"seen": began}).status_code == 303
    kept = keep(first, f"{desk.at}/nhap/facts", 1, seen=began, **FACTS | {"name_en": "x"})
    assert kept.json["behind"] is True
    page = first.get(f"{desk.at}/thong-tin").text
    assert 'value="Miến dong nháp"' in page
    assert "Miến của người kia" in page
    assert "Bản đang lưu khác ở" in page
    refused = post(first, f"{desk.at}/thong-tin", FACTS | {"seen": began})
    assert refused.status_code == 409
    assert "Người khác vừa lưu phần này" in refused.text
    assert 'value="Miến dong nháp"' in refused.text
    assert "Miến của người kia" in refused.text
    assert desk.stored().name == "Miến của người kia"
    assert len(desk.drafts()) == 1
    now_known = hidden(refused.text, "seen")
    assert post(first, f"{desk.at}/thong-tin", FACTS | {"seen": now_known}).status_code == 303
    assert desk.stored().name == "Miến dong nháp"


def test_other_steps_do_not_stand_in_the_way(desk: Desk) -> None:
    first, second = desk.client(desk.first), desk.client(desk.second)
    began = hidden(first.get(f"{desk.at}/chuyen-va-mua").text, "seen")
    assert post(second, f"{desk.at}/thong-tin", FACTS).status_code == 303
    told = post(first, f"{desk.at}/chuyen-va-mua", {"story": "Chuyện.", "seen": began})
    assert told.status_code == 303
    assert desk.stored().story == "Chuyện."


def test_handing_in_saves_what_is_typed(desk: Desk) -> None:
    client = desk.client(desk.first)
    assert keep(client, f"{desk.at}/nhap/facts", **FACTS).status_code == 200
    assert keep(client, f"{desk.at}/nhap/story", story="Chuyện.", season_months=["1", "2"]).json
    assert keep(client, f"{desk.at}/nhap/variants", label="Gói").status_code == 200
    page = client.get(desk.at).text
    assert page.count("Gõ dở") == 3
    assert post(client, f"{desk.at}/gui-duyet").status_code == 303
    stored = desk.stored()
    assert (stored.state, stored.name, stored.story) == ("submitted", "Miến dong nháp", "Chuyện.")
    assert stored.season_mask == 3
    assert [draft.form for draft in desk.drafts()] == ["variants"]


def test_handing_in_refuses_what_is_typed_wrong_and_keeps_it(desk: Desk) -> None:
    client = desk.client(desk.first)
    keep(client, f"{desk.at}/nhap/facts", **FACTS | {"name": "x"})
    refused = post(client, f"{desk.at}/gui-duyet")
    assert refused.status_code == 422
    assert "Bước “Là gì” còn ô chưa đúng" in refused.text
    assert desk.stored().state == "draft"
    assert len(desk.drafts()) == 1


def test_handing_in_notices_what_others_saved(desk: Desk) -> None:
    first, second = desk.client(desk.first), desk.client(desk.second)
    began = hidden(first.get(f"{desk.at}/thong-tin").text, "seen")
    keep(first, f"{desk.at}/nhap/facts", seen=began, **FACTS)
    post(second, f"{desk.at}/thong-tin", FACTS | {"name": "Miến khác", "seen": began})
    refused = post(first, f"{desk.at}/gui-duyet")
    assert refused.status_code == 409
    assert (desk.stored().state, desk.stored().name) == ("draft", "Miến khác")


def test_giving_up_shows_what_is_stored_again(desk: Desk) -> None:
    client = desk.client(desk.first)
    keep(client, f"{desk.at}/nhap/facts", **FACTS)
    assert post(client, f"{desk.at}/nhap/facts/bo").location == f"{desk.at}/thong-tin"
    assert 'value="Miến dong"' in client.get(f"{desk.at}/thong-tin").text


def test_remarks_come_back_beside_their_fields(desk: Desk) -> None:
    client = desk.client(desk.first)
    sent = FACTS | {"name": "Miến OCOP 5 sao", "summary": "Chữa đau dạ dày, ngon nhất vùng."}
    hints = keep(client, f"{desk.at}/nhap/facts", **sent).json["hints"]
    assert 'data-finding="claims_ocop_rank"' in hints["name"]
    assert "1162" in hints["name"]
    assert 'data-finding="claims_healing"' in hints["summary"]
    assert 'data-finding="claims_best"' in hints["summary"]
    assert hints["name_en"].strip() == ""
    assert 'data-finding="claims_healing"' in client.get(f"{desk.at}/thong-tin").text
    new = keep(client, "/ban-hang/san-pham/moi/nhap", name="Trà thuốc").json["hints"]
    assert 'data-finding="claims_healing"' in new["name"]
    evil = keep(client, f"{desk.at}/nhap/facts", 1, name="<b>chữa</b>").json["hints"]["name"]
    assert "<b>" not in evil


def test_a_proven_rank_may_stand_in_the_name(app: Flask, database: Database) -> None:
    desk = Desk(app, database, name="Miến OCOP 4 sao")
    client = desk.client(desk.first)
    assert post(client, f"{desk.at}/gui-duyet").status_code == 422
    with database.write() as db:
        make_certificate(db, db.get_one(Product, desk.id))
        db.commit()
    assert post(client, f"{desk.at}/gui-duyet").status_code == 303


def test_steps_say_what_is_missing(app: Flask, database: Database) -> None:
    desk = Desk(app, database, origin="", usage="", photo=False)
    page = desk.client(desk.first).get(f"{desk.at}/chuyen-va-mua").text
    steps = page[page.index("data-marks") : page.index("</ol>", page.index("data-marks"))]
    marks = re.findall(r'(\d)\. [^<]+<span class="mark mark-(\w+)">(\d?)', steps)
    assert ("2", "bad", "2") in marks
    assert ("5", "bad", "1") in marks
    assert ("1", "ok", "") in marks
    assert 'href="' in steps


@pytest.mark.parametrize("key", ["facts", "label", "story", "variants", "certificates"])
def test_hostile_words_are_kept_or_refused_calmly(desk: Desk, key: str) -> None:
    client, fields = desk.client(desk.first), list(queries_fields(key))
    version = 0
    for value in HOSTILE:
        sent = dict.fromkeys([*fields, "seen"], value)
        answer = keep(client, f"{desk.at}/nhap/{key}", version, **sent)
        assert answer.status_code in {200, 413}, value[:20]
        version = answer.json["version"] if answer.status_code == 200 else version
        assert b"<script>alert" not in answer.data
    for wrong in ("-1", "x", "9" * 40, "\x00", ""):
        answer = post(client, f"{desk.at}/nhap/{key}", {"version": wrong, fields[0]: "khác"})
        assert answer.status_code in {200, 409}
    for page in ("thong-tin", "nhan", "chuyen-va-mua", "quy-cach", "chung-nhan", "xem-truoc", ""):
        assert client.get(f"{desk.at}/{page}".rstrip("/")).status_code == 200, page
    assert post(client, f"{desk.at}/gui-duyet").status_code in {303, 422}


def queries_fields(key: str) -> tuple[str, ...]:
    others = {
        "variants": ("label", "price_vnd", "packed_weight_g", "gtin", "is_active"),
        "certificates": ("kind", "stars", "issued_on", "score", "issuer"),
        "story": ("story", "story_en", "season_months"),
    }
    return others.get(key) or rules.STEP_FIELDS[key]


def test_other_people_s_products_do_not_exist(desk: Desk) -> None:
    keep(desk.client(desk.first), f"{desk.at}/nhap/facts", **FACTS)
    foreign = desk.client(desk.foreign)
    for tail in ("nhap/facts", "nhap/facts/bo", "nhap/story", "nhap/none"):
        assert post(foreign, f"{desk.at}/{tail}", FACTS).status_code == 404, tail
    for tail in ("chuyen-va-mua", "xem-truoc"):
        assert foreign.get(f"{desk.at}/{tail}").status_code == 404
    assert post(desk.app.test_client(), f"{desk.at}/nhap/facts", FACTS).status_code == 403
    mine = desk.client(desk.first)
    assert post(mine, f"{desk.at}/nhap/none", FACTS).status_code == 404
    assert post(mine, f"{desk.at}/nhap/none/bo", FACTS).status_code == 404
    assert post(mine, "/ban-hang/san-pham/999999/nhap/facts", FACTS).status_code == 404
    assert len(desk.drafts()) == 1


def test_rights_are_judged_again_when_writing(desk: Desk, now: datetime) -> None:
    given: dict[str, Any] = {"product_id": desk.id, "form": "facts", "seen": "", "version": 0}
    with desk.database.write() as db, pytest.raises(DomainError):
        services.keep_typed(db, actor_id=desk.foreign.id, fields={"name": ["x"]}, now=now, **given)
    given["product_id"] = 987_654
    with desk.database.write() as db, pytest.raises(DomainError):
        services.keep_typed(db, actor_id=desk.first.id, fields={"name": ["x"]}, now=now, **given)


def test_words_left_alone_for_three_months_are_forgotten(desk: Desk, now: datetime) -> None:
    given: dict[str, Any] = {"actor_id": desk.first.id, "seen": "", "version": 0}
    with desk.database.transaction() as db:
        for form, days in (("facts", 91), ("story", 89)):
            services.keep_typed(
                db,
                product_id=desk.id,
                form=form,
                fields={"x": ["y"]},
                now=now - timedelta(days=days),
                **given,
            )
    jobs.forget_drafts(desk.database, now)
    assert [draft.form for draft in desk.drafts()] == ["story"]


def _save(
    url: str, product_id: int, actor_id: int, seen: str, name: str, at: str, out: Any
) -> None:
    """In a process of its own: save a name over what was seen; tell how it went."""
    database = Database(url)
    out.put("ready")
    start = datetime.fromisoformat(at)
    try:
        with database.transaction() as db:
            services.edit_product(
                db,
                product_id=product_id,
                actor_id=actor_id,
                changes={"name": name, "summary": name},
                now=start,
                seen=seen,
            )
        out.put("ok")
    except DomainError as error:
        out.put(type(error).__name__)
    finally:
        database.dispose()


@pytest.mark.parametrize("is_guarded", [True, False])
def test_of_two_editors_at_once_one_saves_and_one_is_told(
    desk: Desk, now: datetime, is_guarded: bool
) -> None:
    """In processes. Without the digest (the control) both would save and one be overwritten."""
    with desk.database.read() as db:
        values = queries.draft_of(db, desk.id).values
    seen = rules.stamp(values, ("name", "summary")) if is_guarded else ""
    spawn = multiprocessing.get_context("spawn")
    out = spawn.Queue()
    url = desk.database.url.render_as_string(hide_password=False)
    people = (desk.first, desk.second)
    editors = [
        spawn.Process(
            target=_save,
            args=(url, desk.id, one.id, seen, f"Miến {one.id}", now.isoformat(), out),
        )
        for one in people
    ]
    for editor in editors:
        editor.start()
    told = sorted(out.get(timeout=60) for _ in range(4))
    for editor in editors:
        editor.join(30)
    expected = ["EditedMeanwhile", "ok"] if is_guarded else ["ok", "ok"]
    assert told == sorted([*expected, "ready", "ready"])
    assert desk.stored().name in {f"Miến {one.id}" for one in people}


def test_windows_that_send_at_once_leave_one_draft(desk: Desk, now: datetime) -> None:
    start = Barrier(AT_ONCE)

    def send(number: int) -> str:
        start.wait(10)
        with desk.database.write() as db:
            try:
                services.keep_typed(
                    db,
                    actor_id=desk.first.id,
                    product_id=None,
                    form="facts",
                    fields={"name": [f"bản {number}"]},
                    seen="",
                    version=0,
                    now=now,
                )
                db.commit()
            except DomainError as error:
                return type(error).__name__
        return "ok"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = sorted(pool.map(send, range(AT_ONCE)))
    assert told == ["TypedElsewhere"] * (AT_ONCE - 1) + ["ok"]
    with desk.database.read() as db:
        assert db.scalar(select(func.count()).select_from(ProductDraft)) == 1
