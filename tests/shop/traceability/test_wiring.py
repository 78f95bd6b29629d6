"""What traceability puts into the pages of others, its job, and staff's desk of suspicions."""

from collections.abc import Callable
from datetime import timedelta
from typing import cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalogue.signals import product_published
from shop.core import clock, jobs
from shop.core.db import Database
from shop.traceability import queries, services, wiring
from shop.traceability.models import Anchor, ScanReport
from shop.traceability.queries.on_sale import LotOnSale
from shop.web.actor import Actor
from tests.factories.catalogue import make_product
from tests.factories.traceability import NOW, make_lot

SignIn = Callable[..., FlaskClient]

IN_ORDER = select(ScanReport).order_by(ScanReport.id)


def test_the_product_page_shows_the_lots_on_sale(app: Flask, db: Session) -> None:
    product = make_product(db)
    lot = make_lot(db, product=product, released=True)
    make_lot(db, product=product)
    [panel] = wiring.lots_panel(db, product.id, NOW)
    [shown] = cast(list[LotOnSale], panel.context["lots"])
    assert (shown.code, shown.lot_no, shown.made_on) == (lot.code, lot.lot_no, lot.made_on)
    with app.test_request_context("/"):
        drawn = app.jinja_env.get_template(panel.template).render(**panel.context)
    assert f"/t/{lot.code}" in drawn
    assert wiring.lots_panel(db, make_product(db).id, NOW) == []


def test_goods_without_lots_get_their_code_when_they_are_published(app: Flask, db: Session) -> None:
    lotless = make_product(db, is_lot_tracked=False)
    tracked = make_product(db)
    for product in (lotless, tracked):
        product_published.send(None, db=db, product_id=product.id, now=NOW)
    code = queries.product_code(db, lotless.id)
    assert code is not None
    assert queries.product_code(db, tracked.id) is None
    [panel] = wiring.lots_panel(db, lotless.id, NOW)
    with app.test_request_context("/"):
        drawn = app.jinja_env.get_template(panel.template).render(**panel.context)
    assert f"/t/{code}" in drawn


def test_a_producer_s_first_screen_counts_open_and_held_lots(app: Flask, db: Session) -> None:
    product = make_product(db)
    make_lot(db, product=product)
    held = make_lot(db, product=product, released=True)
    services.hold_lot(db, lot_id=held.id, reason="Kiểm lại", actor_id=1, now=NOW)
    make_lot(db)
    me = Actor(person_id=1, producers={product.producer_id: "owner"})
    with app.test_request_context("/"):
        told = [(todo.count, todo.is_urgent) for todo in wiring.lots_to_do(db, me)]
        assert wiring.lot_link(me)[0].url == "/ban-hang/lo"
    assert told == [(1, False), (1, True)]


def test_the_job_publishes_yesterday_s_root_once(app: Flask, database: Database) -> None:
    with database.transaction() as db:
        make_lot(db)
    for hours in (24, 25):
        jobs.run_once("journal.anchor", database, NOW + timedelta(hours=hours))
    with database.read() as db:
        assert [anchor.day for anchor in db.scalars(select(Anchor))] == [clock.today_vn(NOW)]


def test_the_same_words_of_a_buyer_wait_once(db: Session) -> None:
    lot = make_lot(db)
    report = services.report_code(db, code=lot.code, words="Nhãn mờ lắm", now=NOW)
    assert services.report_code(db, code=lot.code, words="Nhãn mờ lắm ", now=NOW) is report
