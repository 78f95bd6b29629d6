"""Signing up, in and out, and the pages of the own account, as a browser meets them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.accounts import passwords, services
from shop.accounts.models import AuditEntry, Person, SignIn, StaffScope
from shop.core import clock
from shop.core.db import Database
from tests.conftest import post
from tests.factories.accounts import PASSWORD, make_admin, make_member, make_person, make_staff

SignInAs = Callable[..., FlaskClient]


def sign_in(client: FlaskClient, login: str, password: str = PASSWORD, **over: Any) -> Any:
    return post(client, "/dang-nhap", {"login": login, "password": password, **over})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/tai-khoan").status_code == 200


def test_sign_up_makes_an_account_and_signs_in(client: FlaskClient, database: Database) -> None:
    answer = post(
        client,
        "/dang-ky",
        {"name": "Nông Thị Hà", "login": "0912 345 678", "password": "chè shan tuyết"},
    )
    assert answer.status_code == 303
    assert answer.location == "/tai-khoan"
    assert is_signed_in(client)
    with database.read() as db:
        person = db.scalars(select(Person)).one()
        assert person.phone == "0912345678"
        assert person.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("login", "xin chào", "số điện thoại"),
        ("login", "", "Vui lòng điền"),
        ("name", "", "Vui lòng điền"),
        ("password", "ngắn", "ít nhất 8"),
        ("password", "12345678", "dễ đoán"),
        ("password", "MatKhau123", "dễ đoán"),
        ("password", "aaaaaaaaaaaa", "dễ đoán"),
        ("password", "ha@example.test", "dễ đoán"),
        ("password", "x" * 201, "Tối đa 200"),
    ],
)
def test_sign_up_says_beside_the_field_what_is_wrong(
    client: FlaskClient, field: str, value: str, words: str
) -> None:
    fields = {"name": "Hà", "login": "ha@example.test", "password": "chè shan tuyết"}
    answer = post(client, "/dang-ky", fields | {field: value})
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in body
    assert f'id="{field}-err"' in body
    if field != "name":
        assert 'value="Hà"' in body
    assert "chè shan" not in body


def test_taken_login_is_told(client: FlaskClient, db: Session) -> None:
    make_person(db, email="ha@example.test")
    db.commit()
    fields = {"name": "Hà", "login": "HA@example.test", "password": "chè shan tuyết"}
    answer = post(client, "/dang-ky", fields)
    assert answer.status_code == 409
    assert "đã có tài khoản" in answer.get_data(as_text=True)


@pytest.mark.parametrize("typed", ["0912345678", "0912 345 678", "+84 912 345 678", "84912345678"])
def test_phone_is_understood_as_typed(client: FlaskClient, db: Session, typed: str) -> None:
    make_person(db, email=None, phone="0912345678")
    db.commit()
    assert sign_in(client, typed).status_code == 303


def test_wrong_password_and_unknown_login_look_the_same(client: FlaskClient, db: Session) -> None:
    person = make_person(db)
    db.commit()
    answers = [sign_in(client, login, "sai rồi nhé") for login in (person.email, "no@no.test")]
    bodies = [re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True)) for answer in answers]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert bodies[0] == bodies[1]
    assert "chưa đúng" in bodies[0]


def test_unknown_login_costs_a_hash_too(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str | None] = []
    real = passwords.is_password

    def spy(stored: str | None, presented: str) -> bool:
        asked.append(stored)
        return real(stored, presented)

    monkeypatch.setattr(passwords, "is_password", spy)
    sign_in(client, "nobody@example.test", "sai rồi nhé")
    assert asked == [None]
    assert not real(None, "nobody has this password")


def test_sixth_wrong_try_closes_the_door_for_a_while(client: FlaskClient, db: Session) -> None:
    person = make_person(db)
    db.commit()
    statuses = [sign_in(client, str(person.email), f"sai rồi {n}").status_code for n in range(6)]
    assert statuses == [422] * 5 + [429]
    answer = sign_in(client, str(person.email))
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "quá nhiều lần" in answer.get_data(as_text=True)
    assert not is_signed_in(client)


def test_outdated_hash_is_renewed_at_sign_in(
    client: FlaskClient, db: Session, database: Database
) -> None:
    from argon2 import PasswordHasher

    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    person = make_person(db, password_hash=weak)
    db.commit()
    assert sign_in(client, str(person.email)).status_code == 303
    with database.read() as reading:
        assert "m=19456" in reading.scalars(select(Person.password_hash)).one()
    assert sign_in(client, str(person.email)).status_code == 303


@pytest.mark.parametrize(
    ("make", "home"),
    [
        (make_person, "/tai-khoan"),
        (make_staff, "/can-bo"),
        (make_admin, "/can-bo"),
        (lambda db: make_member(db, "producer", 1), "/ban-hang"),
        (lambda db: make_member(db, "club", 1, "host"), "/clb"),
    ],
)
def test_everyone_lands_in_their_workspace(
    client: FlaskClient, db: Session, make: Callable[[Session], Person], home: str
) -> None:
    person = make(db)
    db.commit()
    assert sign_in(client, str(person.email)).location == home


@pytest.mark.parametrize(
    "goal",
    [
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "\\\\evil",
        "/a\r\nSet-Cookie: x=1",
        "javascript:alert(1)",
        "/\t/evil.test",
        "evil",
        "/ x",
        "/\u202e",
        "/" + "a" * 3000,
    ],
)
def test_only_own_pages_are_come_back_to(client: FlaskClient, db: Session, goal: str) -> None:
    person = make_person(db)
    db.commit()
    assert sign_in(client, str(person.email), tiep=goal).location == "/tai-khoan"


def test_asked_page_is_come_back_to(client: FlaskClient, db: Session) -> None:
    person = make_person(db)
    db.commit()
    answer = client.get("/tai-khoan/phien?a=1")
    assert answer.status_code == 303
    assert answer.location == "/dang-nhap?tiep=/tai-khoan/phien?a%3D1"
    page = client.get(answer.location).get_data(as_text=True)
    assert 'name="tiep" type="hidden" value="/tai-khoan/phien?a=1"' in page
    answer = sign_in(client, str(person.email), tiep="/tai-khoan/phien?a=1")
    assert answer.location == "/tai-khoan/phien?a=1"


def test_english_page_is_come_back_to_in_english(client: FlaskClient) -> None:
    location = client.get("/en/tai-khoan").location
    assert location == "/en/dang-nhap?tiep=/en/tai-khoan"


def test_token_is_new_at_each_sign_in_and_kept_as_digest(
    client: FlaskClient, db: Session, database: Database
) -> None:
    person = make_person(db)
    db.commit()
    tokens = []
    for _ in range(2):
        sign_in(client, str(person.email))
        with client.session_transaction() as session:
            tokens.append(session["_user_id"])
    assert tokens[0] != tokens[1]
    assert all(len(token) >= 43 for token in tokens)
    with database.read() as reading:
        rows = reading.scalars(select(SignIn).order_by(SignIn.id)).all()
        assert [row.token_hash for row in rows] == [services.token_digest(t) for t in tokens]
        assert rows[0].ended_at is not None, "the device's earlier sign-in ends"
        assert rows[1].ended_at is None


def test_sign_out_makes_the_cookie_worthless(
    client: FlaskClient, app: Flask, db: Session, signed_in: SignInAs
) -> None:
    person = make_person(db)
    db.commit()
    signed_in(person.email)
    stolen = client.get_cookie("phien")
    assert stolen is not None
    answer = post(client, "/dang-xuat")
    assert answer.status_code == 303
    assert not is_signed_in(client)
    thief = app.test_client()
    thief.set_cookie("phien", stolen.value)
    assert not is_signed_in(thief)


def test_sign_out_needs_a_post(client: FlaskClient) -> None:
    assert client.get("/dang-xuat").status_code == 405


def test_disabling_shuts_out_at_once(
    client: FlaskClient, app: Flask, db: Session, signed_in: SignInAs, database: Database
) -> None:
    admin, person = make_admin(db), make_person(db)
    db.commit()
    victim = app.test_client()
    sign_in(victim, str(person.email))
    signed_in(admin.email)
    path = f"/can-bo/nguoi-dung/{person.id}"
    assert post(client, f"{path}/khoa", {"reason": ""}).status_code == 422
    assert is_signed_in(victim)
    assert post(client, f"{path}/khoa", {"reason": "lừa đảo"}).status_code == 303
    assert not is_signed_in(victim)
    answer = sign_in(victim, str(person.email))
    assert answer.status_code == 403
    assert "đã bị khóa" in answer.get_data(as_text=True)
    assert "lừa đảo" in client.get("/can-bo/nhat-ky?viec=person.").get_data(as_text=True)
    assert post(client, f"{path}/mo").status_code == 303
    assert sign_in(victim, str(person.email)).status_code == 303
    assert post(client, f"/can-bo/nguoi-dung/{admin.id}/khoa", {"reason": "thử"}).status_code == 409


def test_idle_sign_in_ends(
    client: FlaskClient, db: Session, database: Database, signed_in: SignInAs
) -> None:
    person = make_person(db)
    db.commit()
    signed_in(person.email)
    with database.transaction() as writing:
        writing.execute(update(SignIn).values(last_seen_at=clock.now() - timedelta(days=31)))
    assert not is_signed_in(client)


def test_use_is_written_down_now_and_then_and_never_waits(
    client: FlaskClient, db: Session, database: Database, signed_in: SignInAs
) -> None:
    person = make_person(db)
    db.commit()
    signed_in(person.email)

    def seen() -> datetime:
        with database.read() as reading:
            return reading.scalars(select(SignIn.last_seen_at)).one()

    first = seen()
    assert is_signed_in(client)
    assert seen() == first, "young enough: nothing is written"
    with database.transaction() as writing:
        writing.execute(update(SignIn).values(last_seen_at=first - timedelta(minutes=11)))
    if database.is_sqlite:
        with database.write() as busy:
            busy.execute(update(Person).values(name="x"))
            assert is_signed_in(client)
            assert seen() < first
    assert is_signed_in(client)
    assert seen() >= first


def test_sign_ins_are_listed_and_ended(
    client: FlaskClient, app: Flask, db: Session, signed_in: SignInAs
) -> None:
    person, other = make_person(db), make_person(db)
    db.commit()
    phone = app.test_client()
    agent = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/129.0 Mobile Safari/537.36"}
    post(phone, "/dang-nhap", {"login": person.email, "password": PASSWORD}, headers=agent)
    stranger = app.test_client()
    sign_in(stranger, str(other.email))
    signed_in(person.email)
    page = client.get("/tai-khoan/phien").get_data(as_text=True)
    assert "Chrome · Android" in page
    paths = re.findall(r'action="(/tai-khoan/phien/\d+/ket-thuc)"', page)
    assert len(paths) == 1, "the device in use has no button, strangers' are not shown"
    assert post(stranger, paths[0]).status_code == 404
    assert is_signed_in(phone)
    assert post(client, paths[0]).status_code == 303
    assert not is_signed_in(phone)
    sign_in(phone, str(person.email))
    assert post(client, "/tai-khoan/phien/ket-thuc-khac").status_code == 303
    assert not is_signed_in(phone)
    assert is_signed_in(client)
    assert is_signed_in(stranger)


def test_password_change_asks_for_the_old_one_and_ends_other_devices(
    client: FlaskClient, app: Flask, db: Session, signed_in: SignInAs
) -> None:
    person = make_person(db)
    db.commit()
    other = app.test_client()
    sign_in(other, str(person.email))
    signed_in(person.email)
    fields = {"current": "không phải", "password": "một câu mới tinh"}
    answer = post(client, "/tai-khoan/mat-khau", fields)
    assert answer.status_code == 422
    assert "chưa đúng" in answer.get_data(as_text=True)
    weak = {"current": PASSWORD, "password": "matkhau123"}
    assert post(client, "/tai-khoan/mat-khau", weak).status_code == 422
    assert post(client, "/tai-khoan/mat-khau", fields | {"current": PASSWORD}).status_code == 303
    assert is_signed_in(client)
    assert not is_signed_in(other)
    assert sign_in(other, str(person.email)).status_code == 422
    assert sign_in(other, str(person.email), "một câu mới tinh").status_code == 303


def test_language_setting_turns_the_workspace(
    client: FlaskClient, db: Session, signed_in: SignInAs
) -> None:
    person = make_person(db)
    db.commit()
    signed_in(person.email)
    assert '<html lang="vi"' in client.get("/tai-khoan").get_data(as_text=True)
    assert post(client, "/tai-khoan/ho-so", {"name": "Hà", "language": "fr"}).status_code == 422
    assert post(client, "/tai-khoan/ho-so", {"name": "Hà", "language": "en"}).status_code == 303
    assert '<html lang="en"' in client.get("/tai-khoan").get_data(as_text=True)


# Second factor


@pytest.fixture
def strict_client(make_app: Callable[..., Flask]) -> FlaskClient:
    return make_app(require_staff_totp=True).test_client()


def code_of(client: FlaskClient, when: datetime) -> str:
    page = client.get("/tai-khoan/xac-thuc").get_data(as_text=True)
    found = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)
    assert found is not None
    return pyotp.TOTP(found[1].replace(" ", "")).at(when)


def test_staff_enrol_and_pass_a_second_factor(
    strict_client: FlaskClient, db: Session, database: Database
) -> None:
    staff = make_staff(db)
    db.commit()
    client = strict_client
    assert sign_in(client, str(staff.email)).status_code == 303
    answer = client.get("/can-bo?x=1")
    assert answer.location == "/tai-khoan/xac-thuc?tiep=/can-bo?x%3D1"
    assert post(client, "/tai-khoan/ho-so", {"name": "x"}).status_code == 403
    page = client.get("/tai-khoan/xac-thuc").get_data(as_text=True)
    assert "<svg" in page
    assert "style=" not in page.split("<main", 1)[1]
    assert post(client, "/tai-khoan/xac-thuc", {"code": "12"}).status_code == 422
    assert post(client, "/tai-khoan/xac-thuc", {"code": "000000"}).status_code == 422
    code = code_of(client, clock.now())
    answer = post(
        client, "/tai-khoan/xac-thuc", {"code": f"{code[:3]} {code[3:]}", "tiep": "/can-bo"}
    )
    assert answer.location == "/can-bo"
    assert client.get("/can-bo").status_code == 200
    post(client, "/dang-xuat")
    sign_in(client, str(staff.email))
    assert client.get("/can-bo").status_code == 303
    page = client.get("/tai-khoan/xac-thuc").get_data(as_text=True)
    assert "<code>" not in page, "an enrolled secret is never shown again"
    assert post(client, "/tai-khoan/xac-thuc", {"code": code}).status_code == 422, "used before"
    with database.read() as reading:
        secret = reading.scalars(select(Person.totp_secret)).one()
    later = pyotp.TOTP(str(secret)).at(clock.now() + timedelta(seconds=30))
    assert post(client, "/tai-khoan/xac-thuc", {"code": later}).status_code == 303
    assert client.get("/can-bo").status_code == 200


def test_codes_cannot_be_guessed(strict_client: FlaskClient, db: Session) -> None:
    staff = make_staff(db)
    db.commit()
    sign_in(strict_client, str(staff.email))
    statuses = [
        post(strict_client, "/tai-khoan/xac-thuc", {"code": "000000"}).status_code for _ in range(6)
    ]
    assert statuses == [422] * 5 + [429]


def test_someone_without_second_factor_may_sign_out(
    strict_client: FlaskClient, db: Session
) -> None:
    admin = make_admin(db)
    db.commit()
    sign_in(strict_client, str(admin.email))
    assert post(strict_client, "/dang-xuat").status_code == 303


def test_buyer_needs_no_second_factor_but_may_have_one(
    strict_client: FlaskClient, db: Session, database: Database
) -> None:
    person = make_person(db)
    db.commit()
    client = strict_client
    sign_in(client, str(person.email))
    assert is_signed_in(client)
    code = code_of(client, clock.now())
    assert post(client, "/tai-khoan/xac-thuc", {"code": code}).status_code == 303
    assert is_signed_in(client)
    assert post(client, "/tai-khoan/xac-thuc/bo", {"code": code}).status_code == 422
    with database.read() as reading:
        secret = str(reading.scalars(select(Person.totp_secret)).one())
    later = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))
    assert post(client, "/tai-khoan/xac-thuc/bo", {"code": later}).status_code == 303
    with database.read() as reading:
        assert reading.scalars(select(Person.totp_secret)).one() is None
    assert is_signed_in(client)


# Staff pages


def test_admin_gives_and_takes_staff_scope(
    client: FlaskClient, app: Flask, db: Session, database: Database, signed_in: SignInAs
) -> None:
    admin, person = make_admin(db), make_person(db, name="Đào Văn Ích")
    db.commit()
    signed_in(admin.email)
    page = client.get("/can-bo/nguoi-dung?q=dao+van").get_data(as_text=True)
    assert f'href="/can-bo/nguoi-dung/{person.id}"' in page
    path = f"/can-bo/nguoi-dung/{person.id}/pham-vi"
    assert post(client, path, {"province_code": "ZZ"}).status_code == 422
    for _ in range(2):
        assert post(client, path, {"province_code": "19"}).status_code == 303
    staff = app.test_client()
    sign_in(staff, str(person.email))
    assert staff.get("/can-bo").status_code == 200
    assert staff.get("/can-bo/nguoi-dung").status_code == 403
    assert post(client, f"{path}/bo", {"province_code": "19"}).status_code == 303
    assert post(client, f"{path}/bo", {"province_code": "19"}).status_code == 404
    assert staff.get("/can-bo").status_code == 403
    with database.read() as reading:
        assert reading.scalar(select(func.count()).select_from(StaffScope)) == 0
        actions = reading.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["staff.scope_given", "staff.scope_taken"]


def test_people_page_keeps_its_query_count(
    client: FlaskClient, app: Flask, db: Session, signed_in: SignInAs
) -> None:
    from sqlalchemy import event

    admin = make_admin(db)
    db.commit()
    signed_in(admin.email)
    engine = app.extensions["house"].database.engine
    counts = []
    for _ in range(2):
        seen: list[str] = []

        def note(*args: Any, seen: list[str] = seen) -> None:
            seen.append(args[2])

        event.listen(engine, "before_cursor_execute", note)
        assert client.get("/can-bo/nguoi-dung").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))
        for _number in range(29):
            make_staff(db, "19")
        db.commit()
    assert counts[0] == counts[1] <= 7


# API


def test_api_token_opens_its_route(client: FlaskClient, db: Session, signed_in: SignInAs) -> None:
    person = make_member(db, "producer", 7)
    db.commit()
    signed_in(person.email)
    assert post(client, "/tai-khoan/ma-api", {"label": "kho", "days": "30"}).status_code == 422
    fields = {"label": "kho", "days": "30", "scopes": "read"}
    page = post(client, "/tai-khoan/ma-api", fields).get_data(as_text=True)
    found = re.search(r'<code id="token">(cp_[\w-]{43})</code>', page)
    assert found is not None
    token = found[1]
    assert token not in client.get("/tai-khoan/ma-api").get_data(as_text=True)
    stranger = client.application.test_client()
    answer = stranger.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["producers"] == [{"id": 7, "role": "owner"}]
    assert answer.json["scopes"] == ["read"]
    assert "Set-Cookie" not in answer.headers
    assert client.get("/api/v1/me").status_code == 401, "a cookie opens no machine route"
    path = re.findall(r'action="(/tai-khoan/ma-api/\d+/thu-hoi)"', page)[0]
    assert post(client, path).status_code == 303
    answer = stranger.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.content_type == "application/problem+json"


def test_token_without_the_scope_is_refused(
    client: FlaskClient, db: Session, now: datetime
) -> None:
    person = make_person(db)
    token = services.create_api_token(
        db, person_id=person.id, label="x", scopes=["write"], days=3650, now=now
    )
    db.commit()
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


# Members


def test_owner_lets_people_in_and_out(
    client: FlaskClient, app: Flask, db: Session, signed_in: SignInAs
) -> None:
    owner, helper = make_member(db, "producer", 7), make_person(db, name="Tổ số xã")
    stranger = make_member(db, "producer", 8)
    db.commit()
    signed_in(owner.email)
    path = "/ban-hang/thanh-vien/7"
    assert client.get("/ban-hang/thanh-vien").location == path
    fields = {"login": helper.email, "role": "supporter", "areas": ["stock"], "agreed": "y"}
    assert post(client, path, fields | {"role": "manager"}).status_code == 422
    assert post(client, path, fields | {"agreed": ""}).status_code == 422
    assert post(client, path, fields | {"areas": []}).status_code == 422
    assert post(client, path, fields).status_code == 303
    assert post(client, path, fields).status_code == 409
    helping = app.test_client()
    sign_in(helping, str(helper.email))
    assert helping.get(path).status_code == 403, "nothing is open before the person says yes"
    asked = re.findall(r"/tai-khoan/loi-moi/\w+", helping.get("/tai-khoan/noi-lam-viec").text)
    assert post(helping, asked[0], {"answer": "agree"}).status_code == 303
    assert post(helping, asked[0], {"answer": "agree"}).status_code == 409
    assert "Tổ số xã" in client.get(path).get_data(as_text=True)
    assert helping.get(path).status_code == 200
    assert post(helping, path, fields).status_code == 403, "only owners let people in"
    other = app.test_client()
    sign_in(other, str(stranger.email))
    assert other.get(path).status_code == 404
    assert post(other, path, fields).status_code == 404
    assert post(client, f"{path}/{helper.id}/bo").status_code == 303
    assert helping.get(path).status_code == 403
    assert post(client, f"{path}/{owner.id}/bo").status_code == 409


# Hostile input

HOSTILE = [
    "\x00",
    "a\x00b",
    "2147483648",
    "9" * 400,
    "-1",
    "1e9",
    "é" * 1000,
    "Ha\u0300 No\u0302ng",
    "\ud800".encode("utf-8", "surrogatepass"),
    b"\xff\xfe",
    "=1+1",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%s %(x)s {{7*7}}",
    "x" * 1_000_000,
]
FORMS = {
    "/dang-nhap": ("login", "password", "tiep"),
    "/dang-ky": ("name", "login", "password", "tiep"),
    "/tai-khoan/ho-so": ("name", "language"),
    "/tai-khoan/mat-khau": ("current", "password"),
    "/tai-khoan/xac-thuc": ("code", "tiep"),
    "/tai-khoan/xac-thuc/bo": ("code",),
    "/tai-khoan/ma-api": ("label", "days", "scopes"),
    "/tai-khoan/ma-api/9/thu-hoi": (),
    "/tai-khoan/phien/9/ket-thuc": (),
    "/tai-khoan/tin-nhan/9/da-doc": (),
    "/can-bo/nguoi-dung/9999/khoa": ("reason",),
    "/can-bo/nguoi-dung/9999/pham-vi": ("province_code",),
    "/can-bo/nguoi-dung/9999/pham-vi/bo": ("province_code",),
    "/ban-hang/thanh-vien/7": ("login", "role", "areas", "until", "agreed"),
    "/ban-hang/thanh-vien/7/9999/dong-y": ("areas", "until", "agreed"),
    "/ban-hang/thanh-vien/7/9999/vai-tro": ("role",),
    "/ban-hang/thanh-vien/7/9999/dung": (),
    "/ban-hang/thanh-vien/7/9999/bo": (),
    "/ban-hang/thanh-vien/7/loi-moi/9999/rut": (),
    "/tai-khoan/noi-lam-viec": ("producer",),
    "/tai-khoan/loi-moi/X": ("answer",),
}


@pytest.fixture
def mighty(client: FlaskClient, db: Session, signed_in: SignInAs, now: datetime) -> FlaskClient:
    """Someone with every right."""
    person = make_admin(db)
    services.add_member(
        db, person_id=person.id, unit_kind="producer", unit_id=7, role="owner", now=now
    )
    db.commit()
    return signed_in(person.email)


@pytest.mark.parametrize("path", FORMS)
def test_hostile_input_is_refused_or_taken_never_an_error(mighty: FlaskClient, path: str) -> None:
    for value in HOSTILE:
        answer = post(mighty, path, dict.fromkeys(FORMS[path], value))
        assert answer.status_code < 500, (value, answer.get_data(as_text=True))
        body = answer.get_data(as_text=True)
        assert "<script>alert" not in body
        if path == "/dang-nhap":
            assert answer.status_code in {413, 422, 429}
    assert post(mighty, path, {}).status_code < 500
    assert post(mighty, path, {name: ["1", "2"] for name in FORMS[path]}).status_code < 500


@pytest.mark.parametrize(
    "path",
    [
        "/can-bo/nguoi-dung/{}",
        "/can-bo/nguoi-dung?q={}",
        "/can-bo/nguoi-dung?trang={}",
        "/can-bo/nhat-ky?viec={}",
        "/can-bo/nhat-ky?loai={}&trang={}",
        "/tai-khoan/tin-nhan?trang={}",
        "/can-bo/nhat-ky?ai={}&so={}&tu={}&den={}",
        "/can-bo/nhat-ky?ai={}&xuat=csv",
        "/ban-hang/nhat-ky/7?nguoi={}&nhom={}&tu={}&den={}&trang={}",
        "/tai-khoan/loi-moi/{}",
        "/ban-hang/thanh-vien/{}",
        "/dang-nhap?tiep={}",
        "/dang-ky?tiep={}",
    ],
)
def test_hostile_addresses_are_refused_or_taken_never_an_error(
    mighty: FlaskClient, path: str
) -> None:
    for value in ("%00", "2147483648", "9" * 30, "-1", "0", "%FF", "%ED%A0%80", "'", "x" * 3000):
        answer = mighty.get(path.replace("{}", value))
        assert answer.status_code < 500, value


def test_decomposed_name_is_stored_composed(
    client: FlaskClient, database: Database, db: Session
) -> None:
    fields = {"name": "No\u0302ng\u200b Thi\u0323 Ha\u0300", "login": "h@example.test"}
    answer = post(client, "/dang-ky", fields | {"password": "chè shan tuyết"})
    assert answer.status_code == 303
    with database.read() as reading:
        person = reading.scalars(select(Person)).one()
        assert (person.name, person.folded) == ("Nông Thị Hà", "nong thi ha")


def test_first_admin_comes_from_the_command_line(app: Flask, database: Database) -> None:
    runner = app.test_cli_runner()
    command = ["accounts", "create-admin", "0912345678", "--name", "Quản trị"]
    refused = runner.invoke(args=[*command, "--password", "12345678"])
    assert refused.exit_code == 1
    for _ in range(2):
        made = runner.invoke(args=[*command, "--password", "một câu dài và lạ"])
        assert made.exit_code == 0, made.output
    with database.read() as reading:
        person = reading.scalars(select(Person)).one()
        assert person.is_admin
