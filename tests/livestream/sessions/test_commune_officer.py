"""An officer of the club's commune confirms ordinary sessions, and has no say elsewhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services import ItemWish
from shop.accounts.services import give_commune_scope
from shop.core import clock
from shop.core.db import Database
from shop.core.outbox import OutboxMessage
from shop.places.models import Commune
from tests.conftest import post
from tests.factories.accounts import make_admin, make_person
from tests.factories.catalogue import make_certificate, make_product, variant_of
from tests.factories.livestream import agree_all, make_campaign, make_club, make_session
from tests.factories.stock import make_stock


class Scene:
    """A proposal that only waits for somebody's yes, and officers here and elsewhere."""

    def __init__(self, database: Database, *, in_campaign: bool = False) -> None:
        now = clock.now()
        with database.transaction() as db:
            codes = db.scalars(
                select(Commune.code).where(Commune.province_code == "19").order_by(Commune.code)
            ).all()
            here, far = make_person(db), make_person(db)
            for person, code in ((here, codes[0]), (far, codes[1])):
                give_commune_scope(
                    db, person_id=person.id, commune_code=code, actor_id=None, now=now
                )
            club = make_club(db)
            club.commune_code = codes[0]
            product = make_product(db)
            make_certificate(db, product)
            variant = variant_of(db, product).id
            make_stock(db, variant, 20)
            span = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=20)}
            starts_at = (now + timedelta(days=5)).replace(hour=13, minute=0)
            live = make_session(
                db,
                club,
                items=[ItemWish(variant)],
                state="proposed",
                starts_at=starts_at,
                campaign_id=make_campaign(db, **span).id if in_campaign else None,
                now=now,
            )
            agree_all(db, live, now=now)
            self.here, self.far = here.email or "", far.email or ""
            self.here_id = here.id
            self.page = f"/can-bo-xa/phien/{live.public_id}"
            self.public_id, self.club_id, self.far_code = live.public_id, club.id, codes[1]


def state_of(database: Database) -> str:
    with database.read() as db:
        return db.scalars(select(LiveSession.state)).one()


@pytest.mark.parametrize("in_campaign", [False, True])
def test_the_officer_confirms_what_is_ordinary(
    database: Database, signed_in: Callable[[str], FlaskClient], in_campaign: bool
) -> None:
    scene = Scene(database, in_campaign=in_campaign)
    client = signed_in(scene.here)
    assert scene.page in client.get("/can-bo-xa/phien").get_data(as_text=True)
    assert "/can-bo-xa/phien" in client.get("/tai-khoan").get_data(as_text=True)
    offered = f"{scene.page}/chot" in client.get(scene.page).get_data(as_text=True)
    assert offered is not in_campaign, "a button only where it may be pressed"
    assert client.get(f"{scene.page}/giay-to").status_code == 200
    assert client.get("/can-bo/phien").status_code == 403, "no desk of the province's staff"
    answer = post(client, f"{scene.page}/chot")
    assert answer.status_code == (403 if in_campaign else 303)
    assert state_of(database) == ("proposed" if in_campaign else "confirmed")
    with database.read() as db:
        told = db.scalars(
            select(OutboxMessage.recipient).where(
                OutboxMessage.kind == "session.proposed_in_commune",
                OutboxMessage.channel == "inbox",
            )
        ).all()
    assert told == [f"person:{scene.here_id}"]


def test_without_a_product_nobody_agreed_and_the_officer_cannot_confirm(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    scene = Scene(database)
    with database.transaction() as db:
        for item in db.scalars(select(SessionItem)):
            db.delete(item)
    client = signed_in(scene.here)
    assert "Chưa có sản phẩm" in client.get("/can-bo-xa/phien").get_data(as_text=True)
    assert f"{scene.page}/chot" not in client.get(scene.page).get_data(as_text=True)
    assert post(client, f"{scene.page}/chot").status_code == 409
    assert state_of(database) == "proposed"


def test_what_is_on_air_is_not_said_to_be_coming(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    scene = Scene(database)
    client = signed_in(scene.here)
    assert post(client, f"{scene.page}/chot").status_code == 303
    assert 'data-desk="coming"' in client.get("/can-bo-xa/phien").get_data(as_text=True)
    with database.transaction() as db:
        live = db.scalars(select(LiveSession)).one()
        live.starts_at = clock.now() - timedelta(hours=2)
        live.ends_at = clock.now() - timedelta(minutes=5)
        live.state, live.went_live_at = "live", live.starts_at
    page = client.get("/can-bo-xa/phien").get_data(as_text=True)
    assert 'data-desk="on_air"' in page, "one that runs over its time can still be stopped"
    assert 'data-desk="coming"' not in page


def test_an_officer_of_another_commune_finds_nothing(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    scene = Scene(database)
    client = signed_in(scene.far)
    assert scene.page not in client.get("/can-bo-xa/phien").get_data(as_text=True)
    assert client.get(scene.page).status_code == 404
    assert client.get(f"{scene.page}/giay-to").status_code == 404
    assert post(client, f"{scene.page}/chot").status_code == 404
    assert state_of(database) == "proposed"


def test_an_admin_gives_and_takes_a_commune(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    scene = Scene(database)
    with database.transaction() as db:
        admin = make_admin(db).email or ""
    client = signed_in(admin)
    person = f"/can-bo/nguoi-dung/{scene.here_id}"
    page = client.get(f"{person}?tinh=19").get_data(as_text=True)
    assert f'value="{scene.far_code}"' in page
    for code in ("", "99999", "\x00", "x" * 1_000_000):
        bad = post(client, f"{person}/xa", {"tinh": "19", "commune_code": code})
        assert 400 <= bad.status_code < 500
    for _twice in range(2):
        give = {"tinh": "19", "commune_code": scene.far_code}
        assert post(client, f"{person}/xa", give).status_code == 303
    take = {"commune_code": scene.far_code}
    assert post(client, f"{person}/xa/bo", take).status_code == 303
    assert post(client, f"{person}/xa/bo", take).status_code == 404
