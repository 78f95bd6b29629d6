"""Whom no channel reaches is telephoned by the club, in the language of who is called."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.clubs.services import managers_of
from livestream.sessions import services
from livestream.sessions.models import SessionItem
from livestream.sessions.services import ItemWish
from shop.accounts.models import Person
from shop.core.db import Database
from shop.notifications import jobs
from shop.notifications.models import CallTask
from tests.conftest import post
from tests.factories.accounts import make_member, make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import EVENING, NOW, make_session
from tests.factories.stock import make_stock


@pytest.mark.parametrize(
    ("spoken", "said"),
    [
        ("vi", "Phiên “Phiên chợ tối thứ Bảy” đã đổi giờ\nGiờ phát mới: 20:00–21:00 29/11."),
        ("en", "New time on air: 20:00–21:00 29/11."),
    ],
)
def test_the_club_tells_the_new_time_by_telephone(
    database: Database, signed_in: Callable[[str], FlaskClient], spoken: str, said: str
) -> None:
    with database.transaction() as db:
        variant = variant_of(db, make_product(db))
        make_stock(db, variant.id, 20)
        live = make_session(db, items=[ItemWish(variant.id)], state="confirmed")
        item = db.scalars(select(SessionItem)).one()
        maker = make_member(db, "producer", item.producer_id)
        maker.email, maker.phone, maker.language = None, "0987654321", spoken
        manager = db.get_one(Person, managers_of(db, live.club_id)[0])
        manager.language, login = "en" if spoken == "vi" else "vi", manager.email or ""
        services.move_session(
            db,
            public_id=live.public_id,
            starts_at=EVENING + timedelta(days=1),
            minutes=60,
            actor_id=make_person(db).id,
            capacity="staff",
            now=NOW,
        )
        maker_id = maker.id
    for seconds in (0, 5, 10):
        jobs.deliver(database, NOW + timedelta(seconds=seconds))
    with database.read() as db:
        task = db.scalars(
            select(CallTask).where(
                CallTask.kind == "session.moved", CallTask.recipient == f"person:{maker_id}"
            )
        ).one()
    client = signed_in(login)
    page = client.get("/clb/can-goi").get_data(as_text=True)
    assert 'href="tel:0987654321"' in page
    assert said in page
    assert f'id="loi-{task.id}" lang="{spoken}"' in page
    answer = post(client, f"/clb/can-goi/{task.id}", {"outcome": "reached", "note": "Đã biết"})
    assert answer.status_code == 303
    assert "Đã biết" in client.get("/clb/can-goi?muc=xong").get_data(as_text=True)
