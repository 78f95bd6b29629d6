"""Wish lists that move into an account; alerts told once, after confirmation, and never more."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from shop.catalogue.models import ProductFacets
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.core.outbox import OutboxMessage
from shop.notifications.models import Contact
from shop.notifications.rules import AddressNeeded, NoMail
from shop.notifications.services import contact, following, forget_contacts, keep_contacts_of
from shop.stock import services as stock
from shop.stock.rules import Want
from shop.stock.signals import stock_came_in
from shop.wishes import queries, rules, services, wiring
from shop.wishes.invariants import INVARIANTS
from shop.wishes.models import StockAlert, Wish, WishList
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.stock import make_stock


@pytest.fixture(autouse=True)
def _listens() -> None:
    stock_came_in.connect(wiring.tell_waiting, weak=False)


def holds(database: Database) -> None:
    with database.read() as db:
        for name, query in INVARIANTS.items():
            assert db.connection().exec_driver_sql(query.replace("%", "%%")).all() == [], name


def open_list(db: Session, token: str, person_id: int | None, now: datetime) -> WishList:
    return services.open_list(
        db, token_hash=token, new_token_hash=f"new {token}", person_id=person_id, now=now
    )


def ask(db: Session, variant_id: int, now: datetime, **who: Any) -> StockAlert:
    values: dict[str, Any] = {"person_id": None, "email": None, "language": "vi"}
    return services.ask_to_be_told(db, variant_id=variant_id, now=now, **(values | who))


def sent(db: Session, kind: str) -> list[str]:
    rows = select(OutboxMessage.recipient).where(OutboxMessage.kind == kind)
    return sorted(db.scalars(rows.order_by(OutboxMessage.id)))


# Lists.


def test_a_guests_list_joins_the_persons(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        tea, honey, rice = (make_product(db, name=name).id for name in ("Chè", "Mật", "Gạo"))
        person = make_person(db).id
        theirs = open_list(db, "phone", person, now)
        services.add_wish(db, wish_list=theirs, product_id=tea, now=now)
        services.add_wish(db, wish_list=theirs, product_id=honey, now=now)
        guest = open_list(db, "laptop", None, now)
        services.add_wish(db, wish_list=guest, product_id=honey, now=now)
        services.add_wish(db, wish_list=guest, product_id=rice, now=now)
        services.claim_list(db, token_hash="new laptop", person_id=person, now=now)
    with database.read() as db:
        found = queries.find_list(db, token_hash="", person_id=person)
        assert found is not None
        assert sorted(queries.wished_products(db, found.id)) == [tea, honey, rice]
        assert queries.find_list(db, token_hash="new laptop", person_id=None) is None
        assert queries.has_wish(db, rice, token_hash="", person_id=person)
        assert not queries.has_wish(db, rice, token_hash="new laptop", person_id=None)
    holds(database)


def test_adding_twice_is_once_and_a_list_has_an_end(db: Session, now: datetime) -> None:
    kept = open_list(db, "a", None, now)
    product = make_product(db)
    for _ in range(3):
        services.add_wish(db, wish_list=kept, product_id=product.id, now=now)
    assert queries.wish_count(db, kept.id) == 1
    hidden = make_product(db, published=False)
    with pytest.raises(NotFound):
        services.add_wish(db, wish_list=kept, product_id=hidden.id, now=now)
    for number in range(rules.MAX_WISHES - 1):
        db.add(Wish(list_id=kept.id, product_id=make_bare(db, product.id, number), added_at=now))
    db.flush()
    with pytest.raises(rules.ListFull):
        services.add_wish(db, wish_list=kept, product_id=make_product(db).id, now=now)
    services.remove_wish(db, wish_list=kept, product_id=product.id, now=now)
    services.remove_wish(db, wish_list=kept, product_id=product.id, now=now)
    assert queries.wish_count(db, kept.id) == rules.MAX_WISHES - 1


def make_bare(db: Session, like: int, number: int) -> int:
    """A product row like another, quickly made."""
    columns = "producer_id, name, subgroup, regulated_class, summary, story, ingredients"
    more = "net_content, storage, usage, warnings, origin, season_mask, is_lot_tracked, is_service"
    rest = "is_demo, source_note, historic_stars_note, state, decision_note, created_at, updated_at"
    made = db.scalar(
        text(
            f"INSERT INTO product (slug, {columns}, {more}, {rest}, version) "
            f"SELECT 'bare-{number}', {columns}, {more}, {rest}, 1 FROM product WHERE id = {like} "
            "RETURNING id"
        )
    )
    assert made is not None
    return int(made)


def test_guests_lists_are_forgotten_and_peoples_are_kept(db: Session, now: datetime) -> None:
    product = make_product(db)
    old = now - rules.LISTS_FOR - timedelta(days=1)
    for token, person, at in (
        ("old guest", None, old),
        ("new guest", None, now),
        ("old person", make_person(db).id, old),
    ):
        kept = open_list(db, token, person, at)
        services.add_wish(db, wish_list=kept, product_id=product.id, now=at)
    assert services.drop_old_lists(db, now=now) == 1
    tokens = set(db.scalars(select(WishList.token_hash)))
    assert tokens == {"new new guest", "new old person"}
    assert len(db.scalars(select(Wish.id)).all()) == 2


# Told when it is back.


def test_a_person_is_told_once_when_units_come_in(db: Session, now: datetime) -> None:
    person = make_person(db).id
    variant = variant_of(db, make_product(db)).id
    first = ask(db, variant, now, person_id=person)
    assert ask(db, variant, now, person_id=person).id == first.id
    assert first.state == "waiting"
    make_stock(db, variant, 3)
    assert sent(db, services.BACK) == [f"person:{person}"]
    stock.reserve(db, wants=[Want("basket:1", variant, 3)], expires_at=None, now=now)
    stock.release(db, owner_keys=["basket:1"], now=now)
    make_stock(db, variant, 2)
    assert sent(db, services.BACK) == [f"person:{person}"], "once, however often it comes back"
    db.refresh(first)
    assert first.state == "told"
    assert first.ended_at is not None
    with pytest.raises(rules.StillInStock):
        ask(db, variant, now, person_id=person)


def test_units_given_back_are_units_that_came_in(db: Session, now: datetime) -> None:
    variant = variant_of(db, make_product(db)).id
    make_stock(db, variant, 1)
    stock.reserve(db, wants=[Want("order:1", variant, 1)], expires_at=None, now=now)
    person = make_person(db).id
    ask(db, variant, now, person_id=person)
    other = variant_of(db, make_product(db)).id
    make_stock(db, other, 5)
    assert sent(db, services.BACK) == [], "another product's units tell nobody"
    stock.release(db, owner_keys=["order:1"], now=now)
    assert sent(db, services.BACK) == [f"person:{person}"]


@pytest.mark.usefixtures("mail")
def test_a_guest_is_told_only_after_confirming(db: Session, now: datetime) -> None:
    variant = variant_of(db, make_product(db)).id
    alert = ask(db, variant, now, email="khach@vidu.vn")
    assert alert.state == "unconfirmed"
    assert ask(db, variant, now, email="Khach@vidu.vn ".strip().lower()).id == alert.id
    assert sent(db, services.ASK) == [alert.recipient], "one mail to confirm, not two"
    assert alert.recipient.startswith("contact:")
    make_stock(db, variant, 3)
    assert sent(db, services.BACK) == [], "nobody writes to an address that is not confirmed"
    services.confirm_alert(db, code=alert.code, now=now)
    assert sent(db, services.BACK) == [alert.recipient], "what came in meanwhile is told at once"
    with pytest.raises(NotFound):
        services.confirm_alert(db, code=alert.code, now=now)


@pytest.mark.usefixtures("mail")
def test_no_mail_after_no(db: Session, now: datetime) -> None:
    variant = variant_of(db, make_product(db)).id
    alert = ask(db, variant, now, email="khach@vidu.vn")
    services.confirm_alert(db, code=alert.code, now=now)
    following.end_wish(db, StockAlert, alert.code, now)
    following.end_wish(db, StockAlert, alert.code, now)
    make_stock(db, variant, 3)
    assert sent(db, services.BACK) == []
    with pytest.raises(NotFound):
        following.end_wish(db, StockAlert, "X" * 20, now)


@pytest.mark.usefixtures("mail")
def test_an_address_is_forgotten_when_nothing_waits(db: Session, now: datetime) -> None:
    keep_contacts_of("wishes", lambda _now: queries.waiting_recipients())
    alert = ask(db, variant_of(db, make_product(db)).id, now, email="khach@vidu.vn")
    db.execute(update(OutboxMessage).values(state="sent"))
    assert forget_contacts(db, now=now) == 0, "still to be told"
    following.end_wish(db, StockAlert, alert.code, now)
    written = db.scalars(select(OutboxMessage)).one()
    written.state = "pending"
    db.flush()
    assert forget_contacts(db, now=now) == 0, "a message is on its way"
    written.state = "sent"
    db.flush()
    assert forget_contacts(db, now=now) == 1
    assert db.scalars(select(Contact.email)).all() == [None]
    assert contact(db, email="khach@vidu.vn", now=now) != alert.recipient


def asked_while_forgetting(database: Database, now: datetime, known: Callable[..., str]) -> str:
    """The address after a guest is taken in (by ``known``) while the hourly job runs."""
    keep_contacts_of("wishes", lambda _now: queries.waiting_recipients())
    with database.transaction() as db:
        variant = variant_of(db, make_product(db)).id
        recipient = contact(db, email="khach@vidu.vn", now=now)

    def forget() -> int:
        with database.transaction() as db:
            return forget_contacts(db, now=now)

    with ThreadPoolExecutor(1) as pool, database.write() as db:
        assert known(db, email="khach@vidu.vn", now=now) == recipient
        about = {"variant_id": variant}
        following.add_wish(db, StockAlert, recipient, now=now, about=about)
        forgetting = pool.submit(forget)
        wait([forgetting], timeout=2)
        db.commit()
        forgetting.result(10)
    with database.read() as db:
        return db.scalars(select(Contact.email)).one() or ""


def test_who_asks_while_addresses_are_forgotten_is_reached(
    database: Database, now: datetime
) -> None:
    assert asked_while_forgetting(database, now, contact) == "khach@vidu.vn"


@pytest.mark.control
def test_reading_a_contact_without_writing_loses_it(database: Database, now: datetime) -> None:
    """The negative control; SQLite has one writer at a time, so there it cannot fail."""

    def careless(db: Session, **_more: Any) -> str:
        return f"contact:{db.scalars(select(Contact.id)).one()}"

    expected = "khach@vidu.vn" if database.is_sqlite else ""
    assert asked_while_forgetting(database, now, careless) == expected


def test_guests_are_not_offered_what_would_never_come(db: Session, now: datetime) -> None:
    variant = variant_of(db, make_product(db)).id
    with pytest.raises(NoMail):
        ask(db, variant, now, email="khach@vidu.vn")


@pytest.mark.usefixtures("mail")
def test_refusals(db: Session, now: datetime) -> None:
    with pytest.raises(NotFound):
        ask(db, 99, now, email="khach@vidu.vn")
    with pytest.raises(NotFound):
        ask(db, variant_of(db, make_product(db, published=False)).id, now, email="a@vidu.vn")
    with pytest.raises(AddressNeeded):
        ask(db, variant_of(db, make_product(db)).id, now)
    person = make_person(db).id
    for _ in range(rules.MAX_ALERTS):
        ask(db, variant_of(db, make_product(db)).id, now, person_id=person)
    with pytest.raises(rules.TooManyAlerts):
        ask(db, variant_of(db, make_product(db)).id, now, person_id=person)


def test_what_left_the_shop_is_not_told(db: Session, now: datetime) -> None:
    product = make_product(db)
    variant = variant_of(db, product).id
    alert = ask(db, variant, now, person_id=make_person(db).id)
    listed = update(ProductFacets).where(ProductFacets.product_id == product.id)
    db.execute(listed.values(is_listed=False))
    make_stock(db, variant, 3)
    assert sent(db, services.BACK) == []
    db.execute(listed.values(is_listed=True))
    stock.publish_available(db, product_id=product.id, now=now)
    assert sent(db, services.BACK) == [alert.recipient], "back on sale, with units, is back"
    ref = f"stock_alert:{alert.id}"
    assert services.is_worth_telling(db, ref)
    db.execute(listed.values(is_listed=False))
    assert not services.is_worth_telling(db, ref), "withdrawn before the message left"


@pytest.mark.usefixtures("mail")
def test_old_alerts_end_by_themselves(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        variant = variant_of(db, make_product(db)).id
        long_ago = now - rules.WAITING_FOR - timedelta(days=1)
        waiting = ask(db, variant, long_ago, person_id=make_person(db).id)
        recent = ask(db, variant, now, person_id=make_person(db).id)
        ask(db, variant, now - following.UNCONFIRMED_FOR - timedelta(hours=1), email="a@vidu.vn")
        fresh = ask(db, variant, now, email="b@vidu.vn")
        services.expire_alerts(db, now=now)
        kept = {one.id: one.state for one in db.scalars(select(StockAlert))}
        assert kept[recent.id] == "waiting"
        assert kept[fresh.id] == "unconfirmed"
        assert len(kept) == 3
        db.refresh(waiting)
        assert waiting.state == "ended"
    holds(database)


# At once.


def at_once(database: Database, acts: list[Callable[[Session], Any]]) -> list[Any]:
    start = Barrier(len(acts))

    def run(act: Callable[[Session], Any]) -> Any:
        start.wait(10)
        with database.write() as db:
            found = act(db)
            db.commit()
            return found

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_two_clicks_ask_once_and_two_receipts_tell_once(database: Database, now: datetime) -> None:
    with database.transaction() as db:
        person = make_person(db).id
        variant = variant_of(db, make_product(db)).id
    asked = at_once(database, [lambda db: ask(db, variant, now, person_id=person).id] * 4)
    assert len(set(asked)) == 1
    at_once(database, [lambda db: make_stock(db, variant, 1)] * 4)
    with database.read() as db:
        assert sent(db, services.BACK) == [f"person:{person}"]
    holds(database)


@pytest.mark.control
def test_telling_by_reading_first_tells_twice(database: Database, now: datetime) -> None:
    """The negative control: read who waits, then write. The test above must be able to see it."""
    with database.transaction() as db:
        person = make_person(db).id
        variant = variant_of(db, make_product(db)).id
        ask(db, variant, now, person_id=person)
    seen = Barrier(2)

    def careless(number: int) -> int:
        with database.read() as db:
            waiting = db.scalars(select(StockAlert.id).where(StockAlert.state == "waiting")).all()
        seen.wait(10)
        with database.write() as db:
            db.execute(update(StockAlert).values(state="told", ended_at=now))
            db.commit()
        return len(waiting)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(careless, range(2))) == 2
