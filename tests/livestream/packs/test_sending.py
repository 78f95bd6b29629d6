"""Sending a session to Shopee Live: real calls over loopback, once only, every outcome told."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from livestream.clubs.models import Resource
from livestream.packs import services
from livestream.packs.models import ChannelPush
from livestream.packs.services.sending import LEASE, UnderWay
from livestream.sessions.models import LiveSession
from livestream.sessions.services import ItemWish
from shop.core import clock
from shop.core.db import Database
from shop.marketplaces.models import ListingSighting
from tests.conftest import post
from tests.factories.accounts import make_person
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import make_channel, make_club, make_session
from tests.stand_ins import shopee as stand_in


@pytest.fixture
def shopee() -> Iterator[stand_in.Shopee]:
    with stand_in.shopee() as service:
        yield service


class Scene:
    """A confirmed session on a Shopee account, with products listed there, and its manager."""

    def __init__(self, database: Database, products: int = 3) -> None:
        self.database = database
        with database.transaction() as db:
            manager = make_person(db)
            club = make_club(db, manager_id=manager.id)
            channel = make_channel(db, club, platform="shopee")
            made = [make_product(db) for _ in range(products)]
            live = make_session(
                db,
                club,
                channels=[channel],
                items=[ItemWish(variant_of(db, one).id, 5, None, 0) for one in made],
                state="confirmed",
                starts_at=clock.now() + timedelta(days=3),
                about="Hàng vùng cao.",
                now=clock.now(),
            )
            for number, product in enumerate(made[1:], start=1):
                db.add(
                    ListingSighting(
                        product_id=product.id,
                        channel="shopee",
                        what="listed",
                        address=f"https://shopee.vn/x-i.55.{number}",
                        on_day=clock.today_vn(clock.now()),
                        helped_by="",
                        recorded_by=manager.id,
                        recorded_at=clock.now(),
                    )
                )
            self.login = manager.email or ""
            self.manager_id = manager.id
            self.public_id, self.session_id = live.public_id, live.id
            self.channel_id, self.code = channel.id, channel.code
        self.here = f"/clb/phien/{self.public_id}/goi-kenh"

    def row(self) -> ChannelPush | None:
        with self.database.read() as db:
            return db.scalars(select(ChannelPush)).one_or_none()


@pytest.fixture
def connected(
    database: Database, make_app: Callable[..., Flask], shopee: stand_in.Shopee, tmp_path: Path
) -> tuple[Scene, FlaskClient]:
    scene = Scene(database)
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    known = {"user_id": 77, "access_token": "token-77"}
    (tokens / f"{scene.code}.json").write_text(json.dumps(known))
    app = make_app(
        shopee_partner_id=stand_in.PARTNER,
        shopee_partner_key=stand_in.KEY,
        shopee_token_dir=str(tokens),
        shopee_api_base=shopee.origin,
    )
    client = app.test_client()
    post(client, "/dang-nhap", {"login": scene.login, "password": "chophien-demo"})
    return scene, client


def press(scene: Scene, client: FlaskClient, step: str = "gui", **data: Any) -> Any:
    fields = {"resource_id": scene.channel_id, **data}
    return post(client, f"{scene.here}/{step}", fields, follow_redirects=True)


def test_a_session_is_made_there_once_and_kept_up_to_date(
    connected: tuple[Scene, FlaskClient], shopee: stand_in.Shopee
) -> None:
    scene, client = connected
    page = press(scene, client)
    assert page.status_code == 200
    row = scene.row()
    assert row is not None
    assert (row.state, row.remote_id, row.items) == ("sent", "900001", ["55.1", "55.2"])
    there = shopee.sessions[900_001]
    assert there["bag"] == [{"item_id": 1, "shop_id": 55}, {"item_id": 2, "shop_id": 55}]
    assert there["description"] == "Hàng vùng cao."
    assert b"\xff\xd8" in shopee.covers[0]
    assert "900001" in page.get_data(as_text=True)
    shopee.sessions[900_001]["bag"].pop()
    press(scene, client)
    assert len(shopee.sessions) == 1
    assert len(shopee.sessions[900_001]["bag"]) == 2


def test_a_refusal_is_told_and_can_be_tried_again(
    connected: tuple[Scene, FlaskClient], shopee: stand_in.Shopee
) -> None:
    scene, client = connected
    shopee.refuse = {"create_session": "error_permission"}
    page = press(scene, client).get_data(as_text=True)
    assert "error_permission" in page
    row = scene.row()
    assert row is not None
    assert (row.state, row.remote_id) == ("refused", "")
    shopee.refuse = {"add_item_list": "error_item"}
    press(scene, client)
    row = scene.row()
    assert row is not None
    assert (row.state, row.remote_id) == ("opened", "900001")
    shopee.refuse = {}
    press(scene, client)
    assert len(shopee.sessions) == 1
    row = scene.row()
    assert row is not None
    assert row.state == "sent"


@pytest.mark.parametrize(
    ("answer", "remote_id", "made"), [("there", "900001", 1), ("not_there", "", 2)]
)
def test_a_call_without_an_answer_is_not_repeated_before_somebody_looked(
    connected: tuple[Scene, FlaskClient],
    shopee: stand_in.Shopee,
    answer: str,
    remote_id: str,
    made: int,
) -> None:
    scene, client = connected
    shopee.swallow = {"create_session"}
    press(scene, client)
    row = scene.row()
    assert row is not None
    assert row.state == "unsure"
    shopee.swallow = set()
    assert press(scene, client).status_code == 409
    assert shopee.calls.count("create_session") == 1
    bad = press(scene, client, "tim-thay", answer="there", remote_id="không rõ")
    assert bad.status_code == 422
    press(scene, client, "tim-thay", answer=answer, remote_id=remote_id)
    press(scene, client)
    assert len(shopee.sessions) == made
    row = scene.row()
    assert row is not None
    assert row.state == "sent"


def test_a_wrong_key_and_a_missing_token_are_told(
    connected: tuple[Scene, FlaskClient], shopee: stand_in.Shopee, tmp_path: Path
) -> None:
    scene, client = connected
    shopee.users = {77: "another token"}
    assert "error_sign" in press(scene, client).get_data(as_text=True)
    (tmp_path / "tokens" / f"{scene.code}.json").write_text("[]")
    assert scene.code in press(scene, client).get_data(as_text=True)
    assert shopee.sessions == {}


def test_an_ended_token_is_named_and_a_new_one_takes_over_without_a_restart(
    connected: tuple[Scene, FlaskClient], shopee: stand_in.Shopee, tmp_path: Path
) -> None:
    """The token ends between two sendings: the session there is kept and brought up to date."""
    scene, client = connected
    press(scene, client)
    shopee.ended = {"token-77"}
    assert "hết hạn" in press(scene, client).get_data(as_text=True)
    row = scene.row()
    assert row is not None
    assert (row.state, row.remote_id) == ("opened", "900001")
    shopee.users = {77: "token-78"}
    renewed = json.dumps({"user_id": 77, "access_token": "token-78"})
    (tmp_path / "tokens" / f"{scene.code}.json").write_text(renewed)
    press(scene, client)
    row = scene.row()
    assert row is not None
    assert (row.state, len(shopee.sessions)) == ("sent", 1)


def test_it_is_off_by_default_and_strangers_find_nothing(
    database: Database, signed_in: Callable[[str], FlaskClient]
) -> None:
    scene = Scene(database)
    client = signed_in(scene.login)
    assert client.get(scene.here).status_code == 200
    assert press(scene, client).status_code == 404
    with database.transaction() as db:
        stranger = make_person(db)
        make_club(db, manager_id=stranger.id)
        other = stranger.email or ""
    client.delete_cookie("phien")
    client = signed_in(other)
    assert client.get(scene.here).status_code in {403, 404}
    for value in (str(2**31), str(2**70), "\x00", "x" * 1_000_000):
        fields = {"resource_id": value}
        assert 400 <= post(client, f"{scene.here}/gui", fields).status_code < 500
    assert scene.row() is None


def _begin(scene: Scene, now: datetime) -> None:
    with scene.database.transaction() as db:
        live = db.get_one(LiveSession, scene.session_id)
        services.begin_push(
            db,
            live=live,
            resource_id=scene.channel_id,
            items=("55.1",),
            actor_id=scene.manager_id,
            now=now,
        )


def test_of_two_presses_at_once_one_sends(database: Database) -> None:
    scene, now = Scene(database), clock.now()
    outcomes: list[str] = []
    gate = threading.Barrier(8)

    def one() -> None:
        gate.wait()
        try:
            _begin(scene, now)
            outcomes.append("sends")
        except UnderWay:
            outcomes.append("waits")

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["sends"] + ["waits"] * 7
    with database.transaction() as db:
        row = db.scalars(select(ChannelPush)).one()
        row.remote_id, row.state = "9", "opened"
        assert db.get_one(Resource, scene.channel_id).platform == "shopee"
    _begin(scene, now + LEASE)
    with pytest.raises(UnderWay):
        _begin(scene, now + LEASE + timedelta(seconds=1))
