"""Invitations, consents and what they open: with real commits, real requests and real races."""

import multiprocessing
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts import queries, rules, services
from shop.accounts.models import AuditEntry, MemberInvitation, Membership
from shop.accounts.services import Consent
from shop.catalogue.models import Product
from shop.core.db import Database
from shop.core.errors import NotAllowed, NotFound
from tests.careless import Careless
from tests.conftest import post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_producer, make_product

ALL = Consent(tuple(rules.AREAS))


def sign_in(app: Flask, login: str | None) -> FlaskClient:
    client = app.test_client()
    answer = post(client, "/dang-nhap", {"login": login, "password": "chophien-demo"})
    assert answer.status_code == 303
    return client


@pytest.mark.parametrize(
    ("path", "area"),
    [
        ("/", None),
        ("/ban-hang", None),
        ("/ban-hang/", None),
        ("/ban-hang/thanh-vien/7", None),
        ("/ban-hang/san-pham/3/anh", "products"),
        ("/chung-nhan/3/ban-chup", "products"),
        ("/ban-hang/kho", "stock"),
        ("/ban-hang/don-hang/A", "orders"),
        ("/ban-hang/kenh-ban", "channels"),
        ("/ban-hang/doi-soat", rules.CLOSED),
        ("/ban-hang/tai-khoan-nhan-tien", rules.CLOSED),
        ("/ban-hang/hoan-tien/3", rules.CLOSED),
        ("/ban-hang/chua-ai-biet", rules.CLOSED),
        ("/ban-hangx", None),
    ],
)
def test_addresses_belong_to_areas(path: str, area: str | None) -> None:
    assert rules.area_of(path) == area


OWNERS_OWN = {
    *("doi-soat", "doi-soat-cod", "sao-ke", "hoan-tien", "tai-khoan-nhan-tien", "thue"),
    *("thu-hoi", "dien-tap", "bao-cao"),
    *("tra-hang", "dat-truoc", "bao-gia", "quyet-toan"),  # each binds the producer to money
}


def test_every_folder_of_the_desk_is_judged(app: Flask) -> None:
    """A new folder under /ban-hang is closed to supporters until ``rules`` says what it is."""
    folders = {
        rule.rule.split("/")[2]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/ban-hang/")
    }
    unjudged = {one for one in folders if rules.area_of(f"/ban-hang/{one}") == rules.CLOSED}
    assert unjudged <= OWNERS_OWN


@pytest.fixture
def world(database: Database, now: datetime) -> dict[str, Any]:
    with database.transaction() as db:
        owner, helper, stranger = make_person(db), make_person(db, name="Tổ Số"), make_person(db)
        producer = make_producer(db, owner_id=owner.id, name="HTX Côn Minh", slug="htx-con-minh")
        product = make_product(db, producer=producer, published=False)
        make_producer(db, owner_id=stranger.id)
        return {
            "owner": owner,
            "helper": helper,
            "stranger": stranger,
            "producer": producer.id,
            "product": product.id,
        }


def support(database: Database, world: dict[str, Any], consent: Consent, now: datetime) -> None:
    with database.transaction() as db:
        made = services.invite_member(
            db,
            producer_id=world["producer"],
            login=rules.Login(email=world["helper"].email),
            role="supporter",
            consent=consent,
            actor_id=world["owner"].id,
            now=now,
        )
        services.answer_invitation(
            db, code=made.code, person_id=world["helper"].id, is_accepted=True, now=now
        )


def test_supporter_works_only_in_what_was_opened(
    app: Flask, database: Database, world: dict[str, Any], now: datetime
) -> None:
    support(database, world, Consent(("products",)), now)
    helping = sign_in(app, world["helper"].email)
    at = f"/ban-hang/san-pham/{world['product']}"
    assert helping.get(at).status_code == 200
    for closed in ("/ban-hang/kho", "/ban-hang/don-hang", "/ban-hang/doi-soat"):
        assert helping.get(closed).status_code == 403, closed
    home = helping.get("/ban-hang").text
    assert 'href="/ban-hang/san-pham"' in home
    assert 'href="/ban-hang/kho"' not in home
    assert "/ban-hang/doi-soat" not in home
    owner = sign_in(app, world["owner"].email)
    team = f"/ban-hang/thanh-vien/{world['producer']}"
    assert "Sản phẩm, ảnh, giấy tờ" in owner.get(team).text
    stop = f"{team}/{world['helper'].id}/dung"
    assert post(helping, stop).status_code == 403
    assert post(owner, stop).status_code == 303
    assert helping.get(at).status_code == 403, "withdrawn at once"
    assert post(owner, stop).status_code == 303


def test_acts_say_who_helped(
    app: Flask, database: Database, world: dict[str, Any], now: datetime
) -> None:
    support(database, world, ALL, now)
    helping = sign_in(app, world["helper"].email)
    at = f"/ban-hang/san-pham/{world['product']}"
    label = {"ingredients": "bột dong", "net_content": "1 kg", "origin": "Côn Minh"}
    assert post(helping, f"{at}/nhan", label).status_code == 303
    owner = sign_in(app, world["owner"].email)
    log = f"/ban-hang/nhat-ky/{world['producer']}"
    page = owner.get(log).text
    assert "do Tổ Số làm giúp" in page
    only = owner.get(f"{log}?giup=y").text
    assert "do Tổ Số làm giúp" in only
    assert "Mời thành viên" not in only
    assert (
        "làm giúp"
        not in owner.get(f"{log}?nhom=member&nguoi={world['owner'].id}")
        .text.split('class="acts"')[1]
        .split("</ol>")[0]
    )
    assert sign_in(app, world["stranger"].email).get(log).status_code == 404
    with database.read() as db:
        entry = db.scalars(select(AuditEntry).where(AuditEntry.action == "product.edited")).one()
        assert (entry.producer_id, entry.province_code, entry.actor_role) == (
            world["producer"],
            "19",
            "supporter",
        )


def test_consent_ends_by_itself(database: Database, world: dict[str, Any], now: datetime) -> None:
    support(database, world, Consent(("stock",), now + timedelta(days=1)), now)
    helper = world["helper"].id
    with database.read() as db:
        member = db.scalars(select(Membership).where(Membership.person_id == helper)).one()
        assert queries.standing(member, now) == "active"
        assert queries.standing(member, now + timedelta(days=1)) == "ended"
        counts = select(Membership.id).where(
            Membership.person_id == helper, queries.gives_rights(now + timedelta(days=1))
        )
        assert db.scalar(counts) is None
    with database.write() as db, pytest.raises(rules.ConsentEnded):
        services.require_still_working(
            db,
            person_id=helper,
            producer_ids=[world["producer"]],
            area="stock",
            now=now + timedelta(days=1),
        )


def test_invitations_are_for_one_person(
    database: Database, world: dict[str, Any], now: datetime
) -> None:
    with database.transaction() as db:
        given: dict[str, Any] = {
            "producer_id": world["producer"],
            "actor_id": world["owner"].id,
            "now": now,
        }
        bound = services.invite_member(
            db,
            login=rules.Login(email=world["helper"].email),
            role="member",
            consent=None,
            **given,
        )
        free = services.invite_member(
            db, login=rules.Login(phone="0912345678"), role="member", consent=None, **given
        )
        with pytest.raises(rules.AlreadyInvited):
            services.invite_member(
                db, login=rules.Login(phone="0912345678"), role="member", consent=None, **given
            )
        with pytest.raises(rules.AlreadyMember):
            services.invite_member(
                db,
                login=rules.Login(email=world["owner"].email),
                role="member",
                consent=None,
                **given,
            )
        assert bound.person_id == world["helper"].id
        assert free.person_id is None
        newcomer = make_person(db, email=None, phone="0912345678")
    with database.transaction() as db:
        assert queries.invitations_for(db, newcomer.id, now) == [], "the number alone opens nothing"
        answer: dict[str, Any] = {"is_accepted": True, "now": now}
        with pytest.raises(NotFound):
            services.answer_invitation(db, code=bound.code, person_id=newcomer.id, **answer)
        late = now + rules.INVITATION_LIFE
        with pytest.raises(rules.InvitationOver):
            services.answer_invitation(
                db, code=free.code, person_id=newcomer.id, is_accepted=True, now=late
            )
        services.answer_invitation(db, code=free.code, person_id=newcomer.id, **answer)
        with pytest.raises(rules.InvitationOver):
            services.answer_invitation(db, code=free.code, person_id=newcomer.id, **answer)


@pytest.mark.parametrize(
    "consent",
    [
        None,
        Consent(()),
        Consent(("money",)),
        Consent(("stock",), datetime.fromisoformat("2026-11-22T03:00:00+00:00")),
        Consent(("stock",), datetime.fromisoformat("2036-11-22T03:00:00+00:00")),
    ],
)
def test_no_supporter_without_a_sound_consent(
    database: Database, world: dict[str, Any], now: datetime, consent: Consent | None
) -> None:
    with database.write() as db, pytest.raises((rules.AreasNeeded, rules.WrongConsentEnd)):
        services.invite_member(
            db,
            producer_id=world["producer"],
            login=rules.Login(email=world["helper"].email),
            role="supporter",
            consent=consent,
            actor_id=world["owner"].id,
            now=now,
        )


def test_someone_may_offer_help_and_wait(
    app: Flask, database: Database, world: dict[str, Any]
) -> None:
    helping = sign_in(app, world["helper"].email)
    page = "/tai-khoan/noi-lam-viec"
    assert post(helping, page, {"producer": "khong-co"}).status_code == 422
    full = {"producer": "http://localhost/nha-san-xuat/htx-con-minh?x=1"}
    assert post(helping, page, full).status_code == 303
    assert post(helping, page, full).status_code == 303
    assert "Chờ chủ cơ sở đồng ý" in helping.get(page).text
    assert helping.get("/ban-hang").status_code == 403
    owner = sign_in(app, world["owner"].email)
    assert "Người xin làm giúp cơ sở" in owner.get("/ban-hang").text
    consent = f"/ban-hang/thanh-vien/{world['producer']}/{world['helper'].id}/dong-y"
    assert post(owner, consent, {"areas": ["stock"]}).status_code == 422
    agreed = {"areas": ["stock"], "agreed": "y"}
    assert post(owner, consent, agreed | {"until": "2020-01-01"}).status_code == 422
    assert post(owner, consent, agreed | {"until": "9999-12-31"}).status_code == 422
    assert post(owner, consent, agreed).status_code == 303
    assert helping.get("/ban-hang/kho").status_code == 200
    assert helping.get("/ban-hang/san-pham").status_code == 403
    assert post(owner, page, full).status_code == 409


def test_owners_hand_over_and_leave(
    app: Flask, database: Database, world: dict[str, Any], now: datetime
) -> None:
    with database.transaction() as db:
        second = make_member(db, "producer", world["producer"], "member")
    owner, other = sign_in(app, world["owner"].email), sign_in(app, second.email)
    team = f"/ban-hang/thanh-vien/{world['producer']}"
    assert post(owner, f"{team}/{world['owner'].id}/bo").status_code == 409, "the last owner stays"
    assert post(other, f"{team}/{second.id}/vai-tro", {"role": "owner"}).status_code == 403
    assert post(owner, f"{team}/{second.id}/vai-tro", {"role": "supporter"}).status_code == 422
    assert post(owner, f"{team}/{second.id}/vai-tro", {"role": "owner"}).status_code == 303
    assert post(owner, f"{team}/{world['owner'].id}/bo").status_code == 303
    assert post(other, f"{team}/{second.id}/vai-tro", {"role": "member"}).status_code == 409
    with database.write() as db, pytest.raises(NotAllowed):
        services.remove_member(
            db,
            person_id=second.id,
            unit_kind="producer",
            unit_id=world["producer"],
            actor_id=world["stranger"].id,
            now=now,
        )


def test_log_is_searched_within_ones_provinces(
    app: Flask, database: Database, world: dict[str, Any], now: datetime
) -> None:
    support(database, world, ALL, now)
    with database.transaction() as db:
        here, there = make_staff(db, "19"), make_staff(db, "01")
    staff, other = sign_in(app, here.email), sign_in(app, there.email)
    log = "/can-bo/nhat-ky"
    assert "<tbody>" in staff.get(log).text
    assert "<tbody>" not in other.get(log).text
    assert "<tbody>" not in staff.get(f"{log}?ai=khongai").text
    assert "<tbody>" in staff.get(f"{log}?ai=to so&viec=member.joined").text
    assert "<tbody>" not in staff.get(f"{log}?den=2020-01-01").text
    assert staff.get(f"{log}?tu=0001-01-01").status_code == 422
    file = staff.get(f"{log}?xuat=csv")
    assert file.mimetype == "text/csv"
    assert file.text.startswith("\ufeffluc,ai,")
    assert "member.joined" in file.text
    assert "member.joined" not in other.get(f"{log}?xuat=csv").text


# Consent withdrawn while its holder writes: real processes on both databases.


def _write_as_supporter(
    url: str, person: int, producer: int, product: int, gate: Any, judge: bool, out: Any
) -> None:
    """What a supporter's request does: judged, then (slowly) written."""
    database = Database(url)
    now = datetime.fromisoformat("2026-11-22T03:00:00+00:00")
    with database.write() as db:
        try:
            if judge:
                services.require_still_working(
                    db, person_id=person, producer_ids=[producer], area="products", now=now
                )
            else:  # the negative control: the rights as read before, nothing held
                db.scalar(select(Membership.id))
            gate.set()
            import time

            time.sleep(0.6)
            db.get_one(Product, product).summary = "Sửa giúp"
            db.commit()
            out.put(("written", time.monotonic()))
        except rules.ConsentEnded:
            gate.set()
            out.put(("refused", 0.0))
    database.dispose()


@pytest.mark.parametrize("judge", [True, False])
def test_withdrawing_waits_for_what_is_being_written(
    database: Database, world: dict[str, Any], now: datetime, judge: bool
) -> None:
    """After the owner's "stop" is done nothing of the supporter's is written any more."""
    import time

    support(database, world, ALL, now)
    url = database.url.render_as_string(hide_password=False)
    spawn = multiprocessing.get_context("spawn")
    gate, out = spawn.Event(), spawn.Queue()
    given = (world["helper"].id, world["producer"], world["product"], gate, judge, out)
    writer = spawn.Process(target=_write_as_supporter, args=(url, *given))
    writer.start()
    assert gate.wait(60)
    with database.transaction() as db:
        services.revoke_consent(
            db,
            producer_id=world["producer"],
            person_id=world["helper"].id,
            actor_id=world["owner"].id,
            now=now,
        )
    stopped = time.monotonic()
    what, at = out.get(timeout=60)
    writer.join(60)
    assert what == "written", "it had begun before"
    is_in_order = at <= stopped
    if judge:
        assert is_in_order, "the stop was answered while the supporter was still writing"
    elif database.is_sqlite:
        assert is_in_order, "SQLite has one writer anyway"
    else:
        assert not is_in_order, "the control writes after the stop: the hold is what prevents it"
    gate.clear()
    late = spawn.Process(target=_write_as_supporter, args=(url, *given[:4], True, out))
    late.start()
    assert out.get(timeout=60)[0] == "refused"
    late.join(60)


def test_one_answer_counts(
    database: Database, world: dict[str, Any], now: datetime, make_race: Callable[..., list[str]]
) -> None:
    with database.transaction() as db:
        made = services.invite_member(
            db,
            producer_id=world["producer"],
            login=rules.Login(email=world["helper"].email),
            role="member",
            consent=None,
            actor_id=world["owner"].id,
            now=now,
        )
    outcome = make_race(
        database,
        [
            *[
                lambda db: services.answer_invitation(
                    db, code=made.code, person_id=world["helper"].id, is_accepted=True, now=now
                )
            ]
            * 3,
            lambda db: services.withdraw_invitation(
                db,
                producer_id=world["producer"],
                invitation_id=made.id,
                actor_id=world["owner"].id,
                now=now,
            ),
        ],
    )
    assert sorted(outcome) == ["InvitationOver"] * 3 + ["ok"]
    with database.read() as db:
        joined = db.scalars(
            select(Membership).where(Membership.person_id == world["helper"].id)
        ).all()
        state = db.scalars(select(MemberInvitation.state)).one()
        assert len(joined) == (1 if state == "accepted" else 0)
        assert re.fullmatch("accepted|withdrawn", state)


@pytest.mark.control
def test_the_control_without_locks_hears_both_answers(
    database: Database, world: dict[str, Any], now: datetime, make_race: Callable[..., list[str]]
) -> None:
    """Were this not so, the test of the one answer would prove nothing."""
    with database.transaction() as db:
        made = services.invite_member(
            db,
            producer_id=world["producer"],
            login=rules.Login(email=world["helper"].email),
            role="member",
            consent=None,
            actor_id=world["owner"].id,
            now=now,
        )

    def answer(is_accepted: bool) -> Callable[[Session], Any]:
        about: dict[str, Any] = {"code": made.code, "person_id": world["helper"].id, "now": now}
        return lambda db: services.answer_invitation(db, is_accepted=is_accepted, **about)

    careless = Careless(database, together=2)
    assert make_race(careless, [answer(True), answer(False)]) == ["ok", "ok"]
    careless.dispose()
