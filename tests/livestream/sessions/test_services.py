"""What each step does and refuses; every test commits for real where it matters."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from livestream.clubs import services as clubs
from livestream.clubs.rules import NotVerified
from livestream.sessions import jobs, queries, services
from livestream.sessions.invariants import INVARIANTS
from livestream.sessions.models import LiveSession, ResourceHold, SessionEvent, SessionItem
from livestream.sessions.services import ItemWish
from livestream.sessions.states import Outdated, OwnProposal, ReasonMissing, WrongState
from livestream.sessions.timing import VN, BadTime
from shop.catalogue.models import Product, ProductFacets
from shop.core.db import Database
from shop.core.errors import Invalid, NotFound
from shop.core.outbox import OutboxMessage
from shop.stock.models import PriceWindow
from shop.stock.queries import held_by, levels, prices
from shop.stock.rules import OutOfStock
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_certificate, make_product, variant_of
from tests.factories.livestream import (
    EVENING,
    NOW,
    agree_all,
    make_campaign,
    make_channel,
    make_club,
    make_host,
    make_session,
    make_studio,
    pass_warnings,
    share,
)
from tests.factories.stock import make_stock


def sound(db: Session) -> bool:
    db.flush()
    return not [name for name, query in INVARIANTS.items() if db.execute(text(query)).all()]


def goods(db: Session, units: int = 20) -> tuple[int, int]:
    """(variant, product) with some stock."""
    product = make_product(db)
    make_certificate(db, product)
    variant = variant_of(db, product).id
    make_stock(db, variant, units)
    return variant, product.id


def kinds(db: Session, live: LiveSession) -> list[str]:
    return list(
        db.scalars(
            select(SessionEvent.kind)
            .where(SessionEvent.session_id == live.id)
            .order_by(SessionEvent.id)
        )
    )


def active(db: Session, live: LiveSession) -> int:
    return len(
        db.scalars(
            select(ResourceHold.id).where(
                ResourceHold.session_id == live.id, ResourceHold.is_active
            )
        ).all()
    )


def confirm(db: Session, live: LiveSession, **over: object) -> None:
    values: dict[str, object] = {"capacity": "staff", "now": NOW} | over
    values.setdefault("actor_id", make_person(db).id)
    services.confirm_session(db, public_id=live.public_id, **values)  # type: ignore[arg-type]


def test_a_draft_takes_nothing(db: Session) -> None:
    club = make_club(db)
    live = make_session(db, club)
    assert active(db, live) == 0
    again = make_session(db, club, submit_key=live.submit_key)
    assert again.id == live.id
    assert sound(db)


def test_confirmed_sets_aside_and_prices_and_tells(db: Session) -> None:
    variant, product = goods(db)
    live = make_session(db, state="confirmed", items=[ItemWish(variant, 20, 59_000, 8)])
    item = db.scalars(select(SessionItem)).one()
    key = queries.owner_key(item.id)
    assert held_by(db, [key]) == {key: 8}
    assert levels(db, [variant])[variant].available == 12
    assert prices(db, [variant], EVENING + timedelta(minutes=5))[variant].price_vnd == 59_000
    assert prices(db, [variant], live.ends_at) == {}
    assert db.get_one(ProductFacets, product).next_session_slug == live.slug
    assert kinds(db, live)[-1] == "confirmed"
    told = db.scalars(select(OutboxMessage.kind)).all()
    assert "session.confirmed" in told
    assert sound(db)
    services.cancel_session(db, public_id=live.public_id, actor_id=1, now=NOW, reason="Mưa")
    assert held_by(db, [key]) == {}
    assert prices(db, [variant], EVENING + timedelta(minutes=5)) == {}
    assert db.get_one(ProductFacets, product, populate_existing=True).next_session_slug is None
    assert sound(db)


def test_stock_that_is_not_there(db: Session) -> None:
    variant, _product = goods(db, 5)
    live = make_session(db, state="proposed", items=[ItemWish(variant, set_aside=6)])
    agree_all(db, live)
    staff = make_person(db).id
    pass_warnings(db, live, staff)
    with pytest.raises(services.NotReady) as refused:
        confirm(db, live, actor_id=staff)
    assert {finding.rule.slug for finding in refused.value.findings} == {"stock_cover"}


def test_two_sessions_share_what_there_is(db: Session) -> None:
    variant, _product = goods(db, 10)
    make_session(db, state="confirmed", items=[ItemWish(variant, set_aside=7)])
    with pytest.raises((services.NotReady, OutOfStock)):
        make_session(db, state="confirmed", items=[ItemWish(variant, set_aside=4)])


def test_two_sides_must_agree(db: Session) -> None:
    variant, _product = goods(db)
    live = make_session(db, state="proposed", items=[ItemWish(variant)])
    proposer = live.proposed_by
    with pytest.raises(OwnProposal):
        confirm(db, live, actor_id=proposer)
    with pytest.raises(services.ConsentMissing, match="A1"):
        confirm(db, live)
    item = db.scalars(select(SessionItem)).one()
    with pytest.raises(NotFound):
        services.answer_item(
            db, item_id=item.id, producer_ids=[999], is_agreed=True, actor_id=1, now=NOW
        )
    with pytest.raises(ReasonMissing):
        services.answer_item(
            db,
            item_id=item.id,
            producer_ids=[item.producer_id],
            is_agreed=False,
            actor_id=1,
            now=NOW,
        )
    agree_all(db, live)
    wish = ItemWish(variant, 10, 50_000, 0)
    services.change_item(
        db, public_id=live.public_id, item_id=item.id, wish=wish, actor_id=1, now=NOW
    )
    assert item.consent == "asked", "another price is another question"
    with pytest.raises(Outdated):
        services.answer_item(
            db,
            item_id=item.id,
            producer_ids=[item.producer_id],
            is_agreed=True,
            actor_id=1,
            now=NOW,
            version=live.version - 1,
        )


def test_every_answer_is_told(db: Session) -> None:
    wishes = [ItemWish(goods(db)[0]), ItemWish(goods(db)[0])]
    live = make_session(db, state="proposed", items=wishes)
    agree_all(db, live)
    agree_all(db, live)
    messages = db.scalars(
        select(OutboxMessage).where(
            OutboxMessage.kind == "session.item_agreed",
            OutboxMessage.recipient == f"person:{live.proposed_by}",
            OutboxMessage.channel == "inbox",
        )
    ).all()
    told = sorted(message.payload["code"] for message in messages)
    assert told == ["A1", "A2"], "each answer once; the same answer again is a second click"


def test_a_manager_confirms_only_ordinary_sessions(db: Session) -> None:
    club = make_club(db)
    variant, _product = goods(db)
    live = make_session(db, club, state="proposed", items=[ItemWish(variant)])
    agree_all(db, live)
    confirm(db, live, capacity="manager")
    campaign = make_campaign(db)
    other = make_session(
        db,
        state="proposed",
        items=[ItemWish(variant)],
        campaign_id=campaign.id,
        submit_key="campaign",
    )
    agree_all(db, other)
    with pytest.raises(services.StaffNeeded):
        confirm(db, other, capacity="manager")
    with pytest.raises(Invalid):
        make_session(db, campaign_id=campaign.id, starts_at=EVENING + timedelta(days=40))


def test_a_confirmed_advertisement_settles_the_warning_but_staff_confirm(db: Session) -> None:
    variant, product_id = goods(db)
    product = db.get_one(Product, product_id)
    product.regulated_class = "supplement"
    make_certificate(db, product, kind="ad_content", stars=None, product_id=None)
    live = make_session(db, state="proposed", items=[ItemWish(variant)])
    agree_all(db, live)
    assert "regulated" in services.open_warning_slugs(db, live, now=NOW), "it is of one product"
    make_certificate(db, product, kind="ad_content", stars=None)
    assert services.open_warning_slugs(db, live, now=NOW) == []
    with pytest.raises(services.StaffNeeded):
        confirm(db, live, capacity="manager")
    confirm(db, live)


def test_warnings_need_a_name_and_a_reason(db: Session) -> None:
    live = make_session(db, state="proposed")
    with pytest.raises(services.NotReady):
        confirm(db, live)
    for rule, reason, refusal in (
        ("line_up", "", ReasonMissing),
        ("overlap", "x", Invalid),
        ("nothing", "x", Invalid),
    ):
        with pytest.raises(refusal):
            services.override_warning(
                db, public_id=live.public_id, rule=rule, reason=reason, actor_id=1, now=NOW
            )
    staff = make_person(db).id
    pass_warnings(db, live, staff)
    with pytest.raises(services.StaffNeeded):
        confirm(db, live, capacity="manager")
    confirm(db, live, actor_id=staff)
    assert kinds(db, live)[-2:] == ["warning_passed", "confirmed"]


def test_compare_and_swap(db: Session) -> None:
    live = make_session(db, state="proposed")
    with pytest.raises(Outdated):
        services.cancel_session(
            db,
            public_id=live.public_id,
            actor_id=1,
            now=NOW,
            reason="x",
            version=live.version - 1,
        )


def test_lapsed_holds_give_way_before_the_clock_says_so(db: Session) -> None:
    club = make_club(db)
    hosts, channels = [make_host(db, club)], [make_channel(db, club)]
    first = make_session(db, club, hosts=hosts, channels=channels, state="proposed")
    later = NOW + timedelta(hours=48)
    second = make_session(db, club, hosts=hosts, channels=channels, submit_key="second")
    proposer = clubs.managers_of(db, club.id)[0]
    common = {"public_id": second.public_id, "actor_id": proposer, "hold_hours": 48}
    with pytest.raises(services.ResourceTaken) as refused:
        services.propose_session(db, now=later - timedelta(seconds=1), **common)  # type: ignore[arg-type]
    assert len(refused.value.offers) == 3
    with pytest.raises(services.deciding.HoldLapsed):
        confirm(db, first, now=later)
    services.propose_session(db, now=later, **common)  # type: ignore[arg-type]
    db.refresh(first)
    assert (first.state, second.state) == ("expired", "proposed")
    assert sound(db)


def test_the_clock_expires_proposals(database: Database) -> None:
    with database.transaction() as db:
        code = make_session(db, state="proposed").public_id
    jobs.expire_holds(database, NOW + timedelta(hours=47))
    jobs.expire_holds(database, NOW + timedelta(hours=48))
    jobs.expire_holds(database, NOW + timedelta(hours=48))
    with database.read() as db:
        live = queries.get_session(db, code)
        assert live.state == "expired"
        assert kinds(db, live).count("expired") == 1
        assert sound(db)


def test_offers_are_really_free(db: Session) -> None:
    club = make_club(db)
    hosts, channels = [make_host(db, club)], [make_channel(db, club)]
    studio = make_studio(db, club)
    make_session(db, club, hosts=hosts, channels=channels, studios=[studio], state="proposed")
    draft = make_session(db, club, hosts=hosts, channels=channels, studios=[studio])
    proposer = clubs.managers_of(db, club.id)[0]
    with pytest.raises(services.ResourceTaken) as refused, db.begin_nested():
        services.propose_session(
            db, public_id=draft.public_id, actor_id=proposer, now=NOW, hold_hours=48
        )
    for number, offer in enumerate(refused.value.offers):
        made = make_session(
            db,
            club,
            hosts=hosts,
            channels=channels,
            studios=[studio],
            starts_at=offer,
            state="proposed",
            submit_key=f"offer-{number}",
        )
        assert made.state == "proposed"
        services.withdraw_proposal(db, public_id=made.public_id, actor_id=1, now=NOW)


def test_a_move_takes_before_it_drops(db: Session) -> None:
    club = make_club(db)
    first_host, second_host = make_host(db, club), make_host(db, club)
    channels = [make_channel(db, club)]
    variant, _product = goods(db)
    live = make_session(
        db,
        club,
        hosts=[first_host],
        channels=channels,
        state="confirmed",
        items=[ItemWish(variant, 10, 50_000, 3)],
    )
    make_session(
        db,
        club,
        hosts=[second_host],
        starts_at=EVENING + timedelta(days=1),
        state="proposed",
        submit_key="rival",
    )
    before = (live.starts_at, live.schedule_seq, active(db, live))
    move = {"public_id": live.public_id, "minutes": 60, "capacity": "staff", "now": NOW}
    with pytest.raises(services.ResourceTaken), db.begin_nested():
        services.move_session(
            db,
            starts_at=EVENING + timedelta(days=1),
            actor_id=make_person(db).id,
            resources={"host": [second_host.id], "channel": [channels[0].id]},
            **move,  # type: ignore[arg-type]
        )
    db.refresh(live)
    assert (live.starts_at, live.schedule_seq, active(db, live)) == before
    with pytest.raises(OwnProposal), db.begin_nested():
        services.move_session(
            db,
            starts_at=EVENING,
            actor_id=live.proposed_by or 0,
            **(move | {"capacity": "manager"}),  # type: ignore[arg-type]
        )
    services.move_session(
        db,
        starts_at=EVENING + timedelta(days=2),
        actor_id=make_person(db).id,
        resources={"host": [second_host.id], "channel": [channels[0].id]},
        **move,  # type: ignore[arg-type]
    )
    assert live.schedule_seq > before[1]
    assert db.scalars(select(PriceWindow.starts_at)).one() == EVENING + timedelta(days=2)
    held = select(ResourceHold.resource_id).where(ResourceHold.session_id == live.id)
    assert first_host.id not in db.scalars(held).all()
    assert sound(db)


def test_midnight_is_no_border(db: Session) -> None:
    club = make_club(db)
    hosts, channels = [make_host(db, club)], [make_channel(db, club)]
    late = datetime(2026, 11, 28, 23, 30, tzinfo=VN)
    clubs.set_weekly_hours(
        db, resource_id=hosts[0].id, hours=[(5, 19 * 60, 25 * 60)], actor_id=1, now=NOW
    )
    live = make_session(
        db, club, hosts=hosts, channels=channels, starts_at=late, minutes=75, state="proposed"
    )
    assert live.ends_at.astimezone(VN).day == 29
    with pytest.raises(services.ResourceTaken):
        make_session(
            db,
            club,
            channels=channels,
            starts_at=late + timedelta(minutes=60),
            state="proposed",
            submit_key="after-midnight",
        )
    with pytest.raises(services.booking.CannotPropose):
        make_session(
            db,
            club,
            hosts=hosts,
            starts_at=late + timedelta(days=7),
            minutes=120,
            state="proposed",
            submit_key="too-long",
        )


def test_a_shared_host_is_one_host(db: Session) -> None:
    first, second = make_club(db), make_club(db)
    person = make_person(db).id
    host = make_host(db, first, person_id=person)
    assert make_host(db, second, person_id=person).id == host.id
    studio = make_studio(db, first)
    with pytest.raises(Invalid):
        make_session(db, second, studios=[studio])
    share(db, studio, second)
    make_session(db, first, hosts=[host], state="proposed")
    with pytest.raises(services.ResourceTaken) as refused:
        make_session(db, second, hosts=[host], state="proposed", submit_key="second")
    assert "Phiên chợ" not in str(refused.value)
    assert "20:00–21:00 28/11" in str(refused.value)


def test_an_unverified_club_holds_nothing(db: Session) -> None:
    with pytest.raises(NotVerified):
        make_session(db, make_club(db, state="submitted"), state="proposed")


def test_a_withdrawn_product_leaves_at_once(db: Session) -> None:
    variant, product = goods(db)
    live = make_session(db, state="confirmed", items=[ItemWish(variant, 10, 50_000, 4)])
    assert services.withdraw_product(db, product_id=product, now=NOW) == 1
    assert levels(db, [variant])[variant].reserved == 0
    assert prices(db, [variant], EVENING) == {}
    assert queries.item_rows(db, live.id, now=NOW) == []
    assert kinds(db, live)[-1] == "item_withdrawn"
    assert services.withdraw_product(db, product_id=product, now=NOW) == 0
    assert sound(db)


def test_on_air_and_over(db: Session) -> None:
    variant, _product = goods(db)
    live = make_session(db, state="confirmed", items=[ItemWish(variant, 10, 50_000, 4)])
    early = live.starts_at - timedelta(minutes=16)
    with pytest.raises(services.airing.TooEarly):
        services.go_live(db, public_id=live.public_id, actor_id=1, now=early)
    services.go_live(
        db, public_id=live.public_id, actor_id=1, now=live.starts_at - timedelta(minutes=15)
    )
    assert levels(db, [variant])[variant].reserved == 4
    with pytest.raises(WrongState):
        services.cancel_session(
            db, public_id=live.public_id, actor_id=1, now=live.starts_at, reason="x"
        )
    with pytest.raises(ReasonMissing):
        services.stop_session(
            db, public_id=live.public_id, reason="", actor_id=1, now=live.starts_at
        )
    services.end_session(db, public_id=live.public_id, actor_id=1, now=live.ends_at)
    assert levels(db, [variant])[variant].reserved == 0
    assert active(db, live) == 0
    assert sound(db)


def test_the_clock_marks_no_shows_and_ends_what_was_left_on(database: Database) -> None:
    with database.transaction() as db:
        variant, _product = goods(db)
        missed = make_session(db, state="confirmed", items=[ItemWish(variant, 10, 50_000, 4)])
        left_on = make_session(db, state="live", submit_key="left-on")
        codes = missed.public_id, left_on.public_id
    jobs.keep_time(database, EVENING + timedelta(minutes=19))
    with database.read() as db:
        assert queries.get_session(db, codes[0]).state == "confirmed"
    jobs.keep_time(database, EVENING + timedelta(minutes=90))
    with database.read() as db:
        assert [queries.get_session(db, code).state for code in codes] == ["no_show", "ended"]
        assert levels(db, [variant])[variant].reserved == 0
        assert sound(db)


def test_nothing_absurd_becomes_a_draft(db: Session) -> None:
    club = make_club(db)
    host = make_host(db, club)
    for over in ({"minutes": 0}, {"minutes": 840}, {"starts_at": datetime(2020, 1, 1, tzinfo=UTC)}):
        with pytest.raises(BadTime):
            make_session(db, club, hosts=[host], **over)
    stranger = make_host(db, make_club(db))
    with pytest.raises(Invalid) as refused:
        make_session(db, club, hosts=[stranger])
    assert refused.value.field == "host_id"
    variant, _product = goods(db)
    wishes = (
        ItemWish(999_999),
        ItemWish(variant, live_price_vnd=999),
        ItemWish(variant, live_price_vnd=65_001),
    )
    for number, wish in enumerate(wishes):
        with pytest.raises(Invalid):
            make_session(db, club, hosts=[host], items=[wish], submit_key=f"wish-{number}")
    with pytest.raises(Invalid):
        make_session(db, club, hosts=[host], items=[ItemWish(variant)] * 2, submit_key="twice")
