"""What was agreed or let pass counts for the session as it was; one address leads each home."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from livestream.sessions import services
from livestream.sessions.models import LiveSession, RuleOverride, SessionEvent, SessionItem
from livestream.sessions.queries import owner_key
from livestream.sessions.services import ItemWish
from livestream.sessions.services.deciding import Capacity
from livestream.sessions.services.leaving import StartedAlready
from livestream.sessions.states import OwnProposal, ReasonMissing, WrongState
from shop.core import clock
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.outbox import OutboxMessage
from shop.stock.models import PriceWindow
from shop.stock.queries import held_by
from tests.conftest import post
from tests.factories.accounts import make_member, make_person, make_staff
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import EVENING, NOW, agree_all, make_session, pass_warnings
from tests.factories.stock import make_stock


def firm_one(db: Session, *, state: str = "confirmed", **over: object) -> tuple[LiveSession, int]:
    """A session with five units of one product set aside at a live price, and its item."""
    product = make_product(db)
    variant = variant_of(db, product).id
    make_stock(db, variant, 20)
    wish = ItemWish(variant, set_aside=5, live_price_vnd=30_000)
    live = make_session(db, items=[wish], state=state, **over)  # type: ignore[arg-type]
    return live, db.scalars(select(SessionItem.id).where(SessionItem.session_id == live.id)).one()


def leave(db: Session, item_id: int, **over: object) -> SessionItem:
    item = db.get_one(SessionItem, item_id)
    values: dict[str, object] = {
        "producer_ids": [item.producer_id],
        "reason": "Mất mùa",
        "actor_id": make_person(db).id,
        "now": NOW,
    }
    return services.leave_session(db, item_id=item_id, **(values | over))  # type: ignore[arg-type]


@pytest.mark.usefixtures("app")
def test_a_producer_takes_the_consent_back_from_a_firm_session(db: Session) -> None:
    _live, item_id = firm_one(db)
    key = owner_key(item_id)
    assert held_by(db, [key]) == {key: 5}
    refused: list[tuple[dict[str, object], type[Exception]]] = [
        ({"producer_ids": [10**6]}, NotFound),
        ({"producer_ids": []}, NotFound),
        ({"reason": ""}, ReasonMissing),
        ({"now": EVENING}, StartedAlready),
    ]
    for over, refusal in refused:
        with pytest.raises(refusal):
            leave(db, item_id, **over)
    assert held_by(db, [key]) == {key: 5}
    for _twice in range(2):
        assert leave(db, item_id).withdrawn_at == NOW
    assert not held_by(db, [key]).get(key)
    windows = db.scalars(select(PriceWindow).where(PriceWindow.owner_key == key)).all()
    assert [window for window in windows if not window.is_dropped] == []
    told = db.scalars(
        select(OutboxMessage.recipient).where(
            OutboxMessage.kind == "session.item_left", OutboxMessage.channel == "inbox"
        )
    ).all()
    assert told
    assert len(told) == len(set(told)), "pressed twice, told once"


def test_from_a_proposal_one_declines_instead(db: Session) -> None:
    _live, item_id = firm_one(db, state="proposed")
    with pytest.raises(WrongState):
        leave(db, item_id)


def test_what_staff_let_pass_is_judged_anew_when_the_proposal_changes(db: Session) -> None:
    live, item_id = firm_one(db, state="proposed")
    agree_all(db, live)
    staff = make_person(db).id

    def passed() -> int:
        pass_warnings(db, live, staff)
        return len(db.scalars(select(RuleOverride.id)).all())

    assert passed()
    another = variant_of(db, make_product(db)).id
    make_stock(db, another, 20)
    services.add_item(db, public_id=live.public_id, wish=ItemWish(another), actor_id=staff, now=NOW)
    assert not db.scalars(select(RuleOverride.id)).all(), "the reason was given without it"
    assert db.get_one(SessionItem, item_id).consent == "agreed", "nothing changed for the first"
    assert passed()
    services.move_session(
        db,
        public_id=live.public_id,
        starts_at=EVENING + timedelta(days=1),
        minutes=60,
        actor_id=staff,
        capacity="staff",
        now=NOW,
    )
    assert not db.scalars(select(RuleOverride.id)).all()
    assert db.get_one(SessionItem, item_id).consent == "asked", "agreed to Saturday, not to Sunday"
    reopened = select(SessionEvent.id).where(SessionEvent.kind == "warnings_reopened")
    assert len(db.scalars(reopened).all()) == 2


def test_who_changes_a_proposal_proposes_it_and_somebody_else_confirms(db: Session) -> None:
    live, _item_id = firm_one(db, state="proposed")
    proposer, second = live.proposed_by or 0, make_person(db).id
    staff = make_person(db).id

    def move(actor_id: int, capacity: Capacity, days: int) -> None:
        services.move_session(
            db,
            public_id=live.public_id,
            starts_at=EVENING + timedelta(days=days),
            minutes=20,
            actor_id=actor_id,
            capacity=capacity,
            now=NOW,
        )
        agree_all(db, live)
        pass_warnings(db, live, staff)

    move(staff, "staff", 1)
    assert live.proposed_by == proposer, "staff stay the second person"
    move(second, "manager", 2)
    with pytest.raises(OwnProposal):
        services.confirm_session(
            db, public_id=live.public_id, actor_id=second, capacity="staff", now=NOW
        )
    services.confirm_session(
        db, public_id=live.public_id, actor_id=proposer, capacity="staff", now=NOW
    )
    assert (live.state, live.proposed_by, live.confirmed_by) == ("confirmed", second, proposer)


def test_one_address_leads_everyone_to_their_own_page(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    now = clock.now()
    with database.transaction() as db:
        starts_at = (now + timedelta(days=5)).replace(hour=13, minute=0)
        live, item_id = firm_one(db, starts_at=starts_at, now=now)
        producer_id = db.get_one(SessionItem, item_id).producer_id
        maker = make_member(db, "producer", producer_id).email or ""
        stranger = make_person(db).email or ""
        address, public_page = f"/mo-phien/{live.public_id}", f"/phien-live/{live.slug}"
        pages = {
            make_staff(db, "19").email or "": f"/can-bo/phien/{live.public_id}",
            make_staff(db, "01").email or "": public_page,
            maker: "/ban-hang/phien",
            stranger: public_page,
        }
    for login, page in pages.items():
        answer = signed_in(login).get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, page)
    way_out = f"/ban-hang/phien/{item_id}/rut"
    assert post(signed_in(stranger), way_out, {"reason": "x"}).status_code == 403
    client = signed_in(maker)
    assert way_out in client.get("/ban-hang/phien").get_data(as_text=True)
    assert post(client, way_out, {"reason": ""}).status_code == 422
    assert post(client, "/ban-hang/phien/99999/rut", {"reason": "x"}).status_code == 404
    assert post(client, way_out, {"reason": "Mất mùa"}).status_code == 303
    assert way_out not in client.get("/ban-hang/phien").get_data(as_text=True)
