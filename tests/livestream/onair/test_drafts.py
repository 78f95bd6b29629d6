"""Comments taken in once, drafts that become orders once, and only where the platform allows it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from livestream.clubs.services import managers_of
from livestream.onair import queries, services
from livestream.onair.invariants import INVARIANTS
from livestream.onair.models import LiveComment, OrderDraft
from livestream.onair.rules.comments import ChannelForbids
from livestream.onair.rules.pasting import Comment, NotText, read_file, read_lines, read_table
from livestream.onair.services import DraftDecided, ordering
from livestream.onair.services.forgetting import KEPT_FOR
from livestream.sessions.models import LiveSession, SessionItem
from livestream.sessions.services import ItemWish
from shop.accounts.models import Person
from shop.accounts.services import create_api_token
from shop.checkout.services import CheckoutRequest
from shop.core.db import Database
from shop.core.errors import NotFound
from shop.orders.models import Order
from shop.stock.rules import OutOfStock
from tests.conftest import csrf
from tests.factories.catalogue import make_product, variant_of
from tests.factories.livestream import NOW, make_channel, make_club, make_session
from tests.factories.stock import make_stock
from tests.livestream.onair.test_pressing import LATER, at_once
from tests.shop.checkout.race import CONFIG

BUYER = CheckoutRequest(
    "", "Lan Anh", "0912345678", None, "19", "02185", "Thôn Lủng Vạng", "", "cod"
)


def selling(db: Session, *, platform: str = "facebook", units: int = 20) -> LiveSession:
    """A session on air with A1 and A2, each at 100 000 ₫ while it lasts."""
    club = make_club(db)
    wishes = []
    for _ in range(2):
        variant = variant_of(db, make_product(db, price_vnd=120_000)).id
        make_stock(db, variant, units)
        wishes.append(ItemWish(variant, 20, 100_000, min(5, units)))
    channels = [make_channel(db, club, platform=platform)]
    return make_session(db, club, channels=channels, items=wishes, state="live")


def take(db: Session, live: LiveSession, *comments: Comment) -> services.Taken:
    channel = queries.channels_of(db, live.id)[0]
    return services.take_comments(
        db, public_id=live.public_id, channel_id=channel.id, comments=comments, now=LATER
    )


def item_ids(db: Session, live: LiveSession) -> list[int]:
    return list(
        db.scalars(
            select(SessionItem.id).where(SessionItem.session_id == live.id).order_by(SessionItem.id)
        )
    )


def place(db: Session, live: LiveSession, draft_id: int, units: Mapping[int, int]) -> list[Order]:
    placed = services.place_draft(
        db,
        live=live,
        draft_id=draft_id,
        quantities=units,
        request=BUYER,
        actor_id=1,
        config=CONFIG,
        now=LATER,
    )
    return placed.orders


def test_comments_are_sorted_and_each_is_taken_once(db: Session) -> None:
    live = selling(db)
    brought = [
        Comment("A1 2 hũ 0912345678", "Lan", "c-1"),
        Comment("A2 còn không?", "Mai", "c-2"),
        Comment("hay quá", "Tú", "c-3"),
        Comment("không lấy nữa", "Lan", "c-4"),
        Comment("A2 nhé", "Lan"),
    ]
    first = take(db, live, *brought)
    assert (first.drafts, first.cancels, first.questions, first.others) == (2, 1, 1, 1)
    again = take(db, live, *brought, Comment("đã sửa: A1 9 hũ", "Lan", "c-1"))
    assert (again.drafts, again.known) == (0, 5)
    rows = queries.draft_rows(db, live.id, states=("open",))
    assert [row.parts[0][1:] for row in rows] == [("A1", 2), ("A2", 1)]
    assert rows[0].wants_out
    assert "second" in rows[1].doubts
    assert db.scalar(select(func.count()).select_from(LiveComment)) == 4  # small talk is not kept


def test_who_wants_another_thing_instead_is_told_at_the_earlier_draft(db: Session) -> None:
    live = selling(db)
    take(db, live, Comment("A1 2 hũ", "Lan"), Comment("A1", "Mai"))
    take(db, live, Comment("không lấy A1 nữa, đổi sang A2", "Lan"))
    rows = queries.draft_rows(db, live.id, states=("open",))
    assert [row.wants_out for row in rows] == [True, False, False]


@pytest.mark.parametrize("platform", ["tiktok", "shopee"])
def test_platforms_that_forbid_it_are_respected(db: Session, platform: str) -> None:
    live = selling(db, platform=platform)
    with pytest.raises(ChannelForbids):
        take(db, live, Comment("A1 2 hũ"))
    with pytest.raises(NotFound):
        services.take_comments(db, public_id=live.public_id, channel_id=99, comments=[], now=LATER)


def test_a_confirmed_draft_is_an_order_at_the_live_price(db: Session) -> None:
    live = selling(db)
    take(db, live, Comment("A1 2 hũ 0912345678", "Lan"))
    draft = queries.draft_rows(db, live.id, states=("open",))[0].draft
    (order,) = place(db, live, draft.id, {item_ids(db, live)[0]: 3})
    assert order.subtotal_vnd == 3 * 100_000
    assert (draft.state, draft.group_id) == ("placed", order.group_id)
    with pytest.raises(DraftDecided):
        place(db, live, draft.id, {item_ids(db, live)[0]: 3})
    with pytest.raises(DraftDecided):
        services.drop_draft(db, live=live, draft_id=draft.id, actor_id=1, now=LATER)


def test_without_stock_nothing_is_placed(database: Database) -> None:
    with database.transaction() as db:
        live = selling(db, units=1)
        take(db, live, Comment("A1 2 hũ", "Lan"))
        item = item_ids(db, live)[0]
        draft_id = queries.draft_rows(db, live.id, states=("open",))[0].draft.id
    with database.write() as db, pytest.raises(OutOfStock):
        place(db, db.get_one(LiveSession, live.id), draft_id, {item: 2})
    with database.read() as db:
        assert db.get_one(OrderDraft, draft_id).state == "open"
        assert db.scalar(select(func.count()).select_from(Order)) == 0


def makers(database: Database, count: int = 6) -> tuple[int, list[Callable[[], None]]]:
    """One draft, and so many people who confirm it at the same moment."""
    with database.transaction() as db:
        live = selling(db)
        take(db, live, Comment("A1 2 hũ 0912345678", "Lan"))
        draft_id = queries.draft_rows(db, live.id, states=("open",))[0].draft.id
        session_id, item = live.id, item_ids(db, live)[0]

    def confirm() -> None:
        with database.transaction() as db:
            place(db, db.get_one(LiveSession, session_id), draft_id, {item: 2})

    return draft_id, [confirm] * count


def test_two_order_takers_make_one_order(database: Database) -> None:
    _draft_id, jobs = makers(database)
    raised = at_once(jobs)
    assert [type(error) for error in raised] == [DraftDecided] * (len(jobs) - 1)
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(Order)) == 1
        assert [name for name, sql in INVARIANTS.items() if db.execute(text(sql)).all()] == []


@pytest.mark.control
def test_without_claim_and_key_there_are_doubles(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same people, with the claim taken off and a submit key of their own."""
    numbers = iter(range(100))

    def own_key(request: CheckoutRequest, **_key: str) -> CheckoutRequest:
        return replace(request, submit_key=f"own-key-of-taker-{next(numbers)}")

    monkeypatch.setattr(ordering, "_claim", lambda *_args: None)
    monkeypatch.setattr(ordering, "replace", own_key)
    _draft_id, jobs = makers(database, 3)
    at_once(jobs)
    with database.read() as db:
        assert (db.scalar(select(func.count()).select_from(Order)) or 0) > 1


def test_the_same_comments_brought_by_two_at_once(database: Database) -> None:
    with database.transaction() as db:
        live = selling(db)
        public_id, channel_id = live.public_id, queries.channels_of(db, live.id)[0].id
    brought = [Comment(f"A1 {n} hũ", f"Người {n}", f"c-{n}") for n in range(1, 9)]

    def job() -> None:
        with database.transaction() as db:
            services.take_comments(
                db, public_id=public_id, channel_id=channel_id, comments=brought, now=LATER
            )

    assert at_once([job] * 4) == []
    with database.read() as db:
        assert db.scalar(select(func.count()).select_from(OrderDraft)) == len(brought)


def test_words_are_forgotten_after_a_month(db: Session) -> None:
    live = selling(db)
    take(db, live, Comment("A1 2 hũ 0912345678", "Lan"))
    assert services.forget_comments(db, now=LATER) == 0
    assert services.forget_comments(db, now=live.ends_at + KEPT_FOR * 2) == 1
    db.expire_all()
    assert db.scalars(select(LiveComment.text)).all() == [""]
    assert db.scalars(select(OrderDraft.phone)).all() == [""]


def test_files_and_lines() -> None:
    assert read_lines("Lan Anh: A1 2 hũ\n\nA2 x3") == [
        Comment("A1 2 hũ", "Lan Anh"),
        Comment("A2 x3"),
    ]
    table = 'Mã;Tên;Nội dung\nc1;Lan;"A1; 2 hũ"\nc 2;Mai;A2\n'
    assert read_table(table) == [Comment("A1; 2 hũ", "Lan", "c1"), Comment("A2", "Mai")]
    assert read_file("x.csv", "text\nA1".encode("utf-8-sig")) == [Comment("A1")]
    with pytest.raises(NotText):
        read_file("x.txt", "A1 hũ".encode("utf-16"))


@pytest.fixture
def desk(
    db: Session, signed_in: Callable[..., FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> tuple[FlaskClient, str, int, str]:
    """An order taker at ten past eight: client, session, channel, API token."""
    live = selling(db)
    person = db.get_one(Person, managers_of(db, live.club_id)[0])
    token = create_api_token(
        db, person_id=person.id, label="bình luận", scopes=["write"], days=90, now=NOW
    )
    found = (live.public_id, queries.channels_of(db, live.id)[0].id, token)
    db.commit()
    monkeypatch.setattr("shop.core.clock.now", lambda: LATER)
    return signed_in(person.email or ""), *found


def test_from_pasted_words_to_an_order_page(desk: tuple[FlaskClient, str, int, str]) -> None:
    client, public_id, channel_id, _token = desk
    here = f"/clb/phien/{public_id}/binh-luan"
    form = {"csrf_token": csrf(client, here), "channel_id": channel_id}
    brought = client.post(here, data=form | {"pasted": "Lan Anh: chốt 2 hũ A1 0912345678"})
    assert brought.status_code == 303
    page = client.get(here).get_data(as_text=True)
    assert "0912 ••• 678" in page
    draft = page.split('data-draft="', 1)[1].split('"', 1)[0]
    filled = client.get(f"{here}/{draft}").get_data(as_text=True)
    assert 'value="Lan Anh"' in filled
    units = filled.split('name="units_', 1)[1].split('"', 1)[0]
    order = form | {
        "full_name": "Lan Anh",
        "phone": "0912345678",
        "province_code": "19",
        "commune_code": "02185",
        "street": "Thôn Lủng Vạng",
        "payment": "cod",
        f"units_{units}": "2",
    }
    assert client.post(f"{here}/{draft}", data=order | {"street": ""}).status_code == 422
    assert client.post(f"{here}/{draft}", data=order | {f"units_{units}": "21"}).status_code == 409
    assert client.post(f"{here}/{draft}", data=order).status_code == 303
    assert "/don-hang/" in client.get(f"{here}/{draft}").get_data(as_text=True)
    assert client.post(f"{here}/{draft}", data=order).status_code == 409


@pytest.mark.parametrize(
    ("over", "status"),
    [
        ({"pasted": ""}, 422),
        ({"pasted": "x" * 1_000_000}, 413),
        ({"pasted": "A1 " * 400}, 422),
        ({"pasted": "A1\n" * 501}, 422),
        ({"pasted": "A1", "channel_id": str(2**31)}, 422),
        ({"pasted": "A1", "channel_id": "999999"}, 404),
        ({"pasted": "a\x00b"}, 303),
    ],
)
def test_hostile_pastes(
    desk: tuple[FlaskClient, str, int, str], over: dict[str, str], status: int
) -> None:
    client, public_id, channel_id, _token = desk
    here = f"/clb/phien/{public_id}/binh-luan"
    form = {"csrf_token": csrf(client, here), "channel_id": str(channel_id)}
    assert client.post(here, data=form | over).status_code == status


def test_hostile_units_and_files(desk: tuple[FlaskClient, str, int, str]) -> None:
    client, public_id, channel_id, _token = desk
    here = f"/clb/phien/{public_id}/binh-luan"
    form = {"csrf_token": csrf(client, here), "channel_id": str(channel_id)}
    refusals = {
        b"A1\n" * 100_000: "100000 bình luận",
        b"A1\n" + b"x" * 1_000_000: "thứ 2 dài 1000000 ký tự",
        b"A1\n" * 700_000: "2000 KB",
    }
    for content, said in refusals.items():
        parts = [
            *((f'name="{name}"', value.encode()) for name, value in form.items()),
            ('name="upload"; filename="x.txt"', content),
        ]
        body = b"".join(
            b"--cut\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (name.encode(), value)
            for name, value in parts
        )
        multipart = {"content_type": "multipart/form-data; boundary=cut"}
        big = client.post(here, data=body + b"--cut--\r\n", **multipart)
        assert big.status_code == 422
        assert said in big.get_data(as_text=True), "what is wrong with it, not another thing"
    client.post(here, data=form | {"pasted": "A1 0912345678"})
    for name, value in (("units_99", "-1"), ("units_x", "1"), (f"units_{2**40}", "1")):
        answer = client.post(f"{here}/1", data=form | {name: value})
        assert answer.status_code == 422
    assert client.post(f"{here}/999", data=form).status_code == 404


def test_the_api_takes_each_id_once(desk: tuple[FlaskClient, str, int, str]) -> None:
    client, public_id, channel_id, token = desk
    here = f"/api/v1/phien/{public_id}/binh-luan"
    headers = {"Authorization": f"Bearer {token}"}
    body = {"channel_id": channel_id, "comments": [{"id": "c1", "author": "Lan", "text": "A1"}]}
    assert client.post(here, json=body, headers=headers).json["drafts"] == 1
    assert client.post(here, json=body, headers=headers).json["known"] == 1
    long = {"channel_id": channel_id, "comments": [{"id": "c2", "text": "A1" * 100_000}]}
    assert client.post(here, json=long, headers=headers).status_code == 422
    assert client.post(here, json={"channel_id": "1"}, headers=headers).status_code == 422
    huge = {"channel_id": channel_id, "comments": [{"text": "x" * 1_000_000}]}
    assert client.post(here, json=huge, headers=headers).status_code == 413
    assert client.post(here, json=body).status_code == 401
